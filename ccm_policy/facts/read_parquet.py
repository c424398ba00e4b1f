"""Parquet, by the extra `parquet`: a table of a folder, or a file of whole records with nested columns. Null is
absence."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import time
from pathlib import Path
from typing import Any

from ccm_policy.extras import install
from ccm_policy.facts.arrow_rows import keys_of, rows_of
from ccm_policy.facts.checking import Raw
from ccm_policy.facts.chunks import SIZE, Chunk, Item, Items, Source, nothing_but
from ccm_policy.facts.plan import MONTH, PATIENT, Plan
from ccm_policy.facts.tables import Row, Table, columns_of, header_problems
from ccm_policy.language.diagnostics import Diagnostic, Place, error

MANY = 10_000
"""Rows of a table, or keys, that are read at once."""


def table(path: Path, name: str, plan: Plan) -> Table | list[Diagnostic]:
    """A table of a folder; its rows are read as they are asked for, numbered as in CSV: the first one is row 2."""
    file = str(path)
    found = _opened(path, file)
    if isinstance(found, Diagnostic):
        return [found]
    given = found.schema_arrow.names
    columns, said = columns_of(given, name, plan)
    problems = header_problems(name, file, columns, plan)
    return problems or Table(name, file, tuple(columns), _rows(path, columns), said)


def _rows(path: Path, renamed: Sequence[str]) -> Iterator[Row | Diagnostic]:
    number = 1
    try:
        for batch in _batches(path, MANY, None):
            for row in rows_of(batch, renamed):
                number += 1
                if cells := present(row):
                    yield Row(number, cells)
    except _faults():
        yield _unreadable(str(path))


def _batches(path: Path, size: int, only: list[str] | None) -> Iterator[Any]:
    from pyarrow import parquet

    with parquet.ParquetFile(path) as read:
        yield from read.iter_batches(size, columns=only, use_threads=False)


def whole_records(path: Path, file: str) -> Source:
    """A file of whole records, a row each, numbered from 1."""
    found = _opened(path, file)
    if isinstance(found, Diagnostic):
        return nothing_but([found])
    columns = found.schema_arrow.names
    key = [name for name in (PATIENT, MONTH) if name in columns]

    def chunks() -> Iterator[Chunk]:
        first = 1
        try:
            for batch in _batches(path, SIZE, None):
                yield Batch(file, first, batch)
                first += len(batch)
        except _faults():
            yield Items((_unreadable(file),))

    def keys() -> Iterator[object]:
        try:
            yield from (found for batch in _batches(path, MANY, key) for found in keys_of(batch))
        except _faults():
            return

    return Source(chunks, keys=keys if key else None)


@dataclass(frozen=True, slots=True)
class Batch:
    """Rows of a file of whole records, as Arrow has them, the first with its number."""

    file: str | None
    first: int
    rows: Any

    def items(self) -> Iterator[Item]:
        """The records."""
        return (Raw(present(row), self.file, n) for n, row in enumerate(rows_of(self.rows), self.first))

    def keys(self) -> Iterator[object]:
        """Patient and month of each."""
        return keys_of(self.rows)

    def only(self, places: Sequence[int]) -> Iterator[Item]:
        """Some of the records."""
        rows = ((place, next(rows_of(self.rows.slice(place, 1)))) for place in places)
        return (Raw(present(row), self.file, self.first + place) for place, row in rows)


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


def present(value: Any) -> Any:
    """The value without nulls; clock times as text."""
    if isinstance(value, dict):
        return {name: present(inner) for name, inner in value.items() if inner is not None and inner != ""}
    if isinstance(value, list):
        return [present(inner) for inner in value if inner is not None]
    if isinstance(value, time):
        return value.isoformat()
    return value.strip() if isinstance(value, str) else value
