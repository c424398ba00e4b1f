"""What is missing and what is near: facts that would decide (S27), and services short by a few minutes."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from fractions import Fraction

from ccm_policy.evaluate.amounts import Amounts
from ccm_policy.evaluate.choice import NEEDS_INFORMATION, SUPPORTED
from ccm_policy.evaluate.expressions import full_multiples
from ccm_policy.evaluate.money import NOTHING, Money, any_above
from ccm_policy.evaluate.ranges import ZERO, as_number, exactly
from ccm_policy.evaluate.reasons import number_text
from ccm_policy.evaluate.scene import Scene
from ccm_policy.evaluate.services import Outcome, died_on
from ccm_policy.evaluate.stages import Evaluated
from ccm_policy.evaluate.trace import missing
from ccm_policy.facts.values import UNKNOWN
from ccm_policy.language import tree

MINUTE = "minute"


@dataclass(frozen=True, slots=True)
class MissingFact:
    """A fact that would decide."""

    fact: str
    """Its name."""
    services: tuple[str, ...]
    """Codes of the services that it would decide."""
    worth: Money
    """Dollars that they would add to the total; a mapping by the values of an unknown fact that sets it; None: there is
    no price."""


@dataclass(frozen=True, slots=True)
class Shortage:
    """By how much a quantity falls short of the next unit."""

    amount: Fraction
    """What is lacking from what is established."""
    needed: Fraction
    """What the next unit needs."""
    unit: str
    """Of what, as `minute`."""
    of: str
    """The name of the quantity."""
    most: Fraction | None
    """How far it got if all counts that may; None: there is no limit to it."""

    def __str__(self) -> str:
        """`15 minutes of staff_minutes`; of a quantity that is a range, `0 to 15 minutes of …`."""
        least = ZERO if self.most is None else max(ZERO, self.needed - self.most)
        plural = "" if self.amount == least == 1 else "s"
        return f"{_between(least, self.amount)} {self.unit}{plural} of {self.of}"

    @property
    def reached(self) -> str:
        """How far it got: `21 of 40 minutes`; where some may not count, `0 to 30 of 30 minutes`."""
        established = self.needed - self.amount
        told = f"{number_text(established)} or more" if self.most is None else _between(established, self.most)
        return f"{told} of {number_text(self.needed)} {self.unit}s"


def _between(low: Fraction, high: Fraction) -> str:
    return number_text(low) if low >= high else f"{number_text(low)} to {number_text(high)}"


@dataclass(frozen=True, slots=True)
class WithinReach:
    """A service, or one more unit of it, that a few more minutes would earn, all else being in order."""

    service: str
    """Its code."""
    short: Shortage
    """By how much."""
    worth: Money
    """Dollars that it would add; a mapping by the values of an unknown fact that sets it; None: there is no price."""


def missing_of(month: Evaluated, code: str) -> tuple[str, ...]:
    """The facts that would decide a service; none for one that is decided (S24). Where it is not known which of several
    comes to more, those that would tell."""
    standing = month.chosen[code]
    if standing.status != NEEDS_INFORMATION:
        return ()
    found = list(_waits(month, code))
    for other in standing.among:
        found += _waits(month, other)
        found += month.worths[other].asks
        found += month.outcomes[other].units_wait_for
    return tuple(dict.fromkeys(found))


def _waits(month: Evaluated, code: str) -> Iterator[str]:
    yield from month.undecided_layers.get(code, ())
    yield from month.outcomes[code].waits_for
    yield from (leaf.path for leaf in missing(month.coverage[code].trace))


def units_depend_on(month: Evaluated, code: str) -> tuple[str, ...]:
    """The facts on which further units of a supported service depend (S25)."""
    if month.chosen[code].status != SUPPORTED or month.outcomes[code].units.settled:
        return ()
    return month.outcomes[code].units_wait_for


def missing_facts(month: Evaluated, amounts: Amounts, waiting: tuple[str, ...] = ()) -> tuple[MissingFact, ...]:
    """Every fact that would decide some service, in the order of the services that ask for it. `waiting`: those that
    tell first of all whether a policy speaks for the payer."""
    asked: dict[str, list[str]] = {fact: [] for fact in waiting}
    for code in month.chosen:
        for fact in missing_of(month, code):
            asked.setdefault(fact, []).append(code)
    return tuple(
        MissingFact(fact, tuple(codes), amounts.gain({code: amounts.hoped_units(code) for code in codes}))
        for fact, codes in asked.items()
    )


# --- within reach ------------------------------------------------------------------------------------------------


def within_reach(month: Evaluated, amounts: Amounts, reach: Fraction) -> Iterator[WithinReach]:
    """Services whose other deciding rules all hold and whose minutes are short by at most `reach`, where that pays.

    Nothing is within reach of a patient who died: no minutes are added.
    """
    if died_on(month.scene) is not None:
        return
    for code, outcome in month.outcomes.items():
        if not _may_be_billed(month, code, outcome):
            continue
        short = shortage(outcome, month.scene)
        if short is None or short.amount > reach or not _rules_hold(outcome):
            continue
        worth = amounts.gain({code: amounts.units(code) + outcome.service.earning.units})
        if worth is None or any_above(worth, NOTHING):
            yield WithinReach(code, short, worth)


def _rules_hold(outcome: Outcome) -> bool:
    return outcome.own is True or not any(judged.rule.decides for judged in outcome.coming_out(False, UNKNOWN))


def _may_be_billed(month: Evaluated, code: str, outcome: Outcome) -> bool:
    base = outcome.base in (None, True)
    covered = month.coverage[code]
    decided = covered.truth is True and covered.established and not month.undecided_layers.get(code)
    return base and decided


def shortage(outcome: Outcome, scene: Scene) -> Shortage | None:
    """How many established minutes are wanting for the next unit; None where minutes are not what is wanting."""
    earning = outcome.service.earning
    if earning.at_most is not None and (outcome.units.low or ZERO) >= earning.at_most:
        return None
    if earning.step is not None and earning.amount is not None:
        return _short_of_step(earning, scene)
    if earning.when is None or earning.each_of:
        return None
    return _short_of_condition(earning.when, scene)


def _short_of_step(earning: tree.Earning, scene: Scene) -> Shortage | None:
    assert earning.step is not None and earning.amount is not None
    if not _in_minutes(earning.amount):
        return None
    amount, step = as_number(scene.value(earning.amount)), as_number(scene.value(earning.step))
    beyond = ZERO if earning.beyond is None else as_number(scene.value(earning.beyond)).low or ZERO
    have, size = amount.low, step.low
    if have is None or size is None:
        return None
    done = full_multiples(exactly(size), exactly(have - beyond)).low or ZERO
    needed = beyond + size * (done + 1)
    return Shortage(needed - have, needed, MINUTE, _name(earning.amount), amount.high)


def _short_of_condition(when: tree.Node, scene: Scene) -> Shortage | None:
    """Every part of the condition that does not hold yet must be a comparison of minutes."""
    if scene.truth(when) is True:
        return None
    if isinstance(when, tree.And):
        shorts = [_short_of_condition(part, scene) for part in when.operands if scene.truth(part) is not True]
        known = [short for short in shorts if short is not None]
        return max(known, key=lambda short: short.amount) if len(known) == len(shorts) else None
    if not isinstance(when, tree.AtMost) or not _in_minutes(when.right):
        return None
    needed, counted = as_number(scene.value(when.left)).high, as_number(scene.value(when.right))
    if needed is None or counted.low is None:
        return None
    return Shortage(needed - counted.low, needed, MINUTE, _name(when.right), counted.high)


def _in_minutes(node: tree.Node) -> bool:
    return node.type.unit == MINUTE


def _name(node: tree.Node) -> str:
    """What a quantity is called: its definition, or the fact."""
    if isinstance(node, tree.Defined):
        return node.name
    return node.path if isinstance(node, tree.Fact) else "the minutes"
