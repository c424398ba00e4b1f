"""The decided semantics, one small case for each (`S…`). Truth tables are in `test_truth`."""

from __future__ import annotations

from typing import Any

import pytest

from ccm_policy.evaluate import Options
from tests.evaluate.small_world import RECORD, SERVICE, decide, holds, missing, reason, rule


def log(*entries: dict[str, Any]) -> dict[str, Any]:
    """A log whose entries are of 10 March with 20 minutes unless they say otherwise."""
    return {"log": [{"date": "2026-03-10", "minutes": 20, **entry} for entry in entries]}


DONE = """
define minutes_done: minutes
  as sum of minutes over log where counted
"""


# --- facts and absence -------------------------------------------------------------------------------------------


def test_s1_absence_means_what_the_vocabulary_declares() -> None:
    assert holds("flag", {}) == "unknown"
    assert holds("enrolled", {}) == "yes"
    assert holds("ended is none", {}) == "yes"
    assert holds("no stays", {}) == "yes"
    assert holds("no log", {}) == "unknown"


def test_s2_null_is_unknown_and_beats_the_presumption() -> None:
    assert holds("enrolled", {"enrolled": None}) == "unknown"
    assert holds("ended is none", {"ended": None}) == "unknown"
    assert holds("no stays", {"stays": None}) == "unknown"


def test_s3_a_presumed_value_is_marked_and_presumptions_can_be_turned_off() -> None:
    service = decide(SERVICE + rule("here", "require enrolled"), {}).services["10001"]
    (leaf,) = reason(service, "here").facts
    assert (leaf.path, leaf.value, leaf.presumed) == ("enrolled", True, True)
    bare = decide(SERVICE + rule("here", "require enrolled"), {}, options=Options(presumptions=False))
    assert bare.services["10001"].missing == ("enrolled", "patient.died_on")


def test_s3_a_presumption_holds_unless_its_condition_does() -> None:
    given = {"begun": "2026-01-05"}
    assert holds("recent", {**given, "visits": [{"seen": "2026-01-04"}]}) == "no"
    assert holds("recent", {**given, "visits": [{"seen": "2026-01-06"}]}) == "unknown"
    assert holds("recent", given) == "no", "an unknown condition keeps the presumption"


def test_s4_a_given_list_is_complete_and_an_absent_one_is_unknown() -> None:
    assert holds("no log", {"log": []}) == "yes"
    assert holds("no log", {}) == "unknown"
    assert missing("no log", {}) == ("log",)


def test_l2_a_list_complete_for_the_month_is_open_before_what_is_known() -> None:
    never = "no other_services where code is 20001"
    assert holds(never, {"history": {"known_from": "2015-01-01"}}) == "unknown", "before 2015 nobody looked"
    assert holds("no other_services in the month where code is 20001", {"history": {}}) == "yes"
    since = "no other_services where code is 20001 and date is on or after asked"
    assert holds(since, {"asked": "2026-01-01", "history": {}}) == "unknown"
    assert missing(since, {"asked": "2026-01-01", "history": {}}) == ("history.known_from",)
    assert holds(since, {"asked": "2026-01-01", "history": {"known_from": "2026-01-01"}}) == "yes"
    assert holds(since, {"asked": "2026-01-01", "history": {"known_from": "2026-01-02"}}) == "unknown"


def test_l2_a_short_form_adds_a_record_and_completes_nothing() -> None:
    short = {"visit": {"seen": "2026-03-02"}}
    assert holds("any visits where seen is on or before end of month", short) == "yes"
    assert holds("at most 1 visits", short) == "unknown"
    assert holds("at most 1 visits", {"visits": [{"seen": "2026-03-02"}]}) == "yes"


def test_s7_a_date_that_is_none_is_later_than_every_day() -> None:
    assert holds("ended is after end of month", {}) == "yes"
    assert holds("ended is on or before end of month", {}) == "no"
    assert holds("ended is none or on or after start of month", {"ended": "2026-02-28"}) == "no"
    assert holds("ended is none or on or after start of month", {"ended": "2026-03-01"}) == "yes"


# --- truth -------------------------------------------------------------------------------------------------------


def test_s9_is_not_is_exactly_not_is() -> None:
    for kind in ("red", "green", None):
        given = {"kind": kind}
        assert holds("kind is not red", given) == holds("not kind is red", given)


def test_s10_unknowns_are_not_reasoned_about_across_cases() -> None:
    either = """
define is_red: yes/no
  as kind is red
"""
    assert holds("is_red or kind is one of green, blue", {}, either) == "unknown", "though there is no fourth kind"


# --- sums, counts, first and last days ---------------------------------------------------------------------------


def test_s13_an_unknown_that_could_harm_keeps_a_first_day_open() -> None:
    first = """
define first_day: date
  as earliest date over log where counted
"""
    entries: list[dict[str, Any]] = [{"date": "2026-03-02", "counted": None}, {"date": "2026-03-10"}]
    rule_text = "begun is on or before first_day"
    assert holds(rule_text, {"begun": "2026-03-05", **log(*entries)}, first) == "unknown"
    assert missing(rule_text, {"begun": "2026-03-05", **log(*entries)}, first) == ("log[0].counted",)
    assert holds(rule_text, {"begun": "2026-03-02", **log(*entries)}, first) == "yes"
    assert holds(rule_text, {"begun": "2026-03-11", **log(*entries)}, first) == "no"


def test_s13_a_count_and_a_quantifier_that_read_alike_agree() -> None:
    given = log({}, {"counted": None})
    count = """
define entries: integer
  as count of log where counted
"""
    assert holds("entries is at least 2", given, count) == "unknown"
    assert holds("at least 2 log where counted", given) == "unknown"


@pytest.mark.parametrize(
    ("entry", "adds_at_least", "adds_at_most"),
    [
        ({"minutes": 12}, 12, 12),
        ({"minutes": 12, "shared_by": None}, 0, 12),
        ({"minutes": None}, 0, 1440),
        ({"minutes": None, "counted": None}, 0, 1440),
        ({"minutes": 12, "counted": None}, 0, 12),
        ({"minutes": 12, "counted": False}, 0, 0),
    ],
)
def test_s14_what_a_record_adds_to_a_sum(entry: dict[str, Any], adds_at_least: int, adds_at_most: int) -> None:
    shared = """
define minutes_shared: minutes
  as sum of minutes divided by shared_by over log where counted
"""

    def at_least(number: int) -> str:
        return holds(f"minutes_shared is at least {number:,} minutes", log(entry), shared)

    if adds_at_least:
        assert at_least(adds_at_least) == "yes"
    if adds_at_most > adds_at_least:
        assert at_least(adds_at_least + 1) == "unknown"
        assert at_least(adds_at_most) == "unknown"
    assert at_least(adds_at_most + 1) == "no"


def test_s14_an_unknown_list_adds_anything() -> None:
    assert holds("minutes_done is at least 9,000 minutes", {}, DONE) == "unknown"
    assert holds("minutes_done is at most 9,000 minutes", {}, DONE) == "unknown"


def test_s15_an_unknown_number_is_the_range_of_its_declaration() -> None:
    assert holds("level is at most level_limit", {}, "define level_limit: integer\n  as 10\n\n") == "yes"
    assert holds("level is at least level_limit", {}, "define level_limit: integer\n  as 11\n\n") == "no"
    assert holds("level is at least 10", {}) == "unknown"


def test_s15_ordered_values_compare_by_position() -> None:
    assert holds("grade_of_work is at least middle", {"grade_of_work": "high"}) == "yes"
    assert holds("grade_of_work is at least middle", {"grade_of_work": "low"}) == "no"
    assert holds("grade_of_work is at least middle", {}) == "unknown"


def test_s16_of_nothing() -> None:
    nothing = {"log": [], "begun": "2026-03-10"}
    assert holds("begun is on or before earliest date over log", nothing) == "yes"
    assert holds("earliest date over log is on or before begun", nothing) == "no"
    assert holds("latest date over log is on or before begun", nothing) == "yes"
    assert holds("begun is within 12 months before earliest date over log", nothing) == "no"
    assert holds("entries is at most 0", nothing, "define entries: integer\n  as count of log\n\n") == "yes"
    assert holds("minutes_done is at most 0 minutes", nothing, DONE) == "yes"


def test_s17_an_undated_possible_record_may_come_first() -> None:
    given = {"begun": "2026-03-01", **log({"date": None}, {"date": "2026-03-20"})}
    assert holds("earliest date over log is on or after begun", given) == "yes", "the month is the field's bound"
    given["begun"] = "2026-03-02"
    assert holds("earliest date over log is on or after begun", given) == "unknown"


@pytest.mark.parametrize(
    ("rounding", "at_least_12_and_a_half", "at_least_13"),
    [("kept exact", "yes", "no"), ("rounded down each", "no", "no"), ("rounded down in total", "no", "no")],
)
def test_s18_thirty_minutes_among_seven_three_times(
    rounding: str, at_least_12_and_a_half: str, at_least_13: str
) -> None:
    total = f"""
define minutes_shared: minutes
  as sum of minutes divided by shared_by, {rounding}, over log where counted
"""
    given = log(*[{"minutes": 30, "shared_by": 7}] * 3)
    assert holds("minutes_shared is at least 12.5 minutes", given, total) == at_least_12_and_a_half
    assert holds("minutes_shared is at least 13 minutes", given, total) == at_least_13
    assert holds("minutes_shared is at least 12 minutes", given, total) == "yes"


def test_s18_thirds_add_up_to_twenty_exactly() -> None:
    total = """
define minutes_shared: minutes
  as sum of minutes divided by shared_by over log where counted
"""
    given = log(*({"minutes": m, "shared_by": 3} for m in (15, 41, 4)))
    assert holds("minutes_shared is at least 20 minutes", given, total) == "yes"


# --- rules and services ------------------------------------------------------------------------------------------


def test_s21_the_first_exception_in_the_text_that_holds_is_shown() -> None:
    text = SERVICE + rule(
        "guarded",
        "require enrolled and flag",
        "except first when kind is red",
        '       because "Red."',
        "except second when other_flag",
        '       because "Other."',
    )
    service = decide(text, {"flag": False, "kind": "red", "other_flag": True}).services["10001"]
    assert (reason(service, "guarded").exception, reason(service, "guarded").message) == ("first", "Red.")


def test_s22_an_unknown_list_of_other_services_is_no_pass() -> None:
    text = SERVICE + rule("alone", "forbid any services in the month where code is 20001", kind="exclusion")
    given = {"other_services": None}
    assert decide(text, given).services["10001"].missing == ("other_services",)
    assert decide(text, {}).services["10001"].status == "supported"


def test_s24_what_cannot_matter_is_not_asked_for() -> None:
    text = (
        DONE
        + """
service 10001
  title  "Work"
  family work
  earns  1 unit when minutes_done is at least 20 minutes
"""
    )
    text += rule("graded", "require grade_of_work is at least middle")
    short = decide(text, log({"minutes": 19})).services["10001"]
    assert (short.status, short.missing) == ("not_supported", ())
    assert reason(short, "graded").outcome == "unknown"
    enough = decide(text, log({"minutes": 20})).services["10001"]
    assert (enough.status, enough.missing) == ("needs_information", ("grade_of_work",))


ADD_ON = (
    DONE
    + """
service 10001
  title  "Base"
  family work
  tier   plain
  earns  1 unit when minutes_done is at least 20 minutes

service 10002
  title   "More of it"
  family  work
  tier    plain
  adds to 10001 by same practitioner
  earns   1 unit for each full 20 minutes of minutes_done beyond 20 minutes, at most 2 units
"""
)


@pytest.mark.parametrize(
    ("minutes", "base", "add_on", "units"),
    [
        (19, "not_supported", "not_supported", 0),
        (20, "supported", "not_supported", 0),
        (39, "supported", "not_supported", 0),
        (40, "supported", "supported", 1),
        (59, "supported", "supported", 1),
        (60, "supported", "supported", 2),
        (200, "supported", "supported", 2),
    ],
)
def test_s26_an_add_on_stands_on_its_base(minutes: int, base: str, add_on: str, units: int) -> None:
    services = decide(ADD_ON, log({"minutes": minutes})).services
    assert [services[code].status for code in ("10001", "10002")] == [base, add_on]
    assert services["10002"].units == units


def test_s26_an_unknown_base_leaves_the_add_on_unknown_and_a_failing_one_fails_it() -> None:
    text = ADD_ON + rule("base_only", "require flag", codes="10001")
    unknown = decide(text, log({"minutes": 60})).services["10002"]
    assert (unknown.status, unknown.missing) == ("needs_information", ("flag",))
    failing = decide(text, {"flag": False, **log({"minutes": 60})}).services["10002"]
    assert failing.status == "not_supported"
    assert reason(failing, "its base").outcome == "no"


def test_s26_a_base_billed_earlier_in_the_month_suffices() -> None:
    text = ADD_ON + rule("base_only", "require flag", codes="10001")
    earlier = {"code": "10001", "date": "2026-03-05", "practitioner_id": "dr-a"}
    given = {"flag": False, **log({"minutes": 60})}
    assert decide(text, {**given, "other_services": [earlier]}).services["10002"].status == "supported"
    others = {**earlier, "practitioner_id": "dr-b"}
    assert decide(text, {**given, "other_services": [others]}).services["10002"].status == "not_supported"
    before = {**earlier, "date": "2026-02-28"}
    assert decide(text, {**given, "other_services": [before]}).services["10002"].status == "not_supported"


def test_s27_missing_facts_are_the_unknown_leaves_of_unknown_parts() -> None:
    given = {"kind": "red", **log({"minutes": None}, {"counted": None}, {})}
    assert missing("(flag or kind is green) and kind is red", given) == ("flag",)
    assert missing("minutes_done is at least 30 minutes", given, DONE) == ("log[0].minutes", "log[1].counted")
    assert missing("minutes_done is at least 30 minutes and flag", {**given, "flag": False}, DONE) == ()


# --- choice ------------------------------------------------------------------------------------------------------


def test_s29_yielding_is_not_failing() -> None:
    text = """
service 10001
  title  "Higher"
  family work
  tier   higher
  earns  1 unit

service 10002
  title  "Lower"
  family work
  tier   lower
  earns  1 unit

prefer one tier of higher, lower in that order
  for   work
  basis practice
"""
    decision = decide(text, {})
    lower = decision.services["10002"]
    assert (lower.status, lower.own_outcome, lower.yields_to) == ("not_supported", "yes", "10001")
    assert [a.units for a in decision.alternatives] == [{"10002": 1}], "every alternative is shown (S30)"


# --- dates -------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("day", "anchor", "before", "after"),
    [
        ("2023-02-28", "2024-02-29", "yes", "no"),  # the example of S31: the two readings differ
        ("2023-02-27", "2024-02-29", "no", "no"),
        ("2025-03-31", "2026-03-31", "yes", "yes"),
        ("2025-03-30", "2026-03-31", "no", "no"),
        ("2024-02-29", "2025-02-28", "yes", "yes"),
        ("2024-02-28", "2025-02-28", "yes", "yes"),
        ("2024-02-27", "2025-02-28", "no", "no"),
        ("2026-03-31", "2026-03-31", "yes", "yes"),
        ("2026-04-01", "2026-03-31", "no", "no"),
    ],
)
def test_s31_within_twelve_months_is_anchored_and_clamped(day: str, anchor: str, before: str, after: str) -> None:
    given = {"begun": day, "asked": anchor}
    assert holds("begun is within 12 months before asked", given) == before
    assert holds("asked is within 12 months after begun", given) == after


@pytest.mark.parametrize(
    ("day", "expected"), [("2026-02-28", "no"), ("2026-03-01", "yes"), ("2026-03-31", "yes"), ("2026-04-01", "no")]
)
def test_s32_both_ends_of_the_month_are_in_it(day: str, expected: str) -> None:
    assert holds("asked is in the month", {"asked": day}) == expected


def test_s32_the_day_is_the_grain() -> None:
    assert holds("begun is on or before asked", {"begun": "2026-03-05", "asked": "2026-03-05"}) == "yes"


@pytest.mark.parametrize(
    ("condition", "given", "expected"),
    [
        ("the later of begun and asked is on 2026-03-10", {"begun": "2026-03-05"}, "yes"),
        ("the earlier of begun and asked is on 2026-03-05", {"begun": "2026-03-05"}, "yes"),
        ("the later of begun and asked is on or after 2026-03-10", {}, "yes"),
        ("the later of begun and asked is on or before 2026-03-10", {}, "unknown"),
        ("the earlier of begun and asked is on or before 2026-03-10", {}, "yes"),
        ("the earlier of begun and asked is on or after 2026-03-10", {}, "unknown"),
        ("the later of ended and asked is none", {}, "yes"),
        ("the earlier of ended and asked is on 2026-03-10", {}, "yes"),
    ],
)
def test_s7_the_later_and_the_earlier_of_two_days(condition: str, given: dict[str, Any], expected: str) -> None:
    assert holds(condition, {"asked": "2026-03-10", **given}) == expected
    if expected == "unknown":
        assert missing(condition, {"asked": "2026-03-10", **given}) == ("begun",)


def test_a_day_that_certainly_stays_behind_is_no_reason() -> None:
    text = rule("it_holds", "require the later of asked and earliest date over log is after end of month")
    decision = decide(SERVICE + text, {"asked": "2026-04-10", **log({"date": None})})
    facts = reason(decision.services["10001"], "it_holds").facts
    assert [leaf.path for leaf in facts] == ["asked"]


def test_s33_the_edition_of_the_service_month_governs_earlier_facts_too() -> None:
    later = """
policy acme.work
  title   "What changed"
  edition 2026-01
  amends  2015-01

change requirement it_holds
  require any visits where seen is within 6 months before end of month
  because "Shorter."
  cite    manual
"""
    policy = SERVICE + rule("it_holds", "require any visits where seen is within 12 months before end of month")
    given = {"visits": [{"seen": "2025-04-30"}]}
    assert decide(policy, given, later).services["10001"].status == "not_supported"
    assert decide(policy, {**given, "service_month": "2025-12"}, later).services["10001"].status == "supported"


# --- scope and records -------------------------------------------------------------------------------------------


def test_s36_a_definition_of_a_record_speaks_of_each() -> None:
    text = """
define long of log
  as minutes is at least 20 minutes
"""
    assert holds("at least 2 log where long", log({}, {}, {"minutes": 5}), text) == "yes"
    assert holds("every log has long", log({}, {"minutes": 5}), text) == "no"


def test_s37_an_outer_record_is_named() -> None:
    text = """
define at_home of log
  as no stays where first is on or before log.date and last is on or after log.date
"""
    stay = {"first": "2026-03-05", "last": "2026-03-09", "ward": "hospital"}
    given = {"stays": [stay], **log({"date": "2026-03-07"}, {"date": "2026-03-10"})}
    assert holds("at least 1 log where at_home", given, text) == "yes"
    assert holds("at least 2 log where at_home", given, text) == "no"


@pytest.mark.parametrize(
    ("day", "expected"), [("2026-03-04", "yes"), ("2026-03-05", "no"), ("2026-03-08", "no"), ("2026-03-09", "yes")]
)
def test_l10_the_first_day_in_and_the_last_day_out(day: str, expected: str) -> None:
    text = """
define at_home of log
  as date is outside every stays where ward is hospital, counting first day in, last day out
"""
    stay = {"first": "2026-03-05", "last": "2026-03-09", "ward": "hospital"}
    assert holds("every log has at_home", {"stays": [stay], **log({"date": day})}, text) == expected


def test_l10_a_stay_without_an_end_goes_on() -> None:
    text = """
define at_home of log
  as date is outside every stays where ward is hospital
"""
    stay = {"first": "2026-03-05", "ward": "hospital"}
    assert holds("every log has at_home", {"stays": [stay], **log({"date": "2026-03-31"})}, text) == "no"


def test_l13_the_day_a_total_is_reached() -> None:
    reached = "the day minutes_done reaches 40 minutes is on or before asked"
    entries = log({"date": "2026-03-20"}, {"date": "2026-03-02"}, {"date": "2026-03-09", "minutes": 5})
    assert holds(reached, {"asked": "2026-03-20", **entries}, DONE) == "yes"
    assert holds(reached, {"asked": "2026-03-19", **entries}, DONE) == "no"
    entries = log({"date": "2026-03-02"}, {"date": "2026-03-09", "counted": None}, {"date": "2026-03-20"})
    assert holds(reached, {"asked": "2026-03-10", **entries}, DONE) == "unknown"
    assert holds(reached, {"asked": "2026-03-20", **entries}, DONE) == "yes"


def test_a_record_out_of_a_list_is_a_range_too() -> None:
    text = """
define last_visit
  as the latest visits by seen where topic includes cost
"""
    sure = {"seen": "2026-03-02", "topic": ["cost"], "code": "10001"}
    perhaps = {"seen": "2026-03-09", "topic": None, "code": "10002"}
    before = {"seen": "2026-03-01", "topic": None, "code": "10003"}
    assert (
        holds("last_visit.seen is on or after asked", {"asked": "2026-03-02", "visits": [sure, perhaps]}, text) == "yes"
    )
    assert holds("last_visit.seen is on or after asked", {"asked": "2026-03-03", "visits": [sure, perhaps]}, text) == (
        "unknown"
    )
    assert holds("last_visit.code is 10001", {"visits": [sure, perhaps]}, text) == "unknown"
    assert holds("last_visit.code is 10001", {"visits": [sure, before]}, text) == "yes"
    assert holds("last_visit.seen is before asked", {"asked": "2015-01-01", "visits": []}, text) == "yes"
    assert holds("last_visit.code is 10001", {"visits": []}, text) == "no", "none equals nothing"


def test_a_look_up_may_imagine_a_row_and_a_roster_overrides() -> None:
    text = """
define by_staff of log
  as its staff is clinical
"""

    def clinical(entry: dict[str, Any], roster: list[dict[str, Any]] | None = None) -> str:
        staff = {} if roster is None else {"staff": roster}
        return holds("every log has by_staff", {**staff, **log(entry)}, text)

    assert [clinical({"who": "nurse"}), clinical({"who": "clerk"}), clinical({})] == ["yes", "no", "unknown"]
    assert missing("every log has by_staff", log({}), text) == ("log[0].who",)
    roster: list[dict[str, Any]] = [{"id": "s1", "role": "clerk", "clinical": True}, {"id": "s2", "role": "nurse"}]
    assert clinical({"who": "clerk", "staff_id": "s1"}, roster) == "yes"
    assert clinical({"who": "clerk", "staff_id": "s9"}, roster) == "no"
    assert clinical({"who": "clerk"}, roster) == "no", "the stated role stands where no row is named"
    assert clinical({"who": "clerk", "staff_id": None}, roster) == "unknown", "it may be the first of the roster"
    assert clinical({}, roster) == "unknown"


# --- layers ------------------------------------------------------------------------------------------------------

LAYER = """
policy records.ohio
  title   "Stricter in Ohio"
  edition 2015-01
  extends acme.work
  applies when state is OH

requirement strict
  title     "Strict"
  for       every work service
  require   flag
  otherwise "No."
  basis     payer
  cite      manual
"""


def test_s45_an_unknown_selector_matters_only_where_its_layer_would_change_an_outcome() -> None:
    nowhere = {**RECORD, "state": None}
    unknown = decide(SERVICE, {**nowhere, "flag": False}, LAYER).services["10001"]
    assert (unknown.status, unknown.own_outcome, unknown.missing) == ("needs_information", "unknown", ("state",))
    assert decide(SERVICE, {**nowhere, "flag": True}, LAYER).services["10001"].status == "supported"
    assert decide(SERVICE, {"state": "NY", "flag": False}, LAYER).services["10001"].status == "supported"
    assert decide(SERVICE, {"state": "OH", "flag": False}, LAYER).services["10001"].status == "not_supported"
    risk = LAYER.replace("  basis     payer\n", "  severity  audit_risk\n  basis     payer\n")
    assert decide(SERVICE, {**nowhere, "flag": False}, risk).services["10001"].status == "supported"
