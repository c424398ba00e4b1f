"""YAML: one record, a list of records, or one record a document. Scalars stay text until the vocabulary types them.

YAML's own reading of plain words (`no`, `6:40`, `00123`, `66.10`) is not used, all but null. Values are built from the
parser's events, since its own builder resolves words, follows repeats without end and has no limit of depth.
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

    loader: Any = getattr(yaml, "CSafeLoader", yaml.SafeLoader)
    try:
        documents = list(_Reader(yaml.parse(text, Loader=loader)).documents())
    except _UnusableError as fault:
        yield error(fault.code, fault.says, place=Place(file), help=fault.help)
        return
    except yaml.MarkedYAMLError as fault:
        mark = fault.problem_mark or fault.context_mark
        deep = _too_deep(text)
        yield _broken(mark, file) if deep is None else error(deep.code, deep.says, place=Place(file), help=deep.help)
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
    """Something that YAML allows and facts do not; caught in `records`. `line` and `column` count from 0."""

    def __init__(self, code: str, line: int, column: int, says: str, help: str) -> None:
        where = f"at line {line + 1}, column {column + 1}, "
        self.code, self.says, self.help = code, where + says, help


def _at(code: str, event: Any, says: str, help: str) -> _UnusableError:
    return _UnusableError(code, event.start_mark.line, event.start_mark.column, says, help)


def _deep(line: int, column: int) -> _UnusableError:
    says = "lists and objects are nested too deep to be a record"
    help = "a record is an object of fields, lists of objects, and values"
    return _UnusableError("E0511", line, column, says, help)


def _too_deep(text: str) -> _UnusableError | None:
    """Where brackets of the text are nested too deep, whatever the parser said of it: some versions of it have a limit
    of their own, and it reads ahead."""
    depth, quote = 0, ""
    for row, line in enumerate(text.splitlines()):
        for column, char in enumerate(line):
            if quote:
                quote = "" if char == quote else quote
            elif char in "\"'":
                quote = char
            elif char == "#":
                break
            elif char in "[{":
                depth += 1
                if depth > _DEEPEST + 1:
                    return _deep(row, column)
            elif char in "]}":
                depth -= 1
    return None


class _Reader:
    """Plain data from events: text, None, lists and objects; nothing is resolved."""

    def __init__(self, events: Iterator[Any]) -> None:
        self.events = events
        self.anchors: dict[str, Any] = {}

    def documents(self) -> Iterator[Any]:
        """The value of each document that has one."""
        for event in self.events:
            kind = type(event).__name__
            if kind == "DocumentStartEvent":
                self.anchors = {}
            elif kind not in ("StreamStartEvent", "StreamEndEvent", "DocumentEndEvent") and not _is_nothing(event):
                yield self.value(event, 0)

    def value(self, event: Any, depth: int) -> Any:
        kind = type(event).__name__
        if kind == "AliasEvent":
            if event.anchor not in self.anchors:
                raise _at("E0507", event, "a repeat (`*`) names nothing that stands before it", "write it out")
            return self.anchors[event.anchor]
        if depth > _DEEPEST:
            raise _deep(event.start_mark.line, event.start_mark.column)
        if kind == "ScalarEvent":
            found: Any = None if _is_null(event) else event.value
        else:
            found = self.items(depth) if kind == "SequenceStartEvent" else self.object(depth)
        if event.anchor is not None:
            self.anchors[event.anchor] = found
        return found

    def items(self, depth: int) -> list[Any]:
        found: list[Any] = []
        for event in self.events:
            if type(event).__name__ == "SequenceEndEvent":
                break
            found.append(self.value(event, depth + 1))
        return found

    def object(self, depth: int) -> dict[Any, Any]:
        found: dict[Any, Any] = {}
        for name in self.events:
            if type(name).__name__ == "MappingEndEvent":
                break
            if type(name).__name__ != "ScalarEvent":
                raise _at("E0507", name, "a field name must be one word", "check the indentation")
            if name.value in found:
                found[Repeated(name.value)] = None
            found[name.value] = self.value(next(self.events), depth + 1)
        return found


def _is_null(event: Any) -> bool:
    return not event.style and event.value in ("", "~", "null", "Null", "NULL")


def _is_nothing(event: Any) -> bool:
    """A document of comments alone."""
    return type(event).__name__ == "ScalarEvent" and not event.style and event.value == ""


def _broken(mark: Any, file: str) -> Diagnostic:
    where = "" if mark is None else f" at line {mark.line + 1}, column {mark.column + 1}"
    return error(
        "E0507",
        f"this is not YAML that can be read{where}",
        place=Place(file),
        help="indent with spaces; a space stands after each `:`; text with `:`, `#` or quotes in it stands in quotes",
    )
