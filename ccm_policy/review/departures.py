"""How a patient-month departs from a plain chart, and which of two is the smaller.

A plain chart is a named set of facts of the library, as its examples start from one. A patient-month is the chart and
its departures: a fact that is another or left out, a record more or less, a field of a record. The smaller of two is
that with fewer facts to tell, then that with fewer minutes.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from fractions import Fraction
from typing import Any

from ccm_policy.evaluate.calendar import month_of, shifted
from ccm_policy.evaluate.examples import record_of
from ccm_policy.facts.plan import MONTH
from ccm_policy.language.parser import parse
from ccm_policy.language.tree import Vocabulary
from ccm_policy.library import Library

Raw = Mapping[str, Any]
"""A patient-month as it is written: facts by their paths, and lists of records; every value as text."""


@dataclass(frozen=True, slots=True)
class Left:
    """Left out of what the chart gives."""


LEFT_OUT = Left()
Key = tuple[str, int | None, str | None]


@dataclass(frozen=True, slots=True)
class Departure:
    """One way in which a patient-month is not the plain chart.

    `path`: a fact, or a list. `row`: which of the chart's records of the list, or, from their number on, a record more.
    `field`: of that record; None: the record whole. `value`: what is given instead; `LEFT_OUT`: it is not given.
    """

    path: str
    value: Any
    row: int | None = None
    field: str | None = None

    @property
    def cost(self) -> int:
        """How many facts it tells."""
        return max(1, len(self.value)) if self.field is None and isinstance(self.value, Mapping) else 1

    def __str__(self) -> str:
        where = self.path + ("" if self.row is None else f"[{self.row}]") + (f".{self.field}" if self.field else "")
        if self.value is LEFT_OUT:
            return f"without {where}"
        if isinstance(self.value, Mapping):
            return f"{where} {', '.join(f'{name} {shown(value)}' for name, value in self.value.items())}"
        return f"{where} {shown(self.value)}"


def shown(value: Any) -> str:
    """A value as a person writes it."""
    if value is None:
        return "unknown"
    if isinstance(value, list | tuple):
        return ", ".join(map(shown, value)) if value else "none"
    return str(value)


def charts(library: Library, month: str) -> dict[str, Raw]:
    """Every named set of facts of a library, as a record of that month."""
    found = {}
    for file in library.files:
        for statement in file.statements:
            if statement.kind == "facts":
                text = f'example "{statement.name}"\n  month {month}\n  given {statement.name}\n  expect risk none\n'
                example, _ = parse(text, "")
                found[statement.name] = record_of(example.statements[0], library)
    return found


def departures(raw: Raw, chart: Raw, vocabulary: Vocabulary) -> tuple[Departure, ...]:
    """In what a record is not the chart; from these and the chart it can be made again."""
    found: list[Departure] = []
    for path in dict.fromkeys((*chart, *raw)):
        one, other = chart.get(path, LEFT_OUT), raw.get(path, LEFT_OUT)
        if one == other or path == MONTH:
            continue
        if isinstance(one, list) and isinstance(other, list) and path in vocabulary.lists and other:
            found += _rows(path, one, other)
        elif isinstance(other, list) and other and path in vocabulary.lists:
            found += (Departure(path, dict(row), n) for n, row in enumerate(other))
        else:
            found.append(Departure(path, other))
    return tuple(found)


def _rows(path: str, chart: Sequence[Raw], rows: Sequence[Raw]) -> Iterator[Departure]:
    """Each record beside the record of the chart that is most like it."""
    free = list(range(len(chart)))
    more = len(chart)
    unmatched: list[Raw] = []
    for row in rows:
        same = next((n for n in free if chart[n] == row), None)
        if same is None:
            unmatched.append(row)
        else:
            free.remove(same)
    for row in unmatched:
        near = min(free, key=lambda n: len(_cells(path, n, chart[n], row)), default=None)
        cells = [] if near is None else _cells(path, near, chart[near], row)
        if near is None or len(cells) > len(row):
            yield Departure(path, dict(row), more)
            more += 1
        else:
            free.remove(near)
            yield from cells
    yield from (Departure(path, LEFT_OUT, n) for n in free)


def _cells(path: str, row: int, one: Raw, other: Raw) -> list[Departure]:
    names = [name for name in dict.fromkeys((*one, *other)) if one.get(name, LEFT_OUT) != other.get(name, LEFT_OUT)]
    return [Departure(path, other.get(name, LEFT_OUT), row, name) for name in names]


def made(chart: Raw, changed: Sequence[Departure]) -> dict[str, Any]:
    """The chart with these departures."""
    raw = {path: [dict(row) for row in v] if _is_records(v) else v for path, v in chart.items()}
    gone: list[tuple[str, int]] = []
    for each in sorted(changed, key=lambda d: (d.path, d.row or 0)):
        if each.row is None:
            if each.value is LEFT_OUT:
                raw.pop(each.path, None)
            else:
                raw[each.path] = each.value
        elif each.field is not None:
            row = raw[each.path][each.row]
            if each.value is LEFT_OUT:
                row.pop(each.field, None)
            else:
                row[each.field] = each.value
        elif each.value is LEFT_OUT:
            gone.append((each.path, each.row))
        else:
            raw[each.path] = [*(raw.get(each.path) or []), dict(each.value)]
    for path, at in sorted(gone, reverse=True):
        del raw[path][at]
    return raw


def _is_records(value: Any) -> bool:
    return isinstance(value, list) and bool(value) and all(isinstance(row, Mapping) for row in value)


@dataclass(frozen=True, order=True, slots=True)
class Size:
    """By how much a patient-month departs: facts to tell, then minutes, then the places where they stand."""

    facts: int
    minutes: Fraction
    places: int


def size(raw: Raw, changed: Sequence[Departure], vocabulary: Vocabulary) -> Size:
    """The size of a patient-month with these departures."""
    return Size(sum(each.cost for each in changed), minutes(raw, vocabulary), len(changed))


def minutes(raw: Raw, vocabulary: Vocabulary) -> Fraction:
    """All minutes that its records tell."""
    total = Fraction(0)
    for name, listed in vocabulary.lists.items():
        timed = [f.name for f in listed.fields.values() if f.type.unit == "minute" and f.type.kind == "number"]
        for row in (raw.get(name) or ()) if timed else ():
            for field in timed:
                try:
                    total += Fraction(str(row.get(field, 0)))
                except ValueError:
                    continue
    return total


def nearest(raw: Raw, known: Mapping[str, Raw], vocabulary: Vocabulary) -> tuple[str, tuple[Departure, ...]]:
    """The chart from which a record departs least, by its name, and how. Of equals, the one declared first."""
    ways = [(name, departures(raw, chart, vocabulary)) for name, chart in known.items()]
    return min(ways, key=lambda way: sum(each.cost for each in way[1]))


def moved(raw: Raw, chart: Raw, month: str, vocabulary: Vocabulary) -> dict[str, Any]:
    """The record in another month: each day that the chart does not give moves by as many months."""
    by = _number(month) - _number(str(raw[MONTH]))
    if by == 0:
        return dict(raw)
    changed = [
        Departure(each.path, _later(each.value, by), each.row, each.field)
        for each in departures(raw, chart, vocabulary)
    ]
    return {**made(chart, changed), MONTH: month}


def _later(value: Any, by: int) -> Any:
    if isinstance(value, Mapping):
        return {name: _later(part, by) for name, part in value.items()}
    if isinstance(value, list):
        return [_later(part, by) for part in value]
    day = day_of(value)
    return value if day is None else shifted(day, by, "month").isoformat()


def day_of(value: Any) -> date | None:
    """A text as a day, where it is one."""
    try:
        return date.fromisoformat(value) if isinstance(value, str) and len(value) == len("2000-01-01") else None
    except ValueError:
        return None


def _number(month: str) -> int:
    return int(month[:4]) * 12 + int(month[5:7])


def months_on(month: str, by: int) -> str:
    """The month so many months later."""
    return month_of(shifted(date(int(month[:4]), int(month[5:7]), 1), by, "month"))


Lives = Mapping[str, tuple[str, str | None, str | None]]
"""Codes to their first month, last month (None: they live) and successor."""


def lives_in(code: str, lives: Lives, month: str) -> bool:
    """Whether a code is a service in a month, as far as its life is known."""
    first, last, _ = lives.get(code, (month, None, None))
    return first <= month and (last is None or month <= last)


def successor(code: str, lives: Lives, month: str) -> str:
    """The code that is a service in a month in the place of another, by what came after what; itself where none is."""
    if lives_in(code, lives, month):
        return code
    after = lives[code][2]
    near = [each for each, life in lives.items() if life[2] == code or each == after]
    return next((each for each in near if lives_in(each, lives, month)), code)
