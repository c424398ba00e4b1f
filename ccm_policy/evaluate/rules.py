"""Whether a rule holds: its conditions, its named exceptions, and whether it applies at all (S20 to S23)."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date

from ccm_policy.evaluate import ranges
from ccm_policy.evaluate.expressions import combined, truth_of
from ccm_policy.evaluate.later import Later, WhenRead
from ccm_policy.evaluate.ranges import Days, on_day
from ccm_policy.evaluate.scene import Bound, Scene
from ccm_policy.evaluate.trace import Grounds, Trace, grounds_of
from ccm_policy.language.tree import LineCheck, Node, Rule, Waiver
from ccm_policy.language.truth import Truth, conjunction, disjunction, negation

DECIDES, AUDIT_RISK = "decides", "audit_risk"


@dataclass(frozen=True)
class Judged:
    """A rule's outcome. `applies`: whether its `when` holds; a rule that does not apply counts as holding.

    `waiver` is the exception that it holds by, the first in the text, where it would not hold by itself.
    """

    rule: Rule
    truth: Truth
    applies: WhenRead[Truth] = WhenRead()
    waiver: WhenRead[Waiver | None] = WhenRead()
    trace: WhenRead[Trace] = WhenRead()

    @property
    def grounds(self) -> Grounds:
        """What it rests on."""
        return grounds_of(self.trace)


def judge(rule: Rule, scene: Scene) -> Judged:
    """Evaluate a rule once for the month, for all services that it is for."""
    required = all_hold(rule.conditions, scene, ())
    waivers = tuple(_waived(waiver, scene) for waiver in rule.waivers)
    ways = [required, *waivers]
    applies: Truth = True
    if rule.when is not None:
        when = scene.evaluate(rule.when)
        applies = truth_of(when)
        ways.append(Trace(None, negation(applies), (when,), label="when"))
    truth = disjunction(truth_of(way) for way in ways)
    by = next((w for w, trace in zip(rule.waivers, waivers, strict=True) if truth_of(trace) is True), None)
    return Judged(rule, truth, applies, None if truth_of(required) is True else by, _trace(truth, tuple(ways)))


def flags(rule: Rule, truth: Truth) -> bool:
    """Whether a rule that comes out so is told as an audit risk."""
    return truth is False and severity_of(rule) == AUDIT_RISK


def severity_of(rule: Rule | LineCheck) -> str:
    """What a rule or check does: one that says it decides and rests on unverified ground alone only flags."""
    return rule.severity if rule.severity != DECIDES or rule.decides else AUDIT_RISK


def all_hold(conditions: Iterable[Node], scene: Scene, bound: Bound) -> Trace:
    """All `require` lines of a rule or check together."""
    parts = tuple(scene.evaluate(condition, bound) for condition in conditions)
    return combined(None, conjunction(truth_of(part) for part in parts), parts, "require")


def _waived(waiver: Waiver, scene: Scene) -> Trace:
    part = scene.evaluate(waiver.when)
    return Trace(None, part.value, (part,), label=waiver.name)


def _trace(truth: Truth, ways: tuple[Trace, ...]) -> Trace:
    """What decided a rule that holds is the first way in which it does; else all ways that are as it is."""
    if truth is True:
        return Trace(None, True, ways, next((way,) for way in ways if truth_of(way) is True))
    return combined(None, truth, ways)


def on_service_day(judged: Judged, served: Days) -> Judged:
    """The rule as it stands for a service dated so: outside its own first and last day it does not apply (L23)."""
    rule = judged.rule
    if rule.from_day is None and rule.until_day is None:
        return judged
    in_force = within_days(rule.from_day, rule.until_day, served)
    if in_force is True:
        return judged
    truth = disjunction((judged.truth, negation(in_force)))
    return Judged(rule, truth, conjunction((judged.applies, in_force)), judged.waiver, Later(lambda: judged.trace))


def within_days(first: date | None, last: date | None, day: Days) -> Truth:
    """Whether a day lies in the days from `first` to `last`, either of which may be open."""
    return conjunction(
        (
            True if first is None else ranges.at_most(on_day(first), day),
            True if last is None else ranges.at_most(day, on_day(last)),
        )
    )
