"""A programme in which the patient is not is one line; one that is claimed, or may be entered, is judged in full."""

from __future__ import annotations

import copy
from typing import Any

import pytest

import ccm_policy
from ccm_policy.evaluate import Decision
from ccm_policy.evaluate.explain import explanation
from ccm_policy.report import words
from ccm_policy.report.totals import of_one
from tests.evaluate.test_decision import PLAIN, library

APCM = ("G0556", "G0557", "G0558", "G0568", "G0569", "G0570")
PCM = ("99424", "99425", "99426", "99427")


def decided(**changes: Any) -> Decision:
    return library().evaluate({**copy.deepcopy(PLAIN), **changes})


def outside(decision: Decision) -> set[str]:
    return {code for code, service in decision.services.items() if service.outside is not None}


def test_it_is_one_line_everywhere() -> None:
    decision = decided()
    assert outside(decision) == {*APCM, *PCM}
    written = decision.to_dict()
    assert [o["message"] for o in written["not_enrolled"]] == ["not enrolled in APCM", "not enrolled in PCM"]
    assert not {"core.apcm", "medicare.apcm", "core.pcm", "medicare.pcm"} & set(written["rules"])
    told = explanation(decision)
    assert f"\n{', '.join(APCM)}: not enrolled in APCM\n" in told
    assert told.count("APCM") == 1
    assert "Enrolled in advanced primary care management" in explanation(decision, ["G0557"])
    assert of_one(ccm_policy.opened(written)).failing == ()


@pytest.mark.parametrize("code", ["G0557", "99426"])
def test_what_is_claimed_is_judged(code: str) -> None:
    claimed = decided(claim_lines=[{"line": 1, "code": code, "date": "2026-03-31"}])
    family = APCM if code in APCM else PCM
    assert outside(claimed) == {*APCM, *PCM} - {*family}
    assert any(r["outcome"] == "no" for r in ccm_policy.opened(claimed.to_dict())["services"][code]["reasons"])


@pytest.mark.parametrize("programme", ["pcm", "apcm"])
def test_enrolment_that_is_not_known_is_not_settled(programme: str) -> None:
    consents = [*PLAIN.get("consents", [PLAIN.get("consent")]), {"program": None, "status": "given"}]
    chart = {name: value for name, value in PLAIN.items() if name != "consent"}
    decision = library().evaluate({**copy.deepcopy(chart), "consents": consents})
    assert not outside(decision) & {*(PCM if programme == "pcm" else APCM)}


def test_who_is_in_none_is_told_so() -> None:
    chart = {name: value for name, value in PLAIN.items() if name not in ("programs", "consent", "time_log")}
    decision = library().evaluate({**chart, "programs": [], "consents": [], "time_log": []})
    assert {"99490", "99491"} <= outside(decision)
    assert "not enrolled in CCM" in words.wrong(ccm_policy.opened(decision.to_dict()))
