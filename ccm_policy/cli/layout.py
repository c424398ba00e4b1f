"""Text tables for people: columns as wide as they need, long cells wrapped to what the page leaves."""

from __future__ import annotations

import os
import sys
import textwrap
from collections.abc import Iterator, Sequence

PLAIN_WIDTH = 120
"""The width where no terminal says its own, so that files come out the same everywhere."""
_NARROWEST = 60
_GAP = "  "


def page_width() -> int:
    """The terminal's width; `COLUMNS` where it is set; else 120."""
    said = os.environ.get("COLUMNS", "")
    if said.isdigit() and int(said) > 0:
        return max(_NARROWEST, int(said))
    import shutil

    return max(_NARROWEST, shutil.get_terminal_size().columns) if sys.stdout.isatty() else PLAIN_WIDTH


Row = Sequence[Sequence[str]]
"""Cells, each a list of paragraphs."""


def table(
    header: Sequence[str], rows: Sequence[Row], wide: Sequence[int], width: int, right: int = -1
) -> Iterator[str]:
    """The lines of a table. Columns in `wide` share what the others leave and are wrapped; column `right` is set
    right."""
    natural = [
        max([len(title), *(len(line) for row in rows for line in row[column])]) for column, title in enumerate(header)
    ]
    fixed = sum(size for column, size in enumerate(natural) if column not in wide)
    left = width - fixed - len(_GAP) * (len(header) - 1)
    sizes = list(natural)
    for position, column in enumerate(sorted(wide, key=lambda c: natural[c])):
        share = max(16, left // (len(wide) - position))
        sizes[column] = min(natural[column], share)
        left -= sizes[column]
    yield _line([[title] for title in header], sizes, 0, right)
    yield _GAP.join("-" * size for size in sizes)
    for row in rows:
        cells = [[line for text in cell for line in _wrapped(text, sizes[c])] for c, cell in enumerate(row)]
        for number in range(max(len(cell) for cell in cells)):
            yield _line(cells, sizes, number, right)


def wrapped(line: str, width: int) -> list[str]:
    """A line of the page; where it is too long, it goes on below, indented."""
    if len(line) <= width:
        return [line]
    indent = line[: len(line) - len(line.lstrip())]
    return textwrap.wrap(line, width, initial_indent="", subsequent_indent=f"{indent}  ", break_on_hyphens=False)


def _wrapped(text: str, size: int) -> list[str]:
    """The lines of a cell. A name too long for a line is broken after a dot or an underscore."""
    indent = "  " if size > 20 else ""
    words = [_broken(word, size - len(indent)) for word in text.split()]
    return textwrap.wrap(" ".join(words), size, subsequent_indent=indent, break_on_hyphens=False) or [""]


def _broken(word: str, size: int) -> str:
    if len(word) <= size:
        return word
    at = (word.rfind(".", 0, size) if "." in word[:size] else word.rfind("_", 0, size)) + 1
    return f"{word[:at]} {_broken(word[at:], size)}" if 1 < at < len(word) else word


def _line(cells: Sequence[Sequence[str]], sizes: Sequence[int], number: int, right: int) -> str:
    texts = [cell[number] if number < len(cell) else "" for cell in cells]
    set_out = [t.rjust(s) if c == right else t.ljust(s) for c, (t, s) in enumerate(zip(texts, sizes, strict=True))]
    return _GAP.join(set_out).rstrip()
