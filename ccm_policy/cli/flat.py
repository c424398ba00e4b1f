"""Decisions as a flat table: one row a service."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from ccm_policy.evaluate.glance import not_holding
from ccm_policy.facts.cells import line
from ccm_policy.report.words import missing

KEY = ("patient_id", "service_month", "practitioner_id")
PLAIN = ("title", "status", "own_outcome", "units", "possible_units", "yields_to")
AMOUNTS = ("allowed", "ceiling", "amount_note", "patient_share", "sequestration", "date_of_service")
COLUMNS = (*KEY, "code", *PLAIN, "held", "attested", "modifiers", *AMOUNTS, "rule", "message", "remedy", "missing")


HEADER = line(COLUMNS)


def rows(decision: Mapping[str, Any]) -> Iterator[str]:
    """One row for each service of a decision, opened. `rule`, `message` and `remedy` are of the first reason that is
    not yes."""
    key = [decision[name] for name in KEY]
    outside = {code: o["message"] for o in decision.get("not_enrolled", ()) for code in o["services"]}
    for code, service in decision["services"].items():
        yield line([*key, *_row(code, service, outside.get(code))])
    if not decision["services"]:
        status = {"": "", "status": decision["status"], "message": "; ".join(missing(decision))}
        yield line([*key, *(status.get(column, "") for column in COLUMNS[len(key) :])])


def _row(code: str, service: Mapping[str, Any], outside: str | None) -> list[Any]:
    held = service["held"]
    reason: Mapping[str, Any] = next(iter(not_holding(service)), {})
    facts = "; ".join(item["fact"] for item in service["missing"])
    return [
        code,
        *(service[name] for name in PLAIN),
        None if held is None else held["rule"],
        "yes" if service["attested"] else "no",
        " ".join(service["modifiers"]),
        *(_amount(service[name]) for name in AMOUNTS),
        reason.get("rule"),
        reason.get("message", outside),
        reason.get("remedy"),
        facts,
    ]


def _amount(amount: Any) -> Any:
    """One amount as it is; the amounts for an unknown fact as `qp 66.13; non_qp 65.80`."""
    if not isinstance(amount, Mapping):
        return amount
    return "; ".join(f"{name} {_amount(part)}" for name, part in amount.items())
