"""Records of flat facts, decided one after another as others that gave the same answers: the same, to the byte, as each
decided by itself."""

from __future__ import annotations

import json
import pickle
import random
from typing import Any

import pyarrow as pa
import pytest

import ccm_policy
from ccm_policy import evaluate, facts
from ccm_policy.facts.plain import plain
from ccm_policy.facts.plan import compiled
from ccm_policy.facts.values import Given
from ccm_policy.panel import alike
from tests.panel import flat_world


@pytest.fixture(scope="module")
def shared(tmp_path_factory: pytest.TempPathFactory) -> ccm_policy.PolicyLibrary:
    return flat_world.library(tmp_path_factory.mktemp("alike"))


@pytest.fixture
def library(shared: ccm_policy.PolicyLibrary) -> ccm_policy.PolicyLibrary:
    """One that remembers nothing yet."""
    return ccm_policy.PolicyLibrary(shared.policies, shared.fees)


def records(seed: int, count: int, *, odd: bool = False) -> list[dict[str, Any]]:
    """Rows of a random table, of which some say that a fact is not known."""
    rng = random.Random(seed)
    rows = flat_world.table(seed, count, plain=not odd).to_pylist()
    return [{k: v for k, v in row.items() if v is not None or rng.random() < 0.1} for row in rows]


def by_itself(library: ccm_policy.PolicyLibrary, record: dict[str, Any], options: ccm_policy.Options) -> str:
    given, wrong = facts.check(record, library.policies.vocabulary)
    if given is None:
        return str(ccm_policy.CcmPolicyError(wrong))
    try:
        return json.dumps(evaluate.decide(given, library.policies, library.fees, options).to_dict())
    except ccm_policy.CcmPolicyError as fault:
        return str(fault)


def decided(library: ccm_policy.PolicyLibrary, record: dict[str, Any], options: ccm_policy.Options) -> str:
    """What is told at once, read before anything else, and then the whole."""
    try:
        decision = library.evaluate(record, options)
    except ccm_policy.CcmPolicyError as fault:
        return str(fault)
    told = {
        code: (service.status, service.units, service.own_outcome, str(service.allowed), service.modifiers)
        for code, service in decision.services.items()
    }
    whole = decision.to_dict()
    for code, (status, *_) in told.items():
        assert whole["services"][code]["status"] == status
    own = evaluate.decide(facts.check(record, library.policies.vocabulary)[0], library.policies, library.fees, options)  # type: ignore[arg-type]
    assert {c: (s.status, s.units, s.own_outcome, str(s.allowed), s.modifiers) for c, s in own.services.items()} == told
    assert all(
        getattr(own.services[c], name) == getattr(s, name)
        for c, s in decision.services.items()
        for name in alike.AT_ONCE
    )
    return json.dumps(whole)


@pytest.mark.parametrize("odd", [False, True], ids=["plain", "odd"])
@pytest.mark.parametrize("seed", range(3))
def test_decisions_are_the_same(seed: int, odd: bool, library: ccm_policy.PolicyLibrary) -> None:
    options = ccm_policy.Options(sequestration=seed % 2 == 1)
    for turn in range(2):
        for record in records(seed, 120, odd=odd):
            there = record | {"patient_id": f"{record.get('patient_id')}-{turn}"}
            assert decided(library, there, options) == by_itself(library, there, options), there


def test_a_record_like_another_is_not_decided(
    library: ccm_policy.PolicyLibrary, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Its statuses, units and amounts are those of the other; the rest is made when it is read, of its own facts."""
    made: list[Given] = []

    def decide(given: Given, *rest: Any) -> ccm_policy.Decision:
        made.append(given)
        return evaluate.decide(given, *rest)

    record = {
        "patient_id": "a",
        "service_month": "2026-03",
        "payer": "acme",
        "visits": 3,
        "poor": True,
        "severe": False,
        "plan": "silver",
        "practice": "theirs",
    }
    record |= {"minutes": 45, "consent": True, "enrolled": True, "seen_on": "2026-02-01", "done_on": "2026-03-04"}
    for patient in "abc":
        library.evaluate(record | {"patient_id": patient})
    monkeypatch.setattr(alike, "decide", decide)
    decision = library.evaluate(record | {"patient_id": "d"})
    assert (decision.patient_id, decision.service_month, decision.status) == ("d", "2026-03", "decided")
    statuses = {code: (service.status, service.units) for code, service in decision.services.items()}
    assert made == [] and len(statuses) > 2
    other = ccm_policy.PolicyLibrary(library.policies, library.fees).evaluate(record | {"patient_id": "d"})
    assert decision == other and other == decision
    assert [given.patient_id for given in made] == ["d"]
    assert pickle.loads(pickle.dumps(decision)).to_dict() == decision.to_dict() == other.to_dict()
    service, own = (next(iter(each.services.values())) for each in (decision, other))
    assert service.of_part("its own minutes") == own.of_part("its own minutes")
    assert pickle.loads(pickle.dumps(service)).reasons == own.reasons


def test_what_tells_the_policies_tells_records_apart(library: ccm_policy.PolicyLibrary) -> None:
    """The payer, the month, the practice, and layers that the record itself asks for."""
    record: dict[str, Any] = {
        "patient_id": "a",
        "service_month": "2026-03",
        "payer": "acme",
        "plan": "silver",
        "practice": "theirs",
        "visits": 2,
        "consent": True,
        "consent_on": "2025-02-01",
        "sure": True,
    }
    options = ccm_policy.Options()
    others: list[dict[str, Any]] = [
        {},
        {"wanted": "wanted"},
        {"practice": "ours"},
        {"plan": "gold"},
        {"payer": "other"},
    ]
    for _ in range(3):
        for other in others:
            assert decided(library, record | other, options) == by_itself(library, record | other, options), other
    named = [library.evaluate(record | other).provenance.layers for other in others]
    assert len(set(named)) == len(others)
    tabled = library.evaluate_table(
        pa.Table.from_pylist(
            [
                record | {"patient_id": str(n), "wanted": w}
                for n in range(70)
                for w in ("none", "wanted")
                if (n % 2) == (w == "wanted")
            ]
        )
    )
    statuses = {(row["patient_id"], row["code"]): row["status"] for row in tabled.to_pylist()}
    assert (statuses["0", "20001"], statuses["1", "20001"]) == ("supported", "not_supported")


def test_a_caller_may_change_a_record_that_was_decided(library: ccm_policy.PolicyLibrary) -> None:
    record = {
        "patient_id": "a",
        "service_month": "2026-03",
        "payer": "acme",
        "plan": "silver",
        "practice": "theirs",
        "minutes": 45,
    }
    decisions = [library.evaluate(record) for _ in range(4)]
    record["minutes"] = 0
    assert len({json.dumps(decision.to_dict()) for decision in decisions}) == 1


def test_what_is_told_of_a_record_at_once_is_what_checking_tells(library: ccm_policy.PolicyLibrary) -> None:
    vocabulary = library.policies.vocabulary
    told = 0
    for record in [*records(7, 80), *records(8, 80, odd=True)]:
        given, _ = facts.check(record, vocabulary)
        again = plain(record, compiled(vocabulary))
        assert again is None or again.given() == given
        told += again is not None
    assert told > 40


@pytest.mark.parametrize(
    "changed",
    [
        {"visits": True},
        {"poor": 1},
        {"claim_lines": []},
        {"practitioner": {"type": "np"}},
        {"colour": "red"},
        {"payer": None},
    ],
    ids=str,
)
def test_a_value_of_another_kind_is_another_value(changed: dict[str, Any], library: ccm_policy.PolicyLibrary) -> None:
    """`1`, `1.0` and `True` are equal to Python; what cannot be told at once is checked."""
    record = {
        "patient_id": "a",
        "service_month": "2026-03",
        "payer": "acme",
        "plan": "silver",
        "practice": "theirs",
        "visits": 1,
    }
    for _ in range(3):
        library.evaluate(record)
    options = ccm_policy.Options()
    try:
        found = json.dumps(library.evaluate(record | changed).to_dict())
    except ccm_policy.CcmPolicyError as fault:
        found = str(fault)
    assert found == by_itself(library, record | changed, options)


def test_a_difference_is_noticed(library: ccm_policy.PolicyLibrary, monkeypatch: pytest.MonkeyPatch) -> None:
    """Were answers that differ taken for the same, the decisions would not be."""
    monkeypatch.setattr(alike._Own, "of", lambda self, record: 0)
    monkeypatch.setattr(alike, "number_of", lambda asked, values: 0)
    options = ccm_policy.Options()
    with pytest.raises(AssertionError):
        for record in records(1, 120):
            assert decided(library, record, options) == by_itself(library, record, options)
