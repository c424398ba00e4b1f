"""What to try: the values on each side of every limit that a changed statement reads, and records that it speaks of.

All of it is read from the trees: the numbers beside which a quantity is held, the values that a fact is asked for, the
days about a month and its look-backs.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, timedelta
from decimal import Decimal
from itertools import islice
from typing import Any

from ccm_policy.evaluate.calendar import month_bounds, shifted
from ccm_policy.facts.plan import MONTH
from ccm_policy.language import tree as t
from ccm_policy.language.walk import within
from ccm_policy.review.departures import LEFT_OUT, Raw, lives_in

MOST_VALUES, MOST_ROWS, MOST_WAYS = 14, 12, 6
YES, NO = "yes", "no"


@dataclass(slots=True)
class Edges:
    """Values to try for facts by path and for fields by list and name, and records to try by list."""

    program: t.Program
    month: str
    facts: dict[str, dict[Any, None]] = field(default_factory=dict)
    cells: dict[tuple[str, str], dict[Any, None]] = field(default_factory=dict)
    rows: dict[str, list[dict[str, Any]]] = field(default_factory=dict)
    numbers: dict[str | None, dict[Decimal, None]] = field(default_factory=dict)

    def read(self, nodes: Sequence[t.Node]) -> None:
        """Take the values from these nodes."""
        for node in nodes:
            self._constants(node)
        for node in nodes:
            self._values(node)
            records = getattr(node, "records", None)
            if isinstance(records, t.Records):
                self._rows_of(records, node.value if isinstance(node, t.Sum) else None)

    def declared(self, declared: t.FactDecl | t.ListDecl) -> None:
        """Take the values that a fact or the fields of a list may have, and those of what stands for a list where none
        of its records is found."""
        if isinstance(declared, t.FactDecl):
            self._put(t.Fact(declared.path, declared.type), self._by_type(declared.type))
            return
        for name, each in declared.fields.items():
            self._put(t.Field(0, declared.name, name, each.type), self._by_type(each.type))
        for listed in self.program.vocabulary.lists.values():
            for each in listed.fields.values():
                for _, mine in each.fallback if each.looks_up == declared.name else ():
                    type_ = listed.fields[mine].type
                    self._put(t.Field(0, listed.name, mine, type_), self._by_type(type_))

    def counted(self, earning: t.Earning) -> None:
        """Take the numbers at which units are earned."""
        step, beyond = (_constant(n) if n is not None else None for n in (earning.step, earning.beyond))
        if step is not None:
            known = self.numbers.setdefault(step.type.unit, {})
            base = Decimal(0) if beyond is None else Decimal(str(beyond.value))
            for n in range((earning.at_most or 2) + 2):
                known[base + n * Decimal(str(step.value))] = None

    def _constants(self, node: t.Node) -> None:
        if isinstance(node, t.Const) and isinstance(node.value, Decimal):
            self.numbers.setdefault(node.type.unit, {})[node.value] = None
        if isinstance(node, t.AtLeast):
            self.numbers.setdefault(None, {})[Decimal(node.number)] = None

    def _values(self, node: t.Node) -> None:
        match node:
            case t.Equal(left, t.Const(value)) | t.Equal(t.Const(value), left) if isinstance(value, str):
                self._put(left, [value])
            case t.In(operand, values):
                values = self.living(values)
                self._put(operand, [values[0], values[-1]] if values else [])
            case t.IncludesAtLeast(operand, _, values):
                self._put(operand, [list(values), list(values[1:]) or "none"] if values else [])
            case t.Fact() | t.Field() | t.LookedUp():
                self._put(node, self._by_type(node.type))

    def living(self, values: Sequence[str]) -> tuple[str, ...]:
        """Of these codes or words those that are not known to be no service in the month; all, where none is."""
        lives = self.program.lives
        return tuple(each for each in values if lives_in(each, lives, self.month)) or tuple(values)

    def _put(self, node: t.Node, values: Iterable[Any]) -> None:
        match node:
            case t.Fact(path):
                known = self.facts.setdefault(path, {LEFT_OUT: None})
            case t.Field(_, listed, name):
                known = self.cells.setdefault((self.own(listed), name), {LEFT_OUT: None})
            case t.LookedUp(list=listed, field=name, target_field=wanted):
                fallback = self.program.vocabulary.lists[listed].fields[name].fallback
                here = next((mine for theirs, mine in fallback if theirs == wanted), None)
                if here is None:
                    return
                known = self.cells.setdefault((self.own(listed), here), {LEFT_OUT: None})
            case _:
                return
        for value in islice(values, MOST_VALUES):
            known[tuple(value) if isinstance(value, list) else value] = None

    def own(self, listed: str) -> str:
        """The list as it is given: of one that joins another with lines of the claim, that other."""
        declared = self.program.vocabulary.lists.get(listed)
        return listed if declared is None else declared.union_of or listed

    def _by_type(self, type_: t.Type) -> Iterator[Any]:
        match type_.kind:
            case "yes/no":
                yield from (YES, NO)
            case "value":
                yield from type_.values
            case "set":
                yield from (list(type_.values), *([value] for value in type_.values))
            case "number":
                for value in self.numbers.get(type_.unit, ()):
                    for near in (value - 1, value, value + 1):
                        if (type_.low is None or near >= type_.low) and (type_.high is None or near <= type_.high):
                            yield str(near)
            case "date":
                yield from (day.isoformat() for day in self.days(type_))

    def days(self, type_: t.Type) -> Iterator[date]:
        """The first and last day of the month and, unless a day has to lie in it, those beside them and a year back."""
        first, last = month_bounds(self.month)
        yield from (last, first, first + timedelta(14))
        if not type_.in_month:
            yield from (first - timedelta(1), last + timedelta(1))
            year = shifted(first, -1, "year")
            yield from (year, year - timedelta(1), shifted(last, -1, "year"), shifted(last, -1, "year") - timedelta(1))

    def _rows_of(self, records: t.Records, summed: t.Node | None) -> None:
        name = self.own(records.list)
        rows = self.rows.setdefault(name, [])
        ways = list(islice(_ways(records.where, self), MOST_ROWS)) if records.where is not None else [{}]
        if isinstance(summed, t.Field):
            amounts = [str(number) for number in self.numbers.get(summed.type.unit, ())]
            ways = [{**way, summed.field: amount} for way in ways[:MOST_WAYS] for amount in amounts] or ways
        for way in ways:
            row = {**self._dated(name), **{n: list(v) if isinstance(v, tuple) else v for n, v in way.items()}}
            if row not in rows and row:
                rows.append(row)

    def _dated(self, name: str) -> dict[str, Any]:
        declared = self.program.vocabulary.lists[name]
        first, last = month_bounds(self.month)
        if declared.date_field:
            return {declared.date_field: last.isoformat()}
        ends = {declared.first_field: first, declared.last_field: last}
        return {end: day.isoformat() for end, day in ends.items() if end}


def _constant(node: t.Node) -> t.Const | None:
    return next((part for part in within(node) if isinstance(part, t.Const) and part.type.kind == "number"), None)


Row = Mapping[str, Any]


def _ways(node: t.Node, edges: Edges, yes: bool = True) -> Iterator[Row]:
    """Fields of a record by which a condition on it comes out so, as far as its own fields can say it."""
    match node:
        case t.Not(operand):
            yield from _ways(operand, edges, not yes)
        case t.And(operands) | t.Or(operands):
            if isinstance(node, t.And) is yes:
                yield from _all(operands, edges, yes)
            else:
                yield from (way for each in operands for way in islice(_ways(each, edges, yes), MOST_WAYS))
        case t.DefinedOf(name):
            yield from _ways(edges.program.definitions[name].value, edges, yes)
        case t.Field(0, _, name, type_) if type_.kind == "yes/no":
            yield {name: YES if yes else NO}
        case t.Equal(t.Field(0, _, name), other) | t.Equal(other, t.Field(0, _, name)):
            yield from ({name: value} for value in _equal(other, edges, yes))
        case t.In(t.Field(0, _, name), values):
            values = edges.living(values)
            yield from ({name: value} for value in (values[:1] + values[-1:] if yes else ()))
        case t.In(t.LookedUp(depth=0, list=listed, field=name, target_field=wanted), values) if yes:
            fallback = edges.program.vocabulary.lists[listed].fields[name].fallback
            yield from ({mine: value} for theirs, mine in fallback if theirs == wanted for value in values[:2])
        case t.IncludesAtLeast(t.Field(0, _, name), number, values) if yes:
            yield {name: tuple(values[:number])}
        case _:
            yield {}


def _all(operands: Sequence[t.Node], edges: Edges, yes: bool) -> Iterator[Row]:
    ways: list[dict[str, Any]] = [{}]
    for operand in operands:
        more = list(islice(_ways(operand, edges, yes), MOST_WAYS)) or [{}]
        ways = [{**way, **each} for way in ways for each in more][: MOST_ROWS * 2]
    yield from ways


OF_THE_CHART = "of the chart"


def _equal(other: t.Node, edges: Edges, yes: bool) -> Iterator[Any]:
    if isinstance(other, t.Const) and isinstance(other.value, str | date):
        if yes:
            yield other.value if isinstance(other.value, str) else other.value.isoformat()
        else:
            yield from (value for value in other.type.values[:3] if value != other.value)
    elif isinstance(other, t.Fact) and yes:
        yield (OF_THE_CHART, other.path)


def filled(row: Row, raw: Raw) -> dict[str, Any]:
    """A record in which what equals a fact has that fact's value."""
    found = {}
    for name, value in row.items():
        if isinstance(value, list) and value[:1] == [OF_THE_CHART]:
            if value[1] in raw:
                found[name] = raw[value[1]]
        else:
            found[name] = value
    return found


def edits(edges: Edges, raw: Raw) -> Iterator[dict[str, Any]]:
    """The record with one thing changed, in every way that is tried."""
    for path, values in edges.facts.items():
        for value in values:
            if path != MONTH and raw.get(path, LEFT_OUT) != value:
                yield _given(raw, path, value)
    for name in dict.fromkeys((*edges.rows, *(listed for listed, _ in edges.cells))):
        rows = list(raw.get(name) or ())
        for made in edges.rows.get(name, ()):
            yield _given(raw, name, [*rows, filled(made, raw)])
            if rows:
                yield _given(raw, name, [filled(made, raw)])
        if rows:
            yield _given(raw, name, [])
            yield from (_given(raw, name, rows[:n] + rows[n + 1 :]) for n in range(len(rows)))
        yield _given(raw, name, LEFT_OUT)
        for (listed, cell), values in edges.cells.items():
            if listed == name:
                for n, row in enumerate(rows):
                    for value in values:
                        if row.get(cell, LEFT_OUT) != value:
                            yield _given(raw, name, [*rows[:n], _given(row, cell, value), *rows[n + 1 :]])


def _given(raw: Raw, path: str, value: Any) -> dict[str, Any]:
    if value is LEFT_OUT:
        return {name: held for name, held in raw.items() if name != path}
    return {**raw, path: list(value) if isinstance(value, tuple) else value}
