"""What `SECURITY.md` promises: no code out of files, no network, no facts where they do not belong."""

from __future__ import annotations

import ast
import json
import os
import re
import socket
from dataclasses import replace
from pathlib import Path
from types import ModuleType

import pytest

import ccm_policy
from ccm_policy.cli.main import main
from ccm_policy.compile.program import Compiled, compiled
from ccm_policy.language import tree as t
from ccm_policy.site.page import Page, plain

ROOT = Path(__file__).parents[1]
PACKAGE = ROOT / "ccm_policy"
PATIENT = "patient-who-is-told-of"
CHART = ROOT / "tests" / "golden" / "plain_chart.json"
FORBIDDEN = {"pickle", "marshal", "shelve", "dill", "ctypes", "socket", "ssl", "http", "urllib", "requests", "ftplib"}
ALLOWED = {"site/links.py": {"urllib"}}
"""`urllib.parse` takes addresses apart there; nothing is opened."""
RUNS = {"eval", "exec", "compile", "__import__"}
RUN_BY = {"compile/names.py": {"exec", "compile"}}
"""Where Python is run that was made of a policy; what it may consist of is held below."""
PROGRAMS = {"subprocess": {"site/npm.py", "review/revisions.py"}}
"""npm is asked for one version of Pyodide, git for the policies of a revision. Neither is given facts."""


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
    assert called & RUNS <= RUN_BY.get(name, set())


SAID_IN = """
    Module FunctionDef arguments arg Return Assign AugAssign NamedExpr Expr If For While Continue Break Pass
    Raise IfExp Name Constant Tuple List Set Dict Subscript Slice Starred ListComp SetComp GeneratorExp
    comprehension Call Attribute Load Store Compare BoolOp And Or UnaryOp Not USub BinOp Add Sub Mult FloorDiv
    Mod BitAnd BitOr Is IsNot Eq NotEq Lt LtE Gt GtE In NotIn
"""
"""What Python that was made of a policy may consist of: reckoning, choosing, and calls by name."""
METHODS = {"append", "add", "get"}
FIELDS = {"early", "late"}
"""Of a share of minutes: on which days they lie at the earliest and at the latest."""
BUILTINS = {"all", "any", "frozenset", "len", "max", "min", "range", "sum", "tuple"}


def refuse_more_than_reckoning(made: Compiled) -> ast.AST:
    tree = ast.parse("\n".join([*made.writer.constants, *made.writer.functions]))
    assert {type(node).__name__ for node in ast.walk(tree)} <= set(SAID_IN.split())
    assert {node.attr for node in ast.walk(tree) if isinstance(node, ast.Attribute)} <= METHODS | FIELDS
    known = {name for name, value in made.names.items() if not isinstance(value, ModuleType)}
    own = {node.name for node in ast.walk(tree) if isinstance(node, ast.FunctionDef)}
    own |= {node.arg for node in ast.walk(tree) if isinstance(node, ast.arg)}
    own |= {node.id for node in ast.walk(tree) if isinstance(node, ast.Name) and isinstance(node.ctx, ast.Store)}
    names = {node.id for node in ast.walk(tree) if isinstance(node, ast.Name)}
    assert names <= known | own | BUILTINS
    assert not any("__" in name for name in names)
    return tree


@pytest.mark.parametrize("policy", ["medicare.claims", "medicare.rhc_fqhc"])
def test_python_made_of_a_policy_reckons_and_calls_what_it_was_given(policy: str) -> None:
    refuse_more_than_reckoning(compiled(ccm_policy.load().policies.program((policy,), "2026-03")))


@pytest.mark.parametrize("text", ["'); import os; ('", '"""', "\\", "\n    import os\n", "{S}", "\u2028x = 1"])
def test_a_text_of_a_policy_is_a_text_in_the_python_made_of_it(text: str) -> None:
    program = ccm_policy.load().policies.program(("core.apcm",), "2026-03")
    rule = program.rules[0]
    said = t.Const(text, t.TEXT)
    condition = t.Equal(t.Fact("payer", program.vocabulary.facts["payer"].type), said, rule.span)
    chosen = t.In(condition.left, (text, "other"), span=rule.span)
    program = replace(program, rules=(replace(rule, conditions=(condition, chosen)),), digest="")
    tree = refuse_more_than_reckoning(compiled(program))
    assert text in {node.value for node in ast.walk(tree) if isinstance(node, ast.Constant)}


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
