"""A policy as it stands in a month, for people to read: each statement and clause with the edition it comes from."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from ccm_policy.language import syntax as s
from ccm_policy.language.diagnostics import CcmPolicyError, Diagnostic, error
from ccm_policy.language.nearest import nearest
from ccm_policy.language.report import Report, listed

if TYPE_CHECKING:
    from ccm_policy.library import Library


def consolidated(library: Library, policy: str, month: str, merged: bool) -> tuple[str, tuple[s.Statement, ...]]:
    """A policy's title and statements in force in a month; with `merged` those of everything under it too."""
    _refuse(not_there(library, policy, month))
    report = Report()
    statements = library.source.consolidated((policy,), month, report)
    if not merged:
        statements = tuple(st for st in statements if _touched(st, policy))
    return library.policies[policy].title, statements


def bare(statement: s.Statement) -> s.Statement:
    """The statement without its comments."""
    clauses = tuple(replace(c, comments=(), trailing=None) for c in statement.clauses)
    return replace(statement, comments=(), trailing=None, comments_at_end=(), clauses=clauses)


def _touched(statement: s.Statement, policy: str) -> bool:
    """Whether the policy wrote the statement or any clause of it."""
    origins = [statement.origin, *(c.origin for c in statement.clauses)]
    return any(origin is not None and origin.policy == policy for origin in origins)


def not_there(library: Library, policy: str, month: str) -> Diagnostic | None:
    """Why there is no text of a policy in a month; None where there is one."""
    known = library.policies
    if policy not in known:
        near = nearest(policy, known)
        help = f"did you mean `{near}`?" if near else f"the policies are {listed(sorted(known), 40)}"
        return error("E0443", f"there is no policy `{policy}`", help=help)
    if month > library.known_through:
        message = f"this library knows its policies through {library.known_through}, and {month} is later"
        return error("E0440", message, help="get a library that knows the month; nothing is carried forward")
    first = known[policy].editions[0].month
    if month < first:
        return error("E0441", f"`{policy}` begins in {first}, and {month} is earlier", help=f"ask for {first} or later")
    return None


def _refuse(wrong: Diagnostic | None) -> None:
    if wrong is not None:
        raise CcmPolicyError([wrong])
