"""The facts as they stand on the day from which work is planned, who does the work, and until when it still counts."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, replace
from datetime import date, timedelta
from fractions import Fraction

from ccm_policy.evaluate.calendar import month_bounds
from ccm_policy.facts.digest import digest
from ccm_policy.facts.values import Given, GivenList, Value
from ccm_policy.language.tree import END_OF_RECORD, AtMost, EdgeOfMonth, Fact, ListDecl, Node, Rule, Vocabulary
from ccm_policy.language.walk import records_of, within

_MOST_TRIED = 3
Row = Mapping[str, Value]


@dataclass(frozen=True, slots=True, kw_only=True)
class Log:
    """The list in which minutes of work are written: its fields of the day, of the minutes, of who did it by name and
    by what he is, and those that belong to one entry alone."""

    name: str
    date: str
    minutes: str
    staff: str
    stands_for: tuple[str, ...]
    own: frozenset[str]


def log_of(vocabulary: Vocabulary) -> Log | None:
    """The list whose records have a day of the month, minutes, and somebody who is looked up."""
    return next((log for each in vocabulary.lists.values() if (log := _log(each)) is not None), None)


def _log(declared: ListDecl) -> Log | None:
    fields, day = declared.fields, declared.date_field
    minutes = [name for name, field in fields.items() if field.type.unit == "minute" and field.type.kind == "number"]
    staff = [field for field in fields.values() if field.looks_up]
    if declared.union_of or day is None or not fields[day].type.in_month or not minutes or not staff:
        return None
    return Log(
        name=declared.name,
        date=day,
        minutes=minutes[0],
        staff=staff[0].name,
        stands_for=tuple(own for _, own in staff[0].fallback),
        own=frozenset({day, minutes[0], "id", *(declared.clock or ())}),
    )


def hangs_on_month(rule: Rule, work: Callable[[str], bool]) -> bool:
    """Whether a rule asks for work to be done within the month: once that is over, it cannot be mended."""
    return any(_of_the_month(node, work) for condition in rule.conditions for node in within(condition))


def _of_the_month(node: Node, work: Callable[[str], bool]) -> bool:
    if isinstance(node, AtMost):
        sides = (node.left, node.right)
        edge = any(isinstance(side, EdgeOfMonth) and side.which == "start" for side in sides)
        return edge and any(isinstance(side, Fact) and work(side.path) for side in sides)
    records = records_of(node)
    return records is not None and records.in_month and work(records.list)


@dataclass(frozen=True, slots=True)
class Planned:
    """A patient-month as it stands on a day. `left_out`: entries dated later; `day`: the first on which work may still
    be done, None where the month is over."""

    given: Given
    left_out: int
    day: date | None


def planned(given: Given, day: date, vocabulary: Vocabulary) -> Planned:
    """The facts as of a day: complete up to it, and without what the log has of later days.

    A record that is complete only up to an earlier day stays so.
    """
    first, last = month_bounds(given.service_month)
    facts, lists, left_out = dict(given.facts), dict(given.lists), 0
    for name, rows in given.lists.items():
        at = vocabulary.lists[name].date_field
        if at is None or name == vocabulary.claim or not isinstance(rows, GivenList):
            continue
        if vocabulary.lists[name].fields[at].type.in_month:
            kept = [n for n, row in enumerate(rows.rows) if not _later(row.get(at), day)]
            left_out += len(rows.rows) - len(kept)
            numbers = tuple(rows.numbers[n] for n in kept) if rows.numbers else ()
            lists[name] = replace(rows, rows=tuple(rows.rows[n] for n in kept), numbers=numbers)
    mark, own = vocabulary.marks.get(END_OF_RECORD), None
    if mark is not None and day < last:
        own = facts.get(mark)
        facts[mark] = min(own, day) if isinstance(own, date) else day
    changed = replace(given, facts=facts, lists=lists, digest=digest(facts, lists))
    return Planned(changed, left_out, max(first, day) if day <= last else None)


def _later(dated: Value | None, day: date) -> bool:
    return isinstance(dated, date) and dated > day


def whose(given: Given, log: Log | None, key: Callable[[str], str]) -> str | None:
    """Who does the patient's work: of the log, who has most minutes, by name or else by what he is; else who bills;
    None: nobody is named. `key`: how the key of a person is shown."""
    minutes: Counter[str] = Counter()
    for row in _entries(given, log):
        assert log is not None
        named = row.get(log.staff)
        who = key(named) if isinstance(named, str) else next(_what(row, log), None)
        long = row.get(log.minutes)
        if who is not None:
            minutes[who] += long if isinstance(long, Fraction) else 0  # type: ignore[assignment]
    biller = given.practitioner_id
    return max(minutes, key=lambda who: minutes[who]) if minutes else None if biller is None else key(biller)


def _what(row: Row, log: Log) -> Iterator[str]:
    """What somebody is who is not named."""
    yield from (value for name in log.stands_for if isinstance(value := row.get(name), str))


def _entries(given: Given, log: Log | None) -> tuple[Row, ...]:
    rows = given.lists.get(log.name) if log is not None else None
    return rows.rows if isinstance(rows, GivenList) else ()


def last_day(
    given: Given,
    minutes: Fraction,
    days: tuple[date, date],
    log: Log | None,
    earns: Callable[[Given], bool],
    mark: str | None,
) -> date | None:
    """The last of these days on which so many minutes would earn what is wanted; None: on none of them.

    It is tried: an entry like one that stands in the log is added on each day, from the last, and `earns` decides the
    month. Where the log is empty nothing can be tried, and it is the last day.
    """
    first, last = days
    models = tuple(_models(given, log))
    if log is None or not models:
        return last
    end = month_bounds(given.service_month)[1]
    for back in range((last - first).days + 1):
        day = last - timedelta(back)
        for model in models:
            entry = {**model, log.date: day, log.minutes: minutes}
            if earns(_with(given, log, entry, {mark: day} if mark and day < end else {}, mark)):
                return day
    return None


def _models(given: Given, log: Log | None) -> Iterator[dict[str, Value]]:
    """Entries of different kinds, the latest first, without what belongs to one entry alone."""
    seen: list[dict[str, Value]] = []
    for row in reversed(_entries(given, log)):
        assert log is not None
        model = {name: value for name, value in row.items() if name not in log.own}
        alike = {name: value for name, value in model.items() if not isinstance(value, str) or len(value) < 24}
        if alike not in seen and len(seen) < _MOST_TRIED:
            seen.append(alike)
            yield model


def _with(given: Given, log: Log, entry: dict[str, Value], known: dict[str, date], mark: str | None) -> Given:
    rows = given.lists[log.name]
    assert isinstance(rows, GivenList)
    more = replace(rows, rows=(*rows.rows, entry), numbers=())
    facts: dict[str, Value] = {**{name: v for name, v in given.facts.items() if name != mark}, **known}
    lists = {**given.lists, log.name: more}
    return replace(given, facts=facts, lists=lists, digest=digest(facts, lists))
