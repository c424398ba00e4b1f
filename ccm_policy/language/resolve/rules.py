"""Rules of the month and checks of the claim's lines."""

from __future__ import annotations

from ccm_policy.language import syntax as s
from ccm_policy.language import tree as t
from ccm_policy.language.resolve.expressions import condition
from ccm_policy.language.resolve.ground import Codes, Ground, cites, day, ground, not_evaluated, services, severity
from ccm_policy.language.resolve.marks import MARK_CLAIM
from ccm_policy.language.resolve.names import Refused, Resolver, Scope
from ccm_policy.language.resolve.records import records
from ccm_policy.language.syntax.texts import text_of
from ccm_policy.language.walk import negate

MONTH = Scope()


def rule(r: Resolver, statement: s.Statement, codes: Codes) -> t.Rule | None:
    """The requirement or exclusion that a statement declares; None where some clause of it is wrong."""
    g = ground(r, statement)
    how_strict = severity(r, statement)
    refuse_groundless(r, statement, g, how_strict)
    by = statement.one("by")
    if by is not None:
        not_evaluated(r, "`by date of processing` of a rule", by.span)
    try:
        for_codes = services(r, statement, codes, every_month=True)
    except Refused:
        for_codes = ()
    conditions = _conditions(r, statement, MONTH)
    when = _when(r, statement, MONTH)
    waivers = _waivers(r, statement, g)
    if conditions is None or waivers is None or (when is None and statement.one("when") is not None):
        return None
    return t.Rule(
        kind=statement.kind,
        name=statement.name,
        title=g.title,
        codes=for_codes,
        conditions=conditions,
        where=g.where,
        when=when,
        waivers=waivers,
        otherwise=text_of(statement, "otherwise"),
        remedy=text_of(statement, "remedy"),
        severity=how_strict,
        basis=g.basis,
        confidence=g.confidence,
        raised=is_raised(statement),
        from_day=day(statement, "from"),
        until_day=day(statement, "until"),
        cites=g.cites,
        span=statement.name_span,
    )


def is_raised(statement: s.Statement) -> bool:
    """Whether a later text than the rule's own set its severity."""
    clause = statement.one("severity")
    return clause is not None and clause.origin is not None and clause.origin != statement.origin


def line_check(r: Resolver, statement: s.Statement) -> t.LineCheck | None:
    """The claim check that a statement declares: its subject is a line of the claim."""
    g = ground(r, statement)
    how_strict = severity(r, statement)
    refuse_groundless(r, statement, g, how_strict)
    clause = statement.one("for")
    if clause is None or not isinstance(clause.body, s.Lines):
        message = f"`{statement.name}` does not say which lines it checks"
        r.report.add("E0233", message, statement.name_span, "write `for every line where …`")
        return None
    for word in ("except", "from", "until", "by"):
        stray = statement.one(word)
        if stray is not None:
            not_evaluated(r, f"`{word}` of a claim check", stray.span)
    try:
        lines = records(r, clause.body.source, MONTH)
    except Refused:
        return None
    if lines.list != r.names.marks.get(t.CLAIM):
        message = f"`{statement.name}` is a claim check, and `{lines.list}` does not serve as the claim"
        r.report.add("E0367", message, clause.body.source.span, MARK_CLAIM)
        return None
    scope = Scope((lines.list,), about=True)
    conditions = _conditions(r, statement, scope)
    when = _when(r, statement, scope)
    if conditions is None or (when is None and statement.one("when") is not None):
        return None
    return t.LineCheck(
        name=statement.name,
        title=g.title,
        lines=lines,
        conditions=conditions,
        where=g.where,
        when=when,
        otherwise=text_of(statement, "otherwise"),
        remedy=text_of(statement, "remedy"),
        severity=how_strict,
        basis=g.basis,
        confidence=g.confidence,
        raised=is_raised(statement),
        cites=g.cites,
        span=statement.name_span,
    )


def _conditions(r: Resolver, statement: s.Statement, scope: Scope) -> tuple[t.Node, ...] | None:
    """What must hold, a `forbid` turned round; None where one of them is wrong."""
    made: list[t.Node] = []
    written = [c for c in statement.clauses if c.word in ("require", "forbid")]
    if not written:
        message = f"{statement.kind} `{statement.name}` asks for nothing"
        word = "forbid" if statement.kind == "exclusion" else "require"
        r.report.add("E0250", message, statement.name_span, f"write `{word} …`")
        return None
    for clause in written:
        try:
            node = condition(r, clause.body, scope)  # type: ignore[arg-type]
            made.append(node if clause.word == "require" else negate(node))
        except Refused:
            continue
    return tuple(made) if len(made) == len(written) else None


def _when(r: Resolver, statement: s.Statement, scope: Scope) -> t.Node | None:
    clause = statement.one("when")
    if clause is None:
        return None
    try:
        return condition(r, clause.body, scope)  # type: ignore[arg-type]
    except Refused:
        return None


def _waivers(r: Resolver, statement: s.Statement, g: Ground) -> tuple[t.Waiver, ...] | None:
    made: list[t.Waiver] = []
    names: set[str] = set()
    wrong = False
    for clause in statement.all("except"):
        written = clause.body
        assert isinstance(written, s.Waiver)
        if written.name in names:
            r.report.add(
                "E0251",
                f"two exceptions of `{statement.name}` are called `{written.name}`",
                written.span,
                "give one another name",
            )
        names.add(written.name)
        origin = t.Where(clause.origin.policy, clause.origin.edition) if clause.origin else g.where
        try:
            when = condition(r, written.when, MONTH)
            made.append(t.Waiver(written.name, when, written.because, cites(r, written.cites), origin, written.span))
        except Refused:
            wrong = True
    return None if wrong else tuple(made)


def refuse_groundless(r: Resolver, statement: s.Statement, g: Ground, how_strict: str) -> None:
    """A deciding rule cites its authority and says what kind it is; who raises a rule stands for it."""
    said = text_of(statement, "severity")
    misspelt = bool(said) and said != how_strict
    if how_strict != "decides" or is_raised(statement) or misspelt:
        return
    if statement.one("otherwise") is None:
        help = 'write `otherwise "…"`: a whole sentence for the person whose bill it stops'
        message = f"`{statement.name}` decides, and does not say what is wrong where it fails"
        r.report.add("E0291", message, statement.name_span, help)
    if not statement.all("cite"):
        help = "write `cite SOURCE`, or `severity advice` if nobody says so"
        if any(isinstance(c.body, s.Waiver) and c.body.cites for c in statement.clauses):
            help = "a `cite` below an `except` is the exception's own: put the rule's before its first `except`"
        r.report.add("E0252", f"`{statement.name}` decides, and cites no authority", statement.name_span, help)
    if statement.one("basis") is None:
        help = "write `basis` and one of statute, regulation, guidance, contractor, payer, practice, trade"
        r.report.add("E0253", f"`{statement.name}` decides, and does not say on what basis", statement.name_span, help)
