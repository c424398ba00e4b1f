"""YAML as text: every scalar stays the text that was written, so that no value passes through a binary float.

Numbers are made of that text by `tables.number`. A key that is given twice is refused, with its line.
"""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import Any

from ccm_policy.fees.tables import BrokenFileError, broken, read_text

Trail = tuple[str | int, ...]

DEEPEST = 20
"""Levels; no text of a schedule has more than four."""


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
            path, mark.line + 1 if mark else None, f"this is not YAML: {fault.problem}",
            "mind the indentation, the colons and the quotes",
        ) from None  # fmt: skip
    except RecursionError:
        raise _too_deep(path, None) from None
    except yaml.YAMLError:
        raise broken(path, None, "this is not YAML text", "save it as plain UTF-8") from None
    reader = _Reader(path, {}, set())
    return Document(reader.value(node, ()), reader.lines)


def _too_deep(path: Path, line: int | None) -> BrokenFileError:
    return broken(path, line, "the text is nested too deep", "see the layouts in docs/fee-schedules.md")


@dataclass(frozen=True, slots=True)
class _Reader:
    path: Path
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
            raise _too_deep(self.path, line)
        if id(node) in self.seen:
            raise broken(self.path, line, "a value refers to another one (`*`)", "write the values out in each place")
        self.seen.add(id(node))
        if node.id == "sequence":
            return [self.value(child, (*trail, i)) for i, child in enumerate(node.value)]
        found: dict[str, Any] = {}
        for key, child in node.value:
            name = str(key.value)
            if name in found:
                raise broken(self.path, key.start_mark.line + 1, f"`{name}` is given twice", "keep the right one")
            found[name] = self.value(child, (*trail, name))
        return found
