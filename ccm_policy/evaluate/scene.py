"""What an expression is evaluated in: the policies, the facts, the month, and the records that are bound."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import date
from typing import Any

from ccm_policy.evaluate.calendar import month_bounds
from ccm_policy.evaluate.patient_month import Cell, Facts, Record
from ccm_policy.evaluate.trace import Trace
from ccm_policy.facts.values import NONE
from ccm_policy.language.tree import Definition, Node, OverlapCheck, Table, Vocabulary

Bound = tuple[Record, ...]
"""The records that are bound, the nearest first."""

Reader = Callable[[Any, "Scene", Bound], Trace]
"""How one kind of node is evaluated."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Scene:
    """Everything an expression may read.

    `on`: the date of service that tables are read by. A definition is evaluated once for the month, or once for a
    record, and its trace is shared by all who read it.
    """

    readers: Mapping[type, Reader]
    month: str
    facts: Facts
    vocabulary: Vocabulary
    definitions: Mapping[str, Definition]
    tables: Mapping[str, Table]
    on: date
    shared: dict[tuple[str, int], Trace] = field(default_factory=dict)
    overlap_checks: tuple[OverlapCheck, ...] = ()

    @property
    def first_day(self) -> date:
        """The first day of the month."""
        return month_bounds(self.month)[0]

    @property
    def last_day(self) -> date:
        """The last day of the month."""
        return month_bounds(self.month)[1]

    def marked(self, mark: str) -> Cell:
        """The fact that carries a mark; none where no fact does."""
        path = self.vocabulary.marks.get(mark)
        return Cell(NONE) if path is None else self.facts.fact(path)

    def evaluate(self, node: Node, bound: Bound = ()) -> Trace:
        """The value of an expression with its trace."""
        return self.readers[type(node)](node, self, bound)

    def defined(self, name: str, record: Record | None = None) -> Trace:
        """The value of a definition, of the month or of a record."""
        key = (name, id(record))
        if key not in self.shared:
            bound = () if record is None else (record,)
            self.shared[key] = self.evaluate(self.definitions[name].value, bound)
        return self.shared[key]
