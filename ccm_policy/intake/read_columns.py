"""Exports whose columns have names of themselves: Parquet, and the answer to a question asked of DuckDB."""

from __future__ import annotations

from collections.abc import Iterator
from decimal import Decimal
from pathlib import Path
from typing import Any

from ccm_policy.intake.sheets import Grid, Line, refused

_MANY = 10_000


def parquet(path: Path) -> Grid:
    """The rows of a Parquet file; the first is row 2, as under a header."""
    from pyarrow import ArrowException
    from pyarrow import parquet as arrow

    try:
        with arrow.ParquetFile(path) as file:
            names = tuple(str(name) for name in file.schema_arrow.names)
    except (ArrowException, OSError, ValueError):
        help = "write it again, uncompressed or with a common compression"
        raise refused("E0712", path, None, "this is not a Parquet file that can be read", help) from None

    def lines() -> Iterator[Line]:
        number = 1
        with arrow.ParquetFile(path) as file:
            for batch in file.iter_batches(_MANY, use_threads=False):
                for row in batch.to_pylist():
                    number += 1
                    yield Line(number, tuple(map(plain, row.values())))

    return Grid(path=path, lines=lines, names=names)


def query(path: Path, question: str) -> Grid:
    """What DuckDB answers to a question about a file, which it calls `export`; a database is opened for reading."""
    try:
        import duckdb
    except ImportError:
        says = "a query needs the package duckdb, which is not installed"
        raise refused("E0712", path, None, says, "install it: pip install 'ccm-policy[duckdb]'") from None

    def asked() -> Any:
        if any(each.type != duckdb.StatementType.SELECT for each in duckdb.extract_statements(question)):
            help = "write one that begins with SELECT; what changes or writes something is not done"
            raise refused("E0712", path, None, "the query of the mapping does more than ask", help)
        if path.suffix.lower() in (".duckdb", ".db"):
            connection = duckdb.connect(str(path), read_only=True)
        else:
            connection = duckdb.connect()
            quoted = str(path).replace("'", "''")
            connection.execute(f"CREATE VIEW export AS SELECT * FROM '{quoted}'")
        return connection.execute(question)

    try:
        names = tuple(str(column[0]) for column in asked().description)
    except duckdb.Error:
        help = "the file is called `export` in the query; try it in DuckDB first"
        raise refused("E0712", path, None, "DuckDB cannot answer the query of the mapping", help) from None

    def lines() -> Iterator[Line]:
        answer, number = asked(), 1
        while rows := answer.fetchmany(_MANY):
            for row in rows:
                number += 1
                yield Line(number, tuple(map(plain, row)))

    return Grid(path=path, lines=lines, names=names)


def plain(cell: Any) -> Any:
    """A cell as the other formats have it: no empty text, bytes as text, members joined, decimals as numbers."""
    if isinstance(cell, str):
        return cell.strip() or None
    if isinstance(cell, bytes):
        return cell.decode("utf-8", "replace").strip() or None
    if isinstance(cell, list | tuple):
        return "; ".join(str(each) for each in cell) or None
    if isinstance(cell, Decimal):
        return int(cell) if cell == cell.to_integral_value() else str(cell)
    if isinstance(cell, float):
        return None if cell != cell else int(cell) if cell.is_integer() else cell
    return cell
