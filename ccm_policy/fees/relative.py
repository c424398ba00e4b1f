"""A schedule of relative values: work, practice expense and malpractice, times a locality's indices, times a factor.

`amount = round half up((work x index + pe x index + mp x index) x factor)`, once, at the end (42 CFR 414.20 to
414.30). Which table and which factor hold on a date is data of the year's folder: `conversion_factors.csv` and
`releases.csv`. Names of settings, factors and statuses are data as well.
"""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from datetime import date
from decimal import Decimal
from pathlib import Path

from ccm_policy.fees import refusals as refuse
from ccm_policy.fees import sidecars
from ccm_policy.fees.prices import EXACT, NATIONAL, Axes, NoPrice, Price, Source, to_cents, total
from ccm_policy.fees.tables import Items, Keyed, need_date, need_number, read_keyed, read_rows

FACTOR_COLUMNS = ("from", "to", "factor", "value", "status", "source")
RELEASE_COLUMNS = ("table", "release", "folder", "from", "to", "note")
STATUS_COLUMNS = ("status", "title", "note")
RVU_KEYS = ("code", "modifier")
GPCI_KEYS = ("mac", "locality")
COMPONENTS = ("work", "pe", "mp")
TOTAL = "total"
PROPOSED = "proposed"


@dataclass(frozen=True, slots=True)
class Factor:
    """Dollars for one relative value unit, from a first to a last day. `name` is empty where one factor is for all."""

    first: date
    last: date
    name: str
    value: Decimal
    status: str
    source: str
    line: int


@dataclass(frozen=True, slots=True)
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
        return [f for f in self.factors if f.first <= on <= f.last]

    def use_on(self, table: str, on: date) -> Use | None:
        return next((u for u in self.uses if u.table == table and u.first <= on <= u.last), None)


def read_year(folder: Path) -> Year:
    """Read a year's two lists; raises `BrokenFileError`."""
    path = folder / "conversion_factors.csv"
    factors = tuple(
        Factor(
            need_date(path, line, row[0]), need_date(path, line, row[1]), row[2],
            need_number(path, line, row[3], "a conversion factor"), row[4], row[5], line,
        )
        for line, row in read_rows(path, FACTOR_COLUMNS)
    )  # fmt: skip
    path = folder / "releases.csv"
    uses = tuple(
        Use(
            row[0], row[1], row[2], need_date(path, line, row[3]), need_date(path, line, row[4]), row[5], line
        )
        for line, row in read_rows(path, RELEASE_COLUMNS)
    )  # fmt: skip
    return Year(factors, uses)


@dataclass(slots=True)
class RelativeValues:
    """One such schedule, read year by year and table by table as it is asked."""

    name: str
    folder: Path
    _years: dict[int, Year | None] = field(default_factory=dict)
    _tables: dict[tuple[str, str], Keyed] = field(default_factory=dict)
    _statuses: dict[str, str] | None = None

    def file(self, *parts: str) -> str:
        """A path as people are told it: from the directory of schedules on."""
        return "/".join((self.folder.parent.name, self.folder.name, *parts))

    def years(self) -> list[int]:
        return sorted(int(p.name) for p in self.folder.iterdir() if p.name.isdigit())

    def year(self, year: int) -> Year | None:
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
        year = self.year(on.year)
        use = year.use_on("rvu", on) if year else None
        return [code for code, modifier in self.table("rvu", use.folder) if not modifier] if use else []

    def axes(self, on: date) -> Axes:
        year = self.year(on.year)
        use = year.use_on("rvu", on) if year else None
        if year is None or use is None:
            return Axes()
        names = dict.fromkeys(f.name for f in year.factors_on(on) if f.name)
        settings: dict[str, None] = {}
        for items in self.table("rvu", use.folder).values():
            settings |= dict.fromkeys(i.partition(".")[2] for i in items if "." in i)
        return Axes(tuple(sorted(settings)), tuple(sorted(names)), bool(year.use_on("gpci", on)))

    def price(
        self,
        code: str,
        on: date,
        locality: str | None,
        setting: str | None,
        factor: str | None,
        modifier: str,
        proposed: bool,
    ) -> Price | NoPrice:
        """Price one unit; raises `BrokenFileError` only."""
        year = self.year(on.year)
        use = year.use_on("rvu", on) if year else None
        if year is None or use is None:
            return refuse.no_year(self.name, on, self.file(str(on.year)), self.years())
        chosen = self._factor(year, on, factor, proposed)
        if isinstance(chosen, NoPrice):
            return chosen
        file = self.file(use.folder, "rvu.csv")
        items = self.table("rvu", use.folder).get((code, modifier))
        if items is None:
            return refuse.no_code(self.name, code, modifier, on, file)
        values = self._values(items, setting, code, on, file)
        if isinstance(values, NoPrice):
            return values
        place = self._place(year, on, locality, values)
        if isinstance(place, NoPrice):
            return place
        indices, where = place
        status = items.get("status", "")
        if not any(values.values()):
            return refuse.no_amount(self.name, code, status, self._status(status), on, file)
        return self._result(
            Price(
                Decimal(0), Decimal(0), self.name, code, modifier, on, locality, setting, chosen.name or None,
                use.release, (use.first, use.last), values, indices, chosen.value, status=status,
            ),
            [use, *([where] if where else [])], chosen,
        )  # fmt: skip

    def _result(self, price: Price, uses: list[Use], factor: Factor) -> Price:
        units = total([
            EXACT.multiply(value, price.indices.get(name, Decimal(1)))
            for name, value in price.components.items()
        ])  # fmt: skip
        exact = EXACT.multiply(units, factor.value)
        proposed = factor.status == PROPOSED
        notes = [f"PROPOSED, not in force: {factor.source}"] if proposed else []
        notes += [use.note for use in uses if use.note]
        if price.status and (said := self._status(price.status)):
            notes.append(said)
        spans = [(u.first, u.last) for u in uses] + [(factor.first, factor.last)]

        def sources() -> tuple[Source, ...]:
            tables = tuple(sidecars.source(self.folder, use.table, use.folder, self.file()) for use in uses)
            year = str(price.on.year)
            held = self.file(year, "conversion_factors.csv")
            return (*tables, Source("conversion_factor", year, factor.source, held))

        return replace(
            price, amount=to_cents(exact), exact=exact, notes=tuple(notes), proposed=proposed,
            covers=(max(s[0] for s in spans), min(s[1] for s in spans)), read_sources=sources,
        )  # fmt: skip

    def _factor(self, year: Year, on: date, factor: str | None, proposed: bool) -> Factor | NoPrice:
        held = year.factors_on(on)
        file = self.file(str(on.year), "conversion_factors.csv")
        usable = [f for f in held if f.status != PROPOSED or proposed]
        if not usable:
            return (refuse.only_proposed if held else refuse.no_factor)(self.name, on, file)
        for each in usable:
            if not each.name or each.name == factor:
                return each
        return refuse.which_factor(self.name, on, factor, [f.name for f in usable], file)

    def _values(
        self, items: Items, setting: str | None, code: str, on: date, file: str
    ) -> dict[str, Decimal] | NoPrice:
        """The components for a setting; where the release has none, the total alone."""
        path = self.folder.parent.parent / file
        settings = sorted({i.partition(".")[2] for i in items if "." in i})
        if setting is None or setting not in settings:
            return refuse.which_setting(self.name, setting, settings, on, file)
        found = {
            name: need_number(path, None, text, f"{name} of {code}")
            for name in COMPONENTS
            if (text := items.get(name) or items.get(f"{name}.{setting}"))
        }
        if len(found) == len(COMPONENTS):
            return found
        text = items.get(f"{TOTAL}.{setting}")
        if text is None:
            return refuse.no_code(self.name, code, "", on, file)
        return {TOTAL: need_number(path, None, text, f"total of {code}")}

    def _place(
        self, year: Year, on: date, locality: str | None, values: dict[str, Decimal]
    ) -> tuple[dict[str, Decimal], Use | None] | NoPrice:
        """The indices of a locality, and the table they are from; none of either for national."""
        if locality == NATIONAL:
            return {}, None
        use = year.use_on("gpci", on)
        if locality is None:
            return refuse.which_locality(self.name, on, self.file(str(on.year)))
        if use is None or TOTAL in values:
            return refuse.totals_only(self.name, locality, on, self.file(str(on.year)))
        file = self.file(use.folder, "gpci.csv")
        mac, _, number = locality.partition("-")
        table = self.table("gpci", use.folder)
        items = table.get((mac, number))
        if items is None:
            return refuse.no_locality(self.name, locality, on, file, table)
        path = self.folder / use.folder / "gpci.csv"
        return {
            name: need_number(path, None, items.get(name, ""), f"{name} index of {locality}") for name in COMPONENTS
        }, use

    def _status(self, status: str) -> str:
        """What the schedule says about codes of a status; empty where there is nothing to say."""
        if self._statuses is None:
            path = self.folder / "statuses.csv"
            self._statuses = {row[0]: row[2] for _, row in read_rows(path, STATUS_COLUMNS)}
        return self._statuses.get(status, "")
