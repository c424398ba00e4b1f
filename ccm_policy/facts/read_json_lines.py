"""JSON Lines: one record a line. A line that cannot be read is refused alone; the others go on."""

from __future__ import annotations

from ccm_policy.facts.checking import Raw
from ccm_policy.facts.read_json import parsed
from ccm_policy.facts.text import decoded
from ccm_policy.language.diagnostics import Diagnostic, Place


def record(line: bytes, file: str, number: int) -> Raw | Diagnostic | None:
    """The record of a line; `row` is the line's number. None: the line is empty."""
    place = Place(file, number)
    text = decoded(line.removesuffix(b"\n").removesuffix(b"\r"), place)
    if isinstance(text, Diagnostic):
        return text
    if not text.strip():
        return None
    value = parsed(text, place)
    return value if isinstance(value, Diagnostic) else Raw(value, file, number)
