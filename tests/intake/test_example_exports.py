"""The example exports, read by the shipped mappings, give back the clinic's own records: nothing is lost on the way."""

from __future__ import annotations

import importlib.util
import json
from collections import defaultdict
from fractions import Fraction
from pathlib import Path
from typing import Any

import pytest

from ccm_policy import facts
from ccm_policy.facts.values import Given, GivenList
from ccm_policy.intake.read_mapping import read_mapping
from ccm_policy.intake.report import Report
from ccm_policy.intake.run import run
from ccm_policy.language.tree import Vocabulary

EXAMPLES = Path(__file__).parents[2] / "examples"
SHAPES = {
    "activity_log": ["activity_log.csv"],
    "monthly_totals": ["monthly_totals.csv", "enrolment_list.csv", "visit_list.tsv"],
    "calls_in_columns": ["calls_in_columns.csv"],
}
ADDED = "9"
"""Keys of patients that stand for dirt begin so."""


def made() -> Any:
    spec = importlib.util.spec_from_file_location("make_exports", EXAMPLES / "make_exports.py")
    assert spec is not None and spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


TRUTH = {record["patient_id"]: record for record in made().patients()}


def read(shape: str, vocabulary: Vocabulary, tmp_path: Path) -> tuple[dict[str, Given], Report]:
    paths = [EXAMPLES / "exports" / name for name in SHAPES[shape]]
    mappings = [read_mapping(Path(Path(name).stem)) for name in SHAPES[shape]]
    report = run(paths, mappings, vocabulary, tmp_path / "facts")
    given, _ = facts.read(tmp_path / "facts", vocabulary)
    return {each.patient_id: each for each in given}, report


def log(given: Given, *fields: str) -> list[tuple[Any, ...]]:
    rows = given.lists["time_log"]
    assert isinstance(rows, GivenList)
    return [tuple(str(row.get(name, "")) for name in fields) for row in rows.rows]


def test_the_exports_are_those_of_the_script(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    module = made()
    monkeypatch.setattr(module, "FOLDER", tmp_path / "exports")
    module.main()
    for path in (tmp_path / "exports").iterdir():
        assert path.read_bytes() == (EXAMPLES / "exports" / path.name).read_bytes(), path.name


def test_an_activity_log_gives_every_entry(vocabulary: Vocabulary, tmp_path: Path) -> None:
    given, report = read("activity_log", vocabulary, tmp_path)
    assert {key for key in given if not key.startswith(ADDED)} == TRUTH.keys()
    names = ("date", "minutes", "performed_by", "staff_id", "activity", "description")
    for patient, record in TRUTH.items():
        assert log(given[patient], *names) == [tuple(str(e[name]) for name in names) for e in record["time_log"]]
        assert given[patient].facts["payer"] == record["payer"]
    (told,) = report.files
    assert told.read == told.used + sum(tally.count for tally in told.left_out.values())
    named = json.dumps(told.to_dict())
    assert all(f'"{patient}"' in named for patient in ("0001", "9001", "9002", "9003", "9004"))


def test_monthly_totals_come_together_with_two_lists(vocabulary: Vocabulary, tmp_path: Path) -> None:
    given, report = read("monthly_totals", vocabulary, tmp_path)
    for patient, record in TRUTH.items():
        totals: dict[str, int] = defaultdict(int)
        for entry in record["time_log"]:
            totals[entry["performed_by"]] += entry["minutes"]
        assert dict(log(given[patient], "performed_by", "minutes")) == {role: str(n) for role, n in totals.items()}
        for name, fields in (("visits", ("date", "code")), ("programs", ("program", "started_on"))):
            rows = given[patient].lists[name]
            assert isinstance(rows, GivenList)
            assert [[str(row[f]) for f in fields] for row in rows.rows] == [
                [e[f] for f in fields] for e in record[name]
            ]
    assert report.look_at["in no row of `enrolment_list`"].patients == ["9005"]
    assert "9006" in json.dumps(report.files[1].to_dict())


def test_a_total_without_enrolment_is_not_billed_by_a_presumption(vocabulary: Vocabulary, tmp_path: Path) -> None:
    read("monthly_totals", vocabulary, tmp_path)
    months = (tmp_path / "facts" / "patient_months.csv").read_text(encoding="utf-8").splitlines()
    header, row = months[0].split(","), next(line for line in months if line.startswith("9005")).split(",")
    assert dict(zip(header, row, strict=True))["programs_given"] == "unknown"


def test_calls_in_columns_give_the_minutes_between_their_times(vocabulary: Vocabulary, tmp_path: Path) -> None:
    given, report = read("calls_in_columns", vocabulary, tmp_path)
    for patient, record in TRUTH.items():
        between = [
            (day, str(Fraction((int(e[:2]) - int(s[:2])) * 60 + int(e[3:]) - int(s[3:]))), role)
            for day, s, e, role in log(given[patient], "date", "start", "end", "performed_by")
        ]
        assert between == [(e["date"], str(e["minutes"]), e["performed_by"]) for e in record["time_log"]]
    assert "it ends before it starts; `time_log.minutes` is unknown" in report.files[0].look_at
