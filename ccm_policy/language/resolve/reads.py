"""What statements read, as far as words tell, and what was resolved once and need not be again.

A statement reads at most what its words name. So it is resolved to the same thing in two programs where it is the same
there, and so is everything that can be reached from its words.
"""

from __future__ import annotations

from collections.abc import Callable, Hashable, Iterable, Mapping
from dataclasses import dataclass, field, fields, is_dataclass
from typing import Any, TypeVar, cast

from ccm_policy.language import syntax as s
from ccm_policy.language.diagnostics import Span

T = TypeVar("T")
APART = ("example", "facts", "note", "dispute")
"""Kinds that nothing reads."""


@dataclass(slots=True)
class Words:
    """The names that statements mention, found once for each statement, and a number for each."""

    _kept: dict[int, tuple[s.Statement, frozenset[str], int]] = field(default_factory=dict)

    def of(self, statement: s.Statement) -> frozenset[str]:
        """Every word of a statement that could be a name, and the parts of dotted ones."""
        return self._of(statement)[1]

    @staticmethod
    def within(part: Any) -> frozenset[str]:
        """The same of a part of a statement."""
        found: set[str] = set()
        _collect(part, found)
        return frozenset(found)

    def number(self, statement: s.Statement) -> int:
        """A number that this statement alone has."""
        return self._of(statement)[2]

    def _of(self, statement: s.Statement) -> tuple[s.Statement, frozenset[str], int]:
        kept = self._kept.get(id(statement))
        if kept is None:
            found: set[str] = set()
            _collect((statement.head, [c.body for c in statement.clauses]), found)
            kept = (statement, frozenset(found), len(self._kept))
            self._kept[id(statement)] = kept
        return kept


def _collect(value: Any, found: set[str]) -> None:
    if isinstance(value, str):
        found.add(value)
        found.update(value.split("."))
    elif isinstance(value, tuple | list):
        for each in value:
            _collect(each, found)
    elif is_dataclass(value) and not isinstance(value, Span):
        for part in fields(value):
            _collect(getattr(value, part.name), found)


class Reach:
    """For each statement of one text, itself and all that can be reached from its words, as one number."""

    def __init__(self, words: Words, statements: Iterable[s.Statement]) -> None:
        self._words = words
        self._named: dict[str, list[s.Statement]] = {}
        for statement in statements:
            if statement.kind not in APART:
                self._named.setdefault(statement.name, []).append(statement)
        self._reached = self._closed()

    def of(self, statement: s.Statement) -> tuple[int, int]:
        """Equal only where the statement and all that it reads are the same ones."""
        number = self._words.number(statement)
        if number in self._reached:
            return number, self._reached[number]
        reached = 0
        for read in self._reads(statement):
            reached |= self._reached[read]
        return number, reached

    def _reads(self, statement: s.Statement) -> list[int]:
        named = self._words.of(statement) & self._named.keys()
        return [self._words.number(read) for name in named for read in self._named[name]]

    def _closed(self) -> dict[int, int]:
        statements = [st for named in self._named.values() for st in named]
        reads = {self._words.number(st): self._reads(st) for st in statements}
        reached = {number: 1 << number for number in reads}
        growing = True
        while growing:
            growing = False
            for number, those in reads.items():
                before = now = reached[number]
                for read in those:
                    now |= reached[read]
                if now != before:
                    reached[number] = now
                    growing = True
        return reached


@dataclass(slots=True)
class Kept:
    """What the statements of a library were resolved to in its programs so far."""

    words: Words = field(default_factory=Words)
    results: dict[Hashable, tuple[Any, tuple[str, ...]]] = field(default_factory=dict)
    _numbers: dict[Hashable, int] = field(default_factory=dict)

    def numbered(self, values: Mapping[str, Hashable]) -> dict[str, int]:
        """For each value a number, the same for equal ones."""
        return {name: self._numbers.setdefault(value, len(self._numbers)) for name, value in values.items()}


@dataclass(slots=True)
class Once:
    """The resolving of one program, with what was kept of others. What is new counts when the program is sound.

    `beside`: what any statement of a kind reads though no word says so.
    """

    kept: Kept
    reach: Reach
    beside: Mapping[str, int]
    new: dict[Hashable, tuple[Any, tuple[str, ...]]] = field(default_factory=dict)
    _keys: dict[int, Hashable] = field(default_factory=dict)

    def key(self, statement: s.Statement) -> Hashable:
        """What the result of a statement hangs on."""
        key = self._keys.get(id(statement))
        if key is None:
            key = (*self.reach.of(statement), self.beside.get(statement.kind, self.beside[""]))
            self._keys[id(statement)] = key
        return key

    def known(self, statement: s.Statement) -> tuple[Any, tuple[str, ...]] | None:
        """What it was resolved to before, and the definitions that it asked for, in their order."""
        return self.kept.results.get(self.key(statement))

    def put(self, statement: s.Statement, made: Any, asked: tuple[str, ...] = ()) -> None:
        """Put down what it is resolved to."""
        if made is not None:
            self.new[self.key(statement)] = (made, asked)

    def once(self, statement: s.Statement, make: Callable[[], T]) -> T:
        """What was kept, or what is made now."""
        known = self.known(statement)
        if known is not None:
            return cast("T", known[0])
        made = make()
        self.put(statement, made)
        return made

    def keep(self) -> None:
        """Keep what is new: nothing is wrong with it."""
        self.kept.results.update(self.new)
