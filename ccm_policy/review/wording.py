"""What a statement says, however it is worded: one number for all wordings that mean the same by themselves.

Definitions are read into what names them; the order of conditions, one said twice, and a double negation make no
difference. All of it holds of unknown facts as well (S40), so that equal numbers are proof, and need no solver.
"""

from __future__ import annotations

from collections.abc import Hashable, Iterator
from dataclasses import dataclass, field, fields
from typing import Any

from ccm_policy.language import tree as t
from ccm_policy.language.walk import NODES, OPERANDS
from ccm_policy.review.apart import SAID


@dataclass(slots=True)
class Wordings:
    """Numbers of what is said; one table for all programs that are compared."""

    numbers: dict[Hashable, int] = field(default_factory=dict)
    of_programs: dict[int, Worded] = field(default_factory=dict)

    def number(self, said: Hashable) -> int:
        """The number of something said."""
        return self.numbers.setdefault(said, len(self.numbers))

    def of(self, program: t.Program, statement: Any) -> int:
        """The number of what a statement of a program says."""
        worded = self.of_programs.setdefault(id(program), Worded(self, program))
        return worded.statement(statement)


@dataclass(slots=True)
class Worded:
    """The statements of one program by their numbers. `known`: with the expressions, so that no other takes their
    place in memory."""

    table: Wordings
    program: t.Program
    known: dict[tuple[int, int, int], tuple[Any, int]] = field(default_factory=dict)

    def statement(self, statement: Any) -> int:
        """The number of what a statement says to whoever decides."""
        return self.table.number((type(statement).__name__, *self._parts(statement)))

    def _parts(self, statement: Any) -> Iterator[Hashable]:
        for each in fields(statement):
            if each.compare and each.name not in SAID:
                value = getattr(statement, each.name)
                if each.name == "conditions":
                    yield self._flat(t.And, value, 0, 0)
                elif each.name == "waivers":
                    yield frozenset(self.of(waiver.when) for waiver in value)
                else:
                    yield self._part(value, 0, 0)
        if isinstance(statement, t.Rule | t.LineCheck):
            yield statement.decides

    def of(self, node: Any, shift: int = 0, bound: int = 0) -> int:
        """The number of an expression. Inside a definition that is read into another expression, `shift`: how far
        out there the record stands of which it speaks; `bound`: how many records are bound within it."""
        key = (id(node), shift, bound if shift else 0)
        known = self.known.get(key)
        if known is None:
            known = self.known[key] = (node, self._said(node, shift, bound))
        return known[1]

    def _said(self, node: Any, shift: int, bound: int) -> int:
        match node:
            case t.Defined(name):
                return self.of(self.program.definitions[name].value)
            case t.DefinedOf(name, depth):
                out = depth + shift if depth >= bound else depth
                return self.of(self.program.definitions[name].value, out, 0)
            case t.PickedField(name, of):
                return self.table.number(("picked", of, self.of(self.program.definitions[name].value)))
            case t.And(operands) | t.Or(operands):
                return self._one_of(type(node), self._flat(type(node), operands, shift, bound))
            case t.Not(operand):
                return self._denied(operand, shift, bound)
        return self.table.number((type(node).__name__, *self._fields(node, shift, bound)))

    def _fields(self, node: Any, shift: int, bound: int) -> Iterator[Hashable]:
        binding = dict(OPERANDS.get(type(node), ()))
        for each in fields(node):
            if not each.compare or (isinstance(node, t.In) and each.name == "name"):
                continue
            value = getattr(node, each.name)
            if each.name == "depth":
                yield value + shift if value >= bound else value
            elif isinstance(node, t.In) and each.name == "values":
                yield frozenset(value)
            else:
                yield self._part(value, shift, bound + binding.get(each.name, 0))
        if isinstance(node, t.InTable | t.Lookup):
            yield repr(self.program.tables[node.table])
        if isinstance(node, t.Sum) and node.once:
            yield tuple(self.statement(check) for check in self.program.overlap_checks)

    def _part(self, value: Any, shift: int, bound: int) -> Hashable:
        if isinstance(value, NODES):
            return "node", self.of(value, shift, bound)
        if isinstance(value, t.Records):
            return "records", tuple(self._fields(value, shift, bound))
        if isinstance(value, t.Earning | t.Modifier | t.PayClause | t.Vouched):
            return tuple(self._part(getattr(value, f.name), shift, bound) for f in fields(value) if f.compare)
        if isinstance(value, tuple):
            return tuple(self._part(each, shift, bound) for each in value)
        return (type(value).__name__, value) if isinstance(value, Hashable) else repr(value)

    def _flat(self, kind: type, operands: tuple[Any, ...], shift: int, bound: int) -> frozenset[int]:
        """The operands of a conjunction or a disjunction, those of the same kind within it read into it."""
        found: set[int] = set()
        for each in operands:
            value, *place = self._read_in(each, shift, bound)
            if isinstance(value, t.And | t.Or) and type(value) is kind:
                found |= self._flat(kind, value.operands, *place)
            elif isinstance(value, t.Not):
                found |= self._flat_denied(kind, *self._read_in(value.operand, *place))
            else:
                found.add(self.of(value, *place))
        return frozenset(found)

    def _flat_denied(self, kind: type, node: Any, shift: int, bound: int) -> frozenset[int]:
        """The denial of an expression as operands of this kind: not both is one of the two not."""
        if isinstance(node, t.Not):
            return self._flat(kind, (node.operand,), shift, bound)
        if isinstance(node, t.And | t.Or) and not isinstance(node, kind):
            parts = (self._flat_denied(kind, *self._read_in(each, shift, bound)) for each in node.operands)
            return frozenset().union(*parts)
        return frozenset((self._denied(node, shift, bound),))

    def _read_in(self, node: Any, shift: int, bound: int) -> tuple[Any, int, int]:
        """The expression of a definition in the place of its name."""
        while isinstance(node, t.Defined | t.DefinedOf):
            out = shift if isinstance(node, t.DefinedOf) and node.depth >= bound else 0
            shift = node.depth + out if isinstance(node, t.DefinedOf) else 0
            node, bound = self.program.definitions[node.name].value, 0
        return node, shift, bound

    def _denied(self, node: Any, shift: int, bound: int) -> int:
        node, shift, bound = self._read_in(node, shift, bound)
        if isinstance(node, t.Not):
            return self.of(node.operand, shift, bound)
        if isinstance(node, t.And | t.Or):
            other = t.Or if isinstance(node, t.And) else t.And
            return self._one_of(other, self._flat_denied(other, node, shift, bound))
        return self.table.number(("not", self.of(node, shift, bound)))

    def _one_of(self, kind: type, operands: frozenset[int]) -> int:
        return next(iter(operands)) if len(operands) == 1 else self.table.number((kind.__name__, operands))
