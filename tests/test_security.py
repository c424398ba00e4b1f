"""What `SECURITY.md` promises: no code out of files, no network, no facts where they do not belong."""

from __future__ import annotations

import ast
import json
import os
import re
import socket
from pathlib import Path

import pytest

from ccm_policy.cli.main import main
from ccm_policy.site.page import Page, plain

ROOT = Path(__file__).parents[1]
PACKAGE = ROOT / "ccm_policy"
PATIENT = "patient-who-is-told-of"
CHART = ROOT / "tests" / "golden" / "plain_chart.json"
FORBIDDEN = {"pickle", "marshal", "shelve", "dill", "ctypes", "socket", "ssl", "http", "urllib", "requests", "ftplib"}
ALLOWED = {"site/links.py": {"urllib"}}
"""`urllib.parse` takes addresses apart there; nothing is opened."""
RUNS = {"eval", "exec", "compile", "__import__"}
PROGRAMS = {"subprocess": {"site/npm.py"}}


def imported(tree: ast.AST) -> set[str]:
    found: set[str] = set()
    for node in ast.walk(tree):
        if isinstance(node, ast.Import):
            found |= {alias.name.partition(".")[0] for alias in node.names}
        elif isinstance(node, ast.ImportFrom) and node.module:
            found.add(node.module.partition(".")[0])
    return found


@pytest.mark.parametrize("path", sorted(PACKAGE.rglob("*.py")), ids=lambda p: p.relative_to(PACKAGE).as_posix())
def test_no_module_runs_text_or_opens_a_connection(path: Path) -> None:
    tree, name = ast.parse(path.read_text(encoding="utf-8")), path.relative_to(PACKAGE).as_posix()
    assert imported(tree) & FORBIDDEN <= ALLOWED.get(name, set())
    assert "subprocess" not in imported(tree) or name in PROGRAMS["subprocess"]
    called = {n.func.id for n in ast.walk(tree) if isinstance(n, ast.Call) and isinstance(n.func, ast.Name)}
    assert not called & RUNS


def test_deciding_opens_no_connection_and_keeps_no_facts(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def refuse(*_: object, **__: object) -> None:
        raise AssertionError("a connection was asked for")

    monkeypatch.setattr(socket, "socket", refuse)
    monkeypatch.setattr(socket, "create_connection", refuse)
    record = json.loads(CHART.read_text(encoding="utf-8")) | {"patient_id": PATIENT}
    (tmp_path / "chart.json").write_text(json.dumps(record), encoding="utf-8")
    assert main(["evaluate", str(tmp_path / "chart.json")]) == 0
    assert main(["explain", str(tmp_path / "chart.json"), "--patient", PATIENT]) == 0
    kept = [file for file in Path(os.environ["CCM_POLICY_CACHE"]).rglob("*") if file.is_file()]
    assert kept
    assert not [file for file in kept if PATIENT.encode() in file.read_bytes()]


def test_what_a_policy_says_is_text_on_the_site() -> None:
    evil = '</title><img src=x onerror=alert(1)>&lt;b&gt;" onload="y [a](javascript:z)'
    page = Page(path="p.md", title=evil, body=plain(evil), summary=evil, also=(evil,)).text()
    front, _, body = page.partition("\n---\n")
    assert "<" not in front and "&lt;" not in front and all(line.count('"') in (0, 2) for line in front.splitlines())
    assert not re.search(r"(?<!\\)<|(?<!\\)\]\(", body)
