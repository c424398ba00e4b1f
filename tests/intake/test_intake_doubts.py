"""What may take minutes away, or give them to another service or month, is told and settled before anything counts."""

from __future__ import annotations

import csv
from pathlib import Path

import pytest

from ccm_policy.intake.read_mapping import read_mapping
from ccm_policy.intake.report import Report
from ccm_policy.intake.run import run
from ccm_policy.language.tree import Vocabulary

LOG = (
    "key: {patient_id: MRN, service_month: Month}, gives: [{list: time_log, fields: {date: Date, minutes: Minutes, "
    "staff_id: Who, program: Program, activity: Topic, start: In}}, {facts: {payer: Ins}}]"
)
HEADER = "MRN,Month,Date,Minutes,Who,Program,Topic,In,Ins\n"


def read(rows: str, vocabulary: Vocabulary, month: str = "month: 2026-03") -> tuple[list[tuple[str, ...]], Report]:
    """The entries of a log (patient, month, minutes, programme), and the report."""
    Path("log.csv").write_text(HEADER + rows, encoding="utf-8")
    mapped = f"mapping: 1\n{month}\nfiles: {{log: {{file: log.csv, {LOG}}}}}\n"
    Path("mapping.yaml").write_text(mapped, encoding="utf-8")
    report = run([Path("log.csv")], [read_mapping(Path("mapping.yaml"))], vocabulary, Path("facts"))
    with Path("facts/time_log.csv").open(encoding="utf-8", newline="") as table:
        fields = ("patient_id", "service_month", "minutes", "program")
        return [tuple(row.get(name, "") for name in fields) for row in csv.DictReader(table)], report


def told(report: Report, words: str) -> list[int]:
    """The rows of which something is told."""
    return [row for what, note in report.files[0].look_at.items() if words in what for row in note.rows]


@pytest.mark.parametrize("below", ["-5", "-0:05:00", "(5)"])
def test_a_correction_leaves_no_minute_of_its_patient_counted(below: str, vocabulary: Vocabulary, here: Path) -> None:
    rows = (
        "1,2026-03,2026-03-06,22,lee,ccm,medication,,Medicare\n"
        f"1,2026-03,2026-03-09,{below},lee,ccm,medication,,Medicare\n"
        "2,2026-03,2026-03-09,20,lee,ccm,medication,,Medicare\n"
    )
    found, report = read(rows, vocabulary)
    unknown = ("1", "2026-03", "unknown", "ccm")
    assert found == [unknown, unknown, ("2", "2026-03", "20", "ccm")], "of another patient nothing is in doubt"
    assert told(report, "it takes minutes away") == [3]


SAME = "1,2026-03,2026-03-11,12,lee,{program},results,{start},Medicare\n"


@pytest.mark.parametrize(
    ("first", "second", "programs"),
    [
        (("ccm", ""), ("rpm", ""), ["unknown"]),
        (("ccm", ""), ("", ""), ["ccm", ""]),
        (("ccm", "09:00"), ("rpm", "09:00"), ["ccm", "rpm"]),
        (("ccm", "09:00"), ("rpm", "10:00"), ["ccm", "rpm"]),
    ],
    ids=["twice", "one_says_nothing", "one_time_is_compared_where_it_is_decided", "two_times"],
)
def test_minutes_under_two_programmes_count_once_and_are_asked_about(
    first: tuple[str, str], second: tuple[str, str], programs: list[str], vocabulary: Vocabulary, here: Path
) -> None:
    rows = "".join(SAME.format(program=program, start=start) for program, start in (first, second))
    found, report = read(rows, vocabulary)
    assert [program for *_, program in found] == programs
    assert told(report, "the same minutes stand under another") == ([3] if programs == ["unknown"] else [])


def test_other_work_of_one_length_on_one_day_is_no_repetition(vocabulary: Vocabulary, here: Path) -> None:
    rows = SAME.format(program="ccm", start="") + SAME.format(program="ccm", start="").replace("results", "education")
    found, report = read(rows, vocabulary)
    assert len(found) == 2
    assert not told(report, "the same minutes")


@pytest.mark.parametrize("day", ["2026-02-27", "2025-03-02"], ids=["the_month_beside", "more_likely_a_slip"])
def test_a_call_of_the_month_beside_is_of_that_month(day: str, vocabulary: Vocabulary, here: Path) -> None:
    row = "1,2026-03,{day},15,lee,ccm,results,,Medicare\n"
    found, report = read(row.format(day=day) + row.format(day="2026-03-04"), vocabulary)
    beside = day.startswith("2026-02")
    assert found == [*([] if beside else [("1", "2026-03", "15", "ccm")]), ("1", "2026-03", "15", "ccm")]
    assert told(report, "lies in 2026-02 and not in 2026-03; it is not counted") == ([2] if beside else [])
    assert told(report, "is a date outside the service month") == ([] if beside else [2])


def test_where_the_month_beside_is_read_too_the_call_is_counted_there(vocabulary: Vocabulary, here: Path) -> None:
    row = "1,{month},{day},15,lee,ccm,results,,Medicare\n"
    rows = row.format(month="2026-03", day="2026-02-27") + row.format(month="2026-02", day="2026-02-03")
    found, report = read(rows, vocabulary, month="")
    assert found == [("1", "2026-02", "15", "ccm")] * 2
    assert told(report, "it is counted there") == [2]
