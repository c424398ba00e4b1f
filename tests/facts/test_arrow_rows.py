"""Columns of Arrow with values that Python has no word for: the record that has one is refused, and no other."""

from __future__ import annotations

import struct
from collections.abc import Iterator
from datetime import datetime
from pathlib import Path
from typing import Any

import pyarrow as pa
import pytest
from pyarrow import parquet

from ccm_policy import facts
from ccm_policy.facts.arrow_rows import rows_of, values_of
from ccm_policy.facts.values import GivenList
from tests.facts.vocabulary import VOCABULARY

SPRING = 1772668800
"""Midnight of 2026-03-05 in seconds."""
DAYS = 20517


def text(*values: bytes) -> pa.Array:
    ends = [sum(map(len, values[:n])) for n in range(len(values) + 1)]
    buffers = [None, pa.py_buffer(struct.pack(f"<{len(ends)}i", *ends)), pa.py_buffer(b"".join(values))]
    return pa.Array.from_buffers(pa.string(), len(values), buffers)


def of(numbers: list[int], type: pa.DataType) -> pa.Array:
    return pa.array(numbers, pa.int32() if type == pa.date32() else pa.int64()).cast(type)


ODD = {
    "date32 after the year 9999": of([DAYS, 3_000_000], pa.date32()),
    "date32 before the year 1": of([DAYS, -800_000], pa.date32()),
    "seconds without end": of([SPRING, 10**14], pa.timestamp("s")),
    "a nanosecond": of([SPRING * 10**9, SPRING * 10**9 + 1], pa.timestamp("ns")),
    "not UTF-8": text(b"2026-03-05", b"2026-03-05\xff\xfe"),
}
EVERY_CELL = {
    "a zone that nobody knows": of([SPRING, SPRING], pa.timestamp("s", "Nowhere/Zone")),
    "a length of time that is too long": of([2**62, 2**62], pa.duration("s")),
    "a time of day in nanoseconds": of([1, 86_399_999_999_999], pa.time64("ns")),
}


def panel(**columns: pa.Array) -> pa.Table:
    plain = {"patient_id": ["good", "odd"], "service_month": ["2026-03"] * 2, "payer": ["medicare"] * 2}
    return pa.table(plain | columns)


def read(table: pa.Table, folder: Path) -> tuple[list[str], list[str]]:
    """The patients that can be used, and what is told, in a file of whole records and as a table of a folder."""
    told = []
    for path in (folder / "whole.parquet", folder / "tables" / "patient_months.parquet"):
        path.parent.mkdir(exist_ok=True)
        parquet.write_table(table, path)
        given, problems = facts.read(path if path.parent == folder else path.parent, VOCABULARY)
        told.append(([g.patient_id for g in given], [f"{d.code} {d.message}" for d in problems]))
    assert told[0] == told[1]
    return told[0]


UNREAD = "CCM-E0565 `care_plan.created` holds a value that cannot be read"


@pytest.mark.parametrize("column", ODD.values(), ids=ODD)
def test_one_value_refuses_one_record(column: pa.Array, tmp_path: Path) -> None:
    assert read(panel(**{"care_plan.created": column}), tmp_path) == (["good"], [UNREAD])


@pytest.mark.parametrize("column", EVERY_CELL.values(), ids=EVERY_CELL)
def test_a_column_of_them_refuses_every_record_that_has_one(column: pa.Array, tmp_path: Path) -> None:
    column = pa.concat_arrays([pa.nulls(1, column.type), column[1:]])
    assert read(panel(**{"care_plan.created": column}), tmp_path) == (["good"], [UNREAD])


def test_a_key_that_cannot_be_read_is_a_fault_of_its_record(tmp_path: Path) -> None:
    table = panel().set_column(0, "patient_id", text(b"good", b"\xff"))
    given, told = read(table, tmp_path)
    assert (given, told) == (["good"], ["CCM-E0565 `patient_id` holds a value that cannot be read"])


def test_within_a_list_too(tmp_path: Path) -> None:
    entries = pa.StructArray.from_arrays([ODD["a nanosecond"], pa.array([5, 5])], names=["date", "minutes"])
    table = panel(time_log=pa.ListArray.from_arrays([0, 1, 2], entries))
    parquet.write_table(table, tmp_path / "whole.parquet")
    given, problems = facts.read(tmp_path / "whole.parquet", VOCABULARY)
    assert [g.patient_id for g in given] == ["good"]
    assert [d.message for d in problems] == ["record 1 of `time_log`: `date` holds a value that cannot be read"]


class FinerThanPython(datetime):
    """What Arrow gives where pandas is installed."""

    nanosecond = 1


def test_a_nanosecond_is_no_midnight_with_pandas_either(monkeypatch: pytest.MonkeyPatch) -> None:
    class Column:
        type = pa.timestamp("ns")

        def to_pylist(self) -> list[Any]:
            return [FinerThanPython(2026, 3, 5), datetime(2026, 3, 5), None]

    assert [getattr(value, "code", value) for value in values_of(Column())] == ["E0565", datetime(2026, 3, 5), None]


# --- binary numbers --------------------------------------------------------------------------------------------------


def widths() -> Iterator[Any]:
    for type, numbers in (
        (pa.float16(), [0.1, 6.7, 65500, 0.0]),
        (pa.float32(), [0.1, 6.7, 66.1, 1e30, 16777216, 3.4028235e38]),
    ):
        plain, entry = pa.array(numbers, type), pa.struct([("m", type), ("n", pa.int64())])
        yield plain, numbers
        yield plain.dictionary_encode(), numbers
        yield pa.array([numbers, None], pa.list_(type)), [numbers, None]
        objects = [{"m": number, "n": 1} for number in numbers] + [{"m": None, "n": 2}]
        yield pa.array(objects, entry), objects
        yield pa.array([objects], pa.large_list(entry)), [objects]


@pytest.mark.parametrize(("column", "written"), list(widths()))
def test_a_binary_number_is_the_shortest_decimal_of_its_own_width(column: pa.Array, written: list[Any]) -> None:
    assert values_of(column) == written
    nan = values_of(pa.array([float("nan"), float("inf")], pa.float32()))
    assert [str(value) for value in nan] == ["nan", "inf"]


def test_minutes_of_32_bits_are_those_of_64(tmp_path: Path) -> None:
    for type in (pa.float32(), pa.float64()):
        log = [[{"date": "2026-03-05", "minutes": minutes} for minutes in (6.7, 6.7, 6.6)], []]
        kind = pa.list_(pa.struct([("date", pa.string()), ("minutes", type)]))
        parquet.write_table(panel(time_log=pa.array(log, kind)), tmp_path / "whole.parquet")
        given, _ = facts.read(tmp_path / "whole.parquet", VOCABULARY)
        found = given[0].lists["time_log"]
        assert isinstance(found, GivenList)
        assert sum(row["minutes"] for row in found.rows) == 20  # type: ignore[misc]


# --- names -----------------------------------------------------------------------------------------------------------


def test_two_columns_of_one_name_are_refused(tmp_path: Path) -> None:
    parquet.write_table(panel().append_column("payer", pa.array(["medicaid"] * 2)), tmp_path / "whole.parquet")
    given, problems = facts.read(tmp_path / "whole.parquet", VOCABULARY)
    assert given == []
    assert [(d.code, d.message) for d in problems] == [("CCM-E0508", "the record holds `payer` twice")] * 2


@pytest.mark.parametrize("key", ["patient_id", "service_month"])
def test_a_key_twice_is_refused(key: str, tmp_path: Path) -> None:
    parquet.write_table(panel().append_column(key, pa.array(["other"] * 2)), tmp_path / "whole.parquet")
    given, problems = facts.read(tmp_path / "whole.parquet", VOCABULARY)
    assert given == []
    assert {d.message for d in problems} >= {f"the record holds `{key}` twice"}


def test_a_name_twice_in_a_record_of_a_list(tmp_path: Path) -> None:
    entries = pa.StructArray.from_arrays([pa.array([5, 5]), pa.array([6, 6])], names=["minutes", "minutes"])
    batch = pa.record_batch([pa.ListArray.from_arrays([0, 1, 2], entries)], names=["time_log"])
    names = [list(map(str, row["time_log"][0])) for row in rows_of(batch)]
    assert names == [["minutes", "Repeated(name='minutes')"]] * 2
