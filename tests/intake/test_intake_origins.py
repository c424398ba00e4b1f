"""What is said of facts that were made of exports names the export, its row and its column."""

from __future__ import annotations

from pathlib import Path

import pytest

from ccm_policy.cli.main import main
from ccm_policy.intake.mapping import ExportMapping
from ccm_policy.intake.origins import Origins
from ccm_policy.intake.read_mapping import read_mapping
from ccm_policy.intake.run import run
from ccm_policy.language.diagnostics import Place, error
from ccm_policy.language.tree import Vocabulary

LOG = "MRN,Day,Length\n7,3/2/2026,20\n8,3/30/2026,5\n7,3/9/2026,9\n9,1/30/2031,20\n"
LIST = "Enrolled patients\nMRN,Insurance,Codes\n8,Medicare,E11.9;I10\n7,Medicare,I50.9\n9,Medicare,I10\n"
STAFF = "Id,Role\nrn-1,RN\nrn-1,RN\nma-1,MA\n"
MAPPING = """\
mapping: 1
files:
  log:
    file: log.csv
    key: {patient_id: MRN, service_month: Day}
    gives: [{list: time_log, fields: {date: Day, minutes: Length}}]
  list:
    file: list.csv
    key: {patient_id: MRN}
    gives:
      - facts: {payer: Insurance}
      - list: conditions
        each: {column: Codes, split: ";"}
        fields: {icd10: {part: yes}}
  staff:
    file: staff.csv
    gives: [{list: staff, fields: {id: Id, role: Role}}]
"""


@pytest.fixture
def exports(here: Path) -> list[str]:
    for name, text in (("log.csv", LOG), ("list.csv", LIST), ("staff.csv", STAFF), ("mapping.yaml", MAPPING)):
        (here / name).write_text(text, encoding="utf-8")
    return ["log.csv", "list.csv", "staff.csv"]


@pytest.fixture
def origins(exports: list[str], vocabulary: Vocabulary) -> Origins:
    mapping: ExportMapping = read_mapping(Path("mapping.yaml"))
    found = run([Path(each) for each in exports], [mapping], vocabulary, Path("facts")).origins
    assert found is not None
    return found


CAME_FROM = {
    ("facts/patient_months.csv", 2, "payer"): ("list.csv", 4, "Insurance"),
    ("facts/patient_months.csv", 3, "payer"): ("list.csv", 3, "Insurance"),
    ("facts/patient_months.csv", 2, "service_month"): ("log.csv", 2, "Day"),
    ("facts/patient_months.csv", 2, "state"): ("log.csv", 2, "state"),
    ("facts/patient_months.csv", 2, None): ("log.csv", 2, None),
    ("facts/time_log.csv", 3, "minutes"): ("log.csv", 4, "Length"),
    ("facts/time_log.csv", 4, "activity"): ("log.csv", 3, "activity"),
    ("facts/conditions.csv", 4, "icd10"): ("list.csv", 3, "Codes"),
    ("facts/staff.csv", 3, "role"): ("staff.csv", 4, "Role"),
    ("facts/staff.csv", 9, "role"): ("log.csv, list.csv, staff.csv", None, "role"),
    ("facts", None, None): ("log.csv, list.csv, staff.csv", None, None),
}


@pytest.mark.parametrize("place", CAME_FROM)
def test_a_place_in_the_facts_is_told_as_one_in_an_export(
    place: tuple[str, int | None, str | None], origins: Origins
) -> None:
    (told,) = origins.told([error("E0530", "something", place=Place(*place, "7 2026-03"))])
    assert told.place == Place(*CAME_FROM[place], "7 2026-03")


def test_what_has_no_place_stays(origins: Origins) -> None:
    assert origins.told([wrong := error("E0530", "something")]) == [wrong]


@pytest.mark.parametrize(
    "command",
    [["evaluate"], ["evaluate", "--format", "jsonl", "--processes", "2"], ["report", "--out", "m.html"],
     ["worklist", "--as-of", "2026-03-20"]],
)  # fmt: skip
def test_every_command_says_where_it_stands(
    command: list[str], exports: list[str], capsys: pytest.CaptureFixture[str]
) -> None:
    main([command[0], *exports, *command[1:], "--mapping", "mapping.yaml"])
    err = capsys.readouterr().err
    assert "--> log.csv, row 5, patient 9 2031-01, field Day" in err
    assert "patient_months" not in err and "facts" not in err.partition("error CCM")[2]
