"""CMS's packages: zip files, those inside others, and workbooks, as the lines of the layouts that the readers know.

A package holds more than one file. The one of a kind is found by its name; text goes before a workbook.
"""

from __future__ import annotations

import csv
import io
import re
import zipfile
import zlib
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal
from pathlib import Path, PurePosixPath
from typing import Any, BinaryIO

from ccm_policy.extras import install
from ccm_policy.fees.importers.raw import MOST, Line, lines_of, refused, unreadable

DEEPEST = 3
"""Levels of packages inside packages; CMS's have two."""
HEAD = 30
"""Rows among which the one that heads the columns is looked for."""
_ENDS = (".csv", ".txt", ".xlsx")
_BROKEN = (zipfile.BadZipFile, zlib.error, EOFError, RuntimeError, OSError)


@dataclass(frozen=True, slots=True)
class Layout:
    """How files of a kind are named inside a package, and how a workbook's sheet becomes their text.

    `head`: what begins the row that heads the columns. `codes`: columns of digits that a spreadsheet takes for numbers,
    with their width. `width`: the count of columns where no row heads them.
    """

    name: re.Pattern[str]
    head: tuple[str, ...] = ()
    codes: dict[int, int] = field(default_factory=dict)
    delimiter: str = ","
    width: int = 0


def _named(pattern: str) -> re.Pattern[str]:
    return re.compile(pattern, re.IGNORECASE)


LAYOUTS = {
    "rvu": Layout(_named("PPRRVU"), ("HCPCS",), {0: 5}),
    "gpci": Layout(_named("GPCI"), ("Medicare Adm",), {0: 5, 2: 2}),
    "mue": Layout(_named("MUE_?PRAC"), ("HCPCS",), {0: 5}),
    "ptp": Layout(_named("CCIPRA"), ("Column 1", "Column1"), {0: 5, 1: 5}, "\t"),
    "zip": Layout(_named("ZIP5"), ("STATE",), {1: 5, 2: 5, 3: 2}),
    "payments": Layout(_named("PF(ALL|REV)"), (), {0: 4, 1: 5, 2: 2, 3: 5}, width=16),
}


@dataclass(frozen=True, slots=True)
class Opened:
    """One file, unpacked. `path` is how people are told it: the name inside a package after the package's."""

    path: Path
    stream: BinaryIO
    workbook: bool


@contextmanager
def open_files(path: Path, kind: str) -> Iterator[list[Opened]]:
    """The file, or the files of this kind inside a package, while they are read; raises `RefusedError`."""
    try:
        stream = path.open("rb")
    except OSError as fault:
        raise unreadable(path, fault) from None
    with stream:
        yield _opened(path, stream, LAYOUTS[kind], 0)


def read_file(path: Path, kind: str) -> tuple[Path, list[Line]]:
    """The lines of the one file of this kind, and its own name; raises `RefusedError`."""
    with open_files(path, kind) as found:
        if len(found) > 1:
            names = ", ".join(each.path.name for each in found)
            raise refused(
                "E0643", path, None, f"this package holds more than one such file: {names}",
                "unpack it, and name the one that is meant",
            )  # fmt: skip
        return found[0].path, lines_in(found[0], kind)


def read_files(path: Path, kind: str) -> list[tuple[Path, list[Line]]]:
    """The lines of every file of this kind, where a package may hold several; raises `RefusedError`."""
    with open_files(path, kind) as found:
        return [(each.path, lines_in(each, kind)) for each in found]


def lines_in(file: Opened, kind: str) -> list[Line]:
    """The lines of one file."""
    if not file.workbook:
        try:
            return lines_of(file.path, file.stream.read(MOST + 1))
        except _BROKEN as fault:
            raise _damaged(file.path, fault) from None
    lines: list[Line] = []
    for number, values in sheet_rows(file, kind):
        if not lines and not any(values):
            continue
        out = io.StringIO(newline="")
        csv.writer(out, delimiter=LAYOUTS[kind].delimiter, lineterminator="").writerow(values)
        lines.append(Line(number, out.getvalue()))
    if not lines:
        raise refused("E0630", file.path, None, "the workbook is empty", "fetch it anew from CMS")
    return lines


def _opened(path: Path, stream: BinaryIO, layout: Layout, depth: int) -> list[Opened]:
    start = stream.read(8)
    stream.seek(0)
    if start.startswith(b"\xd0\xcf\x11\xe0"):
        raise refused("E0630", path, None, "this is a workbook of the old kind (xls)", "take the csv, txt or xlsx")
    if not start.startswith((b"PK\x03\x04", b"PK\x05\x06")):
        return [Opened(path, stream, False)]
    try:
        package = zipfile.ZipFile(stream)
        if "xl/workbook.xml" in package.namelist():
            if sum(each.file_size for each in package.infolist()) > 10 * MOST:
                raise refused(
                    "E0630", path, None, "this workbook is too large to be one of CMS's", "take the csv or txt"
                )
            stream.seek(0)
            return [Opened(path, stream, True)]
        found: list[Opened] = []
        for name in _chosen(package, layout):
            if package.getinfo(name).file_size > MOST:
                raise refused("E0630", path / name, None, "this file is too large to be one of CMS's", "fetch it anew")
            inner = io.BytesIO(package.read(name))
            if depth < DEEPEST:
                found += _opened(path / PurePosixPath(name).name, inner, layout, depth + 1)
    except _BROKEN as fault:
        raise _damaged(path, fault) from None
    if not found:
        raise refused(
            "E0633", path, None, "no file in this package has a name of the kind that was asked for",
            "name another package, or unpack it and name the file",
        )  # fmt: skip
    return found


def _chosen(package: zipfile.ZipFile, layout: Layout) -> list[str]:
    """The members of the kind by their names, or the only one there is; one of each name, text before a workbook."""
    members = [name for name in package.namelist() if name.lower().endswith((*_ENDS, ".zip"))]
    members = [
        name for name in members if not PurePosixPath(name).name.startswith((".", "~")) and "__MACOSX" not in name
    ]
    fitting = [name for name in members if layout.name.search(PurePosixPath(name).name)]
    inner = [name for name in members if name.lower().endswith(".zip")]
    fitting = fitting or inner or (members if len(members) == 1 else [])
    best: dict[str, str] = {}
    for name in sorted(fitting, key=lambda n: _ENDS.index(n[-4:].lower()) if n[-4:].lower() in _ENDS else len(_ENDS)):
        best.setdefault(str(PurePosixPath(name).with_suffix("")).lower(), name)
    return sorted(best.values(), key=str.lower)


def _damaged(path: Path, fault: BaseException) -> Exception:
    locked = isinstance(fault, RuntimeError) and "password" in str(fault)
    says = "this packed file is locked with a password" if locked else "this packed file is damaged"
    return refused("E0630", path, None, says, "fetch it anew from CMS")


def sheet_rows(file: Opened, kind: str) -> Iterator[tuple[int, list[str]]]:
    """The rows of a workbook's sheet as text, numbered from 1, one after the other; raises `RefusedError`."""
    try:
        from openpyxl import load_workbook
    except ImportError:
        raise refused(
            "E0642", file.path, None, "a workbook (xlsx) needs the package openpyxl, which is not installed",
            f"install it: {install('openpyxl')}",
        ) from None  # fmt: skip
    layout = LAYOUTS[kind]
    try:
        book = load_workbook(file.stream, read_only=True, data_only=True)
        sheets = list(book.worksheets)
        for sheet in sheets:
            sheet.reset_dimensions()
        starts = [_start(sheet, layout) for sheet in sheets]
        at = next((i for i, (headed, _) in enumerate(starts) if headed), None)
        if at is None:
            at = next((i for i, (_, width) in enumerate(starts) if width), 0)
        width = layout.width or starts[at][1]
        for number, row in enumerate(sheets[at].iter_rows(values_only=True), 1):
            yield number, _row(row, layout, width)
    except Exception as fault:  # what a damaged workbook raises is as many kinds as there are parsers in openpyxl
        if type(fault).__name__ == "RefusedError":
            raise
        raise refused("E0630", file.path, None, "this is not a workbook that can be read", "fetch it anew") from None


def _start(sheet: Any, layout: Layout) -> tuple[bool, int]:
    """Does a row head the columns, and how many columns are there?"""
    widest = 0
    for row in sheet.iter_rows(values_only=True, max_row=HEAD):
        values = _row(row, layout, 0)
        widest = max(widest, len(values))
        if values and layout.head and values[0].startswith(layout.head) and len(values) > 2:
            return True, len(values)
    return False, widest


def _row(row: Iterable[Any], layout: Layout, width: int) -> list[str]:
    values = [_text(value, layout.codes.get(i, 0)) for i, value in enumerate(row)]
    while values and not values[-1]:
        values.pop()
    return values + [""] * (width - len(values))


def _text(value: Any, digits: int) -> str:
    """A cell as CMS's text has it: a number by the 15 digits that a spreadsheet keeps, a code with its zeros."""
    if value is None:
        return ""
    if isinstance(value, date):
        return value.strftime("%Y%m%d")
    if isinstance(value, float):
        value = Decimal(f"{value:.15g}")
        value = int(value) if value == value.to_integral_value() else value
    if isinstance(value, Decimal):
        return f"{value:f}"
    if isinstance(value, int):
        return str(value).zfill(digits)
    return " ".join(str(value).split())
