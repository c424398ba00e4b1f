"""The JSON Schema of a decision (`ccm-policy schema decision`). Fields may be added to it, none renamed."""

from __future__ import annotations

from typing import Any

from ccm_policy.language.resolve.examples import VERDICTS

TEXT = {"type": "string"}
TEXT_OR_NULL = {"type": ["string", "null"]}
YES_NO_UNKNOWN = {"enum": ["yes", "no", "unknown"]}
DATE_OR_NULL = {"type": ["string", "null"], "format": "date"}
COUNT = {"type": "integer", "minimum": 0}
TEXTS = {"type": "array", "items": TEXT}
MONEY = {"$ref": "#/$defs/money"}
REASON = {"$ref": "#/$defs/reason"}
BILL = {"$ref": "#/$defs/bill"}
UNITS = {"type": ["integer", "null"], "minimum": 0}


def decision_schema() -> dict[str, Any]:
    """JSON Schema (2020-12) of one decision; many are a list of it, or one a line."""
    return {
        "$schema": "https://json-schema.org/draft/2020-12/schema",
        "title": "Decision of ccm-policy for one patient-month",
        **_object(
            {
                "patient_id": TEXT,
                "service_month": {"type": "string", "pattern": "^[0-9]{4}-(0[1-9]|1[0-2])$"},
                "practitioner_id": TEXT_OR_NULL,
                "status": {"enum": ["decided", "not_established"]},
                "services": {"type": "object", "additionalProperties": {"$ref": "#/$defs/service"}},
                "claim": {"anyOf": [{"type": "null"}, {"$ref": "#/$defs/claim"}]},
                "missing": _list_of({"fact": TEXT, "services": TEXTS, "worth": MONEY}),
                "within_reach": _list_of({"service": TEXT, "short": TEXT, "worth": MONEY}),
                "alternatives": _list_of(_ALTERNATIVE),
                "audit_risks": {"type": "array", "items": _object(_REASON | {"services": TEXTS})},
                "findings": _list_of({"code": TEXT, "message": TEXT, "fact": TEXT_OR_NULL}),
                "totals": _object(_TOTALS),
                "provenance": _object(_PROVENANCE),
            }
        ),
        "$defs": {
            "money": {
                "description": "Dollars as exact text; one amount for each value of a fact that is not known; or none.",
                "anyOf": [
                    {"type": "null"},
                    {"type": "string", "pattern": r"^-?[0-9]+\.[0-9]{2}$"},
                    {"type": "object", "additionalProperties": MONEY, "minProperties": 2},
                ],
            },
            "reason": _object(_REASON),
            "service": _object(_SERVICE),
            "bill": _object({"code": TEXT, "units": COUNT, "allowed": MONEY}),
            "line": _object(_LINE),
            "claim": _object(
                {
                    "lines": {"type": "array", "items": {"$ref": "#/$defs/line"}},
                    "missing_lines": {"type": "array", "items": BILL},
                }
            ),
        },
    }


def _object(fields: dict[str, Any]) -> dict[str, Any]:
    """An object in which every field is there."""
    return {"type": "object", "properties": fields, "required": list(fields)}


def _list_of(fields: dict[str, Any]) -> dict[str, Any]:
    return {"type": "array", "items": _object(fields)}


_REASON: dict[str, Any] = {
    "rule": TEXT,
    "title": TEXT,
    "policy": TEXT,
    "edition": TEXT,
    "severity": {"enum": ["decides", "audit_risk", "advice"]},
    "basis": TEXT_OR_NULL,
    "confidence": {"enum": ["primary", "secondary", "unverified"]},
    "outcome": YES_NO_UNKNOWN,
    "applies": YES_NO_UNKNOWN,
    "exception": TEXT_OR_NULL,
    "message": TEXT_OR_NULL,
    "remedy": TEXT_OR_NULL,
    "cite": _list_of({"source": TEXT, "title": TEXT, "at": TEXT_OR_NULL}),
    "facts": _list_of(
        {
            "path": TEXT,
            "value": {"type": ["string", "boolean", "array", "null"], "items": TEXT},
            "presumed": {"type": "boolean"},
        }
    ),
    "rests_on": _list_of({"definition": TEXT, "policy": TEXT, "edition": TEXT, "confidence": TEXT}),
}

_SERVICE: dict[str, Any] = {
    "title": TEXT,
    "status": {"enum": ["supported", "not_supported", "needs_information", "not_established"]},
    "own_outcome": YES_NO_UNKNOWN,
    "units": COUNT,
    "possible_units": UNITS,
    "yields_to": TEXT_OR_NULL,
    "held": {"anyOf": [{"type": "null"}, REASON]},
    "modifiers": TEXTS,
    "allowed": MONEY,
    "amount_note": TEXT_OR_NULL,
    "patient_share": MONEY,
    "patient_share_note": TEXT_OR_NULL,
    "sequestration": MONEY,
    "date_of_service": DATE_OR_NULL,
    "reasons": {"type": "array", "items": REASON},
    "missing": _list_of({"fact": TEXT, "decides": TEXT}),
    "units_depend_on": TEXTS,
    "notes": TEXTS,
}

_LINE: dict[str, Any] = {
    "line": COUNT,
    "code": TEXT_OR_NULL,
    "units": {"type": ["integer", "string", "null"]},
    "date": DATE_OR_NULL,
    "verdict": {"enum": list(VERDICTS)},
    "supported_units": COUNT,
    "allowed": MONEY,
    "message": TEXT_OR_NULL,
    "preferred": {"type": "array", "items": BILL},
    "reasons": {"type": "array", "items": REASON},
}

_ALTERNATIVE: dict[str, Any] = {
    "preference": TEXT,
    "group": TEXT,
    "services": {"type": "object", "additionalProperties": COUNT},
    "allowed": MONEY,
    "yields_to": TEXT,
}

_TOTALS: dict[str, Any] = {
    "allowed": MONEY,
    "patient_share": MONEY,
    "possible": MONEY,
    "at_risk": MONEY,
    "unpriced": TEXTS,
}

_PROVENANCE: dict[str, Any] = {
    "policies": TEXT,
    "fees": TEXT,
    "facts": TEXT,
    "package": TEXT,
    "language": TEXT,
    "editions": {"type": "object", "additionalProperties": TEXT},
    "layers": TEXTS,
}
