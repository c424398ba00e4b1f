"""A mapping from its YAML: held to its JSON Schema here, and to the vocabulary in `fitting`."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from functools import cache
from pathlib import Path
from typing import Any

from ccm_policy.facts.yaml_lines import Document, NotYamlError, Trail, read_document
from ccm_policy.intake.mapping import Constant, ExportMapping, FileMapping, Filter, Gives, Source
from ccm_policy.language.diagnostics import CcmPolicyError, Diagnostic, Place, error
from ccm_policy.language.nearest import nearest
from ccm_policy.shipped import MAPPINGS

SCHEMA = Path(__file__).parent / "mapping.schema.json"
_SEE = "`ccm-policy schema mapping` says what a mapping may hold"


def read_mapping(path: Path) -> ExportMapping:
    """The mapping of a file, or the shipped one of a name; raises with everything that is wrong with its form."""
    if not path.exists() and path.name == str(path) and (MAPPINGS / f"{path}.yaml").exists():
        path = MAPPINGS / f"{path}.yaml"
    place = Place(str(path))
    try:
        text = path.read_bytes().decode("utf-8-sig")
    except OSError:
        said = error(
            "E0716", "the mapping cannot be read", place=place, help="check the path, and whether you may read it"
        )
        raise CcmPolicyError([said]) from None
    except UnicodeDecodeError:
        said = error("E0716", "the mapping is not UTF-8 text", place=place, help="save it as UTF-8")
        raise CcmPolicyError([said]) from None
    try:
        document = read_document(text)
    except NotYamlError as fault:
        said = error("E0716", fault.says, place=Place(str(path), fault.line), help=fault.help)
        raise CcmPolicyError([said]) from None
    if problems := list(_misfits(document, path)):
        raise CcmPolicyError(problems)
    return _mapping(document, path)


@cache
def _validator() -> Any:
    from jsonschema import Draft202012Validator

    return Draft202012Validator(json.loads(SCHEMA.read_text(encoding="utf-8")))


def _misfits(document: Document, path: Path) -> Iterator[Diagnostic]:
    for fault in _validator().iter_errors(document.data):
        fault = _deepest(fault)
        says, help = _words(fault)
        trail: Trail = tuple(fault.absolute_path)
        if fault.validator == "additionalProperties":
            extra = _extra(fault)
            trail = (*trail, extra)
        yield error("E0716", says, place=Place(str(path), document.line_of(trail)), help=help)


def _deepest(fault: Any) -> Any:
    """Of forms of which one must fit, the fault of the one that was meant: an object's, where it is an object."""
    while fault.validator == "anyOf":
        kind = "object" if isinstance(fault.instance, dict) else "string"
        meant = [each for each in fault.context if not (each.validator == "type" and each.validator_value != kind)]
        fault = meant[0] if meant else fault.context[0]
    return fault


def _extra(fault: Any) -> str:
    return str(sorted(set(fault.instance) - set(fault.schema.get("properties", ())))[0])


def _words(fault: Any) -> tuple[str, str]:
    """What does not fit, and what to do."""
    where = next((f"`{part}`" for part in reversed(fault.absolute_path) if isinstance(part, str)), "the mapping")
    match fault.validator:
        case "required":
            missing = next(name for name in fault.validator_value if name not in fault.instance)
            return f"{where} has no `{missing}`", _SEE
        case "additionalProperties":
            extra = _extra(fault)
            near = nearest(extra, fault.schema.get("properties", ()))
            return f"`{extra}` has no meaning here", f"did you mean `{near}`?" if near else _SEE
        case "oneOf":
            names = [" and ".join(f"`{name}`" for name in each["required"]) for each in fault.validator_value]
            return f"{where} needs one of {', '.join(names)}, and no other of them", _SEE
        case "const" | "enum" | "pattern":
            allowed = fault.validator_value if isinstance(fault.validator_value, list) else []
            listed = ", ".join(f"`{each}`" for each in allowed) or fault.schema.get("description", "") or _SEE
            if fault.validator == "const":
                listed = f"write `{fault.validator_value}`"
            return f"{where} cannot be `{fault.instance}`", listed
        case "type":
            kinds = {"object": "named values", "array": "a list", "string": "one value"}
            return f"{where} must be {kinds.get(fault.validator_value, 'something else')}", _SEE
    return f"{where} is empty", _SEE


def _mapping(document: Document, path: Path) -> ExportMapping:
    data = document.data
    constants = {
        name: Constant(value, document.line_of(("constants", name)))
        for name, value in data.get("constants", {}).items()
    }
    files = tuple(_file(name, each, document) for name, each in data.get("files", {}).items())
    return ExportMapping(path=path, month=data.get("month"), constants=constants, files=files)


def _file(name: str, data: Mapping[str, Any], document: Document) -> FileMapping:
    trail: Trail = ("files", name)
    return FileMapping(
        name=name,
        file=data["file"],
        encoding=data.get("encoding"),
        separator=data.get("separator"),
        sheet=data.get("sheet"),
        header=int(data["header"]) if "header" in data else None,
        query=data.get("query"),
        ignore=tuple(data.get("ignore", ())),
        says=data.get("columns", {}),
        leave_out=tuple(_filter(each, "left out by the mapping") for each in data.get("leave_out", ())),
        key=_fields(data.get("key", {}), document, (*trail, "key")),
        gives=tuple(_gives(each, document, (*trail, "gives", at)) for at, each in enumerate(data["gives"])),
        line=document.line_of(trail),
    )


def _gives(data: Mapping[str, Any], document: Document, trail: Trail) -> Gives:
    part = "fields" if "list" in data else "facts"
    each = data.get("each")
    return Gives(
        list=data.get("list"),
        fields=_fields(data[part], document, (*trail, part)),
        only=tuple(_filter(one, "not taken") for one in data.get("only", ())),
        each=None if each is None else (each["column"], each.get("split")),
        repeat=tuple(data.get("repeat", ())),
        complete=None if "complete" not in data else data["complete"] == "yes",
        line=document.line_of(trail),
    )


def _filter(data: Mapping[str, Any], because: str) -> Filter:
    words = tuple(data["is"]) if "is" in data else None
    filled = data.get("filled") == "yes" or "is_not" in data
    return Filter(data["column"], words, filled, data.get("because", because), tuple(data.get("is_not", ())))


def _fields(data: Mapping[str, Any], document: Document, trail: Trail) -> dict[str, Source]:
    return {name: _source(each, document.line_of((*trail, name))) for name, each in data.items()}


def _source(data: str | Mapping[str, Any], line: int | None) -> Source:
    if isinstance(data, str):
        return Source(columns=(data,), values={}, line=line)
    columns = tuple(data["columns"]) if "columns" in data else (data["column"],) if "column" in data else ()
    return Source(
        columns=columns,
        join=data.get("join", " "),
        constant=data.get("constant"),
        part="part" in data,
        format=data.get("format"),
        split=data.get("split"),
        values=data.get("values", {}),
        otherwise=_source(data["else"], line) if "else" in data else None,
        line=line,
    )
