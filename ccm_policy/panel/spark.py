"""A panel on a cluster. Spark brings the rows of each patient-month together, and the same work is done with them as on
one machine: `mapInArrow` hands the rows of a part to Python, which reads, joins, decides and gives rows back.

Panel checks see no further than a part, so they are not made here.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass
from functools import partial
from itertools import groupby
from pathlib import Path
from typing import Any

from ccm_policy.evaluate import Options
from ccm_policy.facts.arrow_rows import rows_of
from ccm_policy.facts.checking import Raw
from ccm_policy.facts.chunks import Items, Source, key_of, parts
from ccm_policy.facts.joining import joined, text_of
from ccm_policy.facts.kept_rows import packed, unpacked
from ccm_policy.facts.plan import MONTH, PATIENT, Plan, compiled
from ccm_policy.facts.read_parquet import present
from ccm_policy.facts.reading import Reader, panel_of
from ccm_policy.facts.tables import Row as TableRow
from ccm_policy.facts.tables import Table
from ccm_policy.panel import shipping
from ccm_policy.panel.arrow import batch
from ccm_policy.panel.rows import COLUMNS, Row, Rows
from ccm_policy.panel.table import answers
from ccm_policy.panel.work import Work

_TOGETHER = 5_000
_SQL = {"text": "string", "whole": "bigint", "dollars": "decimal(18,2)", "date": "date", "texts": "array<string>"}
ANSWER = ", ".join(f"`{name}` {_SQL[kind]}" for name, kind in COLUMNS.items())
"""The schema of answers, as Spark writes it."""
ROWS = "`table` string, `number` bigint, `patient` string, `month` string, `cells` string"
"""The schema in which the rows of all tables are brought together."""
NUMBER = "_ccm_policy_number"
"""The column that says which row of its file a row is."""


@dataclass(frozen=True, slots=True)
class Task:
    """What a part needs: the policies as they were sent (Spark's broadcast), and what was asked."""

    sent: Any
    options: Options
    reasons: bool = False
    month: str | None = None

    def work(self) -> tuple[Plan, Work[tuple[Row, ...]]]:
        """The plan of the facts, and the work."""
        policies, schedules = shipping.unpacked(self.sent.value)
        plan = compiled(policies.vocabulary)
        return plan, Work(policies, schedules, self.options, Reader(plan, self.month), Rows(self.reasons))


Decide = Callable[[Iterable[Any]], Iterator[Any]]
"""The batches of answers of a part, from the batches of its rows."""


def _answered(source: Source, plan: Plan, work: Work[tuple[Row, ...]]) -> Iterator[Row]:
    """The rows of a source, with what is given twice in it."""
    reader = panel_of(source, plan, work.reader.month, Path("table")).reader
    own = Work(work.library, work.fees, work.options, reader, work.form)
    return (row for chunk in source.chunks() for rows, _ in answers(chunk.items(), own) for row in rows)


def _batches(rows: Iterable[Row]) -> Iterator[Any]:
    return map(batch, parts(rows, _TOGETHER))


# --- whole records ---------------------------------------------------------------------------------------------------


def evaluated(frame: Any, task: Task) -> Any:
    """The answers of a frame of whole records, as a frame."""
    together = without_dots(records_together(frame))
    return together.mapInArrow(partial(records_decided, task, tuple(frame.columns)), ANSWER)


def without_dots(frame: Any) -> Any:
    """The frame with its columns numbered: `mapInArrow` cannot find a column with a dot in its name."""
    return frame.toDF(*(f"c{number}" for number in range(len(frame.columns))))


def records_together(frame: Any, partitions: int | None = None) -> Any:
    """The records, those of one patient and month in one part and beside one another."""
    keys = [f"`{name}`" for name in (PATIENT, MONTH) if name in frame.columns]
    if not keys:
        return frame
    order = [*keys, *([NUMBER] if NUMBER in frame.columns else [])]
    return frame.repartition(*([partitions] if partitions else []), *keys).sortWithinPartitions(*order)


def records_decided(task: Task, names: tuple[str, ...], batches: Iterable[Any]) -> Iterator[Any]:
    """The answers of a part of whole records, whose columns have these names."""
    plan, work = task.work()
    records = (_raw(row) for rows in batches for row in rows_of(rows, names))
    same = (tuple(items) for _, items in groupby(records, lambda raw: key_of(raw.data)))
    return _batches(row for items in same for row in _answered(_source(items), plan, work))


def _raw(row: dict[str, Any]) -> Raw:
    number = row.pop(NUMBER, None)
    return Raw(present(row), None, None if number is None else number + 1)


def _source(items: tuple[Raw, ...]) -> Source:
    return Source(lambda: iter([Items(items)]))


# --- tables ----------------------------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Head:
    """A table of a folder: its name and file, its columns, what they are called in the file, and what they say of
    durations."""

    name: str
    file: str
    columns: tuple[str, ...]
    given: tuple[str, ...]
    said: Mapping[str, Any]


def brought_together(frames: Mapping[str, Any], heads: Iterable[Head], partitions: int) -> Any:
    """The rows of all tables in one frame, those of one patient and month in one part."""
    whole = None
    for head in heads:
        frame = frames[head.name]
        rows = without_dots(frame).mapInArrow(partial(_rows_packed, head, tuple(frame.columns)), ROWS)
        whole = rows if whole is None else whole.unionByName(rows)
    assert whole is not None, "there is the table of patient-months"
    return whole.repartition(partitions, "patient", "month").sortWithinPartitions("table", "number")


def _rows_packed(head: Head, names: tuple[str, ...], batches: Iterable[Any]) -> Iterator[Any]:
    import pyarrow as pa

    schema = pa.schema([("table", pa.string()), ("number", pa.int64()), *((n, pa.string()) for n in _TEXTS)])
    for rows in batches:
        made: list[tuple[Any, ...]] = []
        for row in rows_of(rows, names):
            number = row.pop(NUMBER) + 2
            cells = present(row)
            if cells:
                key = (text_of(cells.get(name)) for name in (PATIENT, MONTH))
                made.append((head.name, number, *key, packed([cells.get(column) for column in head.given])))
        columns = zip(*made, strict=True) if made else ((),) * len(schema)
        arrays = [pa.array(cells, each.type) for cells, each in zip(columns, schema, strict=True)]
        yield pa.record_batch(arrays, schema=schema)


_TEXTS = ("patient", "month", "cells")


def tables_decided(
    task: Task, heads: tuple[Head, ...], practice: tuple[Table, ...], batches: Iterable[Any]
) -> Iterator[Any]:
    """The answers of a part: all rows of its patient-months, table after table."""
    plan, work = task.work()
    rows = (row for each in batches for row in each.select(["table", "number", "cells"]).to_pylist())
    with joined(_tables(rows, heads, practice), plan, [], tells=False) as source:
        yield from _batches(_answered(source, plan, work))


def _tables(rows: Iterator[Mapping[str, Any]], heads: tuple[Head, ...], practice: tuple[Table, ...]) -> Iterator[Table]:
    left = {head.name: head for head in heads}
    for name, of_table in groupby(rows, lambda row: row["table"]):
        head = left.pop(name)
        yield Table(name, head.file, head.columns, (_row(row, head) for row in of_table), head.said)
    for head in left.values():
        yield Table(head.name, head.file, head.columns, (), head.said)
    yield from practice


def _row(row: Mapping[str, Any], head: Head) -> TableRow:
    cells = zip(head.columns, unpacked(row["cells"]), strict=True)
    return TableRow(row["number"], {column: cell for column, cell in cells if cell is not None})
