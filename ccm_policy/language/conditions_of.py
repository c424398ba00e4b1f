"""What a statement asks: every condition, quantity and day in it, wherever in the statement it stands.

Read from the classes of the tree, as `walk` reads expressions: a field of type `Node` or `Records` is asked, also in
the dataclasses that a statement holds. A new clause is therefore heard by every reader as soon as it is declared.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, fields, is_dataclass
from functools import cache
from typing import Any, get_args, get_type_hints

from ccm_policy.language import tree as t
from ccm_policy.language.diagnostics import Span

Statement = (
    t.Definition | t.Service | t.Rule | t.LineCheck | t.OverlapCheck | t.Coverage | t.Permission | t.Payment
    | t.Preference | t.Invariant | t.Attestation
)  # fmt: skip
"""The kinds of statement that take part in a decision or its proof."""

_ASKED = frozenset((*get_args(t.Node), t.Records))


@dataclass(frozen=True, slots=True)
class Asked:
    """One thing that a statement asks. `part` says where, as fields are named: `conditions`, `earning.beyond`.

    Records that a statement goes through are asked as `at least 1` of them. `around` is the place of the clause that
    holds it: of an exception, of an earning, else of the statement.
    """

    part: str
    node: t.Node
    around: Span


def conditions_of(statement: Statement) -> Iterator[Asked]:
    """Everything that a statement asks, in the order of its fields."""
    yield from _held("", statement, statement.span)


def statements_of(program: t.Program) -> Iterator[Statement]:
    """The statements of a program, definitions first."""
    for field in fields(program):
        value = getattr(program, field.name)
        for each in value.values() if isinstance(value, dict) else value if isinstance(value, tuple) else ():
            if isinstance(each, Statement):
                yield each


def name_of(statement: Statement) -> str:
    """The name by which a statement is told; of a service its code."""
    return statement.code if isinstance(statement, t.Service) else statement.name


def _held(part: str, holder: Any, around: Span) -> Iterator[Asked]:
    for name in _asking(holder.__class__):
        yield from _asked(f"{part}.{name}" if part else name, getattr(holder, name), around)


def _asked(part: str, value: Any, around: Span) -> Iterator[Asked]:
    if value is None:
        return
    if isinstance(value, tuple):
        for each in value:
            yield from _asked(part, each, around)
    elif isinstance(value, t.Records):
        yield Asked(part, t.AtLeast(1, value, around), around)
    elif type(value) in _ASKED:
        yield Asked(part, value, around)
    else:
        yield from _held(part, value, value.span)


@cache
def _asking(kind: type) -> tuple[str, ...]:
    """The fields of a class that are asked, or hold what is."""
    hints = get_type_hints(kind)
    return tuple(f.name for f in fields(kind) if any(map(_asks, _within(hints[f.name]))))


def _asks(kind: Any) -> bool:
    return kind in _ASKED or (isinstance(kind, type) and is_dataclass(kind) and bool(_asking(kind)))


def _within(hint: Any) -> Iterator[Any]:
    yield hint
    for part in get_args(hint):
        yield from _within(part)
