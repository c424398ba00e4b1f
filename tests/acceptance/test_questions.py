"""The questions people ask CMS, contractors and each other, put to the shipped library as facts and answered.

Every case starts from the plain chart (an ordinary month in which everything is in order) and changes what the
question is about.
"""

from __future__ import annotations

import copy
import json
from collections.abc import Callable
from functools import cache
from pathlib import Path
from typing import Any

import pytest

import ccm_policy

PLAIN = json.loads((Path(__file__).parents[1] / "golden" / "plain_chart.json").read_text(encoding="utf-8"))
Chart = dict[str, Any]
Change = Callable[[Chart], None]


@cache
def library() -> ccm_policy.PolicyLibrary:
    return ccm_policy.load()


def decide(*changes: Change) -> dict[str, Any]:
    chart = copy.deepcopy(PLAIN)
    for change in changes:
        change(chart)
    return ccm_policy.opened(library().evaluate(chart).to_dict())


def entry(minutes: float | str, day: int = 20, who: str = "rn", **more: Any) -> Chart:
    base = {
        "date": f"2026-03-{day:02}",
        "minutes": minutes,
        "performed_by": who,
        "activity": "communication",
        "description": "Talked through the new medication schedule",
    }
    return base | ({"staff_id": "rn-1"} if who == "rn" else {}) | more


def log(*entries: Chart) -> Change:
    return lambda chart: chart.update(time_log=list(entries))


def staff_minutes(minutes: float | str) -> Change:
    return log(entry(minutes))


def own_minutes(minutes: int) -> Change:
    return log(entry(minutes, who="physician", staff_id="dr-a"))


def put(path: str, value: Any) -> Change:
    def change(chart: Chart) -> None:
        *parents, last = path.split(".")
        for part in parents:
            chart = chart.setdefault(part, {})
        chart[last] = value

    return change


def drop(path: str) -> Change:
    def change(chart: Chart) -> None:
        *parents, last = path.split(".")
        for part in parents:
            chart = chart[part]
        chart.pop(last, None)

    return change


def outcome(decision: dict[str, Any], code: str) -> tuple[str, int]:
    service = decision["services"][code]
    return service["status"], service["units"]


YES, NO, ASK = "supported", "not_supported", "needs_information"


@pytest.mark.parametrize(
    ("minutes", "base", "addon_units"),
    [
        (19, NO, 0),
        ("19.99", NO, 0),
        (20, YES, 0),
        (39, YES, 0),
        (40, YES, 1),
        (59, YES, 1),
        (60, YES, 2),
        (85, YES, 2),
    ],
)
def test_staff_minutes_without_complex_decision_making(minutes: Any, base: str, addon_units: int) -> None:
    decision = decide(staff_minutes(minutes))
    assert decision["services"]["99490"]["status"] == base
    assert decision["services"]["99439"]["units"] == addon_units
    assert outcome(decision, "99487") == (NO, 0)
    assert not decision["missing"]


def test_the_plain_chart_is_decided() -> None:
    decision = decide()
    assert outcome(decision, "99490") == (YES, 1)
    for code in ["99439", "99487", "99489", "99491", "99437", "G0506"]:
        assert outcome(decision, code) == (NO, 0), code
    assert decision["missing"] == []


@pytest.mark.parametrize(("minutes", "units"), [(59, None), (60, 0), (89, 0), (90, 1), (120, 2), (240, 6)])
def test_complex_minutes_with_moderate_decision_making(minutes: int, units: int | None) -> None:
    decision = decide(staff_minutes(minutes), put("mdm.level", "moderate"))
    if units is None:
        assert outcome(decision, "99487") == (NO, 0)
        assert outcome(decision, "99490") == (YES, 1)
        return
    assert outcome(decision, "99487") == (YES, 1)
    assert decision["services"]["99489"]["units"] == units
    assert decision["services"]["99490"]["status"] == NO
    assert decision["services"]["99490"]["own_outcome"] == "yes"
    assert decision["services"]["99490"]["yields_to"] == "99487"


def test_complex_without_the_practitioners_decision_making() -> None:
    decision = decide(staff_minutes(75), drop("mdm"))
    assert outcome(decision, "99490") == (YES, 1)
    assert decision["services"]["99439"]["units"] == 2
    assert outcome(decision, "99487") == (ASK, 0)
    assert "mdm.level" in {m["fact"] for m in decision["services"]["99487"]["missing"]}
    by_staff = decide(
        staff_minutes(75), put("mdm", {"level": "high", "by_billing_practitioner": False, "documented": True})
    )
    assert outcome(by_staff, "99487") == (NO, 0)


def test_thirty_minutes_for_three_patients_are_ten_for_each() -> None:
    assert outcome(decide(log(entry(30, patients_served=3))), "99490") == (NO, 0)
    assert outcome(decide(log(entry(30, patients_served=3), entry(10, 21))), "99490") == (YES, 1)


@pytest.mark.parametrize(
    ("minutes", "base", "addons"), [(29, NO, 0), (30, YES, 0), (59, YES, 0), (60, YES, 1), (90, YES, 2)]
)
def test_the_practitioners_own_minutes(minutes: int, base: str, addons: int) -> None:
    decision = decide(own_minutes(minutes))
    assert decision["services"]["99491"]["status"] == base
    assert decision["services"]["99437"]["units"] == addons


def test_the_practitioners_own_minutes_count_as_staff_minutes_or_personally_but_never_both() -> None:
    as_staff = decide(log(entry(12, 2), entry(9, 9, who="physician", staff_id="dr-a")))
    assert outcome(as_staff, "99490") == (YES, 1)
    decision = decide(log(entry(20, 2), entry(30, 9, who="physician", staff_id="dr-a")))
    supported = {code for code, s in decision["services"].items() if s["status"] == YES}
    assert not {"99490", "99491"} <= supported


def test_staff_minutes_never_make_99491() -> None:
    assert outcome(decide(staff_minutes(60)), "99491") == (NO, 0)


def test_consent_on_the_tenth_cuts_the_minutes_before_it() -> None:
    def consent(chart: Chart) -> None:
        chart["consent"]["date"] = "2026-03-10"
        chart["programs"] = [{"program": "ccm", "practitioner_id": "dr-a", "started_on": "2026-03-10"}]

    cut = decide(consent, log(entry(15, 5), entry(19, 12)))
    assert outcome(cut, "99490") == (NO, 0)
    enough = decide(consent, log(entry(15, 5), entry(8, 10), entry(12, 12)))
    assert outcome(enough, "99490") == (YES, 1)


def test_an_unknown_consent_date_is_asked_for_and_nothing_else() -> None:
    decision = decide(put("consent.date", None))
    assert outcome(decision, "99490") == (ASK, 0)
    assert {m["fact"] for m in decision["services"]["99490"]["missing"]} == {"consents[0].date"}


@pytest.mark.parametrize(("on_the_seventh", "status"), [(9, NO), (0, YES)])
def test_minutes_during_a_hospital_stay_do_not_count(on_the_seventh: int, status: str) -> None:
    stay = put("stays", [{"setting": "inpatient", "from": "2026-03-05", "to": "2026-03-09"}])
    minutes = [entry(12, 3)] + ([entry(on_the_seventh, 7)] if on_the_seventh else [entry(8, 20)])
    assert outcome(decide(stay, log(*minutes)), "99490")[0] == status


def test_minutes_on_the_day_of_admission_do_not_count_and_on_the_day_of_discharge_do() -> None:
    stay = put("stays", [{"setting": "inpatient", "from": "2026-03-05", "to": "2026-03-09"}])
    assert outcome(decide(stay, log(entry(20, 5))), "99490")[0] == NO
    assert outcome(decide(stay, log(entry(20, 9))), "99490")[0] == YES


def test_one_condition_is_not_enough() -> None:
    def one(chart: Chart) -> None:
        del chart["conditions"][1]

    assert outcome(decide(one), "99490") == (NO, 0)


@pytest.mark.parametrize("code", ["G0181", "G0182", "90960", "99426", "99424"])
def test_programmes_of_the_same_practitioner_exclude(code: str) -> None:
    own = put("other_services", [{"code": code, "date": "2026-03-15", "practitioner_id": "dr-a"}])
    assert outcome(decide(own), "99490") == (NO, 0)
    other = put("other_services", [{"code": code, "date": "2026-03-15", "practitioner_id": "dr-z"}])
    assert outcome(decide(other), "99490") == (YES, 1)


@pytest.mark.parametrize("code", ["99495", "99484", "99457", "G0438", "99214", "G0180", "99497"])
def test_programmes_that_may_stand_beside(code: str) -> None:
    own = put("other_services", [{"code": code, "date": "2026-03-15", "practitioner_id": "dr-a"}])
    assert outcome(decide(own), "99490") == (YES, 1)


def test_services_of_the_month_unknown_need_information() -> None:
    decision = decide(drop("other_services"))
    assert outcome(decision, "99490") == (ASK, 0)
    assert {m["fact"].split("[")[0] for m in decision["missing"]} == {"other_services"}


def claim(*lines: tuple[str, int]) -> Change:
    return put(
        "claim_lines",
        [{"line": n, "code": code, "units": units, "date": "2026-03-31"} for n, (code, units) in enumerate(lines, 1)],
    )


def verdicts(decision: dict[str, Any]) -> list[str]:
    return [line["verdict"] for line in decision["claim"]["lines"]]


def test_a_third_99439_is_over_billed() -> None:
    decision = decide(staff_minutes(85), claim(("99490", 1), ("99439", 3)))
    assert verdicts(decision) == ["supported", "over_billed"]


def test_two_tiers_on_one_claim_are_over_billed_by_the_one_that_yields() -> None:
    decision = decide(staff_minutes(60), put("mdm.level", "moderate"), claim(("99487", 1), ("99490", 1)))
    assert verdicts(decision) == ["supported", "over_billed"]
    alone = decide(staff_minutes(60), put("mdm.level", "moderate"), claim(("99490", 1), ("99439", 2)))
    assert verdicts(alone) == ["alternative", "alternative"]


def test_a_claim_without_the_addon_that_was_earned_misses_a_line() -> None:
    decision = decide(staff_minutes(45), claim(("99490", 1)))
    assert verdicts(decision) == ["supported"]
    assert [line["code"] for line in decision["claim"]["missing_lines"]] == ["99439"]
    nothing = decide(put("claim_lines", []))
    assert [line["code"] for line in nothing["claim"]["missing_lines"]] == ["99490"]


def test_a_code_that_no_policy_decides_is_not_audited() -> None:
    assert verdicts(decide(claim(("99490", 1), ("99214", 1)))) == ["supported", "not_audited"]


def test_the_claim_excludes_through_its_other_lines() -> None:
    decision = decide(claim(("99490", 1), ("G0181", 1)))
    assert verdicts(decision) == ["not_supported", "not_audited"]


@pytest.mark.parametrize(
    ("kind", "amount"), [("physician", "66.13"), ("np", "56.21"), ("pa", "56.21"), ("cns", "56.21"), ("cnm", "66.13")]
)
def test_who_bills_decides_what_is_paid(kind: str, amount: str) -> None:
    decision = decide(put("practitioner.type", kind), put("locality", "national"), put("contractor", "15202"))
    assert decision["services"]["99490"]["allowed"] == amount


@pytest.mark.parametrize("kind", ["clinical_psychologist", "podiatrist", "dentist"])
def test_limited_licence_practitioners_do_not_bill(kind: str) -> None:
    assert outcome(decide(put("practitioner.type", kind)), "99490") == (NO, 0)


def test_unknown_setting_and_factor_give_both_amounts() -> None:
    def forget(chart: Chart) -> None:
        del chart["place_of_service"]
        chart["locality"] = "national"

    allowed = decide(forget)["services"]["99490"]["allowed"]
    assert allowed == {"facility": "43.76", "non_facility": "66.13"}
    both = decide(put("locality", "national"), drop("apm_status"))["services"]["99490"]["allowed"]
    assert both == {"qp": "66.46", "non_qp": "66.13"}


def test_the_patients_share() -> None:
    assert decide(put("locality", "national"))["services"]["99490"]["patient_share"] == "13.23"
    qmb = decide(put("locality", "national"), put("patient.qmb", True))
    assert qmb["services"]["99490"]["patient_share"] == "0.00"


def test_a_payer_about_which_nothing_is_known_is_not_established() -> None:
    decision = decide(put("payer", "commercial"), put("plan", "an_unheard_of_plan"))
    assert {s["status"] for s in decision["services"].values()} <= {"not_established"}
    assert decision["findings"]


def test_a_month_that_no_edition_covers_says_so() -> None:
    with pytest.raises(ccm_policy.CcmPolicyError):
        decide(put("service_month", "2031-03"), put("time_log", []))


def test_one_more_minute_is_within_reach() -> None:
    decision = decide(staff_minutes(19), put("locality", "national"))
    reach = next(r for r in decision["within_reach"] if r["service"] == "99490")
    assert reach["worth"] == "66.13"
    assert reach["short"].startswith("1 minute")


def test_revocation_takes_effect_at_the_end_of_the_month() -> None:
    assert outcome(decide(put("consent.revoked_on", "2026-03-04")), "99490") == (YES, 1)
    assert outcome(decide(put("consent.revoked_on", "2026-02-27")), "99490") == (NO, 0)


def test_minutes_after_death_do_not_count() -> None:
    assert outcome(decide(put("patient.died_on", "2026-03-10")), "99490") == (NO, 0)
    assert outcome(decide(put("patient.died_on", "2026-03-20")), "99490") == (YES, 1)


def test_a_patient_not_seen_for_a_year_needs_an_initiating_visit() -> None:
    def unseen(chart: Chart) -> None:
        chart["visits"] = []
        chart["last_seen"] = "2024-06-01"

    assert outcome(decide(unseen), "99490") == (NO, 0)
    assert outcome(decide(put("visits", []), put("last_seen", "2025-06-01")), "99490") == (YES, 1)


def test_automated_contact_is_not_staff_time() -> None:
    assert outcome(decide(log(entry(25, automated=True))), "99490") == (NO, 0)


@pytest.mark.parametrize(("who", "status"), [("ma", YES), ("lpn", YES), ("pharmacist", YES), ("non_clinical", NO)])
def test_whose_minutes_count(who: str, status: str) -> None:
    assert outcome(decide(log(entry(20, who=who))), "99490")[0] == status


def test_minutes_of_another_programme_do_not_count() -> None:
    assert outcome(decide(log(entry(20, program="rpm"))), "99490") == (NO, 0)


def test_minutes_inside_a_visit_do_not_count() -> None:
    assert outcome(decide(log(entry(20, part_of_visit=True))), "99490") == (NO, 0)


def test_g0506_goes_with_the_initiating_visit() -> None:
    def starts(chart: Chart) -> None:
        chart["visits"] = [
            {
                "code": "99215",
                "date": "2026-03-02",
                "practitioner_id": "dr-a",
                "initiates": ["ccm"],
                "discussion_documented": True,
                "extensive_assessment": True,
            }
        ]
        chart["consent"]["date"] = "2026-03-02"
        chart["programs"][0]["started_on"] = "2026-03-02"
        chart["history"] = {"known_from": "2015-01-01"}
        chart["time_log"] = [entry(22, 20)]

    decision = decide(starts)
    assert outcome(decision, "G0506") == (YES, 1)
    assert decision["services"]["G0506"]["date_of_service"] == "2026-03-02"


def test_a_code_for_clinics_on_an_offices_claim_is_told_as_such() -> None:
    decision = decide(
        put("service_month", "2022-06"),
        put("time_log", []),
        put("claim_lines", [{"line": 1, "code": "G0511", "units": 1, "date": "2022-06-30"}]),
    )
    (line,) = decision["claim"]["lines"]
    assert line["verdict"] == "not_supported"
    assert line["message"] == "No policy that applies here supports G0511; it is for other payers or providers."
