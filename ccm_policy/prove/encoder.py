"""Programs as terms of the solver: each expression once, what is the same as one term."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import KW_ONLY, dataclass, field
from fractions import Fraction
from typing import Any

import z3

from ccm_policy.language import tree as t
from ccm_policy.prove.keys import Named
from ccm_policy.prove.month import Month, Record
from ccm_policy.prove.values import BEFORE, NEVER, Members, Number, Term, real

Bound = tuple[Record, ...]
Value = Any
"""A truth, a day or a text as a term; a `Number`; `Members` of a set; of a picked record, its `Picked`."""


OF_MANY = (t.AtLeast, t.Every, t.CountOf, t.During, t.Sum, t.Reaches, t.Extreme)
"""What is said of many records: one variable where a list may have any number of them."""
OF_ANOTHER = (t.LookedUp, t.Pick, t.PickedField)
"""What hangs on which of many records is meant: a variable there, too."""


@dataclass(frozen=True, slots=True)
class Picked:
    """One record out of those that a list may have: for each, whether it is the one."""

    rows: tuple[tuple[Term, Record], ...]


@dataclass(frozen=True, slots=True)
class OfMany:
    """What is said of many records, as one variable: the expression, what is bound in it, whose it is."""

    node: Any
    bound: Bound
    to: Encoder
    value: Value


@dataclass(slots=True)
class Encoder:
    """The expressions of one program over a month.

    `any_number`: what is said of many records is one variable each, so that an answer holds for lists of every length.
    `opaque`: what could not be said exactly, and why. `left_open`: where a policy itself leaves a value open, whatever
    the facts. `of_many`: what is said of many records.
    """

    _: KW_ONLY
    program: t.Program
    month: Month
    known: dict[tuple[int, Bound], Value]
    readers: Mapping[type, Callable[[Any, Encoder, Bound], Value]]
    any_number: bool = False
    opaque: dict[str, str] = field(default_factory=dict)
    left_open: list[Term] = field(default_factory=list)
    of_many: dict[tuple[int, Bound], OfMany] = field(default_factory=dict)
    named: Named = field(init=False)

    def __post_init__(self) -> None:
        self.named = Named(self.month.keys, self.program)

    def value(self, node: t.Node, bound: Bound = ()) -> Value:
        """The value of an expression with records bound in it; one term for what is the same."""
        key = (self.named.of(node), bound)
        if key not in self.known:
            self.known[key] = self._read(node, bound, key)
        return self.known[key]

    def _read(self, node: t.Node, bound: Bound, key: tuple[int, Bound]) -> Value:
        if self.any_number and isinstance(node, OF_ANOTHER):
            return self.not_said(node, bound)
        if self.any_number and isinstance(node, OF_MANY):
            made = self.unknown_of(node.type, f"of many {key}{self.mark(node)}")
            self.of_many[key] = OfMany(node, bound, self, made)
            return made
        return self.readers[type(node)](node, self, bound)

    def mark(self, node: t.Node) -> str:
        """What tells a variable from that of a month which shares some facts with this one, and not those it hangs
        on."""
        return self.month.mark(self.named.reads(node)) if self.month.primed else ""

    def truth(self, node: t.Node, bound: Bound = ()) -> Term:
        """The value of a condition."""
        return self.value(node, bound)

    def number(self, node: t.Node, bound: Bound = ()) -> Term:
        """The value of a number."""
        value = self.value(node, bound)
        return value.term if isinstance(value, Number) else value

    def not_said(self, node: t.Node, bound: Bound) -> Value:
        """A variable in place of what cannot be said exactly, the same for what is the same."""
        name = f"{type(node).__name__} {self.named.of(node)} {bound}{self.mark(node)}"
        self.opaque[name] = _WHY.get(type(node), "what the solver is not told of")
        return self.unknown_of(node.type, name)

    def unknown_of(self, type: t.Type, name: str) -> Value:
        """Any value of a type."""
        match type.kind:
            case "yes/no":
                return z3.Bool(name)
            case "number":
                made = z3.Int(name) if type.whole else z3.Real(name)
                if type.low is not None:
                    self.month.axioms.append(made >= real(Fraction(type.low)))
                return Number(made)
        if type.kind == "record":
            return Picked(())
        if type.kind == "set":
            return Members(lambda member: z3.Bool(f"{name} has {member}"), type.values or None)
        made = z3.Int(name)
        if type.kind == "date":
            self.month.axioms.append(z3.And(made >= BEFORE, made <= NEVER))
        return made


_WHY: dict[type, str] = {
    t.Lookup: "what a table says",
    t.InTable: "what a table says",
    t.FirstPart: "a part of a text",
    t.UnknownValue: "a value that nobody gave",
    t.LookedUp: "which record of another list is meant",
    t.Pick: "which record is the first or the last",
    t.PickedField: "which record is the first or the last",
}
