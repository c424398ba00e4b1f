"""A sum in which each minute of the clock counts once: what every record still adds when its minutes are shared.

Records that a check calls the same at one moment count as one there: the one with the most of it, of equal ones the
one that began first, of these the earlier row. Where something is not known, the least is what remains when all that
may be shared is shared, the most what remains when only that is which certainly is; so filling in an unknown can only
narrow what is told.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from fractions import Fraction
from itertools import pairwise

from ccm_policy.evaluate.overlaps import Clocked, Marks, Relations, clocked, mark, speaks_of
from ccm_policy.evaluate.patient_month import Record
from ccm_policy.evaluate.ranges import ZERO, Range
from ccm_policy.evaluate.scene import Scene
from ccm_policy.evaluate.trace import Trace
from ccm_policy.evaluate.truth import Truth
from ccm_policy.facts.values import UNKNOWN
from ccm_policy.language.tree import OverlapCheck

SHARED = "shares its minutes"
"""The label of a step that tells which records share their minutes."""


@dataclass(frozen=True, slots=True)
class Adds:
    """A record of the list, whether it is summed, what it would add by itself, and why."""

    record: Record
    truth: Truth
    amount: Range
    trace: Trace


@dataclass(frozen=True, slots=True)
class Kept:
    """What a record still adds, the ends of it each by itself, and what that rests on."""

    low: Fraction | None
    high: Fraction | None
    rests_on: Trace


@dataclass(slots=True, eq=False)
class _Entry:
    """A record with a time of the clock. `low` and `high` shrink while its minutes go to others."""

    clocked: Clocked
    marks: Marks
    adds: Adds
    low: Fraction
    high: Fraction
    low_rate: Fraction
    high_rate: Fraction

    @property
    def order(self) -> tuple[Fraction, int]:
        return (self.clocked.first, self.clocked.row)

    @property
    def exact(self) -> bool:
        return self.clocked.sure is not None and self.adds.truth is not UNKNOWN and self.adds.amount.settled


def kept(adding: Sequence[Adds], checks: Sequence[OverlapCheck], scene: Scene) -> dict[int, Kept]:
    """What is left of each record that shares minutes, or may, by its row."""
    entries = [e for row, adds in enumerate(adding) for e in _entry(row, adds, checks, scene)]
    relations = Relations()
    found: dict[int, Kept] = {}
    for together in _at_one_time(entries):
        for cluster in _clusters(together, relations):
            _Sweep(cluster, relations).run()
            found |= _left(cluster, checks, relations)
    unseen = next((adds.trace for adds in adding if adds.record.unseen), None)
    if unseen is not None:
        found |= {e.clocked.row: Kept(ZERO, e.adds.amount.high, unseen) for e in entries if e.adds.truth is not False}
    return found


def _entry(row: int, adds: Adds, checks: Sequence[OverlapCheck], scene: Scene) -> Iterator[_Entry]:
    when = None if adds.record.unseen else clocked(adds.record, row, checks[0], scene)
    if when is None:
        return
    marks = tuple(mark(adds.record, check, scene) for check in checks)
    low, high = adds.amount.low or ZERO, adds.amount.high or ZERO
    yield _Entry(when, marks, adds, low, high, low / when.length, high / when.length)


def _at_one_time(entries: Iterable[_Entry]) -> Iterator[list[_Entry]]:
    """Records that may overlap, or that others link so; those that certainly stand alone are left out."""
    group: list[_Entry] = []
    end = Fraction(0)
    for entry in sorted(entries, key=lambda e: e.order):
        if group and entry.clocked.first >= end:
            yield group
            group = []
        end = max(end, entry.clocked.last) if group else entry.clocked.last
        group.append(entry)
    yield group


def _clusters(entries: list[_Entry], relations: Relations) -> Iterator[list[_Entry]]:
    """Those of them of which some check may speak together."""

    def may(one: Marks, other: Marks) -> bool:
        return relations.share(one, other) is not False

    for cluster in _joined(entries, may):
        if len(cluster) > 1:
            yield cluster


def _joined(entries: Iterable[_Entry], holds: Callable[[Marks, Marks], bool]) -> list[list[_Entry]]:
    """The records in groups, two in one group where it holds of them or of others that link them."""
    kinds: dict[Marks, list[_Entry]] = defaultdict(list)
    for entry in entries:
        kinds[entry.marks].append(entry)
    groups: list[tuple[list[Marks], list[_Entry]]] = []
    for kind, its in kinds.items():
        near = [g for g in groups if any(holds(kind, other) for other in g[0])]
        if not near and not holds(kind, kind):
            groups += [([kind], [entry]) for entry in its]
            continue
        groups = [g for g in groups if not any(g is other for other in near)]
        groups.append(([kind, *(k for g in near for k in g[0])], [*its, *(e for g in near for e in g[1])]))
    return [members for _, members in groups]


# --- moment by moment --------------------------------------------------------------------------------------------


@dataclass(slots=True)
class _Sweep:
    """The moments at which the records of a cluster begin and end, and what becomes of them between two of these."""

    cluster: list[_Entry]
    relations: Relations

    def run(self) -> None:
        loose = [e for e in self.cluster if e.clocked.sure is None]
        moments = sorted({moment for e in self.cluster if e.clocked.sure for moment in e.clocked.sure})
        coming = sorted((e for e in self.cluster if e.clocked.sure), key=lambda e: e.order, reverse=True)
        active: list[_Entry] = []
        for begin, end in pairwise(moments):
            active = [e for e in active if e.clocked.last > begin]
            while coming and coming[-1].clocked.first <= begin:
                active.append(coming.pop())
            near = [e for e in loose if e.clocked.first < end and e.clocked.last > begin]
            if len(active) + len(near) > 1:
                self._share(active, near, end - begin)
        self._loose(loose)

    def _share(self, active: list[_Entry], near: list[_Entry], length: Fraction) -> None:
        """Between two moments: the records that are `active`, and those that may be `near`."""
        kinds = {entry.marks for entry in active}
        summed = [e for e in active if e.adds.truth is not False]
        lost = {id(e): self._taken(e, kinds) for e in summed}
        if not near and self._exact(active, kinds):
            alive = [e for e in summed if lost[id(e)] is False]
            groups = _joined(alive, lambda a, b: self.relations.share(a, b) is True)
            keepers = [max(group, key=lambda e: (e.low_rate, -e.clocked.first, -e.clocked.row)) for group in groups]
            for entry in summed:
                if not any(entry is keeper for keeper in keepers):
                    entry.low -= length * entry.low_rate
                    entry.high -= length * entry.high_rate
            return
        self._least(summed, near, lost, length)
        self._most(summed, lost, length)

    def _taken(self, entry: _Entry, kinds: Iterable[Marks]) -> Truth:
        """Whether one of these takes its minutes."""
        truths = [self.relations.takes(kind, entry.marks) for kind in kinds]
        return True if True in truths else UNKNOWN if UNKNOWN in truths else False

    def _exact(self, active: list[_Entry], kinds: Iterable[Marks]) -> bool:
        all_known = all(e.exact for e in active)
        return all_known and not any(
            UNKNOWN in (self.relations.share(a, b), self.relations.takes(a, b)) for a in kinds for b in kinds
        )

    def _least(self, summed: list[_Entry], near: list[_Entry], lost: dict[int, Truth], length: Fraction) -> None:
        """All that may be shared is shared: of each group one remains that certainly counts, the last to begin."""
        loose = {entry.marks for entry in near}
        possible = [*summed, *(e for e in near if e.adds.truth is not False)]
        remain: set[int] = set()
        for group in _joined(possible, lambda a, b: self.relations.share(a, b) is not False):
            certain = [
                e
                for e in group
                if e.clocked.sure and e.adds.truth is True and lost[id(e)] is False and self._taken(e, loose) is False
            ]
            if certain:
                remain.add(id(max(certain, key=lambda e: e.order)))
        for entry in summed:
            if id(entry) not in remain:
                entry.low -= length * entry.low_rate

    def _most(self, summed: list[_Entry], lost: dict[int, Truth], length: Fraction) -> None:
        """Only what is certainly shared is shared: of each group that all share, the most remains."""
        groups: list[list[_Entry]] = []
        for entry in summed:
            if lost[id(entry)] is True:
                entry.high -= length * entry.high_rate
                continue
            for group in groups:
                if all(self.relations.share(entry.marks, other.marks) is True for other in group):
                    group.append(entry)
                    break
            else:
                groups.append([entry])
        for group in groups:
            first = min(group, key=lambda e: e.order)
            first.high += length * max(e.high_rate for e in group)
            for entry in group:
                entry.high -= length * entry.high_rate

    def _loose(self, loose: list[_Entry]) -> None:
        """A record whose time is not known loses at most as many minutes as the others have."""
        held = sum((e.clocked.length for e in self.cluster if e.clocked.sure), ZERO)
        for entry in loose:
            takers = (e for e in loose if e is not entry and self.relations.takes(e.marks, entry.marks) is not False)
            gone = held + sum((e.clocked.length for e in takers), ZERO)
            entry.low = max(ZERO, entry.low - gone * entry.low_rate)
            if entry.adds.truth is not False:
                held += entry.clocked.length


# --- what it rests on --------------------------------------------------------------------------------------------


def _left(cluster: list[_Entry], checks: Sequence[OverlapCheck], relations: Relations) -> dict[int, Kept]:
    """What is left of those that add less than they would by themselves."""
    changed = [e for e in cluster if e.adds.truth is not False and _is_less(e)]
    if not changed:
        return {}
    why = _why(cluster, checks, relations)
    return {e.clocked.row: Kept(e.low, None if e.adds.amount.high is None else e.high, why) for e in changed}


def _is_less(entry: _Entry) -> bool:
    amount = entry.adds.amount
    return entry.low != (amount.low or ZERO) or (amount.high is not None and entry.high != amount.high)


def _why(cluster: list[_Entry], checks: Sequence[OverlapCheck], relations: Relations) -> Trace:
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
        parts += [] if entry.adds.truth is False else [entry.adds.trace]
    settled = all(part.settled for part in parts)
    return Trace(None, True if settled else UNKNOWN, tuple(parts), label=SHARED)
