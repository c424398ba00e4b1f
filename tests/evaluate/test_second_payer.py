"""Amounts that wait for another payer: said by the vocabulary, the same for every payer, and counted apart."""

from __future__ import annotations

import json
from functools import cache
from pathlib import Path
from typing import Any

import pytest

from ccm_policy.evaluate import Decision, opened
from ccm_policy.report.totals import summary
from ccm_policy.report.words import dollars
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
        # nobody said who comes first of two; or both are said to
        ([{"payer": "commercial"}, {"payer": "medicare"}], {}, "unknown"),
        ([FIRST, {"payer": "medicare", "rank": 1}], {}, "unknown"),
        ([FIRST, {"payer": "medicare"}], {}, "unknown"),
        # Medicaid pays after all others
        ([{"payer": "medicare"}, {"payer": "medicaid"}], {}, "no"),
        # the insurance of the last day of the month, the usual date of service
        ([{**FIRST, "to": "2026-03-30"}, SECOND], {}, "no"),
        ([{**FIRST, "to": "2026-03-31"}, SECOND], {}, "yes"),
        ([{**FIRST, "from": "2026-03-20"}, SECOND], {}, "yes"),
        ([FIRST, {**SECOND, "to": "2026-03-21"}], {}, "yes"),
        ([{**FIRST, "to": "2026-03-30"}, SECOND], {"patient": {"died_on": "2026-03-30"}}, "yes"),
        # one after the other is no question
        ([{"payer": "commercial", "to": "2026-03-14"}, {"payer": "medicare", "from": "2026-03-15"}], {}, "no"),
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


@pytest.mark.parametrize(
    ("coverage", "named"),
    [
        ([{"payer": "commercial"}, {"payer": "medicare"}], "coverage[1].rank"),
        ([FIRST, {"payer": "medicare", "rank": 1}], "coverage[0].rank"),
        ([{"payer": "commercial", "rank": None}, {"payer": "medicare", "rank": 1}], "coverage[0].rank"),
    ],
)
def test_an_order_that_is_not_told_is_asked_for(coverage: list[dict[str, Any]], named: str) -> None:
    decision = decided(coverage, claim_lines=[{"line": 1, "code": "99490", "date": "2026-03-31"}])
    assert named in (decision.services["99490"].amount_note or "")
    assert "another_pays_first" not in (decision.services["99490"].amount_note or "")
    assert decision.claim is not None
    line = decision.claim.lines[0]
    assert (line.verdict, line.ceiling) == ("supported", "unknown")
    assert named in (line.message or "")


def test_a_line_to_a_second_payer_says_so() -> None:
    lines = [{"line": 1, "code": "99490", "date": "2026-03-31"}, {"line": 2, "code": "99487", "date": "2026-03-31"}]
    first, second = (decided(coverage, claim_lines=lines).claim for coverage in (ALONE, [FIRST, SECOND]))
    assert first is not None and second is not None
    assert [(line.verdict, line.ceiling) for line in first.lines] == [("supported", "no"), ("not_supported", "no")]
    assert [(line.verdict, line.ceiling) for line in second.lines] == [("supported", "yes"), ("not_supported", "no")]
    assert (second.lines[0].message or "").startswith("Another plan pays first")
    assert second.lines[1].message == first.lines[1].message


def test_a_panel_counts_it_apart() -> None:
    total = summary([opened(decided(coverage).to_dict()) for coverage in ([FIRST, SECOND], ALONE)])
    one = dollars(decided(ALONE).totals.to_dict()["allowed"])
    assert (total.billable, total.ceiling) == (one, one)
    assert total.supported == 2


def test_it_is_the_same_for_every_payer() -> None:
    advantage = decided([FIRST, {"payer": "medicare_advantage", "rank": 2}], payer="medicare_advantage")
    assert advantage.services["99490"].ceiling == "yes"
