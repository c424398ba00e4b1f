"""The decided questions, one small case for each (`D…`): claims, choice, layers, payment, dates of service."""

from __future__ import annotations

from typing import Any

import pytest

from ccm_policy.evaluate import Decision, Options
from tests.evaluate.small_world import SERVICE, TIERS, decide, holds, missing, reason, rule

DONE = """
define minutes_done: minutes
  as sum of minutes over log where counted
"""

UNITS = (
    DONE
    + """
service 10001
  title  "Work"
  family work
  earns  1 unit for each full 20 minutes of minutes_done, at most 2 units
"""
)


def log(*minutes: int | str, **more: Any) -> dict[str, Any]:
    return {"log": [{"date": "2026-03-10", "minutes": m, **more} for m in minutes]}


def claim(*lines: dict[str, Any]) -> dict[str, Any]:
    return {"claim_lines": [{"line": n, "date": "2026-03-31", **line} for n, line in enumerate(lines, 1)]}


def verdicts(decision: Decision) -> list[str]:
    assert decision.claim is not None
    return [line.verdict for line in decision.claim.lines]


# --- choice and claim --------------------------------------------------------------------------------------------


def test_d3_the_first_in_order_is_supported_and_the_other_yields() -> None:
    both = decide(TIERS, {"flag": True, "other_flag": True})
    assert (both.services["10001"].status, both.services["10002"].yields_to) == ("supported", "10001")


def test_d4_a_lower_tier_stays_supported_while_a_higher_one_is_unknown() -> None:
    services = decide(TIERS, {"other_flag": True}).services
    assert (services["10001"].status, services["10001"].missing) == ("needs_information", ("flag",))
    assert services["10002"].status == "supported"


@pytest.mark.parametrize(
    ("facts", "lines", "expected"),
    [
        ({"flag": True, "other_flag": True}, ["10002"], ["alternative"]),
        ({"flag": True, "other_flag": True}, ["10001"], ["supported"]),
        ({"flag": True, "other_flag": True}, ["10001", "10002"], ["supported", "over_billed"]),
        ({"flag": True}, ["10002"], ["needs_information"]),
        ({"flag": True, "other_flag": False}, ["10002"], ["not_supported"]),
        ({"other_flag": True}, ["10001"], ["needs_information"]),
    ],
)
def test_d5_a_claim_of_a_tier_that_yields(facts: dict[str, Any], lines: list[str], expected: list[str]) -> None:
    decision = decide(TIERS, {**facts, **claim(*({"code": code} for code in lines))})
    assert verdicts(decision) == expected
    assert decision.services == decide(TIERS, facts).services, "a claim never moves the choice"


def test_d5_an_alternative_shows_what_is_preferred() -> None:
    decision = decide(TIERS, {"flag": True, "other_flag": True, **claim({"code": "10002"})})
    assert decision.claim is not None
    assert [(bill.code, bill.units) for bill in decision.claim.lines[0].preferred] == [("10001", 1)]
    assert decision.claim.missing_lines == (), "the alternative stands for the preferred tier"


def test_d6_no_claim_and_a_claim_without_lines() -> None:
    assert decide(SERVICE, {}).claim is None
    empty = decide(SERVICE, {"claim_lines": []}).claim
    assert empty is not None
    assert [(bill.code, bill.units) for bill in empty.missing_lines] == [("10001", 1)]


@pytest.mark.parametrize(
    ("certain", "possible", "claimed", "expected"),
    [
        (40, 0, [2], ["supported"]),
        (40, 0, [1], ["under_billed"]),
        (40, 0, [3], ["over_billed"]),
        (40, 0, [2, 1], ["supported", "over_billed"]),
        (40, 0, [1, 1, 1], ["supported", "supported", "over_billed"]),
        (20, 20, [2], ["needs_information"]),
        (20, 20, [1, 1], ["supported", "needs_information"]),
        (20, 20, [1], ["supported"]),
        (20, 20, [3], ["over_billed"]),
        (0, 0, [1], ["not_supported"]),
        (0, 40, [1], ["needs_information"]),
    ],
)
def test_d7_claimed_units_against_established_and_possible(
    certain: int, possible: int, claimed: list[int], expected: list[str]
) -> None:
    entries = {"log": [{"date": "2026-03-02", "minutes": certain}]}
    if possible:
        entries["log"].append({"date": "2026-03-03", "minutes": possible, "counted": None})
    assert verdicts(decide(UNITS, {**entries, **claim(*({"code": "10001", "units": n} for n in claimed))})) == expected


def test_d7_the_excess_falls_on_the_latest_date() -> None:
    lines = claim({"code": "10001", "date": "2026-03-30"}, {"code": "10001", "date": "2026-03-12"})
    assert verdicts(decide(UNITS, {**log(20), **lines})) == ["over_billed", "supported"]


def test_d8_a_missing_line_and_a_code_that_nobody_decides() -> None:
    decision = decide(SERVICE, claim({"code": "20001"}))
    assert verdicts(decision) == ["not_audited"]
    assert decision.claim is not None
    assert [bill.code for bill in decision.claim.missing_lines] == ["10001"]


def test_d22_a_code_out_of_its_life_names_its_successor() -> None:
    later = """
policy acme.work
  title   "Renamed"
  edition 2026-01
  amends  2015-01

repeal service 10001
  replaced by 10009
  because "Renamed."
  cite    manual

add service 10009
  title   "Work, renamed"
  family  work
  follows 10001
  earns   1 unit
  because "Renamed."
  cite    manual
"""
    decision = decide(SERVICE, claim({"code": "10001"}), later)
    assert decision.claim is not None
    (line,) = decision.claim.lines
    assert (line.verdict, line.message) == (
        "not_supported",
        "10001 may be billed from 2015-01 to 2025-12; it was replaced by 10009.",
    )


def test_a_claim_check_speaks_of_its_lines_only() -> None:
    check = """
claim check dated_late
  title     "Not before the tenth"
  for       every line where code is 10001
  require   its date is on or after asked
  otherwise "Too early."
  basis     regulation
  cite      manual
"""
    given = {"asked": "2026-03-10", **claim({"code": "10001", "date": "2026-03-09"}, {"code": "20001"})}
    decision = decide(SERVICE + check, given)
    assert decision.claim is not None
    early, other = decision.claim.lines
    assert (early.verdict, early.reasons[0].message, other.reasons) == ("not_supported", "Too early.", ())
    flagged = decide(SERVICE + check + "  severity audit_risk\n", given)
    assert verdicts(flagged) == ["supported", "not_audited"]
    assert [(risk.reason.rule, risk.services) for risk in flagged.audit_risks] == [("dated_late", ("10001",))]


def test_a_claim_line_outside_the_month_is_a_finding() -> None:
    decision = decide(SERVICE, claim({"code": "10001", "date": "2026-04-01"}))
    assert [(f.code, f.path) for f in decision.findings] == [("CCM-W0701", "claim_lines[0].date")]


def test_l14_exclusions_see_the_other_lines_of_the_claim() -> None:
    alone = SERVICE + rule("alone", "forbid any services in the month where code is 20001", kind="exclusion")
    assert decide(alone, claim({"code": "20001"})).services["10001"].status == "not_supported"
    assert decide(alone, claim({"code": "10001"})).services["10001"].status == "supported"


# --- layers ------------------------------------------------------------------------------------------------------


def test_d23_no_policy_for_the_payer_is_said_openly() -> None:
    decision = decide(SERVICE, {"payer": "zenith"})
    assert (decision.status, dict(decision.services)) == ("not_established", {})
    assert [f.code for f in decision.findings] == ["CCM-W0704"]
    assert verdicts(decide(SERVICE, {"payer": "zenith", **claim({"code": "10001"})})) == ["not_audited"]


HOUSE = """
policy practice.lakeside
  title   "Our own"
  edition 2015-01
  extends acme.work
  applies when practice is lakeside

requirement ours
  title     "Ours"
  for       every work service
  require   flag
  otherwise "We hold it."
  basis     practice
  cite      manual
"""


def test_d27_a_house_rule_holds_and_never_speaks_for_the_payer() -> None:
    service = decide(SERVICE, {"practice": "lakeside", "flag": False}, HOUSE).services["10001"]
    assert service.status == "supported"
    assert service.held is not None
    assert (service.held.rule, service.held.message) == ("ours", "We hold it.")
    assert decide(SERVICE, {"practice": "lakeside", "flag": True}, HOUSE).services["10001"].held is None
    assert decide(SERVICE, {"flag": False}, HOUSE).services["10001"].held is None


def test_d27_a_rule_that_the_practice_raises_holds_too() -> None:
    raises = """
policy practice.lakeside
  title   "Our own"
  edition 2015-01
  extends acme.work
  applies when practice is lakeside

raise flagged to decides
  because "We are careful."
  cite    manual
"""
    text = SERVICE + rule("flagged", "require flag", "severity audit_risk", "basis guidance", "cite manual")
    service = decide(text, {"practice": "lakeside", "flag": False}, raises).services["10001"]
    assert service.status == "supported"
    assert service.held is not None and service.held.rule == "flagged"


# --- coverage ----------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("said", "status"),
    [
        ("covered", "supported"),
        ("with authorization", "supported"),
        ("not covered", "not_supported"),
        ("never paid separately", "not_supported"),
        ("not established", "not_established"),
    ],
)
def test_l15_coverage_comes_after_own_outcomes(said: str, status: str) -> None:
    text = f"""
coverage work_codes
  for   every work service
  is    {said}
  basis payer
  cite  manual
"""
    service = decide(SERVICE + text, {}).services["10001"]
    assert (service.status, service.own_outcome) == (status, "yes")


def test_l15_unknown_coverage_needs_information() -> None:
    text = """
coverage work_codes
  for   every work service
  is    not covered
  when  flag
  basis payer
  cite  manual
"""
    assert decide(SERVICE + text, {}).services["10001"].missing == ("flag",)
    assert decide(SERVICE + text, {"flag": False}).services["10001"].status == "supported"
    assert decide(SERVICE + text, {"flag": True}).services["10001"].status == "not_supported"


# --- payment and dates of service --------------------------------------------------------------------------------

PAID = """
service 99490
  title  "Work that the public schedule prices"
  family work
  earns  1 unit

payment usual
  for     every service
  pay     85 percent of medicare_pfs when kind is red
  pay     100 percent of medicare_pfs otherwise
  pay     100 percent of medicare_pfs when that is unknown
  patient 20 percent of allowed, after person.deductible, nothing when person.qmb
  round   half up to the cent, once, after the percentage
  cite    manual
"""
SETTLED = {"locality": "national", "kind": "blue", "person": {"qmb": False, "deductible": "0"}}
PLACE = """
fact setting    one of facility, non_facility
  marks setting
fact apm_status one of qp, non_qp
  marks factor
"""


def paid(**facts: Any) -> Any:
    given = {"setting": "non_facility", "apm_status": "non_qp", **SETTLED, **facts}
    return decide(PAID, given, PLACE).services["99490"]


def test_d28_rates_go_by_date_of_service_which_is_the_last_day_unless_something_says() -> None:
    assert str(paid().date_of_service) == "2026-03-31"
    assert str(paid(as_of="2026-03-20").date_of_service) == "2026-03-20"
    assert str(paid(**claim({"code": "99490", "date": "2026-03-12"})).date_of_service) == "2026-03-12"


def test_d29_a_service_dated_by_its_visit() -> None:
    text = """
define the_visit
  as the latest visits by seen where seen is in the month

service 10001
  title  "At the visit"
  family work
  earns  1 unit when any visits where seen is in the month
  dated  the_visit.seen
"""
    decision = decide(text, {"visits": [{"seen": "2026-02-05"}, {"seen": "2026-03-05"}]})
    assert str(decision.services["10001"].date_of_service) == "2026-03-05"


def test_d30_no_rate_leaves_the_amount_unknown_and_the_outcome_standing() -> None:
    nowhere = paid(locality="99999-99")
    assert (nowhere.status, nowhere.allowed) == ("supported", None)
    assert nowhere.amount_note
    unpriced = decide(SERVICE, {}).services["10001"]
    assert (unpriced.status, unpriced.allowed, unpriced.amount_note) == (
        "supported",
        None,
        "no rate of this payer is known",
    )


def test_d32_one_rounding_after_the_percentage() -> None:
    assert str(paid().allowed) == "66.13"
    assert str(paid(kind="red").allowed) == "56.21"
    assert str(paid(kind=None).allowed) == "66.13"
    assert paid(kind=None).amount_note == "the percentage depends on kind, which is not known"


def test_unknown_setting_and_factor_give_both_amounts() -> None:
    assert set(paid(setting=None).allowed) == {"facility", "non_facility"}
    assert set(paid(apm_status=None).allowed) == {"qp", "non_qp"}
    both = paid(setting=None, apm_status=None).allowed
    assert set(both) == {"facility", "non_facility"} and set(both["facility"]) == {"qp", "non_qp"}


def test_d33_the_lesser_of_charge_and_schedule() -> None:
    given = {"setting": "non_facility", "apm_status": "non_qp", **SETTLED}
    for charge, allowed in (("50.00", "50.00"), ("90.00", "66.13")):
        decision = decide(PAID, {**given, **claim({"code": "99490", "charge": charge})}, PLACE)
        assert decision.claim is not None
        assert str(decision.claim.lines[0].allowed) == allowed


@pytest.mark.parametrize(
    ("person", "share", "noted"),
    [
        ({"qmb": False, "deductible": "0"}, "13.23", False),
        ({"qmb": True}, "0.00", False),
        ({"qmb": False, "deductible": "30"}, "37.23", False),
        ({"qmb": False, "deductible": "500"}, "66.13", False),
        ({}, "13.23", True),
    ],
)
def test_the_patients_share(person: dict[str, Any], share: str, noted: bool) -> None:
    service = paid(person=person)
    assert (str(service.patient_share), service.patient_share_note is not None) == (share, noted)


def test_sequestration_is_shown_apart_and_only_when_asked() -> None:
    text = PAID.replace("  round   half up", "  withhold sequestration\n  round   half up")
    given = {"setting": "non_facility", "apm_status": "non_qp", **SETTLED}
    assert decide(text, given, PLACE).services["99490"].sequestration is None
    asked = decide(text, given, PLACE, options=Options(sequestration=True)).services["99490"]
    assert (str(asked.allowed), str(asked.patient_share), str(asked.sequestration)) == ("66.13", "13.23", "1.06")


# --- scope and reasons -------------------------------------------------------------------------------------------


def test_d34_same_practitioner_is_unknown_without_an_identifier() -> None:
    alone = "no other_services in the month where code is 20001 and by same practitioner"
    service = {"code": "20001", "date": "2026-03-05"}
    assert holds(alone, {"other_services": [{**service, "practitioner_id": "dr-a"}]}) == "no"
    assert holds(alone, {"other_services": [{**service, "practitioner_id": "dr-b"}]}) == "yes"
    assert missing(alone, {"other_services": [service]}) == ("other_services[0].practitioner_id",)


def test_d35_a_given_list_decides_and_the_reasons_say_that_none_is_known() -> None:
    text = SERVICE + rule("alone", "forbid any services in the month where code is 20001", kind="exclusion")
    found = reason(decide(text, {}).services["10001"], "alone")
    assert [(leaf.path, leaf.value.value) for leaf in found.facts] == [("other_services", "none")]


def test_d37_fractions_are_exact() -> None:
    enough = "minutes_done is at least 20 minutes"
    assert holds(enough, log("0:13:20", "0:06:40"), DONE) == "yes"
    assert holds(enough, log("0:13:20", "0:06:39"), DONE) == "no"
    assert holds(enough, log("12.5", "7.5"), DONE) == "yes"


def test_d38_every_rule_is_listed_and_the_cheapest_to_mend_comes_first() -> None:
    text = UNITS + rule("flagged", "require flag") + rule("mendable", "require other_flag", 'remedy "Record it."')
    near = decide(text, {"flag": False, "other_flag": False, **log(15)}).services["10001"]
    assert [r.rule for r in near.reasons] == ["its own minutes", "mendable", "flagged"]
    far = decide(text, {"flag": False, "other_flag": False, **log(1)}).services["10001"]
    assert [r.rule for r in far.reasons] == ["mendable", "its own minutes", "flagged"]


@pytest.mark.parametrize(
    ("forbidden", "exception", "expected"),
    [
        (True, True, "yes"),
        (True, False, "no"),
        (True, None, "unknown"),
        (False, None, "yes"),
        (None, True, "yes"),
        (None, False, "unknown"),
    ],
)
def test_d41_the_exception_of_an_exclusion(forbidden: bool | None, exception: bool | None, expected: str) -> None:
    text = SERVICE + rule(
        "barred", "forbid flag", "except waived when other_flag", '       because "So."', kind="exclusion"
    )
    service = decide(text, {"flag": forbidden, "other_flag": exception}).services["10001"]
    assert service.own_outcome == expected


def test_a_rule_of_unverified_ground_alone_flags_and_decides_nothing() -> None:
    text = SERVICE + rule("rumour", "require flag", "confidence unverified")
    decision = decide(text, {"flag": False})
    assert decision.services["10001"].status == "supported"
    assert [(risk.reason.rule, risk.reason.severity) for risk in decision.audit_risks] == [("rumour", "audit_risk")]


def test_within_reach_and_what_it_is_worth() -> None:
    text = PAID.replace("earns  1 unit\n", "earns  1 unit when minutes_done is at least 20 minutes\n", 1) + DONE
    given = {"setting": "non_facility", "apm_status": "non_qp", **SETTLED}
    (near,) = decide(text, {**given, **log(19)}, PLACE).within_reach
    assert (near.service, str(near.short), str(near.worth)) == ("99490", "1 minute of minutes_done", "66.13")
    assert decide(text, {**given, **log(9)}, PLACE).within_reach == ()
    assert decide(text, {**given, **log(20)}, PLACE).within_reach == ()


def test_missing_facts_say_which_services_they_decide_and_what_they_are_worth() -> None:
    text = PAID + rule("flagged", "require flag")
    given = {"setting": "non_facility", "apm_status": "non_qp", **SETTLED}
    (asked,) = decide(text, given, PLACE).missing
    assert (asked.fact, asked.services, str(asked.worth)) == ("flag", ("99490",), "66.13")


def test_the_preferred_tier_may_pay_less_and_the_worth_says_so() -> None:
    text = """
service 99487
  title  "Higher"
  family work
  tier   higher
  earns  1 unit when flag

service 99490
  title  "Lower"
  family work
  tier   lower
  earns  1 unit for each full 20 minutes of minutes_done, at most 3 units

prefer one tier of higher, lower in that order
  for   work
  basis practice
"""
    text += DONE + PAID[PAID.index("payment usual") :]
    given = {"setting": "non_facility", "apm_status": "non_qp", **SETTLED, **log(60)}
    unknown = decide(text, given, PLACE)
    assert (str(unknown.totals.allowed), str(unknown.totals.possible)) == ("198.39", "198.39")
    assert str(unknown.missing[0].worth) == "-54.10"
    known = decide(text, {**given, "flag": True}, PLACE)
    assert (str(known.totals.allowed), [str(a.allowed) for a in known.alternatives]) == ("144.29", ["198.39"])


@pytest.mark.parametrize(
    ("from_day", "until_day", "expected"),
    [
        (None, None, "no"),
        ("2026-03-31", None, "no"),
        ("2026-04-01", None, "yes"),
        (None, "2026-03-31", "no"),
        (None, "2026-03-30", "yes"),
    ],
)
def test_l23_a_rule_with_its_own_first_and_last_day(from_day: str | None, until_day: str | None, expected: str) -> None:
    days = [f"from {from_day}"] if from_day else []
    days += [f"until {until_day}"] if until_day else []
    service = decide(SERVICE + rule("dated", "require flag", *days), {"flag": False}).services["10001"]
    assert service.own_outcome == expected


def test_d2_a_unit_for_each_of_other_services_that_stand() -> None:
    text = """
service 10001
  title  "One"
  family work
  earns  1 unit when flag

service 10002
  title  "Two"
  family work
  earns  1 unit when other_flag

service 10003
  title  "For each of them"
  family sum
  earns  1 unit for each of 10001, 10002 whose own rules hold, at most 1 unit
"""

    def units(**facts: bool) -> tuple[str, int]:
        service = decide(text, facts).services["10003"]
        return service.status, service.units

    assert units(flag=True, other_flag=True) == ("supported", 1)
    assert units(flag=True) == ("supported", 1)
    assert units(flag=False, other_flag=False) == ("not_supported", 0)
    assert units(flag=False) == ("needs_information", 0)


def test_a_unit_for_each_of_services_of_which_one_does_not_exist_yet() -> None:
    text = """
service 10001
  title  "One"
  family work
  earns  1 unit when flag

service 10003
  title  "For each of them"
  family sum
  earns  1 unit for each of 10001, 10002 whose own rules hold
"""
    later = """
policy acme.work
  amends  2015-01
  edition 2026-03

add service 10002
  title  "Two"
  family work
  earns  1 unit when other_flag
"""

    def units(month: str) -> int:
        return decide(text, {"flag": True, "other_flag": True, "service_month": month}, later).services["10003"].units

    assert (units("2026-02"), units("2026-03")) == (1, 2)


def test_a_table_is_read_in_its_edition_and_never_the_nearest() -> None:
    table = """
table limits
  key      code: code
  column   most: integer
  in force by month of service
  edition  2026-01 to 2026-03
  row      10001, 2
"""
    text = SERVICE + rule("limited", "require level is at most limits.most for 10001")
    assert decide(text, {"level": 2}, table).services["10001"].status == "supported"
    assert decide(text, {"level": 3}, table).services["10001"].status == "not_supported"
    later = decide(text, {"level": 2, "service_month": "2026-04"}, table).services["10001"]
    assert (later.status, later.missing) == ("needs_information", ("table limits",))
