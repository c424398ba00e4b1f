"""The law of the language (S11): filling in an unknown never changes a settled rule or own outcome; choice moves only
up, and by amount once it is known which comes to more.
"""

from __future__ import annotations

from decimal import Decimal

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from ccm_policy.evaluate.choice import NOT_SUPPORTED, SUPPORTED
from ccm_policy.evaluate.payment import Worth
from ccm_policy.evaluate.ranges import Range
from ccm_policy.evaluate.stages import Evaluated, evaluated, own_outcomes
from ccm_policy.evaluate.trace import Trace, deciding, missing
from ccm_policy.facts.values import UNKNOWN
from ccm_policy.facts.values import Given as Facts
from ccm_policy.language import tree as t
from ccm_policy.language.tree import Program
from ccm_policy.language.walk import NODES
from tests.evaluate.random_worlds import Knowledge, Policies, hideable, kinds_in, programs, whole_records

TIERS = ("10001", "10002")
"""The bases of the two tiers, in the order of preference."""


SECOND_TIER = {"10001": 60, "10002": 40, "10003": 15, "10004": 5}
WORTHS = {code: Worth(Decimal(amount), None, ()) for code, amount in SECOND_TIER.items()}
"""The second tier comes to $40, $55 and $70."""


def evaluate(program: Program, facts: Facts) -> Evaluated:
    month, scene, own = own_outcomes(facts, program)
    return evaluated(program, month, scene, own, {}, {}, worth_of=WORTHS.__getitem__)


def within(new: Range, old: Range) -> bool:
    """Whether a range only became narrower."""
    low = old.low is None or (new.low is not None and new.low >= old.low)
    return low and (old.high is None or (new.high is not None and new.high <= old.high))


def chosen(month: Evaluated) -> int:
    """The place of the chosen tier in the order; after all of them where none is."""
    supported = [n for n, code in enumerate(TIERS) if month.chosen[code].status == SUPPORTED]
    return supported[0] if supported else len(TIERS)


def check(before: Evaluated, after: Evaluated) -> None:
    for code, old in before.outcomes.items():
        new = after.outcomes[code]
        assert old.own is UNKNOWN or new.own is old.own, f"own outcome of {code} flipped"
        assert within(new.units, old.units), f"units of {code} left their range"
        for judged, again in zip(old.rules, new.rules, strict=True):
            if t.Established in kinds_in(judged.rule.conditions):  # what is established grows with what is known
                continue
            assert judged.truth is UNKNOWN or again.truth is judged.truth, f"{judged.rule.name} flipped"
    if not before.program.preferences[0].by_amount:
        assert chosen(after) <= chosen(before), "the choice moved down"
    for code in TIERS:
        one, two = before.chosen[code], after.chosen[code]
        assert one.yields_to is None or two.status == NOT_SUPPORTED, f"{code} yields no longer"
        if one.status == SUPPORTED:
            assert two.status == SUPPORTED or (one.may_yield_to and two.yields_to), f"{code} is not chosen any more"


def check_reasons(month: Evaluated) -> None:
    """An unknown asks for facts, and only for unknown ones; what is settled asks for none."""
    for outcome in month.outcomes.values():
        for judged in outcome.rules:
            asked = missing(judged.trace)
            assert bool(asked) == (judged.truth is UNKNOWN)
            assert not any(leaf.known for leaf in asked)
            assert set(asked) <= set(deciding(judged.trace))
        assert bool(missing(outcome.trace)) == (outcome.own is UNKNOWN)


def paths_read(month: Evaluated) -> frozenset[str]:
    """Every fact that was read, whether or not it decided."""
    found: set[str] = set()
    seen: dict[int, Trace] = {}
    stack = [outcome.trace for outcome in month.outcomes.values()]
    stack += [judged.trace for outcome in month.outcomes.values() for judged in outcome.rules]
    while stack:
        trace = stack.pop()
        if id(trace) not in seen:
            seen[id(trace)] = trace
            found |= {trace.leaf.path} if trace.leaf is not None else set()
            stack += trace.parts
    return frozenset(found)


def check_completions(policies: Policies, whole: Facts, data: st.DataObject) -> None:
    program = policies.program
    complete = evaluate(program, whole)
    assert all(outcome.own is not UNKNOWN for outcome in complete.outcomes.values()), "whole facts leave nothing open"
    free = hideable(whole, paths_read(complete))
    most = st.lists(st.sampled_from(free), min_size=min(3, len(free)), max_size=8, unique=True) if free else st.just([])
    hidden = data.draw(most)
    known = Knowledge(whole, tuple(hidden))
    month = evaluate(program, known.given(0))
    check_reasons(month)
    for shown in range(1, len(hidden) + 1):
        after = evaluate(program, known.given(shown))
        check(month, after)
        check_reasons(after)
        month = after


def test_filling_in_an_unknown_never_changes_what_is_settled() -> None:
    tried: set[type] = set()

    @settings(max_examples=300, deadline=None, suppress_health_check=list(HealthCheck))
    @given(programs(), whole_records(), st.data())
    def law(policies: Policies, whole: Facts, data: st.DataObject) -> None:
        tried.update(kinds_in(policies.program))
        check_completions(policies, whole, data)

    law()
    never = [kind.__name__ for kind in NODES if kind not in tried]
    assert not never, f"the random programs of the law never have {', '.join(never)}: add them to random_worlds.py"
