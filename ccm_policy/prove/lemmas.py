"""What holds between two things said of many records, whatever their number: shown of one record, then of all.

If every record that the one counts is counted by the other, and adds there at least as much, then its sum is not
greater, its first day is not earlier, and where there is one of it there is one of the other. Each lemma is asked of
the solver about one record of which nothing is known.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, field
from itertools import permutations
from typing import Any

import z3

from ccm_policy.language import tree as t
from ccm_policy.prove.encoder import Bound, OfMany
from ccm_policy.prove.month import ANY
from ccm_policy.prove.records import share, spoken_of
from ccm_policy.prove.values import NEVER, Number, Term, same_sort


@dataclass(slots=True)
class Lemmas:
    """What is known of the lists of patient-months. `well_formed`: what holds of them, as far as it was asked for.
    What was asked of one record is asked once."""

    well_formed: Callable[[], list[Term]]
    _solver: Any = field(default=None, init=False)
    _solved: int = field(default=0, init=False)
    _said: dict[int, tuple[Term, bool]] = field(default_factory=dict, init=False)

    def between(self, found: Iterable[OfMany]) -> Iterator[Term]:
        """Every lemma between two of what is said of one list, and of each by itself."""
        told = [each for each in found if not each.bound or ANY not in {row for _, row in each.bound}]
        for each in told:
            yield from _by_itself(each, told)
        for one, other in permutations(told, 2):
            if _list_of(one) == _list_of(other) and one.bound == other.bound:
                yield from self._of_two(one, other)

    def _of_two(self, one: OfMany, other: OfMany) -> Iterator[Term]:
        fewer, more = one.node, other.node
        match fewer, more:
            case t.AtLeast(), t.AtLeast() if fewer.number >= more.number:
                if self._within(one, other):
                    yield z3.Implies(one.value, other.value)
            case t.CountOf(), t.CountOf():
                if self._within(one, other):
                    yield one.value.term <= other.value.term
            case t.Every(), t.Every():
                if self._within(other, one) and self._follows(one, other, fewer.has, more.has):
                    yield z3.Implies(one.value, other.value)
            case t.Extreme(), t.Extreme() if _same_day(one, other) and self._within(one, other):
                yield other.value <= one.value if fewer.how == "earliest" else one.value <= other.value
            case t.Sum(), t.Sum() if _alike(fewer, more) and self._adds_no_more(one, other, fewer, more):
                lesser, greater = same_sort(one.value.term, other.value.term)
                yield lesser <= greater
            case t.Reaches(), t.Reaches() if _alike(fewer.sum, more.sum):
                if self._adds_no_more(one, other, fewer.sum, more.sum) and self._no_less(one, other):
                    yield other.value <= one.value

    def _no_less(self, one: OfMany, other: OfMany) -> bool:
        """Whether the threshold of the one is never below the other's."""
        high, low = one.to.number(one.node.threshold, one.bound), other.to.number(other.node.threshold, other.bound)
        left, right = same_sort(high, low)
        return self._always(left >= right)

    def _within(self, one: OfMany, other: OfMany) -> bool:
        """Whether each record that the one speaks of is one that the other does."""
        return self._always(z3.Implies(_counts(one, one.node.records), _counts(other, other.node.records)))

    def _follows(self, one: OfMany, other: OfMany, has: t.Node, then: t.Node) -> bool:
        inside = z3.And(_counts(other, other.node.records), one.to.truth(has, _any(one)))
        return self._always(z3.Implies(inside, other.to.truth(then, _any(other))))

    def _adds_no_more(self, one: OfMany, other: OfMany, fewer: t.Sum, more: t.Sum) -> bool:
        less, greater = same_sort(share(fewer, one.to, _any(one)), share(more, other.to, _any(other)))
        counts = _counts(one, fewer.records)
        return self._always(z3.Implies(counts, z3.And(_counts(other, more.records), less <= greater, greater >= 0)))

    def _always(self, claim: Term) -> bool:
        known = self._said.get(claim.get_id())
        if known is None:
            known = self._said[claim.get_id()] = (claim, self._asked(claim))
        return known[1]

    def _asked(self, claim: Term) -> bool:
        known = self.well_formed()
        if self._solver is None or self._solved != len(known):
            self._solver, self._solved = z3.Solver(), len(known)
            self._solver.set("timeout", 500, "ctrl_c", False)
            self._solver.add(*known)
        self._solver.push()
        self._solver.add(z3.Not(claim))
        said = self._solver.check()
        self._solver.pop()
        return bool(said == z3.unsat)


def _records(node: Any) -> t.Records:
    return node.sum.records if isinstance(node, t.Reaches) else node.records


def _list_of(each: OfMany) -> str:
    return each.to.month.own_list(_records(each.node).list)


def _any(each: OfMany) -> Bound:
    """Any record of the list."""
    return ((_list_of(each), ANY), *each.bound)


def _counts(each: OfMany, records: t.Records) -> Term:
    return spoken_of(records, _any(each)[0], each.to, _any(each))


def _same_day(one: OfMany, other: OfMany) -> bool:
    same = one.to.named.of(one.node.field) == other.to.named.of(other.node.field)
    return same and one.node.how == other.node.how


def _alike(one: t.Sum, other: t.Sum) -> bool:
    """Sums that are rounded alike. Of one in which a minute of the clock counts once nothing follows from its records
    one by one: whose the minute is hangs on the others."""
    return one.rounding == other.rounding and not one.once and not other.once


def _by_itself(each: OfMany, told: list[OfMany]) -> Iterator[Term]:
    """A sum of what is never below 0 is not; a sum is reached on some day just where it is as much in the end."""
    match each.node:
        case t.CountOf():
            yield each.value.term >= 0
        case t.Reaches() if not each.node.sum.once:
            total = next((o for o in told if o.to.named.of(o.node) == each.to.named.of(each.node.sum)), None)
            if total is not None and isinstance(total.value, Number) and total.bound == each.bound:
                left, right = same_sort(total.value.term, each.to.number(each.node.threshold, each.bound))
                yield z3.Implies(left < right, each.value == NEVER)
