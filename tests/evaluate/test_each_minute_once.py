"""Each clock minute once (L12): against a count minute by minute, and the law over random logs with unknowns."""

from __future__ import annotations

import sys
import tempfile
from collections.abc import Callable, Mapping, Sequence
from datetime import date
from fractions import Fraction
from functools import cache
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, given, seed, settings
from hypothesis import strategies as st

from ccm_policy import facts, library
from ccm_policy.evaluate.expressions import days_of, number_of
from ccm_policy.evaluate.interpret import scene_of
from ccm_policy.evaluate.presume import presume
from ccm_policy.evaluate.ranges import Days, Range
from ccm_policy.evaluate.trace import missing
from ccm_policy.language.tree import Program
from tests.evaluate.small_world import POLICY, RECORD, SERVICE, VOCABULARY

CLOCK = """
  field start    time, presumed none
  field end      time
  field together yes/no
  field work     one of red, green, blue
"""

CHECKS = """
define counts of log
  as counted and work is {work}

define done: minutes
  as sum of minutes divided by shared_by, kept exact, each clock minute once, over log where counts

define enough: date
  as the day done reaches 20 minutes

log check one_work
  forbid   any two log of different work that overlap where staff_id is the same
  keeps    work is blue
  keeps    work is green
  otherwise "One minute counts once."
  basis    guidance
  cite     manual

log check one_person
  forbid   any two log that overlap where staff_id is the same
  otherwise "One minute counts once."
  basis    guidance
  cite     manual

log check one_meeting
  forbid   any two log that overlap where together
  otherwise "One minute counts once."
  basis    guidance
  cite     manual
"""


@cache
def clock_world(work: str) -> library.Library:
    with tempfile.TemporaryDirectory() as directory:
        folder = Path(directory)
        of_log = "  field shared_by integer, 1 to 20, presumed 1\n"
        assert of_log in VOCABULARY
        (folder / "vocabulary.policy").write_text(
            VOCABULARY.replace(of_log, of_log + CLOCK.lstrip("\n")), encoding="utf-8"
        )
        (folder / "acme.policy").write_text(POLICY + CHECKS.format(work=work) + SERVICE, encoding="utf-8")
        loaded = library.load(folder, cache=False)
        loaded.source  # noqa: B018 - parsed while the files are there
        return loaded


@cache
def counting(work: str) -> Program:
    return clock_world(work).program(("acme.work",), "2026-03")


def counted(log: Sequence[Mapping[str, Any]], work: str = "red") -> tuple[Range, Days, bool]:
    """The sum, the day on which it is enough, and whether facts are named where the sum is open."""
    program = counting(work)
    given_facts, wrong = facts.check({**RECORD, "log": list(log)}, program.vocabulary)
    assert given_facts is not None, [d.message for d in wrong]
    month = presume(given_facts, program.vocabulary, program.tables, program.services)
    scene = scene_of(program, month, given_facts.service_month)
    done, enough = scene.defined("done"), scene.defined("enough")
    assert done.settled or missing(done), "an open sum names what would close it"
    return number_of(done), days_of(enough), done.settled


def entry(start: str | None, minutes: Any, staff: str | None = "n-1", **more: Any) -> dict[str, Any]:
    made: dict[str, Any] = {"date": "2026-03-04", "minutes": minutes, "work": "red", "who": "nurse", **more}
    return made | ({"start": start} if start else {}) | ({"staff_id": staff} if staff else {})


def part(start: str | None, minutes: Any, **more: Any) -> dict[str, Any]:
    """An entry of which only this is recorded."""
    made = {"date": "2026-03-04", "minutes": minutes, **more}
    return made | ({"start": start} if start else {})


@pytest.mark.parametrize(
    ("log", "low", "high"),
    [
        ([entry("10:00", 15), entry("10:15", 15)], 30, 30),
        ([entry("10:00", 15), entry("10:14", 15)], 29, 29),
        ([entry("10:00", 15), entry("10:00", 15)], 15, 15),
        ([entry("10:00", 30), entry("10:05", 10), entry("10:10", 30)], 40, 40),
        ([entry("23:50", 20), entry("00:00", 20, date="2026-03-05")], 30, 30),
        ([entry("23:50", 20), entry("00:00", 20)], 40, 40),
        ([entry("10:00", 15), entry("10:00", 15, "n-2", together=False)], 30, 30),
        ([entry("10:00", 15, together=True), entry("10:00", 15, "n-2", together=True)], 15, 15),
        ([entry("10:00", 15, together=True), entry("10:00", 15, "n-2")], 15, 30),
        ([entry(None, 15), entry("10:00", 15)], 30, 30),
        ([entry(None, 15, end="10:20"), entry("10:00", 15)], 20, 20),
        ([entry("10:00", 15, None, together=False), entry("10:00", 15, None, together=False)], 15, 30),
        ([entry("10:00", 15, None, together=False), entry("10:00", 15, None, who="aide", together=False)], 30, 30),
        ([entry("10:00", 15, None), entry("10:00", 15, None, together=True)], 15, 30),
        ([entry("10:00", 15), {**entry("10:00", 15), "staff_id": None, "together": False}], 15, 30),
        ([entry("10:00", 15), {**entry(None, 15), "start": None}], 15, 30),
        ([entry("10:00", 15), {**entry(None, 20), "start": None, "date": "2026-03-06"}], 35, 35),
        ([entry("10:00", 20), entry("10:10", 20, work="green")], 10, 10),
        ([entry("10:00", 20), entry("10:10", 20, work="green", counted=False)], 10, 10),
        ([entry("10:00", 20), entry("10:20", 20, work="green")], 20, 20),
        ([entry("10:00", 20), entry("10:10", 20, "n-2", work="green", together=False)], 20, 20),
        ([entry("10:00", 20), {**entry("10:10", 20), "work": None}], 10, 30),
        ([entry("10:00", 20, counted=False), entry("10:00", 20)], 20, 20),
        ([entry("10:00", 30, shared_by=3), entry("10:00", 30)], 30, 30),
        ([entry("10:00", 30, shared_by=3), entry("10:10", 10)], Fraction(50, 3), Fraction(50, 3)),
        ([entry("10:00", "7.5"), entry("10:07", 10)], 17, 17),
        ([entry("23:50", 20, date="2026-03-31")], 10, 10),
        ([entry(None, 20, end="00:10", date="2026-03-31")], 10, 10),
        ([entry("23:50", 20, date="2026-03-31", shared_by=2)], 5, 5),
        ([{**entry(None, 20, date="2026-03-31"), "start": None}], 0, 20),
        ([{**entry(None, 20), "start": None}], 20, 20),
        ([entry("23:50", 20, date="2026-03-31"), entry("23:55", 20, date="2026-03-31")], 10, 10),
        (
            [entry("23:50", 20, date="2026-03-31", shared_by=2), entry("23:55", 20, date="2026-03-31")],
            Fraction(15, 2),
            Fraction(15, 2),
        ),
    ],
)
def test_examples(log: list[Mapping[str, Any]], low: Any, high: Any) -> None:
    assert counted(log)[0] == Range(Fraction(low), Fraction(high))
    assert counted(list(reversed(log)))[0] == Range(Fraction(low), Fraction(high))


def test_minutes_after_midnight_are_reached_on_the_next_day() -> None:
    assert counted([entry("23:50", 20)])[1] == Days(date(2026, 3, 5), date(2026, 3, 5))
    assert counted([entry("23:40", 20)])[1] == Days(date(2026, 3, 4), date(2026, 3, 4))
    assert counted([{**entry(None, 20), "start": None}])[1] == Days(date(2026, 3, 4), date(2026, 3, 5))


def test_in_the_other_work_the_minutes_are_kept() -> None:
    log = [entry("10:00", 20), entry("10:10", 20, work="green")]
    assert counted(log, "red")[0] == Range(Fraction(10), Fraction(10))
    assert counted(log, "green")[0] == Range(Fraction(20), Fraction(20))


# --- against a count minute by minute ----------------------------------------------------------------------------

STARTS = ["10:00", "10:05", "10:10", "10:20", "23:50", "00:00", "00:05"]


@st.composite
def logs(draw: st.DrawFn) -> list[dict[str, Any]]:
    made = []
    for _ in range(draw(st.integers(1, 5))):
        minutes = draw(st.sampled_from([0, 5, 10, 20]))
        row: dict[str, Any] = {
            "date": f"2026-03-0{draw(st.sampled_from([4, 5]))}",
            "minutes": minutes,
            "staff_id": draw(st.sampled_from(["n-1", "n-2", "n-3"])),
            "who": draw(st.sampled_from(["nurse", "aide"])),
            "together": draw(st.booleans()),
            "work": draw(st.sampled_from(["red", "green", "blue"])),
            "counted": draw(st.sampled_from([True, True, False])),
            "shared_by": draw(st.sampled_from([1, 1, 1, 2])),
        }
        start = draw(st.sampled_from([*STARTS, *STARTS, None]))
        if start is not None:
            row["start"] = start
            if draw(st.booleans()):
                last = int(start[:2]) * 60 + int(start[3:]) + minutes
                row["end"] = f"{last // 60 % 24:02}:{last % 60:02}"
        made.append(row)
    return made


def by_minutes(log: list[dict[str, Any]], work: str) -> tuple[Fraction, date]:
    """The sum and the day on which it is enough, every minute of the clock looked at by itself."""
    order = ["blue", "green", "red"]
    total = Fraction(0)
    of_day: dict[int, Fraction] = {}
    spans = []
    for row, e in enumerate(log):
        day = int(e["date"][-2:])
        if "start" not in e or not e["minutes"]:
            if e["counted"] and e["work"] == work:
                of_day[day] = of_day.get(day, Fraction(0)) + Fraction(e["minutes"], e["shared_by"])
            continue
        first = day * 1440 + int(e["start"][:2]) * 60 + int(e["start"][3:])
        spans.append((first, row, e))
    for minute in sorted({m for first, _, e in spans for m in range(first, first + e["minutes"])}):
        here = [s for s in spans if s[0] <= minute < s[0] + s[2]["minutes"]]
        alive = [
            s
            for s in here
            if s[2]["counted"]
            and s[2]["work"] == work
            and not any(
                o[2]["staff_id"] == s[2]["staff_id"] and order.index(o[2]["work"]) < order.index(work) for o in here
            )
        ]
        while alive:
            group = [alive.pop()]
            for one in group:
                near = [
                    o
                    for o in alive
                    if o[2]["staff_id"] == one[2]["staff_id"] or (o[2]["together"] and one[2]["together"])
                ]
                group += near
                alive = [o for o in alive if not any(o is n for n in near)]
            keeper = min(group, key=lambda s: (s[2]["shared_by"], s[0], s[1]))
            day = minute // 1440
            of_day[day] = of_day.get(day, Fraction(0)) + Fraction(1, keeper[2]["shared_by"])
    enough = date.max
    for day in sorted(of_day):
        total += of_day[day]
        if total >= 20 and enough == date.max:
            enough = date(2026, 3, day)
    return total, enough


@settings(max_examples=150, deadline=None, suppress_health_check=list(HealthCheck))
@given(logs(), st.sampled_from(["red", "green", "blue"]))
def test_a_known_log_is_counted_minute_by_minute(log: list[dict[str, Any]], work: str) -> None:
    done, enough, _ = counted(log, work)
    total, day = by_minutes(log, work)
    assert done == Range(total, total)
    assert enough == Days(day, day)


# --- the law -----------------------------------------------------------------------------------------------------

Hidden = Sequence[tuple[int, str]]
"""Values that are recorded as not known: the row and the field of each."""


def turns(log: list[dict[str, Any]], work: str, hidden: Hidden) -> list[str]:
    """What becomes other, and not only narrower, as one value after the other is filled in."""
    found: list[str] = []
    before: tuple[Range, Days, bool] | None = None
    for shown in range(len(hidden) + 1):
        gone = set(hidden[shown:])
        known = [{n: None if (row, n) in gone else v for n, v in e.items()} for row, e in enumerate(log)]
        done, enough, settled = counted(known, work)
        if before is not None:
            old, old_day, was_settled = before
            assert old.low is not None and done.low is not None
            higher = old.high is not None and (done.high is None or done.high > old.high)
            if done.low < old.low or higher or (was_settled and done != old):
                found.append(f"{hidden[shown - 1]}: {old}, then {done}")
            if not old_day.low <= enough.low or not enough.high <= old_day.high:
                found.append(f"{hidden[shown - 1]}: {old_day}, then {enough}")
        before = (done, enough, settled)
    return found


@pytest.mark.parametrize(
    ("work", "hidden", "log"),
    [
        # an end alone tells no time while the minutes are not known, and may tell one
        ("green", [(0, "minutes")], [part(None, 10, end="10:30"), part("10:20", 5, work="green")]),
        ("blue", [(1, "minutes"), (0, "start")], [part("00:00", 5, work="blue"), part(None, 10, end="00:15")]),
        ("red", [(1, "end")], [part("10:00", 10, work="red"), part(None, 5, end="10:10")]),
        # one of no known day, beside one that has less of each minute
        ("red", [(1, "date")], [entry("10:00", 20), entry("10:05", 20, None, shared_by=2)]),
        # two of no known day, the one of them in another work
        ("red", [(1, "date"), (0, "date")], [part("00:05", 5), part(None, 10, work="red", end="00:15")]),
        ("red", [(1, "start"), (0, "start")], [part("23:40", 5), part("23:55", 10, work="red")]),
    ],
)
def test_filling_in_one_that_turned_a_bound(work: str, hidden: Hidden, log: list[dict[str, Any]]) -> None:
    assert turns(log, work, hidden) == []
    assert turns(log, work, list(reversed(hidden))) == []


@st.composite
def nights(draw: st.DrawFn) -> list[dict[str, Any]]:
    """Entries close to one midnight, some with an end alone: one of the month, or that of its end."""
    made = []
    day = draw(st.sampled_from([4, 31]))
    starts = [s for s in (1420, 1430, 1435, 1440, 1445) if day < 31 or s < 1440]
    for _ in range(draw(st.integers(2, 5))):
        start, minutes = draw(st.sampled_from(starts)), draw(st.sampled_from([5, 10, 20, 30]))
        row: dict[str, Any] = {
            "date": f"2026-03-{day + start // 1440:02}",
            "minutes": minutes,
            "staff_id": draw(st.sampled_from(["n-1", "n-1", "n-2"])),
            "who": "nurse",
            "together": draw(st.booleans()),
            "work": draw(st.sampled_from(["red", "red", "green"])),
            "counted": draw(st.sampled_from([True, True, False])),
            "shared_by": draw(st.sampled_from([1, 1, 2, 3])),
        }
        name, moment = draw(st.sampled_from([("start", start), ("start", start), ("end", start + minutes)]))
        row[name] = f"{moment // 60 % 24:02}:{moment % 60:02}"
        made.append(row)
    return made


def narrows(log: list[dict[str, Any]], work: str, data: st.DataObject) -> None:
    places = [(row, name) for row, e in enumerate(log) for name in e]
    assert turns(log, work, data.draw(st.lists(st.sampled_from(places), min_size=1, max_size=5, unique=True))) == []


def over(cases: int) -> Callable[[], None]:
    """The law over as many random logs."""
    drawn = given(st.one_of(logs(), nights()), st.sampled_from(["red", "green", "blue"]), st.data())(narrows)
    return settings(max_examples=cases, deadline=None, database=None, suppress_health_check=list(HealthCheck))(drawn)


def test_filling_in_an_unknown_only_narrows_the_sum() -> None:
    over(100)()


if __name__ == "__main__":
    first, count = int(sys.argv[1]), int(sys.argv[2])
    seed(first)(over(count))()
    print(f"{count} logs, no turn")
