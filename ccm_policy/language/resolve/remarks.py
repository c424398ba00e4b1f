"""Statements that decide nothing: disputes, notes, invariants."""

from __future__ import annotations

from collections.abc import Mapping

from ccm_policy.language import syntax as s
from ccm_policy.language import tree as t
from ccm_policy.language.diagnostics import Span
from ccm_policy.language.resolve.expressions import condition
from ccm_policy.language.resolve.ground import ground
from ccm_policy.language.resolve.names import Refused, Resolver, Scope, named
from ccm_policy.language.syntax.texts import text_of

MONTH = Scope()
Named = Mapping[tuple[str, str], s.Statement]


def dispute(r: Resolver, statement: s.Statement, there: Named) -> t.Dispute:
    """What a `dispute` statement says."""
    g = ground(r, statement)
    about = _about(r, statement, there)
    says: list[tuple[str, str]] = []
    for clause in statement.all("says"):
        if isinstance(clause.body, s.Says):
            _source(r, clause.body.source, clause.span)
            says.append((clause.body.source, clause.body.text))
    resolved = statement.one("resolved")
    body = resolved.body if resolved is not None and isinstance(resolved.body, s.Resolved) else None
    if body is not None and resolved is not None:
        _source(r, body.source, resolved.span)
    return t.Dispute(
        name=statement.name,
        about=about or ("", ""),
        says=tuple(says),
        resolved=body.source if body else None,
        since=body.since if body else None,
        because=body.because if body else None,
        where=g.where,
        cites=g.cites,
        span=statement.name_span,
    )


def remark(r: Resolver, statement: s.Statement, there: Named) -> t.Remark:
    """What a `note` statement says."""
    g = ground(r, statement)
    about = _about(r, statement, there)
    return t.Remark(statement.name, text_of(statement, "text"), about, g.where, g.cites, statement.name_span)


def _source(r: Resolver, name: str, span: Span) -> None:
    if name not in r.names.sources:
        r.report.unknown("E0210", "source", name, span, r.names.sources, "declare it with `source`")


def _about(r: Resolver, statement: s.Statement, there: Named) -> tuple[str, str] | None:
    clause = statement.one("about")
    if clause is None or not isinstance(clause.body, s.About):
        return None
    kind, name = clause.body.kind, clause.body.name
    if (kind, name) not in there:
        known = [n for k, n in there if k == kind]
        r.report.unknown("E0257", kind, name, clause.span, known, "name a statement that stands in this policy")
    return kind, name


def invariant(r: Resolver, statement: s.Statement) -> t.Invariant | None:
    """A statement about every patient-month, checked by type and kept for the prover."""
    g = ground(r, statement)
    clause = next((c for c in statement.clauses if not isinstance(c.body, s.Text | s.Citation | None)), None)
    if clause is None:
        r.report.add(
            "E0254",
            f"invariant `{statement.name}` says nothing",
            statement.name_span,
            "write `always … requires …`, `never both …`",
        )
        return None
    try:
        form, codes, fact, number, node = _claim(r, clause)
    except Refused:
        return None
    for code in codes:
        if code not in r.names.lives:
            r.report.unknown("E0235", "service", code, clause.span, r.names.lives, "declare it with `service`")
    return t.Invariant(
        name=statement.name,
        title=g.title,
        form=form,
        codes=codes,
        fact=fact,
        number=number,
        condition=node,
        where=g.where,
        span=statement.name_span,
    )


def _claim(r: Resolver, clause: s.Clause) -> tuple[str, tuple[str, ...], str | None, int | None, t.Node | None]:
    body = clause.body
    if isinstance(body, s.Requires):
        return "requires", (body.code,), None, None, condition(r, body.condition, MONTH)
    if isinstance(body, s.NeverBoth):
        return "never both", (body.first, body.second), None, None, None
    if isinstance(body, s.NeverMore):
        return "never more", (body.code,), None, body.units, None
    if isinstance(body, s.NeverDepends):
        _field_or_fact(r, body.fact, clause.span)
        return "never depends", (body.code,), body.fact, None, None
    if isinstance(body, s.NeverLowers):
        _grows(r, body.fact, clause.span)
        return "never lowers", (body.code,) if body.code else (), body.fact, None, None
    raise Refused


def _field_or_fact(r: Resolver, path: str, span: Span) -> None:
    head, _, rest = path.partition(".")
    if path in r.names.facts or (head in r.names.lists and (not rest or rest in r.names.lists[head].fields)):
        return
    known = [*r.names.facts, *r.names.lists, *(f"{n}.{f}" for n, d in r.names.lists.items() for f in d.fields)]
    r.report.unknown("E0201", "fact", path, span, known, "name a fact, a list, or a field of a list")


def _grows(r: Resolver, name: str, span: Span) -> None:
    """`more F`: a number of the month, or a numeric field of some list."""
    numeric = [
        f for d in r.names.lists.values() for f in d.fields.values() if f.name == name and f.type.kind == "number"
    ]
    if numeric:
        return
    node = named(r, name, MONTH, span)
    if node.type.kind != "number":
        r.refuse("E0312", "a number is expected here: of something else there is never more", span, "name a number")
