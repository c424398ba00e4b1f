"""CMS's own amounts beside ours: the payment files (PFALL, PFREV), compared to the cent.

One row of such a file is a code, a modifier and a locality with its two amounts. A year's file holds a million of them,
so it is read row by row. Codes that no schedule holds are counted and not compared.
"""

from __future__ import annotations

import csv
import io
import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from pathlib import Path

from ccm_policy.fees.importers.packed import Opened, open_files, sheet_rows
from ccm_policy.fees.importers.raw import RefusedError, decimal, is_code, refused
from ccm_policy.fees.prices import NATIONAL, NoPrice, Question
from ccm_policy.fees.relative import RelativeValues
from ccm_policy.fees.schedules import FeeSchedules
from ccm_policy.language.diagnostics import Diagnostic

AMOUNTS = {"non_facility": 5, "facility": 6}
"""Columns of the amounts by setting, counted from 0; before them year, contractor, locality, code and modifier."""
QUARTERS = {"A": 1, "B": 4, "C": 7, "D": 10}
BEFORE_ROWS = 30
NOT_HELD = "CCM-E0604"
UNPRICED = ("CCM-E0605", "CCM-E0607")
_RELEASE = re.compile(r"PF(?:ALL|REV)(\d\d)([A-D]R?)", re.IGNORECASE)
_MARKS = ("\xef\xbb\xbf", "\xff\xfe", "\xfe\xff")


@dataclass(frozen=True, slots=True)
class Published:
    """One row: where it stands, what it is the amount of, the amounts by setting."""

    line: int
    code: str
    modifier: str
    locality: str
    amounts: dict[str, Decimal]


@dataclass(frozen=True, slots=True, kw_only=True)
class Difference:
    """Where the published amount is not ours. `ours` is `None` where there is no price; `why` says so."""

    code: str
    modifier: str
    locality: str
    setting: str
    theirs: Decimal
    ours: Decimal | None
    why: str = ""

    def to_dict(self) -> dict[str, str | None]:
        """Plain data; amounts as texts."""
        return {
            "code": self.code, "modifier": self.modifier, "locality": self.locality, "setting": self.setting,
            "theirs": str(self.theirs), "ours": None if self.ours is None else str(self.ours), "why": self.why,
        }  # fmt: skip


@dataclass(frozen=True, slots=True, kw_only=True)
class Comparison:
    """One file compared: on which date and factor, how many amounts, and what differs."""

    file: Path
    on: date
    factor: str | None
    compared: int
    codes: int
    localities: int
    others: int
    differences: tuple[Difference, ...]
    notes: tuple[str, ...]

    def to_dict(self) -> dict[str, object]:
        """Plain data, with the counts of what agrees and differs."""
        return {
            "file": str(self.file), "date": self.on.isoformat(), "factor": self.factor, "compared": self.compared,
            "agree": self.compared - len(self.differences), "differ": len(self.differences), "codes": self.codes,
            "localities": self.localities, "rows_of_other_codes": self.others,
            "differences": [each.to_dict() for each in self.differences], "notes": list(self.notes),
        }  # fmt: skip


@dataclass(slots=True)
class _File:
    """What one reading of a file tells beside its rows of held codes."""

    year: int = 0
    others: int = 0
    trailer: bool = False


def against(
    fees: FeeSchedules, schedule: RelativeValues, path: Path, on: date | None = None, factor: str | None = None
) -> list[Comparison] | Diagnostic:
    """Compare each payment file in `path` (a package may hold one for each factor); a diagnostic where it is refused.

    `on`: the date of service; by default the first day of the release that the file's name says. `factor`: by default
    the one that the name says, or else the one with which more amounts agree.
    """
    try:
        with open_files(path, "payments") as files:
            return [_compared(fees, schedule, file, on, factor) for file in files]
    except RefusedError as fault:
        return fault.diagnostic


def _compared(
    fees: FeeSchedules, schedule: RelativeValues, file: Opened, on: date | None, factor: str | None
) -> Comparison:
    said = _File()
    rows = list(_published(file, schedule, said))
    day = on or _day(schedule, file.path, said.year)
    if not rows:
        raise refused(
            "E0640", file.path, None, "none of the codes held is in this file", "check that it is a PFALL or PFREV file"
        )
    known: Sequence[str | None] = [factor] if factor else _factors(fees, schedule, file.path, day)
    tried = [(name, *_differences(fees, schedule, file.path, rows, day, name)) for name in known]
    name, differences, compared, unpaid = min(tried, key=lambda each: len(each[1]))
    held = schedule.day(day)
    uses = (held.rvu, held.gpci) if held else ()
    notes = list(dict.fromkeys(use.note for use in uses if use and use.note))
    if len(tried) > 1:
        notes.append(f"the file's name says no factor; `{name}` is the one with which most amounts agree")
    if unpaid:
        notes.append(f"{unpaid} amounts are published as 0.00 and priced here for information only, by their status")
    if not said.trailer:
        notes.append("the file has no trailer (TRL) at its end; if it was cut, rows are missing")
    return Comparison(
        file=file.path,
        on=day,
        factor=name,
        compared=compared,
        codes=len({row.code for row in rows}),
        localities=len({row.locality for row in rows}),
        others=said.others,
        differences=tuple(differences),
        notes=tuple(notes),
    )


def _codes(schedule: RelativeValues, path: Path, line: int, year: int) -> set[str]:
    """The codes that are held in any release of a year."""
    if schedule.year(year) is None:
        raise refused(
            "E0634", path, line, f"the file is of {year}, a year that `{schedule.name}` does not hold",
            f"years held: {', '.join(map(str, schedule.years()))}",
        )  # fmt: skip
    return {code for month in QUARTERS.values() for code in schedule.codes(date(year, month, 1))}


def _day(schedule: RelativeValues, path: Path, year: int) -> date:
    """The first day of the release that the name says; of the year, where it says none."""
    said = next((m for part in reversed(path.parts) if (m := _RELEASE.search(part))), None)
    if said is None or int(said[1]) != year % 100:
        return date(year, 1, 1)
    held = schedule.year(year)
    letters = said[2].upper()
    quarter = date(year, QUARTERS[letters[0]], 1)
    for use in held.uses if held else ():
        if use.table == "rvu" and use.release.endswith(f"{year % 100:02}{letters}") and use.first >= quarter:
            return use.first
    return quarter


def _factors(fees: FeeSchedules, schedule: RelativeValues, path: Path, day: date) -> Sequence[str | None]:
    """The factor that the name says, or all; `None` where the day has only one."""
    names = [name for name in fees.axes(schedule.name, day).factors if name]
    if not names:
        return [None]
    for part in reversed(path.parts):
        plain = re.sub(r"[^a-z]", "", part.lower())
        said = [name for name in names if re.sub(r"[^a-z]", "", name.lower()) in plain]
        if said:
            return [max(said, key=len)]
    return names


def _differences(
    fees: FeeSchedules, schedule: RelativeValues, path: Path, rows: Sequence[Published], day: date, factor: str | None
) -> tuple[list[Difference], int, int]:
    """What differs, how many amounts were compared, and how many are published as nothing by their status."""
    found: list[Difference] = []
    compared = unpaid = 0
    for row in rows:
        for setting, theirs in row.amounts.items():
            price = fees.price(
                schedule.name, Question(code=row.code, on=day, locality=row.locality, setting=setting, factor=factor,
                modifier=row.modifier,
            ))  # fmt: skip
            if isinstance(price, NoPrice):
                why = price.diagnostic
                if why.code == NOT_HELD:
                    continue
                if why.code not in UNPRICED:
                    raise RefusedError(why)
                compared += 1
                if theirs or why.code != UNPRICED[0]:
                    found.append(_difference(row, setting, theirs, None, why.message))
                continue
            compared += 1
            if price.amount == theirs:
                continue
            if not theirs and schedule.status_note(price.status):
                unpaid += 1
                continue
            found.append(_difference(row, setting, theirs, price.amount, ""))
    return found, compared, unpaid


def _difference(row: Published, setting: str, theirs: Decimal, ours: Decimal | None, why: str) -> Difference:
    return Difference(
        code=row.code, modifier=row.modifier, locality=row.locality, setting=setting, theirs=theirs, ours=ours, why=why
    )


def _published(file: Opened, schedule: RelativeValues, said: _File) -> Iterator[Published]:
    """The rows of codes that are held; every row is looked at, and a damaged one refused."""
    width = 0
    held: set[str] = set()
    seen: set[tuple[str, str, str]] = set()
    for line, values in _rows(file):
        if not any(value.strip("\x1a") for value in values):
            continue
        if values[0].startswith("TRL"):
            said.trailer = True
            continue
        if not re.fullmatch(r"\d{4}", values[0]):
            if said.trailer or (not width and line <= BEFORE_ROWS):
                continue
            raise refused(
                "E0632" if width else "E0633", file.path, line, "this line is not a row of a payment file",
                "take `PFALL….txt` or `PFREV….txt` as CMS ships it",
            )  # fmt: skip
        if not width:
            width, held = len(values), _codes(schedule, file.path, line, int(values[0]))
        if len(values) != width or width <= max(AMOUNTS.values()):
            raise refused(
                "E0632", file.path, line, f"this row has {len(values)} columns of {max(width, 16)}; the file is cut or "
                "damaged", "fetch it anew",
            )  # fmt: skip
        _same_year(file.path, line, values[0], said)
        code = values[3].zfill(5)
        if not is_code(code) or not (values[1] + values[2]).isdigit() or len(values[1]) > 5 or len(values[2]) > 2:
            raise refused(
                "E0635", file.path, line, "contractor, locality or code of this row is damaged", "fetch it anew"
            )
        if code not in held:
            said.others += 1
            continue
        place = f"{values[1].zfill(5)}-{values[2].zfill(2)}"
        key = (code, values[4], place)
        if key in seen:
            raise refused("E0635", file.path, line, f"`{code}` stands twice for locality `{place}`", "fetch it anew")
        seen.add(key)
        amounts = {name: decimal(file.path, line, values[i], 2, "an amount") for name, i in AMOUNTS.items()}
        yield Published(line, code, values[4], place if place.strip("0-") else NATIONAL, amounts)
    if not width:
        raise refused("E0633", file.path, None, "this file has no row of a payment file", "name a PFALL or PFREV file")


def _same_year(path: Path, line: int, text: str, said: _File) -> None:
    if said.year and said.year != int(text):
        raise refused("E0635", path, line, f"this row is of {text}, and those before of {said.year}", "fetch it anew")
    said.year = int(text)


def _rows(file: Opened) -> Iterator[tuple[int, list[str]]]:
    if file.workbook:
        yield from sheet_rows(file, "payments")
        return
    text = io.TextIOWrapper(file.stream, encoding="latin-1", newline=None)
    reader = csv.reader(_plain(file.path, text), strict=True)
    try:
        for row in reader:
            yield reader.line_num, [value.strip() for value in row]
    except csv.Error:
        raise refused(
            "E0632", file.path, reader.line_num, "a quoted value is not closed; the file is cut or damaged",
            "fetch it anew",
        ) from None  # fmt: skip
    except (OSError, EOFError):
        raise refused("E0630", file.path, None, "this packed file is damaged", "fetch it anew from CMS") from None
    finally:
        text.detach()


def _plain(path: Path, lines: Iterator[str]) -> Iterator[str]:
    """The lines, where they are in the encoding that CMS writes."""
    for number, line in enumerate(lines, 1):
        if (number == 1 and line.startswith(_MARKS)) or "\0" in line:
            raise refused(
                "E0631", path, number, "the file was saved again in another encoding (UTF-8 with a mark, or UTF-16)",
                "take the file as CMS ships it",
            )  # fmt: skip
        yield line.replace("\x1a", "")
