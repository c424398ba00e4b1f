"""`attest`: what a practice vouches for where nobody recorded it, and what is wrong in saying so."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from itertools import combinations
from typing import Any

from ccm_policy.language import syntax as s
from ccm_policy.language import tree as t
from ccm_policy.language.diagnostics import Note
from ccm_policy.language.report import Report, listed
from ccm_policy.language.resolve.attestable import VOUCHED_FOR
from ccm_policy.language.resolve.expressions import condition
from ccm_policy.language.resolve.ground import ground
from ccm_policy.language.resolve.literals import literal, value_of
from ccm_policy.language.resolve.names import Names, Refused, Resolver, Scope
from ccm_policy.language.resolve.presumptions import hanging, read_by
from ccm_policy.language.resolve.types import described
from ccm_policy.language.syntax.texts import text_of
from ccm_policy.language.walk import definition_of, within

MONTH = Scope()
Value = bool | str | tuple[str, ...]


def attestation(r: Resolver, statement: s.Statement) -> t.Attestation | None:
    """What an `attest` statement says."""
    g = ground(r, statement)
    if not statement.all("cite"):
        help = 'write `cite SOURCE at "…"` with the procedure that says so, and declare the source'
        r.report.add("E0592", f"`{statement.name}` attests without an authority", statement.name_span, help)
    facts = tuple(_all_vouched(r, statement))
    if not statement.all("fact"):
        help = "write `fact` with what is attested, for example `fact consents.documented yes`"
        r.report.add("E0254", f"`{statement.name}` attests nothing", statement.name_span, help)
    try:
        clause = statement.one("when")
        when = None if clause is None or clause.body is None else condition(r, clause.body, MONTH)  # type: ignore[arg-type]
    except Refused:
        return None
    until = text_of(statement, "until") or None
    _refuse_closed(r, statement, g.where, until)
    return t.Attestation(
        name=statement.name,
        facts=facts,
        where=g.where,
        when=when,
        until=until,
        title=g.title,
        because=text_of(statement, "because"),
        cites=g.cites,
        span=statement.name_span,
    )


def _refuse_closed(r: Resolver, statement: s.Statement, where: t.Where, until: str | None) -> None:
    clause = statement.one("until")
    opened = (statement.origin or s.Origin("", "")).edition
    if until is not None and until < opened and clause is not None:
        message = f"`{statement.name}` ends with {until}, before its edition of {opened} begins: it never stands"
        help = f"write the last month in which it stands, {opened} or later"
        r.report.add("E0596", message, clause.span, help)


# --- what is attested --------------------------------------------------------------------------------------------


def _all_vouched(r: Resolver, statement: s.Statement) -> Iterator[t.Vouched]:
    for clause in statement.all("fact"):
        if isinstance(clause.body, s.Attested):
            try:
                yield _vouched(r, clause.body)
            except Refused:
                continue


def _vouched(r: Resolver, body: s.Attested) -> t.Vouched:
    names, path = r.names, body.path
    head, _, field = path.partition(".")
    if path in names.broken or head in names.broken:
        raise Refused
    decl = names.lists.get(head)
    if decl is not None and path == head:
        return _no_record(r, decl, body)
    found: t.FactDecl | t.FieldDecl | None = names.facts.get(path) or (decl.fields.get(field) if decl else None)
    if found is None or (decl is not None and decl.union_of is not None):
        known = list(_attestable(names))
        help = f"what may be attested: {listed(known, 12)}" if known else "nothing of this vocabulary may be attested"
        r.report.unknown("E0201", "fact or field", path, body.span, [*names.facts, *_fields(names)], help)
        raise Refused
    if not found.attestable:
        help = "leave it out: it is recorded for each patient, or asked for"
        r.refuse("E0591", f"`{path}` cannot be attested: {_why(found.type)}", body.span, help)
    return t.Vouched(path, _value(r, found.type, body), body.span)


def _no_record(r: Resolver, decl: t.ListDecl, body: s.Attested) -> t.Vouched:
    if body.values:
        help = f"write `fact {decl.name} none`, or a field of its records: `fact {decl.name}.FIELD VALUE`"
        r.refuse("E0263", f"`{decl.name}` is a list of records", body.span, help)
    if not decl.none_attested:
        help = "leave it out: it is recorded for each patient, or asked for"
        message = f"that there are no `{decl.name}` cannot be attested: the vocabulary lets no procedure vouch for it"
        r.refuse("E0591", message, body.span, help)
    return t.Vouched(decl.name, None, body.span)


def _fields(names: Names) -> Iterator[str]:
    return (f"{n}.{f}" for n, decl in names.lists.items() if decl.union_of is None for f in decl.fields)


def _attestable(names: Names) -> Iterator[str]:
    yield from (path for path, fact in names.facts.items() if fact.attestable)
    for name, decl in names.lists.items():
        yield from (name,) if decl.none_attested and decl.union_of is None else ()
        yield from (f"{name}.{f.name}" for f in decl.fields.values() if f.attestable and decl.union_of is None)


def _why(type_: t.Type) -> str:
    if type_.kind in VOUCHED_FOR and (type_.kind == "yes/no" or type_.values):
        return "it differs from patient to patient, and the vocabulary lets no procedure vouch for it"
    return f"it is {described(type_)}, and those are recorded for each patient"


def _value(r: Resolver, type_: t.Type, body: s.Attested) -> Value:
    if not body.values:
        r.refuse("E0312", f"`{body.path}` is {described(type_)}, and `none` is not", body.span, "write its value")
    made = [_word(r, type_, e, body.path) for e in body.values]
    if type_.kind == "set":
        return tuple(sorted(map(str, set(made))))
    if len(made) > 1:
        r.refuse("E0265", f"`{body.path}` has one value, and {len(made)} are given", body.span, "give one")
    return made[0]


def _word(r: Resolver, type_: t.Type, e: s.Expr, path: str) -> bool | str:
    if isinstance(e, s.Name) and type_.kind == "yes/no":
        if e.path not in ("yes", "no"):
            r.refuse("E0312", f"`{path}` is yes or no", e.span, "write `yes` or `no`")
        return e.path == "yes"
    if isinstance(e, s.Name):
        return str(value_of(r, e.path, type_, e.span).value)
    if not isinstance(e, s.Text | s.Number | s.Day | s.Month | s.Shape):
        r.refuse("E0312", f"`{path}` is {described(type_)}, and this is an expression", e.span, "write a value")
    return str(literal(r, e, type_).value)


# --- all of them together ----------------------------------------------------------------------------------------


def refuse_disagreeing(attestations: tuple[t.Attestation, ...], report: Report) -> None:
    """Put down each two that say different things of one fact and can both apply."""
    said = [(vouched, by) for by in attestations for vouched in by.facts]
    for (one, first), (two, second) in combinations(said, 2):
        if _differ(one, two) and _meet(first, second):
            message = f"`{one.path}` is attested twice, and not the same"
            help = "let them agree, or tell apart when they apply or until when they stand"
            report.add("E0594", message, two.span, help, [Note(f"by `{first.name}` here", one.span)])


def _differ(one: t.Vouched, two: t.Vouched) -> bool:
    """Whether two say different things of one fact or field; or that a list has no record, and what is in one."""
    if one.value is None or two.value is None:
        of_one_list = one.path.partition(".")[0] == two.path.partition(".")[0]
        return of_one_list and (one.value is None) is not (two.value is None)
    return one.path == two.path and one.value != two.value


def _meet(one: t.Attestation, two: t.Attestation) -> bool:
    """Whether two attestations may both apply: in some month, and as far as a look at their conditions tells."""
    first = max(one.where.edition, two.where.edition)
    last = min((each.until for each in (one, two) if each.until is not None), default=None)
    if last is not None and first > last:
        return False
    ours, theirs = (dict(_settled(each.when)) for each in (one, two))
    return not any(key in theirs and not (ours[key] & theirs[key]) for key in ours)


def _settled(when: t.Node | None) -> Iterator[tuple[t.Node, frozenset[Any]]]:
    """What a condition asks of single facts: the values that each may have."""
    for part in when.operands if isinstance(when, t.And) else () if when is None else (when,):
        match part:
            case t.Equal(left=left, right=t.Const(value=value)):
                yield left, frozenset((value,))
            case t.In(operand=operand, values=values):
                yield operand, frozenset(values)
            case t.Not(operand=operand):
                yield operand, frozenset((False,))
            case _:
                yield part, frozenset((True,))


def refuse_circular(
    attestations: tuple[t.Attestation, ...], definitions: Mapping[str, t.Definition], names: Names, report: Report
) -> None:
    """Put down each condition that reads what is attested, by itself or through definitions and presumptions."""
    attested: dict[str, t.Attestation] = {}
    for by in attestations:
        for vouched in by.facts:
            attested.setdefault(vouched.path, by)
            head = vouched.path.partition(".")[0]
            if head in names.lists and (names.lists[head].one_attested or vouched.value is None):
                attested.setdefault(head, by)
    hangs = {path: tuple(read) for path, (_, read) in hanging(names).items()}
    for by in attestations:
        if by.when is None:
            continue
        found = next((path for path in _read(by.when, definitions, hangs, names) if path in attested), None)
        if found is not None:
            message = f"the condition of `{by.name}` goes round in a circle: it reads `{found}`, which is attested"
            help = "ask what the record itself says: enrolment, the payer, the programme"
            note = Note(f"attested by `{attested[found].name}` here", attested[found].span)
            report.add("E0593", message, by.when.span, help, [note])


def _read(
    when: t.Node, definitions: Mapping[str, t.Definition], hangs: Mapping[str, tuple[str, ...]], names: Names
) -> Iterator[str]:
    """The facts, lists and fields that a condition reads, by itself or because they hang on one another."""
    waiting, paths = [when], list[str]()
    defined: set[str] = set()
    while waiting:
        for part in within(waiting.pop()):
            name = definition_of(part)
            if name is not None and name in definitions and name not in defined:
                defined.add(name)
                waiting.append(definitions[name].value)
            paths += read_by(part, names.lists)
    seen: set[str] = set()
    while paths:
        path = paths.pop(0)
        if path not in seen:
            seen.add(path)
            yield path
            paths += hangs.get(path, ())
