"""An outside check: what CMS's own edits say of one date, held against what the library supports in a month.

The edits (pairs of codes, units of a code) speak of one practitioner, one patient and one date; the library's rules of
a month. A grid of charts in which everything can be earned is decided, in a month for which CMS's table is held, and
nothing that the edits close may come out supported on one date.
"""

from __future__ import annotations

import copy
import csv
import itertools
import json
from functools import cache
from pathlib import Path
from typing import Any

import pytest

import ccm_policy

ROOT = Path(__file__).parents[2]
EDITS = ROOT / "fee_schedules" / "medicare_ncci"
CHART: dict[str, Any] = json.loads((ROOT / "tests" / "golden" / "plain_chart.json").read_text(encoding="utf-8"))

MAY_BE_APPEALED = {
    "99489": "claims data, not a rule: further half hours are earned without limit; a claim check flags the line",
    "99437": "a workgroup's figure, not a rule; a claim check flags the line",
    "99425": "a workgroup's figure, not a rule; a claim check flags the line",
    "99427": "a workgroup's figure, not a rule; a claim check flags the line",
}
"""Units that CMS lets a provider appeal (indicator 3): the month's rule has no such limit."""


def entry(month: str, day: int, minutes: int, who: str, program: str) -> dict[str, Any]:
    own = {"performed_by": "physician", "staff_id": "dr-a"}
    return {
        "date": f"{month}-{day:02}",
        "minutes": minutes,
        "program": program,
        "activity": "coordination",
        "description": "Coordinated with the heart failure clinic about weight gain",
        **(own if who == "own" else {"performed_by": who, "staff_id": "rn-1"}),
    }


def chart(month: str, ccm: tuple[int, int], pcm: tuple[int, int], level: str, starts: bool) -> dict[str, Any]:
    """A chart with staff and own minutes in both programmes, enrolled in both, perhaps started by a visit."""
    record = copy.deepcopy(CHART) | {"service_month": month, "history": {"known_from": "2015-01-01"}}
    started = f"{month}-02" if starts else "2024-01-10"
    for condition in record["conditions"]:
        condition |= {"complex": True, "lasts_3_months": True}
    consent = record.pop("consent") | {"date": started}
    record["consents"] = [consent | {"program": program} for program in ("ccm", "pcm")]
    record["programs"] = [
        {"program": program, "practitioner_id": "dr-a", "started_on": started} for program in ("ccm", "pcm")
    ]
    record["visits"] = [
        {
            "code": "99215",
            "date": started,
            "practitioner_id": "dr-a",
            "initiates": ["ccm", "pcm"],
            "discussion_documented": True,
            "extensive_assessment": True,
        }
    ]
    record["care_plan"] |= {"created": started, "worked_on": f"{month}-20", "reviewed": f"{month}-20"}
    record["mdm"] |= {"level": level}
    record["time_log"] = [
        entry(month, 20 + n, minutes, who, program)
        for n, (minutes, who, program) in enumerate(
            [(ccm[0], "rn", "ccm"), (ccm[1], "own", "ccm"), (pcm[0], "rn", "pcm"), (pcm[1], "own", "pcm")]
        )
        if minutes
    ]
    return record


@cache
def supported(month: str) -> tuple[tuple[tuple[str, str, int], ...], ...]:
    """For every chart of the grid: (code, date of service, units) of what is supported."""
    library = ccm_policy.load()
    decisions = []
    for staff, own, pcm, level, starts in itertools.product(
        (0, 25, 65, 125), (0, 95), ((0, 0), (65, 0), (0, 65)), ("low", "moderate"), (False, True)
    ):
        services = ccm_policy.opened(library.evaluate(chart(month, (staff, own), pcm, level, starts)).to_dict())[
            "services"
        ]
        decisions.append(
            tuple(
                (code, service["date_of_service"], service["units"])
                for code, service in services.items()
                if service["status"] == "supported"
            )
        )
    return tuple(decisions)


def rows(file: Path) -> list[dict[str, str]]:
    with file.open(encoding="utf-8", newline="") as stream:
        return list(csv.DictReader(stream))


def decided(month: str) -> set[str]:
    policies = ccm_policy.load().policies
    chosen = policies.select({"payer": "medicare"}, month, frozenset())
    assert not isinstance(chosen, ccm_policy.Diagnostic)
    return set(policies.program(chosen.policies, month).services)


def test_no_closed_pair_is_supported_on_one_date(capsys: pytest.CaptureFixture[str]) -> None:
    month = "2024-08"
    active = [r for r in rows(EDITS / "2024Q3" / "ptp.csv") if r["indicator"] != "9" and not r["deleted"]]
    codes = decided(month)
    closed = {
        frozenset((r["column_1"], r["column_2"]))
        for r in active
        if r["indicator"] == "0" and {r["column_1"], r["column_2"]} <= codes
    }
    seen = {code for case in supported(month) for code, _, _ in case}
    for case in supported(month):
        for (first, day, _), (second, other, _) in itertools.combinations(case, 2):
            assert not (day == other and frozenset((first, second)) in closed), (first, second, day)
    beside = {
        frozenset((first, second))
        for case in supported(month)
        for (first, _, _), (second, _, _) in itertools.combinations(case, 2)
    }
    with capsys.disabled():
        print(
            f"\n  {len(active)} active pairs; {len(closed)} closed pairs of decided codes, none supported on one date;"
            f" supported in one month on different dates: {sorted(sorted(pair) for pair in beside & closed)};"
            f" {len(supported(month))} charts"
        )
    assert closed
    assert seen == codes


def test_every_closed_pair_is_named_by_a_rule_a_preference_or_a_claim_check() -> None:
    closed = {(r["denied"], r["code"]) for r in rows(ROOT / "policies/medicare/ncci/closed_pairs_2024_07.csv")}
    table = {
        (r["column_2"], r["column_1"])
        for r in rows(EDITS / "2024Q3" / "ptp.csv")
        if r["indicator"] == "0" and not r["deleted"]
    }
    assert closed <= table
    codes = decided("2024-08")
    assert {pair for pair in table if set(pair) <= codes} <= closed


@pytest.mark.parametrize(("edition", "month"), [("2024Q3", "2024-08"), ("2026Q4", "2026-11")])
def test_no_more_units_than_cms_pays_on_one_date(edition: str, month: str, capsys: pytest.CaptureFixture[str]) -> None:
    limits = {r["code"]: (int(r["units"]), r["indicator"]) for r in rows(EDITS / edition / "mue.csv")}
    checked = decided(month) & limits.keys()
    most = {code: max((u for case in supported(month) for c, _, u in case if c == code), default=0) for code in checked}
    absolute = {code for code in checked if limits[code][1] != "3"}
    for code in absolute:
        assert most[code] <= limits[code][0], code
    assert checked - absolute <= MAY_BE_APPEALED.keys()
    with capsys.disabled():
        print(f"\n  {edition}: {len(limits)} limits, {len(checked)} of decided codes, {len(absolute)} of them absolute")


def test_the_policies_limits_are_those_of_the_edits() -> None:
    for edition, file in (("2024Q3", "mue_2024_07.csv"), ("2026Q4", "mue_2026_10.csv")):
        held = {r["code"]: (r["units"], r["indicator"]) for r in rows(EDITS / edition / "mue.csv")}
        told = {
            r["code"]: (r["limit"], r["adjudication"])
            for r in rows(ROOT / "policies" / "medicare" / "ncci" / file)
            if r["claim_type"] == "professional"
        }
        assert told.items() <= held.items()
