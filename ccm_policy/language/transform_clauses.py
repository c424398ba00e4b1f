"""From Lark's trees to the surface tree: types, heads of statements and bodies of clauses."""

from __future__ import annotations

from dataclasses import replace
from decimal import Decimal
from typing import Any

from lark import Token, Tree

from ccm_policy.language import clauses, messages, syntax
from ccm_policy.language.diagnostics import Span
from ccm_policy.language.syntax import Expr, Head
from ccm_policy.language.transform import (
    Reader,
    child,
    day_of,
    month_of,
    parts_of,
    read_values,
    reads,
    unquote,
    words_of,
)

HeadAndName = tuple[str, Head, Span]
"""What a head gives: the statement's name, the rest, and where the name stands."""


def _plain(token: Token | str) -> str:
    """A token as the value it stands for: text without its quotes, anything else as written."""
    return unquote(token) if token.startswith('"') else str(token)


def _text(tokens: list[Token]) -> str:
    """Texts side by side are one text."""
    return " ".join(unquote(t) for t in tokens if t.type == "TEXT")


def _decimal(token: Token) -> Decimal:
    return Decimal(token.replace(",", ""))


def _names(t: Tree[Any] | None) -> tuple[str, ...]:
    return tuple(str(c) for c in t.children) if t is not None else ()


# --- types and what absence means ------------------------------------------------------------------------------


@reads("type")
def _type(r: Reader, t: Tree[Any]) -> syntax.TypeText:
    words, span = words_of(t), r.span(t)
    if "one" in words or "set" in words:
        values = tuple(_plain(w.children[0]) for w in t.children[-1].children)
        if "one" in words:
            return syntax.TypeText("one of", values, span=span)
        first = t.children[-1].children[0].children[0]
        if len(values) == 1 and first.type == "NAME":
            return syntax.TypeText("set of", of=values[0], span=span)
        return syntax.TypeText("set of", values, span=span)
    if words:
        return syntax.TypeText("yes/no", span=span)
    name = str(t.children[0])
    low = high = None
    if (bounds := child(t, "range")) is not None:
        low, high = (_decimal(c) for c in bounds.children if c.type == "NUMBER")
    return syntax.TypeText(name, (), None if name in BUILT_IN_TYPES else name, low, high, span=span)


BUILT_IN_TYPES = frozenset(
    {"text", "yes/no", "date", "month", "time", "period", "integer", "number", "minutes", "money", "percent", "code"}
)


def _declared_type(r: Reader, t: Tree[Any]) -> syntax.TypeText:
    found: syntax.TypeText = r.read(next(c for c in t.children if isinstance(c, Tree) and c.data == "type"))
    rarely = child(t, "rarely_above")
    above = None if rarely is None else _decimal(next(c for c in rarely.children if c.type == "NUMBER"))
    return replace(found, in_month=child(t, "in_service_month") is not None, rarely_above=above)


def _absence_of(r: Reader, t: Tree[Any]) -> syntax.Absence:
    absence = child(t, "absence")
    return r.read(absence) if absence is not None else syntax.Absence("unknown", span=r.span(t))


@reads("absence")
def _absence(r: Reader, t: Tree[Any]) -> syntax.Absence:
    words, span, unless = words_of(t), r.span(t), child(t, "unless")
    condition = unless and r.read(unless.children[0])
    values = [p for p in parts_of(t) if p is not unless]
    if not values:
        how = next((w for w in words if w in ("none", "empty")), "error")
        return syntax.Absence(how, None, condition, span)
    value = r.read(values[0])
    return syntax.Absence("computed" if "from" in words else "presumed", value, condition, span)


@reads("absent")
def _absent(r: Reader, t: Tree[Any]) -> syntax.Absence:
    return syntax.Absence("empty" if "empty" in words_of(t) else "unknown", span=r.span(t))


@reads("field_decl")
def _field_decl(r: Reader, t: Tree[Any]) -> syntax.FieldDecl:
    looks = child(t, "looks_up")
    by = child(looks, "picked_by") if looks else None
    fallback = tuple(
        (str(c.children[-3]), str(c.children[-1]))
        for c in (looks.children if looks else ())
        if isinstance(c, Tree) and c.data == "fallback"
    )
    return syntax.FieldDecl(
        str(t.children[0]),
        _declared_type(r, t),
        _absence_of(r, t),
        str(looks.children[0]) if looks else None,
        str(by.children[-1]) if by else None,
        fallback,
        r.span(t),
    )


@reads("column")
def _column(r: Reader, t: Tree[Any]) -> syntax.TableColumn:
    if (looks := child(t, "looks_up")) is not None:
        r.complain(messages.column_looks_up(r.span(looks)))
    return syntax.TableColumn(str(t.children[0]), _declared_type(r, t), _absence_of(r, t), r.span(t))


# --- heads -----------------------------------------------------------------------------------------------------


@reads("head_name", "head_text")
def _head_name(r: Reader, t: Tree[Any]) -> HeadAndName:
    return _plain(t.children[0]), Head(), r.span(t.children[0])


@reads("head_fact")
def _head_fact(r: Reader, t: Tree[Any]) -> HeadAndName:
    first = t.children[0]
    if isinstance(first, Token):
        return str(first), Head(), r.span(first)
    decl: syntax.FieldDecl = r.read(first)
    return decl.name, Head(decl=decl, span=decl.span), r.span(first.children[0])


@reads("head_values", "head_set")
def _head_values(r: Reader, t: Tree[Any]) -> HeadAndName:
    name = t.children[0]
    values = child(t, "values")
    head = Head(
        values=read_values(r, values) if values is not None else (),
        ordered=child(t, "ordered") is not None,
        span=r.span(t),
    )
    return str(name), head, r.span(name)


@reads("head_scope")
def _head_scope(r: Reader, t: Tree[Any]) -> HeadAndName:
    words = [c for c in t.children if isinstance(c, Token)]
    condition = t.children[-1]
    head = Head(condition=r.read(condition) if isinstance(condition, Tree) else None, span=r.span(t))
    return " ".join(words), head, r.span(words[0]).to(r.span(words[-1]))


@reads("head_define")
def _head_define(r: Reader, t: Tree[Any]) -> HeadAndName:
    names = [c for c in t.children if isinstance(c, Token)]
    type_ = child(t, "type")
    head = Head(of=str(names[1]) if len(names) > 1 else None, type=type_ and r.read(type_), span=r.span(t))
    return str(names[0]), head, r.span(names[0])


@reads("head_prefer")
def _head_prefer(r: Reader, t: Tree[Any]) -> HeadAndName:
    what, order = parts_of(t)
    preference = syntax.Preference(str(what), _names(order), r.span(t))
    return str(what), Head(preference=preference, span=r.span(t)), r.span(what)


@reads("head_raise")
def _head_raise(r: Reader, t: Tree[Any]) -> HeadAndName:
    return str(t.children[0]), Head(to=str(t.children[-1]), span=r.span(t)), r.span(t.children[0])


# --- bodies that many statements have --------------------------------------------------------------------------


@reads("text")
def _text_body(r: Reader, t: Tree[Any]) -> syntax.Text:
    return syntax.Text(_text(t.children), r.span(t))


@reads("also")
def _also(r: Reader, t: Tree[Any]) -> syntax.Also:
    words = [token for token in t.children if token.type == "TEXT"]
    part = None if t.children[0].type == "TEXT" else str(t.children[0])
    return syntax.Also(tuple(syntax.Text(_text([w]), r.span(w)) for w in words), part, r.span(t))


@reads("citation")
def _citation(r: Reader, t: Tree[Any]) -> syntax.Citation:
    at = child(t, "cited_at")
    return syntax.Citation(str(t.children[0]), _text(at.children) if at else None, r.span(t))


@reads("words")
def _words(r: Reader, t: Tree[Any]) -> syntax.Words:
    return syntax.Words(_names(t), r.span(t))


@reads("month_body")
def _month_body(r: Reader, t: Tree[Any]) -> syntax.Words:
    return syntax.Words((month_of(r, t.children[0]),), r.span(t))


@reads("complete", "dated", "in_force", "by_date", "round")
def _phrase(r: Reader, t: Tree[Any]) -> syntax.Words:
    return syntax.Words(tuple(w for c in t.children if c != "," for w in c.split()), r.span(t))


@reads("standing")
def _standing(r: Reader, t: Tree[Any]) -> syntax.Words:
    return syntax.Words((" ".join(t.children),), r.span(t))


@reads("day_body")
def _day_body(r: Reader, t: Tree[Any]) -> syntax.Day:
    return syntax.Day(day_of(r, t.children[0]), r.span(t))


@reads("services")
def _services(r: Reader, t: Tree[Any]) -> syntax.Services:
    excluding = child(t, "excluding")
    without = r.read(excluding.children[0]) if excluding is not None else ()
    items = [c for c in t.children if c is not excluding]
    every = [c for c in items if c.data == "every_service"]
    groups = tuple("".join(parts_of(c)) or "*" for c in every)
    codes = tuple(r.read(c) for c in items if c.data != "every_service")
    return syntax.Services(groups, codes, without, r.span(t))


@reads("lines")
def _lines(r: Reader, t: Tree[Any]) -> syntax.Lines:
    return syntax.Lines(r.read(t.children[-1]), r.span(t))


@reads("each")
def _each(r: Reader, t: Tree[Any]) -> syntax.Each:
    return syntax.Each(_names(child(t, "names")), r.span(t))


@reads("prefer_for", "log_forbid", "log_require")
def _the_one(r: Reader, t: Tree[Any]) -> Any:
    return r.read(t.children[0])


@reads("exception")
def _exception(r: Reader, t: Tree[Any]) -> syntax.Waiver:
    return syntax.Waiver(str(t.children[0]), r.read(t.children[1]), span=r.span(t))


@reads("without")
def _without(r: Reader, t: Tree[Any]) -> syntax.Words:
    tokens = [str(c) for c in t.children]
    two = " ".join(tokens[:2])
    if two in clauses.ALL_CLAUSE_WORDS:
        tokens[:2] = [two]
    return syntax.Words(tuple(tokens), r.span(t))


@reads("raised")
def _raised(r: Reader, t: Tree[Any]) -> syntax.Words:
    return syntax.Words(_names(t), r.span(t))


# --- definitions and services ----------------------------------------------------------------------------------


@reads("case")
def _case(r: Reader, t: Tree[Any]) -> syntax.Case:
    parts = parts_of(t)
    when = r.read(parts[1]) if len(parts) > 1 else None
    return syntax.Case(r.read(parts[0]), when, "otherwise" in words_of(t), r.span(t))


@reads("service_union")
def _service_union(r: Reader, t: Tree[Any]) -> syntax.ServiceUnion:
    return syntax.ServiceUnion(str(t.children[0]), r.span(t))


@reads("earns")
def _earns(r: Reader, t: Tree[Any]) -> syntax.Earns:
    when = step = amount = beyond = None
    each_of: tuple[Expr, ...] = ()
    if (tail := child(t, "earned_when")) is not None:
        when = r.read(tail.children[0])
    elif (tail := child(t, "earned_each")) is not None:
        parts = parts_of(tail)
        step, amount = r.read(parts[0]), r.read(parts[1])
        past = child(tail, "beyond")
        beyond = past and r.read(past.children[0])
    elif (tail := child(t, "earned_for")) is not None:
        each_of = r.read(parts_of(tail)[0])
    cap = child(t, "cap")
    at_most = r.whole(cap.children[0]) if cap else None
    return syntax.Earns(r.whole(t.children[0]), when, step, amount, beyond, each_of, at_most, r.span(t))


def _scope_of(r: Reader, t: Tree[Any]) -> str | None:
    by = child(t, "by_scope")
    return r.read(by.children[-1]) if by is not None else None


@reads("adds_to")
def _adds_to(r: Reader, t: Tree[Any]) -> syntax.AddsTo:
    return syntax.AddsTo(r.read(t.children[0]), _scope_of(r, t), r.span(t))


@reads("modifier")
def _modifier(r: Reader, t: Tree[Any]) -> syntax.Modifier:
    name, *when = parts_of(t)
    return syntax.Modifier(r.read(name), r.read(when[0]) if when else None, r.span(t))


@reads("allows")
def _allows(r: Reader, t: Tree[Any]) -> syntax.Allows:
    codes, beside = t.children[:2]
    return syntax.Allows(r.read(codes), r.read(beside), _scope_of(r, t), r.span(t))


# --- payment ---------------------------------------------------------------------------------------------------


@reads("pay")
def _pay(r: Reader, t: Tree[Any]) -> syntax.Pay:
    share = child(t, "pay_percent")
    percent = _decimal(share.children[0]) if share else Decimal(100)
    schedule, *rest = (str(c) for c in t.children if isinstance(c, Token) and c.type == "NAME")
    locality = next((w for w in rest if w == "national"), None)
    setting = next((w for w in rest if w != "national"), None)
    when = child(t, "pay_when")
    tail = "always"
    if when is not None:
        tail = "when"
    elif words := words_of(t):
        tail = "otherwise" if words == ["otherwise"] else "unknown"
    condition = r.read(when.children[0]) if when else None
    return syntax.Pay(percent, schedule, setting, locality, tail, condition, r.span(t))


@reads("patient_share")
def _patient_share(r: Reader, t: Tree[Any]) -> syntax.PatientShare:
    after, nothing = child(t, "share_after"), child(t, "share_nothing")
    return syntax.PatientShare(
        _decimal(t.children[0]),
        after and r.read(after.children[0]),
        nothing and r.read(nothing.children[0]),
        r.span(t),
    )


# --- disputes and tables ---------------------------------------------------------------------------------------


@reads("about")
def _about(r: Reader, t: Tree[Any]) -> syntax.About:
    *kind, name = (str(c) for c in t.children)
    return syntax.About(" ".join(kind), name, r.span(t))


@reads("says")
def _says(r: Reader, t: Tree[Any]) -> syntax.Says:
    return syntax.Says(str(t.children[0]), _text(t.children), r.span(t))


@reads("resolved")
def _resolved(r: Reader, t: Tree[Any]) -> syntax.Resolved:
    since, because = child(t, "resolved_from"), child(t, "resolved_because")
    return syntax.Resolved(
        str(t.children[0]),
        month_of(r, since.children[-1]) if since else None,
        _text(because.children) if because else None,
        r.span(t),
    )


@reads("table_edition")
def _table_edition(r: Reader, t: Tree[Any]) -> syntax.TableEdition:
    last, file = child(t, "last_month"), child(t, "rows_file")
    return syntax.TableEdition(
        month_of(r, t.children[0]),
        month_of(r, last.children[0]) if last else None,
        unquote(file.children[-1]) if file else None,
        r.span(t),
    )


@reads("row", "given_row")
def _row(r: Reader, t: Tree[Any]) -> syntax.Row:
    return syntax.Row(tuple(r.read(c) for c in t.children), r.span(t))
