"""What changed in rates: each code in every locality, and which published value caused how much of it."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import Any

from ccm_policy.evaluate.calendar import month_bounds
from ccm_policy.fees import FeeSchedules
from ccm_policy.fees.changes import FACTOR, ROUNDING, Change, compare
from ccm_policy.fees.prices import NATIONAL
from ccm_policy.fees.relative import RelativeValues


@dataclass(frozen=True, slots=True)
class At:
    """The change of a code in one locality, setting and factor."""

    locality: str
    change: Change

    @property
    def percent(self) -> Decimal:
        """Of the old amount."""
        return self.change.percent or Decimal(0)

    def to_dict(self) -> dict[str, Any]:
        """Plain data, without the arithmetic."""
        told = self.change.to_dict()
        kept = ("setting", "apm", "old", "new", "change", "percent")
        return {"locality": self.locality, **{name: told[name] for name in kept}}


@dataclass(frozen=True, slots=True, kw_only=True)
class Rate:
    """A code in one setting: its national change at each factor, and the least and the greatest among localities,
    `None` where it is priced on one side only. `causes`: dollars of the first national change, by what caused them, in
    cents that add up."""

    code: str
    setting: str
    national: tuple[Change, ...]
    least: At | None
    greatest: At | None
    localities: int
    causes: tuple[tuple[str, Decimal], ...]

    @property
    def how(self) -> str:
        """`added`, `removed`, `changed`, or `unchanged` where no amount of it differs."""
        if all(change.old is None for change in self.national):
            return "added"
        if all(change.new is None for change in self.national):
            return "removed"
        return "changed" if self._differs else "unchanged"

    @property
    def _differs(self) -> bool:
        some = (at for at in (self.least, self.greatest) if at is not None)
        return any(c.dollars for c in self.national) or any(at.change.dollars for at in some)

    def to_dict(self) -> dict[str, Any]:
        """Plain data; amounts as texts."""
        return {
            "code": self.code,
            "setting": self.setting or None,
            "how": self.how,
            "national": [At(NATIONAL, change).to_dict() for change in self.national],
            "localities": self.localities,
            "least": None if self.least is None else self.least.to_dict(),
            "greatest": None if self.greatest is None else self.greatest.to_dict(),
            "causes": [{"of": name, "dollars": str(dollars)} for name, dollars in self.causes],
        }


@dataclass(frozen=True, slots=True)
class Rates:
    """The rates of one schedule on two days."""

    schedule: str
    old: date
    new: date
    codes: tuple[Rate, ...]
    notes: tuple[str, ...]

    @property
    def changed(self) -> tuple[Rate, ...]:
        """Those that are not as before."""
        return tuple(rate for rate in self.codes if rate.how != "unchanged")

    def to_dict(self) -> dict[str, Any]:
        """Plain data."""
        return {
            "schedule": self.schedule,
            "old": self.old.isoformat(),
            "new": self.new.isoformat(),
            "codes": [rate.to_dict() for rate in self.changed],
            "notes": list(self.notes),
        }


def rates(fees: FeeSchedules, old: str, new: str, codes: Iterable[str]) -> Rates | None:
    """What changed between two months, of the last day of the earlier and the first day of the later; None where the
    default schedule has no relative values. Raises `BrokenFileError`."""
    schedule = fees.schedule(fees.default)
    if old == new or not isinstance(schedule, RelativeValues):
        return None
    days = _days(old, new)
    wanted = frozenset(codes)
    by_code: defaultdict[tuple[str, str], list[At]] = defaultdict(list)
    for locality in (NATIONAL, *_localities(schedule, days)):
        for change in compare(fees, fees.default, *days, locality=locality):
            if change.code in wanted:
                by_code[change.code, change.setting].append(At(locality, change))
    found = tuple(_rate(*key, by_code[key]) for key in sorted(by_code))
    sides = (side for rate in found for c in rate.national for side in (c.old, c.new) if side is not None)
    return Rates(fees.default, *days, found, tuple(dict.fromkeys(note for side in sides for note in side.notes)))


def _days(old: str, new: str) -> tuple[date, date]:
    one, other = month_bounds(old), month_bounds(new)
    return (one[1], other[0]) if old < new else (one[0], other[1])


def _localities(schedule: RelativeValues, days: tuple[date, date]) -> Iterator[str]:
    """The localities that have indices on either day."""
    found: set[str] = set()
    for day in days:
        year = schedule.year(day.year)
        use = None if year is None else year.use_on("gpci", day)
        found |= set() if use is None else {f"{mac}-{number}" for mac, number in schedule.table("gpci", use.folder)}
    yield from sorted(found)


def _rate(code: str, setting: str, found: list[At]) -> Rate:
    national = tuple(at.change for at in found if at.locality == NATIONAL)
    local = sorted((at for at in found if at.locality != NATIONAL and at.change.dollars is not None), key=_order)
    first = next((c for c in national if c.dollars is not None), None)
    return Rate(
        code=code,
        setting=setting,
        national=national,
        least=local[0] if local else None,
        greatest=local[-1] if local else None,
        localities=len({at.locality for at in local}),
        causes=() if first is None else tuple(_caused(first)),
    )


def _order(at: At) -> tuple[Decimal, Decimal, str]:
    return (at.percent, at.change.dollars or Decimal(0), at.locality)


def _caused(change: Change) -> Iterator[tuple[str, Decimal]]:
    """Dollars by cause: work, practice expense, malpractice, indices together, factor, rounding."""
    sums: dict[str, Decimal] = {}
    for cause, cents in change.in_cents():
        name = "indices" if cause.name.endswith(" index") else cause.name
        sums[name] = sums.get(name, Decimal(0)) + cents
    yield from ((name, sums[name]) for name in sorted(sums, key=lambda n: (n in (FACTOR, ROUNDING), n == ROUNDING)))
