"""Lines of further minutes: several of one unit each are held to the days on which one of them all would be."""

from __future__ import annotations

import json
from typing import Any

import pytest

from ccm_policy import Decision
from tests.evaluate.test_claim_lines import PLAIN, lines_of
from tests.evaluate.test_law_of_the_library import library

MARCH = "2026-03-{:02}"
ADD_ONS = [
    # code, base, minutes of the first unit of the base, minutes of each further one, who works, decision making
    ("99439", "99490", 20, 20, "rn", "low"),
    ("99489", "99487", 60, 30, "rn", "moderate"),
    ("99437", "99491", 30, 30, "physician", "low"),
]


def charted(base: str, first: int, step: int, who: str, level: str, *lines: dict[str, Any]) -> Decision:
    """Base minutes on the 5th, a further unit's on the 12th and another's on the 19th."""
    chart = json.loads(PLAIN.read_text(encoding="utf-8"))
    chart["service_month"] = "2026-03"
    chart["care_plan"]["worked_on"] = "2026-03-10"
    chart["mdm"]["level"] = level
    worked = zip((5, 12, 19), (first, step, step), strict=True)
    staff = {"performed_by": who, **({"staff_id": "dr-a"} if who == "physician" else {})}
    chart["time_log"] = [{"date": MARCH.format(day), "minutes": minutes, **staff} for day, minutes in worked]
    of_base = {"code": base, "date": MARCH.format(31)}
    claim = [of_base, *lines]
    numbered = lines and "line" in lines[0]
    chart["claim_lines"] = [{"line": 1, **of_base}, *lines] if numbered else claim
    return library().evaluate(chart)


@pytest.mark.parametrize("day", [11, 12, 18, 19])
@pytest.mark.parametrize("numbers", [(2, 3), (3, 2), None])
@pytest.mark.parametrize("add_on", ADD_ONS, ids=[code for code, *_ in ADD_ONS])
def test_two_lines_of_a_unit_are_held_to_what_one_of_two_is(
    add_on: tuple[str, str, int, int, str, str], numbers: tuple[int, int] | None, day: int
) -> None:
    code, *how = add_on
    line = {"code": code, "date": MARCH.format(day)}
    two = [line | ({"line": n} if n else {}) for n in numbers or (0, 0)]
    _, *apart = lines_of(charted(*how, *two))  # type: ignore[arg-type]
    _, whole = lines_of(charted(*how, {**line, "line": 2, "units": 2}))  # type: ignore[arg-type]
    reached = (day >= 12) + (day >= 19)
    assert (whole.verdict == "not_supported") is (reached < 2)
    assert [one.line for one in apart if one.verdict == "not_supported"] == sorted(
        [2, 3][reached:], reverse=numbers == (3, 2)
    )


def test_more_units_are_told_to_be_billed_on_days_on_which_they_are_reached() -> None:
    early, late = ({"line": 2, "code": "99439", "date": MARCH.format(day)} for day in (12, 19))
    _, line = lines_of(charted("99490", 20, 20, "rn", "low", early))
    assert line.message == "2 units are supported. Bill 2 on this line, dated 2026-03-19 to 2026-03-31."
    _, line = lines_of(charted("99490", 20, 20, "rn", "low", late))
    assert line.message == "2 units are supported. Bill 2 on this line."


@pytest.mark.parametrize("code", ["99490", "99426"])
def test_a_line_of_another_month_is_told_the_days_from_which_its_minutes_are_there(code: str) -> None:
    chart = json.loads(PLAIN.read_text(encoding="utf-8"))
    program = "ccm" if code == "99490" else "pcm"
    chart["time_log"] = [{"date": "2026-03-12", "minutes": 30, "performed_by": "rn", "program": program}]
    chart["conditions"] = [{**one, "complex": True} for one in chart["conditions"]]
    chart["consent"]["program"] = chart["programs"][0]["program"] = program
    chart["visits"][0]["initiates"] = [program]
    chart["care_plan"]["kind"] = "disease_specific" if program == "pcm" else "comprehensive"
    chart["claim_lines"] = [{"line": 1, "code": code, "date": "2026-04-01"}]
    (line,) = lines_of(library().evaluate(chart))
    assert line.verdict == "not_supported"
    assert line.message == "The line is dated outside the month of service. Date it 2026-03-12 to 2026-03-31."
