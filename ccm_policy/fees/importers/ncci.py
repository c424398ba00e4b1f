"""NCCI edits as CMS ships them: medically unlikely edits (csv) and procedure-to-procedure edits (tab separated text).

Neither file says its quarter in a column. The name of the file says it for MUE; for both the copyright line bounds the
year, since the code set of a year is copyright of that year or of the one before.
"""

from __future__ import annotations

import re
from collections.abc import Collection
from dataclasses import dataclass
from datetime import date
from pathlib import Path

from ccm_policy.fees.importers.raw import Line, RefusedError, code_order, is_code, read_cells, refused

MUE_COLUMNS = ("code", "units", "indicator", "rationale")
PTP_COLUMNS = ("column_1", "column_2", "indicator", "effective", "deleted", "rationale")
QUARTERS = {"Q1": "01", "Q2": "04", "Q3": "07", "Q4": "10"}
_COPYRIGHT = re.compile(r"copyright\D{0,20}(\d{4})", re.IGNORECASE)
_EFFECTIVE = re.compile(r"(\d{2})-(\d{2})-(\d{4})")


@dataclass(frozen=True, slots=True)
class PairFile:
    """The pairs that are kept, and the first and last of all in the file."""

    rows: list[tuple[str, ...]]
    first: str
    last: str


def read_mue(path: Path, lines: list[Line], codes: Collection[str]) -> list[tuple[str, ...]]:
    """Unit limits of these codes; raises `RefusedError`."""
    rows = read_cells(path, lines)
    head = next((i for i, row in enumerate(rows) if row.first.startswith("HCPCS") and "Code" in row.first), None)
    if head is None or len(rows[head].values) != 4 or not rows[head].values[1].startswith("Practitioner Services MUE"):
        raise refused(
            "E0633", path, 1, "the line that heads the columns of practitioner MUE is missing or changed",
            "take `MCR_MUE_PractitionerServices….csv` as CMS ships it",
        )  # fmt: skip
    found: dict[str, tuple[str, ...]] = {}
    order: list[tuple[int, str]] = []
    for row in rows[head + 1 :]:
        if row.blank:
            continue
        if len(row.values) != 4 or not is_code(row.first):
            raise refused("E0632", path, row.number, "this line is not a whole row of the file", "fetch it anew")
        code, units, indicator, rationale = row.values
        order.append((row.number, code))
        if not units.isdigit() or indicator[:1] not in ("1", "2", "3") or indicator[1:2].strip():
            raise refused("E0635", path, row.number, "units or indicator of this row are damaged", "fetch it anew")
        if code in found:
            raise refused("E0635", path, row.number, f"`{code}` stands twice", "fetch the file anew")
        if code in codes:
            found[code] = (code, units, indicator[:1], rationale)
    code_order(path, order)
    if not found:
        raise nothing_kept(path)
    return sorted(found.values())


def read_ptp(path: Path, lines: list[Line], codes: Collection[str]) -> PairFile:
    """Pairs in which both codes are among these; raises `RefusedError`."""
    rows = read_cells(path, lines, "\t")
    head = next(
        (i for i, row in enumerate(rows) if [v.lower() for v in row.values[:2]] == ["column 1", "column 2"]), None
    )
    if head is None or len(rows[head].values) != 7:
        raise refused(
            "E0633", path, 1, "the lines that head the columns of the pairs are missing or changed",
            "take the tab separated `ccipra-….txt` as CMS ships it",
        )  # fmt: skip
    seen: set[tuple[str, ...]] = set()
    order: list[tuple[int, str]] = []
    ends: list[str] = []
    for row in rows[head + 1 :]:
        if row.blank or (not row.first and not order):
            continue
        if len(row.values) != 7 or not all(is_code(v) for v in row.values[:2]):
            raise refused("E0632", path, row.number, "this line is not a whole row of the file", "fetch it anew")
        one, two, _, effective, deleted, indicator, rationale = row.values
        order.append((row.number, one))
        ends = [ends[0] if ends else f"{one} {two}", f"{one} {two}"]
        if indicator not in ("0", "1", "9"):
            raise refused("E0635", path, row.number, f"`{indicator}` is not a modifier indicator", "fetch it anew")
        if one in codes and two in codes:
            dates = [_day(path, row.number, text) for text in (effective, deleted)]
            pair = (one, two, indicator, *dates, rationale)
            if pair in seen:
                raise refused("E0635", path, row.number, f"`{one}` with `{two}` stands twice", "fetch the file anew")
            seen.add(pair)
    if not order:
        raise refused("E0632", path, len(lines), "there are no pairs after the header", "fetch the file anew")
    code_order(path, order)
    return PairFile(sorted(seen), ends[0], ends[-1])


def check_year(path: Path, lines: list[Line], year: int, quarter: str) -> None:
    """Is it the file of this quarter? By its name, and by its copyright line."""
    named = _EFFECTIVE.search(path.name)
    said = next((m for line in lines[:12] if (m := _COPYRIGHT.search(line.text))), None)
    if named and (named[1], named[3]) != (QUARTERS.get(quarter), str(year)):
        raise refused(
            "E0634", path, None, f"the file's name says {named[0]}, and {year}{quarter} was asked for",
            "give the right file, or the right `--year` and `--release`",
        )  # fmt: skip
    if said and int(said[1]) not in (year, year - 1):
        raise refused(
            "E0634", path, 1, f"the file's copyright line says {said[1]}, and {year} was asked for",
            "give the right file, or the right `--year`",
        )  # fmt: skip
    if named is None and said is None:
        raise refused(
            "E0634", path, None, "nothing in this file or its name says its year", "keep the name that CMS gave it"
        )


def _day(path: Path, line: int, text: str) -> str:
    if text in ("", "*"):
        return ""
    try:
        if re.fullmatch(r"\d{8}", text):
            return date(int(text[:4]), int(text[4:6]), int(text[6:])).isoformat()
    except ValueError:
        pass
    raise refused("E0635", path, line, f"`{text}` is not a date like 20240701", "fetch the file anew")


def nothing_kept(path: Path) -> RefusedError:
    """The refusal of a file in which no code that was asked for stands."""
    return refused("E0640", path, None, "none of the codes asked for is in this file", "check `--codes` and the file")
