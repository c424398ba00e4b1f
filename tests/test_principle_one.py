"""Principle 1: the policies are the product. No string in the package is a billing code, or a payer, plan, state, role
or programme of the vocabulary; a new one is policy files and fee schedules, and nothing else.
"""

from __future__ import annotations

import ast
import re
from functools import cache
from pathlib import Path

import pytest

from ccm_policy import library
from ccm_policy.language import syntax

PACKAGE = Path(__file__).parents[1] / "ccm_policy"
CODE = re.compile(r"\b(?:[0-9]{5}|[A-Z][0-9]{4}|[0-9]{4}[A-Z])\b")
MESSAGE = re.compile(r"\b(?:CCM-)?[EW]0[1-9][0-9]{2}\b")
"""The codes of messages have the shape of billing codes."""
SELECTING = ("payer", "plan", "state", "programme", "practitioner.type", "role")
"""Facts and sets of values whose words belong to the policies."""

ALLOWED = {
    "other": "the word of a sentence, and the last value of many sets",
}


@cache
def words_of_the_policies() -> frozenset[str]:
    loaded = library.load()
    vocabulary = loaded.vocabulary
    words: set[str] = set()
    for name in SELECTING:
        if name in vocabulary.facts:
            words |= set(vocabulary.facts[name].type.values)
        if name in vocabulary.values:
            words |= set(vocabulary.values[name].values)
    for members in vocabulary.roles.values():
        words |= set(members)
    for file in loaded.files:
        header = file.header
        for clause in header.all("applies") if header else ():
            words |= {n.path for n in names_in(clause.body) if "." not in n.path and n.path not in vocabulary.facts}
        if header:
            words.add(header.name)
    return frozenset(words - ALLOWED.keys())


def names_in(body: object) -> list[syntax.Name]:
    if isinstance(body, syntax.Name):
        return [body]
    found: list[syntax.Name] = []
    for slot in getattr(body, "__dataclass_fields__", {}):
        value = getattr(body, slot)
        for part in value if isinstance(value, tuple) else (value,):
            found += names_in(part)
    return found


def literals(path: Path) -> list[tuple[int, str]]:
    tree = ast.parse(path.read_text(encoding="utf-8"))
    prose = {
        id(node.value)
        for node in ast.walk(tree)
        if isinstance(node, ast.Expr) and isinstance(node.value, ast.Constant) and isinstance(node.value.value, str)
    }
    return [
        (node.lineno, node.value)
        for node in ast.walk(tree)
        if isinstance(node, ast.Constant) and isinstance(node.value, str) and id(node) not in prose
    ]


@pytest.mark.parametrize("path", sorted(PACKAGE.rglob("*.py")), ids=lambda p: str(p.relative_to(PACKAGE)))
def test_no_string_is_a_word_of_the_policies(path: Path) -> None:
    words = words_of_the_policies()
    offending = [(line, text) for line, text in literals(path) if text in words or CODE.search(MESSAGE.sub("", text))]
    assert not offending, f"{path.relative_to(PACKAGE)}: {offending}"


@pytest.mark.parametrize("path", sorted(PACKAGE.rglob("*.py")), ids=lambda p: str(p.relative_to(PACKAGE)))
def test_no_code_stands_in_the_text_of_a_module(path: Path) -> None:
    """Not even in the words about it: help and docstrings say `CODE`."""
    assert not re.search(r"\b(?:9[089][0-9]{3}|G[0-9]{4})\b", path.read_text(encoding="utf-8"))


def test_the_words_are_really_found() -> None:
    assert {"medicare", "rn", "ccm", "np", "NY"} <= words_of_the_policies()
