"""Records of which each minute of the clock counts once: what each would add, and what is left of it."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from fractions import Fraction

from ccm_policy.evaluate.overlaps import Clocked, Marks
from ccm_policy.evaluate.patient_month import Record
from ccm_policy.evaluate.ranges import ZERO, Range
from ccm_policy.evaluate.trace import Trace
from ccm_policy.facts.clock import A_DAY
from ccm_policy.facts.values import UNKNOWN
from ccm_policy.language.truth import Truth

ByDay = dict[int, Fraction]
"""How much counts on which day, by the day's ordinal."""


@dataclass(frozen=True, slots=True)
class Adds:
    """A record of the list, whether it is summed, what it would add by itself, and why, when that is read."""

    record: Record
    truth: Truth
    amount: Range
    why: Callable[[], Trace]


@dataclass(frozen=True, slots=True)
class Kept:
    """What a record still adds, the ends of it each by itself, and what that rests on.

    `low`: the least, by the day on which it counts at the latest. `high`: the most, by the day on which it counts at
    the earliest; None has no limit.
    """

    low: ByDay
    high: ByDay | None
    why: Callable[[], Trace] = field(compare=False)

    @property
    def rests_on(self) -> Trace:
        """What was read."""
        return self.why()

    @property
    def amount(self) -> Range:
        """Both ends over all days."""
        return Range(sum(self.low.values(), ZERO), None if self.high is None else sum(self.high.values(), ZERO))


@dataclass(slots=True, eq=False, kw_only=True)
class Entry:
    """A record with a time of the clock. `low` and `high` shrink while its minutes go to others. `spoilt`: of one whose
    time is not known, minutes at which it may have been beside others, and what each would still add."""

    clocked: Clocked
    marks: Marks
    adds: Adds
    low_rate: Fraction
    high_rate: Fraction
    low: ByDay
    high: ByDay
    spoilt: list[tuple[Fraction, Fraction]] = field(default_factory=list)

    @property
    def order(self) -> tuple[Fraction, int]:
        """By what it comes before others: its first minute, then its row."""
        return (self.clocked.first, self.clocked.row)

    @property
    def exact(self) -> bool:
        """Whether all of it is known: when it was, that it counts or does not, and how much it adds."""
        return self.clocked.sure is not None and self.adds.truth is not UNKNOWN and self.adds.amount.settled

    @property
    def day(self) -> int:
        """The day of a record whose time is known."""
        return self.clocked.days.low.toordinal()

    def last_day(self, end: Fraction) -> int:
        """The last day of which it can be, if it has minutes before that moment."""
        return min(self.clocked.days.high.toordinal(), day_before(end))


def day_before(end: Fraction) -> int:
    """The day of the last minute before a moment."""
    return -int(-end // A_DAY) - 1
