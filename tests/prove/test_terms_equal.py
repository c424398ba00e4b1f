"""What the solver is told means what the interpreter means: every rule, definition, unit and own outcome of the shipped
library, on patient-months that the solver makes up.

CI tries a few dozen. `make deep` runs this file as a program, which tries every policy and as many as it is told.
"""

from __future__ import annotations

import sys
from functools import cache

import pytest

from ccm_policy.library import Library, load
from ccm_policy.prove import expressions
from ccm_policy.prove.ask import World
from tests.prove.made_up import differences, models, program_of

SHIPPED = [
    ("medicare.ccm", "2026-03"),
    ("medicare.ccm", "2019-12"),
    ("medicare.apcm", "2026-03"),
    ("medicare.pcm", "2025-02"),
    ("medicare.rhc_fqhc", "2024-02"),
    ("documentation.ny", "2026-01"),
]


@cache
def library() -> Library:
    return load()


def tried(policy: str, month: str, count: int, seed: int, records: int = 2) -> list[str]:
    """The differences on so many patient-months."""
    world = World((program_of(library(), policy, month),), month, records)
    return [told for model in models(world, count, seed) for told in differences(world, model)]


@pytest.mark.parametrize(("policy", "month"), SHIPPED, ids=lambda word: word)
def test_the_solver_and_the_interpreter_say_the_same(policy: str, month: str) -> None:
    assert tried(policy, month, count=3, seed=20260331) == []


def test_a_difference_is_noticed(monkeypatch: pytest.MonkeyPatch) -> None:
    """A comparison that is strict where it should not be, or a minute too many, is told apart."""
    right = expressions.full_multiples
    monkeypatch.setattr("ccm_policy.prove.outcomes.full_multiples", lambda step, amount: right(step, amount + step))
    assert tried("medicare.ccm", "2026-03", count=4, seed=1)


def main(count: int, seed: int) -> None:
    """Try every policy, and print what differs."""
    wrong = 0
    for name, policy in library().policies.items():
        for edition in policy.editions:
            for told in tried(name, edition.month, count, seed, records=3):
                wrong += 1
                print(f"{name} {edition.month}: {told}")
    print(f"{len(library().policies)} policies, {count} patient-months an edition, {wrong} differences")
    sys.exit(1 if wrong else 0)


if __name__ == "__main__":
    main(int(sys.argv[1]), int(sys.argv[2]))
