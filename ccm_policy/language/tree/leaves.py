"""Leaves of the typed tree: values, and what refers to something by its name. They hold no other node."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from decimal import Decimal

from ccm_policy.language.diagnostics import Span, span_field
from ccm_policy.language.tree.types import DATE, Type


@dataclass(frozen=True, slots=True)
class Const:
    """A value. Its Python type follows `type`: bool, str, Fraction-exact Decimal, date, frozenset as sorted tuple
    of str."""

    value: bool | str | Decimal | date | tuple[str, ...]
    type: Type
    span: Span = span_field()


@dataclass(frozen=True, slots=True)
class Fact:
    """A fact of the patient-month, by its dotted path."""

    path: str
    type: Type
    span: Span = span_field()


@dataclass(frozen=True, slots=True)
class Field:
    """A field of the bound record at `depth`."""

    depth: int
    list: str
    field: str
    type: Type
    span: Span = span_field()


@dataclass(frozen=True, slots=True, kw_only=True)
class LookedUp:
    """`its staff.role`: the field `target_field` of the record of list `target` whose `by` equals this record's
    `field`.

    No such record: one imagined from the declared fallback, its other fields as absence means for that list.
    """

    depth: int
    list: str
    field: str
    target: str
    by: str
    target_field: str
    type: Type
    span: Span = span_field()


@dataclass(frozen=True, slots=True)
class Defined:
    """A definition of the patient-month."""

    name: str
    type: Type
    span: Span = span_field()


@dataclass(frozen=True, slots=True)
class DefinedOf:
    """A definition about a record, of the bound record at `depth`."""

    name: str
    depth: int
    type: Type
    span: Span = span_field()


@dataclass(frozen=True, slots=True)
class PickedField:
    """`consent_in_force.date`: a field of the record that a definition picks. Of no record: as `earliest`/`latest`
    of nothing for dates, else none."""

    definition: str
    field: str
    type: Type
    span: Span = span_field()


@dataclass(frozen=True, slots=True)
class EdgeOfMonth:
    """The first (`start`) or last (`end`) day of the service month."""

    which: str
    type: Type = DATE
    span: Span = span_field()


@dataclass(frozen=True, slots=True)
class UnknownValue:
    """A value that nobody gave; `fact` would give it."""

    fact: str
    type: Type
    span: Span = span_field()
