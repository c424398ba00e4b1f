"""The law held against whole decisions: charts of the example clinic, varied at random, and the same with some values
recorded as unknown. Whatever is settled with the nulls stays so without them: rules, own outcomes, coverage and, choice
apart, statuses.

So it is with the records of the examples that stand in the policies, and with random ones of every month and payer;
there what selects the layers and what stands on the claim is made unknown too.

CI tries some hundreds of pairs. `make deep` runs this file as a program, which tries as many as it is told.
"""

from __future__ import annotations

import copy
import json
import random
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

import ccm_policy
from tests.evaluate.random_records import random_record, seen
from tests.evaluate.test_law_of_the_library import CLINIC, KEYS, Chart, library, ways, without

MONTHS = ("2016-02", "2019-05", "2021-06", "2023-04", "2025-03", "2026-03")
PLAIN = Path(__file__).parents[1] / "golden" / "plain_chart.json"
VARIED: dict[str, tuple[Any, ...]] = {
    "provider_type": ("office", "rhc", "fqhc", "outpatient_hospital"),
    "state": ("NY", "CA", "OH"),
}
PROGRAMMES = ("ccm", "pcm", "apcm")
SETTLED = ("yes", "no")
FOR_ALL = ("patient_id", "service_month", "payer", "claim_lines")
"""What a record needs, and the claim, of which single cells are hidden."""
LINES = {"supported": True, "under_billed": True, "alternative": True, "over_billed": False, "not_supported": False}
"""Verdicts that answer whether a line may be sent as it is, or with other units."""


def varied(chart: Chart, rng: random.Random) -> Chart:
    """A chart with other selectors and consents to other programmes, now and then in another month."""
    chart = copy.deepcopy(chart)
    for fact, values in VARIED.items():
        if rng.random() < 0.4:
            chart[fact] = rng.choice(values)
    for listed in ("consents", "programs", "time_log", "visits"):
        for record in chart.get(listed) or () if isinstance(chart.get(listed), list) else ():
            if listed != "visits" and rng.random() < 0.3:
                record["program"] = rng.choice(PROGRAMMES)
            elif listed == "visits" and rng.random() < 0.3:
                record["initiates"] = [rng.choice(PROGRAMMES)]
    if rng.random() < 0.3:
        month = rng.choice(MONTHS)
        chart = json.loads(json.dumps(chart).replace('"' + chart["service_month"], '"' + month))
    return chart


def turns(whole: Chart, hidden: tuple[Any, ...]) -> list[str]:
    """What is settled with the nulls and another without them."""
    full, less = (ccm_policy.opened(library().evaluate(chart).to_dict()) for chart in (whole, without(whole, *hidden)))
    return [*turns_of_services(full["services"], less["services"]), *turns_of_lines(full, less)]


def turns_of_services(full: dict[str, Any], less: dict[str, Any]) -> Iterator[str]:
    for code, service in less.items():
        other = full.get(code)
        if other is None:
            if service["status"] == "supported":
                yield code
            continue
        if service["own_outcome"] in SETTLED and service["own_outcome"] != other["own_outcome"]:
            yield f"{code}: own outcome {service['own_outcome']}, then {other['own_outcome']}"
        yields = service["yields_to"] or other["yields_to"]
        if not yields and settled(service) and service["status"] != other["status"]:
            yield f"{code}: {service['status']}, then {other['status']}"
        rules = {(r["policy"], r["rule"]): r["outcome"] for r in other["reasons"]}
        for reason in service["reasons"]:
            then = rules.get((reason["policy"], reason["rule"]), reason["outcome"])
            if not yields and reason["outcome"] in SETTLED and reason["outcome"] != then:
                yield f"{code}: {reason['rule']} {reason['outcome']}, then {then}"


def turns_of_lines(full: dict[str, Any], less: dict[str, Any]) -> Iterator[str]:
    """Lines that may be sent and then may not, or the other way round; a choice of another code apart."""
    chosen = {code for d in (full, less) for code, service in d["services"].items() if service["yields_to"]}
    both = [(d["claim"] or {"lines": ()})["lines"] for d in (less, full)]
    for line, other in zip(*both, strict=True):
        verdict = line["verdict"]
        if chosen or line["code"] is None or verdict not in LINES:
            continue
        if LINES[verdict] != LINES.get(other["verdict"]):
            yield f"line {line['line']} of {line['code']}: {verdict}, then {other['verdict']}"


def settled(service: dict[str, Any]) -> bool:
    """Whether a status answers. That no published rule speaks answers only for a service that may stand by itself."""
    return service["status"] in ("supported", "not_supported") or (
        service["status"] == "not_established" and service["own_outcome"] == "yes"
    )


def of_the_clinic(rng: random.Random) -> tuple[Chart, list[Any]]:
    chart = varied(rng.choice(_charts()), rng)
    return chart, list(ways(chart))


def of_an_example(rng: random.Random) -> tuple[Chart, list[Any]]:
    chart = rng.choice(seen().charts)
    return chart, everywhere(chart)


def at_random(rng: random.Random) -> tuple[Chart, list[Any]]:
    chart = random_record(rng)
    return chart, everywhere(chart)


def everywhere(chart: Chart) -> list[Any]:
    """The place of every value, of what selects the layers, and of every cell of the claim."""
    selecting = [(key,) for key in chart if key in KEYS and key not in FOR_ALL and not isinstance(chart[key], dict)]
    lines = [("claim_lines", n, key) for n, line in enumerate(chart.get("claim_lines") or ()) for key in line]
    return [*ways(chart), *selecting, *lines]


SOURCES = {"clinic": of_the_clinic, "examples": of_an_example, "random": at_random}


def tried(seed: int, source: str = "clinic") -> list[str]:
    """One pair: the turns that it shows, with what was hidden."""
    rng = random.Random(seed)
    chart, places = SOURCES[source](rng)
    hidden = tuple(rng.sample(places, min(len(places), rng.choice((1, 1, 2, 3)))))
    if len(hidden) > 1:
        hidden = tuple(w for w in hidden if not any(w != v and w[: len(v)] == v for v in hidden))
    try:
        return [f"{turn} ({source}, seed {seed}, {chart['patient_id']}, {hidden})" for turn in turns(chart, hidden)]
    except library_errors():
        return []


def library_errors() -> tuple[type[Exception], ...]:
    """A varied chart that is refused makes no pair."""
    from ccm_policy import CcmPolicyError

    return (CcmPolicyError,)


def _charts() -> list[Chart]:
    return [json.loads(line) for line in CLINIC.read_text(encoding="utf-8").splitlines()]


@pytest.mark.parametrize("block", range(3))
@pytest.mark.parametrize("source", SOURCES)
def test_no_null_turns_what_is_settled(source: str, block: int) -> None:
    assert [turn for seed in range(block * 30, block * 30 + 30) for turn in tried(seed, source)] == []


def test_a_consent_whose_programme_is_unknown_settles_nothing() -> None:
    chart = next(c for c in _charts() if any(r.get("program") == "apcm" for r in c.get("consents") or ()))
    chart["programs"] = []
    place = next(("consents", n) for n, r in enumerate(chart["consents"]) if r.get("program") == "apcm")
    assert turns(chart, ((*place, "program"),)) == []
    full, less = (
        ccm_policy.opened(library().evaluate(c).to_dict())["services"]
        for c in (chart, without(chart, (*place, "program")))
    )
    earned = [code for code, service in full.items() if service["own_outcome"] == "yes"]
    assert earned
    assert {less[code]["own_outcome"] for code in earned} <= {"yes", "unknown"}
    assert "unknown" in {less[code]["own_outcome"] for code in earned}


def test_an_unknown_kind_of_provider_asks_where_coverage_would_be_another() -> None:
    plain = PLAIN.read_text(encoding="utf-8").replace("2026-", "2019-").replace("2025-", "2018-")
    office, rhc, null = (
        ccm_policy.opened(library().evaluate({**json.loads(plain), "provider_type": kind}).to_dict())["services"][
            "99490"
        ]
        for kind in ("office", "rhc", None)
    )
    assert [s["status"] for s in (office, rhc, null)] == ["supported", "not_supported", "needs_information"]
    assert null["missing"] == [{"fact": "provider_type", "decides": "99490"}]


if __name__ == "__main__":
    source, first, count = sys.argv[1], int(sys.argv[2]), int(sys.argv[3])
    total = 0
    for seed in range(first, first + count):
        for turn in tried(seed, source):
            total += 1
            print(turn, flush=True)
    print(f"{count} pairs of {source}, {total} turns")
    sys.exit(bool(total))
