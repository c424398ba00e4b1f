"""Makes the invented clinic of March 2026: a folder of CSV tables, the same month as JSON Lines, and a README.

    python examples/make_clinic.py

Nobody in it exists. Every patient starts from one fully documented chart (`chart`) and differs from it in what the
patient's group is there to show (`clinic_patients.py`). Nothing is drawn at random: the same script, the same bytes.
"""

from __future__ import annotations

import csv
import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from clinic_patients import GROUPS, LISTS, PRACTICE, STAFF, Group, Record

HERE = Path(__file__).parent
FOLDER = HERE / "clinic-2026-03"
LINES = HERE / "clinic-2026-03.jsonl"
KEY = ("patient_id", "service_month", "practitioner.id")
NAMES_A_PRACTITIONER = ("consents", "visits", "programs", "other_services", "claim_lines")
"""Lists whose records have a `practitioner_id` of their own; there the key's practitioner has its full name."""


def records(groups: list[Group]) -> Iterator[Record]:
    """Every patient-month, whole: with the roster and the practice's own facts."""
    for group in groups:
        for record in group.records:
            yield record | {"staff": STAFF, "practice_has": PRACTICE}


def cell(value: Any) -> str:
    """A value as a cell: yes and no, members joined by `;`, a word for what is not known."""
    if value is None:
        return "unknown"
    if isinstance(value, bool):
        return "yes" if value else "no"
    return ";".join(value) or "none" if isinstance(value, list) else str(value)


def flat(record: Record, prefix: str = "") -> Iterator[tuple[str, str]]:
    """The facts of a record by dotted name, without its lists."""
    for name, value in record.items():
        if isinstance(value, dict):
            yield from flat(value, f"{prefix}{name}.")
        elif name not in LISTS and name != "staff":
            yield prefix + name, cell(value)


def write(name: str, columns: list[str], rows: list[dict[str, str]]) -> None:
    with (FOLDER / f"{name}.csv").open("w", encoding="utf-8", newline="") as out:
        writer = csv.DictWriter(out, columns, restval="", lineterminator="\n")
        writer.writeheader()
        writer.writerows(rows)


def columns_of(rows: list[dict[str, str]], first: tuple[str, ...]) -> list[str]:
    return list(dict.fromkeys([*first, *(name for row in rows for name in row)]))


def write_tables(months: list[Record]) -> None:
    """The folder: one table of patient-months, one for each list, and the practice's roster and facts."""
    facts: list[dict[str, str]] = []
    for month in months:
        own = {n: v for n, v in month.items() if n != "practice_has"}
        facts.append(dict(flat(own)) | {f"{name}_given": "no" for name in LISTS if name not in month})
    given_last = [f"{name}_given" for name in LISTS]
    columns = [c for c in columns_of(facts, KEY) if c not in given_last]
    write("patient_months", [*columns, *(c for c in given_last if any(c in row for row in facts))], facts)
    for name in LISTS:
        rows: list[dict[str, str]] = []
        whose = "practitioner.id" if name in NAMES_A_PRACTITIONER else "practitioner_id"
        for month in months:
            key = {KEY[0]: month[KEY[0]], KEY[1]: month[KEY[1]], whose: month["practitioner"]["id"]}
            rows += [key | {n: cell(v) for n, v in record.items()} for record in month.get(name) or []]
        write(name, columns_of(rows, (KEY[0], KEY[1], whose)), rows)
    write("staff", columns_of([dict(flat(p)) for p in STAFF], ("id",)), [dict(flat(p)) for p in STAFF])
    write("practice_has", list(PRACTICE), [dict(flat(PRACTICE))])


def readme(groups: list[Group]) -> str:
    """What the clinic is, and what each group of patients shows."""
    count = sum(len(group.records) for group in groups)
    lines = INTRODUCTION.replace("COUNT", str(count)).splitlines()
    for group in groups:
        lines += ["", f"### {group.title}", "", group.says, "", "| patient | what is different |", "| --- | --- |"]
        for record, note in zip(group.records, group.notes, strict=True):
            several = " with " + record["practitioner"]["id"] if "several" in group.title else ""
            lines.append(f"| {record['patient_id']}{several} | {note} |")
    return "\n".join(lines) + "\n"


INTRODUCTION = """# An invented clinic, March 2026

COUNT patient-months of patients who do not exist, as tables that a practice could export. The same month stands in
`../clinic-2026-03.jsonl`, one record a line, and gives the same decisions.

```sh
ccm-policy evaluate examples/clinic-2026-03
ccm-policy explain examples/clinic-2026-03 --patient 0001
```

`python examples/make_clinic.py` writes both, and this page, from `clinic_patients.py`. Every patient starts from one
fully documented chart and differs from it in what the group is there to show. Nothing is drawn at random. Practitioners
and staff are made-up keys; localities are Medicare's own, so that amounts can be compared with published ones.

## The tables

`patient_months.csv` has a row for each patient, month and billing practitioner; the other tables have rows for each
record of a list, by the same key. `staff.csv` and `practice_has.csv` are the practice's and have no key. An empty cell
says nothing; `unknown` says that nobody knows; a column such as `other_services_given` with `no` says that the list was
not given.

## The patients"""


def main() -> None:
    months = list(records(GROUPS))
    FOLDER.mkdir(exist_ok=True)
    write_tables(months)
    lines = [json.dumps(month, ensure_ascii=False) for month in months]
    LINES.write_text("\n".join(lines) + "\n", encoding="utf-8")
    (FOLDER / "README.md").write_text(readme(GROUPS), encoding="utf-8")


if __name__ == "__main__":
    main()
