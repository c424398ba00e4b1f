"""Random policies over the shipped vocabulary: statements of the shipped policies, with parts of them exchanged for
parts of others and values for values near their edges. Many of them mean nothing; those that the checker lets pass must
be decided.
"""

from __future__ import annotations

import random
from collections.abc import Iterator
from dataclasses import dataclass, fields, is_dataclass, replace
from datetime import date
from decimal import Decimal
from functools import cache
from typing import Any, get_args

from ccm_policy.language import syntax as s
from ccm_policy.language import tree as t
from ccm_policy.language.diagnostics import Span, has_errors
from ccm_policy.language.format import format_statement
from ccm_policy.language.parser import parse
from ccm_policy.language.report import Report
from ccm_policy.language.values import NONE
from ccm_policy.library import PolicyOutline
from ccm_policy.library.outline import Outline
from ccm_policy.library.selection import Selection
from tests.evaluate.test_law_of_the_library import library

KINDS = ("define", "requirement", "exclusion", "service", "claim check", "coverage", "payment", "prefer", "permission")
EXPRESSIONS: tuple[type, ...] = get_args(s.Expr)
EDGES: dict[type, tuple[Any, ...]] = {
    int: (0, 1, 2, 12, 30, 99999),
    Decimal: (Decimal(0), Decimal(1), Decimal("0.5"), Decimal(20), Decimal(10) ** 12),
    date: (date(1, 1, 1), date(2016, 2, 29), date(2026, 3, 31), date(9999, 12, 31)),
}
ORIGIN = s.Origin("core.ccm", "2015-01")


@dataclass(frozen=True)
class Parts:
    """What stands in the shipped policies: statements by kind, expressions by class, and values by class and field."""

    statements: dict[str, list[s.Statement]]
    expressions: dict[type, list[Any]]
    values: dict[tuple[type, str], list[Any]]


@cache
def shipped() -> Parts:
    parts = Parts({}, {}, {})
    for file in library().policies.files:
        for statement in file.statements if file.header is not None else ():
            if statement.kind in KINDS and statement.verb is None:
                parts.statements.setdefault(statement.kind, []).append(statement)
                for node in nodes(statement):
                    if isinstance(node, EXPRESSIONS):
                        parts.expressions.setdefault(type(node), []).append(node)
                    for name, value in plain(node):
                        parts.values.setdefault((type(node), name), []).append(value)
    return parts


def nodes(value: Any) -> Iterator[Any]:
    """Every dataclass within a value, places apart."""
    if isinstance(value, tuple):
        for each in value:
            yield from nodes(each)
    elif is_dataclass(value) and not isinstance(value, Span | s.Origin):
        yield value
        for part in fields(value):
            yield from nodes(getattr(value, part.name))


def plain(node: Any) -> Iterator[tuple[str, Any]]:
    """The fields of a node that are plain values."""
    for part in fields(node):
        value = getattr(node, part.name)
        if not is_dataclass(value) and not isinstance(value, tuple) and part.name not in ("span", "broken"):
            yield part.name, value


def changed(value: Any, target: Any, made: Any) -> Any:
    """A value with one node in it, by identity, exchanged for another."""
    if value is target:
        return made
    if isinstance(value, tuple):
        return tuple(changed(each, target, made) for each in value)
    if is_dataclass(value) and not isinstance(value, Span | s.Origin):
        new = {part.name: changed(getattr(value, part.name), target, made) for part in fields(value)}
        return replace(value, **new)  # type: ignore[type-var]
    return value


def mutated(statement: s.Statement, rng: random.Random) -> s.Statement:
    there = [node for node in nodes((statement.head, statement.clauses)) if not isinstance(node, s.Clause | s.Head)]
    target = rng.choice(there)
    pools = shipped().expressions
    if isinstance(target, EXPRESSIONS) and rng.random() < 0.6:
        same = pools[type(target)] if rng.random() < 0.5 and type(target) in pools else rng.choice(list(pools.values()))
        return changed(statement, target, rng.choice(same))  # type: ignore[no-any-return]
    choices = list(plain(target))
    if not choices:
        return statement
    name, value = rng.choice(choices)
    pool = [*shipped().values.get((type(target), name), ()), *EDGES.get(type(value), ())]
    return changed(statement, target, replace(target, **{name: rng.choice(pool or [value])}))  # type: ignore[no-any-return]


def random_statement(number: int, rng: random.Random) -> s.Statement | None:
    """A statement of another name that can be written and read again; None where it cannot."""
    kind = rng.choice(KINDS)
    statement = rng.choice(shipped().statements.get(kind) or shipped().statements["requirement"])
    for _ in range(rng.randint(1, 4)):
        statement = mutated(statement, rng)
    name = f"{30000 + number}" if kind == "service" else f"random_{number}"
    if kind != "prefer":
        statement = replace(statement, name=name)
    try:
        text = format_statement(replace(statement, comments=(), comments_at_end=()))
    except Exception:  # a tree that no text gives need not be written
        return None
    file, wrong = parse(text, "random.policy")
    if has_errors(wrong) or len(file.statements) != 1:
        return None
    read = file.statements[0]
    return replace(read, origin=ORIGIN, clauses=tuple(replace(c, origin=ORIGIN) for c in read.clauses))


def random_program(rng: random.Random, month: str, count: int = 12) -> tuple[t.Program, list[s.Statement]]:
    """A program of random statements that pass the checker, and of the shipped ones that they read."""
    source = library().policies.source
    names = library().policies.select({"payer": "medicare", "practice": NONE}, month).policies  # type: ignore[union-attr]
    base = source.consolidated(names, month, Report())
    made = [random_statement(number, rng) for number in range(count)]
    kept = [st for st in made if st is not None]
    taken = {(st.kind, st.name) for st in kept}
    base = tuple(st for st in base if (st.kind, st.name) not in taken)
    services = frozenset(("service", st.name) for st in base if st.kind == "service" and rng.random() < 0.3)
    while True:
        only = services | {(st.kind, st.name) for st in kept}
        program, found = source.resolve(names, month, (*base, *kept), only)
        if not has_errors(found):
            return program, kept
        bad = [st for st in kept if not passes(names, month, base, kept, st)]
        kept = [st for st in kept if st not in bad] if bad else kept[:-1]


def passes(
    names: tuple[str, ...], month: str, base: tuple[s.Statement, ...], kept: list[s.Statement], one: s.Statement
) -> bool:
    beside = [st for st in kept if st is one or st.kind == "service"]
    found = library().policies.source.resolve(names, month, (*base, *beside), {(one.kind, one.name)})[1]
    return not has_errors(found)


class Trial:
    """A library of one program, as `decide` asks for it."""

    def __init__(self, program: t.Program) -> None:
        self._program = program
        self.digest = "0" * 64

    @property
    def outline(self) -> Outline:
        return library().policies.outline

    @property
    def policies(self) -> dict[str, PolicyOutline]:
        return library().policies.policies

    @property
    def vocabulary(self) -> t.Vocabulary:
        return library().policies.vocabulary

    def select(self, *_: Any) -> Selection:
        return Selection(())

    def program(self, *_: Any) -> t.Program:
        return self._program
