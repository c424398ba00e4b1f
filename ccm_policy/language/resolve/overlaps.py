"""Checks of the log and of the panel: which two records must not have minutes of the clock in common, and who keeps
them."""

from __future__ import annotations

from ccm_policy.language import syntax as s
from ccm_policy.language import tree as t
from ccm_policy.language.clauses import SEVERITIES
from ccm_policy.language.diagnostics import Span
from ccm_policy.language.resolve.expressions import condition
from ccm_policy.language.resolve.ground import ground, not_evaluated, severity
from ccm_policy.language.resolve.names import Refused, Resolver, Scope, named
from ccm_policy.language.resolve.rules import refuse_groundless
from ccm_policy.language.syntax.texts import text_of

PATIENTS = "patients"
"""What the records that a panel check compares are of."""


def check(r: Resolver, statement: s.Statement) -> t.OverlapCheck | None:
    """The log check or panel check that a statement declares; None where some clause of it is wrong."""
    g = ground(r, statement)
    how_strict = severity(r, statement)
    refuse_groundless(r, statement, g, how_strict)
    clauses = [c for c in statement.clauses if c.word in ("forbid", "require")]
    pair = clauses[0].body if len(clauses) == 1 else None
    if any(isinstance(clause.body, s.AtMostWith) for clause in clauses):
        not_evaluated(r, "`require at most …` of a panel check", statement.name_span)
        return None
    if not isinstance(pair, s.ForbidTwo):
        message = f"{statement.kind} `{statement.name}` does not say which two records must not overlap"
        r.report.add("E0360", message, statement.name_span, "write one `forbid any two … that overlap where …`")
        return None
    for word in ("for", "when", "except", "from", "until", "by"):
        stray = statement.one(word)
        if stray is not None:
            not_evaluated(r, f"`{word}` of a {statement.kind}", stray.span)
    across = statement.kind == "panel check"
    _refuse_deciding(r, statement, across)
    if _compares_wrongly(r, statement, pair, across):
        return None
    try:
        decl = r.list_named(pair.list, pair.span)
        return _made(r, statement, pair, decl, across, how_strict)
    except Refused:
        return None


def _refuse_deciding(r: Resolver, statement: s.Statement, across: bool) -> None:
    """What a panel check finds is told, and holds nothing back: it depends on which patients are read together."""
    written = statement.one("severity")
    if across and written is not None and severity(r, statement) == SEVERITIES[0]:
        message = f"panel check `{statement.name}` decides nothing: what it finds between two patients is told"
        r.report.add("E0368", message, written.span, f"write `severity {SEVERITIES[1]}`")


def _made(
    r: Resolver, statement: s.Statement, pair: s.ForbidTwo, decl: t.ListDecl, across: bool, how_strict: str
) -> t.OverlapCheck:
    if decl.clock is None or decl.date_field is None:
        message = f"nothing says when a record of `{decl.name}` begins and ends"
        help = "a list with a date, and with fields `start` and `end` of times and one of minutes, has clock times"
        r.refuse("E0358", message, pair.span, help)
    scope = Scope().inside(decl.name)
    g = ground(r, statement)
    different = () if across or pair.of_different is None else (named(r, pair.of_different, scope, pair.span),)
    keeps = [condition(r, c.body, scope) for c in statement.all("keeps")]  # type: ignore[arg-type]
    return t.OverlapCheck(
        name=statement.name,
        title=g.title,
        list=decl.name,
        clock=decl.clock,
        same=tuple(_same(r, name, decl, scope, pair.span) for name in pair.same),
        different=different,
        matches=None if pair.where is None else condition(r, pair.where, scope),
        keeps=tuple(keeps),
        where=g.where,
        across=across,
        otherwise=text_of(statement, "otherwise"),
        remedy=text_of(statement, "remedy"),
        severity=how_strict,
        basis=g.basis,
        confidence=g.confidence,
        cites=g.cites,
        span=statement.name_span,
    )


def _same(r: Resolver, name: str, decl: t.ListDecl, scope: Scope, span: Span) -> tuple[t.Node, ...]:
    """What is compared; and of a field that looks up a list, what stands for the record that it means where nobody
    named one: two of which that differs are two."""
    node = named(r, name, scope, span)
    declared = decl.fields.get(name)
    if declared is None or declared.looks_up is None:
        return (node,)
    target = r.names.lists[declared.looks_up]
    by = declared.looks_up_by or next(iter(target.fields))
    tells = (
        t.LookedUp(
            depth=0,
            list=decl.name,
            field=name,
            target=target.name,
            by=by,
            target_field=there,
            type=target.fields[there].type,
            span=span,
        )
        for there, _ in declared.fallback
    )
    return (node, *tells)


def _compares_wrongly(r: Resolver, statement: s.Statement, pair: s.ForbidTwo, across: bool) -> bool:
    """Whether a panel check does not compare patients, or a log check does; it is reported."""
    if across and pair.of_different != PATIENTS:
        message = f"panel check `{statement.name}` does not compare patients"
        r.report.add("E0360", message, pair.span, f"write `of different {PATIENTS}`, or a `log check`")
        return True
    if not across and pair.of_different == PATIENTS:
        message = f"log check `{statement.name}` sees the log of one patient"
        r.report.add("E0360", message, pair.span, "write a `panel check`")
        return True
    keeps = statement.one("keeps")
    if across and keeps is not None:
        not_evaluated(r, "`keeps` of a panel check", keeps.span)
    return False
