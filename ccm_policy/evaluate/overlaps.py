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
from ccm_policy.evaluate.expressions import field_of, result_of
from ccm_policy.evaluate.patient_month import Facts, Record
from ccm_policy.evaluate.ranges import Days, Result, as_days, as_number, settled
from ccm_policy.evaluate.scene import Bound, Scene
from ccm_policy.evaluate.trace import Trace, waits_for_null
from ccm_policy.facts.clock import A_DAY, of_day
from ccm_policy.facts.values import NONE, UNKNOWN
from ccm_policy.language.tree import Node, OverlapCheck
from ccm_policy.language.truth import Truth, conjunction, disjunction, negation

Minutes = Fraction


# --- when a record was -------------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True, kw_only=True)
class Clocked:
    """A record with a time of the clock, in minutes since the first day of the calendar.

    `days`: its day. `sure`: from when to when, where that is known. `first`, `last`: what it cannot go beyond.
    `length`: the most minutes that it has.
    """

    record: Record
    row: int
    days: Days
    sure: tuple[Minutes, Minutes] | None
    first: Minutes
    last: Minutes
    length: Minutes
    read: Callable[[], tuple[Trace, ...]] = field(compare=False)

    @property
    def traces(self) -> tuple[Trace, ...]:
        """What was read."""
        return self.read()

    def may_be(self, begin: Minutes, end: Minutes) -> bool:
        """Whether some of its minutes can lie between two moments."""
        return self.first < end and self.last > begin


def clocked(record: Record, row: int, check: OverlapCheck, facts: Facts, scene: Scene) -> Clocked | None:
    """When a record was; None where it has no time of the clock, or no minutes."""
    declared = scene.vocabulary.lists[record.list]
    names = (declared.date_field or "", *check.clock)
    cells = [facts.cell(record, name) for name in names]
    day, start, end, minutes = (
        result_of(cell, declared.fields[name].type, scene) for name, cell in zip(names, cells, strict=True)
    )
    worked, days = as_number(minutes), as_days(day)
    begun = _begun(start, end, worked.low if worked.settled else None, null=cells[2].null)
    if begun is None or worked.high == 0:
        return None

    def read() -> tuple[Trace, ...]:
        which = names if not isinstance(start, str) else (names[0], names[1], names[3])
        return tuple(field_of(record, name, declared.fields[name].type, scene) for name in which)

    length = Minutes(A_DAY if worked.high is None else worked.high)
    first, last = days.low.toordinal() * A_DAY + begun[0], days.high.toordinal() * A_DAY + begun[1] + length
    sure = (first, last) if worked.settled and days.settled and begun[0] == begun[1] else None
    return Clocked(record=record, row=row, days=days, sure=sure, first=first, last=last, length=length, read=read)


def _begun(start: Result, end: Result, minutes: Fraction | None, *, null: bool) -> tuple[Minutes, Minutes] | None:
    """The first and the last minute of the day at which the work may have begun; None where no time is given. `null`:
    the end was recorded as not known."""
    if isinstance(start, str):
        return (Minutes(of_day(start)), Minutes(of_day(start)))
    ended = isinstance(end, str)
    if isinstance(end, str) and minutes is not None and minutes.denominator == 1:
        begun = Minutes((of_day(end) - minutes) % A_DAY)
        return (begun, begun)
    timed = start is not NONE or null or (ended and minutes is None)
    return (Minutes(0), Minutes(A_DAY - 1)) if timed else None


# --- what a check says of two records ----------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Mark:
    """What one check compares in a record: two records of one mark are alike to it."""

    same: tuple[tuple[Result, ...], ...]
    different: tuple[Result, ...]
    matches: Truth
    keeps: tuple[Truth, ...]
    read: Callable[[], tuple[Trace, ...]] = field(compare=False)

    @property
    def traces(self) -> tuple[Trace, ...]:
        """What was read."""
        return self.read()


def mark(record: Record, check: OverlapCheck, scene: Scene) -> Mark:
    """What a check compares in this record."""
    bound = (record,)
    return Mark(
        tuple(_compared(nodes, bound, scene) for nodes in check.same),
        tuple(scene.value(node, bound) for node in check.different),
        True if check.matches is None else scene.truth(check.matches, bound),
        tuple(scene.truth(node, bound) for node in check.keeps),
        lambda: tuple(scene.evaluate(node, bound) for node in check.compared),
    )


def _compared(nodes: tuple[Node, ...], bound: Bound, scene: Scene) -> tuple[Result, ...]:
    """What is compared, and what tells two apart where nobody named a record. Of one that is recorded as not known
    nothing else is taken for granted."""
    first, *tells = nodes
    value = scene.value(first, bound)
    if tells and not settled(value) and waits_for_null(scene.evaluate(first, bound)):
        return (value, *(UNKNOWN for _ in tells))
    return (value, *(scene.value(node, bound) for node in tells))


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
