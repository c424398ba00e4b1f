"""What is told to a person when something is wrong: one value for each situation, collected, never raised past the
edge.

A `Diagnostic` is complete in itself: a stable code, what is wrong in the user's words, what to do about it, and
where. `render` turns it into the lines a person reads. Policy text is pointed at with a `Span`; facts and tables
with a `Place` that names file, row, field and patient key, and never a value of the patient's.
"""

from __future__ import annotations

import os
import re
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any


def shown(file: str) -> str:
    """A file's path as messages show it: with `/` on every system, so that what is said is the same everywhere."""
    return file.replace(os.sep, "/")


@dataclass(frozen=True, slots=True)
class Span:
    """A stretch of policy text. Lines and columns count from 1; the end column is the first one after the text."""

    file: str
    """The file's path; empty for text that was read from none."""
    line: int
    """Of its first character."""
    column: int
    """Of its first character."""
    end_line: int
    """Of its last character."""
    end_column: int
    """The first one after it."""

    def to(self, other: Span) -> Span:
        """The stretch from the start of this one to the end of another."""
        return Span(self.file, self.line, self.column, other.end_line, other.end_column)


NOWHERE = Span("", 0, 0, 0, 0)
"""The span of a node that was not read from text (made by a program)."""


def span_field() -> Span:
    """The span as a field of a node: it takes no part in equality, and is nowhere unless it is given."""
    span: Span = field(default=NOWHERE, compare=False, repr=False)
    return span


@dataclass(frozen=True, slots=True)
class Place:
    """A place in facts or tables: what a person needs to find the cell, and nothing of what is in it."""

    file: str | None = None
    """The file's path; None: no file."""
    row: int | None = None
    """The row of a table or the number of a record, from 1; None: the whole file."""
    field: str | None = None
    """The fact or column; None: the whole record."""
    patient: str | None = None
    """The patient's key; None: not known."""

    def __str__(self) -> str:
        parts = [shown(self.file)] if self.file else []
        if self.row is not None:
            parts.append(f"row {self.row}")
        if self.patient:
            parts.append(f"patient {self.patient}")
        if self.field:
            parts.append(f"field {self.field}")
        return ", ".join(parts)


@dataclass(frozen=True, slots=True)
class Note:
    """A second place that a message shows, such as the other of two rules of one name."""

    message: str
    """What is to be seen there."""
    span: Span
    """The other place."""


@dataclass(frozen=True, slots=True)
class Diagnostic:
    """One thing that is wrong."""

    code: str
    """Stable, and a page in the documentation: `CCM-E…` refuses, `CCM-W…` only warns."""
    message: str
    """What is wrong, in the user's words."""
    help: str | None = None
    """What to do about it; None: it says so itself."""
    span: Span | None = None
    """Where in policy text; None: not in policy text."""
    place: Place | None = None
    """Where in facts or tables; None: not in these."""
    notes: tuple[Note, ...] = ()
    """Further places that it shows."""

    @property
    def is_error(self) -> bool:
        """Whether it refuses what it speaks of."""
        return self.code.startswith("CCM-E")

    def to_dict(self) -> dict[str, Any]:
        """Plain data for `--format json`."""
        data: dict[str, Any] = {"code": self.code, "message": self.message, "help": self.help}
        if self.span is not None:
            data |= {
                "file": shown(self.span.file),
                "line": self.span.line,
                "column": self.span.column,
                "end_line": self.span.end_line,
                "end_column": self.span.end_column,
            }
        if self.place is not None:
            data |= {
                "file": self.place.file and shown(self.place.file),
                "row": self.place.row,
                "field": self.place.field,
                "patient": self.place.patient,
            }
        return data


class CcmPolicyError(Exception):
    """Raised at the edge of the Python API when nothing can be returned; carries every diagnostic that was found."""

    def __init__(self, diagnostics: Iterable[Diagnostic]) -> None:
        self.diagnostics = tuple(diagnostics)
        super().__init__("\n\n".join(rendered(self.diagnostics)))


def error(
    code: str,
    message: str,
    span: Span | None = None,
    *,
    help: str | None = None,
    place: Place | None = None,
    notes: Iterable[Note] = (),
) -> Diagnostic:
    """A diagnostic that refuses what it speaks of. `code` is the short form, `E0123`."""
    return Diagnostic(f"CCM-{code}", message, help, span, place, tuple(notes))


def printable(text: str) -> str:
    """Text on one line of a terminal: what cannot be printed is written out, so that no value breaks a table."""
    return text if text.isprintable() else "".join(c if c.isprintable() else ascii(c)[1:-1] for c in text)


def has_errors(diagnostics: Iterable[Diagnostic]) -> bool:
    """Whether one of them refuses."""
    return any(d.is_error for d in diagnostics)


def in_order(diagnostics: Iterable[Diagnostic]) -> list[Diagnostic]:
    """Sorted as a reader meets them: by file, line and column, each one once."""

    def key(d: Diagnostic) -> tuple[str, int, int, str, str]:
        if d.span is not None:
            return (d.span.file, d.span.line, d.span.column, d.code, d.message)
        place = d.place or Place()
        return (place.file or "", place.row or 0, 0, d.code, d.message)

    return sorted(dict.fromkeys(diagnostics), key=key)


_LONG_WORD = re.compile(r"`([^`\s]{60})[^`\s]+`")
"""A word of the user's that is too long to be shown whole."""


def _short(text: str) -> str:
    return _LONG_WORD.sub(r"`\1…`", text)


MOST_OF_A_KIND = 20
"""Messages shown of one code in one policy file; the rest are counted."""


def rendered(diagnostics: Iterable[Diagnostic]) -> Iterator[str]:
    """Many messages as text, each once. Of one kind in one policy file the first are shown, and how many more."""
    seen: Counter[tuple[str, str]] = Counter()
    for diagnostic in dict.fromkeys(diagnostics):
        of_kind = (diagnostic.code, diagnostic.span.file if diagnostic.span else "")
        seen[of_kind] += 1
        if diagnostic.span is None or seen[of_kind] <= MOST_OF_A_KIND:
            yield render(diagnostic)
    for (code, file), times in seen.items():
        if file and times > MOST_OF_A_KIND:
            yield f"note: and {times - MOST_OF_A_KIND} more of {code} in {file}"


def render(diagnostic: Diagnostic, sources: Mapping[str, str] | None = None) -> str:
    """The lines a person reads: code and message, the place, the text with the span underlined, and what to do.

    `sources` maps file names to their text; a file that is not in it is read from disk where that is possible.
    """
    kind = "error" if diagnostic.is_error else "warning"
    lines = [f"{kind} {diagnostic.code}: {_short(diagnostic.message)}"]
    if diagnostic.span is not None:
        lines += _excerpt(diagnostic.span, sources)
    elif diagnostic.place is not None and str(diagnostic.place):
        lines.append(f"  --> {diagnostic.place}")
    for note in diagnostic.notes:
        lines.append(f"  note: {note.message}")
        lines += _excerpt(note.span, sources)
    if diagnostic.help:
        lines.append(f"  help: {_short(diagnostic.help)}")
    return "\n".join(lines)


def _excerpt(span: Span, sources: Mapping[str, str] | None) -> list[str]:
    if span.line == 0:
        return [f"  --> {shown(span.file)}"] if span.file else []
    lines = [f"  --> {shown(span.file)}:{span.line}:{span.column}"]
    text = _line_of(span, sources)
    if text is None:
        return lines
    gutter = str(span.line)
    end = span.end_column if span.end_line == span.line else len(text) + 1
    width = max(1, min(end, len(text) + 1) - span.column)
    text, column, width = _clipped(text, span.column, width)
    lead = "".join("\t" if c == "\t" else " " for c in text[: column - 1])
    blank = " " * len(gutter)
    return [*lines, f"  {blank} |", f"  {gutter} | {text}", f"  {blank} | {lead}{'^' * width}"]


_LONGEST = 200
"""Characters of a line that are shown; of a longer one, the part around the span."""


def _clipped(text: str, column: int, width: int) -> tuple[str, int, int]:
    if len(text) <= _LONGEST:
        return text, column, width
    start = max(0, column - 1 - _LONGEST // 4)
    shown = text[start : start + _LONGEST]
    before, after = "…" if start else "", "…" if start + _LONGEST < len(text) else ""
    at = column - start + len(before)
    return f"{before}{shown}{after}", at, min(width, len(before) + len(shown) + 1 - at)


def _line_of(span: Span, sources: Mapping[str, str] | None) -> str | None:
    text = (sources or {}).get(span.file)
    if text is None:
        try:
            text = Path(span.file).read_text(encoding="utf-8-sig")
        except (OSError, ValueError):
            return None
    lines = text.splitlines()
    return lines[span.line - 1] if span.line <= len(lines) else ""
