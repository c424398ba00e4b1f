"""What columns of outcomes and of standing say beside those of facts: that a call reached nobody, that somebody died.

A word of such a column is a value of the kind of record that a row is, or the name of a fact or field that ends
something, as the vocabulary calls it. A day after it is that fact's; without one it has come, and when is unknown.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, replace

from ccm_policy.facts.plan import Records
from ccm_policy.intake.dates import day_of
from ccm_policy.intake.likeness import Column, Likeness, Names, Target, first_value, form_of
from ccm_policy.intake.values import NOTHING, UNKNOWN, spelt, text_of
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
            ends = () if column.numbers else _ends(names, column, words, found, month)
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


def _unknown(words: Mapping[str, int], known: Iterable[str]) -> dict[str, int]:
    plain = export_words().plain
    return {word: count for word, count in words.items() if word not in known and spelt(word) not in plain}


def _kinds(names: Names, column: Column, words: Mapping[str, int], main: Records | None) -> Iterator[tuple[str, Said]]:
    """A word for a kind of record, such as a call that reached nobody, goes before what the column of kinds says."""
    kind = first_of_kinds(main)
    if main is None or kind is None:
        return
    target = Target(main, next(leaf for leaf in main.fields.leaves() if leaf.path == kind))
    known = [word for word in words if names.words(target).value(word) is not None]
    if known:
        asked = _unknown(words, known)
        values = {word: UNKNOWN if word in asked else NOTHING for word in words if word not in known}
        yield target.path, Said(Likeness(column, target, 1.0, None), values, True, asked)


def first_of_kinds(main: Records | None) -> str | None:
    """The field that says what kind of record a row of work is."""
    return first_value(main) if main is not None and main.in_month else None


def _ends(
    names: Names, column: Column, words: Mapping[str, int], found: Mapping[str, Likeness], month: str | None
) -> Iterator[tuple[str, Said]]:
    """Words by which something has ended, where the record or the list that it ends is given."""
    lists = {each.target.records.name for each in found.values() if each.target.records} | _speaks_of(names, column)
    ended: dict[str, Target] = {}
    for word in words:
        target = next((target for target in _named(names, word) if names.mostly_never(target)), None)
        if target is not None and (target.records is None or target.records.name in lists):
            ended[word] = target
    asked = _unknown(words, ended)
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
