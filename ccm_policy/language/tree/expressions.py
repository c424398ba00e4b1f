"""Expressions of the typed tree: conditions, values, quantities and days, and phrases over records.

A class says everything of its kind that readers share: its operands are its fields of type `Node` or `Records` (in
their order), `OfRecord` where one more record is bound in them; `type` is what it comes to, and a `Condition` is yes
or no. `walk` reads it from here.

Depth: records are bound one inside the other. Depth 0 is the nearest record, 1 the one around it. A definition
about a list, a claim check and `earns` bind their subject outermost.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Annotated, ClassVar

from ccm_policy.language.diagnostics import Span, span_field
from ccm_policy.language.tree.leaves import (
    Const,
    Defined,
    DefinedOf,
    EdgeOfMonth,
    Fact,
    Field,
    LookedUp,
    PickedField,
    UnknownValue,
)
from ccm_policy.language.tree.types import DATE, TEXT, YES_NO, Type

BINDS = "a record is bound"
OfRecord = Annotated["Node", BINDS]
"""A node that is evaluated for each record, which is bound in it at depth 0."""


class Condition:
    """A node that is yes, no or unknown."""

    __slots__ = ()
    type: ClassVar[Type] = YES_NO


@dataclass(frozen=True, slots=True)
class Not(Condition):
    """Yes of what is no, no of what is yes."""

    operand: Node
    span: Span = span_field()


@dataclass(frozen=True, slots=True)
class And(Condition):
    """All of the operands."""

    operands: tuple[Node, ...]
    span: Span = span_field()


@dataclass(frozen=True, slots=True)
class Or(Condition):
    """At least one of the operands."""

    operands: tuple[Node, ...]
    span: Span = span_field()


@dataclass(frozen=True, slots=True)
class Equal(Condition):
    """Equality of two plain values (text, code, value, yes/no, date). None equals nothing. Not for ranges of sums."""

    left: Node
    right: Node
    span: Span = span_field()


@dataclass(frozen=True, slots=True)
class AtMost(Condition):
    """`left <= right`; `strict`: `left < right`. Over numbers, dates and ordered values (by position), as ranges (S15).

    A date that is none is later than every day (S7).
    """

    left: Node
    right: Node
    strict: bool = False
    span: Span = span_field()


@dataclass(frozen=True, slots=True)
class IsNone(Condition):
    """There is none of it: a value that is `none`, a day that never comes, no record."""

    operand: Node
    span: Span = span_field()


@dataclass(frozen=True, slots=True)
class In(Condition):
    """Membership of a plain value in a finite set; `name` is the set's name where it has one."""

    operand: Node
    values: tuple[str, ...]
    name: str | None = None
    span: Span = span_field()


@dataclass(frozen=True, slots=True)
class InTable(Condition):
    """The keys stand in the table, on the date of service."""

    table: str
    keys: tuple[Node, ...]
    span: Span = span_field()


@dataclass(frozen=True, slots=True)
class Within(Condition):
    """`operand` lies in the days from `anchor` minus `number` `unit` to `anchor` (`before`), or from `anchor` on
    (`after`); S31."""

    operand: Node
    number: int
    unit: str
    direction: str
    anchor: Node
    span: Span = span_field()


@dataclass(frozen=True, slots=True)
class IncludesAtLeast(Condition):
    """A set holds at least `number` of `values`; without `values`, any count."""

    operand: Node
    number: int
    values: tuple[str, ...]
    span: Span = span_field()


@dataclass(frozen=True, slots=True)
class Records:
    """The records of a list that count. `in_month`: dated in the service month, or with a period that reaches into
    it (by the list's `dated` clause). `on`: dated on that day. `where`: the condition."""

    list: str
    in_month: bool = False
    on: Node | None = None
    where: OfRecord | None = None
    span: Span = span_field()


@dataclass(frozen=True, slots=True)
class AtLeast(Condition):
    """At least `number` of the records match (S12). `none of them` is `Not(AtLeast(1))`, `at most N` is
    `Not(AtLeast(N + 1))`."""

    number: int
    records: Records
    span: Span = span_field()


@dataclass(frozen=True, slots=True)
class Every(Condition):
    """Every record that matches `records` has `has` (record bound at depth 0). Of nothing: yes."""

    records: Records
    has: OfRecord
    span: Span = span_field()


@dataclass(frozen=True, slots=True, kw_only=True)
class During(Condition):
    """A date lies in the days (or period) of some record, both ends counted unless `first_day`/`last_day` is `out`.

    The record's first and last day are its fields `first_field` and `last_field`; none as last day has not come yet.
    """

    operand: Node
    records: Records
    first_field: str
    last_field: str
    first_day: str = "in"
    last_day: str = "in"
    span: Span = span_field()


@dataclass(frozen=True, slots=True)
class Established:
    """The lower end of a range, as if it were known."""

    operand: Node
    type: Type
    span: Span = span_field()


@dataclass(frozen=True, slots=True, kw_only=True)
class Sum:
    """The sum of `value`, divided by `divisor`, over the records (S13, S14). `rounding`: `exact`, `down_each`,
    `down_in_total`. `once`: a minute of the clock that several records have counts once (L12)."""

    value: OfRecord
    divisor: OfRecord | None
    records: Records
    rounding: str
    type: Type
    once: bool = False
    span: Span = span_field()


@dataclass(frozen=True, slots=True)
class CountOf:
    """How many records there are."""

    records: Records
    type: Type
    span: Span = span_field()


@dataclass(frozen=True, slots=True)
class Extreme:
    """The `earliest` or `latest` value of a date field over the records (S16, S17)."""

    how: str
    field: OfRecord
    records: Records
    type: Type
    span: Span = span_field()


@dataclass(frozen=True, slots=True)
class Pick:
    """One record: the `earliest` or `latest` by the date field `by`. Only as the value of a definition of type
    record."""

    how: str
    by: str
    records: Records
    type: Type
    span: Span = span_field()


@dataclass(frozen=True, slots=True)
class Reaches:
    """The first day on which the running total of a sum is at least `threshold`. Never reached: later than every
    day."""

    sum: Sum
    threshold: Node
    type: Type
    span: Span = span_field()


@dataclass(frozen=True, slots=True)
class Arithmetic:
    """`op`: `plus`, `minus`, `times`, `divided by`; over ranges."""

    op: str
    left: Node
    right: Node
    type: Type
    span: Span = span_field()


@dataclass(frozen=True, slots=True)
class FullMultiples:
    """How many full steps of `step` (a constant above 0) the range `operand` holds; never below 0."""

    step: Node
    operand: Node
    type: Type
    span: Span = span_field()


@dataclass(frozen=True, slots=True, kw_only=True)
class Shift:
    """A date `number` `unit` `before` or `after` the anchor; a shorter month lends its last day. `counting`: the
    anchor is day one."""

    number: int
    unit: str
    direction: str
    anchor: Node
    counting: bool = False
    type: Type = DATE
    span: Span = span_field()


@dataclass(frozen=True, slots=True)
class OfTwoDays:
    """The `later` or the `earlier` of two dates, end by end; a date that is none is later than every day (S7)."""

    how: str
    left: Node
    right: Node
    type: Type
    span: Span = span_field()


@dataclass(frozen=True, slots=True)
class Lookup:
    """A column of a table for keys, in the edition in force on the date of service; no edition or no row: unknown."""

    table: str
    column: str
    keys: tuple[Node, ...]
    type: Type
    span: Span = span_field()


@dataclass(frozen=True, slots=True)
class FirstPart:
    """The text before the first hyphen."""

    operand: Node
    type: Type = TEXT
    span: Span = span_field()


@dataclass(frozen=True, slots=True)
class Cases:
    """The first case whose condition is yes. While conditions before it are unknown, the hull of what is still possible
    (for a condition: the value they agree on, else unknown). The last case's condition is None (`otherwise`)."""

    cases: tuple[tuple[Node | None, Node], ...]
    type: Type
    span: Span = span_field()


Node = (
    Const | Fact | Field | LookedUp | Defined | DefinedOf | PickedField | Not | And | Or | Equal | AtMost | IsNone | In
    | InTable | Within | IncludesAtLeast | AtLeast | Every | During | Established | Sum | CountOf | Extreme | Pick
    | Reaches | Arithmetic | FullMultiples | EdgeOfMonth | Shift | OfTwoDays | Lookup | FirstPart | UnknownValue
    | Cases
)  # fmt: skip
