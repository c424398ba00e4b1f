"""Bytes of a file as text: UTF-8, a byte-order mark and any line ends allowed, anything else a clear message."""

from __future__ import annotations

from ccm_policy.language.diagnostics import Diagnostic, Place, error

_SAVE_HELP = "save the file as UTF-8 (in a spreadsheet: `CSV UTF-8`)"


def decoded(data: bytes, place: Place) -> str | Diagnostic:
    """The text, without a byte-order mark; or why it is not text."""
    if data[:2] in (b"\xff\xfe", b"\xfe\xff"):
        return error("E0504", "the file is UTF-16, not UTF-8", place=place, help=_SAVE_HELP)
    nul = data.find(b"\x00")
    if nul >= 0:
        where = _line(data, nul, place)
        return error(
            "E0505", "a NUL byte stands in the text", place=where, help="the file is damaged or is not a text file"
        )
    try:
        return data.decode("utf-8-sig")
    except UnicodeDecodeError as fault:
        where = _line(data, fault.start, place)
        return error("E0504", "the text is not UTF-8 from this line on", place=where, help=_SAVE_HELP)


def empty(place: Place) -> Diagnostic:
    """The message for a file without text."""
    return error(
        "E0502", "the file is empty", place=place, help="check how it was made; a file of facts has at least one record"
    )


def _line(data: bytes, offset: int, place: Place) -> Place:
    return Place(place.file, place.row if place.row is not None else data.count(b"\n", 0, offset) + 1)
