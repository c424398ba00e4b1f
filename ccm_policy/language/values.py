"""The values that facts have.

A known value is a `bool` (yes/no), `str` (text, code, month, a value of a set; a clock time as `HH:MM`), `Fraction`
(every number, exact), `date`, or `frozenset[str]`. Two values are special: `UNKNOWN` (an explicit null, or the word
`unknown`) and `NONE` (there is none).
"""

from __future__ import annotations

from datetime import date
from enum import Enum
from fractions import Fraction
from typing import Final


class Special(Enum):
    """The two values that are not a value."""

    UNKNOWN = "unknown"
    NONE = "none"


UNKNOWN: Final = Special.UNKNOWN
NONE: Final = Special.NONE

Known = bool | str | Fraction | date | frozenset[str]
Value = Known | Special
