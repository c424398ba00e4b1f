"""A decision as an object, version 2: every rule, fact, source and definition once, the rest by their keys.

`ccm-policy schema decision` describes the form; `opened` reads it. What is left out has the default named here.
"""

from __future__ import annotations

import re
from calendar import monthrange
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from datetime import date
from functools import lru_cache
from itertools import chain, count
from typing import TYPE_CHECKING, Any, Literal

from ccm_policy.evaluate.money import texts
from ccm_policy.evaluate.reasons import Reason, number_text, value_text
from ccm_policy.evaluate.trace import Leaf
from ccm_policy.facts.values import UNKNOWN, Authority

if TYPE_CHECKING:
    from ccm_policy.evaluate.amounts import Alternative
    from ccm_policy.evaluate.decision import Decision, ServiceDecision
    from ccm_policy.evaluate.verdict import Bill, Claim, Line

SCHEMA = 2
Reasons = Literal["full", "short", "none"]
"""How much is told: every rule; only what does not hold, and what is held or at risk; or statuses and amounts alone."""

RULE: Mapping[str, Any] = {
    "title": "",
    "severity": "decides",
    "basis": "guidance",
    "confidence": "primary",
    "outcome": "yes",
    "applies": "yes",
    "exception": None,
    "message": None,
    "remedy": None,
    "cite": [],
    "facts": [],
    "rests_on": [],
}
"""What a rule says where a field is left out. A left-out `edition` is the policy's own, under `provenance`; a rule
that came out otherwise for one service or line leaves out what it says as its first result does."""

SERVICE: Mapping[str, Any] = {
    "own_outcome": "no",
    "units": 0,
    "possible_units": 0,
    "yields_to": None,
    "held": None,
    "modifiers": [],
    "allowed": None,
    "ceiling": "no",
    "amount_note": None,
    "patient_share": None,
    "patient_share_note": None,
    "sequestration": None,
    "reasons": [],
    "missing": [],
    "units_depend_on": [],
    "notes": [],
    "outside": None,
    "attested": False,
}
"""What a service says where a field is left out. A left-out `date_of_service` is the last day of the month."""
LINE: Mapping[str, Any] = {
    "supported_units": 0,
    "allowed": None,
    "ceiling": "no",
    "message": None,
    "preferred": [],
    "reasons": [],
}


def written(decision: Decision, reasons: Reasons = "full") -> dict[str, Any]:
    """The object: money and quantities as exact text, dates ISO, the same bytes for the same inputs."""
    book = _Book(telling=reasons, editions=decision.provenance.editions)
    last_day = last_of(decision.service_month)
    services = {code: _service(service, last_day, book) for code, service in decision.services.items()}
    return {
        "schema": SCHEMA,
        "reasons": reasons,
        "patient_id": decision.patient_id,
        "service_month": decision.service_month,
        "practitioner_id": decision.practitioner_id,
        "status": decision.status,
        "services": services,
        "claim": None if decision.claim is None else _claim(decision.claim, book),
        "missing": [{"fact": m.fact, "services": list(m.services), "worth": texts(m.worth)} for m in decision.missing],
        "within_reach": [
            {"service": w.service, "short": str(w.short), "worth": texts(w.worth)} for w in decision.within_reach
        ],
        "alternatives": [_alternative(a) for a in decision.alternatives],
        "audit_risks": [{"rule": book.key(r.reason), "services": list(r.services)} for r in decision.audit_risks],
        "findings": [finding.to_dict() for finding in decision.findings],
        "not_enrolled": [outside.to_dict() for outside in decision.outside],
        "totals": decision.totals.to_dict(),
        "groups": _groups(book.rules),
        "rules": _by_policy(book.rules),
        "facts": {how: _alike(known) for how, known in book.facts.items()},
        **({"attestations": book.attestations} if book.attestations else {}),
        "sources": book.sources,
        "definitions": book.definitions,
        "provenance": decision.provenance.to_dict(),
    }


def last_of(month: str) -> str:
    """The last day of a month such as `2026-03`, as text."""
    year, number = map(int, month.split("-"))
    return f"{month}-{monthrange(year, number)[1]}"


def _by_policy(rules: Mapping[str, dict[str, Any]]) -> dict[str, dict[str, Any]]:
    found: dict[str, dict[str, Any]] = {}
    for key, rule in rules.items():
        policy, _, name = key.partition("/")
        found.setdefault(policy, {})[name] = rule
    return found


def _groups(rules: Mapping[str, dict[str, Any]]) -> dict[str, list[str]]:
    """Name the lists of services, by the first and how many more; what the names stand for."""
    groups: dict[str, list[str]] = {}
    for rule in rules.values():
        services = rule.get("services", [])
        if len(services) > 1:
            plain = f"{services[0]}+{len(services) - 1}"
            names = chain((plain,), (f"{plain}/{n}" for n in count(2)))
            rule["services"] = next(name for name in names if groups.setdefault(name, services) == services)
        elif services:
            rule["services"] = services[0]
    return groups


def _besides(told: Mapping[str, Any], defaults: Mapping[str, Any]) -> dict[str, Any]:
    """What is told beyond the defaults."""
    return {name: value for name, value in told.items() if name not in defaults or value != defaults[name]}


# --- what is told once -------------------------------------------------------------------------------------------


@dataclass(slots=True, kw_only=True)
class _Book:
    """The rules, facts, sources and definitions met so far."""

    telling: Reasons
    editions: Mapping[str, str]
    rules: dict[str, dict[str, Any]] = field(default_factory=dict)
    facts: dict[str, dict[str, Any]] = field(default_factory=dict)
    attestations: dict[str, dict[str, Any]] = field(default_factory=dict)
    sources: dict[str, str] = field(default_factory=dict)
    definitions: dict[str, str] = field(default_factory=dict)
    _stand: dict[str, Leaf] = field(default_factory=dict)
    _known: dict[int, tuple[str, Reason]] = field(default_factory=dict)
    _keys: dict[str, list[tuple[str, Reason]]] = field(default_factory=dict)
    _first: dict[str, dict[str, Any]] = field(default_factory=dict)

    def key(self, reason: Reason, of: str = "") -> str:
        """The key of a reason; with `of` (a service, a line) where the same rule came out in another way before."""
        known = self._known.get(id(reason))
        if known is None:
            known = self._known[id(reason)] = (self._key(reason, of), reason)
        return known[0]

    def _key(self, reason: Reason, of: str) -> str:
        plain = f"{reason.policy}/{reason.rule}"
        met = self._keys.setdefault(plain, [])
        for key, other in met:
            alike = other.outcome == reason.outcome and other.message == reason.message
            if alike and other == reason:  # equality reads all of both
                return key
        key = plain if not met else f"{plain}/{of or len(met)}"
        key = key if all(key != taken for taken, _ in met) else f"{key}/{len(met)}"
        met.append((key, reason))
        if self.telling != "none":
            told = self._told(reason)
            first = self._first.setdefault(plain, told)
            own = {**RULE, "edition": self.editions.get(reason.policy)}
            self.rules[key] = _besides(told, own if first is told else first)
        return key

    def _told(self, reason: Reason) -> dict[str, Any]:
        return {
            "title": reason.title,
            "outcome": reason.outcome,
            "severity": reason.severity,
            "applies": reason.applies,
            "exception": reason.exception,
            "message": reason.message,
            "remedy": reason.remedy,
            "facts": list(_gathered(tuple(dict.fromkeys([self._fact(leaf, reason.policy) for leaf in reason.facts])))),
            "rests_on": [self._definition(d.name, d.policy, d.edition, d.confidence) for d in reason.rests_on],
            "edition": reason.edition,
            "basis": reason.basis,
            "confidence": reason.confidence,
            "cite": [self._cite(c.source, c.title, c.at) for c in reason.cite],
        }

    def _cite(self, source: str, title: str, at: str | None) -> str:
        self.sources[source] = title
        return source if at is None else f"{source}: {at}"

    def _fact(self, leaf: Leaf, policy: str) -> str:
        """The name under which the fact stands: its path, and its reader where another read it otherwise."""
        if self._stands(leaf.path, leaf):
            return leaf.path
        name = f"{leaf.path} in {policy}"
        if not self._stands(name, leaf):
            raise AssertionError(f"{leaf.path} has several values in {policy}")
        return name

    def _stands(self, name: str, leaf: Leaf) -> bool:
        """Whether a fact that is told so stands under the name; put there where nothing does."""
        first = self._stand.get(name)
        if first is None:
            self._stand[name] = leaf
            self.facts.setdefault(_how(leaf), {})[name] = value_text(leaf.value)
            if leaf.attested is not None:
                self._vouched(name, leaf.attested)
            return True
        return first is leaf or first == leaf or (_how(first) == _how(leaf) and first.value == leaf.value)

    def _vouched(self, name: str, by: Authority) -> None:
        """A fact that is known because a practice vouches for it, or for what it is presumed from."""
        said = self.attestations.setdefault(
            f"{by.policy}/{by.name}", {"cite": [self._cite(c.source, c.title, c.at) for c in by.cites], "facts": []}
        )
        said["facts"].append(name)

    def _definition(self, name: str, policy: str, edition: str, confidence: str) -> str:
        said = f"{policy} {edition}" if confidence == RULE["confidence"] else f"{policy} {edition} {confidence}"
        key = name if self.definitions.get(name, said) == said else f"{policy}/{name}"
        self.definitions[key] = said
        return key

    def told(self, about: ServiceDecision | Line, of: str) -> Iterator[tuple[str, Reason]]:
        """The reasons that are told, by key."""
        if self.telling != "none":
            found = about.reasons if self.telling == "full" else about.against
            yield from ((self.key(reason, of), reason) for reason in found)


def _how(leaf: Leaf) -> str:
    if leaf.value is UNKNOWN:
        return "unknown"
    return "presumed" if leaf.presumed else "recorded" if leaf.attested is None else "attested"


_IN_A_LIST = re.compile(r"(\w+)\[(\d+)\]\.(\w+)")


@lru_cache(maxsize=8192)
def _parted(name: str) -> tuple[str, str, str]:
    """The list, the number and the field of a record's field; any other name by itself."""
    found = _IN_A_LIST.fullmatch(name)
    return (found[1], found[2], found[3]) if found else (name, "", "")


@lru_cache(maxsize=8192)
def _gathered(names: tuple[str, ...]) -> tuple[str, ...]:
    """Facts as they were first read; fields of one record are one entry, and so are records with the same fields."""
    fields: dict[tuple[str, str], list[str]] = {}
    for head, number, part in map(_parted, names):
        fields.setdefault((head, number), []).append(part)
    numbers: dict[tuple[str, str], list[str]] = {}
    for (head, number), parts in fields.items():
        numbers.setdefault((head, ",".join(parts)), []).append(number)
    return tuple(f"{head}[{','.join(of)}].{parts}" if parts else head for (head, parts), of in numbers.items())


def _alike(known: Mapping[str, Any]) -> dict[str, Any]:
    """Facts with their values; fields of records of one list that have one value are one entry."""
    numbers: dict[tuple[str, str, str], list[str]] = {}
    values: dict[str, Any] = {}
    for name, value in known.items():
        head, number, part = _parted(name)
        said = repr(value)
        numbers.setdefault((head, part, said), []).append(number)
        values.setdefault(said, value)
    parts: dict[tuple[str, str, str], list[str]] = {}
    for (head, part, said), found in numbers.items():
        parts.setdefault((head, ",".join(found), said), []).append(part)
    return {f"{h}[{of}].{','.join(p)}" if of else h: values[said] for (h, of, said), p in parts.items()}


# --- services, claim lines ---------------------------------------------------------------------------------------


def _service(service: ServiceDecision, last_day: str, book: _Book) -> dict[str, Any]:
    if service.outside is not None:
        return {
            "title": service.title,
            "status": service.status,
            "outside": service.outside,
        }
    told = list(book.told(service, service.code))
    for key, reason in told:
        if reason.outcome == "yes":
            book.rules[key].setdefault("services", []).append(service.code)
    whole = {
        "title": service.title,
        "status": service.status,
        "own_outcome": service.own_outcome,
        "units": service.units,
        "possible_units": service.possible_units,
        "yields_to": service.yields_to,
        "held": None if service.held is None else book.key(service.held, service.code),
        "modifiers": list(service.modifiers),
        "allowed": texts(service.allowed),
        "ceiling": service.ceiling,
        "amount_note": service.amount_note,
        "patient_share": texts(service.patient_share),
        "patient_share_note": service.patient_share_note,
        "sequestration": texts(service.sequestration),
        "date_of_service": _day(service.date_of_service),
        "reasons": [key for key, reason in told if reason.outcome != "yes"],
        "missing": list(service.missing),
        "units_depend_on": list(service.units_depend_on),
        "notes": list(service.notes),
        "outside": None,
        "attested": service.attested,
    }
    return _besides(whole, {**SERVICE, "date_of_service": last_day})


def _claim(claim: Claim, book: _Book) -> dict[str, Any]:
    return {
        "lines": [_line(line, book) for line in claim.lines],
        "missing_lines": [_bill(bill) for bill in claim.missing_lines],
    }


def _line(line: Line, book: _Book) -> dict[str, Any]:
    units = None if line.units is None else number_text(line.units)
    whole = {
        "line": line.line,
        "code": line.code,
        "units": int(units) if units is not None and units.isdigit() else units,
        "date": _day(line.date),
        "verdict": line.verdict,
        "supported_units": line.supported_units,
        "allowed": texts(line.allowed),
        "ceiling": line.ceiling,
        "message": line.message,
        "preferred": [_bill(bill) for bill in line.preferred],
        "reasons": [key for key, _ in book.told(line, f"line {line.line}")],
    }
    return _besides(whole, LINE)


def _day(day: date | None) -> str | None:
    return None if day is None else day.isoformat()


def _bill(bill: Bill) -> dict[str, Any]:
    return {"code": bill.code, "units": bill.units, "allowed": texts(bill.allowed)}


def _alternative(alternative: Alternative) -> dict[str, Any]:
    return {
        "preference": alternative.preference.name,
        "group": alternative.group,
        "services": dict(alternative.units),
        "allowed": texts(alternative.allowed),
        "yields_to": alternative.yields_to,
    }
