"""What is told of a service: its reasons, in the order in which a person is told, why it is held, and notes.

Nothing here decides. A reason is made when it is read, once for all services that a rule is for.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from fractions import Fraction

from ccm_policy.evaluate import reasons
from ccm_policy.evaluate.coverage import WITH_AUTHORIZATION
from ccm_policy.evaluate.expressions import truth_of
from ccm_policy.evaluate.later import Later, changed
from ccm_policy.evaluate.layers import House
from ccm_policy.evaluate.missing import Shortage, missing_of, shortage
from ccm_policy.evaluate.reasons import ADDS_TO, EARNS, Reason
from ccm_policy.evaluate.rules import DECIDES, Judged
from ccm_policy.evaluate.scene import Scene
from ccm_policy.evaluate.services import IN_LIFE, Outcome, died_on, of_life
from ccm_policy.evaluate.stages import Evaluated
from ccm_policy.evaluate.trace import Leaf, grounds_of
from ccm_policy.facts.values import UNKNOWN
from ccm_policy.language.truth import Truth

WORST_FIRST = ("no", "unknown", "yes")


@dataclass(frozen=True, slots=True)
class Telling:
    """The reasons of a patient-month. `reach`: by how many minutes a service may be short and be mended by more."""

    month: Evaluated
    reach: Fraction
    _of_rules: dict[int, Reason] = field(default_factory=dict)
    _against: dict[str, tuple[Reason, ...]] = field(default_factory=dict)
    _short: dict[str, Shortage | None] = field(default_factory=dict)
    _of_parts: dict[tuple[str, str], Reason | None] = field(default_factory=dict)

    def of_rule(self, judged: Judged) -> Reason:
        """What a rule says, the same object for every service that it says it of."""
        if id(judged) not in self._of_rules:
            self._of_rules[id(judged)] = reasons.of_rule(judged, self.month.scene)
        return self._of_rules[id(judged)]

    def of_part(self, code: str, name: str) -> Reason | None:
        """What is said of a service's units or of its base, by the name of that part, as among its reasons."""
        found = self._part(code, name)
        undecided = self.month.undecided_reasons.get(code)
        return found if found is None or undecided is None else reasons.left_open(found, undecided.get(found.key, ()))

    def _parts(self, code: str, name: str) -> Iterator[Reason]:
        found = self._part(code, name)
        if found is not None:
            yield found

    def _part(self, code: str, name: str) -> Reason | None:
        key = code, name
        if key not in self._of_parts:
            outcome, scene = self.month.outcomes[code], self.month.scene
            if name == EARNS:
                short = None if outcome.earns is True else self.short(code)
                self._of_parts[key] = _units_reason(outcome, scene, short)
            else:
                self._of_parts[key] = None if outcome.base is None else _base_reason(outcome, scene)
        return self._of_parts[key]

    def short(self, code: str) -> Shortage | None:
        """How many minutes are wanting for a unit of a service."""
        if code not in self._short:
            self._short[code] = shortage(self.month.outcomes[code], self.month.scene)
        return self._short[code]

    def of_service(self, code: str) -> tuple[Reason, ...]:
        """All reasons: what decides first, then what flags, then what holds. What fails stands before what is unknown,
        the cheapest to mend before all (D38)."""
        holding = [reason for reason in self._found(code, (True,)) if reason.outcome == "yes"]
        return (*self.against(code), *sorted(holding, key=lambda reason: reason.severity != DECIDES))

    def against(self, code: str) -> tuple[Reason, ...]:
        """Those of them that do not hold."""
        if code not in self._against:
            self._against[code] = self._sorted(code)
        return self._against[code]

    def flags(self, code: str) -> list[Judged]:
        """The rules that flag a service, in the order of its reasons."""
        open_ones = self.month.undecided_reasons.get(code, {})
        flagging = self.month.outcomes[code].flagging
        found = [judged for judged in flagging if not open_ones.get(reasons.name_of(judged.rule))]
        return sorted(found, key=lambda judged: not judged.rule.remedy)

    def notes(self, code: str) -> Iterator[str]:
        """What is said of its choice and its coverage."""
        for higher in self.month.chosen[code].may_yield_to:
            facts = ", ".join(missing_of(self.month, higher))
            yield f"Yields to {higher} if that turns out to be supported; it waits for {facts}."
        for said in self.month.coverage[code].said:
            if said.status == WITH_AUTHORIZATION:
                yield "Covered with authorization by the payer."

    def _sorted(self, code: str) -> tuple[Reason, ...]:
        scene = self.month.scene
        found = [reason for reason in self._found(code, (False, UNKNOWN)) if reason.outcome != "yes"]
        short = self.short(code) if len(found) > 1 else None
        near = died_on(scene) is not None or (short is not None and short.amount <= self.reach)

        def cost(reason: Reason) -> tuple[bool, int, int]:
            flags, outcome = reason.severity != DECIDES, WORST_FIRST.index(reason.outcome)
            mend = 1 if reason.rule == EARNS and near else 2 if reason.remedy else 3
            mend = 0 if reason.rule == IN_LIFE else mend
            return flags, outcome, mend if reason.outcome == "no" else 0

        return tuple(sorted(found, key=cost))

    def _found(self, code: str, truths: tuple[Truth, ...]) -> Iterator[Reason]:
        """The reasons, of rules that come out so; one that would come out otherwise under a layer that may apply is
        open."""
        undecided = self.month.undecided_reasons.get(code)
        if undecided is None:
            yield from self._as_it_stands(code, truths)
            return
        for reason in self._as_it_stands(code, (True, False, UNKNOWN)):
            yield reasons.left_open(reason, undecided.get(reason.key, ()))

    def _as_it_stands(self, code: str, truths: tuple[Truth, ...]) -> Iterator[Reason]:
        outcome, standing, scene = self.month.outcomes[code], self.month.chosen[code], self.month.scene
        if outcome.earns in truths:
            yield from self._parts(code, EARNS)
        yield from map(self.of_rule, outcome.coming_out(*truths))
        if outcome.base is not None and outcome.base in truths:
            yield from self._parts(code, ADDS_TO)
        if code not in self.month.added:
            yield from _life_reason(outcome, scene)
        if self.month.coverage[code].truth in truths:
            yield from reasons.of_coverage(self.month.coverage[code], scene)
        if standing.preference is not None and standing.yields_to is not None:
            yield reasons.of_choice(standing.preference, code, standing.yields_to)
        elif standing.preference is not None:
            notes = [self.month.worths[other].note for other in standing.among if other in self.month.worths]
            why = next((note for note in notes if note), None)
            yield reasons.of_open_choice(standing.preference, Later(lambda: missing_of(self.month, code)), why)


def held(code: str, house: House) -> Reason | None:
    """The practice's reason to hold what the payer supports: what fails under its rules, else what is not known."""
    outcome = house.outcomes.get(code)
    if outcome is None or outcome.own is True:
        return None
    found = [reasons.of_rule(judged, house.scene) for judged in outcome.rules if judged.rule.decides]
    short = None if outcome.earns is True else shortage(outcome, house.scene)
    found.append(_units_reason(outcome, house.scene, short))
    if outcome.base is not None:
        found.append(_base_reason(outcome, house.scene))
    worst = min(found, key=lambda reason: WORST_FIRST.index(reason.outcome))
    if not house.waits_for:
        return worst
    message = f"`{house.name}` would hold this; whether it applies waits for {', '.join(house.waits_for)}."
    leaves = tuple(Leaf(path, UNKNOWN) for path in house.waits_for)
    return changed(worst, outcome="unknown", exception=None, message=message, remedy=None, facts=leaves, rests_on=())


def _units_reason(outcome: Outcome, scene: Scene, short: Shortage | None) -> Reason:
    truth = outcome.earns
    message = None if short is None else f"{short.reached}: short by {short}."
    died = died_on(scene)
    if message is not None and died is not None:
        message += f" The patient died on {died.isoformat()}; nothing is added after that day."
    service = outcome.service
    return reasons.of_part(
        EARNS, "Units earned", service.where, truth, lambda: outcome.earned_on, scene, message, service.cites,
        service.basis, service.confidence,
    )  # fmt: skip


def _life_reason(outcome: Outcome, scene: Scene) -> Iterator[Reason]:
    """That the patient lived in the month, where that is not so or not known."""
    part = of_life(scene)
    if part is not None:
        truth, died = truth_of(part), died_on(scene)
        message = None if died is None else f"The patient died on {died.isoformat()}, before the month."
        title = "The patient lived in the month"
        yield reasons.of_part(IN_LIFE, title, outcome.service.where, truth, lambda: grounds_of(part), scene, message)


def _base_reason(outcome: Outcome, scene: Scene) -> Reason:
    """Whether there is a base; a base of this month has its reasons in its own place."""
    service, truth = outcome.service, outcome.base
    assert truth is not None, "it is an add-on"

    message = f"It adds to {' or '.join(service.base)}, which is not supported." if truth is False else None
    title = f"Adds to {' or '.join(service.base)}"
    return reasons.of_part(
        ADDS_TO, title, service.where, truth, lambda: outcome.billed_on, scene, message, service.cites, service.basis,
        service.confidence,
    )  # fmt: skip
