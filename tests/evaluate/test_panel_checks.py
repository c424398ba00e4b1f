"""One person in two patient-months at one time (L26): told in the later decision, in both where decisions are held,
with the dollars that rest on it; and nothing is decided by it."""

from __future__ import annotations

import copy
import json
from pathlib import Path
from typing import Any

import ccm_policy
from ccm_policy import evaluate, facts, library
from ccm_policy.evaluate.panel_checks import PanelChecks
from tests.evaluate.small_world import POLICY, RECORD, SERVICE, VOCABULARY, schedules

CHECK = """
panel check one_patient
  forbid    any two log of different patients that overlap where staff_id is the same where shared_by is 1
  otherwise "Two patients at once."
  severity  advice
"""
CLOCK = "  field start time, presumed none\n  field end time\n"


def test_an_overlap_between_patients_is_told_once_by_its_minutes(tmp_path: Path) -> None:
    of_log = "  field shared_by integer, 1 to 20, presumed 1\n"
    (tmp_path / "vocabulary.policy").write_text(VOCABULARY.replace(of_log, of_log + CLOCK), encoding="utf-8")
    (tmp_path / "acme.policy").write_text(POLICY + CHECK + SERVICE, encoding="utf-8")
    loaded, panel = library.load(tmp_path, cache=False), PanelChecks()

    def told(patient: str, *log: tuple[str, str, int, str | None, int]) -> list[str]:
        names = ("date", "start", "minutes", "staff_id", "shared_by")
        rows: list[dict[str, Any]] = [dict(zip(names, row, strict=True)) for row in log]
        given, wrong = facts.check({**RECORD, "patient_id": patient, "log": rows}, loaded.vocabulary)
        assert given is not None, [d.message for d in wrong]
        decision = panel.checked(evaluate.decide(given, loaded, schedules()))
        assert {finding.code for finding in decision.findings} <= {"CCM-W0708", "CCM-W0709"}
        return [finding.message for finding in decision.findings]

    assert told("a", ("2026-03-04", "23:50", 20, "n-1", 1), ("2026-03-04", "10:00", 15, "n-1", 1)) == []
    assert told("b", ("2026-03-04", "10:15", 15, "n-1", 1), ("2026-03-04", "10:00", 15, "n-2", 1)) == []
    assert told("c", ("2026-03-04", "10:40", 5, "n-1", 2), ("2026-03-04", "10:05", 5, None, 1)) == []
    assert told("d", ("2026-03-05", "00:03", 15, "n-1", 1)) == [
        "Entry 1, and entry 1 of patient a, overlap by 7 minutes on 2026-03-05. Two patients at once."
    ]


PLAIN = json.loads((Path(__file__).parents[1] / "golden" / "plain_chart.json").read_text(encoding="utf-8"))


def chart(date: str, start: str, **more: Any) -> dict[str, Any]:
    """The plain chart with one entry of 20 minutes in the month of that day. `more`: of the entry, but for what tells
    the patient-month from others."""
    made: dict[str, Any] = json.loads(json.dumps(copy.deepcopy(PLAIN)).replace('"2026-03', f'"{date[:7]}'))
    made["patient_id"] = more.pop("patient", made["patient_id"])
    made["practitioner"]["id"] = more.pop("practitioner", made["practitioner"]["id"])
    entry = {"date": date, "start": start, "minutes": 20, "performed_by": "rn", "staff_id": "rn-1"}
    made["time_log"] = [{**entry, "activity": "communication", **more}]
    return made


def both(*charts: dict[str, Any]) -> list[list[str]]:
    """What each of the decisions tells of the others, in the held form."""
    panel, loaded = PanelChecks(), ccm_policy.load()
    held = panel.held(panel.checked(loaded.evaluate(chart)) for chart in charts)
    return [[f.message for f in decision.findings if f.code == "CCM-W0709"] for decision in held]


SAYS = "One person is logged twice at one time."


def test_both_patients_are_told_with_their_dollars() -> None:
    one, other = both(chart("2026-03-04", "10:00", patient="a"), chart("2026-03-04", "10:05", patient="b"))
    price = one[0].partition("At risk: ")[2].split()[0]
    assert price.startswith("$") and float(price[1:]) > 40
    shared = "overlap by 15 minutes on 2026-03-04."
    assert one == [f"Entry 1, and entry 1 of patient b, {shared} At risk: {price} here, {price} of patient b. {SAYS}"]
    assert other == [f"Entry 1, and entry 1 of patient a, {shared} At risk: {price} here, {price} of patient a. {SAYS}"]


def test_no_dollars_rest_on_an_entry_that_does_not_count() -> None:
    first, second = chart("2026-03-04", "10:00", patient="a"), chart("2026-03-04", "10:05", patient="b")
    first["time_log"].append({**first["time_log"][0], "start": "10:20", "activity": "administrative"})
    second["time_log"][0]["start"] = "10:30"
    one, other = both(first, second)
    assert "Entry 2, and entry 1 of patient b, overlap by 10 minutes" in one[0] and "here" not in one[0]
    assert "here" in other[0] and "of patient a. " not in other[0]


def test_two_records_of_one_patient_are_told_apart() -> None:
    one, other = both(chart("2026-03-04", "10:00"), chart("2026-03-04", "10:00", practitioner="dr-b"))
    assert "entry 1 of the same patient under practitioner dr-b, overlap by 20 minutes" in one[0]
    assert f"of the same patient under practitioner {PLAIN['practitioner']['id']}," in other[0]
    march, april = both(chart("2026-03-31", "23:50"), chart("2026-04-01", "00:05"))
    assert "entry 1 of the same patient in 2026-04, overlap by 5 minutes on 2026-04-01." in march[0]
    assert "entry 1 of the same patient in 2026-03, overlap by 5 minutes on 2026-04-01." in april[0]
    assert both(chart("2026-03-31", "23:40"), chart("2026-04-01", "00:00")) == [[], []]


def test_work_for_several_is_no_overlap_only_where_both_say_so() -> None:
    def told(one: int | None, other: int | None) -> int:
        first = chart("2026-03-04", "10:00", patient="a", patients_served=one)
        return len(both(first, chart("2026-03-04", "10:00", patient="b", patients_served=other))[0])

    assert [told(2, 2), told(2, 1), told(1, 2), told(1, 1), told(None, 1), told(None, 2)] == [0, 1, 1, 1, 1, 0]


def test_of_very_many_the_first_are_told() -> None:
    many = chart("2026-03-04", "10:00")
    many["time_log"] *= 30
    one, other = both(many, chart("2026-03-04", "10:00", patient="b"))
    assert (len(one), len(other)) == (21, 21)
    assert other[20] == "More entries overlap with those of other patient-months; 20 are told."
