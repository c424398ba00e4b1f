"""Checks of a panel: one person in two patient-months at one time (L26). Patient-months come one after another, in any
order; of each, the hours of each person on each day are kept, and what rests on them."""

from __future__ import annotations

from bisect import bisect_left, insort
from collections import defaultdict
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from fractions import Fraction
from functools import cache

from ccm_policy.evaluate.choice import SUPPORTED
from ccm_policy.evaluate.decision import Decision, Finding
from ccm_policy.evaluate.derived import derived
from ccm_policy.evaluate.later import Later, changed
from ccm_policy.evaluate.log_checks import MOST_TOLD, overlap_text
from ccm_policy.evaluate.money import spoken, total
from ccm_policy.evaluate.overlaps import clocked, mark
from ccm_policy.evaluate.ranges import Result, exactly
from ccm_policy.evaluate.reasons import EARNS
from ccm_policy.evaluate.scene import Scene
from ccm_policy.facts.clock import A_DAY
from ccm_policy.facts.values import NONE, UNKNOWN
from ccm_policy.language.tree import OverlapCheck, Program
from ccm_policy.language.truth import Truth

BETWEEN_PATIENTS = "CCM-W0709"
"""The code of a finding about two patient-months."""


@dataclass(frozen=True, slots=True)
class Who:
    """A patient-month, and how it is told from others."""

    patient: str
    month: str
    practitioner: str | None

    def beside(self, other: Who) -> str:
        """What the reader of another patient-month calls it."""
        if self.patient != other.patient:
            return f"of patient {self.patient}"
        month = f" in {self.month}" if self.month != other.month else ""
        own = f" under practitioner {self.practitioner}" if self.practitioner != other.practitioner else ""
        return f"of the same patient{month}{own}"


@dataclass(frozen=True, slots=True, kw_only=True)
class Hours:
    """From when to when, of which person under which check, of which patient-month, the number of the record in its
    list, whether the check's condition holds of it, and the supported services that rest on it with what they come
    to."""

    first: int | Fraction
    last: int | Fraction
    whose: tuple[object, ...]
    of: Who
    called: str
    path: str
    matches: Truth
    services: tuple[str, ...]
    worth: str
    otherwise: str | None


def hours_of(decision: Decision) -> tuple[Hours, ...]:
    """What panel checks need to know of a decision: plain data, which may go to another process."""
    month = decision.evaluated
    checks = () if month is None else month.program.overlap_checks
    return tuple(hours for check in checks if check.across for hours in _of_check(check, decision))


def _of_check(check: OverlapCheck, decision: Decision) -> Iterator[Hours]:
    assert decision.evaluated is not None, "there is a program, which has the check"
    month, scene = decision.evaluated, decision.evaluated.scene
    called = scene.vocabulary.lists[check.list].called or "record"
    counting = cache(lambda: _counting(month.program, scene))
    here = Who(decision.patient_id, decision.service_month, decision.practitioner_id)
    for row, record in enumerate(month.facts.list(check.list).records):
        when = clocked(record, row, check, month.facts, scene)
        if when is None or when.sure is None:
            continue
        marked = mark(record, check, scene)
        person = tuple(values[0] for values in marked.same)
        if not _known(person):
            continue
        services, worth = _at_risk(decision, record.path, counting())
        yield Hours(
            first=_whole(when.first),
            last=_whole(when.last),
            whose=(check.where.policy, check.name, *person),
            of=here,
            called=f"{called} {row + 1}",
            path=record.path,
            matches=marked.matches,
            services=services,
            worth=worth,
            otherwise=check.otherwise,
        )


def _whole(minutes: Fraction) -> int | Fraction:
    return minutes.numerator if minutes.denominator == 1 else minutes


@dataclass(slots=True)
class _Day:
    """The hours of one person that touch one day, each with the place of its decision, in order, and how long the
    longest of them are."""

    hours: list[tuple[int, Hours]] = field(default_factory=list)
    longest: int | Fraction = 0

    def overlapping(self, place: int, new: Hours) -> Iterator[tuple[int, Hours]]:
        """Those of other patient-months that overlap these."""
        at = bisect_left(self.hours, new.last, key=_first)
        while at and self.hours[at - 1][1].first + self.longest > new.first:
            at -= 1
            if self.hours[at][1].last > new.first and self.hours[at][0] != place:
                yield self.hours[at]

    def add(self, place: int, new: Hours) -> None:
        insort(self.hours, (place, new), key=_first)
        self.longest = max(self.longest, new.last - new.first)


def _first(placed: tuple[int, Hours]) -> int | Fraction:
    return placed[1].first


@dataclass(slots=True)
class PanelChecks:
    """The panel checks of a run. Each overlap is told in the later of the two decisions; in the earlier one too where
    they are held until the last is made (`held`)."""

    _days: dict[tuple[object, ...], _Day] = field(default_factory=lambda: defaultdict(_Day))
    _earlier: dict[int, list[Finding]] = field(default_factory=lambda: defaultdict(list))
    _seen: int = 0

    def found(self, hours: Iterable[Hours]) -> list[Finding]:
        """What is found between the next decision, of which these are the hours, and those before it."""
        found = _told([finding for new in hours for finding in self._of_hours(new)])
        self._seen += 1
        return found

    def found_later(self) -> Iterator[tuple[int, list[Finding]]]:
        """Of each decision by its place, from 0, what was found between it and those after it."""
        return ((place, _told(found)) for place, found in self._earlier.items())

    def checked(self, decision: Decision) -> Decision:
        """The decision with what panel checks find between it and those before it; it is kept for those after it."""
        found = self.found(hours_of(decision))
        return with_findings(decision, found) if found else decision

    def held(self, checked: Iterable[Decision]) -> list[Decision]:
        """All decisions of the run, each with what was found between it and those after it as well."""
        every = list(checked)
        for place, found in self.found_later():
            every[place] = with_findings(every[place], found)
        return every

    def _of_hours(self, new: Hours) -> Iterator[Finding]:
        for place, other, begin in self._met(new):
            if True in (new.matches, other.matches):
                shared = overlap_text(Fraction(min(new.last, other.last) - begin), Fraction(begin))
                yield _finding(new, other, shared)
                self._earlier[place].append(_finding(other, new, shared))

    def _met(self, new: Hours) -> Iterator[tuple[int, Hours, int | Fraction]]:
        """The hours kept that these overlap, with the moment at which they begin to."""
        for day in range(int(new.first // A_DAY), int(-(-new.last // A_DAY))):
            kept = self._days[(*new.whose, day)]
            for place, other in kept.overlapping(self._seen, new):
                begin = max(new.first, other.first)
                if begin // A_DAY == day:
                    yield place, other, begin
            kept.add(self._seen, new)


def with_findings(decision: Decision, found: Iterable[Finding]) -> Decision:
    """The decision with what was found besides."""
    return changed(decision, findings=Later(lambda: (*decision.findings, *found)))


def _finding(mine: Hours, other: Hours, shared: str) -> Finding:
    """`Entry 1, and entry 3 of patient b, overlap by 7 minutes on 2026-03-04.`, the dollars, and what the check says to
    it."""
    whose = other.of.beside(mine.of)
    amounts = [(mine.worth, "here"), (other.worth, whose)]
    risk = ", ".join(f"{worth} {where}" for worth, where in amounts if worth)
    parts = [f"{mine.called.capitalize()}, and {other.called} {whose}, {shared}."]
    parts += [f"At risk: {risk}."] if risk else []
    parts += [mine.otherwise] if mine.otherwise else []
    return Finding(BETWEEN_PATIENTS, " ".join(parts), mine.path, mine.services)


def _counting(program: Program, scene: Scene) -> set[str] | None:
    """The records that add something to a sum in which each minute counts once; None where there is no such sum."""
    sums = [scene.defined(name) for name in derived(program).sums_of_minutes]
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
