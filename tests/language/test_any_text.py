"""Whatever stands in a text, reading it ends with a tree and messages, and every message points into the text."""

from __future__ import annotations

from pathlib import Path

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from ccm_policy.language.diagnostics import has_errors, render
from ccm_policy.language.format import format_file
from ccm_policy.language.parser import parse

GOOD = Path(__file__).parent / "good"
LINES = [line for path in sorted(GOOD.glob("*.policy")) for line in path.read_text(encoding="utf-8").splitlines()]
WORDS = sorted(
    {word for line in LINES for word in line.split()} | {">=", '"', "“", "(", ")", ",", "#", "and", "is", "\t"}
)
any_settings = settings(max_examples=200, deadline=None, suppress_health_check=[HealthCheck.too_slow])


@st.composite
def damaged(draw: st.DrawFn) -> str:
    """A stretch of good lines, with words taken out, put in, doubled or cut, and lines moved to the first column."""
    start = draw(st.integers(0, len(LINES) - 8))
    lines = LINES[start : start + draw(st.integers(1, 12))]
    for _ in range(draw(st.integers(1, 4))):
        at = draw(st.integers(0, len(lines) - 1))
        parts = lines[at].split(" ")
        place = draw(st.integers(0, len(parts) - 1))
        match draw(st.sampled_from(["out", "in", "cut", "indent", "outdent", "swap"])):
            case "out":
                del parts[place]
            case "in":
                parts.insert(place, draw(st.sampled_from(WORDS)))
            case "cut":
                parts[place] = parts[place][: draw(st.integers(0, 6))]
            case "indent":
                parts.insert(0, " ")
            case "outdent":
                parts = " ".join(parts).split()
            case _:
                parts.reverse()
        lines[at] = " ".join(parts)
    return "\n".join(lines)


WHOLE = ("CCM-E0101", "CCM-E0102", "CCM-E0143", "CCM-E0144")
"""Messages about where a statement or clause stands, which is read all the same."""


def reads_to_an_end(text: str) -> None:
    file, found = parse(text, "f")
    lines = text.replace("\r\n", "\n").replace("\r", "\n").split("\n")
    for diagnostic in found:
        span = diagnostic.span
        assert span is not None
        assert diagnostic.help
        assert 1 <= span.line <= span.end_line <= len(lines)
        assert 1 <= span.column <= len(lines[span.line - 1]) + 1
        assert (span.end_line, span.end_column) > (span.line, span.column)
        render(diagnostic, {"f": text})
    if not has_errors(found):
        again, wrong = parse(format_file(file), "f")
        assert not wrong
        assert again == file
    else:
        assert len(found) >= 1
        assert any(s.broken for s in file.statements) or any(d.code in WHOLE for d in found)


@any_settings
@given(damaged())
def test_a_damaged_policy(text: str) -> None:
    reads_to_an_end(text)


@any_settings
@given(st.text(max_size=120))
def test_any_text_at_all(text: str) -> None:
    reads_to_an_end(text)


@any_settings
@given(
    st.lists(st.sampled_from(WORDS), max_size=25), st.sampled_from(["requirement x\n  require ", "define x\n  as ", ""])
)
def test_any_words_of_the_language(words: list[str], start: str) -> None:
    reads_to_an_end(start + " ".join(words))
