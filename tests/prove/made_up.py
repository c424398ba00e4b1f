"""Patient-months that the solver makes up, and what the interpreter says of them beside what the solver does."""

from __future__ import annotations

import random
from collections.abc import Iterator
from typing import Any

import z3

from ccm_policy.evaluate.ranges import Days, Range
from ccm_policy.evaluate.rules import judge
from ccm_policy.language import tree as t
from ccm_policy.prove.ask import Seen, World, seen
from ccm_policy.prove.facts_of import facts_of
from ccm_policy.prove.outcomes import Terms
from ccm_policy.prove.values import Number

RULES, CODES, TRUTHS = 5, 1, 12
"""How many rules, services and plain truths are wanted to come out one way or the other in each patient-month."""


def models(world: World, count: int, seed: int) -> Iterator[Any]:
    """Models of every kind: some rules hold, some fail, records are there or not."""
    rng = random.Random(seed)
    (terms,) = world.terms
    encoded(terms)
    wanted = [terms.holds(rule) for rule in terms.program.rules]
    plain = [v for v in (*world.month.fields.values(), *world.month.facts.values()) if z3.is_bool(v)]
    plain += world.month.there.values()
    for _ in range(count):
        solver = world.solver()
        solver.set("random_seed", rng.randrange(100_000))
        solver.add(*(z3.Not(left) for left in terms.to.left_open))
        picked = [(term, 0.7) for term in rng.sample(wanted, min(RULES, len(wanted)))]
        picked += [(terms.own(code), 1.0) for code in rng.sample(list(terms.program.services), CODES)]
        picked += [(term, 0.5) for term in rng.sample(plain, min(TRUTHS, len(plain)))]
        kept: list[Any] = []
        for term, often in picked:
            want = term if rng.random() < often else z3.Not(term)
            if solver.check(*kept, want) == z3.sat:
                kept.append(want)
        assert solver.check(*kept) == z3.sat
        yield solver.model()


def encoded(terms: Terms) -> None:
    """Ask for every rule and service once, so that what they read is there."""
    for rule in terms.program.rules:
        terms.holds(rule)
    for code in terms.program.services:
        terms.own(code)


def differences(world: World, model: Any) -> Iterator[str]:
    """What the interpreter says otherwise of the facts of a model: rules, definitions, units, own outcomes."""
    (terms,) = world.terms
    found = seen(terms.program, facts_of(model, world.month))
    if found is None:
        yield "the reader of facts refuses them"
        return
    for rule in terms.program.rules:
        told, said = judge(rule, found.scene).truth, z3.is_true(valued(model, terms.holds(rule)))
        if told is not said:
            yield f"{rule.name}: the interpreter {told}, the solver {said}"
    for code, outcome in found.own.items():
        own, units = z3.is_true(valued(model, terms.own(code))), valued(model, terms.units(code)).as_long()
        if outcome.own is not own:
            yield f"{code}: the interpreter {outcome.own}, the solver {own}"
        if not outcome.units.low == outcome.units.high == units:
            yield f"{code}: the interpreter {outcome.units}, the solver {units} units"
    yield from _of_definitions(terms, found, model)


def _of_definitions(terms: Terms, found: Seen, model: Any) -> Iterator[str]:
    for name, definition in terms.program.definitions.items():
        term = terms.to.known.get((terms.to.named.of(definition.value), ()))
        if definition.of is not None or term is None or definition.type.kind not in ("yes/no", "number", "date"):
            continue
        told, said = found.scene.defined(name).value, valued(model, term.term if isinstance(term, Number) else term)
        if not _same(told, said):
            yield f"{name}: the interpreter {told}, the solver {said}"


def _same(told: Any, said: Any) -> bool:
    if isinstance(told, Range):
        number = said.as_fraction() if z3.is_rational_value(said) and not z3.is_int_value(said) else said.as_long()
        return bool(told.low == told.high == number)
    if isinstance(told, Days):
        return told.low == told.high and told.low.toordinal() == said.as_long()
    return told is z3.is_true(said)


def valued(model: Any, term: Any) -> Any:
    """What a term is in a model."""
    return model.eval(term, model_completion=True)


def program_of(library: Any, policy: str, month: str) -> t.Program:
    """A policy with everything that it rests on."""
    outline = library.outline
    program: t.Program = library.program(outline.in_order(outline.with_bases(frozenset({policy}))), month)
    return program
