"""The same panel on Spark and in one process: the same answers, and a part that is missing is made again."""

from __future__ import annotations

import json
import os
import shutil
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pyarrow as pa
import pytest
from pyarrow import parquet

import ccm_policy
from ccm_policy.cli.main import main
from ccm_policy.panel.cluster import ASKED
from tests.evaluate.small_world import POLICY, RECORD, UNITS, VOCABULARY

MANY, PARTS = 1500, 3

if os.environ.get("CCM_POLICY_SPARK") != "required":
    pytest.importorskip("pyspark")
    if shutil.which("java") is None:
        pytest.skip("Java is not installed", allow_module_level=True)

pytestmark = pytest.mark.filterwarnings("ignore")


@pytest.fixture(scope="module")
def session() -> Iterator[Any]:
    from pyspark.sql import SparkSession

    builder = (
        SparkSession.builder.master("local[2]")
        .config("spark.ui.enabled", "false")
        .config("spark.sql.shuffle.partitions", 2)
    )
    made = builder.config("spark.driver.memory", "1g").config("spark.log.level", "ERROR").getOrCreate()
    made.sparkContext.pythonExec = sys.executable
    yield made
    made.stop()


@pytest.fixture(scope="module")
def policies(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("policies")
    (folder / "vocabulary.policy").write_text(VOCABULARY, encoding="utf-8")
    (folder / "acme.policy").write_text(POLICY + UNITS, encoding="utf-8")
    return folder


def record(number: int) -> dict[str, Any]:
    """One in a hundred is refused for its payer, one is of a month that is not known."""
    plain = {name: value for name, value in RECORD.items() if isinstance(value, str)}
    payer = "nobody" if number % 100 == 50 else "acme"
    month = "2031-01" if number == 7 else "2026-03"
    return {**plain, "patient_id": f"p{number:05}", "service_month": month, "payer": payer, "practitioner.id": "dr-a"}


RECORDS = [record(number) for number in range(MANY)]
LOG = [{"date": f"2026-03-{1 + n:02}", "minutes": 4 + n, "who": "nurse", "staff_id": f"n-{n}"} for n in range(5)]


def log(number: int) -> list[dict[str, Any]]:
    return LOG[: number % 6] if number != 7 else []


def bytes_of(rows: list[dict[str, Any]]) -> bytes:
    """The rows, in an order of their own."""
    return "\n".join(sorted(json.dumps(row, default=str, sort_keys=True) for row in rows)).encode()


def read(folder: Path) -> list[dict[str, Any]]:
    rows: list[dict[str, Any]] = pa.concat_tables(map(parquet.read_table, sorted(folder.glob("*.parquet")))).to_pylist()
    return rows


def test_tables_on_spark_are_as_in_one_process(
    session: Any, policies: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    folder, out = tmp_path / "panel", tmp_path / "answers"
    folder.mkdir()
    parquet.write_table(pa.Table.from_pylist(RECORDS[::-1]), folder / "patient_months.parquet")
    rows = [{"patient_id": one["patient_id"], "service_month": one["service_month"], **entry}
            for number, one in enumerate(RECORDS) for entry in log(number)]  # fmt: skip
    rows.append({"patient_id": "nobody", "service_month": "2026-03", **LOG[0]})
    parquet.write_table(pa.Table.from_pylist(rows), folder / "log.parquet")
    words = ["evaluate", str(folder), "--policies", str(policies)]
    on_spark = [*words, "--engine", "spark", "--parts", str(PARTS), "--out", str(out)]
    assert main(on_spark) == 1
    told = capsys.readouterr().out
    assert main([*words, "--out", str(tmp_path / "alone.parquet"), "--processes", "1"]) == 1
    capsys.readouterr()
    found = read(out)
    decided = [row for row in found if row["decision"] != "refused"]
    assert bytes_of(decided) == bytes_of(parquet.read_table(tmp_path / "alone.parquet").to_pylist())
    refused = {row["patient_id"]: row["problems"][0][:9] for row in found if row["decision"] == "refused"}
    assert len(refused) == MANY // 100 + 2 and told == f"{len(found)} rows in {out}, {len(refused)} records refused\n"
    assert (refused["p00007"], refused["p00050"], refused["nobody"]) == ("CCM-E0440", "CCM-E0533", "CCM-E0519")

    files = {path.name: path.stat().st_mtime_ns for path in out.glob("*.parquet")}
    assert len(files) == PARTS
    lost = out / "part-00002.parquet"
    lost.unlink()
    assert main(on_spark) == 1
    assert capsys.readouterr().out == told
    again = {path.name: path.stat().st_mtime_ns for path in out.glob("*.parquet")}
    assert {name for name in files if files[name] != again[name]} == {lost.name}
    assert bytes_of(read(out)) == bytes_of(found)

    assert main([*on_spark, "--presume", "nothing"]) == 2
    assert capsys.readouterr().err.startswith("error CCM-E0561: the folder holds answers to something else\n")
    assert sorted(path.name for path in out.iterdir() if path.suffix != ".parquet") == [ASKED]


def test_a_frame_on_spark_is_as_the_table(session: Any, policies: Path) -> None:
    """Whole records, with one given twice, in the types of the columns."""
    library = ccm_policy.load(policies)
    records = [{**one, "log": log(number)} for number, one in enumerate(RECORDS[:300])]
    table = pa.Table.from_pylist([*records, records[3]])
    answers = library.evaluate_table(table, reasons=True)
    frame = library.evaluate_spark(session.createDataFrame(table), reasons=True)
    found = frame.toArrow()
    assert found.schema.names == answers.schema.names
    assert bytes_of(found.to_pylist()) == bytes_of(
        [row | {"problems": _without_rows(row)} for row in answers.to_pylist()]
    )


def _without_rows(row: dict[str, Any]) -> list[str]:
    """Rows of a frame have no numbers."""
    return [problem.replace(" (rows 4, 301)", "") for problem in row["problems"]]
