"""YAML: one record, a list of records, or one record a document. Scalars stay text until the vocabulary types them.

YAML's own reading of plain words (`no`, `6:40`, `00123`, `66.10`) is switched off, all but null.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from ccm_policy.facts.checking import Raw, Repeated
from ccm_policy.language.diagnostics import Diagnostic, Place, error

_DEEPEST = 40


def records(text: str, file: str) -> Iterator[Raw | Diagnostic]:
    """The records of a YAML file, numbered from 1 where there are several."""
    import yaml

    try:
        documents = list(_documents(text))
    except _UnusableError as fault:
        yield error(fault.code, fault.says, place=Place(file), help=fault.help)
        return
    except yaml.MarkedYAMLError as fault:
        yield _broken(fault.problem_mark or fault.context_mark, file)
        return
    except (yaml.YAMLError, RecursionError, ValueError):
        yield _broken(None, file)
        return
    found: list[Any] = []
    for document in documents:
        found += document if isinstance(document, list) else [document]
    alone = len(found) == 1 and not isinstance(documents[0], list)
    for number, record in enumerate(found, 1):
        yield Raw(record, file, None if alone else number)


class _UnusableError(ValueError):
    """Something that YAML allows and facts do not; caught in `records`."""

    def __init__(self, code: str, says: str, help: str) -> None:
        self.code, self.says, self.help = code, says, help


def _documents(text: str) -> Iterator[Any]:
    import yaml

    loader: Any = getattr(yaml, "CSafeLoader", yaml.SafeLoader)
    for node in yaml.compose_all(text, Loader=loader):
        if node is not None:
            yield _value(node, 0, {})


def _value(node: Any, depth: int, known: dict[int, Any]) -> Any:
    """A node as plain data: text, None, lists and objects; nothing is resolved. `known`: what a repeated (`*`) node
    stands for."""
    if depth > _DEEPEST:
        raise _UnusableError("E0511", _at(node, "lists and objects are nested too deep to be a record"), _NESTED_HELP)
    if node.id == "scalar":
        return None if not node.style and node.value in ("", "~", "null", "Null", "NULL") else node.value
    if id(node) not in known:
        is_list = node.id == "sequence"
        known[id(node)] = (
            [_value(child, depth + 1, known) for child in node.value] if is_list else _object(node, depth, known)
        )
    return known[id(node)]


def _object(node: Any, depth: int, known: dict[int, Any]) -> dict[Any, Any]:
    found: dict[Any, Any] = {}
    for name, child in node.value:
        if name.id != "scalar":
            raise _UnusableError("E0507", _at(name, "a field name must be one word"), "check the indentation")
        if name.value in found:
            found[Repeated(name.value)] = None
        found[name.value] = _value(child, depth + 1, known)
    return found


_NESTED_HELP = "a record is an object of fields, lists of objects, and values"


def _at(node: Any, says: str) -> str:
    return f"at line {node.start_mark.line + 1}, column {node.start_mark.column + 1}, {says}"


def _broken(mark: Any, file: str) -> Diagnostic:
    where = "" if mark is None else f" at line {mark.line + 1}, column {mark.column + 1}"
    return error(
        "E0507",
        f"this is not YAML that can be read{where}",
        place=Place(file),
        help="indent with spaces; a space stands after each `:`; text with `:`, `#` or quotes in it stands in quotes",
    )
