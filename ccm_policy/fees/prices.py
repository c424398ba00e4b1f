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
    """Where a table was read."""

    table: str
    """What it holds."""
    release: str
    """Its release, as `RVU26C`."""
    text: str
    """The words of its source."""
    file: str
    """Its path, from the directory of schedules on."""

    def to_dict(self) -> dict[str, str]:
        """Plain data."""
        return {
            "table": self.table,
            "release": self.release,
            "source": self.text,
            "file": self.file,
        }


def _no_sources() -> tuple[Source, ...]:
    return ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Question:
    """What is asked of a schedule: one unit of a code on a date of service."""

    code: str
    """The billing code."""
    on: date
    """The date of service."""
    _: KW_ONLY
    locality: str | None = None
    """`MAC-LOCALITY` or `national`; None: not known."""
    setting: str | None = None
    """As the schedule's axes list it; None: not known."""
    factor: str | None = None
    """As the schedule's axes list it, and passed over where one factor is for all; None: not known."""
    modifier: str = ""
    """Of the code; empty: none."""
    proposed: bool = False
    """Whether rates that are not in force may be used; the price says so."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Price:
    """What one unit is worth. A share of another schedule has `percent` and `base`, and no components of its own; a
    flat rate has none of these."""

    amount: Decimal
    """Dollars, rounded half up to the cent, once."""
    exact: Decimal
    """Dollars before rounding."""
    schedule: str
    """The schedule's name."""
    code: str
    """The billing code."""
    modifier: str
    """Of the code; empty: none."""
    on: date
    """The date of service."""
    locality: str | None
    """`MAC-LOCALITY` or `national`; None: it is the same everywhere."""
    setting: str | None
    """By which it was priced; None: it hangs on none."""
    factor: str | None
    """By which it was priced; None: it hangs on none."""
    release: str
    """The release that it was read from."""
    covers: tuple[date, date]
    """First and last day on which this very price holds."""
    components: dict[str, Decimal] = field(default_factory=dict)
    """Relative values by name."""
    indices: dict[str, Decimal] = field(default_factory=dict)
    """The locality's index for each; empty for national."""
    conversion_factor: Decimal | None = None
    """Dollars a unit; None: there are no units."""
    percent: Decimal | None = None
    """Of `base`; None: it is no share."""
    base: Price | None = None
    """The price of which it is a share; None: it is none."""
    status: str = ""
    """The code's status in the schedule; empty: it has none."""
    notes: tuple[str, ...] = ()
    """What must be said of it."""
    proposed: bool = False
    """Whether a rate that is not in force was used."""
    read_sources: Callable[[], tuple[Source, ...]] = field(default=_no_sources, repr=False, compare=False)
    """Reads `sources` from disk."""

    @property
    def unrounded(self) -> Fraction:
        """Dollars before rounding, for further exact arithmetic (a percentage is taken before the one rounding)."""
        return Fraction(self.exact)

    @property
    def sources(self) -> tuple[Source, ...]:
        """Where its values were read."""
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
    """Why there is no amount."""

    reason: str
    """In the reader's words."""
    would_hold: str
    """The file that would have held it, or that has to be completed."""
    diagnostic: Diagnostic
    """The message."""

    def to_dict(self) -> dict[str, Any]:
        """Plain data, with the code of the message."""
        return {
            "amount": None,
            "reason": self.reason,
            "would_hold": self.would_hold,
            "message": self.diagnostic.code,
        }


@dataclass(frozen=True, slots=True)
class Axes:
    """What a schedule's amount depends on at a date, apart from code and modifier. An empty tuple: not at all."""

    settings: tuple[str, ...] = ()
    """The settings that may be asked for."""
    factors: tuple[str, ...] = ()
    """The factors that may be asked for."""
    by_locality: bool = False
    """False where only national amounts are held, or the schedule knows no localities."""


def plain(value: Decimal) -> str:
    """A decimal without exponent and without trailing zeros after the cents."""
    text = f"{value:f}"
    if "." not in text:
        return text
    whole, part = text.split(".")
    part = part.rstrip("0")
    return f"{whole}.{part}" if part else whole
