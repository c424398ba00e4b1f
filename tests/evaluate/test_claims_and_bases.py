"""Lines that are none of this claim's, lines without units, and add-ons whose base does not stand."""

from __future__ import annotations

import copy
import json
import random
from typing import Any

import pytest

from ccm_policy.evaluate.verdict import Line
from tests.evaluate.small_world import UNITS, decide
from tests.evaluate.test_claim_lines import CHECK, EARLY, LATE, LATER, PLAIN, REFUSED, STOOD, claim, lines_of, worked
from tests.evaluate.test_law_of_the_library import library

ADD_ON = (
    UNITS.replace(", at most 2 units", ", at most 1 unit")
    + CHECK
    + """
service 10002
  title   "More work"
  family  work
  adds to 10001
  earns   1 unit for each full 20 minutes of minutes_done beyond 20 minutes

define another_practitioners_line of claim_lines
  title "Another practitioner's line"
  as    not by same practitioner
  marks anothers_line

define denied_line of claim_lines
  title "A denied line"
  as    status is denied
  marks denied_line
"""
)

BASE, MORE = {"code": "10001", "date": LATER}, {"code": "10002", "date": LATER}
PAID = {"other_services": [{"code": "10001", "date": EARLY, "practitioner_id": "dr-a"}]}


def judged(*lines: dict[str, Any], **facts: Any) -> tuple[Line, ...]:
    return lines_of(decide(ADD_ON, {**worked(20, 20), **claim(*lines), **facts}))


APART, FAILS, STANDS = "not_audited", "not_supported", "supported"
TOO_MUCH, TOO_LITTLE, OPEN = "over_billed", "under_billed", "needs_information"


@pytest.mark.parametrize(
    ("lines", "facts", "expected"),
    [
        # what is none of this claim's takes nothing, wherever it stands
        ([{**BASE, "practitioner_id": "dr-b", "date": LATE}, BASE], {}, [APART, STANDS]),
        ([{**BASE, "practitioner_id": "dr-a", "date": LATE}, BASE], {}, [STANDS, TOO_MUCH]),
        ([{**BASE, "practitioner_id": None, "date": LATE}, BASE], {}, [OPEN, OPEN]),
        ([{**BASE, "status": "denied", "date": LATE}, BASE], {}, [APART, STANDS]),
        ([{**BASE, "status": None, "date": LATE}, BASE], {}, [OPEN, OPEN]),
        ([BASE, {**BASE, "status": "denied"}], {}, [STANDS, APART]),
        # no units
        ([{**BASE, "units": 0}, BASE], {}, [FAILS, STANDS]),
        ([BASE, {**BASE, "units": 0}], {}, [STANDS, FAILS]),
        ([{**BASE, "units": 0}], {}, [TOO_LITTLE]),
        # an add-on and its base
        ([BASE, MORE], {}, [STANDS, STANDS]),
        ([{**BASE, "date": EARLY}, MORE], {}, [FAILS, FAILS]),
        ([{**BASE, "date": EARLY}, BASE, MORE], {}, [FAILS, STANDS, STANDS]),
        ([{**BASE, "date": "2026-04-02"}, MORE], {}, [APART, FAILS]),
        ([{**BASE, "units": 0}, MORE], {}, [TOO_LITTLE, FAILS]),
        ([{**BASE, "units": None}, MORE], {}, [OPEN, OPEN]),
        ([{**BASE, "date": None}, MORE], {}, [OPEN, OPEN]),
        ([{**BASE, "status": "denied"}, MORE], {}, [APART, FAILS]),
        ([{**BASE, "practitioner_id": "dr-b"}, MORE], {}, [APART, FAILS]),
        ([{**BASE, "status": None}, MORE], {}, [OPEN, OPEN]),
        ([{**BASE, "units": 0}, {**BASE, "code": None}, MORE], {}, [TOO_LITTLE, OPEN, OPEN]),
        # the base was billed already
        ([{**BASE, "units": 0}, MORE], PAID, [TOO_LITTLE, STANDS]),
        ([{**BASE, "status": "denied"}, MORE], PAID, [APART, STANDS]),
    ],
)
def test_what_takes_a_unit_and_what_bears_an_add_on(
    lines: list[dict[str, Any]], facts: dict[str, Any], expected: list[str]
) -> None:
    assert [line.verdict for line in judged(*lines, **facts)] == expected


def test_a_line_says_why_it_is_none_of_this_claim_and_on_which_line_an_add_on_fails() -> None:
    assert judged({**BASE, "status": "denied", "date": EARLY})[0].message == "A denied line."
    _, more = judged({**BASE, "date": EARLY}, MORE)
    assert more.message == "It adds to line 1, which does not stand. Mend that line, or remove this one."
    _, more = judged({**BASE, "status": None}, MORE)
    assert more.message == "It waits for claim_lines[0].status."


def test_a_service_that_only_another_practitioner_claims_is_missing_from_the_claim() -> None:
    decision = decide(ADD_ON, {**worked(20, 20), **claim({**BASE, "practitioner_id": "dr-b"})})
    assert decision.claim is not None
    assert [bill.code for bill in decision.claim.missing_lines] == ["10001", "10002"]


# --- the law ------------------------------------------------------------------------------------------------------


def a_claim(rng: random.Random) -> dict[str, Any]:
    lines = [
        {
            "code": rng.choice(("10001", "10001", "10002")),
            "date": rng.choice((EARLY, LATE, LATER, LATER)),
            "units": rng.choice((0, 1, 1, 1)),
            "status": rng.choice(("billed", "billed", "denied")),
            "practitioner_id": rng.choice(("dr-a", "dr-a", "dr-b")),
        }
        for _ in range(rng.randint(1, 4))
    ]
    return {**worked(*rng.choice(((20,), (20, 20), (20, 8)))), **claim(*lines)}


@pytest.mark.parametrize("block", range(2))
def test_filling_in_what_is_unknown_turns_no_line(block: int) -> None:
    turned = []
    for seed in range(block * 60, block * 60 + 60):
        rng = random.Random(seed)
        chart = a_claim(rng)
        hidden = copy.deepcopy(chart)
        for _ in range(rng.randint(1, 3)):
            line = rng.choice(hidden["claim_lines"])
            line[rng.choice(("date", "units", "status", "practitioner_id"))] = None
        full, less = (lines_of(decide(ADD_ON, facts)) for facts in (chart, hidden))
        for before, after in zip(less, full, strict=True):
            stood = before.verdict in STOOD and after.verdict not in STOOD
            revived = before.verdict in REFUSED and after.verdict not in (*REFUSED, APART)
            if stood or revived or before.supported_units > after.supported_units:
                turned.append((seed, before, after))
    assert turned == []


# --- the shipped policies -----------------------------------------------------------------------------------------


@pytest.mark.parametrize("payer", ["medicare", "medicare_advantage", "commercial"])
@pytest.mark.parametrize("apart", [{"practitioner_id": "dr-b"}, {"same_practitioner": False}, {"status": "denied"}])
@pytest.mark.parametrize("code", ["99490", "99426"])
def test_what_is_none_of_this_claim_counts_as_what_is_on_another(payer: str, apart: dict[str, Any], code: str) -> None:
    chart = json.loads(PLAIN.read_text(encoding="utf-8"))
    chart |= {"payer": payer} if payer != "commercial" else {"payer": payer, "plan": "horizon"}
    good = {"line": 2, "code": "99490", "date": "2026-03-31"}
    other = {"code": code, "date": "2026-03-20", **apart}
    on_another = {**chart, "other_services": [*chart["other_services"], {"practitioner_id": "dr-a", **other}]}
    if "same_practitioner" in apart:
        del on_another["other_services"][-1]["practitioner_id"]
    chart["claim_lines"] = [{**other, "line": 1}, good]
    elsewhere = library().evaluate({**on_another, "claim_lines": [good]})
    (first, second), (wanted,) = lines_of(library().evaluate(chart)), lines_of(elsewhere)
    assert first.verdict == "not_audited"
    assert (second.verdict, second.supported_units, second.allowed) == (
        wanted.verdict,
        wanted.supported_units,
        wanted.allowed,
    )
