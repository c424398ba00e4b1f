"""From Lark's trees to the surface tree: what all readers share, and values, with exact spans.

What the grammar cannot see is found on the way: a day that does not exist, `and` mixed with `or`, a second test without
a first. Such findings are collected, and the clause they stand in is left out of the tree.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import Any

from lark import Token, Tree

from ccm_policy.language import messages, syntax
from ccm_policy.language.diagnostics import Diagnostic, Span
from ccm_policy.language.syntax import Expr

VALUES = frozenset({"NAME", "TEXT", "DATE", "YEAR_MONTH", "SHAPE", "NUMBER", "HOLDER", "HYPHENATED"})
"""Terminals that carry a value of the author's; all others are words of the language."""

UNITS = {
    "MINUTES": "minute",
    "DAYS": "day",
    "MONTHS": "month",
    "YEARS": "year",
    "PERCENT": "percent",
    "DOLLARS": "dollar",
    "UNITS": "unit",
}


@dataclass(frozen=True, slots=True)
class Fragment:
    """Where a piece of text came from: the file, the line and column its first character stands at, and the text."""

    file: str
    line: int
    column: int
    text: str


class Reader:
    """Reads one Lark tree, each rule of the grammar by its handler (`reading` joins them). `diagnostics` holds what was
    found wrong; a tree read with any is not used."""

    def __init__(self, handlers: Mapping[str, Handler], fragment: Fragment) -> None:
        self.handlers = handlers
        self.fragment = fragment
        self.diagnostics: list[Diagnostic] = []

    def read(self, tree: Tree[Any]) -> Any:
        """What a part of the parsed text says."""
        return self.handlers[tree.data](self, tree)

    def span(self, item: Tree[Any] | Token) -> Span:
        """Where a part stands in its file."""
        meta = item if isinstance(item, Token) else item.meta
        assert meta.line and meta.column and meta.end_line and meta.end_column
        here = self.fragment
        first, last = here.column - 1 if meta.line == 1 else 0, here.column - 1 if meta.end_line == 1 else 0
        return Span(
            here.file,
            here.line + meta.line - 1,
            meta.column + first,
            here.line + meta.end_line - 1,
            meta.end_column + last,
        )

    def source_text(self, first: Tree[Any] | Token, last: Tree[Any] | Token) -> str:
        """The author's words from one item to another, on one line."""
        start = first.start_pos if isinstance(first, Token) else first.meta.start_pos
        end = last.end_pos if isinstance(last, Token) else last.meta.end_pos
        return " ".join(self.fragment.text[start:end].split())

    def complain(self, diagnostic: Diagnostic) -> None:
        """Put down what is wrong."""
        self.diagnostics.append(diagnostic)

    def whole(self, token: Token) -> int:
        """A whole number; a fraction is a finding."""
        number = Decimal(token.replace(",", ""))
        if number != number.to_integral_value():
            self.complain(messages.not_whole(self.span(token), token))
        return int(number)


Handler = Callable[[Reader, Tree[Any]], Any]
"""How the trees of one rule of the grammar are read."""


def words_of(tree: Tree[Any]) -> list[str]:
    """The words of the language among a tree's children, in order."""
    return [c.lower() for c in tree.children if isinstance(c, Token) and c.type not in VALUES]


def parts_of(tree: Tree[Any]) -> list[Any]:
    """A tree's children without the words of the language."""
    return [c for c in tree.children if not isinstance(c, Token) or c.type in VALUES]


def child(tree: Tree[Any], data: str) -> Tree[Any] | None:
    """The first subtree of that name."""
    return next((c for c in tree.children if isinstance(c, Tree) and c.data == data), None)


def unquote(token: Token | str) -> str:
    """The text within quotes."""
    return re.sub(r"\\(.)", r"\1", token[1:-1])


def plain(token: Token | str) -> str:
    """A token as the value it stands for: text without its quotes, anything else as written."""
    return unquote(token) if token.startswith('"') else str(token)


def one_text(tokens: list[Token]) -> str:
    """Texts side by side are one text."""
    return " ".join(unquote(t) for t in tokens if t.type == "TEXT")


def decimal_of(token: Token) -> Decimal:
    """An exact number from its text."""
    return Decimal(token.replace(",", ""))


def names_of(t: Tree[Any] | None) -> tuple[str, ...]:
    """The names that a part lists."""
    return tuple(str(c) for c in t.children) if t is not None else ()


# --- values ----------------------------------------------------------------------------------------------------


def _name(r: Reader, t: Tree[Any]) -> Expr:
    return syntax.Name(str(t.children[0]), r.span(t))


def _quoted(r: Reader, t: Tree[Any]) -> Expr:
    return syntax.Text(unquote(t.children[0]), r.span(t))


def _number(r: Reader, t: Tree[Any]) -> syntax.Number:
    unit = UNITS[t.children[1].type] if len(t.children) > 1 else None
    return syntax.Number(Decimal(t.children[0].replace(",", "")), unit, r.span(t))


def day_of(r: Reader, token: Token) -> date:
    """A day from its text; one that is not in the calendar is told."""
    try:
        return date.fromisoformat(token)
    except ValueError:
        r.complain(messages.no_such_day(r.span(token), token))
        return date.min


def month_of(r: Reader, token: Token) -> str:
    """A month from its text; one that is not in the calendar is told."""
    if not "01" <= token[5:] <= "12":
        r.complain(messages.no_such_month(r.span(token), token))
    return str(token)


def _day(r: Reader, t: Tree[Any]) -> Expr:
    return syntax.Day(day_of(r, t.children[0]), r.span(t))


def _month(r: Reader, t: Tree[Any]) -> Expr:
    return syntax.Month(month_of(r, t.children[0]), r.span(t))


_WITH_UNIT = re.compile(r"(\d+)(minutes?|days?|months?|years?|percent|dollars?|units?)")
_NEARLY_DATE = re.compile(r"(?:19|20)\d\d-\d{1,2}(-\d{1,2})?")


def _shape(r: Reader, t: Tree[Any]) -> Expr:
    if _NEARLY_DATE.fullmatch(t.children[0]):
        r.complain(messages.badly_written_date(r.span(t), t.children[0]))
    if together := _WITH_UNIT.fullmatch(t.children[0]):
        r.complain(messages.unit_without_space(r.span(t), *together.groups()))
    return syntax.Shape(str(t.children[0]), r.span(t))


def _code_range(r: Reader, t: Tree[Any]) -> Expr:
    return syntax.CodeRange(str(t.children[0]), str(t.children[1]), r.span(t))


def _its(r: Reader, t: Tree[Any]) -> Expr:
    return syntax.Its(str(t.children[0]), r.span(t))


def _unknown_value(r: Reader, t: Tree[Any]) -> Expr:
    return syntax.UnknownValue(str(t.children[0]), r.span(t))


def read_values(r: Reader, t: Tree[Any]) -> tuple[Expr, ...]:
    """The values that a part lists."""
    return tuple(r.read(c) for c in t.children)


READERS: Mapping[str, Handler] = {
    "name": _name,
    "quoted": _quoted,
    "number": _number,
    "day": _day,
    "month": _month,
    "shape": _shape,
    "code_range": _code_range,
    "its": _its,
    "unknown_value": _unknown_value,
    "values": read_values,
}
