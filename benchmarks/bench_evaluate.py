"""What one evaluation costs, reasons included, in process: a patient with ten time entries under the shipped policies.

    python benchmarks/bench_evaluate.py [--repeat N]

Prints milliseconds (the best of several rounds) for the whole decision and for its parts, and each part's share.
"""

from __future__ import annotations

import argparse
import time
from collections.abc import Callable, Mapping
from typing import Any

from ccm_policy import evaluate, facts, fees, library
from ccm_policy.evaluate.amounts import amounts
from ccm_policy.evaluate.layers import layers_of
from ccm_policy.evaluate.presume import presume
from ccm_policy.evaluate.stages import evaluated, own_outcomes
from ccm_policy.library import Selection

ENTRIES = 10
ROUNDS = 5


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
        "time_log": [{"date": f"2026-03-{2 * n + 2:02}", **entry, "description": "Call"} for n in range(entries)],
        "other_services": [],
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
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--repeat", type=int, default=20)
    repeat = parser.parse_args().repeat
    policies, schedules = library.load(), fees.load()
    given, wrong = facts.check(patient(), policies.vocabulary)
    assert given is not None, wrong
    selection = policies.select(given.facts, given.service_month)
    assert isinstance(selection, Selection)
    names = layers_of(policies, selection.policies, selection.possible).payers
    program = policies.program(names, given.service_month)
    month, scene, own = own_outcomes(given, program)
    whole = evaluated(program, month, scene, own, {})
    decision = evaluate.decide(given, policies, schedules)
    parts: Mapping[str, Callable[[], object]] = {
        "one decision, with reasons": lambda: evaluate.decide(given, policies, schedules),
        "  select the policies": lambda: policies.select(given.facts, given.service_month),
        "  presume": lambda: presume(given, program.vocabulary, program.tables, program.lives),
        "  presume and own outcomes": lambda: own_outcomes(given, program),
        "  coverage and choice": lambda: evaluated(program, month, scene, own, {}),
        "  amounts": lambda: amounts(whole, schedules),
        "as an object": decision.to_dict,
        "read and check the record": lambda: facts.check(patient(), policies.vocabulary),
    }
    print(
        f"{len(program.rules)} rules, {len(program.definitions)} definitions, {len(program.services)} services, ",
        end="",
    )
    print(f"{ENTRIES} entries, {sum(len(s.reasons) for s in decision.services.values())} reasons")
    total = milliseconds(parts["one decision, with reasons"], repeat)
    for name, work in parts.items():
        cost = milliseconds(work, repeat)
        print(f"{name:<28} {cost:8.3f} ms   {cost / total:5.0%}")


if __name__ == "__main__":
    main()
