"""Cells of a CSV file that people open in a spreadsheet: what stands in the facts is text there, never a formula."""

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
    """One cell. Text that a spreadsheet would take for a formula gets an apostrophe before it, and so does text that
    looks as if it had got one: taking one away gives the text back."""
    if value is None:
        return ""
    text = str(value)
    if isinstance(value, str) and _FORMULA.match(text):
        text = f"'{text}"
    return '"' + text.replace('"', '""') + '"' if _NEEDS_QUOTES.search(text) else text
