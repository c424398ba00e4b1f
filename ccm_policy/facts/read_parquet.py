"""Parquet, by the extra `parquet`: a table of a folder, or a file of whole records with nested columns. Null is
absence."""

from __future__ import annotations

from datetime import time
from pathlib import Path
from typing import Any

from ccm_policy.extras import install
from ccm_policy.facts.plan import Plan
from ccm_policy.facts.tables import Row, Table, columns_of, header_problems, with_durations
from ccm_policy.language.diagnostics import Diagnostic, Place, error


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


def rows(path: Path, file: str) -> tuple[tuple[str, ...], list[dict[str, Any]]] | Diagnostic:
    """The columns and the rows of a file, nulls left out."""
    try:
        from pyarrow import ArrowException, parquet
    except ImportError:
        hint = f"install it: {install('pyarrow')}"
        return error("E0521", "Parquet needs the package pyarrow, which is not installed", place=Place(file), help=hint)
    try:
        read = parquet.ParquetFile(path).read()
        return tuple(read.column_names), [_present(row) for row in read.to_pylist()]
    except (ArrowException, OSError, ValueError):
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
