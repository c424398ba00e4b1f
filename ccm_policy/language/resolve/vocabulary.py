"""Shared declarations to a vocabulary: facts, lists, types of values, scopes, named sets, sources, tables.

In two steps: first everything that has a name and a type, then the expressions among it (presumptions, scopes), which
may read any of the names.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, replace

from ccm_policy.language import syntax as s
from ccm_policy.language import tree as t
from ccm_policy.language.diagnostics import Diagnostic, Note, Span
from ccm_policy.language.report import Report, listed
from ccm_policy.language.resolve.also import declare
from ccm_policy.language.resolve.attestable import mark
from ccm_policy.language.resolve.expressions import condition, fitting, value
from ccm_policy.language.resolve.kinds import resolver
from ccm_policy.language.resolve.marks import MARK_CLAIM, NO_CLAIM, marks_of, refuse_unfit
from ccm_policy.language.resolve.names import Names, Refused, Resolver, Scope
from ccm_policy.language.resolve.presumptions import refuse_circles
from ccm_policy.language.resolve.sets import declare_sets
from ccm_policy.language.resolve.tables import read_table
from ccm_policy.language.resolve.types import comparable, described, read_type
from ccm_policy.language.syntax.texts import text_of, texts, words_of


@dataclass(frozen=True, slots=True)
class Shared:
    """The declarations seen by every policy. `definitions`: those of the month or of a record that stand among them."""

    names: Names
    vocabulary: t.Vocabulary
    definitions: tuple[s.Statement, ...]
    declared: dict[tuple[str, str], s.Statement]


def resolve_vocabulary(statements: Iterable[s.Statement]) -> tuple[Shared, list[Diagnostic]]:
    """The vocabulary that the shared declarations make, and everything that is wrong in them."""
    report = Report()
    declared = _once(statements, report)
    names = Names()
    r = resolver(names, report)
    _values(r, declared)
    names.marks |= marks_of((d for d in declared.values() if d.kind in ("fact", "list")), report)
    _facts_and_lists(r, declared)
    declare_sets(r, declared.values())
    for statement in declared.values():
        if statement.kind == "source":
            names.sources[statement.name] = source(statement)
        elif statement.kind == "table":
            table = read_table(r, statement)
            if table is not None:
                names.tables[table.name] = table
    _scopes(r, declared)
    mark(r, declared)
    _absences(r, declared)
    refuse_circles(names, report)
    declare(r, declared.values())
    vocabulary = t.Vocabulary(
        facts=names.facts,
        lists=names.lists,
        values=names.values,
        roles=names.roles,
        scopes=names.scopes,
        also=names.also,
        marks=names.marks,
    )
    refuse_unfit(vocabulary, declared, report)
    definitions = tuple(d for d in declared.values() if d.kind == "define" and not _is_union(d))
    return Shared(names, vocabulary, definitions, declared), report.found


def source(statement: s.Statement) -> t.Cite:
    """A source as a citation without a pinpoint."""
    return t.Cite(
        statement.name,
        text_of(statement, "title"),
        text_of(statement, "at") or None,
        text_of(statement, "kind") or None,
    )


def _once(statements: Iterable[s.Statement], report: Report) -> dict[tuple[str, str], s.Statement]:
    declared: dict[tuple[str, str], s.Statement] = {}
    for statement in statements:
        key = ("name" if statement.kind in ("fact", "list", "define") else statement.kind, statement.name)
        if statement.kind == "library" or not statement.name:
            continue
        if key in declared:
            first = declared[key]
            note = Note("it is declared here first", first.name_span)
            report.add(
                "E0220",
                f"`{statement.name}` is declared twice",
                statement.name_span,
                "give one of them another name",
                [note],
            )
        else:
            declared[key] = statement
    return {(d.kind, d.name): d for d in declared.values()}


def _values(r: Resolver, declared: dict[tuple[str, str], s.Statement]) -> None:
    for statement in declared.values():
        if statement.kind == "values":
            words = texts(statement.head.values)
            r.names.values[statement.name] = t.Type(
                "value", values=words, ordered=statement.head.ordered, name=statement.name
            )


def _facts_and_lists(r: Resolver, declared: dict[tuple[str, str], s.Statement]) -> None:
    r.names.broken |= {st.name for st in declared.values() if st.broken and st.kind in ("fact", "list")}
    for statement in declared.values():
        if statement.kind == "fact" and statement.head.decl is not None:
            decl = statement.head.decl
            type_ = _type(r, decl, statement.name)
            key = statement.one("key") is not None
            r.names.facts[statement.name] = t.FactDecl(
                path=statement.name,
                type=type_,
                key=key,
                title=text_of(statement, "title"),
                found=text_of(statement, "found"),
                note=text_of(statement, "note"),
                ceiling=text_of(statement, "ceiling"),
                work=statement.one("work") is not None,
                span=statement.name_span,
            )
        elif statement.kind == "list":
            r.names.lists[statement.name] = _list(r, statement)
    for statement in declared.values():
        if statement.kind == "list":
            _check_links(r, statement)
    for statement in declared.values():
        if _is_union(statement):
            _union(r, statement)


def _may_be_none(absence: s.Absence) -> bool:
    word = absence.value
    return absence.how == "none" or (isinstance(word, s.Name) and word.path == "none")


def _type(r: Resolver, decl: s.FieldDecl, path: str) -> t.Type:
    """The declared type; a wrong one marks the name as broken."""
    before = len(r.report.found)
    type_ = read_type(decl.type, r.names.values, r.report, _may_be_none(decl.absence))
    if len(r.report.found) > before:
        r.names.broken.add(path)
    return type_


def _list(r: Resolver, statement: s.Statement) -> t.ListDecl:
    fields: dict[str, t.FieldDecl] = {}
    for clause in statement.all("field"):
        decl = clause.body
        if not isinstance(decl, s.FieldDecl):
            continue
        if decl.name in fields:
            r.report.add(
                "E0220", f"the field `{decl.name}` is declared twice", clause.span, "give one of them another name"
            )
            continue
        type_ = _type(r, decl, f"{statement.name}.{decl.name}")
        fields[decl.name] = t.FieldDecl(
            name=decl.name,
            type=type_,
            absent=t.Absent(),
            looks_up=decl.looks_up,
            looks_up_by=decl.looks_up_by,
            fallback=decl.fallback,
            span=decl.span,
        )
    date_field, first, last = _dated(words_of(statement, "dated"))
    complete, known_from = "whole", None
    for clause in statement.all("complete"):
        words = texts(clause.body)
        if "from" in words:
            complete, known_from = "month", words[-1]
        else:
            complete = "month"
    absent = statement.one("absent")
    empty = absent is not None and ("empty" in texts(absent.body) or getattr(absent.body, "how", "") == "empty")
    return t.ListDecl(
        name=statement.name,
        fields=fields,
        absent=t.Absent("empty") if empty else t.Absent(),
        complete=complete,
        known_from=known_from,
        date_field=date_field,
        first_field=first,
        last_field=last,
        short=words_of(statement, "short"),
        one=(words_of(statement, "one") or (None,))[0],
        called=(words_of(statement, "called") or (None,))[0],
        title=text_of(statement, "title"),
        found=text_of(statement, "found"),
        span=statement.name_span,
        work=statement.one("work") is not None,
        one_is_all="complete" in words_of(statement, "one")[1:],
        undated_when=words_of(statement, "dated")[-1] if "when" in words_of(statement, "dated") else None,
    )


def _dated(words: tuple[str, ...]) -> tuple[str | None, str | None, str | None]:
    """`by date, or from A to B`: the date, the first and the last day."""
    date_field = words[1] if words[:1] == ("by",) and len(words) > 1 else None
    rest = words[2:] if date_field else words
    rest = rest[1:] if rest[:1] == ("or",) else rest
    if len(rest) == 4 and (rest[0], rest[2]) == ("from", "to"):
        return date_field, rest[1], rest[3]
    return date_field, None, None


def _check_answering_fact(r: Resolver, path: str, span: Span) -> None:
    """The fact by which a record of an unknown day stands is one that is yes or no."""
    fact = r.names.facts.get(path)
    if fact is None:
        r.report.unknown("E0201", "fact", path, span, r.names.facts, "name a fact that is yes or no")
    elif fact.type.kind != "yes/no":
        r.report.add("E0312", f"`{path}` is not yes or no", span, "name a fact that is yes or no")


def _check_links(r: Resolver, statement: s.Statement) -> None:
    """Fields named by `short`, `dated`, `looks up` and `complete from` exist, and are of the kind asked for."""
    decl = r.names.lists[statement.name]

    def field_there(name: str | None, clause: str, kind: str | None = None) -> None:
        written = statement.one(clause)
        span = written.span if written else statement.name_span
        if name is not None and name not in decl.fields:
            r.report.unknown(
                "E0202", f"field of `{decl.name}`", name, span, decl.fields, f"its fields are {listed(decl.fields, 30)}"
            )
        elif name is not None and kind and decl.fields[name].type.kind != kind:
            r.report.add(
                "E0312",
                f"`{name}` is not {described(t.Type(kind))}",
                span,
                f"name a field that is {described(t.Type(kind))}",
            )

    for each in decl.short:
        field_there(each, "short")
    for name in (decl.date_field, decl.first_field, decl.last_field):
        field_there(name, "dated", "date")
    if decl.known_from is not None and decl.known_from not in r.names.facts:
        clause = statement.all("complete")[-1]
        r.report.unknown("E0201", "fact", decl.known_from, clause.span, r.names.facts, "name a fact that is a date")
    if decl.undated_when is not None:
        _check_answering_fact(r, decl.undated_when, statement.all("dated")[-1].span)
    fields = dict(decl.fields)
    for field in decl.fields.values():
        if field.looks_up is not None:
            fields[field.name] = _check_look_up(r, field)
    r.names.lists[statement.name] = replace(decl, fields=fields)


def _check_look_up(r: Resolver, field: t.FieldDecl) -> t.FieldDecl:
    target = r.names.lists.get(field.looks_up or "")
    if target is None:
        r.report.unknown("E0203", "list", field.looks_up or "", field.span, r.names.lists, "declare it with `list`")
        return replace(field, looks_up=None)
    by = field.looks_up_by or next(iter(target.fields), "")
    for name in (by, *(there for there, _ in field.fallback)):
        if name not in target.fields:
            r.report.unknown(
                "E0202",
                f"field of `{target.name}`",
                name,
                field.span,
                target.fields,
                f"its fields are {listed(target.fields, 30)}",
            )
    return replace(field, looks_up_by=by)


CODE_FIELD = "code"
"""The field of a claim's line that tells whether a policy decides it."""


def _is_union(statement: s.Statement) -> bool:
    return statement.kind == "define" and any(isinstance(c.body, s.ServiceUnion) for c in statement.clauses)


def _union(r: Resolver, statement: s.Statement) -> None:
    body = next(c.body for c in statement.clauses if isinstance(c.body, s.ServiceUnion))
    base = r.names.lists.get(body.list)
    if base is None:
        r.report.unknown("E0203", "list", body.list, body.span, r.names.lists, "name a declared list")
        return
    wrong = None
    if t.CLAIM not in r.names.marks:
        r.report.add("E0367", f"`{statement.name}` joins the lines of the claim, {NO_CLAIM}", body.span, MARK_CLAIM)
        return
    if statement.head.of is not None or statement.head.type is not None or len(statement.all("as")) > 1:
        wrong = f"`{statement.name}` is a joined list: it is no record, has no type of its own and no other case"
    elif base.union_of is not None or base.name == r.names.marks.get(t.CLAIM) or CODE_FIELD not in base.fields:
        wrong = f"the lines of the claim cannot be joined to `{base.name}`"
    if wrong is not None:
        help = f"write `define {statement.name} as LIST and lines of the claim …`, of a list of services with a `code`"
        r.report.add("E0345", wrong, body.span, help)
        return
    r.names.lists[statement.name] = replace(
        base, name=statement.name, union_of=base.name, called=None, one=None, span=statement.name_span
    )


def _absences(r: Resolver, declared: dict[tuple[str, str], s.Statement]) -> None:
    for statement in declared.values():
        if statement.kind == "fact" and statement.head.decl is not None:
            fact = r.names.facts[statement.name]
            absent = _absent(r, statement.head.decl, fact.type, Scope(facts_only=True))
            if fact.key and absent.how == "unknown":
                absent = t.Absent("error")
            r.names.facts[statement.name] = replace(fact, absent=absent)
        elif statement.kind == "list":
            _absences_of_fields(r, statement)
    for decl in list(r.names.lists.values()):
        if decl.union_of is not None:
            r.names.lists[decl.name] = replace(decl, fields=_own(r.names.lists[decl.union_of].fields, decl))


def _own(fields: dict[str, t.FieldDecl], decl: t.ListDecl) -> dict[str, t.FieldDecl]:
    """The fields of a joined list: their presumptions were applied when the records were read."""
    return {name: replace(field, absent=t.Absent()) for name, field in fields.items()}


def _absences_of_fields(r: Resolver, statement: s.Statement) -> None:
    decl = r.names.lists[statement.name]
    fields = dict(decl.fields)
    for clause in statement.all("field"):
        if isinstance(clause.body, s.FieldDecl) and clause.body.name in fields:
            field = fields[clause.body.name]
            scope = Scope((decl.name,), about=True, facts_only=True, hidden=field.name)
            fields[field.name] = replace(field, absent=_absent(r, clause.body, field.type, scope))
    r.names.lists[statement.name] = replace(decl, fields=fields)


def _absent(r: Resolver, decl: s.FieldDecl, type_: t.Type, scope: Scope) -> t.Absent:
    absence = decl.absence
    try:
        unless = None if absence.unless is None else condition(r, absence.unless, scope)
        if absence.how == "none" or _may_be_none(absence):
            return t.Absent("none", None, unless)
        if absence.how == "presumed" and absence.value is not None:
            made = fitting(r, absence.value, scope, type_)
            if not isinstance(made, t.Const):
                r.refuse(
                    "E0336",
                    "a presumed value is a value",
                    absence.span,
                    "write `presumed from …` for one that is computed",
                )
            _refuse_out_of_range(r, made, type_, absence.span)
            return t.Absent("presumed", made, unless)
        if absence.how == "computed" and absence.value is not None:
            node = value(r, absence.value, scope, type_)
            if not comparable(node.type, type_):
                message = f"`{decl.name}` is {described(type_)}, and this is {described(node.type)}"
                r.refuse("E0312", message, absence.span, f"write {described(type_)}")
            return t.Absent("computed", node, unless)
        return t.Absent("error" if absence.how == "error" else "unknown", None, unless)
    except Refused:
        return t.Absent()


def _refuse_out_of_range(r: Resolver, made: t.Const, type_: t.Type, span: Span) -> None:
    n = made.type.low if made.type.kind == "number" else None
    if n is not None and ((type_.low is not None and n < type_.low) or (type_.high is not None and n > type_.high)):
        r.refuse("E0318", f"{n} is outside the range {type_.low} to {type_.high}", span, "presume a value in the range")


def _scopes(r: Resolver, declared: dict[tuple[str, str], s.Statement]) -> None:
    for statement in declared.values():
        if statement.kind == "scope" and statement.head.condition is not None:
            made = _scope(r, statement, statement.head.condition)
            if made:
                r.names.scopes[statement.name] = made


def _scope(r: Resolver, statement: s.Statement, e: s.Expr) -> dict[str, t.Node]:
    """The condition for each list that has the fields it names; reported where no list has them."""
    made: dict[str, t.Node] = {}
    told: list[Report] = []
    for name in r.names.lists:
        trial = r.apart()
        try:
            made[name] = condition(trial, e, Scope((name,), facts_only=True))
        except Refused:
            told.append(trial.report)
    if not made and told:
        best = min(told, key=lambda report: len(report.found))
        r.report.found += best.found
        r.report.add("E0207", f"no list has the fields that `{statement.name}` asks for", statement.name_span)
    return made
