"""What every statement of a policy may say about itself: title, authority, standing, and the services it is for."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import date

from ccm_policy.language import syntax as s
from ccm_policy.language import tree as t
from ccm_policy.language.clauses import SEVERITIES
from ccm_policy.language.diagnostics import Span
from ccm_policy.language.nearest import nearest
from ccm_policy.language.report import listed
from ccm_policy.language.resolve.codes import code_list
from ccm_policy.language.resolve.names import Refused, Resolver
from ccm_policy.language.syntax.texts import text_of, texts

BASES = ("statute", "regulation", "guidance", "contractor", "payer", "practice", "trade")
CONFIDENCES = ("primary", "secondary", "unverified")


@dataclass(frozen=True, slots=True)
class Ground:
    """Title, authority and standing of a statement."""

    title: str
    where: t.Where
    basis: str | None
    confidence: str
    cites: tuple[t.Cite, ...]


@dataclass(frozen=True, slots=True)
class Codes:
    """The services of the program: code to family and tier, in the order they stand."""

    family: dict[str, str] = field(default_factory=dict)
    tier: dict[str, str | None] = field(default_factory=dict)


def ground(r: Resolver, statement: s.Statement) -> Ground:
    """Title and authority; an undeclared source or an unknown standing is reported."""
    return Ground(
        text_of(statement, "title"),
        where(statement),
        one_word(r, statement, "basis", BASES) or None,
        one_word(r, statement, "confidence", CONFIDENCES) or CONFIDENCES[0],
        cites(r, (c.body for c in statement.all("cite") if isinstance(c.body, s.Citation))),
    )


def where(statement: s.Statement) -> t.Where:
    """The policy a statement comes from, and the edition of that policy that last touched it."""
    origin = statement.origin or s.Origin("", "")
    editions = [c.origin.edition for c in statement.clauses if c.origin and c.origin.policy == origin.policy]
    return t.Where(origin.policy, max((origin.edition, *editions)))


def cites(r: Resolver, written: Iterable[s.Citation]) -> tuple[t.Cite, ...]:
    """Citations with their sources' titles; a source that is not declared is told."""
    made = []
    for cite in written:
        known = r.names.sources.get(cite.source)
        if known is None:
            r.report.unknown("E0210", "source", cite.source, cite.span, r.names.sources, "declare it with `source`")
        else:
            made.append(t.Cite(known.source, known.title, cite.at or known.at, known.kind))
    return tuple(made)


def one_word(r: Resolver, statement: s.Statement, clause: str, allowed: tuple[str, ...]) -> str:
    """The word of a clause, one of those allowed; the empty text where the clause is not there or wrong."""
    written = statement.one(clause)
    if written is None:
        return ""
    word = " ".join(texts(written.body))
    if word not in allowed:
        near = nearest(word, allowed)
        help = f"did you mean `{near}`?" if near else f"write {listed(allowed)}"
        r.report.add("E0232", f"`{word}` is no {clause}", written.span, help)
        return ""
    return word


def services(r: Resolver, statement: s.Statement, codes: Codes, *, every_month: bool) -> tuple[str, ...]:
    """The codes that a statement is for.

    With `every_month` a code must be a service in this very month; otherwise it is enough that it ever is one.
    """
    clause = statement.one("for")
    if clause is None or not isinstance(clause.body, s.Services):
        if clause is None:
            message = f"`{statement.name}` does not say which services it is for"
            r.report.add("E0233", message, statement.name_span, "write `for every … service` or `for` and codes")
        raise Refused
    written = clause.body
    chosen = [code for group in written.groups for code in _group(r, group, codes, written.span)]
    for code in code_list(r, written.codes):
        if code in codes.family:
            chosen.append(code)
        else:
            _refuse_code(r, code, clause.span, every_month)
    excluded = code_list(r, written.excluding)
    for code in excluded:
        if code not in codes.family:
            _refuse_code(r, code, clause.span, every_month=False)
    return tuple(dict.fromkeys(c for c in chosen if c not in excluded))


def _group(r: Resolver, group: str, codes: Codes, span: Span) -> list[str]:
    if group == "*":
        return list(codes.family)
    if group not in r.names.families and group not in r.names.tiers:
        known = [*r.names.families, *r.names.tiers]
        r.report.unknown("E0234", "family or tier", group, span, known, f"services declare {listed(sorted(known))}")
        raise Refused
    return [c for c in codes.family if group in (codes.family[c], codes.tier[c])]


def _refuse_code(r: Resolver, code: str, span: Span, every_month: bool) -> None:
    """Report a code that is no service: ever, or in this month."""
    life = r.names.lives.get(code)
    if life is None:
        r.report.unknown("E0235", "service", code, span, r.names.lives, "declare it with `service`")
    elif every_month:
        first, last, successor = life
        until = f" to {last}" if last else ""
        help = f"name `{successor}` instead" if successor else f"end this for `{code}` in an amendment"
        if r.names.month < first:
            help = f"name `{code}` in an amendment for {first}, or let this begin then"
        r.report.add("E0236", f"`{code}` is no service of this month: it is one from {first}{until}", span, help)


def severity(r: Resolver, statement: s.Statement) -> str:
    """The severity that a statement says, else the first there is."""
    return one_word(r, statement, "severity", SEVERITIES) or SEVERITIES[0]


def day(statement: s.Statement, word: str) -> date | None:
    """The date of a `from` or `until` clause."""
    clause = statement.one(word)
    return clause.body.value if clause is not None and isinstance(clause.body, s.Day) else None


def not_evaluated(r: Resolver, what: str, span: Span) -> None:
    """A construct of the language that this version reads and checks, and does not evaluate."""
    help = "take it out until a version that evaluates it; what is not evaluated must not look as if it were"
    r.report.add("E0290", f"{what} is read and checked, but not evaluated by this version", span, help)
