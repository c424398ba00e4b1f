"""YAML as text: every scalar stays the text that was written, so that no value passes through a binary float.

Numbers are made of that text by `tables.number`. A key that is given twice is refused, with its line.
"""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import Any

from ccm_policy.fees.tables import broken, read_text

Trail = tuple[str | int, ...]


@dataclass(frozen=True, slots=True)
class Document:
    """What a YAML file says, and the line on which each value stands."""

    data: Any
    lines: dict[Trail, int]


def read_yaml(path: Path) -> Document:
    """Read one document; raises `BrokenFileError` with the line."""
    import yaml

    text = read_text(path)
    loader = getattr(yaml, "CBaseLoader", yaml.BaseLoader)
    try:
        node = yaml.compose(text, Loader=loader)
    except yaml.MarkedYAMLError as fault:
        mark = fault.problem_mark or fault.context_mark
        raise broken(
            path, mark.line + 1 if mark else None, f"This is not YAML: {fault.problem}.",
            "Mind the indentation, the colons and the quotes.",
        ) from None  # fmt: skip
    except yaml.YAMLError:
        raise broken(path, None, "This is not YAML text.", "Save it as plain UTF-8.") from None
    lines: dict[Trail, int] = {}
    return Document(_value(path, node, (), lines), lines)


def _value(path: Path, node: Any, trail: Trail, lines: dict[Trail, int]) -> Any:
    if node is None:
        return None
    lines[trail] = node.start_mark.line + 1
    if node.id == "scalar":
        return node.value
    if node.id == "sequence":
        return [_value(path, child, (*trail, i), lines) for i, child in enumerate(node.value)]
    found: dict[str, Any] = {}
    for key, child in node.value:
        name = str(key.value)
        if name in found:
            raise broken(path, key.start_mark.line + 1, f"`{name}` is given twice.", "Keep the right one.")
        found[name] = _value(path, child, (*trail, name), lines)
    return found
