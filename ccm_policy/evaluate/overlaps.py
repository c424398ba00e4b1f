"""One minute of the clock that several records have: which records they are, and whose it is (L12).

Log checks say of which two records the minutes are the same, and which of the two keeps them. A record without a time
of the clock overlaps nothing. Where it is not known whether two overlap, or whether a check speaks of them, what is
counted is a range: at least what no filling in can take away, at most what none can add.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from fractions import Fraction

from ccm_policy.evaluate import ranges
from ccm_policy.evaluate.expressions import days_of, field_of, number_of, truth_of
from ccm_policy.evaluate.patient_month import Record
from ccm_policy.evaluate.ranges import Days, Result
from ccm_policy.evaluate.scene import Scene
from ccm_policy.evaluate.trace import Trace, waits_for_null
from ccm_policy.facts.clock import A_DAY, of_day
from ccm_policy.facts.values import NONE, UNKNOWN
from ccm_policy.language.tree import OverlapCheck
from ccm_policy.language.truth import Truth, conjunction, disjunction, negation

Minutes = Fraction


# --- when a record was -------------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True, kw_only=True)
class Clocked:
    """A record with a time of the clock, in minutes since the first day of the calendar.

    `days`: its day. `sure`: from when to when, where that is known. `first`, `last`: what it cannot go beyond.
    `length`: the most minutes that it has. `traces`: what was read.
    """

    record: Record
    row: int
    days: Days
    sure: tuple[Minutes, Minutes] | None
    first: Minutes
    last: Minutes
    length: Minutes
    traces: tuple[Trace, ...]

    def may_be(self, begin: Minutes, end: Minutes) -> bool:
        """Whether some of its minutes can lie between two moments."""
        return self.first < end and self.last > begin


def clocked(record: Record, row: int, check: OverlapCheck, scene: Scene) -> Clocked | None:
    """When a record was; None where it has no time of the clock, or no minutes."""
    declared = scene.vocabulary.lists[record.list]
    start, end, minutes = (field_of(record, name, declared.fields[name].type, scene) for name in check.clock)
    name = declared.date_field or ""
    day = field_of(record, name, declared.fields[name].type, scene)
    worked, days = number_of(minutes), days_of(day)
    begun = _begun(start, end, worked.low if worked.settled else None)
    if begun is None or worked.high == 0:
        return None
    length = Minutes(A_DAY) if worked.high is None else worked.high
    first, last = days.low.toordinal() * A_DAY + begun[0], days.high.toordinal() * A_DAY + begun[1] + length
    sure = (first, last) if worked.settled and days.settled and begun[0] == begun[1] else None
    read = (day, start, minutes) if isinstance(start.value, str) else (day, start, end, minutes)
    return Clocked(record=record, row=row, days=days, sure=sure, first=first, last=last, length=length, traces=read)


def _begun(start: Trace, end: Trace, minutes: Fraction | None) -> tuple[Minutes, Minutes] | None:
    """The first and the last minute of the day at which the work may have begun; None where no time is given."""
    if isinstance(start.value, str):
        return (Minutes(of_day(start.value)), Minutes(of_day(start.value)))
    ended = isinstance(end.value, str)
    if isinstance(end.value, str) and minutes is not None and minutes.denominator == 1:
        begun = (of_day(end.value) - minutes) % A_DAY
        return (begun, begun)
    timed = start.value is not NONE or waits_for_null(end) or (ended and minutes is None)
    return (Minutes(0), Minutes(A_DAY - 1)) if timed else None


# --- what a check says of two records ----------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Mark:
    """What one check compares in a record: two records of one mark are alike to it. `traces`: what was read."""

    same: tuple[tuple[Result, ...], ...]
    different: tuple[Result, ...]
    matches: Truth
    keeps: tuple[Truth, ...]
    traces: tuple[Trace, ...] = field(compare=False)


def mark(record: Record, check: OverlapCheck, scene: Scene) -> Mark:
    """What a check compares in this record."""
    bound = (record,)
    same = tuple(tuple(scene.evaluate(node, bound) for node in nodes) for nodes in check.same)
    different = tuple(scene.evaluate(node, bound) for node in check.different)
    keeps = tuple(scene.evaluate(node, bound) for node in check.keeps)
    matches = () if check.matches is None else (scene.evaluate(check.matches, bound),)
    return Mark(
        tuple(map(_compared, same)),
        tuple(trace.value for trace in different),
        conjunction(truth_of(trace) for trace in matches),
        tuple(truth_of(trace) for trace in keeps),
        (*(trace for traces in same for trace in traces), *different, *matches, *keeps),
    )


def _compared(traces: tuple[Trace, ...]) -> tuple[Result, ...]:
    """What is compared, and what tells two apart where nobody named a record. Of one that is recorded as not known
    nothing else is taken for granted."""
    first, *tells = traces
    return (first.value, *(UNKNOWN if waits_for_null(first) else trace.value for trace in tells))


def speaks_of(one: Mark, other: Mark) -> Truth:
    """Whether a check speaks of two records, should they overlap."""
    same = (_alike(a, b) for a, b in zip(one.same, other.same, strict=True))
    apart = (negation(ranges.equal(a, b)) for a, b in zip(one.different, other.different, strict=True))
    return conjunction((one.matches, other.matches, *same, *apart))


def _alike(one: tuple[Result, ...], other: tuple[Result, ...]) -> Truth:
    """Whether two values are the same; while one is not known, what else differs tells them apart."""
    truth = ranges.equal(one[0], other[0])
    if truth is UNKNOWN and any(ranges.equal(a, b) is False for a, b in zip(one[1:], other[1:], strict=True)):
        return False
    return truth


def keeps_over(one: Mark, other: Mark) -> Truth:
    """Whether the first of the conditions that tells the two apart gives the minutes to the first of them."""
    truth: Truth = False
    for mine, others in reversed(list(zip(one.keeps, other.keeps, strict=True))):
        gains, loses = conjunction((mine, negation(others))), conjunction((others, negation(mine)))
        truth = disjunction((gains, conjunction((negation(loses), truth))))
    return truth


Marks = tuple[Mark, ...]
"""What each of several checks compares in a record."""


@dataclass(slots=True)
class Relations:
    """What all checks together say of two records; records of one kind of marks are asked about once."""

    shared: dict[tuple[Marks, Marks], Truth] = field(default_factory=dict)
    taken: dict[tuple[Marks, Marks], Truth] = field(default_factory=dict)

    def share(self, one: Marks, other: Marks) -> Truth:
        """Whether some check says that their minutes are the same."""
        return self._kept(self.shared, one, other, speaks_of)

    def takes(self, one: Marks, other: Marks) -> Truth:
        """Whether the first keeps the minutes that both have, whether or not it is counted here."""
        return self._kept(self.taken, one, other, lambda a, b: conjunction((speaks_of(a, b), keeps_over(a, b))))

    def _kept(
        self,
        kept: dict[tuple[Marks, Marks], Truth],
        one: Marks,
        other: Marks,
        ask: Callable[[Mark, Mark], Truth],
    ) -> Truth:
        key = (one, other)
        if key not in kept:
            kept[key] = disjunction(ask(a, b) for a, b in zip(one, other, strict=True))
        return kept[key]
