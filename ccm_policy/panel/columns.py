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

from ccm_policy.facts.contradictions import contradictions
from ccm_policy.facts.plan import MONTH, PATIENT, Group, Leaf, Plan
from ccm_policy.facts.read_parquet import present
from ccm_policy.facts.scalars import Bad
from ccm_policy.facts.values import Special, Value

Values = tuple[Value | None, ...]
"""A value of each of some columns; None: nothing is given."""


@dataclass(frozen=True, slots=True)
class Column:
    """The values of a fact, and for each row the place of its own among them, as Arrow has numbers."""

    values: Sequence[Value | None]
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

    def of(self, rows: Any) -> Columns:
        """Some of the rows, by their numbers, none of which needs care."""
        return Columns({path: column.of(rows) for path, column in self.by_fact.items()}, len(rows), frozenset())

    def part(self, first: int, most: int) -> Columns:
        """So many rows from one on."""
        by_fact = {path: Column(c.values, c.places.slice(first, most)) for path, c in self.by_fact.items()}
        size = min(most, self.size - first)
        return Columns(by_fact, size, frozenset(row - first for row in self.careful if first <= row < first + size))

    def row(self, number: int) -> dict[str, Value]:
        """The facts of a row."""
        found = ((path, column.values[column.places[number].as_py()]) for path, column in self.by_fact.items())
        return {path: value for path, value in found if value is not None}


def together(columns: Sequence[Column | None], size: int) -> tuple[Sequence[Values], Any]:
    """The values that columns have together, each combination once, and for each row its place among them. A column
    that is not there has no value."""
    import pyarrow as pa
    from pyarrow import compute

    combined: Sequence[Values] = [()]
    places: Any = None
    for column in columns:
        if column is None:
            combined = [(*values, None) for values in combined]
        elif places is None:
            combined, places = [(*combined[0], value) for value in column.values], column.places
        else:
            width = len(column.values)
            both = compute.add(compute.multiply(places.cast(pa.int64()), width), column.places).dictionary_encode()
            found = both.dictionary.to_pylist()
            combined = [(*combined[one // width], column.values[one % width]) for one in found]
            places = both.indices
    return combined, pa.nulls(size, pa.int32()).fill_null(0) if places is None else places


def columns_of(table: Any, plan: Plan) -> Columns | None:
    """The columns of a table; None where one of them is no fact of one value, or two are the same."""
    leaves = [_leaf(plan.root, name) for name in table.column_names]
    paths = [leaf.path for leaf in leaves if leaf is not None]
    if len(set(paths)) < len(leaves) or not {PATIENT, MONTH} <= set(paths) or not all(map(_plain, table.schema.types)):
        return None
    careful: set[int] = set()
    by_fact: dict[str, Column] = {}
    for leaf, column in zip(leaves, table.columns, strict=True):
        assert leaf is not None, "each column has a path of its own"
        values, places = _encoded(column)
        read = [None if one is None else leaf.parse(one) for one in values]
        careful.update(_where({n for n, value in enumerate(read) if isinstance(value, Bad)}, places))
        by_fact[leaf.path] = Column([None if isinstance(value, Bad) else value for value in read], places)
    found = Columns(by_fact, len(table), frozenset())
    for path in plan.required:
        combined, places = found.together([path])
        careful.update(_where({n for n, (value,) in enumerate(combined) if _is_missing(value)}, places))
    careful.update(_outside(found, plan), _twice(found))
    return Columns(by_fact, len(table), frozenset(careful))


def _leaf(group: Group, name: str) -> Leaf | None:
    """The fact that a column is called by, by its whole name."""
    first, _, rest = name.partition(".")
    node = group.names.get(first)
    if isinstance(node, Group) and rest:
        return _leaf(node, rest)
    return node if isinstance(node, Leaf) and not rest else None


def _plain(type: Any) -> bool:
    """Whether a column of Arrow holds one value in each cell."""
    from pyarrow import types

    kinds = ("null", "boolean", "integer", "floating", "decimal", "string", "large_string", "temporal")
    inner = type.value_type if types.is_dictionary(type) else type
    return any(getattr(types, f"is_{kind}")(inner) for kind in kinds)


def _encoded(column: Any) -> tuple[list[Any], Any]:
    """The values of a column, each once, as a file of whole records has them, and their places; None comes last."""
    import pyarrow as pa
    from pyarrow import compute, types

    if types.is_null(column.type):
        return [None], pa.nulls(len(column), pa.int32()).fill_null(0)
    if types.is_dictionary(column.type):
        column = column.cast(column.type.value_type)
    encoded = pa.concat_arrays(column.chunks or [pa.array([], column.type)]).dictionary_encode()
    values = [None if (one := present(raw)) == "" else one for raw in encoded.dictionary.to_pylist()]
    return [*values, None], compute.fill_null(encoded.indices, len(values))


def _where(among: set[int], places: Any) -> Iterator[int]:
    """The rows whose place is one of these."""
    return (row for row, place in enumerate(places.to_pylist()) if place in among) if among else iter(())


def _is_missing(value: Value | None) -> bool:
    return value is None or isinstance(value, Special)


def _outside(columns: Columns, plan: Plan) -> Iterator[int]:
    """Rows with a fact that contradicts their month."""
    for path in plan.in_month:
        if path in columns.by_fact:
            combined, places = columns.together([path, MONTH])
            wrong = (
                n
                for n, (value, month) in enumerate(combined)
                if value is not None and month is not None and any(contradictions({path: value, MONTH: month}, {}, plan))
            )
            yield from _where(set(wrong), places)


def _twice(columns: Columns) -> Iterator[int]:
    """Rows of a patient and month that other rows are of too."""
    combined, places = columns.together([PATIENT, MONTH])
    if len(set(combined)) == columns.size:
        return
    keys = [combined[place] for place in places.to_pylist()]
    times = Counter(keys)
    yield from (row for row, key in enumerate(keys) if times[key] > 1)
