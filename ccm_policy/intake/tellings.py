"""What the values of an export tell of the form of its days and durations, where the mapping does not say it.

An export is gone through once for this, before it is read. A form that nothing tells is asked for.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from typing import Any

from ccm_policy.facts.durations import EITHER, Telling
from ccm_policy.facts.plan import MONTH, Records
from ccm_policy.intake.dates import DAYS, TellingOrder
from ccm_policy.intake.fitting import Field, FittedFile, Giving
from ccm_policy.intake.sheets import Line, Sheet, compared, refused
from ccm_policy.intake.values import Format, clock_text, duration_text, said_by


def with_forms(file: FittedFile, sheet: Sheet, month: str | None) -> FittedFile:
    """The file with the form of each column; raises where a column may be read in two ways and nothing tells."""
    days, lengths = _Days(month), _Lengths({})
    for line in sheet.rows() if any(field.told for field in file.every_field()) else ():
        for field in file.key.values():
            days.add(field, field.name == MONTH, sheet, line, None)
        for giving in file.givings:
            for number in giving.gives.repeat or (None,):
                for field in (each for own in giving.fields for each in own.chain()):
                    in_month = giving.records is not None and field.name in giving.records.in_month
                    days.add(field, in_month, sheet, line, number)
                lengths.add(giving, sheet, line, number)
    told = days.told(sheet) | lengths.told(sheet)

    def settled(field: Field) -> Field:
        if field.otherwise is not None:
            field = replace(field, otherwise=settled(field.otherwise))
        if not field.told or field.source.columns not in told:
            return field
        form = told[field.source.columns]
        return replace(field, reading=replace(field.reading, format=form, seen={}))

    key = {name: settled(field) for name, field in file.key.items()}
    givings = tuple(replace(giving, fields=tuple(map(settled, giving.fields))) for giving in file.givings)
    return replace(file, key=key, givings=givings)


Forms = dict[tuple[str, ...], Format]
"""Columns as a mapping names them, to the form of what stands in them."""


class _Days:
    """The columns of days."""

    def __init__(self, month: str | None) -> None:
        self.month = month
        self.columns: dict[tuple[str, ...], TellingOrder] = {}

    def add(self, field: Field, in_month: bool, sheet: Sheet, line: Line, number: str | None) -> None:
        """The next row."""
        if field.reading.leaf.type.kind not in DAYS:
            return
        if (said := field.reading.format) in ("mdy", "dmy"):
            self.columns.setdefault(field.source.columns, TellingOrder(told={said}))
        if not field.told:
            return
        telling = self.columns.setdefault(field.source.columns, TellingOrder())
        if in_month:
            telling.month = self.month
        for cell in _cells(field, sheet, line, number):
            telling.add(cell)

    def told(self, sheet: Sheet) -> Forms:
        """The order of each column."""
        found: Forms = {}
        for columns, telling in self.columns.items():
            order = telling.order(other for other in self.columns.values() if other is not telling)
            if order == "either":
                says = f"`{columns[0]}` may be month and day, or day and month, and nothing in it tells which"
                help = "write in the mapping `format: m/d/yyyy` or `format: d/m/yyyy` beside the column"
                raise refused("E0720", sheet.path, None, says, help)
            if order is not None:
                found[columns] = order
        return found


class _Lengths:
    """The columns of durations."""

    def __init__(self, columns: dict[tuple[str, ...], Telling]) -> None:
        self.columns = columns

    def add(self, giving: Giving, sheet: Sheet, line: Line, number: str | None) -> None:
        """The next row."""
        for field in giving.fields:
            if not field.told or field.reading.leaf.type.unit != "minute" or not field.source.columns:
                continue
            clock = giving.records.clock if giving.records else None
            telling = self.columns.setdefault(
                field.source.columns,
                Telling(column="length", type=field.reading.leaf.type, clock=("start", "end") if clock else None),
            )
            row: dict[str, Any] = {"length": duration_text(next(_cells(field, sheet, line, number), None))}
            for name, own in zip(("start", "end"), clock or (), strict=False):
                row[name] = _clock(giving.records, giving, own, sheet, line, number)
            telling.add(row)

    def told(self, sheet: Sheet) -> Forms:
        """The form of each column."""
        found: Forms = {}
        for columns, telling in self.columns.items():
            named = said_by(columns[0])
            way = telling.way()
            if named in ("h:mm", "m:ss"):
                found[columns] = named
            elif way == EITHER:
                says = f"`{columns[0]}` may be hours and minutes, or minutes and seconds, and nothing in it tells which"
                help = "write in the mapping `format: h:mm` or `format: m:ss` beside the column"
                raise refused("E0720", sheet.path, None, says, help)
            elif way is not None:
                found[columns] = way
            elif named is not None:
                found[columns] = named
        return found


def _cells(field: Field, sheet: Sheet, line: Line, number: str | None) -> Iterator[Any]:
    return (line.at(sheet.places[compared(name)]) for name in field.source.named(number))


def _clock(
    records: Records | None, giving: Giving, name: str, sheet: Sheet, line: Line, number: str | None
) -> str | None:
    field = next((each for each in giving.fields if each.name == name), None)
    return clock_text(next(_cells(field, sheet, line, number), None)) if field else None
