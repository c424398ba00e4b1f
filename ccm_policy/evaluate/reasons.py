"""Reasons: what a person reads about why a service stands as it does. Part of every decision.

What a reason says follows from values; what it rests on is read off traces, and only when it is read.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from datetime import date
from fractions import Fraction
from functools import partial
from typing import Any

from ccm_policy.evaluate.coverage import Covered
from ccm_policy.evaluate.later import Later, WhenRead, changed, filled_at_once, once
from ccm_policy.evaluate.ranges import Days, Picked, Range, Result
from ccm_policy.evaluate.rules import DECIDES, Judged, severity_of
from ccm_policy.evaluate.scene import Scene
from ccm_policy.evaluate.trace import Grounds, Leaf, grounds_of
from ccm_policy.facts.values import NONE, UNKNOWN, Value
from ccm_policy.language.tree import Cite, LineCheck, Preference, Rule, Where
from ccm_policy.language.truth import Truth, word

EARNS, ADDS_TO = PARTS = "its own minutes", "its base"
"""The names under which reasons speak of a service's units and of its base, which are no rules."""


@dataclass(frozen=True, slots=True)
class Definition:
    """A definition that a reason rests on."""

    name: str
    """Its name."""
    policy: str
    """The policy in which it stands."""
    edition: str
    """The month of that policy's edition, `YYYY-MM`."""
    confidence: str
    """How its text was seen: `primary`, `secondary`, `unverified`."""


@filled_at_once
@dataclass(frozen=True, kw_only=True)
class Reason:
    """One reason, in the order and with the names of a decision."""

    rule: str
    """The name of the rule, check or statement."""
    title: str
    """What it asks, in a few words."""
    policy: str
    """The policy in which it stands."""
    edition: str
    """The month of that policy's edition, `YYYY-MM`."""
    severity: str
    """`decides`, `audit_risk`, `advice`."""
    basis: str | None
    """Who speaks (`statute`, `regulation`, `guidance`, …); None: it does not say."""
    confidence: str
    """How the text was seen: `primary`, `secondary`, `unverified`."""
    outcome: str
    """`yes`, `no`, `unknown`: whether it holds."""
    applies: str
    """`yes`, `no`, `unknown`: whether it speaks of this month at all."""
    exception: str | None
    """The named exception that it holds by; None: none."""
    message: str | None
    """What is told where it does not hold; None: nothing."""
    remedy: str | None
    """What to do about it; None: it does not say."""
    cite: tuple[Cite, ...]
    """Its sources, with the place in each."""
    facts: WhenRead[tuple[Leaf, ...]] = WhenRead()
    """What decided, in the order it was read."""
    rests_on: WhenRead[tuple[Definition, ...]] = WhenRead()
    """The definitions that it reads."""

    @property
    def key(self) -> str:
        """Its policy and name; for a part of a service that is no rule, the part."""
        return self.rule if self.rule in PARTS else f"{self.policy}:{self.rule}"


def name_of(rule: Rule | LineCheck) -> str:
    """A rule by its policy and name."""
    return f"{rule.where.policy}:{rule.name}"


def left_open(reason: Reason, waits_for: tuple[str, ...]) -> Reason:
    """The reason as not known, where it would come out otherwise under a layer that may apply."""
    if not waits_for or reason.outcome == "unknown":
        return reason
    applies = "unknown" if reason.applies == "no" else reason.applies
    facts = Later(lambda: (*reason.facts, *(Leaf(path, UNKNOWN) for path in waits_for)))
    return changed(reason, outcome="unknown", applies=applies, message=None, remedy=None, facts=facts)


def of_rule(judged: Judged, scene: Scene) -> Reason:
    """What a rule says of the month."""
    rule, waiver = judged.rule, judged.waiver
    cites = rule.cites if waiver is None else (*waiver.cites, *rule.cites)
    message = waiver.because if waiver is not None else rule.otherwise if judged.truth is False else None
    return _reason(
        rule, judged.truth, lambda: judged.grounds, scene,
        severity=severity_of(rule), applies=word(judged.applies), exception=None if waiver is None else waiver.name,
        message=message or None, cites=cites,
    )  # fmt: skip


def of_line_check(check: LineCheck, truth: Truth, grounds: Callable[[], Grounds], scene: Scene) -> Reason:
    """What a claim check says of a line."""
    message = check.otherwise if truth is False else None
    return _reason(
        check, truth, grounds, scene, severity=severity_of(check), message=message or None, cites=check.cites
    )


def _reason(
    rule: Rule | LineCheck, truth: Truth, grounds: Callable[[], Grounds], scene: Scene, *, severity: str,
    message: str | None, cites: tuple[Cite, ...], applies: str = "yes", exception: str | None = None,
) -> Reason:  # fmt: skip
    remedy = rule.remedy if truth is False else None
    facts, rests_on = _grounds(scene, grounds)
    return Reason(
        rule=rule.name, title=rule.title, policy=rule.where.policy, edition=rule.where.edition,
        severity=severity, basis=rule.basis, confidence=rule.confidence,
        outcome=word(truth), applies=applies, exception=exception, message=message, remedy=remedy or None,
        cite=cites, facts=facts, rests_on=rests_on,
    )  # fmt: skip


def of_part(
    name: str, title: str, where: Where, truth: Truth, grounds: Callable[[], Grounds], scene: Scene,
    message: str | None, cites: tuple[Cite, ...] = (), basis: str | None = None, confidence: str = "primary",
    remedy: str | None = None,
) -> Reason:  # fmt: skip
    """A reason from a part of a service that is no rule: its units, its base. `grounds`: what it rests on."""
    facts, rests_on = _grounds(scene, grounds)
    return Reason(
        rule=name, title=title, policy=where.policy, edition=where.edition,
        severity=DECIDES, basis=basis, confidence=confidence,
        outcome=word(truth), applies="yes", exception=None, message=message, remedy=remedy,
        cite=cites, facts=facts, rests_on=rests_on,
    )  # fmt: skip


def of_coverage(covered: Covered, scene: Scene) -> Iterable[Reason]:
    """What each statement of coverage says of a service."""
    for at, (said, applies) in enumerate(zip(covered.said, covered.applies, strict=True)):
        message = said.otherwise or f"Coverage: {said.status}."
        silent = covered.truth is True and said.status == "covered"
        facts, rests_on = _grounds(scene, partial(_part, covered, at))
        yield Reason(
            rule=said.name, title=f"Coverage: {said.status}", policy=said.where.policy, edition=said.where.edition,
            severity=DECIDES, basis=said.basis, confidence=said.confidence,
            outcome=word(covered.truth), applies=word(applies), exception=None,
            message=None if silent else message, remedy=None,
            cite=said.cites, facts=facts, rests_on=rests_on,
        )  # fmt: skip


def _part(covered: Covered, at: int) -> Grounds:
    return grounds_of(covered.trace.parts[at])


def of_choice(preference: Preference, code: str, yields_to: str) -> Reason:
    """Yielding is a reason apart from failing (S29)."""
    return Reason(
        rule=preference.name,
        title=f"One {preference.what} of {', '.join(preference.order)}",
        policy=preference.where.policy,
        edition=preference.where.edition,
        severity=DECIDES,
        basis=preference.basis,
        confidence="primary",
        outcome="no",
        applies="yes",
        exception=None,
        message=preference.because or f"{code} yields to {yields_to}, which is preferred.",
        remedy=None,
        cite=preference.cites,
        facts=(),
        rests_on=(),
    )


def of_open_choice(preference: Preference, waits_for: Later[tuple[str, ...]], why: str | None) -> Reason:
    """That it is not known which comes to more. `why`: what is said of an amount that is not known."""
    message = f"It is not known which {preference.what} comes to more, so that none is chosen."
    return changed(
        of_choice(preference, "", ""),
        outcome="unknown",
        message=message if why is None else f"{message} Of the amount: {why}.",
        facts=Later(lambda: tuple(Leaf(path, UNKNOWN) for path in waits_for.make())),
    )


def _grounds(
    scene: Scene, grounds: Callable[[], Grounds]
) -> tuple[Later[tuple[Leaf, ...]], Later[tuple[Definition, ...]]]:
    """What a reason rests on, when it is read."""
    found = once(grounds)

    def definitions() -> tuple[Definition, ...]:
        named = [scene.definitions[name] for name in found().names]
        return tuple(Definition(d.name, d.where.policy, d.where.edition, d.confidence) for d in named)

    return Later(lambda: found().leaves), Later(definitions)


# --- values in words ---------------------------------------------------------------------------------------------


def value_text(value: Value) -> Any:
    """A fact's value in a decision: yes/no as such, numbers and dates as exact text, unknown as null."""
    if value is UNKNOWN:
        return None
    if value is NONE:
        return "none"
    if isinstance(value, (bool, str)):
        return value
    if isinstance(value, date):
        return value.isoformat()
    return sorted(value) if isinstance(value, frozenset) else number_text(value)


def number_text(number: Fraction) -> str:
    """An exact number: a decimal where it has an end, else a whole number and a fraction (`12 6/7`)."""
    whole, rest = divmod(number.numerator, number.denominator)
    if rest == 0:
        return str(whole)
    places = next((n for n in range(1, 13) if 10**n % number.denominator == 0), None)
    if places is None:
        return f"{whole} {rest}/{number.denominator}" if whole else f"{rest}/{number.denominator}"
    digits = str(abs(number) * 10**places).rjust(places + 1, "0")
    return f"{'-' if number < 0 else ''}{digits[:-places]}.{digits[-places:]}"


def result_text(result: Result) -> str:
    """A value in words, for explanations: a range says its ends."""
    if isinstance(result, bool):
        return word(result)
    if isinstance(result, Range):
        if result.settled and result.low is not None:
            return number_text(result.low)
        low = "any number" if result.low is None else number_text(result.low)
        high = "no limit" if result.high is None else number_text(result.high)
        return f"{low} to {high}"
    if isinstance(result, Days):
        low, high = _day_text(result.low), _day_text(result.high)
        return low if result.settled else f"{low} to {high}"
    if isinstance(result, Picked):
        names = [record.path for record in result.candidates] + (["none"] if result.may_be_none else [])
        return " or ".join(names)
    if isinstance(result, frozenset):
        return ", ".join(sorted(result)) or "nothing"
    return "unknown" if result is UNKNOWN else "none" if result is NONE else str(result)


def _day_text(day: date) -> str:
    return "never" if day == date.max else "before all days" if day == date.min else day.isoformat()
