"""`attestable`: what a practice may vouch for, as the vocabulary marks it; never numbers, days, codes or text."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace

from ccm_policy.language import syntax as s
from ccm_policy.language import tree as t
from ccm_policy.language.diagnostics import Span
from ccm_policy.language.report import listed
from ccm_policy.language.resolve.names import Resolver
from ccm_policy.language.resolve.types import described
from ccm_policy.language.syntax.texts import words_of

VOUCHED_FOR = ("yes/no", "value", "set")
"""Kinds of value of which a procedure can say the same for every patient."""


def mark(r: Resolver, declared: Mapping[tuple[str, str], s.Statement]) -> None:
    """Put the marks on facts, fields and lists; one that cannot be is told."""
    for statement in declared.values():
        clause = statement.one("attestable")
        if clause is None:
            continue
        if statement.kind == "fact" and statement.name in r.names.facts:
            fact = r.names.facts[statement.name]
            sound = fact.path in r.names.broken or _may_be(r, fact.path, fact.type, fact.key, clause.span)
            r.names.facts[statement.name] = replace(fact, attestable=sound, instead_of=_instead(r, statement))
        elif statement.kind == "list" and statement.name in r.names.lists:
            _mark_list(r, statement)


def _instead(r: Resolver, statement: s.Statement) -> tuple[str, ...]:
    """The facts and lists in whose place a fact is attested; one that is not there is told."""
    clause, words = statement.one("instead of"), words_of(statement, "instead of")
    fields = (f"{name}.{field}" for name, decl in r.names.lists.items() for field in decl.fields)
    known = [*r.names.facts, *r.names.lists, *fields]
    for word in words:
        if word not in known and clause is not None:
            r.report.unknown("E0201", "fact, list or field", word, clause.span, known, "name what would show it itself")
    return tuple(word for word in words if word in known)


def _mark_list(r: Resolver, statement: s.Statement) -> None:
    decl = r.names.lists[statement.name]
    fields = dict(decl.fields)
    one = none = False
    for clause in statement.all("attestable"):
        body = clause.body
        if not isinstance(body, s.Attestable):
            continue
        if statement.name == r.names.marks.get(t.CLAIM):
            help = "what is claimed stands on the claim alone"
            r.report.add("E0595", f"nothing of `{decl.name}` can be attested: it is the claim", clause.span, help)
            continue
        one, none = one or body.one_record, none or body.none
        for name in (*body.fields, *filter(None, (body.instead_of,))):
            if name not in fields:
                help = f"its fields are {listed(fields, 30)}"
                r.report.unknown("E0202", f"field of `{decl.name}`", name, clause.span, fields, help)
        for name in body.fields:
            if name in fields and _may_be(r, f"{decl.name}.{name}", fields[name].type, False, clause.span):
                instead = body.instead_of if body.instead_of in fields else None
                fields[name] = replace(fields[name], attestable=True, instead_of=instead)
    r.names.lists[statement.name] = replace(decl, fields=fields, one_attested=one, none_attested=none)


def _may_be(r: Resolver, path: str, type_: t.Type, key: bool, span: Span) -> bool:
    if type_.kind in VOUCHED_FOR and not key and (type_.kind == "yes/no" or type_.values):
        return True
    what = "a key of the record" if key else described(type_)
    help = "take the mark away, or declare a yes/no that says in words what a practice can vouch for"
    r.report.add("E0595", f"`{path}` is {what}, which is recorded for each patient and never attested", span, help)
    return False
