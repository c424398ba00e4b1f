"""A file as CMS ships it, as numbered lines or rows; whatever shows that it was damaged on the way is refused here."""

from __future__ import annotations

import csv
import itertools
from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal
from pathlib import Path

from ccm_policy.fees.tables import number
from ccm_policy.language.diagnostics import Diagnostic, Place, error

MOST = 200_000_000
"""Bytes. The largest file that CMS ships is far below this."""


class RefusedError(Exception):
    """Inside the importers only: this file is not imported, and why."""

    def __init__(self, diagnostic: Diagnostic) -> None:
        self.diagnostic = diagnostic
        super().__init__(diagnostic.message)


@dataclass(frozen=True, slots=True)
class Line:
    """One line of the file, from 1, without its end."""

    number: int
    text: str


@dataclass(frozen=True, slots=True)
class Cells:
    """One row of a comma or tab separated file, and the line it ends on."""

    number: int
    values: tuple[str, ...]

    @property
    def first(self) -> str:
        return self.values[0] if self.values else ""

    @property
    def blank(self) -> bool:
        return not any(self.values)


def refused(code: str, path: Path, line: int | None, message: str, help: str) -> RefusedError:
    return RefusedError(error(code, message, help=help, place=Place(str(path), line)))


def read_lines(path: Path) -> list[Line]:
    """The lines, whatever ends them (CR, LF or both). Text that was saved anew in another encoding is refused."""
    try:
        if path.stat().st_size > MOST:
            raise refused("E0630", path, None, "This file is too large to be one of CMS's.", "Unpack it first.")
        data = path.read_bytes()
    except OSError as fault:
        raise refused(
            "E0630", path, None, f"The file cannot be read: {fault.strerror}.", "Check its name and permissions."
        ) from None
    if not data.strip():
        raise refused("E0630", path, None, "The file is empty.", "Fetch it anew from CMS.")
    if data.startswith(b"PK\x03\x04"):
        raise refused("E0630", path, None, "This is a packed file (zip or xlsx).", "Unpack it, or take the csv or txt.")
    _check_encoding(path, data)
    if data[-1:] not in b"\r\n":
        last = data.replace(b"\r\n", b"\n").replace(b"\r", b"\n").count(b"\n") + 1
        raise refused("E0632", path, last, "The file breaks off in the middle of its last line.", "Fetch it anew.")
    text = data.decode("latin-1").replace("\r\n", "\n").replace("\r", "\n")
    return [Line(i, line) for i, line in enumerate(text.split("\n")[:-1], 1)]


def _check_encoding(path: Path, data: bytes) -> None:
    if data[:3] == b"\xef\xbb\xbf" or data[:2] in (b"\xff\xfe", b"\xfe\xff") or b"\0" in data:
        raise refused(
            "E0631", path, 1, "The file was saved again in another encoding (UTF-8 with a mark, or UTF-16).",
            "Take the file as CMS ships it; a spreadsheet program changes more than the encoding.",
        )  # fmt: skip
    for i, line in enumerate(data.replace(b"\r\n", b"\n").replace(b"\r", b"\n").split(b"\n"), 1):
        if line.isascii() and not any(c < 32 and c != 9 for c in line):
            continue
        try:
            line.decode("utf-8")
        except UnicodeDecodeError:
            if not any((c < 32 and c != 9) or 127 <= c < 160 for c in line):
                continue  # Latin-1, as CMS writes it
        raise refused(
            "E0631", path, i, "This line holds bytes that CMS's files never have: another encoding.",
            "Take the file as CMS ships it.",
        )  # fmt: skip


def read_cells(path: Path, lines: Sequence[Line], delimiter: str = ",") -> list[Cells]:
    """The rows, each value without blanks around it."""
    reader = csv.reader((line.text + "\n" for line in lines), delimiter=delimiter, strict=True)
    rows: list[Cells] = []
    try:
        for row in reader:
            rows.append(Cells(reader.line_num, tuple(value.strip() for value in row)))
    except csv.Error:
        raise refused(
            "E0632", path, reader.line_num, "A quoted value is not closed; the file is cut or damaged.",
            "Fetch it anew.",
        ) from None  # fmt: skip
    return rows


def decimal(path: Path, line: int, text: str, places: int, what: str) -> Decimal:
    """An exact number with a fixed count of decimal places; more of them are refused, never rounded away."""
    value = number(text)
    if value is None or -int(value.as_tuple().exponent) > places:
        raise refused(
            "E0635", path, line, f"`{text}` is not {what} with at most {places} decimal places.",
            "The row is damaged or shifted; fetch the file anew.",
        )  # fmt: skip
    return value.quantize(Decimal(1).scaleb(-places))


def code_order(path: Path, codes: Sequence[tuple[int, str]]) -> None:
    """Codes rise within the letters and within the digits, whichever comes first."""
    turns = 0
    for (_, before), (line, code) in itertools.pairwise(codes):
        if before[:1].isdigit() != code[:1].isdigit():
            turns += 1
        elif code < before:
            turns = 2
        if turns > 1:
            raise refused(
                "E0636", path, line, f"`{code}` stands after `{before}`; the rows are not in CMS's order.",
                "The file was sorted or shuffled; take it as CMS ships it.",
            )  # fmt: skip
