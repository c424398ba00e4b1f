"""What an expression is evaluated in: the policies, the facts, the month, and the records that are bound."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import date
from typing import Any

from ccm_policy.evaluate.calendar import month_bounds
from ccm_policy.evaluate.patient_month import Cell, Facts, Record
from ccm_policy.evaluate.ranges import Result, as_truth
from ccm_policy.evaluate.trace import Grounds, Trace, grounds_of
from ccm_policy.facts.values import NONE
from ccm_policy.language.tree import Definition, Node, OverlapCheck, Records, Table, Vocabulary
from ccm_policy.language.truth import Truth

Bound = tuple[Record, ...]
"""The records that are bound, the nearest first."""

Reader = Callable[[Any, "Scene", Bound], Trace]
"""How one kind of node is evaluated."""


Asked = Node | Records
"""What has a value: an expression, or a choice of records, of which the nearest bound record is one or is not."""


@dataclass(frozen=True, kw_only=True)
class Scene:
    """Everything an expression may read.

    `on`: the date of service that tables are read by. A definition is evaluated once for the month, or once for a
    record, and its trace is shared by all who read it.

    The stages of a decision ask for values (`value`, `truth`, `marked`); for what they rest on (`grounds`) and for a
    trace (`evaluate`, `defined`, `shared`) only what somebody reads asks, later. A scene that is faster at values
    overrides the first ones, and makes the others when they are asked for.
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

    def value(self, node: Asked, bound: Bound = ()) -> Result:
        """The value of an expression."""
        return self.evaluate(node, bound).value

    def truth(self, node: Asked, bound: Bound = ()) -> Truth:
        """The value of a condition."""
        return as_truth(self.value(node, bound))

    def evaluate(self, node: Asked, bound: Bound = ()) -> Trace:
        """The value of an expression with its trace."""
        return self.readers[type(node)](node, self, bound)

    def grounds(self, nodes: Sequence[Node], bound: Bound = ()) -> Grounds:
        """What the values of expressions rest on."""
        return grounds_of(*(self.evaluate(node, bound) for node in nodes))

    def defined(self, name: str, record: Record | None = None) -> Trace:
        """The value of a definition, of the month or of a record."""
        key = (name, id(record))
        if key not in self.shared:
            bound = () if record is None else (record,)
            self.shared[key] = self.evaluate(self.definitions[name].value, bound)
        return self.shared[key]

    def on_day(self, day: date) -> Scene:
        """The same with tables read by another date of service."""
        return replace(self, on=day, shared={})

    def apart(self) -> Scene:
        """The same, where what is read from now on is not kept: for a record that does not last."""
        return replace(self, shared=dict(self.shared))

    def of_other_facts(self, facts: Facts, shared: Mapping[tuple[str, int], Trace]) -> Scene:
        """The same month with other facts. `shared`: definitions that come to the same."""
        return replace(self, facts=facts, shared=dict(shared))
