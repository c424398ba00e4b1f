"""Who needs what by when: the things to do of many patient-months, gathered and put in order. Pure functions."""

from __future__ import annotations

import re
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from decimal import Decimal

from ccm_policy.report.things import CHECK, RECORD, RISK, Item, recording
from ccm_policy.report.words import Dollars, added

_INDEX = re.compile(r"\[\d+\]")
Key = tuple[str, str, str | None]


@dataclass(frozen=True, slots=True)
class Ask:
    """A question that is asked once for many patients. `attested`: of its facts, those for which a practice's own
    policy may vouch, by the name under which it does; `recorded`: those that only the record can tell; `checked`:
    those that are looked up."""

    facts: tuple[str, ...]
    patient_months: int
    worth: Dollars
    attested: tuple[str, ...]
    recorded: tuple[str, ...]
    checked: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Worklist:
    """All of it. `worth` counts the best thing of each patient-month, since two may earn the same dollars; `at_stake`:
    what is billed and rests on what auditors ask about; `unpriced`: patient-months of which nothing has a price, and
    which are not in it."""

    asks: tuple[Ask, ...]
    items: tuple[Item, ...]
    worth: Dollars
    at_stake: Dollars
    unpriced: int


@dataclass(frozen=True, slots=True)
class Group:
    """Things that stand together: of a person (None: nobody is named), of a patient, or `to_check`."""

    name: str | None
    items: tuple[Item, ...]
    to_check: bool = False


def worklist(
    items: Iterable[Item], together: int, attestable: Mapping[str, str], apart: Collection[str] = ()
) -> Worklist:
    """Things in order: what so many patient-months wait for alike is asked once, but for the facts `apart`, which are
    asked of each. `attestable`: what a practice may vouch for, under every name of it."""
    every = list(items)
    patients: dict[str, dict[Key, Dollars]] = {}
    for item in every:
        for fact in (*item.asks, *item.checks):
            told = patients.setdefault(_INDEX.sub("", fact), {})
            told[item.key] = max(told.get(item.key, Dollars()), item.worth or Dollars(), key=lambda w: w.high)
    once = {fact: told for fact, told in patients.items() if len(told) >= together and fact not in apart}
    kept = [left for item in every if (left := _without(item, once)) is not None]
    unpriced = {item.key for item in every} - {item.key for item in every if item.worth is not None}
    checks = {_INDEX.sub("", fact) for item in every for fact in item.checks}
    asked = tuple(_asks(once, attestable, checks))
    return Worklist(asked, tuple(sorted(kept, key=_order)), best(every), _at_stake(every), len(unpriced))


def _without(item: Item, once: Mapping[str, object]) -> Item | None:
    asks, checks = (
        tuple(fact for fact in facts if _INDEX.sub("", fact) not in once) for facts in (item.asks, item.checks)
    )
    if (asks, checks) == (item.asks, item.checks):
        return item
    if not asks and not checks:
        return None
    kind, who = (RECORD, item.who) if asks else (CHECK, None)
    return replace(item, kind=kind, who=who, asks=asks, checks=checks, what=recording(asks, checks, item.services))


def _asks(
    once: Mapping[str, Mapping[Key, Dollars]], attestable: Mapping[str, str], checks: Collection[str]
) -> Iterator[Ask]:
    """Facts for which the same patients wait are one question."""
    groups: dict[frozenset[Key], list[str]] = {}
    for fact, told in once.items():
        groups.setdefault(frozenset(told), []).append(fact)
    found = []
    for facts in groups.values():
        worths = [max((once[f][key] for f in facts), key=lambda w: w.high) for key in once[facts[0]]]
        named = tuple(dict.fromkeys(attestable[f] for f in facts if f in attestable))
        left = [fact for fact in facts if fact not in attestable]
        recorded = tuple(fact for fact in left if fact not in checks)
        checked = tuple(fact for fact in left if fact in checks)
        found.append(Ask(tuple(facts), len(worths), added(worths), named, recorded, checked))
    yield from sorted(found, key=lambda ask: (-ask.worth.high, -ask.patient_months, ask.facts))


def best(items: Iterable[Item]) -> Dollars:
    """What things come to: of each patient-month the one that brings most."""
    return _most((item.key, item.brings) for item in items)


def _at_stake(items: Iterable[Item]) -> Dollars:
    return _most((item.key, item.worth) for item in items if item.kind == RISK)


def _most(amounts: Iterable[tuple[Key, Dollars | None]]) -> Dollars:
    found: dict[Key, Dollars] = {}
    for key, amount in amounts:
        found[key] = max(found.get(key, Dollars()), amount or Dollars(), key=lambda w: (w.high, w.low))
    return added(found.values())


def _order(item: Item) -> tuple[object, ...]:
    """What takes no minutes by its worth, before what takes minutes by dollars a minute; without a price last, and
    then what is only at stake."""
    worth = -(item.worth or Dollars()).low
    takes = item.minutes is not None
    return item.kind == RISK, takes, -(item.rate or Decimal(0)), worth, item.patient, item.month, item.what


def grouped(items: Sequence[Item], by: str) -> list[Group]:
    """`staff`: by who does it, who has most to bring first, then nobody, and what is to be checked last; `patient`: by
    patient; `worth`: together."""
    if by == "worth":
        return [Group(None, tuple(items))] if items else []
    groups: dict[tuple[bool, str | None], list[Item]] = {}
    for item in items:
        name = (item.kind == CHECK, item.who) if by == "staff" else (False, item.patient)
        groups.setdefault(name, []).append(item)
    found = [Group(name, tuple(each), check) for (check, name), each in groups.items()]
    if by == "patient":
        return sorted(found, key=lambda group: group.name or "")
    return sorted(found, key=lambda g: (g.to_check, g.name is None, -best(g.items).high, g.name or ""))
