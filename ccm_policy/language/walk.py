"""Walking the typed tree: the parts of a node, with how many records each binds.

A reader that asks something of every node (which facts, which lists, does this mention its record) walks with these
few functions and has no list of kinds of its own.
"""

from __future__ import annotations

from collections.abc import Iterator

from ccm_policy.language import tree as t

_UNARY = (t.Not, t.IsNone, t.In, t.IncludesAtLeast, t.Established, t.FirstPart)
_BINARY = (t.Equal, t.AtMost, t.Arithmetic)


def parts(node: t.Node) -> Iterator[tuple[t.Node, int]]:
    """The nodes directly below, each with the number of records bound between (0 or 1)."""
    if isinstance(node, t.And | t.Or):
        for operand in node.operands:
            yield operand, 0
    elif isinstance(node, _UNARY):
        yield node.operand, 0
    elif isinstance(node, _BINARY):
        yield node.left, 0
        yield node.right, 0
    elif isinstance(node, t.Within):
        yield node.operand, 0
        yield node.anchor, 0
    elif isinstance(node, t.Shift):
        yield node.anchor, 0
    elif isinstance(node, t.FullMultiples):
        yield node.step, 0
        yield node.operand, 0
    elif isinstance(node, t.InTable | t.Lookup):
        for key in node.keys:
            yield key, 0
    elif isinstance(node, t.Cases):
        for condition, value in node.cases:
            if condition is not None:
                yield condition, 0
            yield value, 0
    else:
        yield from _parts_over_records(node)


def _parts_over_records(node: t.Node) -> Iterator[tuple[t.Node, int]]:
    if isinstance(node, t.AtLeast | t.CountOf | t.Pick):
        yield from _parts_of_records(node.records)
    elif isinstance(node, t.Every):
        yield from _parts_of_records(node.records)
        yield node.has, 1
    elif isinstance(node, t.During):
        yield node.operand, 0
        yield from _parts_of_records(node.records)
    elif isinstance(node, t.Sum):
        yield node.value, 1
        if node.divisor is not None:
            yield node.divisor, 1
        yield from _parts_of_records(node.records)
    elif isinstance(node, t.Extreme):
        yield node.field, 1
        yield from _parts_of_records(node.records)
    elif isinstance(node, t.Reaches):
        yield node.sum, 0
        yield node.threshold, 0


def _parts_of_records(records: t.Records) -> Iterator[tuple[t.Node, int]]:
    if records.on is not None:
        yield records.on, 0
    if records.where is not None:
        yield records.where, 1


def within(node: t.Node) -> Iterator[t.Node]:
    """The node itself and every node below it."""
    yield node
    for part, _ in parts(node):
        yield from within(part)


def mentions(node: t.Node, depth: int = 0) -> bool:
    """Whether the node reads the record bound at `depth`."""
    if isinstance(node, t.Field | t.LookedUp | t.DefinedOf) and node.depth == depth:
        return True
    return any(mentions(part, depth + bound) for part, bound in parts(node))


def lists_of(node: t.Node) -> Iterator[str]:
    """The lists whose records the node goes through."""
    for each in within(node):
        if isinstance(each, t.AtLeast | t.Every | t.During | t.Sum | t.CountOf | t.Extreme | t.Pick):
            yield each.records.list


def nesting(node: t.Node) -> int:
    """How many phrases over records stand one inside the other."""
    deepest = max((nesting(part) for part, _ in parts(node)), default=0)
    over = isinstance(node, t.AtLeast | t.Every | t.During | t.Sum | t.CountOf | t.Extreme | t.Pick)
    return deepest + 1 if over else deepest


def type_of(node: t.Node) -> t.Type:
    """The node's type: yes/no for a condition."""
    found = getattr(node, "type", t.YES_NO)
    assert isinstance(found, t.Type)
    return found


def negate(condition: t.Node) -> t.Node:
    """`not condition`, with two negations dropped."""
    return condition.operand if isinstance(condition, t.Not) else t.Not(condition, condition.span)
