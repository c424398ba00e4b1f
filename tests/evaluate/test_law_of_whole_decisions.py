"""The law held against whole decisions: charts of the example clinic, varied at random, and the same with some values
recorded as unknown. Whatever is settled with the nulls stays so without them: rules, own outcomes, coverage and, choice
apart, statuses.

So it is with the records of the examples that stand in the policies, and with random ones of every month and payer;
there what selects the layers and what stands on the claim is made unknown too.

CI tries some hundreds of pairs. `make deep` runs this file as a program, which tries as many as it is told; with the
word `values` it reads what the reasons rest on, not their words.
"""

from __future__ import annotations

import copy
import json
import random
import sys
from collections.abc import Callable, Iterator
from functools import cache
from pathlib import Path
from typing import Any

import pytest

import ccm_policy
from ccm_policy.evaluate.reasons import name_of
from ccm_policy.language.truth import word
from tests.evaluate.random_records import Placed, dated, random_record, seen
from tests.evaluate.test_law_of_the_library import CLINIC, KEYS, Chart, library, ways, without

MONTHS = ("2016-02", "2019-05", "2021-06", "2023-04", "2025-03", "2026-03")
PLAIN = Path(__file__).parents[1] / "golden" / "plain_chart.json"
VARIED: dict[str, tuple[Any, ...]] = {
    "provider_type": ("office", "rhc", "fqhc", "outpatient_hospital"),
    "state": ("NY", "CA", "OH"),
}
PROGRAMMES = ("ccm", "pcm", "apcm")
SETTLED = ("yes", "no")
FOR_ALL = ("patient_id", "service_month", "claim_lines")
"""What a record needs, and the claim, of which single cells are hidden."""
Read = Callable[[ccm_policy.Decision], dict[str, Any]]
FOLLOWING = ("CCM-W0702", "CCM-W0710")
"""Findings about services that nothing published decides, and about what is not known."""
LINES = {
    "supported": "sent",
    "under_billed": "sent",
    "alternative": "sent",
    "over_billed": "not sent",
    "not_supported": "not sent",
    "not_audited": "not audited",
}
"""Verdicts that answer whether a line may be sent as it is, or with other units, or that nobody says so."""


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


def told(decision: ccm_policy.Decision) -> dict[str, Any]:
    """A decision as it is written, with every reason."""
    return ccm_policy.opened(decision.to_dict())


def valued(decision: ccm_policy.Decision) -> dict[str, Any]:
    """What `turns` reads, from the values on which the reasons rest: much faster, since nothing is put in words."""
    month = decision.evaluated
    open_ones = {} if month is None else month.undecided_reasons

    def reasons(code: str) -> Iterator[dict[str, Any]]:
        for judged in () if month is None else month.outcomes[code].rules:
            outcome = "unknown" if open_ones.get(code, {}).get(name_of(judged.rule)) else word(judged.truth)
            yield {"policy": judged.rule.where.policy, "rule": judged.rule.name, "outcome": outcome}

    def service(code: str, found: Any) -> dict[str, Any]:
        held = None if found.held is None else {"outcome": found.held.outcome}
        fields = {name: getattr(found, name) for name in ("status", "own_outcome", "yields_to", "ceiling")}
        return {**fields, "held": held, "reasons": list(reasons(code))}

    lines = [] if decision.claim is None else decision.claim.lines
    return {
        "status": decision.status,
        "findings": [finding.to_dict() for finding in decision.findings],
        "services": {code: service(code, found) for code, found in decision.services.items()},
        "claim": {"lines": [{"line": line.line, "code": line.code, "verdict": line.verdict} for line in lines]},
    }


def turns(whole: Chart, hidden: tuple[Any, ...], read: Read = told) -> list[str]:
    """What is settled with the nulls and another without them."""
    full, less = (read(library().evaluate(chart)) for chart in (whole, without(whole, *hidden)))
    services = turns_of_services(full["services"], less["services"])
    return [*turns_of_the_whole(full, less), *services, *turns_of_lines(full, less)]


def turns_of_the_whole(full: dict[str, Any], less: dict[str, Any]) -> Iterator[str]:
    """Whether somebody speaks for the payer, and what is found about the record. A finding about a service follows its
    status."""
    if less["status"] != "needs_information" and less["status"] != full["status"]:
        yield f"the decision: {less['status']}, then {full['status']}"
    found, then = ({(f["code"], f["fact"]) for f in d["findings"]} for d in (less, full))
    yield from (f"finding {code} of {fact} is gone" for code, fact in found - then if code not in FOLLOWING)


def turns_of_services(full: dict[str, Any], less: dict[str, Any]) -> Iterator[str]:
    """A service that is not listed is refused by every policy that may apply."""
    for code, service in full.items():
        if code not in less and service["status"] == "supported":
            yield f"{code}: not listed, then supported"
    for code, service in less.items():
        other = full.get(code)
        if other is None:
            if service["status"] == "supported":
                yield code
            continue
        if service["own_outcome"] in SETTLED and service["own_outcome"] != other["own_outcome"]:
            yield f"{code}: own outcome {service['own_outcome']}, then {other['own_outcome']}"
        yield from turns_of_holds(code, service, other)
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
    yielding = [(c, s["yields_to"]) for d in (full, less) for c, s in d["services"].items() if s["yields_to"]]
    chosen = {code for pair in yielding for code in pair}
    both = [(d["claim"] or {"lines": ()})["lines"] for d in (less, full)]
    for line, other in zip(*both, strict=True):
        verdict = line["verdict"]
        if line["code"] in chosen or line["code"] is None or verdict not in LINES:
            continue
        if LINES[verdict] != LINES.get(other["verdict"]):
            yield f"line {line['line']} of {line['code']}: {verdict}, then {other['verdict']}"


def turns_of_holds(code: str, service: dict[str, Any], other: dict[str, Any]) -> Iterator[str]:
    """What nobody holds stays so, and what is held for a fault; so does who pays first."""
    if service["status"] == other["status"] == "supported":
        if service["ceiling"] in SETTLED and service["ceiling"] != other["ceiling"]:
            yield f"{code}: ceiling {service['ceiling']}, then {other['ceiling']}"
        held, then = ("yes" if s["held"] is None else s["held"]["outcome"] for s in (service, other))
        if held in SETTLED and held != then:
            yield f"{code}: held {held}, then {then}"


def settled(service: dict[str, Any]) -> bool:
    """Whether a status answers."""
    return bool(service["status"] != "needs_information")


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


SELECTORS: dict[str, tuple[Any, ...]] = {
    "payer": ("medicare", "medicaid", "commercial", "medicare_advantage", "tricare"),
    "plan": (
        None,
        None,
        "anthem",
        "aetna",
        "emblemhealth",
        "horizon_bcbsnj",
        "ny_medicaid",
        "a_plan_that_nobody_names",
    ),
    "state": ("CA", "NC", "NY", "OH", "SC", "WA", "TX"),
    "practice": ("template", "template", "another", None),
    "provider_type": ("office", "office", "rhc", "fqhc"),
}


def of_selectors(rng: random.Random) -> tuple[Chart, list[Any]]:
    """The plain chart with facts that choose the layers, of which some are hidden."""
    chart = json.loads(PLAIN.read_text(encoding="utf-8"))
    chart |= {fact: value for fact, values in SELECTORS.items() if (value := rng.choice(values)) is not None}
    if rng.random() < 0.5:
        chart["claim_lines"] = [{"line": 1, "code": rng.choice(("99490", "99491", "99214", "G0511")), "units": 1}]
    return chart, [(fact,) for fact in SELECTORS]


def of_a_practice(rng: random.Random) -> tuple[Chart, list[Any]]:
    """A chart of the clinic, some of which a practice vouches for in place of the record."""
    chart = varied(rng.choice(_charts()), rng)
    vocabulary = library().policies.vocabulary
    chart = {**chart, "practice": "attesting_template", "service_month": "2026-03"}
    for path, fact in vocabulary.facts.items():
        group, _, name = path.partition(".")
        if fact.attestable and rng.random() < 0.7 and isinstance(chart.get(group), dict):
            chart[group].pop(name, None)
    for name, listed in vocabulary.lists.items():
        if (listed.one_attested or listed.none_attested) and rng.random() < 0.5:
            chart.pop(name, None)
        for record in chart.get(name) or ():
            for field in [f for f in listed.fields.values() if f.attestable and rng.random() < 0.5]:
                record.pop(field.name, None)
                if field.instead_of is not None and rng.random() < 0.7:
                    record.pop(field.instead_of, None)
    return chart, [*ways(chart), ("practice",)]


WRITTEN: dict[str, tuple[Any, ...]] = {
    "code": (
        "99490",
        "99490",
        "99439",
        "99487",
        "99491",
        "99437",
        "99426",
        "G0506",
        "G0511",
        "G0557",
        "99484",
        "99214",
    ),
    "units": (0, 1, 1, 1, 2, 3),
    "practitioner_id": ("dr-a", "dr-b"),
    "same_practitioner": (True, False),
    "status": ("billed", "denied", "paid", "planned"),
    "program": ("ccm", "pcm", "apcm", "bhi"),
    "modifiers": (["25"], ["59"], []),
    "period_from": (Placed(0, 1), Placed(-1, 1)),
    "period_to": (Placed(0, 31), Placed(-1, 28)),
}
PAYERS: tuple[Chart, ...] = (
    *({"payer": "medicare"},) * 5,
    {"payer": "commercial"},
    {"payer": "commercial", "plan": "horizon_bcbsnj"},
    {"payer": "commercial", "plan": "anthem"},
    {"payer": "medicaid", "state": "TX"},
    {"payer": "medicare_advantage"},
)


def of_a_claim(rng: random.Random) -> tuple[Chart, list[Any]]:
    """A chart of the clinic or of an example with lines at random, of which cells are hidden, and insurance."""
    chart = copy.deepcopy(rng.choice(_charts() if rng.random() < 0.3 else seen().charts)) | rng.choice(PAYERS)
    month = chart["service_month"]
    lines = [line for line in chart.get("claim_lines") or () if rng.random() < 0.8]
    while len(lines) < 2 or rng.random() < 0.4:
        lines.append({"code": rng.choice(WRITTEN["code"])})
    for number, line in enumerate(lines, start=1):
        line["line"] = number
        line |= {field: rng.choice(values) for field, values in WRITTEN.items() if rng.random() < 0.12}
        if "date" not in line or rng.random() < 0.3:
            line["date"] = Placed(rng.choice((0, 0, 0, 0, 0, -1, 1)), rng.choice((1, 5, 12, 20, 31)))
    chart["claim_lines"] = [dated(line, month) for line in lines]
    if rng.random() < 0.2:
        ranked = [{"payer": payer, "rank": n} for n, payer in enumerate(("medicare", chart["payer"]), start=1)]
        chart["coverage"] = ranked
    cells = [("claim_lines", n, key) for n, line in enumerate(lines) for key in line if key != "line"]
    return chart, [*cells, *cells, *everywhere(chart)]


SOURCES = {
    "selectors": of_selectors,
    "claims": of_a_claim,
    "clinic": of_the_clinic,
    "examples": of_an_example,
    "random": at_random,
    "practice": of_a_practice,
}


def tried(seed: int, source: str = "clinic", read: Read = told) -> list[str]:
    """One pair: the turns that it shows, with what was hidden."""
    rng = random.Random(seed)
    chart, places = SOURCES[source](rng)
    hidden = tuple(rng.sample(places, min(len(places), rng.choice((1, 1, 2, 3)))))
    if len(hidden) > 1:
        hidden = tuple(w for w in hidden if not any(w != v and w[: len(v)] == v for v in hidden))
    try:
        return [
            f"{turn} ({source}, seed {seed}, {chart['patient_id']}, {hidden})" for turn in turns(chart, hidden, read)
        ]
    except library_errors():
        return []


def library_errors() -> tuple[type[Exception], ...]:
    """A varied chart that is refused makes no pair."""
    from ccm_policy import CcmPolicyError

    return (CcmPolicyError,)


@cache
def _charts() -> list[Chart]:
    return [json.loads(line) for line in CLINIC.read_text(encoding="utf-8").splitlines()]


BLOCKS = [
    *((source, block) for source in ("clinic", "examples", "random") for block in range(3)),
    ("practice", 0),
    ("claims", 0),
    ("selectors", 0),
]


@pytest.mark.parametrize(("source", "block"), BLOCKS)
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


@pytest.mark.parametrize(
    ("given", "hidden", "values"),
    [
        ({"payer": "medicaid"}, "state", ("CA", "OH", "TX")),
        ({"payer": "medicaid", "state": "TX"}, "plan", ("ny_medicaid", "another")),
        ({"payer": "commercial"}, "plan", ("horizon_bcbsnj", "emblemhealth", "another")),
    ],
)
def test_a_null_that_chooses_the_payers_policies_is_asked_for(
    given: Chart, hidden: str, values: tuple[str, ...]
) -> None:
    lines = [{"line": 1, "code": "99490"}, {"line": 2, "code": "99214"}]
    chart = {**json.loads(PLAIN.read_text(encoding="utf-8")), **given, "claim_lines": lines}
    open = library().evaluate({**chart, hidden: None})
    assert (open.status, [fact.fact for fact in open.missing]) == ("needs_information", [hidden])
    assert {code: (s.status, s.missing) for code, s in open.services.items()} == {
        "99490": ("needs_information", (hidden,))
    }
    assert open.claim is not None
    assert [(line.verdict, line.message) for line in open.claim.lines] == [
        ("needs_information", f"It waits for {hidden}.")
    ] * 2
    assert [turn for value in values for turn in turns({**chart, hidden: value}, ((hidden,),))] == []
    short = library().evaluate({**chart, hidden: None, "time_log": []})
    assert (short.status, dict(short.services)) == ("needs_information", {})
    assert [(fact.fact, fact.services) for fact in short.missing] == [(hidden, ())]


def test_a_layer_that_may_change_a_rule_leaves_its_reason_open() -> None:
    """California's contractor counts no messages that were left, whatever they say; where the locality is not known,
    nobody knows that."""
    chart = next(c for c in seen().charts if c["patient_id"] == "messages left do not count in California")
    left, talk = chart["time_log"]
    chart = {**chart, "time_log": [{**left, "care_given": True}, talk]}
    assert turns(chart, (("locality",),)) == []
    open = library().evaluate(without(chart, ("locality",))).services["99490"]
    units = next(reason for reason in open.reasons if reason.rule == "its own minutes")
    assert (open.own_outcome, units.outcome, units.facts[-1].path) == ("unknown", "unknown", "locality")


def test_a_practice_that_is_not_known_may_hold() -> None:
    chart = {**json.loads(PLAIN.read_text(encoding="utf-8")), "practice": "template"}
    held = library().evaluate({**chart, "practice": None}).services["99490"].held
    assert held is not None
    assert (held.outcome, [fact.path for fact in held.facts]) == ("unknown", ["practice"])
    assert held.message == "`practice.template` would hold this; whether it applies waits for practice."
    for practice in ("template", "another"):
        assert turns({**chart, "practice": practice}, (("practice",),)) == []


@pytest.mark.parametrize("hidden", ["practitioner_id", "status"])
@pytest.mark.parametrize("service", ["supported", "not supported"])
def test_what_is_said_against_a_line_waits_until_it_is_known_whose_it_is(hidden: str, service: str) -> None:
    """Too early, or of a service that is not supported: nothing is said against another's line, or one denied."""
    chart = json.loads(PLAIN.read_text(encoding="utf-8")) | ({"time_log": []} if service == "not supported" else {})
    apart = {"practitioner_id": "somebody-else", "status": "denied"}[hidden]
    line = {"line": 1, "code": "99490", "date": "2026-03-01", hidden: apart}
    assert turns({**chart, "claim_lines": [line]}, (("claim_lines", 0, hidden),)) == []
    claim = library().evaluate({**chart, "claim_lines": [{**line, hidden: None}]}).claim
    assert claim is not None
    (judged,) = claim.lines
    assert (judged.verdict, judged.supported_units) == ("needs_information", 0)
    fact = {"practitioner_id": "same_practitioner"}.get(hidden, hidden)
    first = f"It is not known whether the line is this claim's. It waits for claim_lines[0].{fact}. If it is: "
    assert (judged.message or "").startswith(first)


def test_a_line_that_nothing_decides_waits_for_its_own_checks() -> None:
    chart = json.loads(PLAIN.read_text(encoding="utf-8"))
    chart |= {"patient": {"died_on": "2026-03-15"}}
    chart |= {"claim_lines": [{"line": 1, "code": "99214", "date": "2026-03-31"}]}
    assert turns(chart, (("claim_lines", 0, "date"),)) == []


def test_what_no_published_rule_decides_still_fails_by_itself() -> None:
    """It waits for what would tell, is worth nothing, and the payer has to be asked whatever that is."""
    chart = json.loads(PLAIN.read_text(encoding="utf-8")) | {"payer": "commercial", "plan": "highmark"}
    chart |= {"claim_lines": [{"line": 1, "code": "99490", "date": "2026-03-31"}], "time_log": []}
    assert turns(chart, (("time_log",),)) == []
    open = library().evaluate({**chart, "time_log": None})
    service = open.services["99490"]
    assert (service.status, service.own_outcome, service.possible_units) == ("needs_information", "unknown", 0)
    assert ("time_log", None) in {(fact.fact, fact.worth) for fact in open.missing}
    assert "CCM-W0702" in {finding.code for finding in open.findings if "99490" in finding.message}
    assert open.totals.possible == 0
    assert open.claim is not None
    assert open.claim.lines[0].message == (
        "No published rule of this payer decides the code; ask the payer. It waits for time_log."
    )


def test_what_is_too_much_waits_while_perhaps_nobody_decides_the_code() -> None:
    """The plan's policy leaves out products that are secondary to Medicare."""
    chart = json.loads(PLAIN.read_text(encoding="utf-8")) | {"payer": "commercial", "plan": "horizon_bcbsnj"}
    chart |= {"claim_lines": [{"line": 1, "code": "99490", "date": "2026-03-31", "units": 2}]}
    chart |= {"coverage": [{"payer": "medicare", "rank": 1}, {"payer": "commercial", "rank": 2}]}
    assert turns(chart, (("coverage", 0, "rank"),)) == []


def test_a_line_whose_code_is_unknown_may_be_a_base_that_does_not_stand() -> None:
    """Of a code that no published rule decides an add-on's line fails with its base all the same."""
    chart = json.loads(PLAIN.read_text(encoding="utf-8")) | {"payer": "commercial", "plan": "horizon_bcbsnj"}
    chart |= {"coverage": [{"payer": "medicare", "rank": 1}, {"payer": "commercial", "rank": 2}]}
    chart |= {"time_log": [{"date": f"2026-03-{day:02}", "minutes": 20, "performed_by": "rn"} for day in (5, 12, 19)]}
    denied = {"line": 1, "code": "99490", "date": "2026-03-31", "status": "denied"}
    chart |= {"claim_lines": [denied, {"line": 2, "code": "99439", "date": "2026-03-31"}]}
    assert turns(chart, (("claim_lines", 0, "code"),)) == []


def test_a_line_of_another_month_is_decided_there_whoever_pays() -> None:
    chart = json.loads(PLAIN.read_text(encoding="utf-8")) | {"payer": "commercial", "plan": "horizon_bcbsnj"}
    chart |= {"coverage": [{"payer": "medicare", "rank": 1, "from": "2020-01-01"}], "time_log": None}
    chart |= {"claim_lines": [{"line": 1, "code": "99490", "date": "2026-04-01"}]}
    assert turns(chart, (("coverage", 0, "from"),)) == []


if __name__ == "__main__":
    source, first, count = sys.argv[1], int(sys.argv[2]), int(sys.argv[3])
    read = valued if sys.argv[4:] == ["values"] else told
    total = 0
    for seed in range(first, first + count):
        for turn in tried(seed, source, read):
            total += 1
            print(turn, flush=True)
    print(f"{count} pairs of {source}, {total} turns")
    sys.exit(bool(total))
