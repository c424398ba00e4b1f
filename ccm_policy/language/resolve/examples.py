"""Named sets of facts and examples: the facts, fields, values, codes and rules that they name exist."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from ccm_policy.language import syntax as s
from ccm_policy.language import tree as t
from ccm_policy.language.clauses import VERDICTS
from ccm_policy.language.diagnostics import Diagnostic, Span
from ccm_policy.language.nearest import words_for
from ccm_policy.language.report import Report, listed
from ccm_policy.language.resolve.kinds import resolver
from ccm_policy.language.resolve.literals import literal, value_of
from ccm_policy.language.resolve.names import Names, Refused, Resolver
from ccm_policy.language.resolve.types import described
from ccm_policy.language.syntax.texts import texts

WORDS = ("none", "unknown")


@dataclass(frozen=True, slots=True)
class Known:
    """What the whole library declares, in any month: named sets of facts, codes that are services, names of rules."""

    sets: frozenset[str]
    codes: frozenset[str]
    rules: frozenset[str]


def check_examples(statements: Iterable[s.Statement], names: Names, known: Known) -> list[Diagnostic]:
    """What is wrong in examples and named sets of facts, apart from whether they come out as expected."""
    report = Report()
    r = resolver(names, report)
    for statement in statements:
        if statement.kind == "example" and statement.one("month") is None and not statement.broken:
            help = "write `month` and the month of service, for example `month 2026-03`"
            report.add("E0266", f'the example "{statement.name}" has no month', statement.name_span, help)
        for clause in statement.clauses:
            try:
                _clause(r, clause, known)
            except Refused:
                continue
    return report.found


def _clause(r: Resolver, clause: s.Clause, known: Known) -> None:
    body = clause.body
    if isinstance(body, s.GivenSet):
        _set(r, body, known)
    elif isinstance(body, s.GivenFact):
        _fact(r, body)
    elif isinstance(body, s.GivenRecord):
        decl = _list(r, body.list, body.span)
        for pair in body.pairs:
            _pair(r, decl, pair)
    elif isinstance(body, s.GivenRows):
        _rows(r, body)
    elif isinstance(body, s.Expectation):
        _expectation(r, body, known)


def _set(r: Resolver, body: s.GivenSet, known: Known) -> None:
    for name in body.names:
        if name not in known.sets:
            r.report.unknown("E0262", "named set of facts", name, body.span, known.sets, "declare it with `facts`")
    for path in body.without:
        heads = {fact.partition(".")[0] for fact in r.names.facts}
        everything = {*r.names.facts, *r.names.lists, *heads}
        everything |= {d.one for d in r.names.lists.values() if d.one}
        everything |= {f"{d.one or n}.{f}" for n, d in r.names.lists.items() for f in d.fields}
        if path not in everything:
            r.report.unknown("E0201", "fact", path, body.span, everything, "name a fact or a list")


def _list(r: Resolver, name: str, span: Span) -> t.ListDecl:
    found = r.names.lists.get(name) or next((d for d in r.names.lists.values() if d.one == name), None)
    if found is None or found.union_of is not None:
        known = [n for n, d in r.names.lists.items() if d.union_of is None]
        r.report.unknown("E0203", "list", name, span, known, f"the lists are {listed(sorted(known), 30)}")
        raise Refused
    return found


def _fact(r: Resolver, body: s.GivenFact) -> None:
    words = texts(body.values)
    if body.path in r.names.lists or any(d.one == body.path for d in r.names.lists.values()):
        if words not in (("none",), ("unknown",)):
            help = f"write `given {body.path} none`, or its fields: `given {body.path} FIELD VALUE, FIELD VALUE`"
            r.refuse("E0263", f"`{body.path}` is a list of records", body.span, help)
        return
    if body.path not in r.names.facts:
        known = [*r.names.facts, *r.names.lists]
        r.report.unknown("E0201", "fact", body.path, body.span, known, "name a fact of the vocabulary")
        raise Refused
    _values(r, r.names.facts[body.path].type, body.values, body.path, body.span)


def _pair(r: Resolver, decl: t.ListDecl, pair: s.Pair) -> None:
    if pair.field not in decl.fields:
        help = f"its fields are {listed(decl.fields, 30)}"
        words = words_for(r.names.also, decl.fields, decl.name)
        r.report.unknown("E0202", f"field of `{decl.name}`", pair.field, pair.span, decl.fields, help, words)
        return
    _values(r, decl.fields[pair.field].type, pair.values, pair.field, pair.span)


def _rows(r: Resolver, body: s.GivenRows) -> None:
    decl = _list(r, body.list, body.span)
    if not decl.short:
        help = "give its fields by name: `given LIST FIELD VALUE, FIELD VALUE`"
        r.refuse("E0264", f"`{decl.name}` has no short form", body.span, help)
    for row in body.rows:
        if len(row.values) > len(decl.short):
            help = f"a row has, in order, {listed(decl.short)}"
            r.report.add("E0264", f"this row has {len(row.values)} values", row.span, help)
            continue
        for name, e in zip(decl.short, row.values, strict=False):
            _values(r, decl.fields[name].type, (e,), name, row.span)


def _values(r: Resolver, type_: t.Type, values: tuple[s.Expr, ...], name: str, span: Span) -> None:
    if len(values) > 1 and type_.kind != "set":
        r.refuse("E0265", f"`{name}` has one value, and {len(values)} are given", span, "give one")
    for e in values:
        word = (texts(e) or ("",))[0]
        if isinstance(e, s.Name) and word in WORDS:
            continue
        if isinstance(e, s.Name):
            _word(r, type_, e, name)
        elif isinstance(e, s.Number) and type_.kind == "number":
            made = literal(r, s.Number(e.value, e.unit or type_.unit, e.span), type_)
            _range(r, type_, made, e.span)
        elif isinstance(e, s.Text | s.Number | s.Day | s.Month | s.Shape):
            literal(r, e, t.Type("text") if type_.kind == "set" and not type_.values else type_)


def _word(r: Resolver, type_: t.Type, e: s.Name, name: str) -> None:
    if type_.values:
        value_of(r, e.path, type_, e.span)
    elif type_.kind == "yes/no" and e.path not in ("yes", "no"):
        r.refuse("E0312", f"`{name}` is yes or no", e.span, "write `yes` or `no`")
    elif type_.kind not in ("text", "code", "set", "yes/no"):
        r.refuse("E0312", f"`{name}` is {described(type_)}, and `{e.path}` is not", e.span, f"write {described(type_)}")


def _range(r: Resolver, type_: t.Type, made: t.Const, span: Span) -> None:
    n = made.type.low
    if n is not None and ((type_.low is not None and n < type_.low) or (type_.high is not None and n > type_.high)):
        help = f"the range is {type_.low} to {type_.high}"
        r.report.add("E0318", f"{n} is outside of the declared range", span, help)


def _expectation(r: Resolver, body: s.Expectation, known: Known) -> None:
    for code in body.codes:
        if code not in known.codes:
            help = "name a service of this library"
            r.report.unknown("E0235", "service", code, body.span, known.codes, help)
    for rule in body.rules:
        if rule not in known.rules:
            r.report.unknown("E0427", "rule", rule, body.span, known.rules, "name a rule of this library")
    if isinstance(body, s.ExpectLine) and body.verdict not in VERDICTS:
        help = f"the verdicts are {listed(VERDICTS)}"
        r.report.unknown("E0267", "verdict", body.verdict, body.span, VERDICTS, help)
    if isinstance(body, s.ExpectNeeds):
        _needed(r, body)


def _needed(r: Resolver, body: s.ExpectNeeds) -> None:
    head, _, rest = body.fact.partition(".")
    decl = r.names.lists.get(head) or next((d for d in r.names.lists.values() if d.one == head), None)
    if body.fact not in r.names.facts and (decl is None or (rest and rest not in decl.fields)):
        fields = [f"{n}.{f}" for n, d in r.names.lists.items() for f in d.fields]
        everything = [*r.names.facts, *r.names.lists, *fields]
        r.report.unknown("E0201", "fact", body.fact, body.span, everything, "name a fact, a list or a field")
