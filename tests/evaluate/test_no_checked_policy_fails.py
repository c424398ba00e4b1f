"""A policy that the checker lets pass cannot fail when it is evaluated, whatever the record.

Random policies are checked; what passes is decided with random records of its month, and every definition of it is read
for the month or for each record. CI tries a few dozen policies; `make deep` as many as it is told.
"""

from __future__ import annotations

import random
import sys
from collections.abc import Iterator

import pytest

from ccm_policy import evaluate, facts
from ccm_policy.evaluate.stages import own_outcomes
from ccm_policy.facts.values import Given
from ccm_policy.language.format import format_statement
from ccm_policy.language.tree import Program
from tests.evaluate.random_policies import Trial, random_program
from tests.evaluate.random_records import MONTHS, random_record
from tests.evaluate.test_law_of_the_library import library

RECORDS = 3


def run(program: Program, given: Given) -> None:
    """Decide a record, write the decision, and read every definition."""
    evaluate.decide(given, Trial(program), library().fees).to_dict()  # type: ignore[arg-type]
    month, scene, _ = own_outcomes(given, program)
    for name, definition in program.definitions.items():
        if definition.of is None:
            scene.defined(name)
        else:
            for record in month.list(definition.of).all:
                scene.defined(name, record)


def faults(seed: int) -> Iterator[str]:
    """What a random policy fails with; nothing where it is decided."""
    rng = random.Random(seed)
    month = rng.choice(MONTHS)
    program, statements = random_program(rng, month)
    for _ in range(RECORDS):
        given, _refused = facts.check(random_record(rng, month), library().policies.vocabulary)
        if given is None:
            continue
        try:
            run(program, given)
        except Exception as fault:  # whatever it is, it is a fault
            text = "\n".join(format_statement(statement) for statement in statements)
            yield f"{type(fault).__name__}: {fault} (seed {seed}, {month})\n{text}"
            return


@pytest.mark.parametrize("block", range(4))
def test_what_the_checker_lets_pass_is_decided(block: int) -> None:
    assert [fault for seed in range(block * 3, block * 3 + 3) for fault in faults(seed)] == []


if __name__ == "__main__":
    first, count = int(sys.argv[1]), int(sys.argv[2])
    total = 0
    for seed in range(first, first + count):
        for fault in faults(seed):
            total += 1
            print(fault, flush=True)
    print(f"{count} policies, {total} faults")
    sys.exit(bool(total))
