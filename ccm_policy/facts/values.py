"""The values of facts: what a reader hands on, before presumptions.

A known value is a `bool` (yes/no), `str` (text, code, month, a value of a set; a clock time as `HH:MM`), `Fraction`
(every number, exact), `date`, or `frozenset[str]`. Two values are special: `UNKNOWN` (an explicit null, or the word
`unknown`)
and `NONE` (there is none). A path that is not in the mapping is absent; what absence means is the vocabulary's to say.
"""

from __future__ import annotations

from dataclasses import dataclass
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


@dataclass(frozen=True, slots=True)
class GivenList:
    """A list as it was given. `complete` is False where only a short form gave its records. `rows` map field to value;
    an absent field is not in the row. `numbers`: for each record, the row it was read from (from 1), for messages
    and paths."""

    rows: tuple[dict[str, Value], ...]
    complete: bool = True
    numbers: tuple[int, ...] = ()


@dataclass(frozen=True, slots=True)
class Given:
    """One patient-month as it was given: typed and checked, nothing presumed.

    `facts`: dotted path to value. `lists`: list name to its records, or UNKNOWN for an explicit null. `digest`: of
    the facts
    in canonical form (`sha256:…`), the same for every input format. `place`: where it was read, for messages.
    """

    patient_id: str
    service_month: str
    practitioner_id: str | None
    facts: dict[str, Value]
    lists: dict[str, GivenList | Special]
    digest: str
    file: str | None = None
    row: int | None = None

    @property
    def key(self) -> str:
        """How the record is named in messages."""
        return f"{self.patient_id} {self.service_month}"
