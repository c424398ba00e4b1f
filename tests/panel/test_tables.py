"""Tables in, tables out: whatever the library that holds them, and no record without a row."""

from __future__ import annotations

import json
from decimal import Decimal
from pathlib import Path
from typing import Any

import pyarrow as pa
import pytest

import ccm_policy
from ccm_policy.evaluate.reasons import EARNS

PLAIN = json.loads((Path(__file__).parents[1] / "golden" / "plain_chart.json").read_text(encoding="utf-8"))


def records() -> list[dict[str, Any]]:
    names = ("a", "refused", "b", "twice", "far", "twice", "other")
    made = [PLAIN | {"patient_id": name} for name in names]
    made[1] |= {"payer": "medicair"}
    made[4] |= {"service_month": "2031-01", "time_log": []}
    made[6] |= {"payer": "other_payer"}
    made[0]["time_log"] = made[2]["time_log"] = [{**PLAIN["time_log"][0], "start": "10:00", "minutes": 25}]
    return made


@pytest.fixture(scope="module")
def library() -> ccm_policy.PolicyLibrary:
    return ccm_policy.load()


@pytest.fixture(scope="module")
def table() -> pa.Table:
    return pa.Table.from_pylist(records())


@pytest.fixture(scope="module")
def answers(library: ccm_policy.PolicyLibrary, table: pa.Table) -> list[dict[str, Any]]:
    rows: list[dict[str, Any]] = library.evaluate_table(table, reasons=True).to_pylist()
    return rows


def test_each_record_has_rows_in_its_order(answers: list[dict[str, Any]]) -> None:
    told = dict.fromkeys((row["patient_id"], row["decision"], *(p[:9] for p in row["problems"])) for row in answers)
    assert list(told) == [
        ("a", "decided"),
        ("refused", "refused", "CCM-E0533"),
        ("b", "decided"),
        ("twice", "refused", "CCM-E0540"),
        ("far", "refused", "CCM-E0440"),
        ("other", "not_established"),
    ]
    assert sum(row["patient_id"] == "twice" for row in answers) == 2


def test_the_rows_are_those_of_the_decision(
    library: ccm_policy.PolicyLibrary, table: pa.Table, answers: list[dict[str, Any]]
) -> None:
    decision = library.evaluate(table.to_pylist()[0])
    rows = {row["code"]: row for row in answers if row["patient_id"] == "a"}
    assert list(rows) == list(decision.services)
    row, service = rows["99490"], decision.services["99490"]
    assert (row["status"], row["units"], row["allowed"]) == (service.status, service.units, service.allowed)
    assert isinstance(row["allowed"], Decimal) and row["allowed_low"] == row["allowed_high"] == row["allowed"]
    assert (row["rule"], rows["99439"]["rule"]) == (None, EARNS)
    assert "CCM-W0709" in next(row["findings"] for row in answers if row["patient_id"] == "b")


@pytest.mark.parametrize("package", ["polars", "duckdb"])
def test_other_tables_give_the_same(
    package: str, library: ccm_policy.PolicyLibrary, table: pa.Table, answers: list[dict[str, Any]]
) -> None:
    module = pytest.importorskip(package)
    other = module.from_arrow(table)
    assert library.evaluate_table(other, reasons=True).to_pylist() == answers


def test_what_is_no_table_is_said(library: ccm_policy.PolicyLibrary) -> None:
    with pytest.raises(TypeError, match="a table of Arrow, a frame of polars or a relation of DuckDB is needed"):
        library.evaluate_table([{"patient_id": "a"}])


def test_two_columns_of_one_name_refuse_every_record(library: ccm_policy.PolicyLibrary, table: pa.Table) -> None:
    for name in ("payer", "patient_id"):
        found = library.evaluate_table(table.append_column(name, table[name])).to_pylist()
        assert {problem for row in found for problem in row["problems"] if "`payer` must" not in problem} == {
            f"CCM-E0508: the record holds `{name}` twice"
        }
