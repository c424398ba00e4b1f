"""What can still be done of one patient-month: minutes to work, facts to record or to check, rules to mend, lines to
add to the claim. A pure function of its decision and of what is known about it besides."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date
from decimal import ROUND_HALF_UP, Decimal
from fractions import Fraction

from ccm_policy.evaluate.glance import not_holding
from ccm_policy.evaluate.reasons import EARNS
from ccm_policy.evaluate.rules import DECIDES
from ccm_policy.report.words import Decided, Dollars, at_hand, blocking, dollars, gathered, supported, total

MINUTES, RECORD, CHECK, MEND, BOTH = "minutes", "record", "check", "mend", "mend_then_minutes"
CLAIM, HELD, RISK = "claim", "held", "audit_risk"
"""Kinds of things to do: work more minutes; record a fact; look up how something stands; mend what a rule finds wrong;
both one after the other; add to the claim; settle what the practice's own rule holds; mend what auditors ask about."""
WORK, LATE = "work", "late"
"""How a rule can be mended: by work, or (`LATE`) no longer; else it is a thing to `CHECK`."""
_SHORT = re.compile(r"(?:[\d. /]+ to )?([\d. /]+?) (\w+?)s? of (.+)")
_CENT = Decimal("0.01")


@dataclass(frozen=True, slots=True, kw_only=True)
class Item:
    """One thing to do for one patient. `who` is None where nobody is named; `by`: the last day on which it still
    counts, None where it only must be done before the bill; `asks`, `checks`: facts to record, and to look up;
    `minutes`: those to work, at most; `worth`: what it would bring or let go, or, of an audit risk, what is at stake;
    None where there is no price."""

    patient: str
    month: str
    practitioner: str | None
    who: str | None
    kind: str
    what: str
    services: tuple[str, ...]
    worth: Dollars | None
    by: date | None = None
    minutes: Fraction | None = None
    asks: tuple[str, ...] = ()
    checks: tuple[str, ...] = ()

    @property
    def key(self) -> tuple[str, str, str | None]:
        """Whose month it is about."""
        return self.patient, self.month, self.practitioner

    @property
    def brings(self) -> Dollars | None:
        """What it adds to the month: dollars at stake are billed already."""
        return Dollars() if self.kind == RISK else self.worth

    @property
    def rate(self) -> Decimal | None:
        """Dollars a minute, at least; None where no minutes are worked or there is no price."""
        if self.minutes is None or self.worth is None:
            return None
        exact = Fraction(self.worth.low) / self.minutes
        return (Decimal(exact.numerator) / Decimal(exact.denominator)).quantize(_CENT, ROUND_HALF_UP)


@dataclass(frozen=True, slots=True, kw_only=True)
class About:
    """What a decision does not say of its patient-month.

    `last_day`: until when minutes of a service, and so many, still count, what else stands against it being mended;
    None: they no longer do. `short`: how many minutes a service lacks for its next unit, if few. `mended`: how a rule
    that a service fails can be mended (`WORK`, `CHECK`, `LATE`); None: it cannot. `gain`: what a service that a rule
    stands against would add. `work`: whether a fact is work, or is looked up. `at_most`: what comes of services
    whose minutes nobody knows, which is no more than a unit of each; None: their minutes are known.
    """

    who: str | None
    last_day: Callable[[str, Fraction], date | None]
    short: Callable[[str], str | None]
    mended: Callable[[str, str], str | None]
    gain: Callable[[str], Dollars | None]
    work: Callable[[str], bool]
    at_most: Callable[[Sequence[str]], Dollars | None] = lambda services: None


def items_of(decision: Decided, about: About) -> Iterator[Item]:
    """Everything that can still be done, and is worth something or has no price."""
    found = (
        *_minutes(decision, about),
        *_recording(decision, about),
        *_mending(decision, about),
        *_mending_then_minutes(decision, about),
        *_held(decision, about),
        *_claim(decision, about),
        *_risks(decision, about),
    )
    yield from (item for item in found if item.worth is None or item.worth.high > 0)


def _item(
    decision: Decided, about: About, kind: str, what: str, services: Iterable[str], worth: Dollars | None
) -> Item:
    return Item(
        patient=decision["patient_id"],
        month=decision["service_month"],
        practitioner=decision["practitioner_id"],
        who=None if kind == CHECK else about.who,
        kind=kind,
        what=what,
        services=tuple(services),
        worth=worth,
    )


# --- minutes -----------------------------------------------------------------------------------------------------


def _minutes(decision: Decided, about: About) -> Iterator[Item]:
    """Minutes to work. Of services that the same minutes would earn one is told first, which comes to most."""
    groups: dict[str, list[tuple[str, Dollars | None]]] = {}
    for near in decision["within_reach"]:
        groups.setdefault(near["short"], []).append((near["service"], dollars(near["worth"])))
    for short, earned in groups.items():
        earned.sort(key=lambda each: -(each[1] or Dollars()).low)
        minutes, more = _wanting(short)
        if minutes is None:
            continue
        possible = [(code, worth, day) for code, worth in earned if (day := about.last_day(code, minutes)) is not None]
        if possible:
            code, worth, day = possible[0]
            others = f" (or {', '.join(c for c, _, _ in possible[1:])})" if possible[1:] else ""
            what = f"{more}: {code} x {_units(decision, code)}{others}"
            item = _item(decision, about, MINUTES, what, [c for c, _, _ in possible], worth)
            yield replace(item, minutes=minutes, by=day)


def _wanting(short: str) -> tuple[Fraction | None, str]:
    """The minutes of a shortage as it is told, and how they are asked for: `3 more staff minutes`."""
    found = _SHORT.fullmatch(short)
    if found is None:
        return None, ""
    minutes = sum((Fraction(part) for part in found[1].split()), Fraction(0))
    return minutes, f"{found[1]} more {_counted(found[2], found[3], minutes)}"


def _counted(unit: str, quantity: str, amount: Fraction) -> str:
    """`staff minutes`, or `minutes of care`."""
    words = quantity.replace("_", " ")
    if words.endswith(f"{unit}s"):
        return words if amount != 1 else words.removesuffix("s")
    return f"{unit}{'' if amount == 1 else 's'} of {words}"


def _units(decision: Decided, code: str) -> int:
    """The units of the service that there would be."""
    service = decision["services"][code]
    return int(service["units"]) + 1 if service["status"] == "supported" else 1


# --- facts -------------------------------------------------------------------------------------------------------


def _recording(decision: Decided, about: About) -> Iterator[Item]:
    waits: dict[tuple[str, ...], list[tuple[str, Dollars | None]]] = {}
    for lacking in decision["missing"]:
        waits.setdefault(tuple(lacking["services"]), []).append((lacking["fact"], dollars(lacking["worth"])))
    for services, found in waits.items():
        asks = tuple(fact for fact, _ in found if about.work(fact))
        checks = tuple(fact for fact, _ in found if fact not in asks)
        what = recording(asks, checks, services)
        worth, most = found[0][1], about.at_most(services)
        worth = most if worth and most and most.high < worth.high else worth
        item = _item(decision, about, RECORD if asks else CHECK, what, services, worth)
        yield replace(item, asks=asks, checks=checks)


def recording(asks: Sequence[str], checks: Sequence[str], services: Sequence[str]) -> str:
    """What is asked of somebody who records facts, or looks them up."""
    parts = [f"record {', '.join(gathered(asks))}"] if asks else []
    parts += [f"check {', '.join(gathered(checks))}"] if checks else []
    return f"{'; '.join(parts)}: {', '.join(services) or 'the month'} waits"


# --- rules -------------------------------------------------------------------------------------------------------


def _mending(decision: Decided, about: About) -> Iterator[Item]:
    """Services against which only requirements stand that say what to do; services with the same ones are one thing."""
    found: dict[tuple[str, tuple[str, ...]], list[str]] = {}
    for code, service in at_hand(decision):
        against = list(blocking(service))
        if against and len(_standing(service)) == len(against) and (kind := _kind(code, against, about)):
            found.setdefault((kind, _said(against)), []).append(code)
    for (kind, said), codes in found.items():
        what = f"for {', '.join(codes)}: {' '.join(said)}"
        yield _item(decision, about, kind, what, codes, _gain(codes, about))


def _mending_then_minutes(decision: Decided, about: About) -> Iterator[Item]:
    """Services that want a few minutes as well as what is to be mended: neither by itself would bring them."""
    found: dict[tuple[tuple[str, ...], str], list[str]] = {}
    for code, service in decision["services"].items():
        against = list(blocking(service)) if service["own_outcome"] == "no" else []
        wanting = [reason for reason in _standing(service) if reason["rule"] == EARNS] if against else []
        if wanting and len(_standing(service)) == len(against) + len(wanting):
            short = about.short(code)
            if short is not None and _kind(code, against, about) == MEND:
                found.setdefault((_said(against), short), []).append(code)
    for (said, short), codes in found.items():
        minutes, more = _wanting(short)
        worth = _gain(codes, about)
        if minutes is None or (worth is not None and worth.high <= 0):
            continue
        days = [day for code in codes if (day := about.last_day(code, minutes)) is not None]
        if days:
            what = f"for {', '.join(codes)}: {' '.join(said)} Then {more}."
            item = _item(decision, about, BOTH, what, codes, worth)
            yield replace(item, minutes=minutes, by=max(days))


def _standing(service: Mapping[str, object]) -> list[Mapping[str, object]]:
    """All that stands against a service by itself: rules, and wants of minutes, of a base, of insurance."""
    return [r for r in not_holding(service) if r["outcome"] == "no" and r["severity"] == DECIDES]


def _kind(code: str, against: Sequence[Mapping[str, object]], about: About) -> str | None:
    """Whether rules can all be mended, and whether by work or by looking something up; None: they cannot."""
    kinds = [about.mended(code, str(rule["rule"])) for rule in against]
    if None in kinds or LATE in kinds:
        return None
    return MEND if WORK in kinds else CHECK


def _said(rules: Iterable[Mapping[str, object]]) -> tuple[str, ...]:
    return tuple(dict.fromkeys(_sentence(rule["message"] or rule["title"], rule["remedy"]) for rule in rules))


def _sentence(message: object, remedy: object) -> str:
    said = str(message) if str(message).endswith(".") else f"{message}."
    return f"{said} {remedy}" if remedy else said


def _gain(codes: Iterable[str], about: About) -> Dollars | None:
    gains = [gain for code in codes if (gain := about.gain(code)) is not None]
    return max(gains, key=lambda gain: gain.high) if gains else None


# --- what is supported -------------------------------------------------------------------------------------------


def _held(decision: Decided, about: About) -> Iterator[Item]:
    for code, service in supported(decision):
        if (rule := service["held"]) is not None:
            said = _sentence(rule["message"] or rule["title"], rule["remedy"])
            what = f"{code} x {service['units']} is held by the practice's own rule: {said}"
            yield _item(decision, about, HELD, what, [code], dollars(service["allowed"]))


def _claim(decision: Decided, about: About) -> Iterator[Item]:
    for bill in (decision["claim"] or {"missing_lines": ()})["missing_lines"]:
        what = f"the claim leaves out {bill['code']} x {bill['units']}: add the line"
        yield _item(decision, about, CLAIM, what, [bill["code"]], dollars(bill["allowed"]))


def _risks(decision: Decided, about: About) -> Iterator[Item]:
    """What auditors ask about, of services that are billed, while it can still be mended."""
    billed = dict(supported(decision))
    found: dict[str, dict[str, None]] = {}
    for risk in decision["audit_risks"]:
        codes = [code for code in risk["services"] if code in billed]
        if any(about.mended(code, risk["rule"]) not in (None, LATE) for code in codes):
            found.setdefault(_sentence(risk["message"] or risk["title"], risk["remedy"]), {}).update(
                dict.fromkeys(codes)
            )
    for said, services in found.items():
        amounts = [billed[code]["allowed"] for code in services]
        worth = None if all(amount is None for amount in amounts) else total(amounts)
        yield _item(decision, about, RISK, f"before {', '.join(services)} goes out: {said}", services, worth)
