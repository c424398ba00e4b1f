"""From Lark's trees to the surface tree: bodies of clauses."""

from __future__ import annotations

from collections.abc import Mapping
from decimal import Decimal
from typing import Any

from lark import Token, Tree

from ccm_policy.language import clauses, syntax
from ccm_policy.language.syntax import Expr
from ccm_policy.language.transform import (
    Handler,
    Reader,
    child,
    day_of,
    decimal_of,
    month_of,
    names_of,
    one_text,
    parts_of,
    words_of,
)

# --- bodies that many statements have --------------------------------------------------------------------------


def _text_body(r: Reader, t: Tree[Any]) -> syntax.Text:
    return syntax.Text(one_text(t.children), r.span(t))


def _also(r: Reader, t: Tree[Any]) -> syntax.Also:
    words = [token for token in t.children if token.type == "TEXT"]
    part = None if t.children[0].type == "TEXT" else str(t.children[0])
    return syntax.Also(tuple(syntax.Text(one_text([w]), r.span(w)) for w in words), part, r.span(t))


def _attested(r: Reader, t: Tree[Any]) -> syntax.Attested:
    path, values = t.children
    return syntax.Attested(str(path), r.read(values) if isinstance(values, Tree) else (), r.span(t))


def _attestable(r: Reader, t: Tree[Any]) -> syntax.Attestable:
    named, instead = child(t, "names"), child(t, "instead")
    fields = tuple(str(c) for c in named.children) if named else ()
    other = str(instead.children[0]) if instead else None
    none = any(isinstance(c, Token) for c in t.children)
    return syntax.Attestable(fields, other, none=none, one_record=named is None and not none, span=r.span(t))


def _citation(r: Reader, t: Tree[Any]) -> syntax.Citation:
    at = child(t, "cited_at")
    return syntax.Citation(str(t.children[0]), one_text(at.children) if at else None, r.span(t))


def _words(r: Reader, t: Tree[Any]) -> syntax.Words:
    return syntax.Words(names_of(t), r.span(t))


def _month_body(r: Reader, t: Tree[Any]) -> syntax.Words:
    return syntax.Words((month_of(r, t.children[0]),), r.span(t))


def _phrase(r: Reader, t: Tree[Any]) -> syntax.Words:
    return syntax.Words(tuple(w for c in t.children if c != "," for w in c.split()), r.span(t))


def _standing(r: Reader, t: Tree[Any]) -> syntax.Words:
    return syntax.Words((" ".join(t.children),), r.span(t))


def _day_body(r: Reader, t: Tree[Any]) -> syntax.Day:
    return syntax.Day(day_of(r, t.children[0]), r.span(t))


def _services(r: Reader, t: Tree[Any]) -> syntax.Services:
    excluding = child(t, "excluding")
    without = r.read(excluding.children[0]) if excluding is not None else ()
    items = [c for c in t.children if c is not excluding]
    every = [c for c in items if c.data == "every_service"]
    groups = tuple("".join(parts_of(c)) or "*" for c in every)
    codes = tuple(r.read(c) for c in items if c.data != "every_service")
    return syntax.Services(groups, codes, without, r.span(t))


def _lines(r: Reader, t: Tree[Any]) -> syntax.Lines:
    return syntax.Lines(r.read(t.children[-1]), r.span(t))


def _each(r: Reader, t: Tree[Any]) -> syntax.Each:
    return syntax.Each(names_of(child(t, "names")), r.span(t))


def _the_one(r: Reader, t: Tree[Any]) -> Any:
    return r.read(t.children[0])


def _exception(r: Reader, t: Tree[Any]) -> syntax.Waiver:
    return syntax.Waiver(str(t.children[0]), r.read(t.children[1]), span=r.span(t))


def _without(r: Reader, t: Tree[Any]) -> syntax.Words:
    tokens = [str(c) for c in t.children]
    two = " ".join(tokens[:2])
    if two in clauses.ALL_CLAUSE_WORDS:
        tokens[:2] = [two]
    return syntax.Words(tuple(tokens), r.span(t))


def _raised(r: Reader, t: Tree[Any]) -> syntax.Words:
    return syntax.Words(names_of(t), r.span(t))


# --- definitions and services ----------------------------------------------------------------------------------


def _case(r: Reader, t: Tree[Any]) -> syntax.Case:
    parts = parts_of(t)
    when = r.read(parts[1]) if len(parts) > 1 else None
    return syntax.Case(r.read(parts[0]), when, "otherwise" in words_of(t), r.span(t))


def _service_union(r: Reader, t: Tree[Any]) -> syntax.ServiceUnion:
    return syntax.ServiceUnion(str(t.children[0]), r.span(t))


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
    return syntax.Earns(
        units=r.whole(t.children[0]),
        when=when,
        step=step,
        amount=amount,
        beyond=beyond,
        each_of=each_of,
        at_most=at_most,
        span=r.span(t),
    )


def _scope_of(r: Reader, t: Tree[Any]) -> str | None:
    by = child(t, "by_scope")
    return r.read(by.children[-1]) if by is not None else None


def _adds_to(r: Reader, t: Tree[Any]) -> syntax.AddsTo:
    return syntax.AddsTo(r.read(t.children[0]), _scope_of(r, t), r.span(t))


def _modifier(r: Reader, t: Tree[Any]) -> syntax.Modifier:
    name, *when = parts_of(t)
    return syntax.Modifier(r.read(name), r.read(when[0]) if when else None, r.span(t))


def _allows(r: Reader, t: Tree[Any]) -> syntax.Allows:
    codes, beside = t.children[:2]
    return syntax.Allows(r.read(codes), r.read(beside), _scope_of(r, t), r.span(t))


# --- payment ---------------------------------------------------------------------------------------------------


def _pay(r: Reader, t: Tree[Any]) -> syntax.Pay:
    share = child(t, "pay_percent")
    percent = decimal_of(share.children[0]) if share else Decimal(100)
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
    return syntax.Pay(
        percent=percent,
        schedule=schedule,
        setting=setting,
        locality=locality,
        tail=tail,
        when=condition,
        span=r.span(t),
    )


def _patient_share(r: Reader, t: Tree[Any]) -> syntax.PatientShare:
    after, nothing = child(t, "share_after"), child(t, "share_nothing")
    return syntax.PatientShare(
        decimal_of(t.children[0]),
        after and r.read(after.children[0]),
        nothing and r.read(nothing.children[0]),
        r.span(t),
    )


# --- disputes  ---------------------------------------------------------------------------------------


def _about(r: Reader, t: Tree[Any]) -> syntax.About:
    *kind, name = (str(c) for c in t.children)
    return syntax.About(" ".join(kind), name, r.span(t))


def _says(r: Reader, t: Tree[Any]) -> syntax.Says:
    return syntax.Says(str(t.children[0]), one_text(t.children), r.span(t))


def _resolved(r: Reader, t: Tree[Any]) -> syntax.Resolved:
    since, because = child(t, "resolved_from"), child(t, "resolved_because")
    return syntax.Resolved(
        str(t.children[0]),
        month_of(r, since.children[-1]) if since else None,
        one_text(because.children) if because else None,
        r.span(t),
    )


READERS: Mapping[str, Handler] = {
    "text": _text_body,
    "also": _also,
    "attested": _attested,
    "attestable": _attestable,
    "citation": _citation,
    "words": _words,
    "month_body": _month_body,
    "complete": _phrase,
    "dated": _phrase,
    "in_force": _phrase,
    "by_date": _phrase,
    "round": _phrase,
    "standing": _standing,
    "day_body": _day_body,
    "services": _services,
    "lines": _lines,
    "each": _each,
    "prefer_for": _the_one,
    "log_require": _the_one,
    "exception": _exception,
    "without": _without,
    "raised": _raised,
    "case": _case,
    "service_union": _service_union,
    "earns": _earns,
    "adds_to": _adds_to,
    "modifier": _modifier,
    "allows": _allows,
    "pay": _pay,
    "patient_share": _patient_share,
    "about": _about,
    "says": _says,
    "resolved": _resolved,
}
