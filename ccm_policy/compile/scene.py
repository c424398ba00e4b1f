"""A patient-month as the stages of a decision see it when compiled code works it out.

Values come from the slots. Whatever is asked with its trace (a reason that somebody reads, facts that are missing) the
reference makes for that rule and record alone, on facts that are presumed as they are read.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from datetime import date
from typing import Any

from ccm_policy.compile.known import NotCompiledError
from ccm_policy.compile.layout import NULLS, OWNER
from ccm_policy.compile.leaves import Leaves, Told
from ccm_policy.compile.program import Compiled
from ccm_policy.compile.records import State, state_of
from ccm_policy.compile.results import TRUTHS, fact_of, result_of
from ccm_policy.compile.shared import Share, shares
from ccm_policy.compile.writer import NotWrittenError
from ccm_policy.evaluate.aggregates import DECIDES
from ccm_policy.evaluate.calendar import month_bounds
from ccm_policy.evaluate.interpret import READERS, scene_of
from ccm_policy.evaluate.later import made_once
from ccm_policy.evaluate.patient_month import Cell, Facts, Listed, Record, given_cell
from ccm_policy.evaluate.presume import presumed_when_read
from ccm_policy.evaluate.ranges import Result, as_truth
from ccm_policy.evaluate.rules import Judged, judge
from ccm_policy.evaluate.scene import Asked, Bound, Scene
from ccm_policy.evaluate.trace import Grounds, Trace, waits_for_null
from ccm_policy.facts.values import NONE, UNKNOWN, Given
from ccm_policy.language import tree as t
from ccm_policy.language.truth import Truth


class Slots:
    """A patient-month in slots, and what the reference makes of it when it is asked."""

    def __init__(self, code: Compiled, given: Given, state: State) -> None:
        self.code, self.given, self.state = code, given, state
        state[OWNER] = self
        self.standing: dict[str, Judged] = {}
        self._judged: dict[int, Judged] = {}
        self._rows: dict[int, tuple[Record, list[Any]]] = {}
        self.refilled = False
        self._places: dict[str, dict[int, int]] = {}
        self._shares: dict[int, tuple[Share, ...]] = {}
        self._grounds: dict[tuple[int, ...], Grounds] = {}

    @made_once
    def facts(self) -> Facts:
        """Facts of the reference, presumed as they are read."""
        return presumed_when_read(self.given, self.code.program)

    @made_once
    def reference(self) -> Scene:
        """Where traces are made."""
        return scene_of(self.code.program, self.facts, self.given.service_month)

    def cell(self, path: str) -> Cell:
        """What is known of a fact."""
        return self.read.fact(path)

    @made_once
    def read(self) -> SlotFacts:
        """Facts out of the slots."""
        return SlotFacts(self)

    @made_once
    def leaves(self) -> Leaves:
        """The facts that reasons name."""
        return Leaves(self)

    def told(self, tellers: Iterable[Callable[..., None]], *row: list[Any]) -> Grounds | None:
        """What something rests on; None where compiled code cannot tell."""
        if self.state[NULLS] or self.refilled:
            return None
        told = Told(self.leaves, self.state)
        try:
            for tell in tellers:
                tell(self.state, told, *row)
        except (NotCompiledError, NotWrittenError):
            return None
        return told.grounds

    def grounds(self, nodes: Sequence[t.Node]) -> Grounds | None:
        """What values of the month rest on, told once for all services that earn their units alike; None where compiled
        code cannot tell."""
        key = tuple(map(id, nodes))
        known = self._grounds.get(key)
        if known is None:
            known = self.told(self.code.teller(node) for node in nodes)
            if known is not None:
                self._grounds[key] = known  # the tellers keep the nodes, and so their addresses
        return known

    def judged(self, rule: t.Rule) -> Judged:
        """A rule with its trace."""
        key = id(rule)
        if key not in self._judged:
            self._judged[key] = judge(rule, self.reference)
        return self._judged[key]

    def with_lines(self, facts: Facts) -> Slots | None:
        """The same month with other lines of the claim; None where that is not all that changes."""
        program, name = self.code.program, self.code.program.vocabulary.claim or ""
        before, after = self.facts.list(name).records, facts.list(name).records
        made = Slots(self.code, self.given, self._without_claim())
        vars(made)["facts"], made.refilled = facts, True
        for row, one, other in zip(self.code.rows(name, made.state), before, after, strict=False):
            if one is not other:
                code = other.cells["code"].value
                if code != one.cells["code"].value or (code not in program.services and code not in program.lives):
                    return None
                self.code.refill(name, row, {field: cell.value for field, cell in other.cells.items()}, made.state)
        return made if len(before) == len(after) else None

    def _without_claim(self) -> State:
        """The slots once more, with nothing that hangs on lines of the claim."""
        slots = self.code.of_claim
        if slots is None:
            return state_of(self.given, self.code.layout)
        state, template = self.state.copy(), self.code.layout.template
        for slot in slots:
            state[slot] = template[slot]
        return state

    def record(self, name: str, row: list[Any]) -> Record:
        """The reference's record for one in slots."""
        if name not in self._places:
            rows = self.code.rows(name, self.state)
            self._places[name] = {id(one): place for place, one in enumerate(rows)}
        place = self._places[name].get(id(row))
        if place is None:
            raise NotCompiledError  # an imagined one, or one of a union while its fields are made
        return self.facts.list(name).all[place]

    def waits_for_null(self, node: t.Node, bound: tuple[tuple[str, list[Any]], ...]) -> bool:
        """Whether a node is open because of an explicit null."""
        records = tuple(self.record(name, row) for name, row in bound)
        return waits_for_null(self.reference.evaluate(node, records))

    def is_null(self, name: str, row: list[Any], field: str) -> bool:
        """Whether a field of a record is an explicit null."""
        return self.facts.cell(self.record(name, row), field).null

    def has(self, record: Record) -> bool:
        """Whether a record is one of its list, and none that is only thought of."""
        return any(one is record for one in self.facts.list(record.list).records)

    def shares(self, node: t.Sum) -> tuple[Share, ...]:
        """What the records of a sum add, a minute of the clock once."""
        key = id(node)
        if key not in self._shares:
            name = node.records.list
            checks = [c for c in self.code.overlap_checks if c.list == name and c.severity == DECIDES]
            self._shares[key] = shares(self, node, checks, CompiledScene(self))
        return self._shares[key]

    def row(self, record: Record) -> list[Any]:
        """A record in slots."""
        found = self._rows.get(id(record))
        if found is None:
            rows = self.code.rows(record.list, self.state)
            self._rows |= {
                id(one): (one, row) for one, row in zip(self.facts.list(record.list).all, rows, strict=False)
            }
            found = self._rows.get(id(record))
        if found is None:
            cells = {name: cell.value for name, cell in record.cells.items()}
            found = self._rows[id(record)] = (record, self.code.row_of(record.list, cells, self.state))
        return found[1]


class SlotFacts:
    """Facts out of the slots; records are the reference's."""

    def __init__(self, slots: Slots) -> None:
        self._slots = slots
        self._read: dict[str, Cell] = {}

    def fact(self, path: str) -> Cell:
        """What is known of a fact."""
        cell = self._read.get(path)
        if cell is None:
            cell = self._read[path] = self._cell(path)
        return cell

    def _cell(self, path: str) -> Cell:
        slots = self._slots
        declared = slots.code.program.vocabulary.facts.get(path)
        if declared is None:
            return slots.facts.fact(path)
        if path in slots.given.facts:
            value = slots.given.facts[path]
            return given_cell(value, slots.given.attested.get(path))
        try:
            value = fact_of(slots.code.fact(path, slots.state), declared.type.kind)
        except NotCompiledError:
            return slots.facts.fact(path)
        if (value is UNKNOWN and slots.state[4]) or path in ("patient_id", "service_month", "practitioner.id"):
            return slots.facts.fact(path)
        return Cell(value, presumed=value is not UNKNOWN)

    def list(self, name: str) -> Listed:
        """The reference's; one that was not given and is presumed to have nothing is the same for all."""
        slots = self._slots
        if name not in slots.given.lists and not slots.code.layout.lists[name].declared.union_of:
            nothing = slots.code.not_given(name)
            if nothing.presumed:
                return nothing
        return slots.facts.list(name)

    def cell(self, record: Record, field: str) -> Cell:
        """The reference's."""
        return self._slots.facts.cell(record, field)

    def imagined(self, record: Record, field: str) -> Record:
        """The reference's."""
        return self._slots.facts.imagined(record, field)


class CompiledScene(Scene):
    """A scene whose values compiled code works out, and whose traces the reference makes."""

    __slots__ = ("_facts", "slots")
    slots: Slots
    _facts: SlotFacts

    def __init__(self, slots: Slots) -> None:
        program, month = slots.code.program, slots.given.service_month
        set_ = object.__setattr__
        set_(self, "slots", slots)
        set_(self, "_facts", slots.read)
        set_(self, "readers", READERS)
        set_(self, "month", month)
        set_(self, "vocabulary", program.vocabulary)
        set_(self, "definitions", program.definitions)
        set_(self, "tables", program.tables)
        set_(self, "on", month_bounds(month)[1])
        set_(self, "overlap_checks", slots.code.overlap_checks)

    @property
    def facts(self) -> Facts:
        """Facts out of the slots."""
        return self._facts

    @property
    def shared(self) -> dict[tuple[str, int], Trace]:
        """What the reference read already."""
        return self.slots.reference.shared if "reference" in vars(self.slots) else {}

    def marked(self, mark: str) -> Cell:
        """Out of the slots."""
        path = self.vocabulary.marks.get(mark)
        return Cell(NONE) if path is None else self._facts.fact(path)

    def value(self, node: Asked, bound: Bound = ()) -> Result:
        """By compiled code; by the reference where that cannot tell."""
        try:
            found = self._found(node, bound)
        except NotCompiledError:
            return self.slots.reference.value(node, bound)
        return TRUTHS[found] if isinstance(node, t.Records) else result_of(found, node.type.kind)

    def truth(self, node: Asked, bound: Bound = ()) -> Truth:
        """By compiled code; by the reference where that cannot tell."""
        try:
            found = self._found(node, bound)
        except NotCompiledError:
            return self.slots.reference.truth(node, bound)
        if isinstance(node, t.Records) or found.__class__ is int:
            return TRUTHS[int(found)]
        return as_truth(result_of(found, node.type.kind))

    def _found(self, node: Asked, bound: Bound) -> Any:
        slots = self.slots
        if isinstance(node, t.Records):
            return slots.code.match(node, slots.row(bound[0]), slots.state)
        if bound:
            return slots.code.function(node, bound[0].list)(slots.state, slots.row(bound[0]))
        return slots.code.function(node)(slots.state)

    def evaluate(self, node: Asked, bound: Bound = ()) -> Trace:
        """By the reference."""
        return self.slots.reference.evaluate(node, bound)

    def grounds(self, nodes: Sequence[t.Node], bound: Bound = ()) -> Grounds:
        """By compiled code; by the reference where that cannot tell."""
        slots, found = self.slots, None
        if not bound:
            found = slots.grounds(nodes)
        elif slots.has(bound[0]):
            name = bound[0].list
            found = slots.told((slots.code.teller(node, name) for node in nodes), slots.row(bound[0]))
        return slots.reference.grounds(nodes, bound) if found is None else found

    def defined(self, name: str, record: Record | None = None) -> Trace:
        """By the reference."""
        return self.slots.reference.defined(name, record)

    def on_day(self, day: date) -> Scene:
        """The reference's."""
        return self.slots.reference.on_day(day)

    def apart(self) -> Scene:
        """Nothing that compiled code reads of a record is kept beyond it."""
        return self

    def of_other_facts(self, facts: Facts, shared: Mapping[tuple[str, int], Trace]) -> Scene:
        """Another claim in slots of its own; by the reference where a line of it stands among the services."""
        slots = self.slots.with_lines(facts)
        return self.slots.reference.of_other_facts(facts, shared) if slots is None else CompiledScene(slots)
