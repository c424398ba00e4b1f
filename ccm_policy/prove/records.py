"""What is said of many records: how many match, sums, first and last days, one record out of a list.

A list has at most so many records, each of which is there or is not; what is said of them is said of each.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Any

import z3

from ccm_policy.language import tree as t
from ccm_policy.prove.encoder import Bound, Encoder, Picked, Value
from ccm_policy.prove.month import Record
from ccm_policy.prove.values import BEFORE, NEVER, Number, Term, least, same_sort, total

Match = tuple[Record, Term, Bound]
"""A record, whether it is one of those that are spoken of, and what is bound in it."""


def matches(records: t.Records, to: Encoder, bound: Bound) -> Iterator[Match]:
    """The records of a list, each with whether it matches (S12)."""
    for record in to.month.rows(records.list):
        within = (record, *bound)
        yield record, z3.And(to.month.there[record], spoken_of(records, record, to, within)), within


def spoken_of(records: t.Records, record: Record, to: Encoder, within: Bound) -> Term:
    """Whether a record that is there is one of those that are spoken of."""
    parts = [z3.BoolVal(True)]
    if records.in_month:
        parts.append(dated(record, z3.IntVal(to.month.first_day), z3.IntVal(to.month.last_day), to))
    if records.on is not None:
        day = to.value(records.on, within[1:])
        parts.append(dated(record, day, day, to))
    if records.where is not None:
        parts.append(to.truth(records.where, within))
    return z3.And(*parts)


def dated(record: Record, first: Term, last: Term, to: Encoder) -> Term:
    """Whether a record is dated in the days from `first` to `last`, or has a period that reaches into them."""
    declared = to.month.vocabulary.lists[record[0]]
    ways: list[Term] = []
    if declared.date_field:
        day = to.month.field_of(record, declared.date_field)
        ways.append(z3.And(first <= day, day <= last))
    if declared.first_field and declared.last_field:
        start = to.month.field_of(record, declared.first_field)
        end = to.month.field_of(record, declared.last_field)
        ways.append(z3.And(start <= last, first <= end))
    return z3.Or(*ways) if ways else z3.BoolVal(True)


def _how_many(records: t.Records, to: Encoder, bound: Bound) -> Term:
    return total([z3.If(match, z3.IntVal(1), z3.IntVal(0)) for _, match, _ in matches(records, to, bound)])


def _at_least(node: t.AtLeast, to: Encoder, bound: Bound) -> Value:
    if node.number == 1:
        return z3.Or(*(match for _, match, _ in matches(node.records, to, bound)))
    return _how_many(node.records, to, bound) >= node.number


def _every(node: t.Every, to: Encoder, bound: Bound) -> Value:
    found = matches(node.records, to, bound)
    return z3.And(*(z3.Implies(match, to.truth(node.has, within)) for _, match, within in found))


def _count_of(node: t.CountOf, to: Encoder, bound: Bound) -> Value:
    return Number(_how_many(node.records, to, bound))


def _during(node: t.During, to: Encoder, bound: Bound) -> Value:
    day = to.value(node.operand, bound)
    parts: list[Term] = []
    for record, match, _ in matches(node.records, to, bound):
        first = to.month.field_of(record, node.first_field)
        last = to.month.field_of(record, node.last_field)
        begun = first < day if node.first_day == "out" else first <= day
        not_over = day < last if node.last_day == "out" else day <= last
        parts.append(z3.And(match, begun, not_over))
    return z3.Or(*parts)


# --- sums --------------------------------------------------------------------------------------------------------


def share(node: t.Sum, to: Encoder, within: Bound) -> Term:
    """What one record adds."""
    value = to.number(node.value, within)
    if node.divisor is not None:
        value = _divided(value, node.divisor, to, within)
    return z3.ToReal(z3.ToInt(value)) if node.rounding == "down_each" and not z3.is_int(value) else value


def _divided(value: Term, divisor: t.Node, to: Encoder, within: Bound) -> Term:
    """By a whole number of a few: one case for each, so that the solver has nothing to divide by a variable."""
    by = to.number(divisor, within)
    value = z3.ToReal(value) if z3.is_int(value) else value
    of_type: t.Type = divisor.type
    if not (
        of_type.whole and of_type.low is not None and of_type.high is not None and of_type.high - of_type.low < 100
    ):
        to.opaque[f"divided {to.named.of(divisor)}"] = "a division by a number without bounds"
        return value / (z3.ToReal(by) if z3.is_int(by) else by)
    found = value / int(of_type.high)
    for number in range(int(of_type.low), int(of_type.high)):
        found = z3.If(by == number, value / number, found)
    return found


def _shares(node: t.Sum, to: Encoder, bound: Bound) -> list[tuple[Term, Term, Term]]:
    """Whether each record counts, what it adds, and its day."""
    found: list[tuple[Term, Term, Term]] = []
    by = to.month.vocabulary.lists[node.records.list].date_field
    for record, match, within in matches(node.records, to, bound):
        day = to.month.field_of(record, by) if by else z3.IntVal(NEVER)
        found.append((match, share(node, to, within), day))
    if node.once:
        to.opaque["time of the clock"] = "no two records share minutes, and none runs past midnight"
    return found


def _nothing(like: Term) -> Term:
    return z3.IntVal(0) if z3.is_int(like) else z3.RealVal(0)


def _sum(node: t.Sum, to: Encoder, bound: Bound) -> Value:
    added = [z3.If(match, adds, _nothing(adds)) for match, adds, _ in _shares(node, to, bound)]
    summed = total(added)
    return Number(z3.ToInt(summed) if node.rounding == "down_in_total" and not z3.is_int(summed) else summed)


def _reaches(node: t.Reaches, to: Encoder, bound: Bound) -> Value:
    """The first of the records' days by whose end the sum is reached."""
    shares = _shares(node.sum, to, bound)
    threshold = to.number(node.threshold, bound)
    days: list[tuple[Term, Term]] = []
    for match, _, day in shares:
        so_far = total([z3.If(z3.And(m, d <= day), a, _nothing(a)) for m, a, d in shares])
        so_far = z3.ToInt(so_far) if node.sum.rounding == "down_in_total" and not z3.is_int(so_far) else so_far
        reached, needed = same_sort(so_far, threshold)
        days.append((z3.And(match, reached >= needed), day))
    return least(days, NEVER, lambda one, other: one < other)


# --- one of them -------------------------------------------------------------------------------------------------


def _extreme(node: t.Extreme, to: Encoder, bound: Bound) -> Value:
    days = [(match, to.value(node.field, within)) for _, match, within in matches(node.records, to, bound)]
    if node.how == "earliest":
        return least(days, NEVER, lambda one, other: one < other)
    return least(days, BEFORE, lambda one, other: one > other)


def _pick(node: t.Pick, to: Encoder, bound: Bound) -> Value:
    """Of equal dates the earlier row is first, the later last."""
    found = [(record, match) for record, match, _ in matches(node.records, to, bound)]
    rows: list[tuple[Term, Record]] = []
    for record, match in found:
        day = to.month.field_of(record, node.by)
        beaten = [
            z3.And(other, _before(to.month.field_of(one, node.by), day, one < record, node.how))
            for one, other in found
            if one != record
        ]
        rows.append((z3.And(match, z3.Not(z3.Or(*beaten))), record))
    return Picked(tuple(rows))


def _before(one: Term, other: Term, row_before: bool, how: str) -> Term:
    if how == "earliest":
        return one <= other if row_before else one < other
    return one > other if row_before else one >= other


READERS: dict[type, Callable[[Any, Encoder, Bound], Value]] = {
    t.AtLeast: _at_least,
    t.Every: _every,
    t.CountOf: _count_of,
    t.During: _during,
    t.Sum: _sum,
    t.Reaches: _reaches,
    t.Extreme: _extreme,
    t.Pick: _pick,
}
