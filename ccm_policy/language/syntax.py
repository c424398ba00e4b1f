"""The surface tree: a policy file as it was written, before any name is looked up.

A file is a sequence of statements; a statement has a kind, a name, a head and clauses; a clause has a word and a
body. All statements have this one shape, so that amendments work clause by clause, the formatter prints any of
them, and two editions can be compared without knowing what they say. Names are text here; `resolve` gives them meaning.

Every node is a frozen dataclass of plain data and carries the span it was read from. Spans and comments do not
take part in equality: two texts that say the same are the same tree.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal

from ccm_policy.language.diagnostics import Span, span_field

# --- expressions -----------------------------------------------------------------------------------------------


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
    operand: Expr
    span: Span = span_field()


@dataclass(frozen=True, slots=True)
class And:
    operands: tuple[Expr, ...]
    span: Span = span_field()


@dataclass(frozen=True, slots=True)
class Or:
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


@dataclass(frozen=True, slots=True)
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


@dataclass(frozen=True, slots=True)
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
    | Arithmetic | FullMultiples | EdgeOfMonth | Shift | Lookup | FirstPart | UnknownValue | CodeRange
)  # fmt: skip


# --- bodies of clauses and heads ---------------------------------------------------------------------------------


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


@dataclass(frozen=True, slots=True)
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
class Citation:
    """`cite SOURCE [at "pinpoint"]`."""

    source: str
    at: str | None = None
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


@dataclass(frozen=True, slots=True)
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


@dataclass(frozen=True, slots=True)
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
    """Head of `prefer one tier|program of A, B, C in that order`."""

    what: str
    order: tuple[str, ...]
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


@dataclass(frozen=True, slots=True)
class Expectation:
    """`expect …`. `what`: `units` (`CODE x N`), `supported`, `not supported` (`by` names the rule, or `its own
    minutes`,
    `coverage`), `needs` (`fact`), `yields` (`by` may name the code), `pays` (`amount`), `not established`, `held`,
    `line` (`line` number and `verdict`), `missing line`, `risk` and `no risk` (`by` names the rule)."""

    what: str
    code: str | None = None
    units: int | None = None
    by: str | None = None
    fact: str | None = None
    amount: Decimal | None = None
    line: int | None = None
    verdict: str | None = None
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


Body = (
    Expr | Words | TypeText | Absence | FieldDecl | Citation | Services | Lines | Each | Waiver | Earns | AddsTo
    | Case | Modifier | ServiceUnion | Pay | PatientShare | Preference | Allows | About | Says | Resolved
    | TableColumn | Also | TableEdition | Row | GivenSet | GivenFact | GivenRecord | GivenRows | GivenMinutes
    | Expectation | Requires | NeverBoth | NeverMore | NeverDepends | NeverLowers | ForbidTwo | AtMostWith
)  # fmt: skip


# --- clauses, statements, files ----------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Origin:
    """The policy and edition that a statement or clause comes from, after consolidation."""

    policy: str
    edition: str


@dataclass(frozen=True, slots=True)
class Clause:
    """A clause of a statement: `require …`, `cite …`. `body` None is a clause of one word (`optional`).

    `comments` stand on lines of their own before it, each with its `#`; `trailing` at the end of its line.
    """

    word: str
    body: Body | None
    span: Span = span_field()
    comments: tuple[str, ...] = field(default=(), compare=False)
    trailing: str | None = field(default=None, compare=False)
    origin: Origin | None = field(default=None, compare=False)


@dataclass(frozen=True, slots=True)
class Head:
    """What stands after a statement's name on its first line: a type (`define X: minutes`), the list that a
    definition is about (`of time_log`), a field declaration (`fact`), values (`codes … are`), a preference, a
    severity."""

    of: str | None = None
    type: TypeText | None = None
    decl: FieldDecl | None = None
    values: tuple[Expr, ...] = ()
    ordered: bool = False
    condition: Expr | None = None
    preference: Preference | None = None
    to: str | None = None
    span: Span = span_field()


@dataclass(frozen=True, slots=True)
class Statement:
    """`[VERB] KIND NAME HEAD` and its clauses. `verb` is None, `add`, `change`, `replace`, `repeal` or `raise`.

    Statements without a name of their own still have one here, unique for the kind within a policy: an `example` has
    its text, `prefer` what it chooses and for whom (`tier ccm`, `program patient practitioner month`), `scope` its
    words (`same practitioner`), `library` the word itself. `raise X to decides` has verb `raise`, kind `rule` (or the
    kind that was written), the rule's name, and the severity in `head.to`.

    `broken` says that a part could not be read and is not here, so nothing may be concluded from its absence.
    An empty text among `comments` is a blank line.
    """

    kind: str
    name: str
    head: Head = Head()
    clauses: tuple[Clause, ...] = ()
    verb: str | None = None
    span: Span = span_field()
    name_span: Span = span_field()
    comments: tuple[str, ...] = field(default=(), compare=False)
    trailing: str | None = field(default=None, compare=False)
    origin: Origin | None = field(default=None, compare=False)
    comments_at_end: tuple[str, ...] = field(default=(), compare=False)
    broken: bool = field(default=False, compare=False)

    def all(self, word: str) -> tuple[Clause, ...]:
        """The clauses of that word, in order."""
        return tuple(c for c in self.clauses if c.word == word)

    def one(self, word: str) -> Clause | None:
        """The first clause of that word, or None."""
        return next((c for c in self.clauses if c.word == word), None)


@dataclass(frozen=True, slots=True)
class File:
    """A policy file: its statements in order. The header, where there is one, is the statement of kind `policy`."""

    path: str
    statements: tuple[Statement, ...]
    comments_at_end: tuple[str, ...] = field(default=(), compare=False)

    @property
    def header(self) -> Statement | None:
        return next((s for s in self.statements if s.kind == "policy"), None)
