"""Who keeps which minutes of the clock where everything is known: one pass over the moments at which records begin and
end, with the first of each kind at hand.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Collection, Iterator, Sequence
from dataclasses import dataclass, field
from fractions import Fraction
from heapq import heappop, heappush
from itertools import pairwise

Says = Callable[[int, int], bool]
"""What is so of two kinds, by their numbers."""


@dataclass(slots=True, eq=False, kw_only=True)
class Timed:
    """A record from its first moment to its last. `kind`: the number of those like it. `rank`: of those that share a
    minute the lowest keeps it. `summed`: whether it counts; one that does not may take minutes all the same. `kept`:
    how long it keeps its minutes."""

    kind: int
    first: Fraction
    last: Fraction
    rank: tuple[Fraction, Fraction, int]
    summed: bool
    kept: Fraction = Fraction(0)
    since: Fraction = Fraction(0)


@dataclass(slots=True)
class _There:
    """Of one kind, who is there: how many, those that are summed by their rank, and for how long each that is there by
    itself has kept its minutes."""

    count: int = 0
    summed: int = 0
    ranked: list[tuple[tuple[Fraction, Fraction, int], Timed]] = field(default_factory=list)
    time: Fraction = Fraction(0)

    def best(self, now: Fraction) -> tuple[tuple[Fraction, Fraction, int], Timed]:
        """The one of the lowest rank that is still there."""
        while self.ranked[0][1].last <= now:
            heappop(self.ranked)
        return self.ranked[0]


def sweep(timed: Sequence[Timed], shares: Says, takes: Says) -> None:
    """Tell each record how long it keeps its minutes. `shares`: whether records of two kinds have their minutes in
    common; `takes`: whether the first takes those of the second."""
    there: defaultdict[int, _There] = defaultdict(_There)
    plans: dict[tuple[tuple[int, bool, bool], ...], tuple[list[list[int]], list[int]]] = {}
    begins, ends = defaultdict(list), defaultdict(list)
    for one in timed:
        begins[one.first].append(one)
        ends[one.last].append(one)
    for now, then in pairwise(sorted({*begins, *ends})):
        for one in ends.get(now, ()):
            _leave(there[one.kind], one)
        for one in begins.get(now, ()):
            _enter(there[one.kind], one)
        present = tuple((kind, of.count > 1, of.summed > 0) for kind, of in sorted(there.items()) if of.count)
        if present not in plans:
            plans[present] = _plan(present, shares, takes)
        together, alone = plans[present]
        for group in together:
            min(there[kind].best(now) for kind in group)[1].kept += then - now
        for kind in alone:
            there[kind].time += then - now
    for one in timed:
        if one.since >= 0:
            _leave(there[one.kind], one)


def _enter(there: _There, one: Timed) -> None:
    there.count += 1
    there.summed += one.summed
    one.since = there.time
    if one.summed:
        heappush(there.ranked, (one.rank, one))


def _leave(there: _There, one: Timed) -> None:
    there.count -= 1
    there.summed -= one.summed
    one.kept += there.time - one.since
    one.since = Fraction(-1)


def _plan(present: tuple[tuple[int, bool, bool], ...], shares: Says, takes: Says) -> tuple[list[list[int]], list[int]]:
    """The kinds of which one record keeps the minutes of all, in groups; and those of which each keeps its own."""
    pairs = [(one, other) for one, more, _ in present for other, *_ in present if one != other or more]
    joined = {pair for pair in pairs if shares(*pair)}
    lost = {other for one, other in pairs if takes(one, other)}
    alive = [kind for kind, _, summed in present if summed and kind not in lost]
    groups = list(_linked(alive, joined))
    single = [group[0] for group in groups if len(group) == 1 and (group[0], group[0]) not in joined]
    return [group for group in groups if group[0] not in single], single


def _linked(kinds: Sequence[int], joined: Collection[tuple[int, int]]) -> Iterator[list[int]]:
    """The kinds that share their minutes, directly or by others, together."""
    left = list(kinds)
    while left:
        group, left = [left[0]], left[1:]
        for kind in group:
            near = [other for other in left if (kind, other) in joined or (other, kind) in joined]
            left = [other for other in left if other not in near]
            group += near
        yield group
