"""What an example expects, held against a decision: expected and actual side by side, and why they differ."""

from __future__ import annotations

import re
from dataclasses import dataclass

from ccm_policy.evaluate.choice import NEEDS_INFORMATION, NOT_ESTABLISHED, NOT_SUPPORTED, SUPPORTED
from ccm_policy.evaluate.decision import Decision, ServiceDecision
from ccm_policy.evaluate.money import texts
from ccm_policy.language import syntax as s
from ccm_policy.language.diagnostics import Span

COVERAGE = "coverage"
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
    if expectation.what in ("line", "missing line"):
        return _of_claim(expectation, decision)
    if expectation.what in ("risk", "no risk"):
        found = any(risk.reason.rule == expectation.by for risk in decision.audit_risks)
        rules = ", ".join(risk.reason.rule for risk in decision.audit_risks) or "none"
        passed = found == (expectation.what == "risk")
        return Comparison(f"{expectation.what} {expectation.by}", f"risks: {rules}", passed, (), expectation.span)
    code = expectation.code or ""
    service = decision.services.get(code)
    if service is None:
        return _not_there(expectation, decision)
    passed = _is_so(expectation, service, decision)
    actual = described(service, expectation)
    because = () if passed else _because(service)
    return Comparison(f"{code} {_words(expectation)}", f"{code} {actual}", passed, because, expectation.span)


def _is_so(expectation: s.Expectation, service: ServiceDecision, decision: Decision) -> bool:
    match expectation.what:
        case "units":
            return service.status == SUPPORTED and service.units == expectation.units
        case "pays":
            units = expectation.units is None or service.units == expectation.units
            amount = None if expectation.amount is None else f"{expectation.amount:.2f}"
            return service.status == SUPPORTED and units and texts(service.allowed) == amount
        case "supported":
            return service.status == SUPPORTED
        case "not supported":
            return service.status == NOT_SUPPORTED and _failed_by(expectation.by, service, decision)
        case "needs":
            asked = [without_rows(fact) for fact in service.missing]
            wanted = expectation.fact
            named = wanted is None or any(fact == wanted or fact.startswith(f"{wanted}.") for fact in asked)
            return service.status == NEEDS_INFORMATION and named
        case "yields":
            return service.yields_to is not None and expectation.by in (None, service.yields_to)
        case "not established":
            return service.status == NOT_ESTABLISHED
        case "held":
            return service.held is not None and expectation.by in (None, service.held.rule)
    return False


def _failed_by(by: str | None, service: ServiceDecision, decision: Decision) -> bool:
    if by is None:
        return True
    if by == COVERAGE:
        month = decision.evaluated
        return month is not None and month.coverage[service.code].truth is False
    return any(reason.rule == by and reason.outcome == "no" for reason in service.reasons)


def without_rows(path: str) -> str:
    """A fact's path without row numbers: `consents.date` for `consents[0].date`."""
    return _INDEX.sub("", path)


def _not_there(expectation: s.Expectation, decision: Decision) -> Comparison:
    """A code that no policy of the month decides: not supported by any rule, established by none."""
    expected = f"{expectation.code} {_words(expectation)}"
    if decision.status == NOT_ESTABLISHED:
        passed = expectation.what == "not established"
        return Comparison(expected, "no policy speaks for the payer", passed, (), expectation.span)
    passed = expectation.what == "not supported" and expectation.by is None
    actual = f"{expectation.code} is no service of {decision.service_month}"
    return Comparison(expected, actual, passed, (), expectation.span)


def _of_claim(expectation: s.Expectation, decision: Decision) -> Comparison:
    if decision.claim is None:
        return Comparison(_words(expectation), "no claim was given", False, (), expectation.span)
    if expectation.what == "missing line":
        codes = [bill.code for bill in decision.claim.missing_lines]
        actual = f"missing lines: {', '.join(codes) or 'none'}"
        return Comparison(f"missing line {expectation.code}", actual, expectation.code in codes, (), expectation.span)
    expected = f"line {expectation.line} {expectation.verdict}"
    line = next((line for line in decision.claim.lines if line.line == expectation.line), None)
    if line is None:
        return Comparison(expected, f"the claim has no line {expectation.line}", False, (), expectation.span)
    passed = line.verdict == expectation.verdict
    told = [line.message] if line.message else []
    told += [r.message or r.title for r in line.reasons if r.outcome != "yes"]
    because = () if passed else tuple(told)
    return Comparison(expected, f"line {line.line} {line.verdict}", passed, because, expectation.span)


# --- in words ----------------------------------------------------------------------------------------------------


def _words(expectation: s.Expectation) -> str:
    """An expectation as its author wrote it, apart from the code."""
    match expectation.what:
        case "units":
            return f"x {expectation.units}"
        case "pays":
            units = f"x {expectation.units} " if expectation.units is not None else ""
            return f"{units}pays {expectation.amount}"
        case "needs":
            return f"needs {expectation.fact}" if expectation.fact else "needs information"
        case "yields":
            return f"yields to {expectation.by}" if expectation.by else "yields"
    return f"{expectation.what} by {expectation.by}" if expectation.by else expectation.what


def described(service: ServiceDecision, expectation: s.Expectation) -> str:
    """What came out for a service, in the words of expectations."""
    if service.status == SUPPORTED:
        held = f", held by {service.held.rule}" if service.held is not None else ""
        pays = f" pays {texts(service.allowed)}" if expectation.what == "pays" else ""
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
