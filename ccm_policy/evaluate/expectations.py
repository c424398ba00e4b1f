"""What an example expects, held against a decision: expected and actual side by side, and why they differ."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

from ccm_policy.evaluate.choice import NEEDS_INFORMATION, NOT_ESTABLISHED, NOT_SUPPORTED, SUPPORTED
from ccm_policy.evaluate.decision import Decision, ServiceDecision
from ccm_policy.evaluate.money import texts
from ccm_policy.language import syntax as s
from ccm_policy.language.diagnostics import Span
from ccm_policy.language.expectations import told

_INDEX = re.compile(r"\[\d+\]")


@dataclass(frozen=True, slots=True)
class Comparison:
    """One expectation: what was expected, what came out, and the reasons where the two differ."""

    expected: str
    actual: str
    passed: bool
    because: tuple[str, ...]
    span: Span


def compare(expectation: s.Expectation, decision: Decision) -> Comparison:
    """Whether a decision is as expected."""
    if isinstance(expectation, s.ExpectLine | s.ExpectMissingLine):
        return _of_claim(expectation, decision)
    if isinstance(expectation, s.ExpectRisk):
        found = any(risk.reason.rule == expectation.rule for risk in decision.audit_risks)
        rules = ", ".join(risk.reason.rule for risk in decision.audit_risks) or "none"
        return _compared(expectation, f"risks: {rules}", found == expectation.there)
    service = decision.services.get(expectation.code)
    if service is None:
        return _not_there(expectation, decision)
    passed = _IS_SO[type(expectation)](expectation, service, decision)
    actual = f"{expectation.code} {described(service, expectation)}"
    return _compared(expectation, actual, passed, () if passed else _because(service))


def _compared(expectation: s.Expectation, actual: str, passed: bool, because: tuple[str, ...] = ()) -> Comparison:
    return Comparison(told(expectation), actual, passed, because, expectation.span)


def _units(expected: s.ExpectUnits, service: ServiceDecision, decision: Decision) -> bool:
    return service.status == SUPPORTED and service.units == expected.units


def _pays(expected: s.ExpectPays, service: ServiceDecision, decision: Decision) -> bool:
    units = expected.units is None or service.units == expected.units
    return service.status == SUPPORTED and units and texts(service.allowed) == f"{expected.amount:.2f}"


def _supported(expected: s.ExpectSupported, service: ServiceDecision, decision: Decision) -> bool:
    return service.status == SUPPORTED


def _not_supported(expected: s.ExpectNotSupported, service: ServiceDecision, decision: Decision) -> bool:
    return service.status == NOT_SUPPORTED and _failed_by(expected.by, service, decision)


def _needs(expected: s.ExpectNeeds, service: ServiceDecision, decision: Decision) -> bool:
    asked = [without_rows(fact) for fact in service.missing]
    named = any(fact == expected.fact or fact.startswith(f"{expected.fact}.") for fact in asked)
    return service.status == NEEDS_INFORMATION and named


def _yields(expected: s.ExpectYields, service: ServiceDecision, decision: Decision) -> bool:
    return service.yields_to is not None and expected.to in (None, service.yields_to)


def _not_established(expected: s.ExpectNotEstablished, service: ServiceDecision, decision: Decision) -> bool:
    return service.status == NOT_ESTABLISHED


def _held(expected: s.ExpectHeld, service: ServiceDecision, decision: Decision) -> bool:
    return service.held is not None


_IS_SO: Mapping[type, Callable[[Any, ServiceDecision, Decision], bool]] = {
    s.ExpectUnits: _units,
    s.ExpectPays: _pays,
    s.ExpectSupported: _supported,
    s.ExpectNotSupported: _not_supported,
    s.ExpectNeeds: _needs,
    s.ExpectYields: _yields,
    s.ExpectNotEstablished: _not_established,
    s.ExpectHeld: _held,
}


def _failed_by(by: str | None, service: ServiceDecision, decision: Decision) -> bool:
    if by is None:
        return True
    if by == s.COVERAGE:
        month = decision.evaluated
        return month is not None and month.coverage[service.code].truth is False
    return any(reason.rule == by and reason.outcome == "no" for reason in service.reasons)


def without_rows(path: str) -> str:
    """A fact's path without row numbers: `consents.date` for `consents[0].date`."""
    return _INDEX.sub("", path)


OfService = (
    s.ExpectUnits | s.ExpectPays | s.ExpectSupported | s.ExpectNotSupported | s.ExpectHeld | s.ExpectYields
    | s.ExpectNeeds | s.ExpectNotEstablished
)  # fmt: skip


def _not_there(expectation: OfService, decision: Decision) -> Comparison:
    """A code that no policy of the month decides: not supported by any rule, established by none."""
    if decision.status == NOT_ESTABLISHED:
        passed = isinstance(expectation, s.ExpectNotEstablished)
        return _compared(expectation, "no policy speaks for the payer", passed)
    passed = isinstance(expectation, s.ExpectNotSupported) and expectation.by is None
    return _compared(expectation, f"{expectation.code} is no service of {decision.service_month}", passed)


def _of_claim(expectation: s.ExpectLine | s.ExpectMissingLine, decision: Decision) -> Comparison:
    if decision.claim is None:
        return _compared(expectation, "no claim was given", False)
    if isinstance(expectation, s.ExpectMissingLine):
        codes = [bill.code for bill in decision.claim.missing_lines]
        return _compared(expectation, f"missing lines: {', '.join(codes) or 'none'}", expectation.code in codes)
    line = next((line for line in decision.claim.lines if line.line == expectation.line), None)
    if line is None:
        return _compared(expectation, f"the claim has no line {expectation.line}", False)
    passed = line.verdict == expectation.verdict
    said = [line.message] if line.message else []
    said += [r.message or r.title for r in line.reasons if r.outcome != "yes"]
    return _compared(expectation, f"line {line.line} {line.verdict}", passed, () if passed else tuple(said))


# --- in words ----------------------------------------------------------------------------------------------------


def described(service: ServiceDecision, expectation: OfService) -> str:
    """What came out for a service, in the words of expectations."""
    if service.status == SUPPORTED:
        held = f", held by {service.held.rule}" if service.held is not None else ""
        pays = f" pays {texts(service.allowed)}" if isinstance(expectation, s.ExpectPays) else ""
        return f"x {service.units}{pays}{held}"
    if service.yields_to is not None:
        return f"yields to {service.yields_to}"
    if service.status == NEEDS_INFORMATION:
        return f"needs {', '.join(dict.fromkeys(without_rows(fact) for fact in service.missing))}"
    if service.status == NOT_ESTABLISHED:
        return "not established"
    failed = [reason.rule for reason in service.reasons if reason.outcome == "no" and reason.severity == "decides"]
    return f"not supported by {', '.join(failed)}"


def _because(service: ServiceDecision) -> tuple[str, ...]:
    """The reasons that a reader needs to see why it came out otherwise."""
    told = [r for r in service.reasons if r.outcome != "yes" and r.severity == "decides"]
    lines = [f"{r.rule}: {r.message or ('needs information' if r.outcome == 'unknown' else r.title)}" for r in told]
    return (*lines, *(f"waits for {fact}" for fact in service.missing))
