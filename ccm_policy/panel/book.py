"""Rows that many records of a table have: written down once in Arrow, and taken for each of them."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any

from ccm_policy.facts.plan import MONTH, PATIENT, PRACTITIONER
from ccm_policy.panel.arrow import batch, schema
from ccm_policy.panel.columns import Column, Columns
from ccm_policy.panel.rows import Row

KEY = (PATIENT, MONTH, PRACTITIONER)
"""The facts that the first columns of an answer are."""


@dataclass(slots=True)
class Book:
    """Blocks of rows by their numbers. `ends`: where each ends, after where the first begins."""

    ends: list[int] = field(default_factory=lambda: [0])
    _new: list[Row] = field(default_factory=list)
    _written: Any = None

    def add(self, rows: Sequence[Row]) -> int:
        """The number of a block more."""
        self._new += rows
        self.ends.append(self.ends[-1] + len(rows))
        return len(self.ends) - 2

    @property
    def written(self) -> Any:
        """All rows, as a table."""
        import pyarrow as pa

        if self._new or self._written is None:
            before = [] if self._written is None else self._written.to_batches()
            self._written = pa.Table.from_batches([*before, batch(self._new)]).combine_chunks()
            self._new = []
        return self._written


def written(columns: Columns, blocks: Any, book: Book, own: dict[int, tuple[Row, ...]]) -> Any:
    """The answers to some records as a table. `blocks`: the number of each one's block in the book, of which the key is
    another's; `own`: the rows of those that have no block."""
    import pyarrow as pa
    from pyarrow import compute

    body, ends = book.written, book.ends
    if own:
        more = Book(ends[-1:])
        places = blocks.to_pylist()
        for number, rows in own.items():
            places[number] = len(ends) - 1 + more.add(rows)
        blocks, ends = pa.array(places, pa.int32()), [*ends, *more.ends[1:]]
        body = pa.concat_tables([body, more.written])
    every = pa.ListArray.from_arrays(pa.array(ends, pa.int32()), pa.array(range(ends[-1]), pa.int32()))
    of_each = every.take(blocks)
    rows, records = compute.list_flatten(of_each), compute.list_parent_indices(of_each)
    heads = [_head(columns.by_fact.get(path), place, own, columns.size).take(records) for place, path in enumerate(KEY)]
    return pa.table([*heads, *body.select(range(len(KEY), body.num_columns)).take(rows).columns], schema=schema())


def _head(column: Column | None, place: int, own: dict[int, tuple[Row, ...]], size: int) -> Any:
    """A column of the key, by record."""
    import pyarrow as pa

    told = [value if isinstance(value, str) else None for value in ((None,) if column is None else column.values)]
    places = pa.nulls(size, pa.int32()).fill_null(0) if column is None else column.places
    if own:
        numbers = places.to_pylist()
        for number, rows in own.items():
            numbers[number] = len(told)
            told.append(rows[0][place])
        places = pa.array(numbers, pa.int32())
    return pa.array(told, pa.string()).take(places)
