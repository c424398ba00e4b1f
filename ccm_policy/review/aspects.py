"""In what two decisions of one patient-month differ: the outcome of a service, its units, what is asked, and so on.

Own outcomes are ordered: no, unknown, yes. The set that is chosen is not compared with them (S46).
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

from ccm_policy.evaluate.attest import attested, word_of
from ccm_policy.evaluate.coverage import Covered, covered
from ccm_policy.evaluate.patient_month import Facts
from ccm_policy.evaluate.reasons import name_of
from ccm_policy.evaluate.rules import flags
from ccm_policy.evaluate.scene import Scene
from ccm_policy.evaluate.services import Outcome
from ccm_policy.evaluate.stages import COMPILED, Evaluator, evaluator_named
from ccm_policy.facts.values import Given
from ccm_policy.language.tree import Program
from ccm_policy.language.truth import Truth

LOWER, HIGHER, FEWER, MORE = "lower", "higher", "fewer", "more"
COVERS, ASKS, RISKS = "covers", "asks", "risks"
ORDER = (LOWER, HIGHER, FEWER, MORE, COVERS, ASKS, RISKS)
"""Own outcome lower or higher, units fewer or more, coverage, what is asked, audit risks; the weightiest first."""


State = tuple[int, int]
"""The rank of a service's own outcome, and its established units."""
States = Mapping[str, State]
NO_SERVICE: State = (0, 0)
STANDS = 2
"""The rank of *yes*."""


MISSING_TOO = 2


@dataclass(frozen=True, slots=True)
class Asked:
    """Two programs, and the services in which they may differ. `closely`: 1: risks and coverage too; 2: also what
    is missing, which takes longer."""

    one: Program
    other: Program
    codes: tuple[str, ...]
    closely: int = 0


@dataclass(slots=True)
class Deciding:
    """What decides a patient-month under a program: its own outcomes, kept while one is looked at."""

    evaluator: Evaluator = field(default_factory=lambda: evaluator_named(COMPILED))
    _states: dict[tuple[str, str], States] = field(default_factory=dict)

    def own(self, given: Given, program: Program) -> Mapping[str, Outcome]:
        """Every service's own outcome."""
        return self._made(given, program)[2]

    def _made(self, given: Given, program: Program) -> tuple[Facts, Scene, Mapping[str, Outcome]]:
        if program.attestations:
            given = attested(given, word_of(given, ((program, True),)), program)
        return self.evaluator.own_outcomes(given, program, presumptions=True)

    def states(self, given: Given, program: Program) -> States:
        """What every service comes to, in short; of a program that a library made it is kept."""
        key = (program.digest, given.digest)
        known = self._states.get(key) if program.digest else None
        if known is None:
            own = self.own(given, program)
            known = {code: (rank(each), each.established_units) for code, each in own.items()}
            if program.digest:
                self._states[key] = known
        return known

    def between(self, given: Given, asked: Asked) -> dict[str, list[str]]:
        """In what a patient-month differs between two programs, to the services concerned."""
        found: dict[str, list[str]] = {}
        before, after = self.states(given, asked.one), self.states(given, asked.other)
        for code in asked.codes:
            aspect = _aspect(before.get(code, NO_SERVICE), after.get(code, NO_SERVICE))
            if aspect is not None:
                found.setdefault(aspect, []).append(code)
        return found if found or not asked.closely else self._closely(given, asked)

    def _closely(self, given: Given, asked: Asked) -> dict[str, list[str]]:
        """In what it differs although each service comes to the same."""
        (_, scene, before), (_, after_scene, after) = (self._made(given, each) for each in (asked.one, asked.other))
        found: dict[str, list[str]] = {}
        for code in asked.codes:
            a, b = before.get(code), after.get(code)
            if a is None or b is None:
                continue
            if asked.closely == MISSING_TOO and rank(a) == 1 and set(a.waits_for) != set(b.waits_for):
                found.setdefault(ASKS, []).append(code)
            if _risks(a) != _risks(b):
                found.setdefault(RISKS, []).append(code)
            stands = STANDS in (rank(a), rank(b))
            if stands and said(covered(a, asked.one, scene)) != said(covered(b, asked.other, after_scene)):
                found.setdefault(COVERS, []).append(code)
        return found


def rank(outcome: Outcome | None) -> int:
    """The place of an own outcome in their order; a code that is no service is not supported."""
    truth: Truth = False if outcome is None else outcome.own
    return 0 if truth is False else 2 if truth is True else 1


def _aspect(before: State, after: State) -> str | None:
    """In what two states of a service differ."""
    (one, units), (other, now) = before, after
    if one != other:
        return ASKS if 1 in (one, other) else HIGHER if other > one else LOWER
    return None if units == now else MORE if now > units else FEWER


def _risks(outcome: Outcome) -> set[str]:
    return {name_of(rule) for rule, truth in outcome.truths if flags(rule, truth)}


def said(found: Covered) -> tuple[Truth, bool, tuple[str, ...]]:
    """What coverage comes to: covered, established, and by which standing."""
    return found.truth, found.established, tuple(dict.fromkeys(each.status for each in found.said))
