"""What a name stands for: facts, fields of the records bound around it, definitions, columns of tables.

Names are looked up after consolidation, so a replaced definition is seen by every rule that uses it.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field, replace
from typing import Any, NoReturn

from ccm_policy.language import tree as t
from ccm_policy.language.diagnostics import Note, Span
from ccm_policy.language.nearest import nearest_called, words_for
from ccm_policy.language.report import Report, listed


class Refused(Exception):  # noqa: N818
    """What was being resolved is wrong, and the report says why. Caught at the clause; never leaves `resolve`."""


@dataclass(frozen=True, slots=True)
class Scope:
    """Where an expression stands: the lists whose records are bound, nearest first.

    `about`: the outermost record is the one the statement is about (`its`). `facts_only`: definitions are not seen
    (presumptions, `applies when`). `hidden`: the field being presumed; its own name means the fact of that name.
    """

    subjects: tuple[str, ...] = ()
    about: bool = False
    facts_only: bool = False
    hidden: str | None = None

    def inside(self, list_name: str) -> Scope:
        """The scope within a phrase over a list's records."""
        return Scope((list_name, *self.subjects), self.about, self.facts_only)


MONTH = Scope()


@dataclass(slots=True, kw_only=True)
class Names:
    """Everything that a name can stand for in one program, apart from definitions.

    `broken`: facts, lists and fields (`list.field`) whose declaration is wrong: what they are used for is not judged.
    `marks`: what the engine reads, to its name. `sets`: named codes, areas and roles. `families`, `tiers`: all that any
    edition of any policy declares. `lives`:
    every code that any edition decides, to its first month, last month and successor.
    """

    facts: dict[str, t.FactDecl] = field(default_factory=dict)
    lists: dict[str, t.ListDecl] = field(default_factory=dict)
    values: dict[str, t.Type] = field(default_factory=dict)
    roles: dict[str, tuple[str, ...]] = field(default_factory=dict)
    scopes: dict[str, dict[str, t.Node]] = field(default_factory=dict)
    sets: dict[str, tuple[str, ...]] = field(default_factory=dict)
    tables: dict[str, t.Table] = field(default_factory=dict)
    sources: dict[str, t.Cite] = field(default_factory=dict)
    marks: dict[str, str] = field(default_factory=dict)
    month: str = ""
    families: frozenset[str] = frozenset()
    tiers: frozenset[str] = frozenset()
    lives: dict[str, tuple[str, str | None, str | None]] = field(default_factory=dict)
    broken: set[str] = field(default_factory=set)
    also: dict[str, tuple[str, ...]] = field(default_factory=dict)

    def list_called(self, word: str) -> str | None:
        """The list of that name, or that sentences call so."""
        if word in self.lists:
            return word
        return next((name for name, decl in self.lists.items() if called(decl, word)), None)


def called(decl: t.ListDecl, word: str) -> bool:
    """Whether sentences call the list so, one record or many."""
    return decl.called is not None and word in (decl.called, f"{decl.called}s")


@dataclass(slots=True)
class Resolver:
    """Names, a report, and definitions made when they are first asked for. `kinds.resolver` makes one.

    `handlers`: how each kind of expression is resolved. `signature`: (list or None) of every definition by name.
    `define`: makes one, or raises `Refused`.
    """

    handlers: Mapping[type, Handler]
    names: Names
    report: Report
    signature: dict[str, str | None] = field(default_factory=dict)
    define: Callable[[str, Span], t.Definition] | None = None

    def apart(self) -> Resolver:
        """A resolver of the same names, without definitions, whose report nobody need read."""
        return Resolver(self.handlers, self.names, Report())

    def refuse(
        self, code: str, message: str, span: Span, help: str | None = None, notes: Iterable[Note] = ()
    ) -> NoReturn:
        """Tell what is wrong and give up the statement."""
        self.report.add(code, message, span, help, notes)
        raise Refused

    def definition(self, name: str, span: Span) -> t.Definition:
        """The definition of that name, resolved first where it was not yet."""
        assert self.define is not None
        return self.define(name, span)

    def list_named(self, word: str, span: Span) -> t.ListDecl:
        """The list that a word calls; refuses one that there is not."""
        name = self.names.list_called(word)
        if name is None and word in self.names.broken:
            raise Refused
        if name is None:
            known = [*self.names.lists, *(d.called for d in self.names.lists.values() if d.called)]
            self.report.unknown("E0203", "list", word, span, known, f"the lists are {listed(sorted(self.names.lists))}")
            raise Refused
        return self.names.lists[name]


Handler = Callable[[Resolver, Any, Scope, t.Type | None], t.Node]
"""How one kind of expression is resolved, given the type that its place asks for."""


def find(r: Resolver, path: str, scope: Scope, span: Span) -> t.Node | None:
    """What the name stands for here, or None. Refuses a field that an outer record has too (S37)."""
    head, _, rest = path.partition(".")
    if path in r.names.broken or head in r.names.broken:
        raise Refused
    if scope.subjects and path != scope.hidden:
        near = scope.subjects[0]
        if path in r.names.lists[near].fields:
            _refuse_shadow(r, path, scope, span)
        found = of_record(r, near, 0, path, span, scope)
        if found is None and rest:
            depth = next((i for i, name in enumerate(scope.subjects) if _is_called(r, name, head)), None)
            if depth is not None:
                found = of_record(r, scope.subjects[depth], depth, rest, span, scope)
        if found is not None:
            return found
    if path in r.names.facts:
        return t.Fact(path, r.names.facts[path].type, span)
    if not scope.facts_only:
        if r.signature.get(path, "") is None:
            return t.Defined(path, r.definition(path, span).type, span)
        if rest and r.signature.get(head, "") is None:
            return _of_picked(r, head, rest, span)
    return _of_table(r, head, rest, scope, span) if rest else None


def named(r: Resolver, path: str, scope: Scope, span: Span) -> t.Node:
    """What the name stands for here; refuses a name that stands for nothing."""
    found = find(r, path, scope, span)
    if found is None:
        _refuse_unknown(r, path, scope, span)
    return found


def its(r: Resolver, path: str, scope: Scope, span: Span) -> t.Node:
    """`its F`: a field of the record that the statement is about."""
    if not scope.about or not scope.subjects:
        help = "name the fact, or write the condition inside `where`"
        r.refuse("E0211", f"`its {path}` speaks of a record, and this statement is about the month", span, help)
    depth = len(scope.subjects) - 1
    about = scope.subjects[depth]
    found = of_record(r, about, depth, path, span, scope)
    if found is None:
        _refuse_field(r, about, path, span)
    return found


def of_record(r: Resolver, list_name: str, depth: int, path: str, span: Span, scope: Scope) -> t.Node | None:
    """A field of the list's record, a field of the record it looks up, or a definition about it."""
    decl = r.names.lists[list_name]
    if f"{list_name}.{path}" in r.names.broken:
        raise Refused
    if path in decl.fields:
        return t.Field(depth, list_name, path, decl.fields[path].type, span)
    if not scope.facts_only and r.signature.get(path) == list_name:
        return t.DefinedOf(path, depth, r.definition(path, span).type, span)
    head, _, rest = path.partition(".")
    looking = looks_up(decl, head)
    if looking is None or not rest:
        return None
    target = r.names.lists.get(looking.looks_up or "")
    if target is None or rest not in target.fields:
        _refuse_field(r, looking.looks_up or head, rest, span)
    by = looking.looks_up_by or next(iter(target.fields))
    type_ = target.fields[rest].type
    return t.LookedUp(
        depth=depth,
        list=list_name,
        field=looking.name,
        target=target.name,
        by=by,
        target_field=rest,
        type=type_,
        span=span,
    )


def looks_up(decl: t.ListDecl, word: str) -> t.FieldDecl | None:
    """The field by which a record looks up a record of the list called so."""
    return next((f for f in decl.fields.values() if f.looks_up == word), None)


def _is_called(r: Resolver, list_name: str, word: str) -> bool:
    return word == list_name or called(r.names.lists[list_name], word)


def _of_picked(r: Resolver, name: str, path: str, span: Span) -> t.Node:
    definition = r.definition(name, span)
    if definition.type.kind != "record":
        r.refuse("E0216", f"`{name}` is not a record and has no field `{path}`", span, "only a record has fields")
    decl = r.names.lists[definition.type.name or ""]
    if path not in decl.fields:
        _refuse_field(r, decl.name, path, span)
    return t.PickedField(name, path, replace(decl.fields[path].type, may_be_none=True), span)


def _of_table(r: Resolver, table: str, column: str, scope: Scope, span: Span) -> t.Node | None:
    """`TABLE.COLUMN` without `for`: the keys are the record's fields of those names."""
    if table not in r.names.tables:
        return None
    decl = r.names.tables[table]
    if column not in decl.columns:
        r.report.unknown("E0208", f"column of table `{table}`", column, span, decl.columns, "see the table")
        raise Refused
    if not scope.subjects:
        help = f"say for which: `{table}.{column} for …`"
        r.refuse(
            "E0209", f"`{table}` has keys ({listed(decl.keys)}), and no record is at hand to read them from", span, help
        )
    keys = tuple(named(r, key, scope, span) for key in decl.keys)
    return t.Lookup(table, column, keys, replace(decl.types[column], may_be_none=False), span)


def _refuse_shadow(r: Resolver, path: str, scope: Scope, span: Span) -> None:
    near = scope.subjects[0]
    for outer in scope.subjects[1:]:
        if outer != near and path in r.names.lists[outer].fields:
            r.refuse(
                "E0212",
                f"`{path}` may be a field of `{near}` or of `{outer}`",
                span,
                f"write `{near}.{path}` or `{outer}.{path}`",
            )


def _refuse_field(r: Resolver, list_name: str, path: str, span: Span) -> NoReturn:
    if list_name in r.names.broken:
        raise Refused
    decl = r.names.lists.get(list_name)
    known = [*(decl.fields if decl else ()), *(d for d, of in r.signature.items() if of == list_name)]
    words = words_for(r.names.also, decl.fields if decl else (), list_name)
    help = f"its fields are {listed(known, 30)}"
    r.report.unknown("E0202", f"field of `{list_name}`", path, span, known, help, words)
    raise Refused


def _refuse_unknown(r: Resolver, path: str, scope: Scope, span: Span) -> NoReturn:
    if any(subject in r.names.broken for subject in scope.subjects):
        raise Refused
    head, _, rest = path.partition(".")
    if path in r.names.lists:
        r.refuse("E0215", f"`{path}` is a list, not one value", span, f"say `any {path} where …` or `count of {path}`")
    if path in r.names.sets or path in r.names.roles:
        r.refuse("E0215", f"`{path}` is a named set, not one value", span, f"say `… in {path}`")
    if rest and head in r.names.lists:
        if rest in r.names.lists[head].fields:
            help = f"say which: `any {head} where {rest} …`, or define one record with `define … as the latest {head}`"
            r.refuse("E0217", f"`{head}` is a list, and `{path}` does not say of which of its records", span, help)
        _refuse_field(r, head, rest, span)
    outer = next((o for o in scope.subjects[1:] if path in r.names.lists[o].fields), None)
    if outer is not None:
        near = scope.subjects[0]
        message = f"`{near}` has no field `{path}`; the record around it, of `{outer}`, has"
        r.refuse("E0201", message, span, f"write `{outer}.{path}`")
    if r.signature.get(path) is not None and not scope.facts_only:
        of = r.signature[path]
        r.refuse(
            "E0218",
            f"`{path}` is about a record of `{of}`, and none is at hand",
            span,
            f"use it in `{of} where {path}`",
        )
    if path in _ASKED_ELSEWHERE:
        r.refuse("E0201", f"there is no fact, field or definition `{path}`", span, _ASKED_ELSEWHERE[path])
    known = set(r.names.facts)
    if scope.subjects:
        known |= set(r.names.lists[scope.subjects[0]].fields)
    if not scope.facts_only:
        known |= {name for name, of in r.signature.items() if of is None or of in scope.subjects[:1]}
    words = words_for(r.names.also, r.names.facts)
    if scope.subjects:
        words |= words_for(r.names.also, r.names.lists[scope.subjects[0]].fields, scope.subjects[0])
    near_name = nearest_called(path, known, words)
    if near_name is None and _is_a_value(r, path):
        help = "compare it (`… is …`), or write a comma before it if it belongs to a list of values"
        r.refuse("E0201", f"`{path}` is a value, and nothing here says what it is compared with", span, help)
    help = (
        f"did you mean `{near_name}`?"
        if near_name
        else "facts and lists are declared in the vocabulary, definitions with `define`"
    )
    r.refuse("E0201", f"there is no fact, field or definition `{path}`", span, help)


_NONE = "write `none` for a date or a period that never comes; no rule asks whether a fact is known"
_ASKED_ELSEWHERE = {
    **dict.fromkeys(("Yes", "YES"), "write it in small letters: `yes`"),
    **dict.fromkeys(("No", "NO"), "write it in small letters: `no`"),
    "true": "write `yes`, or the fact by itself",
    "false": "write `no`, or `not` before the fact",
    **dict.fromkeys(("null", "missing", "empty", "blank", "known", "recorded", "present", "na"), _NONE),
}


def _is_a_value(r: Resolver, word: str) -> bool:
    types = [f.type for f in r.names.facts.values()]
    types += [f.type for decl in r.names.lists.values() for f in decl.fields.values()]
    return any(word in type_.values for type_ in types)
