"""Comparisons of two things: equality, order, days, none. `after` and `at least` become `at most` turned round."""

from __future__ import annotations

from ccm_policy.language import syntax as s
from ccm_policy.language import tree as t
from ccm_policy.language.diagnostics import Span
from ccm_policy.language.resolve.expressions import of_kind, value
from ccm_policy.language.resolve.literals import Literal, literal
from ccm_policy.language.resolve.names import Handler, Resolver, Scope, looks_up, of_record
from ccm_policy.language.resolve.types import UNIT_WORDS, comparable, described, unit_words
from ccm_policy.language.walk import negate, within

_ORDER = {
    "at least": ("right", False),
    "at most": ("left", False),
    "more than": ("right", True),
    "less than": ("left", True),
    "before": ("left", True),
    "after": ("right", True),
    "on or before": ("left", False),
    "on or after": ("right", False),
}
_OF_DAYS = ("before", "after", "on or before", "on or after", "on")


def _compare(r: Resolver, e: s.Compare, scope: Scope, expected: t.Type | None) -> t.Node:
    if e.op in ("is", "is not"):
        asked = _of_looked_up(r, e, scope)
        made = asked if asked is not None else _equal(r, e, scope)
        return negate(made) if e.op == "is not" else made
    left, right = _sides(r, e, scope)
    _refuse_order(r, e, left.type)
    if e.op == "on":
        return _same_day(left, right, e.span)
    lower, strict = _ORDER[e.op]
    return t.AtMost(left, right, strict, e.span) if lower == "left" else t.AtMost(right, left, strict, e.span)


def _sides(r: Resolver, e: s.Compare, scope: Scope) -> tuple[t.Node, t.Node]:
    """Both sides; a value written on the left is read by the type of the right."""
    if isinstance(e.left, Literal):
        right = value(r, e.right, scope)
        left: t.Node = literal(r, e.left, right.type)
    else:
        left = value(r, e.left, scope)
        right = value(r, e.right, scope, left.type)
    one, other = left.type, right.type
    if one.kind == "set":
        r.refuse("E0321", "a set has many values", e.span, "write `includes …`")
    if not comparable(one, other):
        if one.kind == other.kind == "number":
            units = f"{unit_words(one)} with {unit_words(other)}"
            r.refuse("E0311", f"this compares {units}", e.span, "compare quantities of one unit")
        r.refuse(
            "E0312", f"this compares {described(one)} with {described(other)}", e.span, "compare things of one type"
        )
    _refuse_out_of_range(r, e, left, right)
    return left, right


def _refuse_order(r: Resolver, e: s.Compare, type_: t.Type) -> None:
    if e.op in _OF_DAYS and type_.kind not in ("date", "month", "time"):
        r.refuse("E0316", f"`{e.op}` compares days, and this is {described(type_)}", e.span, _instead(type_))
    if e.op not in _OF_DAYS and type_.kind not in ("number", "value"):
        r.refuse("E0316", f"`{e.op}` compares numbers, and this is {described(type_)}", e.span, _instead(type_))
    if type_.kind == "value" and not type_.ordered:
        help = "write `is one of …`, or declare the values `in order`"
        r.refuse("E0317", f"`{e.op}` needs values that stand in order", e.span, help)


def _instead(type_: t.Type) -> str:
    if type_.kind in ("date", "month", "time"):
        return "write `before`, `after`, `on or before`, `on or after` or `on`"
    if type_.kind == "number":
        return "write `at least`, `at most`, `more than` or `less than`"
    return "write `is`"


def _refuse_out_of_range(r: Resolver, e: s.Compare, left: t.Node, right: t.Node) -> None:
    """Equality with a number that the fact can never be."""
    if e.op not in ("is", "is not") or not isinstance(right, t.Const) or right.type.kind != "number":
        return
    type_, n = left.type, right.type.low
    if n is not None and ((type_.low is not None and n < type_.low) or (type_.high is not None and n > type_.high)):
        r.refuse(
            "E0318",
            f"this is never {n}: its range is {type_.low} to {type_.high}",
            e.right.span,
            "write a number in the range",
        )


def _of_looked_up(r: Resolver, e: s.Compare, scope: Scope) -> t.Node | None:
    """`its staff is clinical`, `consent_in_force is documented`: a yes/no field of a record."""
    if not isinstance(e.right, s.Name) or not isinstance(e.left, s.Its | s.Name) or not scope.subjects:
        return _of_picked_record(r, e, scope)
    depth = len(scope.subjects) - 1 if isinstance(e.left, s.Its) else 0
    if isinstance(e.left, s.Its) and not scope.about:
        return None
    about = r.names.lists[scope.subjects[depth]]
    if e.left.path in about.fields or looks_up(about, e.left.path) is None:
        return _of_picked_record(r, e, scope)
    found = of_record(r, about.name, depth, f"{e.left.path}.{e.right.path}", e.span, scope)
    return _yes_no(r, found, e)


def _of_picked_record(r: Resolver, e: s.Compare, scope: Scope) -> t.Node | None:
    if not isinstance(e.right, s.Name) or not isinstance(e.left, s.Name) or scope.facts_only:
        return None
    if r.signature.get(e.left.path, "") is not None or r.definition(e.left.path, e.left.span).type.kind != "record":
        return None
    return _yes_no(r, value(r, s.Name(f"{e.left.path}.{e.right.path}", e.span), scope), e)


def _yes_no(r: Resolver, found: t.Node | None, e: s.Compare) -> t.Node | None:
    if found is not None and found.type.kind != "yes/no":
        help = "name the field after a dot and compare it: `its staff.role is …`"
        r.refuse("E0320", f"this is {described(found.type)}, not yes or no", e.span, help)
    return found


def _equal(r: Resolver, e: s.Compare, scope: Scope) -> t.Node:
    if isinstance(e.right, s.Name) and e.right.path == "vague":
        help = "take it out until a version that evaluates it"
        r.refuse("E0290", "`is vague` is read and checked, but not evaluated by this version", e.span, help)
    left, right = _sides(r, e, scope)
    kind = left.type.kind
    if kind == "record":
        r.refuse("E0321", "a record is not equal to something", e.span, "compare one of its fields")
    for side in (left, right):
        refuse_total(r, side, "`is`", e.span)
    if kind == "date":
        return _same_day(left, right, e.span)
    if kind == "yes/no":
        constant = next((c for c in (right, left) if isinstance(c, t.Const)), None)
        if constant is not None:
            other = left if constant is right else right
            return other if constant.value else negate(other)
    return t.Equal(left, right, e.span)


def _same_day(left: t.Node, right: t.Node, span: Span) -> t.Node:
    """Equality of plain dates; of days that are ranges, order both ways (S15)."""
    plain = (t.Fact, t.Field, t.LookedUp, t.Const)
    if isinstance(left, plain) and isinstance(right, plain):
        return t.Equal(left, right, span)
    return t.And((t.AtMost(left, right, False, span), t.AtMost(right, left, False, span)), span)


def refuse_total(r: Resolver, node: t.Node, asked: str, span: Span) -> None:
    """Equality is not asked of a sum or a count (S15)."""
    if node.type.kind == "number" and is_total(r, node):
        message = f"a sum or a count is a range while facts are missing, and {asked} cannot be asked of it"
        r.refuse("E0319", message, span, "write `is at least …` or `is at most …`")


def is_total(r: Resolver, node: t.Node) -> bool:
    """Whether the number comes from a sum or a count, also through definitions."""
    for part in within(node):
        if isinstance(part, t.Sum | t.CountOf):
            return True
        if isinstance(part, t.Defined | t.DefinedOf) and is_total(r, r.definition(part.name, part.span).value):
            return True
    return False


def _is_none(r: Resolver, e: s.IsNone, scope: Scope, expected: t.Type | None) -> t.Node:
    operand = value(r, e.operand, scope)
    type_ = operand.type
    if (
        not type_.may_be_none
        and type_.kind not in ("record", "date")
        and isinstance(operand, t.Fact | t.Field | t.LookedUp)
    ):
        help = "say `presumed none` where it is declared, or drop the condition"
        r.refuse("E0326", "this is never none: nothing says that its absence means none", e.span, help)
    made = t.IsNone(operand, e.span)
    return negate(made) if e.negated else made


def _within(r: Resolver, e: s.Within, scope: Scope, expected: t.Type | None) -> t.Node:
    operand = of_kind(r, e.operand, scope, "date")
    anchor = of_kind(r, e.anchor, scope, "date")
    number, unit = calendar(r, e.number, e.unit, e.span)
    return t.Within(operand, number, unit, e.direction, anchor, e.span)


def calendar(r: Resolver, number: int, unit: str, span: Span) -> tuple[int, str]:
    """A stretch of the calendar in days or months: a year is twelve months."""
    if unit not in ("day", "month", "year"):
        r.refuse(
            "E0311",
            f"a stretch of days is expected here, not {UNIT_WORDS.get(unit, unit)}",
            span,
            "write days, months or years",
        )
    return (number * 12, "month") if unit == "year" else (number, unit)


def _in_month(r: Resolver, e: s.IsInMonth, scope: Scope, expected: t.Type | None) -> t.Node:
    operand = of_kind(r, e.operand, scope, "date")
    first = t.AtMost(t.EdgeOfMonth("start", span=e.span), operand, False, e.span)
    last = t.AtMost(operand, t.EdgeOfMonth("end", span=e.span), False, e.span)
    return t.And((first, last), e.span)


HANDLERS: dict[type, Handler] = {
    s.Compare: _compare,
    s.IsNone: _is_none,
    s.Within: _within,
    s.IsInMonth: _in_month,
}
