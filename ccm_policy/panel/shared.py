"""Answers to the records of a table, of which many have the same rows: these are made once, and taken for each."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Any

from ccm_policy.facts.plan import MONTH, PATIENT, PRACTITIONER
from ccm_policy.panel.arrow import batch, schema
from ccm_policy.panel.columns import Column, Columns
from ccm_policy.panel.rows import Row

KEY = (PATIENT, MONTH, PRACTITIONER)
"""The facts that the first columns of an answer are."""


def together(columns: Columns, decided: Sequence[tuple[Row, ...] | None], others: Iterator[tuple[Row, ...]]) -> Any:
    """The answers to some records as a batch. `decided`: the rows of each, but for the key; those of the next of
    `others`, whole, where there are none."""
    import pyarrow as pa
    from pyarrow import compute

    own: dict[int, tuple[Row, ...]] = {}
    blocks: dict[int, tuple[int, tuple[Row, ...]]] = {}
    block_of: list[int] = []
    for number, shared in enumerate(decided):
        rows = shared
        if rows is None:
            rows = own[number] = next(others)
        found = blocks.get(id(rows))
        if found is None:
            found = blocks[id(rows)] = (len(blocks), rows)
        block_of.append(found[0])
    made = [row for _, rows in blocks.values() for row in rows]
    places = pa.array(_places([rows for _, rows in blocks.values()]), pa.list_(pa.int32())).take(pa.array(block_of))
    rows, records = compute.list_flatten(places), compute.list_parent_indices(places)
    body = batch(made).take(rows)
    heads = [_head(columns.by_fact.get(path), place, own, len(decided)) for place, path in enumerate(KEY)]
    arrays = [*(head.take(records) for head in heads), *body.columns[len(KEY) :]]
    return pa.record_batch(arrays, schema=schema())


def _places(blocks: Sequence[tuple[Row, ...]]) -> Iterator[range]:
    """Which rows each block has, of all one after another."""
    first = 0
    for rows in blocks:
        yield range(first, first + len(rows))
        first += len(rows)


def _head(column: Column | None, place: int, own: dict[int, tuple[Row, ...]], size: int) -> Any:
    """A column of the key, by record. `own`: the rows of those records that have their own."""
    import pyarrow as pa

    told = [value if isinstance(value, str) else None for value in (() if column is None else column.values)]
    if not own and column is not None:
        return pa.array(told, pa.string()).take(column.places)
    places = [0] * size if column is None else column.places.to_pylist()
    told += [None] if column is None else []
    for number, rows in own.items():
        places[number] = len(told)
        told.append(rows[0][place])
    return pa.array(told, pa.string()).take(pa.array(places))
