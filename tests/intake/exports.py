"""Three small exports as practices have them, each with its dirt, and the mapping that a person would write for it."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

LOG = """\
Lakeside Family Practice – CCM activity,,,,,,,
Run 04/01/2026 by Zoë,,,,,,,
,,,,,,,
MRN,Contact Date,Duration,Credential,Call Type,Notes,Provider,Insurance
00123,3/2/2026,0:12,R.N.,Medication,Refilled José's metformin,"Smith, John",Medicare
00123,3/20/2026,0:11,Rn ,Call,Foot check went well,"Smith, John",MCR
00123,2/27/2026,0:30,RN,Call,February,"Smith, John",Medicare
00124,3/5/2026,0:25,CMA,Call,Diet,"Smith, John",Medicare
00124,3/5/2026,0:25,CMA,Call,Diet,"Smith, John",Medicare
00124,3/6/2026,0:10,Health Coach,Call,Weight,"Jones, Amy",Medicare
00125,,0:20,RN,Call,No day,"Smith, John",Medicare
00126,3/9/2026,-0:15,RN,Call,Negative,"Smith, John",Medicare
00127,3/9/2026,1:05,RN,Call,Payers disagree,"Smith, John",Medicare
00127,3/10/2026,0:05,RN,Call,Payers disagree,"Smith, John",Aetna
Total,,5:03,,,,,
,,,,,,,
Printed 04/01/2026,,,,,,,
"""

LOG_MAPPING = """\
mapping: 1
constants: {practice: lakeside}
files:
  activity_log:
    file: "*activity*"
    key:
      patient_id: MRN
      service_month: Contact Date
      practitioner.id: {column: Provider, values: {"Smith, John": dr-smith, "Jones, Amy": dr-jones}}
    gives:
      - list: time_log
        fields:
          date: Contact Date
          minutes: {column: Duration, format: "h:mm"}
          performed_by: Credential
          activity: {column: Call Type, values: {Call: communication}}
          description: Notes
      - facts:
          payer: {column: Insurance, values: {MCR: medicare, Aetna: commercial}}
"""

TOTALS = """\
Patient ID;Total Minutes;Staff
101;34;RN
102;21.5;RN
103;;RN
104;0;MA
999;25;RN
"""

VISITS = """\
Patient ID\tVisit Date\tCPT\tProvider
101\t2025-11-03\t99214\tdr-a
102\t2025-12-01\t99213\tdr-a
102\t2025-12-01\t99213\tdr-a
"""

ENROLMENT: list[list[object]] = [
    ["Enrolled patients", None, None, None, None],
    ["Patient ID", "Enrolled", "Consent", "Dx codes", "Insurance"],
    [101, "2025-11-10", "Verbal", "E11.9; I50.9", "Medicare"],
    [102, "2025-12-05", "written", "I10", "Medicare"],
    [103, "not yet", "written", "J44.9;N18.3", "Medicare"],
    [104, "2026-01-02", None, None, "BCBS"],
    [105, "2026-01-02", "written", "I10", "Medicare"],
]

TOTALS_MAPPING = """\
mapping: 1
month: 2026-03
constants: {practitioner.id: dr-a}
files:
  totals:
    file: "*totals*"
    key: {patient_id: Patient ID, service_month: {constant: 2026-03}}
    gives:
      - list: time_log
        fields: {minutes: Total Minutes, performed_by: Staff, aggregated: {constant: "yes"}}
  enrolment:
    file: "enrol*.xlsx"
    key: {patient_id: Patient ID}
    gives:
      - list: programs
        fields: {program: {constant: ccm}, started_on: Enrolled}
      - list: consents
        fields: {status: {constant: given}, form: Consent}
      - list: conditions
        each: {column: Dx codes, split: ";"}
        fields: {icd10: {part: yes}}
      - facts: {payer: Insurance}
  visits:
    file: "visits*"
    key: {patient_id: Patient ID}
    gives:
      - list: visits
        fields: {date: Visit Date, code: CPT, practitioner_id: Provider}
"""

WIDE = """\
Chart Number,Month,Payer,Call 1 Date,Call 1 Start,Call 1 End,Call 1 By,Call 2 Date,Call 2 Start,Call 2 End,Call 2 By
A-1,Mar 2026,Medicare,3/3/2026,9:05 AM,9:20 AM,RN,3/17/2026,1:00 PM,1:12 PM,LPN
A-2,Mar 2026,Medicare,3/4/2026,2:00 PM,1:40 PM,RN,,,,
A-3,Mar 2026,Medicare,3/4/2026,11:50 PM,12:05 AM,RN,3/4/2026,10:00:30 AM,10:20:10 AM,RN
A-4,Mar 2026,Medicare,,,,,,,,
A-5,Mar 2026,Medicare,13/13/2026,9:00 AM,9:30 AM,RN,,,,
"""

WIDE_MAPPING = """\
mapping: 1
files:
  wide:
    file: "*.csv"
    key: {patient_id: Chart Number, service_month: Month}
    gives:
      - list: time_log
        repeat: [1, 2]
        fields:
          date: "Call {n} Date"
          start: "Call {n} Start"
          end: "Call {n} End"
          performed_by: "Call {n} By"
      - facts: {payer: Payer}
"""


def write_workbook(path: Path, rows: list[list[object]], change: Callable[[object], None] | None = None) -> None:
    """A workbook of one sheet, changed before it is saved."""
    from openpyxl import Workbook

    book = Workbook()
    for row in rows:
        book.active.append(row)
    if change is not None:
        change(book)
    book.save(path)


def write_all(folder: Path) -> dict[str, tuple[list[Path], Path]]:
    """The three cases: their exports and their mapping."""
    for name, text, encoding in (
        ("activity_log.csv", LOG, "cp1252"),
        ("totals.csv", TOTALS, "utf-8-sig"),
        ("visits.tsv", VISITS, "utf-16"),
        ("wide.csv", WIDE, "utf-8"),
        ("log.yaml", LOG_MAPPING, "utf-8"),
        ("totals.yaml", TOTALS_MAPPING, "utf-8"),
        ("wide.yaml", WIDE_MAPPING, "utf-8"),
    ):
        (folder / name).write_bytes(text.encode(encoding))
    write_workbook(folder / "enrolment.xlsx", ENROLMENT)
    return {
        "activity_log": ([Path("activity_log.csv")], Path("log.yaml")),
        "monthly_totals": ([Path("totals.csv"), Path("enrolment.xlsx"), Path("visits.tsv")], Path("totals.yaml")),
        "wide": ([Path("wide.csv")], Path("wide.yaml")),
    }
