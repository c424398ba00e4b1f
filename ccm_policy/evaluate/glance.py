"""A decision for whoever reads little of it: told as `opened` tells what was written, but each part when it is read.

To write a decision costs more than to make it, since each reason is told with its facts and citations. A report reads
statuses, amounts and what the failing rules say; that much is told at once. Whatever else is read, as the facts of a
reason, is told of the whole decision, which is then written and opened once.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from functools import partial
from operator import attrgetter
from typing import Any, overload

from ccm_policy.evaluate.decision import AuditRisk, Decision, ServiceDecision
from ccm_policy.evaluate.later import once
from ccm_policy.evaluate.money import texts
from ccm_policy.evaluate.opening import opened
from ccm_policy.evaluate.reasons import Reason
from ccm_policy.evaluate.record import SERVICE, last_of
from ccm_policy.evaluate.verdict import Bill, Line

Told = Mapping[str, Any]
Tellers = Mapping[str, Callable[[Any], Any]]


class Part(Mapping[str, Any]):
    """A part of an opened decision. `of`: what it tells of; `at_once`: how some of it is told of that; `whole`: the
    same part of the decision that was written and opened, where the rest of it is."""

    __slots__ = ("_at_once", "_read", "_whole", "of")

    def __init__(self, of: Any, at_once: Tellers, whole: Callable[[], Told]) -> None:
        self.of = of
        self._at_once = at_once
        self._whole = whole
        self._read: dict[str, Any] = {}

    def __getitem__(self, key: str) -> Any:
        read = self._read
        if key not in read:
            tell = self._at_once.get(key)
            read[key] = self._whole()[key] if tell is None else tell(self.of)
        return read[key]

    def __iter__(self) -> Iterator[str]:
        return iter(self._whole())

    def __len__(self) -> int:
        return len(self._whole())


class _Reasons(Sequence[Told]):
    """The reasons of a service. Those that stand against it are told at once, which is where they all begin."""

    __slots__ = ("_against", "_of", "_whole")

    def __init__(self, of: ServiceDecision, whole: Callable[[], Sequence[Told]]) -> None:
        self._of = of
        self._whole = whole
        self._against: list[Told] | None = None

    @property
    def against(self) -> list[Told]:
        if self._against is None:
            self._against = [_reason(each, self._whole, at) for at, each in enumerate(self._of.against)]
        return self._against

    def __iter__(self) -> Iterator[Told]:
        yield from self.against
        yield from self._whole()[len(self.against) :]

    @overload
    def __getitem__(self, at: int) -> Told: ...
    @overload
    def __getitem__(self, at: slice) -> Sequence[Told]: ...
    def __getitem__(self, at: int | slice) -> Told | Sequence[Told]:
        return self._whole()[at]

    def __len__(self) -> int:
        return len(self._whole())

    def of_part(self, name: str) -> Told | None:
        """What is said of a part that is no rule, of which there is one reason at most."""
        found = self._of.of_part(name)
        return None if found is None else Part(found, _OF_REASON, lambda: _first(self._whole(), name) or {})


def glanced(decision: Decision) -> Told:
    """The decision as `opened` gives it of what is written in full, whatever of it is read."""
    whole = once(lambda: opened(decision.to_dict()))
    last_day = last_of(decision.service_month)

    def service(code: str, of: ServiceDecision) -> Told:
        if of.outside is not None:
            return {**SERVICE, "date_of_service": last_day, **{name: getattr(of, name) for name in _OUTSIDE}}

        def told() -> Any:
            return whole()["services"][code]

        def held(of: ServiceDecision) -> Told | None:
            return None if of.held is None else Part(of.held, _OF_REASON, lambda: told()["held"])

        def reasons(of: ServiceDecision) -> Sequence[Told]:
            return _Reasons(of, lambda: told()["reasons"])

        return Part(of, {**_OF_SERVICE, "held": held, "reasons": reasons}, told)

    def line(at: int, of: Line) -> Told:
        def told() -> Any:
            return whole()["claim"]["lines"][at]

        def reasons(of: Line) -> list[Told]:
            return [_reason(each, lambda: told()["reasons"], n) for n, each in enumerate(of.reasons)]

        return Part(of, {**_OF_LINE, "reasons": reasons}, told)

    def claim(of: Decision) -> Told | None:
        if of.claim is None:
            return None
        lines = [line(at, each) for at, each in enumerate(of.claim.lines)]
        return {"lines": lines, "missing_lines": [_bill(bill) for bill in of.claim.missing_lines]}

    def risk(at: int, of: AuditRisk) -> Told:
        at_once = {**_OF_REASON, "services": lambda _: list(of.services)}
        return Part(of.reason, at_once, lambda: whole()["audit_risks"][at])

    def services(of: Decision) -> dict[str, Told]:
        return {code: service(code, each) for code, each in of.services.items()}

    def risks(of: Decision) -> list[Told]:
        return [risk(at, each) for at, each in enumerate(of.audit_risks)]

    return Part(decision, {**_OF_DECISION, "services": services, "claim": claim, "audit_risks": risks}, whole)


# --- reading of reasons, told in either way ----------------------------------------------------------------------


def not_holding(service: Told) -> Sequence[Told]:
    """The reasons of a service that do not hold."""
    reasons = service["reasons"]
    if isinstance(reasons, _Reasons):
        return reasons.against
    return [reason for reason in reasons if reason["outcome"] != "yes"]


def of_part(service: Told, name: str) -> Told | None:
    """What is said of a part of a service that is no rule (its units, its base); None: nothing."""
    reasons = service["reasons"]
    return reasons.of_part(name) if isinstance(reasons, _Reasons) else _first(reasons, name)


def rests_on_facts(reason: Told) -> bool:
    """Whether a reason rests on any fact."""
    return bool(reason.of.facts if isinstance(reason, Part) else reason["facts"])


def _first(reasons: Iterable[Told], name: str) -> Told | None:
    return next((reason for reason in reasons if reason["rule"] == name), None)


# --- what is told at once ----------------------------------------------------------------------------------------


def _reason(of: Reason, whole: Callable[[], Sequence[Told]], at: int) -> Told:
    return Part(of, _OF_REASON, lambda: whole()[at])


def _bill(bill: Bill) -> Told:
    return {"code": bill.code, "units": bill.units, "allowed": texts(bill.allowed)}


def _as_is(*names: str) -> Tellers:
    return {name: attrgetter(name) for name in names}


def _dollars(*names: str) -> Tellers:
    return {name: partial(_amount, name) for name in names}


def _amount(name: str, of: Any) -> Any:
    return texts(getattr(of, name))


_OUTSIDE = ("title", "status", "outside")
_OF_REASON: Tellers = {
    **_as_is(
        "rule", "policy", "title", "edition", "severity", "basis", "confidence", "outcome", "applies", "exception",
        "message", "remedy",
    ),
    "cite": lambda of: [{"source": cite.source, "title": cite.title, "at": cite.at or None} for cite in of.cite],
}  # fmt: skip
_OF_SERVICE: Tellers = {
    **_as_is(*_OUTSIDE, "own_outcome", "units", "possible_units", "yields_to", "ceiling", "amount_note", "attested"),
    **_as_is("patient_share_note"),
    "notes": lambda of: list(of.notes),
    **_dollars("allowed", "patient_share", "sequestration"),
    "modifiers": lambda of: list(of.modifiers),
    "date_of_service": lambda of: None if of.date_of_service is None else of.date_of_service.isoformat(),
    "missing": lambda of: [{"fact": fact, "decides": of.code} for fact in of.missing],
}
_OF_LINE: Tellers = {
    **_as_is("line", "code", "verdict", "supported_units", "ceiling", "message"),
    **_dollars("allowed"),
}
_OF_DECISION: Tellers = {
    **_as_is("patient_id", "service_month", "practitioner_id", "status"),
    "missing": lambda of: [{"fact": m.fact, "services": list(m.services), "worth": texts(m.worth)} for m in of.missing],
    "within_reach": lambda of: [
        {"service": w.service, "short": str(w.short), "worth": texts(w.worth)} for w in of.within_reach
    ],
    "alternatives": lambda of: [
        {
            "preference": a.preference.name,
            "group": a.group,
            "services": dict(a.units),
            "allowed": texts(a.allowed),
            "yields_to": a.yields_to,
        }
        for a in of.alternatives
    ],
    "provenance": lambda of: of.provenance.to_dict(),
    "findings": lambda of: [finding.to_dict() for finding in of.findings],
    "not_enrolled": lambda of: [outside.to_dict() for outside in of.outside],
}
