"""What each kind of expression is to the solver: one function a kind, each namesake of the interpreter's."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date
from decimal import Decimal
from fractions import Fraction
from typing import Any

import z3

from ccm_policy.language import tree as t
from ccm_policy.prove.encoder import Bound, Encoder, Picked, Value
from ccm_policy.prove.month import Record
from ccm_policy.prove.values import BEFORE, NEVER, NO_TEXT, Members, Number, Term, chosen, moved, real, same_sort

# --- leaves ------------------------------------------------------------------------------------------------------


def _const(node: t.Const, to: Encoder, bound: Bound) -> Value:
    value = node.value
    if isinstance(value, bool):
        return z3.BoolVal(value)
    if isinstance(value, str):
        return z3.IntVal(to.month.texts.of(value))
    if isinstance(value, Decimal):
        return Number(real(Fraction(value)))
    if isinstance(value, date):
        return z3.IntVal(value.toordinal())
    return Members(lambda member: z3.BoolVal(member in value), value)


def _fact(node: t.Fact, to: Encoder, bound: Bound) -> Value:
    return to.month.fact(node.path)


def _field(node: t.Field, to: Encoder, bound: Bound) -> Value:
    return to.month.field_of(bound[node.depth], node.field)


def _looked_up(node: t.LookedUp, to: Encoder, bound: Bound) -> Value:
    """The row of that key, else a record imagined from what this one says."""
    record = bound[node.depth]
    key = to.month.field_of(record, node.field)
    rows = [
        (z3.And(to.month.there[row], key == to.month.field_of(row, node.by), key != NO_TEXT), row)
        for row in to.month.rows(node.target)
    ]
    found = _imagined(node, record, to, z3.Not(z3.Or(*(same for same, _ in rows))))
    for same, row in reversed(rows):
        found = chosen(same, to.month.field_of(row, node.target_field), found)
    return found


def _imagined(node: t.LookedUp, record: Record, to: Encoder, no_row: Term) -> Value:
    """A field of the record that stands for a row which is not there: what the looking record says, else what absence
    means; where that is unknown, the value is left open."""
    declared = to.month.vocabulary.lists
    said = dict(declared[node.list].fields[node.field].fallback)
    stands = to.month.stand_in(node.target, record, tuple(sorted(said.items())))
    absent = declared[node.target].fields[node.target_field].absent
    if node.target_field in said:
        return to.month.field_of(record, said[node.target_field])
    if absent.value is None:
        to.left_open.append(no_row)
        return to.unknown_of(node.type, f"{record} {node.target_field}")
    if absent.unless is not None:
        to.left_open.append(z3.And(no_row, to.truth(absent.unless, (stands,))))
    return to.value(absent.value, (stands,))


def _defined(node: t.Defined, to: Encoder, bound: Bound) -> Value:
    return to.value(to.program.definitions[node.name].value)


def _defined_of(node: t.DefinedOf, to: Encoder, bound: Bound) -> Value:
    return to.value(to.program.definitions[node.name].value, (bound[node.depth],))


def _picked_field(node: t.PickedField, to: Encoder, bound: Bound) -> Value:
    """A field of the record that is picked; of none, a day that never comes, or none of it."""
    pick = to.program.definitions[node.definition].value
    assert isinstance(pick, t.Pick)
    if node.type.kind == "date":
        found: Value = z3.IntVal(NEVER if pick.how == "earliest" else BEFORE)
    elif node.type.kind == "yes/no":
        found = z3.BoolVal(False)
    else:
        found = z3.IntVal(NO_TEXT)
    for is_it, row in to.value(pick).rows:
        value = to.month.field_of(row, node.field)
        if isinstance(value, Number | Members):
            return to.not_said(node, bound)
        found = z3.If(is_it, value, found)
    return found


def _edge_of_month(node: t.EdgeOfMonth, to: Encoder, bound: Bound) -> Value:
    return z3.IntVal(to.month.first_day if node.which == "start" else to.month.last_day)


# --- conditions --------------------------------------------------------------------------------------------------


def _not(node: t.Not, to: Encoder, bound: Bound) -> Value:
    return z3.Not(to.truth(node.operand, bound))


def _and(node: t.And, to: Encoder, bound: Bound) -> Value:
    return z3.And(*(to.truth(part, bound) for part in node.operands))


def _or(node: t.Or, to: Encoder, bound: Bound) -> Value:
    return z3.Or(*(to.truth(part, bound) for part in node.operands))


def _equal(node: t.Equal, to: Encoder, bound: Bound) -> Value:
    """None equals nothing; nor does a day that never comes."""
    left, right = to.value(node.left, bound), to.value(node.right, bound)
    if isinstance(left, Members) or isinstance(right, Members):
        return to.not_said(node, bound)
    if isinstance(left, Number) and isinstance(right, Number):
        one, other = same_sort(left.term, right.term)
        return z3.And(one == other, *(z3.Not(n.none) for n in (left, right) if n.none is not None))
    if z3.is_bool(left):
        return left == right
    return z3.And(left == right, left != NO_TEXT, left < NEVER)


def _at_most(node: t.AtMost, to: Encoder, bound: Bound) -> Value:
    if any(side.type.kind in ("month", "time") for side in (node.left, node.right)):
        return to.not_said(node, bound)
    (one, no_left), (other, no_right) = _rank(node.left, to, bound), _rank(node.right, to, bound)
    one, other = same_sort(one, other)
    holds = one < other if node.strict else one <= other
    return z3.And(holds, *(z3.Not(none) for none in (no_left, no_right) if none is not None))


def _rank(node: t.Node, to: Encoder, bound: Bound) -> tuple[Term, Term | None]:
    """What is compared, and where there is none of it: an ordered value by its position."""
    value = to.value(node, bound)
    if isinstance(value, Number):
        return value.term, value.none
    type_of: t.Type = node.type
    if not type_of.ordered:
        return value, None
    place: Term = z3.IntVal(0)
    for position, name in enumerate(type_of.values):
        place = z3.If(value == to.month.texts.of(name), position, place)
    return place, value == NO_TEXT


def _is_none(node: t.IsNone, to: Encoder, bound: Bound) -> Value:
    if to.any_number and node.operand.type.kind == "record":
        return to.not_said(node, bound)
    value = to.value(node.operand, bound)
    if isinstance(value, Picked):
        return z3.Not(z3.Or(*(is_it for is_it, _ in value.rows)))
    if isinstance(value, Number):
        return value.none if value.none is not None else z3.BoolVal(False)
    if isinstance(value, Members) or z3.is_bool(value):
        return z3.BoolVal(False)
    return z3.Or(value == NEVER, value == BEFORE) if _is_day(node.operand) else value == NO_TEXT


def _is_day(node: t.Node) -> bool:
    return node.type.kind == "date"


def _in(node: t.In, to: Encoder, bound: Bound) -> Value:
    value = to.value(node.operand, bound)
    return z3.Or(*(value == to.month.texts.of(text) for text in node.values))


def _within(node: t.Within, to: Encoder, bound: Bound) -> Value:
    day, anchor = to.value(node.operand, bound), to.value(node.anchor, bound)
    number = -node.number if node.direction == "before" else node.number
    other = moved(anchor, number, node.unit, to.month)
    first, last = (other, anchor) if node.direction == "before" else (anchor, other)
    comes = [z3.And(term < NEVER, term > BEFORE) for term in (day, anchor)]
    return z3.And(*comes, first <= day, day <= last)


def _includes_at_least(node: t.IncludesAtLeast, to: Encoder, bound: Bound) -> Value:
    held = to.value(node.operand, bound)
    if not isinstance(held, Members):
        return to.not_said(node, bound)
    members = node.values or held.possible
    if members is None:
        return to.not_said(node, bound)
    return z3.Sum(*(z3.If(held.has(member), 1, 0) for member in members)) >= node.number


# --- quantities and days -----------------------------------------------------------------------------------------


def _established(node: t.Established, to: Encoder, bound: Bound) -> Value:
    return to.value(node.operand, bound)


def _arithmetic(node: t.Arithmetic, to: Encoder, bound: Bound) -> Value:
    left, right = to.number(node.left, bound), to.number(node.right, bound)
    one, other = same_sort(left, right)
    match node.op:
        case "plus":
            return Number(one + other)
        case "minus":
            return Number(one - other)
    fixed = [
        term for term in (one, other) if z3.is_rational_value(z3.simplify(term)) or z3.is_int_value(z3.simplify(term))
    ]
    if node.op == "times" and fixed:
        return Number(one * other)
    if node.op == "divided by" and other in fixed:
        return Number(z3.ToReal(one) / z3.ToReal(other) if z3.is_int(one) else one / other)
    return to.not_said(node, bound)


def full_multiples(step: Term, amount: Term) -> Term:
    """How many full steps an amount holds; never below 0. The step is a constant."""
    quotient = z3.ToReal(amount) if z3.is_int(amount) else amount
    whole = z3.ToInt(quotient / (z3.ToReal(step) if z3.is_int(step) else step))
    return z3.If(whole < 0, z3.IntVal(0), whole)


def _full_multiples(node: t.FullMultiples, to: Encoder, bound: Bound) -> Value:
    return Number(full_multiples(to.number(node.step, bound), to.number(node.operand, bound)))


def _shift(node: t.Shift, to: Encoder, bound: Bound) -> Value:
    anchor = to.value(node.anchor, bound)
    number = -node.number if node.direction == "before" else node.number
    day = moved(anchor, number, node.unit, to.month)
    return moved(day, 1 if node.direction == "before" else -1, "day", to.month) if node.counting else day


def _of_two_days(node: t.OfTwoDays, to: Encoder, bound: Bound) -> Value:
    left, right = to.value(node.left, bound), to.value(node.right, bound)
    return z3.If(left >= right, left, right) if node.how == "later" else z3.If(left <= right, left, right)


def _cases(node: t.Cases, to: Encoder, bound: Bound) -> Value:
    """The first case that holds. Where that is a value which nobody gave, the policy leaves it open."""
    *before, (_, otherwise) = node.cases
    found = to.value(otherwise, bound)
    none_before: list[Term] = []
    for when, value in before:
        assert when is not None
        if isinstance(value, t.UnknownValue):
            to.left_open.append(z3.And(*none_before, to.truth(when, bound)))
        none_before.append(z3.Not(to.truth(when, bound)))
    if isinstance(otherwise, t.UnknownValue):
        to.left_open.append(z3.And(*none_before))
    for when, value in reversed(before):
        assert when is not None
        found = chosen(to.truth(when, bound), to.value(value, bound), found)
    return found


def _not_said(node: t.Node, to: Encoder, bound: Bound) -> Value:
    return to.not_said(node, bound)


READERS: dict[type, Callable[[Any, Encoder, Bound], Value]] = {
    t.InTable: _not_said,
    t.Lookup: _not_said,
    t.FirstPart: _not_said,
    t.UnknownValue: _not_said,
    t.Const: _const,
    t.Fact: _fact,
    t.Field: _field,
    t.LookedUp: _looked_up,
    t.Defined: _defined,
    t.DefinedOf: _defined_of,
    t.PickedField: _picked_field,
    t.EdgeOfMonth: _edge_of_month,
    t.Not: _not,
    t.And: _and,
    t.Or: _or,
    t.Equal: _equal,
    t.AtMost: _at_most,
    t.IsNone: _is_none,
    t.In: _in,
    t.Within: _within,
    t.IncludesAtLeast: _includes_at_least,
    t.Established: _established,
    t.Arithmetic: _arithmetic,
    t.FullMultiples: _full_multiples,
    t.Shift: _shift,
    t.OfTwoDays: _of_two_days,
    t.Cases: _cases,
}
