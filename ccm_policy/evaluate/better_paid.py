"""Which of several tiers or programmes is billed: the first by the order of their names, or by what they come to.

Pure, and of statuses and amounts alone: no tree and no facts are read here. What is not known of an amount is a range,
value by value of the facts that set it.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from decimal import Decimal
from functools import reduce

from ccm_policy.evaluate.money import Money, less, together, total, units_of
from ccm_policy.facts.values import UNKNOWN
from ccm_policy.language.truth import Truth


@dataclass(frozen=True, slots=True)
class Pay:
    """What something comes to if it is billed, in dollars, from `least` to `most`. None: not known; of `most` also:
    without limit."""

    least: Money
    most: Money


UNPRICED = Pay(None, None)


@dataclass(frozen=True, slots=True)
class Candidate:
    """A tier or programme that may be billed. `supported`: whether it certainly may; else it waits for facts. `pay`:
    None where the order of names decides."""

    supported: bool
    pay: Pay | None = None


@dataclass(frozen=True, slots=True)
class Place:
    """Where a candidate stands among the others, which are told by their numbers.

    `yields_to`: the supported one that is billed instead. `may_yield_to`: those that come before it if they turn out
    to be supported. `beside`: those of which nobody knows yet whether they or it come first. Billed is what is
    supported, yields to none and has none beside it.
    """

    yields_to: int | None = None
    may_yield_to: tuple[int, ...] = ()
    beside: tuple[int, ...] = ()


def places(candidates: Sequence[Candidate], *, guess: bool = False) -> tuple[Place, ...]:
    """Where each candidate stands, in the order in which they are named. `guess`: where amounts tell no order, that of
    the names stands."""
    numbers = range(len(candidates))

    def before(one: int, other: int) -> Truth:
        earlier, later = candidates[min(one, other)].pay, candidates[max(one, other)].pay
        first = True if earlier is None or later is None else comes_first(earlier, later)
        if first is UNKNOWN:
            return one < other if guess else UNKNOWN
        return first is (one < other)

    yields = {n: _winner(n, candidates, before) for n in numbers}
    return tuple(_place(n, yields, before) for n in numbers)


def _winner(number: int, candidates: Sequence[Candidate], before: Callable[[int, int], Truth]) -> int | None:
    """The first of the supported ones that certainly come before it."""
    above = [n for n, one in enumerate(candidates) if n != number and one.supported and before(n, number) is True]
    first = (n for n in above if not any(before(other, n) is True for other in above if other != n))
    return next(first, above[0] if above else None)


def _place(number: int, yields: dict[int, int | None], before: Callable[[int, int], Truth]) -> Place:
    if yields[number] is not None:
        return Place(yields[number])
    rest = [n for n, to in yields.items() if to is None and n != number]
    return Place(
        may_yield_to=tuple(n for n in rest if before(n, number) is True),
        beside=tuple(n for n in rest if before(n, number) is UNKNOWN),
    )


def comes_first(earlier: Pay, later: Pay) -> Truth:
    """Whether the one that is named earlier comes to no less, whatever the values of unknown facts turn out to be."""
    if _all(less(earlier.least, later.most), lambda difference: difference >= 0):
        return True
    return False if _all(less(later.least, earlier.most), lambda difference: difference > 0) else UNKNOWN


def _all(money: Money, holds: Callable[[Decimal], bool]) -> bool:
    if isinstance(money, dict):
        return all(_all(part, holds) for part in money.values())
    return money is not None and holds(money)


def if_billed(unit: Money, established: int, possible: int | None) -> Pay:
    """What so many units of one service come to, of which one at least is billed."""
    low = max(1, established)
    return Pay(units_of(unit, low), None if possible is None else units_of(unit, max(low, possible)))


def of_all(sure: Iterable[Pay], bases: Iterable[Pay], every: Iterable[Pay]) -> Pay:
    """What a group of services comes to. `sure`: of those that are supported; without one, some of the `bases` is
    billed. `every`: of all that may be."""
    least = [pay.least for pay in sure]
    low = total(least) if least else _least(pay.least for pay in bases)
    return Pay(low, total(pay.most for pay in every))


def _least(amounts: Iterable[Money]) -> Money:
    found = list(amounts)
    return reduce(lambda a, b: together(a, b, min), found) if found else None
