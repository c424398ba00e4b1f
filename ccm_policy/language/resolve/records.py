"""Phrases over the records of a list: how many, every, sums, first and last days, one record out of many."""

from __future__ import annotations

from decimal import Decimal

from ccm_policy.language import syntax as s
from ccm_policy.language import tree as t
from ccm_policy.language.diagnostics import Span
from ccm_policy.language.report import listed
from ccm_policy.language.resolve.conditions import conjuncts, refuse_swallowed_value
from ccm_policy.language.resolve.expressions import condition, of_kind, value
from ccm_policy.language.resolve.names import Handler, Refused, Resolver, Scope
from ccm_policy.language.resolve.types import COUNT, described
from ccm_policy.language.walk import mentions, negate

_ROUNDING = {
    None: "exact",
    "kept exact": "exact",
    "rounded down each": "down_each",
    "rounded down in total": "down_in_total",
}


def records(r: Resolver, source: s.Source, scope: Scope) -> t.Records:
    """The records that a phrase speaks of; every part of its `where` mentions the record (S38)."""
    decl = r.list_named(source.list, source.span)
    if (source.in_month or source.on is not None) and not (decl.date_field or decl.first_field):
        help = f"say in `list {decl.name}` how it is `dated`, or compare a field"
        r.refuse("E0219", f"nothing says how a record of `{decl.name}` is dated", source.span, help)
    on = None if source.on is None else of_kind(r, source.on, scope, "date")
    where = None if source.where is None else _where(r, source.where, scope.inside(decl.name))
    return t.Records(decl.name, source.in_month, on, where, source.span)


def _where(r: Resolver, e: s.Expr, scope: Scope) -> t.Node:
    made: list[t.Node] = []
    parts = conjuncts(e)
    for part in parts:
        try:
            if made and isinstance(part, s.Name):
                refuse_swallowed_value(r, part, made[-1], "and")
            made.append(_part(r, part, scope))
        except Refused:
            continue
    if len(made) < len(parts):
        raise Refused
    return made[0] if len(made) == 1 else t.And(tuple(made), e.span)


def _part(r: Resolver, part: s.Expr, scope: Scope) -> t.Node:
    made = condition(r, part, scope)
    if not mentions(made) and not isinstance(part, s.Scope):
        help = "put it on a line of its own: another `require`, or `when`; or put the phrase before it in brackets"
        message = f"this part of `where` says nothing about the record of `{scope.subjects[0]}`"
        r.refuse("E0230", message, part.span, help)
    return made


def _quantified(r: Resolver, e: s.Quantified, scope: Scope, expected: t.Type | None) -> t.Node:
    if e.how == "at least" and e.number == 0:
        r.refuse(
            "E0325", "`at least 0` is always so and says nothing", e.span, "write at least 1, or drop the condition"
        )
    over = records(r, e.source, scope)
    if e.how == "every":
        assert e.has is not None
        inner = scope.inside(over.list)
        has = condition(r, e.has, inner)
        if not mentions(has):
            r.refuse(
                "E0230",
                f"what stands after `has` says nothing about the record of `{over.list}`",
                e.has.span,
                "ask it in a line of its own",
            )
        return t.Every(over, has, e.span)
    if e.how in ("any", "no"):
        some = t.AtLeast(1, over, e.span)
        return some if e.how == "any" else negate(some)
    number = e.number or 0
    return t.AtLeast(number, over, e.span) if e.how == "at least" else negate(t.AtLeast(number + 1, over, e.span))


def _placed(r: Resolver, e: s.Placed, scope: Scope, expected: t.Type | None) -> t.Node:
    operand = of_kind(r, e.operand, scope, "date")
    over = records(r, e.source, scope)
    decl = r.names.lists[over.list]
    first = decl.first_field or decl.date_field
    last = decl.last_field or decl.date_field
    if first is None or last is None:
        help = f"say in `list {decl.name}` from which day to which: `dated from … to …`"
        r.refuse("E0219", f"a record of `{decl.name}` has no period", e.span, help)
    made = t.During(
        operand=operand,
        records=over,
        first_field=first,
        last_field=last,
        first_day=e.first_day,
        last_day=e.last_day,
        span=e.span,
    )
    return made if e.how == "during" else negate(made)


def _aggregate(r: Resolver, e: s.Aggregate, scope: Scope, expected: t.Type | None) -> t.Node:
    over = records(r, e.source, scope)
    if e.how == "count":
        return t.CountOf(over, COUNT, e.span)
    assert e.value is not None
    inner = scope.inside(over.list)
    if e.how == "sum":
        return _sum(r, e, over, inner)
    day = of_kind(r, e.value, inner, "date")
    if not mentions(day):
        r.refuse("E0230", f"this says nothing about the record of `{over.list}`", e.value.span, "name one of its dates")
    return t.Extreme(e.how, day, over, t.DATE, e.span)


def _sum(r: Resolver, e: s.Aggregate, over: t.Records, inner: Scope) -> t.Node:
    assert e.value is not None
    summed = of_kind(r, e.value, inner, "number")
    type_ = summed.type
    if type_.low is None or type_.low < 0:
        help = "declare its range, for example `minutes, 0 to 1440`"
        r.refuse("E0331", "what is summed needs a declared minimum of 0 or more", e.value.span, help)
    divisor = None
    if e.divisor is not None:
        divisor = of_kind(r, e.divisor, inner, "number")
        check_divisor(r, divisor, e.divisor.span)
    result = t.Type("number", unit=type_.unit, low=Decimal(0), whole=type_.whole and divisor is None)
    return t.Sum(
        value=summed,
        divisor=divisor,
        records=over,
        rounding=_ROUNDING[e.rounding],
        type=result,
        once=e.each_minute_once,
        span=e.span,
    )


def check_divisor(r: Resolver, divisor: t.Node, span: Span) -> None:
    """A divisor has a declared range that begins above 0, so that nothing is divided by nothing."""
    type_ = divisor.type
    low = divisor.value if isinstance(divisor, t.Const) else type_.low
    if type_.unit is not None:
        r.refuse(
            "E0311",
            f"a divisor is a plain number, and this is {described(type_)}",
            span,
            "divide by a number without a unit",
        )
    if not isinstance(low, Decimal) or low <= 0:
        r.refuse(
            "E0332",
            "a divisor needs a declared range that begins above 0",
            span,
            "declare it, for example `integer, 1 to 20`",
        )


def _pick(r: Resolver, e: s.Pick, scope: Scope, expected: t.Type | None) -> t.Node:
    over = records(r, e.source, scope)
    decl = r.names.lists[over.list]
    by = e.by or decl.date_field
    dates = [f.name for f in decl.fields.values() if f.type.kind == "date"]
    if by is None:
        help = f"say by which: `the {e.how} {over.list} by {dates[0] if dates else 'DATE'}`"
        r.refuse("E0219", f"nothing says how a record of `{over.list}` is dated", e.span, help)
    if by not in dates:
        r.report.unknown("E0202", f"date of `{over.list}`", by, e.span, dates, f"its dates are {listed(dates)}")
        raise Refused
    return t.Pick(e.how, by, over, t.Type("record", name=over.list), e.span)


def _reaches(r: Resolver, e: s.Reaches, scope: Scope, expected: t.Type | None) -> t.Node:
    operand = value(r, e.operand, scope)
    total = r.definition(operand.name, operand.span).value if isinstance(operand, t.Defined) else operand
    if not isinstance(total, t.Sum):
        r.refuse(
            "E0333", "only a sum reaches a number on a day", e.operand.span, "name a definition that is a `sum of …`"
        )
    if r.names.lists[total.records.list].date_field is None:
        r.refuse(
            "E0219",
            f"nothing says on which day a record of `{total.records.list}` is dated",
            e.span,
            "say `dated by …` in its list",
        )
    threshold = value(r, e.threshold, scope, total.type)
    if threshold.type is None or threshold.type.kind != "number":
        r.refuse("E0334", "a number is expected here", e.threshold.span, "write the number, or how it follows")
    return t.Reaches(total, threshold, t.Type("date", may_be_none=True), e.span)


HANDLERS: dict[type, Handler] = {
    s.Quantified: _quantified,
    s.Placed: _placed,
    s.Aggregate: _aggregate,
    s.Pick: _pick,
    s.Reaches: _reaches,
}
