"""Decisions that are remembered by the answers to what their stages asked: a tree of questions.

Each node asks what a decision asks next, given the answers before it; a leaf has the rows of the decision. Records that
give the same answers end at the same leaf, and none of them is decided but the first.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, Generic, TypeVar

from ccm_policy.compile.questions import Asked, Joined, Question, Waits
from ccm_policy.compile.watching import Open
from ccm_policy.panel.book import Book
from ccm_policy.panel.rows import COLUMNS, Row

L = TypeVar("L")

_MISSING = list(COLUMNS).index("missing")


@dataclass(slots=True)
class Leaf:
    """The rows of a decision, of which the facts that are missing may be other ones for others. `open`: what tells
    them; `blocks`: by what it tells, the number of the rows in a book."""

    rows: tuple[Row, ...]
    open: tuple[Question | Waits, ...]
    blocks: dict[tuple[tuple[str, ...], ...], int] = field(default_factory=dict)

    @classmethod
    def of(cls, rows: tuple[Row, ...]) -> Leaf:
        """Of the rows of a decision that was watched."""
        found = dict.fromkeys(path.waits for row in rows for path in row[_MISSING] if isinstance(path, Open))
        return cls(rows, tuple(found))

    def block(self, told: Sequence[tuple[str, ...]], book: Book) -> int:
        """The number of the rows with these facts in the open places."""
        key = tuple(told)
        found = self.blocks.get(key)
        if found is None:
            facts = dict(zip(self.open, key, strict=True))
            rows = [(*row[:_MISSING], _filled(row[_MISSING], facts), *row[_MISSING + 1 :]) for row in self.rows]
            found = self.blocks[key] = book.add(rows)
        return found


def _filled(missing: Iterable[str], facts: Mapping[Question | Waits, tuple[str, ...]]) -> list[str]:
    told = (facts[path.waits] if isinstance(path, Open) else (path,) for path in missing)
    return list(dict.fromkeys(path for paths in told for path in paths))


@dataclass(slots=True)
class Node(Generic[L]):
    """What is asked next, and by the answers' numbers what comes after it. `reads`: the facts that it hangs on, None
    for a truth that is made of others; `known`: what comes after it by what these facts are."""

    asks: Asked | None = None
    next: dict[int, Node[L] | L] = field(default_factory=dict)
    reads: tuple[str, ...] | None = None
    known: dict[Any, Node[L] | L] = field(default_factory=dict)


@dataclass(slots=True)
class Remembered(Generic[L]):
    """The decisions of a program and month. `asked`: everything that any of them asked."""

    first: Node[L] = field(default_factory=Node)
    asked: dict[Asked, None] = field(default_factory=dict)
    count: int = 0

    def __len__(self) -> int:
        return self.count

    def leaf(self, numbers: Mapping[Asked, Sequence[int]], record: int) -> L | None:
        """The decision of a record by the numbers of its answers; None where there is none yet."""
        at: Node[L] | L | None = self.first
        while isinstance(at, Node):
            at = None if at.asks is None else at.next.get(numbers[at.asks][record])
        return at

    def add(self, trail: Mapping[Asked, int], leaf: L) -> L:
        """Remember a decision that asked this and was given these answers."""
        *steps, last = trail.items()
        node = self.first
        for asks, number in steps:
            following = _asking(node, asks).next.setdefault(number, Node[L]())
            assert isinstance(following, Node), "a decision asks no more than another with the same answers"
            node = following
        _asking(node, last[0]).next[last[1]] = leaf
        self.asked.update(dict.fromkeys(trail))
        self.count += 1
        return leaf


def _asking(node: Node[L], asks: Asked) -> Node[L]:
    assert node.asks in (None, asks), "after the same answers the same is asked"
    node.asks, node.reads = asks, None if isinstance(asks, Joined) else asks.reads
    return node
