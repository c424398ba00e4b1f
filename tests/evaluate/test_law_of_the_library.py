"""The law of the language held against the shipped policies: whatever one hides from a chart, what is still settled is
what the whole chart says.

Every value of a chart, and every pair of values at random, is made unknown in turn. A rule or an own outcome that is
settled without it must come out the same with it, and no unit is established that the whole chart does not give.
"""

from __future__ import annotations

import copy
import itertools
import json
import random
from collections.abc import Iterator
from functools import cache
from pathlib import Path
from typing import Any

import pytest

import ccm_policy

CLINIC = Path(__file__).parents[2] / "examples" / "clinic-2026-03.jsonl"
PLAIN = Path(__file__).parents[1] / "golden" / "plain_chart.json"
KEYS = {"patient_id", "service_month", "payer", "practice", "plan", "practitioner", "layers", "as_of", "claim_lines"}
"""What a record needs, what selects policies by itself, and the claim, which is judged and not decided."""
WITH_STORIES = ["0014", "0024", "0045", "0047", "0070"]

READ = ("own_outcome", "yields_to", "units", "possible_units")

Way = tuple[str | int, ...]
Chart = dict[str, Any]


@cache
def library() -> ccm_policy.PolicyLibrary:
    return ccm_policy.load()


@cache
def charts() -> dict[str, Chart]:
    lines = [json.loads(line) for line in CLINIC.read_text(encoding="utf-8").splitlines()]
    found = {"plain": json.loads(PLAIN.read_text(encoding="utf-8"))}
    return found | {line["patient_id"]: line for line in lines if line["patient_id"] in WITH_STORIES}


def ways(value: Any, way: Way = ()) -> Iterator[Way]:
    """The place of every value and of every list in a chart."""
    if isinstance(value, dict):
        for key, part in value.items():
            if way or key not in KEYS:
                yield from ways(part, (*way, key))
    elif isinstance(value, list) and value and isinstance(value[0], dict):
        yield way
        for n, part in enumerate(value):
            yield from ways(part, (*way, n))
    elif way:
        yield way


def without(chart: Chart, *hidden: Way) -> Chart:
    copied = copy.deepcopy(chart)
    for way in hidden:
        place: Any = copied
        for step in way[:-1]:
            place = place[step]
        if place is not None:
            place[way[-1]] = None
    return copied


def settled(chart: Chart) -> dict[str, Any]:
    """What is read below of each service. To write the decision would cost more than to make it."""
    return {code: told(service) for code, service in library().evaluate(chart).services.items()}


def told(service: Any) -> dict[str, Any]:
    reasons = [{"rule": reason.rule, "outcome": reason.outcome} for reason in service.reasons]
    return {**{name: getattr(service, name) for name in READ}, "reasons": reasons}


def hold(whole: dict[str, Any], less: dict[str, Any], what: str) -> None:
    for code, service in less.items():
        full = whole[code]
        if service["own_outcome"] != "unknown":
            assert service["own_outcome"] == full["own_outcome"], f"{code} without {what}"
        if full["yields_to"] is None:  # the choice of a tier moves, by its own law
            assert service["units"] <= full["possible_units"], f"{code} without {what}"
        rules = {reason["rule"]: reason["outcome"] for reason in full["reasons"]}
        for reason in service["reasons"]:
            if reason["outcome"] != "unknown" and reason["rule"] in rules:
                assert rules[reason["rule"]] == reason["outcome"], f"{code}: {reason['rule']} without {what}"


@pytest.mark.parametrize("name", ["plain", *WITH_STORIES])
def test_hiding_one_value_never_changes_what_stays_settled(name: str) -> None:
    chart = charts()[name]
    whole = settled(chart)
    for way in ways(chart):
        hold(whole, settled(without(chart, way)), ".".join(map(str, way)))


@pytest.mark.parametrize("name", ["plain", *WITH_STORIES])
def test_hiding_two_values_never_changes_what_stays_settled(name: str) -> None:
    chart = charts()[name]
    whole = settled(chart)
    pairs = [
        (first, second)
        for first, second in itertools.combinations(ways(chart), 2)
        if first != second[: len(first)] and second != first[: len(second)]
    ]
    for first, second in random.Random(20260331).sample(pairs, min(60, len(pairs))):
        hold(whole, settled(without(chart, first, second)), f"{first} and {second}")
