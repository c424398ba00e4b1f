"""Random rows of the flat ruleset: most facts in order, some not, some not known."""

from __future__ import annotations

import random
from datetime import date
from typing import Any

FACTS = (
    "payer", "locality", "setting", "chronic_conditions", "expected_months", "significant_risk", "consent_verbal",
    "consent_written", "consent_on", "plan_made", "plan_shared", "plan_age_months", "months_since_visit",
    "access_at_all_hours", "certified_record", "staff_licensed", "supervised", "other_practice_bills", "hospice",
    "attending_for_hospice", "dialysis", "oversight", "surgical_period", "transition", "inpatient_all_month",
    "staff_minutes", "practitioner_minutes",
)  # fmt: skip
Row = tuple[Any, ...]
"""One value for each fact, in their order; None: not known."""

MONTH = "2025-03"
LAST_DAY = date(2025, 3, 31)
LOCALITIES = ("13202-01", "13282-99", "15202-00", "01112-05", "01182-18", "04412-31")
CODES = ("99490", "99439", "99491", "99437")
WANTED = frozenset(
    {"significant_risk", "consent_verbal", "plan_made", "plan_shared", "access_at_all_hours", "certified_record",
     "staff_licensed", "supervised"}
)  # fmt: skip
EITHER = frozenset({"consent_written", "attending_for_hospice"})


def rows(count: int, seed: int = 1) -> list[Row]:
    """So many rows, the same for the same seed."""
    draw = random.Random(seed)
    return [tuple(_value(name, draw) for name in FACTS) for _ in range(count)]


def _value(name: str, draw: random.Random) -> Any:
    usual, known = draw.random() < 0.97, draw.random() >= 0.01
    if not known and name != "payer":  # who pays says which policy speaks
        return None
    match name:
        case "payer":
            return "bench"
        case "locality":
            return draw.choice(LOCALITIES)
        case "setting":
            return draw.choice(("facility", "non_facility"))
        case "chronic_conditions":
            return draw.randint(2, 6) if usual else draw.randint(0, 1)
        case "expected_months":
            return draw.randint(12, 60) if usual else draw.randint(0, 11)
        case "consent_on":
            return date(2024, draw.randint(1, 12), 15) if usual else date(2025, 4, draw.randint(1, 20))
        case "plan_age_months" | "months_since_visit":
            return draw.randint(0, 12) if usual else draw.randint(13, 30)
        case "staff_minutes":
            return draw.randint(0, 100)
        case "practitioner_minutes":
            return draw.randint(0, 120)
    if name in EITHER:
        return draw.random() < 0.5
    return usual if name in WANTED else not usual


def record(number: int, row: Row) -> dict[str, Any]:
    """A row as a record of the library: a fact that is not known is left out."""
    known = {name: value for name, value in zip(FACTS, row, strict=True) if value is not None}
    if "consent_on" in known:
        known["consent_on"] = known["consent_on"].isoformat()
    return {"patient_id": f"p{number}", "service_month": MONTH, **known}
