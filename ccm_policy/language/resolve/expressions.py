"""Expressions to typed nodes: the one entry, which hands each kind to its handler; names and written values."""

from __future__ import annotations

from ccm_policy.language import syntax as s
from ccm_policy.language import tree as t
from ccm_policy.language.diagnostics import Span
from ccm_policy.language.resolve.literals import Literal, literal, value_of
from ccm_policy.language.resolve.names import Handler, Resolver, Scope, find, its, named
from ccm_policy.language.resolve.types import comparable, described


def value(r: Resolver, e: s.Expr, scope: Scope, expected: t.Type | None = None) -> t.Node:
    """The typed node of an expression. `expected`: the type its place asks for, which reads bare words and numbers."""
    return r.handlers[type(e)](r, e, scope, expected)


def condition(r: Resolver, e: s.Expr, scope: Scope) -> t.Node:
    """The node of an expression that must be yes or no."""
    node = value(r, e, scope, t.YES_NO)
    _want(r, node, t.YES_NO, e.span, "E0320", "compare it with something: `… is …`, `… is at least …`")
    return node


def fitting(r: Resolver, e: s.Expr, scope: Scope, expected: t.Type) -> t.Node:
    """The node of an expression whose type must go with the expected one."""
    node = value(r, e, scope, expected)
    _want(r, node, expected, e.span, "E0312", None)
    return node


def of_kind(r: Resolver, e: s.Expr, scope: Scope, kind: str) -> t.Node:
    """The node of an expression that must be of a kind, whatever its unit or values."""
    node = value(r, e, scope, None if kind == "number" else t.Type(kind))
    if node.type.kind != kind:
        wanted = "a number" if kind == "number" else described(t.Type(kind))
        r.refuse("E0312", f"{wanted} is expected here, and this is {described(node.type)}", e.span, f"write {wanted}")
    return node


def _want(r: Resolver, node: t.Node, expected: t.Type, span: Span, code: str, help: str | None) -> None:
    if not comparable(node.type, expected):
        message = f"{described(expected)} is expected here, and this is {described(node.type)}"
        r.refuse(code, message, span, help or f"write {described(expected)}")


def _bracketed(r: Resolver, e: s.Bracketed, scope: Scope, expected: t.Type | None) -> t.Node:
    return value(r, e.operand, scope, expected)


def _its(r: Resolver, e: s.Its, scope: Scope, expected: t.Type | None) -> t.Node:
    return its(r, e.path, scope, e.span)


def _literal(r: Resolver, e: Literal, scope: Scope, expected: t.Type | None) -> t.Node:
    return literal(r, e, expected)


def _name(r: Resolver, e: s.Name, scope: Scope, expected: t.Type | None) -> t.Node:
    if expected is None or expected.kind not in ("value", "set", "text", "code", "yes/no"):
        return named(r, e.path, scope, e.span)
    if expected.kind == "yes/no":
        if e.path in ("yes", "no"):
            return t.Const(e.path == "yes", t.YES_NO, e.span)
        return named(r, e.path, scope, e.span)
    if expected.values:
        return _value_or_name(r, e, scope, expected)
    found = find(r, e.path, scope, e.span)
    if found is not None and comparable(found.type, expected):
        return found
    if "." in e.path and _reaches_into(r, e.path, scope):
        return named(r, e.path, scope, e.span)
    return t.Const(e.path, t.CODE if expected.kind == "code" else t.TEXT, e.span)


def _value_or_name(r: Resolver, e: s.Name, scope: Scope, expected: t.Type) -> t.Node:
    is_value = e.path in expected.values
    found = find(r, e.path, scope, e.span)
    if found is None or not comparable(found.type, expected):
        return value_of(r, e.path, expected, e.span)
    if is_value:
        message = f"`{e.path}` is a value here, and also the name of a fact, field or definition"
        r.refuse("E0213", message, e.span, f'write `"{e.path}"` for the value, or rename the definition')
    return found


def _reaches_into(r: Resolver, path: str, scope: Scope) -> bool:
    head = path.partition(".")[0]
    facts = any(fact.startswith(head + ".") for fact in r.names.facts)
    return facts or head in r.names.lists or head in r.signature or head in r.names.tables


def _stray_range(r: Resolver, e: s.CodeRange, scope: Scope, expected: t.Type | None) -> t.Node:
    r.refuse("E0313", f"`{e.first} to {e.last}` is many codes, not one", e.span, "write `is one of …`")


HANDLERS: dict[type, Handler] = {
    s.Bracketed: _bracketed,
    s.Name: _name,
    s.Its: _its,
    s.Text: _literal,
    s.Number: _literal,
    s.Day: _literal,
    s.Month: _literal,
    s.Shape: _literal,
    s.CodeRange: _stray_range,
}
