"""A patient-month as it is evaluated: every fact has a cell, and every presumption is made and marked."""

from __future__ import annotations

from dataclasses import KW_ONLY, dataclass, field
from datetime import date
from typing import NamedTuple, Protocol

from ccm_policy.facts.values import UNKNOWN, Authority, Value


class Cell(NamedTuple):
    """The value of a fact. `presumed`: nobody recorded it (S3). `latest`: of an unknown day, the last that may be.
    `null`: it was recorded that the value is not known, so that nothing is presumed from its absence. `attested`: who
    vouches for it, or, where it is presumed, for what it is presumed from."""

    value: Value
    presumed: bool = False
    latest: date | None = None
    null: bool = False
    attested: Authority | None = None


NOT_KNOWN = Cell(UNKNOWN)


def given_cell(value: Value, attested: Authority | None = None) -> Cell:
    """The cell of a fact that was given, or is attested."""
    return Cell(value, null=value is UNKNOWN, attested=attested)


@dataclass(frozen=True, slots=True, kw_only=True)
class Record:
    """A record of a list. `path` names it in reasons (`conditions[0]`).

    `certain` is False where it is not known whether the record belongs to the list. `unseen`: it stands for any number
    of records that nobody has looked for. `imagined`: for a field that looks up a list, the record to use where no row
    is found. Cells are filled once, by `presume`.
    """

    list: str
    path: str
    cells: dict[str, Cell] = field(compare=False)
    certain: bool = True
    unseen: bool = False
    imagined: dict[str, Record] = field(default_factory=dict, compare=False)
    aliases: dict[str, str] = field(default_factory=dict, compare=False)
    """Fields of an imagined record that stand for a field of the record that looked it up."""

    def path_of(self, field: str) -> str:
        """How reasons name a field of this record; of an unseen record, the fact that would tell if there is one."""
        return self.path if self.unseen else self.aliases.get(field, f"{self.path}.{field}")


@dataclass(frozen=True, slots=True)
class Listed:
    """A list: its records, and the unseen one where it is not complete. `unknown`: nothing is known about the list;
    `null`: and that is what was recorded.

    `path`: the list as it is given, which reasons name.
    """

    path: str
    records: tuple[Record, ...]
    unseen: Record | None = None
    unknown: bool = False
    presumed: bool = False
    null: bool = False
    _: KW_ONLY
    attested: Authority | None = None

    @property
    def all(self) -> tuple[Record, ...]:
        """The records, with the unseen one where the list is not complete."""
        return self.records if self.unseen is None else (*self.records, self.unseen)


class Facts(Protocol):
    """What an expression may ask about a patient-month."""

    def fact(self, path: str) -> Cell:
        """What is known of a fact."""

    def list(self, name: str) -> Listed:
        """What is known of a list."""

    def cell(self, record: Record, field: str) -> Cell:
        """What is known of a field of a record."""

    def imagined(self, record: Record, field: str) -> Record:
        """Of a field that looks up a list, the record to use where no row is found."""


@dataclass(frozen=True, slots=True)
class PatientMonth:
    """All facts of one patient in one month, presumptions made."""

    facts: dict[str, Cell]
    lists: dict[str, Listed]

    def fact(self, path: str) -> Cell:
        """What is known of a fact; unknown where nothing is."""
        return self.facts.get(path, NOT_KNOWN)

    def list(self, name: str) -> Listed:
        """What is known of a list."""
        return self.lists[name]

    def cell(self, record: Record, field: str) -> Cell:
        """What is known of a field of a record; unknown where nothing is."""
        return record.cells.get(field, NOT_KNOWN)

    def imagined(self, record: Record, field: str) -> Record:
        """Of a field that looks up a list, the record to use where no row is found."""
        return record.imagined[field]
