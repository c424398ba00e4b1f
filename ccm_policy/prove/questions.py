"""What is asked of a program: its invariants, rules that never or always hold, exclusions that never bite, permissions
that nothing grants, layers that loosen."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Any

import z3

from ccm_policy.evaluate.expressions import truth_of
from ccm_policy.evaluate.scene import Scene
from ccm_policy.evaluate.services import Outcome
from ccm_policy.language import tree as t
from ccm_policy.language.diagnostics import Span
from ccm_policy.prove.ask import Build
from ccm_policy.prove.outcomes import Terms
from ccm_policy.prove.values import Term

Found = Callable[[Scene, dict[str, Outcome]], bool]
"""Whether the interpreter finds what was looked for, from its scene and own outcomes under each program in turn."""

INVARIANT, ALWAYS_MET, NEVER_MET, BITES, STANDS = "invariant", "always met", "never met", "bites", "permission"
KINDS = (INVARIANT, ALWAYS_MET, NEVER_MET, BITES, STANDS)


@dataclass(frozen=True, slots=True, kw_only=True)
class Question:
    """`sought`: a patient-month that would answer it. `good`: whether one must be found, else none may be. `text`: the
    question as a sentence. `replayed`: whether the interpreter agrees, on each program in its order."""

    kind: str
    name: str
    text: str
    where: t.Where
    span: Span
    good: bool
    sought: Build
    replayed: Callable[..., bool]


def questions(program: t.Program) -> Iterator[Question]:
    """Everything that is asked of one program by itself, in the order of the text."""
    for invariant in program.invariants:
        question = _invariant(invariant, program)
        if question is not None:
            yield question
    for rule in program.rules:
        if rule.decides and any(code in program.services for code in rule.codes):
            yield from _of_rule(rule, program)
    for permission in program.permissions:
        yield from _permission(permission, program)


# --- invariants --------------------------------------------------------------------------------------------------


def _invariant(said: t.Invariant, program: t.Program) -> Question | None:
    """The patient-month that would go against an invariant; None of a form that is asked otherwise (`never depends`,
    `never lowers`), or of a code that the program has not."""
    codes = [code for code in said.codes if code in program.services]
    build: Build
    replay: Callable[..., bool]
    if said.form == "requires" and said.condition is not None and codes:
        condition = said.condition

        def build(terms: Terms) -> Term:
            return z3.And(z3.Or(*(terms.own(code) for code in codes)), z3.Not(terms.to.truth(condition)))

        def replay(seen: tuple[Scene, dict[str, Outcome]]) -> bool:
            scene, own = seen
            return any(own[code].own is True for code in codes) and truth_of(scene.evaluate(condition)) is False

    elif said.form == "never more" and said.number is not None and codes:
        most = said.number

        def build(terms: Terms) -> Term:
            return z3.Or(*(z3.And(terms.own(code), terms.units(code) > most) for code in codes))

        def replay(seen: tuple[Scene, dict[str, Outcome]]) -> bool:
            return any(seen[1][code].established_units > most for code in codes)

    elif said.form == "never both" and len(codes) == len(said.codes):
        if _one_is_chosen(codes, program):
            return None

        def build(terms: Terms) -> Term:
            return z3.And(*(terms.own(code) for code in codes))

        def replay(seen: tuple[Scene, dict[str, Outcome]]) -> bool:
            return all(seen[1][code].own is True for code in codes)

    else:
        return None
    return Question(
        kind=INVARIANT,
        name=said.name,
        text=said.title or said.name,
        where=said.where,
        span=said.span,
        good=False,
        sought=build,
        replayed=replay,
    )


def _one_is_chosen(codes: list[str], program: t.Program) -> bool:
    """Whether a choice keeps the codes apart, so that they are never both chosen, whatever their rules say."""
    from ccm_policy.evaluate.derived import derived

    for _, places in derived(program).places:
        found = [places.get(code) for code in codes]
        if None not in found and len(set(found)) == len(found):
            return True
    return False


# --- rules -------------------------------------------------------------------------------------------------------


def _of_rule(rule: t.Rule, program: t.Program) -> Iterator[Question]:
    """Whether a rule that decides ever fails, ever holds, and, of an exclusion, ever is what refuses a service."""
    codes = [code for code in rule.codes if code in program.services]
    common: dict[str, Any] = {"name": rule.name, "where": rule.where, "span": rule.span, "good": True}

    def outcomes(own: dict[str, Outcome]) -> Iterator[Any]:
        return (truth for code in codes for r, truth in own[code].truths if r is rule)

    yield Question(
        kind=ALWAYS_MET,
        text=f"`{rule.name}` can fail",
        sought=lambda terms: z3.Or(*(z3.Not(terms.holds_for(rule, code)) for code in codes)),
        replayed=lambda seen: any(truth is False for truth in outcomes(seen[1])),
        **common,
    )
    yield Question(
        kind=NEVER_MET,
        text=f"`{rule.name}` can hold",
        sought=lambda terms: z3.Or(*(terms.holds_for(rule, code) for code in codes)),
        replayed=lambda seen: any(truth is True for truth in outcomes(seen[1])),
        **common,
    )
    if rule.kind == "exclusion":
        yield Question(
            kind=BITES,
            text=f"`{rule.name}` refuses a service that nothing else refuses",
            sought=lambda terms: z3.Or(*(_refused_by_it_alone(rule, code, terms) for code in codes)),
            replayed=lambda seen: any(_alone(rule, seen[1][code]) for code in codes),
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
                text=f"`{said.name}`: {code} beside {other}",
                where=said.where,
                span=said.span,
                good=True,
                sought=lambda terms, c=code, n=there: z3.And(terms.own(c), terms.to.truth(n)),
                replayed=lambda seen, c=code, n=there: seen[1][c].own is True and truth_of(seen[0].evaluate(n)) is True,
            )


def _stands(code: str, listed: str, scope: t.Node | None) -> t.Node:
    is_it: t.Node = t.In(t.Field(0, listed, "code", t.CODE), (code,))
    where = is_it if scope is None else t.And((is_it, scope))
    return t.AtLeast(1, t.Records(listed, in_month=True, where=where))
