"""YAML as text: every scalar stays the text that was written, and each value knows its line.

No value passes through a binary float, and no plain word is taken for a yes or a no. A key that is given twice, and a
value that refers to another, are refused with their line.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

Trail = tuple[str | int, ...]

DEEPEST = 20
"""Levels; no text that is read so has more than a few."""


class NotYamlError(ValueError):
    """Why a text cannot be read, with its line; becomes a message where it is caught."""

    def __init__(self, line: int | None, says: str, help: str) -> None:
        self.line, self.says, self.help = line, says, help
        super().__init__(says)


@dataclass(frozen=True, slots=True)
class Document:
    """What a YAML text says, and the line on which each value stands."""

    data: Any
    lines: dict[Trail, int]

    def line_of(self, trail: Trail) -> int | None:
        """The line of a value, or of the nearest that holds it."""
        held = (trail[:n] for n in range(len(trail), -1, -1))
        return next((self.lines[each] for each in held if each in self.lines), None)


def read_document(text: str) -> Document:
    """Read one document; raises `NotYamlError` with the line."""
    import yaml

    loader = getattr(yaml, "CBaseLoader", yaml.BaseLoader)
    try:
        node = yaml.compose(text, Loader=loader)
    except yaml.MarkedYAMLError as fault:
        mark = fault.problem_mark or fault.context_mark
        says = f"this is not YAML: {fault.problem}"
        raise NotYamlError(
            mark.line + 1 if mark else None, says, "mind the indentation, the colons and the quotes"
        ) from None
    except RecursionError:
        raise _too_deep(None) from None
    except yaml.YAMLError:
        raise NotYamlError(None, "this is not YAML text", "save it as plain UTF-8") from None
    reader = _Reader({}, set())
    return Document(reader.value(node, ()), reader.lines)


def _too_deep(line: int | None) -> NotYamlError:
    return NotYamlError(line, "the text is nested too deep", "such a text has a few levels only")


@dataclass(frozen=True, slots=True)
class _Reader:
    lines: dict[Trail, int]
    seen: set[int]

    def value(self, node: Any, trail: Trail) -> Any:
        """A node as text, lists and mappings; every node may stand in one place only."""
        if node is None:
            return None
        line = self.lines[trail] = node.start_mark.line + 1
        if node.id == "scalar":
            return node.value
        if len(trail) > DEEPEST:
            raise _too_deep(line)
        if id(node) in self.seen:
            raise NotYamlError(line, "a value refers to another one (`*`)", "write the values out in each place")
        self.seen.add(id(node))
        if node.id == "sequence":
            return [self.value(child, (*trail, i)) for i, child in enumerate(node.value)]
        found: dict[str, Any] = {}
        for key, child in node.value:
            name = str(key.value)
            if name in found:
                raise NotYamlError(key.start_mark.line + 1, f"`{name}` is given twice", "keep the right one")
            found[name] = self.value(child, (*trail, name))
        return found
