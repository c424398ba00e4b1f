"""What holds on Windows as on Linux: encodings and line ends are named, and no file has a name that a system refuses.

That no name of one system alone is used is for mypy to say, which knows each system's library.
"""

from __future__ import annotations

import ast
import io
import re
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from ccm_policy.cli import main as command
from ccm_policy.language.diagnostics import Place, Span, error, render

ROOT = Path(__file__).parents[1]
FOLDERS = ("ccm_policy", "tests", "benchmarks", "examples", ".ci", "policies", "fee_schedules", "docs", ".github")
SOURCES = sorted(p for folder in FOLDERS for p in (ROOT / folder).rglob("*.py") if "__pycache__" not in p.parts)
RESERVED = re.compile(r"(con|prn|aux|nul|com\d|lpt\d)(\..*)?", re.IGNORECASE)
REFUSED = re.compile(r'[<>:"|?*\\\x00-\x1f]|[. ]$')
LONGEST = 130
"""Characters of a path inside the checkout. Windows allows the whole path 260, and checkouts lie deep in folders."""


def calls(tree: ast.AST) -> Iterator[tuple[str, ast.Call]]:
    """Every call, with the last part of what is called."""
    for node in ast.walk(tree):
        if isinstance(node, ast.Call):
            called = node.func
            yield getattr(called, "attr", getattr(called, "id", "")), node


def is_binary(node: ast.Call) -> bool:
    """Whether a call of `open` says a mode without text."""
    given = [*node.args, *(word.value for word in node.keywords if word.arg == "mode")]
    modes = [a.value for a in given if isinstance(a, ast.Constant) and isinstance(a.value, str)]
    return any(re.fullmatch("[rwaxb+]*b[rwaxb+]*", mode) for mode in modes)


def unnamed(source: str, newlines: bool) -> list[str]:
    """Calls that leave to the system what bytes a text has: its encoding, and in the package its line ends."""
    found = []
    for name, node in calls(ast.parse(source)):
        words = {word.arg for word in node.keywords}
        reads = name in ("read_text", "TextIOWrapper") or (name == "open" and _is_a_file(node) and not is_binary(node))
        if (reads or name == "write_text") and "encoding" not in words:
            found.append(f"line {node.lineno}: {name} without encoding")
        if name == "write_text" and newlines and "newline" not in words:
            found.append(f"line {node.lineno}: {name} without newline")
        if {"text", "universal_newlines"} & words and name in ("run", "Popen", "check_output"):
            found.append(f"line {node.lineno}: {name} with text=True; name the encoding")
    return found


def _is_a_file(node: ast.Call) -> bool:
    """`os.open` opens bytes, `tarfile.open` an archive."""
    owner = getattr(node.func, "value", None)
    return not (isinstance(owner, ast.Name) and owner.id in ("os", "tarfile", "gzip"))


@pytest.mark.parametrize("path", SOURCES, ids=lambda p: p.relative_to(ROOT).as_posix())
def test_every_text_names_its_encoding(path: Path) -> None:
    own_reader = path.relative_to(ROOT).as_posix().startswith("ccm_policy/fees/")  # its `read_text` decodes by itself
    found = unnamed(path.read_text(encoding="utf-8"), newlines=path.is_relative_to(ROOT / "ccm_policy"))
    assert [said for said in found if not (own_reader and ": read_text " in said)] == []


@pytest.mark.parametrize(
    ("source", "times"),
    [
        ("p.read_text()", 1),
        ("p.open()", 1),
        ("open(p, 'w')", 1),
        ("p.write_text(t)", 2),
        ("p.write_text(t, encoding='utf-8')", 1),
        ("subprocess.run(c, text=True)", 1),
        ("p.open('rb')", 0),
        ("os.open(p, flags)", 0),
        ("p.read_text(encoding='utf-8')", 0),
    ],
)
def test_what_is_not_named_is_found(source: str, times: int) -> None:
    assert len(unnamed(source, newlines=True)) == times


def test_every_file_has_a_name_that_every_system_allows() -> None:
    paths = [
        p.relative_to(ROOT) for folder in FOLDERS for p in (ROOT / folder).rglob("*") if "__pycache__" not in p.parts
    ]
    assert [
        p.as_posix() for p in paths if any(REFUSED.search(part) or RESERVED.fullmatch(part) for part in p.parts)
    ] == []
    assert [p.as_posix() for p in paths if len(p.as_posix()) > LONGEST] == []
    told_apart = {p.as_posix().lower() for p in paths}
    assert len(told_apart) == len(paths)


def test_a_message_shows_paths_in_one_way(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("os.sep", "\\")
    span = Span("policies\\own.policy", 3, 1, 3, 2)
    told = error("E0101", "x", span), error("E0501", "y", place=Place("clinic\\months.csv", 4))
    assert [render(each).splitlines()[1] for each in told] == [
        "  --> policies/own.policy:3:1",
        "  --> clinic/months.csv, row 4",
    ]
    assert [each.to_dict()["file"] for each in told] == ["policies/own.policy", "clinic/months.csv"]


def test_output_has_the_same_bytes_on_every_console(monkeypatch: pytest.MonkeyPatch) -> None:
    """A console of Windows writes CR LF, in an encoding without most letters."""
    written = io.BytesIO()
    console = io.TextIOWrapper(written, encoding="cp1252", newline="\r\n")
    monkeypatch.setattr(sys, "stdout", console)
    command._open_streams()
    console.write("\u2265 2 \u2192 ok\n")
    console.flush()
    assert written.getvalue() == "\u2265 2 \u2192 ok\n".encode()


def test_a_reader_that_is_gone_is_known_on_windows_too(monkeypatch: pytest.MonkeyPatch) -> None:
    gone = OSError(22, "Invalid argument")
    assert not command._reader_is_gone(gone)
    monkeypatch.setattr(sys, "platform", "win32")
    assert command._reader_is_gone(gone)
    assert not command._reader_is_gone(OSError(22, "Invalid argument", "a?.csv"))
