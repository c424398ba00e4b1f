"""A proposal reads what the vocabulary and the values tell, and asks only where two readings are possible."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest

from ccm_policy.cli.main import main
from ccm_policy.intake.fitting import fitted
from ccm_policy.intake.propose import MOST_COLUMNS, MOST_ROWS, propose
from ccm_policy.intake.read_mapping import read_mapping
from ccm_policy.language.diagnostics import CcmPolicyError
from ccm_policy.language.tree import Vocabulary
from tests.intake.exports import write_all

GOLDEN = Path(__file__).parent / "golden" / "proposed"
OTHERS: dict[str, dict[str, str]] = {
    "by_the_clock": {
        "log.csv": "Care platform;;;;;;;;;;\n"
        "Patient ID;Patient Name;DOB;Date of Service;Start Time;End Time;Time Spent;Staff Name;Staff Credential;Payer\n"
        "P-01;Doe;01/02/1944;03/02/26;9:00 AM;9:12 AM;0:12;Ann;RN;Medicare Part B\n"
        "P-01;Doe;01/02/1944;03/16/26;9:00 AM;9:12 AM;0:12;Ann;RN, CCM;Medicare Part B\n"
        "P-02;Roe;11/30/1950;03/03/26;1:00 PM;1:25 PM;0:25;Bob;LVN;Humana MA\n"
    },
    "minutes_of_each_role": {
        "totals.csv": "MRN,Service Month,RN Minutes,MA Minutes,Physician Minutes,# Calls\n100,03/2026,22,5,0,3\n"
    },
    "nothing_known": {"list.csv": "Colour,Weight\nred,7\nblue,8\n"},
    "a_day_of_birth": {"log.csv": "MRN,DOB,Date,Minutes\n1,1/2/1940,3/20/2026,5\n"},
    "kinds_of_contact": {
        "log.csv": "MRN,Contact Date,Minutes,Credential,Call type\n"
        "1,3/20/2026,5,RN,Left voicemail\n1,3/21/2026,9,RN,Phone call\n2,3/21/2026,9,RN,Huddle\n"
    },
    "kinds_that_nothing_knows": {
        "log.csv": "MRN,Contact Date,Minutes,Credential,Call type\n1,3/20/2026,5,RN,Type A\n1,3/21/2026,9,RN,Type B\n"
    },
    "names_beside_a_key": {
        "log.csv": "Patient Name,Chart #,Svc Date,Time Spent,Title,Contact Outcome,Consent,Consent Dt,Pt Status\n"
        '"Lee, Ann",PX-1,03/20/2026,0:15,RN,Reached,Verbal,01/12/2026,Active\n'
        '"Lee, Ann",PX-2,03/21/2026,0:09,CMA,Left voicemail,Declined,01/12/2026,Deceased 03/15/2026\n'
    },
    "minutes_of_a_provider": {
        "totals.csv": "Account No,Patient,Billing Month,Clinical Staff Min,Provider Min,Claim Provider\n"
        '70401,"Lee, Ann",03/2026,19,0,"Osei, K. DO"\n70402,"Roe, Bob",03/2026,0,30,"Osei, K. DO"\n',
        "roster.csv": "Acct #,Name,Enroll Dt,Disenroll Dt,Consent on File,Consent Dt,Hospice Start,Deceased Dt\n"
        '70401,"Lee, Ann",2/3/2026,,Y,2/3/2026,,3/20/2026\n70402,"Roe, Bob",2/3/2026,2/28/2026,N,,1/5/2026,\n',
    },
    "letters_after_names": {
        "log.csv": "MRN,Contact Date,Minutes,Credential,Billing Provider\n"
        '1,3/20/2026,25,RN,"Patel, Anjali MD"\n2,3/21/2026,25,RN,"Brooks, Lena NP"\n'
    },
    "letters_after_some_names": {
        "log.csv": "MRN,Contact Date,Minutes,Credential,Billing Provider\n"
        '1,3/20/2026,25,RN,Dr. Wynn\n2,3/21/2026,25,RN,"Brooks, Lena NP"\n'
    },
    "a_day_is_nobody": {
        "sheet.csv": "Pt ID,Month,Call 1 Date,Call 1 Start,Call 1 Stop,Call 1 Staff,Call 2 Date,Call 2 Start,"
        "Call 2 Stop,Call 2 Staff,Consent Y/N,Hospice,Admit,Disch\n"
        "00001,03/2026,3/3/26,9:15 AM,9:25 AM,RN,3/9/26,9:15 AM,9:29 AM,LPN,Y,N,3/20/26,3/25/26\n"
    },
    "payers_that_nothing_knows": {
        "log.csv": "MRN,Contact Date,Minutes,Insurance\n1,3/20/2026,5,Medicare\n2,3/21/2026,9,Lakeside Mutual\n"
    },
    "outcomes_and_standing": {
        "log.csv": "MRN,Contact Date,Minutes,Credential,Task,Call Outcome,Pt Status,Program,Enrolled On,Row Status\n"
        '1,3/20/2026,15,"RN, BSN",Scheduling,Reached,Active,CCM,1/5/2026,Final\n'
        "2,3/21/2026,9,LVN II,Phone call,LVM,Deceased 3/22/2026,CCM,1/5/2026,Final\n"
        "3,3/21/2026,9,RN,Phone call,Spoke to daughter,Disenrolled - 2/28/2026,CCM,1/5/2026,Final\n"
        "4,3/21/2026,9,RN,Phone call,No answer,On hospice,CCM,1/5/2026,Voided\n"
        "5,3/21/2026,9,Care Nav,Phone call,Reached,Snoozed,CCM,1/5/2026,Final\n"
    },
    "one_call_in_columns": {
        "sheet.csv": "Pt ID,Month,Call 1 Date,Call 1 Start,Call 1 End,Call 1 By,Dx 1\n"
        "00001,03/2026,3/13/26,9:15 AM,9:40 AM,RN,E11.9\n"
    },
    "a_roster": {"staff.csv": "Staff ID,Role,Licensed\nrn-1,RN,yes\nma-1,CMA,yes\n"},
}


def proposed(paths: list[Path], vocabulary: Vocabulary) -> str:
    found = propose(paths, vocabulary)
    Path("proposed.yaml").write_text(found.text(), encoding="utf-8")
    return found.text()


@pytest.mark.parametrize("case", ["activity_log", "monthly_totals", "wide"])
def test_a_mapping_is_proposed(
    case: str,
    vocabulary: Vocabulary,
    here: Path,
    golden: Callable[[Path, str], None],
) -> None:
    exports, _ = write_all(here)[case]
    golden(GOLDEN / f"{case}.yaml.expected", proposed(exports, vocabulary))


@pytest.mark.parametrize("case", OTHERS)
def test_other_shapes_are_proposed(
    case: str,
    vocabulary: Vocabulary,
    here: Path,
    golden: Callable[[Path, str], None],
) -> None:
    for name, text in OTHERS[case].items():
        Path(name).write_text(text, encoding="utf-8")
    golden(GOLDEN / f"{case}.yaml.expected", proposed([Path(name) for name in OTHERS[case]], vocabulary))


def test_what_is_proposed_for_the_examples_runs_as_it_is(vocabulary: Vocabulary, here: Path) -> None:
    # Which programme the first one's patients are in; who bills the second one's, whose visits name practitioners.
    for names, questions in (
        (["calls_in_columns.csv"], 1),
        (["monthly_totals.csv", "enrolment_list.csv", "visit_list.tsv"], 1),
    ):
        paths = [Path(__file__).parents[2] / "examples" / "exports" / name for name in names]
        found = propose(paths, vocabulary)
        assert len(found.questions) == questions
        Path("proposed.yaml").write_text(found.text(), encoding="utf-8")
        fitted([read_mapping(Path("proposed.yaml"))], vocabulary)


def test_only_the_first_rows_are_read_and_that_is_said(here: Path, capsys: pytest.CaptureFixture[str]) -> None:
    rows = [f"{number},3/{number % 28 + 1}/2026,5\n" for number in range(MOST_ROWS + 50)]
    Path("log.csv").write_text("MRN,Contact Date,Minutes\n" + "".join(rows), encoding="utf-8")
    assert main(["intake", "propose", "log.csv", "--out", "mapping.yaml"]) == 0
    assert capsys.readouterr().err.startswith(f"the first {MOST_ROWS} rows of each export were looked at; 2 question")
    assert main(["intake", "propose", "log.csv", "--out", "mapping.yaml"]) == 2, "answers are never written over"


@pytest.mark.parametrize("columns", [200, MOST_COLUMNS + 1, 5_000])
def test_so_many_columns_are_refused_and_no_list_of_them_is_endless(
    columns: int, here: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    names = ["MRN", *("x" + "".join(chr(ord("a") + int(digit)) for digit in str(place)) for place in range(1, columns))]
    Path("wide.csv").write_text(f"{','.join(names)},,,\n{'7,' * columns}\n", encoding="utf-8")
    status = main(["intake", "propose", "wide.csv"])
    out, err = capsys.readouterr()
    if columns > MOST_COLUMNS:
        assert (status, out) == (2, "") and err.startswith(f"error CCM-E0788: it has {columns:,} columns; a mapping")
    else:
        assert status == 0 and f", xga and {columns - 61:,} more\n" in out
    assert len(out + err) < 4_000
    Path("mapping.yaml").write_text(
        "mapping: 1\nfiles: {wide: {file: wide.csv, key: {patient_id: Gone}, gives: [{facts: {payer: MRN}}]}}\n",
        encoding="utf-8",
    )
    assert main(["intake", "run", "wide.csv", "--mapping", "mapping.yaml", "--out", "facts"]) == 2
    assert len(capsys.readouterr().err) < 1_000


def test_two_rows_that_head_the_columns_are_refused(vocabulary: Vocabulary, here: Path) -> None:
    Path("log.csv").write_text(",Call 1,,Call 2,\nMRN,Date,Minutes,Date,Minutes\n1,2026-03-02,5,,\n", encoding="utf-8")
    with pytest.raises(CcmPolicyError, match="two rows head the columns"):
        propose([Path("log.csv")], vocabulary)


def test_of_an_export_without_names_of_columns_no_cell_is_shown(vocabulary: Vocabulary, here: Path) -> None:
    Path("log.csv").write_text("0001,3/20/2026,12,Jane Doe,a note about her\n", encoding="utf-8")
    with pytest.raises(CcmPolicyError, match="no row names the columns") as fault:
        propose([Path("log.csv")], vocabulary)
    assert "Jane" not in str(fault.value.diagnostics)
