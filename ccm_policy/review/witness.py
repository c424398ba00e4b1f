"""The smallest patient-month that shows what a change means: found among what is tried, then made smaller."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from fractions import Fraction
from itertools import chain, islice
from typing import Any

from ccm_policy import facts
from ccm_policy.evaluate.examples import UNNAMED, examples_of, record_of
from ccm_policy.facts.plan import MONTH, PATIENT
from ccm_policy.facts.values import Given
from ccm_policy.language.diagnostics import Diagnostic
from ccm_policy.language.tree import CHOICE_OF_LAYERS, Program, Vocabulary
from ccm_policy.library import Library
from ccm_policy.review.departures import Departure, Raw, Size, charts, departures, made, moved, nearest, size, successor


@dataclass(slots=True)
class Place:
    """A side in a month, with what is known of it while a review lasts."""

    library: Library
    month: str
    charts: dict[str, Raw] = field(init=False)

    def __post_init__(self) -> None:
        self.charts = charts(self.library, self.month) or {"": {PATIENT: UNNAMED, MONTH: self.month}}

    @property
    def vocabulary(self) -> Vocabulary:
        """What can be known of a patient-month there."""
        return self.library.vocabulary

    def read(self, raw: Raw) -> Given | None:
        """The facts of a record; None where it is refused."""
        return facts.check(raw, self.vocabulary)[0]

    def moved(self, raw: Raw, chart: str | None = None) -> dict[str, Any]:
        """A record in this month. `chart`: the nearest to it, where that is known."""
        if raw[MONTH] == self.month:
            return dict(raw)
        name = nearest(raw, self.charts, self.vocabulary)[0] if chart is None else chart
        return moved(raw, self.charts[name], self.month, self.vocabulary)

    def policies(self, given: Given) -> tuple[str, ...] | None:
        """The policies that certainly apply; None where none speaks for the payer."""
        asked = given.facts.get(self.vocabulary.marks.get(CHOICE_OF_LAYERS, ""))
        found = self.library.select(given.facts, self.month, asked if isinstance(asked, frozenset) else frozenset())
        return None if isinstance(found, Diagnostic) or not found.established else found.policies

    def speaks(self, policies: tuple[str, ...], policy: str) -> bool:
        """Whether a policy is among these, or one of them rests on it."""
        outline = self.library.outline.policies
        return any(policy == name or (name in outline and policy in outline[name].under) for name in policies)

    def program(self, policies: tuple[str, ...]) -> Program:
        """What these policies say in the month."""
        return self.library.program(policies, self.month)

    def seeds(self) -> Iterator[tuple[str, Raw]]:
        """Patient-months to start from, each with the chart that is nearest: the plain charts, and what the library's
        examples give."""
        yield from self.charts.items()
        for example in examples_of(self.library):
            raw = record_of(example, self.library)
            chart = nearest(raw, self.charts, self.vocabulary)[0]
            yield chart, self.living(self.moved(raw, chart))

    def living(self, raw: Raw) -> dict[str, Any]:
        """The record with each code that is no service in the month by the one that was, or is, in its place."""
        return {name: self._of_the_month(value) for name, value in raw.items()}

    def _of_the_month(self, value: Any) -> Any:
        if isinstance(value, Mapping):
            return {name: self._of_the_month(part) for name, part in value.items()}
        if isinstance(value, list):
            return [self._of_the_month(part) for part in value]
        return successor(value, self.library.outline.lives, self.month) if isinstance(value, str) else value


MOST_STEPS = 200

Shows = Callable[[Raw], bool]
"""Whether a record shows what is looked for."""


def smallest(raw: Raw, place: Place, shows: Shows) -> dict[str, Any]:
    """The record made smaller for as long as it still shows it: fewer departures from the nearest chart, then fewer
    minutes."""
    best, known = dict(raw), measured(raw, place)
    for _ in range(MOST_STEPS):
        for each, changed in _smaller(best, place):
            made_so = size(each, changed, place.vocabulary)
            if made_so < known and shows(each):
                best, known = each, made_so
                break
        else:
            break
    return tidy(_fewest(best, place, shows), place.vocabulary)


def tidy(raw: Raw, vocabulary: Vocabulary) -> dict[str, Any]:
    """The record with the fields of its lists in the order in which they are declared."""
    found = dict(raw)
    for name, listed in vocabulary.lists.items():
        if raw.get(name):
            order = list(listed.fields)
            found[name] = [dict(sorted(row.items(), key=lambda cell: order.index(cell[0]))) for row in raw[name]]
    return found


def measured(raw: Raw, place: Place, chart: str | None = None) -> Size:
    """By how much a record departs from the nearest chart, or from one."""
    known = place.charts if chart is None else {chart: place.charts[chart]}
    return size(raw, nearest(raw, known, place.vocabulary)[1], place.vocabulary)


def _smaller(raw: Raw, place: Place) -> Iterator[tuple[dict[str, Any], tuple[Departure, ...]]]:
    """Records with less to tell: from the two nearest charts, the largest steps first."""
    ways = [(name, departures(raw, chart, place.vocabulary)) for name, chart in place.charts.items()]
    ways.sort(key=lambda way: sum(each.cost for each in way[1]))
    for name, changed in ways[:2]:
        chart = {**place.charts[name], MONTH: raw[MONTH]}
        for kept in chain(
            _fewer(changed, place.vocabulary), _joined(changed, place.vocabulary), _emptied(changed, place.vocabulary)
        ):
            yield made(chart, kept), kept


def _fewer(changed: Sequence[Departure], vocabulary: Vocabulary) -> Iterator[tuple[Departure, ...]]:
    """Without a half of them, one, two, or a field of a record more. A record keeps its day."""
    half = len(changed) // 2
    if half > 1:
        yield from (tuple(changed[:half]), tuple(changed[half:]))
    for n in range(len(changed)):
        yield (*changed[:n], *changed[n + 1 :])
    if len(changed) <= 8:
        for n in range(len(changed)):
            for m in range(n):
                yield tuple(each for at, each in enumerate(changed) if at not in (n, m))
    for n, each in enumerate(changed):
        if isinstance(each.value, Mapping) and len(each.value) > 1:
            listed = vocabulary.lists[each.path]
            for name in (n for n in each.value if n not in (listed.date_field, listed.first_field)):
                less = {field: value for field, value in each.value.items() if field != name}
                yield (*changed[:n], replace(each, value=less), *changed[n + 1 :])


def _emptied(changed: Sequence[Departure], vocabulary: Vocabulary) -> Iterator[tuple[Departure, ...]]:
    """A list with nothing in it, in the place of all that is otherwise in it."""
    for path in dict.fromkeys(each.path for each in changed if each.path in vocabulary.lists):
        yield (*(each for each in changed if each.path != path), Departure(path, []))


def _joined(changed: Sequence[Departure], vocabulary: Vocabulary) -> Iterator[tuple[Departure, ...]]:
    """Two records of work as one with the minutes of both."""
    for n, one in enumerate(changed):
        for m, other in enumerate(changed):
            if (
                n != m
                and one.path == other.path
                and isinstance(one.value, Mapping)
                and isinstance(other.value, Mapping)
            ):
                timed = _timed(one, vocabulary)
                if timed is not None and timed in one.value and timed in other.value:
                    both = str(_number(one.value[timed]) + _number(other.value[timed]))
                    joined = replace(one, value={**one.value, timed: both})
                    yield tuple(joined if at == n else each for at, each in enumerate(changed) if at != m)


def _timed(each: Departure, vocabulary: Vocabulary) -> str | None:
    listed = vocabulary.lists.get(each.path)
    fields = () if listed is None else listed.fields.values()
    return next((f.name for f in fields if f.type.unit == "minute" and f.type.kind == "number"), None)


def _number(text: Any) -> Fraction:
    try:
        return Fraction(str(text))
    except ValueError:
        return Fraction(0)


def _fewest(raw: dict[str, Any], place: Place, shows: Shows) -> dict[str, Any]:
    """The record with each of its minutes as few as may be."""
    for path, listed in place.vocabulary.lists.items():
        timed = _timed(Departure(path, None), place.vocabulary)
        for n, row in enumerate(raw.get(path) or ()) if listed is not None and timed is not None else ():
            if timed in row:
                raw = _least(raw, path, n, str(timed), shows)
    return raw


def _least(raw: dict[str, Any], path: str, at: int, name: str, shows: Shows) -> dict[str, Any]:
    def with_(minutes: int) -> dict[str, Any]:
        rows = [{**row, name: str(minutes)} if n == at else row for n, row in enumerate(raw[path])]
        return {**raw, path: rows}

    high = int(_number(raw[path][at][name]))
    low = 0
    while low < high:
        middle = (low + high) // 2
        if shows(with_(middle)):
            high = middle
        else:
            low = middle + 1
    return with_(high) if shows(with_(high)) else raw


def tried(
    bases: Iterable[Raw], edited: Callable[[Raw], Iterator[dict[str, Any]]], most: int
) -> Iterator[dict[str, Any]]:
    """Each base with one thing changed, then with two, up to so many."""
    bases = list(bases)
    singles = [each for base in bases for each in edited(base)]
    yield from islice(singles, most)
    left = most - len(singles)
    for each in singles:
        if left <= 0:
            return
        for twice in islice(edited(each), 60):
            yield twice
            left -= 1
