"""Who needs what by when: of each decision the things that can still be done, gathered and put in order. Pure functions
of decisions, opened."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date
from decimal import ROUND_HALF_UP, Decimal
from fractions import Fraction

from ccm_policy.evaluate.rules import DECIDES
from ccm_policy.report.words import (
    Decided,
    Dollars,
    added,
    at_hand,
    blocking,
    dollars,
    gathered,
    supported,
)

MINUTES, RECORD, MEND, CLAIM, HELD = "minutes", "record", "mend", "claim", "held"
"""Kinds of things to do: work more minutes, record a fact, mend what a rule finds wrong, add to the claim, settle what
the practice's own rule holds."""
_SHORT = re.compile(r"(?:[\d. /]+ to )?([\d. /]+?) (\w+?)s? of (.+)")
_INDEX = re.compile(r"\[\d+\]")
_CENT = Decimal("0.01")


@dataclass(frozen=True, slots=True, kw_only=True)
class Item:
    """One thing to do for one patient. `who` is None where nobody is named; `by`: the last day on which it still
    counts, None where it only must be done before the bill; `asks`: facts to record; `minutes`: those to work, at
    most; `worth`: what it would bring or let go, None where there is no price."""

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

    @property
    def key(self) -> tuple[str, str, str | None]:
        """Whose month it is about."""
        return self.patient, self.month, self.practitioner

    @property
    def rate(self) -> Decimal | None:
        """Dollars a minute, at least; None where no minutes are worked or there is no price."""
        if self.minutes is None or self.worth is None:
            return None
        exact = Fraction(self.worth.low) / self.minutes
        return (Decimal(exact.numerator) / Decimal(exact.denominator)).quantize(_CENT, ROUND_HALF_UP)


@dataclass(frozen=True, slots=True)
class Ask:
    """A question that is asked once for many patients. `attested`: of its facts, those for which a practice's own
    policy may vouch, by the name under which it does; `recorded`: those that only the record can tell."""

    facts: tuple[str, ...]
    patient_months: int
    worth: Dollars
    attested: tuple[str, ...]
    recorded: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Worklist:
    """All of it. `worth` counts the best thing of each patient-month, since two may earn the same dollars; `unpriced`:
    patient-months of which nothing has a price, and which are not in it."""

    asks: tuple[Ask, ...]
    items: tuple[Item, ...]
    worth: Dollars
    unpriced: int


@dataclass(frozen=True, slots=True, kw_only=True)
class About:
    """What a decision does not say of its patient-month. `last_day`: until when minutes of a service, and so many,
    still count; None: they no longer do. `required`: the rules that ask for something, which can be mended; the others
    exclude. `gain`: what a service that a rule stands against would add."""

    who: str | None
    last_day: Callable[[str, Fraction], date | None]
    required: frozenset[str]
    gain: Callable[[str], Dollars | None]


# --- one patient-month -------------------------------------------------------------------------------------------


def items_of(decision: Decided, about: About) -> Iterator[Item]:
    """Everything that can still be done, and is worth something or has no price."""
    for item in (*_minutes(decision, about), *_rest(decision, about)):
        if item.worth is None or item.worth.high > 0:
            yield item


def _item(
    decision: Decided, about: About, kind: str, what: str, services: Iterable[str], worth: Dollars | None
) -> Item:
    return Item(
        patient=decision["patient_id"],
        month=decision["service_month"],
        practitioner=decision["practitioner_id"],
        who=about.who,
        kind=kind,
        what=what,
        services=tuple(services),
        worth=worth,
    )


def _minutes(decision: Decided, about: About) -> Iterator[Item]:
    """Minutes to work. Of services that the same minutes would earn one is told first, which comes to most."""
    groups: dict[str, list[tuple[str, Dollars | None]]] = {}
    for near in decision["within_reach"]:
        groups.setdefault(near["short"], []).append((near["service"], dollars(near["worth"])))
    for short, earned in groups.items():
        earned.sort(key=lambda each: -(each[1] or Dollars()).low)
        found = _SHORT.fullmatch(short)
        if found is None:
            continue
        minutes = sum((Fraction(part) for part in found[1].split()), Fraction(0))
        possible = [(code, worth, day) for code, worth in earned if (day := about.last_day(code, minutes)) is not None]
        if possible:
            code, worth, day = possible[0]
            others = f" (or {', '.join(c for c, _, _ in possible[1:])})" if possible[1:] else ""
            what = f"{found[1]} more {_counted(found[2], found[3], minutes)}: {code} x {_units(decision, code)}{others}"
            item = _item(decision, about, MINUTES, what, [c for c, _, _ in possible], worth)
            yield replace(item, minutes=minutes, by=day)


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


def _rest(decision: Decided, about: About) -> Iterator[Item]:
    waits: dict[tuple[str, ...], list[tuple[str, Dollars | None]]] = {}
    for lacking in decision["missing"]:
        waits.setdefault(tuple(lacking["services"]), []).append((lacking["fact"], dollars(lacking["worth"])))
    for services, found in waits.items():
        facts = [fact for fact, _ in found]
        item = _item(decision, about, RECORD, recording(facts, services), services, found[0][1])
        yield replace(item, asks=tuple(facts))
    yield from _mending(decision, about)
    for code, service in supported(decision):
        if (rule := service["held"]) is not None:
            said = _sentence(rule["message"] or rule["title"], rule["remedy"])
            what = f"{code} x {service['units']} is held by the practice's own rule: {said}"
            yield _item(decision, about, HELD, what, [code], dollars(service["allowed"]))
    for bill in (decision["claim"] or {"missing_lines": ()})["missing_lines"]:
        what = f"the claim leaves out {bill['code']} x {bill['units']}: add the line"
        yield _item(decision, about, CLAIM, what, [bill["code"]], dollars(bill["allowed"]))


def _mending(decision: Decided, about: About) -> Iterator[Item]:
    """Services against which only requirements stand that say what to do; services with the same ones are one thing."""
    found: dict[tuple[str, ...], list[str]] = {}
    for code, service in at_hand(decision):
        against = list(blocking(service))
        mended = all(rule["remedy"] and rule["rule"] in about.required for rule in against)
        if against and mended and _nothing_else(service):
            said = tuple(dict.fromkeys(_sentence(rule["message"] or rule["title"], rule["remedy"]) for rule in against))
            found.setdefault(said, []).append(code)
    for said, codes in found.items():
        gains = [gain for code in codes if (gain := about.gain(code)) is not None]
        what = f"for {', '.join(codes)}: {' '.join(said)}"
        yield _item(decision, about, MEND, what, codes, max(gains, key=lambda g: g.high) if gains else None)


def _nothing_else(service: Mapping[str, object]) -> bool:
    """Whether rules alone stand against it: no minutes are wanting, no base, no insurance."""
    reasons = service["reasons"]
    assert isinstance(reasons, list)
    against = [r for r in reasons if r["outcome"] == "no" and r["severity"] == DECIDES]
    return len(against) == sum(1 for _ in blocking(service))


def _sentence(message: str, remedy: str | None) -> str:
    said = message if message.endswith(".") else f"{message}."
    return f"{said} {remedy}" if remedy else said


def recording(facts: Sequence[str], services: Sequence[str]) -> str:
    """What is asked of somebody who records facts."""
    return f"record {', '.join(gathered(facts))}: {', '.join(services) or 'the payer'} waits"


# --- all of them ---------------------------------------------------------------------------------------------------


def worklist(items: Iterable[Item], together: int, attestable: Mapping[str, str]) -> Worklist:
    """Things in order: what so many patient-months wait for alike is asked once. `attestable`: what a practice may
    vouch for, under every name of it."""
    every = list(items)
    patients: dict[str, dict[tuple[str, str, str | None], Dollars]] = {}
    for item in every:
        for fact in item.asks:
            told = patients.setdefault(_INDEX.sub("", fact), {})
            told[item.key] = max(told.get(item.key, Dollars()), item.worth or Dollars(), key=lambda w: w.high)
    once = {fact: told for fact, told in patients.items() if len(told) >= together}
    kept = [left for item in every if (left := _without(item, once)) is not None]
    unpriced = {item.key for item in every} - {item.key for item in every if item.worth is not None}
    return Worklist(tuple(_asks(once, attestable)), tuple(sorted(kept, key=_order)), best(every), len(unpriced))


def _without(item: Item, once: Mapping[str, object]) -> Item | None:
    left = tuple(fact for fact in item.asks if _INDEX.sub("", fact) not in once)
    if item.asks == left:
        return item
    return replace(item, asks=left, what=recording(left, item.services)) if left else None


def _asks(
    once: Mapping[str, Mapping[tuple[str, str, str | None], Dollars]], attestable: Mapping[str, str]
) -> Iterator[Ask]:
    """Facts for which the same patients wait are one question."""
    groups: dict[frozenset[object], list[str]] = {}
    for fact, told in once.items():
        groups.setdefault(frozenset(told), []).append(fact)
    found = []
    for facts in groups.values():
        worths = [max((once[f][key] for f in facts), key=lambda w: w.high) for key in once[facts[0]]]
        named = tuple(dict.fromkeys(attestable[f] for f in facts if f in attestable))
        recorded = tuple(fact for fact in facts if fact not in attestable)
        found.append(Ask(tuple(facts), len(worths), added(worths), named, recorded))
    yield from sorted(found, key=lambda ask: (-ask.worth.high, -ask.patient_months, ask.facts))


def best(items: Iterable[Item]) -> Dollars:
    """What things come to: of each patient-month the one that is worth most."""
    found: dict[tuple[str, str, str | None], Dollars] = {}
    for item in items:
        found[item.key] = max(found.get(item.key, Dollars()), item.worth or Dollars(), key=lambda w: (w.high, w.low))
    return added(found.values())


def _order(item: Item) -> tuple[object, ...]:
    """What takes no minutes by its worth, before what takes minutes by dollars a minute; without a price last."""
    worth = -(item.worth or Dollars()).low
    return item.minutes is not None, -(item.rate or Decimal(0)), worth, item.patient, item.month, item.what


def grouped(items: Sequence[Item], by: str) -> list[tuple[str | None, list[Item]]]:
    """`staff`: by who does it, who has most to bring first, nobody last; `patient`: by patient; `worth`: together."""
    if by == "worth":
        return [(None, list(items))] if items else []
    groups: dict[str | None, list[Item]] = {}
    for item in items:
        groups.setdefault(item.who if by == "staff" else item.patient, []).append(item)
    if by == "patient":
        return sorted(groups.items(), key=lambda group: group[0] or "")
    return sorted(groups.items(), key=lambda group: (group[0] is None, -best(group[1]).high, group[0] or ""))
