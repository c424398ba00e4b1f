"""Each record differs from one plain chart in what its key says; beside it stands its row on the list."""

from __future__ import annotations

import csv
import json
from datetime import date
from decimal import Decimal
from fractions import Fraction
from pathlib import Path
from typing import Any

import jsonschema
import pytest

from ccm_policy.cli.main import main
from ccm_policy.cli.worklist_forms import COLUMNS
from ccm_policy.report.things import About, Item, items_of
from ccm_policy.report.words import Dollars
from ccm_policy.report.worklist import Worklist, grouped, worklist

PLAIN: dict[str, Any] = {
    "service_month": "2026-03",
    "payer": "medicare",
    "state": "OH",
    "locality": "15202-00",
    "place_of_service": "11",
    "apm_status": "non_qp",
    "practitioner": {"id": "dr-a", "type": "physician"},
    "conditions": [
        {"icd10": code, "lasts_12_months": True, "significant_risk": True, "documented": True}
        for code in ("E11.9", "I50.9")
    ],
    "consent": {
        "status": "given",
        "date": "2025-10-15",
        "form": "verbal",
        "documented": True,
        "practitioner_id": "dr-a",
        "topics": ["availability", "cost_sharing", "one_practitioner", "right_to_stop"],
    },
    "visits": [
        {
            "code": "99214",
            "date": "2025-10-15",
            "practitioner_id": "dr-a",
            "initiates": ["ccm"],
            "discussion_documented": True,
        }
    ],
    "programs": [{"program": "ccm", "practitioner_id": "dr-a", "started_on": "2025-11-03"}],
    "care_plan": {
        "created": "2025-10-15",
        "reviewed": "2026-02-02",
        "worked_on": "2026-03-09",
        "copy_given": True,
        "available_24_7": True,
    },
    "access_24_7": {"offered": True},
    "mdm": {"level": "low", "by_billing_practitioner": True, "documented": True},
    "other_services": [],
}


def entry(day: str, minutes: int, **more: Any) -> dict[str, Any]:
    said = {"activity": "medication", "description": "Went through the new doses with the patient."}
    return {"date": day, "minutes": minutes, "performed_by": "rn", "staff_id": "rn-1", **said, **more}


WORK = [entry("2026-03-02", 9), entry("2026-03-09", 8)]


def chart(key: str, log: list[dict[str, Any]] = WORK, **more: Any) -> dict[str, Any]:
    whole = {"patient_id": key, **PLAIN, "time_log": log}
    for name, value in more.items():
        whole[name] = {**whole[name], **value} if isinstance(whole.get(name), dict) else value
    return whole


def listed(tmp_path: Path, *records: dict[str, Any], words: str = "--as-of 2026-03-24") -> dict[str, Any]:
    panel = tmp_path / "month.jsonl"
    panel.write_text("".join(json.dumps(record) + "\n" for record in records), encoding="utf-8")
    out = tmp_path / "list.json"
    assert main(["worklist", str(panel), "--out", str(out), *words.split()]) == 0
    found: dict[str, Any] = json.loads(out.read_text(encoding="utf-8"))
    return found


def rows(found: dict[str, Any]) -> list[tuple[Any, ...]]:
    return [(t["patient_id"], t["who"], t["what"], t["by"], t["dollars_per_minute"]) for t in found["things"]]


UNKNOWN_COPY = {"care_plan": {"copy_given": None}}
FULL = [*WORK, entry("2026-03-20", 5)]
GIVE_A_COPY = (
    "for 99490: The patient or caregiver was not given a copy of the care plan. "
    "Give a copy, on paper or electronically, and record it."
)
IN_A_HOSPITAL = [{"setting": "inpatient", "from": "2026-03-27", "ongoing": True}]
WORK_ON_IT = (
    "for 99490: The care plan was not established, implemented, revised or monitored in this month. "
    "Act on the care plan in the month, and record the day."
)
NO_PART_B = "for 99490: The patient has no Part B in this month. Check eligibility for the month of service."
A_MACHINE = (
    "before 99490 goes out: An answering machine alone is not access around the clock. "
    "Have a clinician or an answering service answer."
)
SAID: dict[str, tuple[dict[str, Any], str, list[tuple[Any, ...]]]] = {
    "three minutes short": (
        chart("a"),
        "2026-03-24",
        [("a", "rn-1", "3 more staff minutes: 99490 x 1", "2026-03-31", "21.17")],
    ),
    "on the last day": (
        chart("a"),
        "2026-03-31",
        [("a", "rn-1", "3 more staff minutes: 99490 x 1", "2026-03-31", "21.17")],
    ),
    "on the day after": (chart("a"), "2026-04-01", []),
    "an entry of the day itself counts": (
        chart("a", [*WORK, entry("2026-03-24", 2)]),
        "2026-03-24",
        [("a", "rn-1", "1 more staff minute: 99490 x 1", "2026-03-31", "63.51")],
    ),
    "an entry of the next day does not": (
        chart("a", [*WORK, entry("2026-03-25", 2)]),
        "2026-03-24",
        [("a", "rn-1", "3 more staff minutes: 99490 x 1", "2026-03-31", "21.17")],
    ),
    "eleven minutes short": (chart("a", [entry("2026-03-02", 9)]), "2026-03-24", []),
    "insurance ended": (
        chart("a", coverage=[{"payer": "medicare", "rank": 1, "from": "2020-01-01", "to": "2026-03-20"}]),
        "2026-03-24",
        [],
    ),
    "in a hospital to the end": (
        chart("a", stays=IN_A_HOSPITAL),
        "2026-03-24",
        [("a", "rn-1", "3 more staff minutes: 99490 x 1", "2026-03-26", "21.17")],
    ),
    "died": (chart("a", patient={"died_on": "2026-03-15"}), "2026-03-24", []),
    "by what he is": (
        chart("a", [entry("2026-03-02", 17, staff_id=None)]),
        "2026-03-24",
        [("a", "rn", "3 more staff minutes: 99490 x 1", "2026-03-31", "21.17")],
    ),
    "a copy that nobody knows of": (
        chart("a", FULL, **UNKNOWN_COPY),
        "2026-03-24",
        [("a", "rn-1", "record care_plan.copy_given: 99490 waits", None, None)],
    ),
    "the same after the month": (
        chart("a", FULL, **UNKNOWN_COPY),
        "2026-04-10",
        [("a", "rn-1", "record care_plan.copy_given: 99490 waits", None, None)],
    ),
    "a copy that was not given": (
        chart("a", FULL, care_plan={"copy_given": False}),
        "2026-03-24",
        [("a", "rn-1", GIVE_A_COPY, None, None)],
    ),
    "minutes and a copy": (
        chart("a", care_plan={"copy_given": False}),
        "2026-03-24",
        [("a", "rn-1", f"{GIVE_A_COPY} Then 3 more staff minutes.", "2026-03-31", "21.17")],
    ),
    "minutes and a copy, in a hospital to the end": (
        chart("a", care_plan={"copy_given": False}, stays=IN_A_HOSPITAL),
        "2026-03-24",
        [("a", "rn-1", f"{GIVE_A_COPY} Then 3 more staff minutes.", "2026-03-26", "21.17")],
    ),
    "minutes and a copy, after the month": (
        chart("a", care_plan={"copy_given": False}),
        "2026-04-01",
        [],
    ),
    "a plan that nobody worked on": (
        chart("a", FULL, care_plan={"worked_on": "2026-02-02"}),
        "2026-03-24",
        [("a", "rn-1", WORK_ON_IT, None, None)],
    ),
    "the same when the month is over": (
        chart("a", FULL, care_plan={"worked_on": "2026-02-02"}),
        "2026-04-10",
        [],
    ),
    "a profession that nobody knows of": (
        chart("a", FULL, practitioner={"type": None}),
        "2026-03-24",
        [("a", None, "check practitioner.type: 99490 waits", None, None)],
    ),
    "no Part B": (
        chart("a", FULL, coverage=[{"payer": "medicare", "rank": 1, "part_b": False, "from": "2020-01-01"}]),
        "2026-03-24",
        [("a", None, NO_PART_B, None, None)],
    ),
    "a machine that answers": (
        chart("a", FULL, access_24_7={"answered_by": "answering_machine"}),
        "2026-03-24",
        [("a", "rn-1", A_MACHINE, None, None)],
    ),
    "a claim that leaves out the code": (
        chart("a", FULL, claim_lines=[]),
        "2026-03-24",
        [("a", "rn-1", "the claim leaves out 99490 x 1: add the line", None, None)],
    ),
}


@pytest.mark.parametrize("day", sorted({day for _, day, _ in SAID.values()}))
def test_what_is_left_to_do(day: str, tmp_path: Path) -> None:
    cases = {case: (record, expected) for case, (record, on, expected) in SAID.items() if on == day}
    panel = [{**record, "patient_id": case} for case, (record, _) in cases.items()]
    found = rows(listed(tmp_path, *panel, words=f"--as-of {day} --together 99"))
    for case, (_, expected) in cases.items():
        assert [row for row in found if row[0] == case] == [(case, *row[1:]) for row in expected]


def test_minutes_that_nobody_knows_are_worth_no_more_than_a_unit_of_each(tmp_path: Path) -> None:
    """Anything up to a whole day may be meant; that is no reason to call them before all else."""
    unknown = {**entry("2026-03-20", 5), "minutes": None}
    found = listed(tmp_path, chart("a", [*WORK, unknown], mdm={"level": "high", "documented": None}))
    assert {"time_log" in thing["what"] for thing in found["things"]} == {True, False}, found
    assert all(Decimal(thing["worth"]["at_most"]) < 300 for thing in found["things"]), "and not of forty-six"


def test_a_question_of_many_is_asked_once(tmp_path: Path) -> None:
    waiting = [chart(key, FULL, **UNKNOWN_COPY) for key in "abc"]
    found = listed(tmp_path, *waiting)
    assert found["ask_once"] == [
        {
            "facts": ["care_plan.copy_given"],
            "patient_months": 3,
            "worth": {"at_least": "190.53", "at_most": "190.53"},
            "attestable": ["care_plan.copy_given"],
            "to_record": [],
            "to_check": [],
        }
    ]
    assert (found["things"], found["worth"]["at_least"]) == ([], "190.53")
    assert len(listed(tmp_path, *waiting[:2])["things"]) == 2


def test_the_page(tmp_path: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("COLUMNS", "100")
    panel = tmp_path / "month.jsonl"
    records = [chart("b"), chart("a", FULL, **UNKNOWN_COPY), chart("c", [*WORK, entry("2026-03-28", 9)])]
    panel.write_text("".join(json.dumps(record) + "\n" for record in records), encoding="utf-8")
    assert main(["worklist", str(panel), "--as-of", "2026-03-24"]) == 0
    assert capsys.readouterr().out == PAGE


PAGE = """\
Work planned from 2026-03-24

rn-1: 3 things to do, $190.53
patient  by          what                                       worth  a minute
-------  ----------  ----------------------------------------  ------  --------
a        the bill    record care_plan.copy_given: 99490 waits  $63.51
b        2026-03-31  3 more staff minutes: 99490 x 1           $63.51    $21.17
c        2026-03-31  3 more staff minutes: 99490 x 1           $63.51    $21.17

In all $190.53: the best thing of each patient-month, since two may bring the same dollars.
Not counted: 1 entry of the log dated after 2026-03-24.
"""


def test_a_spreadsheet_shows_keys_as_text(tmp_path: Path) -> None:
    from openpyxl import load_workbook

    panel = tmp_path / "month.jsonl"
    panel.write_text(json.dumps(chart("=1+1")) + "\n", encoding="utf-8")
    for name in ("list.csv", "list.xlsx"):
        assert main(["worklist", str(panel), "--as-of", "2026-03-24", "--out", str(tmp_path / name)]) == 0
    header, row = csv.reader((tmp_path / "list.csv").read_text(encoding="utf-8").splitlines())
    assert tuple(header) == COLUMNS
    assert dict(zip(header, row, strict=True)) == {
        "who": "rn-1",
        "patient_id": "'=1+1",
        "service_month": "2026-03",
        "practitioner_id": "dr-a",
        "kind": "minutes",
        "what": "3 more staff minutes: 99490 x 1",
        "services": "99490",
        "by": "2026-03-31",
        "minutes": "3",
        "worth": "63.51",
        "worth_at_most": "63.51",
        "dollars_per_minute": "21.17",
        "patient_months": "1",
    }
    cell = load_workbook(tmp_path / "list.xlsx").active.cell(2, 2)
    assert (cell.value, cell.data_type) == ("=1+1", "s")


def test_hashed_keys_name_nobody(tmp_path: Path) -> None:
    found = json.dumps(listed(tmp_path, chart("patient-a"), words="--as-of 2026-03-24 --hash-keys"))
    assert not any(key in found for key in ("patient-a", "rn-1", "dr-a"))


def test_what_the_practice_holds_is_to_be_settled() -> None:
    rule = {"message": "The plan is old.", "title": "Plan reviewed", "remedy": "Review the plan."}
    service = {"status": "supported", "own_outcome": "yes", "units": 1, "allowed": "63.51", "held": rule, "reasons": []}
    decision: dict[str, Any] = {
        "patient_id": "a",
        "service_month": "2026-03",
        "practitioner_id": None,
        "services": {"99490": service},
        "within_reach": [],
        "missing": [],
        "audit_risks": [],
        "claim": None,
    }
    about = About(
        who=None,
        last_day=lambda code, minutes: None,
        short=lambda code: None,
        mended=lambda code, rule: None,
        gain=lambda code: None,
        work=lambda fact: True,
    )
    (held,) = items_of(decision, about)
    assert (held.kind, held.what, str(held.worth)) == (
        "held",
        "99490 x 1 is held by the practice's own rule: The plan is old. Review the plan.",
        "$63.51",
    )


def test_the_json_fits_its_schema_and_is_the_same_on_several_processes(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert main(["schema", "worklist"]) == 0
    schema = json.loads(capsys.readouterr().out)
    records = [{**record, "patient_id": case} for case, (record, _, _) in SAID.items()]
    found = listed(tmp_path, *records)
    jsonschema.validate(found, schema, format_checker=jsonschema.FormatChecker())
    kinds = {"minutes", "record", "check", "mend", "mend_then_minutes", "claim", "audit_risk"}
    assert {thing["kind"] for thing in found["things"]} == kinds
    assert listed(tmp_path, *records, words="--as-of 2026-03-24 --processes 2") == found
    assert listed(tmp_path, *records, words="--as-of 2026-04-10")["month_over"] == 2


def item(patient: str, worth: str | None, minutes: int | None = None, who: str | None = "rn-1") -> Item:
    return Item(
        patient=patient,
        month="2026-03",
        practitioner=None,
        who=who,
        kind="minutes" if minutes else "claim",
        what="",
        services=(),
        worth=None if worth is None else Dollars(Decimal(worth), Decimal(worth)),
        minutes=None if minutes is None else Fraction(minutes),
        by=date(2026, 3, 31) if minutes else None,
    )


def test_what_takes_no_minutes_stands_first_and_minutes_by_what_each_brings() -> None:
    made = worklist(
        [
            item("slow", "60", 10),
            item("quick", "20", 1),
            item("no price", None),
            item("free", "5"),
            item("half", "1", 2),
        ],
        3,
        {},
    )
    assert [each.patient for each in made.items] == ["free", "no price", "quick", "slow", "half"]


def test_two_things_of_one_patient_count_once_and_what_has_no_price_is_told() -> None:
    made = worklist([item("a", "60", 10), item("a", "20"), item("b", "5"), item("c", None)], 3, {})
    assert (str(made.worth), made.unpriced) == ("$65.00", 1)


def test_who_has_most_to_bring_comes_first_and_nobody_last() -> None:
    made: Worklist = worklist([item("a", "90", who=None), item("b", "5", who="x"), item("c", "6", who="y")], 3, {})
    assert [group.name for group in grouped(made.items, "staff")] == ["y", "x", None]
    assert [group.name for group in grouped(made.items, "patient")] == ["a", "b", "c"]
    assert [len(group.items) for group in grouped(made.items, "worth")] == [3]


BAD = {
    "--as-of 2026-02-30": "error CCM-E0801: `--as-of`: `2026-02-30` is no day",
    "--by worth": "error CCM-E0803: `--as-of` is missing",
    "--as-of 2026-03-24 --out list.pdf": "error CCM-E0801: `--out list.pdf` does not say what to write",
    "--as-of 2026-03-24 --format csv --out list.json": "error CCM-E0801: `--format csv` and `--out list.json` exclude",
    "--as-of 2026-03-24 --secret s": "error CCM-E0730: the secret could not be read",
    "--as-of 2026-03-24 --together 0": "error CCM-E0801: `--together`: it is a number from 1 on",
    "more.jsonl --as-of 2026-03-24": "error CCM-E0801: `more.jsonl` is one too many",
}


@pytest.mark.parametrize("words", BAD)
def test_words_that_cannot_be_used(words: str, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["worklist", "month.jsonl", *words.split()]) == 2
    assert capsys.readouterr().err.startswith(BAD[words])


def test_a_record_that_is_refused_is_told_and_the_rest_listed(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    panel = tmp_path / "month.jsonl"
    bad = {**chart("b"), "payer": "nobody"}
    panel.write_text("".join(json.dumps(record) + "\n" for record in (chart("a"), bad)), encoding="utf-8")
    assert main(["worklist", str(panel), "--as-of", "2026-03-24"]) == 1
    told = capsys.readouterr()
    assert "3 more staff minutes" in told.out and "month.jsonl" in told.err
