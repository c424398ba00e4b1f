"""A new year from the files that CMS ships: tables imported, compared with those held, amendments begun.

All of it is made in a folder of its own; whoever calls puts it where it belongs once nothing was refused.
"""

from __future__ import annotations

from collections.abc import Collection, Iterator
from dataclasses import dataclass, field
from datetime import date
from pathlib import Path

from ccm_policy.fees import FeeSchedules
from ccm_policy.fees.importers import Imported, Request, import_file
from ccm_policy.fees.importers.ncci import MUE_COLUMNS, PTP_COLUMNS
from ccm_policy.fees.importers.packed import read_file
from ccm_policy.fees.importers.raw import RefusedError
from ccm_policy.fees.importers.rvu import read_rvu
from ccm_policy.fees.relative import RVU_KEYS, RelativeValues
from ccm_policy.fees.tables import BrokenFileError, Keyed, read_keyed, read_rows
from ccm_policy.fees.to_look_at import Look, Rows, of_pairs, of_units, of_values
from ccm_policy.language.diagnostics import CcmPolicyError, Diagnostic, error

EDITS = {"mue": MUE_COLUMNS, "ptp": PTP_COLUMNS}
FACTORS, RELEASES = "conversion_factors.csv", "releases.csv"


@dataclass(frozen=True, slots=True, kw_only=True)
class Shipped:
    """What CMS shipped for a year. `release`: of values and indices, such as `A`; `quarter`: of edits, such as `Q1`."""

    year: int
    release: str
    quarter: str
    rvu: Path | None = None
    gpci: Path | None = None
    mue: Path | None = None
    ptp: tuple[Path, ...] = ()

    @property
    def files(self) -> tuple[tuple[str, tuple[Path, ...]], ...]:
        """Each kind of file that was given, in the order in which they are read."""
        given = (("rvu", self.rvu), ("gpci", self.gpci), ("mue", self.mue))
        one = tuple((kind, (file,)) for kind, file in given if file is not None)
        return one + ((("ptp", self.ptp),) if self.ptp else ())


@dataclass(slots=True)
class Year:
    """What came of them: the tables that were written below the folder, what there is to look at, what was compared,
    and what must be told."""

    tables: list[Imported] = field(default_factory=list)
    looks: list[Look] = field(default_factory=list)
    compared: list[str] = field(default_factory=list)
    notes: list[str] = field(default_factory=list)


def new_year(shipped: Shipped, held: Path, fees: FeeSchedules, decided: Collection[str], to: Path) -> Year:
    """Import a year's files below `to`, and compare them with what is held. Raises `CcmPolicyError` with what is wrong
    with each file."""
    made, wrong = Year(), list[Diagnostic]()
    values = fees.schedule(fees.default)
    if not isinstance(values, RelativeValues):
        return made
    for kind, files in shipped.files:
        try:
            _one(kind, files, shipped, held, values, decided, to, made)
        except CcmPolicyError as fault:
            wrong += fault.diagnostics
        except BrokenFileError as fault:
            wrong.append(fault.diagnostic)
    if wrong:
        raise CcmPolicyError(wrong)
    made.notes += _still_missing(shipped, values)
    return made


def _one(
    kind: str,
    files: tuple[Path, ...],
    shipped: Shipped,
    held: Path,
    values: RelativeValues,
    decided: Collection[str],
    to: Path,
    made: Year,
) -> None:
    edits = kind in EDITS
    folder = edits_folder(held) if edits else values.name
    before = values.day(date(shipped.year - 1, 12, 31))
    old = values.table("rvu", before.rvu.folder) if before is not None and kind == "rvu" else {}
    ended, everything = _ended(files[0], old) if kind == "rvu" else ((), ())
    request = Request(
        kind=kind,
        file=files[0],
        more=files[1:],
        year=shipped.year,
        release=shipped.quarter if edits else shipped.release,
        to=to,
        held=held,
        schedule=folder,
        ended=ended,
    )
    got = import_file(request)
    if isinstance(got, Diagnostic):
        raise CcmPolicyError([got])
    made.tables.append(got)
    made.notes += got.notes
    if kind == "rvu" and before is not None:
        made.compared.append(f"{_release(shipped)} against {before.rvu.release}")
        made.looks += of_values(old, read_keyed(got.table, RVU_KEYS), everything, decided)
    elif edits:
        made.looks += _edits(request, got, made)


def _release(shipped: Shipped) -> str:
    return f"RVU{shipped.year % 100:02}{shipped.release}"


class _Every(frozenset[str]):
    """Every code: what a file is read with to know all that it has."""

    def __contains__(self, code: object) -> bool:
        return True


def _ended(file: Path, old: Keyed) -> tuple[tuple[str, ...], frozenset[str]]:
    """The codes that were held and are not in a file of values, and all that are in it. A damaged file has neither: its
    import says what is wrong."""
    try:
        path, lines = read_file(file, "rvu")
        found = frozenset(code for code, _ in read_rvu(path, lines, _Every()).table)
    except (BrokenFileError, RefusedError, OSError):
        return (), frozenset()
    return tuple(sorted({code for code, _ in old} - found)), found


def edits_folder(held: Path) -> str:
    """The folder of NCCI's edits among schedules. Raises `CcmPolicyError` where there is none."""
    for found in held.glob("*/edits.yaml"):
        return found.parent.name
    says, help = f"no folder of `{held}` holds the edits", "it has an `edits.yaml`: copy it from those shipped"
    raise CcmPolicyError([error("E0759", says, help=help)])


def _edits(request: Request, got: Imported, made: Year) -> Iterator[Look]:
    """What changed against the last edition of these edits that is held."""
    name = f"{request.kind}.csv"
    earlier = sorted(p for p in (request.held / request.schedule).glob(f"*/{name}") if p.parent.name < request.folder)
    if not earlier:
        made.notes.append(f"no earlier edition of `{request.kind}` is held: nothing to compare it with")
        return
    made.compared.append(f"{request.kind} {request.folder} against {earlier[-1].parent.name}")
    columns = EDITS[request.kind]
    before, after = (_rows(path, columns) for path in (earlier[-1], got.table))
    yield from (of_units if request.kind == "mue" else of_pairs)(before, after)


def _rows(path: Path, columns: tuple[str, ...]) -> Rows:
    return [row for _, row in read_rows(path, columns)]


def _still_missing(shipped: Shipped, values: RelativeValues) -> Iterator[str]:
    """What is to be had yet, and what is not final."""
    for kind in ("rvu", "gpci", *EDITS):
        if kind not in dict(shipped.files):
            yield f"`{kind}` of {shipped.year} was not given: nothing of it is compared"
    year = values.year(shipped.year)
    where = f"{values.shown}/{shipped.year}"
    if year is None:
        yield f"write {where}/{FACTORS} and {where}/{RELEASES} by hand, from the rule"
        return
    for factor in year.factors:
        if factor.status != "final":
            name = factor.name or "the"
            yield f"{factor.status.upper()}, not in force: {name} factor {factor.value} of {where}/{FACTORS}"
    for use in year.uses:
        if not use.folder.startswith(f"{shipped.year}/"):
            yield f"`{use.table}` of {shipped.year} is taken from {use.folder} by {where}/{RELEASES}: change it by hand"
