"""One cell, from what an export holds to what the vocabulary's own reader takes; that reader has the last word.

A word is matched with the type's words and what they are also called, without regard to case, dots and spaces. What
nothing knows is not read: it is asked about once, never guessed.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import datetime, time, timedelta
from fractions import Fraction
from functools import cache
from typing import Any, Literal

from ccm_policy.facts import durations
from ccm_policy.facts.plan import Leaf
from ccm_policy.facts.scalars import Bad
from ccm_policy.facts.values import Value
from ccm_policy.intake import dates
from ccm_policy.intake.sheets import Uncomputed
from ccm_policy.intake.words import export_words
from ccm_policy.language.tree import Type

UNKNOWN = "unknown"
"""The word by which facts say that nobody knows."""
LEAVE_OUT = "leave out"
"""What a value of a map may lead to: the row is no data."""
NOTHING = "nothing"
"""What a value of a map may lead to: as if the cell were empty."""

Format = Literal["mdy", "dmy", "h:mm", "m:ss", "minutes", "hours", "seconds"]
"""How days or durations of a column are meant, where the text alone does not say."""


@dataclass(frozen=True, slots=True)
class NotRead:
    """A cell that could not be read: what it must be, and the word itself where it is one of a closed set. `takes`:
    it is a duration below nothing, as a correction is."""

    says: str
    word: str | None = None
    takes: bool = False


@dataclass(frozen=True, slots=True)
class LeftOut:
    """The mapping says that a row with this value is no data."""


Cell = str | NotRead | LeftOut | None
"""What a cell becomes: text as facts hold it; None where nothing stands in it."""

_BETWEEN = re.compile(r"[\s_\-/]+")
_NUMBER = re.compile(r"[-+]?\(?\$?\s*-?\d{1,3}(?:,\d{3})+(?:\.\d+)?\)?|[-+]?\(?\$?\s*-?\d*\.?\d+\)?", re.ASCII)
_DECIMAL = r"\d+(?:\.\d+)?"
_SPLIT = re.compile(r"[;|\n,]")
LISTED = re.compile(r"[,;/&()+–—]| - ")
_WORDS = re.compile(r"[a-z']+")
_LONGEST_WORD, _MOST_SEEN = 40, 20_000
_LONGEST_PHRASE = 6
_MOST_WORDS, _MARKS = 4, " :,-–—()"
"""How many words may stand before a day, and what between."""


def spelt(text: str) -> str:
    """A word as it is compared: `R.N.`, `Rn ` and `rn` are one."""
    return _BETWEEN.sub(" ", text.replace(".", "").strip()).casefold()


_HUMPS = re.compile(r"(?<=[a-z])(?=[A-Z])|(?<=[A-Z])(?=[A-Z][a-z]{2})")


def apart(name: str) -> str:
    """The name of a column with its words apart, where capitals tell them: `PtID`, `QualVisitCPT`."""
    return _HUMPS.sub(" ", name)


def text_of(cell: Any) -> str | None:
    """A cell as text, numbers without what a spreadsheet adds to them; None where it holds nothing."""
    if cell is None or isinstance(cell, Uncomputed):
        return None
    if isinstance(cell, bool):
        return "yes" if cell else "no"
    if isinstance(cell, datetime):
        return cell.date().isoformat() if cell.time() == time() else cell.isoformat(sep=" ")
    if isinstance(cell, float):
        return f"{cell:.15g}"
    return str(cell).strip() or None


@dataclass(frozen=True, slots=True)
class Words:
    """The words of a closed set, as they are compared, to its values; a word that means two of them is not in it."""

    known: Mapping[str, str]
    beside: frozenset[str] = frozenset()
    """Words that say nothing where they stand beside one that is known, as a degree beside a credential."""
    within: tuple[str, ...] = ()
    """Words that say it whatever stands beside them."""
    beside_of: Mapping[str, frozenset[str]] = field(default_factory=dict)
    """Words that say nothing beside one of a value, as the kind of plan beside its payer."""

    def value(self, text: str) -> str | None:
        """The value that a word stands for, or that the only known ones of several words do."""
        known = self.known.get(spelt(text))
        return known or self._of_phrases(text) or self._within(f" {spelt(text)} ")

    def _of_phrases(self, text: str) -> str | None:
        if not self.beside:
            return None
        found: set[str] = set()
        rest: set[str] = set()
        for phrase in map(spelt, LISTED.split(text)):
            words = phrase.split()
            while words:
                ends = (
                    end for end in range(min(len(words), _LONGEST_PHRASE), 0, -1) if " ".join(words[:end]) in self.known
                )
                end = next(ends, 0)
                if end:
                    found.add(self.known[" ".join(words[:end])])
                else:
                    rest.add(words[0])
                words = words[max(end, 1) :]
        value = next(iter(found)) if len(found) == 1 else None
        return value if value and rest <= self.beside | self.beside_of.get(value, frozenset()) else None

    def _within(self, text: str) -> str | None:
        for word in self.within:
            rest = set(_WORDS.findall(text.replace(f" {word} ", " ", 1)))
            if f" {word} " in text and not rest & export_words().not_so:
                return self.known.get(word)
        return None


def words_of(type: Type, also: Mapping[str, str]) -> Words:
    """The words of a type's values and what they are also called; a name goes before another's other name."""
    found: dict[str, set[str]] = {}
    for word, value in also.items():
        found.setdefault(spelt(word), set()).add(value)
    named = {spelt(value): value for value in type.values}
    known = {word: next(iter(of)) for word, of in found.items() if len(of) == 1} | named
    said, name = export_words(), type.name or ""
    of = {value: said.beside[f"{name}.{value}"] for value in type.values if f"{name}.{value}" in said.beside}
    return Words(known, said.beside.get(name, frozenset()), said.within.get(name, ()), of)


@dataclass(frozen=True, slots=True, kw_only=True)
class Reading:
    """How the cells of one field are read. `mapped`: words of the mapping, as they are compared; `split`: what stands
    between the members of a set."""

    leaf: Leaf
    words: Words
    mapped: Mapping[str, str]
    format: Format | None = None
    split: str | None = None
    seen: dict[str, Cell] = field(default_factory=dict, compare=False, repr=False)
    """What texts were read as: most cells of a column say what another said."""

    def read(self, cell: Any) -> Cell:
        """What the cell says."""
        if cell.__class__ is not str or len(cell) > _LONGEST_WORD:
            return self._read(cell)
        if cell not in self.seen:
            if len(self.seen) > _MOST_SEEN:
                self.seen.clear()
            self.seen[cell] = self._read(cell)
        return self.seen[cell]

    def _read(self, cell: Any) -> Cell:
        text = text_of(cell)
        if text is None:
            return None
        word = self.mapped.get(spelt(text))
        if word is not None:
            return LeftOut() if word == LEAVE_OUT else None if word == NOTHING else word
        kind = self.leaf.type.kind
        if kind != "text" and spelt(text) in export_words().unknown:
            return UNKNOWN
        if kind != "text" and text.casefold() in export_words().nothing:
            return None
        if text.startswith("#") and text.endswith(("!", "?", "#N/A")):
            return NotRead("is an error of the spreadsheet's")
        found = _KINDS.get(kind, _as_text)(cell, text, self)
        return self._checked(found) if isinstance(found, str) and found != UNKNOWN else found

    def after_word(self, text: str, read: Callable[[str], str | None]) -> str | None:
        """What stands after a word of the mapping; of a word that is not `unknown` its value."""
        parts = text.split()
        for at in range(1, min(len(parts), _MOST_WORDS)):
            word = self.mapped.get(spelt(" ".join(parts[:at]).rstrip(_MARKS)))
            found = read(" ".join(parts[at:]).strip(_MARKS)) if word is not None else None
            if found is not None:
                return found if word == UNKNOWN else word
        return None

    def _checked(self, text: str) -> Cell:
        value = self.leaf.parse(text)
        takes = self.leaf.type.unit == "minute" and text.startswith("-")
        return NotRead(value.says, takes=takes) if isinstance(value, Bad) else text

    def value(self, text: str) -> Value | Bad:
        """The value of what was read."""
        return self.leaf.parse(text)


def _as_text(cell: Any, text: str, reading: Reading) -> Cell:
    return text


def _as_code(cell: Any, text: str, reading: Reading) -> Cell:
    return text.upper()


def _as_date(cell: Any, text: str, reading: Reading) -> Cell:
    """A day; that it has come, and not when, is unknown."""
    day = _day(cell, reading) or reading.after_word(text, lambda rest: _day(rest, reading))
    said = None if day else export_words().yes_no.get(spelt(text))
    if said is not None:
        return UNKNOWN if said == "yes" else "none"
    return day or NotRead("is not a day that can be read")


def _day(cell: Any, reading: Reading) -> str | None:
    day = dates.day_of(cell, _order(reading.format))
    return day.isoformat() if day else None


def _as_period(cell: Any, text: str, reading: Reading) -> Cell:
    """A period by its first day, or by its first and its last; that it is, and not since when, is unknown."""
    said = export_words().yes_no.get(spelt(text))
    if said is not None:
        return UNKNOWN if said == "yes" else "none"
    if (day := _day(cell, reading)) is not None:
        return day
    for mark in _TO:
        days = [_day(part.strip(), reading) for part in text.split(mark)]
        if len(days) == 2 and all(days):
            return f"{days[0]} to {days[1]}"
    day = reading.after_word(text, lambda rest: _day(rest, reading))
    return day or NotRead("is not a period that can be read")


_TO = (" to ", " - ", " – ", "-", "–")
"""What stands between the first and the last day of a period."""


def _as_month(cell: Any, text: str, reading: Reading) -> Cell:
    return dates.month_of(cell, _order(reading.format)) or NotRead("is not a month that can be read")


def _as_time(cell: Any, text: str, reading: Reading) -> Cell:
    return clock_text(cell) or NotRead("is not a time of the clock")


def _as_number(cell: Any, text: str, reading: Reading) -> Cell:
    if reading.leaf.type.unit == "minute":
        minutes = minutes_of(cell, reading.format)
        return NotRead("is not a duration that can be read") if minutes is None else minutes_text(minutes)
    if not _NUMBER.fullmatch(text):
        return NotRead("is not a number")
    return _plain(text)


def _as_yes_no(cell: Any, text: str, reading: Reading) -> Cell:
    return export_words().yes_no.get(spelt(text)) or _unknown_word(text, "is neither yes nor no")


def _as_value(cell: Any, text: str, reading: Reading) -> Cell:
    return reading.words.value(text) or _unknown_word(text, "is a word that nothing maps")


def _as_set(cell: Any, text: str, reading: Reading) -> Cell:
    parts = [part.strip() for part in (text.split(reading.split) if reading.split else _SPLIT.split(text))]
    found = []
    for part in filter(None, parts):
        word = reading.mapped.get(spelt(part)) or (reading.words.value(part) if reading.leaf.type.values else part)
        if word is None:
            return _unknown_word(part, "holds a word that nothing maps")
        found.append(word)
    return UNKNOWN if UNKNOWN in found else ";".join(dict.fromkeys(found))


_KINDS: dict[str, Callable[[Any, str, Reading], Cell]] = {
    "code": _as_code,
    "date": _as_date,
    "period": _as_period,
    "month": _as_month,
    "time": _as_time,
    "number": _as_number,
    "yes/no": _as_yes_no,
    "value": _as_value,
    "set": _as_set,
}


def _order(format: Format | None) -> dates.Order | None:
    return "mdy" if format == "mdy" else "dmy" if format == "dmy" else None


def _unknown_word(text: str, says: str) -> NotRead:
    """A word that may be shown: short, and no number, which might be somebody's."""
    show = len(text) <= _LONGEST_WORD and text.isprintable() and any(char.isalpha() for char in text)
    return NotRead(says, text if show else "")


def _plain(text: str) -> str:
    negative = text.startswith("-") or "(" in text or "-" in text
    digits = re.sub(r"[^\d.]", "", text)
    return f"-{digits}" if negative else digits


def duration_text(cell: Any) -> str | None:
    """A duration as its column shows it, whatever a spreadsheet keeps; None where the cell holds nothing."""
    if isinstance(cell, datetime | time):
        cell = timedelta(hours=cell.hour, minutes=cell.minute, seconds=cell.second)
    if isinstance(cell, timedelta):
        seconds = int(cell.total_seconds())
        if seconds < 0:
            return "-1"
        hours, rest = divmod(seconds, 3600)
        return f"{hours}:{rest // 60:02}" if rest % 60 == 0 else f"{hours}:{rest // 60:02}:{rest % 60:02}"
    return text_of(cell)


def clock_text(cell: Any) -> str | None:
    """A time of the clock as facts hold it; None where the cell holds none."""
    second = dates.second_of(cell)
    return None if second is None else f"{second // 3600:02}:{second // 60 % 60:02}"


_BELOW_NOTHING = re.compile(r"-\s*\d+(?::\d\d){1,2}", re.ASCII)
_OF_A_NUMBER = {"hours": Fraction(60), "seconds": Fraction(1, 60), "minutes": Fraction(1)}


def minutes_of(cell: Any, format: Format | None) -> Fraction | None:
    """The minutes of a duration; None: it is none, or is not clear by itself and the format does not say."""
    text = duration_text(cell)
    if text is None:
        return None
    if (whole := durations.of_three(text)) is not None:
        return whole
    if (two := durations.of_two(text)) is not None:
        hours, seconds = two
        return hours if format == "h:mm" else seconds if format == "m:ss" or hours == seconds else None
    if _BELOW_NOTHING.fullmatch(text):
        return Fraction(-1)
    if _NUMBER.fullmatch(text):
        return Fraction(_plain(text)) * _OF_A_NUMBER.get(format or "", Fraction(1))
    parts = _parts().fullmatch(text)
    if parts is None or not any(parts.groups()):
        return None
    return sum((Fraction(part or 0) * _OF_A_NUMBER[unit] for unit, part in parts.groupdict().items()), Fraction(0))


@cache
def _parts() -> re.Pattern[str]:
    """Durations written with their units, as `1 hr 20 min`, by the words for them."""
    units = (f"(?:(?P<{unit}>{_DECIMAL})\\s*(?:{words})\\.?,?\\s*)?" for unit, words in export_words().units.items())
    return re.compile("".join(units), re.ASCII | re.IGNORECASE)


def minutes_text(minutes: Fraction) -> str:
    """Minutes exactly as facts hold them: a decimal, or hours, minutes and seconds."""
    if minutes.denominator == 1:
        return str(minutes.numerator)
    scaled = minutes * 10_000
    if scaled.denominator == 1:
        return f"{scaled.numerator / 10_000:.4f}".rstrip("0")
    seconds = minutes * 60
    if minutes < 0 or seconds.denominator != 1 or minutes >= 6000:
        return f"{float(minutes):.6f}"
    return f"{seconds.numerator // 3600}:{seconds.numerator // 60 % 60:02}:{seconds.numerator % 60:02}"


def said_by(name: str) -> Format | None:
    """What the name of a column says of its durations: `Duration (h:mm)`, `Seconds`, `Time (hours)`."""
    said = durations.named(name)[1].strip(" ()")
    if said:
        return "h:mm" if said.startswith("h") else "m:ss"
    words = {export_words().lengths.get(word) for word in re.findall(r"[a-z]+", name.casefold())}
    return next((way for way in _LENGTHS if way in words), None)


_LENGTHS: tuple[Format, ...] = ("seconds", "hours", "minutes")
