"""What changed between two dates, and which published value caused how much of it.

The change is taken apart in three steps that add up exactly: values first, at the old indices and the old factor; then
indices, at the new values and the old factor; then the factor, on the new units. What the two roundings to the cent
leave over is a cause of its own.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import Any

from ccm_policy.fees.prices import EXACT, NATIONAL, Price, Question, plain, to_cents, total
from ccm_policy.fees.relative import RelativeValues
from ccm_policy.fees.schedules import FeeSchedules

ONE = Decimal(1)
ROUNDING = "rounding"
FACTOR = "factor"


@dataclass(frozen=True, slots=True)
class Cause:
    """One published value that changed: its old and new value, and the dollars of the change it caused, unrounded."""

    name: str
    old: Decimal | None
    new: Decimal | None
    dollars: Decimal


@dataclass(frozen=True, slots=True)
class Change:
    """One code in one setting at one factor; `old` or `new` is `None` where the code has no price on that side."""

    code: str
    setting: str
    factor: str
    old: Price | None
    new: Price | None
    causes: tuple[Cause, ...]

    @property
    def dollars(self) -> Decimal | None:
        """Change of the rounded amount."""
        return self.new.amount - self.old.amount if self.old and self.new else None

    @property
    def percent(self) -> Decimal | None:
        """Change in percent of the old amount, to a tenth."""
        if self.old is None or self.dollars is None:
            return None
        return (self.dollars * 100 / self.old.amount).quantize(Decimal("0.1"))

    def in_cents(self) -> list[tuple[Cause, Decimal]]:
        """The causes that moved something, in cents that add up to the change; the last is what rounding leaves."""
        moved = [(c, to_cents(c.dollars)) for c in self.causes if c.name != ROUNDING and c.dollars]
        rest = (self.dollars or Decimal(0)) - sum((cents for _, cents in moved), Decimal(0))
        return [*moved, (self.causes[-1], rest)] if rest else moved

    def to_dict(self) -> dict[str, Any]:
        """Plain data; amounts as texts."""
        return {
            "code": self.code,
            "setting": self.setting,
            "apm": self.factor or None,
            "old": str(self.old.amount) if self.old else None,
            "new": str(self.new.amount) if self.new else None,
            "change": None if self.dollars is None else str(self.dollars),
            "percent": None if self.percent is None else str(self.percent),
            "causes": [
                {
                    "of": cause.name,
                    "old": None if cause.old is None else str(cause.old),
                    "new": None if cause.new is None else str(cause.new),
                    "dollars": plain(cause.dollars),
                }
                for cause in self.causes
            ],
            "old_arithmetic": self.old.arithmetic() if self.old else None,
            "new_arithmetic": self.new.arithmetic() if self.new else None,
            "notes": list(
                dict.fromkeys((*(self.old.notes if self.old else ()), *(self.new.notes if self.new else ())))
            ),
        }


def explain(old: Price, new: Price) -> tuple[Cause, ...]:
    """The causes of a change; their dollars add up to the change of the rounded amounts exactly."""
    causes: list[Cause] = []
    before = old.conversion_factor or ONE
    same = old.components.keys() == new.components.keys()
    names = list(new.components) if same else []
    for name in names:
        a, b = old.components[name], new.components[name]
        index = old.indices.get(name, ONE)
        causes.append(Cause(name, a, b, _product(EXACT.subtract(b, a), index, before)))
    if not same:
        dollars = _product(
            EXACT.subtract(_units(new.components, old.indices), _units(old.components, old.indices)), before
        )
        causes.append(Cause("relative values", None, None, dollars))
    for name in sorted({*old.indices, *new.indices}, key=list(new.components).index):
        x, y = old.indices.get(name, ONE), new.indices.get(name, ONE)
        causes.append(Cause(f"{name} index", x, y, _product(EXACT.subtract(y, x), new.components[name], before)))
    after = new.conversion_factor or ONE
    units = _units(new.components, new.indices)
    causes.append(Cause(FACTOR, before, after, _product(EXACT.subtract(after, before), units)))
    rest = EXACT.subtract(EXACT.subtract(new.amount, old.amount), total([c.dollars for c in causes]))
    return (*causes, Cause(ROUNDING, None, None, rest))


def _units(components: dict[str, Decimal], indices: dict[str, Decimal]) -> Decimal:
    return total([EXACT.multiply(value, indices.get(name, ONE)) for name, value in components.items()])


def _product(*values: Decimal) -> Decimal:
    result = ONE
    for value in values:
        result = EXACT.multiply(result, value)
    return result


def compare(
    fees: FeeSchedules,
    name: str,
    old: date,
    new: date,
    *,
    locality: str = NATIONAL,
    code: str | None = None,
    setting: str | None = None,
    factor: str | None = None,
    proposed: bool = False,
) -> list[Change]:
    """Every code that has a price on either date, by code, setting and factor; raises `BrokenFileError`."""
    schedule = fees.schedule(name)
    if not isinstance(schedule, RelativeValues):
        return []
    codes = sorted({*schedule.codes(old), *schedule.codes(new)})
    axes = (fees.axes(name, old), fees.axes(name, new))
    settings = sorted({*axes[0].settings, *axes[1].settings})
    factors = sorted({*axes[0].factors, *axes[1].factors}) or [""]
    changes = []
    for each in codes if code is None else [code]:
        for where in settings if setting is None else [setting]:
            for which in factors if factor is None else [factor]:
                sides = [
                    fees.price(
                        name,
                        Question(
                            code=each, on=on, locality=locality, setting=where, factor=which or None, proposed=proposed
                        ),
                    )
                    for on in (old, new)
                ]
                a, b = (side if isinstance(side, Price) else None for side in sides)
                if a or b:
                    changes.append(Change(each, where, which, a, b, explain(a, b) if a and b else ()))
    return changes
