"""Every ruling that is cited is defined in `docs/language/rulings.md`, and every one that is defined has a test."""

from __future__ import annotations

import ast
import re
from functools import cache
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[1]
PAGE = ROOT / "docs" / "language" / "rulings.md"
ROW = re.compile(r'^\| <span id="(\w+)">([SDL]\d+)</span> \| (.+) \| (.+) \| `(\S+)::(\w+)` \|$', re.MULTILINE)
CITED = re.compile(r"\b([SDL])(\d{1,2})(?: to \1(\d{1,2}))?\b(?!\.\d)")
OF_A_TEST = re.compile(r"^\s*def test_([sdl])(\d{1,2})_", re.MULTILINE)
READ = {"ccm_policy": ("*.py", "*.md", "*.lark"), "tests": ("*.py",), "docs": ("*.md",)}


@cache
def defined() -> dict[str, tuple[str, ...]]:
    return {row[1]: row for row in ROW.findall(PAGE.read_text(encoding="utf-8"))}


@cache
def cited() -> dict[str, list[str]]:
    """Each number and the files that name it; `S12 to S18` names all between."""
    found: dict[str, list[str]] = {}
    for folder, kinds in READ.items():
        for path in sorted(p for kind in kinds for p in (ROOT / folder).rglob(kind) if p not in (PAGE, Path(__file__))):
            text = path.read_text(encoding="utf-8")
            names = [f"{letter.upper()}{number}" for letter, number in OF_A_TEST.findall(text)]
            for letter, first, last in CITED.findall(text):
                names += [f"{letter}{number}" for number in range(int(first), int(last or first) + 1)]
            for name in dict.fromkeys(names):
                found.setdefault(name, []).append(path.relative_to(ROOT).as_posix())
    return found


@cache
def functions(file: str) -> set[str]:
    tree = ast.parse((ROOT / "tests" / file).read_text(encoding="utf-8"))
    return {node.name for node in ast.walk(tree) if isinstance(node, ast.FunctionDef)}


def test_every_number_that_is_cited_is_defined() -> None:
    assert {name: files for name, files in cited().items() if name not in defined()} == {}


def test_every_number_that_is_defined_is_cited() -> None:
    assert [name for name in defined() if name not in cited()] == []


@pytest.mark.parametrize("name", defined())
def test_every_ruling_has_an_example_and_a_test(name: str) -> None:
    anchor, _, settled, example, file, test = defined()[name]
    assert anchor == name.lower()
    assert settled.endswith(".") and example
    assert test.startswith("test_") and test in functions(file)


def test_each_stands_once_and_in_one_form() -> None:
    rows = [line for line in PAGE.read_text(encoding="utf-8").splitlines() if line.startswith("| <span")]
    assert len(rows) == len(defined())
