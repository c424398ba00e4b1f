"""Whatever is unknown names the facts that would decide it, those facts are really unknown, and whoever fills them in,
one after another, arrives at a decision.

Held for every service, every reason and every line of the claim: of the examples of the policies, of the example
clinic, and of random records.
"""

from __future__ import annotations

import json
import random
import re
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from ccm_policy import CcmPolicyError
from ccm_policy.evaluate.decision import Decision
from ccm_policy.evaluate.reasons import ADDS_TO, Reason
from ccm_policy.evaluate.verdict import Line
from tests.evaluate import small_world
from tests.evaluate.random_records import dated, flat, random_record, seen, value_of
from tests.evaluate.test_law_of_the_library import Chart, library

CELL = re.compile(r"(\w+)\[(\d+)\]\.(.+)")
BEYOND = re.compile(r"table \w+|date of processing")
"""What no record can say: an edition of a table that nobody has, and the day on which a payer will look."""
NOT_KNOWN = (None, "unknown")
OPEN, STEPS = "needs_information", 40


def decided(chart: Chart) -> Decision | None:
    """The decision; None for a record that is refused."""
    try:
        return library().evaluate(chart)
    except CcmPolicyError:
        return None


def unnamed(decision: Decision) -> Iterator[str]:
    """What is unknown and names nothing."""
    for code, service in decision.services.items():
        if service.status == OPEN and not service.missing:
            yield f"{code} asks for nothing"
        for reason in service.reasons:
            if reason.outcome == "unknown" and not of_reason(reason) and reason.rule != ADDS_TO:
                yield f"{code}: {reason.rule} asks for nothing"
        yield from (f"{code}: {note}" for note in service.notes if "waits for ." in note)
    for line in lines(decision):
        if line.verdict == OPEN and not of_line(line):
            yield f"line {line.line} of {line.code} asks for nothing"


def lines(decision: Decision) -> tuple[Line, ...]:
    return decision.claim.lines if decision.claim is not None else ()


def of_reason(reason: Reason) -> list[str]:
    return [fact.path for fact in reason.facts if not fact.known]


def of_line(line: Line) -> list[str]:
    told = re.search(r"waits for (.+?)\.(?: |$)", (line.message or "") if line.verdict == OPEN else "")
    named = told[1].split(", ") if told else []
    return named + [path for reason in line.reasons if reason.outcome == "unknown" for path in of_reason(reason)]


def asked(decision: Decision) -> list[str]:
    services = [fact for service in decision.services.values() for fact in service.missing]
    return [*dict.fromkeys([*services, *(path for line in lines(decision) for path in of_line(line))])]


def known(chart: Chart, path: str) -> bool:
    """Whether the record says what a path asks for; a given list may be asked for what is before its first day."""
    cell = CELL.fullmatch(path)
    if cell is None:
        facts = dict(flat(chart))
        return facts.get(path) not in NOT_KNOWN and path not in library().policies.vocabulary.lists
    rows = chart.get(cell[1])
    return rows is not None and rows[int(cell[2])].get(cell[3]) not in NOT_KNOWN


def filled(chart: Chart, path: str, rng: random.Random) -> Chart:
    """The record with a value for what a path asks for."""
    vocabulary = library().policies.vocabulary
    cell = CELL.fullmatch(path)
    month = chart["service_month"]
    if path in vocabulary.lists:
        lived = {"history.known_from": "1990-01-01"} if chart.get(path) is not None else {}
        return {**dict(flat(chart)), **lived, path: chart.get(path) or []}
    if cell is None and path not in vocabulary.facts:
        listed, _, field = path.partition(".")
        value = value_of(vocabulary.lists[listed].fields[field].type, rng)
        return {**chart, listed: [*(chart.get(listed) or []), {"program": "ccm", field: dated(value, month)}]}
    if cell is None:
        seen_values = seen().facts.get(path, [])
        value = value_of(vocabulary.facts[path].type, rng)
        value = rng.choice(seen_values) if value is None and seen_values else value
        return {**dict(flat(chart)), path: dated("x" if value is None else value, month)}
    name, row, field = cell[1], int(cell[2]), cell[3]
    value = value_of(vocabulary.lists[name].fields[field].type, rng)
    rows = [dict(r) for r in chart[name]]
    rows[row][field] = dated("x" if value is None else value, month)
    return {**chart, name: rows}


def wrong(chart: Chart, rng: random.Random) -> Iterator[str]:
    """What a record shows against the promise, while what is asked for is filled in until nothing is."""
    decision = decided(chart)
    if decision is None:
        return
    for _ in range(STEPS):
        yield from unnamed(decision)
        wanted = [path for path in asked(decision) if not BEYOND.fullmatch(path)]
        yield from (f"asks for {path}, which is known" for path in wanted if known(chart, path))
        if not wanted:
            return
        after = None
        for _try in range(8):
            path = rng.choice(wanted)
            more = filled(chart, path, rng)
            after = decided(more)
            if after is not None:
                break
        if after is None:
            return
        chart, decision = more, after
    yield f"still asks for {', '.join(asked(decision))} after {STEPS} answers"


def of(chart: Chart, seed: int) -> list[str]:
    return [f"{chart['patient_id']} ({seed}): {each}" for each in wrong(chart, random.Random(seed))]


def period_only() -> Chart:
    chart = json.loads((Path(__file__).parents[1] / "golden" / "plain_chart.json").read_text(encoding="utf-8"))
    line = {"line": 1, "code": "99490", "period_from": "2026-03-01", "period_to": "2026-03-31"}
    return {**chart, "claim_lines": [line]}


def test_a_line_with_a_period_and_no_date_asks_for_its_date() -> None:
    decision = decided(period_only())
    assert decision is not None
    line = lines(decision)[0]
    assert (line.verdict, of_line(line)[:1]) == (OPEN, ["claim_lines[0].date"])


def test_what_yields_already_waits_for_nothing() -> None:
    order = """
service 10003
  title  "Another programme"
  family other
  earns  1 unit

prefer one program of other, work in that order
  for   each patient, practitioner, month
  basis practice
"""
    services = small_world.decide(small_world.TIERS + order, {"other_flag": True}).services
    assert [services[code].yields_to for code in ("10001", "10002")] == ["10003", "10003"]
    assert [note for service in services.values() for note in service.notes] == []


ENTRY = {"date": "2026-03-09", "minutes": 25, "staff_id": "rn-1", "activity": "medication", "description": "Refill"}
STATED = {**ENTRY, "performed_by": "rn"}
UNDATED = {key: value for key, value in STATED.items() if key != "date"}


@pytest.mark.parametrize(
    ("entry", "more", "named"),
    [
        # a row of the roster that may be this person, and says otherwise than the entry
        (STATED, {"staff": [{"id": None, "role": "non_clinical"}]}, ["staff[0].id"]),
        (STATED, {"staff": [{"id": None, "role": "rn", "oig_excluded": True}]}, ["staff[0].id"]),
        (STATED, {"staff": [{"role": "non_clinical"}, {"id": "rn-1", "role": "rn"}]}, ["staff[0].id"]),
        (ENTRY, {"staff": [{"id": None, "role": "rn"}]}, ["staff[0].id", "time_log[0].performed_by"]),
        # whoever knows the role knows whether it is clinical
        (ENTRY, {"staff": [{"id": "rn-1"}]}, ["staff[0].role"]),
        (ENTRY, {"staff": [{"id": "rn-1", "role": None}]}, ["staff[0].role"]),
        (ENTRY, {"staff": [{"id": "rn-1", "role": "rn", "clinical": None}]}, ["staff[0].clinical"]),
        (ENTRY, {}, ["time_log[0].performed_by"]),
        (UNDATED, {}, ["time_log[0].date"]),
        (UNDATED, {"practice_has": {"attested_log": None}}, ["time_log[0].date", "practice_has.attested_log"]),
    ],
)
def test_the_roster_and_the_log_are_asked_for_what_decides(entry: Chart, more: Chart, named: list[str]) -> None:
    plain = json.loads((Path(__file__).parents[1] / "golden" / "plain_chart.json").read_text(encoding="utf-8"))
    decision = decided({**plain, "time_log": [entry], **more})
    assert decision is not None
    assert (decision.services["99490"].status, list(decision.services["99490"].missing)) == (OPEN, named)
    assert list(unnamed(decision)) == []


@pytest.mark.parametrize("block", range(4))
def test_no_chart_leaves_open_what_it_does_not_name(block: int) -> None:
    charts = seen().charts
    assert [each for at in range(block, len(charts), 96) for each in of(charts[at], at)] == []


@pytest.mark.parametrize("block", range(3))
def test_no_random_record_leaves_open_what_it_does_not_name(block: int) -> None:
    seeds = range(block * 10, block * 10 + 10)
    assert [each for seed in seeds for each in of(random_record(random.Random(seed)), seed)] == []


if __name__ == "__main__":
    what, first, count = sys.argv[1], int(sys.argv[2]), int(sys.argv[3])
    total = 0
    for seed in range(first, first + count):
        charts = seen().charts
        chart = random_record(random.Random(seed)) if what == "random" else charts[seed % len(charts)]
        for each in of(chart, seed):
            total += 1
            print(each, flush=True)
    print(f"{count} charts of {what}, {total} wrong")
    sys.exit(bool(total))
