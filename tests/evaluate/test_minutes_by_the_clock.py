"""An entry with a start and an end and no minutes has the minutes between them."""

from __future__ import annotations

import copy
import json
from pathlib import Path
from typing import Any

import pytest

import ccm_policy

PLAIN = json.loads((Path(__file__).parents[1] / "golden" / "plain_chart.json").read_text(encoding="utf-8"))


def own_outcome(**entry: Any) -> tuple[str, list[str]]:
    chart = copy.deepcopy(PLAIN)
    chart["time_log"] = [{"date": "2026-03-02", "performed_by": "rn", "activity": "communication", **entry}]
    service = ccm_policy.load().evaluate(chart).services["99490"]
    return service.own_outcome, [fact for fact in service.missing if fact.startswith("time_log")]


@pytest.mark.parametrize(
    ("start", "end", "outcome"),
    [("10:00", "10:20", "yes"), ("10:00", "10:19", "no"), ("23:50", "00:10", "yes"), ("10:00", "10:00", "no")],
)
def test_the_clock_gives_the_minutes(start: str, end: str, outcome: str) -> None:
    assert own_outcome(start=start, end=end) == (outcome, [])


def test_minutes_that_are_recorded_as_unknown_stay_so() -> None:
    assert own_outcome(start="10:00", end="10:20", minutes=None) == ("unknown", ["time_log[0].minutes"])


@pytest.mark.parametrize("entry", [{"start": "10:00"}, {"end": "10:20"}, {"start": None, "end": "10:20"}])
def test_one_end_alone_gives_none(entry: dict[str, Any]) -> None:
    outcome, missing = own_outcome(**entry)
    assert (outcome, "time_log[0].minutes" in missing) == ("unknown", True)
