"""Values as compiled code has them, and what is done with them.

A truth is 0 (no), 1 (unknown) or 3 (yes): `a & b` is both, `a | b` is either, `NOT[a]` the contrary. A number or a day
is a pair, its lowest and its highest; an end without a limit is None. Numbers are exact: a whole one is an `int`, any
other a `Fraction`. Days are counted (`date.toordinal`). Texts, sets, `NONE` and `UNKNOWN` are what they are elsewhere.

Each function says the same as its namesake in `evaluate`: in `ranges`, `expressions`, `aggregates` or `services`.
"""

from __future__ import annotations

from datetime import date
from fractions import Fraction
from functools import lru_cache
from typing import Any

from ccm_policy.evaluate.calendar import AFTER_ALL, BEFORE_ALL, month_bounds
from ccm_policy.facts.values import NONE, UNKNOWN, Value

Pair = tuple[Any, Any]
"""The lowest and the highest of a number or a day."""

NO, OPEN, YES = 0, 1, 3
NOT = (3, 1, None, 0)
"""By a truth, the contrary."""

FIRST, NEVER = BEFORE_ALL.toordinal(), AFTER_ALL.toordinal()
BEFORE_DAYS: Pair = (FIRST, FIRST)
AFTER_DAYS: Pair = (NEVER, NEVER)
ANY: Pair = (None, None)
ANY_DAY: Pair = (FIRST, NEVER)


class NotCompiledError(Exception):
    """A record of which compiled code cannot tell; the reference decides it."""


# --- from and to facts -------------------------------------------------------------------------------------------


def number(value: Fraction) -> Any:
    """An exact number, whole where it is."""
    return value.numerator if value.denominator == 1 else value


def truth(value: Value) -> Any:
    """A yes/no fact."""
    return YES if value is True else NO if value is False else value


def amount(value: Value) -> Any:
    """A number that is known, or of which there is none."""
    if value is NONE:
        return NONE
    assert isinstance(value, Fraction)
    exact = number(value)
    return (exact, exact)


def day(value: Value) -> Pair:
    """A day that is known; one of which there is none is later than every day."""
    if value is NONE:
        return AFTER_DAYS
    assert isinstance(value, date)
    ordinal = value.toordinal()
    return (ordinal, ordinal)


def plain(value: Value) -> Any:
    """Any other value."""
    return value


def settled(pair: Any) -> bool:
    """Whether a number or a day is one; a number of which there is none is settled too."""
    return pair[0] == pair[1] and pair[0] is not None if pair.__class__ is tuple else pair is NONE


def told_day(pair: Pair, unknown: Pair) -> Pair:
    """A day as a presumption gives it: one that never comes is none; one that is not settled, unknown."""
    if pair[0] != pair[1]:
        return unknown
    return AFTER_DAYS if pair[0] == FIRST else pair


def told_number(pair: Any, unknown: Pair) -> Any:
    """A number as a presumption gives it; one that is not settled is unknown."""
    return pair if settled(pair) else unknown


# --- comparing ---------------------------------------------------------------------------------------------------


def day_at_most(a: Pair, b: Pair) -> int:
    """Of days, whether the first is no later."""
    return 3 if a[1] <= b[0] else 0 if a[0] > b[1] else 1


def day_below(a: Pair, b: Pair) -> int:
    """Of days, whether the first is earlier."""
    return 3 if a[1] < b[0] else 0 if a[0] >= b[1] else 1


def at_most(a: Any, b: Any) -> int:
    """Of numbers and ranks. One of which there is none compares with nothing."""
    if a is NONE or b is NONE:
        return 0
    if a.__class__ is not tuple or b.__class__ is not tuple:
        return 1
    if a[1] is not None and b[0] is not None and a[1] <= b[0]:
        return 3
    return 0 if a[0] is not None and b[1] is not None and a[0] > b[1] else 1


def below(a: Any, b: Any) -> int:
    """As `at_most`, without equality."""
    if a is NONE or b is NONE:
        return 0
    if a.__class__ is not tuple or b.__class__ is not tuple:
        return 1
    if a[1] is not None and b[0] is not None and a[1] < b[0]:
        return 3
    return 0 if a[0] is not None and b[1] is not None and a[0] >= b[1] else 1


@lru_cache(maxsize=4096)
def first_of(month: str) -> Pair:
    """The first day of a month."""
    return day(month_bounds(month)[0])


def month_rank(value: Any) -> Any:
    """A month by its first day."""
    return first_of(value) if value.__class__ is str else value


def as_number(a: Any) -> Pair:
    """One that is unknown, or of which there is none, may be any."""
    return a if a.__class__ is tuple else ANY


def equal_truths(a: Any, b: Any) -> int:
    """Of yes/no values. None equals nothing."""
    if a is NONE or b is NONE:
        return 0
    return 1 if a == 1 or b == 1 else 3 if a == b else 0


def equal(a: Any, b: Any) -> int:
    """Of plain values. None equals nothing, not even none."""
    if a is NONE or b is NONE:
        return 0
    return 1 if a is UNKNOWN or b is UNKNOWN else 3 if a == b else 0


def equal_numbers(a: Any, b: Any) -> int:
    """Of numbers."""
    if a is NONE or b is NONE:
        return 0
    if a.__class__ is not tuple or b.__class__ is not tuple:
        return 1
    if at_most(a, b) == 0 or at_most(b, a) == 0:
        return 0
    return 3 if settled(a) and settled(b) else 1


def equal_days(a: Pair, b: Pair) -> int:
    """Of days; one outside the calendar equals none."""
    for one in (a, b):
        if one[0] == one[1] and (one[0] == FIRST or one[0] == NEVER):
            return 0
    if a[1] < b[0] or b[1] < a[0]:
        return 0
    return 3 if a[0] == a[1] and b[0] == b[1] else 1


def no_day(a: Pair) -> int:
    """Whether there is no such day."""
    low, high = a
    if low == high:
        return 3 if low in (FIRST, NEVER) else 0
    return 1 if low == FIRST or high == NEVER else 0


def no_number(a: Any) -> int:
    """Whether there is no such number."""
    if a is NONE:
        return 3
    return 0 if settled(a) else 1


def none(a: Any) -> int:
    """Whether there is no such value."""
    return 1 if a is UNKNOWN else 3 if a is NONE else 0


def no_truth(a: Any) -> int:
    """Whether there is no such yes/no fact."""
    return 3 if a is NONE else 1 if a == 1 else 0


def not_known(value: Any) -> bool:
    """Whether a value is not known, or not all of it."""
    return value is UNKNOWN or (not settled(value) if value.__class__ is tuple else bool(value == 1))


def not_known_day(pair: tuple[int, int]) -> bool:
    """Whether a day is not known, or not to the day."""
    return pair[0] != pair[1]


def established(a: Any) -> Any:
    """The lower end, as if it were known."""
    if a.__class__ is tuple:
        return a if a[0] is None else (a[0], a[0])
    return False if a is UNKNOWN else a


def later_day(a: Pair, b: Pair) -> Pair:
    """The later of two days, end by end."""
    return (max(a[0], b[0]), max(a[1], b[1]))


def earlier_day(a: Pair, b: Pair) -> Pair:
    """The earlier of two days, end by end."""
    return (min(a[0], b[0]), min(a[1], b[1]))


def includes(held: Any, count: int, values: frozenset[str]) -> int:
    """Whether a set holds so many of some values; without values, so many of any."""
    if held is UNKNOWN:
        return 1
    found = held if held.__class__ is frozenset else frozenset()
    return 3 if len(found & values if values else found) >= count else 0


def in_days(day: Pair, first: Pair, last: Pair) -> int:
    """Whether a day lies in the days from `first` to `last`."""
    return day_at_most(first, day) & day_at_most(day, last)
