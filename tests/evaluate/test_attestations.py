"""Recorded, attested, presumed, in that order, and a null beats all: what a practice's word comes to.

Each case is decided by the reference and by compiled code, which write the same bytes.
"""

from __future__ import annotations

import json
from typing import Any

import pytest

from ccm_policy import evaluate, facts
from ccm_policy.evaluate import Decision, Options, opened
from ccm_policy.evaluate.explain import explanation
from ccm_policy.panel.rows import COLUMNS, Rows
from tests.evaluate.small_world import POLICY, RECORD, SERVICE, rule, schedules, world
from tests.evaluate.test_law_of_the_library import PLAIN, library

REFERENCE, AT_ONCE = Options(evaluator="reference"), Options(evaluator="compiled at once")

PRACTICE = """
policy practice.hill
  edition 2026-02
  extends acme.work
  applies when practice is hill

source procedures
  title "Procedures of the hill"

"""
HILL = {"practice": "hill"}


def attest(name: str, *clauses: str) -> str:
    return "\n".join([f"attest {name}", *(f"  {c}" for c in clauses), '  cite procedures at "4.2"', ""])


def decided(require: str, word: str, record: dict[str, Any], payer: str = "") -> Decision:
    """The plain record of the practice with these facts beside it, under one rule and what the practice attests."""
    head, _, rest = payer.partition("\n")
    policy = f"{POLICY}{head}\n{rest}{SERVICE}{rule('it_holds', f'require {require}')}"
    loaded = world(policy, PRACTICE + word)
    given, wrong = facts.check({**RECORD, **HILL, **record}, loaded.vocabulary)
    assert given is not None, [d.message for d in wrong]
    ours, theirs = (evaluate.decide(given, loaded, schedules(), options) for options in (AT_ONCE, REFERENCE))
    assert json.dumps(ours.to_dict()) == json.dumps(theirs.to_dict())
    return ours


def own(require: str, word: str, record: dict[str, Any], payer: str = "") -> str:
    return decided(require, word, record, payer).services["10001"].own_outcome


RED = attest("colour", "fact kind red")
OUT = attest("out", "fact enrolled no")
ABOVE = attest("colour", "when level is at least 5", "fact kind red")


@pytest.mark.parametrize(
    ("require", "word", "record", "outcome"),
    [
        # recorded, attested, presumed; null beats all
        ("kind is red", RED, {}, "yes"),
        ("kind is red", RED, {"kind": "blue"}, "no"),
        ("kind is red", RED, {"kind": None}, "unknown"),
        ("kind is red", RED, {"practice": "valley"}, "unknown"),
        ("enrolled", OUT, {}, "no"),
        ("enrolled", OUT, {"enrolled": True}, "yes"),
        ("enrolled", OUT, {"enrolled": None}, "unknown"),
        ("enrolled", OUT, {"practice": "valley"}, "yes"),
        ("topics includes every of cost, stop", attest("told", "fact topics cost, stop"), {}, "yes"),
        ("topics includes access", attest("told", "fact topics cost, stop"), {}, "no"),
        # its condition: of a null it waits, of what is absent it does not
        ("kind is red", ABOVE, {"level": 5}, "yes"),
        ("kind is red", ABOVE, {"level": 4}, "unknown"),
        ("kind is red", ABOVE, {"level": None}, "unknown"),
        ("enrolled", attest("out", "when level is at least 5", "fact enrolled no"), {"level": 4}, "yes"),
        ("enrolled", attest("out", "when level is at least 5", "fact enrolled no"), {"level": None}, "unknown"),
        ("enrolled", attest("out", "when level is at least 5", "fact enrolled no"), {}, "yes"),
        # whether the practice's policy applies is not known
        ("enrolled", OUT, {"practice": None}, "unknown"),
        ("kind is red", RED, {"practice": None}, "unknown"),
    ],
)
def test_a_fact(require: str, word: str, record: dict[str, Any], outcome: str) -> None:
    assert own(require, word, record) == outcome


TOPICS = attest("told", "fact visits.topic cost", "fact visits.held_before yes")
TOLD, BEFORE = "any visits where topic includes cost", "any visits where held_before"


@pytest.mark.parametrize(
    ("require", "word", "record", "outcome"),
    [
        # no list: one record, as of a short form, so there may be others
        (TOLD, TOPICS, {}, "yes"),
        ("any visits where seen is in the month", TOPICS, {}, "unknown"),
        ("no visits where topic includes stop", TOPICS, {}, "unknown"),
        (TOLD, TOPICS, {"practice": "valley"}, "unknown"),
        # a list that is given is the whole of it, and null is not known
        (TOLD, TOPICS, {"visits": []}, "no"),
        (TOLD, TOPICS, {"visits": None}, "unknown"),
        # of records that are there, the fields that are absent
        (TOLD, TOPICS, {"visits": [{"seen": "2026-03-02"}]}, "yes"),
        (TOLD, TOPICS, {"visits": [{"seen": "2026-03-02", "topic": ["stop"]}]}, "no"),
        (TOLD, TOPICS, {"visits": [{"seen": "2026-03-02", "topic": None}]}, "unknown"),
        ("every log has counted", attest("uncounted", "fact log.counted no"), {"log": [{"date": "2026-03-02"}]}, "no"),
        # instead of a day: only where there is none
        (BEFORE, TOPICS, {}, "yes"),
        (BEFORE, TOPICS, {"visits": [{"code": "99214"}]}, "yes"),
        (BEFORE, TOPICS, {"visits": [{"seen": "2026-03-02"}]}, "no"),
        (BEFORE, TOPICS, {"visits": [{"seen": None}]}, "unknown"),
        ("other_flag", attest("f", "fact other_flag yes"), {}, "yes"),
        ("other_flag", attest("f", "fact other_flag yes"), {"asked": "2026-03-02"}, "unknown"),
        ("other_flag", attest("f", "fact other_flag yes"), {"log": [{"date": "2026-03-02"}]}, "yes"),
        (
            "other_flag",
            attest("f", "fact other_flag yes"),
            {"log": [{"date": "2026-03-02", "counted": True}]},
            "unknown",
        ),
        # an open condition leaves the record open
        (TOLD, attest("told", "when level is at least 5", "fact visits.topic cost"), {"level": None}, "unknown"),
        (TOLD, attest("told", "when level is at least 5", "fact visits.topic cost"), {"level": 5}, "yes"),
    ],
)
def test_a_list_and_its_fields(require: str, word: str, record: dict[str, Any], outcome: str) -> None:
    assert own(require, word, record) == outcome


NOBODY = attest("nobody", "fact other_services none")


@pytest.mark.parametrize(
    ("given", "outcome"),
    [
        ("absent", "yes"),
        (None, "unknown"),
        ([], "yes"),
        ([{"code": "20001", "date": "2026-03-02"}], "no"),
    ],
)
def test_that_there_is_none(given: Any, outcome: str) -> None:
    plain = {key: value for key, value in RECORD.items() if key != "other_services"}
    record = plain if given == "absent" else {**plain, "other_services": given}
    loaded = world(POLICY + SERVICE + rule("alone", "require no other_services in the month"), PRACTICE + NOBODY)
    found, _ = facts.check({**record, **HILL}, loaded.vocabulary)
    assert found is not None
    for options in (AT_ONCE, REFERENCE):
        assert evaluate.decide(found, loaded, schedules(), options).services["10001"].own_outcome == outcome


UNTIL = attest("colour", "fact kind red", "until 2026-04")


@pytest.mark.parametrize(
    ("month", "outcome", "told"),
    [
        ("2026-01", "unknown", []),  # before its edition
        ("2026-02", "yes", []),
        ("2026-04", "yes", []),
        ("2026-05", "unknown", ["CCM-W0720"]),
    ],
)
def test_the_window(month: str, outcome: str, told: list[str]) -> None:
    decision = decided("kind is red", UNTIL, {"service_month": month, "as_of": None})
    assert decision.services["10001"].own_outcome == outcome
    assert [f.code for f in decision.findings if f.code == "CCM-W0720"] == told


@pytest.mark.parametrize(
    ("payer", "require", "outcome"),
    [
        ("  asks for enrolled\n", "not enrolled", "yes"),  # what is presumed; the word stands
        ("  asks for the record of enrolled\n", "not enrolled", "unknown"),
        ("  asks for the record of visits\n", TOLD, "unknown"),
        ("  asks for the record of visits.topic\n", TOLD, "unknown"),
        ("  asks for the record of visits.topic\n", BEFORE, "yes"),
    ],
)
def test_a_payer_asks_for_the_record(payer: str, require: str, outcome: str) -> None:
    assert own(require, OUT + "\n" + TOPICS, {}, payer) == outcome


# --- what is told ------------------------------------------------------------------------------------------------


def test_who_vouches_is_told_wherever_the_fact_is() -> None:
    decision = decided(f"kind is red and ({TOLD})", RED + "\n" + TOPICS, {})
    written = decision.to_dict()
    assert written["facts"]["attested"] == {"kind": "red", "visits[0].topic": ["cost"]}
    by = {key: said["facts"] for key, said in written["attestations"].items()}
    assert by == {"practice.hill/colour": ["kind"], "practice.hill/told": ["visits[0].topic"]}
    assert written["attestations"]["practice.hill/colour"]["cite"] == ["procedures: 4.2"]
    assert written["sources"]["procedures"] == "Procedures of the hill"
    assert "kind is red (attested by Procedures of the hill, 4.2)" in explanation(decision, ("10001",))
    reasons = opened(written)["services"]["10001"]["reasons"]
    assert {f["path"]: f["attested"] for r in reasons for f in r["facts"] if "attested" in f} == {
        "kind": "practice.hill/colour",
        "visits[0].topic": "practice.hill/told",
    }


def test_what_is_presumed_from_an_attestation_says_so() -> None:
    decision = decided("coloured", RED, {})
    written = decision.to_dict()
    assert written["facts"] == {"presumed": {"coloured": True}}
    assert written["attestations"]["practice.hill/colour"]["facts"] == ["coloured"]
    told = "coloured is yes (presumed from what is attested by Procedures of the hill, 4.2)"
    assert told in explanation(decision, ("10001",))


def test_nothing_is_written_where_nothing_is_attested() -> None:
    written = decided("flag", RED, {"flag": True, "kind": "red"}).to_dict()
    assert (
        "attestations" not in written and "attested" not in written["totals"] and set(written["facts"]) == {"recorded"}
    )


def test_the_digest_is_of_what_was_recorded() -> None:
    with_word, without = decided("kind is red", RED, {}), decided("kind is red", RED, {"practice": "valley"})
    assert with_word.provenance.editions["practice.hill"] == "2026-02"
    assert "practice.hill" not in without.provenance.editions


# --- dollars -----------------------------------------------------------------------------------------------------

EXPORT: dict[str, Any] = {
    "patient_id": "0001",
    "service_month": "2026-03",
    "payer": "medicare",
    "state": "OH",
    "locality": "15202-00",
    "place_of_service": "11",
    "apm_status": "non_qp",
    "practitioner": {"id": "dr-a", "type": "physician"},
    "practice": "attesting_template",
    "programs": [{"program": "ccm", "started_on": "2025-10-01"}],
    "conditions": [{"icd10": "E11.9"}, {"icd10": "I50.9"}],
    "time_log": [{"date": "2026-03-05", "minutes": 20, "performed_by": "rn"}],
}
"""What a log and an enrolment list say of a patient."""


def test_dollars_rest_on_the_word_where_the_record_alone_would_not_do() -> None:
    decision = library().evaluate(EXPORT)
    assert decision.services["99490"].attested and decision.totals.attested == decision.totals.allowed
    assert decision.to_dict()["totals"]["attested"] == decision.to_dict()["totals"]["allowed"]
    row = next(row for row in Rows().of(decision) if "99490" in row)
    assert row[list(COLUMNS).index("attested")] == "yes"


def test_none_do_where_the_record_says_all_of_it_by_itself() -> None:
    """The practice still vouches for what the record leaves out and no service needs."""
    chart = json.loads(PLAIN.read_text(encoding="utf-8")) | {"practice": "attesting_template"}
    decision = library().evaluate(chart)
    assert decision.services["99490"].status == "supported" and not decision.services["99490"].attested
    assert "attested" not in decision.to_dict()["totals"]
    assert "attestations" in decision.to_dict()
