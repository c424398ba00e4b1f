"""A panel says the same again and again, and what was read before is not read anew. Nothing else comes of it."""

from __future__ import annotations

import json
from decimal import Decimal
from pathlib import Path
from typing import Any

from ccm_policy import facts
from ccm_policy.facts.digest import digest
from ccm_policy.facts.values import GivenList
from tests.facts.vocabulary import VOCABULARY

KEY = {"patient_id": "0042", "service_month": "2026-03", "payer": "medicare"}


def codes(minutes: Any) -> list[str]:
    _, problems = facts.check({**KEY, "time_log": [{"minutes": minutes}]}, VOCABULARY)
    return [problem.code for problem in problems]


def test_what_is_equal_to_python_alone_is_told_apart() -> None:
    assert [codes(value) for value in (1, True, 1.0, Decimal(1))] == [[], ["CCM-E0532"], [], []]
    assert codes(Decimal("sNaN")) == ["CCM-E0509"]


def test_the_digest_of_a_record_is_that_of_its_facts() -> None:
    """Read once and read again; with short forms, unknowns, sets and lists that are not complete."""
    path = Path(__file__).parent / "good" / "month.json"
    records = json.loads(path.read_text(encoding="utf-8"), parse_float=Decimal)
    records += [{**KEY, "care_plan": None, "time_log": None}, {**KEY, "consent": {"status": "given"}, "visits": []}]
    for record in (*records, *records):
        given, problems = facts.check(record, VOCABULARY)
        assert given is not None, problems
        assert given.digest == digest(given.facts, given.lists)
        last = given
    assert any(not one.complete for one in last.lists.values() if isinstance(one, GivenList))
