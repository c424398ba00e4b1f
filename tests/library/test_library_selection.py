"""Which policies apply: yes, no, or perhaps, and never with less certainty when more is known."""

from __future__ import annotations

import shutil
from itertools import product
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from ccm_policy.language import tree as t
from ccm_policy.language.diagnostics import Diagnostic
from ccm_policy.language.truth import Truth
from ccm_policy.language.values import NONE, UNKNOWN, Value
from ccm_policy.library import Library, Selection, load
from ccm_policy.library.selecting import truth
from ccm_policy.library.selection import Selector

WORLD = Path(__file__).parents[1] / "resolve" / "world"
LAYERS = {
    "north.policy": """policy north.records
  edition 2020-01
  extends base.care
  applies when state in north
""",
    "lakeside.policy": """policy practice.lakeside
  edition 2021-06
  extends north.records
  applies when practice is lakeside
""",
    "strict.policy": """policy strict
  edition 2020-01
  extends base.care
  optional
""",
    "beta.policy": """policy payer.beta
  edition 2022-01
  uses base.care
  applies when payer is beta and not state is VT
""",
}


@pytest.fixture(scope="module")
def library(tmp_path_factory: pytest.TempPathFactory) -> Library:
    directory = tmp_path_factory.mktemp("library") / "policies"
    shutil.copytree(WORLD, directory)
    for name, text in LAYERS.items():
        (directory / name).write_text(text, encoding="utf-8")
    return load(directory, cache=False)


def selected(library: Library, facts: dict[str, Value], month: str = "2022-03", *asked: str) -> Selection:
    found = library.select(facts, month, frozenset(asked))
    assert isinstance(found, Selection)
    return found


ALPHA = ("base.care", "payer.alpha")


@pytest.mark.parametrize(
    ("facts", "certain", "possible"),
    [
        ({"payer": "alpha", "state": "OH"}, ALPHA, ()),
        ({"payer": "alpha", "state": "NY"}, (*ALPHA, "north.records"), ()),
        ({"payer": "alpha"}, ALPHA, (("north.records", ("state",)),)),
        ({"payer": "alpha", "state": UNKNOWN}, ALPHA, (("north.records", ("state",)),)),
        ({"payer": "alpha", "state": "OH", "practice": "lakeside"}, ALPHA, ()),
        (
            {"payer": "alpha", "state": "VT", "practice": "lakeside"},
            (*ALPHA, "north.records", "practice.lakeside"),
            (),
        ),
        (
            {"payer": "alpha", "practice": "lakeside"},
            ALPHA,
            (("north.records", ("state",)), ("practice.lakeside", ("state",))),
        ),
        (
            {"payer": "alpha", "practice": UNKNOWN},
            ALPHA,
            (("north.records", ("state",)), ("practice.lakeside", ("practice", "state"))),
        ),
        ({"payer": "beta", "state": "OH"}, ("payer.beta",), ()),
        ({"payer": "beta", "state": "VT"}, (), ()),
        ({"payer": "beta"}, (), (("payer.beta", ("state",)),)),
        ({"payer": "gamma", "state": "NY"}, (), ()),
    ],
)
def test_selection(
    library: Library,
    facts: dict[str, Value],
    certain: tuple[str, ...],
    possible: tuple[tuple[str, tuple[str, ...]], ...],
) -> None:
    found = selected(library, facts)
    assert (found.policies, found.possible) == (certain, possible)
    assert found.established is bool(certain)


def test_an_optional_layer_applies_only_when_asked_for(library: Library) -> None:
    assert selected(library, {"payer": "alpha", "state": "OH"}, "2022-03", "strict").policies == (*ALPHA, "strict")


def test_a_policy_before_its_first_edition_does_not_apply(library: Library) -> None:
    facts: dict[str, Value] = {"payer": "alpha", "state": "NY", "practice": "lakeside"}
    assert "practice.lakeside" not in selected(library, facts, "2021-05").policies
    assert "practice.lakeside" in selected(library, facts, "2021-06").policies
    assert not selected(library, {"payer": "beta", "state": "OH"}, "2021-12").established


@pytest.mark.parametrize(
    ("month", "asked", "code"),
    [
        ("2027-01", "", "E0440"),
        ("2019-12", "", "E0441"),
        ("2022-03", "stict", "E0442"),
        ("2022-03", "base.care", "E0442"),
    ],
)
def test_what_the_library_does_not_know_is_told(library: Library, month: str, asked: str, code: str) -> None:
    found = library.select({"payer": "alpha"}, month, frozenset({asked} - {""}))
    assert isinstance(found, Diagnostic)
    assert found.code == f"CCM-{code}"


def test_a_layer_that_lends_only_gives_its_definitions(library: Library) -> None:
    program = library.program(("payer.beta",), "2022-03")
    assert "staff_minutes" in program.definitions
    assert (program.services, program.rules) == ({}, ())


FACTS: dict[str, list[Value]] = {
    "payer": ["alpha", "beta", "gamma"],
    "state": ["NY", "VT", "OH"],
    "practice": ["lakeside", "hillside", NONE],
}


@settings(suppress_health_check=[HealthCheck.function_scoped_fixture], deadline=None)
@given(st.fixed_dictionaries({k: st.sampled_from(v) for k, v in FACTS.items()}), st.sets(st.sampled_from(list(FACTS))))
def test_filling_in_an_unknown_only_settles(library: Library, facts: dict[str, Value], hidden: set[str]) -> None:
    partial = selected(library, {k: UNKNOWN if k in hidden else v for k, v in facts.items()})
    whole = selected(library, facts)
    assert set(partial.policies) <= set(whole.policies)
    may = set(partial.policies) | {name for name, _ in partial.possible}
    assert set(whole.policies) <= may | library.outline.with_bases(frozenset(may))
    assert not partial.established or whole.established


YES, NO, MAYBE = t.Const(True, t.YES_NO), t.Const(False, t.YES_NO), t.Fact("patient.qmb", t.YES_NO)
TRUTH: dict[t.Node, Truth] = {YES: True, NO: False, MAYBE: UNKNOWN}


@pytest.mark.parametrize(("one", "other"), list(product(TRUTH, TRUTH)))
def test_conditions_are_strong_kleene(library: Library, one: t.Node, other: t.Node) -> None:
    a, b = TRUTH[one], TRUTH[other]
    both = False if False in (a, b) else UNKNOWN if UNKNOWN in (a, b) else True
    either = True if True in (a, b) else UNKNOWN if UNKNOWN in (a, b) else False
    vocabulary = library.vocabulary
    assert truth(t.And((one, other)), {}, vocabulary).truth is both
    assert truth(t.Or((one, other)), {}, vocabulary).truth is either
    assert truth(t.Not(one), {}, vocabulary).truth is (UNKNOWN if a is UNKNOWN else not a)


def test_what_was_selected_once_is_selected_again_until_an_edition_begins_or_a_fact_is_another(
    library: Library,
) -> None:
    facts: dict[str, Value] = {"payer": "alpha", "practice": "lakeside", "state": "NY"}
    before, same, after = (selected(library, facts, month) for month in ("2021-04", "2021-05", "2021-06"))
    assert same is before
    assert after.policies == (*before.policies, "practice.lakeside")
    for other in ({"state": "OH"}, {"state": UNKNOWN}, {"payer": "beta"}, {"practice": NONE}):
        again = library.select({**facts, **other}, "2021-06")
        alone = Selector(library.outline).select({**facts, **other}, "2021-06", frozenset())
        assert again == alone != after
    assert selected(library, {**facts, "patient_id": "0042"}, "2021-06") is after
    assert selected(library, facts, "2021-06", "strict").policies == (*after.policies, "strict")
