"""The JSON Schema of a decision, version 2 (`ccm-policy schema decision`). Fields may be added to it, none renamed."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

from ccm_policy.evaluate.record import LINE, RULE, SCHEMA, SERVICE
from ccm_policy.language.clauses import VERDICTS

TEXT = {"type": "string"}
TEXT_OR_NULL = {"type": ["string", "null"]}
YES_NO_UNKNOWN = {"enum": ["yes", "no", "unknown"]}
DATE_OR_NULL = {"type": ["string", "null"], "format": "date"}
COUNT = {"type": "integer", "minimum": 0}
KEY = {"type": "string", "description": "A key of `rules`."}
KEYS = {"type": "array", "items": KEY}
TEXTS = {"type": "array", "items": TEXT}
MONEY = {"$ref": "#/$defs/money"}
BILL = {"$ref": "#/$defs/bill"}
UNITS = {"type": ["integer", "null"], "minimum": 0}


def decision_schema() -> dict[str, Any]:
    """JSON Schema (2020-12) of one decision; many are a list of it, or one a line."""
    return {
        "$schema": "https://json-schema.org/draft/2020-12/schema",
        "title": "Decision of ccm-policy for one patient-month",
        **_object(
            {
                "schema": {"const": SCHEMA},
                "reasons": {
                    "description": "How much is told: every rule; only what does not hold; or statuses and amounts.",
                    "enum": ["full", "short", "none"],
                },
                "patient_id": TEXT,
                "service_month": {"type": "string", "pattern": "^[0-9]{4}-(0[1-9]|1[0-2])$"},
                "practitioner_id": TEXT_OR_NULL,
                "status": {"enum": ["decided", "needs_information", "not_established"]},
                "services": {"type": "object", "additionalProperties": {"$ref": "#/$defs/service"}},
                "claim": {"anyOf": [{"type": "null"}, {"$ref": "#/$defs/claim"}]},
                "missing": _list_of({"fact": TEXT, "services": TEXTS, "worth": MONEY}),
                "within_reach": _list_of({"service": TEXT, "short": TEXT, "worth": MONEY}),
                "alternatives": _list_of(_ALTERNATIVE),
                "audit_risks": _list_of({"rule": KEY, "services": TEXTS}),
                "findings": _list_of(
                    {"code": TEXT, "message": TEXT, "fact": TEXT_OR_NULL, "services": TEXTS}, ("services",)
                ),
                "not_enrolled": _list_of({"programme": TEXT, "message": TEXT, "services": TEXTS}),
                "totals": _object(_TOTALS, ("attested",)),
                **_ONCE,
                "provenance": _object(_PROVENANCE),
            },
            ("attestations",),
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
            "rule": _object(_RULE, _RULE),
            "service": _object(_SERVICE, (*SERVICE, "date_of_service")),
            "bill": _object({"code": TEXT, "units": COUNT, "allowed": MONEY}),
            "line": _object(_LINE, LINE),
            "claim": _object(
                {
                    "lines": {"type": "array", "items": {"$ref": "#/$defs/line"}},
                    "missing_lines": {"type": "array", "items": BILL},
                }
            ),
        },
    }


def _object(fields: Mapping[str, Any], left_out: Iterable[str] = ()) -> dict[str, Any]:
    """An object in which every field is there, but those that may be left out."""
    optional = set(left_out)
    return {"type": "object", "properties": dict(fields), "required": [name for name in fields if name not in optional]}


def _defaulted(fields: Mapping[str, Any], defaults: Mapping[str, Any]) -> dict[str, Any]:
    """Fields with what each says where it is left out."""
    return {
        name: schema if name not in defaults else _with_default(schema, defaults[name])
        for name, schema in fields.items()
    }


def _with_default(schema: dict[str, Any], default: Any) -> dict[str, Any]:
    return {"allOf": [schema], "default": default} if "$ref" in schema else schema | {"default": default}


def _list_of(fields: dict[str, Any], left_out: Iterable[str] = ()) -> dict[str, Any]:
    return {"type": "array", "items": _object(fields, left_out)}


_VALUE: dict[str, Any] = {"type": ["string", "boolean", "array", "null"], "items": TEXT}
_RULE: dict[str, Any] = _defaulted(
    {
        "title": TEXT,
        "outcome": YES_NO_UNKNOWN,
        "severity": {"enum": ["decides", "audit_risk", "advice"]},
        "applies": YES_NO_UNKNOWN,
        "exception": TEXT_OR_NULL,
        "message": TEXT_OR_NULL,
        "remedy": TEXT_OR_NULL,
        "facts": TEXTS
        | {"description": "Keys of `facts`; `time_log[0,2].date,minutes` are two fields of two records, one by one."},
        "rests_on": TEXTS | {"description": "Keys of `definitions`."},
        "edition": TEXT | {"description": "Left out where it is the policy's own, under `provenance`."},
        "basis": TEXT_OR_NULL,
        "confidence": {"enum": ["primary", "secondary", "unverified"]},
        "cite": TEXTS | {"description": "A key of `sources`, and after a colon the place in it."},
        "services": TEXT | {"description": "For which it holds: a service, or a key of `groups`. Others name it."},
    },
    RULE,
)

_SERVICE: dict[str, Any] = _defaulted(
    {
        "title": TEXT,
        "status": {"enum": ["supported", "not_supported", "needs_information", "not_established"]},
        "own_outcome": YES_NO_UNKNOWN,
        "units": COUNT,
        "possible_units": UNITS,
        "yields_to": TEXT_OR_NULL,
        "held": {"type": ["string", "null"], "description": "A key of `rules`."},
        "modifiers": TEXTS,
        "allowed": MONEY,
        "ceiling": YES_NO_UNKNOWN,
        "amount_note": TEXT_OR_NULL,
        "patient_share": MONEY,
        "patient_share_note": TEXT_OR_NULL,
        "sequestration": MONEY,
        "date_of_service": DATE_OR_NULL,
        "reasons": KEYS
        | {"description": "What stands against it: what decides first, what fails before what is unknown."},
        "missing": TEXTS,
        "units_depend_on": TEXTS,
        "notes": TEXTS,
        "outside": TEXT_OR_NULL
        | {"description": "Its programme, where the patient is not in it and nothing of it is claimed."},
        "attested": {
            "type": "boolean",
            "description": "Whether it rests on what the practice attests: the record alone would say otherwise.",
        },
    },
    SERVICE,
)

_LINE: dict[str, Any] = _defaulted(
    {
        "line": COUNT,
        "code": TEXT_OR_NULL,
        "units": {"type": ["integer", "string", "null"]},
        "date": DATE_OR_NULL,
        "verdict": {"enum": list(VERDICTS)},
        "supported_units": COUNT,
        "allowed": MONEY,
        "ceiling": YES_NO_UNKNOWN,
        "message": TEXT_OR_NULL,
        "preferred": {"type": "array", "items": BILL},
        "reasons": KEYS,
    },
    LINE,
)

_ALTERNATIVE: dict[str, Any] = {
    "preference": TEXT,
    "group": TEXT,
    "services": {"type": "object", "additionalProperties": COUNT},
    "allowed": MONEY,
    "yields_to": TEXT,
}

_ONCE: dict[str, Any] = {
    "rules": {
        "description": "Each rule's result, by policy and rule; with another part where the rule came out "
        "otherwise for a service or a line: that one says only what differs from the first. A key of it "
        "elsewhere is `policy/rule`.",
        "type": "object",
        "additionalProperties": {"type": "object", "additionalProperties": {"$ref": "#/$defs/rule"}},
    },
    "facts": {
        "description": "Each fact that was read, by how it is known and by its path. An entry such as "
        "`time_log[0,2].date,minutes` stands for fields of several records that have one value.",
        "type": "object",
        "propertyNames": {"enum": ["recorded", "attested", "presumed", "unknown"]},
        "additionalProperties": {"type": "object", "additionalProperties": _VALUE},
    },
    "attestations": {
        "description": "Of each attestation on whose word facts are known, by policy and name: what it cites, and the "
        "facts: those that are attested, and those that are presumed from them. Left out where there is none.",
        "type": "object",
        "additionalProperties": _object({"cite": TEXTS, "facts": TEXTS}),
    },
    "sources": {"description": "Titles of what is cited.", "type": "object", "additionalProperties": TEXT},
    "definitions": {
        "description": "Of each definition that rules rest on: its policy, edition and confidence, if it "
        "is not `primary`.",
        "type": "object",
        "additionalProperties": TEXT,
    },
    "groups": {
        "description": "Services for which rules hold together.",
        "type": "object",
        "additionalProperties": TEXTS,
    },
}

_TOTALS: dict[str, Any] = {
    "allowed": MONEY,
    "patient_share": MONEY,
    "possible": MONEY,
    "at_risk": MONEY,
    "ceiling": MONEY,
    "unpriced": TEXTS,
    "attested": MONEY
    | {
        "description": "The part of `allowed` that the record alone would not support, without what the practice "
        "attests. Left out where there is none."
    },
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
