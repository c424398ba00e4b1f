"""The flat ruleset as a good programmer writes it in Python: plain code for the rows in which everything is known, and
three-valued code for the others.

An answer is, for each of `CODES`, its status, units and cents; and for each tier the rules that fail and the rules that
nobody knows. Cents are a pair, in a facility and elsewhere, where the setting is not known; None: there is no price.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from flat.rows import LAST_DAY, Row

YES, NO, OPEN = "supported", "not_supported", "needs_information"
Answer = tuple[tuple[str, ...], tuple[int, ...], tuple[Any, ...], tuple[list[str], ...], tuple[list[str], ...]]
Prices = Mapping[tuple[str | None, str], tuple[int, int, int, int] | None]
"""By locality and setting, the cents of one unit of each code; None: no price is held."""

NOTHING: tuple[list[str], ...] = ([], [])
SETTINGS = ("facility", "non_facility")
NAMES = (
    "conditions", "lasting", "risk", "consent", "consent_in_time", "plan", "plan_given", "plan_fresh", "visit",
    "access", "record", "one_practice", "hospice_care", "dialysis_care", "plan_oversight", "after_surgery",
    "whole_stay", "written", "licensed", "supervision", "transition_care",
)  # fmt: skip
FLAGS = frozenset({"written"})
COMMON = NAMES[:18]


def decide(row: Row, prices: Prices) -> Answer:
    """One row."""
    if None in row:
        return with_unknowns(row, prices)
    (
        _, locality, setting, conditions, months, risk, verbal, written, consent_on, plan, shared, plan_age, visit,
        access, record, licensed, supervised, other, hospice, attending, dialysis, oversight, surgery, transition,
        inpatient, staff, practitioner,
    ) = row  # fmt: skip
    common = []
    if conditions < 2:
        common.append("conditions")
    if months < 12:
        common.append("lasting")
    if not risk:
        common.append("risk")
    if not (verbal or written):
        common.append("consent")
    if consent_on > LAST_DAY:
        common.append("consent_in_time")
    if not plan:
        common.append("plan")
    if not shared:
        common.append("plan_given")
    if plan_age > 12:
        common.append("plan_fresh")
    if visit > 12:
        common.append("visit")
    if not access:
        common.append("access")
    if not record:
        common.append("record")
    if other:
        common.append("one_practice")
    if hospice and not attending:
        common.append("hospice_care")
    if dialysis:
        common.append("dialysis_care")
    if oversight:
        common.append("plan_oversight")
    if surgery:
        common.append("after_surgery")
    if inpatient:
        common.append("whole_stay")
    in_order = not common
    of_staff = []
    if not licensed:
        of_staff.append("licensed")
    if not supervised:
        of_staff.append("supervision")
    if transition:
        of_staff.append("transition_care")
    staff_in_order = in_order and not of_staff
    if not written:
        common.append("written")
    of_staff = common + of_staff
    price = prices[locality, setting]
    units = first = further = second = more = 0
    if in_order and practitioner >= 30:
        first, further = 1, min(2, practitioner // 30 - 1)
    if staff_in_order and staff >= 20:
        second, more = 1, min(2, staff // 20 - 1)
    if first and second:
        if price is None:
            left = OPEN, OPEN if more else NO, OPEN, OPEN if further else NO
            return left, (0, 0, 0, 0), (None,) * 4, (of_staff, common), NOTHING
        if price[2] + price[3] * further >= price[0] + price[1] * more:
            second = more = 0
        else:
            first = further = 0
    units = (second, more, first, further)
    status = (YES if second else NO, YES if more else NO, YES if first else NO, YES if further else NO)
    if price is None:
        cents: tuple[int | None, ...] = (None, None, None, None)
    else:
        cents = (
            second * price[0] or None,
            more * price[1] or None,
            first * price[2] or None,
            further * price[3] or None,
        )
    return status, units, cents, (of_staff, common), NOTHING


# --- where something is not known --------------------------------------------------------------------------------


def truths(row: Row) -> tuple[bool | None, ...]:
    """Whether each rule holds, in the order of `NAMES`."""
    (
        _, _, _, conditions, months, risk, verbal, written, consent_on, plan, shared, plan_age, visit, access, record,
        licensed, supervised, other, hospice, attending, dialysis, oversight, surgery, transition, inpatient, _, _,
    ) = row  # fmt: skip
    return (
        None if conditions is None else conditions >= 2,
        None if months is None else months >= 12,
        risk,
        either(verbal, written),
        None if consent_on is None else consent_on <= LAST_DAY,
        plan,
        shared,
        None if plan_age is None else plan_age <= 12,
        None if visit is None else visit <= 12,
        access,
        record,
        opposite(other),
        either(opposite(hospice), attending),
        opposite(dialysis),
        opposite(oversight),
        opposite(surgery),
        opposite(inpatient),
        written,
        licensed,
        supervised,
        opposite(transition),
    )


def either(a: bool | None, b: bool | None) -> bool | None:
    return True if a or b else None if a is None or b is None else False


def opposite(a: bool | None) -> bool | None:
    return None if a is None else not a


def every(*parts: bool | None) -> bool | None:
    return False if False in parts else None if None in parts else True


class Tier:
    """A first service and its further units under one row. `least`, `most`: cents for each setting, None where there is
    no price."""

    def __init__(self, rules: list[bool | None], minutes: int | None, step: int, price: tuple[Any, Any]) -> None:
        self.further = (0, 2) if minutes is None else (min(2, max(0, minutes // step - 1)),) * 2
        self.base = every(*rules, None if minutes is None else minutes >= step)
        self.more = every(self.base, True if self.further[0] else None if self.further[1] else False)
        self.open = self.base is not False
        self.least, self.most = [], []
        for one, next_one in zip(*price, strict=True):
            self.least.append(None if one is None else one + next_one * (self.further[0] if self.more else 0))
            self.most.append(None if one is None else one + next_one * (0 if self.more is False else self.further[1]))


def first_before(first: Tier, second: Tier) -> bool | None:
    pairs = list(zip(first.least, first.most, second.least, second.most, strict=True))
    if any(None in pair for pair in pairs):
        return None
    if all(least >= most for least, _, _, most in pairs):
        return True
    return False if all(least > most for _, most, least, _ in pairs) else None


def with_unknowns(row: Row, prices: Prices) -> Answer:
    """One row, three-valued."""
    locality, setting, staff, practitioner = row[1], row[2], row[25], row[26]
    found = dict(zip(NAMES, truths(row), strict=True))
    deciding = [found[name] for name in NAMES if name not in FLAGS]
    held = [prices[locality, one] for one in ((setting,) if setting else SETTINGS)]

    def price(code: int) -> list[int | None]:
        return [None if one is None else one[code] for one in held]

    lower = Tier(deciding, staff, 20, (price(0), price(1)))
    higher = Tier([found[n] for n in COMMON if n not in FLAGS], practitioner, 30, (price(2), price(3)))
    status = {0: word(lower.base), 1: word(lower.more), 2: word(higher.base), 3: word(higher.more)}
    if lower.open and higher.open:
        order = first_before(higher, lower)
        loses = None if order is None else 0 if order else 2
        if order is None:
            status |= {n: OPEN for n, one in status.items() if one == YES}
        elif status[2 - loses] == YES:
            status |= {loses: NO, loses + 1: NO}
    units = tuple(
        count if status[n] == YES else 0 for n, count in enumerate((1, lower.further[0], 1, higher.further[0]))
    )
    cents = tuple(_cents(count, price(n)) for n, count in enumerate(units))
    fails = tuple([n for n in names if found[n] is False] for names in (NAMES, COMMON))
    unknown = tuple([n for n in names if found[n] is None] for names in (NAMES, COMMON))
    return tuple(status.values()), units, cents, fails, unknown


def _cents(units: int, price: list[int | None]) -> Any:
    if not units or None in price:
        return None
    each = tuple(units * one for one in price if one is not None)
    return each[0] if len(set(each)) == 1 else each


def word(truth: bool | None) -> str:
    return OPEN if truth is None else YES if truth else NO
