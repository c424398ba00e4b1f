"""Compiled code says what the reference says: random programs over random facts, some of which are hidden or recorded
as not known."""

from __future__ import annotations

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from ccm_policy.compile.program import compiled
from ccm_policy.facts.values import Given as Facts
from tests.compile.comparing import compared
from tests.evaluate.random_worlds import Knowledge, Policies, hideable, programs, whole_records
from tests.evaluate.test_law import evaluate, paths_read


@settings(max_examples=200, deadline=None, suppress_health_check=list(HealthCheck))
@given(programs(), whole_records(), st.data())
def test_random_programs_come_out_alike(policies: Policies, whole: Facts, data: st.DataObject) -> None:
    program = policies.program
    code = compiled(program)
    assert not compared(code, whole)
    free = hideable(whole, paths_read(evaluate(program, whole)))
    if free:
        hidden = data.draw(st.lists(st.sampled_from(free), min_size=1, max_size=8, unique=True))
        known = Knowledge(whole, tuple(hidden))
        for shown in range(len(hidden)):
            assert not compared(code, known.given(shown))
