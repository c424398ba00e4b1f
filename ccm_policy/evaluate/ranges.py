"""What is known about a number or a day: the range from its lowest to its highest possible value (S13, S15).

A number that is known is a range whose ends are equal. `None` as an end of a range of numbers is no limit. A
comparison of two ranges is a truth: yes when it holds for all values in them, no when for none, else unknown.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from fractions import Fraction
from typing import NamedTuple

from ccm_policy.evaluate.calendar import AFTER_ALL, BEFORE_ALL, is_edge
from ccm_policy.evaluate.patient_month import Record
from ccm_policy.facts.values import NONE, UNKNOWN, Special
from ccm_policy.language.truth import Truth


def whole(number: Fraction | int) -> Fraction:
    """The same number, as an `int` where it is whole: that is compared and added many times faster."""
    return number.numerator if number.denominator == 1 else number  # type: ignore[return-value]


ZERO = whole(0)


class Range(NamedTuple):
    """A number from `low` to `high`, both possible; None is no limit. An end that is whole may be an `int`."""

    low: Fraction | None
    high: Fraction | None

    @property
    def settled(self) -> bool:
        """Whether it is one number."""
        return self.low is not None and self.low == self.high


class Days(NamedTuple):
    """A day from `low` to `high`, both possible."""

    low: date
    high: date

    @property
    def settled(self) -> bool:
        """Whether it is one day."""
        return self.low == self.high


@dataclass(frozen=True, slots=True)
class Picked:
    """A record out of a list: those that it may be, whether there may be none, and the day that it was picked by."""

    candidates: tuple[Record, ...]
    may_be_none: bool
    at: Days

    @property
    def settled(self) -> bool:
        """Whether it is certain which record it is, or that it is none."""
        return len(self.candidates) + self.may_be_none == 1 and not any(r.unseen for r in self.candidates)


Result = bool | str | frozenset[str] | Special | Range | Days | Picked
"""What an expression comes to: a truth, a plain value, none, unknown, a range, or a record."""


def settled(result: Result) -> bool:
    """Whether nothing that becomes known can change it (S11)."""
    if result is True or result is False or result is UNKNOWN:
        return result is not UNKNOWN
    return result.settled if isinstance(result, (Range, Days, Picked)) else True


def exactly(number: Fraction | int) -> Range:
    """The range of one number."""
    exact = whole(number)
    return Range(exact, exact)


def on_day(day: date) -> Days:
    """The range of one day."""
    return Days(day, day)


ANY_NUMBER = Range(None, None)
ANY_DAY = Days(BEFORE_ALL, AFTER_ALL)


def as_truth(result: Result) -> Truth:
    """A value as a condition. A yes/no fact of which there is none is not so."""
    if result is True or result is False:
        return result
    return False if result is NONE else UNKNOWN


def as_number(result: Result) -> Range:
    """A value as a number; one that is unknown, or of which there is none, may be any."""
    return result if isinstance(result, Range) else ANY_NUMBER


def as_days(result: Result) -> Days:
    """A value as a day."""
    return result if isinstance(result, Days) else ANY_DAY


def hull(results: Iterable[Result]) -> Result:
    """The least that covers all of them: of ranges the range, of other values the value they agree on, else unknown."""
    pool = list(results)
    if not pool:
        return UNKNOWN
    first = pool[0]
    if all(isinstance(r, Range) for r in pool):
        ranges = [r for r in pool if isinstance(r, Range)]
        return Range(_lowest(r.low for r in ranges), _highest(r.high for r in ranges))
    if all(isinstance(r, Days) for r in pool):
        days = [r for r in pool if isinstance(r, Days)]
        return Days(min(d.low for d in days), max(d.high for d in days))
    if all(isinstance(r, Picked) for r in pool):
        picked = [r for r in pool if isinstance(r, Picked)]
        candidates = dict.fromkeys(candidate for r in picked for candidate in r.candidates)
        at = Days(min(r.at.low for r in picked), max(r.at.high for r in picked))
        return Picked(tuple(candidates), any(r.may_be_none for r in picked), at)
    return first if all(r == first and type(r) is type(first) for r in pool) else UNKNOWN


def _lowest(ends: Iterable[Fraction | None]) -> Fraction | None:
    known = list(ends)
    return None if None in known else min(end for end in known if end is not None)


def _highest(ends: Iterable[Fraction | None]) -> Fraction | None:
    known = list(ends)
    return None if None in known else max(end for end in known if end is not None)


# --- comparing ---------------------------------------------------------------------------------------------------


def at_most(left: Range | Days, right: Range | Days, *, strict: bool = False) -> Truth:
    """`left <= right` (`strict`: `left < right`) for all, none, or some of the values (S15)."""
    if isinstance(left, Days) and isinstance(right, Days):
        return _ordered(left.low, left.high, right.low, right.high, strict)
    assert isinstance(left, Range) and isinstance(right, Range), "the checker compares like with like"
    always = left.high is not None and right.low is not None and _below(left.high, right.low, strict)
    if always:
        return True
    never = left.low is not None and right.high is not None and not _below(left.low, right.high, strict)
    return False if never else UNKNOWN


def _ordered(low: date, high: date, other_low: date, other_high: date, strict: bool) -> Truth:
    if (high < other_low) if strict else (high <= other_low):
        return True
    if (low >= other_high) if strict else (low > other_high):
        return False
    return UNKNOWN


def _below(a: Fraction, b: Fraction, strict: bool) -> bool:
    return a < b if strict else a <= b


def equal(left: Result, right: Result) -> Truth:
    """Whether two values are the same. None equals nothing, not even none."""
    if _is_never(left) or _is_never(right):
        return False
    if left is UNKNOWN or right is UNKNOWN:
        return UNKNOWN
    if isinstance(left, Days) and isinstance(right, Days):
        if left.high < right.low or right.high < left.low:
            return False
        return left == right if left.settled and right.settled else UNKNOWN
    if isinstance(left, Range) and isinstance(right, Range):
        if at_most(left, right) is False or at_most(right, left) is False:
            return False
        return left == right if left.settled and right.settled else UNKNOWN
    return left == right


def _is_never(result: Result) -> bool:
    return result is NONE or (isinstance(result, Days) and result.settled and is_edge(result.low))


def is_none(result: Result) -> Truth:
    """Whether there is none. A day outside the calendar is no day."""
    if isinstance(result, Days):
        if result.settled:
            return is_edge(result.low)
        return UNKNOWN if is_edge(result.low) or is_edge(result.high) else False
    if isinstance(result, Range):
        return False if result.settled else UNKNOWN
    return UNKNOWN if result is UNKNOWN else result is NONE


# --- reckoning ---------------------------------------------------------------------------------------------------


def plus(a: Range, b: Range) -> Range:
    """The sum, end by end."""
    low = None if a.low is None or b.low is None else a.low + b.low
    high = None if a.high is None or b.high is None else a.high + b.high
    return Range(low, high)


def minus(a: Range, b: Range) -> Range:
    """The difference, from the least to the most that it can be."""
    return plus(a, Range(None if b.high is None else -b.high, None if b.low is None else -b.low))


def times(a: Range, b: Range) -> Range:
    """The product; a side without a limit leaves the product without one, unless neither goes below 0."""
    if None not in (a.low, a.high, b.low, b.high):
        corners = [x * y for x in (a.low, a.high) for y in (b.low, b.high) if x is not None and y is not None]
        return Range(min(corners), max(corners))
    if a.low is not None and b.low is not None and a.low >= 0 and b.low >= 0:
        return Range(a.low * b.low, None)
    return ANY_NUMBER


def over(a: Range, b: Range) -> Range:
    """The quotient by a divisor above 0, which the vocabulary's range assures (S6); by any other, no limits."""
    if b.low is None or b.low <= 0:
        return ANY_NUMBER
    smallest = ZERO if b.high is None else Fraction(1, b.high)
    return times(a, Range(smallest, Fraction(1, b.low)))


def floored(a: Range) -> Range:
    """Rounded down to whole numbers, each end by itself."""
    return Range(_floor(a.low), _floor(a.high))


def _floor(number: Fraction | None) -> Fraction | None:
    return None if number is None else whole(number.numerator // number.denominator)


def not_below_zero(a: Range) -> Range:
    """The range with what lies below zero drawn up to it."""
    low = ZERO if a.low is None else max(a.low, ZERO)
    return Range(low, None if a.high is None else max(a.high, ZERO))


def no_more_than(a: Range, limit: int | None) -> Range:
    """The range with what lies above the limit drawn down to it; None: no limit."""
    if limit is None:
        return a
    top = whole(limit)
    return Range(None if a.low is None else min(a.low, top), top if a.high is None else min(a.high, top))
