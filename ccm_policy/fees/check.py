"""Whether schedules are whole: their layout, a source for every value, dates without gaps, sums that agree.

Each check is a function from a file or folder to what is wrong with it; all of it is collected.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from datetime import date, timedelta
from functools import partial
from pathlib import Path

from ccm_policy.fees import relative
from ccm_policy.fees.contracts import AMOUNT_COLUMNS
from ccm_policy.fees.fitting import misfits
from ccm_policy.fees.importers.ncci import MUE_COLUMNS, PTP_COLUMNS
from ccm_policy.fees.importers.parts import read_edition
from ccm_policy.fees.prices import total
from ccm_policy.fees.relative import RelativeValues, Use
from ccm_policy.fees.tables import BrokenFileError, csv_text, keyed_text, number, read_keyed, read_rows, read_text
from ccm_policy.fees.texts import read_yaml
from ccm_policy.language.diagnostics import Diagnostic, Place, error, in_order

KEYED = {"rvu": relative.RVU_KEYS, "gpci": relative.GPCI_KEYS}
YEARLY = ("conversion_factors", "releases", *KEYED)
ROWS: dict[str, tuple[str, ...]] = {
    "conversion_factors": relative.FACTOR_COLUMNS,
    "releases": relative.RELEASE_COLUMNS,
    "statuses": relative.STATUS_COLUMNS,
    "amounts": AMOUNT_COLUMNS,
    "mue": MUE_COLUMNS,
    "ptp": PTP_COLUMNS,
}


def check(root: Path) -> tuple[list[Diagnostic], int]:
    """Everything that is wrong in a directory of schedules, and how many files were read."""
    found: list[Diagnostic] = []
    files = sorted(p for p in root.rglob("*") if p.suffix in (".csv", ".yaml") and not p.name.startswith("."))
    for path in files:
        found += _guarded(partial(_file, path))
    folders = [path.parent for path in files if path.name == "schedule.yaml"]
    for folder in folders:
        named = folder.resolve()
        if named.parent.name != "payers":
            schedule = RelativeValues(name=named.name, folder=folder)
            for look in (partial(_tables, schedule), *(partial(_year, schedule, year) for year in schedule.years())):
                found += _guarded(look)
    found += _alone(path for path in files if not any(folder in path.parents for folder in folders))
    if not files:
        help = "name the directory that holds the schedules' folders"
        found.append(error("E0621", f"`{root}` holds no fee schedule", place=Place(str(root)), help=help))
    return in_order(found), len(files)


def _guarded(look: Callable[[], Iterator[Diagnostic]]) -> list[Diagnostic]:
    found: list[Diagnostic] = []
    try:
        for each in look():
            found.append(each)
    except BrokenFileError as fault:
        found.append(fault.diagnostic)
    return found


def _file(path: Path) -> Iterator[Diagnostic]:
    if path.suffix == ".yaml":
        yield from _yaml(path)
        return
    kind = path.stem
    if kind in KEYED:
        table = read_keyed(path, KEYED[kind])
        for key, items in table.items():
            for _, why in misfits(kind, dict(zip(KEYED[kind], key, strict=True)) | items):
                yield _misfit(path, None, f"`{'-'.join(filter(None, key))}`: {why}")
        yield from _canonical(path, keyed_text(KEYED[kind], table))
        yield from _sums(path, table) if kind == "rvu" else ()
    elif kind in ROWS:
        rows = read_rows(path, ROWS[kind])
        for line, row in rows:
            data = dict(zip(ROWS[kind], row, strict=True))
            for _, why in misfits(kind, data):
                yield _unsourced(path, line, why) if "source" in why else _misfit(path, line, why)
        yield from _canonical(path, csv_text(ROWS[kind], [row for _, row in rows]))
    else:
        yield _misfit(path, None, "no table of this name is known")
    if kind in (*KEYED, "mue", "ptp") and not path.with_suffix(".yaml").is_file():
        yield _unsourced(path, None, f"no `{kind}.yaml` beside the table says where it was read")


def _yaml(path: Path) -> Iterator[Diagnostic]:
    document = read_yaml(path)
    kind = path.stem
    if kind == "schedule" and path.parent.parent.name == "payers":
        kind = "contract"
    elif path.with_suffix(".csv").is_file():
        kind = "table"
    if kind not in ("schedule", "contract", "table", "sequestration", "edits"):
        yield _misfit(path, None, "no text of this name is known, and no table is beside it")
        return
    for trail, why in misfits(kind, document.data):
        line = document.line_of(trail)
        yield _unsourced(path, line, why) if "`source`" in why else _misfit(path, line, why)
    if kind == "table" and path.stem == "ptp":
        yield from _whole(path)
    if isinstance(document.data, dict) and document.data.get("schedule", path.parent.name) != path.parent.name:
        line = document.lines.get(("schedule",))
        yield _misfit(
            path, line, f"the schedule is named `{document.data['schedule']}`, its folder `{path.parent.name}`"
        )


def _whole(path: Path) -> Iterator[Diagnostic]:
    """An edition in parts has all of them, since a pair that is not held reads like one that is allowed."""
    edition = read_edition(path.with_suffix(".csv"))
    for gone in edition.missing if edition else []:
        held = ", ".join(str(part.number) for part in edition.parts) if edition else ""
        yield error(
            "E0628", f"part {gone} of the edition's pairs is missing; held are parts {held}", place=Place(str(path)),
            help="import it; parts add up in any order",
        )  # fmt: skip


def _sums(path: Path, table: Mapping[tuple[str, str], Mapping[str, str]]) -> Iterator[Diagnostic]:
    for (code, _), items in table.items():
        for setting in [i.partition(".")[2] for i in items if i.startswith("total.")]:
            parts = [number(items.get(name, "")) for name in ("work", f"pe.{setting}", "mp")]
            whole = number(items[f"total.{setting}"])
            known = [p for p in parts if p is not None]
            if len(known) == len(parts) and total(known) != whole:
                yield error(
                    "E0626", f"`{code}`: work, practice expense and malpractice make {total(known)} ({setting}); its "
                    f"total says {whole}", place=Place(str(path)), help="import the release anew",
                )  # fmt: skip


def _canonical(path: Path, text: str) -> Iterator[Diagnostic]:
    if read_text(path) != text or b"\r" in path.read_bytes():
        yield error(
            "E0627", "the lines are not in their stable order or form, so a comparison of two releases would mislead",
            place=Place(str(path)), help="import the table anew; it writes sorted lines that end in LF",
        )  # fmt: skip


def _alone(paths: Iterable[Path]) -> Iterator[Diagnostic]:
    """Tables of a year that belong to no schedule: nothing is priced from them. The outermost folders are told."""
    folders = dict.fromkeys(path.parent for path in paths if path.stem in YEARLY and path.suffix == ".csv")
    for folder in (folder for folder in folders if not any(other in folder.parents for other in folders)):
        message = f"no `schedule.yaml` says of which schedule the tables in `{folder.name}` are"
        help = "name the directory that holds the schedules' folders, each with its `schedule.yaml`"
        yield error("E0621", message, place=Place(str(folder)), help=help)


def _year(schedule: RelativeValues, year: int) -> Iterator[Diagnostic]:
    """Factors and uses of a year: some, with no gap and no overlap, and every table there."""
    folder = schedule.folder / str(year)
    read = relative.read_year(folder)
    for name in dict.fromkeys(f.name for f in read.factors) or [""]:
        spans = [(f.first, f.last, f.line) for f in read.factors if f.name == name]
        yield from _tiled(folder / "conversion_factors.csv", f"factor `{name or 'for all'}`", year, spans)
    for table in dict.fromkeys(["rvu", *(u.table for u in read.uses)]):
        uses = [u for u in read.uses if u.table == table]
        yield from _tiled(folder / "releases.csv", f"`{table}`", year, [(u.first, u.last, u.line) for u in uses])
        for use in uses:
            schedule.table(table, use.folder)


def _tables(schedule: RelativeValues) -> Iterator[Diagnostic]:
    """There are years, and every table is used, or agrees with the one that is."""
    if not schedule.years():
        message = f"`{schedule.name}` has no year: a folder `2026` with `conversion_factors.csv` and `releases.csv`"
        yield error("E0621", message, place=Place(str(schedule.folder)), help="import a release of CMS's files")
    used: set[tuple[str, str]] = set()
    for year in schedule.years():
        for use in _guarded_uses(schedule, year):
            if use.folder.startswith(f"{year}/"):
                used.add((use.table, use.folder))
    for table in ("rvu", "gpci"):
        for path in sorted(schedule.folder.glob(f"*/*/{table}.csv")):
            held = "/".join(path.parts[-3:-1])
            if (table, held) not in used:
                yield from _witness(schedule, table, held, path)


def _guarded_uses(schedule: RelativeValues, year: int) -> Sequence[Use]:
    """The uses of a year; what keeps them from being read is told of the year."""
    try:
        return relative.read_year(schedule.folder / str(year)).uses
    except BrokenFileError:
        return ()


def _tiled(path: Path, what: str, year: int, spans: Sequence[tuple[date, date, int]]) -> Iterator[Diagnostic]:
    ends = [(date(year - 1, 12, 31), 0), *((last, line) for _, last, line in spans)]
    starts = [*((first, line) for first, _, line in spans), (date(year + 1, 1, 1), ends[-1][1])]
    for (last, _), (first, line) in zip(ends, starts, strict=True):
        if first != last + timedelta(days=1):
            fault = "overlap" if first <= last else "leave a gap"
            yield error(
                "E0624", f"the dates of {what} {fault} in {year}: one ends on {last}, the next begins on {first}",
                place=Place(str(path), line or None), help="every day of the year belongs to exactly one line",
            )  # fmt: skip


def _witness(schedule: RelativeValues, table: str, held: str, path: Path) -> Iterator[Diagnostic]:
    """A table that no date uses has to agree with the one used in its year on every value that both have."""
    year = schedule.year(int(held.partition("/")[0]))
    uses = dict.fromkeys(u.folder for u in (year.uses if year else ()) if u.table == table)
    if not uses:
        yield _misfit(path, None, "no line of `releases.csv` uses this table")
    for folder in uses:
        other = schedule.table(table, folder)
        for key, items in schedule.table(table, held).items():
            for item, value in items.items():
                mine = other.get(key, {}).get(item, value)
                if mine != value:
                    yield error(
                        "E0625", f"no date uses this table, and it contradicts {folder}, which is used: {item} of "
                        f"`{'-'.join(filter(None, key))}` is {value} here and {mine} there", place=Place(str(path)),
                        help="say in `releases.csv` from when to when it holds",
                    )  # fmt: skip


def _misfit(path: Path, line: int | None, why: str) -> Diagnostic:
    return error("E0622", why, place=Place(str(path), line), help="see the layouts in docs/fee-schedules.md")


def _unsourced(path: Path, line: int | None, why: str) -> Diagnostic:
    return error("E0623", why, place=Place(str(path), line), help="name the publication or file it was read from")
