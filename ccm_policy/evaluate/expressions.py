"""What each kind of expression means: one function a kind, each giving a value with its trace.

Aggregates over lists are in `aggregates` and `extremes`, tables in `lookups`, truth in `language.truth`, ranges in
`ranges`, days in `calendar`.
"""

from __future__ import annotations

from datetime import date
from decimal import Decimal
from fractions import Fraction
from functools import lru_cache

from ccm_policy.evaluate import ranges
from ccm_policy.evaluate.calendar import AFTER_ALL, BEFORE_ALL, is_edge, month_bounds, shifted
from ccm_policy.evaluate.patient_month import Cell, Record
from ccm_policy.evaluate.ranges import (
    ANY_DAY,
    ANY_NUMBER,
    ZERO,
    Days,
    Range,
    Result,
    exactly,
    hull,
    on_day,
    settled,
    whole,
)  # fmt: skip
from ccm_policy.evaluate.scene import Bound, Reader, Scene
from ccm_policy.evaluate.trace import Leaf, Trace, waits_for_null
from ccm_policy.facts.values import NONE, UNKNOWN
from ccm_policy.language import tree
from ccm_policy.language.tree import Type
from ccm_policy.language.truth import Truth, conjunction, disjunction, negation

# --- values ------------------------------------------------------------------------------------------------------


def unknown_of(type: Type, scene: Scene, latest: date | None = None) -> Result:
    """An unknown value of a type: the range that its declaration allows (S15), or unknown."""
    if type.kind == "number":
        if type.may_be_none:
            return ANY_NUMBER
        return _allowed(type.low, type.high)
    if type.kind == "date":
        if type.in_month:
            return Days(scene.first_day, AFTER_ALL if type.may_be_none else scene.last_day)
        return ANY_DAY if latest is None else Days(BEFORE_ALL, latest)
    return UNKNOWN


@lru_cache(maxsize=1024)
def _allowed(low: Decimal | None, high: Decimal | None) -> Range:
    """The numbers that a declaration allows."""
    return Range(None if low is None else whole(Fraction(low)), None if high is None else whole(Fraction(high)))


def result_of(cell: Cell, type: Type, scene: Scene) -> Result:
    """The value of a cell. A date that is none is later than every day (S7)."""
    value = cell.value
    if value is UNKNOWN:
        return unknown_of(type, scene, cell.latest)
    if value is NONE:
        return on_day(AFTER_ALL) if type.kind == "date" else NONE
    if isinstance(value, (bool, str, frozenset)):
        return value
    return on_day(value) if isinstance(value, date) else exactly(value)


def truth_of(trace: Trace) -> Truth:
    """A trace's value as a condition."""
    value = trace.value
    return value if value is True or value is False else ranges.as_truth(value)


def combined(node: tree.Node | None, truth: Truth, parts: tuple[Trace, ...], label: str = "") -> Trace:
    """A truth made of truths: what decided it are the parts that are as it is."""
    decided = [p for p in parts if p.value is True] if truth is True else [p for p in parts if truth_of(p) is truth]
    return Trace(node, truth, parts, tuple(decided), None, label)


def _const(node: tree.Const, scene: Scene, bound: Bound) -> Trace:
    return Trace(node, _result_of_const(node.value))


@lru_cache(maxsize=4096, typed=True)
def _result_of_const(value: bool | str | Decimal | date | tuple[str, ...]) -> Result:
    """The value of what is written, made once."""
    if isinstance(value, Decimal):
        return exactly(Fraction(value))
    if isinstance(value, date):
        return on_day(value)
    return frozenset(value) if isinstance(value, tuple) else value


def _fact(node: tree.Fact, scene: Scene, bound: Bound) -> Trace:
    cell = scene.facts.fact(node.path)
    return Trace(
        node,
        result_of(cell, node.type, scene),
        leaf=Leaf(node.path, cell.value, cell.presumed, cell.null, cell.attested),
    )


def field_of(record: Record, field: str, type: Type, scene: Scene, node: tree.Node | None = None) -> Trace:
    """A field of a record."""
    cell = scene.facts.cell(record, field)
    leaf = Leaf(record.path_of(field), cell.value, cell.presumed, cell.null, cell.attested)
    return Trace(node, result_of(cell, type, scene), (), None, leaf, field)


def _field(node: tree.Field, scene: Scene, bound: Bound) -> Trace:
    return field_of(bound[node.depth], node.field, node.type, scene, node)


def _looked_up(node: tree.LookedUp, scene: Scene, bound: Bound) -> Trace:
    """The rows that the key may mean, and the imagined record unless one row certainly matches. Where nobody named a
    row and the record itself states what the row would say, the record stands."""
    record = bound[node.depth]
    declared = scene.vocabulary.lists
    key = field_of(record, node.field, declared[node.list].fields[node.field].type, scene)
    target = scene.facts.list(node.target)
    if record.unseen or target.unknown:
        leaf = key if record.unseen else Trace(None, UNKNOWN, leaf=Leaf(node.target, UNKNOWN, null=target.null))
        return Trace(node, unknown_of(node.type, scene), (key, leaf))
    candidates: list[Record] = []
    doubts: list[Trace] = []
    imagined = scene.facts.imagined(record, node.field)
    named_by = declared[node.target].fields[node.by].type
    for row in () if _names_no_row(key, imagined) else target.all:
        by = result_of(scene.facts.cell(row, node.by), named_by, scene)
        same = ranges.equal(key.value, by)
        if same is False:
            continue
        candidates.append(row)
        if same is True:
            break
        if not settled(by):
            doubts.append(field_of(row, node.by, named_by, scene))
    else:
        candidates.append(imagined)
    fields = tuple([field_of(row, node.target_field, node.type, scene) for row in candidates])
    value = hull(f.value for f in fields)
    parts = (key, *fields) if settled(value) else (key, *doubts, *fields)
    return Trace(node, value, parts, fields if len(fields) == 1 else None)


def _names_no_row(key: Trace, imagined: Record) -> bool:
    absent = key.leaf is not None and not key.leaf.known and not key.leaf.null
    stated = [imagined.cells[name] for name in imagined.aliases]
    return absent and bool(stated) and all(cell.value is not UNKNOWN for cell in stated)


def _defined(node: tree.Defined, scene: Scene, bound: Bound) -> Trace:
    return _read_definition(node, scene.defined(node.name), node.name)


def _defined_of(node: tree.DefinedOf, scene: Scene, bound: Bound) -> Trace:
    return _read_definition(node, scene.defined(node.name, bound[node.depth]), node.name)


def _read_definition(node: tree.Node, trace: Trace, name: str) -> Trace:
    return Trace(node, trace.value, (trace,), label=name)


def _edge_of_month(node: tree.EdgeOfMonth, scene: Scene, bound: Bound) -> Trace:
    return Trace(node, on_day(scene.first_day if node.which == "start" else scene.last_day))


def _unknown_value(node: tree.UnknownValue, scene: Scene, bound: Bound) -> Trace:
    return Trace(node, unknown_of(node.type, scene), leaf=Leaf(node.fact, UNKNOWN))


# --- conditions --------------------------------------------------------------------------------------------------


def _not(node: tree.Not, scene: Scene, bound: Bound) -> Trace:
    part = scene.evaluate(node.operand, bound)
    return Trace(node, negation(truth_of(part)), (part,))


def _and(node: tree.And, scene: Scene, bound: Bound) -> Trace:
    parts = tuple([scene.evaluate(operand, bound) for operand in node.operands])
    return combined(node, conjunction([truth_of(p) for p in parts]), parts)


def _or(node: tree.Or, scene: Scene, bound: Bound) -> Trace:
    parts = tuple([scene.evaluate(operand, bound) for operand in node.operands])
    return combined(node, disjunction([truth_of(p) for p in parts]), parts)


def _equal(node: tree.Equal, scene: Scene, bound: Bound) -> Trace:
    left, right = scene.evaluate(node.left, bound), scene.evaluate(node.right, bound)
    return Trace(node, ranges.equal(left.value, right.value), (left, right))


def _at_most(node: tree.AtMost, scene: Scene, bound: Bound) -> Trace:
    left, right = scene.evaluate(node.left, bound), scene.evaluate(node.right, bound)
    ranks = (_rank(left.value, node.left.type), _rank(right.value, node.right.type))
    return Trace(node, _compare(*ranks, node.strict), (left, right))


def _rank(value: Result, type: Type) -> Result:
    """An ordered value by its position, a month by its first day. An unknown value that may be none has no bounds."""
    if type.ordered:
        if value is UNKNOWN:
            return UNKNOWN if type.may_be_none else Range(ZERO, whole(len(type.values) - 1))
        return exactly(type.values.index(value)) if isinstance(value, str) else value
    return on_day(month_bounds(value)[0]) if isinstance(value, str) else value


def _compare(left: Result, right: Result, strict: bool) -> Truth:
    """A number of which there is none compares with nothing."""
    if left is NONE or right is NONE:
        return False
    if not isinstance(left, (Range, Days)) or not isinstance(right, (Range, Days)):
        return UNKNOWN
    return ranges.at_most(left, right, strict=strict)


def _is_none(node: tree.IsNone, scene: Scene, bound: Bound) -> Trace:
    part = scene.evaluate(node.operand, bound)
    return Trace(node, ranges.is_none(part.value), (part,))


def _in(node: tree.In, scene: Scene, bound: Bound) -> Trace:
    part = scene.evaluate(node.operand, bound)
    truth: Truth = UNKNOWN if part.value is UNKNOWN else part.value in node.values
    return Trace(node, truth, (part,))


def _includes_at_least(node: tree.IncludesAtLeast, scene: Scene, bound: Bound) -> Trace:
    part = scene.evaluate(node.operand, bound)
    if part.value is UNKNOWN:
        return Trace(node, UNKNOWN, (part,))
    held = part.value if isinstance(part.value, frozenset) else frozenset()
    return Trace(node, len(held.intersection(node.values or held)) >= node.number, (part,))


def _within(node: tree.Within, scene: Scene, bound: Bound) -> Trace:
    """From the anchor so many months back or on, both days included (S31). A day that never comes is within nothing."""
    day, anchor = scene.evaluate(node.operand, bound), scene.evaluate(node.anchor, bound)
    if not isinstance(day.value, Days) or not isinstance(anchor.value, Days):
        return Trace(node, UNKNOWN, (day, anchor))
    never = tuple(t for t in (day, anchor) if isinstance(t.value, Days) and t.value.settled and is_edge(t.value.low))
    if never:
        return Trace(node, False, (day, anchor), never)
    other = _shift_days(anchor.value, node.number, node.unit, node.direction)
    first, last = (other, anchor.value) if node.direction == "before" else (anchor.value, other)
    truth = conjunction((ranges.at_most(first, day.value), ranges.at_most(day.value, last)))
    return Trace(node, truth, (day, anchor))


# --- quantities and dates ----------------------------------------------------------------------------------------


def _established(node: tree.Established, scene: Scene, bound: Bound) -> Trace:
    """The lower end of a range, as if it were known; so it is settled, and asks for nothing. What a fact recorded as
    not known leaves open stays open: only absence may be taken for *not established*."""
    part = scene.evaluate(node.operand, bound)
    value: Result = part.value
    if waits_for_null(part):
        return Trace(node, value, (part,))
    if isinstance(value, Range) and value.low is not None:
        value = exactly(value.low)
    elif isinstance(value, Days):
        value = on_day(value.low)
    elif value is UNKNOWN:
        value = False
    return Trace(node, value, (part,))


def number_of(trace: Trace) -> Range:
    """A trace's value as a number."""
    return ranges.as_number(trace.value)


def days_of(trace: Trace) -> Days:
    """A trace's value as a day."""
    return ranges.as_days(trace.value)


_RECKON = {"plus": ranges.plus, "minus": ranges.minus, "times": ranges.times, "divided by": ranges.over}


def _arithmetic(node: tree.Arithmetic, scene: Scene, bound: Bound) -> Trace:
    left, right = scene.evaluate(node.left, bound), scene.evaluate(node.right, bound)
    return Trace(node, _RECKON[node.op](number_of(left), number_of(right)), (left, right))


def _full_multiples(node: tree.FullMultiples, scene: Scene, bound: Bound) -> Trace:
    step, amount = scene.evaluate(node.step, bound), scene.evaluate(node.operand, bound)
    return Trace(node, full_multiples(number_of(step), number_of(amount)), (step, amount))


def full_multiples(step: Range, amount: Range) -> Range:
    """How many full steps an amount holds; never below 0."""
    return ranges.floored(ranges.over(ranges.not_below_zero(amount), step))


def _shift(node: tree.Shift, scene: Scene, bound: Bound) -> Trace:
    anchor = scene.evaluate(node.anchor, bound)
    moved = _shift_days(days_of(anchor), node.number, node.unit, node.direction)
    if node.counting:
        moved = _shift_days(moved, 1, "day", "after" if node.direction == "before" else "before")
    return Trace(node, moved, (anchor,))


def _shift_days(days: Days, number: int, unit: str, direction: str) -> Days:
    signed = -number if direction == "before" else number
    return Days(shifted(days.low, signed, unit), shifted(days.high, signed, unit))


def _of_two_days(node: tree.OfTwoDays, scene: Scene, bound: Bound) -> Trace:
    """End by end: the later of two days is at least the later first day that they can be. What decides is a day that
    sets that end or can pass it; one that certainly stays behind is not asked for."""
    parts = scene.evaluate(node.left, bound), scene.evaluate(node.right, bound)
    days = [days_of(part) for part in parts]
    later = node.how == "later"
    outer = max if later else min
    value = Days(outer(d.low for d in days), outer(d.high for d in days))
    if later:
        near = [d.low == value.low or d.high > value.low for d in days]
    else:
        near = [d.high == value.high or d.low < value.high for d in days]
    return Trace(node, value, parts, tuple(part for part, counts in zip(parts, near, strict=True) if counts))


# --- texts and cases -----------------------------------------------------------------------------------------------


def _first_part(node: tree.FirstPart, scene: Scene, bound: Bound) -> Trace:
    part = scene.evaluate(node.operand, bound)
    value = part.value.partition("-")[0] if isinstance(part.value, str) else part.value
    return Trace(node, value, (part,))


def _cases(node: tree.Cases, scene: Scene, bound: Bound) -> Trace:
    """The first case that holds; while cases before it are unknown, the hull of what is still possible."""
    parts: list[Trace] = []
    possible: list[Trace] = []
    for when, value in node.cases:
        condition = None if when is None else scene.evaluate(when, bound)
        truth = True if condition is None else truth_of(condition)
        if condition is not None:
            parts.append(condition)
        if truth is False:
            continue
        possible.append(scene.evaluate(value, bound))
        parts.append(possible[-1])
        if truth is True:
            break
    else:
        possible.append(Trace(None, unknown_of(node.type, scene)))
    return Trace(node, hull(p.value for p in possible), tuple(parts))


READERS: dict[type, Reader] = {
    tree.Const: _const,
    tree.Fact: _fact,
    tree.Field: _field,
    tree.LookedUp: _looked_up,
    tree.Defined: _defined,
    tree.DefinedOf: _defined_of,
    tree.Not: _not,
    tree.And: _and,
    tree.Or: _or,
    tree.Equal: _equal,
    tree.AtMost: _at_most,
    tree.IsNone: _is_none,
    tree.In: _in,
    tree.Within: _within,
    tree.IncludesAtLeast: _includes_at_least,
    tree.Established: _established,
    tree.Arithmetic: _arithmetic,
    tree.FullMultiples: _full_multiples,
    tree.EdgeOfMonth: _edge_of_month,
    tree.Shift: _shift,
    tree.OfTwoDays: _of_two_days,
    tree.FirstPart: _first_part,
    tree.UnknownValue: _unknown_value,
    tree.Cases: _cases,
}
