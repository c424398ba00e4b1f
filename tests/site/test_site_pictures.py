"""Pictures, highlighting and diagrams: well formed, told to screen readers, and true to what they show."""

from __future__ import annotations

import re
import xml.etree.ElementTree as ET
from decimal import Decimal
from pathlib import Path

from pygments import lex
from pygments.lexers import get_lexer_by_name
from pygments.token import Keyword, Literal, Name, Number, String

from ccm_policy import language
from ccm_policy.language.clauses import ALL_CLAUSE_WORDS, FORMS, TWO_WORDS, VERBS
from ccm_policy.site import charts, railroad
from ccm_policy.site.lexer import OPERATORS, PolicyLexer

SVG = "{http://www.w3.org/2000/svg}"
HERE = Path(__file__).parent / "library"


def read(picture: str) -> ET.Element:
    found = ET.fromstring(picture).find(f"{SVG}svg")
    assert found is not None
    return found


def texts(svg: ET.Element) -> list[str]:
    return [t.text or "" for t in svg.iter(f"{SVG}text")]


def test_minutes_are_marked_where_units_are_earned() -> None:
    points = [charts.Point(Decimal(40), 1), charts.Point(Decimal(60), 2)]
    svg = read(charts.minutes_bar("Minutes of a code", points, open_ended=False))
    assert texts(svg) == ["1 unit", "40 min", "2 units", "60 min", "0"]
    marks = [float(line.attrib["x1"]) for line in svg.iter(f"{SVG}line")]
    left, scale = 12.0, (charts.WIDTH - 24) / 70
    assert marks == [round(left + 40 * scale, 1), round(left + 60 * scale, 1)]
    assert svg.attrib["role"] == "img" and "from 40 minutes 1 unit" in svg.attrib["aria-label"]
    assert svg.findtext(f"{SVG}title") == "Minutes of a code"


def test_lines_leave_out_what_is_not_known() -> None:
    series = [charts.Series("facility", (Decimal("40.00"), None, Decimal("43.76")))]
    svg = read(charts.lines("Rates", ["2024", "2025", "2026"], series))
    assert len(list(svg.iter(f"{SVG}circle"))) == 2
    assert "2025" not in (svg.findtext(f"{SVG}desc") or "")
    assert charts.lines("Nothing", ["2024"], [charts.Series("x", (None,))]) == ""


def test_what_rose_and_what_fell_are_told_apart_without_colour() -> None:
    svg = read(charts.moved("Rates", [charts.Bar("a", Decimal("9.3")), charts.Bar("b", Decimal("-18.6"))]))
    assert texts(svg) == ["a", "+9.3 %", "b", "−18.6 %"]
    rose, fell = svg.iter(f"{SVG}rect")
    assert (rose.attrib["class"], fell.attrib["class"]) == ("rose", "fell")
    assert float(fell.attrib["width"]) == 2 * float(rose.attrib["width"])
    assert charts.moved("Nothing", [charts.Bar("a", Decimal(0))]) == ""


def test_a_title_cannot_break_a_picture() -> None:
    svg = read(charts.timeline('A "title" & <more>', [("a.b", [("2015-01", "a.b/2015-01/")])], 2015, 2016))
    assert svg.findtext(f"{SVG}title") == 'A "title" & <more>'
    assert [a.attrib["href"] for a in svg.iter(f"{SVG}a")] == ["a.b/2015-01/"]


def test_diagrams_show_the_grammar() -> None:
    rules = {rule.name: rule for rule in railroad.rules()}
    assert "number" in rules and len(rules) > 60
    for rule in rules.values():
        svg = ET.fromstring(rule.svg)
        assert svg.attrib["role"] == "group" and rule.text
    drawn = {railroad.said(name).replace(" ", "-") for name in rules}
    led = {a.attrib["href"].removeprefix("#") for r in rules.values() for a in ET.fromstring(r.svg).iter(f"{SVG}a")}
    assert led <= drawn
    assert rules["excluding"].text == "except VALUES"


def test_policy_text_is_highlighted() -> None:
    text = 'add requirement two_conditions\n  cite  mln15 at "p. 3"\n  require staff_minutes is at least 20 minutes\n'
    tokens = [(kind, value) for kind, value in lex(text, PolicyLexer()) if value.strip()]
    assert tokens[0] == (Keyword.Declaration, "add ")
    assert (Keyword.Declaration, "requirement") in tokens and (Name.Function, "two_conditions") in tokens
    assert (Keyword, "cite") in tokens and (String, '"p. 3"') in tokens
    assert (Number, "20") in tokens and (Keyword.Type, "minutes") in tokens
    dates = [(kind, value) for kind, value in lex("  month  2026-03\n", PolicyLexer()) if value.strip()]
    assert dates == [(Keyword, "month"), (Literal.Date, "2026-03")]


def test_the_lexer_loses_nothing_and_knows_every_statement() -> None:
    for file in HERE.glob("*.policy"):
        text = file.read_text(encoding="utf-8")
        assert "".join(value for _, value in lex(text, PolicyLexer(stripnl=False, ensurenl=False))) == text
    for kind in FORMS:
        assert (Keyword.Declaration, kind) in list(lex(f"{kind} something\n", PolicyLexer()))


PLAIN = {
    "above", "allowed", "an", "anyone", "are", "authorization", "beside", "both", "cent", "clock", "code",
    "counting", "covered", "date", "day", "days", "decides", "depends", "different", "dollars", "down", "else",
    "empty", "end", "exact", "first", "half", "held", "hold", "information", "kept", "less", "line", "lines",
    "looks", "lowers", "minute", "minutes", "missing", "months", "needs", "once", "outcome", "overlap",
    "own", "paid", "part", "pays", "percent", "percentage", "period", "processing", "rarely", "reaches",
    "required", "requires", "risk", "rounded", "rules", "separately", "set", "start", "supported", "than",
    "total", "two", "units", "unless", "up", "whose", "with", "without", "years", "yes", "yields",
}  # fmt: skip
"""Words of the grammar that have no colour of their own: what a reader takes for the author's."""


def test_each_word_of_the_grammar_is_coloured_or_plain() -> None:
    text = (Path(language.__file__).parent / "grammar.lark").read_text(encoding="utf-8")
    shapes = re.findall(r"^\w+(?:\.\d+)?: /(.*)/$", text, re.MULTILINE)
    words = {w for shape in shapes for w in re.findall(r"[a-z]{2,}", re.sub(r"\(\?[^)]*\)|\\[a-z]", " ", shape))}
    phrases = [*OPERATORS, *ALL_CLAUSE_WORDS, *TWO_WORDS.values(), *FORMS, *VERBS]
    coloured = {word for phrase in phrases for word in phrase.split()}
    assert (words - coloured - PLAIN, PLAIN & coloured, PLAIN - words) == (set(), set(), set())


def test_the_lexer_is_found_by_its_name() -> None:
    assert isinstance(get_lexer_by_name("policy"), PolicyLexer)
