"""Three more exports as care platforms write them, with columns of outcomes and standing, and what is true of them.

Somebody died, left, is on hold or in hospice care; nobody was reached; a credential stands with degrees; consents were
declined, revoked, left blank. `strangers` tells how what is true is told.
"""

from __future__ import annotations

from pathlib import Path
from typing import Any

from tests.intake.strangers import ASKED, BASE, NOTHING, OWN, Truth, text, units

NURSE = ("Jane Smith", "RN", "Patient Call", "Spoke with patient")


def _hours(minutes: int | str) -> str:
    return minutes if isinstance(minutes, str) else f"{minutes // 60}:{minutes % 60:02}"


def outcomes(folder: Path) -> tuple[list[Path], dict[str, Truth]]:
    """One row an entry, with the outcome of the call and how the patient stands."""
    names = "Patient ID,Last Name,DOB,Activity Date,Duration,Staff Name,Staff Credentials,Activity Type,Call Outcome"
    more = "Activity Notes,Billing Practitioner,Primary Insurance,CCM Consent Date,Consent Method,Enrollment Status"
    header = [*names.split(","), *more.split(","), "ICD-10 1", "ICD-10 2", "ICD-10 3"]
    rows: list[list[Any]] = []
    truth: dict[str, Truth] = {}

    def add(true: Truth, *entries: tuple[Any, ...], **said: Any) -> None:
        key = str(88001 + len(truth))
        truth[key] = true
        own = {"by": "Robert Lang, MD", "insurer": "Medicare", "day": "11/04/2025", "method": "Verbal"} | said
        dx = own.get("dx", ("E11.9", "I10", "N18.31"))
        for day, minutes, *work in entries:
            when = day if "/" in str(day) or not day else f"3/{day}/2026"
            told = [*(work or NURSE), "Went over weights and swelling"]
            rest = [own["by"], own["insurer"], own["day"], own["method"], own.get("stands", "Enrolled")]
            rows.append([key, "Peña", "04/12/1946", when, _hours(minutes), *told, *rest, *dx])

    for minutes in (19, 20, 39, 40, 59, 60, 75, 22, 31, 25, 28):
        add(units(minutes), (3, minutes - 9), (17, 9, "Marco Diaz", "CMA", "Medication Reconciliation", ""))
    for credential in ("RN, BSN", "RN CCM", "CMA (AAMA)", "LPN II", "PharmD, BCACP", "LCSW", "Care Manager, RN"):
        add({BASE: 1}, (4, 24, "Zed", credential, *NURSE[2:]))
    for credential in ("Community Health Worker", "Student Nurse", "Non-RN"):
        add(ASKED, (4, 24, "Zed", credential, *NURSE[2:]))
    add(NOTHING, (4, 24, "Zed", "Receptionist", "Scheduling", ""))
    attempt = ("Jane Smith", "RN", "Patient Call")
    add(NOTHING, (4, 15), (5, 8, *attempt, "Left message"))
    add({BASE: 1}, (4, 22), (5, 8, *attempt, "LVM"))
    add(NOTHING, (4, 25, *attempt, "No answer"))
    add(NOTHING, (4, 15), (5, 10, "Jane Smith", "RN", "Appointment Scheduling", ""))
    add(ASKED, (4, 25), stands="Disenrolled")
    add({BASE: 1}, (4, 25), stands="Deceased 3/20/2026")
    add(NOTHING, (4, 12), (25, 12), stands="Deceased 3/20/2026")
    add(ASKED, (4, 25), stands="Deceased")
    add(ASKED, (4, 25), stands="On Hold")
    for insurer in ("Aetna Medicare Advantage", "UHC Medicare Advantage PPO", "MEDICARE PART B"):
        add({BASE: 1}, (4, 25), insurer=insurer)
    add(ASKED, ("", 25))
    add(ASKED, (4, 15), ("", 10))
    add(ASKED, (4, "0:75"))
    add(ASKED, (4, ""))
    add(ASKED, (4, 25), (5, "-0:10"))
    add(NOTHING, ("2/27/2026", 30))
    add({BASE: 1}, (4, 20), ("4/1/2026", 30))
    add(NOTHING, (4, 25), dx=("I10", "", ""))
    add(NOTHING, (4, 25), day="03/18/2026")
    add(ASKED, (4, 25), day="", method="")
    add(NOTHING, (4, 25), day="", method="Declined")
    add({BASE: 1}, (4, 25), by="Ana Poe, NP")
    title = ["Hillside Primary Care – CCM Activity Report"]
    foot = [["Total Time", "", "", "", "31:44"], ["Generated on 04/02/2026 by Ann Café"]]
    path = folder / "time_log_march.csv"
    path.write_bytes(text([title, header, *rows, *foot]).encode("cp1252"))
    return [path], truth


def standing(folder: Path) -> tuple[list[Path], dict[str, Truth]]:
    """Totals of each role, and a list of members that says how each stands."""
    total: list[list[Any]] = [["Member ID", "Period", "Nurse Minutes", "MA Minutes", "Provider Minutes", "Provider"]]
    names = "Member ID,Member Name,Program,Status,Program Start,Program End,Consent,Consent Date,Health Plan,Diagnoses"
    members: list[list[Any]] = [[*names.split(","), "Date of Death", "Hospice?", "Last Admission", "Last Discharge"]]
    visits: list[list[Any]] = [["Member ID", "Visit Date", "Visit Type", "CPT", "Provider Name"]]
    truth: dict[str, Truth] = {}

    def add(true: Truth, nurse: Any, assistant: Any = 0, own: Any = "", **said: Any) -> None:
        key = f"MB{1001 + len(truth)}"
        truth[key] = true
        by = said.get("by", "Smith, Alan MD")
        total.append([key, said.get("period", "2026-03"), nurse, assistant, own, by])
        if said.get("listed", True):
            told = [key, "Doe, Q", "CCM", said.get("status", "Active"), "2025-09-02", said.get("end", "")]
            told += [said.get("consent", "Signed"), said.get("day", "2025-09-02"), said.get("plan", "Medicare Part B")]
            told += [said.get("dx", "E11.22, I50.32, J44.9"), said.get("died", ""), said.get("hospice", "No")]
            members.append([*told, *said.get("stay", ("", ""))])
            visits.append([key, "2025-08-19", "Office Visit", "99214", by])

    for nurse, assistant in ((10, 9), (10, 10), (20, 19), (25, 15), (40, 19), (40, 20), (60, 29), (0, 20), (33, 0)):
        add(units(nurse + assistant), nurse, assistant)
    add({OWN: 1}, "", "", 31)
    add(NOTHING, 25, consent="Declined")
    add(NOTHING, 25, consent="No", day="")
    add(ASKED, 25, consent="", day="")
    add(ASKED, 25, consent="Pending", day="")
    add(ASKED, 25, status="Inactive")
    add(NOTHING, 25, status="Deceased", died="2026-02-11")
    add(ASKED, 25, status="Deceased")
    add(ASKED, 25, hospice="Yes")
    add(NOTHING, 25, dx="I10")
    add({BASE: 1}, 25, stay=("2026-01-05", "2026-01-08"))
    for plan in ("Humana Medicare Advantage", "Medicare Advantage HMO", "Original Medicare"):
        add({BASE: 1}, 25, plan=plan)
    add(ASKED, 25, listed=False)
    add(ASKED, -4)
    add(ASKED, "pending")
    add(NOTHING, 25, period="2026-02")
    add(ASKED, 25, period="")
    add({BASE: 1}, 25, by="Poe, Ana NP")
    total += [list(total[4]), ["Total", "", 1234, 321, 99, ""], ["Average", "", 12, 3, 1, ""]]
    paths = []
    for name, made in {
        "monthly_minutes.csv": text(total),
        "ccm_members.csv": text(members),
        "visits.tsv": text(visits, "\t"),
    }.items():
        path = folder / name
        path.write_bytes(made.encode("utf-8-sig"))
        paths.append(path)
    return paths, truth


def contacts(folder: Path) -> tuple[list[Path], dict[str, Truth]]:
    """One row a patient-month, contacts by the clock with their outcome, and columns of yes and no."""
    parts = ("Date", "Start Time", "End Time", "Staff", "Role", "Outcome")
    columns = [f"Contact{n} {part}" for n in (1, 2) for part in parts]
    own = ["Record No", "Service Month", "Billing Provider", "Payer", "Consent Signed?", "Consent Date"]
    ends = ["Dx List", "Deceased", "Hospice", "Admit Date", "Discharge Date"]
    rows: list[list[Any]] = [[*own, *columns, *ends]]
    truth: dict[str, Truth] = {}

    def call(day: str, start: int, minutes: int, role: str = "RN", outcome: str = "Completed") -> list[str]:
        first, last = start * 60, start * 60 + minutes
        clock = [f"{each // 60:02}:{each % 60:02}" for each in (first, last)]
        return [f"2026-{day}", *clock, "A. Ray", role, outcome]

    def add(true: Truth, *calls: list[str], **said: Any) -> None:
        key = f"{len(truth) + 1:06}"
        truth[key] = true
        cells = [cell for each in calls for cell in each]
        told = [key, said.get("month", "Mar-26"), said.get("by", "Wynn, Dana DO"), said.get("payer", "Medicare")]
        told += [said.get("consent", "Yes"), said.get("day", "2025-10-01"), *cells, *[""] * (12 - len(cells))]
        told += [said.get("dx", "E11.9;I10;F32.9"), said.get("died", "N"), said.get("hospice", "N")]
        rows.append([*told, *said.get("stay", ("", ""))])

    for one, two in ((10, 9), (10, 10), (20, 19), (20, 20), (30, 29), (30, 30), (45, 44)):
        add(units(one + two), call("03-03", 9, one), call("03-09", 14, two, "LVN"))
    for role in ("RN", "CMA", "Registered Nurse", "Med Asst", "Pharmacist"):
        add({BASE: 1}, call("03-03", 9, 24, role))
    add(ASKED, call("03-03", 9, 24, "Navigator"))
    add(ASKED, ["2026-03-03", "10:30", "10:05", "A. Ray", "RN", "Completed"])
    add(ASKED, ["2026-03-03", "10:30", "", "A. Ray", "RN", "Completed"])
    add(ASKED, ["", "10:30", "10:55", "A. Ray", "RN", "Completed"])
    add(NOTHING, call("03-03", 9, 25), month="Feb-26")
    add(NOTHING, call("03-03", 9, 15), call("03-05", 9, 9, outcome="Voicemail"))
    add({BASE: 1}, call("03-03", 9, 22), call("03-05", 9, 9, outcome="Voicemail"))
    add(NOTHING, call("03-03", 9, 25, outcome="Unable to reach"))
    add(ASKED, call("03-03", 9, 25), consent="No", day="")
    add(ASKED, call("03-03", 9, 25), consent="", day="")
    add(NOTHING, call("03-03", 9, 25), consent="Refused")
    add(ASKED, call("03-03", 9, 25), died="Y")
    add(ASKED, call("03-03", 9, 25), hospice="Y")
    add({BASE: 1}, call("03-03", 9, 25), stay=("2026-03-20", "2026-03-24"))
    add({BASE: 1}, call("03-03", 9, 25), payer="Medicare Advantage")
    add({BASE: 1}, call("03-03", 9, 25), by="Fox, Lee NP")
    rows += [list(rows[2]), ["Count: 30"]]
    path = folder / "ccm_contacts_wide.csv"
    path.write_bytes(text(rows, ";").encode("utf-8"))
    return [path], truth
