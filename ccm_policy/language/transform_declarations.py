"""From Lark's trees to the surface tree: types, heads of statements, columns and rows of tables."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from typing import Any

from lark import Token, Tree

from ccm_policy.language import messages, syntax
from ccm_policy.language.diagnostics import Span
from ccm_policy.language.syntax import Head
from ccm_policy.language.transform import (
    Handler,
    Reader,
    child,
    decimal_of,
    month_of,
    names_of,
    parts_of,
    plain,
    read_values,
    unquote,
    words_of,
)

HeadAndName = tuple[str, Head, Span]
"""What a head gives: the statement's name, the rest, and where the name stands."""


# --- types and what absence means ------------------------------------------------------------------------------


def _type(r: Reader, t: Tree[Any]) -> syntax.TypeText:
    words, span = words_of(t), r.span(t)
    if "one" in words or "set" in words:
        values = tuple(plain(w.children[0]) for w in t.children[-1].children)
        if "one" in words:
            return syntax.TypeText("one of", values=values, span=span)
        first = t.children[-1].children[0].children[0]
        if len(values) == 1 and first.type == "NAME":
            return syntax.TypeText("set of", of=values[0], span=span)
        return syntax.TypeText("set of", values=values, span=span)
    if words:
        return syntax.TypeText("yes/no", span=span)
    name = str(t.children[0])
    low = high = None
    if (bounds := child(t, "range")) is not None:
        low, high = (decimal_of(c) for c in bounds.children if c.type == "NUMBER")
    return syntax.TypeText(name, values=(), of=None if name in BUILT_IN_TYPES else name, low=low, high=high, span=span)


BUILT_IN_TYPES = frozenset(
    {"text", "yes/no", "date", "month", "time", "period", "integer", "number", "minutes", "money", "percent", "code"}
)


def _declared_type(r: Reader, t: Tree[Any]) -> syntax.TypeText:
    found: syntax.TypeText = r.read(next(c for c in t.children if isinstance(c, Tree) and c.data == "type"))
    rarely = child(t, "rarely_above")
    above = None if rarely is None else decimal_of(next(c for c in rarely.children if c.type == "NUMBER"))
    return replace(found, in_month=child(t, "in_service_month") is not None, rarely_above=above)


def _absence_of(r: Reader, t: Tree[Any]) -> syntax.Absence:
    absence = child(t, "absence")
    return r.read(absence) if absence is not None else syntax.Absence("unknown", span=r.span(t))


def _absence(r: Reader, t: Tree[Any]) -> syntax.Absence:
    words, span, unless = words_of(t), r.span(t), child(t, "unless")
    condition = unless and r.read(unless.children[0])
    values = [p for p in parts_of(t) if p is not unless]
    if not values:
        how = next((w for w in words if w in ("none", "empty")), "error")
        return syntax.Absence(how, None, condition, span)
    value = r.read(values[0])
    return syntax.Absence("computed" if "from" in words else "presumed", value, condition, span)


def _absent(r: Reader, t: Tree[Any]) -> syntax.Absence:
    return syntax.Absence("empty" if "empty" in words_of(t) else "unknown", span=r.span(t))


def _field_decl(r: Reader, t: Tree[Any]) -> syntax.FieldDecl:
    looks = child(t, "looks_up")
    by = child(looks, "picked_by") if looks else None
    fallback = tuple(
        (str(c.children[-3]), str(c.children[-1]))
        for c in (looks.children if looks else ())
        if isinstance(c, Tree) and c.data == "fallback"
    )
    return syntax.FieldDecl(
        name=str(t.children[0]),
        type=_declared_type(r, t),
        absence=_absence_of(r, t),
        looks_up=str(looks.children[0]) if looks else None,
        looks_up_by=str(by.children[-1]) if by else None,
        fallback=fallback,
        span=r.span(t),
    )


def _column(r: Reader, t: Tree[Any]) -> syntax.TableColumn:
    if (looks := child(t, "looks_up")) is not None:
        r.complain(messages.column_looks_up(r.span(looks)))
    return syntax.TableColumn(str(t.children[0]), _declared_type(r, t), _absence_of(r, t), r.span(t))


# --- heads -----------------------------------------------------------------------------------------------------


def _head_name(r: Reader, t: Tree[Any]) -> HeadAndName:
    return plain(t.children[0]), Head(), r.span(t.children[0])


def _head_fact(r: Reader, t: Tree[Any]) -> HeadAndName:
    first = t.children[0]
    if isinstance(first, Token):
        return str(first), Head(), r.span(first)
    decl: syntax.FieldDecl = r.read(first)
    return decl.name, Head(decl=decl, span=decl.span), r.span(first.children[0])


def _head_values(r: Reader, t: Tree[Any]) -> HeadAndName:
    name = t.children[0]
    values = child(t, "values")
    head = Head(
        values=read_values(r, values) if values is not None else (),
        ordered=child(t, "ordered") is not None,
        span=r.span(t),
    )
    return str(name), head, r.span(name)


def _head_scope(r: Reader, t: Tree[Any]) -> HeadAndName:
    words = [c for c in t.children if isinstance(c, Token)]
    condition = t.children[-1]
    head = Head(condition=r.read(condition) if isinstance(condition, Tree) else None, span=r.span(t))
    return " ".join(words), head, r.span(words[0]).to(r.span(words[-1]))


def _head_define(r: Reader, t: Tree[Any]) -> HeadAndName:
    names = [c for c in t.children if isinstance(c, Token)]
    type_ = child(t, "type")
    head = Head(of=str(names[1]) if len(names) > 1 else None, type=type_ and r.read(type_), span=r.span(t))
    return str(names[0]), head, r.span(names[0])


def _head_prefer(r: Reader, t: Tree[Any]) -> HeadAndName:
    what, order = parts_of(t)[:2]
    by_amount = child(t, "by_amount") is not None
    preference = syntax.Preference(str(what), names_of(order), by_amount, r.span(t))
    return str(what), Head(preference=preference, span=r.span(t)), r.span(what)


def _head_raise(r: Reader, t: Tree[Any]) -> HeadAndName:
    return str(t.children[0]), Head(to=str(t.children[-1]), span=r.span(t)), r.span(t.children[0])


def _table_edition(r: Reader, t: Tree[Any]) -> syntax.TableEdition:
    last, file = child(t, "last_month"), child(t, "rows_file")
    return syntax.TableEdition(
        month_of(r, t.children[0]),
        month_of(r, last.children[0]) if last else None,
        unquote(file.children[-1]) if file else None,
        r.span(t),
    )


def _row(r: Reader, t: Tree[Any]) -> syntax.Row:
    return syntax.Row(tuple(r.read(c) for c in t.children), r.span(t))


READERS: Mapping[str, Handler] = {
    "type": _type,
    "absence": _absence,
    "absent": _absent,
    "field_decl": _field_decl,
    "column": _column,
    "head_name": _head_name,
    "head_text": _head_name,
    "head_fact": _head_fact,
    "head_values": _head_values,
    "head_set": _head_values,
    "head_scope": _head_scope,
    "head_define": _head_define,
    "head_prefer": _head_prefer,
    "head_raise": _head_raise,
    "table_edition": _table_edition,
    "row": _row,
    "given_row": _row,
}
