"""What one evaluation costs in process: a patient with ten time entries under the shipped policies, and with more.

    python benchmarks/bench_evaluate.py [--repeat N]

Prints milliseconds, the best of several rounds.
"""

from __future__ import annotations

import argparse
import time
from collections.abc import Callable, Mapping
from typing import Any

import ccm_policy
from ccm_policy import evaluate, facts, library
from ccm_policy.evaluate import Options
from ccm_policy.evaluate.stages import REFERENCE
from ccm_policy.facts.values import Given

ENTRIES = 10
ROUNDS = 5
GROWTH = (10, 100, 1000, 5000)
CROWDS = (62, 124, 400, 800)
LINES = (12, 25, 50, 100)


def patient(entries: int = ENTRIES) -> dict[str, Any]:
    """An ordinary month, decided without a question, with so many entries of six minutes."""
    condition = {"lasts_12_months": True, "significant_risk": True, "documented": True}
    topics = ["availability", "cost_sharing", "one_practitioner", "right_to_stop"]
    visit = {"code": "99214", "date": "2025-10-15", "practitioner_id": "dr-a"}
    entry = {"minutes": 6, "performed_by": "rn", "staff_id": "rn-1", "activity": "communication"}
    return {
        "patient_id": "bench",
        "service_month": "2026-03",
        "payer": "medicare",
        "state": "OH",
        "locality": "15202-00",
        "place_of_service": "11",
        "apm_status": "non_qp",
        "practitioner": {"id": "dr-a", "type": "physician"},
        "conditions": [{"icd10": "E11.9", **condition}, {"icd10": "I50.9", **condition}],
        "consents": [
            {"status": "given", "date": "2025-10-15", "documented": True, "practitioner_id": "dr-a", "topics": topics}
        ],
        "visits": [{**visit, "initiates": ["ccm"], "discussion_documented": True}],
        "programs": [{"program": "ccm", "practitioner_id": "dr-a", "started_on": "2025-11-03"}],
        "care_plan": {"worked_on": "2026-03-20", "copy_given": True, "available_24_7": True},
        "access_24_7": {"offered": True},
        "mdm": {"level": "low", "by_billing_practitioner": True, "documented": True},
        "time_log": [
            {"date": f"2026-03-{(2 * n) % 30 + 2:02}", **entry, "description": "Call"} for n in range(entries)
        ],
        "other_services": [],
    }


def crowded(entries: int, at_once: bool) -> dict[str, Any]:
    """The same month with entries that share minutes of the clock: with those of their day, or all with all."""
    found = patient(entries)
    for n, entry in enumerate(found["time_log"]):
        place = {"date": "2026-03-09", "start": "09:00", "minutes": 1 + n % 90}
        entry |= place if at_once else {"date": f"2026-03-{n % 31 + 1:02}", "start": f"09:{n // 31:02}"}
    return found


def claimed(lines: int) -> dict[str, Any]:
    """The same month with a claim of so many lines of four codes."""
    codes = ("99490", "99439", "99487", "99214")
    return {
        **patient(),
        "claim_lines": [{"code": codes[n % 4], "date": "2026-03-31", "units": 1} for n in range(lines)],
    }


def milliseconds(work: Callable[[], object], repeat: int) -> float:
    """The best mean over some rounds."""
    best = float("inf")
    for _ in range(ROUNDS):
        start = time.perf_counter()
        for _ in range(repeat):
            work()
        best = min(best, (time.perf_counter() - start) / repeat)
    return best * 1000


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--repeat", type=int, default=20)
    repeat = parser.parse_args().repeat
    loaded = ccm_policy.load()
    policies, schedules = loaded.policies, loaded.fees
    reference = Options(evaluator=REFERENCE)
    given = read(policies, patient())
    works: Mapping[str, Callable[[], object]] = {
        "read and check the record": lambda: facts.check(patient(), policies.vocabulary),
        "select the policies": lambda: policies.select(given.facts, given.service_month),
        "decide": lambda: evaluate.decide(given, policies, schedules),
        "decide, all reasons as an object": lambda: evaluate.decide(given, policies, schedules).to_dict(),
        "by the reference: decide": lambda: evaluate.decide(given, policies, schedules, reference),
        "by the reference: all reasons": lambda: evaluate.decide(given, policies, schedules, reference).to_dict(),
    }
    print(f"{ENTRIES} entries")
    for name, work in works.items():
        print(f"  {name:<34} {milliseconds(work, repeat):8.3f} ms")
    print("decide, by the number of entries")
    for entries in GROWTH:
        grown = read(policies, patient(entries))
        cost = milliseconds(lambda grown=grown: evaluate.decide(grown, policies, schedules), 3)  # type: ignore[misc]
        print(f"  {entries:>6} {cost:38.3f} ms   {1000 * cost / entries:8.1f} us an entry")
    print("decide, by the number of entries that share minutes with those of their day; with all of one day")
    for entries in CROWDS:
        crowds = [read(policies, crowded(entries, at_once)) for at_once in (False, True)]
        costs = [milliseconds(lambda crowd=crowd: evaluate.decide(crowd, policies, schedules), 1) for crowd in crowds]  # type: ignore[misc]
        print(f"  {entries:>6} {costs[0]:38.3f} ms   {costs[1]:8.3f} ms")
    print("decide, by the lines of a claim; with all reasons as an object")
    for lines in LINES:
        claim = read(policies, claimed(lines))
        decided = milliseconds(lambda claim=claim: evaluate.decide(claim, policies, schedules), 1)  # type: ignore[misc]
        told = milliseconds(lambda claim=claim: evaluate.decide(claim, policies, schedules).to_dict(), 1)  # type: ignore[misc]
        print(f"  {lines:>6} {decided:38.3f} ms   {told:8.3f} ms")


def read(policies: library.Library, chart: dict[str, Any]) -> Given:
    """The patient's facts."""
    given, wrong = facts.check(chart, policies.vocabulary)
    assert given is not None, wrong
    return given


if __name__ == "__main__":
    main()
