"""What declarations mean: types, ranges, absence, look-ups, scopes."""

from __future__ import annotations

from decimal import Decimal

from ccm_policy.language import tree as t
from tests.resolve.small_library import library_of


def vocabulary(text: str = "") -> t.Vocabulary:
    source, found, _ = library_of(text)
    assert found == []
    assert source is not None
    return source.outline.vocabulary


def test_types_and_ranges() -> None:
    log = vocabulary().lists["time_log"].fields
    assert log["minutes"].type == t.Type("number", unit="minute", low=Decimal(0), high=Decimal(1440))
    assert log["patients_served"].type == t.Type("number", whole=True, low=Decimal(1), high=Decimal(20))
    assert log["date"].type == t.Type("date", in_month=True)
    level = vocabulary().facts["mdm.level"].type
    assert (level.values, level.ordered, level.name) == (("low", "moderate", "high"), True, "level")


def test_absence() -> None:
    made = vocabulary()
    assert made.facts["payer"].absent.how == "error"
    assert made.facts["state"].absent.how == "unknown"
    assert (made.facts["patient.died_on"].absent.how, made.facts["patient.died_on"].type.may_be_none) == ("none", True)
    assert made.lists["time_log"].fields["automated"].absent.value == t.Const(False, t.YES_NO)
    assert made.lists["stays"].absent.how == "empty"
    computed = made.lists["staff"].fields["clinical"].absent
    assert computed.how == "computed"
    assert isinstance(computed.value, t.In)
    assert (computed.value.operand, computed.value.name) == (
        t.Field(0, "staff", "role", made.values["role"]),
        "clinical",
    )


def test_a_field_is_presumed_from_the_fact_of_its_own_name() -> None:
    calls = "list calls\n  field place text, presumed from place\n  field other text, presumed from place\n"
    fields = vocabulary("fact place text\n\n" + calls).lists["calls"].fields
    assert fields["place"].absent.value == t.Fact("place", t.TEXT)
    assert fields["other"].absent.value == t.Field(0, "calls", "place", t.TEXT)


def test_look_ups_name_both_ends() -> None:
    staff_id = vocabulary().lists["time_log"].fields["staff_id"]
    assert (staff_id.looks_up, staff_id.looks_up_by) == ("staff", "id")
    assert staff_id.fallback == (("role", "performed_by"),)


def test_a_scope_is_known_for_the_lists_that_have_its_fields() -> None:
    assert set(vocabulary().scopes["same practitioner"]) == {"consents", "other_services", "services"}


def test_the_joined_list_has_the_fields_of_the_first_and_presumes_nothing_again() -> None:
    lists = vocabulary().lists
    assert lists["services"].union_of == "other_services"
    assert set(lists["services"].fields) == set(lists["other_services"].fields)
    assert {f.absent.how for f in lists["services"].fields.values()} == {"unknown"}


def test_how_a_list_is_dated_and_complete() -> None:
    lists = vocabulary().lists
    assert (lists["stays"].date_field, lists["stays"].first_field, lists["stays"].last_field) == (None, "from", "to")
    services = lists["other_services"]
    assert (services.date_field, services.complete, services.known_from) == ("date", "month", "history.known_from")
    assert lists["conditions"].complete == "whole"


def test_what_people_call_things() -> None:
    text = """values trade in order are nurse, aide
  also aide "CNA"

fact home.visits integer
  also "house calls"

list rides
  also  "trips"
  also  driver "who drove"
  also  vehicle.van "minibus"
  dated once in the record
  field driver  trade
  field vehicle one of van, car
"""
    assert vocabulary(text).also == {
        "trade aide": ("CNA",),
        "home.visits": ("house calls",),
        "rides": ("trips",),
        "rides driver": ("who drove",),
        "rides vehicle.van": ("minibus",),
    }


def test_an_unknown_name_that_people_use_leads_to_the_right_one() -> None:
    text = """# file: more.policy
fact home.visits integer
  also "house calls"

# file: trial.policy
policy trial
  title   "Trial"
  edition 2021-01
  extends base.care
  applies when payer is beta

requirement seen_at_home
  for      every ccm service
  require  house_calls is at least 1
  severity advice
"""
    _, found, _ = library_of(text)
    assert [(d.code, d.help) for d in found] == [("CCM-E0201", "did you mean `home.visits`?")]


CALLS = "list calls\n  dated by day, or unknown when {}\n  field day date, in service month\n"


def test_a_list_says_which_fact_lets_a_record_of_an_unknown_day_stand() -> None:
    assert vocabulary(CALLS.format("care_plan.copy_given")).lists["calls"].undated_when == "care_plan.copy_given"
    for fact, code in (("care_plan.nothing", "CCM-E0201"), ("care_plan.reviewed", "CCM-E0312")):
        assert [found.code for found in library_of(CALLS.format(fact))[1]] == [code]
