"""Hours and minutes, or minutes and seconds: what tells in a column of durations, and what is read then."""

from __future__ import annotations

import json
from fractions import Fraction
from pathlib import Path
from typing import Any

import pytest

from ccm_policy import facts
from ccm_policy.facts.values import GivenList
from tests.facts.vocabulary import VOCABULARY

Read = list[Any]


def of_table(tmp_path: Path, header: str, *durations: str) -> Read:
    """The minutes of a table of entries with this header for its durations; the codes of messages where it is
    refused."""
    (tmp_path / "patient_months.csv").write_text(
        "patient_id,service_month,payer\n0042,2026-03,medicare\n", encoding="utf-8"
    )
    rows = "".join(f"0042,2026-03,{duration}\n" for duration in durations)
    (tmp_path / "time_log.csv").write_text(f"patient_id,service_month,{header}\n{rows}", encoding="utf-8")
    return _minutes(tmp_path)


def of_record(tmp_path: Path, *entries: dict[str, Any]) -> Read:
    record = {"patient_id": "0042", "service_month": "2026-03", "payer": "medicare", "time_log": list(entries)}
    path = tmp_path / "one.json"
    path.write_text(json.dumps(record), encoding="utf-8")
    return _minutes(path)


def _minutes(path: Path) -> Read:
    given, diagnostics = facts.read(path, VOCABULARY)
    if diagnostics:
        return sorted({diagnostic.code for diagnostic in diagnostics})
    log = given[0].lists["time_log"]
    assert isinstance(log, GivenList)
    found = [row["minutes"] for row in log.rows]
    return [value for value in found if isinstance(value, Fraction)]


TOLD = {
    "no more than hours anywhere": (["0:45", "1:10", "0:20"], ["CCM-E0550"]),
    "one alone": (["0:45"], ["CCM-E0550"]),
    "one is too long for hours": (["6:40", "0:45", "12:05"], [Fraction(20, 3), Fraction(3, 4), Fraction(145, 12)]),
    "more hours than a day has": (["25:10"], [Fraction(151, 6)]),
    "long, but nearly all are below an hour": (["0:45", "0:20", "0:15", "5:00"], ["CCM-E0550"]),
    "nothing at all": (["0:00"], [0]),
    "numbers": (["45", "7.5"], [45, Fraction(15, 2)]),
    "hours, minutes and seconds": (["0:45:00", "1:00:30"], [45, Fraction(121, 2)]),
    "both ways of writing": (["0:45:00", "0:45"], ["CCM-E0550"]),
}


@pytest.mark.parametrize("case", TOLD)
def test_a_column_tells_by_its_values_or_is_refused(case: str, tmp_path: Path) -> None:
    durations, read = TOLD[case]
    assert of_table(tmp_path, "minutes", *durations) == read


@pytest.mark.parametrize("header", ["minutes (h:mm)", "minutes (hh:mm)", "Minutes", "minutes [H:MM]"])
def test_the_name_of_a_column_says_hours(header: str, tmp_path: Path) -> None:
    read = of_table(tmp_path, header, "0:45", "5:00", "20")
    assert read == (["CCM-E0531"] if header == "Minutes" else [45, 300, 20])


def test_the_name_of_a_column_says_minutes(tmp_path: Path) -> None:
    assert of_table(tmp_path, "minutes (mm:ss)", "0:45", "75:20") == [Fraction(3, 4), Fraction(226, 3)]


def test_a_column_that_says_how_its_durations_are_meant_is_suggested_so(tmp_path: Path) -> None:
    """In another case, with a slip, or by another name: the message gives the name as it is read."""
    for header in ("Minutes (H:MM)", "minuts (h:mm)", "MINUTES [hh:mm]"):
        file = tmp_path / "time_log.csv"
        of_table(tmp_path, header, "0:45")
        _, problems = facts.read(tmp_path, VOCABULARY)
        assert [(d.code, d.help) for d in problems if d.code == "CCM-E0531"] == [
            ("CCM-E0531", f"did you mean `minutes ({'hh' if '[' in header else 'h'}:mm)`?")
        ], (header, file)


def test_only_durations_are_named_so(tmp_path: Path) -> None:
    assert of_table(tmp_path, "description (h:mm)", "0:45") == ["CCM-E0531"]


def test_start_and_end_tell_for_the_whole_column(tmp_path: Path) -> None:
    header = "start,end,minutes"
    assert of_table(tmp_path, header, "14:00,14:45,0:45", ",,0:20") == [45, 20]
    assert of_table(tmp_path, header, "14:00,14:01,0:45", ",,3:20") == [Fraction(3, 4), Fraction(10, 3)]
    assert of_table(tmp_path, header, "23:50,00:20,0:30") == [30]


def test_what_start_and_end_contradict_is_refused(tmp_path: Path) -> None:
    assert of_table(tmp_path, "start,end,minutes", "14:00,14:20,0:45") == ["CCM-E0550"]
    assert of_table(tmp_path, "start,end,minutes", "14:00,14:45,0:45", "15:00,15:01,0:45") == ["CCM-E0550"]
    assert of_table(tmp_path, "start,end,minutes (m:ss)", "14:00,14:45,0:45") == ["CCM-E0542"]
    assert of_table(tmp_path, "start,end,minutes (h:mm)", "14:00,14:20,0:45") == ["CCM-E0542"]


def test_a_record_without_columns_tells_by_itself(tmp_path: Path) -> None:
    assert of_record(tmp_path, {"minutes": "6:40"}, {"minutes": "0:30"}) == [Fraction(20, 3), Fraction(1, 2)]
    assert of_record(tmp_path, {"minutes": "0:30"}, {"minutes": 7}) == ["CCM-E0550"]
    assert of_record(tmp_path, {"minutes": "0:30", "start": "9:00", "end": "9:30"}, {"minutes": "0:05"}) == [30, 5]
