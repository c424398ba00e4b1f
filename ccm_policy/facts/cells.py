"""Cells of a CSV file that people open in a spreadsheet: what stands in the facts is text there, never a formula, and
is read back as it was."""

from __future__ import annotations

import re
from collections.abc import Iterable
from typing import Any

_FORMULA = re.compile(r"'*\s*[=+\-@\t\r\n＝＋－＠]|'*[\t\r\n]")
_NEEDS_QUOTES = re.compile(r'[,"\t\r\n]|^\s|\s$')


def line(values: Iterable[Any]) -> str:
    """One row. Nothing is an empty cell."""
    return ",".join(map(cell, values)) + "\n"


def cell(value: Any) -> str:
    """One cell, with quotes where it needs them."""
    if value is None:
        return ""
    text = shielded(value) if isinstance(value, str) else str(value)
    return '"' + text.replace('"', '""') + '"' if _NEEDS_QUOTES.search(text) else text


def shielded(text: str) -> str:
    """Text that a spreadsheet would take for a formula gets an apostrophe before it, and so does text that looks as if
    it had got one: taking one away gives the text back."""
    return f"'{text}" if not text[:1].isalnum() and _FORMULA.match(text) else text


def unshielded(text: str) -> str:
    """What was written so."""
    return text[1:] if text[:1] == "'" and _FORMULA.match(text) else text
