"""What a decision of a panel comes to, in words and dollars. Pure functions.

They read decisions as `opened` gives them, so a report can be made again from decisions that were stored; of one just
made `glanced` gives the same. There, facts and citations of reasons cost more than all else: they are read where they
are told.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from ccm_policy.evaluate.glance import not_holding, of_part, rests_on_facts
from ccm_policy.evaluate.panel_checks import BETWEEN_PATIENTS
from ccm_policy.evaluate.reasons import ADDS_TO, EARNS
from ccm_policy.evaluate.rules import AUDIT_RISK, DECIDES
from ccm_policy.language.diagnostics import printable

Decided = Mapping[str, Any]
"""A decision as an object, opened."""
_PARTS = (EARNS, ADDS_TO)
ZERO = Decimal("0.00")


@dataclass(frozen=True, slots=True)
class Dollars:
    """An amount, or its range where a fact that sets the price is unknown."""

    low: Decimal = ZERO
    high: Decimal = ZERO

    def __add__(self, other: Dollars) -> Dollars:
        return Dollars(self.low + other.low, self.high + other.high)

    def __str__(self) -> str:
        return f"${self.low:,.2f}" if self.low == self.high else f"${self.low:,.2f} to ${self.high:,.2f}"


def dollars(amount: Any) -> Dollars | None:
    """An amount of a decision: text, an object with an amount for each value of an unknown fact, or null."""
    if amount is None:
        return None
    if isinstance(amount, Mapping):
        parts = [part for part in map(dollars, amount.values()) if part is not None]
        return Dollars(min(p.low for p in parts), max(p.high for p in parts)) if parts else None
    return Dollars(Decimal(amount), Decimal(amount))


@dataclass(frozen=True, slots=True)
class Near:
    """A service that a few more minutes would earn."""

    patient: str
    service: str
    short: str

    def __str__(self) -> str:
        """The service, what it lacks and what that would bring: `2 minutes more, worth $63.51`."""
        worth = "" if self.worth is None else f", worth {self.worth}"
        return f"{self.service}: {briefly(self.short)} more{worth}"

    worth: Dollars | None


def name(decision: Decided) -> str:
    """How a patient-month is called in a report of its month."""
    return printable(decision["patient_id"])


def supported(decision: Decided) -> Iterator[tuple[str, Mapping[str, Any]]]:
    """The services to bill, by code."""
    for code, service in decision["services"].items():
        if service["status"] == "supported":
            yield code, service


def total(amounts: Iterable[Any]) -> Dollars:
    """The sum of amounts; those without a price add nothing."""
    return added(dollars(amount) for amount in amounts)


def added(amounts: Iterable[Dollars | None]) -> Dollars:
    """The sum of amounts that were read."""
    result = Dollars()
    for amount in amounts:
        result = result if amount is None else result + amount
    return result


def within_reach(decision: Decided) -> tuple[Near, ...]:
    """The services that a few more minutes would earn, the dearest first."""
    near = [Near(name(decision), n["service"], n["short"], dollars(n["worth"])) for n in decision["within_reach"]]
    return tuple(sorted(near, key=lambda n: (-(n.worth or Dollars()).high, n.service)))


def briefly(short: str) -> str:
    """What a service lacks, without the name of the quantity: `2 minutes`."""
    return short.partition(" of ")[0]


def overlapping(decision: Decided) -> frozenset[str]:
    """The services that rest on an entry of which a panel check found something."""
    found = (f for f in decision["findings"] if f["code"] == BETWEEN_PATIENTS)
    return frozenset(code for finding in found for code in finding.get("services", ()))


def blocking(service: Mapping[str, Any]) -> Iterator[Mapping[str, Any]]:
    """The deciding rules that a service fails. Yielding is no failure; neither is a want of minutes or of a base."""
    if service["own_outcome"] == "no":
        for reason in not_holding(service):
            if reason["outcome"] == "no" and reason["severity"] == DECIDES and reason["rule"] not in _PARTS:
                yield reason


def at_hand(decision: Decided) -> list[tuple[str, Mapping[str, Any]]]:
    """The services that a patient-month is about: the work for a unit is on record, or may be, or a claim asks for it.

    A service that asks for no work of its own is at hand only on a claim; else every patient would fail the rules of
    every programme that nobody has thought of for them. Where nothing else is at hand, it is the first service that
    is short of work.
    """
    claimed = {line["code"] for line in (decision["claim"] or {"lines": ()})["lines"]}
    found, wanting = [], []
    for code, service in decision["services"].items():
        if code in claimed or service["status"] == "supported":
            found.append((code, service))
            continue
        earned = of_part(service, EARNS)
        if earned is not None and earned["outcome"] != "no" and rests_on_facts(earned):
            found.append((code, service))
        elif earned is not None and earned["outcome"] == "no" and earned["message"]:
            wanting.append((code, service))
    return found or ([] if any(supported(decision)) else wanting[:1])


# --- one patient-month in words ----------------------------------------------------------------------------------


def to_bill(decision: Decided) -> list[str]:
    """`CODE x 1`, with its modifiers; `held` where the practice's own rules hold it back."""
    return [
        f"{'-'.join([code, *s['modifiers']])} x {s['units']}{' (held)' if s['held'] is not None else ''}"
        for code, s in supported(decision)
    ]


def wrong(decision: Decided) -> list[str]:
    """What stands against billing, or what is told in its place."""
    return against(decision) or instead(decision)


_WAITS = "CCM-W0710"
"""That it waits for what tells who pays: the facts that are missing say so."""


def against(decision: Decided) -> list[str]:
    """What stands against billing, or against what is billed: failed rules of services that have their minutes (or,
    where nothing is supported, what is wanting), practice holds, dearer alternatives, the claim, audit risks,
    findings."""
    found = [*_blocked(decision), *_held(decision), *_second(decision), *_dearer(decision), *_claim(decision)]
    risks: dict[str, list[str]] = {}
    for risk in decision["audit_risks"]:
        risks.setdefault(risk["message"] or risk["title"] or risk["rule"], []).extend(risk["services"])
    found += [f"Audit risk, {_codes(codes)}: {message}" for message, codes in risks.items()]
    found += [finding["message"] for finding in decision["findings"] if finding["code"] != _WAITS]
    return found


def instead(decision: Decided) -> list[str]:
    """What is told where nothing is wrong: the programmes that a patient without anything to bill is not in."""
    if any(supported(decision)) or decision["missing"]:
        return []
    return [outside["message"] for outside in decision.get("not_enrolled", ())]


def _codes(codes: Iterable[str]) -> str:
    return ", ".join(dict.fromkeys(codes))


def _blocked(decision: Decided) -> list[str]:
    messages: dict[str, list[str]] = {}
    nothing = not any(supported(decision)) and not decision["missing"]
    for code, service in at_hand(decision):
        failed = list(blocking(service))
        if service["own_outcome"] == "yes" and service["status"] == "not_supported" and service["yields_to"] is None:
            failed = [r for r in not_holding(service) if r["outcome"] == "no" and r["severity"] == DECIDES]
        if nothing:
            failed += [r for r in not_holding(service) if r["rule"] == EARNS and r["outcome"] == "no"]
        for reason in failed:
            messages.setdefault(reason["message"] or reason["title"] or reason["rule"], []).append(code)
    return [f"{_codes(codes)}: {message}" for message, codes in messages.items()]


def _held(decision: Decided) -> list[str]:
    held = [(code, s["held"]) for code, s in supported(decision) if s["held"] is not None]
    return [f"{code} is held by the practice: {h['message'] or h['title']}" for code, h in held]


def _second(decision: Decided) -> list[str]:
    """What is said of services for which another payer comes first, or may."""
    notes: dict[str, list[str]] = {}
    for code, s in supported(decision):
        if s["ceiling"] != "no" and s["amount_note"]:
            notes.setdefault(s["amount_note"], []).append(code)
    return [f"{_codes(codes)}: {note}" for note, codes in notes.items()]


def _dearer(decision: Decided) -> Iterator[str]:
    """Supported alternatives that would pay more than what is preferred to them."""
    for alternative in decision["alternatives"]:
        preferred = [code for code, s in supported(decision) if _goes_with(code, s, alternative["yields_to"])]
        chosen = total(decision["services"][code]["allowed"] for code in preferred)
        instead = dollars(alternative["allowed"])
        if instead is not None and instead.low > chosen.high > 0:
            units = ", ".join(f"{code} x {count}" for code, count in alternative["services"].items())
            yield f"Supported as well: {units}, worth {instead} instead of {chosen}."


def _goes_with(code: str, service: Mapping[str, Any], base: str) -> bool:
    """Whether a service is the base, or adds to it."""
    if code == base:
        return True
    adds = of_part(service, ADDS_TO)
    return adds is not None and base in adds["title"].split()


def _claim(decision: Decided) -> list[str]:
    found: list[str] = []
    claim = decision["claim"] or {"lines": (), "missing_lines": ()}
    for line in claim["lines"]:
        if line["verdict"] != "supported":
            says = line["message"] or next(_failed_checks(line), None)
            verdict = line["verdict"].replace("_", " ")
            found.append(f"Claim line {line['line']}, {line['code']}: {verdict}{'. ' + says if says else '.'}")
    for bill in claim["missing_lines"]:
        worth = dollars(bill["allowed"])
        found.append(f"Claim leaves out {bill['code']} x {bill['units']}{f', {worth}' if worth else ''}.")
    return found


def _failed_checks(line: Mapping[str, Any]) -> Iterator[str]:
    for reason in line["reasons"]:
        if reason["outcome"] == "no" and reason["severity"] in (DECIDES, AUDIT_RISK):
            yield reason["message"] or reason["title"]


def missing(decision: Decided) -> list[str]:
    """The facts that would decide, each group of services with its facts and what it is worth."""
    groups: dict[tuple[tuple[str, ...], str], list[str]] = {}
    for item in decision["missing"]:
        worth = dollars(item["worth"])
        shown = f", worth {worth}" if worth is not None and worth.high > 0 else ""
        groups.setdefault((tuple(item["services"]), shown), []).append(item["fact"])
    return [
        f"{', '.join(gathered(facts))} (for {', '.join(services) or 'the month'}{worth})"
        for (services, worth), facts in groups.items()
    ]


def gathered(facts: Iterable[str]) -> list[str]:
    """One mention of a field that is missing in several records of a list."""
    records: dict[str, list[str]] = {}
    for fact in facts:
        records.setdefault(_RECORD.sub("", fact), []).append(fact)
    return [found[0] if len(found) == 1 else f"{field} in {len(found)} records" for field, found in records.items()]


_RECORD = re.compile(r"\[\d+\]")
