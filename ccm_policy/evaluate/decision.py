"""A decision: the answer for one patient-month, as plain data, and its form as an object (pinned; fields may be
added).
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date
from typing import Any

from ccm_policy.evaluate.amounts import Alternative
from ccm_policy.evaluate.claim import Claim
from ccm_policy.evaluate.missing import MissingFact, WithinReach
from ccm_policy.evaluate.money import Money, texts
from ccm_policy.evaluate.reasons import Reason
from ccm_policy.evaluate.record import Reasons, written
from ccm_policy.evaluate.stages import Evaluated


@dataclass(frozen=True, slots=True)
class ServiceDecision:
    """What is decided about one code.

    `status`: `supported`, `not_supported`, `needs_information`, `not_established`. `own_outcome`: `yes`, `no`,
    `unknown`, before any choice. `units` are established; `possible_units` the most they could become (None: no
    limit). `modifiers`: those that its line of a claim carries. `yields_to`: the code that was preferred. `held`: the
    practice's own reason to hold what the payer supports; its outcome is `no`, or `unknown` while the practice does not
    know. `allowed`, `patient_share`: dollars for all units. `ceiling`: whether `allowed` is only the most that may be
    paid, because another payer comes first (`yes`, `no`, `unknown`). `units_depend_on`: facts that could raise the
    units of a supported service. `outside`: its programme, where the patient is settled not to be in it and nothing of
    it is claimed.
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
    ceiling: str
    amount_note: str | None
    patient_share: Money
    patient_share_note: str | None
    sequestration: Money
    date_of_service: date | None
    reasons: tuple[Reason, ...]
    missing: tuple[str, ...]
    units_depend_on: tuple[str, ...]
    notes: tuple[str, ...]
    outside: str | None = None


@dataclass(frozen=True, slots=True)
class Outside:
    """A programme in which the patient is settled not to be, of which nothing is claimed. One line stands for it."""

    programme: str
    services: tuple[str, ...]

    def __str__(self) -> str:
        return f"not enrolled in {self.programme.replace('_', ' ').upper()}"

    def to_dict(self) -> dict[str, Any]:
        return {"programme": self.programme, "message": str(self), "services": list(self.services)}


@dataclass(frozen=True, slots=True)
class AuditRisk:
    """A rule that flags, and the services that stand in spite of it."""

    reason: Reason
    services: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Finding:
    """Something about the record that a person should know. `path`: the fact that it is about. `services`: those
    supported that rest on what is found."""

    code: str
    message: str
    path: str | None = None
    services: tuple[str, ...] = ()

    def to_dict(self) -> dict[str, Any]:
        told = {"code": self.code, "message": self.message, "fact": self.path}
        return {**told, "services": list(self.services)} if self.services else told


@dataclass(frozen=True, slots=True)
class Totals:
    """Dollars of a patient-month: supported services, the patient's part, the most that is possible, the part with an
    audit risk. `ceiling`: supported services of which another payer may pay first; they are in none of the others but
    `possible`.

    `unpriced`: supported services that have no amount and are in none of these.
    """

    allowed: Money
    patient_share: Money
    possible: Money
    at_risk: Money
    ceiling: Money
    unpriced: tuple[str, ...]

    def to_dict(self) -> dict[str, Any]:
        return {
            "allowed": texts(self.allowed),
            "patient_share": texts(self.patient_share),
            "possible": texts(self.possible),
            "at_risk": texts(self.at_risk),
            "ceiling": texts(self.ceiling),
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

    `status` is `decided`; `not_established` where no policy speaks for the payer; or `needs_information` while facts
    are missing that tell whether one does, and then `services` are those that may stand if it does. `evaluated` is how
    it came about, for `explain`; it is not part of the object.
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

    @property
    def outside(self) -> tuple[Outside, ...]:
        """The programmes in which the patient is not, and of which nothing is claimed."""
        programmes = dict.fromkeys(s.outside for s in self.services.values() if s.outside is not None)
        return tuple(
            Outside(programme, tuple(code for code, s in self.services.items() if s.outside == programme))
            for programme in programmes
        )

    def to_dict(self, reasons: Reasons = "full") -> dict[str, Any]:
        """The pinned object, as `ccm-policy schema decision` says; with less of the reasons where less is asked."""
        return written(self, reasons)
