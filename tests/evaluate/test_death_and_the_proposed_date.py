"""What is said of a patient who died, and that the proposed date of service passes the line's own check."""

from __future__ import annotations

import copy
import json
from typing import Any

import pytest

from ccm_policy import Decision
from tests.evaluate.small_world import SERVICE, UNITS, decide
from tests.evaluate.test_claim_lines import PLAIN
from tests.evaluate.test_law_of_the_library import library

CHART = json.loads(PLAIN.read_text(encoding="utf-8"))


def chart(**facts: Any) -> dict[str, Any]:
    made: dict[str, Any] = copy.deepcopy(CHART)
    died = facts.pop("died_on", "absent")
    if died != "absent":
        made.setdefault("patient", {})["died_on"] = died
    return made | facts


def first_words(decision: Decision, code: str) -> str | None:
    return decision.services[code].reasons[0].message


@pytest.mark.parametrize("code", ["99490", "99487", "99491", "99424", "99426", "G0557", "G0506"])
def test_of_a_patient_who_died_before_the_month_every_service_says_so_first(code: str) -> None:
    decision = library().evaluate(chart(died_on="2026-02-15"))
    assert decision.services[code].status == "not_supported"
    assert first_words(decision, code) == "The patient died on 2026-02-15, before the month."


def test_minutes_that_death_cut_short_say_so_and_nothing_is_within_reach() -> None:
    decision = library().evaluate(chart(died_on="2026-03-10"))
    assert first_words(decision, "99490") == (
        "12 of 20 minutes: short by 8 minutes of staff_minutes. "
        "The patient died on 2026-03-10; nothing is added after that day."
    )
    assert decision.within_reach == ()
    alive = chart()
    alive["time_log"] = alive["time_log"][:2]
    assert [near.service for near in library().evaluate(alive).within_reach] == ["99490"]


@pytest.mark.parametrize(
    ("died", "status"),
    [
        ("2026-02-28", "not_supported"),
        ("2026-03-01", "supported"),
        ("2026-04-01", "supported"),
        (None, "needs_information"),
    ],
)
def test_a_service_without_minutes_needs_a_day_of_life_as_well(died: str | None, status: str) -> None:
    service = decide(SERVICE, {"patient": {"died_on": died}}).services["10001"]
    assert (service.status, service.missing) == (status, ("patient.died_on",) if died is None else ())


WORKED = {"log": [{"date": f"2026-03-{day}", "minutes": 20} for day in ("05", "20")]}
ONE_UNIT = UNITS.replace("at most 2 units", "at most 1 unit")


@pytest.mark.parametrize(
    ("policy", "facts", "expected"),
    [
        # facts that are complete up to a day: the day on which the units are earned, or that day, whichever is later
        (UNITS, {"as_of": "2026-03-10"}, "2026-03-20"),
        (UNITS, {"as_of": "2026-03-20"}, "2026-03-20"),
        (UNITS, {"as_of": "2026-03-25"}, "2026-03-25"),
        (ONE_UNIT, {"as_of": "2026-03-10"}, "2026-03-10"),
        (ONE_UNIT, {"as_of": "2026-03-02"}, "2026-03-05"),
        (SERVICE, {"as_of": "2026-03-10"}, "2026-03-10"),
        (SERVICE, {"as_of": "2026-02-10"}, "2026-03-31"),
        # up to which day they are complete is not known
        (UNITS, {"as_of": None}, "2026-03-31"),
        (UNITS, {"as_of": None, "patient": {"died_on": "2026-03-25"}}, "2026-03-25"),
        (UNITS, {"as_of": "2026-03-10", "patient": {"died_on": "2026-03-25"}}, "2026-03-20"),
    ],
)
def test_what_is_known_so_far_and_the_proposed_date(policy: str, facts: dict[str, Any], expected: str) -> None:
    assert str(decide(policy, {**WORKED, **facts}).services["10001"].date_of_service) == expected


@pytest.mark.parametrize("as_of", ["2026-03-01", "2026-03-10", "2026-03-20", "2026-03-31", None])
def test_a_line_of_the_proposed_date_stands(as_of: str | None) -> None:
    log = [{**CHART["time_log"][0], "date": f"2026-03-{day}", "minutes": 20} for day in ("05", "12", "20")]
    proposed = library().evaluate(chart(as_of=as_of, time_log=log))
    lines = [
        {
            "line": n,
            "code": code,
            "units": proposed.services[code].units,
            "date": str(proposed.services[code].date_of_service),
        }
        for n, code in enumerate(("99490", "99439"), 1)
    ]
    decision = library().evaluate(chart(as_of=as_of, time_log=log, claim_lines=lines))
    assert decision.claim is not None
    assert [line.verdict for line in decision.claim.lines] == ["supported", "supported"]


def test_a_line_of_a_patient_who_died_waits_where_it_is_not_known_who_speaks_for_the_payer() -> None:
    line = {"line": 1, "code": "99490", "date": "2026-03-20"}
    decision = library().evaluate(chart(payer="medicaid", state=None, died_on="2026-03-10", claim_lines=[line]))
    assert decision.status == "needs_information"
    assert decision.claim is not None
    assert [told.message for told in decision.claim.lines] == ["It waits for state."]
