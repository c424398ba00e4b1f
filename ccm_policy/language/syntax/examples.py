"""Bodies of the clauses of examples: the facts that are given."""

from __future__ import annotations

from dataclasses import dataclass
from decimal import Decimal

from ccm_policy.language.diagnostics import Span, span_field
from ccm_policy.language.syntax.expressions import Expr
from ccm_policy.language.syntax.vocabulary import Row


@dataclass(frozen=True, slots=True)
class Pair:
    """`FIELD VALUE` in a given record; several values make a set; `none` and `unknown` are the words."""

    field: str
    values: tuple[Expr, ...]
    span: Span = span_field()


@dataclass(frozen=True, slots=True)
class GivenSet:
    """`given NAME [and NAME …] [without FACT, FACT]`: named sets of facts, and what to leave out of them."""

    names: tuple[str, ...]
    without: tuple[str, ...] = ()
    span: Span = span_field()


@dataclass(frozen=True, slots=True)
class GivenFact:
    """`given FACT VALUE[, VALUE …]`, `given LIST none`, `given FACT unknown`."""

    path: str
    values: tuple[Expr, ...]
    span: Span = span_field()


@dataclass(frozen=True, slots=True)
class GivenRecord:
    """`given LIST FIELD VALUE, FIELD VALUE …`: one record more, by field names."""

    list: str
    pairs: tuple[Pair, ...]
    span: Span = span_field()


@dataclass(frozen=True, slots=True)
class GivenRows:
    """`given LIST` with a line for each record, in the list's short form."""

    list: str
    rows: tuple[Row, ...]
    span: Span = span_field()


@dataclass(frozen=True, slots=True)
class GivenMinutes:
    """`given 60 minutes of rn [in PROGRAM]`: one entry of the time log on the last day of the month."""

    minutes: Decimal
    who: str
    program: str | None = None
    span: Span = span_field()
