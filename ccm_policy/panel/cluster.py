"""A folder or file of Parquet decided on a cluster, part by part, into a folder of answers that can be resumed.

Each part writes one file, which is there when it is whole. A run that was broken off is started again with the same
words: parts whose file is there are passed over. What was asked stands in the folder, so that answers of two runs are
never mixed.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace
from functools import partial
from hashlib import sha256
from pathlib import Path
from typing import Any

from ccm_policy import __version__
from ccm_policy.facts import read_parquet
from ccm_policy.facts.plan import PATIENT, Plan, compiled
from ccm_policy.facts.sources import table_files
from ccm_policy.facts.tables import Table, columns_of, header_problems
from ccm_policy.language.diagnostics import CcmPolicyError, Diagnostic, Place, error
from ccm_policy.library import Library
from ccm_policy.panel.arrow import schema
from ccm_policy.panel.rows import REFUSED
from ccm_policy.panel.spark import (
    NUMBER,
    Decide,
    Head,
    Task,
    brought_together,
    records_decided,
    records_together,
    tables_decided,
    without_dots,
)

ASKED = "asked.json"
_COUNTS = "`part` int, `rows` bigint, `refused` bigint"


@dataclass(frozen=True, slots=True)
class Counts:
    """Rows that the folder holds, and how many of them are of records that were refused."""

    rows: int
    refused: int


def run(session: Any, path: Path, out: Path, library: Library, task: Task, partitions: int) -> Counts:
    """Decide the facts of `path` into the folder `out`.

    Raises `CcmPolicyError` where the facts cannot be read, or `out` holds answers to something else.
    """
    plan = compiled(library.vocabulary)
    if path.is_dir() and path.suffix != ".parquet":
        rows, decide = _tables(session, path, plan, task, partitions)
    else:
        frame = _read(session, path)
        rows = without_dots(records_together(frame, partitions))
        decide = partial(records_decided, task, tuple(frame.columns))
    _begin(out, {**_asked(path, task), "partitions": partitions})
    written = rows.mapInArrow(partial(_written, str(out.absolute()), decide), _COUNTS).collect()
    for left in out.glob(".part-*.part"):  # by a process that was killed
        left.unlink(missing_ok=True)
    return Counts(sum(part["rows"] for part in written), sum(part["refused"] for part in written))


def _read(session: Any, path: Path) -> Any:
    from pyspark.errors import PySparkException
    from pyspark.sql.functions import col

    try:
        return session.read.parquet(path.absolute().as_uri()).select("*", col("_metadata.row_index").alias(NUMBER))
    except PySparkException:
        hint = "a cluster reads a file of whole records, or a folder of tables, in Parquet"
        raise CcmPolicyError(
            [error("E0522", "this is not a Parquet file that can be read", place=Place(str(path)), help=hint)]
        ) from None


def _tables(session: Any, path: Path, plan: Plan, task: Task, partitions: int) -> tuple[Any, Decide]:
    problems: list[Diagnostic] = []
    heads: list[Head] = []
    practice: list[Table] = []
    frames: dict[str, Any] = {}
    for file in table_files(path, plan, problems):
        if file.suffix.lower() != ".parquet":
            hint = "write its tables as Parquet, or evaluate the folder on this machine"
            problems.append(error("E0503", "a cluster reads Parquet alone", place=Place(str(file)), help=hint))
            continue
        frame = _read(session, file)
        given = tuple(name for name in frame.columns if name != NUMBER)
        columns, said = columns_of(given, file.stem, plan)
        problems += header_problems(file.stem, str(file), columns, plan)
        if PATIENT in columns:
            frames[file.stem] = frame
            heads.append(Head(file.stem, str(file), tuple(columns), given, said))
        else:
            table = read_parquet.table(file, file.stem, plan)
            practice += [replace(table, rows=tuple(table.rows))] if isinstance(table, Table) else []
    if problems:
        raise CcmPolicyError(problems)
    whole = brought_together(frames, heads, partitions)
    return whole, partial(tables_decided, task, tuple(heads), tuple(practice))


def _asked(path: Path, task: Task) -> dict[str, Any]:
    """What tells one run from another."""
    files = sorted(path.rglob("*.parquet")) if path.is_dir() else [path]
    stats = [(file.name, file.stat().st_size, file.stat().st_mtime_ns) for file in files]
    return {
        "package": __version__,
        "digests": list(task.sent.value.digests),
        "options": repr(replace(task.options, layers=frozenset())) + repr(sorted(task.options.layers)),
        "reasons": task.reasons,
        "month": task.month,
        "facts": sha256(repr(stats).encode()).hexdigest(),
    }


def _begin(out: Path, asked: dict[str, Any]) -> None:
    """The folder, made or found again."""
    place, text = out / ASKED, json.dumps(asked, indent=1) + "\n"
    if place.is_file() and place.read_text(encoding="utf-8") == text:
        return
    if out.exists() and (not out.is_dir() or any(out.iterdir())):
        says = "the folder holds answers to something else"
        hint = "name another folder; a run is resumed with the same facts, policies and options"
        raise CcmPolicyError([error("E0561", says, place=Place(str(out)), help=hint)])
    out.mkdir(parents=True, exist_ok=True)
    place.write_text(text, encoding="utf-8", newline="\n")


def _written(out: str, decide: Decide, batches: Iterable[Any]) -> Iterator[Any]:
    """Write the file of a part where it is not there, and count what stands in it."""
    import pyarrow as pa
    from pyarrow import compute, parquet
    from pyspark import TaskContext

    context = TaskContext.get()
    assert context is not None, "this is a part of a run"
    part = context.partitionId()
    path = Path(out) / f"part-{part:05}.parquet"
    if not path.exists():
        own = path.with_name(f".{path.name}.{context.taskAttemptId()}.part")
        try:
            with parquet.ParquetWriter(own, schema(), compression="zstd") as writer:
                for rows in decide(batches):
                    writer.write_batch(rows)
            own.replace(path)
        finally:
            own.unlink(missing_ok=True)
    decisions = parquet.read_table(path, columns=["decision"])["decision"]
    refused = compute.sum(compute.equal(decisions, REFUSED)).as_py() or 0
    types = [pa.int32(), pa.int64(), pa.int64()]
    counts = [pa.array([count], kind) for count, kind in zip((part, len(decisions), refused), types, strict=True)]
    yield pa.record_batch(counts, names=["part", "rows", "refused"])
