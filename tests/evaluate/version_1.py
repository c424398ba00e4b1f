"""A decision as version 1 of the object told it: each service with every reason. What version 2 must not lose."""

from __future__ import annotations

from datetime import date
from typing import Any

from ccm_policy.evaluate import Decision, ServiceDecision
from ccm_policy.evaluate.amounts import Alternative
from ccm_policy.evaluate.money import texts
from ccm_policy.evaluate.reasons import Reason, number_text, value_text
from ccm_policy.evaluate.verdict import Bill, Claim, Line


def version_1(decision: Decision) -> dict[str, Any]:
    return {
        "patient_id": decision.patient_id,
        "service_month": decision.service_month,
        "practitioner_id": decision.practitioner_id,
        "status": decision.status,
        "services": {code: _service(service) for code, service in decision.services.items()},
        "claim": None if decision.claim is None else _claim(decision.claim),
        "missing": [{"fact": m.fact, "services": list(m.services), "worth": texts(m.worth)} for m in decision.missing],
        "within_reach": [
            {"service": w.service, "short": str(w.short), "worth": texts(w.worth)} for w in decision.within_reach
        ],
        "alternatives": [_alternative(a) for a in decision.alternatives],
        "audit_risks": [{**_reason(r.reason), "services": list(r.services)} for r in decision.audit_risks],
        "findings": [finding.to_dict() for finding in decision.findings],
        "totals": decision.totals.to_dict(),
        "provenance": decision.provenance.to_dict(),
    }


def _service(service: ServiceDecision) -> dict[str, Any]:
    return {
        "title": service.title,
        "status": service.status,
        "own_outcome": service.own_outcome,
        "units": service.units,
        "possible_units": service.possible_units,
        "yields_to": service.yields_to,
        "held": None if service.held is None else _reason(service.held),
        "modifiers": list(service.modifiers),
        "allowed": texts(service.allowed),
        "amount_note": service.amount_note,
        "patient_share": texts(service.patient_share),
        "patient_share_note": service.patient_share_note,
        "sequestration": texts(service.sequestration),
        "date_of_service": _day(service.date_of_service),
        "reasons": [_reason(reason) for reason in service.reasons],
        "missing": [{"fact": fact, "decides": service.code} for fact in service.missing],
        "units_depend_on": list(service.units_depend_on),
        "notes": list(service.notes),
    }


def _reason(reason: Reason) -> dict[str, Any]:
    return {
        "rule": reason.rule,
        "title": reason.title,
        "policy": reason.policy,
        "edition": reason.edition,
        "severity": reason.severity,
        "basis": reason.basis,
        "confidence": reason.confidence,
        "outcome": reason.outcome,
        "applies": reason.applies,
        "exception": reason.exception,
        "message": reason.message,
        "remedy": reason.remedy,
        "cite": [{"source": c.source, "title": c.title, "at": c.at} for c in reason.cite],
        "facts": [
            {"path": leaf.path, "value": value_text(leaf.value), "presumed": leaf.presumed} for leaf in reason.facts
        ],
        "rests_on": [
            {"definition": d.name, "policy": d.policy, "edition": d.edition, "confidence": d.confidence}
            for d in reason.rests_on
        ],
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
        "ceiling": line.ceiling,
        "message": line.message,
        "preferred": [_bill(bill) for bill in line.preferred],
        "reasons": [_reason(reason) for reason in line.reasons],
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
