"""A decision: the answer for one patient-month, as plain data, and its form as an object (pinned; fields may be
added).
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import KW_ONLY, dataclass, field
from datetime import date
from typing import Any

from ccm_policy.evaluate.amounts import Alternative
from ccm_policy.evaluate.later import WhenRead, filled, filled_at_once
from ccm_policy.evaluate.missing import MissingFact, WithinReach
from ccm_policy.evaluate.money import NOTHING, Money, texts
from ccm_policy.evaluate.reasons import Reason
from ccm_policy.evaluate.record import Reasons, written
from ccm_policy.evaluate.stages import Evaluated
from ccm_policy.evaluate.verdict import Claim


@filled_at_once
@dataclass(frozen=True, kw_only=True)
class ServiceDecision:
    """What is decided about one code."""

    code: str
    """The billing code."""
    title: str
    """What it is, in our own words."""
    status: str
    """`supported`, `not_supported`, `needs_information`, `not_established`."""
    own_outcome: str
    """`yes`, `no`, `unknown`, by its own rules and units, before any choice."""
    units: int
    """Units that are established."""
    possible_units: int | None
    """The most that they could become; None: no limit."""
    yields_to: str | None
    """The code that was preferred; None: none was."""
    held: WhenRead[Reason | None] = WhenRead()
    """The practice's own reason to hold what the payer supports; its outcome is `no`, or `unknown` while the practice
    does not know. None: it is not held."""
    modifiers: tuple[str, ...]
    """Those that its line of a claim carries."""
    allowed: Money
    """Dollars for all units; a mapping by the values of an unknown fact that sets it; None: there is no price."""
    ceiling: str
    """Whether `allowed` is only the most that may be paid, because another payer comes first: `yes`, `no`, `unknown`.
    """
    amount_note: WhenRead[str | None] = WhenRead()
    """What must be said of `allowed`; None: nothing."""
    patient_share: Money
    """Dollars of `allowed` that are the patient's; as `allowed` where they hang on an unknown fact or there are none.
    """
    patient_share_note: WhenRead[str | None] = WhenRead()
    """What must be said of `patient_share`; None: nothing."""
    sequestration: Money
    """Dollars that are withheld from the payer's part; None: not asked for, or none."""
    date_of_service: WhenRead[date | None] = WhenRead()
    """The day by which it is priced; None: it has none."""
    reasons: WhenRead[tuple[Reason, ...]] = WhenRead()
    """What its rules, coverage and choice said, in the order in which a person is told."""
    against: WhenRead[tuple[Reason, ...]] = WhenRead()
    """Those of its `reasons` that do not hold: what fails, and what is not known."""
    missing: WhenRead[tuple[str, ...]] = WhenRead()
    """Names of the facts that would decide it; empty where it is decided."""
    units_depend_on: WhenRead[tuple[str, ...]] = WhenRead()
    """Names of the facts that could raise the units of a supported service."""
    notes: WhenRead[tuple[str, ...]] = WhenRead()
    """Sentences for the reader."""
    outside: str | None = None
    """Its programme, where the patient is settled not to be in it and nothing of it is claimed; else None."""
    attested: WhenRead[bool] = WhenRead()
    """Whether it rests on what the practice attests: the record alone would say otherwise."""

    def of_part(self, name: str) -> Reason | None:
        """The one of its `reasons` that is about its units, or about its base, by the name of that part."""
        return next((reason for reason in self.reasons if reason.rule == name), None)


@dataclass(frozen=True, slots=True)
class Outside:
    """A programme in which the patient is settled not to be, of which nothing is claimed. One line stands for it."""

    programme: str
    """The family of the services."""
    services: tuple[str, ...]
    """Their codes."""

    def __str__(self) -> str:
        return f"not enrolled in {self.programme.replace('_', ' ').upper()}"

    def to_dict(self) -> dict[str, Any]:
        """The part of the pinned object."""
        return {"programme": self.programme, "message": str(self), "services": list(self.services)}


@dataclass(frozen=True)
class AuditRisk:
    """A rule that flags, and the services that stand in spite of it."""

    reason: WhenRead[Reason] = WhenRead()
    """What the rule said."""
    services: tuple[str, ...] = ()
    """Codes of the services that stand in spite of it."""


@dataclass(frozen=True, slots=True)
class Finding:
    """Something about the record that a person should know."""

    code: str
    """Which kind of finding, as `CCM-W0701`; it has a page in the documentation."""
    message: str
    """A sentence for the reader."""
    path: str | None = None
    """The fact that it is about; None: the record."""
    services: tuple[str, ...] = ()
    """Codes of the supported services that rest on what is found."""

    def to_dict(self) -> dict[str, Any]:
        """The part of the pinned object."""
        told = {"code": self.code, "message": self.message, "fact": self.path}
        return {**told, "services": list(self.services)} if self.services else told


@dataclass(frozen=True, slots=True)
class Totals:
    """Dollars of a patient-month. Each is exact, or a mapping by the values of an unknown fact, or None without a
    price."""

    allowed: Money
    """Supported services, all units."""
    patient_share: Money
    """The patient's part of them."""
    possible: Money
    """The most that it could come to."""
    at_risk: Money
    """The part of `allowed` with an audit risk."""
    ceiling: Money
    """Supported services of which another payer may pay first; they are in none of the others but `possible`."""
    unpriced: tuple[str, ...]
    """Codes of the supported services that have no amount and are in none of these."""
    _: KW_ONLY
    attested: Money = NOTHING
    """The part of `allowed` that the record alone, without the practice's word, would not support."""

    def to_dict(self) -> dict[str, Any]:
        """The part of the pinned object: amounts as texts of exact decimals."""
        return {
            "allowed": texts(self.allowed),
            "patient_share": texts(self.patient_share),
            "possible": texts(self.possible),
            "at_risk": texts(self.at_risk),
            "ceiling": texts(self.ceiling),
            "unpriced": list(self.unpriced),
            **({} if self.attested == NOTHING else {"attested": texts(self.attested)}),
        }


@dataclass(frozen=True, slots=True, kw_only=True)
class Provenance:
    """What the decision was made from, so that it can be made again."""

    policies: str
    """Digest of the policy files and their tables, `sha256:…`."""
    fees: str
    """Digest of the fee schedules."""
    facts: str
    """Digest of the facts, the same for every input format."""
    package: str
    """Version of this package."""
    language: str
    """Version of the policy language."""
    editions: Mapping[str, str]
    """Each policy that took part, to the month of its edition in force (`YYYY-MM`)."""
    layers: tuple[str, ...]
    """The optional layers that were asked for."""

    def to_dict(self) -> dict[str, Any]:
        """The part of the pinned object."""
        return {
            "policies": self.policies,
            "fees": self.fees,
            "facts": self.facts,
            "package": self.package,
            "language": self.language,
            "editions": dict(self.editions),
            "layers": list(self.layers),
        }


@dataclass(frozen=True, kw_only=True)
class Decision:
    """The answer for one patient in one calendar month, for one billing practitioner and payer."""

    patient_id: str
    """The patient's key, as the facts give it."""
    service_month: str
    """`YYYY-MM`."""
    practitioner_id: str | None
    """Who bills; None: the facts do not say."""
    status: str
    """`decided`; `not_established` where no policy speaks for the payer; `needs_information` while facts are missing
    that tell whether one does, and then `services` are those that may stand if it does."""
    services: Mapping[str, ServiceDecision]
    """Each code that the policies decide, to what is decided of it."""
    claim: Claim | None
    """The verdict on the claim; None: none was given."""
    missing: WhenRead[tuple[MissingFact, ...]] = WhenRead()
    """Facts that would decide, with what they are worth."""
    within_reach: WhenRead[tuple[WithinReach, ...]] = WhenRead()
    """Services that a few more minutes would earn."""
    alternatives: WhenRead[tuple[Alternative, ...]] = WhenRead()
    """Tiers and programmes that yield though they stand by themselves."""
    audit_risks: WhenRead[tuple[AuditRisk, ...]] = WhenRead()
    """Rules that flag, and what stands in spite of them."""
    findings: WhenRead[tuple[Finding, ...]] = WhenRead()
    """What a person should know of the record."""
    totals: WhenRead[Totals] = WhenRead()
    """What it comes to, in dollars."""
    provenance: Provenance
    """What it was made from."""
    evaluated: Evaluated | None = field(default=None, compare=False, repr=False)
    """How it came about, for `explain`; no part of the object, and None where it was not kept."""

    def __reduce__(self) -> tuple[Any, ...]:
        """What is sent to another process: all that is told, without how it came about."""
        return filled, (Decision, {**self.__dict__, "evaluated": None})

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
