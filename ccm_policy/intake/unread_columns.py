"""Columns that a proposal does not map: what their names tell is held open, and what else they may say is asked for all
together."""

from __future__ import annotations

from collections.abc import Collection

from ccm_policy.intake.likeness import Column, Names
from ccm_policy.intake.looked_at import Export
from ccm_policy.intake.mapping import IGNORE, NOT_READ
from ccm_policy.intake.quoting import quoted
from ccm_policy.intake.sources import Proposal
from ccm_policy.intake.standing import open_words, words_before_days
from ccm_policy.intake.unread import Hold, Speaking, says_something, unread
from ccm_policy.intake.values import text_of
from ccm_policy.intake.words import export_words

_MOST, _LONGEST = 12, 40


class UnreadColumns:
    """Writes the columns that nothing uses, as far as they may speak of something."""

    def __init__(self, names: Names, proposal: Proposal) -> None:
        self.names, self.proposal, self.speaking = names, proposal, Speaking(names)
        self.mapped: Collection[str] = ()
        self._asked: list[str] = []
        self._at: int | None = None

    def givings(self, export: Export) -> None:
        """A record that nobody knows for each cell that tells of something of which mostly there is nothing."""
        for column in export.columns:
            if column.name in export.used() or column.numbers:
                continue
            for hold in self.speaking.of(column):
                if hold.field is None and hold.named:
                    export.more.add(column.name)
                    self.lines_of(column, hold)

    def lines_of(self, column: Column, hold: Hold) -> None:
        """That a cell tells of a record, and nothing more of it."""
        assert hold.list is not None
        texts = {text for cell in column.cells if (text := text_of(cell)) and not says_something(cell)}
        but = f"is_not: [{', '.join(map(quoted, sorted(texts)))}]" if texts else "filled: yes"
        first = next(iter(self.names.plan.lists[hold.list].decl.fields))
        self.proposal.lines += [
            f"      - list: {hold.list}  # of which a row with `{column.name}` tells; which it is, is not known",
            f"        only: [{{column: {quoted(column.name)}, {but}}}]",
            f"        fields: {{{first}: {{constant: unknown}}}}",
        ]

    def lines(self, export: Export, left: Collection[str]) -> None:
        """The columns of which it is asked what they say."""
        asked = {
            column.name: likely
            for column in export.columns
            if column.name not in export.used() and column.name not in left and not column.numbers
            if (likely := self._likely(column, export)) is not None
        }
        told = [name for name, likely in asked.items() if likely == IGNORE]
        asked = {name: likely for name, likely in asked.items() if likely != IGNORE}
        if told:
            self.proposal.lines.append(
                f"    ignore: [{', '.join(map(quoted, told))}]  # other columns say what these say"
            )
        if not asked:
            return
        self._asked += [f"`{name}`" for name in asked]
        if self._at is None:
            self._at = len(self.proposal.questions)
            self.proposal.questions.append("")
        self.proposal.questions[self._at] = (
            f"what does each of {', '.join(self._asked)} say: the field beside it, another, or `{IGNORE}`? what it may"
            " say is not known until then, and nobody vouches for it"
        )
        self.proposal.lines.append(f"    columns:  # question {self._at + 1}: the field that each says, or `{IGNORE}`")
        for name, likely in asked.items():
            beside = f"  # {likely}" if likely else ""
            self.proposal.lines.append(f'      {quoted(name)}: "{NOT_READ}"{beside}')

    def _likely(self, column: Column, export: Export) -> str | None:
        """What a column may say, in words; None where it may say nothing, and `IGNORE` where other columns say it."""
        holds = unread(self.speaking.of(column), self.mapped)
        told = column.names_kinds() and column.rows and words_before_days(column)
        if told and not open_words(self.names, column, export.found):
            return IGNORE if holds else None
        named = ", ".join(hold.path for hold in holds if hold.named)
        if holds:
            return named
        if set(column.plain().split()) & export_words().standing:
            words = open_words(self.names, column, export.found)
            if words:
                listed = ", ".join(word for word in words if len(word) <= _LONGEST) if len(words) <= _MOST else ""
                return f"rows of {listed}" if listed else ""
        return None
