"""What a report tells of one patient-month: to bill, against it, missing, and what it adds to the totals."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

from ccm_policy.evaluate.decision import Finding
from ccm_policy.language.diagnostics import printable
from ccm_policy.report import words
from ccm_policy.report.totals import Summary, of_one
from ccm_policy.report.words import Decided


@dataclass(frozen=True, slots=True, kw_only=True)
class PatientMonth:
    """What the report tells of one patient-month. `instead` is told where nothing is wrong; `allowed`: what each
    supported service is allowed, `part`: what it adds to the totals."""

    patient: str
    month: str
    practitioner: str | None
    bill: tuple[str, ...]
    amount: str
    wrong: tuple[str, ...]
    instead: tuple[str, ...]
    missing: tuple[str, ...]
    allowed: Mapping[str, Any]
    overlapping: frozenset[str]
    part: Summary

    def with_findings(self, found: Sequence[Finding]) -> PatientMonth:
        """With what panel checks find later."""
        services = self.overlapping | {code for finding in found for code in finding.services}
        amount = words.total(allowed for code, allowed in self.allowed.items() if code in services)
        return replace(
            self,
            wrong=(*self.wrong, *(finding.message for finding in found)),
            overlapping=services,
            part=replace(self.part, between_patients=1, overlapping=amount),
        )


def patient_month(decision: Decided) -> PatientMonth:
    """What the report tells of a decision."""
    return PatientMonth(
        patient=decision["patient_id"],
        month=decision["service_month"],
        practitioner=decision["practitioner_id"],
        bill=tuple(words.to_bill(decision)),
        amount=_amount(decision),
        wrong=tuple(words.against(decision)),
        instead=tuple(words.instead(decision)),
        missing=tuple(words.missing(decision)),
        allowed={code: s["allowed"] for code, s in words.supported(decision) if s["ceiling"] == "no"},
        overlapping=words.overlapping(decision),
        part=of_one(decision),
    )


def names(months: Sequence[PatientMonth]) -> list[str]:
    """Patients by id, with the month where the panel has several, and the practitioner where a patient has several."""
    several_months = len({one.month for one in months}) > 1
    seen = Counter((one.patient, one.month) for one in months)
    found = []
    for one in months:
        parts = [one.patient]
        parts += [one.month] if several_months else []
        parts += [one.practitioner] if seen[one.patient, one.month] > 1 and one.practitioner else []
        found.append(printable(" ".join(parts)))
    return found


def _amount(decision: Decided) -> str:
    billed = [words.dollars(service["allowed"]) for _, service in words.supported(decision)]
    if not billed:
        return "-"
    if all(amount is None for amount in billed):
        return "no price"
    at_most = any(service["ceiling"] != "no" for _, service in words.supported(decision))
    amount = words.total(service["allowed"] for _, service in words.supported(decision))
    return f"at most {amount}" if at_most else str(amount)
