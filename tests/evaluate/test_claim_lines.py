"""What a line of a claim takes from the others, when it fails by itself, and what it says.

A line that fails by itself takes nothing; one of which it is not known may take something, and filling in what is not
known refuses no line that stood and revives none that was refused.
"""

from __future__ import annotations

import copy
import json
import random
from pathlib import Path
from typing import Any

import pytest

from ccm_policy import CcmPolicyError, Decision
from ccm_policy.evaluate import Decision as Decided
from ccm_policy.evaluate.verdict import Line
from tests.evaluate.small_world import SERVICE, TIERS, UNITS, decide, rule
from tests.evaluate.test_law_of_the_library import library

CHECK = """
claim check dated_late
  title     "Not before the day that was asked"
  for       every line where code is one of 10001, 10002
  require   its date is on or after asked
  otherwise "Too early."
  remedy    "Date it later."
  basis     regulation
  cite      manual
"""

PLAIN = Path(__file__).parents[1] / "golden" / "plain_chart.json"


def worked(*minutes: int | None) -> dict[str, Any]:
    entries = [{"date": "2026-03-02", "minutes": m if m else 20, "counted": m is not None or None} for m in minutes]
    return {"log": entries, "asked": "2026-03-10"}


def claim(*lines: dict[str, Any]) -> dict[str, Any]:
    return {"claim_lines": [{"line": n, "code": "10001", **line} for n, line in enumerate(lines, 1)]}


def on(day: str | None, **more: Any) -> dict[str, Any]:
    return {"date": day, **more}


def lines_of(decision: Decided | Decision) -> tuple[Line, ...]:
    assert decision.claim is not None
    return decision.claim.lines


def verdicts(policy: str, *facts: dict[str, Any]) -> list[tuple[str, int]]:
    whole: dict[str, Any] = {}
    for some in facts:
        whole |= some
    return [(line.verdict, line.supported_units) for line in lines_of(decide(policy, whole))]


EARLY, LATE, LATER = "2026-03-02", "2026-03-20", "2026-03-31"
FAILS, STANDS, TOO_MUCH, OPEN = ("not_supported", 0), ("supported", 1), ("over_billed", 0), ("needs_information", 0)


@pytest.mark.parametrize(
    ("minutes", "lines", "expected"),
    [
        # the misdated line takes nothing, wherever it stands
        ([20], [on(EARLY), on(LATER)], [FAILS, STANDS]),
        ([20], [on(LATER), on(EARLY)], [STANDS, FAILS]),
        ([20], [on(EARLY), on(LATE), on(LATER)], [FAILS, STANDS, TOO_MUCH]),
        ([40], [on(EARLY, units=2), on(LATER, units=2)], [FAILS, ("supported", 2)]),
        ([40], [on(EARLY), on(LATER)], [FAILS, ("under_billed", 2)]),
        # two months on one claim
        ([20], [on("2026-02-27"), on(LATER)], [FAILS, STANDS]),
        ([20], [on("2026-04-02"), on(LATER)], [("not_audited", 0), STANDS]),
        # duplicates
        ([20], [on(LATER), on(LATER)], [STANDS, TOO_MUCH]),
        # a line of which it is not known may take the unit, and a line that has its unit first does not lose it
        ([20], [on(None), on(LATER)], [OPEN, OPEN]),
        ([40], [on(None), on(LATER)], [OPEN, STANDS]),
        ([20], [on(LATER), on(EARLY, units=None)], [STANDS, FAILS]),
        ([20], [on(LATER), on(LATE, units=None)], [OPEN, OPEN]),
    ],
)
def test_a_line_that_fails_takes_nothing(
    minutes: list[int | None], lines: list[dict[str, Any]], expected: list[tuple[str, int]]
) -> None:
    assert verdicts(UNITS + CHECK, worked(*minutes), claim(*lines)) == expected


def test_a_higher_tier_on_a_misdated_line_does_not_refuse_the_lower() -> None:
    facts = {"flag": True, "other_flag": True, "asked": "2026-03-10"}
    both = [{"code": "10001", "date": EARLY}, {"code": "10002", "date": LATER}]
    assert verdicts(TIERS + CHECK, facts, claim(*both)) == [FAILS, ("alternative", 1)]
    both[0]["date"] = LATE
    assert verdicts(TIERS + CHECK, facts, claim(*both)) == [STANDS, TOO_MUCH]
    both[0]["date"] = None  # type: ignore[assignment]
    assert verdicts(TIERS + CHECK, facts, claim(*both)) == [OPEN, OPEN]


THREE = (
    TIERS.replace("higher, lower in that", "higher, lower, lowest in that")
    + """
service 10003
  title  "Lowest"
  family work
  tier   lowest
  earns  1 unit
"""
)


def test_of_two_alternatives_on_one_claim_one_is_billed() -> None:
    facts = {"flag": True, "other_flag": True}
    both = claim({"code": "10003", "date": LATER}, {"code": "10002", "date": LATER})
    assert verdicts(THREE, facts, both) == [TOO_MUCH, ("alternative", 1)]


def test_two_tiers_of_which_nothing_is_known_say_that_no_facts_allow_both() -> None:
    both = claim({"code": "10001", "date": LATER}, {"code": "10002", "date": LATER})
    first, second = lines_of(decide(TIERS, both))
    assert (first.verdict, second.verdict) == ("needs_information", "needs_information")
    assert first.message == (
        "None of the units is established. It waits for flag. No facts support both 10001 and 10002 (line 2): "
        "one tier is billed."
    )
    assert second.message is not None and "both 10002 and 10001 (line 1)" in second.message
    higher_open = lines_of(decide(TIERS, {**both, "other_flag": True}))
    assert [line.verdict for line in higher_open] == ["needs_information", "supported"]
    assert all(line.message is not None and "No facts support both" in line.message for line in higher_open)
    (alone,) = lines_of(decide(TIERS, claim({"code": "10001", "date": LATER})))
    assert alone.message == "None of the units is established. It waits for flag."


# --- what a line says ---------------------------------------------------------------------------------------------


def test_a_line_says_first_what_its_service_lacks() -> None:
    policy = UNITS + CHECK + rule("flagged", "require flag", 'remedy "Raise the flag."')
    (line,) = lines_of(decide(policy, {**worked(20), "flag": False, **claim(on(EARLY))}))
    assert (line.verdict, line.message) == ("not_supported", "No. Raise the flag.")
    (short,) = lines_of(decide(UNITS + CHECK, {**worked(12), **claim(on(EARLY))}))
    assert short.message == "12 of 20 minutes: short by 8 minutes of minutes_done. Remove the line."


@pytest.mark.parametrize(
    ("line", "message"),
    [
        (on(EARLY), "Too early. Date it 2026-03-10 to 2026-03-31."),
        (on(LATER, units=3), "At most 1 unit is supported. Bill 1 on this line."),
        (on(LATER, units=0), "1 unit is supported. Bill 1 on this line."),
        (on(None), "It waits for claim_lines[0].date."),
        (on(LATER, units=None), "It waits for claim_lines[0].units."),
        (on(LATER, code=None), "The line's code is not known. It waits for claim_lines[0].code."),
        (on(LATER), None),
    ],
)
def test_what_a_line_says(line: dict[str, Any], message: str | None) -> None:
    assert lines_of(decide(UNITS + CHECK, {**worked(20), **claim(line)}))[0].message == message


def test_no_other_date_is_advised_where_another_line_bills_the_unit() -> None:
    early, late = lines_of(decide(UNITS + CHECK, {**worked(20), **claim(on(EARLY), on(LATER))}))
    assert early.message == "Too early. Remove the line; line 2 bills what is supported."
    assert late.message is None


def test_a_finding_about_a_line_carries_its_number() -> None:
    decision = decide(SERVICE, claim({"date": "2026-04-01", "line": 7}))
    assert [f.message for f in decision.findings] == ["Line 7 of the claim is dated outside the service month."]


# --- after death --------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("day", "died", "expected"),
    [
        ("2026-03-15", "2026-03-15", "supported"),
        ("2026-03-16", "2026-03-15", "not_supported"),
        ("2026-03-16", None, "needs_information"),
        (None, "2026-03-15", "needs_information"),
    ],
)
def test_no_line_is_dated_after_death(day: str | None, died: str | None, expected: str) -> None:
    (line,) = lines_of(decide(SERVICE, {"patient": {"died_on": died}, **claim(on(day))}))
    assert line.verdict == expected
    if expected == "not_supported":
        assert (
            line.message
            == "The line is dated after the day on which the patient died. Date it 2026-03-01 to 2026-03-15."
        )
    if expected == "needs_information":
        open_facts = {leaf.path for reason in line.reasons for leaf in reason.facts if not leaf.known}
        assert open_facts == {"patient.died_on" if died is None else "claim_lines[0].date"}


def test_a_line_of_a_code_that_nobody_decides_is_not_dated_after_death_either() -> None:
    (line,) = lines_of(decide(SERVICE, {"patient": {"died_on": "2026-03-15"}, **claim(on(LATE, code="20001"))}))
    assert line.verdict == "not_supported"


DATED = SERVICE.replace("earns  1 unit", "earns  1 unit\n  dated  earliest seen over visits in the month")


@pytest.mark.parametrize(
    ("policy", "facts", "expected"),
    [
        (SERVICE, {"patient": {"died_on": "2026-03-15"}}, "2026-03-15"),
        (SERVICE, {"patient": {"died_on": "2026-04-15"}}, "2026-03-31"),
        (SERVICE, {"patient": {"died_on": None}}, None),
        (SERVICE, {"patient": {"died_on": "2026-02-15"}}, None),
        (SERVICE, {"patient": {"died_on": "2026-03-15"}, **claim(on(LATER))}, "2026-03-15"),
        (DATED, {"visits": [{"seen": "2026-03-12"}], "patient": {"died_on": "2026-03-15"}}, "2026-03-12"),
        (DATED, {"visits": [{"seen": "2026-03-20"}], "patient": {"died_on": "2026-03-15"}}, "2026-03-15"),
        (DATED, {"visits": [{"seen": "2026-03-12"}], "patient": {"died_on": None}}, None),
        (DATED, {"visits": [{"seen": None}]}, None),
    ],
)
def test_the_proposed_date_of_service_never_passes_death(
    policy: str, facts: dict[str, Any], expected: str | None
) -> None:
    service = decide(policy, facts).services["10001"]
    assert (None if service.date_of_service is None else service.date_of_service.isoformat()) == expected


# --- the law ------------------------------------------------------------------------------------------------------

STOOD, REFUSED = ("supported", "alternative", "under_billed"), ("not_supported", "over_billed")


def a_claim(rng: random.Random) -> dict[str, Any]:
    days = ("2026-02-20", EARLY, LATE, LATER, LATER)
    lines = [
        {"code": "10001", "date": rng.choice(days), "units": rng.choice((1, 1, 1, 2))} for _ in range(rng.randint(1, 4))
    ]
    death = {} if rng.random() < 0.7 else {"patient": {"died_on": rng.choice((LATE, LATER))}}
    return {**worked(*rng.choice(((20,), (40,), (20, 20), (20, 8)))), **claim(*lines), **death}


def with_nulls(chart: dict[str, Any], rng: random.Random) -> dict[str, Any]:
    hidden = copy.deepcopy(chart)
    for _ in range(rng.randint(1, 3)):
        rng.choice(hidden["claim_lines"])[rng.choice(("date", "units", "date"))] = None
    if rng.random() < 0.2:
        hidden["asked"] = None
    if "patient" in hidden and rng.random() < 0.5:
        hidden["patient"]["died_on"] = None
    return hidden


@pytest.mark.parametrize("block", range(4))
def test_filling_in_what_is_unknown_turns_no_line(block: int) -> None:
    turned = []
    for seed in range(block * 60, block * 60 + 60):
        rng = random.Random(seed)
        chart = a_claim(rng)
        hidden = with_nulls(chart, rng)
        full, less = (lines_of(decide(UNITS + CHECK, facts)) for facts in (chart, hidden))
        for before, after in zip(less, full, strict=True):
            stood = before.verdict in STOOD and after.verdict not in STOOD
            refused = before.verdict in REFUSED and after.verdict not in REFUSED
            if stood or refused or before.supported_units > after.supported_units:
                turned.append((seed, before, after))
    assert turned == []


# --- the shipped policies -----------------------------------------------------------------------------------------


def test_two_lines_of_one_month_as_a_biller_sent_them() -> None:
    chart = json.loads(PLAIN.read_text(encoding="utf-8"))
    month = chart["service_month"]
    chart["time_log"] = [
        {"date": f"{month}-{day}", "minutes": 8, "performed_by": "rn", "description": "Called the clinic"}
        for day in ("02", "09", "20")
    ]
    chart["claim_lines"] = [{"line": 1, "code": "99490", "date": f"{month}-02"}]
    (early,) = lines_of(library().evaluate(chart))
    assert early.message == f"The line is dated before 20 minutes were reached. Date it {month}-20 to {month}-31."
    chart["claim_lines"].append({"line": 2, "code": "99490", "date": f"{month}-31"})
    early, late = lines_of(library().evaluate(chart))
    assert [(early.verdict, early.supported_units), (late.verdict, late.supported_units)] == [FAILS, STANDS]


@pytest.mark.parametrize(
    ("of_the_month", "of_the_line", "allowed"),
    [
        ({"place_of_service": "11"}, {}, "63.51"),
        ({"place_of_service": "11"}, {"place_of_service": "22"}, "43.08"),
        ({"place_of_service": "22"}, {"place_of_service": "11"}, "63.51"),
        ({"place_of_service": "22"}, {"setting": "non_facility"}, "63.51"),
        ({"setting": "non_facility"}, {"place_of_service": "22"}, "63.51"),
    ],
)
def test_a_line_is_priced_for_its_own_place(
    of_the_month: dict[str, str], of_the_line: dict[str, str], allowed: str
) -> None:
    chart = json.loads(PLAIN.read_text(encoding="utf-8")) | of_the_month
    line = {"line": 1, "code": "99490", "date": "2026-03-31", **of_the_line}
    claim = library().evaluate({**chart, "claim_lines": [line]}).claim
    assert claim is not None
    assert str(claim.lines[0].allowed) == allowed


def test_two_lines_of_one_number_are_refused() -> None:
    chart = json.loads(PLAIN.read_text(encoding="utf-8"))
    lines = [{"line": 1, "code": code, "date": "2026-03-31"} for code in ("99490", "99439")]
    with pytest.raises(CcmPolicyError, match="CCM-E0541: record 2 of `claim_lines`: `line` is the same"):
        library().evaluate({**chart, "claim_lines": lines})
