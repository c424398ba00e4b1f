"""Days, months and times of the clock as exports write them, and what a column tells of how its days are meant.

`3/4/2026` is the 4th of March in one export and the 3rd of April in the next. A day above twelve tells, in the column
or in another of the same file; so does the month that the mapping names. Where nothing tells, it is asked about.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import date, datetime, time, timedelta
from functools import cache
from typing import Any, Literal

from ccm_policy.intake.words import export_words

Order = Literal["mdy", "dmy"]
"""Which of a day's first two numbers is the month."""
DAYS = ("date", "month", "period")
"""The kinds of types whose cells are written as days."""

_YEAR_FIRST = re.compile(r"(\d{4})([-/.])(\d{1,2})\2(\d{1,2})|(\d{4})(\d{2})(\d{2})", re.ASCII)
_YEAR_LAST = re.compile(r"(\d{1,2})([-/.])(\d{1,2})\2(\d{4}|\d{2})", re.ASCII)
_NAMED = re.compile(r"(\d{1,2})[-\s]*([A-Za-z]{3,9})\.?[-\s,]*(\d{4}|\d{2})", re.ASCII)
_NAMED_FIRST = re.compile(r"([A-Za-z]{3,9})\.?\s*(\d{1,2})(?:st|nd|rd|th)?,?\s+(\d{4})", re.ASCII)
_MONTH_FORMS = (
    re.compile(r"(?P<y>\d{4})[-/.]?(?P<m>\d{2})", re.ASCII),
    re.compile(r"(?P<m>\d{1,2})[-/.](?P<y>\d{4})", re.ASCII),
    re.compile(r"(?P<name>[A-Za-z]{3,9})\.?[-\s,]*(?P<y>\d{4}|\d{2})", re.ASCII),
)
_CLOCK = re.compile(r"(\d{1,2})(?::(\d{2}))?(?::(\d{2})(?:\.\d+)?)?\s*([ap])\.?\s?m?\.?", re.ASCII | re.IGNORECASE)
_CLOCK_24 = re.compile(r"(\d{1,2}):(\d{2})(?::(\d{2})(?:\.\d+)?)?", re.ASCII)
_FOUR = re.compile(r"([01]\d|2[0-3])([0-5]\d)", re.ASCII)
_DAY_AND_CLOCK = re.compile(r"(.*\d)(?:[T\s]\s*|,\s+)(\d{1,2}:\d{2}.*)", re.ASCII)
_ZONE = re.compile(r"\s*(?:Z|UTC|[+-]\d{2}:?\d{2})$", re.ASCII)
_SPREADSHEET = date(1899, 12, 30)
_FIRST, _LAST = 36_526, 73_050
"""The days of this century's first hundred years as a spreadsheet numbers them."""


def order_of(format: str) -> Order | None:
    """What a format such as `d/m/yyyy` says; None: it begins with the year or names the month."""
    letters = [letter for letter in format.lower() if letter in "dmy"]
    first = list(dict.fromkeys(letters))[:2]
    return "dmy" if first == ["d", "m"] else "mdy" if first == ["m", "d"] else None


def day_of(cell: Any, order: Order | None) -> date | None:
    """The day that a cell holds, whatever time of the clock stands with it; None: it holds none."""
    if isinstance(cell, datetime):
        return cell.date()
    if isinstance(cell, date):
        return cell
    if isinstance(cell, int | float) and not isinstance(cell, bool):
        return _SPREADSHEET + timedelta(days=int(cell)) if _FIRST <= cell <= _LAST else None
    if not isinstance(cell, str):
        return None
    text = _day_part(cell)
    if found := _YEAR_FIRST.fullmatch(text):
        year, month, day = (found[1], found[3], found[4]) if found[1] else (found[5], found[6], found[7])
        return _date(year, month, day)
    if found := _YEAR_LAST.fullmatch(text):
        first, second = (found[1], found[3]) if order == "mdy" else (found[3], found[1])
        return None if order is None else _date(found[4], first, second)
    if found := _NAMED.fullmatch(text):
        return _date(found[3], _month_called(found[2]), found[1])
    if found := _NAMED_FIRST.fullmatch(text):
        return _date(found[3], _month_called(found[1]), found[2])
    return None


def month_of(cell: Any, order: Order | None) -> str | None:
    """The month that a cell holds, or in which its day lies."""
    if isinstance(cell, str):
        for form in _MONTH_FORMS:
            if found := form.fullmatch(cell.strip()):
                parts = found.groupdict()
                number = parts.get("m") or _month_called(parts.get("name", ""))
                first = _date(parts["y"], number, "1")
                if first is not None:
                    return first.isoformat()[:7]
    day = day_of(cell, order)
    return None if day is None else day.isoformat()[:7]


def second_of(cell: Any) -> int | None:
    """The second of the day that a time of the clock is; None: the cell holds none."""
    if isinstance(cell, datetime):
        cell = cell.time()
    if isinstance(cell, time):
        return cell.hour * 3600 + cell.minute * 60 + cell.second
    if isinstance(cell, timedelta):
        return int(cell.total_seconds()) if timedelta(0) <= cell < timedelta(days=1) else None
    if isinstance(cell, float) and 0 <= cell < 1:
        return round(cell * 86_400) % 86_400
    if not isinstance(cell, str):
        return None
    text = cell.strip()
    if both := _DAY_AND_CLOCK.fullmatch(text):
        text = _ZONE.sub("", both[2]).strip()
    if found := _CLOCK.fullmatch(text):
        hour = int(found[1])
        if not 1 <= hour <= 12:
            return None
        hour = hour % 12 + (12 if found[4].lower() == "p" else 0)
        return _second(hour, found[2], found[3])
    if found := _CLOCK_24.fullmatch(text):
        return _second(int(found[1]), found[2], found[3])
    return _second(int(found[1]), found[2], None) if (found := _FOUR.fullmatch(text)) else None


def in_universal_time(cell: Any) -> bool:
    """Whether a day stands with a time that is Greenwich's, which may be the day before where the practice is."""
    return isinstance(cell, str) and bool(_DAY_AND_CLOCK.fullmatch(cell.strip()) and cell.strip()[-1:] in "Zz")


@dataclass(slots=True)
class TellingOrder:
    """What the days of a column tell of their order. `month`: the one in which all of them lie, where that is known."""

    month: str | None = None
    told: set[Order] = field(default_factory=set)
    open: bool = False
    """There is a day that may be meant either way."""
    outside: set[Order] = field(default_factory=set)

    def add(self, cell: Any) -> None:
        """The next cell."""
        if not isinstance(cell, str) or not (found := _YEAR_LAST.fullmatch(_day_part(cell))):
            return
        first, second = int(found[1]), int(found[3])
        if first > 12 >= second:
            self.told.add("dmy")
        elif second > 12 >= first:
            self.told.add("mdy")
        self.open |= first != second and first <= 12 and second <= 12
        if self.month is not None:
            self.outside |= {order for order in _ORDERS if month_of(cell, order) != self.month}

    def order(self, others: Iterable[TellingOrder] = ()) -> Order | Literal["either"] | None:
        """What they tell together, or the other columns of the file do; None where it does not matter."""
        if len(self.told) == 1:
            return next(iter(self.told))
        if not self.told and not self.open:
            return "mdy"
        if not self.told and self.month is not None and len(self.outside) == 1:
            return "dmy" if "mdy" in self.outside else "mdy"
        elsewhere = {order for other in others for order in other.told}
        return next(iter(elsewhere)) if not self.told and len(elsewhere) == 1 else "either"


_ORDERS: tuple[Order, ...] = ("mdy", "dmy")


def _day_part(text: str) -> str:
    text = _weekday().sub("", text.strip(), count=1)
    both = _DAY_AND_CLOCK.fullmatch(text)
    return both[1].strip().rstrip(",") if both and second_of(_ZONE.sub("", both[2])) is not None else text


def _date(year: str, month: str | int | None, day: str) -> date | None:
    number = int(year) + (2000 if len(year) == 2 else 0)
    try:
        return date(number, int(month or 0), int(day)) if number >= 1900 else None
    except ValueError:
        return None


def _month_called(name: str) -> int | None:
    return export_words().months.get(name[:3].lower())


@cache
def _weekday() -> re.Pattern[str]:
    return re.compile(f"(?:{export_words().weekdays})[.,]?\\s+", re.ASCII | re.IGNORECASE)


def _second(hour: int, minute: str | None, second: str | None) -> int | None:
    minutes, seconds = int(minute or 0), int(second or 0)
    return hour * 3600 + minutes * 60 + seconds if hour < 24 and minutes < 60 and seconds < 60 else None
