"""Checks of a panel: one person at two patients at one time (L26). Patient-months come one after another, in any order;
of each, the hours of each person on each day are kept, and nothing else."""

from __future__ import annotations

from bisect import bisect_left, insort
from collections import defaultdict
from collections.abc import Iterator
from dataclasses import dataclass, field, replace
from fractions import Fraction

from ccm_policy.evaluate.decision import Decision, Finding
from ccm_policy.evaluate.log_checks import overlap_text
from ccm_policy.evaluate.overlaps import clocked, mark
from ccm_policy.evaluate.ranges import Result
from ccm_policy.evaluate.scene import Scene
from ccm_policy.facts.clock import A_DAY
from ccm_policy.facts.values import NONE, UNKNOWN
from ccm_policy.language.tree import OverlapCheck

BETWEEN_PATIENTS = "CCM-W0709"
"""The code of a finding about two patients."""


@dataclass(frozen=True, slots=True, order=True)
class _Hours:
    """From when to when, for which patient, and the number of the record in that patient's list."""

    first: Fraction
    last: Fraction
    patient: str
    number: int


@dataclass(slots=True)
class _Day:
    """The hours of one person that touch one day, in order, and how long the longest of them are."""

    hours: list[_Hours] = field(default_factory=list)
    longest: Fraction = Fraction(0)

    def overlapping(self, new: _Hours) -> Iterator[_Hours]:
        """Those of other patients that overlap these."""
        at = bisect_left(self.hours, new.last, key=lambda hours: hours.first)
        while at and self.hours[at - 1].first + self.longest > new.first:
            at -= 1
            if self.hours[at].last > new.first and self.hours[at].patient != new.patient:
                yield self.hours[at]

    def add(self, new: _Hours) -> None:
        insort(self.hours, new)
        self.longest = max(self.longest, new.last - new.first)


@dataclass(slots=True)
class PanelChecks:
    """The panel checks of a run. Each overlap is told once, in the later of the two decisions."""

    _days: dict[tuple[object, ...], _Day] = field(default_factory=lambda: defaultdict(_Day))

    def checked(self, decision: Decision) -> Decision:
        """The decision with what panel checks find between it and those before it."""
        found = tuple(self.findings(decision))
        return replace(decision, findings=(*decision.findings, *found)) if found else decision

    def findings(self, decision: Decision) -> Iterator[Finding]:
        """What panel checks find between this patient-month and those before it; it is kept for those after it."""
        month = decision.evaluated
        for check in () if month is None else month.program.overlap_checks:
            if check.across and month is not None:
                yield from self._of_check(check, decision.patient_id, month.scene)

    def _of_check(self, check: OverlapCheck, patient: str, scene: Scene) -> Iterator[Finding]:
        called = scene.vocabulary.lists[check.list].called or "record"
        for row, record in enumerate(scene.facts.list(check.list).records):
            when = clocked(record, row, check, scene)
            marked = mark(record, check, scene)
            person = tuple(values[0] for values in marked.same)
            if when is None or when.sure is None or marked.matches is not True or not _known(person):
                continue
            new = _Hours(when.first, when.last, patient, row + 1)
            for other, begin in self._met((check.where.policy, check.name, *person), new):
                shared = overlap_text(min(new.last, other.last) - begin, begin)
                two = f"{called.capitalize()} {new.number}, and {called} {other.number} of patient {other.patient},"
                says = f" {check.otherwise}" if check.otherwise else ""
                yield Finding(BETWEEN_PATIENTS, f"{two} {shared}.{says}", record.path)

    def _met(self, key: tuple[object, ...], new: _Hours) -> Iterator[tuple[_Hours, Fraction]]:
        """The hours kept that these overlap, with the moment at which they begin to."""
        for day in range(int(new.first // A_DAY), int(-(-new.last // A_DAY))):
            kept = self._days[(*key, day)]
            for other in kept.overlapping(new):
                begin = max(new.first, other.first)
                if begin // A_DAY == day:
                    yield other, begin
            kept.add(new)


def _known(values: tuple[Result, ...]) -> bool:
    return all(value is not UNKNOWN and value is not NONE for value in values)
