"""Version 2 of the object: once each rule, fact, source; opened, it tells all that version 1 told."""

from __future__ import annotations

import copy
import json
from collections.abc import Callable, Iterable, Iterator, Sequence
from functools import cache
from pathlib import Path
from statistics import median
from typing import Any

import jsonschema
import pytest

import ccm_policy
from ccm_policy.evaluate import Decision
from ccm_policy.evaluate.examples import examples_of, run
from ccm_policy.evaluate.opening import places
from ccm_policy.evaluate.record import _alike, _gathered
from ccm_policy.evaluate.schema import decision_schema
from tests.evaluate.test_decision import PLAIN, WORLDS, library
from tests.evaluate.version_1 import version_1

CLINIC = Path(__file__).parents[2] / "examples" / "clinic-2026-03"
OF_VERSION_2 = ("schema", "reasons", "rules", "facts", "sources", "definitions", "groups", "not_enrolled")
KILOBYTES = 25


@cache
def clinic() -> Sequence[Decision]:
    return tuple(library().evaluate_panel(CLINIC))


def some_examples() -> Iterator[Decision]:
    """One in seven of the policies' own examples."""
    policies, schedules = library().policies, library().fees
    for example in examples_of(policies)[::7]:
        decision = run(example, policies, schedules).decision
        if decision is not None:
            yield decision


def in_one_order(decision: dict[str, Any]) -> dict[str, Any]:
    """With the rules that hold, and the facts of a rule, in the order of their names, and no fact of a rule twice."""
    lines = [] if decision["claim"] is None else decision["claim"]["lines"]
    told = [reason for about in (*decision["services"].values(), *lines) for reason in about["reasons"]]
    held = [service["held"] for service in decision["services"].values() if service["held"] is not None]
    for reason in (*told, *held, *decision["audit_risks"]):
        for fact in reason["facts"]:
            fact.pop("attested", None)  # newer than version 1
        facts = [fact for n, fact in enumerate(reason["facts"]) if fact not in reason["facts"][:n]]
        reason["facts"] = sorted(facts, key=lambda fact: str(fact["path"]))
    for service in decision["services"].values():
        holds = [reason for reason in service["reasons"] if reason["outcome"] == "yes"]
        first = [reason for reason in service["reasons"] if reason["outcome"] != "yes"]
        service["reasons"] = first + sorted(holds, key=lambda reason: (reason["policy"], reason["rule"]))
    return decision


def size(written: dict[str, Any]) -> int:
    return len(json.dumps(written, ensure_ascii=False, separators=(",", ":")).encode())


def worlds() -> Iterator[Decision]:
    return (library().evaluate({**copy.deepcopy(PLAIN), **world}) for world in WORLDS)


def some_of_the_clinic() -> Sequence[Decision]:
    """Every third patient."""
    return clinic()[::3]


@pytest.mark.parametrize("found", [some_of_the_clinic, worlds, some_examples])
def test_nothing_is_lost_that_version_1_told(found: Callable[[], Iterable[Decision]]) -> None:
    for decision in found():
        kept = json.loads(json.dumps(decision.to_dict()))
        again = ccm_policy.opened(kept)
        for name in OF_VERSION_2:
            del again[name]
        again.pop("attestations", None)  # newer than version 1
        before = version_1(decision)
        for code, service in decision.services.items():
            for newer in ("outside", "ceiling", "attested"):
                del again["services"][code][newer]
            if service.outside is not None:  # one line stands for its programme
                assert again["services"].pop(code)["status"] == before["services"].pop(code)["status"]
        assert in_one_order(again) == in_one_order(before)


def test_a_rule_a_fact_and_a_source_are_told_once() -> None:
    written = library().evaluate(copy.deepcopy(PLAIN)).to_dict()
    whole = json.dumps(written)
    said = written["rules"]["medicare.ccm"]["consent_on_record"]
    assert whole.count(json.dumps(said["title"])) == 1
    assert whole.count(json.dumps(written["sources"]["noridian_jf_review"])) == 1
    known = [set(facts) for facts in written["facts"].values()]
    assert sum(map(len, known)) == len(set().union(*known))


def test_a_rule_that_came_out_otherwise_says_only_what_differs() -> None:
    rules = library().evaluate(copy.deepcopy(PLAIN)).to_dict()["rules"]["core.ccm"]
    assert rules["its own minutes/99487"]["message"].startswith("21 of 60 minutes")
    assert "facts" in rules["its own minutes"]
    assert "facts" not in rules["its own minutes/99487"]


@pytest.mark.parametrize("reasons", ["full", "short", "none"])
def test_with_fewer_reasons_the_answers_are_the_same(reasons: Any) -> None:
    for decision in clinic()[::9]:
        written = decision.to_dict(reasons)
        jsonschema.validate(written, decision_schema())
        again, full = ccm_policy.opened(written), ccm_policy.opened(decision.to_dict())
        for code, service in full["services"].items():
            told = again["services"][code]
            against = [r for r in service["reasons"] if r["outcome"] != "yes"]
            assert told["reasons"] == {"full": service["reasons"], "short": against, "none": []}[reasons]
            assert {**told, "reasons": [], "held": None} == {**service, "reasons": [], "held": None}
        assert [r["rule"] for r in again["audit_risks"]] == [r["rule"] for r in full["audit_risks"]]


def test_entries_of_facts_stand_for_the_facts_in_the_order_they_were_first_read() -> None:
    names = ["a[0].x", "b.c", "a[0].y", "a[1].x", "a[1].y", "a[2].y", "a[2].x", "a[3].x", "stays", "p in practice.one"]
    entries = list(_gathered(tuple(names)))
    assert entries == ["a[0,1].x,y", "b.c", "a[2].y,x", "a[3].x", "stays", "p in practice.one"]
    assert sorted(place for entry in entries for place in places(entry)) == sorted(names)


def test_facts_of_one_value_are_one_entry() -> None:
    known = {"a[0].x": "1", "a[1].x": "1", "a[2].x": 1, "a[0].y": "1", "b.c": "1", "a[1].y": "1", "a[0].z": ["u", "v"]}
    alike = _alike(known)
    assert alike == {"a[0,1].x,y": "1", "a[2].x": 1, "b.c": "1", "a[0].z": ["u", "v"]}
    assert {place: value for entry, value in alike.items() for place in places(entry)} == known


def test_every_fact_of_a_rule_stands_in_the_facts_once_they_are_opened() -> None:
    for decision in clinic()[::20]:
        known = ccm_policy.opened(decision.to_dict())["facts"]
        read = {leaf.path for service in decision.services.values() for r in service.reasons for leaf in r.facts}
        outside = {leaf.path for s in decision.services.values() if s.outside for r in s.reasons for leaf in r.facts}
        assert read - outside <= {name.partition(" in ")[0] for values in known.values() for name in values}


def test_a_decision_is_small() -> None:
    assert median(size(decision.to_dict()) for decision in clinic()) <= KILOBYTES * 1000
