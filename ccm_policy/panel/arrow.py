"""Rows of decisions as Arrow has them, and as a Parquet file. By the extra `parquet`."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from contextlib import ExitStack
from dataclasses import dataclass, field
from functools import cache
from pathlib import Path
from typing import Any

from ccm_policy.panel.rows import COLUMNS, Row

_TOGETHER = 20_000
"""Rows that are written at once."""


@cache
def schema() -> Any:
    """The schema of the rows."""
    import pyarrow as pa

    types = {
        "text": pa.string(),
        "whole": pa.int64(),
        "dollars": pa.decimal128(18, 2),
        "date": pa.date32(),
        "texts": pa.list_(pa.string()),
    }
    return pa.schema([(name, types[kind]) for name, kind in COLUMNS.items()])


def batch(rows: Sequence[Row]) -> Any:
    """The rows as one batch."""
    import pyarrow as pa

    columns = zip(*rows, strict=True) if rows else ((),) * len(COLUMNS)
    made = schema()
    return pa.record_batch([pa.array(cells, each.type) for cells, each in zip(columns, made, strict=True)], schema=made)


@dataclass(slots=True)
class ParquetFile:
    """An output that writes rows to a file."""

    path: Path
    closing: ExitStack
    held: bool = False
    _waiting: list[Row] = field(default_factory=list)
    _writer: Any = None

    def add(self, made: Iterable[Row]) -> None:
        """The rows of the next decision."""
        self._waiting += made
        if len(self._waiting) >= _TOGETHER:
            self._write()

    def end(self, earlier: Mapping[int, Any], records: int) -> None:
        """Write what waits."""
        self._write()
        self._writer.close()

    def _write(self) -> None:
        from pyarrow import parquet

        if self._writer is None:
            self._writer = self.closing.enter_context(parquet.ParquetWriter(self.path, schema(), compression="zstd"))
        self._writer.write_batch(batch(self._waiting))
        self._waiting = []
