"""Statements of the typed tree: definitions, services, rules and checks, coverage, payment, tables, remarks."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from decimal import Decimal

from ccm_policy.language.diagnostics import Span, span_field
from ccm_policy.language.tree.expressions import Node, Records
from ccm_policy.language.tree.types import Type


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


@dataclass(frozen=True, slots=True, kw_only=True)
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
    span: Span = span_field()


@dataclass(frozen=True, slots=True, kw_only=True)
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
    span: Span = span_field()


@dataclass(frozen=True, slots=True)
class Modifier:
    """A modifier that a service's line of a claim carries when `when` holds of that line, its one bound record."""

    name: str
    when: Node | None = None
    span: Span = span_field()


@dataclass(frozen=True, slots=True, kw_only=True)
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
    span: Span = span_field()
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
    span: Span = span_field()


@dataclass(frozen=True, slots=True, kw_only=True)
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
    span: Span = span_field()

    @property
    def decides(self) -> bool:
        """Whether it decides: one that rests on unverified ground alone only flags, unless a policy raised it."""
        return self.severity == "decides" and (self.confidence != "unverified" or self.raised)


@dataclass(frozen=True, slots=True)
class Vouched:
    """What an attestation says of a fact, of a field (`list.field`) of each record in which it is absent, or of a list
    (None: that it has no record). A set is a sorted tuple."""

    path: str
    value: bool | str | tuple[str, ...] | None
    span: Span = span_field()


@dataclass(frozen=True, slots=True, kw_only=True)
class Attestation:
    """`attest NAME`: what a practice vouches for where nobody recorded it, `when` a condition on the month holds (None:
    always). It stands from the month of its edition through `until` (`YYYY-MM`, None: no end)."""

    name: str
    facts: tuple[Vouched, ...]
    where: Where
    when: Node | None = None
    until: str | None = None
    title: str = ""
    because: str = ""
    cites: tuple[Cite, ...] = ()
    span: Span = span_field()

    def stands_in(self, month: str) -> bool:
        """Whether its window is open in a month in which its edition is in force."""
        return self.until is None or month <= self.until


@dataclass(frozen=True, slots=True, kw_only=True)
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
    span: Span = span_field()

    @property
    def decides(self) -> bool:
        """Whether it decides: one that rests on unverified ground alone only flags, unless a policy raised it."""
        return self.severity == "decides" and (self.confidence != "unverified" or self.raised)


@dataclass(frozen=True, slots=True, kw_only=True)
class OverlapCheck:
    """A log check, or a panel check where `across` patients: two records of a list that have minutes of the clock in
    common (L12).

    It speaks of two for which each of `same` is the same, each of `different` is not, and `matches` holds of both
    (`across` patients, of one at least). An entry of `same` begins with what is compared; what follows it differs only
    where that does. `keeps`: the first that holds of one and not of the other gives it the minutes. `clock`: the fields
    of the start, the end and the minutes.
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
    span: Span = span_field()

    @property
    def compared(self) -> tuple[Node, ...]:
        """Everything that it asks of a record, which is bound at depth 0."""
        alike = (node for nodes in self.same for node in nodes)
        return (*alike, *self.different, *(() if self.matches is None else (self.matches,)), *self.keeps)


@dataclass(frozen=True, slots=True, kw_only=True)
class Preference:
    """`prefer one tier|program of … in that order`: `order` names tiers of `family`, or families when `what` is
    `program`. `by_amount`: what pays more comes first, and of equals the one that is named first."""

    name: str
    what: str
    order: tuple[str, ...]
    family: str | None
    where: Where
    by_amount: bool = False
    basis: str | None = None
    because: str | None = None
    cites: tuple[Cite, ...] = ()
    span: Span = span_field()


@dataclass(frozen=True, slots=True, kw_only=True)
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
    span: Span = span_field()


@dataclass(frozen=True, slots=True, kw_only=True)
class PayClause:
    """`percent` of `schedule` (or of the clause before: `that`). `tail`: `always`, `when`, `otherwise`, `unknown`."""

    percent: Decimal
    schedule: str
    setting: str | None
    locality: str | None
    tail: str
    when: Node | None = None
    span: Span = span_field()


@dataclass(frozen=True, slots=True, kw_only=True)
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
    span: Span = span_field()


@dataclass(frozen=True, slots=True)
class TableRows:
    """The rows of a table in force in the months from `first` to `last` (`YYYY-MM`, None: no end). Key texts to
    column texts."""

    first: str | None
    last: str | None
    rows: dict[tuple[str, ...], tuple[str | None, ...]]


@dataclass(frozen=True, slots=True, kw_only=True)
class Table:
    """`by`: `service` (date of service) or `month`. Columns in order, keys apart. Values are text until typed."""

    name: str
    keys: tuple[str, ...]
    columns: tuple[str, ...]
    types: dict[str, Type]
    by: str
    editions: tuple[TableRows, ...]
    span: Span = span_field()


@dataclass(frozen=True, slots=True, kw_only=True)
class Dispute:
    """A question on which sources differ: what each says, and which of them the policies follow, since when."""

    name: str
    about: tuple[str, str]
    says: tuple[tuple[str, str], ...]
    resolved: str | None
    since: str | None
    because: str | None
    where: Where
    cites: tuple[Cite, ...] = ()
    span: Span = span_field()


@dataclass(frozen=True, slots=True, kw_only=True)
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
    span: Span = span_field()


@dataclass(frozen=True, slots=True)
class Remark:
    """A `note`."""

    name: str
    text: str
    about: tuple[str, str] | None
    where: Where
    cites: tuple[Cite, ...] = ()
    span: Span = span_field()


@dataclass(frozen=True, slots=True, kw_only=True)
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
    span: Span = span_field()
