"""Checks of a panel: one person in two patient-months at one time (L26). Patient-months come one after another, in any
order; of each, the hours of each person on each day are kept, and what rests on them."""

from __future__ import annotations

from bisect import bisect_left, insort
from collections import defaultdict
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field, replace
from fractions import Fraction

from ccm_policy.evaluate.choice import SUPPORTED
from ccm_policy.evaluate.decision import Decision, Finding
from ccm_policy.evaluate.log_checks import MOST_TOLD, overlap_text
from ccm_policy.evaluate.money import spoken, total
from ccm_policy.evaluate.overlaps import clocked, mark
from ccm_policy.evaluate.ranges import Result, exactly
from ccm_policy.evaluate.reasons import EARNS
from ccm_policy.evaluate.scene import Scene
from ccm_policy.facts.clock import A_DAY
from ccm_policy.facts.values import NONE, UNKNOWN
from ccm_policy.language.tree import OverlapCheck, Sum
from ccm_policy.language.truth import Truth

BETWEEN_PATIENTS = "CCM-W0709"
"""The code of a finding about two patient-months."""


@dataclass(frozen=True, slots=True)
class _Record:
    """A patient-month by its place in the panel, and how it is told from others."""

    place: int
    patient: str
    month: str
    practitioner: str | None

    def beside(self, other: _Record) -> str:
        """What the reader of another patient-month calls it."""
        if self.patient != other.patient:
            return f"of patient {self.patient}"
        month = f" in {self.month}" if self.month != other.month else ""
        own = f" under practitioner {self.practitioner}" if self.practitioner != other.practitioner else ""
        return f"of the same patient{month}{own}"


@dataclass(frozen=True, slots=True, kw_only=True)
class _Hours:
    """From when to when, of which patient-month, the number of the record in its list, whether the check's condition
    holds of it, and the supported services that rest on it with what they come to."""

    first: Fraction
    last: Fraction
    of: _Record
    called: str
    path: str
    matches: Truth
    services: tuple[str, ...]
    worth: str


@dataclass(slots=True)
class _Day:
    """The hours of one person that touch one day, in order, and how long the longest of them are."""

    hours: list[_Hours] = field(default_factory=list)
    longest: Fraction = Fraction(0)

    def overlapping(self, new: _Hours) -> Iterator[_Hours]:
        """Those of other patient-months that overlap these."""
        at = bisect_left(self.hours, new.last, key=lambda hours: hours.first)
        while at and self.hours[at - 1].first + self.longest > new.first:
            at -= 1
            if self.hours[at].last > new.first and self.hours[at].of.place != new.of.place:
                yield self.hours[at]

    def add(self, new: _Hours) -> None:
        insort(self.hours, new, key=lambda hours: hours.first)
        self.longest = max(self.longest, new.last - new.first)


@dataclass(slots=True)
class PanelChecks:
    """The panel checks of a run. Each overlap is told in the later of the two decisions; in the earlier one too where
    they are held until the last is made (`held`)."""

    _days: dict[tuple[object, ...], _Day] = field(default_factory=lambda: defaultdict(_Day))
    _earlier: dict[int, list[Finding]] = field(default_factory=lambda: defaultdict(list))
    _seen: int = 0

    def checked(self, decision: Decision) -> Decision:
        """The decision with what panel checks find between it and those before it; it is kept for those after it."""
        found = _told(list(self._findings(decision)))
        self._seen += 1
        return replace(decision, findings=(*decision.findings, *found)) if found else decision

    def held(self, checked: Iterable[Decision]) -> list[Decision]:
        """All decisions of the run, each with what was found between it and those after it as well."""
        every = list(checked)
        for place, found in self._earlier.items():
            every[place] = replace(every[place], findings=(*every[place].findings, *_told(found)))
        return every

    def _findings(self, decision: Decision) -> Iterator[Finding]:
        month = decision.evaluated
        for check in () if month is None else month.program.overlap_checks:
            if check.across:
                yield from self._of_check(check, decision)

    def _of_check(self, check: OverlapCheck, decision: Decision) -> Iterator[Finding]:
        assert decision.evaluated is not None, "there is a program, which has the check"
        scene = decision.evaluated.scene
        called = scene.vocabulary.lists[check.list].called or "record"
        counting = _counting(scene)
        here = _Record(self._seen, decision.patient_id, decision.service_month, decision.practitioner_id)
        for row, record in enumerate(scene.facts.list(check.list).records):
            when = clocked(record, row, check, scene)
            marked = mark(record, check, scene)
            person = tuple(values[0] for values in marked.same)
            if when is None or when.sure is None or not _known(person):
                continue
            services, worth = _at_risk(decision, record.path, counting)
            named = f"{called} {row + 1}"
            new = _Hours(
                first=when.first,
                last=when.last,
                of=here,
                called=named,
                path=record.path,
                matches=marked.matches,
                services=services,
                worth=worth,
            )
            for other, begin in self._met((check.where.policy, check.name, *person), new):
                if True in (new.matches, other.matches):
                    shared = overlap_text(min(new.last, other.last) - begin, begin)
                    yield _finding(check, new, other, shared)
                    self._earlier[other.of.place].append(_finding(check, other, new, shared))

    def _met(self, key: tuple[object, ...], new: _Hours) -> Iterator[tuple[_Hours, Fraction]]:
        """The hours kept that these overlap, with the moment at which they begin to."""
        for day in range(int(new.first // A_DAY), int(-(-new.last // A_DAY))):
            kept = self._days[(*key, day)]
            for other in kept.overlapping(new):
                begin = max(new.first, other.first)
                if begin // A_DAY == day:
                    yield other, begin
            kept.add(new)


def _finding(check: OverlapCheck, mine: _Hours, other: _Hours, shared: str) -> Finding:
    """`Entry 1, and entry 3 of patient b, overlap by 7 minutes on 2026-03-04.`, the dollars, and what the check says to
    it."""
    whose = other.of.beside(mine.of)
    amounts = [(mine.worth, "here"), (other.worth, whose)]
    risk = ", ".join(f"{worth} {where}" for worth, where in amounts if worth)
    parts = [f"{mine.called.capitalize()}, and {other.called} {whose}, {shared}."]
    parts += [f"At risk: {risk}."] if risk else []
    parts += [check.otherwise] if check.otherwise else []
    return Finding(BETWEEN_PATIENTS, " ".join(parts), mine.path, mine.services)


def _counting(scene: Scene) -> set[str] | None:
    """The records that add something to a sum in which each minute counts once; None where there is no such sum."""
    sums = [trace for trace in scene.shared.values() if isinstance(trace.node, Sum) and trace.node.once]
    return {part.label for trace in sums for part in trace.parts if part.value != exactly(0)} if sums else None


def _at_risk(decision: Decision, path: str, counting: set[str] | None) -> tuple[tuple[str, ...], str]:
    """The supported services that are earned with a record, and their dollars as text."""
    if counting is not None and path not in counting:
        return (), ""
    resting = [
        service
        for service in decision.services.values()
        if service.status == SUPPORTED
        and any(
            leaf.path.startswith(f"{path}.")
            for reason in service.reasons
            if reason.rule == EARNS
            for leaf in reason.facts
        )
    ]
    priced = [service.allowed for service in resting if service.allowed is not None]
    return tuple(service.code for service in resting), spoken(total(priced)) if priced else ""


def _told(found: list[Finding]) -> list[Finding]:
    """The first of them, and that there are more."""
    if len(found) <= MOST_TOLD:
        return found
    more = f"More entries overlap with those of other patient-months; {MOST_TOLD} are told."
    return [*found[:MOST_TOLD], Finding(BETWEEN_PATIENTS, more, found[MOST_TOLD].path, found[MOST_TOLD].services)]


def _known(values: tuple[Result, ...]) -> bool:
    return all(value is not UNKNOWN and value is not NONE for value in values)
