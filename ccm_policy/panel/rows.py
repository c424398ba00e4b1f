"""Decisions as rows of a table: one for each service of a patient-month, whatever becomes of it.

A patient-month without services (no policy speaks for its payer) has one row without a `code`, and so has a record
that was refused: its `decision` is `refused` and `problems` says why. So nothing that was asked is without an answer.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from ccm_policy.evaluate.choice import SUPPORTED
from ccm_policy.evaluate.decision import Decision, Finding, ServiceDecision
from ccm_policy.evaluate.money import Money, amounts_of
from ccm_policy.language.diagnostics import Diagnostic

REFUSED = "refused"

COLUMNS: dict[str, str] = {
    "patient_id": "text",
    "service_month": "text",
    "practitioner_id": "text",
    "decision": "text",
    "code": "text",
    "title": "text",
    "status": "text",
    "own_outcome": "text",
    "units": "whole",
    "possible_units": "whole",
    "allowed": "dollars",
    "allowed_low": "dollars",
    "allowed_high": "dollars",
    "ceiling": "text",
    "patient_share": "dollars",
    "sequestration": "dollars",
    "date_of_service": "date",
    "yields_to": "text",
    "held": "text",
    "attested": "text",
    "modifiers": "texts",
    "missing": "texts",
    "findings": "texts",
    "rule": "text",
    "message": "text",
    "remedy": "text",
    "problems": "texts",
}
"""Each column and what it holds. `allowed`, `patient_share` and `sequestration` are exact amounts, empty where there
is none or where it hangs on a fact that is not known; `allowed_low` to `allowed_high` is then its range. `attested`:
whether it rests on what the practice attests. `findings`:
codes of what a person should know of the record, with those of its other services. `rule`, `message` and `remedy` are
of the first reason that does not hold, where reasons are asked for."""

Row = tuple[Any, ...]
"""The cells of one row, in the order of the columns."""
_FINDINGS = list(COLUMNS).index("findings")


@dataclass(frozen=True, slots=True)
class Rows:
    """The form of decisions as rows. `reasons`: whether those rows name what does not hold."""

    reasons: bool = False

    def of(self, decision: Decision) -> tuple[Row, ...]:
        """The rows of a decision."""
        return tuple(self._each(decision))

    def with_findings(self, made: tuple[Row, ...], found: Sequence[Finding]) -> tuple[Row, ...]:
        """With more findings."""
        codes = [finding.code for finding in found]
        return tuple((*row[:_FINDINGS], row[_FINDINGS] + codes, *row[_FINDINGS + 1 :]) for row in made)

    def _each(self, decision: Decision) -> Iterator[Row]:
        key = {
            "patient_id": decision.patient_id,
            "service_month": decision.service_month,
            "practitioner_id": decision.practitioner_id,
            "decision": decision.status,
            "findings": [finding.code for finding in decision.findings],
        }
        for service in decision.services.values():
            yield _row(key | self._service(service))
        if not decision.services:
            yield _row(key | {"missing": [missing.fact for missing in decision.missing]})

    def _service(self, service: ServiceDecision) -> dict[str, Any]:
        told = {
            "code": service.code,
            "title": service.title,
            "status": service.status,
            "own_outcome": service.own_outcome,
            "units": service.units,
            "possible_units": service.possible_units,
            "allowed": _one(service.allowed),
            "ceiling": service.ceiling,
            "patient_share": _one(service.patient_share),
            "sequestration": _one(service.sequestration),
            "date_of_service": service.date_of_service,
            "yields_to": service.yields_to,
            "held": None if service.held is None else service.held.rule,
            "attested": "yes" if service.attested else "no",
            "modifiers": list(service.modifiers),
            "missing": list(service.missing),
        }
        if amounts := amounts_of(service.allowed):
            told |= {"allowed_low": min(amounts), "allowed_high": max(amounts)}
        if self.reasons and service.status != SUPPORTED:
            first = next(iter(service.against), None)
            if first is not None:
                told |= {"rule": first.rule, "message": first.message, "remedy": first.remedy}
        return told


def refused(patient: str | None, month: str | None, problems: Sequence[Diagnostic], row: int | None = None) -> Row:
    """The row of a record that was refused. `row`: its number in the table, where it is not sure to be named."""
    where = "" if row is None else f" (row {row})"
    told = [f"{problem.code}: {problem.message}{where}" for problem in problems]
    return _row({"patient_id": patient, "service_month": month, "decision": REFUSED, "problems": told})


def _row(cells: dict[str, Any]) -> Row:
    empty: dict[str, Any] = {name: [] for name, kind in COLUMNS.items() if kind == "texts"}
    return tuple(cells.get(name, empty.get(name)) for name in COLUMNS)


def _one(money: Money) -> Decimal | None:
    return money if isinstance(money, Decimal) else None
