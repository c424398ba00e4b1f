"""Where facts came from that were made of exports: what messages name, for nobody has seen the tables of facts."""

from __future__ import annotations

from array import array
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path

from ccm_policy.facts.tables import MAIN
from ccm_policy.intake.fitting import FittedFile
from ccm_policy.language.diagnostics import Diagnostic, Place

_HEADER = 1
_PLACES = 40
"""Bits of the number of a row, below those of its export."""


@dataclass(frozen=True, slots=True)
class Origins:
    """The row of an export of each row of the tables of facts, eight bytes each. `columns`: of a table and a field, the
    columns that fill it, by export."""

    exports: Sequence[str]
    columns: Mapping[tuple[str, str], Mapping[int, str]]
    _rows: dict[str, array[int]] = field(default_factory=dict)
    _firsts: array[int] = field(default_factory=lambda: array("Q"))

    def add(self, table: str, export: int, row: int) -> None:
        """The next row of a table comes from this row of an export."""
        self._rows.setdefault(table, array("Q")).append(export << _PLACES | row)

    def add_month(self, rows: Iterable[tuple[int, int]]) -> None:
        """The next patient-month comes from these rows, of which the first of each export is kept."""
        firsts = dict[int, int]()
        for export, row in rows:
            firsts.setdefault(export, row)
        self._firsts.extend(firsts.get(export, 0) for export in range(len(self.exports)))

    def told(self, found: Iterable[Diagnostic]) -> list[Diagnostic]:
        """Messages about facts as messages about the exports they came from."""
        return [each if each.place is None else replace(each, place=self._place(each.place)) for each in found]

    def _place(self, place: Place) -> Place:
        table = Path(place.file or "").stem
        at = (place.row or 0) - _HEADER - 1
        filled = self.columns.get((table, place.field or ""), {})
        for export, row in self._of_month(at, filled) if table == MAIN else self._of_record(table, at):
            return replace(place, file=self.exports[export], row=row, field=filled.get(export, place.field))
        return replace(place, file=", ".join(self.exports), row=None)

    def _of_month(self, at: int, filled: Mapping[int, str]) -> Iterator[tuple[int, int]]:
        """The exports that a patient-month came from, with its first row in each; those that fill a fact come first."""
        many = len(self.exports)
        rows = self._firsts[at * many : (at + 1) * many] if at >= 0 else ()
        yield from sorted(((export, row) for export, row in enumerate(rows) if row), key=lambda e: e[0] not in filled)

    def _of_record(self, table: str, at: int) -> Iterator[tuple[int, int]]:
        rows = self._rows.get(table, ())
        if 0 <= at < len(rows):
            yield rows[at] >> _PLACES, rows[at] & (1 << _PLACES) - 1


def origins_of(files: Sequence[tuple[str, FittedFile]]) -> Origins:
    """Those of exports, before anything is read."""
    columns: dict[tuple[str, str], dict[int, str]] = {}
    for export, (_, file) in enumerate(files):
        for table, name, said in _filled(file):
            columns.setdefault((table, name), {})[export] = said
    return Origins([name for name, _ in files], columns)


def _filled(file: FittedFile) -> Iterator[tuple[str, str, str]]:
    """The fields that an export fills: table, field, and the columns as they are called there."""
    for key in file.key.values():
        yield MAIN, key.name, " and ".join(key.source.columns)
    for giving in file.givings:
        table = MAIN if giving.records is None else giving.records.name
        for each in giving.fields:
            parted = giving.gives.each[:1] if each.source.part and giving.gives.each is not None else ()
            if columns := each.source.columns or parted:
                yield table, each.name, " and ".join(columns)
