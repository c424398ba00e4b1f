"""A sum in which a minute of the clock counts once, where records may share some or run past midnight.

Which records count, and what each would add, is worked out by compiled code; what is left of those that share minutes
is told by `evaluate.once`, as for the reference. Each function says the same as its namesake in `evaluate.aggregates`.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from fractions import Fraction
from typing import Any, Protocol

from ccm_policy.compile import known, reckoning
from ccm_policy.compile.known import NotCompiledError, Pair
from ccm_policy.compile.program import Compiled
from ccm_policy.compile.records import Record as Row
from ccm_policy.compile.records import State
from ccm_policy.compile.results import TRUTHS
from ccm_policy.evaluate import once
from ccm_policy.evaluate.aggregates import day_of
from ccm_policy.evaluate.entries import Adds, ByDay, Kept
from ccm_policy.evaluate.expressions import days_of
from ccm_policy.evaluate.midnight import Part, PastMidnight, past_midnight
from ccm_policy.evaluate.patient_month import Facts, Record
from ccm_policy.evaluate.ranges import Days, Range
from ccm_policy.evaluate.scene import Scene
from ccm_policy.evaluate.trace import Trace
from ccm_policy.facts.values import UNKNOWN
from ccm_policy.language import tree as t


class Month(Protocol):
    """A patient-month in slots."""

    code: Compiled
    state: State

    @property
    def facts(self) -> Facts:
        """Facts of the reference."""

    def row(self, record: Record) -> Row:
        """A record in slots."""


ByDays = tuple[tuple[int, Any], ...]
"""How much counts on which day, by the day's number."""


@dataclass(frozen=True, slots=True)
class Match:
    """A record, whether it is one of those that are summed, and its row. `part`: the minutes of one day that it stands
    for; `later`: some of them may be of the next day."""

    record: Record
    row: Row
    truth: int
    part: Part | None = None
    later: bool = False

    @property
    def timed(self) -> Record:
        """The record with the minutes that it stands for."""
        return self.record if self.part is None else self.part.record


@dataclass(frozen=True, slots=True)
class Share:
    """What a record adds at least and at most; `early` and `late`: the same by the first and the last days on which it
    may."""

    amount: Pair
    early: ByDays
    late: ByDays


def shares(month: Month, node: t.Sum, checks: Sequence[t.OverlapCheck], scene: Scene) -> tuple[Share, ...]:
    """What every record adds when a minute that several of them have counts once."""
    found = _matches(month, node)
    past = [past_midnight(match.record, row, checks[0], scene) for row, match in enumerate(found)]
    if any(past):
        found = [m for match, p in zip(found, past, strict=True) for m in _by_day(month, match, p, node)]
    amounts = [_share(month, match, node) for match in found]
    adding = [
        Adds(match.timed, TRUTHS[match.truth], Range(*amount), _not_read)
        for match, amount in zip(found, amounts, strict=True)
    ]
    kept = once.kept(adding, checks, scene)
    date = scene.vocabulary.lists[node.records.list].date_field or ""
    made: list[Share] = []
    for row, (match, amount) in enumerate(zip(found, amounts, strict=True)):
        left = kept.get(row)
        if left is not None:
            amount = (_exact(left.amount.low), _exact(left.amount.high))
        if node.rounding == "down_each":
            amount = reckoning.floored(amount)
        made.append(_by_its_days(match, amount, left, days_of(day_of(match.timed, date, scene))))
    return tuple(made)


def _by_its_days(match: Match, amount: Pair, left: Kept | None, days: Days) -> Share:
    first, last = days.low.toordinal(), days.high.toordinal()
    if match.later:
        last = reckoning.moved((last, last), 1, "day")[0]
    early, late = ((first, amount[1]),), ((last, amount[0]),)
    return Share(
        amount,
        early if left is None or left.high is None else _ordinary(left.high),
        late if left is None else _ordinary(left.low),
    )


def _ordinary(by_day: ByDay) -> ByDays:
    return tuple((day, known.number(amount)) for day, amount in by_day.items())


def _exact(value: Fraction | None) -> Any:
    return None if value is None else known.number(value)


def _not_read() -> Trace:
    """Of a sum of values alone nobody reads what it rests on."""
    raise NotCompiledError


def _matches(month: Month, node: t.Sum) -> list[Match]:
    """Every record of the list, with whether it is spoken of; the unseen one only where it may be."""
    name = node.records.list
    rows = month.code.rows(name, month.state)
    records = month.facts.list(name).all
    if any(not record.certain and not record.unseen for record in records):
        raise NotCompiledError
    found = [
        Match(record, row, month.code.match(node.records, row, month.state))
        for record, row in zip(records, rows, strict=True)
    ]
    return [match for match in found if match.truth or not match.record.unseen]


def _by_day(month: Month, match: Match, past: PastMidnight | None, node: t.Sum) -> Iterator[Match]:
    """A record that runs past midnight as one of each day."""
    if past is None:
        yield match
        return
    after = None
    if past.inside is not False:
        row = month.row(past.moved)
        truth = month.code.match(node.records, row, month.state)
        after = Match(past.moved, row, truth & 1 if past.inside is UNKNOWN else truth)
    if past.parts is not None:
        yield replace(match, part=past.parts[0])
        if after is not None:
            yield replace(after, part=past.parts[1])
    elif (0 if after is None else after.truth) == match.truth:
        yield replace(match, later=after is not None)
    else:
        yield replace(match, truth=1, later=True)


def _share(month: Month, match: Match, node: t.Sum) -> Pair:
    """What one record adds at least and at most (S14)."""
    if not match.truth:
        return (0, 0)
    operands = [
        month.code.function(operand, node.records.list)(month.state, match.row)
        for operand in (node.value, node.divisor)
        if operand is not None
    ]
    amount: Pair = (0, None) if match.record.unseen else reckoning.share(match.truth, *operands)
    if match.part is None:
        return amount
    part = known.number(match.part.of_all)
    return reckoning.times(amount, (part, part))
