"""Whether a condition on selecting facts holds, before any list or table is read: yes, no or unknown, and the facts
that an unknown hangs on.

It means what the interpreter means by the same nodes, of plain values instead of ranges. What a selector may be made
of are the kinds in `READERS`; a policy that is chosen by anything else is refused where it is checked.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from fractions import Fraction
from typing import Any

from ccm_policy.language import tree as t
from ccm_policy.language.truth import Truth, conjunction, disjunction, negation
from ccm_policy.language.values import NONE, UNKNOWN, Value


@dataclass(frozen=True, slots=True)
class Known:
    """The facts that were given, and what their absence means."""

    facts: Mapping[str, Value]
    vocabulary: t.Vocabulary

    def said(self, node: t.Node) -> Said:
        """What a node comes to."""
        return READERS[type(node)](node, self)


@dataclass(frozen=True, slots=True)
class Said:
    """A value, and the facts that it hangs on while it is unknown."""

    value: Value
    missing: frozenset[str] = frozenset()

    @property
    def truth(self) -> Truth:
        """The value as a condition. A yes/no fact of which there is none is not so."""
        return self.value if isinstance(self.value, bool) or self.value is UNKNOWN else False


def truth(node: t.Node, facts: Mapping[str, Value], vocabulary: t.Vocabulary) -> Said:
    """Whether a condition on selecting facts holds."""
    return Known(facts, vocabulary).said(node)


def _made(value: Value, *parts: Said) -> Said:
    """A value made of others; while it is unknown it hangs on what they hang on."""
    missing = (part.missing for part in parts if part.value is UNKNOWN)
    return Said(value, frozenset().union(*missing) if value is UNKNOWN else frozenset())


def _and(node: t.And, known: Known) -> Said:
    parts = [known.said(operand) for operand in node.operands]
    return _made(conjunction(part.truth for part in parts), *parts)


def _or(node: t.Or, known: Known) -> Said:
    parts = [known.said(operand) for operand in node.operands]
    return _made(disjunction(part.truth for part in parts), *parts)


def _not(node: t.Not, known: Known) -> Said:
    part = known.said(node.operand)
    return _made(negation(part.truth), part)


def _in(node: t.In, known: Known) -> Said:
    part = known.said(node.operand)
    return _made(UNKNOWN if part.value is UNKNOWN else part.value in node.values, part)


def _is_none(node: t.IsNone, known: Known) -> Said:
    part = known.said(node.operand)
    return _made(UNKNOWN if part.value is UNKNOWN else part.value is NONE, part)


def _includes_at_least(node: t.IncludesAtLeast, known: Known) -> Said:
    part = known.said(node.operand)
    if part.value is UNKNOWN:
        return part
    held = part.value if isinstance(part.value, frozenset) else frozenset()
    return _made(len(held.intersection(node.values or held)) >= node.number)


def _equal(node: t.Equal, known: Known) -> Said:
    """None equals nothing, not even none."""
    left, right = known.said(node.left), known.said(node.right)
    if NONE in (left.value, right.value):
        return _made(False)
    if UNKNOWN in (left.value, right.value):
        return _made(UNKNOWN, left, right)
    return _made(left.value == right.value)


def _at_most(node: t.AtMost, known: Known) -> Said:
    left, right = known.said(node.left), known.said(node.right)
    one, other = _rank(left.value, node.left.type), _rank(right.value, node.right.type)
    if NONE in (one, other):
        return _made(False)
    if UNKNOWN in (one, other):
        return _made(UNKNOWN, left, right)
    return _made(one < other if node.strict else one <= other)


def _rank(value: Value, type: t.Type) -> Any:
    """What a value is compared by: an ordered one its position; a day that is none is later than every day."""
    if value is NONE and type.kind == "date":
        return date.max
    return type.values.index(value) if type.ordered and isinstance(value, str) else value


def _const(node: t.Const, known: Known) -> Said:
    value = node.value
    if isinstance(value, Decimal):
        return Said(Fraction(value))
    return Said(frozenset(value) if isinstance(value, tuple) else value)


def _first_part(node: t.FirstPart, known: Known) -> Said:
    part = known.said(node.operand)
    return Said(part.value.partition("-")[0], part.missing) if isinstance(part.value, str) else part


def _fact(node: t.Fact, known: Known) -> Said:
    """A fact that was given; of one that was not, what its absence means."""
    path = node.path
    if path in known.facts:
        given = known.facts[path]
        return Said(given, frozenset({path}) if given is UNKNOWN else frozenset())
    absent = known.vocabulary.facts[path].absent
    asked = Said(UNKNOWN, frozenset({path}))
    unless = Said(False) if absent.unless is None else known.said(absent.unless)
    if unless.truth is not False:
        return Said(UNKNOWN, asked.missing | unless.missing)
    if absent.how == "none":
        return Said(NONE)
    if absent.value is None:
        return asked
    presumed = known.said(absent.value)
    return Said(UNKNOWN, asked.missing | presumed.missing) if presumed.value is UNKNOWN else presumed


READERS: Mapping[type, Callable[[Any, Known], Said]] = {
    t.And: _and,
    t.Or: _or,
    t.Not: _not,
    t.In: _in,
    t.IsNone: _is_none,
    t.IncludesAtLeast: _includes_at_least,
    t.Equal: _equal,
    t.AtMost: _at_most,
    t.Const: _const,
    t.FirstPart: _first_part,
    t.Fact: _fact,
}
"""What a condition on selecting facts may be made of."""
