"""A CSV table: UTF-8, commas, a header. Every cell is text; an empty one is absence. An apostrophe that
keeps a spreadsheet from taking a cell for a formula is no part of it."""

from __future__ import annotations

import csv
from collections.abc import Iterator
from pathlib import Path

from ccm_policy.facts.cells import unshielded
from ccm_policy.facts.plan import Plan
from ccm_policy.facts.scalars import Bad
from ccm_policy.facts.tables import Row, Table, columns_of, header_problems
from ccm_policy.facts.text import unreadable
from ccm_policy.language.diagnostics import Diagnostic, Place, error

_LONGEST_CELL = 1_000_000


def table(path: Path, name: str, plan: Plan) -> Table | list[Diagnostic]:
    """The table, or why the whole file cannot be used; its rows are read as they are asked for. A row with too many or
    too few cells is marked, and refuses its record."""
    file = str(path)
    if (problem := unreadable(path, Place(file), _EMPTY_HELP)) is not None:
        return [problem]
    csv.field_size_limit(_LONGEST_CELL)
    with path.open(encoding="utf-8-sig", newline="") as stream:
        reader = csv.reader(stream, strict=True)
        try:
            header = _header(reader)
        except csv.Error:
            return [_broken(reader.line_num, file)]
    columns, said = columns_of(header, name, plan)
    problems = _separator(columns, name, file, plan) or header_problems(name, file, columns, plan)
    return problems or Table(name, file, tuple(columns), _rows(path, tuple(columns)), said)


_EMPTY_HELP = "a table has a first row with the names of its columns, also where there is nothing below it"


def _header(reader: Iterator[list[str]]) -> list[str]:
    header = [cell.strip() for cell in next(reader)]
    while header and not header[-1]:
        header.pop()
    return header


def _rows(path: Path, header: tuple[str, ...]) -> Iterator[Row | Diagnostic]:
    with path.open(encoding="utf-8-sig", newline="") as stream:
        reader = csv.reader(stream, strict=True)
        try:
            next(reader)
            for number, cells in enumerate(reader, 2):
                filled = ((column, cell.strip()) for column, cell in zip(header, cells, strict=False))
                values = {column: unshielded(cell) for column, cell in filled if cell}
                surplus = any(cell.strip() for cell in cells[len(header) :])
                if surplus or (values and len(cells) < len(header)):
                    says = f"the row has {len(cells)} cells and the header has {len(header)}"
                    yield Row(number, values, Bad("E0513", says, "a cell with a comma in it stands in quotes"))
                elif values:
                    yield Row(number, values)
        except csv.Error:
            yield _broken(reader.line_num, str(path))


def _broken(line: int, file: str) -> Diagnostic:
    says = f"this is not CSV that can be read, at line {line}"
    hint = 'a cell with a comma or a line end in it stands in quotes, and a quote inside it is doubled: "a ""b"" c"'
    return error("E0513", says, place=Place(file), help=hint)


def _separator(header: list[str], name: str, file: str, plan: Plan) -> list[Diagnostic]:
    if len(header) == 1:
        for mark, called in ((";", "semicolons"), ("\t", "tabs"), ("|", "bars")):
            split = header[0].split(mark)
            if len(split) > 1 and not header_problems(name, file, [part.strip() for part in split], plan):
                says = f"the columns are separated by {called}, not by commas"
                hint = "save the file as CSV with commas"
                return [error("E0513", says, place=Place(file, 1), help=hint)]
    return []
