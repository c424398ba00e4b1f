"""Amounts that wait for another payer: said by the vocabulary, the same for every payer, and counted apart."""

from __future__ import annotations

import json
from functools import cache
from pathlib import Path
from typing import Any

import pytest

from ccm_policy.cli.report import dollars, summary
from ccm_policy.evaluate import Decision, opened
from tests.evaluate.test_law_of_the_library import library

PLAIN = Path(__file__).parents[1] / "golden" / "plain_chart.json"
FIRST, SECOND = {"payer": "commercial", "rank": 1}, {"payer": "medicare", "rank": 2}
ALONE: list[dict[str, Any]] = [{"payer": "medicare", "rank": 1}]


@cache
def chart() -> str:
    return PLAIN.read_text(encoding="utf-8")


def decided(coverage: list[dict[str, Any]], **more: Any) -> Decision:
    return library().evaluate({**json.loads(chart()), "coverage": coverage, **more})


@pytest.mark.parametrize(
    ("coverage", "more", "expected"),
    [
        ([], {}, "no"),
        (ALONE, {}, "no"),
        ([FIRST, SECOND], {}, "yes"),
        ([{**FIRST, "rank": 2}, {**SECOND, "rank": 1}], {}, "no"),
        # nobody said who comes first: presumed to be the one that is billed
        ([{"payer": "commercial"}, {"payer": "medicare"}], {}, "no"),
        ([SECOND], {}, "yes"),
        # a plan that ended before the month
        ([{**FIRST, "to": "2025-12-31"}, SECOND], {}, "no"),
        # what is recorded as not known settles nothing
        ([FIRST, {**SECOND, "rank": None}], {}, "unknown"),
        ([{**FIRST, "payer": None}, SECOND], {}, "unknown"),
        # recorded by itself, whatever the ranks
        ([], {"another_pays_first": True}, "yes"),
        ([FIRST, SECOND], {"another_pays_first": False}, "no"),
        ([], {"another_pays_first": None}, "unknown"),
    ],
)
def test_whether_an_amount_is_a_ceiling(coverage: list[dict[str, Any]], more: dict[str, Any], expected: str) -> None:
    decision, alone = decided(coverage, **more), decided(ALONE)
    service, plain = decision.services["99490"], alone.services["99490"]
    assert (service.ceiling, service.status, service.allowed) == (expected, "supported", plain.allowed)
    counted = {key: decision.totals.to_dict()[key] for key in ("allowed", "ceiling")}
    whole = alone.totals.to_dict()["allowed"]
    assert counted == (
        {"allowed": whole, "ceiling": "0.00"} if expected == "no" else {"allowed": "0.00", "ceiling": whole}
    )
    if expected == "no":
        assert service.amount_note == plain.amount_note
        assert service.patient_share == plain.patient_share
    else:
        assert service.amount_note is not None
        assert service.patient_share is None


def test_what_it_waits_for_is_named() -> None:
    yes, unknown = decided([FIRST, SECOND]), decided([FIRST, {**SECOND, "rank": None}])
    assert "waits for that plan's payment" in (yes.services["99490"].amount_note or "")
    assert "coverage[1].rank" in (unknown.services["99490"].amount_note or "")


def test_a_panel_counts_it_apart() -> None:
    total = summary([opened(decided(coverage).to_dict()) for coverage in ([FIRST, SECOND], ALONE)])
    one = dollars(decided(ALONE).totals.to_dict()["allowed"])
    assert (total.billable, total.ceiling) == (one, one)
    assert total.supported == 2


def test_it_is_the_same_for_every_payer() -> None:
    advantage = decided([FIRST, {"payer": "medicare_advantage", "rank": 2}], payer="medicare_advantage")
    assert advantage.services["99490"].ceiling == "yes"
