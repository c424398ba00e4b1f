"""Statements about services as a whole: choice, coverage, payment, permissions."""

from __future__ import annotations

from decimal import Decimal

from ccm_policy.language import syntax as s
from ccm_policy.language import tree as t
from ccm_policy.language.resolve.codes import code_list
from ccm_policy.language.resolve.expressions import condition, of_kind
from ccm_policy.language.resolve.ground import Codes, day, ground, services
from ccm_policy.language.resolve.names import Refused, Resolver, Scope
from ccm_policy.language.syntax.texts import text_of, texts, words_of

MONTH = Scope()


def preference(r: Resolver, statement: s.Statement, codes: Codes) -> t.Preference | None:
    """`prefer one tier|program of … in that order|by amount`; the names must be declared by some service."""
    g = ground(r, statement)
    written = statement.head.preference
    if written is None:
        return None
    clause = statement.one("for")
    words = texts(clause.body) if clause is not None and not isinstance(clause.body, s.Each) else ()
    family = words[0] if words else None
    for word in words[:1] if written.what == "tier" else ():
        if word not in r.names.families and clause is not None:
            r.report.unknown("E0234", "family", word, clause.span, r.names.families, "name the family of some service")
    known = r.names.tiers if written.what == "tier" else r.names.families
    for word in written.order:
        if word not in known:
            r.report.unknown(
                "E0234",
                "tier" if written.what == "tier" else "family",
                word,
                written.span,
                known,
                "name what some service declares",
            )
    if len(set(written.order)) < len(written.order):
        r.report.add("E0305", "a name stands twice in the order", written.span, "name each once")
    because = text_of(statement, "because") or None
    return t.Preference(
        name=statement.name,
        what=written.what,
        order=written.order,
        by_amount=written.by_amount,
        family=family,
        where=g.where,
        basis=g.basis,
        because=because,
        cites=g.cites,
        span=statement.name_span,
    )


def coverage(r: Resolver, statement: s.Statement, codes: Codes) -> t.Coverage | None:
    """Whether services are paid for at all, apart from their rules."""
    g = ground(r, statement)
    status = text_of(statement, "is")
    if not status:
        r.report.add(
            "E0254",
            f"coverage `{statement.name}` does not say what is covered",
            statement.name_span,
            "write `is covered`, `is not covered`, `is never paid separately` …",
        )
        return None
    try:
        for_codes = services(r, statement, codes, every_month=False)
        when = _when(r, statement)
    except Refused:
        return None
    return t.Coverage(
        name=statement.name,
        codes=for_codes,
        status=status,
        where=g.where,
        when=when,
        from_day=day(statement, "from"),
        until_day=day(statement, "until"),
        by_processing="processing" in words_of(statement, "by"),
        otherwise=g.title,
        basis=g.basis,
        confidence=g.confidence,
        cites=g.cites,
        span=statement.name_span,
    )


def permission(r: Resolver, statement: s.Statement, codes: Codes) -> t.Permission | None:
    """That codes may stand beside others. At least one of the first must be a service of some month."""
    g = ground(r, statement)
    clause = statement.one("allows")
    if clause is None or not isinstance(clause.body, s.Allows):
        r.report.add(
            "E0254", f"permission `{statement.name}` allows nothing", statement.name_span, "write `allows … beside …`"
        )
        return None
    try:
        first, beside = code_list(r, clause.body.codes), code_list(r, clause.body.beside)
    except Refused:
        return None
    for code in first:
        if code not in r.names.lives:
            r.report.unknown("E0235", "service", code, clause.span, r.names.lives, "declare it with `service`")
    scope = clause.body.scope
    if scope is not None and scope not in ("anyone", *r.names.scopes):
        r.report.unknown("E0206", "scope", scope, clause.span, r.names.scopes, "declare it with `scope … is …`")
    return t.Permission(
        name=statement.name,
        codes=first,
        beside=beside,
        scope=scope,
        where=g.where,
        title=g.title,
        basis=g.basis,
        confidence=g.confidence,
        cites=g.cites,
        span=statement.name_span,
    )


def payment(r: Resolver, statement: s.Statement, codes: Codes) -> t.Payment | None:
    """How services are paid: the clauses of `pay` in order, and the patient's share."""
    g = ground(r, statement)
    try:
        for_codes = services(r, statement, codes, every_month=False) if statement.one("for") else tuple(codes.family)
        when = _when(r, statement)
        pays = tuple(_pay(r, c.body) for c in statement.all("pay") if isinstance(c.body, s.Pay))
        percent, after, nothing = _share(r, statement)
    except Refused:
        return None
    _check_order(r, statement, pays)
    withhold = words_of(statement, "withhold")
    return t.Payment(
        name=statement.name,
        codes=for_codes,
        where=g.where,
        when=when,
        pays=pays,
        patient_percent=percent,
        patient_after=after,
        patient_nothing=nothing,
        withhold=withhold[0] if withhold else None,
        cites=g.cites,
        span=statement.name_span,
    )


def _pay(r: Resolver, written: s.Pay) -> t.PayClause:
    when = None if written.when is None else condition(r, written.when, MONTH)
    return t.PayClause(
        percent=written.percent,
        schedule=written.schedule,
        setting=written.setting,
        locality=written.locality,
        tail=written.tail,
        when=when,
        span=written.span,
    )


def _check_order(r: Resolver, statement: s.Statement, pays: tuple[t.PayClause, ...]) -> None:
    if not pays:
        r.report.add(
            "E0254", f"payment `{statement.name}` pays nothing", statement.name_span, "write `pay … percent of …`"
        )
        return
    if pays[0].schedule == "that":
        r.report.add(
            "E0255",
            "`that` is the amount of the clause before, and none stands before",
            pays[0].span,
            "name a fee schedule",
        )
    seen_last = False
    for pay in pays:
        if pay.tail in ("when", "otherwise", "always") and seen_last and pay.schedule != "that":
            r.report.add(
                "E0256", "a clause before this one already pays in every case", pay.span, "put `otherwise` last"
            )
        seen_last = seen_last or pay.tail in ("otherwise", "always")


def _share(r: Resolver, statement: s.Statement) -> tuple[Decimal | None, t.Node | None, t.Node | None]:
    clause = statement.one("patient")
    if clause is None or not isinstance(clause.body, s.PatientShare):
        return None, None, None
    written = clause.body
    after = None
    if written.after is not None:
        after = of_kind(r, written.after, MONTH, "number")
        if after.type.unit != "dollar":
            r.refuse(
                "E0311", "what is taken first is an amount of money", written.after.span, "name a fact of type `money`"
            )
    nothing = None if written.nothing_when is None else condition(r, written.nothing_when, MONTH)
    return written.percent, after, nothing


def _when(r: Resolver, statement: s.Statement) -> t.Node | None:
    clause = statement.one("when")
    return None if clause is None else condition(r, clause.body, MONTH)  # type: ignore[arg-type]
