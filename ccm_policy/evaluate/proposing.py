"""The date of service that is proposed for a service where no claim says (D28)."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from fractions import Fraction

from ccm_policy.evaluate.later import made_once
from ccm_policy.evaluate.ranges import ZERO, Days, as_days, as_number
from ccm_policy.evaluate.scene import Scene
from ccm_policy.evaluate.services import Outcome, last_day, lived_in_the_month, served_on
from ccm_policy.facts.values import UNKNOWN, Value
from ccm_policy.language import tree


@dataclass(frozen=True)
class Proposing:
    """The days of a patient-month on which services are proposed to be dated."""

    scene: Scene

    def days(self, outcome: Outcome) -> tuple[date, ...]:
        """The day by which a service is priced; the first and the last that it may be while that is not known; none for
        a patient who died before the month."""
        if not self._lived:
            return ()
        served = self.proposed(outcome)
        return (served.low,) if served.settled else (served.low, served.high)

    def proposed(self, outcome: Outcome) -> Days:
        """The day on which a service is proposed to be dated.

        It is the day by which its rules are read, but for two things: that it is not known up to which day the facts
        are complete proposes no other day than if they were; and where they are complete up to a day of the month, a
        service that is earned later, or that has a day of its own, is dated when it is earned, or on its own day.
        """
        known, scene = self._known, self.scene
        dated = outcome.service.dated is not None
        whole = served_on(outcome.service, scene, (tree.END_OF_MONTH,)) if dated else self._last
        if known is UNKNOWN or dated:
            return whole
        if not isinstance(known, date) or not scene.first_day <= known < scene.last_day:
            return outcome.served
        days = [as_days(scene.value(node)) for node in _reached(outcome, scene)]
        earned = Days(max((d.low for d in days), default=known), max((d.high for d in days), default=known))
        if earned.low > whole.high:
            return outcome.served
        low, high = max(outcome.served.low, earned.low), max(outcome.served.high, earned.high)
        return Days(min(low, whole.high), min(high, whole.high))

    @made_once
    def _known(self) -> Value:
        return self.scene.marked(tree.END_OF_RECORD).value

    @made_once
    def _last(self) -> Days:
        return last_day(self.scene, (tree.END_OF_MONTH,))

    @made_once
    def _lived(self) -> bool:
        return lived_in_the_month(self.scene)


def _reached(outcome: Outcome, scene: Scene) -> Iterator[tree.Reaches]:
    """The days on which the sums that earn its units reach what they need."""
    earning = outcome.service.earning
    if earning.step is not None and earning.amount is not None:
        total, step = _sum(earning.amount, scene), as_number(scene.value(earning.step)).low or ZERO
        beyond = ZERO if earning.beyond is None else as_number(scene.value(earning.beyond)).low or ZERO
        if total is not None:
            times = max(1, int(outcome.units.low or 0) // earning.units)
            yield _on(total, beyond + step * times)
        return
    conditions = earning.when.operands if isinstance(earning.when, tree.And) else (earning.when,)
    for condition in conditions:
        if isinstance(condition, tree.AtMost) and (total := _sum(condition.right, scene)) is not None:
            yield _on(total, as_number(scene.value(condition.left)).low or ZERO)


def _sum(node: tree.Node, scene: Scene) -> tree.Sum | None:
    """The sum that an amount is, by itself or by its definition."""
    if isinstance(node, tree.Defined):
        node = scene.definitions[node.name].value
    return node if isinstance(node, tree.Sum) else None


_asked: dict[tuple[int, Fraction], tree.Reaches] = {}
KEPT = 10_000


def _on(total: tree.Sum, amount: Fraction) -> tree.Reaches:
    """The day on which a sum reaches an amount; one expression for all months that ask for it."""
    found = _asked.get((id(total), amount))
    if found is None:
        if len(_asked) >= KEPT:
            _asked.clear()
        written = Decimal(amount.numerator) / Decimal(amount.denominator)
        found = _asked[id(total), amount] = tree.Reaches(total, tree.Const(written, total.type), tree.DATE)
    return found
