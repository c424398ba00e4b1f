"""Reads a policy file's bytes as text, and says plainly when that is not possible."""

from __future__ import annotations

import re
from collections.abc import Iterable
from pathlib import Path

from ccm_policy.language.diagnostics import Diagnostic, Span, error

_HIDDEN = re.compile(r"[\x00-\x08\x0b\x0c\x0e-\x1f\x7f\x85\u200b-\u200f\u2028-\u202e\u2060\ufeff]")


def read_source(path: str | Path) -> tuple[str, list[Diagnostic]]:
    """The text of a file, with `\\n` line ends and no byte order mark; empty where the file cannot be read as text."""
    name = str(path)
    start = Span(name, 0, 0, 0, 0)
    try:
        data = Path(path).read_bytes()
    except FileNotFoundError:
        return "", [_not_there(name)]
    except IsADirectoryError:
        return "", [error("E0131", f"{name} is a folder, not a file", help="name a file in it")]
    except OSError as fault:
        reason = fault.strerror or "the system refused"
        return "", [
            error("E0132", f"{name} cannot be read: {reason}", help="check its permissions, or where its link leads")
        ]
    if data.startswith((b"\xff\xfe", b"\xfe\xff")):
        return "", [_not_utf8(start, "it is UTF-16")]
    if b"\x00" in data:
        return "", [error("E0134", "this is not a text file", start, help="a policy file is plain text")]
    try:
        text = data.decode("utf-8-sig")
    except UnicodeDecodeError as fault:
        line = data.count(b"\n", 0, fault.start) + 1
        return "", [_not_utf8(start, f"line {line} has a byte that is not UTF-8")]
    text = text.replace("\r\n", "\n").replace("\r", "\n")
    return text, _hidden(text, name) or _empty(text, start)


def _not_there(name: str) -> Diagnostic:
    return error("E0130", f"there is no file {name}", help="check the path; policy files end in .policy")


def _not_utf8(span: Span, why: str) -> Diagnostic:
    return error(
        "E0133",
        f"the text is not in UTF-8: {why}",
        span,
        help="save the file as UTF-8 (in most editors under “Save as”)",
    )


def _hidden(text: str, name: str) -> list[Diagnostic]:
    found = _HIDDEN.search(text)
    if found is None:
        return []
    line = text.count("\n", 0, found.start()) + 1
    column = found.start() - text.rfind("\n", 0, found.start())
    span = Span(name, line, column, line, column + 1)
    return [
        error(
            "E0135",
            f"an invisible character stands here (U+{ord(found.group()):04X})",
            span,
            help="delete it; it came from copying, most likely",
        )
    ]


def _empty(text: str, span: Span) -> list[Diagnostic]:
    if text.strip():
        return []
    return [error("E0136", "the file is empty", span, help="write a statement, or remove the file")]


def policy_files(paths: Iterable[Path]) -> tuple[list[Path], list[Diagnostic]]:
    """The policy files that were named, and those in the folders that were named, hidden folders left out."""
    files: list[Path] = []
    wrong: list[Diagnostic] = []
    for path in paths:
        if path.is_dir():
            found = sorted(p for p in path.rglob("*.policy") if not _in_hidden(p.relative_to(path)))
            if not found:
                help = "name a folder that holds *.policy files"
                wrong.append(error("E0137", f"there is no policy file in {path}", help=help))
            files += found
        elif path.exists() or path.is_symlink():
            files.append(path)
        else:
            wrong.append(_not_there(str(path)))
    return list(dict.fromkeys(files)), wrong


def _in_hidden(path: Path) -> bool:
    return any(part.startswith(".") for part in path.parts)
