"""PPRRVU: the national relative value file, as csv (31 or 32 columns, found by their stacked names) or as fixed text.

The description column is read past and never kept. Every kept row must add up to CMS's own totals.
"""

from __future__ import annotations

import re
from collections.abc import Collection
from dataclasses import dataclass
from decimal import Decimal
from pathlib import Path

from ccm_policy.fees.importers.raw import Cells, Line, RefusedError, code_order, decimal, is_code, read_cells, refused
from ccm_policy.fees.prices import total
from ccm_policy.fees.tables import Keyed

COLUMNS = {
    "code": "HCPCS",
    "modifier": "MOD",
    "status": "STATUS CODE",
    "work": "WORK RVU",
    "pe.non_facility": "NON-FAC PE RVU",
    "pe.facility": "FACILITY PE RVU",
    "mp": "MP RVU",
    "total.non_facility": "NON-FACILITY TOTAL",
    "total.facility": "FACILITY TOTAL",
    "factor": "CONV FACTOR",
}
"""What is kept, by the words that stand above one another over its column."""

FIXED = {
    "code": (0, 5),
    "modifier": (5, 7),
    "status": (57, 58),
    "work": (59, 65),
    "pe.non_facility": (65, 72),
    "pe.facility": (74, 81),
    "mp": (83, 89),
    "total.non_facility": (89, 96),
    "total.facility": (96, 102),
}
"""Columns of the fixed text, from and to, counted from 0."""

ACTIVE = "A"
"""The status that always has values. Codes of the others may have none, told as zeros or not at all."""

MONTHS = {"A": "January", "B": "April", "C": "July", "D": "October"}
_TITLE = re.compile(r"(\d{4}) National Physician Fee Schedule Relative Value File (\w+) Release", re.IGNORECASE)
_FACTOR = re.compile(r"\d{2}\.\d{4}")


@dataclass(frozen=True, slots=True)
class RelativeFile:
    """What was read: the kept rows, the year and month that the file says itself (`None`: it does not), its factor."""

    table: Keyed
    year: int | None
    month: str | None
    factor: Decimal


def read_rvu(path: Path, lines: list[Line], codes: Collection[str]) -> RelativeFile:
    """Keep the rows of these codes; raises `RefusedError`."""
    if lines[0].text.startswith("HDR"):
        year, month, rows = None, None, _fixed(path, lines)
    else:
        year, month, rows = _comma(path, lines)
    code_order(path, [(line, row["code"]) for line, row in rows])
    table: Keyed = {}
    factors: dict[Decimal, int] = {}
    for line, row in rows:
        if row["code"] not in codes:
            continue
        key = (row["code"], row["modifier"])
        if key in table:
            raise refused("E0635", path, line, f"`{row['code']}` stands twice", "fetch the file anew")
        factors.setdefault(decimal(path, line, row["factor"], 4, "a conversion factor"), line)
        table[key] = _items(path, line, row)
    if not table:
        raise refused(
            "E0640", path, None, "none of the codes asked for is in this file", "check `--codes` and the file"
        )
    if len(factors) > 1:
        raise refused(
            "E0635", path, max(factors.values()), "rows have different conversion factors", "fetch the file anew"
        )
    return RelativeFile(table, year, month, next(iter(factors)))


def _comma(path: Path, lines: list[Line]) -> tuple[int, str, list[tuple[int, dict[str, str]]]]:
    rows = read_cells(path, lines)
    said = next((m for row in rows[:9] if (m := _TITLE.search(" ".join(row.values)))), None)
    head = next((i for i, row in enumerate(rows) if row.first == "HCPCS"), None)
    if said is None or head is None:
        raise refused(
            "E0633", path, 1, "the lines before the rows, which say year, release and columns, are missing or changed",
            "take the file as CMS ships it: `PPRRVU….csv` of the RVU package",
        )  # fmt: skip
    places = _places(path, rows[: head + 1])
    width = len(rows[head].values)
    found = []
    for row in rows[head + 1 :]:
        if row.blank:
            continue
        if len(row.values) != width:
            raise refused(
                "E0632", path, row.number, f"this row has {len(row.values)} columns of {width}; the file is damaged",
                "fetch it anew",
            )  # fmt: skip
        values = {name: row.values[i] for name, i in places.items()}
        if not is_code(values["code"]):
            raise refused("E0635", path, row.number, f"`{values['code']}` is not a code", "fetch the file anew")
        found.append((row.number, values))
    return int(said[1]), said[2].capitalize(), found


def _places(path: Path, head: list[Cells]) -> dict[str, int]:
    """Where each column is, by the words stacked over it. Those of the lowest three lines tell the kept ones apart."""
    line = head[-1].number
    stacks = [
        " ".join(" ".join(row.values[i] for row in head[-3:] if i < len(row.values)).split())
        for i in range(len(head[-1].values))
    ]
    places: dict[str, int] = {}
    for name, words in COLUMNS.items():
        at = [i for i, stack in enumerate(stacks) if stack == words]
        if len(at) != 1:
            raise refused(
                "E0633", path, line, f"no column, or more than one, is headed `{words}`",
                "the layout is not one that is known, or the header was changed",
            )  # fmt: skip
        places[name] = at[0]
    if list(places.values()) != sorted(places.values()):
        raise refused("E0636", path, line, "the columns do not stand in CMS's order", "take the file as CMS ships it")
    return places


def _fixed(path: Path, lines: list[Line]) -> list[tuple[int, dict[str, str]]]:
    rows = [line for line in lines if line.text.strip() and not line.text.startswith("HDR")]
    if not rows:
        raise refused("E0632", path, len(lines), "there are no rows after the header", "fetch the file anew")
    width = len(rows[0].text)
    found = []
    for line in rows:
        text = line.text
        if len(text) != width or width < 140:
            raise refused(
                "E0632", path, line.number, f"this line has {len(text)} characters of {max(width, 140)}; "
                "the file is cut or damaged", "fetch it anew",
            )  # fmt: skip
        values = {name: text[a:b].strip() for name, (a, b) in FIXED.items()}
        factor = _FACTOR.search(text, 119)
        if not is_code(values["code"]) or factor is None:
            raise refused("E0635", path, line.number, "this line is not a row of the file", "fetch it anew")
        found.append((line.number, values | {"factor": factor[0]}))
    return found


def _items(path: Path, line: int, row: dict[str, str]) -> dict[str, str]:
    if not re.fullmatch("[A-Z]", row["status"]):
        raise refused("E0635", path, line, f"`{row['status']}` is not a status", "fetch the file anew")
    names = [name for name in COLUMNS if name not in ("code", "modifier", "status", "factor")]
    if row["status"] != ACTIVE and not any(row[name] for name in names):
        row = row | dict.fromkeys(names, "0.00")
    numbers = {name: decimal(path, line, row[name], 2, "a relative value") for name in names}
    for setting in ("non_facility", "facility"):
        parts = [numbers["work"], numbers[f"pe.{setting}"], numbers["mp"]]
        if total(parts) != numbers[f"total.{setting}"]:
            raise refused(
                "E0637", path, line,
                f"`{row['code']}`: {' + '.join(map(str, parts))} is {total(parts)}, and CMS's total says "
                f"{numbers[f'total.{setting}']}", "a value was changed or shifted; fetch the file anew",
            )  # fmt: skip
    return {"status": row["status"], **{name: str(value) for name, value in numbers.items()}}


def check_said(path: Path, read: RelativeFile, year: int, release: str, held: dict[int, list[Decimal]]) -> None:
    """Is it the file of this year and release? By its title, and by its factor where factors are held.

    `held`: the conversion factors of each year, as far as they are known.
    """
    if read.year is not None and read.year != year:
        raise _wrong(path, f"the file says {read.year}, and {year} was asked for")
    month = MONTHS.get(release)
    if read.month is not None and month is not None and read.month != month:
        raise _wrong(path, f"the file says {read.month} release, and `{release}` is {month}")
    if read.factor in held.get(year, []):
        return
    if year in held:
        others = [str(y) for y, factors in held.items() if read.factor in factors]
        said = f"; it is the factor of {', '.join(others)}" if others else ""
        raise _wrong(path, f"the file's conversion factor {read.factor} is not one of {year}{said}")
    if read.year is None:
        raise refused(
            "E0634", path, None, f"nothing in the file says its year, and no conversion factor of {year} is held",
            "import the csv of the same release, or add the year's `conversion_factors.csv` first",
        )  # fmt: skip


def _wrong(path: Path, message: str) -> RefusedError:
    return refused("E0634", path, None, message, "give the right file, or the right `--year` and `--release`")
