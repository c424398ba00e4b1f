"""Whole decisions of the shipped library by compiled code and by the reference: the same bytes.

Charts of the clinic, varied; examples that stand in the policies; random records of every month since 2015 and every
payer; records whose selecting facts are hidden. Each is tried as it is, and with some values recorded as unknown.

CI tries some dozens. `make deep` runs this file as a program, which tries as many as it is told, and random programs
as well.
"""

from __future__ import annotations

import json
import random
import sys
from typing import Any

import pytest

from ccm_policy import facts
from ccm_policy.compile import records
from ccm_policy.evaluate import Options, decide
from ccm_policy.facts.values import Given
from ccm_policy.language.diagnostics import CcmPolicyError
from tests.compile.test_values_equal import random_programs
from tests.evaluate.test_law_of_the_library import Chart, library, without
from tests.evaluate.test_law_of_whole_decisions import SOURCES

REFERENCE, AT_ONCE = Options(evaluator="reference"), Options(evaluator="compiled at once")


def written(given: Given, options: Options) -> str:
    """The decision as it is written, or why there is none."""
    try:
        decision = decide(given, library().policies, library().fees, options)
    except CcmPolicyError as fault:
        return str(fault)
    return json.dumps(decision.to_dict())


def pair(number: int, source: str) -> list[Chart]:
    """A record, and the same with some values recorded as unknown."""
    rng = random.Random(number)
    chart, ways = SOURCES[source](rng)
    less = chart
    for hidden in rng.sample(ways, min(len(ways), rng.randint(1, 4))):
        try:
            less = without(less, hidden)
        except (TypeError, KeyError, IndexError):
            continue  # what held it is hidden already
    return [chart, less]


def difference(chart: Chart) -> str | None:
    """Where the two differ first, and what each says there."""
    given, _ = facts.check(chart, library().policies.vocabulary)
    if given is None:
        return None
    ours, theirs = written(given, AT_ONCE), written(given, REFERENCE)
    if ours == theirs:
        return None
    at = next(n for n, (a, b) in enumerate(zip(ours, theirs, strict=False)) if a != b)
    return f"compiled: …{ours[max(0, at - 150) : at + 150]}…\nreference: …{theirs[max(0, at - 150) : at + 150]}…"


def tried(number: int, source: str) -> list[str]:
    """The differences of one pair."""
    return [told for chart in pair(number, source) if (told := difference(chart)) is not None]


@pytest.mark.parametrize("source", SOURCES)
def test_decisions_are_the_same(source: str) -> None:
    for number in range(6):
        assert not tried(number, source), f"{source} {number}"


def test_a_difference_is_noticed(monkeypatch: pytest.MonkeyPatch) -> None:
    """Compiled code that takes every day for the first of its month is told apart."""
    right = records.state_of

    def wrong(given: Given, layout: Any) -> Any:
        state = right(given, layout)
        state[1] = state[0]
        return state

    monkeypatch.setattr("ccm_policy.compile.records.state_of", wrong)
    assert tried(0, "clinic")


def main(source: str, first: int, count: int) -> None:
    """Try so many from a number on, and print what differs."""
    if source == "programs":
        random_programs(count, first)()
        print(f"random programs from seed {first}: {count}, no difference")
        return
    wrong = 0
    for number in range(first, first + count):
        for told in tried(number, source):
            wrong += 1
            print(f"{source} {number}\n{told}")
    print(f"{source} from {first}: {count} pairs, {wrong} differences")
    sys.exit(1 if wrong else 0)


if __name__ == "__main__":
    main(sys.argv[1], int(sys.argv[2]), int(sys.argv[3]))
