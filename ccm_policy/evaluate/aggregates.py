"""What is said about many records: how many match, sums, first and last days, one record out of a list (S12 to S18).

Every one of them is a range from what is established (records that certainly match) to what is possible (records
that may match). The unseen record of a list that is not complete stands for any number of records.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import date
from fractions import Fraction
from functools import partial
from typing import NamedTuple

from ccm_policy.evaluate import once, ranges
from ccm_policy.evaluate.calendar import AFTER_ALL, shifted
from ccm_policy.evaluate.entries import Adds, Kept
from ccm_policy.evaluate.expressions import combined, days_of, field_of, number_of, truth_of
from ccm_policy.evaluate.midnight import Part, PastMidnight, past_midnight
from ccm_policy.evaluate.patient_month import Listed, Record
from ccm_policy.evaluate.ranges import ZERO, Days, Range, exactly, on_day, whole
from ccm_policy.evaluate.scene import Bound, Reader, Scene
from ccm_policy.evaluate.trace import Leaf, Trace
from ccm_policy.facts.values import NONE, UNKNOWN
from ccm_policy.language import tree
from ccm_policy.language.tree import DATE
from ccm_policy.language.truth import Truth, conjunction, disjunction, negation

# --- which records count -----------------------------------------------------------------------------------------


DECIDES = "decides"
"""The severity of a log check by which minutes are counted."""

DOUBTFUL = "code"
"""The field that tells whether a line of the claim stands among the services (L14)."""


class Match(NamedTuple):
    """A record, whether it is one of those that are spoken of, and why. `bound` has it nearest. `part`: the minutes of
    one day that it stands for; `later`: some of them may be of the next day."""

    record: Record
    truth: Truth
    trace: Trace
    bound: Bound
    part: Part | None = None
    later: bool = False

    @property
    def timed(self) -> Record:
        """The record with the minutes that it stands for."""
        return self.record if self.part is None else self.part.record


def matches(records: tree.Records, scene: Scene, bound: Bound) -> tuple[Match, ...]:
    """Every record of the list, with what its condition comes to; the unseen one only where it may match."""
    listed = scene.facts.list(records.list)
    found = [_match(record, listed, records, scene, (record, *bound)) for record in listed.all]
    return tuple([match for match in found if not (match.truth is False and match.record.unseen)])


def match_of(record: Record, records: tree.Records, scene: Scene) -> Match:
    """One record of the list by itself."""
    return _match(record, scene.facts.list(records.list), records, scene, (record,))


def _match(record: Record, listed: Listed, records: tree.Records, scene: Scene, bound: Bound) -> Match:
    if listed.unknown:
        return Match(
            record,
            UNKNOWN,
            Trace(None, UNKNOWN, leaf=Leaf(listed.path, UNKNOWN, null=listed.null), label=record.path),
            bound,
        )
    parts: list[Trace] = []
    if not record.certain:
        parts.append(Trace(None, UNKNOWN, leaf=Leaf(record.path_of(DOUBTFUL), UNKNOWN)))
    if (doubt := _undated(record, scene)) is not None:
        parts.append(doubt)
    if records.in_month:
        parts.append(_dated(record, on_day(scene.first_day), on_day(scene.last_day), scene))
    if records.on is not None:
        day = scene.evaluate(records.on, bound[1:])
        placed = _dated(record, days_of(day), days_of(day), scene)
        parts.append(Trace(None, placed.value, (placed, day)))
    truth = conjunction([truth_of(part) for part in parts])
    if records.where is not None and truth is not False:
        parts.append(scene.evaluate(records.where, bound))
        truth = conjunction((truth, truth_of(parts[-1])))
    return Match(record, truth, combined(None, truth, tuple(parts), record.path), bound)


def _undated(record: Record, scene: Scene) -> Trace | None:
    """The doubt about a record of an unknown day, in a list that says when such a record stands."""
    declared = scene.vocabulary.lists[record.list]
    if declared.undated_when is None or declared.date_field is None or record.unseen:
        return None
    day = scene.facts.cell(record, declared.date_field)
    stands = scene.facts.fact(declared.undated_when)
    if day.value is not UNKNOWN or (not day.null and stands.value is True):
        return None
    null = day.null or stands.null
    leaves = [Leaf(record.path_of(declared.date_field), UNKNOWN, null=null)]
    if stands.value is UNKNOWN and not day.null:
        leaves.append(Leaf(declared.undated_when, UNKNOWN, null=null))
    return Trace(None, UNKNOWN, tuple(Trace(None, UNKNOWN, leaf=leaf) for leaf in leaves))


def _dated(record: Record, first: Days, last: Days, scene: Scene) -> Trace:
    """Whether a record is dated in the days from `first` to `last`, or has a period that reaches into them."""
    declared = scene.vocabulary.lists[record.list]
    ways: list[Trace] = []
    if declared.date_field:
        day = field_of(record, declared.date_field, declared.fields[declared.date_field].type, scene)
        truth = conjunction((ranges.at_most(first, days_of(day)), ranges.at_most(days_of(day), last)))
        ways.append(Trace(None, truth, (day,)))
    if declared.first_field and declared.last_field:
        start = field_of(record, declared.first_field, declared.fields[declared.first_field].type, scene)
        end = field_of(record, declared.last_field, declared.fields[declared.last_field].type, scene)
        begun, not_over = ranges.at_most(days_of(start), last), ranges.at_most(first, days_of(end))
        ways.append(
            combined(
                None, conjunction((begun, not_over)), (Trace(None, begun, (start,)), Trace(None, not_over, (end,)))
            )
        )
    if not ways:
        return Trace(None, True)
    return combined(None, disjunction(truth_of(way) for way in ways), tuple(ways))


def _list_leaf(records: tree.Records, scene: Scene) -> Trace:
    """What a list without records contributes to the reasons: that none are known (D35)."""
    listed = scene.facts.list(records.list)
    return Trace(None, NONE, leaf=Leaf(listed.path, NONE, listed.presumed, attested=listed.attested))


def with_list(parts: tuple[Trace, ...], records: tree.Records, scene: Scene) -> tuple[Trace, ...]:
    """The parts of what is said of records; where there are none, the list itself."""
    return parts or (_list_leaf(records, scene),)


# --- how many ----------------------------------------------------------------------------------------------------


def _counted(found: tuple[Match, ...]) -> Range:
    """From the records that certainly match to those that may (S12, S13)."""
    possible = [m for m in found if m.truth is not False]
    certain = whole(sum(m.truth is True for m in found))
    return Range(certain, None if any(m.record.unseen for m in possible) else whole(len(possible)))


def _at_least(node: tree.AtLeast, scene: Scene, bound: Bound) -> Trace:
    found = matches(node.records, scene, bound)
    truth = ranges.at_most(exactly(node.number), _counted(found))
    parts = tuple(m.trace for m in found)
    if truth is True:
        decided_by = tuple(m.trace for m in found if m.truth is True)
    elif truth is False:
        decided_by = tuple(m.trace for m in found if m.truth is not True) or parts
    else:
        decided_by = tuple(m.trace for m in found if m.truth is UNKNOWN)
    return Trace(node, truth, with_list(parts, node.records, scene), decided_by or None)


def _every(node: tree.Every, scene: Scene, bound: Bound) -> Trace:
    """Every record that matches has it; of nothing, yes; of a list that is not known, unknown (S12)."""
    parts: list[Trace] = []
    for match in matches(node.records, scene, bound):
        if match.truth is False:
            parts.append(Trace(None, True, (match.trace,), label=match.record.path))
            continue
        has = scene.evaluate(node.has, match.bound)
        truth = disjunction((negation(match.truth), truth_of(has)))
        if scene.facts.list(node.records.list).unknown:
            truth = UNKNOWN
        rests_on = (has,) if truth is True or match.truth is True else (match.trace, has)
        parts.append(Trace(None, truth, (match.trace, has), rests_on, label=match.record.path))
    truth = conjunction(truth_of(part) for part in parts)
    return (
        combined(node, truth, with_list(tuple(parts), node.records, scene))
        if parts
        else Trace(node, truth, with_list((), node.records, scene))
    )


def _count_of(node: tree.CountOf, scene: Scene, bound: Bound) -> Trace:
    found = matches(node.records, scene, bound)
    return Trace(node, _counted(found), with_list(tuple(m.trace for m in found), node.records, scene))


def _during(node: tree.During, scene: Scene, bound: Bound) -> Trace:
    """A day lies in the days of some record; each end counts unless it is out (L10)."""
    day = scene.evaluate(node.operand, bound)
    declared = scene.vocabulary.lists[node.records.list].fields
    parts: list[Trace] = []
    for match in matches(node.records, scene, bound):
        first = field_of(match.record, node.first_field, declared[node.first_field].type, scene)
        last = field_of(match.record, node.last_field, declared[node.last_field].type, scene)
        begun = ranges.at_most(days_of(first), days_of(day), strict=node.first_day == "out")
        not_over = ranges.at_most(days_of(day), days_of(last), strict=node.last_day == "out")
        steps = (match.trace, Trace(None, begun, (day, first)), Trace(None, not_over, (day, last)))
        parts.append(combined(None, conjunction(truth_of(s) for s in steps), steps, match.record.path))
    truth = disjunction(truth_of(part) for part in parts)
    if not parts:
        return Trace(node, truth, with_list((), node.records, scene))
    return combined(node, truth, tuple(parts))


# --- sums --------------------------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Share:
    """What one record adds to a sum. `kept`: where it shares its minutes, what is left of it day by day."""

    match: Match
    amount: Range
    trace: Trace
    kept: Kept | None = None


def _shares(node: tree.Sum, scene: Scene, bound: Bound) -> tuple[Share, ...]:
    found = matches(node.records, scene, bound)
    checks = [c for c in scene.overlap_checks if c.list == node.records.list and c.severity == DECIDES]
    if node.once and checks:
        past = [past_midnight(match.record, row, checks[0], scene) for row, match in enumerate(found)]
        if any(past):
            scene = scene.apart()
            found = tuple(m for match, p in zip(found, past, strict=True) for m in _by_day(match, p, node, scene))
    shares = tuple(_share(match, node, scene) for match in found)
    if node.once and checks:
        shares = _each_minute_once(shares, checks, scene)
    if node.rounding == "down_each":
        shares = tuple(map(_rounded_down, shares))
    return shares


def _rounded_down(share: Share) -> Share:
    value = ranges.floored(number_of(share.trace))
    return replace(share, amount=ranges.floored(share.amount), trace=share.trace._replace(value=value))


def _by_day(match: Match, past: PastMidnight | None, node: tree.Sum, scene: Scene) -> Iterator[Match]:
    """A record that runs past midnight as one of each day; while its time is not known, whether it counts is only known
    where it is the same on both days."""
    if past is None:
        yield match
        return
    after = None
    if past.inside is not False:
        after = _match(
            past.moved, scene.facts.list(node.records.list), node.records, scene, (past.moved, *match.bound[1:])
        )
        if past.inside is UNKNOWN:
            trace = Trace(None, UNKNOWN, (*past.when.traces, after.trace), label=match.record.path)
            after = after._replace(truth=conjunction((UNKNOWN, after.truth)), trace=trace)
    if past.parts is not None:
        yield match._replace(part=past.parts[0])
        if after is not None:
            yield after._replace(part=past.parts[1])
    elif (False if after is None else after.truth) is match.truth:
        yield match._replace(later=after is not None)
    else:
        parts = (match.trace, *past.when.traces, *(() if after is None else (after.trace,)))
        yield match._replace(truth=UNKNOWN, trace=Trace(None, UNKNOWN, parts, label=match.record.path), later=True)


def _each_minute_once(
    shares: tuple[Share, ...], checks: Sequence[tree.OverlapCheck], scene: Scene
) -> tuple[Share, ...]:
    """What the records add when a minute that several of them have counts once (L12)."""
    adding = [Adds(s.match.timed, s.match.truth, s.amount, partial(_trace_of, s)) for s in shares]
    kept = once.kept(adding, checks, scene)
    made = list(shares)
    for row, left in kept.items():
        share = shares[row]
        amount = left.amount
        low, high = amount.low, amount.high
        low, high = (low, high) if low is None or high is None else sorted((low, high))
        parts = (*share.trace.parts, left.rests_on)
        made[row] = Share(share.match, amount, Trace(None, Range(low, high), parts, label=share.trace.label), left)
    return tuple(made)


def _trace_of(share: Share) -> Trace:
    return share.trace


def _share(match: Match, node: tree.Sum, scene: Scene) -> Share:
    """What one record adds at least and at most (S14)."""
    if match.truth is False:
        return Share(match, exactly(0), Trace(None, exactly(0), (match.trace,), label=match.record.path))
    value = scene.evaluate(node.value, match.bound)
    operands = (value,) if node.divisor is None else (value, scene.evaluate(node.divisor, match.bound))
    amount = number_of(value)
    for divisor in operands[1:]:
        amount = ranges.over(amount, number_of(divisor))
    if match.record.unseen:
        amount = Range(ZERO, None)
    elif match.truth is UNKNOWN or not all(operand.settled for operand in operands):
        amount = Range(ZERO, amount.high)
    if match.part is not None:
        amount = ranges.times(amount, exactly(match.part.of_all))
    return Share(match, amount, Trace(None, amount, (match.trace, *operands), label=match.record.path))


def _total(shares: tuple[Share, ...], node: tree.Sum) -> Range:
    total = exactly(0)
    for share in shares:
        total = ranges.plus(total, share.amount)
    return ranges.floored(total) if node.rounding == "down_in_total" else total


def _sum(node: tree.Sum, scene: Scene, bound: Bound) -> Trace:
    shares = _shares(node, scene, bound)
    return Trace(node, _total(shares, node), with_list(tuple(s.trace for s in shares), node.records, scene))


def _reaches(node: tree.Reaches, scene: Scene, bound: Bound) -> Trace:
    """The first day on which the running total is at least the threshold; never reached, later than every day (L13).

    At the earliest: all that is possible, each on its first possible day. At the latest: what is established, each on
    its last.
    """
    shares = _shares(node.sum, scene, bound)
    threshold = scene.evaluate(node.threshold, bound)
    field = scene.vocabulary.lists[node.sum.records.list].date_field or ""
    days = [days_of(day_of(share.match.timed, field, scene)) for share in shares]
    needed = number_of(threshold)
    earliest = _day_reached(
        [p for d, s in zip(days, shares, strict=True) for p in _early(d, s)], needed.low or ZERO, node.sum
    )
    latest = _day_reached([p for d, s in zip(days, shares, strict=True) for p in _late(d, s)], needed.high, node.sum)
    parts = tuple(
        Trace(
            None,
            UNKNOWN if not (s.trace.settled and d.settled) else True,
            (s.trace, day_of(s.match.timed, field, scene)),
        )
        for s, d in zip(shares, days, strict=True)
        if s.amount != exactly(0)
    )
    return Trace(node, Days(earliest, latest), (*with_list(parts, node.sum.records, scene), threshold))


def _early(days: Days, share: Share) -> Iterable[tuple[date, Fraction | None]]:
    """The most that a record adds, by its first possible days."""
    if share.kept is None or share.kept.high is None:
        return ((days.low, share.amount.high),)
    return ((date.fromordinal(day), amount) for day, amount in share.kept.high.items())


def _late(days: Days, share: Share) -> Iterable[tuple[date, Fraction | None]]:
    """What a record certainly adds, by its last possible days."""
    if share.kept is None:
        last = shifted(days.high, 1, "day") if share.match.later else days.high
        return ((last, share.amount.low),)
    return ((date.fromordinal(day), amount) for day, amount in share.kept.low.items())


def day_of(record: Record, field: str, scene: Scene) -> Trace:
    """A record's day by a date field."""
    declared = scene.vocabulary.lists[record.list].fields
    return field_of(record, field, declared[field].type if field in declared else DATE, scene)


def _day_reached(dated: list[tuple[date, Fraction | None]], threshold: Fraction | None, node: tree.Sum) -> date:
    total: Fraction = ZERO
    for day, amount in sorted(dated, key=lambda pair: pair[0]):
        if amount is None:
            return day
        total += amount
        reached = ranges.floored(exactly(total)).low if node.rounding == "down_in_total" else total
        if threshold is not None and reached is not None and reached >= threshold:
            return day
    return AFTER_ALL


def _records(node: tree.Records, scene: Scene, bound: Bound) -> Trace:
    """Whether the nearest record is one of those that are spoken of."""
    return match_of(bound[0], node, scene).trace


READERS: dict[type, Reader] = {
    tree.Records: _records,
    tree.AtLeast: _at_least,
    tree.Every: _every,
    tree.CountOf: _count_of,
    tree.During: _during,
    tree.Sum: _sum,
    tree.Reaches: _reaches,
}
