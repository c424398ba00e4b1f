"""The plain chart as a golden decision, and decisions of every kind against the published schema."""

from __future__ import annotations

import copy
import json
from collections.abc import Callable
from functools import cache
from pathlib import Path
from typing import Any

import jsonschema
import pytest

import ccm_policy
from ccm_policy.evaluate.schema import decision_schema

CHRONIC_CARE = ("99490", "99439", "99487", "99489", "99491", "99437", "G0506")
GOLDEN = Path(__file__).parents[1] / "golden"
PLAIN = json.loads((GOLDEN / "plain_chart.json").read_text(encoding="utf-8"))


@cache
def library() -> ccm_policy.PolicyLibrary:
    return ccm_policy.load()


def decide(**changes: Any) -> dict[str, Any]:
    return ccm_policy.opened(written(**changes))


def written(**changes: Any) -> dict[str, Any]:
    return library().evaluate({**copy.deepcopy(PLAIN), **changes}).to_dict()


def test_the_plain_chart_comes_out_decided(golden: Callable[[Path, str], None]) -> None:
    decision = decide()
    assert decision["missing"] == []
    assert [code for code, s in decision["services"].items() if s["status"] == "supported"] == ["99490"]
    told = {
        code: {
            "status": service["status"],
            "units": service["units"],
            "allowed": service["allowed"],
            "fails": [
                f"{r['rule']}: {r['message'] or r['title']}"
                for r in service["reasons"]
                if r["outcome"] == "no" and r["severity"] == "decides"
            ],
        }
        for code, service in decision["services"].items()
        if code in CHRONIC_CARE
    }
    golden(GOLDEN / "plain_chart_decision.json", json.dumps(told, indent=1, ensure_ascii=False) + "\n")


WORLDS: list[dict[str, Any]] = [
    {},
    {"apm_status": None, "place_of_service": None},
    {"time_log": None, "other_services": None, "conditions": None},
    {"state": "NY", "locality": "13202-01"},
    {"payer": "medicare_advantage"},
    {"payer": "tricare"},
    {"mdm": {"level": "high", "by_billing_practitioner": True, "documented": True}},
    {"claim_lines": []},
    {
        "claim_lines": [
            {"line": 1, "code": "99490", "date": "2026-03-31", "charge": "50.00"},
            {"line": 2, "code": "99439", "date": "2026-03-31", "units": 3},
            {"line": 3, "code": "G2058", "date": "2026-03-31"},
            {"line": 4, "code": "99213", "date": "2026-03-20"},
        ]
    },
    {"as_of": "2026-03-15"},
]


@pytest.mark.parametrize("number", range(len(WORLDS)))
def test_a_decision_is_as_its_schema_says(number: int) -> None:
    schema = decision_schema()
    jsonschema.Draft202012Validator.check_schema(schema)
    decision = written(**WORLDS[number])
    jsonschema.validate(decision, schema)
    assert decision == json.loads(json.dumps(decision)), "plain data only"


def test_same_inputs_same_bytes() -> None:
    first, second = (json.dumps(written(**WORLDS[8])) for _ in range(2))
    assert first == second


def test_every_reason_names_its_rule_edition_and_facts() -> None:
    service = decide()["services"]["99487"]
    minutes = next(r for r in service["reasons"] if r["rule"] == "its own minutes")
    assert minutes["message"].startswith("21 of 60 minutes")
    assert {"path": "time_log[0].minutes", "value": "7", "presumed": False} in minutes["facts"]
    assert {d["definition"] for d in minutes["rests_on"]} >= {"staff_minutes"}
    for reason in service["reasons"]:
        assert reason["policy"] and reason["edition"] and reason["rule"]


def test_only_paths_that_the_record_can_hold_are_asked_for() -> None:
    asked = decide(**WORLDS[2])["missing"]
    assert {m["fact"] for m in asked} >= {"time_log", "other_services", "conditions"}
    assert all(m["services"] for m in asked)
