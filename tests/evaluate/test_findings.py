"""What a decision says beside its services: of days, and of names that nobody has."""

from __future__ import annotations

import json
from typing import Any

import pytest

from tests.evaluate.test_claim_lines import PLAIN
from tests.evaluate.test_law_of_the_library import library


def found(**more: Any) -> list[tuple[str, str | None]]:
    chart = json.loads(PLAIN.read_text(encoding="utf-8")) | more
    return [(finding.code.removeprefix("CCM-"), finding.path) for finding in library().evaluate(chart).findings]


@pytest.mark.parametrize(
    ("as_of", "expected"),
    [
        ("2026-03-20", [("W0703", "as_of")]),
        ("2026-03-19", [("W0703", "as_of"), ("W0711", "time_log[2].date")]),
        ("2026-03-08", [("W0703", "as_of"), ("W0711", "time_log[1].date"), ("W0711", "time_log[2].date")]),
        ("2026-03-31", []),
        (None, []),
    ],
)
def test_what_is_dated_after_the_facts_are_complete_is_told(as_of: str | None, expected: list[Any]) -> None:
    assert found(as_of=as_of) == expected


def test_so_is_a_line_of_the_claim() -> None:
    line = {"line": 1, "code": "99490", "date": "2026-03-31"}
    assert found(as_of="2026-03-20", claim_lines=[line]) == [("W0703", "as_of"), ("W0711", "claim_lines[0].date")]
    assert found(as_of="2026-03-20", claim_lines=[{**line, "date": "2026-03-20"}]) == [("W0703", "as_of")]


@pytest.mark.parametrize("payer", ["medicare", "medicare_advantage"])
def test_a_practice_of_whose_name_there_is_no_policy_is_told(payer: str) -> None:
    assert found(payer=payer, practice="templates") == [("W0712", "practice")]
    assert found(payer=payer, practice="template") == []
    assert found(payer=payer, practice=None) == []
    assert found(payer=payer) == []
