"""Who may attest, and what is attested in vain."""

from __future__ import annotations

from collections.abc import Iterator

from ccm_policy.language import syntax as s
from ccm_policy.language.diagnostics import Diagnostic, error
from ccm_policy.language.resolve import Words
from ccm_policy.library.editions import Policy
from ccm_policy.library.outline import Outline

UNREAD = ("attest", "example", "facts", "note", "dispute", "policy")
"""Kinds of statement whose mention of a fact decides nothing."""


def attesting(files: tuple[s.File, ...], policies: dict[str, Policy], outline: Outline) -> Iterator[Diagnostic]:
    """What is wrong with who attests in a library, and with attestations of what nothing reads."""
    said = [(n, st) for n, policy in policies.items() for e in policy.editions for st in e.statements if _attests(st)]
    read = _read(files) if said else frozenset()
    for name, statement in said:
        if outline.policies[name].level != outline.house:
            yield _not_a_practice(name, statement, outline.house)
        else:
            yield from _unread(statement, read)


def _attests(statement: s.Statement) -> bool:
    return statement.kind == "attest" and statement.verb != "repeal"


def _not_a_practice(policy: str, statement: s.Statement, house: str | None) -> Diagnostic:
    """A payer does not know what a practice's procedures make true."""
    layer = f"the layer `{house}`" if house is not None else "a practice, and this library has none"
    message = f"`{policy}` cannot attest: only a policy of {layer} vouches for its own procedures"
    help = "move it to the practice's policy; a payer that wants less presumes less, or `asks for the record of` more"
    return error("E0590", message, statement.name_span, help=help)


def _unread(statement: s.Statement, read: frozenset[str]) -> Iterator[Diagnostic]:
    for clause in statement.all("fact"):
        body = clause.body
        if isinstance(body, s.Attested) and body.path not in read and body.path.partition(".")[2] not in read:
            help = "take it out, or look for the fact that the rules ask for"
            yield error("W0721", f"no rule or definition reads `{body.path}`", body.span, help=help)


def _read(files: tuple[s.File, ...]) -> frozenset[str]:
    """Every name that a statement mentions which decides something, or that something is presumed from."""
    words = Words()
    found: set[str] = set()
    for statement in (st for file in files for st in file.statements if st.kind not in UNREAD):
        if statement.kind in ("fact", "list"):
            presumed = [c.body for c in statement.clauses if isinstance(c.body, s.FieldDecl)]
            presumed += [] if statement.head.decl is None else [statement.head.decl]
            found |= {word for decl in presumed for word in words.within(decl.absence)}
        else:
            found |= words.of(statement)
    return frozenset(found)
