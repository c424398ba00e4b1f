"""What a page of the month tells of one patient-month: plain data, which may come from another process."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

from ccm_policy.evaluate.decision import Decision, Finding
from ccm_policy.evaluate.glance import glanced, not_holding
from ccm_policy.evaluate.rules import AUDIT_RISK, DECIDES
from ccm_policy.report import words
from ccm_policy.report.keys import Keys
from ccm_policy.report.minutes import Minutes, minutes_of
from ccm_policy.report.patient_months import PatientMonth, patient_month
from ccm_policy.report.words import Decided


@dataclass(frozen=True, slots=True, kw_only=True)
class Bill:
    """A supported service. `notes`: what is said of it, of its amount and of why it is held."""

    code: str
    title: str
    units: int
    amount: str
    share: str
    date: str | None
    notes: tuple[str, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Told:
    """A rule that does not hold, or is not known to, with the services of which that is so and its citations."""

    title: str
    outcome: str
    severity: str
    rule: str
    policy: str
    edition: str
    confidence: str
    message: str | None
    remedy: str | None
    cites: tuple[str, ...]
    services: tuple[str, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Entry:
    """A patient-month on the page. `editions`, `made_from`: policies with their editions, digests and versions."""

    told: PatientMonth
    bills: tuple[Bill, ...]
    rules: tuple[Told, ...]
    minutes: tuple[Minutes, ...]
    editions: Mapping[str, str]
    made_from: Mapping[str, str]

    def with_findings(self, found: Sequence[Finding]) -> Entry:
        """With what panel checks find later."""
        return replace(self, told=self.told.with_findings(found))


def entry(decision: Decision, keys: Keys | None = None) -> Entry:
    """What the page tells of a decision; of one whose keys are hashed, no value that identifies."""
    whole: Decided = glanced(decision)
    whole = whole if keys is None else keys.named(whole)
    provenance = whole["provenance"]
    return Entry(
        told=patient_month(whole),
        bills=tuple(_bill(code, service) for code, service in words.supported(whole)),
        rules=tuple(_rules(whole)),
        minutes=minutes_of(decision),
        editions=provenance["editions"],
        made_from={name: provenance[name] for name in ("package", "language", "policies", "fees")},
    )


def _bill(code: str, service: Mapping[str, Any]) -> Bill:
    allowed, share = words.dollars(service["allowed"]), words.dollars(service["patient_share"])
    notes = [service["amount_note"], service["patient_share_note"], *service["notes"]]
    if service["held"] is not None:
        notes.append(f"Held by the practice: {service['held']['message'] or service['held']['title']}")
    notes += ["Rests on what the practice attests."] if service["attested"] else []
    at_most = "at most " if service["ceiling"] != "no" else ""
    return Bill(
        code="-".join([code, *service["modifiers"]]),
        title=service["title"],
        units=service["units"],
        amount="no price" if allowed is None else f"{at_most}{allowed}",
        share="" if share is None else str(share),
        date=service["date_of_service"],
        notes=tuple(note for note in notes if note),
    )


def _rules(decision: Decided) -> Iterator[Told]:
    """The rules that decide or flag, of the services at hand and of those supported, that do not hold or are not known
    to; each once, with its services."""
    found: dict[tuple[str, ...], tuple[Mapping[str, Any], list[str]]] = {}
    about = dict(words.at_hand(decision)) | dict(words.supported(decision))
    for code, service in about.items():
        for reason in not_holding(service):
            if reason["severity"] in (DECIDES, AUDIT_RISK):
                key = (reason["policy"], reason["rule"], reason["outcome"], reason["message"] or "")
                found.setdefault(key, (reason, []))[1].append(code)
    for reason, codes in found.values():
        yield Told(
            title=reason["title"] or reason["rule"],
            outcome=reason["outcome"],
            severity=reason["severity"],
            rule=reason["rule"],
            policy=reason["policy"],
            edition=reason["edition"] or "",
            confidence=reason["confidence"],
            message=reason["message"],
            remedy=reason["remedy"],
            cites=tuple(f"{cite['title']}{', ' + cite['at'] if cite['at'] else ''}" for cite in reason["cite"]),
            services=tuple(codes),
        )
