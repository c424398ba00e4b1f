"""Files as CMS ships them, made into the project's own tables. A damaged or wrong file writes nothing."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from decimal import Decimal
from pathlib import Path

from ccm_policy.fees import tables
from ccm_policy.fees.importers import parts
from ccm_policy.fees.importers.gpci import read_gpci
from ccm_policy.fees.importers.ncci import (
    MUE_COLUMNS,
    PTP_COLUMNS,
    PairFile,
    check_year,
    nothing_kept,
    read_mue,
    read_ptp,
)
from ccm_policy.fees.importers.packed import read_file, read_files
from ccm_policy.fees.importers.raw import RefusedError, refused
from ccm_policy.fees.importers.rvu import check_said, read_rvu
from ccm_policy.fees.relative import GPCI_KEYS, RVU_KEYS, read_year
from ccm_policy.language.diagnostics import Diagnostic

KINDS = ("rvu", "gpci", "mue", "ptp")


@dataclass(frozen=True, slots=True, kw_only=True)
class Request:
    """What to import. `release`: a letter such as `A` or `AR`, for edits a quarter such as `Q3`.

    `to`: the directory of schedules to write into; `held`: the one to compare with. `schedule`: the folder of the
    schedule in both. `codes`: what to keep, empty for all that are held. `ended`: codes known to be gone. `more`:
    further parts of the same edition.
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
    more: tuple[Path, ...] = ()

    @property
    def folder(self) -> str:
        """The folder of the release, inside the schedule's."""
        return f"{self.year}{self.release}" if self.kind in ("mue", "ptp") else f"{self.year}/{self.release}"

    @property
    def table(self) -> Path:
        """The file that the import writes."""
        return self.to / self.schedule / self.folder / f"{self.kind}.csv"


@dataclass(frozen=True, slots=True)
class Imported:
    """The tables that now stand, and how many keys they hold. `written` is false where they stood already.

    `notes`: what people must be told, such as the parts that are held and those that are missing.
    """

    table: Path
    keys: int
    written: bool
    notes: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class _Made:
    """A table as it is to be written, with the text beside it. `settled`: it was compared with what is held."""

    text: str
    keys: int
    beside: str
    notes: tuple[str, ...] = ()
    settled: bool = False


def import_file(request: Request) -> Imported | Diagnostic:
    """Read, check and write one file; the answer is a diagnostic where it was refused, and then nothing was written."""
    try:
        if request.more and request.kind != "ptp":
            raise refused(
                "E0641", request.more[0], None, f"one file makes a table of `{request.kind}`; only pairs come in parts",
                "import the files one after the other",
            )  # fmt: skip
        made = _pairs(request) if request.kind == "ptp" else _read(request)
        table = request.table
        side = table.with_suffix(".yaml")
        same = table.is_file() and table.read_bytes() == made.text.encode()
        if same and side.is_file() and (not made.settled or side.read_bytes() == made.beside.encode()):
            return Imported(table, made.keys, False, made.notes)
        if not same and not request.replace and not made.settled:
            _check_held(request, table, made.text)
        _write({table: made.text, side: made.beside})
    except (RefusedError, tables.BrokenFileError) as fault:
        return fault.diagnostic
    except OSError as fault:
        return refused(
            "E0630", request.to, None, f"the table cannot be written: {fault.strerror}", "check `--to`"
        ).diagnostic
    return Imported(table, made.keys, True, made.notes)


def _read(request: Request) -> _Made:
    """The table of one file; raises `RefusedError`."""
    path, lines = read_file(request.file, request.kind)
    held = request.held / request.schedule
    if request.kind == "rvu":
        codes = request.codes or _held_codes(held, "rvu.csv")
        read = read_rvu(path, lines, codes)
        check_said(path, read, request.year, request.release, _factors(held))
        if not request.codes:
            _complete(request, {code for code, _ in read.table}, held)
        notes = _not_found(request, {code for code, _ in read.table})
        return _made(request, path, tables.keyed_text(RVU_KEYS, read.table), len(read.table), notes)
    if request.kind == "gpci":
        index = read_gpci(path, lines)
        if index.year != request.year:
            raise refused(
                "E0634", path, 1, f"the file says {index.year}, and {request.year} was asked for",
                "give the right file, or the right `--year`",
            )  # fmt: skip
        _same_states(request, index.table, held)
        return _made(request, path, tables.keyed_text(GPCI_KEYS, index.table), len(index.table))
    check_year(path, lines, request.year, request.release)
    codes = request.codes or _held_codes(held, "mue.csv")
    rows = read_mue(path, lines, codes)
    before = _edition_before(request, held)
    gone = {row[0] for row in before} - {row[0] for row in rows} - set(request.ended) if not request.codes else set()
    notes = _not_found(request, {row[0] for row in rows})
    notes += (f"held before and not in this file: {', '.join(sorted(gone))}",) if gone else ()
    return _made(request, path, tables.csv_text(MUE_COLUMNS, rows), len(rows), notes)


def _not_found(request: Request, found: Collection[str]) -> tuple[str, ...]:
    """What must be said of codes that were asked for by name."""
    names = [code for code in request.codes if code not in found]
    return (f"asked for and not in this file: {', '.join(names)}",) if names else ()


def _made(request: Request, path: Path, text: str, keys: int, notes: tuple[str, ...] = ()) -> _Made:
    source = request.source or (path.name if path == request.file else f"{request.file.name}, {path.name}")
    return _Made(text, keys, _sidecar(request, source), notes)


def _pairs(request: Request) -> _Made:
    """The table of an edition's pairs with the parts that are brought now; raises `RefusedError`."""
    codes = request.codes or _held_codes(request.held / request.schedule, "ptp.csv")
    named: list[parts.Brought] = []
    nameless: list[PairFile] = []
    for file in (request.file, *request.more):
        for path, lines in read_files(file, "ptp"):
            check_year(path, lines, request.year, request.release)
            read = read_ptp(path, lines, codes)
            part = parts.part_of(path, read, request.year, request.release, request.source)
            if part is not None:
                named.append((part, read.rows))
            elif read.rows:
                nameless.append(read)
            else:
                raise nothing_kept(path)
    if nameless and len(named) + len(nameless) > 1:
        raise refused(
            "E0641", request.file, None, "of several files each must be a part by its name, and one is none",
            "keep the names that CMS gave them, such as `ccipra-v322r0-f1.txt`",
        )  # fmt: skip
    held = parts.read_edition(request.table)
    if nameless:
        edition, notes = parts.whole(request.file, held, nameless[0].rows, request.replace)
    else:
        edition, notes = parts.added(request.file, held, named, request.replace)
    source = ", ".join(dict.fromkeys(part.source for part in edition.parts)) or request.source or request.file.name
    beside = _sidecar(request, source) + parts.listed(edition)
    text = tables.csv_text(PTP_COLUMNS, edition.rows)
    return _Made(text, len(edition.rows), beside, (*notes, *parts.said(edition)), True)


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


def _edition_before(request: Request, held: Path) -> list[list[str]]:
    """The held unit limits of the last edition before this one."""
    earlier = sorted(p for p in held.glob("*/mue.csv") if p.parent.name < request.folder)
    return [row for _, row in tables.read_rows(earlier[-1], MUE_COLUMNS)] if earlier else []


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
    held = request.held / request.schedule / request.folder / table.name
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


def _sidecar(request: Request, source: str) -> str:
    quoted = source.replace("'", "''")
    release = request.folder if request.kind in ("mue", "ptp") else _release_name(request)
    return f"table: {request.kind}\nyear: {request.year}\nrelease: {release}\nsource: '{quoted}'\n"


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
