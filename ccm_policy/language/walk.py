"""Walking the typed tree: the parts of a node, with how many records each binds.

What a node consists of is read from its class (`tree.expressions`), so that a new kind is walked as soon as it is
declared. A reader that asks something of every node (which facts, which lists, does this mention its record) walks
with these few functions and has no list of kinds of its own.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import fields, replace
from typing import Any, get_args, get_type_hints

from ccm_policy.language import tree as t
from ccm_policy.language.tree.expressions import BINDS

NODES: tuple[type, ...] = get_args(t.Node)
"""Every kind of node."""


def _within_hint(hint: Any) -> Iterator[Any]:
    """A type and everything that it is put together from, also what is said beside it."""
    yield hint
    for part in (*get_args(hint), *getattr(hint, "__metadata__", ())):
        yield from _within_hint(part)


def _operands(kind: type) -> tuple[tuple[str, int], ...]:
    """The fields of a class that hold nodes, in their order, each with the number of records bound in it."""
    hints = get_type_hints(kind, include_extras=True)
    said = {f.name: list(_within_hint(hints[f.name])) for f in fields(kind)}
    holds = (*NODES, t.Records)
    return tuple((name, int(BINDS in hint)) for name, hint in said.items() if any(part in holds for part in hint))


class _Operands(dict[type, tuple[tuple[str, int], ...]]):
    def __missing__(self, kind: type) -> tuple[tuple[str, int], ...]:
        self[kind] = _operands(kind)
        return self[kind]


OPERANDS: Mapping[type, tuple[tuple[str, int], ...]] = _Operands()
"""For each kind (and for records) the fields that hold nodes, with the number of records bound in each; of a kind when
it is first asked for."""


def parts(node: t.Node) -> Iterator[tuple[t.Node, int]]:
    """The nodes directly below, each with the number of records bound between (0 or 1)."""
    for name, bound in OPERANDS[type(node)]:
        yield from _held(getattr(node, name), bound)


def _held(value: Any, bound: int) -> Iterator[tuple[t.Node, int]]:
    if isinstance(value, tuple):
        for each in value:
            yield from _held(each, bound)
    elif isinstance(value, t.Records):
        for name, more in OPERANDS[t.Records]:
            yield from _held(getattr(value, name), bound + more)
    elif value is not None:
        yield value, bound


def rebuilt(node: t.Node, change: Callable[[t.Node, int], t.Node]) -> t.Node:
    """The node with each part directly below changed; `change` is given the part and how many records it binds."""
    new: t.Node = _changed(node, 0, change)
    return new


def _changed(holder: Any, bound: int, change: Callable[[t.Node, int], t.Node]) -> Any:
    def new(value: Any, bound: int) -> Any:
        if isinstance(value, tuple):
            return tuple(new(each, bound) for each in value)
        if isinstance(value, t.Records):
            return _changed(value, bound, change)
        return None if value is None else change(value, bound)

    operands = OPERANDS[type(holder)]
    return replace(holder, **{name: new(getattr(holder, name), bound + more) for name, more in operands})


def within(node: t.Node) -> Iterator[t.Node]:
    """The node itself and every node below it."""
    yield node
    for part, _ in parts(node):
        yield from within(part)


def mentions(node: t.Node, depth: int = 0) -> bool:
    """Whether the node reads the record bound at `depth`."""
    if getattr(node, "depth", None) == depth:
        return True
    return any(mentions(part, depth + bound) for part, bound in parts(node))


def records_of(node: t.Node) -> t.Records | None:
    """The records that the node goes through, where it goes through any."""
    records: t.Records | None = getattr(node, "records", None)
    return records


def reads(node: t.Node) -> tuple[str, ...]:
    """The facts and fields (`list.field`) that the node itself names."""
    match node:
        case t.Fact(path):
            return (path,)
        case t.Field(_, name, field):
            return (f"{name}.{field}",)
        case t.LookedUp(depth=_, list=name, field=field, target=target, by=_, target_field=target_field):
            return (f"{name}.{field}", f"{target}.{target_field}")
    return ()


def definition_of(node: t.Node) -> str | None:
    """The definition that the node itself names."""
    match node:
        case t.Defined(name) | t.DefinedOf(name) | t.PickedField(name):
            return name
    return None


def negate(condition: t.Node) -> t.Node:
    """`not condition`, with two negations dropped."""
    return condition.operand if isinstance(condition, t.Not) else t.Not(condition, condition.span)
