"""The stages of a decision up to the choice, each reading earlier ones only (D2).

Facts and presumptions, then definitions and own outcomes, then coverage, then the choice of a tier and a programme,
which may go by what each service is worth by itself.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Mapping
from dataclasses import dataclass
from importlib import import_module
from typing import Protocol

from ccm_policy.evaluate.better_paid import Pay, if_billed
from ccm_policy.evaluate.choice import Standing, choose, compared, preferred_to, standing
from ccm_policy.evaluate.coverage import Covered, covered
from ccm_policy.evaluate.interpret import scene_of
from ccm_policy.evaluate.patient_month import Facts
from ccm_policy.evaluate.payment import Worth
from ccm_policy.evaluate.presume import presume
from ccm_policy.evaluate.scene import Scene
from ccm_policy.evaluate.services import Outcome, outcomes
from ccm_policy.facts.values import UNKNOWN, Given
from ccm_policy.language.tree import Program
from ccm_policy.language.truth import Truth


@dataclass(frozen=True, slots=True, kw_only=True)
class Evaluated:
    """A patient-month under one program, up to the choice.

    `undecided_layers`: for a code whose own outcome hangs on a layer that may or may not apply, the facts that would
    tell (D21); `undecided_reasons`: the same for each of its reasons, by name, that would come out otherwise.
    `added`: the codes that only such a layer knows. `worths`: what a unit of those services is worth on its own
    day of which amounts may tell what is chosen; `pay`: what each comes to if it is billed. `before`: standings before
    any choice; `chosen`: after it.
    """

    program: Program
    facts: Facts
    scene: Scene
    outcomes: Mapping[str, Outcome]
    coverage: Mapping[str, Covered]
    undecided_layers: Mapping[str, tuple[str, ...]]
    undecided_reasons: Mapping[str, Mapping[str, tuple[str, ...]]]
    added: Collection[str]
    worths: Mapping[str, Worth]
    pay: Mapping[str, Pay]
    before: Mapping[str, Standing]
    chosen: Mapping[str, Standing]


class Evaluator(Protocol):
    """What evaluates the expressions of a program for a patient-month."""

    def own_outcomes(
        self, given: Given, program: Program, *, presumptions: bool
    ) -> tuple[Facts, Scene, dict[str, Outcome]]:
        """Facts with their presumptions, what expressions are evaluated in, and every service's own outcome.

        The stages after it read records by these facts and values by this scene.
        """


def pay_of(own: Mapping[str, Outcome], worths: Mapping[str, Worth]) -> dict[str, Pay]:
    """What each service with a worth comes to if it is billed."""
    return {
        code: if_billed(worth.sure, int(own[code].units.low or 0), own[code].possible_units)
        for code, worth in worths.items()
    }


def own_outcomes(
    given: Given, program: Program, *, presumptions: bool = True
) -> tuple[Facts, Scene, dict[str, Outcome]]:
    """The same by the reference: each value with its trace."""
    decided = {*program.services, *program.lives}
    asked = {path for policy in program.policies for path in policy.asks}
    facts = presume(given, program.vocabulary, program.tables, decided, asked, presumptions=presumptions)
    scene = scene_of(program, facts, given.service_month)
    return facts, scene, outcomes(program, scene)


class _Reference:
    """What expressions mean, in `expressions`, `aggregates`, `extremes` and `lookups`."""

    def own_outcomes(
        self, given: Given, program: Program, *, presumptions: bool
    ) -> tuple[Facts, Scene, dict[str, Outcome]]:
        return own_outcomes(given, program, presumptions=presumptions)


REFERENCE, COMPILED, AT_ONCE = "reference", "compiled", "compiled at once"
"""`compiled at once`: the same code, made for a program when it is first asked for."""
EVALUATORS: dict[str, Evaluator | str] = {
    REFERENCE: _Reference(),
    COMPILED: "ccm_policy.compile:EVALUATOR",
    AT_ONCE: "ccm_policy.compile:AT_ONCE",
}
"""Every evaluator by its name, or where above this folder it stands, which is read when it is asked for."""


def evaluator_named(name: str) -> Evaluator:
    """The evaluator of a name. Raises `ValueError` with the names that there are."""
    if name not in EVALUATORS:
        raise ValueError(f"there is no evaluator `{name}`; there are: {', '.join(EVALUATORS)}")
    found = EVALUATORS[name]
    if isinstance(found, str):
        folder, _, within = found.partition(":")
        found = EVALUATORS[name] = getattr(import_module(folder), within)
    return found


def evaluated(
    program: Program,
    facts: Facts,
    scene: Scene,
    own: Mapping[str, Outcome],
    undecided_layers: Mapping[str, tuple[str, ...]],
    undecided_reasons: Mapping[str, Mapping[str, tuple[str, ...]]],
    added: Collection[str] = (),
    worth_of: Callable[[str], Worth] | None = None,
) -> Evaluated:
    """Coverage and choice, after own outcomes. `worth_of`: what a unit of a code is worth by itself, of which is asked
    where the choice hangs on it."""
    coverage = {code: covered(outcome, program, scene) for code, outcome in own.items()}
    before = {
        code: standing(outcome, coverage[code], UNKNOWN if undecided_layers.get(code) else True)
        for code, outcome in own.items()
    }
    worths = {code: worth_of(code) for code in compared(before, program)} if worth_of is not None else {}
    pay = pay_of(own, worths)
    return Evaluated(
        program=program,
        facts=facts,
        scene=scene,
        outcomes=own,
        coverage=coverage,
        undecided_layers=undecided_layers,
        undecided_reasons=undecided_reasons,
        added=added,
        worths=worths,
        pay=pay,
        before=before,
        chosen=choose(before, program, pay),
    )


def comes_before(code: str, other: str, month: Evaluated) -> Truth:
    """Whether a code comes before another of which a month has one; of programmes, as their tiers are chosen."""
    tiers = {c: s for c, s in month.chosen.items() if s.preference is not None and s.preference.what == "tier"}
    same = month.program.services[code].family == month.program.services[other].family
    return preferred_to(code, other, month.before if same else {**month.before, **tiers}, month.program, month.pay)
