"""A table of whole records to a table of answers, for programs that have their panel in memory already."""

from __future__ import annotations

from collections import OrderedDict
from collections.abc import Iterable, Iterator, Sequence
from datetime import date
from decimal import Decimal
from pathlib import Path
from typing import Any

from ccm_policy.evaluate import Options
from ccm_policy.evaluate.panel_checks import Hours, PanelChecks
from ccm_policy.evaluate.stages import COMPILED
from ccm_policy.facts.arrow_rows import keys_of
from ccm_policy.facts.checking import Raw
from ccm_policy.facts.chunks import SIZE, Chunk, Item, Source
from ccm_policy.facts.plan import MONTH, PATIENT, compiled
from ccm_policy.facts.read_parquet import Batch
from ccm_policy.facts.reading import panel_of
from ccm_policy.fees import FeeSchedules
from ccm_policy.language.diagnostics import Diagnostic
from ccm_policy.library import Library
from ccm_policy.panel.arrow import batch, schema
from ccm_policy.panel.book import written
from ccm_policy.panel.columns import Columns, columns_of
from ccm_policy.panel.flat import Flat
from ccm_policy.panel.rows import Row, Rows, refused
from ccm_policy.panel.work import Made, Undecided, Work

_TOGETHER = 20_000
TOGETHER = 50_000
"""Records of a table of flat facts that are decided at once."""
MANY = 64
"""Records of a table from which on it is worth compiling for them alone."""


def evaluated(table: Any, library: Library, fees: FeeSchedules, options: Options, *, reasons: bool) -> Any:
    """The answers of a table."""
    import pyarrow as pa

    records = read_in(table)
    plain = options.presumptions and options.evaluator == COMPILED and not reasons
    columns = columns_of(records, compiled(library.vocabulary)) if plain and len(records) >= MANY else None
    if columns is not None:
        return _by_columns(records, columns, library, fees, options)

    def batches() -> Iterator[Any]:
        waiting: list[Row] = []
        for rows in _one_by_one(records, range(len(records)), library, fees, options, Rows(reasons)):
            waiting += rows
            if len(waiting) >= _TOGETHER:
                yield batch(waiting)
                waiting = []
        yield batch(waiting)

    return pa.Table.from_batches(batches(), schema())


def _one_by_one(
    records: Any, places: Sequence[int], library: Library, fees: FeeSchedules, options: Options, form: Rows
) -> Iterator[tuple[Row, ...]]:
    """The rows of some records, each decided by itself."""
    panel = panel_of(_source(records, places), compiled(library.vocabulary), None, Path("table"))
    work = Work(library, fees, options, panel.reader, form)
    checks = PanelChecks()
    for chunk in panel.source.chunks():
        for rows, hours in answers(chunk.items(), work):
            found = checks.found(hours) if hours is not None else []
            yield form.with_findings(rows, found) if found else rows


FLAT: OrderedDict[tuple[int, int, Options], Flat] = OrderedDict()
_MOST_KEPT = 4
"""Libraries, with their options, of which decisions are remembered; the one that was used last stays longest."""


def _by_columns(records: Any, columns: Columns, library: Library, fees: FeeSchedules, options: Options) -> Any:
    """The answers of a table of flat facts, column by column; what needs care, one by one."""
    import pyarrow as pa

    key = (id(library), id(fees), options)
    flat = FLAT.setdefault(key, Flat(library, fees, options))
    FLAT.move_to_end(key)
    while len(FLAT) > _MOST_KEPT:
        FLAT.popitem(last=False)

    with flat.lock:
        parts = [columns.part(first, TOGETHER) for first in range(0, columns.size, TOGETHER)]
        made = [(part, flat.blocks(part), flat.book) for part in parts]
        alone = [[row for row, is_in in enumerate(blocks.is_null().to_pylist()) if is_in] for _, blocks, _ in made]
        places = [n * TOGETHER + row for n, rows in enumerate(alone) for row in rows]
        one_by_one = _one_by_one(records, places, library, fees, options, Rows())
        own = (dict(zip(rows, one_by_one, strict=False)) for rows in alone)
        return pa.concat_tables(written(*each, rows) for each, rows in zip(made, own, strict=True))


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
            patient, month = (as_given(data.get(name)) for name in (PATIENT, MONTH))
            named = isinstance(data.get(PATIENT), str)
            yield (refused(patient, month, found, item.row if isinstance(item, Raw) and not named else None),), None
            continue
        repeated = work.reader.repeated_as(found)
        result = work.result(found) if repeated is None else Undecided((repeated,))
        if isinstance(result, Made):
            yield result.form, result.hours
        else:
            assert isinstance(result, Undecided), "it was read"
            yield (refused(found.patient_id, found.service_month, result.why),), None


def as_given(part: Any) -> str | None:
    """A part of a key as the answer of a refused record names it; a number, too, which may have lost its leading
    zeros."""
    return str(part) if isinstance(part, str | int | Decimal | date) else None


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


def _source(records: Any, places: Sequence[int]) -> Source:
    """Some records of a table, each with its number in it."""

    def chunks() -> Iterator[Chunk]:
        for first, size in _runs(places):
            (rows,) = records.slice(first, size).combine_chunks().to_batches()
            yield Batch(None, first + 1, rows)

    keyed = records.select([at for at, name in enumerate(records.column_names) if name in (PATIENT, MONTH)])
    keys = keyed.take(places) if len(places) < len(records) else keyed
    return Source(chunks, keys=lambda: (key for rows in keys.to_batches() for key in keys_of(rows)))


def _runs(places: Sequence[int]) -> Iterator[tuple[int, int]]:
    """Places that follow one another, up to a chunk of them: the first, and how many."""
    first, size = 0, 0
    for place in places:
        if size and (place != first + size or size == SIZE):
            yield first, size
            size = 0
        first, size = (first, size + 1) if size else (place, 1)
    if size:
        yield first, size
