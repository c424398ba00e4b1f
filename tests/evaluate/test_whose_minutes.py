"""A finding about two entries that overlap says whose the minutes are, or what would tell."""

from __future__ import annotations

import copy
import json
from pathlib import Path
from typing import Any

import pytest

import ccm_policy
from ccm_policy import evaluate, facts, library
from tests.evaluate.small_world import POLICY, RECORD, SERVICE, VOCABULARY, schedules

BESIDE = """
define beside_one: yes/no
  as any visits where (sum of minutes, each clock minute once, over log where date is visits.seen) is at least 9 minutes

log check one_person
  forbid   any two log that overlap where staff_id is the same
  otherwise "Twice."
  basis    guidance
  cite     manual
"""

PLAIN = json.loads((Path(__file__).parents[1] / "golden" / "plain_chart.json").read_text(encoding="utf-8"))
TWICE, PROGRAMMES = "One person is logged twice at one time.", "One person's minutes are logged to two programmes."


def entry(start: str, **more: Any) -> dict[str, Any]:
    made = {"date": "2026-03-02", "performed_by": "rn", "activity": "communication", "minutes": 20, "staff_id": "rn-1"}
    return made | {"start": start} | more


def test_a_sum_about_another_record_is_passed_by(tmp_path: Path) -> None:
    """What such a sum counts can be asked only beside that record."""
    clock = "  field start time, presumed none\n  field end time\n  field work one of red, green\n"
    of_log = "  field shared_by integer, 1 to 20, presumed 1\n"
    (tmp_path / "vocabulary.policy").write_text(VOCABULARY.replace(of_log, of_log + clock), encoding="utf-8")
    (tmp_path / "acme.policy").write_text(POLICY + BESIDE + SERVICE, encoding="utf-8")
    loaded = library.load(tmp_path, cache=False)
    log = [{"date": "2026-03-04", "minutes": 9, "start": "10:00", "staff_id": "n", "who": "nurse"}] * 2
    visits = [{"seen": "2026-03-04", "code": "99213", "topic": ["cost"]}]
    given, wrong = facts.check({**RECORD, "log": log, "visits": visits}, loaded.vocabulary)
    assert given is not None, wrong
    assert any("They count once." in f.message for f in evaluate.decide(given, loaded, schedules()).findings)


@pytest.mark.parametrize(
    ("first", "second", "whose", "outcome"),
    [
        ({}, {}, f"They count once. {TWICE}", "yes"),
        ({}, {"part_of_visit": True}, f"Entry 2 does not count, so none is lost. {TWICE}", "yes"),
        ({"activity": "administrative"}, {}, f"Entry 1 does not count, so none is lost. {TWICE}", "yes"),
        ({"part_of_visit": True}, {"part_of_visit": True}, f"Neither of the two counts. {TWICE}", "no"),
        ({}, {"part_of_visit": None}, f"They count once if both count. {TWICE}", "yes"),
        ({}, {"program": "pcm"}, f"Entry 2 keeps them, as pcm, though it does not count itself. {PROGRAMMES}", "no"),
        ({"program": "bhi"}, {}, f"Entry 1 keeps them, as bhi, though it does not count itself. {PROGRAMMES}", "no"),
        (
            {},
            {"program": None},
            f"Which of the two keeps them is not known; it hangs on time_log[1].program. {TWICE}",
            "unknown",
        ),
    ],
)
def test_whose_the_minutes_are(first: dict[str, Any], second: dict[str, Any], whose: str, outcome: str) -> None:
    chart = copy.deepcopy(PLAIN)
    chart["time_log"] = [entry("10:00", **first), entry("10:10", **second)]
    decision = ccm_policy.load().evaluate(chart)
    told = [finding.message for finding in decision.findings if finding.code == "CCM-W0708"]
    assert told == [f"Entries 1 and 2 overlap by 10 minutes on 2026-03-02. {whose}"]
    assert decision.services["99490"].own_outcome == outcome
