"""What is said about broken texts: each file in `bad/` beside its exact messages, and each code in the catalogue."""

from __future__ import annotations

import re
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
import yaml

from ccm_policy.language import messages, source, unexpected
from ccm_policy.language.diagnostics import render
from ccm_policy.language.parser import parse, parse_expression
from ccm_policy.language.tables import grammar

HERE = Path(__file__).parent
LANGUAGE = Path(str(messages.__file__)).parent
CATALOGUE: list[dict[str, Any]] = yaml.safe_load((LANGUAGE / "catalogue" / "syntax.yaml").read_text(encoding="utf-8"))
TEXTS = [entry for entry in CATALOGUE if entry.get("about") != "file"]


def said_about(text: str, name: str) -> str:
    _, found = parse(text, name)
    return "\n\n".join(render(d, {name: text}) for d in found) + "\n"


@pytest.mark.parametrize("path", sorted((HERE / "bad").glob("*.policy")), ids=lambda p: p.stem)
def test_a_broken_text_gets_these_messages(path: Path, golden: Callable[[Path, str], None]) -> None:
    golden(path.with_suffix(".messages"), said_about(path.read_text(encoding="utf-8"), path.name))


@pytest.mark.parametrize("entry", TEXTS, ids=lambda e: e["code"])
def test_the_catalogue_s_wrong_text_gets_its_code_and_the_right_one_none(entry: dict[str, Any]) -> None:
    _, wrong = parse(entry["wrong"], "wrong")
    assert [d.code for d in wrong] == [f"CCM-{entry['code']}"]
    _, right = parse(entry["right"], "right")
    assert right == []


def test_every_code_that_can_be_said_stands_in_the_catalogue() -> None:
    said = {
        code
        for module in (messages, source, unexpected)
        for code in re.findall(r'"(E01\d\d)"', Path(str(module.__file__)).read_text(encoding="utf-8"))
    }
    said |= set(re.findall(r'"(E01\d\d)"', (LANGUAGE.parent / "cli" / "format.py").read_text(encoding="utf-8")))
    assert said == {entry["code"] for entry in CATALOGUE}


def test_no_message_shows_a_word_of_the_parser() -> None:
    terminals = {
        t.name.strip("_") for t in grammar().terminals if "_" in t.name.strip("_") or t.name in ("NAME", "LPAR")
    }
    shown = "\n".join(p.read_text(encoding="utf-8") for p in (HERE / "bad").glob("*.messages"))
    text = "\n".join(line for line in shown.splitlines() if line.startswith(("error", "  help")))
    found = {t for t in terminals if re.search(rf"\b{t}\b", text)}
    assert found <= {"NAME"}  # the reference's own word for "your name here"
    assert not re.search(r"\b(token|terminal|lark|Unexpected|Traceback|None|Token)\b", text)


@pytest.mark.parametrize("end", ["\n", "\r\n", "\r"])
@pytest.mark.parametrize("indent", ["  ", "\t", " \t  ", "\u00a0 "])
def test_line_ends_and_kinds_of_blank_do_not_matter(end: str, indent: str) -> None:
    text = "\ufeff" + end.join(["requirement x", f"{indent}require a and", f"{indent}{indent}b", ""])
    plain, _ = parse("requirement x\n  require a and b\n", "f")
    read, found = parse(text, "f")
    assert not found
    assert read == plain
    assert read.statements[0].clauses[0].span.line == 2


def test_an_expression_by_itself_is_read_with_its_messages() -> None:
    expr, found = parse_expression("staff_minutes is at least 20 minutes")
    assert expr is not None
    assert not found
    expr, found = parse_expression("staff_minutes >= 20")
    assert expr is None
    assert [d.code for d in found] == ["CCM-E0113"]


def test_one_clause_s_error_leaves_the_rest_of_the_tree() -> None:
    file, found = parse('requirement x\n  title "T"\n  require a >= 2\n  remedy "R"\nfact y date\n', "f")
    assert len(found) == 1
    rule, fact = file.statements
    assert [c.word for c in rule.clauses] == ["title", "remedy"]
    assert rule.broken
    assert not fact.broken
