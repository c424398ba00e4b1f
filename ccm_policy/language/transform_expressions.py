"""From Lark's trees to the surface tree: conditions, quantities and dates."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from typing import Any

from lark import Token, Tree

from ccm_policy.language import messages, syntax
from ccm_policy.language.diagnostics import Diagnostic, Span
from ccm_policy.language.syntax import Expr
from ccm_policy.language.transform import UNITS, Handler, Reader, child, parts_of, words_of

# --- conditions ------------------------------------------------------------------------------------------------


def _bracketed(r: Reader, t: Tree[Any]) -> Expr:
    return syntax.Bracketed(r.read(t.children[0]), r.span(t))


def _negation(r: Reader, t: Tree[Any]) -> Expr:
    return syntax.Not(r.read(t.children[-1]), r.span(t))


def _chain(r: Reader, t: Tree[Any]) -> Expr:
    items, joins = t.children[0::2], t.children[1::2]
    kinds = {j.type for j in joins}
    if len(kinds) > 1:
        r.complain(_mixed(r, t, items, joins))
    operands: list[Expr] = []
    for item in items:
        if item.data == "tail":
            operands.append(_second_test(r, item, operands[-1]))
        else:
            operands.append(r.read(item))
    return (syntax.Or if "OR" in kinds else syntax.And)(tuple(operands), r.span(t))


def _mixed(r: Reader, t: Tree[Any], items: list[Any], joins: list[Token]) -> Diagnostic:
    """`A and B or C`: show the two readings in the author's words."""
    turn = next(i for i, j in enumerate(joins) if j.type != joins[0].type)
    first, last = r.source_text(items[0], items[turn]), r.source_text(items[turn + 1], items[-1])
    before = r.source_text(items[0], items[turn - 1])
    inner = r.source_text(items[turn], items[-1])
    readings = (f"({first}) {joins[turn]} {last}", f"{before} {joins[0]} ({inner})")
    return messages.mixed_and_or(r.span(joins[turn]), readings)


def _second_test(r: Reader, tail: Tree[Any], before: Expr) -> Expr:
    """`… or on or after E`: another test of what the condition before it tests."""
    operand = before.operand if isinstance(before, syntax.Not) else before
    match operand:
        case syntax.Compare():
            subject = operand.left
        case (
            syntax.IsNone() | syntax.OneOf() | syntax.InSet() | syntax.Within() | syntax.IsInMonth()
            | syntax.Includes() | syntax.Placed()
        ):  # fmt: skip
            subject = operand.operand
        case _:
            r.complain(messages.nothing_tested_before(r.span(tail), " ".join(words_of(tail))))
            subject = operand
    return _ordered(r, tail, subject, r.span(tail))


def _ordered(r: Reader, t: Tree[Any], left: Expr, span: Span) -> Expr:
    op = " ".join(w for w in words_of(t) if w != "not")
    return syntax.Compare(op, left, r.read(t.children[-1]), span)


def _compare(r: Reader, t: Tree[Any]) -> Expr:
    left, test, span = r.read(t.children[0]), t.children[1], r.span(t)
    words = words_of(test)
    negated = bool(words) and words[0] == "not"
    found: Expr
    match test.data:
        case "equals":
            last = test.children[-1]
            right = syntax.Name("no", r.span(last)) if isinstance(last, Token) else r.read(last)
            return syntax.Compare("is not" if negated else "is", left, right, span)
        case "is_none":
            return syntax.IsNone(left, negated, span)
        case "one_of":
            return syntax.OneOf(left, r.read(test.children[-1]), negated, span)
        case "ordered":
            found = _ordered(r, test, left, span)
        case "within":
            length, anchor = parts_of(test)
            number, unit = _length(r, length)
            found = syntax.Within(left, number, unit, words[-1], r.read(anchor), span)
        case "is_in_month":
            found = syntax.IsInMonth(left, span)
        case _:
            how = "outside" if "outside" in words else "during"
            found = syntax.Placed(
                operand=left, how=how, source=r.read(test.children[-1]), span=span, period_of="period" in words
            )
    return syntax.Not(found, span) if negated else found


def _length(r: Reader, t: Tree[Any]) -> tuple[int, str]:
    """A stretch of the calendar: a whole number of days, months or years."""
    number = r.whole(t.children[0])
    unit = UNITS[t.children[1].type] if len(t.children) > 1 else None
    if unit not in ("day", "month", "year"):
        r.complain(messages.no_calendar_unit(r.span(t)))
    return number, unit or "day"


def _with_edges(r: Reader, t: Tree[Any]) -> Expr:
    names = [c for c in t.children[1].children if c.type in ("NAME", "IN")]
    first_word, first, last_word, last = (str(c) for c in names)
    for token in (names[1], names[3]):
        if token not in ("in", "out"):
            r.complain(messages.edge_in_or_out(r.span(token), token))

    def settle(expr: Expr) -> Expr | None:
        """The expression with the edges set on the last phrase that has days at its ends."""
        match expr:
            case syntax.Placed():
                return replace(
                    expr, first_day=first, last_day=last, first_word=first_word, last_word=last_word, span=r.span(t)
                )
            case syntax.And() | syntax.Or():
                inner = settle(expr.operands[-1])
                return inner and replace(expr, operands=(*expr.operands[:-1], inner))
            case syntax.Not():
                inner = settle(expr.operand)
                return inner and replace(expr, operand=inner)
            case syntax.Quantified() if expr.has is not None:
                inner = settle(expr.has)
                return inner and replace(expr, has=inner)
            case syntax.Quantified() | syntax.Aggregate() | syntax.Pick() if expr.source.where is not None:
                inner = settle(expr.source.where)
                return inner and replace(expr, source=replace(expr.source, where=inner))
        return None

    whole = r.read(t.children[0])
    settled = settle(whole)
    if settled is None:
        r.complain(messages.nothing_to_count_days_of(r.span(t.children[1])))
    return settled or whole


def _in_set(r: Reader, t: Tree[Any]) -> Expr:
    return syntax.InSet(r.read(t.children[0]), str(t.children[-1]), "not" in words_of(t), r.span(t))


def _includes(r: Reader, t: Tree[Any]) -> Expr:
    operand, included = r.read(t.children[0]), t.children[1]
    how = " ".join(words_of(included)) or "one"
    number = next((r.whole(c) for c in included.children if isinstance(c, Token) and c.type == "NUMBER"), None)
    last = included.children[-1]
    if isinstance(last, Token) and last.type == "NUMBER":
        return syntax.Includes(operand, how, (), number, r.span(t))
    read = r.read(last)
    values = read if isinstance(read, tuple) else (read,)
    return syntax.Includes(operand, how, values, number, r.span(t))


def _has_modifier(r: Reader, t: Tree[Any]) -> Expr:
    holder = t.children[0]
    path = f"{holder}.modifiers" if isinstance(holder, Token) else "modifiers"
    return syntax.Includes(syntax.Name(path, r.span(t)), "one", (r.read(t.children[-1]),), None, r.span(t))


def _scope(r: Reader, t: Tree[Any]) -> Expr:
    return syntax.Scope(r.read(t.children[-1]), r.span(t))


def read_scope_words(r: Reader, t: Tree[Any]) -> str:
    """The words of a scope, as `same practitioner`."""
    return " ".join(str(c) for c in t.children)


def _quantified(r: Reader, t: Tree[Any]) -> Expr:
    how = " ".join(words_of(t))
    number = next((r.whole(c) for c in t.children if isinstance(c, Token) and c.type == "NUMBER"), None)
    return syntax.Quantified(how, number, r.read(t.children[-1]), None, r.span(t))


def _every(r: Reader, t: Tree[Any]) -> Expr:
    source, has = parts_of(t)
    return syntax.Quantified("every", None, r.read(source), r.read(has), r.span(t))


def read_source(r: Reader, t: Tree[Any]) -> syntax.Source:
    """The records that a phrase speaks of."""
    where = r.read(t.children[-1]) if t.data == "source_where" else None
    return _records(r, t, where, r.span(t))


def _records(r: Reader, t: Tree[Any], where: Expr | None, span: Span) -> syntax.Source:
    """The list that a phrase names, with the month or day that narrows it."""
    name = next(c for c in t.children if isinstance(c, Token) and c.type == "NAME")
    on = child(t, "on_day")
    return syntax.Source(str(name), child(t, "in_the_month") is not None, on and r.read(on.children[-1]), where, span)


# --- quantities and dates --------------------------------------------------------------------------------------


def _arithmetic(r: Reader, t: Tree[Any]) -> Expr:
    left, right = parts_of(t)
    return syntax.Arithmetic(" ".join(words_of(t)), r.read(left), r.read(right), r.span(t))


def _sum_of(r: Reader, t: Tree[Any]) -> Expr:
    divisor, rounding = child(t, "divisor"), child(t, "rounding")
    rounded = None
    if rounding is not None:
        rounded = " ".join(("rounded", *words_of(rounding))) if rounding.children else "kept exact"
    return syntax.Aggregate(
        how="sum",
        value=r.read(t.children[0]),
        source=r.read(t.children[-1]),
        divisor=divisor and r.read(divisor.children[-1]),
        rounding=rounded,
        each_minute_once=child(t, "once") is not None,
        span=r.span(t),
    )


def _count_of(r: Reader, t: Tree[Any]) -> Expr:
    return syntax.Aggregate(how="count", value=None, source=r.read(t.children[0]), span=r.span(t))


def _edge_of_list(r: Reader, t: Tree[Any]) -> Expr:
    value, source = parts_of(t)
    return syntax.Aggregate(how=words_of(t)[0], value=r.read(value), source=r.read(source), span=r.span(t))


def _pick(r: Reader, t: Tree[Any]) -> Expr:
    where = r.read(t.children[-1]) if t.data == "pick_where" else None
    by = child(t, "picked_by")
    name = next(c for c in t.children if isinstance(c, Token) and c.type == "NAME")
    span = r.span(t)
    source = _records(r, t, where, r.span(name).to(span))
    return syntax.Pick(words_of(t)[0], str(by.children[-1]) if by else None, source, span)


def _reaches(r: Reader, t: Tree[Any]) -> Expr:
    operand, threshold = parts_of(t)
    return syntax.Reaches(r.read(operand), r.read(threshold), r.span(t))


def _edge_of_month(r: Reader, t: Tree[Any]) -> Expr:
    return syntax.EdgeOfMonth(words_of(t)[0], r.span(t))


def _first_part(r: Reader, t: Tree[Any]) -> Expr:
    return syntax.FirstPart(r.read(t.children[0]), r.span(t))


def _established(r: Reader, t: Tree[Any]) -> Expr:
    return syntax.Established(r.read(t.children[0]), r.span(t))


def _full_multiples(r: Reader, t: Tree[Any]) -> Expr:
    step, operand = parts_of(t)
    return syntax.FullMultiples(r.read(step), r.read(operand), r.span(t))


def _shift(r: Reader, t: Tree[Any]) -> Expr:
    number, unit = _length(r, t)
    anchor = next(c for c in t.children if isinstance(c, Tree))
    if t.data == "shift":
        return syntax.Shift(number, unit, words_of(t)[-1], r.read(anchor), False, r.span(t))
    shifted, counted = r.read(anchor), r.read(t.children[-1])
    if shifted != counted:
        r.complain(messages.counts_another_day(r.span(t.children[-1])))
    return syntax.Shift(number, unit, "after", shifted, True, r.span(t))


def _of_two_days(r: Reader, t: Tree[Any]) -> Expr:
    left, right = parts_of(t)
    return syntax.OfTwoDays(words_of(t)[0], r.read(left), r.read(right), r.span(t))


def _lookup(r: Reader, t: Tree[Any]) -> Expr:
    table, _, column = str(t.children[0]).rpartition(".")
    if not table:
        r.complain(messages.column_of_table(r.span(t.children[0]), column))
    return syntax.Lookup(table, column, tuple(r.read(k) for k in t.children[1:]), r.span(t))


READERS: Mapping[str, Handler] = {
    "bracketed": _bracketed,
    "negation": _negation,
    "chain": _chain,
    "compare": _compare,
    "with_edges": _with_edges,
    "in_set": _in_set,
    "includes": _includes,
    "has_modifier": _has_modifier,
    "modifier_claim": _has_modifier,
    "scope": _scope,
    "scope_words": read_scope_words,
    "quantified": _quantified,
    "every": _every,
    "source": read_source,
    "source_where": read_source,
    "arithmetic": _arithmetic,
    "sum_of": _sum_of,
    "count_of": _count_of,
    "edge_of_list": _edge_of_list,
    "pick": _pick,
    "pick_where": _pick,
    "reaches": _reaches,
    "edge_of_month": _edge_of_month,
    "first_part": _first_part,
    "established": _established,
    "full_multiples": _full_multiples,
    "shift": _shift,
    "shift_counting": _shift,
    "of_two_days": _of_two_days,
    "lookup": _lookup,
}
