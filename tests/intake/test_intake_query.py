"""A question asked of DuckDB in place of a file's own rows; skipped where DuckDB is not installed."""

from __future__ import annotations

from pathlib import Path

import pytest

from ccm_policy.intake.read_mapping import read_mapping
from ccm_policy.intake.run import run
from ccm_policy.language.diagnostics import CcmPolicyError
from ccm_policy.language.tree import Vocabulary

duckdb = pytest.importorskip("duckdb")

MAPPING = """\
mapping: 1
files:
  log:
    file: "calls.*"
    query: "{query}"
    key: {{patient_id: who, service_month: day}}
    gives: [{{list: time_log, fields: {{date: day, minutes: minutes}}}}]
"""
QUERY = "SELECT who, day, minutes FROM {table} WHERE kind = 'call' ORDER BY who"
CALLS = "who,day,minutes,kind\n007,2026-03-02,12.5,call\n008,2026-03-04,7,letter\n009,2026-03-31,20,call\n"


def read(export: Path, query: str, vocabulary: Vocabulary) -> str:
    Path("mapping.yaml").write_text(MAPPING.format(query=query), encoding="utf-8")
    run([export], [read_mapping(Path("mapping.yaml"))], vocabulary, Path("facts"))
    return Path("facts/time_log.csv").read_text(encoding="utf-8")


@pytest.mark.parametrize("kind", ["csv", "parquet", "duckdb"])
def test_a_query_gives_the_rows(kind: str, vocabulary: Vocabulary, here: Path) -> None:
    Path("source.csv").write_text(CALLS, encoding="utf-8")
    export = Path(f"calls.{kind}")
    rows = "SELECT * FROM read_csv('source.csv', types={'who': 'VARCHAR', 'minutes': 'DECIMAL(6,2)'})"
    table = "export"
    if kind == "duckdb":
        table = "log"
        with duckdb.connect(str(export)) as made:
            made.execute(f"CREATE TABLE log AS {rows}")
    else:
        duckdb.sql(f"COPY ({rows}) TO '{export}'")
    keys = ["007", "009"]
    expected = [f"{keys[0]},2026-03,,2026-03-02,12.5", f"{keys[1]},2026-03,,2026-03-31,20"]
    assert read(export, QUERY.format(table=table), vocabulary).splitlines()[1:] == expected


def test_a_query_that_cannot_be_answered_says_so_and_writes_nothing(vocabulary: Vocabulary, here: Path) -> None:
    Path("calls.csv").write_text(CALLS, encoding="utf-8")
    with pytest.raises(CcmPolicyError, match="DuckDB cannot answer the query of the mapping"):
        read(Path("calls.csv"), "SELECT whom FROM export", vocabulary)
    assert sorted(path.name for path in here.iterdir()) == ["calls.csv", "mapping.yaml"]


@pytest.mark.parametrize(
    "query", ["COPY (SELECT 1) TO 'calls.csv'", "SELECT who, day, minutes FROM export; CREATE TABLE more (a INT)"]
)
def test_a_query_that_writes_is_refused(query: str, vocabulary: Vocabulary, here: Path) -> None:
    Path("calls.csv").write_text(CALLS, encoding="utf-8")
    with pytest.raises(CcmPolicyError, match="does more than ask"):
        read(Path("calls.csv"), query, vocabulary)
    assert Path("calls.csv").read_text(encoding="utf-8") == CALLS
