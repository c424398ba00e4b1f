"""The vocabulary of the typed tree: facts, lists and their fields, sets of values, scopes."""

from __future__ import annotations

from dataclasses import dataclass, field

from ccm_policy.language.diagnostics import Span, span_field
from ccm_policy.language.tree.expressions import Node
from ccm_policy.language.tree.types import CLAIM, Type


@dataclass(frozen=True, slots=True)
class Absent:
    """What absence means: `unknown`, `none`, `presumed` (`value`), `computed` (`value`), `empty`, `error`; what is
    taken for absent is kept unless `unless` is yes.

    In a field's expressions the record is bound at depth 0.
    """

    how: str = "unknown"
    value: Node | None = None
    unless: Node | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class FactDecl:
    """A fact of the patient-month. `key`: it tells one record from another. `ceiling`: why amounts are only the most
    that may be paid while the fact is so; empty for every other fact. `attestable`: a practice may vouch for it,
    where `instead_of` (facts, lists and fields) are absent too. `work`: who works in the practice can bring it about
    or write it down; of any other fact it can only be looked up how it stands."""

    path: str
    type: Type
    absent: Absent = Absent()
    key: bool = False
    title: str = ""
    found: str = ""
    note: str = ""
    ceiling: str = ""
    attestable: bool = False
    instead_of: tuple[str, ...] = ()
    work: bool = False
    span: Span = span_field()


@dataclass(frozen=True, slots=True, kw_only=True)
class FieldDecl:
    """A field of a list's records. `looks_up`: the list it refers to, by that list's field `looks_up_by`;
    `fallback`: pairs
    (field of the looked-up record, field of this record) where no row is found. `attestable`: a practice may vouch for
    it; `instead_of`: only where that other field is absent too."""

    name: str
    type: Type
    absent: Absent = Absent()
    looks_up: str | None = None
    looks_up_by: str | None = None
    fallback: tuple[tuple[str, str], ...] = ()
    attestable: bool = False
    instead_of: str | None = None
    span: Span = span_field()


@dataclass(frozen=True, slots=True, kw_only=True)
class ListDecl:
    """A list of records. `fields` in the order they were declared.

    `complete`: `whole` (a given list has everything), `month` (complete for the service month only). `known_from`: the
    fact from whose day on other months are complete too. `date_field`, `first_field`/`last_field`: how records are
    dated. `undated_when`: the fact without which a record of an unknown day may belong to its month, and no more.
    `one`: the name of a single object that is read as one record; `one_is_all`: it is then the whole list.
    `union_of`: for a list defined as another list and the claim's undecided lines, that other list.
    `one_attested`: where the list is absent, what is attested of its fields is one record; `none_attested`: it may be
    attested that there is none. `work`: as for a fact.
    """

    name: str
    fields: dict[str, FieldDecl]
    absent: Absent = Absent()
    complete: str = "whole"
    known_from: str | None = None
    date_field: str | None = None
    first_field: str | None = None
    last_field: str | None = None
    short: tuple[str, ...] = ()
    one: str | None = None
    called: str | None = None
    per_record: bool = True
    union_of: str | None = None
    title: str = ""
    found: str = ""
    span: Span = span_field()
    one_is_all: bool = False
    undated_when: str | None = None
    one_attested: bool = False
    none_attested: bool = False
    work: bool = False

    @property
    def clock(self) -> tuple[str, str, str] | None:
        """Its fields of start, end and minutes, where it has all three."""
        times = [name for name in ("start", "end") if name in self.fields and self.fields[name].type.kind == "time"]
        minutes = [n for n, f in self.fields.items() if f.type.unit == "minute" and f.type.kind == "number"]
        return ("start", "end", minutes[0]) if len(times) == 2 and len(minutes) == 1 else None


@dataclass(frozen=True, slots=True, kw_only=True)
class Vocabulary:
    """What can be known about a patient-month."""

    facts: dict[str, FactDecl]
    lists: dict[str, ListDecl]
    values: dict[str, Type]
    roles: dict[str, tuple[str, ...]]
    scopes: dict[str, dict[str, Node]]
    """Scope words to, for each list that has the fields it needs, the condition on its record (depth 0)."""
    also: dict[str, tuple[str, ...]] = field(default_factory=dict)
    """What people call a fact, a list or a set of values (`time_log`), a field or a value of it (`time_log minutes`,
    `role ma`), or a value of a field (`time_log performed_by.ma`)."""
    marks: dict[str, str] = field(default_factory=dict)
    """What the engine reads by its mark, to its name: `end_of_month` to a fact, `claim` to a list."""

    @property
    def claim(self) -> str | None:
        """The list of the claim's lines; None where the vocabulary has no claims."""
        return self.marks.get(CLAIM)
