"""A table whose columns are facts of one value each, read column by column: every value that there is once, whatever
the number of rows that have it.

What only a whole record shows is looked at where it may be: rows with something in them that may be refused, or that
are there twice, are told apart (`careful`), to be read one by one.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from ccm_policy.compile.questions import Plain, Values, as_given, plain
from ccm_policy.facts.arrow_rows import values_of
from ccm_policy.facts.contradictions import contradictions
from ccm_policy.facts.plan import MONTH, NEEDED, PATIENT, Leaf, Plan
from ccm_policy.facts.read_parquet import present
from ccm_policy.facts.scalars import Bad
from ccm_policy.facts.values import Special, Value


@dataclass(frozen=True, slots=True)
class Column:
    """The values of a fact, and for each row the place of its own among them, as Arrow has numbers."""

    values: Sequence[Plain]
    places: Any

    def of(self, rows: Any) -> Column:
        """Of some of the rows, by their numbers."""
        return Column(self.values, self.places.take(rows))


@dataclass(frozen=True, slots=True)
class Columns:
    """The columns of a table by the facts that they are; of its `size` rows those that are to be read one by one."""

    by_fact: Mapping[str, Column]
    size: int
    careful: frozenset[int]

    def together(self, facts: Iterable[str]) -> tuple[Sequence[Values], Any]:
        """The values that some facts have together, and for each row the place of its own among them."""
        return together([self.by_fact.get(path) for path in facts], self.size)

    def part(self, first: int, most: int) -> Columns:
        """So many rows from one on."""
        by_fact = {path: Column(c.values, c.places.slice(first, most)) for path, c in self.by_fact.items()}
        size = min(most, self.size - first)
        return Columns(by_fact, size, frozenset(row - first for row in self.careful if first <= row < first + size))

    def of(self, rows: Any) -> Columns:
        """Some of the rows, by their numbers, none of which needs care."""
        if len(rows) == self.size:
            return self
        return Columns({path: column.of(rows) for path, column in self.by_fact.items()}, len(rows), frozenset())

    def values(self, facts: Iterable[str], rows: Any) -> Sequence[Values]:
        """What some facts are in a few rows."""
        return values([self.by_fact.get(path) for path in facts], rows)

    def row(self, number: int) -> dict[str, Value]:
        """The facts of a row."""
        found = ((path, column.values[column.places[number].as_py()]) for path, column in self.by_fact.items())
        return {path: as_given(value) for path, value in found if value is not None}


def together(columns: Sequence[Column | None], size: int) -> tuple[Sequence[Values], Any]:
    """The values that columns have together, each combination once, and for each row its place among them. A column
    that is not there has no value."""
    there = [column for column in columns if column is not None]
    if len(there) == 1 == len(columns):
        return [(value,) for value in there[0].values], there[0].places
    places, firsts = alike([column.places for column in there], [len(column.values) for column in there], size)
    return values(columns, firsts), places


def values(columns: Sequence[Column | None], rows: Any) -> Sequence[Values]:
    """What columns have in a few rows."""
    nothing = [None] * len(rows)
    told = [nothing if c is None else [c.values[n] for n in c.places.take(rows).to_pylist()] for c in columns]
    return list(zip(*told, strict=True)) if told else [()] * len(rows)


def alike(numbers: Sequence[Any], widths: Sequence[int], size: int) -> tuple[Any, Any]:
    """For each row the number of those that have the same numbers in all columns, and the first row of each number.
    `widths`: one more than the largest number that a column may have."""
    import pyarrow as pa
    from pyarrow import compute

    key, span = pa.nulls(size, pa.int64()).fill_null(0), 1
    for column, width in zip(numbers, widths, strict=True):
        if span * width > _LARGEST:
            key = key.dictionary_encode().indices.cast(pa.int64())
            span = size
        if width > 1:
            key, span = compute.add(compute.multiply(key, width), column), span * width
    encoded = key.dictionary_encode()
    every = pa.array(range(len(encoded.dictionary)), encoded.indices.type)
    return encoded.indices, compute.index_in(every, value_set=encoded.indices)


_LARGEST = 2**62
"""What a whole number of Arrow holds."""


def columns_of(table: Any, plan: Plan) -> Columns | None:
    """The columns of a table; None where one of them is no fact of one value, or two are the same."""
    leaves = [plan.root.leaf(name) for name in table.column_names]
    paths = [leaf.path for leaf in leaves if leaf is not None]
    if len(set(paths)) < len(leaves) or not {PATIENT, MONTH} <= set(paths) or not all(map(_plain, table.schema.types)):
        return None
    careful: set[int] = set()
    by_fact: dict[str, Column] = {}
    for leaf, column in zip(leaves, table.columns, strict=True):
        assert leaf is not None, "each column has a path of its own"
        raws, places = _encoded(column)
        values, faulty = _read(leaf, raws)
        careful.update(_where(faulty, places))
        by_fact[leaf.path] = Column(values, places)
    found = Columns(by_fact, len(table), frozenset())
    for path in NEEDED:
        combined, places = found.together([path])
        careful.update(_where({n for n, (value,) in enumerate(combined) if _is_missing(value)}, places))
    careful.update(_outside(found, plan), _twice(found))
    return Columns(by_fact, len(table), frozenset(careful))


def _plain(type: Any) -> bool:
    """Whether a column of Arrow holds one value in each cell."""
    from pyarrow import types

    kinds = ("null", "boolean", "integer", "floating", "decimal", "string", "large_string", "temporal")
    inner = type.value_type if types.is_dictionary(type) else type
    return any(getattr(types, f"is_{kind}")(inner) for kind in kinds)


def _encoded(column: Any) -> tuple[list[Any], Any]:
    """What stands in a column, each thing once, and their places; None comes last."""
    import pyarrow as pa
    from pyarrow import compute, types

    if types.is_null(column.type):
        return [None], pa.nulls(len(column), pa.int32()).fill_null(0)
    if types.is_dictionary(column.type):
        column = column.cast(column.type.value_type)
    encoded = pa.concat_arrays(column.chunks or [pa.array([], column.type)]).dictionary_encode()
    raws = values_of(encoded.dictionary)
    return [*raws, None], compute.fill_null(encoded.indices, len(raws))


def _read(leaf: Leaf, raws: Iterable[Any]) -> tuple[list[Plain], set[int]]:
    """The values that they are, as in a file of whole records, and the places of those that are none."""
    values, faulty = list[Plain](), set[int]()
    for raw in raws:
        there = raw.strip() if raw.__class__ is str else present(raw)
        value = None if there is None or there == "" else leaf.parse(there)
        if isinstance(value, Bad):
            faulty.add(len(values))
        values.append(None if value is None or isinstance(value, Bad) else plain(value))
    return values, faulty


def _where(among: set[int], places: Any) -> Iterator[int]:
    """The rows whose place is one of these."""
    return (row for row, place in enumerate(places.to_pylist()) if place in among) if among else iter(())


def _is_missing(value: Plain) -> bool:
    return value is None or isinstance(value, Special)


def _outside(columns: Columns, plan: Plan) -> Iterator[int]:
    """Rows with a fact that contradicts their month."""
    for path in plan.in_month:
        if path in columns.by_fact:
            combined, places = columns.together([path, MONTH])
            pairs = (tuple(zip((path, MONTH), values, strict=True)) for values in combined)
            given = ({name: as_given(value) for name, value in pair if value is not None} for pair in pairs)
            wrong = {n for n, facts in enumerate(given) if len(facts) == 2 and any(contradictions(facts, {}, plan))}
            yield from _where(wrong, places)


def _twice(columns: Columns) -> Iterator[int]:
    """Rows of a patient and month that other rows are of too."""
    combined, places = columns.together([PATIENT, MONTH])
    if len(set(combined)) == columns.size:
        return
    keys = [combined[place] for place in places.to_pylist()]
    times = Counter(keys)
    yield from (row for row, key in enumerate(keys) if times[key] > 1)
