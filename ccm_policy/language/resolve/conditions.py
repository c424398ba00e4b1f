"""Conditions put together or asked of sets and names: and, or, not, one of, in, includes, by, established."""

from __future__ import annotations

from ccm_policy.language import syntax as s
from ccm_policy.language import tree as t
from ccm_policy.language.diagnostics import Span
from ccm_policy.language.report import listed
from ccm_policy.language.resolve.codes import members
from ccm_policy.language.resolve.comparisons import refuse_total
from ccm_policy.language.resolve.expressions import condition, value
from ccm_policy.language.resolve.literals import Literal, literal, value_of
from ccm_policy.language.resolve.names import Handler, Refused, Resolver, Scope, named
from ccm_policy.language.resolve.types import comparable, described
from ccm_policy.language.walk import negate


def conjuncts(e: s.Expr) -> tuple[s.Expr, ...]:
    """The parts of a condition that must all hold."""
    if isinstance(e, s.Bracketed) and isinstance(e.operand, s.And):
        return conjuncts(e.operand)
    return e.operands if isinstance(e, s.And) else (e,)


def _all_of(r: Resolver, operands: tuple[s.Expr, ...], scope: Scope, joined: str) -> list[t.Node]:
    """Every operand resolved, so that each that is wrong is told."""
    made: list[t.Node] = []
    for i, operand in enumerate(operands):
        try:
            if i and isinstance(operand, s.Name) and made:
                refuse_swallowed_value(r, operand, made[-1], joined)
            made.append(condition(r, operand, scope))
        except Refused:
            continue
    if len(made) < len(operands):
        raise Refused
    return made


def refuse_swallowed_value(r: Resolver, word: s.Name, before: t.Node, joined: str) -> None:
    """`is one of rn, lpn and ma`: the last is a value of the list before it (S39)."""
    last = before.operand if isinstance(before, t.Not) else before
    if isinstance(last, t.In | t.IncludesAtLeast) and word.path in last.operand.type.values:
        help = f"write `, {word.path}` if it belongs to the list"
        r.refuse(
            "E0214",
            f"`{word.path}` is a value of the list before it, and `{joined}` starts a new condition",
            word.span,
            help,
        )


def _and(r: Resolver, e: s.And, scope: Scope, expected: t.Type | None) -> t.Node:
    return t.And(tuple(_all_of(r, e.operands, scope, "and")), e.span)


def _or(r: Resolver, e: s.Or, scope: Scope, expected: t.Type | None) -> t.Node:
    return t.Or(tuple(_all_of(r, e.operands, scope, "or")), e.span)


def _not(r: Resolver, e: s.Not, scope: Scope, expected: t.Type | None) -> t.Node:
    return negate(condition(r, e.operand, scope))


def _one_of(r: Resolver, e: s.OneOf, scope: Scope, expected: t.Type | None) -> t.Node:
    operand = value(r, e.operand, scope)
    type_ = operand.type
    if type_.kind == "set":
        r.refuse("E0321", "a set has many values", e.span, "write `includes any of …`")
    if type_.kind in ("text", "code", "value"):
        made: t.Node = t.In(operand, plain_values(r, e.values, type_), None, e.span)
    elif type_.kind in ("number", "date", "month", "time"):
        refuse_total(r, operand, "`is one of`", e.span)
        options = [t.Equal(operand, value(r, v, scope, type_), v.span) for v in e.values]
        made = t.Or(tuple(options), e.span)
    else:
        r.refuse("E0321", f"{described(type_)} is not one of a list of values", e.span, "ask it by itself")
    return negate(made) if e.negated else made


def plain_values(r: Resolver, values: tuple[s.Expr, ...], type_: t.Type) -> tuple[str, ...]:
    """Written values of a type, in order and once: words, codes, ranges of codes, names of sets."""
    found: list[str] = []
    for v in values:
        if isinstance(v, s.CodeRange):
            found += members(r, v)
        elif isinstance(v, s.Name) and v.path not in type_.values and v.path in _sets(r):
            found += [value_of(r, word, type_, v.span).value for word in _sets(r)[v.path]]  # type: ignore[misc]
        elif isinstance(v, s.Name):
            found.append(str(value_of(r, v.path, type_, v.span).value))
        elif isinstance(v, Literal):
            found.append(str(literal(r, v, type_).value))
        else:
            r.refuse("E0322", "a list of values holds values only", v.span, "write the value itself")
    return tuple(dict.fromkeys(found))


def _sets(r: Resolver) -> dict[str, tuple[str, ...]]:
    return r.names.sets | r.names.roles


def _in_set(r: Resolver, e: s.InSet, scope: Scope, expected: t.Type | None) -> t.Node:
    operand = value(r, e.operand, scope)
    type_ = operand.type
    if e.set in _sets(r):
        if type_.kind not in ("text", "code", "value"):
            r.refuse(
                "E0321",
                f"`{e.set}` is a set of words or codes, and this is {described(type_)}",
                e.span,
                "compare it with `is`",
            )
        values = _sets(r)[e.set]
        if type_.values and not set(values) <= set(type_.values):
            strange = listed(v for v in values if v not in type_.values)
            r.refuse(
                "E0323",
                f"`{e.set}` has {strange}, which the value never is",
                e.span,
                f"the values are {listed(type_.values, 20)}",
            )
        made: t.Node = t.In(operand, values, e.set, e.span)
    elif e.set in r.names.tables:
        made = _in_table(r, e, operand, scope)
    else:
        known = [*_sets(r), *r.names.tables]
        r.report.unknown(
            "E0204",
            "named set, area or table",
            e.set,
            e.span,
            known,
            "declare it with `codes`, `roles`, `area` or `table`",
        )
        raise Refused
    return negate(made) if e.negated else made


def _in_table(r: Resolver, e: s.InSet, operand: t.Node, scope: Scope) -> t.Node:
    table = r.names.tables[e.set]
    first, *others = table.keys
    if not comparable(operand.type, table.types[first]):
        r.refuse("E0321", f"the key of `{e.set}` is {described(table.types[first])}", e.span, f"give `{first}`")
    keys = [operand, *(named(r, key, scope, e.span) for key in others)]
    return t.InTable(e.set, tuple(keys), e.span)


def _includes(r: Resolver, e: s.Includes, scope: Scope, expected: t.Type | None) -> t.Node:
    operand = value(r, e.operand, scope)
    type_ = operand.type
    if type_.kind != "set":
        r.refuse(
            "E0321",
            f"only a set includes something, and this is {described(type_)}",
            e.span,
            "write `is` or `is one of`",
        )
    values = plain_values(r, e.values, type_)
    number = {"one": 1, "any": 1, "every": len(values)}.get(e.how, e.number or 0)
    if e.values and number > len(values):
        r.refuse(
            "E0324", f"{number} of {len(values)} values can never be", e.span, "lower the number or list more values"
        )
    if number < 1:
        r.refuse(
            "E0325", "`at least 0` is always so and says nothing", e.span, "write at least 1, or drop the condition"
        )
    return t.IncludesAtLeast(operand, number, values, e.span)


def _scope(r: Resolver, e: s.Scope, scope: Scope, expected: t.Type | None) -> t.Node:
    if e.words == "anyone":
        return t.Const(True, t.YES_NO, e.span)
    return by_scope(r, e.words, scope, e.span)


def by_scope(r: Resolver, words: str, scope: Scope, span: Span) -> t.Node:
    """The condition of a declared scope on the nearest record."""
    if words not in r.names.scopes:
        r.report.unknown("E0206", "scope", words, span, [*r.names.scopes, "anyone"], "declare it with `scope … is …`")
        raise Refused
    if not scope.subjects:
        r.refuse("E0211", f"`by {words}` speaks of a record, and none is at hand", span, "write it inside `where`")
    made = r.names.scopes[words].get(scope.subjects[0])
    if made is None:
        message = f"a record of `{scope.subjects[0]}` has not the fields that `{words}` asks for"
        r.refuse("E0207", message, span, "compare the fields that it has")
    return made


def _established(r: Resolver, e: s.Established, scope: Scope, expected: t.Type | None) -> t.Node:
    operand = value(r, e.operand, scope, expected)
    type_ = operand.type
    if type_.kind not in ("number", "date"):
        r.refuse(
            "E0321",
            f"`established` is the lower end of a sum, a count or a day, and this is {described(type_)}",
            e.span,
            "drop `established`",
        )
    return t.Established(operand, type_, e.span)


HANDLERS: dict[type, Handler] = {
    s.And: _and,
    s.Or: _or,
    s.Not: _not,
    s.OneOf: _one_of,
    s.InSet: _in_set,
    s.Includes: _includes,
    s.Scope: _scope,
    s.Established: _established,
}
