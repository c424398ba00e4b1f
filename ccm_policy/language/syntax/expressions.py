"""Expressions as they are written: values, conditions, phrases over records, quantities and days."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal

from ccm_policy.language.diagnostics import Span, span_field


@dataclass(frozen=True, slots=True)
class Name:
    """A bare word or a dotted path: a fact, a field, a definition, or a value (`practitioner.type`, `rn`, `NY`)."""

    path: str
    span: Span = span_field()


@dataclass(frozen=True, slots=True)
class Its:
    """`its date`, `its staff.role`: a field of the record that the statement is about."""

    path: str
    span: Span = span_field()


@dataclass(frozen=True, slots=True)
class Text:
    """Text in double quotes."""

    value: str
    span: Span = span_field()


@dataclass(frozen=True, slots=True)
class Number:
    """An exact number with its unit: `minute`, `day`, `month`, `year`, `percent`, `dollar`, `unit`, or none."""

    value: Decimal
    unit: str | None = None
    span: Span = span_field()


@dataclass(frozen=True, slots=True)
class Day:
    """`2026-03-31`."""

    value: date
    span: Span = span_field()


@dataclass(frozen=True, slots=True)
class Month:
    """`2026-03`, kept as text in that form."""

    value: str
    span: Span = span_field()


@dataclass(frozen=True, slots=True)
class Shape:
    """A value known by its shape and not yet by its type: a billing code, `13202-01`, `E11.9`, `6:40`.

    Five digits in a row are a `Shape` wherever they stand; the type expected there decides whether it is a number.
    """

    value: str
    span: Span = span_field()


@dataclass(frozen=True, slots=True)
class Not:
    """`not EXPRESSION`."""

    operand: Expr
    span: Span = span_field()


@dataclass(frozen=True, slots=True)
class And:
    """`EXPRESSION and EXPRESSION …`."""

    operands: tuple[Expr, ...]
    span: Span = span_field()


@dataclass(frozen=True, slots=True)
class Or:
    """`EXPRESSION or EXPRESSION …`."""

    operands: tuple[Expr, ...]
    span: Span = span_field()


@dataclass(frozen=True, slots=True)
class Bracketed:
    """Brackets as the author wrote them; they have no meaning of their own and the resolver drops them."""

    operand: Expr
    span: Span = span_field()


@dataclass(frozen=True, slots=True)
class Compare:
    """`left is … right`. `op`: `is`, `is not`, `at least`, `at most`, `more than`, `less than`, `before`, `after`,
    `on or before`, `on or after`, `on`. `its staff is clinical` is `Compare("is", Its("staff"), Name("clinical"))`."""

    op: str
    left: Expr
    right: Expr
    span: Span = span_field()


@dataclass(frozen=True, slots=True)
class IsNone:
    """`X is none`, `X is not none`."""

    operand: Expr
    negated: bool = False
    span: Span = span_field()


@dataclass(frozen=True, slots=True)
class OneOf:
    """`X is one of a, b, c`; `X is not one of …`. A value may be a range of codes (`CodeRange`)."""

    operand: Expr
    values: tuple[Expr, ...]
    negated: bool = False
    span: Span = span_field()


@dataclass(frozen=True, slots=True)
class InSet:
    """`X in NAME`, `X not in NAME`: a named set of codes, an area, a set of roles, or the keys of a table."""

    operand: Expr
    set: str
    negated: bool = False
    span: Span = span_field()


@dataclass(frozen=True, slots=True)
class Within:
    """`X is within 12 months before D` (`before`) or `after`; both ends included, anchored at D."""

    operand: Expr
    number: int
    unit: str
    direction: str
    anchor: Expr
    span: Span = span_field()


@dataclass(frozen=True, slots=True)
class IsInMonth:
    """`X is in the month`: a date in the service month."""

    operand: Expr
    span: Span = span_field()


@dataclass(frozen=True, slots=True)
class Includes:
    """`X includes a` (`how` = `one`), `includes any of a, b` (`any`), `includes every of a, b` (`every`),
    `includes at least 3 of a, b, c` (`at least`, with `number`), `includes at least 2 values` (no `values`: any count).
    `has modifier 25` is `Includes(modifiers, one)`."""

    operand: Expr
    how: str
    values: tuple[Expr, ...]
    number: int | None = None
    span: Span = span_field()


@dataclass(frozen=True, slots=True)
class Source:
    """The records a phrase speaks of: `LIST [in the month | on DATE] [where CONDITION]`.

    `list` is the list's name or its alias (`line`). `where` is tested with each record as the nearest subject.
    """

    list: str
    in_month: bool = False
    on: Expr | None = None
    where: Expr | None = None
    span: Span = span_field()


@dataclass(frozen=True, slots=True)
class Quantified:
    """`at least N L`, `at most N L`, `any L`, `no L`, `every L … has P` (`how`: `at least`, `at most`, `any`, `no`,
    `every`). `has` is only given with `every`."""

    how: str
    number: int | None
    source: Source
    has: Expr | None = None
    span: Span = span_field()


@dataclass(frozen=True, slots=True, kw_only=True)
class Placed:
    """`DATE is outside every [period of] L …` (`outside`), `DATE is during any [period of] L …` (`during`).

    `first_day` and `last_day` say whether those days count (`in`, `out`); both do when nothing is said. `first_word`
    and `last_word` are what the author calls them: `counting admission day in, discharge day out`.
    """

    operand: Expr
    how: str
    source: Source
    first_day: str = "in"
    last_day: str = "in"
    span: Span = span_field()
    first_word: str = field(default="first", compare=False)
    last_word: str = field(default="last", compare=False)
    period_of: bool = field(default=False, compare=False)


@dataclass(frozen=True, slots=True)
class Scope:
    """`by same practitioner`, `by same group`, `by same organisation`, `by anyone`: the words after `by`."""

    words: str
    span: Span = span_field()


@dataclass(frozen=True, slots=True)
class Established:
    """`established X`: the lower end of a range. Only in rules that do not decide."""

    operand: Expr
    span: Span = span_field()


@dataclass(frozen=True, slots=True, kw_only=True)
class Aggregate:
    """`sum of V [divided by D][, kept exact | rounded down each | rounded down in total] over SOURCE`, `count of
    SOURCE`,
    `earliest F over SOURCE`, `latest F over SOURCE`. `how`: `sum`, `count`, `earliest`, `latest`.

    `rounding`: `kept exact`, `rounded down each`, `rounded down in total`, or None where the author said nothing.
    `each_minute_once` is the phrase `each clock minute once`.
    """

    how: str
    value: Expr | None
    source: Source
    divisor: Expr | None = None
    rounding: str | None = None
    each_minute_once: bool = False
    span: Span = span_field()


@dataclass(frozen=True, slots=True)
class Pick:
    """`the latest L [by FIELD] where …`, `the earliest L …`: one record of a list, by its date unless `by` names a
    field."""

    how: str
    by: str | None
    source: Source
    span: Span = span_field()


@dataclass(frozen=True, slots=True)
class Reaches:
    """`the day X reaches 20 minutes`."""

    operand: Expr
    threshold: Expr
    span: Span = span_field()


@dataclass(frozen=True, slots=True)
class Arithmetic:
    """`A plus B`, `A minus B`, `A times B`, `A divided by B` (`op`: `plus`, `minus`, `times`, `divided by`)."""

    op: str
    left: Expr
    right: Expr
    span: Span = span_field()


@dataclass(frozen=True, slots=True)
class FullMultiples:
    """`full 20 minutes in X`: how many full steps X holds."""

    step: Expr
    operand: Expr
    span: Span = span_field()


@dataclass(frozen=True, slots=True)
class EdgeOfMonth:
    """`start of month`, `end of month` (`which`: `start`, `end`)."""

    which: str
    span: Span = span_field()


@dataclass(frozen=True, slots=True)
class Shift:
    """`30 days after D`, `12 months before D`; `30 days from D, counting D` has `counting` and direction `after`."""

    number: int
    unit: str
    direction: str
    anchor: Expr
    counting: bool = False
    span: Span = span_field()


@dataclass(frozen=True, slots=True)
class OfTwoDays:
    """`the later of D and E`, `the earlier of D and E` (`how`: `later`, `earlier`)."""

    how: str
    left: Expr
    right: Expr
    span: Span = span_field()


@dataclass(frozen=True, slots=True)
class Lookup:
    """`TABLE.COLUMN for KEY, KEY`. Without `for` it is read as a `Name` and the keys are the record's fields of
    those names."""

    table: str
    column: str
    keys: tuple[Expr, ...]
    span: Span = span_field()


@dataclass(frozen=True, slots=True)
class FirstPart:
    """`first part of X`: the text before its first hyphen."""

    operand: Expr
    span: Span = span_field()


@dataclass(frozen=True, slots=True)
class UnknownValue:
    """`unknown FACT`: a value that nobody gave, naming the fact that would give it."""

    fact: str
    span: Span = span_field()


@dataclass(frozen=True, slots=True)
class CodeRange:
    """`CODE to CODE`, both included."""

    first: str
    last: str
    span: Span = span_field()


Expr = (
    Name | Its | Text | Number | Day | Month | Shape | Not | And | Or | Bracketed | Compare | IsNone | OneOf | InSet
    | Within | IsInMonth | Includes | Quantified | Placed | Scope | Established | Aggregate | Pick | Reaches
    | Arithmetic | FullMultiples | EdgeOfMonth | Shift | OfTwoDays | Lookup | FirstPart | UnknownValue | CodeRange
)  # fmt: skip
