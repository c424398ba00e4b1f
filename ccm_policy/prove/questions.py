"""What is asked of a program: its invariants, rules that never or always hold, exclusions that never bite, permissions
that nothing grants."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Any

import z3

from ccm_policy.evaluate.derived import derived
from ccm_policy.evaluate.expressions import truth_of
from ccm_policy.evaluate.services import Outcome
from ccm_policy.language import tree as t
from ccm_policy.language.diagnostics import Span
from ccm_policy.prove.ask import Build, Seen
from ccm_policy.prove.outcomes import Terms
from ccm_policy.prove.values import Term

INVARIANT, ALWAYS_MET, NEVER_MET, BITES, STANDS = "invariant", "can fail", "can hold", "bites", "permission"
TIGHTENS = "only tightens"


@dataclass(frozen=True, slots=True, kw_only=True)
class Question:
    """`sought`: a patient-month that would answer it. `good`: whether one must be found, else none may be. `text`: the
    question as a sentence. `replayed`: whether the interpreter agrees, from what it makes of each program (and of each
    month, where two are compared). `apart`: the facts in which two months may differ."""

    kind: str
    name: str
    text: str
    where: t.Where
    span: Span
    good: bool
    sought: Build
    replayed: Callable[..., bool]
    apart: frozenset[str] = frozenset()


def invariants(program: t.Program) -> Iterator[Question]:
    """That each invariant holds, of those whose services there are."""
    for said in program.invariants:
        codes = [code for code in said.codes if code in program.services]
        if not codes and (said.codes or said.form != "never lowers"):
            continue
        asked = _FORMS[said.form](said, codes or list(program.services), program)
        if asked is not None:
            yield Question(
                kind=INVARIANT, name=said.name, text=said.title or said.name, where=said.where, span=said.span,
                good=False, **asked,
            )  # fmt: skip


def of_statements(program: t.Program, policy: str) -> Iterator[Question]:
    """What is asked of the rules and permissions that a policy itself states."""
    for rule in program.rules:
        if rule.decides and rule.where.policy == policy and any(code in program.services for code in rule.codes):
            yield from _of_rule(rule, program)
    for permission in program.permissions:
        if permission.where.policy == policy:
            yield from _permission(permission, program)


# --- invariants --------------------------------------------------------------------------------------------------

Asked = dict[str, Any] | None
"""What is looked for and how it is replayed; None where the form says nothing of this program."""


def _requires(said: t.Invariant, codes: list[str], program: t.Program) -> Asked:
    condition = said.condition
    assert condition is not None

    def shown(seen: Seen) -> bool:
        own = any(seen.own[code].own is True for code in codes)
        return own and truth_of(seen.scene.evaluate(condition)) is False

    def sought(terms: Terms) -> Term:
        return z3.And(z3.Or(*(terms.own(code) for code in codes)), z3.Not(terms.to.truth(condition)))

    return {"sought": sought, "replayed": shown}


def _never_more(said: t.Invariant, codes: list[str], program: t.Program) -> Asked:
    most = said.number or 0
    return {
        "sought": lambda terms: z3.Or(*(z3.And(terms.own(code), terms.units(code) > most) for code in codes)),
        "replayed": lambda seen: any(seen.own[code].established_units > most for code in codes),
    }


def _never_both(said: t.Invariant, codes: list[str], program: t.Program) -> Asked:
    """Both supported: of two that a choice keeps apart, never, whatever their rules say."""
    if len(codes) < len(said.codes):
        return None
    apart = _one_is_chosen(codes, program)
    return {
        "sought": lambda terms: z3.BoolVal(False) if apart else z3.And(*(terms.own(code) for code in codes)),
        "replayed": lambda seen: all(seen.own[code].own is True for code in codes),
    }


def _one_is_chosen(codes: list[str], program: t.Program) -> bool:
    for _, places in derived(program).places:
        found = [places.get(code) for code in codes]
        if None not in found and len(set(found)) == len(found):
            return True
    return False


def _never_depends(said: t.Invariant, codes: list[str], program: t.Program) -> Asked:
    """Two months that differ in this fact alone, and in what they come to."""
    return {
        "sought": lambda one, two: z3.Or(
            *(z3.Or(one.own(code) != two.own(code), one.established(code) != two.established(code)) for code in codes)
        ),
        "replayed": lambda one, two: any(
            (one.own[c].own, one.own[c].established_units) != (two.own[c].own, two.own[c].established_units)
            for c in codes
        ),
        "apart": frozenset({str(said.fact)}),
    }


def _never_lowers(said: t.Invariant, codes: list[str], program: t.Program) -> Asked:
    """Two months, the second of which has more of this fact, and less of a service."""
    path = str(said.fact)

    def sought(one: Terms, two: Terms) -> Term:
        less = [one.established(code) > two.established(code) for code in codes]
        return z3.And(two.to.month.no_less_than(one.to.month, path), z3.Or(*less))

    def shown(one: Seen, two: Seen) -> bool:
        return any(one.own[code].established_units > two.own[code].established_units for code in codes)

    return {"sought": sought, "replayed": shown, "apart": frozenset({path})}


_FORMS: dict[str, Callable[[t.Invariant, list[str], t.Program], Asked]] = {
    "requires": _requires,
    "never both": _never_both,
    "never more": _never_more,
    "never depends": _never_depends,
    "never lowers": _never_lowers,
}

# --- rules -------------------------------------------------------------------------------------------------------


def _of_rule(rule: t.Rule, program: t.Program) -> Iterator[Question]:
    """Whether a rule that decides ever fails, ever holds, and, of an exclusion, ever is what refuses a service."""
    codes = [code for code in rule.codes if code in program.services]
    common: dict[str, Any] = {"name": rule.name, "where": rule.where, "span": rule.span, "good": True}

    def outcomes(seen: Seen) -> Iterator[Any]:
        return (truth for code in codes for r, truth in seen.own[code].truths if r is rule)

    if rule.kind == "exclusion":
        yield Question(
            kind=BITES,
            text="is all that refuses a service, in some month",
            sought=lambda terms: z3.Or(*(_refused_by_it_alone(rule, code, terms) for code in codes)),
            replayed=lambda seen: any(_alone(rule, seen.own[code]) for code in codes),
            **common,
        )
    yield Question(
        kind=ALWAYS_MET,
        text="fails in some month",
        sought=lambda terms: z3.Or(*(z3.Not(terms.holds_for(rule, code)) for code in codes)),
        replayed=lambda seen: any(truth is False for truth in outcomes(seen)),
        **common,
    )
    yield Question(
        kind=NEVER_MET,
        text="holds in some month",
        sought=lambda terms: z3.Or(*(terms.holds_for(rule, code) for code in codes)),
        replayed=lambda seen: any(truth is True for truth in outcomes(seen)),
        **common,
    )


def _refused_by_it_alone(rule: t.Rule, code: str, terms: Terms) -> Term:
    others = [r for r in terms.program.rules if r.decides and code in r.codes and r is not rule]
    held = [terms.holds_for(other, code) for other in others]
    return z3.And(z3.Not(terms.holds_for(rule, code)), *held, terms.units(code) >= 1)


def _alone(rule: t.Rule, outcome: Outcome) -> bool:
    others = all(truth is True for r, truth in outcome.truths if r is not rule and r.decides)
    fails = any(truth is False for r, truth in outcome.truths if r is rule)
    return fails and others and outcome.earns is True


# --- permissions -------------------------------------------------------------------------------------------------


def _permission(said: t.Permission, program: t.Program) -> Iterator[Question]:
    """That each code may stand beside each other: some patient-month supports it while the other stands among the
    month's services."""
    joined = next((d for d in program.vocabulary.lists.values() if d.union_of), None)
    if joined is None:
        return
    scope = program.vocabulary.scopes.get(said.scope or "", {}).get(joined.name)
    for code in (c for c in said.codes if c in program.services):
        for other in said.beside:
            there = _stands(other, joined.name, scope)
            yield Question(
                kind=STANDS,
                name=said.name,
                text=f"{code} beside {other}",
                where=said.where,
                span=said.span,
                good=True,
                sought=lambda terms, c=code, n=there: z3.And(terms.own(c), terms.to.truth(n)),
                replayed=lambda seen, c=code, n=there: (
                    seen.own[c].own is True and truth_of(seen.scene.evaluate(n)) is True
                ),
            )


def _stands(code: str, listed: str, scope: t.Node | None) -> t.Node:
    is_it: t.Node = t.In(t.Field(0, listed, "code", t.CODE), (code,))
    where = is_it if scope is None else t.And((is_it, scope))
    return t.AtLeast(1, t.Records(listed, in_month=True, where=where))


# --- layers ------------------------------------------------------------------------------------------------------


def of_layer(base: t.Program, laid: t.Program, where: t.Where, span: Span) -> Iterator[Question]:
    """That a layer only tightens: no own outcome and no unit that its base does not give (S46, S47)."""
    for code in (code for code in base.services if code in laid.services):
        yield Question(
            kind=TIGHTENS,
            name=where.policy,
            text=f"gives no {code} that its base does not give",
            where=where,
            span=span,
            good=False,
            sought=lambda below, above, c=code: above.established(c) > below.established(c),
            replayed=lambda below, above, c=code: above.own[c].established_units > below.own[c].established_units,
        )
