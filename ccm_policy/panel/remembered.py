"""Decisions that are remembered by the answers to what their stages asked: a tree of questions.

Each node asks what a decision asks next, given the answers before it; a leaf has the rows of the decision. Records that
give the same answers end at the same leaf, and none of them is decided but the first.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field

from ccm_policy.compile.questions import Asked, Question, Waits
from ccm_policy.compile.watching import Open
from ccm_policy.panel.book import Book
from ccm_policy.panel.rows import COLUMNS, Row

_MISSING = list(COLUMNS).index("missing")


@dataclass(slots=True)
class Leaf:
    """The rows of a decision, of which the facts that are missing may be other ones for others. `open`: what tells
    them; `blocks`: by what it tells, the number of the rows in a book."""

    rows: tuple[Row, ...]
    open: tuple[Question | Waits, ...]
    blocks: dict[tuple[tuple[str, ...], ...], int] = field(default_factory=dict)

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
class Node:
    """What is asked next, and by the answers' numbers what comes after it."""

    asks: Asked | None = None
    next: dict[int, Node | Leaf] = field(default_factory=dict)


@dataclass(slots=True)
class Remembered:
    """The decisions of a program and month. `asked`: everything that any of them asked."""

    first: Node = field(default_factory=Node)
    asked: dict[Asked, None] = field(default_factory=dict)
    count: int = 0

    def __len__(self) -> int:
        return self.count

    def leaf(self, numbers: Mapping[Asked, Sequence[int]], record: int) -> Leaf | None:
        """The decision of a record by the numbers of its answers; None where there is none yet."""
        at: Node | Leaf | None = self.first
        while isinstance(at, Node):
            at = None if at.asks is None else at.next.get(numbers[at.asks][record])
        return at

    def add(self, trail: Mapping[Asked, int], rows: tuple[Row, ...]) -> Leaf:
        """Remember a decision that asked this and was given these answers."""
        open = dict.fromkeys(path.waits for row in rows for path in row[_MISSING] if isinstance(path, Open))
        leaf = Leaf(rows, tuple(open))
        *steps, last = trail.items()
        node = self.first
        for asks, number in steps:
            following = _asking(node, asks).next.setdefault(number, Node())
            assert isinstance(following, Node), "a decision asks no more than another with the same answers"
            node = following
        _asking(node, last[0]).next[last[1]] = leaf
        self.asked.update(dict.fromkeys(trail))
        self.count += 1
        return leaf


def _asking(node: Node, asks: Asked) -> Node:
    assert node.asks in (None, asks), "after the same answers the same is asked"
    node.asks = asks
    return node
