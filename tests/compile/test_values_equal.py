"""Compiled code says what the reference says: random programs over random facts, some of which are hidden or recorded
as not known."""

from __future__ import annotations

from collections.abc import Callable

from hypothesis import HealthCheck, given, seed, settings
from hypothesis import strategies as st

from ccm_policy.compile.program import compiled
from ccm_policy.facts.values import Given as Facts
from tests.compile.comparing import compared
from tests.evaluate.random_worlds import Knowledge, Policies, hideable, programs, whole_records
from tests.evaluate.test_law import evaluate, paths_read


def alike(policies: Policies, whole: Facts, data: st.DataObject) -> None:
    """Whole facts come out alike, and so do the same facts with some of them hidden, shown one after another."""
    program = policies.program
    code = compiled(program)
    assert not compared(code, whole)
    free = hideable(whole, paths_read(evaluate(program, whole)))
    if free:
        hidden = data.draw(st.lists(st.sampled_from(free), min_size=1, max_size=8, unique=True))
        known = Knowledge(whole, tuple(hidden))
        for shown in range(len(hidden)):
            assert not compared(code, known.given(shown))


def random_programs(count: int, first: int | None = None) -> Callable[[], None]:
    """So many random programs with their facts; `first`: the seed, else one that differs from run to run."""
    trying = given(programs(), whole_records(), st.data())(alike)
    seeded = trying if first is None else seed(first)(trying)
    run: Callable[[], None] = settings(max_examples=count, deadline=None, suppress_health_check=list(HealthCheck))(
        seeded
    )
    return run


test_random_programs_come_out_alike = random_programs(200)
