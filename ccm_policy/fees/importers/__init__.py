"""Files as CMS ships them, made into the project's own tables. A damaged or wrong file writes nothing."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from decimal import Decimal
from pathlib import Path

from ccm_policy.fees import tables
from ccm_policy.fees.importers.gpci import read_gpci
from ccm_policy.fees.importers.ncci import MUE_COLUMNS, PTP_COLUMNS, check_year, read_mue, read_ptp
from ccm_policy.fees.importers.raw import RefusedError, read_lines, refused
from ccm_policy.fees.importers.rvu import check_said, read_rvu
from ccm_policy.fees.relative import GPCI_KEYS, RVU_KEYS, read_year
from ccm_policy.language.diagnostics import Diagnostic

KINDS = ("rvu", "gpci", "mue", "ptp")


@dataclass(frozen=True, slots=True)
class Request:
    """What to import. `release`: a letter such as `A` or `AR`, for edits a quarter such as `Q3`.

    `to`: the directory of schedules to write into; `held`: the one to compare with. `schedule`: the folder of the
    schedule in both. `codes`: what to keep, empty for all that are held. `ended`: codes known to be gone.
    """

    kind: str
    file: Path
    year: int
    release: str
    to: Path
    held: Path
    schedule: str
    source: str = ""
    codes: tuple[str, ...] = ()
    ended: tuple[str, ...] = ()
    replace: bool = False


@dataclass(frozen=True, slots=True)
class Imported:
    """The tables that now stand, and how many keys they hold. `written` is false where they stood already."""

    table: Path
    keys: int
    written: bool


def import_file(request: Request) -> Imported | Diagnostic:
    """Read, check and write one file; the answer is a diagnostic where it was refused, and then nothing was written."""
    try:
        text, keys, name = _read(request)
        folder = request.to / request.schedule / _folder(request)
        table = folder / f"{request.kind}.csv"
        side = folder / f"{request.kind}.yaml"
        same = table.is_file() and table.read_bytes() == text.encode()
        if same and side.is_file():
            return Imported(table, keys, False)
        if not same and not request.replace:
            _check_held(request, table, text)
        _write({table: text, side: _sidecar(request, name)})
    except (RefusedError, tables.BrokenFileError) as fault:
        return fault.diagnostic
    except OSError as fault:
        return refused(
            "E0630", request.to, None, f"the table cannot be written: {fault.strerror}", "check `--to`"
        ).diagnostic
    return Imported(table, keys, True)


def _folder(request: Request) -> str:
    if request.kind in ("mue", "ptp"):
        return f"{request.year}{request.release}"
    return f"{request.year}/{request.release}"


def _read(request: Request) -> tuple[str, int, str]:
    """The table as text, the count of its keys, and the name of the release."""
    lines = read_lines(request.file)
    held = request.held / request.schedule
    if request.kind == "rvu":
        codes = request.codes or _held_codes(held, "rvu.csv")
        read = read_rvu(request.file, lines, codes)
        check_said(request.file, read, request.year, request.release, _factors(held))
        if not request.codes:
            _complete(request, {code for code, _ in read.table}, held)
        return tables.keyed_text(RVU_KEYS, read.table), len(read.table), _release_name(request)
    if request.kind == "gpci":
        index = read_gpci(request.file, lines)
        if index.year != request.year:
            raise refused(
                "E0634", request.file, 1, f"the file says {index.year}, and {request.year} was asked for",
                "give the right file, or the right `--year`",
            )  # fmt: skip
        _same_states(request, index.table, held)
        return tables.keyed_text(GPCI_KEYS, index.table), len(index.table), _release_name(request)
    check_year(request.file, lines, request.year, request.release)
    codes = request.codes or _held_codes(held, f"{request.kind}.csv")
    reader, columns = (read_mue, MUE_COLUMNS) if request.kind == "mue" else (read_ptp, PTP_COLUMNS)
    rows = reader(request.file, lines, codes)
    return tables.csv_text(columns, rows), len(rows), f"{request.year}{request.release}"


def _release_name(request: Request) -> str:
    return f"RVU{request.year % 100:02}{request.release}"


def _held_codes(held: Path, name: str) -> Collection[str]:
    """Every code in the tables of this kind that are held: what is kept where no codes are named."""
    found: set[str] = set()
    for path in held.rglob(name):
        lines = tables.read_text(path).splitlines()
        width = 2 if name == "ptp.csv" else 1
        found |= {cell for line in lines[1:] for cell in line.split(",", width)[:width]}
    return found


def _factors(held: Path) -> dict[int, list[Decimal]]:
    """The conversion factors that are held, by year."""
    folders = [p for p in held.iterdir() if p.name.isdigit()] if held.is_dir() else []
    return {int(p.name): [f.value for f in read_year(p).factors] for p in sorted(folders)}


def _release_before(request: Request, held: Path, name: str) -> Path | None:
    """The held table of this very release, or of the last one before it."""
    paths = [p for p in held.rglob(name) if p.parent.parent.name.isdigit()]
    key = (str(request.year), request.release)
    earlier = sorted((p.parent.parent.name, p.parent.name, p) for p in paths)
    return next((p for year, release, p in reversed(earlier) if (year, release) <= key), None)


def _complete(request: Request, codes: Collection[str], held: Path) -> None:
    """A file that was cut between two rows shows by the codes that it no longer has."""
    before = _release_before(request, held, "rvu.csv")
    if before is None:
        return
    gone = {code for code, _ in tables.read_keyed(before, RVU_KEYS)} - set(codes) - set(request.ended)
    if gone:
        names = ", ".join(sorted(gone))
        raise refused(
            "E0638", request.file, None,
            f"these codes stand in {'/'.join(before.parts[-3:-1])} and not in this file: {names}",
            f"the file is cut short, or they have ended; if they have, say `--ended {names.replace(' ', '')}`",
        )  # fmt: skip


def _same_states(request: Request, table: tables.Keyed, held: Path) -> None:
    before = _release_before(request, held, "gpci.csv")
    known = tables.read_keyed(before, GPCI_KEYS) if before else {}
    for key, items in table.items():
        state = known.get(key, {}).get("state", items["state"])
        if state != items["state"]:
            raise refused(
                "E0637", request.file, None,
                f"locality `{'-'.join(key)}` was in {state} and is in {items['state']} here",
                "columns or rows were mixed up; fetch the file anew",
            )  # fmt: skip
    missing = set(known) - set(table)
    if missing and before and before.parent.parent.name == str(request.year):
        names = ", ".join(sorted("-".join(key) for key in missing))
        raise refused(
            "E0638", request.file, None,
            f"these localities stand in {'/'.join(before.parts[-3:-1])} and not in this file: {names}",
            "the file is cut short; fetch it anew",
        )  # fmt: skip


def _check_held(request: Request, table: Path, text: str) -> None:
    """A release that is held, where it is written or among the shipped ones, is not changed by accident."""
    new = set(text.splitlines())
    differing: list[str] = []
    if table.is_file():
        differing = sorted(set(tables.read_text(table).splitlines()) ^ new)
    held = request.held / request.schedule / _folder(request) / table.name
    if not differing and held.is_file() and request.kind in ("rvu", "gpci"):
        old = {_key(line): line for line in tables.read_text(held).splitlines()}
        differing = sorted(line for line in new if old.get(_key(line), line) != line)
    if differing:
        raise refused(
            "E0639", request.file, None,
            f"{request.year}/{request.release} is held already, and {len(differing)} lines would differ, such as "
            f"`{differing[0]}`", "if CMS corrected the release, say `--replace`; else this is another file",
        )  # fmt: skip


def _key(line: str) -> str:
    """A line of a table without its value."""
    return ",".join(line.split(",", 3)[:3])


def _sidecar(request: Request, name: str) -> str:
    source = request.source or request.file.name
    quoted = source.replace("'", "''")
    return f"table: {request.kind}\nyear: {request.year}\nrelease: {name}\nsource: '{quoted}'\n"


def _write(files: dict[Path, str]) -> None:
    """All of the files or none: each is written beside its place, then moved there."""
    beside = {path: path.with_name(f".{path.name}.new") for path in files}
    try:
        for path, text in files.items():
            path.parent.mkdir(parents=True, exist_ok=True)
            beside[path].write_bytes(text.encode())
        for path in files:
            beside[path].replace(path)
    finally:
        for path in beside.values():
            path.unlink(missing_ok=True)
