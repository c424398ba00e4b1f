"""From a ZIP code to its payment locality, with CMS's own file, which the user supplies.

The file (ZIP5, "Zip Code to Carrier Locality") has forty thousand lines and changes every quarter, so none is shipped.
Layout, counted from 1: State 1-2, ZIP 3-7, contractor 8-12, locality 13-14, plus-four flag 21, year and quarter 76-80.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import date
from pathlib import Path

from ccm_policy.fees.importers.packed import read_file
from ccm_policy.fees.importers.raw import RefusedError, refused
from ccm_policy.language.diagnostics import Diagnostic, error

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
    for line in read_file(file, "zip")[1]:
        text = line.text
        if not text.strip():
            continue
        if len(text.rstrip()) < 14 or not _ROW.match(text):
            raise refused(
                "E0652", file, line.number, "this line is not laid out as in CMS's ZIP5 file",
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


def _notes(text: str, on: date) -> tuple[str, ...]:
    notes = []
    if text[20:21] == "1":
        notes.append("Parts of this ZIP code lie in another locality; CMS's ZIP9 file tells which.")
    quarter = text[75:80]
    if quarter.isdigit() and quarter != f"{on.year}{(on.month - 1) // 3 + 1}":
        notes.append(f"The ZIP file is of {quarter[:4]} quarter {quarter[4]}, the date of service {on}.")
    return tuple(notes)
