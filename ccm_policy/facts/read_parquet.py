"""Parquet, by the extra `parquet`: a table of a folder, or a file of whole records with nested columns. Null is
absence."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import time
from pathlib import Path
from typing import Any

from ccm_policy.extras import install
from ccm_policy.facts.checking import Raw
from ccm_policy.facts.chunks import SIZE, Chunk, Item, Items, Source, key_of, nothing_but
from ccm_policy.facts.plan import MONTH, PATIENT, Plan
from ccm_policy.facts.tables import Row, Table, columns_of, header_problems, with_durations
from ccm_policy.language.diagnostics import Diagnostic, Place, error

MANY = 10_000
"""Keys that are read at once."""


def table(path: Path, name: str, file: str, plan: Plan) -> Table | list[Diagnostic]:
    """A table of a folder. Rows are numbered as in CSV: the first one is row 2."""
    found = rows(path, file)
    if isinstance(found, Diagnostic):
        return [found]
    given, values = found
    columns, said = columns_of(given, name, plan)
    renamed = dict(zip(given, columns, strict=True))
    problems = header_problems(name, file, columns, plan)
    if problems:
        return problems
    rows_of = (({renamed[c]: cell for c, cell in cells.items()}, n) for n, cells in enumerate(values, 2) if cells)
    made = Table(name, file, tuple(columns), tuple(Row(n, cells) for cells, n in rows_of), said)
    return with_durations(made, plan)


def whole_records(path: Path, file: str) -> Source:
    """A file of whole records, a row each, numbered from 1."""
    found = _opened(path, file)
    if isinstance(found, Diagnostic):
        return nothing_but([found])
    columns = found.schema_arrow.names
    key = [name for name in (PATIENT, MONTH) if name in columns]

    def batches(only: list[str] | None = None) -> Iterator[Any]:
        from pyarrow import parquet

        with parquet.ParquetFile(path) as read:
            yield from read.iter_batches(SIZE if only is None else MANY, columns=only, use_threads=False)

    def chunks() -> Iterator[Chunk]:
        first = 1
        try:
            for batch in batches():
                yield Batch(file, first, batch)
                first += len(batch)
        except _faults():
            yield Items((_unreadable(file),))

    def keys() -> Iterator[object]:
        try:
            yield from (key_of(row) for batch in batches(key) for row in batch.to_pylist())
        except _faults():
            return

    return Source(chunks, keys=keys if key else None)


@dataclass(frozen=True, slots=True)
class Batch:
    """Rows of a file of whole records, as Arrow has them, the first with its number."""

    file: str
    first: int
    rows: Any

    def items(self) -> Iterator[Item]:
        """The records."""
        return (Raw(_present(row), self.file, n) for n, row in enumerate(self.rows.to_pylist(), self.first))

    def keys(self) -> Iterator[object]:
        """Patient and month of each."""
        return map(key_of, self.rows.to_pylist())


def rows(path: Path, file: str) -> tuple[tuple[str, ...], list[dict[str, Any]]] | Diagnostic:
    """The columns and the rows of a file, nulls left out."""
    found = _opened(path, file)
    if isinstance(found, Diagnostic):
        return found
    try:
        read = found.read()
        return tuple(read.column_names), [_present(row) for row in read.to_pylist()]
    except _faults():
        return _unreadable(file)


def _opened(path: Path, file: str) -> Any | Diagnostic:
    try:
        from pyarrow import parquet
    except ImportError:
        hint = f"install it: {install('pyarrow')}"
        return error("E0521", "Parquet needs the package pyarrow, which is not installed", place=Place(file), help=hint)
    try:
        return parquet.ParquetFile(path)
    except _faults():
        return _unreadable(file)


def _faults() -> tuple[type[Exception], ...]:
    from pyarrow import ArrowException

    return (ArrowException, OSError, ValueError)


def _unreadable(file: str) -> Diagnostic:
    hint = "write it again, uncompressed or with a common compression"
    return error("E0522", "this is not a Parquet file that can be read", place=Place(file), help=hint)


def _present(value: Any) -> Any:
    """The value without nulls; clock times as text."""
    if isinstance(value, dict):
        return {name: _present(inner) for name, inner in value.items() if inner is not None and inner != ""}
    if isinstance(value, list):
        return [_present(inner) for inner in value if inner is not None]
    if isinstance(value, time):
        return value.isoformat()
    return value.strip() if isinstance(value, str) else value
