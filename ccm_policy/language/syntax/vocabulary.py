"""What declarations are made of: types, absence, fields, columns and rows of tables, what people call things."""

from __future__ import annotations

from dataclasses import KW_ONLY, dataclass, field
from decimal import Decimal

from ccm_policy.language.diagnostics import Span, span_field
from ccm_policy.language.syntax.expressions import Expr, Text


@dataclass(frozen=True, slots=True)
class Words:
    """Bare words in order, such as a severity, a basis, the names after `extends`, an edition."""

    values: tuple[str, ...]
    span: Span = span_field()


@dataclass(frozen=True, slots=True)
class TypeText:
    """A type as written: `kind` is `text`, `yes/no`, `date`, `month`, `time`, `period`, `integer`, `number`, `minutes`,
    `money`, `percent`, `code`, `one of` (with `values`), `set of` (with `values`, or `of` naming a set of values), or a
    declared name (both `kind` and `of` are that name). `low` and `high` are a declared range; `in_month` is
    `in service month`, and `rarely_above` the number of `rarely above`."""

    kind: str
    _: KW_ONLY
    values: tuple[str, ...] = ()
    of: str | None = None
    low: Decimal | None = None
    high: Decimal | None = None
    in_month: bool = False
    rarely_above: Decimal | None = None
    span: Span = span_field()


@dataclass(frozen=True, slots=True)
class Absence:
    """What absence means: `how` is `unknown`, `none`, `presumed` (a value), `empty` (`presumed empty`, lists),
    `computed` (`presumed from EXPR`), or `error` (`required`); `unless` a condition, the fact is unknown."""

    how: str
    value: Expr | None = None
    unless: Expr | None = None
    span: Span = span_field()


@dataclass(frozen=True, slots=True, kw_only=True)
class FieldDecl:
    """`NAME TYPE[, range][, in service month][, rarely above N][, looks up LIST [by KEY][, else FIELD from FIELD]][,
    absence]`, of a `fact` or a `field`.

    `fallback`: pairs (field of the looked-up list, field of this record) used when the look-up finds no row.
    """

    name: str
    type: TypeText
    absence: Absence
    looks_up: str | None = None
    looks_up_by: str | None = None
    fallback: tuple[tuple[str, str], ...] = ()
    span: Span = span_field()


@dataclass(frozen=True, slots=True)
class Also:
    """`also "Duration", "Time spent"`: what people call the thing that the statement is about, or a part of it: a field
    of a list, a value (`also ma "CMA"`), a value of a field (`also performed_by.ma "CMA"`)."""

    words: tuple[Text, ...]
    part: str | None = None
    span: Span = span_field()


@dataclass(frozen=True, slots=True)
class Attestable:
    """`attestable none` of a list: that it has no record; `attestable one record`: that it has one; or `attestable
    FIELD[, FIELD …] [instead of FIELD]`, where that other field is absent too."""

    fields: tuple[str, ...] = ()
    instead_of: str | None = None
    none: bool = False
    one_record: bool = False
    span: Span = span_field()


@dataclass(frozen=True, slots=True)
class TableColumn:
    """`column NAME: TYPE` or `key NAME: TYPE` of a table."""

    name: str
    type: TypeText
    absence: Absence
    span: Span = span_field()


@dataclass(frozen=True, slots=True)
class TableEdition:
    """`edition MONTH [to MONTH] [from "file.csv"]`: when these rows are in force; open-ended without `to`. Rows that
    follow in the text belong to it."""

    first: str
    last: str | None
    file: str | None
    span: Span = span_field()


@dataclass(frozen=True, slots=True)
class Row:
    """Values in order: a row of a table, or of an example in the list's short form."""

    values: tuple[Expr, ...]
    span: Span = span_field()
    comments: tuple[str, ...] = field(default=(), compare=False)
    trailing: str | None = field(default=None, compare=False)
