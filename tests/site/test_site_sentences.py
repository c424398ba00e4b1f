"""A hundred conditions and the sentences that are made of them, to be read aloud: `library/sentences.txt`.

The library beside this file says each condition as a rule; the golden text has the rule, and the sentence under it.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path

from ccm_policy import fees, library
from ccm_policy.language.format_expressions import format_expression
from ccm_policy.language.syntax import Clause
from ccm_policy.site.book import Book
from ccm_policy.site.prose import lexicon, statements

HERE = Path(__file__).parent / "library"
POLICY, MONTH = "sentences", "2026-03"


def book() -> Book:
    return Book(library=library.load(HERE, cache=False), fees=fees.load(), lexicon=lexicon.read(HERE))


def said(kept: Book) -> Iterator[str]:
    say = kept.speaker((POLICY,), MONTH)
    program = kept.program((POLICY,), MONTH)
    for entry in kept.entries.values():
        node = program.services.get(entry.name) if entry.kind == "service" else kept.typed(entry, entry.last)
        clause = entry.last.statement.one("require")
        asked = written(clause) if clause is not None and entry.kind == "requirement" else f"{entry.kind} {entry.name}"
        yield asked
        assert node is not None
        for sentence in statements.sentences(node, say):
            yield f"    {sentence}"
        for waiver in getattr(node, "waivers", ()):
            yield f"    {statements.exception(waiver, say)}"


def written(clause: Clause) -> str:
    return format_expression(clause.body)  # type: ignore[arg-type]


def test_a_hundred_sentences(golden: Callable[[Path, str], None]) -> None:
    lines = list(said(book()))
    assert sum(line.startswith("    ") for line in lines) >= 100
    golden(HERE / "sentences.txt", "\n".join(lines) + "\n")


def test_every_sentence_is_one() -> None:
    """A capital letter first, one full stop last, nothing of the language's own spelling in between."""
    for line in said(book()):
        if line.startswith("    "):
            sentence = line.strip()
            assert sentence[0].isupper() or sentence[0].isdigit(), sentence
            assert sentence.endswith(".") and not sentence.endswith(".."), sentence
            assert "_" not in sentence and "  " not in sentence, sentence


def test_without_phrases_names_are_read_aloud(tmp_path: Path) -> None:
    """A library that brings no phrases still says its rules, from titles and names."""
    for file in HERE.glob("*.policy"):
        (tmp_path / file.name).write_text(file.read_text(encoding="utf-8"), encoding="utf-8")
    plain = Book(library=library.load(tmp_path, cache=False), fees=fees.load(), lexicon=lexicon.read(tmp_path))
    entry = plain.entries[POLICY, "requirement", "r001"]
    node = plain.typed(entry, entry.last)
    assert node is not None
    sentences = statements.sentences(node, plain.speaker((POLICY,), MONTH))
    assert sentences == ["At least two conditions that last 12 months and are significant risk."]
