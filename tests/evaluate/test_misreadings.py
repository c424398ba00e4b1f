"""What a natural misreading of the language would decide otherwise: one small case for each, policy text beside
outcome.

`test_truth` holds the tables, `test_semantics_s` and `test_semantics_d` one case for each point. Here stand the
readings that come to mind first and are wrong: unknown as no, absent as empty, none as a day, the nearest edition, one
amount.
"""

from __future__ import annotations

from typing import Any

import pytest

from ccm_policy.evaluate import Options
from ccm_policy.facts import check
from tests.evaluate.small_world import RECORD, SERVICE, decide, holds, missing, reason, rule, world

DONE = """
define minutes_done: minutes
  as sum of minutes over log where counted

"""


def log(*entries: dict[str, Any]) -> dict[str, Any]:
    """A log whose entries are of 10 March with 20 minutes unless they say otherwise."""
    return {"log": [{"date": "2026-03-10", "minutes": 20, **entry} for entry in entries]}


# --- unknown, none, presumed -------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("condition", "none", "unknown"),
    [
        ("wish is at least low", "no", "unknown"),  # of a grade that may be none, even the lowest is not certain
        ("wish is at most high", "no", "unknown"),
        ("score is at least 0", "no", "unknown"),
        ("not score is at least 5", "yes", "unknown"),
        ("agreed", "no", "unknown"),
        ("not agreed", "yes", "unknown"),
        ("ended is before asked", "no", "unknown"),
        ("ended is within 12 months before asked", "no", "unknown"),
        ("ended is not within 12 months before asked", "yes", "unknown"),
        ("asked is on or before ended", "yes", "unknown"),
    ],
)
def test_s2_none_is_a_value_and_unknown_is_not(condition: str, none: str, unknown: str) -> None:
    optional = """
fact wish   grade, presumed none
fact score  integer, 0 to 10, presumed none
fact agreed yes/no, presumed none
"""
    policy = SERVICE + rule("it_holds", f"require {condition}")
    given = {"asked": "2026-03-10"}
    nothing_said = decide(policy, given, optional).services["10001"]
    hidden = decide(policy, {**given, "wish": None, "score": None, "agreed": None, "ended": None}, optional)
    assert (nothing_said.own_outcome, hidden.services["10001"].own_outcome) == (none, unknown)


def test_s1_a_list_that_is_presumed_empty_is_not_one_that_is_unknown() -> None:
    assert holds("no stays where ward is hospital", {}) == "yes"
    assert holds("no stays where ward is hospital", {"stays": []}) == "yes"
    assert holds("no stays where ward is hospital", {"stays": None}) == "unknown"
    assert holds("no stays where ward is hospital", {"stays": [{"first": "2026-03-01"}]}) == "unknown"


def test_l1_without_presumptions_an_ordinary_record_asks_for_what_was_presumed() -> None:
    text = SERVICE + rule("kept", "require at least 1 log where counted", "require enrolled", "require ended is none")
    assert decide(text, log({})).services["10001"].status == "supported"
    bare = decide(text, log({}), options=Options(presumptions=False)).services["10001"]
    assert bare.missing == ("log[0].counted", "enrolled", "ended", "patient.died_on")
    known = {"enrolled": True, "ended": "none", "patient": {"died_on": "none"}}
    said = decide(text, {**log({"counted": True}), **known}, options=Options(presumptions=False))
    assert said.services["10001"].status == "supported"


def test_l2_what_nobody_looked_at_keeps_only_the_upper_end_open() -> None:
    ever = "at least 1 other_services where code is 20001"
    once = {"history": {}, "other_services": [{"code": "20001", "date": "2026-03-05"}]}
    assert holds(ever, once) == "yes", "one is enough"
    assert holds("at most 1 other_services where code is 20001", once) == "unknown"
    assert holds("at most 1 other_services in the month where code is 20001", once) == "yes"
    assert holds("latest date over other_services is on or after asked", {**once, "asked": "2026-03-05"}) == "yes"
    assert holds("earliest date over other_services is on or after asked", {**once, "asked": "2026-03-05"}) == "unknown"


@pytest.mark.parametrize(
    ("log_given", "expected"),
    [({}, "unknown"), ({"log": None}, "unknown"), ({"log": []}, "yes"), (log({}), "yes")],
)
def test_s12_every_of_an_unknown_list_is_unknown(log_given: dict[str, Any], expected: str) -> None:
    assert holds("every log has date is on or before end of month", log_given) == expected


def test_s6_what_lies_outside_its_declaration_is_no_fact_at_all() -> None:
    loaded = world('policy nothing.here\n  title "x"\n  edition 2015-01\n  applies when payer is acme\n')

    def codes(**facts: Any) -> list[str]:
        given, wrong = check({**RECORD, **facts}, loaded.vocabulary)
        assert (given is None) == bool(wrong)
        return [d.code for d in wrong]

    assert codes(log=[{"date": "2026-04-01", "minutes": 5}]) == ["CCM-E0537"]
    assert codes(log=[{"date": "2026-03-31", "minutes": 5, "shared_by": 0}]) == ["CCM-E0535"]
    assert codes(log=[{"date": "2026-03-31", "minutes": -1}]) == ["CCM-E0535"]
    assert codes(log=[{"date": "2026-03-31", "minutes": 5, "who": "robot"}]) == ["CCM-E0533"]
    assert codes(log=[{"date": "2026-03-31", "minutes": None, "who": None}]) == []


# --- ranges ------------------------------------------------------------------------------------------------------


def test_s13_an_upper_bound_asks_for_the_possible_end() -> None:
    given = log({}, {"counted": None})
    assert holds("minutes_done is at most 20 minutes", given, DONE) == "unknown"
    assert holds("minutes_done is less than 20 minutes", given, DONE) == "no"
    assert holds("minutes_done is at most 40 minutes", given, DONE) == "yes"


def test_s15_two_sums_are_compared_as_ranges() -> None:
    both = DONE + "define all_minutes: minutes\n  as sum of minutes over log\n\n"
    assert holds("minutes_done is at most all_minutes", log({}, {"counted": False}), both) == "yes"
    assert holds("minutes_done is at most all_minutes", log({"counted": None}), both) == "yes"
    assert holds("minutes_done is at least all_minutes", log({"counted": None}), both) == "unknown"
    assert holds("minutes_done is at most all_minutes", log({"minutes": None}), both) == "unknown", "S10"


@pytest.mark.parametrize(
    ("flag", "other_flag", "expected"),
    [
        (True, None, "no"),
        (False, True, "yes"),
        (False, False, "yes"),
        (False, None, "yes"),
        (None, True, "unknown"),
        (None, False, "unknown"),
    ],
)
def test_a_case_whose_condition_is_unknown_leaves_the_later_ones_open(
    flag: bool | None, other_flag: bool | None, expected: str
) -> None:
    text = """
define limit: integer
  as 3 when flag
  as 7 when other_flag
  as 9 otherwise

"""
    assert holds("limit is at least 5", {"flag": flag, "other_flag": other_flag}, text) == expected


def test_s17_a_possible_record_only_ever_pulls_the_first_day_down() -> None:
    first = "define first_day: date\n  as earliest date over log where counted\n\n"
    later = log({"date": "2026-03-05"}, {"date": "2026-03-09", "counted": None})
    assert holds("first_day is on or before asked", {**later, "asked": "2026-03-05"}, first) == "yes"
    assert holds("first_day is before asked", {**later, "asked": "2026-03-05"}, first) == "no"


@pytest.mark.parametrize(
    ("setting", "expected"),
    [
        ({"first": "2026-02-01", "last": "2026-03-01"}, "yes"),  # reaches in by one day
        ({"first": "2026-02-01", "last": "2026-02-28"}, "no"),
        ({"first": "2026-02-01"}, "yes"),  # still there
        ({"first": "2026-03-31"}, "yes"),
        ({"first": "2026-04-01"}, "no"),
        ({"first": "2026-02-01", "last": None}, "unknown"),
    ],
)
def test_in_the_month_means_reaching_into_it(setting: dict[str, Any], expected: str) -> None:
    assert holds("any stays in the month", {"stays": [setting]}) == expected


@pytest.mark.parametrize(
    ("service", "expected"),
    [
        ({"date": "2026-02-01"}, "no"),
        ({"date": "2026-02-01", "period_from": "2026-02-01", "period_to": "2026-03-02"}, "yes"),
        ({"date": "2026-04-02", "period_from": "2026-03-31", "period_to": "2026-04-02"}, "yes"),
        ({"date": None}, "unknown"),
    ],
)
def test_a_service_is_in_the_month_by_its_date_or_by_its_period(service: dict[str, Any], expected: str) -> None:
    given = {"other_services": [{"code": "20001", **service}]}
    assert holds("any services in the month where code is 20001", given) == expected


@pytest.mark.parametrize(
    ("condition", "day", "expected"),
    [
        ("asked is on or before 30 days from begun, counting begun", "2026-03-30", "yes"),
        ("asked is on or before 30 days from begun, counting begun", "2026-03-31", "no"),
        ("asked is on or before 30 days after begun", "2026-03-31", "yes"),
        ("asked is on or before 30 days after begun", "2026-04-01", "no"),
        ("asked is on or before 1 month after begun", "2026-04-01", "yes"),
        ("asked is within 1 month after begun", "2026-02-28", "no"),
    ],
)
def test_l10_stretches_of_days_count_from_the_day_named(condition: str, day: str, expected: str) -> None:
    assert holds(condition, {"begun": "2026-03-01", "asked": day}) == expected


def test_l10_outside_is_not_during_and_an_open_end_is_not_an_end() -> None:
    outside = "asked is outside every period of services where code is 20001"
    given = {"asked": "2026-03-05"}

    def of(to: str | None) -> dict[str, Any]:
        return {**given, "other_services": [{"code": "20001", "period_from": "2026-03-01", "period_to": to}]}

    assert [holds(outside, of(to)) for to in ("2026-03-04", "2026-03-05", "none", None)] == [
        "yes", "no", "no", "unknown",
    ]  # fmt: skip
    assert holds(outside, given) == "yes", "nothing to be inside of"
    assert holds(outside, {**given, "other_services": None}) == "unknown"


def test_l27_sets() -> None:
    for held, some, every, two in (
        (["cost"], "yes", "no", "no"),
        (["cost", "access"], "yes", "yes", "yes"),
        (["cost", "stop"], "yes", "no", "yes"),
        ([], "no", "no", "no"),
        (None, "unknown", "unknown", "unknown"),
    ):
        given = {"topics": held}
        assert holds("topics includes any of cost, access", given) == some
        assert holds("topics includes every of cost, access", given) == every
        assert holds("topics includes at least 2 of cost, access, stop", given) == two


# --- tables, dates of a rule -------------------------------------------------------------------------------------


LIMITS = """
table limits
  key      code: code
  column   most: integer
  in force by month of service
  edition  2026-01 to 2026-03
  row      10001, 2
  edition  2026-07 to 2026-09
  row      10001, 9
"""


@pytest.mark.parametrize(
    ("month", "outcome", "asks"),
    [
        ("2026-03", "yes", ()),
        ("2026-04", "unknown", ("table limits",)),  # never the nearest edition
        ("2026-08", "no", ()),
        ("2025-12", "unknown", ("table limits",)),
    ],
)
def test_l9_out_of_its_editions_a_table_says_nothing(month: str, outcome: str, asks: tuple[str, ...]) -> None:
    policy = SERVICE + rule("limited", "require limits.most for 10001 is at most 3")
    service = decide(policy, {"service_month": month}, LIMITS).services["10001"]
    assert (service.own_outcome, service.missing) == (outcome, asks)
    flagged = SERVICE + rule("limited", "require limits.most for 10001 is at most 3", "severity audit_risk")
    assert decide(flagged, {"service_month": month}, LIMITS).services["10001"].status == "supported"


@pytest.mark.parametrize(
    ("clause", "expected"),
    [
        ("from 2026-03-31", "no"),
        ("from 2026-04-01", "yes"),
        ("until 2026-03-31", "no"),
        ("until 2026-03-30", "yes"),
    ],
)
def test_l23_a_rule_with_days_goes_by_the_date_of_service(clause: str, expected: str) -> None:
    policy = SERVICE + rule("dated", "require flag", clause)
    assert decide(policy, {"flag": False}).services["10001"].own_outcome == expected


# --- missing facts -----------------------------------------------------------------------------------------------


def test_s27_what_is_asked_for_would_decide() -> None:
    assert missing("flag and other_flag", {"flag": False}) == ()
    assert missing("flag and other_flag", {"flag": True}) == ("other_flag",)
    assert missing("flag or other_flag", {}) == ("flag", "other_flag")
    assert missing("minutes_done is at least 20 minutes", log({"counted": None}, {}), DONE) == ()
    assert missing("minutes_done is at least 40 minutes", log({"counted": None}, {}), DONE) == ("log[0].counted",)
    assert missing("minutes_done is at least 60 minutes", log({"counted": None}, {}), DONE) == ()
    assert missing("begun is on or before asked", {"begun": "2026-03-01"}) == ("asked",)


def test_s20_a_failing_rule_with_an_unknown_exception_asks_for_the_exception_only() -> None:
    policy = SERVICE + rule("guarded", "require flag", "except waived when other_flag", '       because "So."')
    service = decide(policy, {"flag": False}).services["10001"]
    assert (service.status, service.missing) == ("needs_information", ("other_flag",))
    assert (reason(service, "guarded").outcome, reason(service, "guarded").exception) == ("unknown", None)


def test_s23_a_rule_that_may_not_apply_asks_for_its_condition_too() -> None:
    policy = SERVICE + rule("scoped", "when flag", "require other_flag")
    assert decide(policy, {"other_flag": False}).services["10001"].missing == ("flag",)
    assert decide(policy, {}).services["10001"].missing == ("other_flag", "flag")


# --- units and add-ons -------------------------------------------------------------------------------------------


def test_l7_units_for_each_service_whose_own_rules_hold() -> None:
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
  title  "Both"
  family whole
  earns  1 unit for each of 10001, 10002 whose own rules hold, at most 1 unit
"""

    def both(**facts: Any) -> tuple[str, int, int | None]:
        service = decide(text, facts).services["10003"]
        return service.own_outcome, service.units, service.possible_units

    assert both(flag=True, other_flag=True) == ("yes", 1, 1)
    assert both(flag=True) == ("yes", 1, 1)
    assert both(flag=False) == ("unknown", 0, 1)
    assert both(flag=False, other_flag=False) == ("no", 0, 0)


def test_s26_an_unknown_base_is_no_base_for_what_cannot_be_added() -> None:
    text = (
        DONE
        + """
service 10001
  title  "Base"
  family work
  earns  1 unit when flag

service 10002
  title   "More"
  family  work
  adds to 10001 by same practitioner
  earns   1 unit for each full 20 minutes of minutes_done beyond 20 minutes
"""
    )
    assert decide(text, log({"minutes": 39})).services["10002"].status == "not_supported"
    waits = decide(text, log({"minutes": 40})).services["10002"]
    assert (waits.status, waits.units, waits.possible_units, waits.missing) == ("needs_information", 0, 1, ("flag",))
    unbounded = decide(text, {"flag": True}).services["10002"]
    assert (unbounded.status, unbounded.units, unbounded.possible_units) == ("needs_information", 0, None)


def test_s26_whose_bill_it_was_may_be_unknown() -> None:
    text = """
service 10001
  title  "Base"
  family work
  earns  1 unit when flag

service 10002
  title   "More"
  family  work
  adds to 10001 by same practitioner
  earns   1 unit
"""
    billed = {"flag": False, "other_services": [{"code": "10001", "date": "2026-03-05"}]}
    service = decide(text, billed).services["10002"]
    assert (service.status, service.missing) == ("needs_information", ("other_services[0].practitioner_id",))
