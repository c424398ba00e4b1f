"""What a practice's own layer says in vain: it holds back what the payer supports, and does nothing else (D27)."""

from __future__ import annotations

from collections.abc import Iterator

from ccm_policy.language import syntax as s
from ccm_policy.language.clauses import SEVERITIES
from ccm_policy.language.diagnostics import Diagnostic, error
from ccm_policy.language.syntax.texts import words_of
from ccm_policy.library.editions import Edition, Policy
from ccm_policy.library.outline import Outline

DECIDED_BELOW = {
    "payment": "what a service is worth",
    "coverage": "what is covered",
    "prefer": "which of two services is billed",
    "claim check": "the lines of a claim",
    "panel check": "what is found between two patients",
}
"""Kinds of statement, and what they are about."""
HOLDS = "write what the practice asks for as a `requirement` or an `exclusion`: what fails it is held"


def idle(policies: dict[str, Policy], outline: Outline) -> Iterator[Diagnostic]:
    """The statements of practices' policies that can never have an effect."""
    house = outline.house
    if house is None:
        return
    for name, policy in policies.items():
        if outline.policies[name].level == house:
            for edition in policy.editions:
                yield from _header(edition, house)
                for statement in edition.statements:
                    yield from _statement(statement, house, outline)


def _header(edition: Edition, house: str) -> Iterator[Diagnostic]:
    for clause in edition.header.all("priced by"):
        yield _in_vain("`priced by`", DECIDED_BELOW["payment"], house, clause)


def _statement(statement: s.Statement, house: str, outline: Outline) -> Iterator[Diagnostic]:
    what = f"{statement.kind} `{statement.name}`" if statement.kind in DECIDED_BELOW else f"service `{statement.name}`"
    if statement.kind in DECIDED_BELOW:
        yield _in_vain(what, DECIDED_BELOW[statement.kind], house, statement)
    elif statement.kind == "service" and statement.verb in (None, "add"):
        yield _in_vain(what, "which services there are", house, statement)
    elif statement.verb == "raise":
        yield from _flags(statement, statement.head.to or "", house)
    elif statement.kind in ("requirement", "exclusion"):
        yield from _flags(statement, " ".join(words_of(statement, "severity")), house)


def _flags(statement: s.Statement, severity: str, house: str) -> Iterator[Diagnostic]:
    """A rule that only flags, in a layer of which only what decides is asked."""
    if severity in SEVERITIES[1:]:
        message = f"`{statement.name}` only flags, and of a policy of the layer `{house}` only what decides is asked"
        help = f"write `{SEVERITIES[0]}`, so that what fails it is held, or take it out"
        yield error("W0434", message, statement.name_span, help=help)


def _in_vain(what: str, about: str, house: str, at: s.Statement | s.Clause) -> Diagnostic:
    span = at.name_span if isinstance(at, s.Statement) else at.span
    message = f"{what} has no effect here: a policy of the layer `{house}` does not decide {about}"
    return error("E0433", message, span, help=HOLDS)
