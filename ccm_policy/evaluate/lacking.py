"""The facts that an expression waits for: what `trace.missing` reads off a trace, for plain expressions without one."""

from __future__ import annotations

from collections.abc import Iterator

from ccm_policy.evaluate.ranges import settled
from ccm_policy.evaluate.scene import Scene
from ccm_policy.evaluate.trace import missing
from ccm_policy.facts.values import UNKNOWN
from ccm_policy.language.tree import And, AtMost, Const, Defined, Equal, Fact, In, IsNone, Node, Not, Or


def lacking(node: Node, scene: Scene) -> tuple[str, ...]:
    """The names of the facts that would decide an expression of the month, each once; none where it is settled."""
    return tuple(dict.fromkeys(_lacking(node, scene)))


def _lacking(node: Node, scene: Scene) -> Iterator[str]:
    value = None if isinstance(node, Const) else scene.value(node)
    if value is None or settled(value):
        return
    if isinstance(node, Fact):
        yield node.path
    elif isinstance(node, And | Or):
        for part in node.operands:
            if scene.truth(part) is UNKNOWN:
                yield from _lacking(part, scene)
    elif isinstance(node, Not | In | IsNone):
        yield from _lacking(node.operand, scene)
    elif isinstance(node, Equal | AtMost):
        yield from _lacking(node.left, scene)
        yield from _lacking(node.right, scene)
    elif isinstance(node, Defined):
        yield from _lacking(scene.definitions[node.name].value, scene)
    else:
        yield from (leaf.path for leaf in missing(scene.evaluate(node)))
