"""A schedule of relative values: work, practice expense and malpractice, times a locality's indices, times a factor.

`amount = round half up((work x index + pe x index + mp x index) x factor)`, once, at the end (42 CFR 414.20 to
414.30). Which table and which factor hold on a date is data of the year's folder: `conversion_factors.csv` and
`releases.csv`. Names of settings, factors and statuses are data as well.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal
from pathlib import Path

from ccm_policy.fees import refusals as refuse
from ccm_policy.fees import sidecars
from ccm_policy.fees.prices import EXACT, NATIONAL, Axes, NoPrice, Price, Question, Source, to_cents, total
from ccm_policy.fees.tables import Keyed, need_date, need_number, read_keyed, read_rows

FACTOR_COLUMNS = ("from", "to", "factor", "value", "status", "source")
RELEASE_COLUMNS = ("table", "release", "folder", "from", "to", "note")
STATUS_COLUMNS = ("status", "title", "note")
RVU_KEYS = ("code", "modifier")
GPCI_KEYS = ("mac", "locality")
COMPONENTS = ("work", "pe", "mp")
TOTAL = "total"
PROPOSED = "proposed"


@dataclass(frozen=True, slots=True, kw_only=True)
class Factor:
    """Dollars for one relative value unit, from a first to a last day. `name` is empty where one factor is for all."""

    first: date
    last: date
    name: str
    value: Decimal
    status: str
    source: str
    line: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Use:
    """Which release's table (`rvu` or `gpci`, in `folder`) gives the values from a first to a last day; `note` is
    what an answer must say of it."""

    table: str
    release: str
    folder: str
    first: date
    last: date
    note: str
    line: int


@dataclass(frozen=True, slots=True)
class Year:
    """What a year's folder says of its dates."""

    factors: tuple[Factor, ...]
    uses: tuple[Use, ...]

    def factors_on(self, on: date) -> list[Factor]:
        """The conversion factors in force on a day."""
        return [f for f in self.factors if f.first <= on <= f.last]

    def use_on(self, table: str, on: date) -> Use | None:
        """Which release gives a table's values on a day; None: none does."""
        return next((u for u in self.uses if u.table == table and u.first <= on <= u.last), None)


def read_year(folder: Path) -> Year:
    """Read a year's two lists; raises `BrokenFileError`."""
    path = folder / "conversion_factors.csv"
    factors = tuple(
        Factor(
            first=need_date(path, line, row[0]), last=need_date(path, line, row[1]), name=row[2],
            value=need_number(path, line, row[3], "a conversion factor"), status=row[4], source=row[5], line=line,
        )
        for line, row in read_rows(path, FACTOR_COLUMNS)
    )  # fmt: skip
    path = folder / "releases.csv"
    uses = tuple(
        Use(
            table=row[0],
            release=row[1],
            folder=row[2],
            first=need_date(path, line, row[3]),
            last=need_date(path, line, row[4]),
            note=row[5],
            line=line,
        )
        for line, row in read_rows(path, RELEASE_COLUMNS)
    )
    return Year(factors, uses)


@dataclass(frozen=True, slots=True)
class Day:
    """What holds on one date: the uses of the tables (no indices: `gpci` is `None`) and the factors."""

    rvu: Use
    gpci: Use | None
    factors: tuple[Factor, ...]


@dataclass(frozen=True, slots=True)
class Basis:
    """What all prices of a day, a factor and a status share: the days they hold, what must be said, their sources."""

    covers: tuple[date, date]
    notes: tuple[str, ...]
    sources: Callable[[], tuple[Source, ...]]


@dataclass(frozen=True, slots=True)
class Values:
    """The values of a code in a setting by component, its status, and what must be said of that."""

    parts: dict[str, Decimal]
    status: str
    note: str


@dataclass(slots=True, kw_only=True)
class RelativeValues:
    """One such schedule, read year by year and table by table as it is asked."""

    name: str
    folder: Path
    _years: dict[int, Year | None] = field(default_factory=dict)
    _tables: dict[tuple[str, str], Keyed] = field(default_factory=dict)
    _statuses: dict[str, str] | None = None
    _days: dict[date, Day | None] = field(default_factory=dict)
    _axes: dict[date, Axes] = field(default_factory=dict)
    _known_values: dict[tuple[str, str, str, str | None], Values] = field(default_factory=dict)
    _known_bases: dict[tuple[date, str, bool, str], Basis] = field(default_factory=dict)
    _known_indices: dict[tuple[str, str], dict[str, Decimal]] = field(default_factory=dict)

    def file(self, *parts: str) -> str:
        """A path as people are told it: from the directory of schedules on."""
        return "/".join((self.shown, *parts))

    @property
    def shown(self) -> str:
        """The schedule's folder as people are told it."""
        return f"{self.folder.parent.name}/{self.folder.name}"

    def years(self) -> list[int]:
        """The years that are held, in order."""
        return sorted(int(p.name) for p in self.folder.iterdir() if p.name.isdigit())

    def year(self, year: int) -> Year | None:
        """A year's factors and releases, read once; None: it is not held."""
        if year not in self._years:
            folder = self.folder / str(year)
            self._years[year] = read_year(folder) if folder.is_dir() else None
        return self._years[year]

    def table(self, table: str, folder: str) -> Keyed:
        """The values of `rvu` by code and modifier, or of `gpci` by MAC and locality."""
        key = (table, folder)
        if key not in self._tables:
            keys = RVU_KEYS if table == "rvu" else GPCI_KEYS
            self._tables[key] = read_keyed(self.folder / folder / f"{table}.csv", keys)
        return self._tables[key]

    def codes(self, on: date) -> list[str]:
        """Codes that the release in use on a date lists, without their modified forms."""
        day = self.day(on)
        return [code for code, modifier in self.table("rvu", day.rvu.folder) if not modifier] if day else []

    def axes(self, on: date) -> Axes:
        """What an amount depends on at a date."""
        day = self.day(on)
        if day is None:
            return Axes()
        if on not in self._axes:
            table = self.table("rvu", day.rvu.folder)
            settings = {item.partition(".")[2] for items in table.values() for item in items if "." in item}
            names = {f.name for f in day.factors if f.name}
            self._axes[on] = Axes(tuple(sorted(settings)), tuple(sorted(names)), day.gpci is not None)
        return self._axes[on]

    def day(self, on: date) -> Day | None:
        """What holds on a date; `None` where the schedule holds no values for it."""
        if on not in self._days:
            year = self.year(on.year)
            use = year.use_on("rvu", on) if year else None
            held = Day(use, year.use_on("gpci", on), tuple(year.factors_on(on))) if year and use else None
            self._days[on] = held
        return self._days[on]

    def price(self, asked: Question) -> Price | NoPrice:
        """Price one unit; raises `BrokenFileError` only."""
        on = asked.on
        day = self.day(on)
        if day is None:
            return refuse.no_year(self.name, on, self.file(str(on.year)), self.years())
        chosen = self._factor(day, asked)
        if isinstance(chosen, NoPrice):
            return chosen
        values = self._values(day.rvu, asked)
        if isinstance(values, NoPrice):
            return values
        indices = self._indices(day, asked, values)
        if isinstance(indices, NoPrice):
            return indices
        return self._result(asked, values, indices, day, chosen)

    def _result(self, asked: Question, values: Values, indices: dict[str, Decimal], day: Day, factor: Factor) -> Price:
        parts = values.parts
        units = total([EXACT.multiply(v, indices[name]) if indices else v for name, v in parts.items()])
        exact = EXACT.multiply(units, factor.value)
        key = (asked.on, factor.name, bool(indices), values.note)
        basis = self._known_bases.get(key)
        if basis is None:
            basis = self._known_bases[key] = self._basis(asked.on, day, factor, bool(indices), values.note)
        return Price(
            amount=to_cents(exact),
            exact=exact,
            schedule=self.name,
            code=asked.code,
            modifier=asked.modifier,
            on=asked.on,
            locality=asked.locality,
            setting=asked.setting,
            factor=factor.name or None,
            release=day.rvu.release,
            covers=basis.covers,
            components=parts,
            indices=indices,
            conversion_factor=factor.value,
            percent=None,
            base=None,
            status=values.status,
            notes=basis.notes,
            proposed=factor.status == PROPOSED,
            read_sources=basis.sources,
        )

    def _basis(self, on: date, day: Day, factor: Factor, local: bool, note: str) -> Basis:
        uses = (day.rvu, day.gpci) if local and day.gpci else (day.rvu,)
        notes = [f"PROPOSED, not in force: {factor.source}"] if factor.status == PROPOSED else []
        notes += [use.note for use in uses if use.note] + ([note] if note else [])
        first = max(factor.first, *(use.first for use in uses))
        last = min(factor.last, *(use.last for use in uses))

        def sources() -> tuple[Source, ...]:
            tables = tuple(sidecars.source(self.folder, use.table, use.folder, self.shown) for use in uses)
            held = self.file(str(on.year), "conversion_factors.csv")
            return (*tables, Source("conversion_factor", str(on.year), factor.source, held))

        return Basis((first, last), tuple(notes), sources)

    def _factor(self, day: Day, asked: Question) -> Factor | NoPrice:
        on, factor, proposed = asked.on, asked.factor, asked.proposed
        for each in day.factors:
            if (not each.name or each.name == factor) and (proposed or each.status != PROPOSED):
                return each
        file = self.file(str(on.year), "conversion_factors.csv")
        usable = [f.name for f in day.factors if proposed or f.status != PROPOSED]
        if not usable:
            return (refuse.only_proposed if day.factors else refuse.no_factor)(self.name, on, file)
        return refuse.which_factor(self.name, on, factor, usable, file)

    def _values(self, use: Use, asked: Question) -> Values | NoPrice:
        """The components for a setting; where the release has none, the total alone."""
        code, modifier, setting, on = asked.code, asked.modifier, asked.setting, asked.on
        key = (use.folder, code, modifier, setting)
        known = self._known_values.get(key)
        if known is not None:
            return known
        file = self.file(use.folder, "rvu.csv")
        items = self.table("rvu", use.folder).get((code, modifier))
        if items is None:
            return refuse.no_code(self.name, code, modifier, on, file)
        settings = sorted({i.partition(".")[2] for i in items if "." in i})
        if setting is None or setting not in settings:
            return refuse.which_setting(self.name, setting, settings, on, file)
        texts = {name: items.get(name) or items.get(f"{name}.{setting}") for name in COMPONENTS}
        if not all(texts.values()):
            texts = {TOTAL: items.get(f"{TOTAL}.{setting}")}
        parts = {name: need_number(file, None, text or "", f"{name} of {code}") for name, text in texts.items()}
        status = items.get("status", "")
        if not any(parts.values()):
            return refuse.no_amount(self.name, code, status, self.status_note(status), on, file)
        self._known_values[key] = Values(parts, status, self.status_note(status))
        return self._known_values[key]

    def _indices(self, day: Day, asked: Question, values: Values) -> dict[str, Decimal] | NoPrice:
        """The indices of a locality; none for national."""
        locality, on = asked.locality, asked.on
        if locality == NATIONAL:
            return {}
        if locality is None:
            return refuse.which_locality(self.name, on, self.file(str(on.year)))
        if day.gpci is None or TOTAL in values.parts:
            return refuse.totals_only(self.name, locality, on, self.file(str(on.year)))
        key = (day.gpci.folder, locality)
        known = self._known_indices.get(key)
        if known is None:
            file = self.file(day.gpci.folder, "gpci.csv")
            mac, _, number = locality.partition("-")
            table = self.table("gpci", day.gpci.folder)
            items = table.get((mac, number))
            if items is None:
                return refuse.no_locality(self.name, locality, on, file, table)
            known = self._known_indices[key] = {
                name: need_number(file, None, items.get(name, ""), f"{name} index of {locality}") for name in COMPONENTS
            }
        return known

    def status_note(self, status: str) -> str:
        """What the schedule says about codes of a status; empty where there is nothing to say."""
        if self._statuses is None:
            path = self.folder / "statuses.csv"
            self._statuses = {row[0]: row[2] for _, row in read_rows(path, STATUS_COLUMNS)}
        return self._statuses.get(status, "")
