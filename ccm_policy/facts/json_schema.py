"""The vocabulary as JSON Schema (2020-12), and as the columns of tables.

The schema accepts every record that `check` accepts. What only a whole record can tell (a date outside the service
month, the same id twice, facts that contradict each other) and dates that no calendar has are beyond it; `check` says
those.
"""

from __future__ import annotations

from decimal import Decimal
from typing import Any

from ccm_policy.facts import durations
from ccm_policy.facts.plan import NEEDED, NEVER, Group, Leaf, OneRecord, Plan, Records, compiled
from ccm_policy.facts.scalars import LONGEST_NUMBER
from ccm_policy.facts.tables import GIVEN, MAIN, allowed_columns, known_tables, of_practice
from ccm_policy.language.tree import Absent, Const, FactDecl, FieldDecl, Type, Vocabulary

_DIALECT = "https://json-schema.org/draft/2020-12/schema"


def facts_schema(vocabulary: Vocabulary) -> dict[str, Any]:
    """The schema of one patient-month."""
    plan = compiled(vocabulary)
    root = _group(plan.root, vocabulary, None)
    root["required"] = list(NEEDED)
    root["patternProperties"] = _dotted(plan)
    for path in root["required"]:
        root["properties"][path] = _known(vocabulary.facts[path])
    lists = {name: _record(records, vocabulary) for name, records in plan.lists.items()}
    return {
        "$schema": _DIALECT,
        "title": "A patient-month",
        "description": "One patient, one calendar month, one billing practitioner, one payer. Dotted names nest. "
        "null and the word `unknown` say that a value is not known; what a field left out means, its description says.",
        **root,
        "$defs": lists,
    }


def _dotted(plan: Plan) -> dict[str, Any]:
    """Names written with a dot instead of nested; what stands under them is checked as the nested form is."""
    outer = [name for name, node in plan.root.names.items() if isinstance(node, Group | OneRecord)]
    return {f"^({'|'.join(outer)})\\.": {}} if outer else {}


def _group(group: Group, vocabulary: Vocabulary, owner: Records | None) -> dict[str, Any]:
    properties = {name: _node(node, vocabulary, owner) for name, node in group.names.items()}
    inner = [name for name, node in group.names.items() if isinstance(node, Group)]
    found: dict[str, Any] = {"type": "object", "properties": properties, "additionalProperties": False}
    if inner:
        found["patternProperties"] = {f"^({'|'.join(inner)})\\.": {}}
    return found


def _node(node: Leaf | Group | Records | OneRecord, vocabulary: Vocabulary, owner: Records | None) -> dict[str, Any]:
    if isinstance(node, Leaf):
        return _leaf(node, vocabulary, owner)
    if isinstance(node, Group):
        return {"anyOf": [_group(node, vocabulary, owner), {"type": "null"}, {"const": "unknown"}]}
    if isinstance(node, OneRecord):
        what = f"Short form of `{node.records.name}`: one record; it does not say that there are no others."
        words: list[Any] = [None, "unknown", "none"]
        return {"description": what, "anyOf": [{"$ref": f"#/$defs/{node.records.name}"}, {"enum": words}]}
    items = {"type": "array", "items": {"$ref": f"#/$defs/{node.name}"}} | _clear(node)
    return {
        **_described(node.decl.title, node.decl.found, _absent_list(node.decl.absent)),
        "anyOf": [items, {"enum": [None, "unknown", "none"]}],
    }


def _clear(records: Records) -> dict[str, Any]:
    """Of durations such as `0:45` some entry tells whether they are hours and minutes: by start and end, or by being
    longer. Without one they are refused."""
    asked = []
    for leaf in records.durations:
        unclear = {"type": "string", "pattern": durations.unclear(leaf.type)}
        longer = {"type": "string", "pattern": durations.TWO_PARTS, "not": unclear}
        tells: list[dict[str, Any]] = [{"properties": {leaf.path: longer}, "required": [leaf.path]}]
        if records.clock is not None:
            short = {"type": "string", "pattern": durations.TWO_PARTS}
            tells.append({"properties": {leaf.path: short}, "required": [*records.clock[:2], leaf.path]})
        nothing = {"items": {"properties": {leaf.path: {"not": unclear}}}}
        asked.append({"anyOf": [nothing, {"contains": {"type": "object", "anyOf": tells}}]})
    return {"allOf": asked} if asked else {}


def _record(records: Records, vocabulary: Vocabulary) -> dict[str, Any]:
    return {"title": records.decl.title or records.name, **_group(records.fields, vocabulary, records)}


def _leaf(leaf: Leaf, vocabulary: Vocabulary, owner: Records | None) -> dict[str, Any]:
    declared = owner.decl.fields.get(leaf.path) if owner is not None else vocabulary.facts.get(leaf.path)
    described: dict[str, Any] = {}
    if isinstance(declared, FactDecl):
        described = _described(declared.title, declared.found, _absent(declared.absent))
    elif isinstance(declared, FieldDecl):
        described = _described("", "", _absent(declared.absent))
    if owner is None and leaf.type.unit == "minute":
        described |= {"not": {"type": "string", "pattern": durations.unclear(leaf.type)}}
    open_end = owner is not None and leaf.path == owner.decl.last_field
    return described | {"anyOf": [*_forms(leaf.type, NEVER if open_end else ()), {"type": "null"}]}


def _known(fact: FactDecl) -> dict[str, Any]:
    """A fact that every record needs: known, so neither null nor the word."""
    forms: dict[str, Any] = {"anyOf": _forms(fact.type, ())}
    return _described(fact.title, fact.found, "Every record needs it.") | forms | {"not": {"const": "unknown"}}


def _forms(type: Type, never: tuple[str, ...]) -> list[dict[str, Any]]:
    """The ways of writing a value of the type, the natural one first."""
    words = [w for w in _words(type, never) if w not in type.values]
    spelt = {"enum": words}
    match type.kind:
        case "yes/no":
            return [
                {"type": "boolean"},
                _text("(?:[Yy][Ee][Ss]|[Nn][Oo]|[Tt][Rr][Uu][Ee]|[Ff][Aa][Ll][Ss][Ee])"),
                spelt,
            ]
        case "number":
            minutes = "|\\d{1,4}:[0-5]\\d|\\d{1,2}:[0-5]\\d:[0-5]\\d" if type.unit == "minute" else ""
            return [_number(type), _text(f"(?:[+-]?(?:\\d+(?:\\.\\d*)?|\\.\\d+){minutes})"), spelt]
        case "date":
            return [{"type": "string", "format": "date", "pattern": "^\\d{4}-\\d{2}-\\d{2}$"}, spelt]
        case "month":
            return [_text("\\d{4}-(?:0[1-9]|1[0-2])"), spelt]
        case "time":
            return [_text("(?:[01]?\\d|2[0-3]):[0-5]\\d(?::00)?"), spelt]
        case "value":
            return [{"enum": [*type.values, *words]}]
        case "set":
            members = {"enum": list(type.values)} if type.values else {"type": "string", "pattern": "\\S"}
            several = (
                _text(f"(?:{'|'.join(type.values)}|\\s|;)+") if type.values else {"type": "string", "pattern": "\\S"}
            )
            return [{"type": "array", "items": members}, several, spelt]
        case "period":
            day = "\\d{4}-\\d{2}-\\d{2}"
            ends = {"from": {"type": "string"}, "to": {"type": ["string", "null"]}}
            whole = {"type": "object", "properties": ends, "required": ["from"], "additionalProperties": False}
            return [_text(f"{day}(?: +to +(?:{day}|none|ongoing))?"), whole, spelt]
        case "code":
            return [_text("[0-9A-Za-z]{5}"), spelt]
    return [{"type": "string", "pattern": "\\S"}]


def _words(type: Type, never: tuple[str, ...]) -> tuple[str, ...]:
    if type.kind == "set":
        return ("unknown", "none")
    return ("unknown", "none", *never) if type.may_be_none else ("unknown",)


def _text(pattern: str) -> dict[str, Any]:
    return {"type": "string", "pattern": f"^{pattern}$"}


def _number(type: Type) -> dict[str, Any]:
    found: dict[str, Any] = {"type": "integer" if type.whole else "number"}
    if type.low is not None:
        found["minimum"] = _bound(type.low)
    if type.high is not None:
        found["maximum"] = _bound(type.high)
    return found | {"exclusiveMaximum": 10**LONGEST_NUMBER} if type.high is None else found


def _bound(value: Decimal) -> int | float:
    return int(value) if value == value.to_integral_value() else float(value)


def _described(title: str, found: str, absence: str) -> dict[str, Any]:
    text = " ".join(part for part in (f"Found in: {found}." if found else "", absence) if part)
    return ({"title": title} if title else {}) | ({"description": text} if text else {})


def _absent(absent: Absent) -> str:
    match absent.how:
        case "none":
            return "Left out: none."
        case "presumed":
            value = absent.value
            shown = _shown(value.value) if isinstance(value, Const) else "a value of the same record"
            return f"Left out: presumed {shown}" + (
                ", unless the vocabulary's condition says otherwise." if absent.unless else "."
            )
        case "computed":
            return "Left out: worked out from other facts."
        case "error":
            return "Every record needs it."
    return "Left out: unknown."


def _shown(value: object) -> str:
    return ("yes" if value else "no") if isinstance(value, bool) else str(value)


def _absent_list(absent: Absent) -> str:
    return (
        "Left out: presumed empty."
        if absent.how == "empty"
        else "Left out: unknown. `[]` or `none` says that there are none."
    )


def table_layouts(vocabulary: Vocabulary) -> dict[str, list[str]]:
    """The tables of a folder and their columns, key first; tables of the practice have no key."""
    plan = compiled(vocabulary)
    layouts: dict[str, list[str]] = {}
    for name in known_tables(plan):
        columns = allowed_columns(name, plan)
        layouts[name] = columns[3:] if name != MAIN and of_practice(name, plan) else columns
    layouts[MAIN] = [c for c in layouts[MAIN] if not c.endswith(GIVEN)] + [
        c for c in layouts[MAIN] if c.endswith(GIVEN)
    ]
    return layouts
