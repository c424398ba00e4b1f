"""What a natural misreading of choice, claims, layers and coverage would decide otherwise (`D…` and the rulings)."""

from __future__ import annotations

from typing import Any

import pytest

from ccm_policy.evaluate import Decision
from tests.evaluate.small_world import SERVICE, TWO_TIERS, UNITS, decide, reason, rule

TIERS = f"""{TWO_TIERS}
service 10003
  title   "More of the lower"
  family  work
  tier    lower
  adds to 10002 by same practitioner
  earns   1 unit

prefer one tier of higher, lower in that order
  for   work
  basis practice
"""


def minutes(certain: int, possible: int) -> dict[str, Any]:
    entries: list[dict[str, Any]] = [{"date": "2026-03-02", "minutes": certain}]
    return {"log": [*entries, {"date": "2026-03-03", "minutes": possible, "counted": None}]}


def claim(*lines: dict[str, Any]) -> dict[str, Any]:
    return {"claim_lines": [{"line": n, "date": "2026-03-31", **line} for n, line in enumerate(lines, 1)]}


def verdicts(decision: Decision) -> list[tuple[str, int]]:
    assert decision.claim is not None
    return [(line.verdict, line.supported_units) for line in decision.claim.lines]


# --- claims ------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("certain", "possible", "claimed", "expected"),
    [
        # more than could ever be: over-billed by that much, whatever the unknown turns out to be
        (0, 40, [3], [("over_billed", 0)]),
        (20, 20, [3], [("over_billed", 1)]),
        # of what is left, what is not established needs information
        (20, 20, [1, 1, 1], [("supported", 1), ("needs_information", 0), ("over_billed", 0)]),
        (0, 40, [1, 1, 1], [("needs_information", 0), ("needs_information", 0), ("over_billed", 0)]),
        (40, 0, [1, 1, 1], [("supported", 1), ("supported", 1), ("over_billed", 0)]),
        (20, 20, [0], [("under_billed", 1)]),
    ],
)
def test_d7_over_billed_before_needing_information(
    certain: int, possible: int, claimed: list[int], expected: list[tuple[str, int]]
) -> None:
    lines = claim(*({"code": "10001", "units": n} for n in claimed))
    assert verdicts(decide(UNITS, {**minutes(certain, possible), **lines})) == expected


def test_d7_an_unknown_rule_does_not_hide_what_is_too_much() -> None:
    policy = UNITS + rule("flagged", "require flag")
    lines = claim({"code": "10001", "units": 3})
    assert verdicts(decide(policy, {**minutes(40, 0), **lines})) == [("over_billed", 0)]
    assert verdicts(decide(policy, {**minutes(40, 0), **claim({"code": "10001", "units": 2})})) == [
        ("needs_information", 0)
    ]


@pytest.mark.parametrize(
    ("facts", "codes", "expected"),
    [
        # both tiers: the one that yields is over-billed, known or unknown by itself
        ({"flag": True}, ["10001", "10002"], ["supported", "over_billed"]),
        ({"flag": True, "other_flag": False}, ["10001", "10002"], ["supported", "not_supported"]),
        # the higher one is unknown: nothing yields yet
        ({"other_flag": True}, ["10001", "10002"], ["needs_information", "supported"]),
        # an add-on goes with its tier
        ({"flag": True, "other_flag": True}, ["10002", "10003"], ["alternative", "alternative"]),
        ({"flag": True, "other_flag": True}, ["10001", "10003"], ["supported", "over_billed"]),
    ],
)
def test_d5_two_tiers_on_one_claim(facts: dict[str, Any], codes: list[str], expected: list[str]) -> None:
    decision = decide(TIERS, {**facts, **claim(*({"code": code} for code in codes))})
    assert [verdict for verdict, _ in verdicts(decision)] == expected


def test_a_claim_changes_no_service_whatever_it_names() -> None:
    facts = {"flag": True, "other_flag": True}
    without = decide(TIERS, facts).services
    for codes in (["10001"], ["10002"], ["10003"], ["10001", "10002", "10003"], ["20001"], []):
        assert decide(TIERS, {**facts, **claim(*({"code": code} for code in codes))}).services == without


def test_l14_two_decided_codes_on_a_claim_do_not_exclude_each_other() -> None:
    policy = SERVICE + rule(
        "alone", "forbid any services in the month where code is one of 10001, 20001", kind="exclusion"
    )
    assert decide(policy, claim({"code": "10001"})).services["10001"].status == "supported"
    assert decide(policy, claim({"code": "20001"})).services["10001"].status == "not_supported"
    unknown = decide(policy, claim({"code": None})).services["10001"]
    assert (unknown.status, unknown.missing) == ("needs_information", ("claim_lines[0].code",))


def test_a_claim_of_a_payer_for_whom_nobody_speaks_is_not_audited() -> None:
    decision = decide(SERVICE, {"payer": "zenith", **claim({"code": "10001"})})
    assert (decision.status, verdicts(decision)) == ("not_established", [("not_audited", 0)])
    assert decide(SERVICE, {"payer": "zenith"}).claim is None


CHECK = """
claim check one_unit
  title      "One unit a line"
  for        every line where code is 10001
  require    units is at most 1
  otherwise  "More than one."
  severity   audit_risk
  confidence unverified
  cite       manual
"""
RAISE = """
policy records.ohio
  title   "Stricter in Ohio"
  edition 2015-01
  extends acme.work
  applies when state is OH

raise one_unit to decides
  because "We ask for it."
  cite    manual
"""


def test_l20_an_unverified_check_decides_once_a_layer_raises_it() -> None:
    facts = {**minutes(40, 0), **claim({"code": "10001", "units": 2})}
    assert verdicts(decide(UNITS + CHECK, facts)) == [("supported", 2)]
    assert verdicts(decide(UNITS + CHECK.replace("audit_risk", "decides\n  basis regulation"), facts)) == [
        ("supported", 2)
    ]
    assert verdicts(decide(UNITS + CHECK, facts, RAISE)) == [("not_supported", 0)]
    assert verdicts(decide(UNITS + CHECK, {**facts, "state": "NY"}, RAISE)) == [("supported", 2)]


# --- coverage ----------------------------------------------------------------------------------------------------


def coverage(said: str, *clauses: str, codes: str = "every work service", name: str = "said") -> str:
    lines = [f"coverage {name}", f"  for {codes}", f"  is {said}", *(f"  {c}" for c in clauses)]
    return "\n".join([*lines, "  basis payer", "  cite manual"]) + "\n\n"


@pytest.mark.parametrize(
    ("flag", "status", "asks"),
    [(True, "not_established", ()), (False, "supported", ()), (None, "needs_information", ("flag",))],
)
def test_l15_whether_anything_is_established_may_itself_be_unknown(
    flag: bool | None, status: str, asks: tuple[str, ...]
) -> None:
    service = decide(SERVICE + coverage("not established", "when flag"), {"flag": flag}).services["10001"]
    assert (service.status, service.own_outcome, service.missing) == (status, "yes", asks)


def test_l15_a_service_that_is_not_covered_is_not_preferred() -> None:
    decision = decide(TIERS + coverage("not covered", codes="10001"), {"flag": True, "other_flag": True})
    higher, lower = decision.services["10001"], decision.services["10002"]
    assert (higher.status, higher.own_outcome, higher.yields_to) == ("not_supported", "yes", None)
    assert (lower.status, lower.yields_to) == ("supported", None)
    unsaid = decide(TIERS + coverage("not established", codes="10001"), {"flag": True, "other_flag": True})
    assert [unsaid.services[code].status for code in ("10001", "10002")] == ["not_established", "supported"]


def test_l15_what_fails_by_itself_stays_not_supported_where_nothing_is_established() -> None:
    policy = SERVICE + coverage("not established") + rule("flagged", "require flag")
    assert decide(policy, {"flag": False}).services["10001"].status == "not_supported"


# --- layers ------------------------------------------------------------------------------------------------------

HOUSE = """
policy practice.lakeside
  title   "Our own"
  edition 2015-01
  extends acme.work
  applies when practice is lakeside

"""
OHIO = HOUSE.replace("practice.lakeside", "records.ohio").replace("practice is lakeside", "state is OH")


def test_d27_a_house_rule_may_rest_on_a_definition_of_its_own() -> None:
    house = HOUSE + "define ours: yes/no\n  as flag\n\n" + rule("careful", "require ours")
    held = decide(SERVICE, {"practice": "lakeside", "flag": False}, house).services["10001"].held
    assert held is not None
    assert (held.rule, [d.policy for d in held.rests_on]) == ("careful", ["practice.lakeside"])


def test_d27_a_house_that_counts_fewer_minutes_holds_too() -> None:
    base = """
define counts of log
  as counted

define minutes_done: minutes
  as sum of minutes over log where counts

service 10001
  title "Work"
  family work
  earns 1 unit when minutes_done is at least 20 minutes
"""
    house = (
        HOUSE
        + """
replace define counts of log
  as counted and who is nurse
  because "We count nurses only."
  cite manual
"""
    )
    entry = {"date": "2026-03-10", "minutes": 20, "who": "aide"}
    service = decide(base, {"practice": "lakeside", "log": [entry]}, house).services["10001"]
    assert service.status == "supported"
    assert service.held is not None
    assert (service.held.rule, service.held.outcome) == ("its own minutes", "no")
    entry["who"] = "nurse"
    assert decide(base, {"practice": "lakeside", "log": [entry]}, house).services["10001"].held is None


def test_d27_a_house_that_does_not_know_holds_until_it_does() -> None:
    house = HOUSE + rule("careful", "require flag") + rule("kept", "require other_flag")

    def held(**facts: bool) -> tuple[str, str] | None:
        service = decide(SERVICE, {"practice": "lakeside", **facts}, house).services["10001"]
        assert service.status == "supported", "the payer does not ask"
        return None if service.held is None else (service.held.rule, service.held.outcome)

    assert held(flag=True, other_flag=True) is None
    assert held(flag=True) == ("kept", "unknown")
    assert held(other_flag=False) == ("kept", "no"), "what fails is told before what is not known"


def test_d21_a_service_that_only_a_layer_knows_asks_for_what_selects_the_layer() -> None:
    adds = (
        OHIO
        + """
service 10009
  title  "In Ohio"
  family ohio
  earns  1 unit when flag
"""
    )
    known = decide(SERVICE, {"state": "OH", "flag": True}, adds)
    assert known.services["10009"].status == "supported"
    assert "10009" not in decide(SERVICE, {"state": "NY", "flag": True}, adds).services
    unknown = decide(SERVICE, {"state": None, "flag": True}, adds)
    service = unknown.services["10009"]
    assert (service.status, service.own_outcome, service.missing) == ("needs_information", "unknown", ("state",))
    assert [(m.fact, m.services) for m in unknown.missing] == [("state", ("10009",))]
    assert "10009" not in decide(SERVICE, {"state": None, "flag": False}, adds).services, (
        "it would not stand there either"
    )
    assert unknown.services["10001"].status == "supported"


def test_d21_a_layer_that_changes_units_matters_as_much() -> None:
    stricter = (
        OHIO
        + """
change service 10001
  earns 1 unit for each full 30 minutes of minutes_done, at most 2 units
  because "Longer."
  cite manual
"""
    )
    assert decide(UNITS, {"state": None, **minutes(40, 0)}, stricter).services["10001"].missing == ("state",)
    assert decide(UNITS, {"state": None, **minutes(60, 0)}, stricter).services["10001"].status == "supported"


def test_l17_a_raised_rule_decides_and_says_who_raised_it() -> None:
    flags = rule("flagged", "require flag", "severity audit_risk", "confidence unverified", "cite manual")
    raises = OHIO + 'raise flagged to decides\n  because "We ask for it."\n  cite manual\n'
    in_ohio = decide(SERVICE + flags, {"flag": False}, raises).services["10001"]
    assert (in_ohio.status, reason(in_ohio, "flagged").severity) == ("not_supported", "decides")
    assert decide(SERVICE + flags, {"flag": False, "state": "NY"}, raises).services["10001"].status == "supported"
    unknown = decide(SERVICE + flags, {"flag": False, "state": None}, raises).services["10001"]
    assert unknown.missing == ("state",)


def test_s3_a_layer_may_take_a_presumption_away_and_only_where_it_applies() -> None:
    policy = SERVICE + rule("kept", "require at least 1 log where counted", "require enrolled", "require no stays")
    asks = OHIO.replace("  applies when", "  asks for  log.counted, enrolled, stays\n  applies when")
    chart = {"log": [{"date": "2026-03-10", "minutes": 20}]}
    assert decide(policy, {**chart, "state": "NY"}, asks).services["10001"].status == "supported"
    in_ohio = decide(policy, chart, asks).services["10001"]
    assert (in_ohio.status, in_ohio.missing) == ("needs_information", ("log[0].counted", "enrolled", "stays"))
    said = {"log": [{"date": "2026-03-10", "minutes": 20, "counted": True}], "enrolled": True, "stays": []}
    assert decide(policy, said, asks).services["10001"].status == "supported"
    assert decide(policy, {**chart, "state": None}, asks).services["10001"].missing == ("state",)
