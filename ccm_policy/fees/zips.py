"""From a ZIP code to its payment locality, with CMS's own file, which the user supplies.

The file (ZIP5, "Zip Code to Carrier Locality") has forty thousand lines and changes every quarter, so none is shipped.
Layout, counted from 1: State 1-2, ZIP 3-7, contractor 8-12, locality 13-14, plus-four flag 21, year and quarter 76-80.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date
from pathlib import Path

from ccm_policy.fees.importers.packed import read_file
from ccm_policy.fees.importers.raw import Line, RefusedError, read_cells, refused
from ccm_policy.language.diagnostics import Diagnostic, error

_COLUMNS = {"STATE": 2, "ZIP CODE": 5, "CARRIER": 5, "LOCALITY": 2}
"""How a workbook of the same content heads its columns, in the order and width of the text's."""
_QUARTER = re.compile(r"(\d{4}[1-4])?")
_ROW = re.compile(r"[A-Z]{2}\d{5}[0-9A-Z]{5}[0-9A-Z]{2}")


@dataclass(frozen=True, slots=True)
class ZipPlace:
    """The locality of a ZIP code, and what must be said with it."""

    locality: str
    state: str
    notes: tuple[str, ...]


def locality_of(zip_code: str, file: Path | None, on: date) -> ZipPlace | Diagnostic:
    """Look one ZIP code up in a ZIP5 file for a date of service."""
    if not re.fullmatch(r"\d{5}(-?\d{4})?", zip_code):
        return error("E0650", f"`{zip_code}` is not a ZIP code", help="write its five digits")
    if file is None:
        return error(
            "E0651", "a ZIP code needs CMS's `Zip Code to Carrier Locality` file, and none is given",
            help="the file is large and changes every quarter, so it is not shipped; fetch it from cms.gov (Fee "
            "Schedules, General Information), unpack it, and name the ZIP5 text with `--zip-file FILE`",
        )  # fmt: skip
    try:
        return _find(zip_code[:5], file, on)
    except RefusedError as fault:
        return fault.diagnostic


def _find(zip_code: str, file: Path, on: date) -> ZipPlace | Diagnostic:
    found: list[ZipPlace] = []
    path, lines = read_file(file, "zip")
    for number, text in _fixed(path, lines):
        if not text.strip():
            continue
        if len(text.rstrip()) < 14 or not _ROW.match(text) or not _QUARTER.fullmatch(text[75:].strip()):
            raise refused(
                "E0652", file, number, "this line is not laid out as in CMS's ZIP5 file",
                "name the text file whose name begins with ZIP5, not ZIP9 and not the spreadsheet",
            )  # fmt: skip
        if text[2:7] == zip_code:
            found.append(ZipPlace(f"{text[7:12]}-{text[12:14]}", text[:2], _notes(text, on)))
    if not found:
        return error(
            "E0653", f"ZIP code `{zip_code}` is not in `{file.name}`.",
            help="check the ZIP code, or give the locality itself with `--locality`",
        )  # fmt: skip
    return found[0]


def _fixed(path: Path, lines: list[Line]) -> Iterator[tuple[int, str]]:
    """Each line with its number, in the fixed columns of the text. A workbook heads its columns by name."""
    names = [name.strip().upper() for name in lines[0].text.split(",")]
    if not set(_COLUMNS) <= set(names):
        yield from ((line.number, line.text) for line in lines)
        return
    for row in read_cells(path, lines[1:]):
        given = dict(zip(names, row.values, strict=False))
        text = "".join(given.get(name, "").zfill(width)[:width] for name, width in _COLUMNS.items())
        if not row.blank:
            flag, quarter = given.get("PLUS 4 FLAG", ""), given.get("YEAR/QTR", "")
            yield row.number, f"{text.ljust(20)}{flag[:1].ljust(55)}{quarter}"


def _notes(text: str, on: date) -> tuple[str, ...]:
    notes = []
    if text[20:21] == "1":
        notes.append("Parts of this ZIP code lie in another locality; CMS's ZIP9 file tells which.")
    quarter = text[75:80]
    if quarter.strip() and quarter != f"{on.year}{(on.month - 1) // 3 + 1}":
        notes.append(f"The ZIP file is of {quarter[:4]} quarter {quarter[4]}, the date of service {on}.")
    return tuple(notes)
