"""What chooses a policy means what the interpreter means: the same conditions over the same facts, read by both."""

from __future__ import annotations

from dataclasses import replace
from datetime import date
from decimal import Decimal
from fractions import Fraction
from typing import Any

from hypothesis import given, settings
from hypothesis import strategies as st

from ccm_policy.evaluate.expressions import truth_of
from ccm_policy.evaluate.stages import own_outcomes
from ccm_policy.facts.values import NONE, UNKNOWN, Given, Value
from ccm_policy.language import tree as t
from ccm_policy.language.walk import within
from ccm_policy.library.selecting import READERS, truth
from tests.evaluate.random_worlds import DAYS, MONTH, VOCABULARY
from tests.resolve.small_library import WORLD, library_of

FACTS: dict[str, list[Any]] = {
    "flag": [True, False],
    "enrolled": [True, False],
    "state": ["OH", "OH-2", "NY"],
    "practice": ["lakeside", "lakeside-east"],
    "kind": ["red", "green", "blue"],
    "grade_of_work": ["low", "middle", "high"],
    "level": [Decimal(0), Decimal(3), Decimal(10)],
    "ended": DAYS,
    "topics": [(), ("cost",), ("access", "cost")],
}
PROGRAM = t.Program(
    vocabulary=VOCABULARY,
    policies=(),
    definitions={},
    services={},
    rules=(),
    preferences=(),
    coverages=(),
    payments=(),
    line_checks=(),
    tables={},
)


def fact(path: str) -> t.Node:
    return t.Fact(path, VOCABULARY.facts[path].type)


def asked_of(path: str) -> st.SearchStrategy[t.Node]:
    """Every test that the type of a fact allows."""
    one, type_ = fact(path), VOCABULARY.facts[path].type
    some = st.sampled_from(FACTS[path])
    const = some.map(lambda value: t.Const(value, replace(type_, may_be_none=False)))
    words = st.lists(some, min_size=1, max_size=2, unique=True).map(tuple)
    if type_.kind == "yes/no":
        return st.just(one)
    if type_.kind == "set":
        few = st.sampled_from([(), ("cost",), ("access", "stop")])
        return st.builds(lambda values, n: t.IncludesAtLeast(one, n, values), few, st.integers(1, 2))
    found: list[st.SearchStrategy[t.Node]] = [st.builds(lambda c: t.Equal(one, c), const)]
    if type_.may_be_none:
        found.append(st.just(t.IsNone(one)))
    if type_.ordered or type_.kind in ("number", "date"):
        found.append(st.builds(lambda c, strict: t.AtMost(one, c, strict), const, st.booleans()))
        found.append(st.builds(lambda c, strict: t.AtMost(c, one, strict), const, st.booleans()))
    if type_.kind in ("text", "value"):
        found.append(words.map(lambda values: t.In(one, values)))
    if type_.kind == "text":
        found.append(st.builds(lambda c: t.Equal(t.FirstPart(one), c), const))
    return st.one_of(found)


asked: st.SearchStrategy[t.Node] = st.sampled_from(list(FACTS)).flatmap(asked_of)
conditions = st.recursive(
    asked | st.sampled_from([t.Const(True, t.YES_NO), t.Const(False, t.YES_NO)]),
    lambda inner: st.one_of(
        inner.map(t.Not),
        st.lists(inner, min_size=2, max_size=3).map(lambda some: t.And(tuple(some))),
        st.lists(inner, min_size=2, max_size=3).map(lambda some: t.Or(tuple(some))),
    ),
    max_leaves=6,
)


def value_of(value: Any) -> Value:
    if isinstance(value, Decimal):
        return Fraction(value)
    return frozenset(value) if isinstance(value, tuple) else value


def values_of(path: str) -> st.SearchStrategy[Value]:
    known: list[Value] = [value_of(value) for value in FACTS[path]]
    none: list[Value] = [NONE] if VOCABULARY.facts[path].type.may_be_none else []
    return st.sampled_from([*known, *none, UNKNOWN])


facts = st.fixed_dictionaries({}, optional={path: values_of(path) for path in FACTS})


@settings(max_examples=300, deadline=None)
@given(conditions, facts)
def test_a_selector_means_what_the_interpreter_means(condition: t.Node, given_facts: dict[str, Value]) -> None:
    said = truth(condition, given_facts, VOCABULARY)
    record = Given(
        patient_id="p",
        service_month=MONTH,
        practitioner_id=None,
        facts={"patient_id": "p", "as_of": date(2026, 3, 31), **given_facts},
        lists={},
        digest="sha256:",
    )
    scene = own_outcomes(record, PROGRAM)[1]
    meant = truth_of(scene.evaluate(condition))
    open_facts = {path for path in FACTS if given_facts.get(path, UNKNOWN) is UNKNOWN}
    if said.truth is UNKNOWN:
        assert said.missing and said.missing <= open_facts
    else:
        assert said.truth is meant and not said.missing
    if not open_facts & {part.path for part in within(condition) if isinstance(part, t.Fact)}:
        assert said.truth is meant


def test_every_kind_that_a_selector_may_be_made_of_is_tried() -> None:
    seen: set[type] = set()

    @settings(max_examples=300, deadline=None, derandomize=True, database=None)
    @given(conditions)
    def collect(condition: t.Node) -> None:
        seen.update(map(type, within(condition)))

    collect()
    assert seen == set(READERS)


def test_a_fact_that_selects_is_presumed_from_what_a_selector_can_say() -> None:
    text = (WORLD / "vocabulary.policy").read_text(encoding="utf-8")
    old = "fact practice                     text, presumed none"
    assert old in text
    for presumed, wrong in (
        ("text, presumed none unless patient.qmb", False),
        ("text, presumed from state", False),
        ("text, presumed none unless any stays in the month", True),
    ):
        found = library_of(f"# file: vocabulary.policy\n{text.replace(old, f'fact practice {presumed}')}")[1]
        told = [d.message for d in found if d.code == "CCM-E0458"]
        assert told == ["`practice` selects layers, and is presumed from lists, tables or days"] * wrong
