"""The grammar itself: no silent conflict, no word that swallows another, no name that the language takes away."""

from __future__ import annotations

import gzip
import json
import re
import subprocess
import sys
from pathlib import Path

import lark
import pytest

from ccm_policy.language import clauses, tables
from ccm_policy.language.format import format_expression
from ccm_policy.language.parser import parse, parse_expression
from ccm_policy.language.syntax import Compare, GivenRecord, Name, Number, Quantified, Shape
from ccm_policy.language.tables import SHIPPED, build, grammar, grammar_text
from tests.language.trees import FIELD_WORDS


def test_it_builds_without_conflict_and_without_words_that_clash() -> None:
    build(grammar_text(), strict=True)


def test_every_word_ends_at_a_word_edge() -> None:
    words = re.findall(r"^_?[A-Z_]+\.2: /(.*)/$", grammar_text(), re.MULTILINE)
    assert len(words) > 100
    assert [w for w in words if not w.endswith(r"(?!\w)") and not w.endswith(r"(?!\w))")] == []


@pytest.mark.parametrize(
    "text",
    [
        "payer is medicare ortho",
        "staff_minutes is atleast 20 minutes",
        "staff_minutes is at least 20minutes",
        "codeis 99490",
        "code is one of99490",
        "code in90951",
    ],
)
def test_words_that_run_together_are_not_read_as_two(text: str) -> None:
    expr, found = parse_expression(text)
    assert found or isinstance(expr, Name)


@pytest.mark.parametrize("word", [*FIELD_WORDS, "from", "to", "day", "month", "sum", "count", "latest_visit", "period"])
def test_a_field_may_be_called_like_a_word_of_the_language(word: str) -> None:
    expr, found = parse_expression(f"{word} is before time_log.{word}")
    assert not found
    assert expr == Compare("before", Name(word), Name(f"time_log.{word}"))


@pytest.mark.parametrize("word", sorted(clauses.RESERVED))
def test_a_reserved_word_is_no_name(word: str) -> None:
    _, found = parse(f"define {word}\n  as a\n", "f")
    assert [d.code for d in found] == ["CCM-E0121"]
    _, found = parse(f'fact place one of "{word}", other\n', "f")
    assert not found


def test_values_are_told_apart_by_shape() -> None:
    shapes = {"99490": Shape, "G0506": Shape, "0075T": Shape, "E11.9": Shape, "13202-01": Shape, "02": Shape}
    for text, kind in shapes.items():
        expr, _ = parse_expression(f"x is {text}")
        assert isinstance(expr, Compare)
        assert expr.right == kind(text)
    for text in ("1,440", "20", "66.13", "0", "0.5", "10,000"):
        expr, _ = parse_expression(f"x is {text}")
        assert isinstance(expr, Compare)
        assert isinstance(expr.right, Number)
    file, _ = parse("facts f\n  given programs practitioner_id dr-a, program ccm\n", "f")
    record = file.statements[0].clauses[0].body
    assert isinstance(record, GivenRecord)
    assert record.pairs[0].values == (Shape("dr-a"),)


def test_a_where_takes_everything_up_to_the_end_or_the_bracket() -> None:
    expr, _ = parse_expression("at least 2 conditions where a and b")
    assert isinstance(expr, Quantified)
    assert format_expression(expr) == "at least 2 conditions where a and b"
    expr, _ = parse_expression("(any stays where a) and b")
    assert not isinstance(expr, Quantified)


def test_every_rule_of_the_table_is_a_start_of_the_grammar() -> None:
    used = {rule for form in clauses.FORMS.values() for rule in form.clauses.values()} | {"without"}
    assert used - {"nothing"} | {"service_union"} == set(clauses.RULES) - {"nothing"}
    assert set(grammar().options.start) == set(tables.STARTS)


def test_kept_tables_read_as_built_ones(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("CCM_POLICY_CACHE", str(tmp_path))
    monkeypatch.setattr(tables, "SHIPPED", tmp_path / "none")
    grammar.cache_clear()
    text = "sum of minutes divided by patients_served, kept exact, over time_log where counts"
    built = grammar().parse(text, start="condition")
    (kept,) = tmp_path.glob("grammar-*/tables.json")
    grammar.cache_clear()
    with monkeypatch.context() as patch:
        patch.setattr(tables, "build", None)
        assert grammar().parse(text, start="condition") == built
    for damage in ("", "{}", '{"data": {}, "memo": {}}', "[1]", kept.read_text(encoding="utf-8")[:-20]):
        kept.write_text(damage, encoding="utf-8")
        grammar.cache_clear()
        assert grammar().parse(text, start="condition") == built
    grammar.cache_clear()


def test_the_shipped_tables_are_those_of_the_grammar(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    """When this fails, `make tables` after the change of `grammar.lark`. Who does so twice gets the same bytes."""
    shipped = json.loads(gzip.decompress(tables.SHIPPED.read_bytes()))
    assert shipped["key"] == tables.key_of(grammar_text(), shipped["lark"])
    if shipped["lark"] == lark.__version__:
        with monkeypatch.context() as patch:
            patch.setattr(tables, "SHIPPED", tmp_path / "again")
            tables.ship()
            assert gzip.decompress(tables.SHIPPED.read_bytes()) == gzip.decompress(SHIPPED.read_bytes())
        monkeypatch.setattr(tables, "build", None)
        monkeypatch.setenv("CCM_POLICY_CACHE", "off")
        grammar.cache_clear()
        assert grammar().parse("documented", start="condition") is not None
    grammar.cache_clear()


def test_only_reading_a_text_imports_the_parser_s_library() -> None:
    modules = "syntax tree diagnostics format layout clauses messages source stored"
    code = "import sys\n" + "".join(f"import ccm_policy.language.{m}\n" for m in modules.split())
    code += "sys.exit('lark' in sys.modules)"
    assert subprocess.run([sys.executable, "-c", code], check=False).returncode == 0
