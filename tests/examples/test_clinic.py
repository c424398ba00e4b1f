"""The invented clinic: made by its script, the same in both forms, and showing every kind of outcome."""

from __future__ import annotations

import json
import subprocess
import sys
from collections import defaultdict
from pathlib import Path
from typing import Any

import jsonschema
import pytest

from ccm_policy import facts, fees, library, opened
from ccm_policy.evaluate import decide
from ccm_policy.facts.values import Given

ROOT = Path(__file__).parents[2]
FOLDER = ROOT / "examples" / "clinic-2026-03"
LINES = ROOT / "examples" / "clinic-2026-03.jsonl"
CCM = {"core.ccm", "medicare.ccm"}
OF_THE_WHOLE_PRACTICE = {"care_team", "certified_technology", "transitions_managed"}
"""Rules about the practice; its one table would fail all patients at once."""
INSURED_AND_SEEN = {
    "covered_when_reached",
    "covered_when_complex_reached",
    "covered_when_own_reached",
    "covered_on_the_last_day",
    "billed_visit_recorded",
}
"""Everybody is insured to the end of the month, and every visit that was billed stands among the visits."""
ONLY_WITH_CONSENT = {"consent_sent_with_records"}
"""A flag that can only fail where consent does, and then nothing is supported."""


@pytest.fixture(scope="module")
def policies() -> library.Library:
    return library.load()


@pytest.fixture(scope="module")
def from_tables(policies: library.Library) -> list[Given]:
    given, diagnostics = facts.read(FOLDER, policies.vocabulary)
    assert diagnostics == []
    return given


@pytest.fixture(scope="module")
def decisions(policies: library.Library, from_tables: list[Given]) -> list[dict[str, Any]]:
    schedules = fees.load()
    return [opened(decide(given, policies, schedules).to_dict()) for given in from_tables]


def test_the_script_makes_what_is_committed(tmp_path: Path) -> None:
    for name in ("make_clinic.py", "clinic_patients.py"):
        (tmp_path / name).write_bytes((ROOT / "examples" / name).read_bytes())
    subprocess.run([sys.executable, "-B", str(tmp_path / "make_clinic.py")], check=True)
    made = {p.name: p.read_bytes() for p in (tmp_path / "clinic-2026-03").iterdir()}
    assert made == {p.name: p.read_bytes() for p in FOLDER.iterdir()}
    assert (tmp_path / LINES.name).read_bytes() == LINES.read_bytes()


def test_tables_and_lines_give_the_same_facts_and_decisions(
    policies: library.Library, from_tables: list[Given], decisions: list[dict[str, Any]]
) -> None:
    from_lines, diagnostics = facts.read(LINES, policies.vocabulary)
    assert diagnostics == []
    assert [(g.key, g.digest) for g in from_lines] == [(g.key, g.digest) for g in from_tables]
    schedules = fees.load()
    for number in range(0, len(from_lines), 10):
        assert opened(decide(from_lines[number], policies, schedules).to_dict()) == decisions[number]


def test_it_is_a_clinic_of_more_than_eighty_in_several_places(from_tables: list[Given]) -> None:
    assert len({given.patient_id for given in from_tables}) >= 80
    assert {given.facts.get("state") for given in from_tables} >= {"CA", "NY", "OH"}
    assert len({given.facts.get("locality") for given in from_tables}) >= 5
    assert len({given.facts.get("practitioner.type") for given in from_tables}) >= 4


def test_every_service_of_chronic_care_is_supported_for_somebody(decisions: list[dict[str, Any]]) -> None:
    supported = {c: s["units"] for d in decisions for c, s in d["services"].items() if s["status"] == "supported"}
    assert supported.keys() >= {"99490", "99439", "99487", "99489", "99491", "99437", "G0506"}


def test_every_kind_of_outcome_is_there(decisions: list[dict[str, Any]]) -> None:
    services = [s for d in decisions for s in d["services"].values()]
    statuses = {s["status"] for s in services}
    assert statuses == {"supported", "not_supported", "needs_information", "not_established"}
    assert any(s["yields_to"] for s in services)
    assert any(s["held"] for s in services)
    assert any(isinstance(s["allowed"], dict) for s in services)
    assert any(s["status"] == "supported" and s["allowed"] is None for s in services)
    assert {d["status"] for d in decisions} == {"decided", "not_established"}
    assert any(d["audit_risks"] for d in decisions)
    assert any(d["within_reach"] for d in decisions)
    assert any(d["findings"] for d in decisions)


def test_every_verdict_on_a_claim_is_there(decisions: list[dict[str, Any]]) -> None:
    claims = [d["claim"] for d in decisions if d["claim"] is not None]
    verdicts = {line["verdict"] for claim in claims for line in claim["lines"]}
    assert verdicts >= {"supported", "alternative", "over_billed", "under_billed", "not_supported", "not_audited"}
    assert any(claim["missing_lines"] for claim in claims)
    assert any(claim["lines"] == [] for claim in claims)


def test_every_rule_of_chronic_care_fails_for_somebody_and_holds_for_somebody(decisions: list[dict[str, Any]]) -> None:
    outcomes: dict[str, set[str]] = defaultdict(set)
    for decision in decisions:
        for service in decision["services"].values():
            for reason in service["reasons"]:
                if reason["policy"] in CCM or reason["policy"].startswith(("medicare.ccm.", "documentation.")):
                    outcomes[reason["rule"]].add(reason["outcome"])
    rules = {rule: found for rule, found in outcomes.items() if " " not in rule}  # the parts of a service are no rules
    never = {rule for rule, found in rules.items() if not {"yes", "no"} <= found}
    assert never <= OF_THE_WHOLE_PRACTICE | ONLY_WITH_CONSENT | INSURED_AND_SEEN


def test_both_sides_of_consent_and_minutes_come_out_as_told(decisions: list[dict[str, Any]]) -> None:
    by_id = {d["patient_id"]: d["services"] for d in decisions}
    notes = (FOLDER / "README.md").read_text(encoding="utf-8").splitlines()

    def patient(note: str) -> Any:
        row = next(line for line in notes if note in line)
        return by_id[row.split("|")[1].strip().split(" ")[0]]

    assert patient("three short calls")["99490"]["units"] == 1
    assert patient("19 minutes")["99490"]["status"] == "not_supported"
    assert patient("85 minutes: a third")["99439"]["units"] == 2
    assert patient("12 minutes before consent")["99490"]["status"] == "not_supported"
    assert patient("15 minutes during a hospital stay")["99490"]["status"] == "not_supported"
    assert patient("the day of consent")["99490"]["missing"][0]["fact"] == "consents[0].date"


def test_every_line_follows_the_published_schema(policies: library.Library) -> None:
    validator = jsonschema.Draft202012Validator(facts.schema(policies.vocabulary))
    for line in LINES.read_text(encoding="utf-8").splitlines():
        validator.validate(json.loads(line))
