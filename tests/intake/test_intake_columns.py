"""Columns that decide: nobody vouches for what nobody has read, and a code in a list of visits may be no visit."""

from __future__ import annotations

import csv
from pathlib import Path

import pytest

from ccm_policy.facts.plan import compiled
from ccm_policy.intake.fitting import fitted
from ccm_policy.intake.likeness import Column, Names
from ccm_policy.intake.propose import propose
from ccm_policy.intake.read_mapping import read_mapping
from ccm_policy.intake.report import Report
from ccm_policy.intake.run import run
from ccm_policy.intake.unread import Speaking
from ccm_policy.language.tree import Vocabulary

LOG = """\
MRN,Date,Minutes,Credential,Insurance,Cnsnt Dt,Opt-out Dy,Outside biller?,Portal,DOB
1,2026-03-03,22,RN,Medicare,2025-10-14,,No,2025-01-02,1941-05-13
2,2026-03-04,22,RN,Medicare,2025-10-14,2026-02-20,No,,1942-05-13
3,2026-03-05,22,RN,Medicare,,,Yes - Lakeside,,1943-05-13
4,2026-03-06,22,RN,Medicare,2025-10-14,,,,1944-05-13
"""
MAPPING = """\
mapping: 1
month: 2026-03
files:
  log:
    file: log.csv
    {more}
    key: {{patient_id: MRN, service_month: Date}}
    gives:
      - list: time_log
        fields: {{date: Date, minutes: Minutes, performed_by: Credential}}
      - facts: {{payer: Insurance}}
"""
OTHERS = "ignore: [Cnsnt Dt, Opt-out Dy, Outside biller?, Portal]"


def read(folder: Path, vocabulary: Vocabulary, mapping: str, *exports: str) -> Report:
    Path("mapping.yaml").write_text(mapping, encoding="utf-8")
    return run([Path(name) for name in exports], [read_mapping(Path("mapping.yaml"))], vocabulary, folder / "facts")


def table(name: str) -> dict[str, dict[str, str]]:
    with Path(f"facts/{name}.csv").open(encoding="utf-8") as stream:
        return {row["patient_id"]: row for row in csv.DictReader(stream)}


def given(list: str) -> list[str]:
    return [row.get(f"{list}_given", "") for row in table("patient_months").values()]


def test_what_a_column_may_say_that_nobody_has_read_is_not_known(vocabulary: Vocabulary, here: Path) -> None:
    Path("log.csv").write_text(LOG, encoding="utf-8")
    report = read(here, vocabulary, MAPPING.format(more="ignore: [Cnsnt Dt, Opt-out Dy, Portal]"), "log.csv")
    assert given("other_services") == ["no", "no", "unknown", "no"], "only where something stands in it"
    (what,) = report.files[0].look_at
    assert what == "nobody has read the column `Outside biller?`, which may say `other_services`; it is unknown"


def test_a_column_that_is_ignored_holds_nothing_back(vocabulary: Vocabulary, here: Path) -> None:
    Path("log.csv").write_text(LOG, encoding="utf-8")
    report = read(here, vocabulary, MAPPING.format(more=OTHERS), "log.csv")
    assert not report.files[0].look_at, "a day of birth is no fact of anybody's month either"
    assert given("other_services") == ["", "", "", ""]


def test_days_under_a_name_that_tells_nothing_may_be_of_anything(vocabulary: Vocabulary, here: Path) -> None:
    Path("log.csv").write_text(LOG, encoding="utf-8")
    read(here, vocabulary, MAPPING.format(more=OTHERS.replace(", Portal", "")), "log.csv")
    assert given("other_services") == ["unknown", "no", "no", "no"]


def test_a_blank_cell_of_what_everybody_must_have_is_told_by_the_others(vocabulary: Vocabulary, here: Path) -> None:
    text = LOG.replace("Cnsnt Dt", "Consent obtained by phone on")
    Path("log.csv").write_text(text, encoding="utf-8")
    read(here, vocabulary, MAPPING.format(more=OTHERS), "log.csv")
    assert given("consents") == ["unknown"] * 4


def test_a_column_is_answered_by_the_name_of_a_field(vocabulary: Vocabulary, here: Path) -> None:
    Path("log.csv").write_text(LOG, encoding="utf-8")
    said = "columns: {Cnsnt Dt: consents.date, Opt-out Dy: consents.revoked_on, Outside biller?: '?', Portal: ignore}"
    read(here, vocabulary, MAPPING.format(more=said), "log.csv")
    assert {key: (row["date"], row["revoked_on"]) for key, row in table("consents").items()} == {
        "1": ("2025-10-14", ""),
        "2": ("2025-10-14", "2026-02-20"),
        "4": ("2025-10-14", ""),
    }
    assert given("other_services") == ["no", "no", "unknown", "no"]


@pytest.mark.parametrize(
    ("name", "cells", "held"),
    [
        ("Outside CCM", ("No", "Yes - Lakeside"), ["other_services"]),
        ("OptOutDt", ("20-Feb-26",), ["programs.ended_on", "consents.date", "consents.revoked_on"]),
        ("HospAdmit", ("2026-03-04",), ["stays.from"]),
        (
            "Withdrawal reason",
            ("costs", "opted out"),
            ["programs.ended_on", "consents.revoked_on"],
        ),
        ("DOB", ("1941-05-13",), []),
        ("HHAgency", ("Bayada HH",), []),
        ("Batch", (7, 8), []),
        ("Last Name", ("Ann", "Bob"), []),
        ("RPM Min", (21, 0), []),
        ("Opt out", (), []),
    ],
)
def test_what_a_column_may_speak_of(
    name: str, cells: tuple[object, ...], held: list[str], vocabulary: Vocabulary
) -> None:
    speaking = Speaking(Names(vocabulary, compiled(vocabulary)))
    assert [hold.path for hold in speaking.of(Column(name=name, cells=cells))] == held


VISITS = """\
MRN,Visit Date,CPT,Rendering
1,2025-10-14,99214,dr-a
1,2026-03-15,G0181,dr-a
2,2025-10-14,99214,dr-a
"""


def test_a_code_that_is_no_visit_is_a_service_too(vocabulary: Vocabulary, here: Path) -> None:
    Path("log.csv").write_text(LOG, encoding="utf-8")
    Path("visits.csv").write_text(VISITS, encoding="utf-8")
    mapping = MAPPING.format(more=OTHERS) + (
        "  visits:\n    file: visits.csv\n    key: {patient_id: MRN}\n    gives:\n"
        "      - list: visits\n        fields: {date: Visit Date, code: CPT, practitioner_id: Rendering}\n"
    )
    report = read(here, vocabulary, mapping, "log.csv", "visits.csv")
    assert given("other_services") == ["yes", "no", "no", "no"], "of the others somebody may vouch that there is none"
    assert table("other_services")["1"]["code"] == "G0181"
    assert any("one of `other_services` as well" in what for what in report.files[1].look_at)


def test_a_footer_beside_a_constant_is_no_patient(vocabulary: Vocabulary, here: Path) -> None:
    Path("log.csv").write_text(LOG + '"Confidential, contains PHI"\n', encoding="utf-8")
    constant = "{payer: Insurance, mdm.documented: {constant: 'yes'}}"
    mapping = (
        MAPPING.format(more=OTHERS)
        .replace("{payer: Insurance}", constant)
        .replace("service_month: Date", "service_month: {constant: 2026-03}")
    )
    report = read(here, vocabulary, mapping, "log.csv")
    assert report.patient_months == 4
    assert list(report.files[0].left_out) == ["nothing stands in the columns that are mapped"]
    assert "Confidential" not in report.text()


WIDE = [
    ("PtID", "P1", "P2"),
    ("ReportMonth", "March 2026", "March 2026"),
    ("PayorName", "MCR B", "MCR B"),
    ("Programs", "CCM", "CCM; RPM"),
    ("EnrollDt", "12-Jan-26", "12-Jan-26"),
    ("EnrollStatus", "Engaged", "Withdrawn"),
    ("ConsentDt", "12-Jan-26", "12-Jan-26"),
    ("ConsentMode", "Phone/verbal", "Phone/verbal"),
    ("OptOutDt", "", "20-Feb-26"),
    ("ProblemList", "E11.9|I10", "E11.9|I10"),
    ("QualVisitDt", "12-Jan-26", "12-Jan-26"),
    ("QualVisitCPT", "99215", "99215"),
    ("CarePlanDt", "09-Mar-26", "09-Mar-26"),
    ("BillingProv", "Reyes, Alan MD", "Reyes, Alan MD"),
    ("Call1Dt", "04-Mar-26", "04-Mar-26"),
    ("Call1Start", "9:02 AM", "9:02 AM"),
    ("Call1End", "9:30 AM", "9:30 AM"),
    ("Call1Staff", "Lowe, Kim", "Lowe, Kim"),
    ("Call2Dt", "", ""),
    ("Call2Start", "", ""),
    ("Call2End", "", ""),
    ("Call2Staff", "", ""),
    ("HospType", "Acute inpt", ""),
    ("HospAdmit", "09-Mar-26", ""),
    ("HospDC", "14-Mar-26", ""),
    ("DOD", "", "15-Mar-26"),
    ("OtherCCM", "N", "Y - Lakeside bills CCM"),
    ("HHAgency", "", "Bayada"),
]


def test_every_usual_column_that_decides_is_mapped_without_a_question(vocabulary: Vocabulary, here: Path) -> None:
    rows = ["\t".join(cells) for cells in zip(*WIDE, strict=True)]
    Path("calls.tsv").write_text("\n".join(rows), encoding="utf-8")
    proposal = propose([Path("calls.tsv")], vocabulary)
    assert proposal.questions == []
    Path("mapping.yaml").write_text(proposal.text(), encoding="utf-8")
    file = fitted([read_mapping(Path("mapping.yaml"))], vocabulary).files[0]
    assert {
        "payer", "programs.program", "programs.started_on", "consents.date", "consents.form", "consents.status",
        "consents.revoked_on", "conditions.icd10", "visits.date", "visits.code", "practitioner.id", "stays.setting",
        "stays.from", "stays.to", "patient.died_on", "other_services.code", "care_plan.reviewed",
    } <= set(file.paths())  # fmt: skip
    run([Path("calls.tsv")], [read_mapping(Path("mapping.yaml"))], vocabulary, here / "facts")
    assert given("other_services") == ["no", "yes"], "a column that says who else bills tells of a service"


def test_what_no_name_tells_is_one_question_for_all_columns(vocabulary: Vocabulary, here: Path) -> None:
    Path("log.csv").write_text(LOG, encoding="utf-8")
    proposal = propose([Path("log.csv")], vocabulary)
    (question,) = [each for each in proposal.questions if "ignore" in each]
    assert question.startswith("what does each of `Cnsnt Dt`, `Opt-out Dy`, `Portal` say")
    assert '      Portal: "?"' in proposal.text()
    assert '      Opt-out Dy: "?"  # programs.ended_on' in proposal.text(), "what its name tells stands beside it"
