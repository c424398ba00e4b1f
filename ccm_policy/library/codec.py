"""Frozen dataclasses to JSON and back: every part that occurs twice is written once.

A text is a list of entries. An entry is `[tag, part, …]`: the tag names a dataclass or a kind of value; a part is a
text, a yes/no, null, or the number of an earlier entry. The last entry is the whole. Nothing in it is executed.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping
from dataclasses import fields
from datetime import date
from decimal import Decimal
from typing import Any

Entry = list[Any]


class Damaged(Exception):  # noqa: N818
    """A text that was not written by `encode` for these classes."""


def encode(value: Any) -> str:
    """The text of a value made of dataclasses, tuples, dicts, and plain values."""
    entries: list[Entry] = []
    _part(value, entries, {}, {})
    return json.dumps(entries, separators=(",", ":"), ensure_ascii=False)


def _part(value: Any, entries: list[Entry], numbers: dict[tuple[Any, ...], int], known: dict[int, int]) -> Any:
    if value is None or isinstance(value, bool | str):
        return value
    if id(value) in known:
        return known[id(value)]
    if isinstance(value, int):
        return _entry(("int", str(value)), entries, numbers)
    if isinstance(value, Decimal):
        return _entry(("dec", str(value)), entries, numbers)
    if isinstance(value, date):
        return _entry(("day", value.isoformat()), entries, numbers)

    def each(parts: Iterable[Any]) -> list[Any]:
        return [_part(p, entries, numbers, known) for p in parts]

    if isinstance(value, tuple):
        made = ("tuple", *each(value))
    elif isinstance(value, dict):
        made = ("dict", *each(part for pair in value.items() for part in pair))
    else:
        made = (type(value).__name__, *each(getattr(value, f.name) for f in fields(value)))
    number = _entry(made, entries, numbers)
    known[id(value)] = number
    return number


def _entry(made: tuple[Any, ...], entries: list[Entry], numbers: dict[tuple[Any, ...], int]) -> int:
    key = tuple((type(part) is bool, part) for part in made)
    if key not in numbers:
        numbers[key] = len(entries)
        entries.append(list(made))
    return numbers[key]


def decode(text: str, classes: Mapping[str, type]) -> Any:
    """The value of a text. `classes`: the dataclasses it may hold, by name. Raises `Damaged`."""
    try:
        entries = json.loads(text)
        values: list[Any] = []
        put = values.append
        for entry in entries:
            parts = [values[part] if type(part) is int else part for part in entry[1:]]
            made = classes.get(entry[0])
            put(_plain(entry[0], parts) if made is None else made(*parts))
        return values[-1]
    except (ValueError, KeyError, IndexError, TypeError, ArithmeticError, RecursionError) as fault:
        raise Damaged from fault


def _plain(tag: str, parts: list[Any]) -> Any:
    if tag == "tuple":
        return tuple(parts)
    if tag == "dict":
        return dict(zip(parts[::2], parts[1::2], strict=True))
    if tag == "int":
        return int(parts[0])
    if tag == "dec":
        return Decimal(parts[0])
    if tag == "day":
        return date.fromisoformat(parts[0])
    raise ValueError(tag)
