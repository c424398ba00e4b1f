"""The law (S11) with a practice's word in the facts, and both evaluators: random programs, random facts, random
attestations of what is presumed otherwise, whose conditions wait for facts that are recorded as not known."""

from __future__ import annotations

from dataclasses import replace

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from ccm_policy.compile.program import compiled
from ccm_policy.evaluate.attest import attested, word_of
from ccm_policy.evaluate.interpret import scene_of
from ccm_policy.evaluate.presume import presumed_when_read
from ccm_policy.evaluate.trace import leaves_of, walk
from ccm_policy.facts.values import Given as Facts
from ccm_policy.facts.values import GivenList
from ccm_policy.language import tree as t
from ccm_policy.language.walk import definition_of, reads, within
from tests.compile.comparing import compared
from tests.evaluate.random_worlds import (
    MONTH,
    WHERE,
    Knowledge,
    Policies,
    conditions,
    fact,
    hideable,
    programs,
    whole_records,
)
from tests.evaluate.test_law import check, check_reasons, evaluate, paths_read

FACT, FIELD = "enrolled", "log.counted"
"""What is attested: a fact and a field that are presumed, so that whole records leave nothing open."""


def reads_attested(node: t.Node, program: t.Program) -> bool:
    """Whether a condition reads what is attested, as the checker would refuse."""
    for part in within(node):
        name = definition_of(part)
        if {FACT, FIELD} & {*reads(part)} or (name and reads_attested(program.definitions[name].value, program)):
            return True
    return False


def asked_by_words(program: t.Program, whole: Facts) -> frozenset[str]:
    """What the conditions of attestations read."""
    scene = scene_of(program, presumed_when_read(whole, program), MONTH)
    traces = [scene.evaluate(each.when) for each in program.attestations if each.when is not None]
    return frozenset(leaf.path for leaf in leaves_of(walk(tuple(traces))))


def some_of(paths: list[str], most: int) -> st.SearchStrategy[list[str]]:
    return st.lists(st.sampled_from(paths), max_size=most, unique=True) if paths else st.just([])


@st.composite
def with_words(draw: st.DrawFn) -> Policies:
    """A program with one to three attestations, which may disagree."""
    program = draw(programs()).program
    found = []
    for number in range(draw(st.integers(1, 3))):
        asks = st.just(fact("flag")) | conditions(depth=1).filter(lambda node: not reads_attested(node, program))
        when = draw(st.none() | asks)
        paths = draw(st.lists(st.sampled_from([FACT, FIELD]), min_size=1, unique=True))
        facts = tuple(t.Vouched(path, draw(st.booleans())) for path in paths)
        found.append(t.Attestation(name=f"word_{number}", facts=facts, where=WHERE, when=when))
    asking = t.Rule(kind="requirement", name="asks", title="", codes=("10002",), conditions=(fact(FACT),), where=WHERE)
    return Policies(replace(program, attestations=tuple(found), rules=(*program.rules, asking)))


@st.composite
def silent_records(draw: st.DrawFn) -> Facts:
    """A record in which everything is given but the fact, and the field of some entries."""
    whole = draw(whole_records())
    log = whole.lists["log"]
    assert isinstance(log, GivenList)
    rows = tuple({f: v for f, v in row.items() if f != "counted" or draw(st.booleans())} for row in log.rows)
    facts = {path: value for path, value in whole.facts.items() if path != FACT}
    return replace(whole, facts=facts, lists={**whole.lists, "log": GivenList(rows)})


def test_a_practice_s_word_keeps_the_law() -> None:
    words: set[bool] = set()

    @settings(max_examples=50, deadline=None, suppress_health_check=list(HealthCheck))
    @given(with_words(), silent_records(), st.data())
    def law(policies: Policies, whole: Facts, data: st.DataObject) -> None:
        program = policies.program
        code = compiled(program)

        def vouched(recorded: Facts) -> Facts:
            made = attested(recorded, word_of(recorded, [(program, True)]), program)
            words.add(bool(made.attested))
            assert not compared(code, made)
            return made

        asked = hideable(whole, asked_by_words(program, whole))
        free = hideable(whole, paths_read(evaluate(program, vouched(whole))))
        hidden = [*data.draw(some_of(asked, 2)), *data.draw(some_of(free, 4))]
        # That a list may have more records is absence, for which a word does not wait (L33); a null is no absence.
        hidden = list(dict.fromkeys(path for path in hidden if not (path.endswith("?") and path in asked)))
        known = Knowledge(whole, tuple(hidden))
        month = evaluate(program, vouched(known.given(0)))
        check_reasons(month)
        for shown in range(1, len(hidden) + 1):
            after = evaluate(program, vouched(known.given(shown)))
            check(month, after)
            month = after

    law()
    assert words == {True, False}
