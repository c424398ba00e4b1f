"""Numbers and days that are computed, look-ups in tables, parts of a text, values nobody gave."""

from __future__ import annotations

from decimal import Decimal

from ccm_policy.language import syntax as s
from ccm_policy.language import tree as t
from ccm_policy.language.report import listed
from ccm_policy.language.resolve.comparisons import calendar
from ccm_policy.language.resolve.expressions import fitting, of_kind, value
from ccm_policy.language.resolve.names import Handler, Refused, Resolver, Scope
from ccm_policy.language.resolve.records import check_divisor
from ccm_policy.language.resolve.types import COUNT, described, unit_words


def _arithmetic(r: Resolver, e: s.Arithmetic, scope: Scope, expected: t.Type | None) -> t.Node:
    if e.op in ("plus", "minus"):
        left = value(r, e.left, scope, expected)
        right = value(r, e.right, scope, left.type)
    else:
        left, right = value(r, e.left, scope), value(r, e.right, scope)
    one, other = left.type, right.type
    for side, type_ in ((e.left, one), (e.right, other)):
        if type_.kind != "number":
            help = "write `30 days after D` to move a day" if type_.kind == "date" else "name a number"
            r.refuse("E0312", f"`{e.op}` takes numbers, and this is {described(type_)}", side.span, help)
    if e.op in ("plus", "minus"):
        if one.unit != other.unit:
            units = f"{unit_words(one)} and {unit_words(other)}"
            r.refuse("E0311", f"`{e.op}` cannot join {units}", e.span, "use quantities of one unit")
        low = (
            None
            if e.op == "minus" or None in (one.low, other.low)
            else (one.low or Decimal(0)) + (other.low or Decimal(0))
        )
        return t.Arithmetic(
            e.op, left, right, t.Type("number", unit=one.unit, whole=one.whole and other.whole, low=low), e.span
        )
    return _times(r, e, left, right)


def _times(r: Resolver, e: s.Arithmetic, left: t.Node, right: t.Node) -> t.Node:
    one, other = left.type, right.type
    if e.op == "divided by":
        check_divisor(r, right, e.right.span)
        low = Decimal(0) if one.low is not None and one.low >= 0 else None
        return t.Arithmetic(e.op, left, right, t.Type("number", unit=one.unit, low=low), e.span)
    if not isinstance(left, t.Const) and not isinstance(right, t.Const):
        r.refuse("E0335", "two facts cannot be multiplied", e.span, "one side must be a number that is written here")
    if one.unit is not None and other.unit is not None:
        r.refuse("E0311", "two quantities with units cannot be multiplied", e.span, "one side must be a plain number")
    low = Decimal(0) if all(x.low is not None and x.low >= 0 for x in (one, other)) else None
    made = t.Type("number", unit=one.unit or other.unit, whole=one.whole and other.whole, low=low)
    return t.Arithmetic(e.op, left, right, made, e.span)


def _full(r: Resolver, e: s.FullMultiples, scope: Scope, expected: t.Type | None) -> t.Node:
    operand = of_kind(r, e.operand, scope, "number")
    step = positive(r, e.step, scope, operand.type)
    return t.FullMultiples(step, operand, COUNT, e.span)


def positive(r: Resolver, e: s.Expr, scope: Scope, like: t.Type) -> t.Const:
    """A written number above 0 of the unit of another."""
    step = fitting(r, e, scope, like)
    if not isinstance(step, t.Const) or not isinstance(step.value, Decimal) or step.value <= 0:
        r.refuse("E0334", "a fixed number above 0 is expected here", e.span, "write the number")
    return step


def _edge(r: Resolver, e: s.EdgeOfMonth, scope: Scope, expected: t.Type | None) -> t.Node:
    return t.EdgeOfMonth(e.which, span=e.span)


def _shift(r: Resolver, e: s.Shift, scope: Scope, expected: t.Type | None) -> t.Node:
    anchor = of_kind(r, e.anchor, scope, "date")
    number, unit = calendar(r, e.number, e.unit, e.span)
    return t.Shift(number=number, unit=unit, direction=e.direction, anchor=anchor, counting=e.counting, span=e.span)


def _of_two_days(r: Resolver, e: s.OfTwoDays, scope: Scope, expected: t.Type | None) -> t.Node:
    left, right = of_kind(r, e.left, scope, "date"), of_kind(r, e.right, scope, "date")
    may_be_none = (any if e.how == "later" else all)(day.type.may_be_none for day in (left, right))
    return t.OfTwoDays(e.how, left, right, t.Type("date", may_be_none=may_be_none), e.span)


def _lookup(r: Resolver, e: s.Lookup, scope: Scope, expected: t.Type | None) -> t.Node:
    if e.table not in r.names.tables:
        r.report.unknown("E0205", "table", e.table, e.span, r.names.tables, "declare it with `table`")
        raise Refused
    table = r.names.tables[e.table]
    if e.column not in table.columns:
        r.report.unknown(
            "E0208",
            f"column of table `{e.table}`",
            e.column,
            e.span,
            table.columns,
            f"its columns are {listed(table.columns)}",
        )
        raise Refused
    if len(e.keys) != len(table.keys):
        r.refuse(
            "E0209",
            f"`{e.table}` has {len(table.keys)} keys, and {len(e.keys)} are given",
            e.span,
            f"give {listed(table.keys)}",
        )
    keys = tuple(fitting(r, key, scope, table.types[name]) for key, name in zip(e.keys, table.keys, strict=True))
    return t.Lookup(e.table, e.column, keys, table.types[e.column], e.span)


def _first_part(r: Resolver, e: s.FirstPart, scope: Scope, expected: t.Type | None) -> t.Node:
    operand = value(r, e.operand, scope, t.TEXT)
    if operand.type.kind not in ("text", "code"):
        r.refuse("E0312", f"text is expected here, and this is {described(operand.type)}", e.span, "name a text")
    return t.FirstPart(operand, span=e.span)


def _unknown(r: Resolver, e: s.UnknownValue, scope: Scope, expected: t.Type | None) -> t.Node:
    known = [*r.names.facts, *r.names.lists, *(f"{n}.{f}" for n, d in r.names.lists.items() for f in d.fields)]
    if e.fact not in known:
        r.report.unknown("E0201", "fact", e.fact, e.span, known, "name the fact that would give the value")
        raise Refused
    declared = r.names.facts.get(e.fact)
    return t.UnknownValue(e.fact, expected or (declared.type if declared else t.YES_NO), e.span)


HANDLERS: dict[type, Handler] = {
    s.Arithmetic: _arithmetic,
    s.FullMultiples: _full,
    s.EdgeOfMonth: _edge,
    s.Shift: _shift,
    s.OfTwoDays: _of_two_days,
    s.Lookup: _lookup,
    s.FirstPart: _first_part,
    s.UnknownValue: _unknown,
}
