"""A panel says the same again and again, and what was read before is not read anew. Nothing else comes of it."""

from __future__ import annotations

import json
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest

from ccm_policy import facts
from ccm_policy.facts.digest import digest
from ccm_policy.facts.values import GivenList
from tests.facts.vocabulary import VOCABULARY

KEY = {"patient_id": "0042", "service_month": "2026-03", "payer": "medicare"}
EQUAL_TO_PYTHON: list[Any] = [1, 1.0, True, Decimal(1), "1"]


def told(**entry: Any) -> tuple[list[str], str | None]:
    given, problems = facts.check({**KEY, "time_log": [entry]}, VOCABULARY)
    return [problem.code for problem in problems], given and given.digest


@pytest.mark.parametrize("field", ["minutes", "documented", "staff_id", "date"])
def test_what_is_equal_to_python_alone_is_told_apart_in_any_order(field: str) -> None:
    alone = [told(**{field: value}) for value in EQUAL_TO_PYTHON]
    assert [told(**{field: value}) for value in reversed(EQUAL_TO_PYTHON)] == alone[::-1]


def test_minutes_are_no_yes_and_a_signalling_number_is_refused() -> None:
    assert [told(minutes=value)[0] for value in (1, True, Decimal("sNaN"))] == [[], ["CCM-E0532"], ["CCM-E0509"]]


def test_the_digest_of_a_record_is_that_of_its_facts() -> None:
    """Read once and read again; with short forms, unknowns, sets and lists that are not complete."""
    path = Path(__file__).parent / "good" / "month.json"
    records = json.loads(path.read_text(encoding="utf-8"), parse_float=Decimal)
    records += [{**KEY, "care_plan": None, "time_log": None}, {**KEY, "consent": {"status": "given"}, "visits": []}]
    for record in (*records, *records):
        given, problems = facts.check(record, VOCABULARY)
        assert given is not None, problems
        assert given.digest == digest(given.facts, given.lists)
    assert any(not one.complete for one in given.lists.values() if isinstance(one, GivenList))
