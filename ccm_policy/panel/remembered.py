"""Decisions that are remembered by the answers to what their stages asked: a tree of questions.

Each node asks what a decision asks next, given the answers before it; a leaf has the rows of the decision. Rows of a
table that give the same answers end at the same leaf, and none of them is decided but the first.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field

from ccm_policy.compile.questions import Joined, Question
from ccm_policy.compile.watching import Open, filled
from ccm_policy.panel.rows import COLUMNS, Row

MOST_REMEMBERED = 20_000
"""Decisions of a program and month that are remembered; then they are forgotten."""
_MISSING = list(COLUMNS).index("missing")

Asked = Question | Joined


@dataclass(slots=True)
class Leaf:
    """The rows of a decision. `open`: the questions that tell which facts are missing in them; by their answers, the
    rows with those facts."""

    rows: tuple[Row, ...]
    open: bool = False
    whole: dict[tuple[tuple[str, ...], ...], tuple[Row, ...]] = field(default_factory=dict)

    def of(self, number: Callable[[Asked], int]) -> tuple[Row, ...]:
        """The rows for a record that gave these answers."""
        if not self.open:
            return self.rows
        missing = tuple(tuple(filled(row[_MISSING], number)) for row in self.rows)
        found = self.whole.get(missing)
        if found is None:
            told = zip(self.rows, missing, strict=True)
            found = tuple((*row[:_MISSING], list(facts), *row[_MISSING + 1 :]) for row, facts in told)
            self.whole[missing] = found
        return found


@dataclass(slots=True)
class Node:
    """What is asked next, and by the answers' numbers what comes after it."""

    asks: Asked | None = None
    next: dict[int, Node | Leaf] = field(default_factory=dict)


@dataclass(slots=True)
class Remembered:
    """The decisions of a program and month."""

    first: Node = field(default_factory=Node)
    count: int = 0

    def add(self, trail: Mapping[Asked, int], rows: tuple[Row, ...]) -> Leaf:
        """Remember the rows of a decision that asked this."""
        leaf = Leaf(rows, any(isinstance(path, Open) for row in rows for path in row[_MISSING]))
        if self.count >= MOST_REMEMBERED:
            self.first, self.count = Node(), 0
        *steps, (last, number) = trail.items()
        node = self._last(steps)
        if node.asks in (None, last):
            node.asks = last
            node.next[number] = leaf
            self.count += 1
        return leaf

    def _last(self, steps: Iterable[tuple[Asked, int]]) -> Node:
        """The node after these steps."""
        node = self.first
        for asks, number in steps:
            assert node.asks in (None, asks), "after the same answers the same is asked"
            node.asks = asks
            following = node.next.setdefault(number, Node())
            assert isinstance(following, Node), "a decision asks no more than another with the same answers"
            node = following
        return node
