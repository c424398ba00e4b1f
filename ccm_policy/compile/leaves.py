"""The facts that reasons name, as the reference's traces have them: each made once for a patient-month.

Of what has no explicit nulls a value tells how it is known: it was given, or presumed. What is unknown is named by the
reference, which knows for which other fact a record's field stands; so is everything where somebody vouches for facts.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, Protocol

from ccm_policy.compile.known import NotCompiledError
from ccm_policy.compile.layout import BASE, OF_CLAIM, ROW, UNSEEN
from ccm_policy.compile.program import Compiled
from ccm_policy.compile.records import State
from ccm_policy.compile.results import fact_of
from ccm_policy.evaluate.aggregates import DOUBTFUL
from ccm_policy.evaluate.patient_month import Cell, Facts, Record
from ccm_policy.evaluate.trace import Grounds, Leaf
from ccm_policy.facts.values import NONE, UNKNOWN, Given, GivenList, Value


class Month(Protocol):
    """A patient-month in slots, with what the reference makes of it."""

    code: Compiled
    given: Given
    state: State

    @property
    def facts(self) -> Facts:
        """Facts of the reference."""

    def cell(self, path: str) -> Cell:
        """What is known of a fact."""

    def record(self, name: str, row: list[Any]) -> Record:
        """The reference's record for one in slots."""


class Leaves:
    """Every fact that was told of a patient-month, and what each definition rests on."""

    def __init__(self, month: Month) -> None:
        self.month = month
        self.by_name: dict[str, Leaf] = {}
        self.by_field: dict[tuple[int, str], Leaf] = {}
        self.definitions: dict[str, Told] = {}
        self._first: dict[str, Leaf] = {}
        self._others: dict[Leaf, Leaf] = {}

    def one(self, path: str, value: Value, presumed: bool = False) -> Leaf:
        """The same object for the same fact."""
        return self._same(Leaf(path, value, presumed))

    def _of_cell(self, path: str, cell: Cell) -> Leaf:
        return self._same(Leaf(path, cell.value, cell.presumed, cell.null, cell.attested))

    def _same(self, leaf: Leaf) -> Leaf:
        first = self._first.setdefault(leaf.path, leaf)
        return first if first is leaf or first == leaf else self._others.setdefault(leaf, leaf)

    def fact(self, path: str) -> Leaf:
        """A fact of the month."""
        cell = self.month.facts.fact(path) if self.month.given.attested else self.month.cell(path)
        leaf = self.by_name[path] = self._of_cell(path, cell)
        return leaf

    def field(self, listed: str, row: list[Any], name: str, value: Any) -> Leaf:
        """A field of a record."""
        leaf = self._of_known(listed, row, name, value)
        if leaf is None:
            record = self.month.record(listed, row)
            leaf = self._of_cell(record.path_of(name), self.month.facts.cell(record, name))
        self.by_field[id(row), name] = leaf
        return leaf

    def _of_known(self, listed: str, row: list[Any], name: str, value: Any) -> Leaf | None:
        if row[UNSEEN] or self.month.given.attested:
            return None
        path, cells = self._given(listed, row)
        if name in cells:
            return None if cells[name] is UNKNOWN else self.one(f"{path}.{name}", cells[name])
        declared = self.month.code.layout.lists[listed].declared
        presumed = fact_of(value, declared.fields[name].type.kind)
        return None if presumed is UNKNOWN else self.one(f"{path}.{name}", presumed, True)

    def _given(self, listed: str, row: list[Any]) -> tuple[str, Any]:
        """The name of a record, and what was given of it."""
        vocabulary = self.month.code.program.vocabulary
        union_of = vocabulary.lists[listed].union_of
        if union_of is not None:
            return self._given((vocabulary.claim or "") if row[OF_CLAIM] else union_of, row[BASE])
        given = self.month.given.lists.get(listed)
        if not isinstance(given, GivenList):
            raise NotCompiledError
        return f"{listed}[{row[ROW]}]", given.rows[row[ROW]]

    def imagined(self, listed: str, field: str, target: str, name: str, row: list[Any], value: Any) -> Leaf:
        """A field of the record that stands for a row which is not found."""
        presumed = fact_of(value, self.month.code.layout.lists[target].declared.fields[name].type.kind)
        if presumed is not UNKNOWN and not self.month.given.attested:
            return self.one(f"{self._given(listed, row)[0]}.{target}.{name}", presumed, True)
        record = self.month.facts.imagined(self.month.record(listed, row), field)
        return self._of_cell(record.path_of(name), self.month.facts.cell(record, name))

    def none_of(self, listed: str, presumed: bool) -> Leaf:
        """A list that has no records."""
        by = self.month.facts.list(listed).attested if self.month.given.attested else None
        return self._of_cell(self.path_of(listed), Cell(NONE, presumed, attested=by))

    def path_of(self, listed: str) -> str:
        """A list as it is given."""
        union_of = self.month.code.layout.lists[listed].declared.union_of
        return listed if union_of is None else self.path_of(union_of)


class Told:
    """What compiled code tells into: the facts that decided, and the definitions that were read, in their order."""

    __slots__ = ("_all", "_met", "_state", "leaves", "names")

    def __init__(self, all_: Leaves, state: State) -> None:
        self.leaves: dict[int, Leaf] = {}
        self.names: dict[str, None] = {}
        self._all, self._state = all_, state
        self._met: set[tuple[str, int]] = set()

    @property
    def grounds(self) -> Grounds:
        """All of it."""
        return Grounds(tuple(self.leaves.values()), tuple(self.names))

    def _put(self, leaf: Leaf) -> None:
        self.leaves[id(leaf)] = leaf

    def fact(self, path: str) -> None:
        """A fact of the month."""
        leaf = self._all.by_name.get(path) or self._all.fact(path)
        self.leaves[id(leaf)] = leaf

    def field(self, listed: str, row: list[Any], name: str, value: Any) -> None:
        """A field of a record."""
        leaf = self._all.by_field.get((id(row), name)) or self._all.field(listed, row, name, value)
        self.leaves[id(leaf)] = leaf

    def imagined(self, listed: str, field: str, target: str, name: str, row: list[Any], value: Any) -> None:
        """A field of a row that is not found."""
        self._put(self._all.imagined(listed, field, target, name, row, value))

    def doubtful(self, listed: str, row: list[Any]) -> None:
        """What would tell whether a record belongs to its list."""
        self._put(self._all.one(self._all.month.record(listed, row).path_of(DOUBTFUL), UNKNOWN))

    def named(self, path: str) -> None:
        """Something that is not known."""
        self._put(self._all.one(path, UNKNOWN))

    def unknown_list(self, listed: str) -> None:
        """A list of which nothing is known."""
        self._put(self._all.one(self._all.path_of(listed), UNKNOWN))

    def listed(self, listed: str) -> None:
        """A list that has no records."""
        presumed = self._all.month.code.listed(listed, self._state)[2]
        self._put(self._all.none_of(listed, presumed))

    def definition(self, name: str, tell: Callable[[State, Told], None]) -> None:
        """A definition of the month."""
        told = self._all.definitions.get(name)
        if told is None:
            told = Told(self._all, self._state)
            tell(self._state, told)  # which may raise; what was told halfway is not kept
            self._all.definitions[name] = told
        self.names[name] = None
        self.leaves.update(told.leaves)
        self.names.update(told.names)

    def definition_of(self, name: str, tell: Callable[[State, Told, list[Any]], None], row: list[Any]) -> None:
        """A definition about a record."""
        met = (name, id(row))
        if met not in self._met:
            self._met.add(met)
            self.names[name] = None
            tell(self._state, self, row)
