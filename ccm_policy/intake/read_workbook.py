"""Workbooks (xlsx), by the extra `xlsx`: values as they were when the workbook was saved, by their type."""

from __future__ import annotations

import re
import zipfile
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from ccm_policy.intake.sheets import Grid, Line, Uncomputed, refused

_ZEROS = re.compile(r"0{2,}")
_MERGED = re.compile(rb'<mergeCell\s+ref="([A-Z]+)(\d+):([A-Z]+)(\d+)"')
_AT_ONCE = 1_000_000
_EXACT = 10**15
"""A spreadsheet keeps fifteen digits of a number; of one from here on the last may be wrong."""
_UNCOMPUTED = Uncomputed()


def grid(path: Path, sheet: str | None) -> Grid:
    """The rows of a workbook's sheet: the one that is named, or the only one that holds anything."""
    book = _opened(path, values=True)
    try:
        names = [each.title for each in book.worksheets]
        name = sheet if sheet is not None else _only(path, book)
        if name not in names:
            listed = ", ".join(f"`{each}`" for each in names)
            raise refused("E0712", path, None, f"there is no sheet `{name}`", f"the sheets are {listed}")
        merged = tuple(_merged(path, book, name))
    finally:
        book.close()
    told = (f"sheet `{name}` of {len(names)}",) if sheet is None and len(names) > 1 else ()
    return Grid(path=path, lines=lambda: _lines(path, name), findings=told, merged=merged)


def _opened(path: Path, *, values: bool) -> Any:
    from openpyxl import load_workbook

    try:
        return load_workbook(path, read_only=True, data_only=values)
    except Exception:  # what a damaged workbook raises is as many kinds as there are parsers in openpyxl
        help = "open it in a spreadsheet and save it as .xlsx or CSV; a password must be taken off first"
        raise refused("E0712", path, None, "this is not a workbook that can be read", help) from None


def _only(path: Path, book: Any) -> str:
    """The one sheet with anything in it."""
    filled = []
    for each in book.worksheets:
        each.reset_dimensions()
        if any(value is not None for row in each.iter_rows(values_only=True, max_row=50) for value in row):
            filled.append(str(each.title))
    if len(filled) > 1:
        listed = ", ".join(f"`{name}`" for name in filled)
        says = f"the workbook has several sheets: {listed}"
        raise refused("E0712", path, None, says, "write in the mapping which is meant: `sheet:`")
    if not filled:
        raise refused("E0722", path, None, "there is nothing in it", "check how the export was made")
    return filled[0]


def _merged(path: Path, book: Any, name: str) -> Iterator[tuple[int, int]]:
    """First and last row of merged cells. They stand at the end of the sheet's own text."""
    part = getattr(book[name], "_worksheet_path", None)
    if part is None:
        return
    with zipfile.ZipFile(path) as package, zipfile.Path(package, part).open("rb") as stream:
        rest = b""
        while block := stream.read(_AT_ONCE):
            text = rest + block
            end = 0
            for found in _MERGED.finditer(text):
                end = found.end()
                yield int(found[2]), int(found[4])
            rest = text[max(end, len(text) - 100) :]


def _lines(path: Path, name: str) -> Iterator[Line]:
    """Each row twice: with its values, and with its formulas, which tell whether a value was kept."""
    book, formulas = _opened(path, values=True), _opened(path, values=False)
    try:
        book[name].reset_dimensions()
        formulas[name].reset_dimensions()
        rows = zip(book[name].iter_rows(), formulas[name].iter_rows(), strict=False)
        for number, (row, other) in enumerate(rows, 1):
            yield Line(number, tuple(map(_cell, row, other)))
    except (KeyError, ValueError, TypeError, zipfile.BadZipFile, OSError, AttributeError):
        help = "open it in a spreadsheet and save it again"
        raise refused("E0712", path, None, "the workbook is damaged", help) from None
    finally:
        book.close()
        formulas.close()


def _cell(cell: Any, formula: Any) -> Any:
    value = cell.value
    if value is None:
        return _UNCOMPUTED if isinstance(formula.value, str) and formula.value.startswith("=") else None
    if isinstance(value, str):
        return value.strip() or None
    if isinstance(value, float) and value.is_integer():
        value = int(value)
    if isinstance(value, int) and not isinstance(value, bool) and _ZEROS.fullmatch(str(cell.number_format)):
        return str(value).zfill(len(cell.number_format))
    if isinstance(value, int | float) and abs(value) >= _EXACT:
        return f"{value:.14E}"
    return value
