"""Where the values of a proposed mapping come from, as it writes them, with the questions that they leave open."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

from ccm_policy.facts.durations import EITHER
from ccm_policy.facts.plan import Leaf
from ccm_policy.intake.dates import DAYS
from ccm_policy.intake.likeness import Column, Likeness, Names, Target
from ccm_policy.intake.quoting import quoted, values_text
from ccm_policy.intake.standing import Said
from ccm_policy.intake.values import NOTHING, NotRead, Reading, spelt, text_of
from ccm_policy.intake.words import export_words

_MOST_WORDS = 12
_FEW = 10
"""Words that fewer than one row in so many has are asked about together."""
_LENGTHS = ("hours", "seconds", "h:mm", "m:ss")


@dataclass(slots=True)
class Proposal:
    """The text of a mapping, and the questions that it leaves open."""

    lines: list[str] = field(default_factory=list)
    questions: list[str] = field(default_factory=list)
    rows: dict[str, int] = field(default_factory=dict)

    def text(self) -> str:
        """The mapping, as YAML."""
        return "\n".join(self.lines) + "\n"

    def ask(self, question: str) -> str:
        """A question; the comment that stands beside its line."""
        self.questions.append(question)
        return f"  # question {len(self.questions)}: {question}"


class Sources:
    """Writes where values come from."""

    def __init__(self, names: Names, proposal: Proposal) -> None:
        self.names, self.proposal = names, proposal
        self._few: list[str] = []
        self._few_at: int | None = None

    def text(self, each: Likeness, said: Said | None = None, *, quiet: bool = False, doubted: str | None = None) -> str:
        """Where a value comes from, with its form and the words that nothing knows; `said`: what another column says
        of it; `doubted`: a word of yes or no that is taken for one of those words."""
        own, notes = self._own(each, quiet, doubted)
        if said is None:
            return own + "".join(notes)
        other, more = self._said(said)
        first, second = (other, own) if said.first else (own, other)
        before = first[:-1] if first.startswith("{") else f"{{column: {first}"
        return f"{before}, else: {second}}}" + "".join(notes + more)

    def said(self, said: Said) -> str:
        """Where a value comes from of which only a column of outcomes or standing speaks."""
        text, notes = self._said(said)
        return text + "".join(notes)

    def _of_another(self, each: Likeness, word: str) -> bool:
        """Whether a word is one of another field of a record that is all there is of its list, as `Declined` where a
        column says how consent was given."""
        records, leaf = each.target.records, each.target.leaf
        if records is None or not records.decl.one_is_all:
            return False
        others = (Target(records, other) for other in records.fields.leaves() if other.type.kind == "value")
        return any(self.names.words(other).value(word) for other in others if other.leaf.path != leaf.path)

    def part(self, each: Likeness, split: str) -> str:
        """Where a value comes from that is a part of a cell."""
        own, notes = self._own(each, False, None, split)
        return own + "".join(notes)

    def _own(self, each: Likeness, quiet: bool, doubted: str | None, split: str = "") -> tuple[str, list[str]]:
        more, notes = [], []
        leaf, column = each.target.leaf, each.column
        if each.format == EITHER:
            if not quiet:
                notes.append(self._form(column, leaf))
        elif form := _written_form(each):
            more.append(form)
        words = self.unknown_words(each, doubted, split)
        others = {word for word in words if self._of_another(each, word)}
        asked = {word: count for word, count in words.items() if word not in others}
        if words:
            more.append(f"values: {values_text({word: NOTHING if word in others else None for word in words})}")
        if asked:
            notes.append(self.words(column, asked, leaf.type.values))
        if split:
            return f"{{{', '.join(['part: yes', *more])}}}", notes
        if not more:
            return quoted(column.name), notes
        return f"{{column: {quoted(column.name)}, {', '.join(more)}}}", notes

    def _said(self, said: Said) -> tuple[str, list[str]]:
        each = said.likeness
        notes = [self._form(each.column, each.target.leaf)] if each.format == EITHER else []
        if said.asked:
            of = each.target.leaf.type.values
            notes.append(self.words(each.column, said.asked, (*of, NOTHING) if of else ("none",)))
        more = [f"column: {quoted(each.column.name)}"]
        if form := _written_form(each):
            more.append(form)
        if said.values:
            more.append(f"values: {values_text(said.values)}")
        return f"{{{', '.join(more)}}}", notes

    def _form(self, column: Column, leaf: Leaf) -> str:
        forms = ("m/d/yyyy", "d/m/yyyy") if leaf.type.kind in DAYS else ("h:mm", "m:ss")
        either = " or ".join(f"{{column: {quoted(column.name)}, format: {quoted(form)}}}" for form in forms)
        return self.proposal.ask(f"nothing in `{column.name}` tells its form; write {either}")

    def unknown_words(self, each: Likeness, doubted: str | None = None, split: str = "") -> dict[str, int]:
        """The words of a column of a closed set that nothing knows, with their counts."""
        if not each.target.leaf.type.values:
            return {}
        reading = Reading(leaf=each.target.leaf, words=self.names.words(each.target), mapped={})
        seen: Counter[str] = Counter()
        parts = (part.strip() for cell in each.column.cells for part in str(cell).split(split)) if split else ()
        for cell in parts if split else each.column.cells:
            found, text = reading.read(cell), text_of(cell) or ""
            if isinstance(found, NotRead) and found.word:
                seen[found.word] += 1
            elif doubted is not None and export_words().yes_no.get(spelt(text)) == doubted:
                seen[text] += 1
        return dict(seen.most_common(_MOST_WORDS))

    def words(self, column: Column, words: Mapping[str, int], values: Sequence[str]) -> str:
        """The question of words that nothing knows; those of few rows are one question together."""
        listed = ", ".join(f'"{word}" ({count} row{"s" if count > 1 else ""})' for word, count in words.items())
        what = f"{listed} of `{column.name}`"
        if sum(words.values()) * _FEW > len(column.cells):
            return self.proposal.ask(f"what are the words {what}: {', '.join(values)}, or `unknown`?")
        if self._few_at is None:
            self._few_at = len(self.proposal.questions)
            self.proposal.questions.append("")
        self._few.append(what)
        whole = f"what are the words {'; '.join(self._few)}? while they are `unknown` the patients of these rows wait"
        self.proposal.questions[self._few_at] = whole
        return f"  # question {self._few_at + 1}: one of {', '.join(values)}, or `unknown`"


def _written_form(each: Likeness) -> str:
    """The form that the values tell, where they need one."""
    if each.format in _LENGTHS:
        return f"format: {quoted(str(each.format))}"
    if each.format in ("mdy", "dmy") and any(isinstance(cell, str) and "/" in cell for cell in each.column.cells):
        return f"format: {'m/d/yyyy' if each.format == 'mdy' else 'd/m/yyyy'}"
    return ""
