"""Columns that nobody has read: what they may speak of stays unknown, so that nobody vouches for it.

A column may speak of what the vocabulary calls by a word of its name, as far as its cells can be read as that; one of
days or of yes and no whose name tells nothing may speak of anything. Where a cell that holds nothing says the same as
no cell, as for a death, only the patients with something in it wait for it.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator, Sequence
from dataclasses import dataclass
from typing import Any

from ccm_policy.intake.dates import DAYS, day_of
from ccm_policy.intake.likeness import Column, Names, Target
from ccm_policy.intake.values import spelt, text_of
from ccm_policy.intake.words import export_words

LOOKED_AT = 2_000
"""How many rows are looked at for what a column may speak of."""
_MOST_OF = 2
"""How many things a word may be about and still tell one of them."""
_SOME, _MOST = 0.2, 0.6
"""How many cells must be readable for what a name tells, and for what is told by cells alone."""


@dataclass(frozen=True, slots=True)
class Hold:
    """What is not known of a patient while nobody has read a column: a fact (`list` is None), a field of the records of
    a list, or whether there are more of them (`field` is None). `blank`: also where nothing stands in it."""

    column: str
    list: str | None
    field: str | None
    blank: bool
    named: bool = True
    """Whether the name of the column tells it."""

    @property
    def path(self) -> str:
        """Its name in messages."""
        return ".".join(filter(None, (self.list, self.field)))


class Speaking:
    """What columns may speak of, by the words of the vocabulary."""

    def __init__(self, names: Names) -> None:
        self.names = names
        self._told: dict[str, dict[str, Target]] = {}
        words: dict[str, dict[str, set[str]]] = {}
        for name, targets in names.known.items():
            for word in set(export_words().spelt_out(name).split()) - export_words().anything:
                for target, _ in targets:
                    words.setdefault(word, {}).setdefault(_thing(target), set()).add(target.path)
                    self._told.setdefault(word, {})[target.path] = target
        for word, things in words.items():
            if len(things) > _MOST_OF:
                del self._told[word]

    def of(self, column: Column) -> list[Hold]:
        """What a column may speak of; nothing where it holds nothing, or what no fact is."""
        words = export_words().spelt_out(column.plain()).split()
        if not column.cells or any(export_words().lengths.get(word) for word in words):
            return []
        told = self._named(column, words)
        if not told and set(words) & export_words().nobody:
            return []
        if not told and column.names_kinds():
            said = {word for cell in column.cells for word in export_words().spelt_out(spelt(str(cell))).split()}
            told = [each for each in self._by_words(said) if self._may_not_be(each) and each.days]
        if told:
            return list(dict.fromkeys(self._hold(column, each) for each in told))
        return [
            Hold(column.name, name, None, False, False) for name in self._none_attested() if _tells_something(column)
        ]

    def _named(self, column: Column, words: Sequence[str]) -> list[Target]:
        found = self._by_words(words)
        counted = {each.path: sum(each.path in self._told.get(word, ()) for word in words) for each in found}
        fits = [each for each in found if self._fits(column, each)]
        best = max((counted[each.path] for each in fits), default=0)
        return [each for each in fits if counted[each.path] == best]

    def _by_words(self, words: Iterable[str]) -> list[Target]:
        return list({path: of for word in words for path, of in self._told.get(word, {}).items()}.values())

    def _fits(self, column: Column, target: Target) -> bool:
        """Whether cells may say it: that there is more of what mostly is not there, any text may."""
        if self._whole(target):
            return _tells_something(column) or column.names_kinds()
        closed = target.leaf.type.kind in (*DAYS, "value", "yes/no", "set")
        return closed and self.names.fit(column, target, None)[0] >= _SOME

    def _none_attested(self) -> Iterator[str]:
        return (name for name, decl in self.names.vocabulary.lists.items() if decl.none_attested)

    def _whole(self, target: Target) -> bool:
        return target.records is not None and target.records.decl.none_attested

    def _may_not_be(self, target: Target) -> bool:
        """Whether what is not said of it is taken not to be, or not to have come."""
        if target.records is not None and target.records.decl.none_attested:
            return True
        facts, records = self.names.vocabulary.facts, target.records
        absent = records.decl.fields[target.leaf.path].absent if records else facts[target.leaf.path].absent
        return absent.how != "unknown"

    def _hold(self, column: Column, target: Target) -> Hold:
        if target.records is None:
            return Hold(column.name, None, target.leaf.path, not self._may_not_be(target))
        decl = target.records.decl
        if decl.none_attested:
            return Hold(column.name, decl.name, None, False)
        blank = not self._may_not_be(target) and decl.absent.how == "unknown"
        return Hold(column.name, decl.name, target.leaf.path, blank)


def unread(holds: Iterable[Hold], mapped: Collection[str]) -> list[Hold]:
    """What is held of what no column that somebody has read fills."""
    return [each for each in holds if each.field is None or each.path not in mapped]


def says_something(cell: Any) -> bool:
    """Whether a cell says more than that something is not."""
    text = text_of(cell)
    words = export_words()
    if text is None or spelt(text) in words.without or text.casefold() in words.nothing:
        return False
    return words.yes_no.get(spelt(text)) != "no"


def _thing(target: Target) -> str:
    return target.records.name if target.records else target.leaf.path.partition(".")[0]


def _tells_something(column: Column) -> bool:
    """Whether most cells are days, or yes and no, by the first word of each."""
    words = export_words().yes_no
    told = sum(_is_day(cell) or spelt(str(cell)).partition(" ")[0] in words for cell in column.cells)
    return told >= _MOST * len(column.cells)


def _is_day(cell: Any) -> bool:
    return not isinstance(cell, int | float) and bool(day_of(cell, "mdy") or day_of(cell, "dmy"))
