"""The typed tree: a consolidated set of policies with every name resolved. The one thing that all readers read.

It is made by `resolve` from consolidated surface statements and holds few kinds of node. What an author can say
in several ways is one node here: `any`, `no`, `at most` are all `AtLeast`; `forbid P` is `Not(P)`; `after` is
`before` turned round. A reference says what it refers to, so that no reader looks a name up again. Everything is
plain frozen data.

How a condition is true: `yes`, `no` or `unknown` (strong Kleene). How a number or a date is known: as a range from
its lowest to its highest possible value. The meaning of each node is stated where it is defined; the reference
interpreter in `evaluate` is that meaning in Python.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal

from ccm_policy.language.diagnostics import NOWHERE, Span


def _span() -> Span:
    span: Span = field(default=NOWHERE, compare=False, repr=False)
    return span


# --- types -------------------------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Type:
    """A type. `kind`: `yes/no`, `text`, `code`, `number`, `date`, `month`, `time`, `period`, `value`, `set`,
    `record`, `nothing`.

    - `number` has a `unit` (`minute`, `dollar`, `percent`, `day`, `month`, `year`, `unit`, or None) and may be `whole`.
    - `value` is one of `values`; `ordered` when they stand in order; `name` when they were declared by name.
    - `set` holds members that are one of `values`, or any text when `values` is empty.
    - `record` is a record of the list called `name`.
    - `low`, `high` are the declared range of a number, and `rarely_above` the most that is usual: it tells hours and
      minutes from minutes and seconds. `in_month`: a date that lies in the service month.
    - `may_be_none`: the absence of the fact may be none.
    """

    kind: str
    unit: str | None = None
    whole: bool = False
    values: tuple[str, ...] = ()
    ordered: bool = False
    name: str | None = None
    low: Decimal | None = None
    high: Decimal | None = None
    in_month: bool = False
    may_be_none: bool = False
    rarely_above: Decimal | None = None


CLAIM_LINES = "claim_lines"
"""The list of the claim's lines. Only claim checks and modifiers read it: no rule of the month hangs on a claim that is
not there."""

YES_NO = Type("yes/no")
DATE = Type("date")
TEXT = Type("text")
CODE = Type("code")


# --- expressions -------------------------------------------------------------------------------------------------
# Depth: records are bound one inside the other. Depth 0 is the nearest record, 1 the one around it. A definition
# about a list, a claim check and `earns` bind their subject outermost.


@dataclass(frozen=True, slots=True)
class Const:
    """A value. Its Python type follows `type`: bool, str, Fraction-exact Decimal, date, frozenset as sorted tuple
    of str."""

    value: bool | str | Decimal | date | tuple[str, ...]
    type: Type
    span: Span = _span()


@dataclass(frozen=True, slots=True)
class Fact:
    """A fact of the patient-month, by its dotted path."""

    path: str
    type: Type
    span: Span = _span()


@dataclass(frozen=True, slots=True)
class Field:
    """A field of the bound record at `depth`."""

    depth: int
    list: str
    field: str
    type: Type
    span: Span = _span()


@dataclass(frozen=True, slots=True)
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
    span: Span = _span()


@dataclass(frozen=True, slots=True)
class Defined:
    """A definition of the patient-month."""

    name: str
    type: Type
    span: Span = _span()


@dataclass(frozen=True, slots=True)
class DefinedOf:
    """A definition about a record, of the bound record at `depth`."""

    name: str
    depth: int
    type: Type
    span: Span = _span()


@dataclass(frozen=True, slots=True)
class PickedField:
    """`consent_in_force.date`: a field of the record that a definition picks. Of no record: as `earliest`/`latest`
    of nothing for dates, else none."""

    definition: str
    field: str
    type: Type
    span: Span = _span()


@dataclass(frozen=True, slots=True)
class Not:
    operand: Node
    span: Span = _span()


@dataclass(frozen=True, slots=True)
class And:
    operands: tuple[Node, ...]
    span: Span = _span()


@dataclass(frozen=True, slots=True)
class Or:
    operands: tuple[Node, ...]
    span: Span = _span()


@dataclass(frozen=True, slots=True)
class Equal:
    """Equality of two plain values (text, code, value, yes/no, date). None equals nothing. Not for ranges of sums."""

    left: Node
    right: Node
    span: Span = _span()


@dataclass(frozen=True, slots=True)
class AtMost:
    """`left <= right`; `strict`: `left < right`. Over numbers, dates and ordered values (by position), as ranges (S15).

    A date that is none is later than every day (S7).
    """

    left: Node
    right: Node
    strict: bool = False
    span: Span = _span()


@dataclass(frozen=True, slots=True)
class IsNone:
    operand: Node
    span: Span = _span()


@dataclass(frozen=True, slots=True)
class In:
    """Membership of a plain value in a finite set; `name` is the set's name where it has one."""

    operand: Node
    values: tuple[str, ...]
    name: str | None = None
    span: Span = _span()


@dataclass(frozen=True, slots=True)
class InTable:
    """The keys stand in the table, on the date of service."""

    table: str
    keys: tuple[Node, ...]
    span: Span = _span()


@dataclass(frozen=True, slots=True)
class Within:
    """`operand` lies in the days from `anchor` minus `number` `unit` to `anchor` (`before`), or from `anchor` on
    (`after`); S31."""

    operand: Node
    number: int
    unit: str
    direction: str
    anchor: Node
    span: Span = _span()


@dataclass(frozen=True, slots=True)
class IncludesAtLeast:
    """A set holds at least `number` of `values`; without `values`, any count."""

    operand: Node
    number: int
    values: tuple[str, ...]
    span: Span = _span()


@dataclass(frozen=True, slots=True)
class Records:
    """The records of a list that count. `in_month`: dated in the service month, or with a period that reaches into
    it (by
    the list's `dated` clause). `on`: dated on that day. `where`: the condition, with the record bound at depth 0.

    `period_of`, where set, is unused by counting nodes."""

    list: str
    in_month: bool = False
    on: Node | None = None
    where: Node | None = None
    span: Span = _span()


@dataclass(frozen=True, slots=True)
class AtLeast:
    """At least `number` of the records match (S12). `none of them` is `Not(AtLeast(1))`, `at most N` is
    `Not(AtLeast(N + 1))`."""

    number: int
    records: Records
    span: Span = _span()


@dataclass(frozen=True, slots=True)
class Every:
    """Every record that matches `records` has `has` (record bound at depth 0). Of nothing: yes."""

    records: Records
    has: Node
    span: Span = _span()


@dataclass(frozen=True, slots=True)
class During:
    """A date lies in the days (or period) of some record, both ends counted unless `first_day`/`last_day` is `out`.

    The record's first and last day are its fields `first_field` and `last_field`; none as last day has not come yet.
    """

    operand: Node
    records: Records
    first_field: str
    last_field: str
    first_day: str = "in"
    last_day: str = "in"
    span: Span = _span()


@dataclass(frozen=True, slots=True)
class Established:
    """The lower end of a range, as if it were known."""

    operand: Node
    type: Type
    span: Span = _span()


@dataclass(frozen=True, slots=True)
class Sum:
    """The sum of `value`, divided by `divisor`, over the records (S13, S14). `rounding`: `exact`, `down_each`,
    `down_in_total`. `once`: a minute of the clock that several records have counts once (L12)."""

    value: Node
    divisor: Node | None
    records: Records
    rounding: str
    type: Type
    once: bool = False
    span: Span = _span()


@dataclass(frozen=True, slots=True)
class CountOf:
    records: Records
    type: Type
    span: Span = _span()


@dataclass(frozen=True, slots=True)
class Extreme:
    """The `earliest` or `latest` value of a date field over the records (S16, S17)."""

    how: str
    field: Node
    records: Records
    type: Type
    span: Span = _span()


@dataclass(frozen=True, slots=True)
class Pick:
    """One record: the `earliest` or `latest` by the date field `by`. Only as the value of a definition of type
    record."""

    how: str
    by: str
    records: Records
    type: Type
    span: Span = _span()


@dataclass(frozen=True, slots=True)
class Reaches:
    """The first day on which the running total of a sum is at least `threshold`. Never reached: later than every
    day."""

    sum: Sum
    threshold: Node
    type: Type
    span: Span = _span()


@dataclass(frozen=True, slots=True)
class Arithmetic:
    """`op`: `plus`, `minus`, `times`, `divided by`; over ranges."""

    op: str
    left: Node
    right: Node
    type: Type
    span: Span = _span()


@dataclass(frozen=True, slots=True)
class FullMultiples:
    """How many full steps of `step` (a constant above 0) the range `operand` holds; never below 0."""

    step: Node
    operand: Node
    type: Type
    span: Span = _span()


@dataclass(frozen=True, slots=True)
class EdgeOfMonth:
    """The first (`start`) or last (`end`) day of the service month."""

    which: str
    type: Type = DATE
    span: Span = _span()


@dataclass(frozen=True, slots=True)
class Shift:
    """A date `number` `unit` `before` or `after` the anchor; a shorter month lends its last day. `counting`: the
    anchor is day one."""

    number: int
    unit: str
    direction: str
    anchor: Node
    counting: bool = False
    type: Type = DATE
    span: Span = _span()


@dataclass(frozen=True, slots=True)
class Lookup:
    """A column of a table for keys, in the edition in force on the date of service; no edition or no row: unknown."""

    table: str
    column: str
    keys: tuple[Node, ...]
    type: Type
    span: Span = _span()


@dataclass(frozen=True, slots=True)
class FirstPart:
    """The text before the first hyphen."""

    operand: Node
    type: Type = TEXT
    span: Span = _span()


@dataclass(frozen=True, slots=True)
class UnknownValue:
    """A value that nobody gave; `fact` would give it."""

    fact: str
    type: Type
    span: Span = _span()


@dataclass(frozen=True, slots=True)
class Cases:
    """The first case whose condition is yes. While conditions before it are unknown, the hull of what is still possible
    (for a condition: the value they agree on, else unknown). The last case's condition is None (`otherwise`)."""

    cases: tuple[tuple[Node | None, Node], ...]
    type: Type
    span: Span = _span()


Node = (
    Const | Fact | Field | LookedUp | Defined | DefinedOf | PickedField | Not | And | Or | Equal | AtMost | IsNone | In
    | InTable | Within | IncludesAtLeast | AtLeast | Every | During | Established | Sum | CountOf | Extreme | Pick
    | Reaches | Arithmetic | FullMultiples | EdgeOfMonth | Shift | Lookup | FirstPart | UnknownValue | Cases
)  # fmt: skip


# --- vocabulary --------------------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Absent:
    """What absence means: `unknown`, `none`, `presumed` (`value`), `computed` (`value`), `empty`, `error`; what is
    taken for absent is kept unless `unless` is yes.

    In a field's expressions the record is bound at depth 0.
    """

    how: str = "unknown"
    value: Node | None = None
    unless: Node | None = None


@dataclass(frozen=True, slots=True)
class FactDecl:
    """A fact of the patient-month. `key`: without it the record is refused. `ceiling`: why amounts are only the most
    that may be paid while the fact is so; empty for every other fact."""

    path: str
    type: Type
    absent: Absent = Absent()
    key: bool = False
    title: str = ""
    found: str = ""
    note: str = ""
    ceiling: str = ""
    span: Span = _span()


@dataclass(frozen=True, slots=True)
class FieldDecl:
    """A field of a list's records. `looks_up`: the list it refers to, by that list's field `looks_up_by`;
    `fallback`: pairs
    (field of the looked-up record, field of this record) where no row is found."""

    name: str
    type: Type
    absent: Absent = Absent()
    looks_up: str | None = None
    looks_up_by: str | None = None
    fallback: tuple[tuple[str, str], ...] = ()
    span: Span = _span()


@dataclass(frozen=True, slots=True)
class ListDecl:
    """A list of records. `fields` in the order they were declared.

    `complete`: `whole` (a given list has everything), `month` (complete for the service month only). `known_from`: the
    fact from whose day on other months are complete too. `date_field`, `first_field`/`last_field`: how records are
    dated. `undated_when`: the fact without which a record of an unknown day may belong to its month, and no more.
    `one`: the name of a single object that is read as one record; `one_is_all`: it is then the whole list.
    `union_of`: for a list defined as another list and the claim's undecided lines, that other list.
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
    span: Span = _span()
    one_is_all: bool = False
    undated_when: str | None = None

    @property
    def clock(self) -> tuple[str, str, str] | None:
        """Its fields of start, end and minutes, where it has all three."""
        times = [name for name in ("start", "end") if name in self.fields and self.fields[name].type.kind == "time"]
        minutes = [n for n, f in self.fields.items() if f.type.unit == "minute" and f.type.kind == "number"]
        return ("start", "end", minutes[0]) if len(times) == 2 and len(minutes) == 1 else None


@dataclass(frozen=True, slots=True)
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


# --- policies ----------------------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Cite:
    """A citation: the source's key, its title and place as text, and the pinpoint."""

    source: str
    title: str
    at: str | None
    kind: str | None = None


@dataclass(frozen=True, slots=True)
class Where:
    """Where something stands: policy, the edition it comes from, and its layer's level."""

    policy: str
    edition: str


@dataclass(frozen=True, slots=True)
class Definition:
    """`of` is the list whose record it is about, or None for the month."""

    name: str
    of: str | None
    type: Type
    value: Node
    where: Where
    title: str = ""
    confidence: str = "primary"
    basis: str | None = None
    cites: tuple[Cite, ...] = ()
    span: Span = _span()


@dataclass(frozen=True, slots=True)
class Earning:
    """How units are earned: a flat `units` `when` a condition holds (None: always); or `units` for each full `step`
    of `amount` beyond
    `beyond`; or `units` for each of `each_of` whose own outcome is yes; never more than `at_most`."""

    units: int
    when: Node | None = None
    step: Node | None = None
    amount: Node | None = None
    beyond: Node | None = None
    each_of: tuple[str, ...] = ()
    at_most: int | None = None
    span: Span = _span()


@dataclass(frozen=True, slots=True)
class Modifier:
    """A modifier that a service's line of a claim carries when `when` holds of that line, its one bound record."""

    name: str
    when: Node | None = None
    span: Span = _span()


@dataclass(frozen=True, slots=True)
class Service:
    """A billing code and how it is earned. `base`: codes that it adds to (one suffices), by `base_scope`. `entered`:
    what shows that the patient is in its programme."""

    code: str
    title: str
    family: str
    tier: str | None
    earning: Earning
    where: Where
    base: tuple[str, ...] = ()
    base_scope: str | None = None
    follows: str | None = None
    dated: Node | None = None
    priced_by: str | None = None
    confidence: str = "primary"
    basis: str | None = None
    cites: tuple[Cite, ...] = ()
    span: Span = _span()
    modifiers: tuple[Modifier, ...] = ()
    entered: Node | None = None


@dataclass(frozen=True, slots=True)
class Waiver:
    """A named exception of a rule: it only waives."""

    name: str
    when: Node
    because: str | None
    cites: tuple[Cite, ...]
    where: Where
    span: Span = _span()


@dataclass(frozen=True, slots=True)
class Rule:
    """A requirement or exclusion. It holds when all of `conditions` do, or any waiver does, or `when` is no.

    `conditions` are what must hold (a `forbid` is already negated). `codes`: the services it is for. `severity`:
    `decides`, `audit_risk`, `advice`; a rule of unverified confidence decides nothing unless `raised`.
    """

    kind: str
    name: str
    title: str
    codes: tuple[str, ...]
    conditions: tuple[Node, ...]
    where: Where
    when: Node | None = None
    waivers: tuple[Waiver, ...] = ()
    otherwise: str = ""
    remedy: str = ""
    severity: str = "decides"
    basis: str | None = None
    confidence: str = "primary"
    raised: bool = False
    from_day: date | None = None
    until_day: date | None = None
    cites: tuple[Cite, ...] = ()
    span: Span = _span()

    @property
    def decides(self) -> bool:
        return self.severity == "decides" and (self.confidence != "unverified" or self.raised)


@dataclass(frozen=True, slots=True)
class LineCheck:
    """A claim check: for every line of the claim that matches `lines`, `conditions` hold (the line is bound at
    depth 0). Severity and `raised` are as a rule's."""

    name: str
    title: str
    lines: Records
    conditions: tuple[Node, ...]
    where: Where
    when: Node | None = None
    otherwise: str = ""
    remedy: str = ""
    severity: str = "decides"
    basis: str | None = None
    confidence: str = "primary"
    raised: bool = False
    cites: tuple[Cite, ...] = ()
    span: Span = _span()

    @property
    def decides(self) -> bool:
        return self.severity == "decides" and (self.confidence != "unverified" or self.raised)


@dataclass(frozen=True, slots=True)
class OverlapCheck:
    """A log check, or a panel check where `across` patients: two records of a list that have minutes of the clock in
    common (L12).

    It speaks of two for which each of `same` is the same, each of `different` is not, and `matches` holds of both. An
    entry of `same` begins with what is compared; what follows it differs only where that does. `keeps`: the first that
    holds of one and not of the other gives it the minutes. `clock`: the fields of the start, the end and the minutes.
    """

    name: str
    title: str
    list: str
    clock: tuple[str, str, str]
    same: tuple[tuple[Node, ...], ...]
    different: tuple[Node, ...]
    matches: Node | None
    keeps: tuple[Node, ...]
    where: Where
    across: bool = False
    otherwise: str = ""
    remedy: str = ""
    severity: str = "decides"
    basis: str | None = None
    confidence: str = "primary"
    cites: tuple[Cite, ...] = ()
    span: Span = _span()

    @property
    def compared(self) -> tuple[Node, ...]:
        """Everything that it asks of a record, which is bound at depth 0."""
        alike = (node for nodes in self.same for node in nodes)
        return (*alike, *self.different, *(() if self.matches is None else (self.matches,)), *self.keeps)


@dataclass(frozen=True, slots=True)
class Preference:
    """`prefer one tier|program of … in that order`: `order` names tiers of `family`, or families when `what` is
    `program`."""

    name: str
    what: str
    order: tuple[str, ...]
    family: str | None
    where: Where
    basis: str | None = None
    because: str | None = None
    cites: tuple[Cite, ...] = ()
    span: Span = _span()


@dataclass(frozen=True, slots=True)
class Coverage:
    """`status`: `covered`, `not covered`, `never paid separately`, `with authorization`, `not established`."""

    name: str
    codes: tuple[str, ...]
    status: str
    where: Where
    when: Node | None = None
    from_day: date | None = None
    until_day: date | None = None
    by_processing: bool = False
    otherwise: str = ""
    basis: str | None = None
    confidence: str = "primary"
    cites: tuple[Cite, ...] = ()
    span: Span = _span()


@dataclass(frozen=True, slots=True)
class PayClause:
    """`percent` of `schedule` (or of the clause before: `that`). `tail`: `always`, `when`, `otherwise`, `unknown`."""

    percent: Decimal
    schedule: str
    setting: str | None
    locality: str | None
    tail: str
    when: Node | None = None
    span: Span = _span()


@dataclass(frozen=True, slots=True)
class Payment:
    """How services are paid. `patient_percent` of the allowed amount, after the money fact `patient_after`, nothing
    when
    `patient_nothing`. `withhold` names the sequestration schedule."""

    name: str
    codes: tuple[str, ...]
    where: Where
    when: Node | None = None
    pays: tuple[PayClause, ...] = ()
    patient_percent: Decimal | None = None
    patient_after: Node | None = None
    patient_nothing: Node | None = None
    withhold: str | None = None
    cites: tuple[Cite, ...] = ()
    span: Span = _span()


@dataclass(frozen=True, slots=True)
class TableRows:
    """The rows of a table in force in the months from `first` to `last` (`YYYY-MM`, None: no end). Key texts to
    column texts."""

    first: str | None
    last: str | None
    rows: dict[tuple[str, ...], tuple[str | None, ...]]


@dataclass(frozen=True, slots=True)
class Table:
    """`by`: `service` (date of service) or `month`. Columns in order, keys apart. Values are text until typed."""

    name: str
    keys: tuple[str, ...]
    columns: tuple[str, ...]
    types: dict[str, Type]
    by: str
    editions: tuple[TableRows, ...]
    span: Span = _span()


@dataclass(frozen=True, slots=True)
class Dispute:
    name: str
    about: tuple[str, str]
    says: tuple[tuple[str, str], ...]
    resolved: str | None
    since: str | None
    because: str | None
    where: Where
    cites: tuple[Cite, ...] = ()
    span: Span = _span()


@dataclass(frozen=True, slots=True)
class Permission:
    """A statement that codes may stand beside others; checked as: no rule forbids it."""

    name: str
    codes: tuple[str, ...]
    beside: tuple[str, ...]
    scope: str | None
    where: Where
    title: str = ""
    basis: str | None = None
    confidence: str = "primary"
    cites: tuple[Cite, ...] = ()
    span: Span = _span()


@dataclass(frozen=True, slots=True)
class Remark:
    """A `note`."""

    name: str
    text: str
    about: tuple[str, str] | None
    where: Where
    cites: tuple[Cite, ...] = ()
    span: Span = _span()


@dataclass(frozen=True, slots=True)
class Invariant:
    """A statement about every possible patient-month, kept for the prover. `form`: `requires`, `never both`, `never
    more`,
    `never depends`, `never lowers`."""

    name: str
    title: str
    form: str
    codes: tuple[str, ...]
    fact: str | None
    number: int | None
    condition: Node | None
    where: Where
    span: Span = _span()


@dataclass(frozen=True, slots=True)
class PolicyInForce:
    """A policy that took part: its name, title, level among the layers, and the edition in force.

    `asks`: facts, lists and fields (`list.field`) that it does not let be presumed.
    """

    name: str
    title: str
    level: str
    edition: str
    priced_by: str | None = None
    asks: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Program:
    """Everything in force for a payer, plan, contractor, state, practice and month: what the interpreter runs.

    `definitions` stand in an order in which each reads only earlier ones. `successors`: a code out of its life to
    (first month, last month, code that replaced it).
    """

    month: str
    vocabulary: Vocabulary
    policies: tuple[PolicyInForce, ...]
    definitions: dict[str, Definition]
    services: dict[str, Service]
    rules: tuple[Rule, ...]
    preferences: tuple[Preference, ...]
    coverages: tuple[Coverage, ...]
    payments: tuple[Payment, ...]
    line_checks: tuple[LineCheck, ...]
    tables: dict[str, Table]
    permissions: tuple[Permission, ...] = ()
    disputes: tuple[Dispute, ...] = ()
    remarks: tuple[Remark, ...] = ()
    invariants: tuple[Invariant, ...] = ()
    lives: dict[str, tuple[str, str | None, str | None]] = field(default_factory=dict)
    """Every code that any edition decides, to its first month, last month and successor, for claims out of a code's
    life."""
    overlap_checks: tuple[OverlapCheck, ...] = ()
