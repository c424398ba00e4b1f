"""Writing a tree and reading it back gives the same tree; laying a text out twice changes nothing."""

from __future__ import annotations

import dataclasses
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings

from ccm_policy.language import syntax
from ccm_policy.language.diagnostics import render
from ccm_policy.language.format import format_expression, format_file
from ccm_policy.language.parser import parse, parse_expression
from ccm_policy.language.syntax import Expr, File
from tests.language.trees import expressions, files

ROOT = Path(__file__).parents[2]
SHIPPED = sorted([*(ROOT / "policies").rglob("*.policy"), *(Path(__file__).parent / "good").glob("*.policy")])
random_trees = settings(
    max_examples=150, deadline=None, suppress_health_check=[HealthCheck.too_slow, HealthCheck.data_too_large]
)


@random_trees
@given(expressions)
def test_an_expression_written_and_read_is_the_same(expr: Expr) -> None:
    text = format_expression(expr)
    read, found = parse_expression(text)
    assert not found, "\n".join([text, *(render(d) for d in found)])
    assert read == expr, text


def bare(node: Any) -> Any:
    """A tree without its brackets."""
    if isinstance(node, syntax.Bracketed):
        return bare(node.operand)
    if isinstance(node, tuple):
        return tuple(bare(item) for item in node)
    if dataclasses.is_dataclass(node) and not isinstance(node, type):
        return dataclasses.replace(node, **{f.name: bare(getattr(node, f.name)) for f in dataclasses.fields(node)})
    return node


@random_trees
@given(expressions)
def test_brackets_are_put_where_a_tree_needs_them(expr: Expr) -> None:
    without = bare(expr)
    text = format_expression(without)
    read, found = parse_expression(text)
    assert not found, "\n".join([text, *(render(d) for d in found)])
    assert bare(read) == without, text


@random_trees
@given(files)
def test_a_file_written_and_read_is_the_same(file: File) -> None:
    text = format_file(file)
    read, found = parse(text, file.path)
    assert not found, "\n".join([text, *(render(d, {file.path: text}) for d in found)])
    assert read == file, text
    assert format_file(read) == text
    assert _remarks(read) == _remarks(file), text


def _remarks(file: File) -> list[str]:
    """Every comment, in order."""
    found: list[str] = []
    for statement in file.statements:
        found += [*statement.comments, statement.trailing or ""]
        for clause in statement.clauses:
            found += [*clause.comments, clause.trailing or ""]
        found += statement.comments_at_end
    return [c for c in (*found, *file.comments_at_end) if c]


@pytest.mark.parametrize("path", SHIPPED, ids=lambda p: str(p.relative_to(ROOT)))
def test_a_shipped_file_keeps_its_meaning_and_comments_when_laid_out(path: Path) -> None:
    file, found = parse(path.read_text(encoding="utf-8"), str(path))
    assert not found, "\n".join(map(render, found))
    text = format_file(file)
    again, _ = parse(text, str(path))
    assert again == file
    assert format_file(again) == text
    assert _remarks(again) == _remarks(file)
