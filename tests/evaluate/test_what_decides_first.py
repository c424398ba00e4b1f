"""The order of reasons, what decides before what flags; and numbers that are ranges, shown as ranges."""

from __future__ import annotations

import copy
from typing import Any

import pytest

from ccm_policy.evaluate import Decision
from ccm_policy.evaluate.explain import explanation
from tests.evaluate.test_decision import PLAIN, library


def decided(**changes: Any) -> Decision:
    return library().evaluate({**copy.deepcopy(PLAIN), **changes})


def entry(minutes: int, who: str | None, **more: Any) -> dict[str, Any]:
    return {"date": "2026-03-10", "minutes": minutes, "performed_by": who, **more}


@pytest.mark.parametrize(
    "changes",
    [
        {"practitioner": {**PLAIN["practitioner"], "type": None}, "time_log": [entry(25, "rn", aggregated=True)]},
        {"consent": None, "practice_has": {"certified_ehr": False}},
        {"time_log": [entry(25, None)], "practice_has": {"certified_ehr": False}},
    ],
)
def test_no_flag_stands_above_what_decides(changes: dict[str, Any]) -> None:
    decision = decided(**changes)
    for service in decision.services.values():
        against = [reason.severity == "decides" for reason in service.reasons if reason.outcome != "yes"]
        assert against == sorted(against, reverse=True), service.code
    told = explanation(decision, ["99490"])
    assert decision.services["99490"].status == "needs_information"
    assert told.index("\n  ? ") < told.index("\n  ✗ ")


@pytest.mark.parametrize(
    ("log", "code", "message"),
    [
        ([entry(30, None)], "99491", "0 to 30 of 30 minutes: short by 0 to 30 minutes of personal_minutes."),
        ([entry(45, None)], "99490", "0 to 45 of 20 minutes: short by 0 to 20 minutes of staff_minutes."),
        (
            [entry(12, "rn"), entry(5, None)],
            "99490",
            "12 to 17 of 20 minutes: short by 3 to 8 minutes of staff_minutes.",
        ),
        ([entry(19, "rn")], "99490", "19 of 20 minutes: short by 1 minute of staff_minutes."),
        ([entry(12, "rn")], "99490", "12 of 20 minutes: short by 8 minutes of staff_minutes."),
    ],
)
def test_minutes_that_may_count_are_a_range(log: list[dict[str, Any]], code: str, message: str) -> None:
    decision = decided(time_log=log)
    told = next(r.message for r in decision.services[code].reasons if r.rule == "its own minutes")
    assert told == message
    assert message in explanation(decision, [code])


def test_what_is_within_reach_is_a_range_too() -> None:
    near = decided(time_log=[entry(12, "rn"), entry(5, None)]).within_reach
    assert [str(w.short) for w in near if w.service == "99490"] == ["3 to 8 minutes of staff_minutes"]
