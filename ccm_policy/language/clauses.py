"""Which statements there are, which clauses each may have, and the grammar's start rule for every head and body.

The layout pass cuts a text by this table, the parser reads each piece with the rule named here, and the messages
draw their suggestions from it. What a clause of each rule becomes in the tree stands beside the rule's name in `RULES`.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

VERBS = ("add", "change", "replace", "repeal", "raise")
"""Words that may stand before a statement's kind, in an amendment or a layer."""

RULES: Mapping[str, str] = {
    "condition": "an expression",
    "text": "Text",
    "also": "Also",
    "attested": "Attested",
    "attestable": "Attestable",
    "citation": "Citation",
    "words": "Words, one value for each name or code of a list",
    "month_body": "Words, one value: `2026-03`",
    "day_body": "Day",
    "services": "Services",
    "lines": "Lines",
    "each": "Each",
    "prefer_for": "Words (a family) or Each",
    "case": "Case",
    "service_union": "ServiceUnion",
    "exception": "Waiver; `because` and `cite` after it are read into it",
    "earns": "Earns",
    "adds_to": "AddsTo",
    "modifier": "Modifier",
    "allows": "Allows",
    "pay": "Pay",
    "patient_share": "PatientShare",
    "round": "Words as written, without commas",
    "about": "About",
    "says": "Says",
    "resolved": "Resolved",
    "complete": "Words as written: `for the service month`, or `from FACT`",
    "dated": "Words as written, without commas: `by date or from A to B`",
    "in_force": "Words as written: `by date of service`",
    "by_date": "Words as written: `date of processing`",
    "standing": "Words, one value: the whole phrase, such as `never paid separately`",
    "absent": "Absence",
    "field_decl": "FieldDecl",
    "column": "TableColumn",
    "table_edition": "TableEdition",
    "row": "Row",
    "without": "Words: the clause's word, then the name of an exception where there is one",
    "raised": "Words: the rule's name, then the severity",
    "given": "GivenSet, GivenFact, GivenRecord, GivenRows or GivenMinutes",
    "expectation": "Expectation",
    "invariant": "Requires, NeverBoth, NeverMore, NeverDepends or NeverLowers",
    "log_forbid": "ForbidTwo, or an expression",
    "log_require": "AtMostWith, or an expression",
    "nothing": "None: the word stands alone",
}


@dataclass(frozen=True, slots=True)
class Form:
    """The shape of one kind of statement: the rule of its head (None: nothing stands there) and of each clause."""

    head: str | None
    clauses: Mapping[str, str]


_COMMON = {"title": "text", "note": "text", "because": "text", "cite": "citation"}
_CALLED = {"also": "also"}
_STANDING = {"basis": "words", "confidence": "words"}
_RULE = {
    **_COMMON,
    **_CALLED,
    **_STANDING,
    "when": "condition",
    "require": "condition",
    "forbid": "condition",
    "otherwise": "text",
    "remedy": "text",
    "severity": "words",
    "from": "day_body",
    "until": "day_body",
    "by": "by_date",
    "except": "exception",
}
_LOG_CHECK = _RULE | {"for": "each", "forbid": "log_forbid", "require": "log_require", "keeps": "condition"}
_FOUND = {"title": "text", **_CALLED, "found": "text", "note": "text", "because": "text", "cite": "citation"}

FORMS: Mapping[str, Form] = {
    "library": Form(
        None,
        {"title": "text", "known through": "month_body", "layers": "words", "established by": "words"},
    ),
    "policy": Form(
        "head_name",
        {
            **_COMMON,
            "edition": "month_body",
            "amends": "month_body",
            "extends": "words",
            "uses": "words",
            "applies": "condition",
            "optional": "nothing",
            "priced by": "words",
            "asks for": "words",
            "asks for the record of": "words",
            "raise": "raised",
            "relaxes": "text",
            "announced": "day_body",
            "status": "words",
        },
    ),
    "fact": Form(
        "head_fact",
        {
            **_FOUND,
            "key": "nothing",
            "attestable": "nothing",
            "instead of": "words",
            "work": "nothing",
            "ceiling": "text",
            "marks": "words",
        },
    ),
    "list": Form(
        "head_name",
        {
            **_FOUND,
            "called": "words",
            "field": "field_decl",
            "absent": "absent",
            "complete": "complete",
            "dated": "dated",
            "short": "words",
            "one": "words",
            "attestable": "attestable",
            "work": "nothing",
            "marks": "words",
        },
    ),
    "values": Form("head_values", {**_COMMON, **_CALLED}),
    "roles": Form("head_set", _COMMON),
    "area": Form("head_set", _COMMON),
    "codes": Form("head_set", _COMMON),
    "scope": Form("head_scope", _COMMON),
    "source": Form(
        "head_name",
        {
            "title": "text",
            "at": "text",
            "issued": "day_body",
            "url": "text",
            "seen": "text",
            "kind": "words",
            "note": "text",
            "because": "text",
        },
    ),
    "table": Form(
        "head_name",
        {
            **_COMMON,
            "key": "column",
            "column": "column",
            "in force": "in_force",
            "edition": "table_edition",
            "row": "row",
        },
    ),
    "facts": Form("head_name", {"title": "text", "note": "text", "given": "given"}),
    "define": Form("head_define", {**_COMMON, **_CALLED, **_STANDING, "as": "case", "marks": "words"}),
    "service": Form(
        "head_name",
        {
            **_COMMON,
            **_CALLED,
            **_STANDING,
            "family": "words",
            "tier": "words",
            "adds to": "adds_to",
            "follows": "words",
            "earns": "earns",
            "modifier": "modifier",
            "dated": "condition",
            "entered when": "condition",
            "from": "day_body",
            "until": "day_body",
            "replaced by": "words",
        },
    ),
    "attest": Form(
        "head_name",
        {**_COMMON, **_CALLED, "when": "condition", "fact": "attested", "until": "month_body"},
    ),
    "requirement": Form("head_name", _RULE | {"for": "services"}),
    "exclusion": Form("head_name", _RULE | {"for": "services"}),
    "claim check": Form("head_name", _RULE | {"for": "lines"}),
    "log check": Form("head_name", _LOG_CHECK),
    "panel check": Form("head_name", _LOG_CHECK),
    "prefer": Form("head_prefer", {**_COMMON, **_CALLED, **_STANDING, "for": "prefer_for"}),
    "coverage": Form(
        "head_name",
        {
            **_COMMON,
            **_CALLED,
            **_STANDING,
            "for": "services",
            "is": "standing",
            "when": "condition",
            "from": "day_body",
            "until": "day_body",
            "by": "by_date",
        },
    ),
    "permission": Form("head_name", {**_COMMON, **_CALLED, **_STANDING, "allows": "allows"}),
    "payment": Form(
        "head_name",
        {
            **_COMMON,
            **_CALLED,
            **_STANDING,
            "for": "services",
            "when": "condition",
            "pay": "pay",
            "patient": "patient_share",
            "withhold": "words",
            "round": "round",
            "from": "day_body",
            "until": "day_body",
        },
    ),
    "dispute": Form(
        "head_name",
        {"title": "text", "note": "text", "about": "about", "says": "says", "resolved": "resolved"},
    ),
    "note": Form("head_name", {"text": "text", "about": "about", "cite": "citation"}),
    "invariant": Form(
        "head_name",
        {**_COMMON, "always": "invariant", "never": "invariant", "more": "invariant"},
    ),
    "example": Form(
        "head_text",
        {
            "title": "text",
            "note": "text",
            "month": "month_body",
            "given": "given",
            "expect": "expectation",
        },
    ),
}

RULE_KINDS = ("requirement", "exclusion", "claim check", "log check", "panel check")
"""Statements of which no two of a library share a name."""
SEVERITIES = ("decides", "audit_risk", "advice")
"""What a rule does where it does not hold, the strictest first."""
VERDICTS = (
    "supported",
    "alternative",
    "over_billed",
    "under_billed",
    "not_supported",
    "needs_information",
    "not_audited",
)
"""What can be said of a line of a claim."""

TWO_WORDS: Mapping[str, str] = {"applies": "applies when"}
"""Clauses that are written with a second word which the tree leaves out."""

KEPT_WORDS = frozenset({"never", "more"})
"""Clause words of an invariant that belong to the sentence; the tree calls every such clause `always`."""


def form_of(kind: str, verb: str | None) -> Form:
    """The form of a statement; an amendment may also give its authority, and `change` may take clauses away."""
    if verb == "raise":
        return Form("head_raise", {"because": "text", "cite": "citation"})
    form = FORMS[kind]
    if verb is None:
        return form
    more = {"because": "text", "cite": "citation", **form.clauses}
    if verb == "change":
        more["without"] = "without"
    return Form(form.head, more)


ONCE = frozenset(
    {
        "absent",
        "adds to",
        "amends",
        "announced",
        "applies",
        "at",
        "basis",
        "by",
        "ceiling",
        "confidence",
        "entered when",
        "family",
        "follows",
        "for",
        "from",
        "in force",
        "is",
        "issued",
        "kind",
        "known through",
        "month",
        "optional",
        "otherwise",
        "patient",
        "priced by",
        "remedy",
        "replaced by",
        "resolved",
        "round",
        "marks",
        "severity",
        "status",
        "text",
        "tier",
        "title",
        "until",
        "url",
        "when",
    }
)


def stands_once(kind: str, word: str) -> bool:
    """Whether a clause may stand only once in a statement of this kind."""
    return word in ONCE or (kind, word) == ("policy", "edition")


ALL_CLAUSE_WORDS = frozenset(word for form in FORMS.values() for word in form.clauses)


def written(word: str) -> str:
    """A clause's word as it stands in the text."""
    return TWO_WORDS.get(word, word)


RESERVED = frozenset(
    {
        "and",
        "or",
        "not",
        "any",
        "every",
        "no",
        "at",
        "one",
        "on",
        "before",
        "after",
        "within",
        "is",
        "in",
        "of",
        "the",
        "by",
        "where",
        "when",
        "its",
        "none",
    }
)
"""Words that are never a name; a value that is called so stands in quotes."""
