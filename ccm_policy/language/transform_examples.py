"""From Lark's trees to the surface tree: examples, invariants and the checks of logs and panels."""

from __future__ import annotations

from collections.abc import Mapping
from decimal import Decimal
from typing import Any

from lark import Token, Tree

from ccm_policy.language import messages, syntax
from ccm_policy.language.transform import Handler, Reader, child, parts_of, words_of


def _given_set(r: Reader, t: Tree[Any]) -> syntax.GivenSet:
    out = child(t, "leaving_out")
    names = tuple(str(c) for c in parts_of(t) if isinstance(c, Token))
    return syntax.GivenSet(names, tuple(str(c) for c in out.children[0].children) if out else (), r.span(t))


def _given_values(r: Reader, t: Tree[Any]) -> syntax.GivenFact | syntax.GivenRecord:
    """One value between commas gives a fact; a field and its values give a record."""
    path = str(t.children[0])
    groups = [g.children for g in t.children[1:]]
    if len(groups[0]) == 1:
        for group in groups:
            if len(group) > 1:
                r.complain(messages.comma_between_values(r.span(group[1])))
        return syntax.GivenFact(path, tuple(r.read(g[0]) for g in groups), r.span(t))
    pairs = []
    for group in groups:
        if group[0].data != "name" or len(group) < 2:
            r.complain(messages.field_and_value(r.span(group[0])))
            continue
        span = r.span(group[0]).to(r.span(group[-1]))
        pairs.append(syntax.Pair(str(group[0].children[0]), tuple(r.read(v) for v in group[1:]), span))
    return syntax.GivenRecord(path, tuple(pairs), r.span(t))


def _given_minutes(r: Reader, t: Tree[Any]) -> syntax.GivenMinutes:
    number, who, *program = parts_of(t)
    minutes = Decimal(number.replace(",", ""))
    return syntax.GivenMinutes(minutes, str(who), str(program[0]) if program else None, r.span(t))


# --- expectations ----------------------------------------------------------------------------------------------


def _expect_units(r: Reader, t: Tree[Any]) -> syntax.Expectation:
    code, units, *pays = parts_of(t)
    if pays:
        return syntax.ExpectPays(str(code), r.read(pays[0]).value, r.whole(units), r.span(t))
    return syntax.ExpectUnits(str(code), r.whole(units), r.span(t))


def _expect_pays(r: Reader, t: Tree[Any]) -> syntax.Expectation:
    code, amount = parts_of(t)
    return syntax.ExpectPays(str(code), r.read(amount).value, span=r.span(t))


def _expect_supported(r: Reader, t: Tree[Any]) -> syntax.Expectation:
    return syntax.ExpectSupported(str(parts_of(t)[0]), r.span(t))


def _expect_not_supported(r: Reader, t: Tree[Any]) -> syntax.Expectation:
    code, *by = parts_of(t)
    if not by:
        return syntax.ExpectNotSupported(str(code), None, r.span(t))
    return syntax.ExpectNotSupported(
        str(code), syntax.OWN_MINUTES if isinstance(by[0], Tree) else str(by[0]), r.span(t)
    )


def _expect_established(r: Reader, t: Tree[Any]) -> syntax.Expectation:
    return syntax.ExpectNotEstablished(str(parts_of(t)[0]), r.span(t))


def _expect_held(r: Reader, t: Tree[Any]) -> syntax.Expectation:
    return syntax.ExpectHeld(str(parts_of(t)[0]), r.span(t))


def _expect_yields(r: Reader, t: Tree[Any]) -> syntax.Expectation:
    code, *to = parts_of(t)
    return syntax.ExpectYields(str(code), str(to[0]) if to else None, r.span(t))


def _expect_needs(r: Reader, t: Tree[Any]) -> syntax.Expectation:
    code, fact = parts_of(t)
    return syntax.ExpectNeeds(str(code), str(fact), r.span(t))


def _expect_none(r: Reader, t: Tree[Any]) -> syntax.Expectation:
    return syntax.ExpectNotSupported(str(t.children[-1]), None, r.span(t))


def _expect_line(r: Reader, t: Tree[Any]) -> syntax.Expectation:
    line, verdict = parts_of(t)
    return syntax.ExpectLine(r.whole(line), str(verdict), r.span(t))


def _expect_missing(r: Reader, t: Tree[Any]) -> syntax.Expectation:
    return syntax.ExpectMissingLine(str(t.children[-1]), r.span(t))


def _expect_risk(r: Reader, t: Tree[Any]) -> syntax.Expectation:
    return syntax.ExpectRisk(str(t.children[-1]), "no" not in words_of(t), r.span(t))


# --- invariants ------------------------------------------------------------------------------------------------


def _requires(r: Reader, t: Tree[Any]) -> syntax.Requires:
    return syntax.Requires(str(t.children[0]), r.read(t.children[1]), r.span(t))


def _never_both(r: Reader, t: Tree[Any]) -> syntax.NeverBoth:
    first, second = (str(c) for c in parts_of(t))
    return syntax.NeverBoth(first, second, r.span(t))


def _never_more(r: Reader, t: Tree[Any]) -> syntax.NeverMore:
    number, code = parts_of(t)
    return syntax.NeverMore(r.whole(number), str(code), r.span(t))


def _never_depends(r: Reader, t: Tree[Any]) -> syntax.NeverDepends:
    code, fact = (str(c) for c in parts_of(t))
    return syntax.NeverDepends(code, fact, r.span(t))


def _never_lowers(r: Reader, t: Tree[Any]) -> syntax.NeverLowers:
    fact, *code = (str(c) for c in parts_of(t))
    return syntax.NeverLowers(fact, code[0] if code else None, r.span(t))


# --- checks of logs and panels ---------------------------------------------------------------------------------


def _forbid_two(r: Reader, t: Tree[Any]) -> syntax.ForbidTwo:
    different, same, where = child(t, "different"), child(t, "same_fields"), child(t, "overlap_where")
    name = next(c for c in t.children if isinstance(c, Token) and c.type == "NAME")
    return syntax.ForbidTwo(
        str(name),
        str(different.children[0]) if different else None,
        tuple(str(c) for c in parts_of(same)) if same else (),
        where and r.read(where.children[0]),
        r.span(t),
    )


def _at_most_with(r: Reader, t: Tree[Any]) -> syntax.AtMostWith:
    number, key, *group = parts_of(t)
    services = syntax.Services(tuple(str(g) for g in group) or ("*",), span=r.span(t))
    return syntax.AtMostWith(r.whole(number), str(key), services, r.span(t))


READERS: Mapping[str, Handler] = {
    "given_set": _given_set,
    "given_values": _given_values,
    "given_minutes": _given_minutes,
    "expect_units": _expect_units,
    "expect_pays": _expect_pays,
    "expect_supported": _expect_supported,
    "expect_not_supported": _expect_not_supported,
    "expect_held": _expect_held,
    "expect_yields": _expect_yields,
    "expect_established": _expect_established,
    "expect_needs": _expect_needs,
    "expect_none": _expect_none,
    "expect_line": _expect_line,
    "expect_missing": _expect_missing,
    "expect_risk": _expect_risk,
    "requires": _requires,
    "never_both": _never_both,
    "never_more": _never_more,
    "never_depends": _never_depends,
    "never_lowers": _never_lowers,
    "forbid_two": _forbid_two,
    "at_most_with": _at_most_with,
}
