"""Times of the clock, kept as `14:30`, and the minutes of a day."""

from __future__ import annotations

import re

A_DAY = 24 * 60
"""The minutes of a day."""

_WRITTEN = re.compile(r"([01]?\d|2[0-3]):([0-5]\d)(?::00)?", re.ASCII)


def clock_time(text: str) -> str | None:
    """A time of the clock as it is kept; None where the text is none."""
    parts = _WRITTEN.fullmatch(text)
    return f"{int(parts[1]):02}:{parts[2]}" if parts else None


def of_day(clock: str) -> int:
    """The minutes from midnight to a time of the clock."""
    return int(clock[:2]) * 60 + int(clock[3:])
