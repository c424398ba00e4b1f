"""The flat ruleset as policies, by the public API alone."""

from __future__ import annotations

from decimal import Decimal
from pathlib import Path
from typing import Any

import ccm_policy
from ccm_policy.fees import Price, Question, to_cents
from flat.by_hand import COMMON, NAMES, SETTINGS, Answer, Prices
from flat.rows import CODES, LAST_DAY, LOCALITIES

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
