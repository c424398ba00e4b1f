"""Whether data fits its published JSON Schema, in words that do not need the schema beside them."""

from __future__ import annotations

import json
from collections.abc import Iterator
from functools import cache
from pathlib import Path
from typing import Any

from ccm_policy.fees.tables import broken
from ccm_policy.fees.texts import Document, Trail, read_yaml


def misfits(schema: str, data: object) -> Iterator[tuple[Trail, str]]:
    """Where a value does not fit, and why."""
    for fault in _validator(schema).iter_errors(data):
        yield tuple(fault.absolute_path), _words(fault)


def read_fitting(path: Path, schema: str) -> Document:
    """A YAML file that fits; raises `BrokenFileError` at the first value that does not."""
    document = read_yaml(path)
    for trail, why in misfits(schema, document.data):
        raise broken(path, document.line_of(trail), why, "see the layouts in docs/fee-schedules.md")
    return document


@cache
def _validator(schema: str) -> Any:
    from jsonschema import Draft202012Validator

    text = (Path(__file__).parent / "schemas" / f"{schema}.schema.json").read_text(encoding="utf-8")
    return Draft202012Validator(json.loads(text))


def _words(fault: Any) -> str:
    where = fault.absolute_path[-1] if fault.absolute_path else ""
    if fault.validator == "required":
        missing = [name for name in fault.validator_value if name not in fault.instance]
        return f"`{missing[0]}` is missing"
    if fault.validator == "additionalProperties":
        extra = sorted(set(fault.instance) - set(fault.schema["properties"]))
        return f"`{extra[0]}` has no meaning here"
    if fault.validator == "anyOf":
        return "neither the components nor the totals are whole"
    if fault.validator == "minLength":
        return f"`{where}` is empty"
    if fault.validator == "type":
        kinds = {"object": "named values", "array": "a list", "string": "one value"}
        return f"`{where or 'the file'}` must be {kinds[fault.validator_value]}"
    return f"`{where}` cannot be `{fault.instance}`"
