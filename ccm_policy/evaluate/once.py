"""A sum in which each minute of the clock counts once: what every record still adds when its minutes are shared.

Records that a check calls the same at one moment count as one there: the one with the most of it, of equal ones the
one that began first, of these the earlier row. Where something is not known, the least is what remains when all that
may be shared is shared, the most what remains when only that is which certainly is, moment by moment. A record whose
time is not known adds at least what remains of it at the worst of the times at which it may have been. Each of these
is at least as narrow for every unknown that is filled in, so filling one in can only narrow what is told.

What remains counts for the record that would keep it, on a day that lies between those of all who may keep it.
"""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from fractions import Fraction
from functools import cache
from itertools import pairwise

from ccm_policy.evaluate.entries import Adds, ByDay, Entry, Kept, day_before
from ccm_policy.evaluate.heaviest import heaviest
from ccm_policy.evaluate.overlaps import Marks, Relations, clocked, mark, speaks_of
from ccm_policy.evaluate.ranges import ZERO
from ccm_policy.evaluate.scene import Scene
from ccm_policy.evaluate.sweep import Timed, sweep
from ccm_policy.evaluate.trace import Trace
from ccm_policy.facts.values import UNKNOWN
from ccm_policy.language.tree import OverlapCheck
from ccm_policy.language.truth import Truth

SHARED = "shares its minutes"
"""The label of a step that tells which records share their minutes."""


def kept(adding: Sequence[Adds], checks: Sequence[OverlapCheck], scene: Scene) -> dict[int, Kept]:
    """What is left of each record that shares minutes, or may, by its row."""
    entries = [e for row, adds in enumerate(adding) for e in _entry(row, adds, checks, scene)]
    relations = Relations()
    found: dict[int, Kept] = {}
    for together in _at_one_time(entries):
        for cluster in _clusters(together, relations):
            if not _swept(cluster, relations):
                _Sweep(cluster, relations).run()
            found |= _left(cluster, checks, relations)
    unseen = next((adds.why for adds in adding if adds.record.unseen), None)
    if unseen is not None:
        found |= {e.clocked.row: Kept({}, _most_alone(e), unseen) for e in entries if e.adds.truth is not False}
    return found


def _entry(row: int, adds: Adds, checks: Sequence[OverlapCheck], scene: Scene) -> Iterator[Entry]:
    when = None if adds.record.unseen else clocked(adds.record, row, checks[0], scene.facts, scene)
    if when is None:
        return
    marks = tuple(mark(adds.record, check, scene) for check in checks)
    low, high = adds.amount.low or ZERO, adds.amount.high or ZERO
    first, last = when.days.low.toordinal(), when.days.high.toordinal()
    yield Entry(
        clocked=when,
        marks=marks,
        adds=adds,
        low_rate=low / when.length,
        high_rate=high / when.length,
        low={last: low},
        high={first: high},
    )


def _most_alone(entry: Entry) -> ByDay | None:
    high = entry.adds.amount.high
    return None if high is None else {entry.clocked.days.low.toordinal(): high}


def _at_one_time(entries: Iterable[Entry]) -> Iterator[list[Entry]]:
    """Records that may overlap, or that others link so; those that certainly stand alone are left out."""
    group: list[Entry] = []
    end = Fraction(0)
    for entry in sorted(entries, key=lambda e: e.order):
        if group and entry.clocked.first >= end:
            yield group
            group = []
        end = max(end, entry.clocked.last) if group else entry.clocked.last
        group.append(entry)
    yield group


def _clusters(entries: list[Entry], relations: Relations) -> Iterator[list[Entry]]:
    """Those of them of which some check may speak together."""

    def may(one: Marks, other: Marks) -> bool:
        return relations.share(one, other) is not False

    for cluster in _joined(entries, may):
        if len(cluster) > 1:
            yield cluster


def _joined(entries: Iterable[Entry], holds: Callable[[Marks, Marks], bool]) -> list[list[Entry]]:
    """The records in groups, two in one group where it holds of them or of others that link them."""
    kinds: dict[Marks, list[Entry]] = defaultdict(list)
    for entry in entries:
        kinds[entry.marks].append(entry)
    groups: list[tuple[list[Marks], list[Entry]]] = []
    for kind, its in kinds.items():
        near = [g for g in groups if any(holds(kind, other) for other in g[0])]
        if not near and not holds(kind, kind):
            groups += [([kind], [entry]) for entry in its]
            continue
        groups = [g for g in groups if not any(g is other for other in near)]
        groups.append(([kind, *(k for g in near for k in g[0])], [*its, *(e for g in near for e in g[1])]))
    return [members for _, members in groups]


# --- moment by moment --------------------------------------------------------------------------------------------


class _OpenError(Exception):
    """It is not known what is so of two records."""


def _swept(cluster: list[Entry], relations: Relations) -> bool:
    """What becomes of a cluster of which everything is known; False where something is not, and nothing is done."""
    if not all(entry.exact for entry in cluster):
        return False
    marks = list(dict.fromkeys(entry.marks for entry in cluster))
    numbers = {each: number for number, each in enumerate(marks)}
    timed = [
        Timed(
            kind=numbers[entry.marks],
            first=entry.clocked.first,
            last=entry.clocked.last,
            rank=(-entry.high_rate, entry.clocked.first, entry.clocked.row),
            summed=entry.adds.truth is True,
        )
        for entry in cluster
    ]

    def known(ask: Callable[[Marks, Marks], Truth]) -> Callable[[int, int], bool]:
        def says(one: int, other: int) -> bool:
            truth = ask(marks[one], marks[other])
            if truth is UNKNOWN:
                raise _OpenError
            return truth is True

        return says

    try:
        sweep(timed, known(relations.share), known(relations.takes))
    except _OpenError:
        return False
    for entry, one in zip(cluster, timed, strict=True):
        if one.summed:
            entry.low = {entry.day: one.kept * entry.low_rate}
            entry.high = {entry.day: one.kept * entry.high_rate}
    return True


@dataclass(slots=True)
class _Sweep:
    """The moments at which the records of a cluster begin and end, and what becomes of them between two of these."""

    cluster: list[Entry]
    relations: Relations

    def run(self) -> None:
        loose = [e for e in self.cluster if e.clocked.sure is None]
        moments = sorted({moment for e in self.cluster if e.clocked.sure for moment in e.clocked.sure})
        coming = sorted((e for e in self.cluster if e.clocked.sure), key=lambda e: e.order, reverse=True)
        active: list[Entry] = []
        for begin, end in pairwise(moments):
            active = [e for e in active if e.clocked.last > begin]
            while coming and coming[-1].clocked.first <= begin:
                active.append(coming.pop())
            near = [e for e in loose if e.clocked.may_be(begin, end)]
            if len(active) + len(near) > 1:
                self._share(active, near, begin, end)
        self._loose(loose)

    def _share(self, active: list[Entry], near: list[Entry], begin: Fraction, end: Fraction) -> None:
        """Between two moments: the records that are `active`, and those that may be `near`."""
        kinds = Counter(entry.marks for entry in active)
        summed = [e for e in active if e.adds.truth is not False]
        lost = {id(e): self._taken(e.marks, kinds - Counter([e.marks])) for e in summed}
        alive = [e for e in summed if lost[id(e)] is not True]
        for entry in summed:
            entry.low[entry.day] -= (end - begin) * entry.low_rate
            entry.high[entry.day] -= (end - begin) * entry.high_rate
        if not near and self._exact(active, kinds):
            for group in _joined(alive, lambda a, b: self.relations.share(a, b) is True):
                keeper = max(group, key=_keeps)
                keeper.low[keeper.day] += (end - begin) * keeper.low_rate
                keeper.high[keeper.day] += (end - begin) * keeper.high_rate
            return
        loose = {entry.marks for entry in near}
        certain = [
            e for e in alive if e.adds.truth is True and lost[id(e)] is False and self._taken(e.marks, loose) is False
        ]
        self._least([*alive, *near], certain, kinds, (begin, end))
        self._most(alive, certain, end - begin)

    def _taken(self, marks: Marks, kinds: Iterable[Marks]) -> Truth:
        """Whether one of these takes the minutes of a record with such marks."""
        truths = [self.relations.takes(kind, marks) for kind in kinds]
        return True if True in truths else UNKNOWN if UNKNOWN in truths else False

    def _exact(self, active: list[Entry], kinds: Counter[Marks]) -> bool:
        pairs = ((a, b) for a in kinds for b in kinds if a is not b or kinds[a] > 1)
        all_known = all(e.exact for e in active)
        return all_known and not any(
            UNKNOWN in (self.relations.share(a, b), self.relations.takes(a, b)) for a, b in pairs
        )

    def _least(
        self,
        there: list[Entry],
        certain: list[Entry],
        kinds: Iterable[Marks],
        moments: tuple[Fraction, Fraction],
    ) -> None:
        """All that may be shared is shared: of each group the most remains that certainly counts."""
        begin, end = moments
        sure = {id(entry) for entry in certain}
        possible = [e for e in there if e.adds.truth is not False]
        for group in _joined(possible, lambda a, b: self.relations.share(a, b) is not False):
            remain = [e for e in group if id(e) in sure]
            most = ZERO
            if remain:
                keeper = max(remain, key=lambda e: (e.low_rate, *_keeps(e)))
                most = keeper.low_rate
                latest = max(e.last_day(end) for e in group)
                keeper.low[latest] = keeper.low.get(latest, ZERO) + (end - begin) * most
            alone = all(e.clocked.sure is None for e in group)
            for entry in group:
                if entry.clocked.sure is None:
                    taken = self._taken(entry.marks, kinds) is not False
                    rest = ZERO if taken else entry.low_rate if alone else max(ZERO, entry.low_rate - most)
                    entry.spoilt.append((rest, end - begin))

    def _most(self, alive: list[Entry], certain: list[Entry], length: Fraction) -> None:
        """Only what is certainly shared is shared, and of what may count or not whatever adds the most is there."""
        days = sorted({e.day for e in alive})
        told = ZERO
        for day in days:
            found = self._most_until(day, alive, certain)
            if len(days) == 1:
                for entry, rate in found:
                    entry.high[day] += length * rate
                return
            total = sum((rate for _, rate in found), ZERO)
            first = min((e for e in alive if e.day == day), key=lambda e: e.order)
            first.high[day] += length * (total - told)
            told = total

    def _most_until(self, day: int, alive: list[Entry], certain: list[Entry]) -> list[tuple[Entry, Fraction]]:
        """The most that can be there of records of that day and earlier ones: records with what they add."""

        def rate(entry: Entry) -> Fraction:
            return entry.high_rate if entry.day <= day else ZERO

        groups = _joined(certain, lambda a, b: self.relations.share(a, b) is True)
        found = [(keeper, rate(keeper)) for g in groups for keeper in [max(g, key=lambda e: (rate(e), *_keeps(e)))]]
        sure = {id(entry) for entry in certain}
        open_ones: dict[Marks, list[Entry]] = defaultdict(list)
        for entry in alive:
            if id(entry) not in sure:
                open_ones[entry.marks].append(entry)
        nodes: list[tuple[Entry, Fraction, int]] = []
        for marks, entries in open_ones.items():
            beside = [n for n, g in enumerate(groups) if any(self.relations.share(marks, e.marks) is True for e in g)]
            gone = sum((found[n][1] for n in beside), ZERO)
            more = [rate(e) - gone for e in entries]
            one = bool(beside) or self.relations.share(marks, marks) is True
            adds = max(more) if one else sum(more, ZERO)
            if adds > 0:
                nodes.append((max(entries, key=lambda e: (rate(e), *_keeps(e))), adds, sum(1 << n for n in beside)))
        apart = [
            sum(
                1 << other
                for other, (entry, _, groups_of) in enumerate(nodes)
                if other != number and (groups_of & beside_of or self.relations.share(entry.marks, own.marks) is True)
            )
            for number, (own, _, beside_of) in enumerate(nodes)
        ]
        chosen = heaviest([adds for _, adds, _ in nodes], apart)
        return [*found, *((nodes[n][0], nodes[n][1]) for n in chosen)]

    def _loose(self, loose: list[Entry]) -> None:
        """What records whose time is not known add beside the others: of those that may share with one another, the
        most that one of them adds wherever it was; by the day on which that is sure to be counted."""
        of_all = max((e.clocked.days.high.toordinal() for e in self.cluster), default=0)
        summed = [e for e in loose if e.adds.truth is not False]
        for group in _joined(summed, lambda a, b: self.relations.share(a, b) is not False):
            told = ZERO
            adding = [(min(of_all, day_before(e.clocked.last)), self._anywhere(e, loose), e) for e in group]
            for latest, least, entry in sorted(adding, key=lambda found: found[:2]):
                entry.low = {latest: max(ZERO, least - told)}
                told = max(told, least)

    def _anywhere(self, entry: Entry, loose: list[Entry]) -> Fraction:
        """What it adds to the others at the worst of the times at which it may have been."""
        first, last = entry.clocked.first, entry.clocked.last
        takers = {kind for kind in {e.marks for e in loose} if self.relations.takes(kind, entry.marks) is not False}
        if any(e.marks in takers and e is not entry and e.clocked.may_be(first, last) for e in loose if takers):
            return ZERO
        left, adds = entry.clocked.length, ZERO
        for gain, length in sorted(entry.spoilt):
            adds += gain * min(length, left)
            left -= min(length, left)
        return adds + left * entry.low_rate


def _keeps(entry: Entry) -> tuple[Fraction, Fraction, int]:
    return (entry.high_rate, -entry.clocked.first, -entry.clocked.row)


# --- what it rests on --------------------------------------------------------------------------------------------


def _left(cluster: list[Entry], checks: Sequence[OverlapCheck], relations: Relations) -> dict[int, Kept]:
    """What is left of those that add other than they would by themselves."""
    changed = [e for e in cluster if e.adds.truth is not False and _is_other(e)]
    if not changed:
        return {}
    why = cache(lambda: _why(cluster, checks, relations))
    return {e.clocked.row: Kept(e.low, None if e.adds.amount.high is None else e.high, why) for e in changed}


def _is_other(entry: Entry) -> bool:
    """Whether it adds less, or for others, or on another day, than by itself."""
    days, amount = entry.clocked.days, entry.adds.amount
    low, high = {day: a for day, a in entry.low.items() if a}, {day: a for day, a in entry.high.items() if a}
    alone = {days.high.toordinal(): amount.low} if amount.low else {}
    most_alone = {days.low.toordinal(): amount.high} if amount.high else {}
    return low != alone or (amount.high is not None and high != most_alone)


def _why(cluster: list[Entry], checks: Sequence[OverlapCheck], relations: Relations) -> Trace:
    """Times of the clock, what the checks compare, and whether the records count. Of what no check leaves open only
    what is known is told: nothing else would decide."""
    kinds = list({entry.marks for entry in cluster})
    open_pairs = [(a, b) for a in kinds for b in kinds if UNKNOWN in (relations.share(a, b), relations.takes(a, b))]
    parts: list[Trace] = []
    for number in range(len(checks)):
        is_open = any(speaks_of(a[number], b[number]) is not False for a, b in open_pairs)
        spoken = is_open or any(speaks_of(a[number], b[number]) is True for a in kinds for b in kinds)
        read = (trace for e in cluster for trace in e.marks[number].traces) if spoken else ()
        parts += [trace for trace in read if is_open or trace.settled]
    for entry in cluster:
        parts += entry.clocked.traces
        parts += [] if entry.adds.truth is False else [entry.adds.why()]
    settled = all(part.settled for part in parts)
    return Trace(None, True if settled else UNKNOWN, tuple(parts), label=SHARED)
