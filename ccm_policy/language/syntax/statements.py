"""Clauses, statements and files."""

from __future__ import annotations

from dataclasses import dataclass, field

from ccm_policy.language.diagnostics import Span, span_field
from ccm_policy.language.syntax.bodies import (
    About,
    AddsTo,
    Allows,
    AtMostWith,
    Attested,
    Case,
    Citation,
    Each,
    Earns,
    ForbidTwo,
    Lines,
    Modifier,
    NeverBoth,
    NeverDepends,
    NeverLowers,
    NeverMore,
    PatientShare,
    Pay,
    Preference,
    Requires,
    Resolved,
    Says,
    Services,
    ServiceUnion,
    Waiver,
)
from ccm_policy.language.syntax.examples import GivenFact, GivenMinutes, GivenRecord, GivenRows, GivenSet
from ccm_policy.language.syntax.expectations import Expectation
from ccm_policy.language.syntax.expressions import Expr
from ccm_policy.language.syntax.vocabulary import (
    Absence,
    Also,
    Attestable,
    FieldDecl,
    Row,
    TableColumn,
    TableEdition,
    TypeText,
    Words,
)

Body = (
    Expr | Words | Absence | FieldDecl | Citation | Services | Lines | Each | Waiver | Earns | AddsTo
    | Case | Modifier | ServiceUnion | Pay | PatientShare | Allows | About | Says | Resolved
    | TableColumn | Also | Attestable | TableEdition | Row | GivenSet | GivenFact | GivenRecord | GivenRows
    | GivenMinutes | Attested | Expectation | Requires | NeverBoth | NeverMore | NeverDepends | NeverLowers | ForbidTwo
    | AtMostWith
)  # fmt: skip


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


@dataclass(frozen=True, slots=True, kw_only=True)
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


@dataclass(frozen=True, slots=True, kw_only=True)
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
        """The `policy` statement; None: the file has none."""
        return next((s for s in self.statements if s.kind == "policy"), None)
