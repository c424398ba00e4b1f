"""The flat ruleset for other rule engines, one row at a time: zen (one compiled expression; a decision graph takes
many times as long) and datalogic (JSON Logic).

Neither knows what is unknown, so they are asked of the rows in which everything is known. They say the truth of each
rule and the units of each code; the prices of the row are given to them.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from flat.by_hand import COMMON, FLAGS, NAMES, Answer, Prices
from flat.rows import FACTS, LAST_DAY, Row

Decide = Callable[[dict[str, Any]], list[Any]]
"""A record's truths in the order of `NAMES`, then its units in that of `CODES`."""


def record(row: Row, prices: Prices) -> dict[str, Any]:
    """A row as these engines read it: a day is a number of days, and the prices are facts."""
    facts = dict(zip(FACTS, row, strict=True))
    price = prices[facts["locality"], facts["setting"]] or (0, 0, 0, 0)
    return facts | {"consent_on": facts["consent_on"].toordinal()} | {f"p{n}": one for n, one in enumerate(price)}


def expected(answer: Answer) -> list[Any]:
    """What they have to say."""
    return [name not in answer[3][0] for name in NAMES] + list(answer[1])


def zen() -> Decide:
    """By zen-engine."""
    import zen

    last = LAST_DAY.toordinal()
    said = {
        "conditions": "chronic_conditions >= 2", "lasting": "expected_months >= 12", "risk": "significant_risk",
        "consent": "consent_verbal or consent_written", "consent_in_time": f"consent_on <= {last}", "plan": "plan_made",
        "plan_given": "plan_shared", "plan_fresh": "plan_age_months <= 12", "visit": "months_since_visit <= 12",
        "access": "access_at_all_hours", "record": "certified_record", "one_practice": "not(other_practice_bills)",
        "hospice_care": "not(hospice) or attending_for_hospice", "dialysis_care": "not(dialysis)",
        "plan_oversight": "not(oversight)", "after_surgery": "not(surgical_period)",
        "whole_stay": "not(inpatient_all_month)", "written": "consent_written", "licensed": "staff_licensed",
        "supervision": "supervised", "transition_care": "not(transition)",
    }  # fmt: skip
    staff, own = (" and ".join(f"({said[n]})" for n in names if n not in FLAGS) for names in (NAMES, COMMON))
    staff, own = f"({staff} and staff_minutes >= 20)", f"({own} and practitioner_minutes >= 30)"
    more = "min([2, max([0, floor(staff_minutes / 20) - 1])])"
    own_more = "min([2, max([0, floor(practitioner_minutes / 30) - 1])])"
    billed = f"{own} and (not{staff} or p2 + p3 * {own_more} >= p0 + p1 * {more})"
    units = f"{billed} ? [0, 0, 1, {own_more}] : {staff} ? [1, {more}, 0, 0] : [0, 0, 0, 0]"
    rule = zen.compile_expression(f"[{', '.join(said[name] for name in NAMES)}, {units}]")

    def decide(facts: dict[str, Any]) -> list[Any]:
        *truths, counts = rule.evaluate(facts)
        return [*truths, *counts]

    return decide


def datalogic() -> Decide:
    """By datalogic."""
    import datalogic_py

    def fact(name: str) -> Any:
        return {"var": name}

    def at_least(name: str, least: int) -> Any:
        return {">=": [fact(name), least]}

    def at_most(name: str, most: int) -> Any:
        return {"<=": [fact(name), most]}

    def no(name: str) -> Any:
        return {"!": [fact(name)]}

    rules = {
        "conditions": at_least("chronic_conditions", 2), "lasting": at_least("expected_months", 12),
        "risk": fact("significant_risk"), "consent": {"or": [fact("consent_verbal"), fact("consent_written")]},
        "consent_in_time": at_most("consent_on", LAST_DAY.toordinal()), "plan": fact("plan_made"),
        "plan_given": fact("plan_shared"), "plan_fresh": at_most("plan_age_months", 12),
        "visit": at_most("months_since_visit", 12), "access": fact("access_at_all_hours"),
        "record": fact("certified_record"), "one_practice": no("other_practice_bills"),
        "hospice_care": {"or": [no("hospice"), fact("attending_for_hospice")]}, "dialysis_care": no("dialysis"),
        "plan_oversight": no("oversight"), "after_surgery": no("surgical_period"),
        "whole_stay": no("inpatient_all_month"), "written": fact("consent_written"), "licensed": fact("staff_licensed"),
        "supervision": fact("supervised"), "transition_care": no("transition"),
    }  # fmt: skip

    def further(minutes: str, step: int) -> Any:
        past = {"-": [fact(minutes), step]}
        return {"min": [2, {"max": [0, {"/": [{"-": [past, {"%": [past, step]}]}, step]}]}]}

    staff = {"and": [*(rules[n] for n in NAMES if n not in FLAGS), at_least("staff_minutes", 20)]}
    own = {"and": [*(rules[n] for n in COMMON if n not in FLAGS), at_least("practitioner_minutes", 30)]}
    more, own_more = further("staff_minutes", 20), further("practitioner_minutes", 30)
    pays, own_pays = ({"+": [fact(a), {"*": [fact(b), n]}]} for a, b, n in (("p0", "p1", more), ("p2", "p3", own_more)))
    units = {
        "if": [
            {"and": [own, {"or": [{"!": [staff]}, {">=": [own_pays, pays]}]}]},
            [0, 0, 1, own_more],
            {"if": [staff, [1, more, 0, 0], [0, 0, 0, 0]]},
        ]
    }
    rule = datalogic_py.Engine().compile([*(rules[name] for name in NAMES), units])

    def decide(facts: dict[str, Any]) -> list[Any]:
        *truths, counts = rule.evaluate(facts)
        return [*truths, *counts]

    return decide


ENGINES = {"zen-engine": zen, "datalogic": datalogic}
