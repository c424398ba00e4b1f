"""A file as CMS ships it, as numbered lines or rows; whatever shows that it was damaged on the way is refused here."""

from __future__ import annotations

import csv
import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from decimal import Decimal
from pathlib import Path
from typing import Any

from ccm_policy.fees.tables import number
from ccm_policy.language.diagnostics import Diagnostic, Place, error

MOST = 200_000_000
"""Bytes. The largest file that CMS ships is far below this."""
_CODE = re.compile(r"[A-Z0-9]{5}")
_END = b"\x1a"
"""Ctrl-Z, the end of a file where programs of the 1980s had a hand in it."""


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
        """The first cell; empty where there is none."""
        return self.values[0] if self.values else ""

    @property
    def blank(self) -> bool:
        """Whether every cell is empty."""
        return not any(self.values)


def refused(code: str, path: Path, line: int | None, message: str, help: str) -> RefusedError:
    """The refusal of a file, with its place and what to do."""
    return RefusedError(error(code, message, help=help, place=Place(str(path), line)))


def unreadable(path: Path, fault: OSError) -> RefusedError:
    """The refusal of a file that the system does not open."""
    return refused("E0630", path, None, f"the file cannot be read: {fault.strerror}", "check its name and permissions")


def lines_of(path: Path, data: bytes) -> list[Line]:
    """The lines, whatever ends them (CR, LF or both). Text that was saved anew in another encoding is refused."""
    if len(data) > MOST:
        raise refused("E0630", path, None, "this file is too large to be one of CMS's", "fetch it anew from CMS")
    if not data.strip():
        raise refused("E0630", path, None, "the file is empty", "fetch it anew from CMS")
    data = _before_end(data)
    _check_encoding(path, data)
    text = data.decode("latin-1").replace("\r\n", "\n").replace("\r", "\n")
    lines = [Line(i, line) for i, line in enumerate(text.split("\n"), 1)]
    if lines[-1].text.strip(" \t,"):
        raise refused("E0632", path, len(lines), "the file breaks off in the middle of its last line", "fetch it anew")
    return lines[:-1]


def _before_end(data: bytes) -> bytes:
    """What stands before the end mark, where only blanks and commas follow it. The line before the mark is whole."""
    text, mark, rest = data.partition(_END)
    if not mark or rest.strip(_END + b' \t,"\r\n'):
        return data
    return text.rstrip(b'"') + b"\n"


def is_code(text: str) -> bool:
    """A code as CMS writes it, placeholders such as `GXXX1` among them; never the word that heads the column."""
    return bool(_CODE.fullmatch(text)) and text != "HCPCS"


def _check_encoding(path: Path, data: bytes) -> None:
    if data[:3] == b"\xef\xbb\xbf" or data[:2] in (b"\xff\xfe", b"\xfe\xff") or b"\0" in data:
        raise refused(
            "E0631", path, 1, "the file was saved again in another encoding (UTF-8 with a mark, or UTF-16)",
            "take the file as CMS ships it; a spreadsheet program changes more than the encoding",
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
            "E0631", path, i, "this line holds bytes that CMS's files never have: another encoding",
            "take the file as CMS ships it",
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
            "E0632", path, reader.line_num, "a quoted value is not closed; the file is cut or damaged",
            "fetch it anew",
        ) from None  # fmt: skip
    return rows


def decimal(path: Path, line: int, text: str, places: int, what: str) -> Decimal:
    """An exact number with a fixed count of decimal places; more of them are refused, never rounded away."""
    value = number(text)
    if value is None or -int(value.as_tuple().exponent) > places:
        raise refused(
            "E0635", path, line, f"`{text}` is not {what} with at most {places} decimal places",
            "the row is damaged or shifted; fetch the file anew",
        )  # fmt: skip
    return value.quantize(Decimal(1).scaleb(-places))


def code_order(path: Path, codes: Sequence[tuple[int, str]]) -> None:
    """Codes rise in one of the orders in which machines sort them. A shuffled file rises in none of them.

    Letters stand before digits (EBCDIC) or after them (ASCII), by the first character and by those after it; or the
    kinds of code, those that begin or end with a letter, stand apart, each in a block that rises.
    """
    kinds = list(dict.fromkeys(_kind(code) for _, code in codes))
    keys: list[Callable[[str], object]] = [
        lambda code, first=first, rest=rest: _collated(code, first, rest)  # type: ignore[misc]
        for first in (False, True)
        for rest in (False, True)
    ]
    keys.append(lambda code: (kinds.index(_kind(code)), code))
    at = max(_falls(codes, key) for key in keys)
    if at < len(codes):
        line, code = codes[at]
        raise refused(
            "E0636", path, line, f"`{code}` stands after `{codes[at - 1][1]}`; the rows are not in CMS's order",
            "the file was sorted or shuffled; take it as CMS ships it",
        )  # fmt: skip


def _kind(code: str) -> tuple[bool, bool]:
    return code[:1].isdigit(), code[-1:].isdigit()


def _collated(code: str, first: bool, rest: bool) -> list[tuple[bool, str]]:
    """A code to compare by: where `first` holds digits go before letters at its start, where `rest` holds, after it."""
    return [(each.isdigit() != (rest if i else first), each) for i, each in enumerate(code)]


def _falls(codes: Sequence[tuple[int, str]], key: Callable[[str], object]) -> int:
    """The first place at which a code is less than the one before it; the count of all where there is none."""
    before: Any = None
    for i, (_, code) in enumerate(codes):
        this: Any = key(code)
        if before is not None and this < before:
            return i
        before = this
    return len(codes)
