"""Services: billing codes, how they are earned, and what they add to."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping
from contextlib import suppress

from ccm_policy.language import syntax as s
from ccm_policy.language import tree as t
from ccm_policy.language.diagnostics import Span
from ccm_policy.language.resolve.circles import circles
from ccm_policy.language.resolve.codes import code_list
from ccm_policy.language.resolve.expressions import condition, of_kind
from ccm_policy.language.resolve.ground import Codes, ground, not_evaluated
from ccm_policy.language.resolve.marks import MARK_CLAIM, NO_CLAIM
from ccm_policy.language.resolve.names import Refused, Resolver, Scope
from ccm_policy.language.resolve.quantities import positive
from ccm_policy.language.syntax.texts import text_of, texts, words_of

MONTH = Scope()


def groups(statements: Iterable[s.Statement]) -> Codes:
    """Family and tier of every service, before anything else is known of it."""
    codes = Codes()
    for statement in statements:
        codes.family[statement.name] = text_of(statement, "family")
        codes.tier[statement.name] = text_of(statement, "tier") or None
    return codes


def service(r: Resolver, statement: s.Statement, codes: Codes, priced_by: Mapping[str, str]) -> t.Service | None:
    """The service that a statement declares, or None where it does not say how it is earned."""
    g = ground(r, statement)
    if not codes.family[statement.name]:
        r.report.add("E0244", f"service `{statement.name}` has no family", statement.name_span, "write `family …`")
    for word in ("from", "until"):
        clause = statement.one(word)
        if clause is not None:
            not_evaluated(r, f"`{word}` of a service", clause.span)
    dated, entered = statement.one("dated"), statement.one("entered when")
    follows = words_of(statement, "follows")
    try:
        base, scope = _base(r, statement, codes)
        earning = _earning(r, statement, codes)
        when_dated = None if dated is None else of_kind(r, dated.body, MONTH, "date")  # type: ignore[arg-type]
        is_in = None if entered is None else condition(r, entered.body, MONTH)  # type: ignore[arg-type]
    except Refused:
        return None
    return t.Service(
        code=statement.name,
        title=g.title,
        family=codes.family[statement.name],
        tier=codes.tier[statement.name],
        earning=earning,
        where=g.where,
        base=base,
        base_scope=scope,
        follows=follows[0] if follows else None,
        dated=when_dated,
        priced_by=priced_by.get(g.where.policy),
        confidence=g.confidence,
        basis=g.basis,
        cites=g.cites,
        span=statement.name_span,
        modifiers=tuple(_modifiers(r, statement)),
        entered=is_in,
    )


def refuse_circles(r: Resolver, statements: Iterable[s.Statement]) -> None:
    """Report each circle of services that are earned by, or add to, one another, once."""
    written = {statement.name: statement for statement in statements}
    for circle in circles({name: _rests_on(r, statement) for name, statement in written.items()}):
        words = " rests on ".join(f"`{code}`" for code in circle)
        help = "let one of them be earned by the facts alone, and stand by itself"
        r.report.add("E0344", f"services go round in a circle: {words}", written[circle[0]].name_span, help)


def _rests_on(r: Resolver, statement: s.Statement) -> tuple[str, ...]:
    """The services that one is earned by or adds to. What is wrong with how they are named is told elsewhere."""
    quiet = r.apart()
    adds, earns = statement.one("adds to"), statement.one("earns")
    found: tuple[str, ...] = ()
    try:
        if adds is not None and isinstance(adds.body, s.AddsTo):
            found += code_list(quiet, adds.body.codes)
        if earns is not None and isinstance(earns.body, s.Earns):
            found += tuple(code for code in code_list(quiet, earns.body.each_of) if code != statement.name)
    except Refused:
        pass
    return found


_MODIFIER = re.compile(r"[A-Z0-9]{2}")


def _modifiers(r: Resolver, statement: s.Statement) -> Iterator[t.Modifier]:
    """The modifiers of the service's line. Their subject is that line: `its date` is the date of service."""
    names: set[str] = set()
    claim = r.names.marks.get(t.CLAIM)
    about = Scope((claim,), about=True) if claim is not None else MONTH
    for clause in statement.all("modifier"):
        written = clause.body
        assert isinstance(written, s.Modifier)
        name = "".join(texts(written.name)).upper()
        if not _MODIFIER.fullmatch(name) or name in names:
            says = f"modifier {name} stands twice" if name in names else f"`{name}` is not a modifier"
            r.report.add("E0353", says, written.name.span, "a modifier is two letters or digits, and stands once: `25`")
            continue
        names.add(name)
        if claim is None and written.when is not None:
            r.report.add("E0367", f"modifier {name} speaks of a line of the claim, {NO_CLAIM}", clause.span, MARK_CLAIM)
            continue
        with suppress(Refused):
            when = None if written.when is None else condition(r, written.when, about)
            yield t.Modifier(name, when, clause.span)


def _base(r: Resolver, statement: s.Statement, codes: Codes) -> tuple[tuple[str, ...], str | None]:
    clause = statement.one("adds to")
    if clause is None or not isinstance(clause.body, s.AddsTo):
        return (), None
    written = code_list(r, clause.body.codes)
    there = tuple(code for code in written if code in codes.family)
    if not there:
        message = f"`{statement.name}` adds to {', '.join(written)}, and no such service stands beside it in this month"
        r.report.add(
            "E0245",
            message,
            clause.span,
            "name a base that is a service of this month, or end the add-on with its base",
        )
    if there:
        _refuse_unknown(r, written, codes, clause.span)
    scope = clause.body.scope
    if scope is not None and scope not in ("anyone", *r.names.scopes):
        r.report.unknown("E0206", "scope", scope, clause.span, r.names.scopes, "declare it with `scope … is …`")
    return written, scope


def _refuse_unknown(r: Resolver, written: tuple[str, ...], codes: Codes, span: Span) -> None:
    """A code that is a service in no month is a slip; one of another month is passed over in this one."""
    for code in written:
        if code not in codes.family and code not in r.names.lives:
            r.report.unknown("E0235", "service", code, span, r.names.lives, "declare it with `service`")


def _earning(r: Resolver, statement: s.Statement, codes: Codes) -> t.Earning:
    clause = statement.one("earns")
    if clause is None or not isinstance(clause.body, s.Earns):
        r.refuse(
            "E0246",
            f"service `{statement.name}` does not say how it is earned",
            statement.name_span,
            "write `earns 1 unit when …`",
        )
    written = clause.body
    for number in (written.units, written.at_most):
        if number is not None and number < 1:
            r.refuse("E0247", "a service earns at least 1 unit, or none at all", clause.span, "write `1 unit`")
    if written.when is not None:
        when = condition(r, written.when, MONTH)
        return t.Earning(units=written.units, when=when, at_most=written.at_most, span=clause.span)
    if written.each_of:
        each_of = code_list(r, written.each_of)
        if statement.name in each_of:
            r.refuse("E0248", f"`{statement.name}` cannot be earned by itself", clause.span, "name other services")
        if not any(code in codes.family for code in each_of):
            r.refuse(
                "E0245",
                f"none of the services that earn `{statement.name}` stands beside it in this month",
                clause.span,
                "name services of this month",
            )
        _refuse_unknown(r, each_of, codes, clause.span)
        return t.Earning(units=written.units, each_of=each_of, at_most=written.at_most, span=clause.span)
    if written.amount is None or written.step is None:
        return t.Earning(units=written.units, at_most=written.at_most, span=clause.span)
    amount = of_kind(r, written.amount, MONTH, "number")
    step = positive(r, written.step, MONTH, amount.type)
    beyond = None if written.beyond is None else positive(r, written.beyond, MONTH, amount.type)
    return t.Earning(
        units=written.units,
        when=None,
        step=step,
        amount=amount,
        beyond=beyond,
        each_of=(),
        at_most=written.at_most,
        span=clause.span,
    )
