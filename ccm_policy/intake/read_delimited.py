"""Delimited text: UTF-8, UTF-16 with its mark, or else Windows' Western set; separated by commas, semicolons, tabs or
bars."""

from __future__ import annotations

import codecs
import csv
from collections.abc import Iterator
from itertools import islice
from pathlib import Path

from ccm_policy.intake.sheets import HEAD, Grid, Line, refused

_AT_ONCE = 1_000_000
_LONGEST_CELL = 1_000_000
_SEPARATORS = {",": "commas", ";": "semicolons", "\t": "tabs", "|": "bars"}
_WESTERN = "cp1252"
_MARK = b"\xef\xbb\xbf"


def grid(path: Path, encoding: str | None, separator: str | None) -> Grid:
    """The rows of a text file; raises where it is no text."""
    found = encoding or _encoding(path)
    _refuse_unreadable(path, found)
    csv.field_size_limit(_LONGEST_CELL)
    mark = separator or _separator(path, found)
    told = []
    if not encoding and found == _WESTERN:
        told.append("read as Windows-1252, since it is not UTF-8; names with accents show whether that is right")
    elif not encoding and found == "utf-16":
        told.append("read as UTF-16")
    if not separator and mark != ",":
        told.append(f"columns are separated by {_SEPARATORS[mark]}")
    return Grid(path=path, lines=lambda: _lines(path, found, mark), findings=tuple(told))


def _encoding(path: Path) -> str:
    with path.open("rb") as stream:
        start = stream.read(4)
        if start[:2] in (b"\xff\xfe", b"\xfe\xff"):
            return "utf-16"
        stream.seek(0)
        reader = codecs.getincrementaldecoder("utf-8")()
        try:
            while block := stream.read(_AT_ONCE):
                reader.decode(block)
            reader.decode(b"", final=True)
        except UnicodeDecodeError:
            return _WESTERN
    return "utf-8-sig"


def _refuse_unreadable(path: Path, encoding: str) -> None:
    """Raise where bytes of the file are no text of this encoding, with the line; no more than a block is in memory."""
    line, help = 1, "save it anew as CSV UTF-8; where you know its encoding, write `encoding:` in the mapping"
    try:
        "".encode(encoding)  # which, other than a decoder, refuses what encodes no text
        reader = codecs.getincrementaldecoder(encoding)()
    except (LookupError, UnicodeError):
        raise refused("E0711", path, None, f"there is no encoding `{encoding}`", "write `utf-8` or `cp1252`") from None
    with path.open("rb") as stream:
        stream.seek(_skip(path, encoding))
        while True:
            block = stream.read(_AT_ONCE)
            try:
                text = reader.decode(block, final=not block)
            except UnicodeDecodeError as fault:
                row = line + block.count(b"\n", 0, max(0, fault.start))
                raise refused("E0711", path, row, f"a character is neither UTF-8 nor {encoding}", help) from None
            except UnicodeError:
                raise refused("E0711", path, line, f"the text is not {encoding}", help) from None
            if "\0" in text:
                row = line + text[: text.index("\0")].count("\n")
                raise refused("E0711", path, row, "a NUL byte stands in the text", "the file is damaged, or is no text")
            line += text.count("\n")
            if not block:
                return


def _skip(path: Path, encoding: str) -> int:
    """A mark of UTF-8 also begins files that are not."""
    with path.open("rb") as stream:
        return 3 if encoding == _WESTERN and stream.read(3) == _MARK else 0


def _separator(path: Path, encoding: str) -> str:
    """What makes the first rows widest, in as many of them as possible."""
    best, most = ",", 0
    for mark in _SEPARATORS:
        try:
            head = list(islice(_lines(path, encoding, mark), HEAD))
        except Exception:  # of the wrong separator anything may be told
            continue
        widths = [len(line.cells) for line in head if len(line.cells) > 1]
        score = sum(widths)
        if score > most:
            best, most = mark, score
    return best


def _lines(path: Path, encoding: str, separator: str) -> Iterator[Line]:
    with path.open("rb") as raw:
        raw.seek(_skip(path, encoding))
        stream = codecs.getreader(encoding)(raw)
        reader = csv.reader(_split(stream), delimiter=separator, strict=True)
        try:
            for number, cells in enumerate(reader, 1):
                yield Line(number, tuple(cell.strip() or None for cell in cells))
        except csv.Error:
            says = f"a quotation mark is not closed, or stands inside a cell, at line {reader.line_num}"
            help = 'a quotation mark inside a cell is doubled: "a ""b"" c"'
            raise refused("E0711", path, None, says, help) from None


def _split(stream: codecs.StreamReader) -> Iterator[str]:
    """Lines as the text has them; `splitlines` of a stream reader would also end them at rarer characters.
    Old Macintosh programs, and Excel's CSV for them, end them with a carriage return."""
    rest, end = "", ""
    while block := stream.read(_AT_ONCE):
        end = end or ("\r" if "\r" in block and "\n" not in block else "\n")
        rest += block
        *whole, rest = rest.split(end)
        yield from (line + "\n" for line in whole)
    if rest:
        yield rest
