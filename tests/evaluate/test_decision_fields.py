"""What holds of every decision, field by field, whatever the record: plain, unknown, claimed, layered, of any payer."""

from __future__ import annotations

import os
import re
import subprocess
import sys
from typing import Any

import pytest

import ccm_policy
from tests.evaluate.test_decision import GOLDEN, PLAIN, WORLDS, decide, library

MONEY = re.compile(r"-?\d+\.\d\d")
NOTHING_KNOWN = {"patient_id": "x", "service_month": "2026-03"}
RUN = "import sys; from ccm_policy.cli.main import main; sys.exit(main(sys.argv[1:]))"
AXES = ({"facility", "non_facility"}, {"qp", "non_qp"})


def amounts(money: Any) -> list[str]:
    """Every amount, by the values of the facts that are not known."""
    if isinstance(money, dict):
        assert set(money) in AXES
        return [amount for part in money.values() for amount in amounts(part)]
    return [] if money is None else [money]


def priced(decision: dict[str, Any]) -> list[str]:
    services = [s[field] for s in decision["services"].values() for field in ("allowed", "patient_share")]
    lines = [] if decision["claim"] is None else [line["allowed"] for line in decision["claim"]["lines"]]
    worths = [m["worth"] for m in (*decision["missing"], *decision["within_reach"])]
    totals = [decision["totals"][name] for name in ("allowed", "patient_share", "possible")]
    return [amount for money in (*services, *lines, *worths, *totals) for amount in amounts(money)]


def decisions() -> list[dict[str, Any]]:
    bare = [
        ccm_policy.opened(library().evaluate({**NOTHING_KNOWN, "payer": payer, **state}).to_dict())
        for payer in ("medicare", "medicare_advantage", "medicaid", "commercial", "tricare")
        for state in ({}, {"state": "NY"}, {"state": "CA"})
    ]
    return [*(decide(**world) for world in WORLDS), *bare]


def test_what_is_not_supported_has_no_units_no_amount_and_a_reason() -> None:
    for decision in decisions():
        outside = {code for one in decision["not_enrolled"] for code in one["services"]}
        for code, service in decision["services"].items():
            supported = service["status"] == "supported"
            assert supported == (service["units"] >= 1), code
            assert supported or (service["allowed"], service["patient_share"], service["held"]) == (None, None, None)
            assert not supported or service["allowed"] is not None or service["amount_note"], code
            assert not supported or (service["own_outcome"], service["yields_to"]) == ("yes", None)
            assert service["possible_units"] is None or service["possible_units"] >= service["units"]
            assert (service["status"] == "needs_information") == bool(service["missing"]), code
            assert all(asked["decides"] == code for asked in service["missing"])
            fails = [r for r in service["reasons"] if r["outcome"] == "no" and r["severity"] == "decides"]
            assert service["status"] != "not_supported" or fails or code in outside, code


def test_money_and_quantities_are_exact_texts() -> None:
    for decision in decisions():
        assert all(MONEY.fullmatch(amount) for amount in priced(decision))
        for service in decision["services"].values():
            for reason in service["reasons"]:
                assert not any(isinstance(fact["value"], float) for fact in reason["facts"])
                assert not any(isinstance(f["value"], int) for f in reason["facts"] if not isinstance(f["value"], bool))


def test_the_missing_facts_are_those_of_the_services() -> None:
    for decision in decisions():
        asked = {(m["fact"], code) for m in decision["missing"] for code in m["services"]}
        assert asked == {(m["fact"], code) for code, s in decision["services"].items() for m in s["missing"]}


def test_provenance_names_every_layer_with_its_edition() -> None:
    for decision in decisions():
        provenance = decision["provenance"]
        assert set(provenance["layers"]) <= set(provenance["editions"]) or decision["status"] == "not_established"
        assert all(re.fullmatch(r"\d{4}-\d\d", month) for month in provenance["editions"].values())
        assert all(provenance[what].startswith("sha256:") for what in ("policies", "fees", "facts"))


@pytest.mark.parametrize(
    ("minutes", "short"),
    [
        (19, "1 minute of staff_minutes"),
        (10, "10 minutes of staff_minutes"),
        ("15.5", "4.5 minutes of staff_minutes"),
        (9, None),
        ("19:20", "2/3 minutes of staff_minutes"),
    ],
)
def test_what_is_within_reach_says_by_how_much_it_is_short(minutes: int | str, short: str | None) -> None:
    entry = {"date": "2026-03-10", "minutes": minutes, "performed_by": "rn"}
    reach = decide(time_log=[entry])["within_reach"]
    assert [r["short"] for r in reach if r["service"] == "99490"] == ([] if short is None else [short])


def test_rules_go_by_month_and_rates_by_day() -> None:
    """The conversion factor changed on 9 March 2024, in the middle of a month of one edition."""
    year_before = {
        "service_month": "2024-03",
        "consent": {**PLAIN["consent"], "date": "2023-10-15"},
        "visits": [{**PLAIN["visits"][0], "date": "2023-10-15"}],
        "programs": [{**PLAIN["programs"][0], "started_on": "2023-11-03"}],
        "care_plan": {
            **PLAIN["care_plan"],
            "created": "2023-10-15",
            "reviewed": "2024-02-02",
            "worked_on": "2024-03-20",
        },
        "time_log": [{"date": "2024-03-02", "minutes": 25, "performed_by": "rn"}],
    }

    def on(day: str) -> tuple[str, str, dict[str, str]]:
        decision = decide(**year_before, claim_lines=[{"line": 1, "code": "99490", "units": 1, "date": day}])
        service = decision["services"]["99490"]
        assert service["date_of_service"] == day
        return service["status"], service["allowed"], decision["provenance"]["editions"]

    before, after = on("2024-03-08"), on("2024-03-09")
    assert (before[0], after[0]) == ("supported", "supported")
    assert before[1] != after[1]
    assert before[2] == after[2]


def test_the_same_bytes_in_every_process() -> None:
    def printed(seed: str) -> bytes:
        command = [sys.executable, "-c", RUN, "evaluate", str(GOLDEN / "plain_chart.json")]
        told = subprocess.run(
            [*command, "--format", "json"], env={**os.environ, "PYTHONHASHSEED": seed}, capture_output=True, check=True
        )
        return told.stdout

    first = printed("1")
    assert first
    assert printed("2") == first
