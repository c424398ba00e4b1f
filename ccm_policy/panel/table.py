"""A table of whole records to a table of answers, for programs that have their panel in memory already."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import Any

from ccm_policy.evaluate import Options
from ccm_policy.evaluate.panel_checks import Hours, PanelChecks
from ccm_policy.facts.checking import Raw
from ccm_policy.facts.chunks import SIZE, Chunk, Item, Source, key_of
from ccm_policy.facts.plan import MONTH, PATIENT, compiled
from ccm_policy.facts.read_parquet import Batch
from ccm_policy.facts.reading import panel_of
from ccm_policy.fees import FeeSchedules
from ccm_policy.language.diagnostics import Diagnostic
from ccm_policy.library import Library
from ccm_policy.panel.arrow import batch, schema
from ccm_policy.panel.rows import Row, Rows, refused
from ccm_policy.panel.work import Made, Undecided, Work

_TOGETHER = 20_000


def evaluated(table: Any, library: Library, fees: FeeSchedules, options: Options, *, reasons: bool) -> Any:
    """The answers of a table."""
    import pyarrow as pa

    records = read_in(table)
    plan = compiled(library.vocabulary)
    panel = panel_of(_source(records), plan, None, Path("table"))
    form = Rows(reasons)
    work = Work(library, fees, options, panel.reader, form)
    checks = PanelChecks()

    def batches() -> Iterator[Any]:
        waiting: list[Row] = []
        for chunk in panel.source.chunks():
            for rows, hours in answers(chunk.items(), work):
                found = checks.found(hours) if hours is not None else []
                waiting += form.with_findings(rows, found) if found else rows
            if len(waiting) >= _TOGETHER:
                yield batch(waiting)
                waiting = []
        yield batch(waiting)

    return pa.Table.from_batches(batches(), schema())


def answers(
    items: Iterable[Item], work: Work[tuple[Row, ...]]
) -> Iterator[tuple[tuple[Row, ...], tuple[Hours, ...] | None]]:
    """The rows of each record, and what panel checks need to know of it; None: it was refused."""
    for item in items:
        found = work.reader.read(item)
        if found is None:
            continue
        if isinstance(found, list):
            data = item.data if isinstance(item, Raw) and isinstance(item.data, dict) else _key_of(found)
            patient, month = (part if isinstance(part := data.get(name), str) else None for name in (PATIENT, MONTH))
            yield (refused(patient, month, found),), None
            continue
        repeated = work.reader.repeated_as(found)
        result = work.result(found) if repeated is None else Undecided((repeated,))
        if isinstance(result, Made):
            yield result.form, result.hours
        else:
            assert isinstance(result, Undecided), "it was read"
            yield (refused(found.patient_id, found.service_month, result.why),), None


def _key_of(problems: Iterable[Diagnostic]) -> dict[str, str]:
    """The patient and the month of a row that belongs to no record, as its message names them."""
    place = next((problem.place for problem in problems if problem.place is not None), None)
    patient, _, month = (place.patient or "" if place is not None else "").rpartition(" ")
    return {PATIENT: patient, MONTH: month} if patient else {}


def read_in(table: Any) -> Any:
    """An Arrow table of anything that is one, or a stream of batches: a frame of polars, a relation of DuckDB."""
    import pyarrow as pa

    if isinstance(table, pa.Table):
        return table
    if hasattr(table, "collect") and not hasattr(table, "__arrow_c_stream__"):
        table = table.collect()
    if not hasattr(table, "__arrow_c_stream__"):
        raise TypeError("a table of Arrow, a frame of polars or a relation of DuckDB is needed")
    return pa.RecordBatchReader.from_stream(table).read_all()


def _source(records: Any) -> Source:
    def chunks() -> Iterator[Chunk]:
        first = 1
        for rows in records.to_batches(max_chunksize=SIZE):
            yield Batch(None, first, rows)
            first += len(rows)

    names = [name for name in (PATIENT, MONTH) if name in records.column_names]
    return Source(chunks, keys=lambda: map(key_of, records.select(names).to_pylist()) if names else iter(()))
