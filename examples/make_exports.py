"""Makes exports of the invented clinic's month as care platforms write them, dirt included, so that the truth is known.

    python examples/make_exports.py

Each shape holds the same patients of `clinic-2026-03.jsonl`: those of whom every entry has a day, whole minutes and a
role. What is dirty is added: rows of patients `9001` to `9009`, and lines that are no rows. Nothing is drawn at random.
"""

from __future__ import annotations

import csv
import io
import json
from pathlib import Path
from typing import Any

HERE = Path(__file__).parent
FOLDER = HERE / "exports"
CLINIC = HERE / "clinic-2026-03.jsonl"
MOST_CALLS = 4
PLAIN = {"date", "minutes", "performed_by", "staff_id", "activity", "description", "content_adequate"}
LISTS = ("programs", "consents", "visits", "conditions")
SPELT = {"rn": ("RN", "R.N.", "Rn "), "lpn": ("LPN", "LVN"), "ma": ("CMA", "MA"), "physician": ("MD", "M.D.")}
PAYERS = {"medicare": "Medicare", "commercial": "Commercial", "medicaid": "Medicaid"}
Record = dict[str, Any]


def patients() -> list[Record]:
    """The patient-months that an export can tell without loss."""
    records = [json.loads(line) for line in CLINIC.read_text(encoding="utf-8").splitlines()]
    return [record for record in records if _is_plain(record)]


def _is_plain(record: Record) -> bool:
    entries = record.get("time_log") or []
    whole = all(entry.keys() == PLAIN and isinstance(entry["minutes"], int) for entry in entries)
    known = all(record.get(name) for name in LISTS) and record["payer"] in PAYERS
    dated = known and all(record["consents"][0].get(name) for name in ("date", "status", "form"))
    dated = dated and bool(record["programs"][0].get("started_on"))
    return bool(entries) and whole and dated and len(entries) <= MOST_CALLS and record["service_month"] == "2026-03"


def american(day: str) -> str:
    """A day as month, day and year."""
    year, month, of_month = day.split("-")
    return f"{int(month)}/{int(of_month)}/{year}"


def duration(minutes: int) -> str:
    """Hours and minutes."""
    return f"{minutes // 60}:{minutes % 60:02}"


def clock(minute: int) -> str:
    """A time of the clock of twelve hours."""
    hour = minute // 60
    return f"{(hour - 1) % 12 + 1}:{minute % 60:02} {'AM' if hour < 12 else 'PM'}"


def text(rows: list[list[Any]], separator: str = ",") -> str:
    """Rows as delimited text."""
    out = io.StringIO(newline="")
    csv.writer(out, delimiter=separator, lineterminator="\n").writerows(rows)
    return out.getvalue()


def activity_log(records: list[Record]) -> str:
    """One row an entry, with titles above and a footer."""
    rows: list[list[Any]] = [
        ["Lakeside Family Practice – chronic care activity"],
        ["Exported by Zoë, 04/01/2026"],
        [],
        [
            "MRN",
            "Contact Date",
            "Duration",
            "Credential",
            "Staff",
            "Activity",
            "Notes",
            "Provider",
            "Insurance",
            "Batch",
        ],
    ]
    minutes = 0
    for record in records:
        for number, entry in enumerate(record["time_log"]):
            ways = SPELT.get(entry["performed_by"], (entry["performed_by"],))
            activity = entry["activity"].replace("_", " ").capitalize()
            when = [american(entry["date"]), duration(entry["minutes"])]
            what = [ways[number % len(ways)], entry["staff_id"], activity, entry["description"]]
            rows.append(
                [record["patient_id"], *when, *what, record["practitioner"]["id"], PAYERS[record["payer"]], "A"]
            )
            minutes += entry["minutes"]
    more = ["rn-1", "Medication", "Asked about the new tablets", "dr-a", "Medicare", "A"]
    rows.append(rows[5])
    rows.append(["9001", "", "0:12", "RN", *more])
    rows.append(["9002", "3/12/2026", "-0:05", "RN", *more])
    rows.append(["9003", "2/27/2026", "0:25", "RN", *more])
    rows.append(["9004", "3/13/2026", "0:22", "Health Coach", *more])
    rows += [["Total", "", duration(minutes)], [], ["Printed 04/01/2026"]]
    return text(rows)


def monthly_totals(records: list[Record]) -> str:
    """One row a patient and role: the minutes of the month."""
    rows: list[list[Any]] = [["Patient ID", "Month", "Total Minutes", "Credential"]]
    for record in records:
        totals: dict[str, int] = {}
        for entry in record["time_log"]:
            totals[entry["performed_by"]] = totals.get(entry["performed_by"], 0) + entry["minutes"]
        rows += [[record["patient_id"], "March 2026", minutes, role.upper()] for role, minutes in totals.items()]
    rows += [["9005", "March 2026", 41, "RN"], ["Report total", "", 9999, ""]]
    return text(rows, ";")


def enrolment_list(records: list[Record]) -> str:
    """One row a patient: programme, consent, diagnoses, insurance."""
    rows: list[list[Any]] = [
        ["Patient ID", "Program", "Enrolled", "Consent Date", "Consent Status", "Consent Form", "Dx Codes", "Insurance"]
    ]
    for record in records:
        program, consent = record["programs"][0], record["consents"][0]
        codes = "; ".join(each["icd10"] for each in record["conditions"])
        days = [american(program["started_on"]), american(consent["date"])]
        said = [consent["status"].capitalize(), consent["form"].capitalize(), codes, PAYERS[record["payer"]]]
        rows.append([record["patient_id"], program["program"].upper(), *days, *said])
    rows.append(["9006", "CCM", "pending", "2/30/2026", "Given", "Verbal", "I10", "Medicare"])
    return text(rows)


def visit_list(records: list[Record]) -> str:
    """One row a visit."""
    rows: list[list[Any]] = [["Patient ID", "Visit Date", "CPT Code", "Provider"]]
    rows += [
        [record["patient_id"], american(visit["date"]), visit["code"], visit["practitioner_id"]]
        for record in records
        for visit in record["visits"]
    ]
    return text(rows, "\t")


def calls_in_columns(records: list[Record]) -> str:
    """One row a patient, each call in columns of its own, by the clock."""
    names = [f"Call {n} {what}" for n in range(1, MOST_CALLS + 1) for what in ("Date", "Start", "End", "By")]
    rows: list[list[Any]] = [["Chart Number", "Billing Month", "Payer", *names]]
    for record in records:
        cells: list[str] = []
        for number, entry in enumerate(record["time_log"]):
            start = 9 * 60 + 95 * number
            times = [american(entry["date"]), clock(start), clock(start + entry["minutes"])]
            cells += [*times, entry["performed_by"].upper()]
        rows.append([record["patient_id"], "2026-03", PAYERS[record["payer"]], *cells])
    rows.append(["9007", "2026-03", "Medicare", "3/9/2026", "2:00 PM", "1:40 PM", "RN"])
    return text(rows)


def main() -> None:
    """Write every shape."""
    FOLDER.mkdir(exist_ok=True)
    records = patients()
    for name, made, encoding in (
        ("activity_log.csv", activity_log, "cp1252"),
        ("monthly_totals.csv", monthly_totals, "utf-8-sig"),
        ("enrolment_list.csv", enrolment_list, "utf-8"),
        ("visit_list.tsv", visit_list, "utf-16"),
        ("calls_in_columns.csv", calls_in_columns, "utf-8"),
    ):
        (FOLDER / name).write_bytes(made(records).encode(encoding))


if __name__ == "__main__":
    main()
