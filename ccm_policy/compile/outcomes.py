"""Services and rules as compiled code works them out; all else about them is made when it is read."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping

from ccm_policy.compile.known import NotCompiledError
from ccm_policy.compile.program import Holds, OfService
from ccm_policy.compile.results import COMPILED, TRUTHS, days_of
from ccm_policy.compile.scene import CompiledScene, Slots
from ccm_policy.evaluate.expressions import number_of, truth_of
from ccm_policy.evaluate.later import made_once
from ccm_policy.evaluate.ranges import Days, Range
from ccm_policy.evaluate.rules import Judged, flags, on_service_day
from ccm_policy.evaluate.services import (
    LAST_DAYS,
    Outcome,
    already_billed,
    base_of,
    earned_by,
    of_life,
    rule_part,
    served_on,
    units_part,
)
from ccm_policy.evaluate.trace import Grounds, Trace
from ccm_policy.language import tree as t
from ccm_policy.language.truth import Truth


def outcomes_of(slots: Slots, scene: CompiledScene) -> dict[str, Outcome]:
    """Every service's own outcome; all else about it is made when it is read."""
    found: dict[str, Outcome] = {}
    for made in slots.code.services:
        found[made.service.code] = SlotOutcome(made, slots, scene, found)
    return found


class SlotOutcome(Outcome):
    """A service by itself, of which only its own outcome is worked out at once."""

    def __init__(self, made: OfService, slots: Slots, scene: CompiledScene, others: Mapping[str, Outcome]) -> None:
        self._fill(made, TRUTHS[made.own(slots.state)], slots, scene, others)

    def _fill(
        self, made: OfService, own: Truth, slots: Slots, scene: CompiledScene, others: Mapping[str, Outcome]
    ) -> None:
        vars(self).update(service=made.service, own=own, _of=made, _slots=slots, _scene=scene, _others=others)

    _of: OfService
    _slots: Slots
    _scene: CompiledScene
    _others: Mapping[str, Outcome]

    @made_once
    def units(self) -> Range:
        """By compiled code, as are the base and the date."""
        try:
            return Range(*self._of.units(self._slots.state))
        except NotCompiledError:
            return number_of(self.earned)

    @made_once
    def base(self) -> Truth | None:
        """Whether there is something to add to."""
        if not self.service.base:
            return None
        try:
            return TRUTHS[self._of.base(self._slots.state)]
        except NotCompiledError:
            return None if self.adds_to is None else truth_of(self.adds_to)

    @made_once
    def served(self) -> Days:
        """Its date where no claim says."""
        try:
            return days_of(*self._of.served(self._slots.state))
        except NotCompiledError:
            return served_on(self.service, self._slots.reference, LAST_DAYS)

    @made_once
    def rules(self) -> tuple[Judged, ...]:
        """The rules that are for it; their traces come later."""
        return tuple(self._judged(holds) for holds in self._of.rules)

    @property
    def truths(self) -> Iterable[tuple[t.Rule, Truth]]:
        """By compiled code, where that can tell."""
        state, names = self._slots.state, self._slots.code.names
        try:
            return [(rule, TRUTHS[names[holds](state)]) for rule, holds in self._of.rules]
        except NotCompiledError:
            return super().truths

    @made_once
    def flagging(self) -> tuple[Judged, ...]:
        """Those of them that are told as a risk."""
        found = map(self._judged, self._of.flagging)
        return tuple(judged for judged in found if flags(judged.rule, judged.truth))

    def coming_out(self, *truths: Truth) -> Iterator[Judged]:
        """Those alone are made."""
        state, names = self._slots.state, self._slots.code.names
        wanted = {COMPILED[truth] for truth in truths}
        for holds in self._of.rules:
            try:
                asked = names[holds[1]](state) in wanted
            except NotCompiledError:
                asked = self._judged(holds).truth in truths
            if asked:
                yield self._judged(holds)

    def _judged(self, holds: Holds) -> Judged:
        """A rule as it stands for the service; the same for all services where it has no days of its own."""
        judged = self._slots.standing.get(holds[1])
        if judged is None:
            judged = self._slots.standing[holds[1]] = _judged(self._slots, holds, self.served)
        return judged

    @made_once
    def earned(self) -> Trace:
        """By the reference, as is what it adds to."""
        return earned_by(self.service.earning, self._slots.reference, self._others.get)

    @property
    def earned_on(self) -> Grounds:
        """By compiled code, as is what its base rests on."""
        earning = self.service.earning
        if earning.each_of:
            return super().earned_on
        by_step = earning.step is not None and earning.amount is not None
        counted = (earning.amount, earning.beyond, earning.step) if by_step else ()
        return self._scene.grounds([node for node in (*counted, earning.when) if node is not None])

    @property
    def billed_on(self) -> Grounds:
        """That a base was billed already, or was not, where that decides."""
        billed = already_billed(self.service, self._slots.code.program)
        if billed is None or self._scene.truth(billed) is not self.base:
            return Grounds(())
        return self._scene.grounds((billed,))

    @made_once
    def adds_to(self) -> Trace | None:
        """What an add-on adds to."""
        if not self.service.base:
            return None
        return base_of(self.service, self._slots.code.program, self._slots.reference, self._others.get)

    @made_once
    def trace(self) -> Trace:
        """The parts that decided; those that did not are nobody's reason."""
        own = self.own
        parts = tuple(rule_part(judged) for judged in self.rules if judged.rule.decides and judged.truth is own)
        parts += (units_part(self.earned),) if self.earns is own else ()
        parts += (self.adds_to,) if self.base is own and self.adds_to is not None else ()
        lived = of_life(self._scene)
        parts += () if lived is None or lived.value is not own else (lived,)
        return Trace(None, own, parts, parts, label=self.service.code)


class _Judged(Judged):
    """A rule by compiled code; by the reference what that cannot tell."""

    def __init__(self, rule: t.Rule, truth: Truth, slots: Slots, served: Days) -> None:
        vars(self).update(rule=rule, truth=truth, _slots=slots, _served=served)

    _slots: Slots
    _served: Days

    @made_once
    def _whole(self) -> Judged:
        return on_service_day(self._slots.judged(self.rule), self._served)

    @made_once
    def applies(self) -> Truth:
        if self.rule.from_day is not None or self.rule.until_day is not None:
            return self._whole.applies
        try:
            return TRUTHS[self._slots.code.applies(self.rule, self._slots.state)]
        except NotCompiledError:
            return self._whole.applies

    @made_once
    def waiver(self) -> t.Waiver | None:
        try:
            return self._slots.code.waiver(self.rule, self._slots.state)
        except NotCompiledError:
            return self._whole.waiver

    @made_once
    def trace(self) -> Trace:
        """The parts that decided; those that did not are nobody's reason."""
        return self._whole.trace

    @property
    def grounds(self) -> Grounds:
        found = self._slots.told(map(self._slots.code.rule_teller, (self.rule,)))
        return super().grounds if found is None else found


def _judged(slots: Slots, holds: Holds, served: Days) -> Judged:
    rule, name = holds
    try:
        return _Judged(rule, TRUTHS[slots.code.names[name](slots.state)], slots, served)
    except NotCompiledError:
        return on_service_day(slots.judged(rule), served)
