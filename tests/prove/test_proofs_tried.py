"""Proofs tried against records: of what is proved never to be, no chart shows the opposite.

The charts are those of random records, with nothing unknown settled for them: an outcome that is settled on partial
facts is so on complete ones. CI tries a few; `make deep` runs this file as a program.
"""

from __future__ import annotations

import random
import sys
from functools import cache

import pytest

from ccm_policy.language import tree as t
from ccm_policy.library import Library, load
from ccm_policy.prove.ask import seen
from ccm_policy.prove.questions import Question
from ccm_policy.prove.whole import Asking
from tests.evaluate.random_records import random_record

TRIED = [("core.ccm", "2026-03"), ("medicare.apcm", "2026-03"), ("documentation.ny", "2026-01")]


@cache
def library() -> Library:
    return load()


def proved(policy: str, month: str) -> list[tuple[tuple[t.Program, ...], Question]]:
    """The questions that are proved, of those that compare no two months."""
    asking = Asking(library(), policy, month)
    asked = [(programs, q) for programs, q in asking.questions() if not q.good and not q.apart]
    told = {(each.kind, each.name, each.text): each.answer for each in asking.answers()}
    return [(programs, q) for programs, q in asked if told[q.kind, q.name, q.text] == "proved"]


def refuted(policy: str, month: str, count: int, seed: int) -> list[str]:
    """What is proved and yet is so on some record."""
    rng = random.Random(seed)
    found = []
    questions = proved(policy, month)
    assert questions
    for _ in range(count):
        chart = random_record(rng, month)
        for programs, question in questions:
            told = [seen(program, chart) for program in programs]
            if None not in told and question.replayed(*told):
                found.append(f"{question.name}: {question.text}: {chart}")
    return found


@pytest.mark.parametrize(("policy", "month"), TRIED, ids=lambda word: word)
def test_nothing_that_is_proved_is_refuted(policy: str, month: str) -> None:
    assert refuted(policy, month, count=6, seed=1) == []


def test_a_wrong_proof_would_be_refuted() -> None:
    """The records are such that they show what can be: a proof that some rule never holds would not stand."""
    asking = Asking(library(), "core.ccm", "2026-03", keep=False)
    program, question = next((p, q) for (p, *_), q in asking.questions() if q.kind == "can hold")
    rng = random.Random(1)
    charts = [random_record(rng, "2026-03") for _ in range(40)]
    assert any((told := seen(program, chart)) is not None and question.replayed(told) for chart in charts)


def main(count: int, seed: int) -> None:
    """Try every policy in the last month that is known, and print what is refuted."""
    month, wrong = library().known_through, 0
    for name in library().policies:
        for told in refuted(name, month, count, seed) if proved(name, month) else ():
            wrong += 1
            print(f"{name}: {told}")
    print(f"{count} records for each of {len(library().policies)} policies, {wrong} proofs refuted")
    sys.exit(1 if wrong else 0)


if __name__ == "__main__":
    main(int(sys.argv[1]), int(sys.argv[2]))
