"""What a column most likely is: by its name, by what the vocabulary says that it is also called, and by its values."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from ccm_policy.facts.durations import EITHER, Telling
from ccm_policy.facts.plan import MONTH, PATIENT, Leaf, Plan, Records, words_of
from ccm_policy.intake.dates import DAYS, TellingOrder
from ccm_policy.intake.values import UNKNOWN, Format, NotRead, Reading, Words, apart, duration_text, said_by, spelt
from ccm_policy.intake.values import words_of as as_compared
from ccm_policy.intake.words import export_words
from ccm_policy.language.nearest import nearest
from ccm_policy.language.tree import Const, Vocabulary

EXACT, OF_ITS_LIST, BARE, OF_LIST, ALIKE, BY_VALUES = 1.0, 0.95, 0.75, 0.78, 0.55, 0.5
"""How much a name says: the very name, the name with its list's, the name alone, the list's alone, one like it, none
but the values."""
SPELT_OUT = 0.99
"""How much of it is left where the name is another way to write that one: `Consent Dt` for a date of consent."""
ENOUGH = 0.5
_LONG_ENOUGH = 5
"""Letters of a name that may be meant for one like it; a day of birth is no day of death."""
_SLIPS = 2
"""Letters that a slip leaves out or adds."""
ABOVE_ANY_NAME, REQUIRED = 1.35, 0.9
_SO_NAMED = 3.0
"""How many columns of a list the name of a file outweighs."""
_ALL_BUT = 0.8
_NONE = "none"
PART_MARKS = (";", "|", "+", ",", "/")
"""What may stand between values of one cell."""
_MOST_KINDS, _LONGEST_KIND = 15, 40
"""How many words a column has at most that says of what kind each record is, and how long they are."""
FITTING = 0.6
"""How many of a column's values must be readable for it to be that column."""


@dataclass(frozen=True, slots=True)
class Target:
    """A field of a list, or a fact (`records` is None)."""

    records: Records | None
    leaf: Leaf

    @property
    def path(self) -> str:
        """Its name in messages."""
        return f"{self.records.name}.{self.leaf.path}" if self.records else self.leaf.path

    @property
    def days(self) -> bool:
        """Whether it is a day, or a month."""
        return self.leaf.type.kind in DAYS


@dataclass(frozen=True, slots=True, kw_only=True)
class Column:
    """A column of an export with a part of its values, `texts` of which are counted words. `numbers`: what stands for
    `{n}` in a name that is repeated."""

    name: str
    cells: tuple[Any, ...]
    numbers: tuple[str, ...] = ()
    rows: tuple[Any, ...] = ()
    """Its cells row by row, with those that hold nothing; of a column that is repeated none."""

    def plain(self) -> str:
        """Its name as it is compared, without what stands for a number and for units."""
        name = apart(self.name.replace("{n}", " ").partition("(")[0].strip(" ?:*"))
        if name.endswith("#"):
            name = name.removesuffix("#") + " number"
        return export_words().without_aside(spelt(name.replace("#", " ").replace("/", " ")))

    def names_people(self) -> bool:
        """Whether its cells are written as people's names are, several words or a comma, and no number."""
        names = [cell for cell in self.cells if isinstance(cell, str) and " " in cell.strip() and not _numbered(cell)]
        return len(names) > _ALL_BUT * len(self.cells)

    def names_kinds(self) -> bool:
        """Whether its cells are a few words that come again, and not what somebody wrote."""
        words = {cell for cell in self.cells if isinstance(cell, str)}
        return 0 < len(words) <= _MOST_KINDS and all(len(word) <= _LONGEST_KIND for word in words)


@dataclass(frozen=True, slots=True)
class Likeness:
    """A column, what it may be, how much says so, and the form that its values tell (`either`: they do not)."""

    column: Column
    target: Target
    score: float
    format: Format | str | None


class Names:
    """Every name of the vocabulary's facts and fields, as columns are called."""

    def __init__(self, vocabulary: Vocabulary, plan: Plan) -> None:
        self.vocabulary, self.plan = vocabulary, plan
        self.known: dict[str, list[tuple[Target, float]]] = {}
        self.spelt_out: dict[str, list[tuple[Target, float]]] = {}
        self._words: dict[str, Words] = {}
        self.lists: dict[str, str] = {}
        self.usual = frozenset(_usual_words(vocabulary, plan))
        for leaf in plan.root.leaves():
            target = Target(None, leaf)
            self._add(leaf.path, target, EXACT)
            self._add(leaf.path.replace(".", " "), target, EXACT)
            self._add_also(leaf.path, target)
        for records in plan.lists.values():
            self._add_list(records)

    def _add_list(self, records: Records) -> None:
        decl = records.decl
        also = self.vocabulary.also.get(decl.name, ())
        names = [decl.name, *filter(None, (decl.called, decl.one)), *also]
        for name in names:
            self.lists.setdefault(spelt(name), decl.name)
        short = [first for first, _, rest in (word.partition(" ") for word in also) if rest and " " not in rest]
        short = [first for first in short if spelt(first) not in self.known]
        leaves = list(records.fields.leaves())
        for leaf in leaves:
            target = Target(records, leaf)
            self._add(leaf.path, target, BARE)
            self._add_also(f"{decl.name} {leaf.path}", target)
            for name in (*names, *short):
                self._add(f"{name} {leaf.path}", target, OF_ITS_LIST)
                for word in self.vocabulary.also.get(f"{decl.name} {leaf.path}", ()):
                    self._add(f"{name} {word}", target, OF_ITS_LIST)
        own = first_value(records)
        for name in names:
            for leaf in leaves:
                ends = self.mostly_never(Target(records, leaf))
                if (leaf.type.kind in ("date", "value") and not ends) or leaf is leaves[0]:
                    self._add(name, Target(records, leaf), OF_LIST if leaf.path != own else OF_LIST - 0.01)

    def _add(self, name: str, target: Target, weight: float) -> None:
        self.known.setdefault(spelt(name), []).append((target, weight))
        self.spelt_out.setdefault(export_words().spelt_out(spelt(name)), []).append((target, weight * SPELT_OUT))

    def _add_also(self, key: str, target: Target) -> None:
        for word in self.vocabulary.also.get(key, ()):
            self._add(word, target, EXACT)

    def words(self, target: Target) -> Words:
        """The words of a target's values."""
        if target.path not in self._words:
            of, field = (target.records.name, target.leaf.path) if target.records else (target.leaf.path, "")
            also = words_of(self.vocabulary, target.leaf.type, of, field)
            self._words[target.path] = as_compared(target.leaf.type, also)
        return self._words[target.path]

    def candidates(self, column: Column) -> Iterator[tuple[Target, float]]:
        """What a column of this name may be."""
        name = column.plain()
        name = name if name in self.known else self.without_usual(name)
        for target, weight in self.known.get(name, ()):
            yield target, weight
            yield from self._needed(target)
            yield from _its_day(target, weight)
        longer = export_words().spelt_out(name)
        if name not in self.known and longer in self.spelt_out:
            for target, weight in self.spelt_out[longer]:
                yield target, weight
                yield from _its_day(target, weight)
        elif name not in self.known and len(name) >= _LONG_ENOUGH:
            near = nearest(name, self.known)
            for target, weight in self.known[near] if near is not None and _a_slip(name, spelt(near)) else ():
                if target.records is not None or target.leaf.path in self.plan.identity:
                    yield target, weight * ALIKE

    def without_usual(self, name: str) -> str:
        """A column's name without the words that are presumed anyway, as a programme's in `CCM Consent`."""
        rest = " ".join(word for word in name.split() if word not in self.usual)
        return rest if rest in self.known or export_words().spelt_out(rest) in self.spelt_out else name

    def _needed(self, target: Target) -> Iterator[tuple[Target, float]]:
        """A column that a field of a list is called may as well be the fact of the same words in the key of the record:
        one called `Insurance` is asked about, whatever stands in it, rather than left unused."""
        if target.records is not None and target.leaf.type.name is not None:
            for leaf in self.plan.root.leaves():
                if leaf.path in self.plan.key and leaf.type.name == target.leaf.type.name:
                    yield Target(None, leaf), SPELT_OUT

    def likely(self, column: Column, month: str | None) -> list[Likeness]:
        """What a column may be, most likely first."""
        found: dict[str, Likeness] = {}
        for target, weight in self.candidates(column):
            share, format = self.fit(column, target, month)
            named = weight >= SPELT_OUT and target.records is None and target.leaf.path in self.plan.key
            kind = weight >= SPELT_OUT and column.names_kinds() and bool(target.records and target.records.in_month)
            asked = share < FITTING and (_says_what(target) or named or kind) and target.leaf.type.kind == "value"
            asked = asked and not all(_numbered(cell) for cell in column.cells)
            score = weight if share >= FITTING or not column.cells else weight * 0.9 if asked else weight * share * 0.5
            if target.path not in found or found[target.path].score < score:
                found[target.path] = Likeness(column, target, score, format)
        return sorted(found.values(), key=lambda each: -each.score)

    def fit(self, column: Column, target: Target, month: str | None) -> tuple[float, Format | str | None]:
        """How many of a column's values can be read as a target's, and in which form."""
        leaf = target.leaf
        format = form_of(column, leaf, month)
        if not column.cells:
            return 0.0, None
        known: Format | None = None if format == EITHER else format  # type: ignore[assignment]
        if format == EITHER:
            known = "mdy" if leaf.type.kind in DAYS else "h:mm"
        reading = Reading(leaf=leaf, words=self.words(target), mapped={}, format=known)
        several = target.records is not None and not target.records.in_month and leaf.type.kind == "value"
        cells = [_of_parts(reading, cell) if several else reading.read(cell) for cell in column.cells]
        whether = target.days and not self.mostly_never(target)
        read = sum(not (isinstance(cell, NotRead) or (whether and cell in (UNKNOWN, _NONE))) for cell in cells)
        return read / len(column.cells), format

    def mostly_never(self, target: Target) -> bool:
        """Whether a day is one that mostly never comes, so that a word says that it has: a death, the end of a stay."""
        records = target.records
        declared = records.decl.fields[target.leaf.path] if records else self.vocabulary.facts[target.leaf.path]
        return target.days and declared.absent.how == _NONE


def _of_parts(reading: Reading, cell: Any) -> Any:
    """A cell, or of one that names several values, each of which is a record of its own, the last."""
    found = reading.read(cell)
    for mark in PART_MARKS if isinstance(found, NotRead) and isinstance(cell, str) else ():
        if mark in cell:
            parts = [reading.read(part.strip()) for part in cell.split(mark)]
            if not any(isinstance(part, NotRead) for part in parts):
                return parts[-1]
    return found


def _its_day(target: Target, weight: float) -> Iterator[tuple[Target, float]]:
    """A column called as a word of a record is its day, where days stand in it: `Consent Given` of 10/14/2025."""
    if target.records is None or target.leaf.type.kind not in ("value", "yes/no"):
        return
    decl = target.records.decl
    for leaf in target.records.fields.leaves():
        if leaf.path == decl.date_field and leaf.path not in target.records.in_month:
            yield Target(target.records, leaf), weight * SPELT_OUT


def form_of(column: Column, leaf: Leaf, month: str | None) -> Format | str | None:
    """The form that the values of a column tell; `either` where they do not."""
    if leaf.type.kind in DAYS:
        days = TellingOrder(month if leaf.type.in_month else None)
        for cell in column.cells:
            days.add(cell)
        return days.order()
    if leaf.type.unit == "minute":
        named = said_by(column.name)
        lengths = Telling(column="length", type=leaf.type, clock=None)
        for cell in column.cells:
            lengths.add({"length": duration_text(cell)})
        way = lengths.way()
        return named if named in ("h:mm", "m:ss") else way if way is not None else named
    return None


def main_list(names: Names, columns: Sequence[Column], file: str, month: str | None) -> Records | None:
    """The list that a row of an export is a record of: whose fields most columns are, as which the file is named."""
    scores: dict[str, float] = {}
    for column in columns:
        best: dict[str, float] = {}
        for likeness in names.likely(column, month):
            if likeness.target.records is not None and likeness.score >= BARE:
                name = likeness.target.records.name
                best[name] = max(best.get(name, 0), likeness.score)
        for name, score in best.items():
            scores[name] = scores.get(name, 0) + score
    words = spelt("".join(char if char.isalpha() else " " for char in file))
    for known, name in names.lists.items():
        if known in words or known.rstrip("s") in words.split():
            scores[name] = scores.get(name, 0) + _SO_NAMED
    timed = {name for name in scores if names.plan.lists[name].durations}
    for name in timed:
        minutes = {leaf.path for leaf in names.plan.lists[name].durations} | set(names.plan.lists[name].clock or ())
        given = [names.likely(column, month)[:1] for column in columns]
        if any(each and each[0].target.records and each[0].target.leaf.path in minutes for each in given):
            scores[name] += 2
    best_name = max(scores, key=lambda name: scores[name], default=None)
    return names.plan.lists[best_name] if best_name is not None and scores[best_name] >= 1.4 else None


def assigned(names: Names, columns: Sequence[Column], main: Records | None, month: str | None) -> dict[str, Likeness]:
    """One column for each target, by its path."""
    every: list[Likeness] = []
    for column in columns:
        for each in names.likely(column, month):
            of_main = main is not None and each.target.records is not None and each.target.records.name == main.name
            bonus = 0.3 if of_main else 0.0
            if each.target.leaf.path in (PATIENT, MONTH) and each.target.records is None:
                bonus = 0.2 if each.target.leaf.path == PATIENT and column.names_people() else 0.4
            if of_main or each.score > BARE or each.target.records is None:
                every.append(Likeness(each.column, each.target, each.score + bonus, each.format))
    every += _by_values(names, columns, main, month)
    found: dict[str, Likeness] = {}
    taken: set[str] = set()
    for each in sorted(every, key=lambda one: -one.score):
        if each.score >= ENOUGH and each.column.name not in taken and each.target.path not in found:
            found[each.target.path] = each
            taken.add(each.column.name)
    if main is not None:
        found |= _whoever(names, every, main, found, taken)
    return found


def _whoever(
    names: Names, every: Sequence[Likeness], main: Records, found: Mapping[str, Likeness], taken: set[str]
) -> dict[str, Likeness]:
    """Where one column says of what kind whoever did it is, another one of the same name says who it is."""
    who = next((name for name, declared in main.decl.fields.items() if declared.looks_up), None)
    if who is None or f"{main.name}.{who}" in found:
        return {}
    leaf = next(leaf for leaf in main.fields.leaves() if leaf.path == who)
    for each in every:
        kind = each.target.records is main and each.target.leaf.type.kind == "value"
        named = any(of.path == each.target.path and weight >= BARE for of, weight in names.candidates(each.column))
        if kind and named and each.target.path in found and each.column.name not in taken and each.column.cells:
            taken.add(each.column.name)
            return {f"{main.name}.{who}": Likeness(each.column, Target(main, leaf), each.score, None)}
    return {}


def _by_values(names: Names, columns: Sequence[Column], main: Records | None, month: str | None) -> Iterator[Likeness]:
    """Columns whose name says nothing and whose words are those of a fact of the key, or of a field."""
    required = [Target(None, leaf) for leaf in names.plan.root.leaves() if leaf.path in names.plan.key]
    fields = [Target(main, leaf) for leaf in main.fields.leaves()] if main is not None else []
    repeated = any(column.numbers for column in columns)
    for target in (*required, *fields):
        if target.leaf.type.kind != "value":
            continue
        for column in columns:
            if repeated and target.records is not None and not column.numbers:
                continue
            words = [cell for cell in column.cells if isinstance(cell, str) and not cell.isdigit()]
            if len(words) < len(column.cells) or not words:
                continue
            share, _ = names.fit(column, target, month)
            if share >= FITTING:
                strong = ABOVE_ANY_NAME if share >= _ALL_BUT else BY_VALUES
                yield Likeness(column, target, strong if target.records else REQUIRED, None)


def _numbered(cell: Any) -> bool:
    """Whether a cell holds a digit, as days and keys do, and words do not."""
    return any(char.isdigit() for char in str(cell))


def _a_slip(name: str, near: str) -> bool:
    """Whether a name is that one with a slip of the pen in a long word; a short word is another word."""
    own, other = name.split(), near.split()
    if len(own) != len(other):
        return abs(len("".join(own)) - len("".join(other))) <= _SLIPS
    return all(one == two or min(len(one), len(two)) >= _LONG_ENOUGH for one, two in zip(own, other, strict=True))


def first_value(records: Records) -> str | None:
    """The first field of a list that is one of a set of its own: what kind of record it is."""
    fields = records.decl.fields.items()
    return next((name for name, each in fields if each.type.kind == "value" and each.type.name is None), None)


def _says_what(target: Target) -> bool:
    """Whether a field says what kind of record it is, and is asked for where it is not given."""
    if target.records is None or target.leaf.path != first_value(target.records):
        return False
    return target.records.decl.fields[target.leaf.path].absent.how == "unknown"


def _usual_words(vocabulary: Vocabulary, plan: Plan) -> Iterator[str]:
    """What a patient is usually enrolled in: what the vocabulary presumes where a list has periods of it."""
    for records in plan.lists.values():
        for leaf in records.fields.leaves():
            first = records.decl.first_field is not None and leaf.path == next(iter(records.decl.fields))
            if first and leaf.type.name and (word := usual_word(vocabulary, leaf)):
                yield spelt(word)


def usual_word(vocabulary: Vocabulary, leaf: Leaf) -> str | None:
    """The word of a set of values that the vocabulary presumes wherever it presumes one of that set."""
    found = {
        declared.absent.value.value
        for decl in vocabulary.lists.values()
        for declared in decl.fields.values()
        if declared.type.name is not None
        and declared.type.name == leaf.type.name
        and isinstance(declared.absent.value, Const)
    }
    return str(next(iter(found))) if len(found) == 1 else None
