"""Durations with a colon: `0:45` is 45 minutes in one export and 45 seconds in the next.

What tells the two apart, strongest first: the name of the column (`minutes (h:mm)`), the entry's own start and end, a
value that cannot be hours or is rarely so long, as the vocabulary says (`rarely above 240`). One value tells for its
whole column, or in a format without columns for its record. Where nothing tells, nothing is read.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from fractions import Fraction
from typing import Any, Literal

from ccm_policy.facts.clock import A_DAY, clock_time, of_day
from ccm_policy.language.tree import Type

Way = Literal["h:mm", "m:ss"]
EITHER: Literal["either"] = "either"
"""Nothing tells how the durations of a column are meant."""

WRITTEN = "hours, minutes and seconds, as `0:06:40`"
SAYS = "may be hours and minutes, or minutes and seconds, and nothing in the data tells which"
BY_ITSELF = f"write minutes as a number, or {WRITTEN}"
HELP = f"name the column `minutes (h:mm)` or `minutes (m:ss)`; else {BY_ITSELF}"

TWO_PARTS = r"^\d{1,4}:[0-5]\d$"
_TWO = re.compile(r"(\d{1,4}):([0-5]\d)", re.ASCII)
_THREE = re.compile(r"(\d{1,2}):([0-5]\d):([0-5]\d)", re.ASCII)
_SAID = re.compile(r"(.*\S)\s*[\[(]\s*(h{1,2}:mm|m{1,2}:ss)\s*[\])]", re.IGNORECASE)


def minutes(text: str, type: Type) -> Fraction | Literal["either"] | None:
    """The minutes of one duration by itself; `EITHER` where it may be both, None where it is no duration."""
    if (whole := of_three(text)) is not None:
        return whole
    if (two := of_two(text)) is None:
        return None
    hours, seconds = two
    return seconds if hours == seconds or hours > _longest(type) else EITHER


def of_three(text: str) -> Fraction | None:
    """The minutes of hours, minutes and seconds."""
    three = _THREE.fullmatch(text)
    return int(three[1]) * 60 + int(three[2]) + Fraction(int(three[3]), 60) if three else None


def of_two(text: str) -> tuple[Fraction, Fraction] | None:
    """The minutes of `0:45` as hours and minutes, and as minutes and seconds; None where it is not so written."""
    two = _TWO.fullmatch(text)
    return _readings(two) if two else None


def unclear(type: Type) -> str:
    """The pattern of durations that may be meant either way, of which nothing in themselves tells: `0:45`."""
    longest = _longest(type)
    hours, rest = int(longest // 60), int(longest % 60)
    below = "|".join(str(hour) for hour in range(hours))
    last = "|".join(f"{minute:02}" for minute in range(rest + 1))
    return f"^(?!0+:00$)0*(?:(?:{below}):[0-5]\\d|{hours}:(?:{last}))$" if hours else f"^(?!0+:00$)0*0:(?:{last})$"


def said_by(columns: Iterable[str]) -> tuple[list[str], dict[str, Way]]:
    """The names of columns without what they say of durations, and what they say."""
    names: list[str] = []
    said: dict[str, Way] = {}
    for column in columns:
        found = _SAID.fullmatch(column)
        names.append(found[1] if found else column)
        if found:
            said[found[1]] = "h:mm" if found[2].lower().startswith("h") else "m:ss"
    return names, said


def named(column: str) -> tuple[str, str]:
    """A column's name without what it says of durations, and that: `(h:mm)`, or nothing."""
    found = _SAID.fullmatch(column)
    return (found[1], f" ({found[2].lower()})") if found else (column, "")


def way_of(
    column: str, rows: Iterable[Mapping[Any, Any]], type: Type, clock: tuple[str, str] | None
) -> Way | Literal["either"] | None:
    """How the durations of a column are meant; None where it has none. `clock`: the columns of start and end."""
    telling = Telling(column=column, type=type, clock=clock)
    for row in rows:
        telling.add(row)
    return telling.way()


@dataclass(slots=True, kw_only=True)
class Telling:
    """What the rows of a column tell of how its durations are meant, row after row."""

    column: str
    type: Type
    clock: tuple[str, str] | None
    _told: set[Way] = field(default_factory=set)
    _count: int = 0
    _short: int = 0
    _too_long: bool = False
    _equal: bool = True

    def add(self, row: Mapping[Any, Any]) -> None:
        """The next row."""
        cell = row.get(self.column)
        if not isinstance(cell, str) or not (found := _TWO.fullmatch(cell.strip())):
            return
        hours, seconds = _readings(found)
        self._count += 1
        self._short += found[1].strip("0") == ""
        self._too_long |= hours > _longest(self.type)
        self._equal &= hours == seconds
        if (way := _by_clock(row, found, self.clock)) is not None:
            self._told.add(way)

    def way(self) -> Way | Literal["either"] | None:
        """What they tell together; None where there are no durations."""
        if not self._count:
            return None
        told = self._told
        if not told and self._too_long and 2 * self._short <= self._count:
            told = {"m:ss"}
        if len(told) == 1:
            return next(iter(told))
        return "m:ss" if self._equal else EITHER


def in_row(row: Any, column: str, way: Way) -> Any:
    """A row whose duration stands with hours, minutes and seconds."""
    if not isinstance(row, Mapping) or not isinstance(row.get(column), str):
        return row
    return {**row, column: _spelt_out(row[column], way)}


def _spelt_out(text: str, way: Way) -> str:
    if not (two := _TWO.fullmatch(text.strip())):
        return text
    first, last = int(two[1]), two[2]
    if way == "h:mm":
        return f"{first}:{last}:00" if first < 100 else text
    return f"{first // 60}:{first % 60:02}:{last}" if first < 6000 else text


def _readings(found: re.Match[str]) -> tuple[Fraction, Fraction]:
    """The minutes of a duration as hours and minutes, and as minutes and seconds."""
    first, last = int(found[1]), int(found[2])
    return Fraction(first * 60 + last), first + Fraction(last, 60)


def _longest(type: Type) -> Fraction:
    usual = [Fraction(bound) for bound in (type.rarely_above, type.high) if bound is not None]
    return min(usual, default=Fraction(A_DAY))


def _by_clock(row: Mapping[Any, Any], found: re.Match[str], clock: tuple[str, str] | None) -> Way | None:
    """What the start and the end of an entry tell; they are to the minute, so a difference below one is none."""
    if clock is None:
        return None
    start, end = (clock_time(cell.strip()) if isinstance(cell := row.get(c), str) else None for c in clock)
    if start is None or end is None:
        return None
    gap = of_day(end) - of_day(start)
    hours, seconds = (abs((gap - reading + A_DAY // 2) % A_DAY - A_DAY // 2) < 1 for reading in _readings(found))
    if hours == seconds:
        return None
    return "h:mm" if hours else "m:ss"
