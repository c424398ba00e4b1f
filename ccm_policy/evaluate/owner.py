"""Whose the minutes are that two records share, in a sentence: the one that keeps them, or what would tell."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from ccm_policy.evaluate.aggregates import DECIDES
from ccm_policy.evaluate.later import made_once
from ccm_policy.evaluate.overlaps import Clocked, Marks, keeps_over, speaks_of
from ccm_policy.evaluate.scene import Scene
from ccm_policy.evaluate.trace import missing
from ccm_policy.facts.values import UNKNOWN
from ccm_policy.language.tree import Node, OverlapCheck, Records, Sum
from ccm_policy.language.truth import Truth, conjunction, disjunction
from ccm_policy.language.walk import parts

Marked = tuple[Clocked, Marks]
"""A record with a time of the clock, and what each check compares in it."""


def _by_itself(node: Node) -> Iterator[Node]:
    """The node and all below it that are not about a record of another list."""
    yield node
    for part, bound in parts(node):
        if not bound:
            yield from _by_itself(part)


@dataclass(frozen=True)
class Owner:
    """What the checks of one list, and the sums in which its minutes count once, make of shared minutes."""

    checks: Sequence[OverlapCheck]
    scene: Scene

    def of(self, one: Marked, other: Marked) -> str:
        """Who keeps the minutes of two records that overlap. Where no check that decides speaks of them, nobody loses
        any: no word."""
        deciding = [n for n, check in enumerate(self.checks) if check.severity == DECIDES]
        if disjunction(speaks_of(one[1][n], other[1][n]) for n in deciding) is not True:
            return ""
        open_ones: list[int] = []
        for n in deciding:
            for keeper, loser in ((one, other), (other, one)):
                taken = conjunction((speaks_of(one[1][n], other[1][n]), keeps_over(keeper[1][n], loser[1][n])))
                if taken is True:
                    return self._kept(n, keeper)
                open_ones += [n] if taken is UNKNOWN else []
        return self._undecided(open_ones, one, other) if open_ones else self._by_counting(one, other)

    def _kept(self, number: int, keeper: Marked) -> str:
        """By a check's own order; what it compares as different (the programme) is the keeper's name."""
        names = [str(value) for value in keeper[1][number].different if isinstance(value, str)]
        as_what = f", as {' and '.join(names)}" if names else ""
        counts = disjunction(self._counts(keeper[0]))
        itself = "" if counts is not False or not self._sums else ", though it does not count itself"
        return f"{self._called(keeper).capitalize()} keeps them{as_what}{itself}."

    def _undecided(self, numbers: Sequence[int], one: Marked, other: Marked) -> str:
        read = [trace for marked in (one, other) for n in numbers for trace in marked[1][n].traces]
        facts = ", ".join(dict.fromkeys(leaf.path for leaf in missing(*read)))
        return f"Which of the two keeps them is not known{f'; it hangs on {facts}' if facts else ''}."

    def _by_counting(self, one: Marked, other: Marked) -> str:
        """Where no order is told: a minute counts once in each sum that has both."""
        mine, others = self._counts(one[0]), self._counts(other[0])
        both = disjunction(conjunction(pair) for pair in zip(mine, others, strict=True))
        if not self._sums or both is True:
            return "They count once."
        if both is UNKNOWN:
            return "They count once if both count."
        counting = [m for m, truths in ((one, mine), (other, others)) if disjunction(truths) is not False]
        if len(counting) == 2:
            return "Each counts in another sum, so none is lost."
        if not counting:
            return "Neither of the two counts."
        silent = other if counting[0] is one else one
        return f"{self._called(silent).capitalize()} does not count, so none is lost."

    def _counts(self, record: Clocked) -> list[Truth]:
        """Whether it counts in each of the sums."""
        return [self.scene.truth(records, (record.record,)) for records in self._sums]

    @made_once
    def _sums(self) -> list[Records]:
        """What is summed, of this list, with each minute once."""
        ours = self.checks[0].list
        defined = (d.value for d in self.scene.definitions.values() if d.of is None)
        found = (part for value in defined for part in _by_itself(value) if isinstance(part, Sum) and part.once)
        return [part.records for part in found if part.records.list == ours]

    def _called(self, marked: Marked) -> str:
        called = self.scene.vocabulary.lists[self.checks[0].list].called or "record"
        return f"{called} {marked[0].row + 1}"
