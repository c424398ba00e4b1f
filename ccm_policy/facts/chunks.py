"""Patient-months on their way: some hundred at a time, as they stood in their file, to be read where they are decided.

A chunk is small and plain, so that it can go to another process. `items` reads it; `keys` tells whose records stand in
it without reading them.
"""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from itertools import islice
from typing import Any, Protocol

from ccm_policy.facts.checking import Raw
from ccm_policy.facts.plan import MONTH, PATIENT
from ccm_policy.facts.read_json_lines import record
from ccm_policy.language.diagnostics import Diagnostic

Item = Raw | Diagnostic | tuple[Diagnostic, ...] | None
"""A record as it was read, or why it cannot be; None: the line is empty."""
SIZE = 64
"""Patient-months of a chunk: enough to be worth the way, few enough to hold several."""


class Chunk(Protocol):
    """Some patient-months that stand one after another."""

    def items(self) -> Iterator[Item]:
        """The records, and what is wrong where there should be one."""

    def keys(self) -> Iterator[object]:
        """Of each item, something equal for equal patients and months; None: it is no record."""

    def only(self, places: Sequence[int]) -> Iterator[Item]:
        """The items at these places, without reading the others."""


@dataclass(frozen=True, slots=True)
class Source:
    """A file or folder of facts. `chunks` begins anew each time; `problems` are of the whole, and then it has none.
    `keys`: those of all chunks, where they are had for less than the chunks."""

    chunks: Callable[[], Iterator[Chunk]]
    problems: tuple[Diagnostic, ...] = ()
    keys: Callable[[], Iterator[object]] | None = None

    def every_key(self) -> Iterator[object]:
        """Of each item in order, something equal for equal patients and months; None: it is no record."""
        if self.keys is not None:
            return self.keys()
        return (key for chunk in self.chunks() for key in chunk.keys())  # noqa: SIM118


def nothing_but(problems: Iterable[Diagnostic]) -> Source:
    """A source of which nothing can be read, and why."""
    return Source(lambda: iter(()), tuple(problems))


@dataclass(frozen=True, slots=True)
class Items:
    """Records that are read already."""

    read: tuple[Item, ...]

    def items(self) -> Iterator[Item]:
        """The records."""
        return iter(self.read)

    def keys(self) -> Iterator[object]:
        """Patient and month of each."""
        return (key_of(item.data) if isinstance(item, Raw) else None for item in self.read)

    def only(self, places: Sequence[int]) -> Iterator[Item]:
        """Some of them."""
        return (self.read[place] for place in places)


@dataclass(frozen=True, slots=True)
class Lines:
    """Lines of JSON, each with its number."""

    file: str
    lines: tuple[tuple[int, bytes], ...]

    def items(self) -> Iterator[Item]:
        """The records of the lines."""
        return (record(line, self.file, number) for number, line in self.lines)

    def keys(self) -> Iterator[object]:
        """Patient and month of each."""
        return (_key_of_line(line) for _, line in self.lines)

    def only(self, places: Sequence[int]) -> Iterator[Item]:
        """The records of some lines."""
        return Lines(self.file, tuple(self.lines[place] for place in places)).items()


def parts(items: Iterable[Any], size: int = SIZE) -> Iterator[tuple[Any, ...]]:
    """What comes one by one, `size` at a time."""
    rest = iter(items)
    while part := tuple(islice(rest, size)):
        yield part


def key_of(data: Any) -> object:
    """Patient and month as they were given."""
    if not isinstance(data, dict):
        return None
    return tuple(
        part.strip() if isinstance(part := data.get(name), str) else part.__class__ for name in (PATIENT, MONTH)
    )


_WRITTEN = [re.compile(rf'"{name}"\s*:\s*"([^"]*)"'.encode()) for name in (PATIENT, MONTH)]


def _key_of_line(line: bytes) -> object:
    """The key without reading the line, where there is one place that it can stand."""
    if b"\\" not in line:
        found = [pattern.findall(line) for pattern in _WRITTEN]
        if all(len(parts) == 1 for parts in found):
            return tuple(parts[0].strip() for parts in found)
    try:
        data = json.loads(line.removeprefix(b"\xef\xbb\xbf"))
    except (ValueError, RecursionError):
        return None
    key = key_of(data)
    encoded = isinstance(key, tuple) and (part.encode() if isinstance(part, str) else part for part in key)
    return tuple(encoded) if encoded else None
