"""Amounts where a fact that sets the price may be unknown: one amount, or one for each of its values, or none.

`Money` is an exact decimal of dollars, a mapping from the values of an unknown fact to amounts, or None where there is
no price.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from decimal import Decimal
from typing import Any

Money = Decimal | dict[str, Any] | None
"""`dict` values are `Money` again: `{"facility": …, "non_facility": …}`."""

NOTHING = Decimal("0.00")


def each(money: Money, change: Callable[[Decimal], Decimal]) -> Money:
    """The same change for every amount."""
    if isinstance(money, dict):
        return {key: each(part, change) for key, part in money.items()}
    return None if money is None else change(money)


def together(a: Money, b: Money, join: Callable[[Decimal, Decimal], Decimal]) -> Money:
    """Two amounts joined, value by value of the unknown facts. Without a price on one side there is none.

    Where they hang on different facts, the fact whose values come first by name stands outside, in whatever order
    amounts are joined.
    """
    if a is None or b is None:
        return None
    if isinstance(a, dict) and isinstance(b, dict) and a.keys() == b.keys():
        return {key: together(part, b[key], join) for key, part in a.items()}
    if isinstance(a, dict) and (not isinstance(b, dict) or sorted(a) < sorted(b)):
        return {key: together(part, b, join) for key, part in a.items()}
    if isinstance(b, dict):
        return {key: together(a, part, join) for key, part in b.items()}
    assert isinstance(a, Decimal), "all else was a mapping"
    return join(a, b)


def add(a: Money, b: Money) -> Money:
    """The sum, value by value of the unknown facts."""
    return together(a, b, lambda x, y: x + y)


def less(a: Money, b: Money) -> Money:
    """The difference, value by value of the unknown facts."""
    return together(a, b, lambda x, y: x - y)


def units_of(money: Money, units: int) -> Money:
    """The amount of so many units."""
    return each(money, lambda amount: amount * units)


def total(amounts: Iterable[Money]) -> Money:
    """The sum of amounts; None where one of them has no price."""
    result: Money = NOTHING
    for amount in amounts:
        result = add(result, amount)
    return result


def any_above(money: Money, limit: Decimal) -> bool:
    """Whether some amount is above the limit."""
    if isinstance(money, dict):
        return any(any_above(part, limit) for part in money.values())
    return money is not None and money > limit


def texts(money: Money) -> Any:
    """As decisions write it: strings of exact decimals."""
    if isinstance(money, dict):
        return {key: texts(part) for key, part in money.items()}
    return None if money is None else f"{money:.2f}"


def spoken(money: Money) -> str:
    """In a sentence: `$61.49`, or from the least to the most; nothing where there is no price."""
    amounts = sorted(amounts_of(money))
    if not amounts:
        return ""
    least, most = f"${amounts[0]:,.2f}", f"${amounts[-1]:,.2f}"
    return least if least == most else f"{least} to {most}"


def amounts_of(money: Money) -> list[Decimal]:
    """Every amount that it may be; none where there is no price."""
    if isinstance(money, dict):
        return [amount for part in money.values() for amount in amounts_of(part)]
    return [] if money is None else [money]
