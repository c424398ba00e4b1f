"""How a value came about: a tree of what was evaluated, from which reasons and missing facts are read.

Nothing is explained afterwards: evaluating an expression gives its trace, and the value is the trace's root.
Traces, leaves, ranges and cells are named tuples because a decision makes thousands: that is what is made quickest.
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import NamedTuple

from ccm_policy.evaluate.ranges import Result, settled
from ccm_policy.facts.values import UNKNOWN, Authority, Value
from ccm_policy.language.tree import Defined, DefinedOf, Node, PickedField


class Leaf(NamedTuple):
    """A fact that was read."""

    path: str
    """Its name; of a record's field `list[0].field`."""
    value: Value
    """What is known of it, or that it is unknown."""
    presumed: bool = False
    """Whether nobody recorded it."""
    null: bool = False
    """Whether it was recorded as not known."""
    attested: Authority | None = None
    """Who vouches for it, or, where it is presumed, for what it is presumed from; None: nobody."""

    @property
    def known(self) -> bool:
        """Whether it is more than unknown."""
        return self.value is not UNKNOWN


class Trace(NamedTuple):
    """What was evaluated, what it came to, and the traces of its parts in the order they were read.

    `node`: the expression, None for a step that no expression stands for (one record of a sum). `label` names such a
    step, or the definition that was read. `decided_by`: the parts that the value rests on; None is all of them.
    """

    node: Node | None
    value: Result
    parts: tuple[Trace, ...] = ()
    decided_by: tuple[Trace, ...] | None = None
    leaf: Leaf | None = None
    label: str = ""

    @property
    def settled(self) -> bool:
        """Whether nothing that becomes known can change it."""
        return settled(self.value)

    @property
    def deciders(self) -> tuple[Trace, ...]:
        """The parts that decided; all of them where none did alone."""
        return self.parts if self.decided_by is None else self.decided_by


class Grounds(NamedTuple):
    """What a value rests on: the facts that decided it, and the definitions that were read on the way, by name."""

    leaves: tuple[Leaf, ...]
    names: tuple[str, ...] = ()


READING = frozenset((Defined, DefinedOf, PickedField))
"""The kinds of node that read a definition."""


def grounds_of(*traces: Trace) -> Grounds:
    """What values rest on, each once, in the order in which it was read."""
    steps = walk(traces)
    names = [_definition_of(step.node) for step in steps if step.node.__class__ in READING]
    return Grounds(leaves_of(steps), tuple(dict.fromkeys(names)))


def joined(*grounds: Grounds) -> Grounds:
    """What several values rest on."""
    leaves = dict.fromkeys(leaf for one in grounds for leaf in one.leaves)
    return Grounds(tuple(leaves), tuple(dict.fromkeys(name for one in grounds for name in one.names)))


def _definition_of(node: Node | None) -> str:
    assert isinstance(node, (Defined, DefinedOf, PickedField))
    return node.definition if isinstance(node, PickedField) else node.name


def deciding(*traces: Trace) -> tuple[Leaf, ...]:
    """The facts that a value rests on, each once, in the order they were read."""
    return leaves_of(walk(traces))


def missing(*traces: Trace) -> tuple[Leaf, ...]:
    """The facts that would decide: unknown leaves below the parts that are unknown; a settled part has none (S27)."""
    return tuple(leaf for leaf in leaves_of(walk(traces, settled_too=False)) if not leaf.known)


def waits_for_null(trace: Trace) -> bool:
    """Whether a value is open because of a fact that was recorded as not known, and not by absence alone."""
    return not trace.settled and any(leaf.null for leaf in missing(trace))


def leaves_of(traces: Iterable[Trace]) -> tuple[Leaf, ...]:
    """The facts that were read in these steps themselves, each once."""
    return tuple(dict.fromkeys([trace.leaf for trace in traces if trace.leaf is not None]))


def walk(traces: tuple[Trace, ...], *, settled_too: bool = True) -> list[Trace]:
    """Every trace that decides, root first, each once; without the settled ones, nothing that is below them either."""
    found: dict[int, Trace] = {}
    stack = list(reversed(traces))
    while stack:
        trace = stack.pop()
        key = id(trace)
        if key not in found and (settled_too or not trace.settled):
            found[key] = trace
            deciders = trace.parts if trace.decided_by is None else trace.decided_by
            if deciders:
                stack.extend(deciders[::-1])
    return list(found.values())
