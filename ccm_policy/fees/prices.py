"""What a schedule answers: a price with its whole arithmetic, or the reason why there is none."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import KW_ONLY, dataclass, field
from datetime import date
from decimal import ROUND_HALF_UP, Context, Decimal, Inexact
from fractions import Fraction
from typing import Any

from ccm_policy.language.diagnostics import Diagnostic

NATIONAL = "national"
"""The locality whose indices are all one."""

EXACT = Context(prec=200, traps=[Inexact])
"""Sums and products of published values never lose a digit, whatever the caller's context."""

_CENT = Decimal("0.01")
_ROUNDING = Context(prec=200, rounding=ROUND_HALF_UP)


def to_cents(value: Decimal | Fraction) -> Decimal:
    """Dollars rounded half up to the cent. A fraction is rounded by its exact value."""
    if isinstance(value, Decimal):
        return value.quantize(_CENT, context=_ROUNDING)
    cents = abs(value) * 100
    whole = (2 * cents.numerator + cents.denominator) // (2 * cents.denominator)
    return Decimal(whole if value >= 0 else -whole).scaleb(-2, context=_ROUNDING)


def total(values: list[Decimal]) -> Decimal:
    """The exact sum."""
    result = Decimal(0)
    for value in values:
        result = EXACT.add(result, value)
    return result


@dataclass(frozen=True, slots=True)
class Source:
    """Where a table was read: what it holds, its release, and the words of its source."""

    table: str
    release: str
    text: str
    file: str

    def to_dict(self) -> dict[str, str]:
        return {
            "table": self.table,
            "release": self.release,
            "source": self.text,
            "file": self.file,
        }


def _no_sources() -> tuple[Source, ...]:
    return ()


@dataclass(frozen=True, slots=True)
class Question:
    """What is asked of a schedule: one unit of a code on a date of service.

    `locality`: `MAC-LOCALITY` or `national`. `setting` and `factor` as the schedule's axes list them; a factor is
    passed over where one factor is for all. None: not known. `proposed`: rates that are not in force may be used, and
    the price says so.
    """

    code: str
    on: date
    _: KW_ONLY
    locality: str | None = None
    setting: str | None = None
    factor: str | None = None
    modifier: str = ""
    proposed: bool = False


@dataclass(frozen=True, slots=True)
class Price:
    """What one unit is worth.

    `amount`: dollars, rounded half up to the cent, once. `exact`: dollars before rounding. `components`: relative
    values by name; `indices`: the locality's index for each, empty for national; `conversion_factor`: dollars a unit.
    A share of another schedule has `percent` and `base`, and no components of its own; a flat rate has none of these.
    `covers`: first and last day on which this very price holds. `sources` are read from disk when asked for.
    """

    amount: Decimal
    exact: Decimal
    schedule: str
    code: str
    modifier: str
    on: date
    locality: str | None
    setting: str | None
    factor: str | None
    release: str
    covers: tuple[date, date]
    components: dict[str, Decimal] = field(default_factory=dict)
    indices: dict[str, Decimal] = field(default_factory=dict)
    conversion_factor: Decimal | None = None
    percent: Decimal | None = None
    base: Price | None = None
    status: str = ""
    notes: tuple[str, ...] = ()
    proposed: bool = False
    read_sources: Callable[[], tuple[Source, ...]] = field(default=_no_sources, repr=False, compare=False)

    @property
    def unrounded(self) -> Fraction:
        """Dollars before rounding, for further exact arithmetic (a percentage is taken before the one rounding)."""
        return Fraction(self.exact)

    @property
    def sources(self) -> tuple[Source, ...]:
        return self.read_sources()

    def arithmetic(self) -> str:
        """The calculation in one line, from the published values to the cent."""
        if self.base is not None and self.percent is not None:
            return (
                f"{plain(self.percent)} % x [{self.base.formula()}] = {plain(self.exact)}, "
                f"rounded half up to {self.amount}"
            )
        if self.conversion_factor is None:
            return f"{self.amount} as listed"
        return f"{self.formula()} = {plain(self.exact)}, rounded half up to {self.amount}"

    def formula(self) -> str:
        """The unrounded part of the arithmetic, in figures."""
        if self.base is not None and self.percent is not None:
            return f"{plain(self.percent)} % x [{self.base.formula()}]"
        if self.conversion_factor is None:
            return plain(self.exact)
        terms = [
            f"{name} {value}" + (f" x {self.indices[name]}" if name in self.indices else "")
            for name, value in self.components.items()
        ]
        return f"({' + '.join(terms)}) x {self.conversion_factor}"

    def to_dict(self) -> dict[str, Any]:
        """Plain data; every number is the text of an exact decimal."""
        data: dict[str, Any] = {
            "code": self.code,
            "amount": str(self.amount),
            "schedule": self.schedule,
            "date": self.on.isoformat(),
            "locality": self.locality,
            "setting": self.setting,
            "apm": self.factor,
            "release": self.release,
            "covers": {"from": self.covers[0].isoformat(), "to": self.covers[1].isoformat()},
            "exact": plain(self.exact),
            "arithmetic": self.arithmetic(),
            "components": {name: str(value) for name, value in self.components.items()},
            "indices": {name: str(value) for name, value in self.indices.items()},
            "conversion_factor": None if self.conversion_factor is None else str(self.conversion_factor),
            "rounding": "half up to the cent, once, at the end",
            "notes": list(self.notes),
            "sources": [source.to_dict() for source in self.sources],
        }
        if self.modifier:
            data["modifier"] = self.modifier
        if self.status:
            data["status"] = self.status
        if self.percent is not None and self.base is not None:
            data["percent"] = plain(self.percent)
            data["of"] = self.base.to_dict()
        if self.proposed:
            data["proposed"] = True
        return data


@dataclass(frozen=True, slots=True)
class NoPrice:
    """Why there is no amount. `would_hold`: the file that would have held it, or that has to be completed."""

    reason: str
    would_hold: str
    diagnostic: Diagnostic

    def to_dict(self) -> dict[str, Any]:
        return {
            "amount": None,
            "reason": self.reason,
            "would_hold": self.would_hold,
            "message": self.diagnostic.code,
        }


@dataclass(frozen=True, slots=True)
class Axes:
    """What a schedule's amount depends on at a date, apart from code and modifier. An empty tuple: not at all.

    `settings` and `factors` are the values that may be asked for; `by_locality` is false where only national amounts
    are held or where the schedule knows no localities.
    """

    settings: tuple[str, ...] = ()
    factors: tuple[str, ...] = ()
    by_locality: bool = False


def plain(value: Decimal) -> str:
    """A decimal without exponent and without trailing zeros after the cents."""
    text = f"{value:f}"
    if "." not in text:
        return text
    whole, part = text.split(".")
    part = part.rstrip("0")
    return f"{whole}.{part}" if part else whole
