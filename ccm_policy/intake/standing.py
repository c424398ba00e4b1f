"""What columns of outcomes and of standing say beside those of facts: that a call reached nobody, that somebody died.

A word of such a column is a value of the kind of record that a row is, or the name of a fact or field that ends
something, as the vocabulary calls it. A day after it is that fact's; without one it has come, and when is unknown.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, replace
from typing import Any

from ccm_policy.facts.plan import Records, words_of
from ccm_policy.intake.dates import day_of
from ccm_policy.intake.likeness import Column, Likeness, Names, Target, first_value, form_of
from ccm_policy.intake.values import LISTED, NOTHING, UNKNOWN, spelt, text_of
from ccm_policy.intake.values import words_of as as_compared
from ccm_policy.intake.words import export_words

_NONE = "none"
_MOST = 15
"""How many different words are written down; a column of more is asked about."""
_ENDINGS = ("", " on", " date")


@dataclass(frozen=True, slots=True)
class Said:
    """What a column says of a target: `values` are what the mapping says of its words; `first`: it goes before the
    target's own column; `asked`: its words that nothing knows, with how many rows have them."""

    likeness: Likeness
    values: Mapping[str, str]
    first: bool
    asked: Mapping[str, int]


def said_of(
    names: Names, columns: Iterable[Column], found: Mapping[str, Likeness], main: Records | None, month: str | None
) -> dict[str, Said]:
    """What the columns that nothing uses say, by the path of the target."""
    used = {each.column.name for each in found.values()}
    said: dict[str, Said] = {}
    for column in columns:
        named = set(column.plain().split()) & export_words().standing
        words = words_before_days(column) if named and column.name not in used else {}
        if 0 < len(words) <= _MOST:
            ends = () if column.numbers else _ends(names, column, words, found, main, month)
            for path, each in (*_kinds(names, column, words, main), *ends):
                said.setdefault(path, each)
    return said


def words_before_days(column: Column) -> dict[str, int]:
    """The words of a column without the days after them, with how many rows have each."""
    found: dict[str, int] = {}
    for cell in column.cells:
        text = text_of(cell)
        word = before_day(text) if text else ""
        if word:
            found[word] = found.get(word, 0) + 1
    return found


def before_day(text: str) -> str:
    """A text without the day that it ends with."""
    parts = text.split()
    for at in range(len(parts)):
        rest = " ".join(parts[at:]).strip("()")
        if day_of(rest, "mdy") or day_of(rest, "dmy"):
            return " ".join(parts[:at]).rstrip(" :,-–—(")
    return text


def open_words(names: Names, column: Column, found: Mapping[str, Likeness]) -> dict[str, int]:
    """The words of a column of standing that say more than that all is well, and that no day beside them explains."""
    words = words_before_days(column)
    return _unknown(names, words, _explained(names, column, words, found))


def _explained(names: Names, column: Column, words: Iterable[str], found: Mapping[str, Likeness]) -> set[str]:
    """The words whose rows all have a day by which something has ended, in a column that is known for it."""
    ends = [each.column.rows for each in found.values() if names.mostly_never(each.target)]
    explained = set(words)
    for at, cell in enumerate(column.rows):
        text = text_of(cell)
        if text and not any(at < len(rows) and _is_day(rows[at]) for rows in ends):
            explained.discard(before_day(text))
    return explained if column.rows else set()


def _is_day(cell: Any) -> bool:
    return bool(day_of(cell, "mdy") or day_of(cell, "dmy"))


def _unknown(names: Names, words: Mapping[str, int], known: Iterable[str]) -> dict[str, int]:
    return {word: count for word, count in words.items() if word not in known and not _plain(names, word)}


def _plain(names: Names, word: str) -> bool:
    """Whether a word says that all is well, or in which of what has a beginning the patient is."""
    plain = export_words().plain
    if spelt(word) in plain:
        return True
    kinds = [next(iter(r.fields.leaves())) for r in names.plan.lists.values() if r.decl.first_field]
    known = [as_compared(leaf.type, words_of(names.vocabulary, leaf.type, leaf.path)) for leaf in kinds]
    phrases = [spelt(part) for part in LISTED.split(word) if part.strip()]
    return all(part in plain or any(of.value(part) for of in known) for part in phrases)


def _kinds(names: Names, column: Column, words: Mapping[str, int], main: Records | None) -> Iterator[tuple[str, Said]]:
    """A word for a kind of record, such as a call that reached nobody, goes before what the column of kinds says."""
    kind = first_of_kinds(main)
    if main is None or kind is None:
        return
    target = Target(main, next(leaf for leaf in main.fields.leaves() if leaf.path == kind))
    known = [word for word in words if names.words(target).value(word) is not None]
    if known:
        asked = _unknown(names, words, known)
        values = {word: UNKNOWN if word in asked else NOTHING for word in words if word not in known}
        yield target.path, Said(Likeness(column, target, 1.0, None), values, True, asked)


def first_of_kinds(main: Records | None) -> str | None:
    """The field that says what kind of record a row of work is."""
    return first_value(main) if main is not None and main.in_month else None


def _ends(
    names: Names,
    column: Column,
    words: Mapping[str, int],
    found: Mapping[str, Likeness],
    main: Records | None,
    month: str | None,
) -> Iterator[tuple[str, Said]]:
    """Words by which something has ended, where the record or the list that it ends is given."""
    lists = {each.target.records.name for each in found.values() if each.target.records} | _speaks_of(names, column)
    ended: dict[str, Target] = {}
    explained = _explained(names, column, words, found)
    for word in words if not explained.issuperset(words) else ():
        if word in explained:
            continue
        target = next((target for target in _named(names, word) if names.mostly_never(target)), None)
        if target is not None and (target.records is None or target.records.name in lists):
            ended[word] = target
    asked = _unknown(names, words, {*ended, *explained})
    if not ended and asked and main is not None and main.decl.first_field and main.decl.last_field:
        last = next(leaf for leaf in main.fields.leaves() if leaf.path == main.decl.last_field)
        ended[next(iter(asked))] = Target(main, last)
    if any(spelt(word) in export_words().against for word in asked):
        return
    days = tuple(text.removeprefix(before_day(text)).strip(" :,-–—()") for text in map(text_of, column.cells) if text)
    for target in {of.path: of for of in ended.values()}.values():
        own = {word for word, of in ended.items() if of.path == target.path}
        values = {word: UNKNOWN if word in own or word in asked else _NONE for word in words}
        form = form_of(replace(column, cells=days), target.leaf, month)
        yield target.path, Said(Likeness(column, target, 1.0, form), values, False, asked)
        asked = {}


def _speaks_of(names: Names, column: Column) -> set[str]:
    """The lists that a column is named by, as `Program Status` is, or by what is usually in them."""
    found = set()
    for word in set(column.plain().split()) - export_words().standing:
        found |= {names.lists[each] for each in (word, f"{word}s") if each in names.lists}
        if word in names.usual:
            found |= {name for name, records in names.plan.lists.items() if records.decl.first_field is not None}
    return {name for name in found if names.plan.lists[name].decl.first_field is not None}


def _named(names: Names, word: str) -> Iterator[Target]:
    for ending in _ENDINGS:
        for target, _ in names.known.get(spelt(word) + ending, ()):
            yield target
