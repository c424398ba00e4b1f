"""What was read is told as data and as text, and neither shows more of a patient than a key."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from jsonschema import Draft202012Validator

from ccm_policy.cli.main import main
from ccm_policy.intake.report import SCHEMA, SHOWN, Tally
from tests.intake.exports import write_all

VALIDATOR = Draft202012Validator(json.loads(SCHEMA.read_text(encoding="utf-8")))


def test_the_report_fits_its_schema_and_says_what_decisions_wait_for(here: Path) -> None:
    exports, mapping = write_all(here)["monthly_totals"]
    words = ["intake", "run", *map(str, exports), "--mapping", str(mapping), "--out", "facts", "--format", "json"]
    assert main([*words, "--report", "report.json"]) == 0
    report = json.loads(Path("report.json").read_text(encoding="utf-8"))
    assert list(VALIDATOR.iter_errors(report)) == []
    waiting = {each["fact"]: each for each in report["waiting"]}
    assert (waiting["payer"]["patient_months"], waiting["payer"]["filled"]) == (2, True)
    assert not waiting["care_plan.copy_given"]["filled"]
    assert waiting["care_plan.copy_given"]["attested_as"] == "care_plan.copy_given"
    assert waiting["visits"]["attested_as"] == "enrolment.visit_held", "in the place of a list of visits"
    assert waiting["time_log.minutes"]["attested_as"] is None, "minutes are each entry's own"
    assert main([*words, "--quick", "--strict", "--report", "report.json"]) == 1


def test_no_cell_is_shown_but_words_of_closed_sets(here: Path) -> None:
    log = "MRN,Date,Length,Role,Note\n7,2026-03-02,SECRET1,Secret Agent,SECRET2\n7,SECRET3,5,555-12-3456,SECRET4\n"
    Path("log.csv").write_text(log, encoding="utf-8")
    Path("mapping.yaml").write_text(
        "mapping: 1\nmonth: 2026-03\nfiles: {log: {file: log.csv, key: {patient_id: MRN, service_month: Date}, "
        "gives: [{list: time_log, fields: {date: Date, minutes: Length, performed_by: Role, description: Note}}]}}\n",
        encoding="utf-8",
    )
    assert (
        main(
            [
                "intake",
                "run",
                "log.csv",
                "--mapping",
                "mapping.yaml",
                "--out",
                "facts",
                "--report",
                "report.txt",
                "--quick",
            ]
        )
        == 0
    )
    text = Path("report.txt").read_text(encoding="utf-8")
    assert "SECRET" not in text and "555" not in text
    assert 'Role "Secret Agent" (time_log.performed_by): 1 row; row 2; patient 7' in text
    undated = "its day is missing or cannot be read, so that it may be of another month; `time_log.minutes` of it is"
    assert f"{undated} unknown: row 3" in text


def test_a_long_tally_is_cut() -> None:
    tally = Tally()
    for row in range(SHOWN + 180):
        tally.add(row + 2, f"p{row % 3}")
    assert str(tally).endswith("20, 21 … and 180 more; patients p0, p1, p2")


def test_what_is_wrong_with_a_record_is_told_of_the_export_and_the_patient(
    here: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    Path("log.csv").write_text("MRN,Date,Minutes\n7,2036-03-02,20\n", encoding="utf-8")
    Path("mapping.yaml").write_text(
        "mapping: 1\nfiles: {log: {file: log.csv, key: {patient_id: MRN, service_month: Date}, gives: "
        "[{list: time_log, fields: {date: Date, minutes: Minutes}}]}}\n",
        encoding="utf-8",
    )
    assert main(["evaluate", "log.csv", "--mapping", "mapping.yaml"]) == 1
    said = capsys.readouterr().err
    assert "--> log.csv, row 2, patient 7 2036-03, field Date" in said
    assert "ccm-policy-" not in said and "patient_months.csv" not in said


def test_a_payer_that_cannot_be_read_holds_its_patient_and_is_told_once(
    here: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    Path("log.csv").write_text("MRN,Date,Minutes,Ins\n7,2026-03-02,20,Blue Sky\n", encoding="utf-8")
    Path("mapping.yaml").write_text(
        "mapping: 1\nfiles: {log: {file: log.csv, key: {patient_id: MRN, service_month: Date}, gives: "
        "[{list: time_log, fields: {date: Date, minutes: Minutes}}, {facts: {payer: Ins}}]}}\n",
        encoding="utf-8",
    )
    assert main(["evaluate", "log.csv", "--mapping", "mapping.yaml"]) == 0
    said = capsys.readouterr()
    assert "payer" in next(line for line in said.out.splitlines() if line.startswith("7 "))
    assert 'Ins "Blue Sky" (payer): 1 row; row 2; patient 7' in said.err
    assert "error" not in said.err
    assert main(["intake", "run", "log.csv", "--mapping", "mapping.yaml", "--out", "facts"]) == 0
    told = capsys.readouterr().err
    assert "  1 held until somebody says what `payer` is: patient 7\n" in told
    assert "  payer: 1; a column fills it, and some rows do not say\n" in told
