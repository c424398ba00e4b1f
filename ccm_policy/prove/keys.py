"""A name for what an expression means: equal wherever it stands, whatever its definitions are called.

Two programs that say the same of a thing get one term of the solver for it, so that only what differs is solved.
"""

from __future__ import annotations

from collections.abc import Hashable, Iterator
from dataclasses import dataclass, field, fields
from typing import Any

from ccm_policy.language import tree as t
from ccm_policy.language.walk import NODES, parts


@dataclass(slots=True)
class Keys:
    """Numbers of expressions; one table for all programs that are compared."""

    numbers: dict[Hashable, int] = field(default_factory=dict)

    def _number(self, said: Hashable) -> int:
        return self.numbers.setdefault(said, len(self.numbers))


@dataclass(slots=True)
class Named:
    """The expressions of one program, each by its number."""

    keys: Keys
    program: t.Program
    known: dict[int, tuple[t.Node | t.Records, int]] = field(default_factory=dict)
    defined: dict[str, int] = field(default_factory=dict)
    read: dict[int, frozenset[str]] = field(default_factory=dict)

    def of(self, node: t.Node | t.Records) -> int:
        """The number of an expression."""
        known = self.known.get(id(node))
        if known is None:
            known = self.known[id(node)] = (node, self.keys._number(self._said(node)))
        return known[1]

    def definition(self, name: str) -> int:
        """The number of what a definition says."""
        if name not in self.defined:
            self.defined[name] = self.of(self.program.definitions[name].value)
        return self.defined[name]

    def _said(self, node: t.Node | t.Records) -> Hashable:
        kept: Hashable = None
        match node:
            case t.Defined(name):
                return ("defined", self.definition(name))
            case t.DefinedOf(name, depth):
                return ("defined of", depth, self.definition(name))
            case t.PickedField(name, of, _):
                return ("picked", of, self.definition(name))
            case t.InTable() | t.Lookup():
                kept = repr(self.program.tables[node.table])
            case t.Sum() if node.once:
                kept = repr(self.program.overlap_checks)
        return (type(node).__name__, kept, *(self._part(getattr(node, f.name)) for f in fields(node) if f.compare))

    def _part(self, value: Any) -> Hashable:
        if isinstance(value, (*NODES, t.Records)):
            node: Any = value
            return ("node", self.of(node))
        if isinstance(value, tuple):
            return tuple(self._part(each) for each in value)
        return (type(value).__name__, value) if isinstance(value, bool) else value

    def reads(self, node: t.Node) -> frozenset[str]:
        """The facts and fields (`list.field`) that an expression hangs on, also through definitions and lists."""
        number = self.of(node)
        if number not in self.read:
            self.read[number] = frozenset(self._reads(node))
        return self.read[number]

    def _reads(self, node: t.Node) -> Iterator[str]:
        match node:
            case t.Fact(path):
                yield path
            case t.Field(_, listed, name):
                yield f"{listed}.{name}"
            case t.LookedUp():
                yield from (f"{node.list}.{node.field}", f"{node.target}.{node.target_field}")
                fallback = self.program.vocabulary.lists[node.list].fields[node.field].fallback
                yield from (f"{node.list}.{said}" for _, said in fallback)
            case t.Defined(name) | t.DefinedOf(name) | t.PickedField(name):
                yield from self.reads(self.program.definitions[name].value)
        if isinstance(node, t.PickedField):
            yield f"{node.type.name}.{node.field}"
        below: t.Node
        for below in (part for part, _ in parts(node)):
            yield from self.reads(below)
