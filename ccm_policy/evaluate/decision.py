"""A decision: the answer for one patient-month, as plain data, and its form as an object (pinned; fields may be
added).
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date
from typing import Any

from ccm_policy.evaluate.amounts import Alternative
from ccm_policy.evaluate.claim import Bill, Claim, Line
from ccm_policy.evaluate.missing import MissingFact, WithinReach
from ccm_policy.evaluate.money import Money, texts
from ccm_policy.evaluate.reasons import Reason, number_text
from ccm_policy.evaluate.stages import Evaluated


@dataclass(frozen=True, slots=True)
class ServiceDecision:
    """What is decided about one code.

    `status`: `supported`, `not_supported`, `needs_information`, `not_established`. `own_outcome`: `yes`, `no`,
    `unknown`, before any choice. `units` are established; `possible_units` the most they could become (None: no
    limit). `modifiers`: those that its line of a claim carries. `yields_to`: the code that was preferred. `held`: the
    practice's own reason to hold what the payer supports; its outcome is `no`, or `unknown` while the practice does not
    know. `allowed`, `patient_share`: dollars for all units. `units_depend_on`: facts that could raise the units of a
    supported service.
    """

    code: str
    title: str
    status: str
    own_outcome: str
    units: int
    possible_units: int | None
    yields_to: str | None
    held: Reason | None
    modifiers: tuple[str, ...]
    allowed: Money
    amount_note: str | None
    patient_share: Money
    patient_share_note: str | None
    sequestration: Money
    date_of_service: date | None
    reasons: tuple[Reason, ...]
    missing: tuple[str, ...]
    units_depend_on: tuple[str, ...]
    notes: tuple[str, ...]

    def to_dict(self) -> dict[str, Any]:
        return {
            "title": self.title,
            "status": self.status,
            "own_outcome": self.own_outcome,
            "units": self.units,
            "possible_units": self.possible_units,
            "yields_to": self.yields_to,
            "held": None if self.held is None else self.held.to_dict(),
            "modifiers": list(self.modifiers),
            "allowed": texts(self.allowed),
            "amount_note": self.amount_note,
            "patient_share": texts(self.patient_share),
            "patient_share_note": self.patient_share_note,
            "sequestration": texts(self.sequestration),
            "date_of_service": _day(self.date_of_service),
            "reasons": [reason.to_dict() for reason in self.reasons],
            "missing": [{"fact": fact, "decides": self.code} for fact in self.missing],
            "units_depend_on": list(self.units_depend_on),
            "notes": list(self.notes),
        }


@dataclass(frozen=True, slots=True)
class AuditRisk:
    """A rule that flags, and the services that stand in spite of it."""

    reason: Reason
    services: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Finding:
    """Something about the record that a person should know. `path`: the fact that it is about."""

    code: str
    message: str
    path: str | None = None

    def to_dict(self) -> dict[str, Any]:
        return {"code": self.code, "message": self.message, "fact": self.path}


@dataclass(frozen=True, slots=True)
class Totals:
    """Dollars of a patient-month: supported services, the patient's part, the most that is possible, the part with an
    audit risk.

    `unpriced`: supported services that have no amount and are in none of these.
    """

    allowed: Money
    patient_share: Money
    possible: Money
    at_risk: Money
    unpriced: tuple[str, ...]

    def to_dict(self) -> dict[str, Any]:
        return {
            "allowed": texts(self.allowed),
            "patient_share": texts(self.patient_share),
            "possible": texts(self.possible),
            "at_risk": texts(self.at_risk),
            "unpriced": list(self.unpriced),
        }


@dataclass(frozen=True, slots=True)
class Provenance:
    """What the decision was made from, so that it can be made again."""

    policies: str
    fees: str
    facts: str
    package: str
    language: str
    editions: Mapping[str, str]
    layers: tuple[str, ...]

    def to_dict(self) -> dict[str, Any]:
        return {
            "policies": self.policies,
            "fees": self.fees,
            "facts": self.facts,
            "package": self.package,
            "language": self.language,
            "editions": dict(self.editions),
            "layers": list(self.layers),
        }


@dataclass(frozen=True, slots=True)
class Decision:
    """The answer for one patient in one calendar month, for one billing practitioner and payer.

    `status` is `decided`, or `not_established` where no policy speaks for the payer. `evaluated` is how it came about,
    for `explain`; it is not part of the object.
    """

    patient_id: str
    service_month: str
    practitioner_id: str | None
    status: str
    services: Mapping[str, ServiceDecision]
    claim: Claim | None
    missing: tuple[MissingFact, ...]
    within_reach: tuple[WithinReach, ...]
    alternatives: tuple[Alternative, ...]
    audit_risks: tuple[AuditRisk, ...]
    findings: tuple[Finding, ...]
    totals: Totals
    provenance: Provenance
    evaluated: Evaluated | None = field(default=None, compare=False, repr=False)

    def to_dict(self) -> dict[str, Any]:
        """The pinned object: money and quantities as exact text, dates ISO, the same bytes for the same inputs."""
        return {
            "patient_id": self.patient_id,
            "service_month": self.service_month,
            "practitioner_id": self.practitioner_id,
            "status": self.status,
            "services": {code: service.to_dict() for code, service in self.services.items()},
            "claim": None if self.claim is None else _claim(self.claim),
            "missing": [{"fact": m.fact, "services": list(m.services), "worth": texts(m.worth)} for m in self.missing],
            "within_reach": [
                {"service": w.service, "short": str(w.short), "worth": texts(w.worth)} for w in self.within_reach
            ],
            "alternatives": [_alternative(a) for a in self.alternatives],
            "audit_risks": [{**r.reason.to_dict(), "services": list(r.services)} for r in self.audit_risks],
            "findings": [finding.to_dict() for finding in self.findings],
            "totals": self.totals.to_dict(),
            "provenance": self.provenance.to_dict(),
        }


def _day(day: date | None) -> str | None:
    return None if day is None else day.isoformat()


def _bill(bill: Bill) -> dict[str, Any]:
    return {"code": bill.code, "units": bill.units, "allowed": texts(bill.allowed)}


def _line(line: Line) -> dict[str, Any]:
    units = None if line.units is None else number_text(line.units)
    return {
        "line": line.line,
        "code": line.code,
        "units": int(units) if units is not None and units.isdigit() else units,
        "date": _day(line.date),
        "verdict": line.verdict,
        "supported_units": line.supported_units,
        "allowed": texts(line.allowed),
        "message": line.message,
        "preferred": [_bill(bill) for bill in line.preferred],
        "reasons": [reason.to_dict() for reason in line.reasons],
    }


def _claim(claim: Claim) -> dict[str, Any]:
    return {
        "lines": [_line(line) for line in claim.lines],
        "missing_lines": [_bill(bill) for bill in claim.missing_lines],
    }


def _alternative(alternative: Alternative) -> dict[str, Any]:
    return {
        "preference": alternative.preference.name,
        "group": alternative.group,
        "services": dict(alternative.units),
        "allowed": texts(alternative.allowed),
        "yields_to": alternative.yields_to,
    }
