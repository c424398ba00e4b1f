"""Types: from the text of a type to what it means, how a type is called in messages, and what fits what."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from decimal import Decimal

from ccm_policy.language import syntax as s
from ccm_policy.language import tree as t
from ccm_policy.language.diagnostics import Span
from ccm_policy.language.report import Report

_NUMBERS: dict[str, t.Type] = {
    "integer": t.Type("number", whole=True),
    "number": t.Type("number"),
    "minutes": t.Type("number", unit="minute"),
    "money": t.Type("number", unit="dollar"),
    "percent": t.Type("number", unit="percent"),
    "days": t.Type("number", unit="day", whole=True),
}
_PLAIN = ("text", "yes/no", "date", "month", "time", "period", "code")

COUNT = t.Type("number", whole=True, low=Decimal(0))
UNITS = t.Type("number", unit="unit", whole=True, low=Decimal(0))

UNIT_WORDS = {"minute": "minutes", "dollar": "dollars", "percent": "percent", "day": "days", "month": "months"}
UNIT_WORDS |= {"year": "years", "unit": "units"}


def unit_words(type_: t.Type) -> str:
    """A number's unit in the author's words."""
    return UNIT_WORDS.get(type_.unit or "", "a plain number")


def read_type(text: s.TypeText, values: Mapping[str, t.Type], report: Report, may_be_none: bool = False) -> t.Type:
    """What a type as written means. `values`: the declared ones; an unknown name is reported and read as text."""
    made = _read(text, values, report)
    if text.low is not None or text.high is not None:
        if made.kind != "number":
            report.add("E0301", f"a range needs a number, and {described(made)} is none", text.span, "drop `… to …`")
        elif text.low is not None and text.high is not None and text.low > text.high:
            report.add(
                "E0302", f"the range {text.low} to {text.high} is empty", text.span, "write the smaller end first"
            )
        else:
            made = replace(made, low=text.low, high=text.high)
    if text.in_month:
        if made.kind != "date":
            report.add("E0303", "only a date can be `in service month`", text.span, "drop `in service month`")
        made = replace(made, in_month=made.kind == "date")
    if text.rarely_above is not None:
        if made.unit != "minute":
            says = "only minutes can be `rarely above` a number"
            report.add("E0363", says, text.span, "drop `rarely above …`, or write the type as `minutes`")
        made = replace(made, rarely_above=text.rarely_above if made.unit == "minute" else None)
    return replace(made, may_be_none=True) if may_be_none else made


def _read(text: s.TypeText, values: Mapping[str, t.Type], report: Report) -> t.Type:
    if text.kind in _NUMBERS:
        return _NUMBERS[text.kind]
    if text.kind in _PLAIN:
        return t.Type(text.kind)
    if text.kind == "one of":
        _refuse_twice(text, report)
        return t.Type("value", values=text.values)
    if text.kind == "set of":
        if text.of in (None, "text", "code"):
            _refuse_twice(text, report)
            return t.Type("set", values=text.values)
        named = _named(text.of or "", values, text.span, report)
        return t.Type("set", values=named.values, ordered=named.ordered, name=named.name)
    return _named(text.of or text.kind, values, text.span, report)


def _named(name: str, values: Mapping[str, t.Type], span: Span, report: Report) -> t.Type:
    if name in values:
        return values[name]
    known = [*values, *_NUMBERS, *_PLAIN]
    report.unknown("E0304", "type", name, span, known, "declare it with `values … are …`")
    return t.TEXT


def _refuse_twice(text: s.TypeText, report: Report) -> None:
    for value in sorted({v for v in text.values if text.values.count(v) > 1}):
        report.add("E0305", f"the value `{value}` is listed twice", text.span, "list it once")


def described(type_: t.Type) -> str:
    """A type in the author's words."""
    if type_.kind == "number":
        return UNIT_WORDS.get(type_.unit or "", "a whole number" if type_.whole else "a number")
    if type_.kind == "value":
        return f"one of the values of `{type_.name}`" if type_.name else "one of its values"
    if type_.kind == "record":
        return f"a record of `{type_.name}`"
    words = {"text": "text", "yes/no": "yes or no", "date": "a date", "month": "a month", "time": "a clock time"}
    words |= {"period": "a period", "code": "a code", "set": "a set", "nothing": "nothing"}
    return words[type_.kind]


def comparable(left: t.Type, right: t.Type) -> bool:
    """Whether values of the two types may be compared: the same kind, the same unit, and values in common."""
    textual = {"text", "code"}
    if left.kind in textual and right.kind in textual:
        return True
    if {left.kind, right.kind} in ({"text", "value"}, {"code", "value"}):
        return True
    if left.kind != right.kind:
        return False
    if left.kind == "number":
        return left.unit == right.unit
    if left.kind == "value":
        return left.values == right.values or (not left.ordered and bool(set(left.values) & set(right.values)))
    return left.kind != "record" or left.name == right.name


def hull(types: list[t.Type]) -> t.Type | None:
    """The type that holds all of them, or None where they do not go together."""
    first, *rest = types
    for other in rest:
        if not comparable(first, other):
            return None
        if first.kind == "number":
            lows = (first.low, other.low)
            highs = (first.high, other.high)
            low = None if None in lows else min(x for x in lows if x is not None)
            high = None if None in highs else max(x for x in highs if x is not None)
            first = replace(first, low=low, high=high, whole=first.whole and other.whole)
        elif first.kind == "value" and first.values != other.values:
            first = t.Type("value", values=tuple(dict.fromkeys(first.values + other.values)))
        first = replace(
            first,
            in_month=first.in_month and other.in_month,
            may_be_none=first.may_be_none or other.may_be_none,
        )
    return first
