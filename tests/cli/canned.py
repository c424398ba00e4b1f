"""Decisions made by hand, in the pinned form, for reports about them."""

from __future__ import annotations

from typing import Any

EARNS = "its own minutes"


def reason(rule: str, outcome: str = "yes", message: str | None = None, **more: Any) -> dict[str, Any]:
    return {
        "rule": rule,
        "title": f"Title of {rule}",
        "policy": "core.care",
        "severity": "decides",
        "outcome": outcome,
        "message": message,
        "remedy": None,
        "facts": [{"path": "time_log[0].minutes", "value": "7", "presumed": False}],
    } | more


def service(status: str, units: int = 0, allowed: Any = None, **more: Any) -> dict[str, Any]:
    own = {"supported": "yes", "not_supported": "no", "needs_information": "unknown"}[status]
    return {
        "title": "Twenty minutes of care",
        "status": status,
        "own_outcome": own,
        "units": units,
        "possible_units": units,
        "yields_to": None,
        "held": None,
        "attested": False,
        "modifiers": [],
        "allowed": allowed,
        "ceiling": "no",
        "amount_note": None,
        "patient_share": None,
        "sequestration": None,
        "date_of_service": "2026-03-31",
        "reasons": [reason(EARNS, "no" if status == "not_supported" and "reasons" not in more else "yes")],
        "missing": [],
    } | more


def decision(patient: str, services: dict[str, Any], **more: Any) -> dict[str, Any]:
    return {
        "patient_id": patient,
        "service_month": "2026-03",
        "practitioner_id": "dr-a",
        "status": "decided",
        "services": services,
        "claim": None,
        "missing": [],
        "within_reach": [],
        "alternatives": [],
        "audit_risks": [],
        "findings": [],
    } | more


HELD = reason("house_rule", "no", "The plan is two years old.")
RISK = reason("signed", "no", "The consent is not signed.", severity="audit_risk")

PANEL: list[dict[str, Any]] = [
    decision("0001", {"A0001": service("supported", 1, "66.13"), "A0002": service("supported", 2, "100.88")}),
    decision(
        "0002",
        {"A0001": service("supported", 1, {"qp": "66.50", "non_qp": "66.13"}, reasons=[reason(EARNS), RISK])},
        audit_risks=[RISK | {"services": ["A0001"]}],
    ),
    decision(
        "0003",
        {"A0001": service("not_supported", reasons=[reason(EARNS, "no", "Short by 1 minute.")])},
        within_reach=[{"service": "A0001", "short": "1 minute of staff_minutes", "worth": "66.13"}],
    ),
    decision(
        "0004",
        {
            "A0001": service(
                "not_supported",
                reasons=[
                    reason("two_conditions", "no", "Fewer than two conditions are documented."),
                    reason("consent", "no", "No consent is documented."),
                    reason(EARNS),
                ],
            ),
            "A0009": service(
                "not_supported", reasons=[reason("enrolled", "no", "Not enrolled."), reason(EARNS, facts=[])]
            ),
        },
    ),
    decision(
        "0005",
        {"A0001": service("needs_information", missing=[{"fact": "consents[0].date", "decides": "A0001"}])},
        missing=[
            {"fact": "consents[0].date", "services": ["A0001"], "worth": "66.13"},
            {"fact": "time_log[0].staff_id", "services": ["A0001"], "worth": "66.13"},
            {"fact": "time_log[1].staff_id", "services": ["A0001"], "worth": "66.13"},
        ],
    ),
    decision(
        "0006",
        {
            "A0001": service("supported", 1, None, amount_note="no rate"),
            "A0003": service("not_supported", own_outcome="yes", yields_to="A0001", reasons=[reason(EARNS)]),
        },
        claim={
            "lines": [
                {"line": 1, "code": "A0001", "verdict": "supported", "message": None, "reasons": []},
                {"line": 2, "code": "A0002", "verdict": "over_billed", "message": "At most 2 units.", "reasons": []},
                {
                    "line": 3,
                    "code": "A0001",
                    "verdict": "not_supported",
                    "message": None,
                    "reasons": [reason("date", "no", "Dated before the minutes were reached.")],
                },
            ],
            "missing_lines": [{"code": "A0002", "units": 1, "allowed": "50.44"}],
        },
        findings=[{"code": "CCM-W0701", "message": "The line is dated outside the month.", "fact": None}],
    ),
    decision("0007", {"A0001": service("supported", 1, "66.13", held=HELD, sequestration="1.06")}),
    decision("0008", {}, status="not_established", findings=[{"code": "W", "message": "Ask the payer.", "fact": None}]),
    decision("0009", {"A0001": service("supported", 1, "66.13")}),
    decision("0009", {"A0001": service("supported", 1, "66.13")}, practitioner_id="dr-b"),
]
