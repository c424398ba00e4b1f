"""Values as they are written, and the type expected where they stand: `20 minutes`, a code, `rn`, `"E11.9"`."""

from __future__ import annotations

import re
from dataclasses import replace
from decimal import Decimal
from typing import NoReturn

from ccm_policy.language import syntax as s
from ccm_policy.language import tree as t
from ccm_policy.language.diagnostics import Span
from ccm_policy.language.nearest import nearest_called, words_for
from ccm_policy.language.report import listed
from ccm_policy.language.resolve.names import Refused, Resolver
from ccm_policy.language.resolve.types import UNIT_WORDS, described

Literal = s.Text | s.Number | s.Day | s.Month | s.Shape
_CODE = re.compile(r"[0-9]{4}[0-9A-Z]|[A-Z][0-9]{4}")


def literal(r: Resolver, e: Literal, expected: t.Type | None) -> t.Const:
    """The value as the expected type reads it; by its own shape where nothing is expected."""
    if isinstance(e, s.Day):
        made = t.Const(e.value, t.DATE, e.span)
    elif isinstance(e, s.Month):
        made = t.Const(e.value, t.Type("month"), e.span)
    elif isinstance(e, s.Number):
        return _number(r, e, expected)
    elif isinstance(e, s.Shape):
        return _shape(r, e, expected)
    else:
        if expected is not None and expected.kind in ("value", "set"):
            return value_of(r, e.value, expected, e.span)
        made = t.Const(e.value, t.CODE if expected is not None and expected.kind == "code" else t.TEXT, e.span)
    if expected is not None and not _fits(made.type, expected):
        _mismatch(r, e, made.type, expected)
    return made


def value_of(r: Resolver, word: str, expected: t.Type, span: Span) -> t.Const:
    """A word as a value of the expected type (of a set: as a member); refuses one that the type does not have."""
    member = t.Type("value", values=expected.values, ordered=expected.ordered, name=expected.name)
    if expected.values and word not in expected.values:
        refuse_value(r, word, expected.values, span, expected.name)
    return t.Const(word, member if expected.values else t.TEXT, span)


def refuse_value(r: Resolver, word: str, values: tuple[str, ...], span: Span, name: str | None) -> NoReturn:
    """A word that is none of the values that can stand here."""
    near = nearest_called(word, values, words_for(r.names.also, values, name) if name else {})
    help = f"did you mean `{near}`?" if near else f"the values are {listed(values, 20)}"
    whose = f"a value of `{name}`" if name else "one of the values that can stand here"
    r.refuse("E0310", f"`{word}` is not {whose}", span, help)


def _number(r: Resolver, e: s.Number, expected: t.Type | None) -> t.Const:
    if expected is not None and e.unit is None and expected.kind in ("text", "code", "value", "set"):
        word = str(e.value)
        return value_of(r, word, expected, e.span) if expected.values else t.Const(word, t.TEXT, e.span)
    whole = e.value == e.value.to_integral_value()
    made = t.Const(e.value, t.Type("number", unit=e.unit, whole=whole, low=e.value, high=e.value), e.span)
    if expected is None:
        return made
    if expected.kind != "number":
        _mismatch(r, e, made.type, expected)
    if e.unit != expected.unit:
        _unit_mismatch(r, e, expected)
    return made


def _shape(r: Resolver, e: s.Shape, expected: t.Type | None) -> t.Const:
    if expected is None:
        return t.Const(e.value, t.CODE if _CODE.fullmatch(e.value) else t.TEXT, e.span)
    if expected.kind == "number" and expected.unit is None and e.value.isdigit():
        value = Decimal(e.value)
        return t.Const(value, t.Type("number", whole=True, low=value, high=value), e.span)
    if expected.kind == "time" and re.fullmatch(r"[0-9]{1,2}:[0-9]{2}", e.value):
        return t.Const(e.value.zfill(5), t.Type("time"), e.span)
    if expected.kind in ("value", "set"):
        return value_of(r, e.value, expected, e.span)
    if expected.kind in ("text", "code"):
        return t.Const(e.value, replace(expected, may_be_none=False), e.span)
    _mismatch(r, e, t.CODE, expected)
    raise Refused


def _fits(made: t.Type, expected: t.Type) -> bool:
    textual = ("text", "code")
    return made.kind == expected.kind or (made.kind in textual and expected.kind in textual)


def _unit_mismatch(r: Resolver, e: s.Number, expected: t.Type) -> None:
    unit = e.unit if e.value == 1 or e.unit is None else UNIT_WORDS[e.unit]
    written = f"{e.value} {unit}" if unit else f"{e.value}"
    wanted = UNIT_WORDS.get(expected.unit or "", "")
    if e.unit is None:
        r.refuse(
            "E0311", f"`{written}` has no unit, and {wanted} are expected here", e.span, f"write `{written} {wanted}`"
        )
    if expected.unit is None:
        r.refuse(
            "E0311", f"`{written}` has a unit, and a number without one is expected here", e.span, f"write `{e.value}`"
        )
    r.refuse("E0311", f"{wanted} are expected here, and this is `{written}`", e.span, f"write it in {wanted}")


def _mismatch(r: Resolver, e: Literal, made: t.Type, expected: t.Type) -> None:
    r.refuse(
        "E0312", f"{described(expected)} is expected here, and this is {described(made)}", e.span, _advice(expected)
    )


def _advice(expected: t.Type) -> str:
    if expected.kind == "value":
        return f"the values are {listed(expected.values, 20)}"
    if expected.kind == "date":
        return "a date is written `2026-03-31`"
    if expected.kind == "yes/no":
        return "write `yes` or `no` without quotes, or a condition: `… is …`"
    return f"write {described(expected)}"
