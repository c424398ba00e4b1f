"""Three exports as care platforms write them that nobody here has seen, and what each patient of them comes to.

What a patient comes to is told by the few lines of `units`, from the minutes that were drawn, and by nothing of the
engine: clinical staff's minutes at 20, 40 and 60; the practitioner's own at 30. `ASKED` is a patient whom nobody may
bill before a question is answered, and `NOTHING` one of whom there is nothing to bill.
"""

from __future__ import annotations

import csv
import io
from collections.abc import Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

BASE, MORE, OWN = "99490", "99439", "99491"
ASKED, NOTHING = "asked", "nothing"
Truth = dict[str, int] | str
STAFF = ("RN", "LPN", "CMA")
NAMES = {"RN": "Ortiz, Ana", "LPN": "Bell, Tom", "CMA": "Renée Caron", "MD": "Adler, Ruth", "NP": "Stone, Ida"}
INSURERS = ("Medicare Part B", "MEDICARE", "Medicare FFS")


@dataclass(slots=True)
class Patient:
    """A patient with entries of minutes and credential."""

    key: str
    entries: list[tuple[int, str]]
    truth: Truth
    insurer: str = "MEDICARE"
    days: list[int] = field(default_factory=list)


def units(staff: int, own: int = 0) -> Truth:
    """What minutes of clinical staff, or of the practitioner alone, come to."""
    if own >= 30 and not staff:
        return {OWN: 1}
    if staff + own < 20:
        return NOTHING
    return {BASE: 1} | ({MORE: min(2, (staff + own) // 20 - 1)} if staff + own >= 40 else {})


SPLITS = (
    (12, 8),
    (19,),
    (20,),
    (25, 14),
    (21, 19),
    (7, 6, 6),
    (30, 29),
    (20, 20, 20),
    (45, 44),
    (5,),
    (11, 12, 16, 21),
)


def drawn(count: int, first: int, width: int) -> list[Patient]:
    """Patients with minutes on both sides of each boundary."""
    found = []
    for number in range(count):
        minutes = SPLITS[number % len(SPLITS)]
        entries = [(each, STAFF[(number + at) % 3]) for at, each in enumerate(minutes)]
        key = str(first + 7 * number).zfill(width)
        patient = Patient(key, entries, units(sum(minutes)), INSURERS[number % 3])
        patient.days = [2 + (number * 3 + 7 * at) % 28 for at in range(len(minutes))]
        found.append(patient)
    return found


def text(rows: Sequence[Sequence[Any]], separator: str = ",") -> str:
    """Rows as delimited text."""
    out = io.StringIO(newline="")
    csv.writer(out, delimiter=separator, lineterminator="\r\n").writerows(rows)
    return out.getvalue()


def activity(folder: Path) -> tuple[list[Path], dict[str, Truth]]:
    """One row an entry, durations as hours and minutes, in Windows' Western set."""
    rows: list[list[Any]] = [
        ["Bright Care – time detail report", *[""] * 10],
        ["Period: 03/01/2026 – 03/31/2026"],
        [
            "Pt ID",
            "Patient",
            "DOS",
            "Time Spent (h:mm)",
            "Performed By",
            "Credential",
            "Contact Type",
            "Comments",
            "Rendering Provider",
            "Primary Ins",
            "Program",
            "Consent Dt",
            "ICD10s",
        ],
    ]
    rest = ["Adler, Ruth", "MEDICARE", "CCM", "10/15/2025", "E11.9; I50.9"]

    def row(key: str, day: str, minutes: str, by: str, insurer: str = "MEDICARE", name: str = "") -> list[Any]:
        said = ["Phone call", "Talked about salt and weight"]
        return [
            key,
            "Doe, Zoë",
            day,
            minutes,
            name or NAMES.get(by, "Kim, Lee"),
            by,
            *said,
            rest[0],
            insurer,
            *rest[2:],
        ]

    def length(minutes: int) -> str:
        return f"{minutes // 60}:{minutes % 60:02}"

    truth: dict[str, Truth] = {}
    for patient in drawn(34, 10200, 6):
        truth[patient.key] = patient.truth
        for day, (minutes, by) in zip(patient.days, patient.entries, strict=True):
            rows.append(row(patient.key, f"03/{day:02}/2026", length(minutes), by, patient.insurer))
    for key, what, entries in (
        ("020001", {OWN: 1}, [("03/04/2026", "0:31", "MD")]),
        ("020002", {BASE: 1}, [("03/04/2026", "0:29", "MD")]),
        ("020003", {BASE: 1}, [("03/04/2026", "0:22", "RN"), ("03/04/2026", "0:22", "RN")]),  # the same row again
        ("020004", ASKED, [("", "0:25", "RN")]),
        ("020005", ASKED, [("03/06/2026", "-0:25", "RN")]),
        ("020006", ASKED, [("03/06/2026", "0:25", "QX")]),
        ("020007", NOTHING, [("02/27/2026", "0:25", "RN")]),
        ("020008", {BASE: 1}, [("03/06/2026", "0:25", "RN"), ("04/01/2026", "0:25", "RN")]),
        ("020009", ASKED, [("03/06/2026", "", "RN")]),
        ("020010", {BASE: 1}, [("03/06/2026", "0:21", "RN"), ("n/a", "0:19", "RN")]),
        ("020011", NOTHING, [("03/06/2026", "0:40", "Front desk")]),
    ):
        truth[key] = what
        rows += [row(key, *entry) for entry in entries]
    truth["020012"] = ASKED
    rows.append(row("020012", "03/09/2026", "0:33", "RN", insurer="Blue Sky Health"))
    rows += [["Grand Total", "", "", "41:07"], [], ["Report generated 04/02/2026 by Zoë"]]
    path = folder / "bright_care_time_detail.csv"
    path.write_bytes(text(rows).encode("cp1252"))
    return [path], truth


def totals(folder: Path) -> tuple[list[Path], dict[str, Truth]]:
    """The minutes of the month, an enrolment list and a visit list."""
    total: list[list[Any]] = [["Member No.", "Svc Month", "CCM Mins", "Staff Credentials"]]
    enrolled: list[list[Any]] = [
        [
            "Member No.",
            "Enroll Dt",
            "Consent Dt",
            "Consent Type",
            "Payer Name",
            "Dx List",
            "Billing Provider",
            "Program Name",
        ]
    ]
    seen: list[list[Any]] = [["Member No.", "Visit Dt", "CPT", "Seen By"]]
    truth: dict[str, Truth] = {}

    def enrol(key: str, insurer: str) -> None:
        enrolled.append([key, "2025-11-03", "2025-11-03", "Verbal", insurer, "E11.9|I10|N18.3", "dr-lee", "CCM"])
        seen.append([key, "2025-10-20", "99214", "dr-lee"])

    for patient in drawn(26, 300, 5):
        truth[patient.key] = patient.truth
        by: dict[str, int] = {}
        for minutes, role in patient.entries:
            by[role] = by.get(role, 0) + minutes
        total += [[patient.key, "Mar 2026", minutes, role] for role, minutes in by.items()]
        enrol(patient.key, patient.insurer)
    more: tuple[tuple[str, Truth, Any, str, str], ...] = (
        ("09001", ASKED, 41, "RN", "Mar 2026"),  # a total without enrolment
        ("09002", ASKED, -20, "RN", "Mar 2026"),
        ("09003", ASKED, "", "RN", "Mar 2026"),
        ("09004", NOTHING, 35, "RN", "Feb 2026"),
        ("09005", ASKED, 35, "Ranger", "Mar 2026"),
        ("09006", ASKED, 35, "RN", ""),
    )
    for key, what, minutes, role, month in more:
        truth[key] = what
        total.append([key, month, minutes, role])
        if key != "09001":
            enrol(key, "Medicare")
    total += [["Total:", "", 1234, ""]]
    files = {
        "member_totals.csv": text(total, ";"),
        "program_roster_enrollment.csv": text(enrolled),
        "visits.tsv": text(seen, "\t"),
    }
    paths = []
    for name, made in files.items():
        path = folder / name
        path.write_bytes(made.encode("utf-8-sig"))
        paths.append(path)
    return paths, truth


def clock(minute: int) -> str:
    """A time of the clock of twelve hours."""
    minute %= 24 * 60
    hour = minute // 60
    return f"{(hour - 1) % 12 + 1}:{minute % 60:02} {'AM' if hour < 12 else 'PM'}"


def wide(folder: Path) -> tuple[list[Path], dict[str, Truth]]:
    """One row a patient-month, up to four contacts by the clock."""
    parts = ("Date", "Start", "Stop", "Staff Credential")
    columns = [f"Contact {n} {part}" for n in range(1, 5) for part in parts]
    rows: list[list[Any]] = [["Chart #", "Month of Service", "Insurance Name", "Attending", "Dx Codes", *columns]]
    truth: dict[str, Truth] = {}

    def row(key: str, calls: Sequence[tuple[str, str, str, str]], insurer: str = "Medicare") -> None:
        cells = [cell for call in calls for cell in call]
        own = [key, "03/2026", insurer, "dr-may", "E11.9, I50.9"]
        rows.append([*own, *cells, *[""] * (len(columns) - len(cells))])

    for number, patient in enumerate(drawn(20, 5000, 4)):
        truth[patient.key] = patient.truth
        calls = []
        for at, (day, (minutes, by)) in enumerate(zip(patient.days, patient.entries, strict=True)):
            start = 8 * 60 + 10 + 97 * at + number
            calls.append((f"3/{day}/2026", clock(start), clock(start + minutes), by))
        row(patient.key, calls, patient.insurer)
    night = ("3/9/2026", "11:50 PM", "12:15 AM", "RN")
    truth |= {"7001": ASKED, "7002": {BASE: 1}, "7003": ASKED, "7004": ASKED, "7005": ASKED, "7006": NOTHING}
    row("7001", [("3/9/2026", "2:00 PM", "1:40 PM", "RN")])
    row("7002", [night])
    row("7003", [("3/9/2026", "2:00 PM", "", "RN")])
    row("7004", [("3/9/2026", "2:00 PM", "2:30 PM", "")])
    row("7005", [("", "2:00 PM", "2:30 PM", "RN")])
    row("7006", [])
    rows.append(["Count: 26"])
    path = folder / "contacts_by_patient.csv"
    path.write_bytes(text(rows).encode("utf-8"))
    return [path], truth
