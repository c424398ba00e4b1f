"""Frozen dataclasses to JSON and back: every part that occurs twice is written once.

A text is a list of entries. An entry is `[tag, part, …]`: the tag names a dataclass or a kind of value; a part is a
text, a yes/no, null, or the number of an earlier entry. The last entry is the whole. Nothing in it is executed.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping
from dataclasses import fields
from datetime import date
from decimal import Decimal
from functools import cache
from operator import attrgetter
from typing import Any

Entry = tuple[Any, ...]


class Damaged(Exception):  # noqa: N818
    """A text that was not written by `encode` for these classes."""


def encode(value: Any) -> str:
    """The text of a dataclass, tuple or dict, made of these and of plain values."""
    writer = _Writer()
    writer.part(value)
    return json.dumps(writer.entries, separators=(",", ":"), ensure_ascii=False)


class _Writer:
    """The entries so far. Two that nobody refers to stand first: 0 and 1 would be equal to no and yes."""

    def __init__(self) -> None:
        self.entries: list[Entry] = [("int", "0"), ("int", "1")]
        self.numbers: dict[tuple[Any, ...], int] = {}
        self.known: dict[int, int] = {}

    def part(self, value: Any) -> Any:
        """What stands for a value in an entry: itself, or the number of its own entry."""
        kind: type = type(value)
        if kind in _THEMSELVES or isinstance(value, str):
            return value
        number = self.known.get(id(value))
        if number is None:
            write = _PLAIN.get(kind)
            if write is not None:
                entry = write(value)
            elif kind is tuple:
                entry = ("tuple", *map(self.part, value))
            elif kind is dict:
                entry = ("dict", *[self.part(part) for pair in value.items() for part in pair])
            else:
                entry = (kind.__name__, *map(self.part, _parts(kind)(value)))
            number = self.known[id(value)] = self.numbers.setdefault(entry, len(self.entries))
            if number == len(self.entries):
                self.entries.append(entry)
        return number


_THEMSELVES = frozenset([type(None), bool, str])
_PLAIN: Mapping[type, Callable[[Any], Entry]] = {
    int: lambda value: ("int", str(value)),
    Decimal: lambda value: ("dec", str(value)),
    date: lambda value: ("day", value.isoformat()),
}


@cache
def _parts(kind: type) -> Callable[[Any], tuple[Any, ...]]:
    """The values of a dataclass's fields, in their order."""
    names = _names(kind)
    if len(names) < 2:
        return lambda value: tuple(getattr(value, name) for name in names)
    return attrgetter(*names)


def decode(text: str, classes: Mapping[str, type]) -> Any:
    """The value of a text. `classes`: the dataclasses it may hold, by name. Raises `Damaged`."""
    try:
        entries = json.loads(text)
        values: list[Any] = []
        put = values.append
        for entry in entries:
            parts = [values[part] if type(part) is int else part for part in entry[1:]]
            tag = entry[0]
            made = classes.get(tag)
            put(_plain(tag, parts) if made is None else _maker(made)(parts))
        return values[-1]
    except (ValueError, KeyError, IndexError, TypeError, ArithmeticError, RecursionError) as fault:
        raise Damaged from fault


@cache
def _names(kind: type) -> tuple[str, ...]:
    return tuple(f.name for f in fields(kind))


@cache
def _maker(kind: type) -> Callable[[list[Any]], Any]:
    names = _names(kind)
    if any(f.kw_only for f in fields(kind)):
        return lambda parts: kind(**dict(zip(names, parts, strict=True)))

    def made(parts: list[Any]) -> Any:
        if len(parts) != len(names):
            raise ValueError(kind)
        return kind(*parts)

    return made


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
