"""Bodies of the clauses of policies: citations, services, what they earn and pay, exceptions, invariants, checks."""

from __future__ import annotations

from dataclasses import dataclass
from decimal import Decimal

from ccm_policy.language.diagnostics import Span, span_field
from ccm_policy.language.syntax.expressions import Expr, Source


@dataclass(frozen=True, slots=True)
class Citation:
    """`cite SOURCE [at "pinpoint"]`."""

    source: str
    at: str | None = None
    span: Span = span_field()


@dataclass(frozen=True, slots=True)
class Attested:
    """`fact PATH VALUE[, VALUE …]` of an `attest`: a fact, or a field of a list as `list.field`; or `fact LIST none`,
    which has no values: that a list has no record."""

    path: str
    values: tuple[Expr, ...]
    span: Span = span_field()


@dataclass(frozen=True, slots=True)
class Services:
    """Whom a rule is for: `every ccm service`, `every complex service`, `every service`, codes, `… except CODES`.

    `groups` are families and tiers by name (`("*",)` for `every service`); `codes` are codes, ranges or named sets.
    """

    groups: tuple[str, ...]
    codes: tuple[Expr, ...] = ()
    excluding: tuple[Expr, ...] = ()
    span: Span = span_field()


@dataclass(frozen=True, slots=True)
class Lines:
    """`every line where …`, the subject of a claim check."""

    source: Source
    span: Span = span_field()


@dataclass(frozen=True, slots=True)
class Each:
    """`each patient, practitioner, month`: the subject of a panel check or a `prefer`."""

    keys: tuple[str, ...]
    span: Span = span_field()


@dataclass(frozen=True, slots=True)
class Waiver:
    """`except NAME when CONDITION`, with its own `because` and `cite`."""

    name: str
    when: Expr
    because: str | None = None
    cites: tuple[Citation, ...] = ()
    span: Span = span_field()


@dataclass(frozen=True, slots=True, kw_only=True)
class Earns:
    """`earns N unit[s] [when CONDITION | for each full STEP of AMOUNT [beyond BEYOND] | for each of CODES whose own
    rules hold]
    [, at most M units]`."""

    units: int
    when: Expr | None = None
    step: Expr | None = None
    amount: Expr | None = None
    beyond: Expr | None = None
    each_of: tuple[Expr, ...] = ()
    at_most: int | None = None
    span: Span = span_field()


@dataclass(frozen=True, slots=True)
class AddsTo:
    """`adds to CODES [by same practitioner]`."""

    codes: tuple[Expr, ...]
    scope: str | None = None
    span: Span = span_field()


@dataclass(frozen=True, slots=True)
class Modifier:
    """`modifier 25 [when CONDITION]`, whose subject is the service's line of a claim."""

    name: Expr
    when: Expr | None = None
    span: Span = span_field()


@dataclass(frozen=True, slots=True)
class Case:
    """`as EXPR [when CONDITION | otherwise]`: one case of a definition. `otherwise` has `when` None; so has a
    definition's only case."""

    value: Expr
    when: Expr | None = None
    otherwise: bool = False
    span: Span = span_field()


@dataclass(frozen=True, slots=True)
class ServiceUnion:
    """`as LIST and lines of the claim whose code no policy decides`."""

    list: str
    span: Span = span_field()


@dataclass(frozen=True, slots=True, kw_only=True)
class Pay:
    """`pay [N percent of] SCHEDULE|that [SETTING] [national] [when CONDITION | otherwise | when that is unknown]`.

    `schedule` is `that` for the amount of the clause before. `setting` and `locality` are words of the schedule.
    `tail`: `always`, `when`, `otherwise`, `unknown`.
    """

    percent: Decimal
    schedule: str
    setting: str | None
    locality: str | None
    tail: str
    when: Expr | None = None
    span: Span = span_field()


@dataclass(frozen=True, slots=True)
class PatientShare:
    """`patient N percent of allowed[, after FACT][, nothing when CONDITION]`: `after` is a money fact taken first
    (deductible)."""

    percent: Decimal
    after: Expr | None = None
    nothing_when: Expr | None = None
    span: Span = span_field()


@dataclass(frozen=True, slots=True)
class Preference:
    """Head of `prefer one tier|program of A, B, C in that order`, or `… by amount`."""

    what: str
    order: tuple[str, ...]
    by_amount: bool = False
    span: Span = span_field()


@dataclass(frozen=True, slots=True)
class Allows:
    """`allows CODES beside CODES [by SCOPE]`."""

    codes: tuple[Expr, ...]
    beside: tuple[Expr, ...]
    scope: str | None = None
    span: Span = span_field()


@dataclass(frozen=True, slots=True)
class About:
    """`about KIND NAME`."""

    kind: str
    name: str
    span: Span = span_field()


@dataclass(frozen=True, slots=True)
class Says:
    """`says SOURCE "…"`."""

    source: str
    text: str
    span: Span = span_field()


@dataclass(frozen=True, slots=True)
class Resolved:
    """`resolved SOURCE [from MONTH] [because "…"]`."""

    source: str
    since: str | None = None
    because: str | None = None
    span: Span = span_field()


@dataclass(frozen=True, slots=True)
class Requires:
    """Invariant: `CODE requires CONDITION`."""

    code: str
    condition: Expr
    span: Span = span_field()


@dataclass(frozen=True, slots=True)
class NeverBoth:
    """Invariant: `never both A and B`."""

    first: str
    second: str
    span: Span = span_field()


@dataclass(frozen=True, slots=True)
class NeverMore:
    """Invariant: `never more than N units of C`."""

    units: int
    code: str
    span: Span = span_field()


@dataclass(frozen=True, slots=True)
class NeverDepends:
    """Invariant: `C never depends on FACT`."""

    code: str
    fact: str
    span: Span = span_field()


@dataclass(frozen=True, slots=True)
class NeverLowers:
    """Invariant: `more F never lowers C` (or `an own outcome`: code None)."""

    fact: str
    code: str | None
    span: Span = span_field()


@dataclass(frozen=True, slots=True)
class ForbidTwo:
    """`forbid any two L [of different patients] that overlap [where FIELD is the same] [where CONDITION]` (log and
    panel checks)."""

    list: str
    of_different: str | None
    same: tuple[str, ...]
    where: Expr | None
    span: Span = span_field()


@dataclass(frozen=True, slots=True)
class AtMostWith:
    """Panel check: `require at most N practitioner with any ccm service supported`."""

    number: int
    key: str
    services: Services
    span: Span = span_field()
