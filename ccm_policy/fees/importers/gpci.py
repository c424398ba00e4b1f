"""GPCI, Addendum E: the indices of every payment locality, as csv or as fixed text.

Leading zeros that a spreadsheet took away are put back, footnote marks are taken off the names and used: a starred
row must obey the floor that its footnote states.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from decimal import Decimal
from pathlib import Path

from ccm_policy.fees.importers.raw import Line, decimal, read_cells, refused
from ccm_policy.fees.tables import Keyed

_YEAR = re.compile(r"\bCY (\d{4})\b")
_FIXED_ROW = re.compile(
    r"(\d{4,5}) +([A-Z]{2}) +(\d{1,2}) +(\S.*?) {2,}(\d\.\d{1,3}) +(\d\.\d{1,3}) +(\d\.\d{1,3})(?: +(\d\.\d{1,3}))? *"
)
_FLOOR = re.compile(r"(\*+) ?(Work|PE) GPCI reflects a (\d\.\d) floor")


@dataclass(frozen=True, slots=True)
class IndexFile:
    """What was read: indices by MAC and locality, and the year that the file says."""

    table: Keyed
    year: int


@dataclass(frozen=True, slots=True)
class _Row:
    line: int
    mac: str
    state: str
    locality: str
    name: str
    indices: dict[str, str]


def read_gpci(path: Path, lines: list[Line]) -> IndexFile:
    """Read every locality; raises `RefusedError`."""
    said = _YEAR.search(lines[0].text)
    if said is None or "GEOGRAPHIC PRACTICE COST INDICES" not in lines[0].text:
        raise refused(
            "E0633", path, 1, "the first line does not say `GEOGRAPHIC PRACTICE COST INDICES` and its year",
            "take the file as CMS ships it: `GPCI….csv` of the RVU package",
        )  # fmt: skip
    comma = any(line.text.startswith("Medicare Adm") and "," in line.text for line in lines[:6])
    rows = _comma(path, lines, int(said[1])) if comma else _fixed(path, lines, int(said[1]))
    if not rows:
        raise refused("E0632", path, len(lines), "there are no localities after the header", "fetch the file anew")
    floors = _floors(path, lines, rows[-1].line)
    table: Keyed = {}
    seen: list[str] = []
    for row in rows:
        key = (row.mac.zfill(5), row.locality.zfill(2))
        if key in table:
            raise refused("E0635", path, row.line, f"locality `{'-'.join(key)}` stands twice", "fetch the file anew")
        if row.state in seen[:-1]:
            raise refused(
                "E0636", path, row.line, f"`{row.state}` stands in two places; the rows are not in CMS's order",
                "the file was sorted or shuffled; take it as CMS ships it",
            )  # fmt: skip
        if row.state not in seen:
            seen.append(row.state)
        table[key] = _items(path, row, floors)
    return IndexFile(table, int(said[1]))


def _comma(path: Path, lines: list[Line], year: int) -> list[_Row]:
    cells = read_cells(path, lines)
    head = next((i for i, row in enumerate(cells) if row.first.startswith("Medicare Adm")), 0)
    names = cells[head].values
    places = _places(path, cells[head].number, names, year)
    rows = []
    for row in cells[head + 1 :]:
        if not row.first.isdigit() and sum(1 for v in row.values if v) <= 1:
            continue  # a footnote, or a line of commas
        if len(row.values) != len(names):
            raise refused(
                "E0632", path, row.number, f"this row has {len(row.values)} columns of {len(names)}; the file "
                "is cut or damaged", "fetch it anew",
            )  # fmt: skip
        found = {name: row.values[i] for name, i in places.items()}
        key = [found.pop(name) for name in ("mac", "state", "locality", "name")]
        rows.append(_Row(row.number, key[0], key[1], key[2], key[3], found))
    return rows


def _places(path: Path, line: int, names: tuple[str, ...], year: int) -> dict[str, int]:
    for name in names:
        if "GPCI" in name and not name.startswith(str(year)):
            raise refused(
                "E0634", path, line, f"the title says {year}, and a column is headed `{name}`", "fetch the file anew"
            )
    places: dict[str, int] = {}
    for key in _WORDS:
        at = [i for i, name in enumerate(names) if _heads(key, name)]
        if len(at) > 1 or (not at and key != "work.no_floor"):
            raise refused(
                "E0633", path, line, f"no column, or more than one, is {_WORDS[key]}",
                "the layout is not one that is known, or the header was changed",
            )  # fmt: skip
        if at:
            places[key] = at[0]
    if (
        not max(places["mac"], places["state"], places["locality"])
        < places["name"]
        < places["work"]
        < places["pe"]
        < places["mp"]
    ):
        raise refused("E0636", path, line, "the columns do not stand in CMS's order", "take the file as CMS ships it")
    return places


def _heads(key: str, name: str) -> bool:
    """Does a column of this name hold this key's values?"""
    if key.startswith("work"):
        return " PW GPCI" in name and ("without" in name.lower()) == key.endswith("no_floor")
    return {
        "mac": name.startswith("Medicare Adm"),
        "state": name == "State",
        "locality": name == "Locality Number",
        "name": name == "Locality Name",
        "pe": " PE GPCI" in name,
        "mp": " MP GPCI" in name,
    }[key]


_WORDS = {
    "mac": "the Medicare administrative contractor",
    "state": "the State",
    "locality": "the locality number",
    "name": "the locality name",
    "work": "the work index with the floor",
    "work.no_floor": "the work index without the floor",
    "pe": "the practice expense index",
    "mp": "the malpractice index",
}


def _fixed(path: Path, lines: list[Line], year: int) -> list[_Row]:
    head = next((line for line in lines if line.text.startswith("Medicare Adm")), None)
    columns = [] if head is None else re.findall(r"(\d{4}) (PW|PE|MP) GPCI", head.text)
    if head is None or [c[1] for c in columns] not in (["PW", "PE", "MP"], ["PW", "PW", "PE", "MP"]):
        raise refused("E0633", path, 1, "the line that heads the columns is missing or changed", "fetch the file anew")
    if any(int(c[0]) != year for c in columns):
        raise refused("E0634", path, head.number, f"the title says {year}, the columns another year", "fetch it anew")
    rows = []
    for line in lines[head.number :]:
        if not line.text[:1].isdigit():
            continue
        match = _FIXED_ROW.fullmatch(line.text)
        if match is None or (match[8] is None) != (len(columns) == 3):
            raise refused(
                "E0632",
                path,
                line.number,
                "this line is not a whole row; the file is cut or damaged",
                "fetch it anew",
            )
        values = [g for g in match.groups()[4:] if g is not None]
        names = ["work", "pe", "mp"] if len(values) == 3 else ["work.no_floor", "work", "pe", "mp"]
        rows.append(_Row(line.number, match[1], match[2], match[3], match[4], dict(zip(names, values, strict=True))))
    return rows


def _floors(path: Path, lines: list[Line], last: int) -> dict[str, tuple[str, Decimal]]:
    """What each footnote mark promises. A file without its footnotes was cut."""
    found = {
        m[1]: ("work" if m[2] == "Work" else "pe", Decimal(m[3]))
        for line in lines[last:]
        if (m := _FLOOR.search(line.text))
    }
    if not found:
        raise refused(
            "E0632", path, last, "after this row the footnotes should follow, and they are missing; the file is cut",
            "fetch it anew",
        )  # fmt: skip
    return found


def _items(path: Path, row: _Row, floors: dict[str, tuple[str, Decimal]]) -> dict[str, str]:
    name = row.name.rstrip("*").strip()
    if not (row.mac.isdigit() and len(row.mac) <= 5 and re.fullmatch("[A-Z]{2}", row.state) and name
            and row.locality.isdigit() and len(row.locality) <= 2):  # fmt: skip
        raise refused(
            "E0635", path, row.line, "contractor, State or locality is not whole in this row", "fetch it anew"
        )
    numbers = {key: decimal(path, row.line, text, 3, "an index") for key, text in row.indices.items()}
    mark = row.name[len(row.name.rstrip("*")) :]
    low = [("work", Decimal(1))] + ([floors[mark]] if mark in floors else [])
    for key, floor in low:
        if numbers[key] < floor:
            raise refused(
                "E0637", path, row.line, f"the {key} index {numbers[key]} of `{row.mac}-{row.locality}` is under the "
                f"floor of {floor} that the file states", "columns or rows were mixed up; fetch the file anew",
            )  # fmt: skip
    return {"state": row.state, "name": name, **{key: str(value) for key, value in numbers.items()}}
