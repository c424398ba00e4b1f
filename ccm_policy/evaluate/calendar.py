"""The calendar: days that never come, months that clamp, both ends counted (S7, S16, S31, S32).

The day is the grain. Two days stand outside the calendar: `BEFORE_ALL`, earlier than every day (the latest of
nothing), and `AFTER_ALL`, later than every day (a date that is none, the earliest of nothing). They stay where they
are when days, months or years are added to them.
"""

from __future__ import annotations

from calendar import monthrange
from datetime import date, timedelta
from functools import cache

BEFORE_ALL = date.min
AFTER_ALL = date.max


def is_edge(day: date) -> bool:
    """Whether a day stands outside the calendar."""
    return day in (BEFORE_ALL, AFTER_ALL)


@cache
def month_bounds(month: str) -> tuple[date, date]:
    """The first and last day of a month `YYYY-MM`."""
    year, number = int(month[:4]), int(month[5:7])
    return date(year, number, 1), date(year, number, monthrange(year, number)[1])


def month_of(day: date) -> str:
    """The month of a day, `YYYY-MM`."""
    return f"{day.year:04}-{day.month:02}"


def shifted(day: date, number: int, unit: str) -> date:
    """A day `number` (below 0: earlier) days, weeks, months or years on; a shorter month lends its last day (S31).

    What falls outside the calendar is `BEFORE_ALL` or `AFTER_ALL`.
    """
    if is_edge(day):
        return day
    if unit in ("day", "week"):
        try:
            return day + timedelta(days=number * (7 if unit == "week" else 1))
        except OverflowError:
            return BEFORE_ALL if number < 0 else AFTER_ALL
    months = day.year * 12 + day.month - 1 + number * (12 if unit == "year" else 1)
    year, month = divmod(months, 12)
    if not date.min.year <= year <= date.max.year:
        return BEFORE_ALL if number < 0 else AFTER_ALL
    return date(year, month + 1, min(day.day, monthrange(year, month + 1)[1]))
