"""The flat ruleset as policies, by the public API alone."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from decimal import Decimal
from pathlib import Path
from typing import Any

import ccm_policy
from ccm_policy.fees import Price, Question, to_cents
from flat.by_hand import COMMON, NAMES, SETTINGS, Answer, Prices
from flat.rows import CODES, FACTS, LAST_DAY, LOCALITIES, MONTH, Row

POLICIES = Path(__file__).parent / "policies"
TIERS = (("99490", NAMES), ("99491", COMMON))


def answer(decision: ccm_policy.Decision) -> Answer:
    """What a decision comes to, as the program by hand says it."""
    services = [decision.services[code] for code in CODES]
    outcomes = [({r.rule: r.outcome for r in decision.services[code].reasons}, names) for code, names in TIERS]
    fails, unknown = (
        tuple([n for n in names if told[n] == word] for told, names in outcomes) for word in ("no", "unknown")
    )
    return (
        tuple(service.status for service in services),
        tuple(service.units for service in services),
        tuple(_cents(service.allowed) if service.units else None for service in services),
        fails,
        unknown,
    )


def at_once(decision: ccm_policy.Decision) -> list[tuple[str, int, Any]]:
    """Of each service its status, units and dollars."""
    return [(service.status, service.units, service.allowed) for service in decision.services.values()]


def table(rows: Sequence[Row]) -> Any:
    """Rows as an Arrow table of records."""
    import pyarrow

    columns = {name: [row[n] for row in rows] for n, name in enumerate(FACTS)}
    keys = {"patient_id": [f"p{n}" for n in range(len(rows))], "service_month": [MONTH] * len(rows)}
    return pyarrow.table(keys | columns)


def answers(decided: Any) -> Iterator[tuple[Any, ...]]:
    """Statuses, units and cents of each record in a table of answers, which has a row for each of its services; a range
    of cents is a pair."""
    columns = (decided.column(name).to_pylist() for name in ("status", "units", "allowed_low", "allowed_high"))
    rows = zip(*columns, strict=True)
    for of_one in zip(*[rows] * len(CODES), strict=True):
        cents = tuple(None if not one[1] else _pair(_cents(one[2]), _cents(one[3])) for one in of_one)
        yield tuple(one[0] for one in of_one), tuple(one[1] for one in of_one), cents


def _pair(low: Any, high: Any) -> Any:
    return low if low == high else (low, high)


def _cents(money: Any) -> Any:
    if isinstance(money, dict):
        return tuple(_cents(money[setting]) for setting in SETTINGS)
    return int(money * 100) if isinstance(money, Decimal) else None


def prices(library: ccm_policy.PolicyLibrary) -> Prices:
    """What the program by hand looks up: the shipped schedule's amounts of the month."""
    found: dict[tuple[str | None, str], tuple[int, int, int, int] | None] = {}
    for locality in (*LOCALITIES, None):
        for setting in SETTINGS:
            asked = [
                library.fees.price("medicare_pfs", Question(code=code, on=LAST_DAY, locality=locality, setting=setting))
                for code in CODES
            ]
            cents = [int(to_cents(one.unrounded) * 100) for one in asked if isinstance(one, Price)]
            found[locality, setting] = tuple(cents) if len(cents) == len(CODES) else None  # type: ignore[assignment]
    return found
