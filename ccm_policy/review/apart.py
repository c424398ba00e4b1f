"""One change apart from all others: a program with it, and the same program without it.

The two sides of a review differ in many statements at once. What one of them means is asked of the later side and of
the same with that statement as it was; where the later side has no use for it, of the earlier side.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, fields, replace
from typing import Any, Protocol

from ccm_policy.language import tree as t
from ccm_policy.language.walk import definition_of, rebuilt, within

FIELDS: Mapping[str, tuple[str, ...]] = {
    "requirement": ("rules",),
    "exclusion": ("rules",),
    "define": ("definitions",),
    "service": ("services",),
    "prefer": ("preferences",),
    "coverage": ("coverages",),
    "payment": ("payments",),
    "claim check": ("line_checks",),
    "log check": ("overlap_checks",),
    "panel check": ("overlap_checks",),
    "attest": ("attestations",),
    "table": ("tables",),
}
"""Where a program holds statements of a kind that decide something."""
STATEMENTS = frozenset(field for fields_ in FIELDS.values() for field in fields_)
"""All of those fields."""
SILENT = frozenset({"permission", "dispute", "note", "invariant", "example", "source", "facts", "area"})
"""Kinds of statements that no decision reads."""
HEADS = frozenset({"policy", "library"})
"""Kinds that say whom the others are for, and how far they are known."""
SAID = frozenset({"title", "otherwise", "remedy", "basis", "cites", "where", "because", "confidence", "raised", "name"})
"""Fields of a typed statement that are said of it, and decide nothing by themselves."""


class Altered(Protocol):
    """A statement that is not the same on both sides, as the comparison of texts tells it."""

    @property
    def policy(self) -> str:
        """Whose it is; empty for what all share."""

    @property
    def kind(self) -> str:
        """Its kind."""

    @property
    def name(self) -> str:
        """Its name."""

    @property
    def was(self) -> str | None:
        """Its name before, where that changed."""

    @property
    def months(self) -> tuple[str, ...]:
        """In which it was found."""

    @property
    def before(self) -> Any:
        """The statement before; None: there was none."""

    @property
    def after(self) -> Any:
        """The statement after; None: there is none."""

    @property
    def touches(self) -> str:
        """What of it is not the same: `words` for people alone, or more."""


@dataclass(frozen=True, slots=True)
class Pair:
    """A program without a change, and with it. `later`: whether it is the later side's, which is read in its month."""

    without: t.Program
    with_it: t.Program
    later: bool


Held = Mapping[tuple[str, str], Any]
"""The statements of a program by the field that holds them and their names."""


def held(program: t.Program) -> dict[tuple[str, str], Any]:
    """Every statement of a program that decides something."""
    names = {field for fields_ in FIELDS.values() for field in fields_}
    found: dict[tuple[str, str], Any] = {}
    for field in names:
        value = getattr(program, field)
        for each in value.values() if isinstance(value, dict) else value:
            found[field, each.code if isinstance(each, t.Service) else each.name] = each
    return found


def meaning_of(statement: Any, called: Mapping[str, str] | None = None) -> Any:
    """What a statement says to whoever decides, without the words that are said of it. `called`: the new names of
    definitions."""
    if statement is None:
        return None
    parts: dict[str, Any] = {}
    for field in fields(statement):
        if field.name not in SAID and field.compare:
            parts[field.name] = _plain(getattr(statement, field.name), called or {})
    if isinstance(statement, t.Rule | t.LineCheck):
        parts["severity"] = (statement.severity, statement.decides)
    return type(statement).__name__, tuple(sorted(parts.items(), key=lambda part: part[0]))


def _plain(value: Any, called: Mapping[str, str]) -> Any:
    if isinstance(value, t.Waiver):
        return _plain(value.when, called)
    if isinstance(value, tuple):
        return tuple(_plain(each, called) for each in value)
    if called and hasattr(value, "span") and not isinstance(value, t.Earning | t.Modifier | t.PayClause | t.Records):
        return _renamed(value, called)
    return value


def _renamed(node: t.Node, called: Mapping[str, str]) -> t.Node:
    """The expression with definitions by their new names."""
    new = rebuilt(node, lambda part, _: _renamed(part, called))
    match new:
        case t.Defined(name) | t.DefinedOf(name) if name in called:
            return replace(new, name=called[name])
        case t.PickedField(name) if name in called:
            return replace(new, definition=called[name])
    return new


def keys_of(change: Altered, before: Held, after: Held, known: frozenset[tuple[str, str]]) -> list[tuple[str, str]]:
    """The typed statements that a change reaches. Of one that is read into others (codes, values, a fact), every
    statement that means something else and is not changed by itself (`known`)."""
    if change.kind in FIELDS:
        names = dict.fromkeys((change.was or change.name, change.name))
        return [
            (field, name) for field in FIELDS[change.kind] for name in names if (field, name) in {**before, **after}
        ]
    if change.kind in SILENT or change.kind in HEADS:
        return []
    both = dict.fromkeys((*before, *after))
    return [k for k in both if k not in known and meaning_of(before.get(k)) != meaning_of(after.get(k))]


def pairs(keys: list[tuple[str, str]], before: t.Program, after: t.Program) -> Iterator[Pair]:
    """The programs in which a change is asked for apart: the later side's without and with it, then the earlier's."""
    old, new = held(before), held(after)
    without = _swapped(after, keys, old, new, before.vocabulary)
    if without is not None:
        yield Pair(without, after, True)
    with_it = _swapped(before, keys, new, old, after.vocabulary)
    if with_it is not None:
        yield Pair(before, with_it, False)


def _swapped(
    program: t.Program, keys: list[tuple[str, str]], by: Held, own: Held, vocabulary: t.Vocabulary
) -> t.Program | None:
    """The program with each of these statements as `by` has it, and the definitions that it needs; None where
    something else of the program needs what is gone."""
    said = [key for key in keys if key[0] in STATEMENTS]
    parts: dict[str, Any] = {name: _list(getattr(program, name)) for name in {field for field, _ in said}}
    definitions = dict(program.definitions)
    for field, name in said:
        there, new = own.get((field, name)), by.get((field, name))
        if field == "definitions":
            definitions.pop(name, None)
            if new is not None:
                definitions[name] = new
            continue
        rows = parts[field]
        at = next((n for n, row in enumerate(rows) if row is there), len(rows))
        rows[at : at + 1] = [] if new is None else [new]
    lent = {name: d for (field, name), d in by.items() if field == "definitions"}
    changed: dict[str, Any] = {
        field: _like(getattr(program, field), rows) for field, rows in parts.items() if field != "definitions"
    }
    made = replace(program, **changed, digest="")
    if len(said) < len(keys):
        made = replace(made, vocabulary=_declared(program.vocabulary, vocabulary, {name for _, name in keys}))
    ordered = _ordered(made, definitions, lent)
    return None if ordered is None else replace(made, definitions=ordered)


def _declared(own: t.Vocabulary, by: t.Vocabulary, names: set[str]) -> t.Vocabulary:
    """A vocabulary with these facts and lists as another declares them."""
    facts = {name: by.facts.get(name, mine) if name in names else mine for name, mine in own.facts.items()}
    lists = {name: by.lists.get(name, mine) if name in names else mine for name, mine in own.lists.items()}
    return replace(own, facts=facts, lists=lists)


def _list(value: Any) -> list[Any]:
    return list(value.values()) if isinstance(value, dict) else list(value)


def _like(value: Any, rows: list[Any]) -> Any:
    if isinstance(value, dict):
        return {row.code if isinstance(row, t.Service) else row.name: row for row in rows}
    return tuple(rows)


def _ordered(
    program: t.Program, definitions: Mapping[str, t.Definition], lent: Mapping[str, t.Definition]
) -> dict[str, t.Definition] | None:
    """All definitions, each after those that it reads; those that are not there are lent. None where one is nowhere,
    or reads itself."""
    done: dict[str, t.Definition] = {}
    open_: set[str] = set()

    def add(name: str) -> bool:
        if name in done:
            return True
        found = definitions.get(name) or lent.get(name)
        if found is None or name in open_:
            return False
        open_.add(name)
        if not all(add(read) for read in reads(found.value)):
            return False
        done[name] = found
        return True

    asked = [name for node in nodes(program) for name in reads(node)]
    return done if all(map(add, (*definitions, *asked))) else None


def reads(node: t.Node) -> set[str]:
    """The definitions that an expression names."""
    return {name for part in within(node) if (name := definition_of(part)) is not None}


def nodes(held_by: Any) -> Iterator[t.Node]:
    """Every expression of a statement, or of all statements of a program but its definitions."""
    if isinstance(held_by, t.Program):
        for (field, _), statement in held(held_by).items():
            if field != "definitions":
                yield from nodes(statement)
        return
    for part in fields(held_by):
        yield from _nodes(getattr(held_by, part.name))


def _nodes(value: Any) -> Iterator[t.Node]:
    if isinstance(value, tuple):
        for each in value:
            yield from _nodes(each)
    elif isinstance(value, t.Records):
        yield from (value.on,) if value.on is not None else ()
        yield from (value.where,) if value.where is not None else ()
    elif isinstance(value, t.Earning | t.Modifier | t.PayClause | t.Waiver):
        yield from nodes(value)
    elif isinstance(value, t.Condition) or (hasattr(value, "type") and hasattr(value, "span")):
        yield value


def cone(statement: Any, program: t.Program) -> Iterator[t.Node]:
    """Every node that a statement reads, through definitions."""
    left, seen = list(nodes(statement)), set[str]()
    while left:
        for node in within(left.pop()):
            yield node
            name = definition_of(node)
            if name is not None and name not in seen and name in program.definitions:
                seen.add(name)
                left.append(program.definitions[name].value)
