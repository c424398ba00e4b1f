"""Bytes of a file as text: UTF-8, a byte-order mark and any line ends allowed, anything else a clear message."""

from __future__ import annotations

import codecs
from pathlib import Path

from ccm_policy.language.diagnostics import Diagnostic, Place, error

_AT_ONCE = 1_000_000
_NUL, _DAMAGED = "a NUL byte stands in the text", "the file is damaged or is not a text file"
_NOT_UTF_8 = "the text is not UTF-8 from this line on"
_SAVE_HELP = "save the file as UTF-8 (in a spreadsheet: `CSV UTF-8`)"


def decoded(data: bytes, place: Place) -> str | Diagnostic:
    """The text, without a byte-order mark; or why it is not text."""
    if data[:2] in (b"\xff\xfe", b"\xfe\xff"):
        return error("E0504", "the file is UTF-16, not UTF-8", place=place, help=_SAVE_HELP)
    nul = data.find(b"\x00")
    if nul >= 0:
        where = _line(data, nul, place)
        return error("E0505", _NUL, place=where, help=_DAMAGED)
    try:
        return data.decode("utf-8-sig")
    except UnicodeDecodeError as fault:
        where = _line(data, fault.start, place)
        return error("E0504", _NOT_UTF_8, place=where, help=_SAVE_HELP)


def unreadable(path: Path, place: Place, help: str) -> Diagnostic | None:
    """Why a file is not such text, or has none, read bit by bit; None: it is text. `help`: what to do where it is
    empty."""
    read = codecs.getincrementaldecoder("utf-8-sig")()
    nothing, lines, nul, broken = True, 1, 0, 0
    with path.open("rb") as stream:
        while block := stream.read(_AT_ONCE):
            if lines == 1 and nothing and block[:2] in (b"\xff\xfe", b"\xfe\xff"):
                return error("E0504", "the file is UTF-16, not UTF-8", place=place, help=_SAVE_HELP)
            if not nul and (at := block.find(b"\x00")) >= 0:
                nul = lines + block.count(b"\n", 0, at)
            try:
                nothing = not (read.decode(block) if not broken else "x").strip() and nothing
            except UnicodeDecodeError as fault:
                broken = lines + block.count(b"\n", 0, max(0, fault.start))
            lines += block.count(b"\n")
    if nul:
        return error("E0505", _NUL, place=Place(place.file, nul), help=_DAMAGED)
    if broken or not _ended(read):
        return error("E0504", _NOT_UTF_8, place=Place(place.file, broken or lines), help=_SAVE_HELP)
    return error("E0502", "the file is empty", place=place, help=help) if nothing else None


def _ended(read: codecs.IncrementalDecoder) -> bool:
    try:
        read.decode(b"", final=True)
    except UnicodeDecodeError:
        return False
    return True


def empty(place: Place) -> Diagnostic:
    """The message for a file without text."""
    return error(
        "E0502", "the file is empty", place=place, help="check how it was made; a file of facts has at least one record"
    )


def _line(data: bytes, offset: int, place: Place) -> Place:
    return Place(place.file, place.row if place.row is not None else data.count(b"\n", 0, offset) + 1)
