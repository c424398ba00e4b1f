"""One person who is written with and without the letters after the name, where the roster leaves no other reading."""

from __future__ import annotations

import csv
from pathlib import Path

import pytest

from ccm_policy.intake.read_mapping import read_mapping
from ccm_policy.intake.run import run
from ccm_policy.language.tree import Vocabulary

MAPPING = """mapping: 1
month: 2026-03
files:
  log:
    file: log.csv
    key: {patient_id: MRN, service_month: Date, practitioner.id: Biller}
    gives:
      - {list: time_log, fields: {date: Date, minutes: Minutes, staff_id: Who}}
      - {list: visits, fields: {practitioner_id: Seen}}
      - facts: {payer: Ins}
  roster: {file: roster.csv, gives: [{list: staff, fields: {id: Name, role: Role}}]}
"""
REYES = ['"Reyes, Alan",MD', '"Lowe, Kim",RN']


@pytest.mark.parametrize(
    ("roster", "who", "biller", "one"),
    [
        (REYES, "Reyes, Alan", "Reyes, Alan MD", True),
        (REYES, "Reyes, Alan (MD)", "reyes, alan", True),
        ([*REYES, '"Reyes, Alan MD",MD'], "Reyes, Alan", "Reyes, Alan MD", True),
        ([*REYES, '"Reyes, Alan",RN'], "Reyes, Alan", "Reyes, Alan MD", False),
        (REYES, "Reyes, Alan", "Reyes, Alan NP", False),
        (REYES, "Reyes, Alan", "Reyes, Anna MD", False),
        (['"Anh",MD', '"Anh Do",MD'], "Anh", "Anh Do", False),
        (['"Lowe, Kim",RN'], "Reyes, Alan", "Reyes, Alan MD", False),
    ],
    ids=["letters", "brackets", "twice_on_it", "two_professions", "other_letters", "other_name", "a_name", "not_on_it"],
)
def test_letters_after_a_name_make_nobody_another_person(
    roster: list[str], who: str, biller: str, one: bool, vocabulary: Vocabulary, here: Path
) -> None:
    Path("log.csv").write_text(
        f'MRN,Date,Minutes,Who,Biller,Seen,Ins\n1,2026-03-06,34,"{who}","{biller}","{who}",Medicare\n', encoding="utf-8"
    )
    Path("roster.csv").write_text("\n".join(["Name,Role", *roster, ""]), encoding="utf-8")
    Path("mapping.yaml").write_text(MAPPING, encoding="utf-8")
    run([Path("log.csv"), Path("roster.csv")], [read_mapping(Path("mapping.yaml"))], vocabulary, Path("facts"))
    tables = {}
    for name in ("time_log", "visits", "patient_months", "staff"):
        with Path(f"facts/{name}.csv").open(encoding="utf-8", newline="") as table:
            tables[name] = list(csv.DictReader(table))
    (entry,), (visit,), (month,) = tables["time_log"], tables["visits"], tables["patient_months"]
    bills = month["practitioner_id"] if "practitioner_id" in month else month["practitioner.id"]
    assert (entry["staff_id"] == bills) is one
    assert (visit.get("practitioner_id") == bills) is one
    assert [row["id"] for row in tables["staff"]] == list(dict.fromkeys(row.split('"')[1] for row in roster))
    if one:
        assert bills == "Reyes, Alan", "as the roster's first row spells it"


@pytest.mark.parametrize("bills", ["", "Boyd, Dee", "Reyes, Alan MD"])
def test_time_of_somebody_who_may_bill_is_not_taken_for_the_staffs_in_silence(
    bills: str, vocabulary: Vocabulary, here: Path
) -> None:
    rows = "".join(
        f'1,2026-03-0{day},17,"{who}","{bills}",,Medicare\n' for day, who in ((6, "Reyes, Alan"), (7, "Lowe, Kim"))
    )
    Path("log.csv").write_text(f"MRN,Date,Minutes,Who,Biller,Seen,Ins\n{rows}", encoding="utf-8")
    Path("roster.csv").write_text("\n".join(["Name,Role", *REYES, ""]), encoding="utf-8")
    Path("mapping.yaml").write_text(MAPPING, encoding="utf-8")
    report = run([Path("log.csv"), Path("roster.csv")], [read_mapping(Path("mapping.yaml"))], vocabulary, Path("facts"))
    told = [each for what, each in report.look_at.items() if "so that it is staff's time" in what]
    assert [each.count for each in told] == ([] if bills.startswith("Reyes") else [1])
