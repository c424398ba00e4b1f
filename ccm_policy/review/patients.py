"""Whom a change changes: each patient-month decided on both sides, what is billed before and after, and by what."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from decimal import Decimal
from typing import Any

from ccm_policy.evaluate.money import NOTHING
from ccm_policy.review.outcomes import Outcome, Service, Turned

RATE, UNITS, BEGINS, ENDS, ASKS, OTHER = "rate", "units", "begins", "ends", "asks", "status"
"""How a service changes: only its price; its units; it is billed now, or no longer; it waits for information now; in
another way, which bills nothing on either side."""
NOT_THERE = "not_there"

Who = tuple[str, str, str | None]


@dataclass(frozen=True, slots=True, kw_only=True)
class ServiceChange:
    """A service of a patient-month that is decided otherwise; None: the side does not know its code."""

    code: str
    how: str
    before: Service | None
    after: Service | None
    rules: tuple[Turned, ...]

    @property
    def dollars(self) -> Decimal:
        """What it adds, or takes away."""
        return _dollars(self.after) - _dollars(self.before)

    def to_dict(self) -> dict[str, Any]:
        """Plain data; amounts as texts."""
        return {
            "code": self.code,
            "how": self.how,
            "before": _told(self.before),
            "after": _told(self.after),
            "dollars": f"{self.dollars:.2f}",
            "rules": [{"rule": rule.key, "title": rule.title, "outcome": rule.outcome} for rule in self.rules],
        }


@dataclass(frozen=True, slots=True, kw_only=True)
class PatientChange:
    """A patient-month that is decided otherwise."""

    patient: str
    month: str
    practitioner: str | None
    before: Decimal
    after: Decimal
    services: tuple[ServiceChange, ...]

    @property
    def dollars(self) -> Decimal:
        """After, less before."""
        return self.after - self.before

    @property
    def by_rates_alone(self) -> bool:
        """Whether the same is billed, at other prices."""
        return all(service.how == RATE for service in self.services)

    def to_dict(self) -> dict[str, Any]:
        """Plain data."""
        return {
            "patient": self.patient,
            "month": self.month,
            "practitioner": self.practitioner,
            "before": f"{self.before:.2f}",
            "after": f"{self.after:.2f}",
            "dollars": f"{self.dollars:.2f}",
            "by_rates_alone": self.by_rates_alone,
            "services": [service.to_dict() for service in self.services],
        }


@dataclass(frozen=True, slots=True, kw_only=True)
class Patients:
    """A panel on both sides. `ranges`: whether some amounts hang on unknown facts, and were counted at their least;
    `left_out`: records that could not be decided on both sides."""

    patient_months: int
    changed: tuple[PatientChange, ...]
    before: Decimal
    after: Decimal
    ranges: bool
    left_out: int
    unpriced: int
    carried: str | None = None
    """How the facts came to the months of the sides; None: both sides decide them as they are."""

    @property
    def up(self) -> Decimal:
        """What those gain that gain."""
        return sum((p.dollars for p in self.changed if p.dollars > 0), NOTHING)

    @property
    def down(self) -> Decimal:
        """What those lose that lose, below zero."""
        return sum((p.dollars for p in self.changed if p.dollars < 0), NOTHING)

    @property
    def by_rules(self) -> tuple[PatientChange, ...]:
        """Those of whom something else is billed or asked, not only at another price."""
        return tuple(p for p in self.changed if not p.by_rates_alone)

    def services(self) -> list[tuple[str, int, int, Decimal]]:
        """Each code that changes: for how many patient-months it is billed less and more often, and dollars."""
        found: dict[str, tuple[int, int, Decimal]] = {}
        for service in (each for patient in self.changed for each in patient.services):
            fewer, more, dollars = found.get(service.code, (0, 0, NOTHING))
            step = _units(service.after) - _units(service.before)
            found[service.code] = (fewer + (step < 0), more + (step > 0), dollars + service.dollars)
        return [(code, *each) for code, each in sorted(found.items())]

    def rules(self) -> list[tuple[Turned, int, Decimal]]:
        """Each rule that turned something: how many patient-months, and dollars of the services that it turned."""
        found: dict[tuple[str, str], tuple[Turned, set[Who], Decimal]] = {}
        for patient in self.changed:
            for service in patient.services:
                for rule in service.rules:
                    first, whose, dollars = found.get((rule.key, rule.title), (rule, set(), NOTHING))
                    whose.add((patient.patient, patient.month, patient.practitioner))
                    found[rule.key, rule.title] = (first, whose, dollars + service.dollars)
        ordered = sorted(found.values(), key=lambda each: (-len(each[1]), each[0].key))
        return [(rule, len(whose), dollars) for rule, whose, dollars in ordered]

    def to_dict(self) -> dict[str, Any]:
        """Plain data; amounts as texts."""
        return {
            "patient_months": self.patient_months,
            "changed": len(self.changed),
            "by_rates_alone": len(self.changed) - len(self.by_rules),
            "left_out": self.left_out,
            "unpriced": self.unpriced,
            "carried": self.carried,
            "before": f"{self.before:.2f}",
            "after": f"{self.after:.2f}",
            "up": f"{self.up:.2f}",
            "down": f"{self.down:.2f}",
            "least_amounts": self.ranges,
            "patients": [patient.to_dict() for patient in self.changed],
        }


@dataclass(slots=True)
class Decided:
    """The outcomes of one side by whose they are, and which records could not be used."""

    outcomes: dict[Who, Outcome] = field(default_factory=dict)
    left_out: set[object] = field(default_factory=set)

    def add(self, outcome: Outcome) -> None:
        """One more."""
        self.outcomes[outcome.patient, outcome.month, outcome.practitioner] = outcome


def compared(before: Decided, after: Decided, carried: str | None, named: Callable[[str], str] = str) -> Patients:
    """Both sides beside each other. `named`: how keys of persons are shown."""
    both = [who for who in before.outcomes if who in after.outcomes]
    pairs = [(before.outcomes[who], after.outcomes[who]) for who in both]
    changed = tuple(found for one, other in pairs if (found := _change(one, other, named)) is not None)
    services = [s for pair in pairs for side in pair for s in side.services.values() if s.bills]
    alone = len(before.outcomes.keys() ^ after.outcomes.keys())
    return Patients(
        patient_months=len(both),
        changed=tuple(sorted(changed, key=lambda p: (p.dollars, p.patient, p.month))),
        before=sum((_total(one) for one, _ in pairs), NOTHING),
        after=sum((_total(other) for _, other in pairs), NOTHING),
        ranges=any(service.range for service in services),
        left_out=max(alone, len(before.left_out | after.left_out)),
        unpriced=sum(service.allowed is None for service in services),
        carried=carried,
    )


def _change(before: Outcome, after: Outcome, named: Callable[[str], str]) -> PatientChange | None:
    services = tuple(_services(before.services, after.services))
    if not services:
        return None
    return PatientChange(
        patient=named(before.patient),
        month=before.month,
        practitioner=None if before.practitioner is None else named(before.practitioner),
        before=_total(before),
        after=_total(after),
        services=services,
    )


def _services(before: Mapping[str, Service], after: Mapping[str, Service]) -> Iterator[ServiceChange]:
    for code in dict.fromkeys((*before, *after)):
        one, other = before.get(code), after.get(code)
        how = _how(one, other)
        if how is not None:
            yield ServiceChange(code=code, how=how, before=one, after=other, rules=tuple(_turned(one, other, how)))


def _how(one: Service | None, other: Service | None) -> str | None:
    """In which way a service is decided otherwise; None: it is as before, or on neither side of any account."""
    bills = (one is not None and one.bills, other is not None and other.bills)
    if one is None or other is None:
        there = one or other
        assert there is not None, "it is on one of the sides"
        if not there.bills:
            return ASKS if other is not None and there.status == "needs_information" else None
        return ENDS if bills[0] else BEGINS
    if all(bills):
        if one.units != other.units:
            return UNITS
        return None if (one.allowed, one.range, one.certain) == (other.allowed, other.range, other.certain) else RATE
    if any(bills):
        return ASKS if other.status == "needs_information" else ENDS if bills[0] else BEGINS
    if one.status == other.status:
        return None
    return ASKS if other.status == "needs_information" else OTHER


def _turned(one: Service | None, other: Service | None, how: str) -> Iterator[Turned]:
    """The rules that stand against it on one side only: where it ends, those of after, else those of before."""
    before = () if one is None else one.against
    after = () if other is None else other.against
    if how == RATE:
        return
    worse = how in (ENDS, ASKS) or _dollars(other) < _dollars(one)
    new = [rule for rule in after if rule not in before]
    gone = [rule for rule in before if rule not in after]
    yield from (new or gone) if worse else (gone or new)


def _total(outcome: Outcome) -> Decimal:
    return sum((service.dollars for service in outcome.services.values()), NOTHING)


def _dollars(service: Service | None) -> Decimal:
    return NOTHING if service is None else service.dollars


def _units(service: Service | None) -> int:
    return service.units if service is not None and service.bills else 0


def _told(service: Service | None) -> dict[str, Any]:
    if service is None:
        return {"status": NOT_THERE, "units": 0, "allowed": None, "yields_to": None}
    bills = service.bills and service.allowed is not None
    return {
        "status": service.status,
        "units": service.units if service.bills else 0,
        "allowed": f"{service.allowed:.2f}" if bills else None,
        "yields_to": service.yields_to,
    }


def gains_and_losses(changed: Iterable[PatientChange]) -> list[tuple[str, Decimal]]:
    """Patients by what they gain or lose, those that lose most first."""
    return [(p.patient, p.dollars) for p in sorted(changed, key=lambda p: p.dollars) if p.dollars]
