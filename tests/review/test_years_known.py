"""What each year means is kept of the text as it stands, and of no other."""

from __future__ import annotations

import json
from collections import Counter
from pathlib import Path

import pytest

from ccm_policy import library
from ccm_policy.review.effects import Effect
from ccm_policy.review.meaning import compare
from ccm_policy.review.years import Year, years
from tests.review.worlds import ROOT, Run, edit, small

LIBRARY = library.load()
SHIPPED = [year.year for year in years(LIBRARY)]
ASK = "run `ccm-policy site meaning`"


@pytest.mark.parametrize("year", SHIPPED)
def test_the_shipped_answers_are_of_the_shipped_text(year: int) -> None:
    asked = Year(LIBRARY, year)
    meaning = asked.known()
    assert meaning is not None, ASK
    keys = Counter((each.policy, each.kind, each.name) for each in meaning.changes)
    assert keys == Counter((change.policy, change.kind, change.name) for change in asked.changes), ASK
    again = meaning.to_dict()
    for witness in (each for told in again["changes"] for each in told["witnesses"]):
        assert witness.pop("facts") == {}
    held = json.loads(asked.path.read_text(encoding="utf-8"))
    assert held == {"of": asked.digest, **again}


def test_there_is_no_file_of_another_year() -> None:
    files = sorted(path.name for path in (ROOT / "policies" / "meaning").iterdir())
    assert files == [f"{year}.json" for year in SHIPPED]


def test_a_service_of_some_patients_alone_is_asked_of_them() -> None:
    year = Year(LIBRARY, 2024)
    change = next(each for each in year.changes if each.name == "G0511_RTM")
    told = compare(*year.sides, [change]).of(change)
    assert told is not None
    assert told.effect == Effect.LOOSENS and "G0511_RTM" in told.codes


@pytest.fixture
def asked(tmp_path: Path, ccm: Run) -> Path:
    rules = small(tmp_path / "rules")
    status, out, err = ccm("site", "meaning", "--policies", rules)
    assert (status, err) == (0, "")
    assert "asked: what the 3 changes of 2022 mean" in out
    return rules


def test_answers_are_given_back_as_they_were_found(asked: Path, ccm: Run) -> None:
    year = Year(library.load(asked), 2022)
    meaning = year.known()
    assert meaning is not None
    assert {told.name for told in meaning.changes} == {change.name for change in year.changes}
    assert year.path.read_text(encoding="utf-8") == year.asked()
    assert ccm("site", "meaning", "--policies", asked) == (0, "", ""), "nothing is asked again"


def test_answers_about_another_text_are_not_shown(asked: Path, ccm: Run) -> None:
    edit(asked / "care.policy", "at least 2 conditions", "at least 3 conditions")
    assert {year.known() for year in years(library.load(asked))} == {None}
    assert "mean" in ccm("site", "meaning", "--policies", asked)[1]
    assert None not in {year.known() for year in years(library.load(asked))}


@pytest.mark.parametrize("text", ["", "[]", "{}", '{"of": 1}', "\xff"])
def test_a_damaged_file_is_as_if_nobody_had_asked(asked: Path, text: str) -> None:
    year = Year(library.load(asked), 2022)
    year.path.write_text(text, encoding="latin-1")
    assert year.known() is None
