"""A CSV table: UTF-8, commas, a header. Every cell is text; an empty one is absence."""

from __future__ import annotations

import csv
import io
from collections.abc import Iterator

from ccm_policy.facts.plan import Plan
from ccm_policy.facts.scalars import Bad
from ccm_policy.facts.tables import Row, Table, columns_of, header_problems, with_durations
from ccm_policy.facts.text import decoded
from ccm_policy.language.diagnostics import Diagnostic, Place, error

_LONGEST_CELL = 1_000_000


def table(data: bytes, name: str, file: str, plan: Plan) -> Table | list[Diagnostic]:
    """The table, or why the whole file cannot be used. A row with too many or too few cells is marked, and refuses
    its record."""
    text = decoded(data, Place(file))
    if isinstance(text, Diagnostic):
        return [text]
    if not text.strip():
        hint = "a table has a first row with the names of its columns, also where there is nothing below it"
        return [error("E0502", "the file is empty", place=Place(file), help=hint)]
    csv.field_size_limit(_LONGEST_CELL)
    reader = csv.reader(io.StringIO(text, newline=""), strict=True)
    rows: list[Row] = []
    try:
        header = [cell.strip() for cell in next(reader)]
        while header and not header[-1]:
            header.pop()
        header, said = columns_of(header, name, plan)
        problems = _separator(header, name, file, plan) or header_problems(name, file, header, plan)
        if problems:
            return problems
        rows += _rows(reader, tuple(header))
    except csv.Error:
        says = f"this is not CSV that can be read, at line {reader.line_num}"
        hint = 'a cell with a comma or a line end in it stands in quotes, and a quote inside it is doubled: "a ""b"" c"'
        return [error("E0513", says, place=Place(file), help=hint)]
    return with_durations(Table(name, file, tuple(header), tuple(rows), said), plan)


def _rows(reader: Iterator[list[str]], header: tuple[str, ...]) -> Iterator[Row]:
    for number, cells in enumerate(reader, 2):
        values = {column: cell.strip() for column, cell in zip(header, cells, strict=False) if cell.strip()}
        surplus = any(cell.strip() for cell in cells[len(header) :])
        if surplus or (values and len(cells) < len(header)):
            says = f"the row has {len(cells)} cells and the header has {len(header)}"
            yield Row(number, values, Bad("E0513", says, "a cell with a comma in it stands in quotes"))
        elif values:
            yield Row(number, values)


def _separator(header: list[str], name: str, file: str, plan: Plan) -> list[Diagnostic]:
    if len(header) == 1:
        for mark, called in ((";", "semicolons"), ("\t", "tabs"), ("|", "bars")):
            split = header[0].split(mark)
            if len(split) > 1 and not header_problems(name, file, [part.strip() for part in split], plan):
                says = f"the columns are separated by {called}, not by commas"
                hint = "save the file as CSV with commas"
                return [error("E0513", says, place=Place(file, 1), help=hint)]
    return []
