"""The stages of a decision up to the choice, each reading earlier ones only (D2).

Facts and presumptions, then definitions and own outcomes, then coverage, then the choice of a tier and a programme.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from ccm_policy.evaluate.choice import Standing, choose, standing
from ccm_policy.evaluate.coverage import Covered, covered
from ccm_policy.evaluate.interpret import scene_of
from ccm_policy.evaluate.patient_month import PatientMonth
from ccm_policy.evaluate.presume import presume
from ccm_policy.evaluate.scene import Scene
from ccm_policy.evaluate.services import Outcome, outcomes
from ccm_policy.facts.values import UNKNOWN, Given
from ccm_policy.language.tree import Program


@dataclass(frozen=True, slots=True, kw_only=True)
class Evaluated:
    """A patient-month under one program, up to the choice.

    `undecided_layers`: for a code whose own outcome hangs on a layer that may or may not apply, the facts that would
    tell (D21); `undecided_reasons`: the same for each of its reasons, by name, that would come out otherwise.
    `before`: standings before any choice; `chosen`: after it.
    """

    program: Program
    facts: PatientMonth
    scene: Scene
    outcomes: Mapping[str, Outcome]
    coverage: Mapping[str, Covered]
    undecided_layers: Mapping[str, tuple[str, ...]]
    undecided_reasons: Mapping[str, Mapping[str, tuple[str, ...]]]
    before: Mapping[str, Standing]
    chosen: Mapping[str, Standing]


def own_outcomes(
    given: Given, program: Program, *, presumptions: bool = True
) -> tuple[PatientMonth, Scene, dict[str, Outcome]]:
    """Facts with their presumptions, and every service's own outcome."""
    decided = {*program.services, *program.lives}
    asked = {path for policy in program.policies for path in policy.asks}
    facts = presume(given, program.vocabulary, program.tables, decided, asked, presumptions=presumptions)
    scene = scene_of(program, facts, given.service_month)
    return facts, scene, outcomes(program, scene)


def evaluated(
    program: Program,
    facts: PatientMonth,
    scene: Scene,
    own: Mapping[str, Outcome],
    undecided_layers: Mapping[str, tuple[str, ...]],
    undecided_reasons: Mapping[str, Mapping[str, tuple[str, ...]]],
) -> Evaluated:
    """Coverage and choice, after own outcomes."""
    coverage = {code: covered(code, program, scene, outcome.served) for code, outcome in own.items()}
    before = {
        code: standing(outcome, coverage[code], UNKNOWN if undecided_layers.get(code) else True)
        for code, outcome in own.items()
    }
    return Evaluated(
        program=program,
        facts=facts,
        scene=scene,
        outcomes=own,
        coverage=coverage,
        undecided_layers=undecided_layers,
        undecided_reasons=undecided_reasons,
        before=before,
        chosen=choose(before, program),
    )
