"""A service's own outcome, from its own rules, before any coverage or choice (S24 to S26)."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from datetime import date
from fractions import Fraction

from ccm_policy.evaluate import ranges
from ccm_policy.evaluate.derived import derived
from ccm_policy.evaluate.expressions import combined, full_multiples, number_of, truth_of
from ccm_policy.evaluate.later import WhenRead, filled_at_once
from ccm_policy.evaluate.ranges import ZERO, Days, Range, as_days, exactly, no_more_than, on_day
from ccm_policy.evaluate.rules import Judged, flags, judge, on_service_day
from ccm_policy.evaluate.scene import Scene
from ccm_policy.evaluate.trace import Grounds, Leaf, Trace, grounds_of, missing
from ccm_policy.facts.values import UNKNOWN
from ccm_policy.language import tree
from ccm_policy.language.tree import Earning, Program, Service
from ccm_policy.language.truth import Truth, conjunction, disjunction

IN_LIFE = "its day"
"""The name under which reasons speak of the day of a service or a line, which must not lie after death."""

LAST_DAYS = (tree.END_OF_MONTH, tree.END_OF_RECORD)
"""What ends a patient-month before its last day."""


@filled_at_once
@dataclass(frozen=True, kw_only=True)
class Outcome:
    """A service by itself.

    `own`: its own outcome. `rules`: every rule that is for it, as it stands on its date; `flagging`:
    those of them that are told as a risk. `units`: those that are
    earned, established to possible, by the minutes alone. `base`: for an add-on, whether there is something to add to.
    `served`: its date of service where no claim says. `trace`, `earned`, `adds_to`: how the outcome, the units and the
    base came about.
    """

    service: Service
    own: Truth
    units: Range
    base: Truth | None
    served: Days
    rules: WhenRead[tuple[Judged, ...]] = WhenRead()
    flagging: WhenRead[tuple[Judged, ...]] = WhenRead()
    trace: WhenRead[Trace] = WhenRead()
    earned: WhenRead[Trace] = WhenRead()
    adds_to: WhenRead[Trace | None] = WhenRead()

    @property
    def earns(self) -> Truth:
        """Whether a unit is earned."""
        if self.units.high is not None and self.units.high < 1:
            return False
        return True if (self.units.low or 0) >= 1 else UNKNOWN

    def coming_out(self, *truths: Truth) -> Iterator[Judged]:
        """Its rules that come out so."""
        return (judged for judged in self.rules if judged.truth in truths)

    @property
    def earned_on(self) -> Grounds:
        """What its units rest on."""
        return grounds_of(self.earned)

    @property
    def billed_on(self) -> Grounds:
        """What its base rests on that is not among these services: one that was billed already."""
        decided = () if self.adds_to is None else self.adds_to.deciders
        return grounds_of(*(part for part in decided if part.label not in self.service.base))

    @property
    def established_units(self) -> int:
        """What can be billed as things stand (S25)."""
        return int(self.units.low or 0) if self.own is True else 0

    @property
    def possible_units(self) -> int | None:
        """What could be billed when everything unknown turns out well; None is no limit."""
        if self.own is False:
            return 0
        return None if self.units.high is None else int(self.units.high)

    @property
    def truths(self) -> Iterable[tuple[tree.Rule, Truth]]:
        """Every rule that is for it, with what it comes to on its date."""
        return ((judged.rule, judged.truth) for judged in self.rules)

    @property
    def waits_for(self) -> tuple[str, ...]:
        """The facts that would decide it (S27)."""
        return tuple(leaf.path for leaf in missing(self.trace))

    @property
    def units_wait_for(self) -> tuple[str, ...]:
        """The facts that would tell its units (S25)."""
        return tuple(leaf.path for leaf in missing(self.earned))


def outcomes(program: Program, scene: Scene) -> dict[str, Outcome]:
    """Every service's own outcome. Each rule is evaluated once."""
    judged = tuple(judge(rule, scene) for rule in program.rules)
    found: dict[str, Outcome] = {}

    def outcome(code: str) -> Outcome | None:
        if code in program.services and code not in found:
            found[code] = _outcome(program.services[code], judged, program, scene, outcome)
        return found.get(code)

    for code in program.services:
        outcome(code)
    return {code: found[code] for code in program.services}


def _outcome(
    service: Service,
    judged: tuple[Judged, ...],
    program: Program,
    scene: Scene,
    of: Callable[[str], Outcome | None],
) -> Outcome:
    served = served_on(service, scene, LAST_DAYS)
    rules = tuple(on_service_day(j, served) for j in judged if service.code in j.rule.codes)
    earned = earned_by(service.earning, scene, of)
    base = base_of(service, program, scene, of) if service.base else None
    parts = tuple(map(rule_part, (j for j in rules if j.rule.decides)))
    parts += (units_part(earned),) if base is None else (units_part(earned), base)
    lived = of_life(scene)
    parts += () if lived is None else (lived,)
    own = conjunction(truth_of(part) for part in parts)
    return Outcome(
        service=service,
        own=own,
        units=number_of(earned),
        base=None if base is None else truth_of(base),
        served=served,
        rules=rules,
        flagging=tuple(j for j in rules if flags(j.rule, j.truth)),
        trace=combined(None, own, parts, service.code),
        earned=earned,
        adds_to=base,
    )


def rule_part(judged: Judged) -> Trace:
    """A rule's part in an own outcome."""
    return Trace(None, judged.truth, (judged.trace,), label=judged.rule.name)


def units_part(earned: Trace) -> Trace:
    """That a unit is earned, as a part of an own outcome."""
    return Trace(None, ranges.at_most(exactly(1), number_of(earned)), (earned,), label="earns")


def served_on(service: Service, scene: Scene, marks: tuple[str, ...]) -> Days:
    """The date of service where no claim says: as the service declares, else the last day of the month, of life, or of
    what is known (D28). It never lies after the day of death; while that is not known, it is a range."""
    last = last_day(scene, marks)
    if service.dated is None:
        return last
    dated = as_days(scene.value(service.dated))
    if dated.high < scene.first_day or last.high < dated.low:
        return last
    high = last.high if dated.low < scene.first_day else min(dated.high, last.high)
    return Days(min(max(scene.first_day, dated.low), last.low), high)


def lived_in_the_month(scene: Scene) -> bool:
    """Whether there is a day on which a service could be dated: not where the patient died before the month."""
    died = died_on(scene)
    return died is None or died >= scene.first_day


def died_on(scene: Scene) -> date | None:
    """The day of the patient's death, where that is known and lies no later than the month."""
    died = scene.marked(tree.END_OF_MONTH).value
    return died if isinstance(died, date) and died <= scene.last_day else None


def of_life(scene: Scene) -> Trace | None:
    """That there is a day on which a service could be dated; nothing where that is settled."""
    died = scene.marked(tree.END_OF_MONTH)
    truth: Truth = UNKNOWN if died.value is UNKNOWN else lived_in_the_month(scene)
    if truth is True:
        return None
    leaf = Leaf(scene.vocabulary.marks[tree.END_OF_MONTH], died.value, died.presumed, died.null)
    return Trace(None, truth, leaf=leaf, label=IN_LIFE)


def last_day(scene: Scene, marks: tuple[str, ...]) -> Days:
    """The last day of the month that the patient lived, as far as the facts are complete."""
    last = on_day(scene.last_day)
    for mark in marks:
        day = scene.marked(mark).value
        if isinstance(day, date) and scene.first_day <= day < last.high:
            last = Days(min(last.low, day), day)
        elif day is UNKNOWN:
            last = Days(scene.first_day, last.high)
    return last


# --- units -------------------------------------------------------------------------------------------------------


def earned_by(earning: Earning, scene: Scene, of: Callable[[str], Outcome | None]) -> Trace:
    """How many units are earned (L7)."""
    if earning.each_of:
        parts = _stand(earning.each_of, of)
        count = Range(
            Fraction(sum(truth_of(p) is True for p in parts)), Fraction(sum(truth_of(p) is not False for p in parts))
        )
    elif earning.step is not None and earning.amount is not None:
        step, amount = scene.evaluate(earning.step), scene.evaluate(earning.amount)
        beyond = Trace(None, exactly(0)) if earning.beyond is None else scene.evaluate(earning.beyond)
        parts = (amount, beyond, step)
        count = full_multiples(number_of(step), ranges.minus(number_of(amount), number_of(beyond)))
    else:
        parts, count = (), exactly(1)
    if earning.when is not None:
        when = scene.evaluate(earning.when)
        parts += (when,)
        count = _only_when(count, truth_of(when))
    units = no_more_than(ranges.times(count, exactly(earning.units)), earning.at_most)
    return Trace(None, units, parts, label="units")


def _stand(codes: tuple[str, ...], of: Callable[[str], Outcome | None]) -> tuple[Trace, ...]:
    """The own outcomes of those of the services that there are in this month."""
    found = (of(code) for code in codes)
    return tuple(Trace(None, o.own, (o.trace,), label=o.service.code) for o in found if o is not None)


def _only_when(count: Range, truth: Truth) -> Range:
    if truth is True:
        return count
    return exactly(0) if truth is False else Range(ZERO, count.high)


# --- add-ons -----------------------------------------------------------------------------------------------------


def base_of(service: Service, program: Program, scene: Scene, of: Callable[[str], Outcome | None]) -> Trace:
    """Whether there is a service to add to: one whose own outcome is yes, or one billed already this month (S26)."""
    bases = _stand(service.base, of)
    billed = already_billed(service, program)
    parts = bases if billed is None else (*bases, scene.evaluate(billed))
    return combined(None, disjunction(truth_of(part) for part in parts), parts, "adds to")


def already_billed(service: Service, program: Program) -> tree.Node | None:
    """That a base of an add-on stands among the other services of the month; None where the vocabulary cannot tell."""
    return derived(program).billed.get(service.code)
