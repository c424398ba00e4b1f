"""JSON Lines: one record a line. A line that cannot be read is refused alone; the others go on."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from ccm_policy.facts.checking import Raw
from ccm_policy.facts.read_json import parsed
from ccm_policy.facts.text import decoded
from ccm_policy.language.diagnostics import Diagnostic, Place


def records(lines: Iterable[bytes], file: str) -> Iterator[Raw | Diagnostic]:
    """The records of the lines, read one at a time; `row` is the line's number. Empty lines are passed over."""
    for number, line in enumerate(lines, 1):
        place = Place(file, number)
        text = decoded(line.removesuffix(b"\n").removesuffix(b"\r"), place)
        if isinstance(text, Diagnostic):
            yield text
        elif text.strip():
            value = parsed(text, place)
            yield value if isinstance(value, Diagnostic) else Raw(value, file, number)
