"""Sums, steps, days and records as compiled code works them out; each function says the same as its namesake in
`evaluate`.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import date
from fractions import Fraction
from functools import lru_cache
from itertools import pairwise
from typing import Any

from ccm_policy.compile.known import (
    ANY,
    FIRST,
    NEVER,
    Pair,
    as_number,
    day,
    day_at_most,
    number,
    settled,
)
from ccm_policy.evaluate.calendar import shifted
from ccm_policy.facts.clock import A_DAY, of_day
from ccm_policy.facts.values import NONE, UNKNOWN


def within(day: Pair, anchor: Pair, count: int, unit: str) -> int:
    """From the anchor so many units on (below 0: back), both ends counted."""
    for one in (day, anchor):
        if one[0] == one[1] and (one[0] == FIRST or one[0] == NEVER):
            return 0
    other = moved(anchor, count, unit)
    first, last = (other, anchor) if count < 0 else (anchor, other)
    return day_at_most(first, day) & day_at_most(day, last)


def plus(a: Pair, b: Pair) -> Pair:
    """The sum, end by end."""
    return (
        None if a[0] is None or b[0] is None else a[0] + b[0],
        None if a[1] is None or b[1] is None else a[1] + b[1],
    )


def minus(a: Pair, b: Pair) -> Pair:
    """The difference, from the least to the most that it can be."""
    return (
        None if a[0] is None or b[1] is None else a[0] - b[1],
        None if a[1] is None or b[0] is None else a[1] - b[0],
    )


def times(a: Pair, b: Pair) -> Pair:
    """The product; a side without a limit leaves it without one, unless neither goes below 0."""
    if None not in a and None not in b:
        corners = [x * y for x in a for y in b]
        return (min(corners), max(corners))
    if a[0] is not None and b[0] is not None and a[0] >= 0 and b[0] >= 0:
        return (a[0] * b[0], None)
    return ANY


def quotient(a: Any, b: Any) -> Any:
    """An exact quotient."""
    return number(Fraction(a) / b)


def over(a: Pair, b: Pair) -> Pair:
    """The quotient by a divisor above 0; by any other, no limits."""
    if b[0] is None or b[0] <= 0:
        return ANY
    if b[0] == b[1]:
        if b[0] == 1:
            return a
        if a[0] is not None and a[1] is not None:
            low = quotient(a[0], b[0])
            return (low, low if a[0] == a[1] else quotient(a[1], b[0]))
    return times(a, (0 if b[1] is None else Fraction(1) / b[1], Fraction(1) / b[0]))


def floored(a: Pair) -> Pair:
    """Rounded down to whole numbers, each end by itself."""
    return (None if a[0] is None else a[0] // 1, None if a[1] is None else a[1] // 1)


def full_multiples(step: Pair, held: Pair) -> Pair:
    """How many full steps an amount holds; never below 0."""
    low, high = 0 if held[0] is None else max(held[0], 0), None if held[1] is None else max(held[1], 0)
    size = step[0]
    if size is not None and size == step[1] and size > 0:
        return (low // size, None if high is None else high // size)
    return floored(over((low, high), step))


def at_most_units(a: Pair, limit: int) -> Pair:
    """The range with what lies above the limit drawn down to it."""
    return (None if a[0] is None else min(a[0], limit), limit if a[1] is None else min(a[1], limit))


def only_when(count: Pair, when: int) -> Pair:
    """So many where a condition holds, none where it does not."""
    return count if when == 3 else (0, 0) if when == 0 else (0, count[1])


def at_least_one(units: Pair) -> int:
    """Whether a unit is earned."""
    if units[0] is not None and units[0] >= 1:
        return 3
    return 0 if units[1] is not None and units[1] < 1 else 1


@lru_cache(maxsize=65536)
def _moved(ordinal: int, count: int, unit: str) -> int:
    return shifted(date.fromordinal(ordinal), count, unit).toordinal()


def moved(a: Pair, count: int, unit: str) -> Pair:
    """A day so many days, weeks, months or years on (below 0: back)."""
    low = _moved(a[0], count, unit)
    return (low, low if a[0] == a[1] else _moved(a[1], count, unit))


def hull(pool: Sequence[Any]) -> Any:
    """The least that covers all of them."""
    first = pool[0]
    if len(pool) == 1:
        return first
    if all(one.__class__ is tuple and len(one) == 2 for one in pool):
        lows, highs = [one[0] for one in pool], [one[1] for one in pool]
        return (None if None in lows else min(lows), None if None in highs else max(highs))
    if all(one.__class__ is tuple for one in pool):
        candidates = dict.fromkeys(id(record) for one in pool for record in one[0])
        by_id = {id(record): record for one in pool for record in one[0]}
        at = (min(one[2][0] for one in pool), max(one[2][1] for one in pool))
        return (tuple(by_id[key] for key in candidates), any(one[1] for one in pool), at)
    return first if all(one == first for one in pool) else UNKNOWN


def truth_hull(pool: Sequence[Any]) -> Any:
    """The truth that they agree on, else unknown."""
    first = pool[0]
    return first if all(one is first or one == first for one in pool) else 1


# --- records -----------------------------------------------------------------------------------------------------


def share(match: int, value: Any, divisor: Any = None) -> Pair:
    """What one record adds at least and at most."""
    given = as_number(value)
    sure = match == 3 and settled(value)
    if divisor is not None:
        given = over(given, as_number(divisor))
        sure = sure and settled(divisor)
    return given if sure else (0, given[1])


def total(shares: Iterable[Any]) -> Pair:
    """What records add together (`shared.Share`)."""
    whole: Pair = (0, 0)
    for share in shares:
        whole = plus(whole, share.amount)
    return whole


ByDays = list[tuple[int, Any]]
"""What records add, each with the day on which it may."""


def by_days(dated: Iterable[tuple[Pair, Pair]]) -> tuple[ByDays, ByDays]:
    """The most that each record adds, by its first possible day; the least, by its last."""
    shares = list(dated)
    return [(days[0], share[1]) for days, share in shares], [(days[1], share[0]) for days, share in shares]


def reached(early: ByDays, late: ByDays, threshold: Any, whole: bool) -> Pair:
    """The first and the last day on which a running total may first be at least the threshold."""
    needed = as_number(threshold)
    return (_day_reached(early, needed[0] or 0, whole), _day_reached(late, needed[1], whole))


def _day_reached(dated: list[tuple[int, Any]], threshold: Any, whole: bool) -> int:
    total: Any = 0
    for on, adds in sorted(dated, key=lambda pair: pair[0]):
        if adds is None:
            return on
        total += adds
        if threshold is not None and (total // 1 if whole else total) >= threshold:
            return on
    return NEVER


def earliest(dated: Sequence[tuple[int, Pair]]) -> Pair:
    """From the first possible record to the first certain one."""
    return (
        min((d[0] for match, d in dated if match), default=NEVER),
        min((d[1] for match, d in dated if match == 3), default=NEVER),
    )


def latest(dated: Sequence[tuple[int, Pair]]) -> Pair:
    """From the last certain record to the last possible one."""
    return (
        max((d[0] for match, d in dated if match == 3), default=FIRST),
        max((d[1] for match, d in dated if match), default=FIRST),
    )


def picked(found: Sequence[tuple[int, Pair, Any]], how: str) -> tuple[tuple[Any, ...], bool, Pair]:
    """The records that may be first or last by their day. Of equal days the earlier row is first, the later last."""
    certain = [(row, days) for row, (match, days, _) in enumerate(found) if match == 3]
    rows = [row for row, (_, days, _) in enumerate(found) if not _beaten(row, days, certain, how)]
    at = (earliest if how == "earliest" else latest)([(match, days) for match, days, _ in found])
    return (tuple(found[row][2] for row in rows), not certain, at)


def _beaten(row: int, days: Pair, certain: list[tuple[int, Pair]], how: str) -> bool:
    if how == "earliest":
        return any((c[1], other) < (days[0], row) for other, c in certain if other != row)
    return any((c[0], other) > (days[1], row) for other, c in certain if other != row)


def clock_minutes(start: Any, end: Any) -> Any:
    """The minutes between two times of the clock, the second perhaps after midnight; None where one is not known."""
    if start.__class__ is not str or end.__class__ is not str:
        return None
    minutes = (of_day(end) - of_day(start)) % A_DAY
    return (minutes, minutes)


def share_minutes(timed: Iterable[tuple[Any, Any, Any, Any]], nulls: bool, unseen: bool) -> bool:
    """Whether some of these records (start, end, minutes, day) may have a minute of the clock in common, or with an
    unseen one, or may run past midnight."""
    spans = []
    for start, end, minutes, days in timed:
        worked = as_number(minutes)
        low = worked[0] if settled(minutes) and minutes is not NONE else None
        if start.__class__ is str:
            begun = (of_day(start), of_day(start))
        elif end.__class__ is str and low is not None and low.__class__ is int:
            begun = ((of_day(end) - low) % A_DAY,) * 2
        elif start is not NONE or (nulls and end is UNKNOWN) or (end.__class__ is str and low is None):
            begun = (0, A_DAY - 1)
        else:
            continue
        if worked[1] == 0:
            continue
        length = A_DAY if worked[1] is None else worked[1]
        if begun[1] + length > A_DAY:
            return True
        spans.append((days[0] * A_DAY + begun[0], days[1] * A_DAY + begun[1] + length))
    spans.sort()
    if unseen and spans:
        return True
    return any(one[1] > other[0] for one, other in pairwise(spans))


def key_text(value: Any, kind: str) -> str | None:
    """A key as a table writes it; None while it is unknown."""
    if value is NONE:
        return ""
    if value is UNKNOWN:
        return None
    if kind == "yes/no":
        return None if value == 1 else "yes" if value else "no"
    if kind == "number":
        return str(value[0]) if settled(value) else None
    if kind == "date":
        return date.fromordinal(value[0]).isoformat() if value[0] == value[1] else None
    return value if value.__class__ is str else None


# --- services ----------------------------------------------------------------------------------------------------


def last_day(first: Pair, last: Pair, *ends: Pair) -> Pair:
    """The last day of the month, of life, or of what is known."""
    for end in ends:
        if end[0] != end[1]:
            last = (first[0], last[1])
        elif first[0] <= end[0] < last[1]:
            last = (min(last[0], end[0]), end[0])
    return last


def dated_on(last: Pair, first: Pair, dated: Pair) -> Pair:
    """The date of a service that has one of its own, in the month and no later than its last day."""
    if dated[1] < first[0] or last[1] < dated[0]:
        return last
    high = last[1] if dated[0] < first[0] else min(dated[1], last[1])
    return (min(max(first[0], dated[0]), last[0]), high)


def in_force(served: Pair, first: int | None, last: int | None) -> int:
    """Whether a day lies in the days from `first` to `last`, either of which may be open."""
    begun = 3 if first is None else day_at_most((first, first), served)
    return begun & (3 if last is None else day_at_most(served, (last, last)))


def lived(first: Pair, last: Pair, died: Pair) -> int:
    """Whether there is a day on which a service could be dated."""
    if died[0] != died[1]:
        return 1
    return 0 if died[0] <= last[0] and died[0] < first[0] else 3


def standing(owns: Sequence[int]) -> Pair:
    """How many of some services stand by themselves."""
    return (sum(own == 3 for own in owns), sum(own != 0 for own in owns))


@lru_cache(maxsize=4096)
def iso_day(text: str) -> Pair:
    """A day as a table writes it."""
    return day(date.fromisoformat(text))
