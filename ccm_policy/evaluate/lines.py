"""The lines of a proposed claim, each by itself: what is written on it, its checks, and the days that would pass."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace
from datetime import date, timedelta
from fractions import Fraction

from ccm_policy.evaluate import ranges
from ccm_policy.evaluate.aggregates import match_of
from ccm_policy.evaluate.calendar import month_of
from ccm_policy.evaluate.expressions import days_of, field_of, truth_of
from ccm_policy.evaluate.patient_month import Cell, PatientMonth, Record
from ccm_policy.evaluate.ranges import ANY_DAY, on_day
from ccm_policy.evaluate.reasons import DECIDES, Reason, of_line_check, of_part
from ccm_policy.evaluate.rules import all_hold
from ccm_policy.evaluate.scene import Scene
from ccm_policy.evaluate.stages import Evaluated
from ccm_policy.evaluate.trace import Leaf, Trace
from ccm_policy.evaluate.truth import Truth, conjunction, disjunction, negation
from ccm_policy.facts.values import NONE, UNKNOWN
from ccm_policy.language.tree import DATE, END_OF_MONTH, LineCheck, Program, Where

IN_LIFE = "its day"
"""The name under which reasons speak of the day of a line, which must not lie after the patient's death."""

DAY = "date"


@dataclass(frozen=True, slots=True)
class ClaimLine:
    """A line as it was given, with its place in the claim. `stands`: whether it passes every check that decides."""

    record: Record
    number: int
    code: str | None
    units: Fraction | None
    date: date | None
    reasons: tuple[Reason, ...]
    stands: Truth

    @property
    def failed(self) -> tuple[Reason, ...]:
        return tuple(r for r in self.reasons if r.severity == DECIDES and r.outcome == "no")

    @property
    def missing(self) -> tuple[str, ...]:
        """The facts that would decide its checks."""
        unknown = [r for r in self.reasons if r.severity == DECIDES and r.outcome == "unknown"]
        return tuple(dict.fromkeys(leaf.path for r in unknown for leaf in r.facts if not leaf.known))


def lines_of(month: Evaluated) -> tuple[ClaimLine, ...] | None:
    """Every line with its checks; None where no claim is given (D6)."""
    claim = month.program.vocabulary.claim
    if claim is None:
        return None
    listed = month.facts.list(claim)
    if listed.unknown or listed.presumed:
        return None
    return tuple(_read(month, row, record) for row, record in enumerate(listed.records))


def _read(month: Evaluated, row: int, record: Record) -> ClaimLine:
    def value(field: str) -> object:
        return month.facts.cell(record, field).value

    number, code, units, day = value("line"), value("code"), value("units"), value(DAY)
    code = code if isinstance(code, str) else None
    day = day if isinstance(day, date) else None
    reasons = tuple(_checks(month.program, record, code, _scene_on(day, month.scene)))
    return ClaimLine(
        record,
        int(number) if isinstance(number, Fraction) else row + 1,
        code,
        units if isinstance(units, Fraction) else None,
        day,
        reasons,
        conjunction(_truth(reason) for reason in reasons if reason.severity == DECIDES),
    )


def _truth(reason: Reason) -> Truth:
    return UNKNOWN if reason.outcome == "unknown" else reason.outcome == "yes"


def _scene_on(day: date | None, scene: Scene) -> Scene:
    """Tables are read by the line's own date where it lies in another month."""
    if day is None or month_of(day) == month_of(scene.on):
        return scene
    return replace(scene, on=day, shared={})


def last_days(lines: tuple[ClaimLine, ...] | None, month: Evaluated) -> dict[str, date]:
    """The last day of the month that the claim names for a code, on a line that nothing speaks against (D28)."""
    days: dict[str, date] = {}
    for line in lines or ():
        in_month = line.date is not None and month.scene.first_day <= line.date <= month.scene.last_day
        if line.code is not None and line.date is not None and in_month and line.stands is not False:
            days[line.code] = max(line.date, days.get(line.code, line.date))
    return days


# --- checks ------------------------------------------------------------------------------------------------------


def _checks(program: Program, record: Record, code: str | None, scene: Scene) -> Iterator[Reason]:
    for check in program.line_checks:
        truth, trace = _check(check, record, scene)
        if trace is not None:
            yield of_line_check(check, truth, trace, scene)
    in_life = _in_life(program, record, code, scene)
    if in_life is not None:
        yield in_life


def _check(check: LineCheck, record: Record, scene: Scene) -> tuple[Truth, Trace | None]:
    """Whether a line passes a check; no trace for a line that the check does not speak of."""
    match = match_of(record, check.lines, scene)
    if match.truth is False:
        return True, None
    required = all_hold(check.conditions, scene, match.bound)
    ways = [negation(match.truth), truth_of(required)]
    parts = [required]
    if check.when is not None:
        when = scene.evaluate(check.when, match.bound)
        if truth_of(when) is False:
            return True, None
        ways.append(negation(truth_of(when)))
        parts.append(when)
    truth = disjunction(ways)
    return truth, Trace(None, truth, (match.trace, *parts), tuple(parts))


def _in_life(program: Program, record: Record, code: str | None, scene: Scene) -> Reason | None:
    """That a line is not dated after the patient's death; nothing is said of a patient who lives."""
    died = scene.marked(END_OF_MONTH)
    if died.value is NONE:
        return None
    day = field_of(record, DAY, DATE, scene)
    last = on_day(died.value) if isinstance(died.value, date) else ANY_DAY
    truth = ranges.at_most(days_of(day), last)
    known = Trace(None, last, leaf=Leaf(scene.vocabulary.marks[END_OF_MONTH], died.value, died.presumed, died.null))
    service = program.services.get(code or "")
    where = Where(program.policies[-1].name, program.policies[-1].edition) if service is None else service.where
    message = "The line is dated after the day on which the patient died." if truth is False else None
    title = "The date of service is not after the patient's death"
    return of_part(IN_LIFE, title, where, truth, (Trace(None, truth, (day, known)),), scene, message)


# --- another date ------------------------------------------------------------------------------------------------


def better_days(line: ClaimLine, month: Evaluated) -> tuple[tuple[date, date], ...]:
    """The days of the month on which no check that decides would fail, as first and last days; none where the line does
    not fail by its date."""
    path = line.record.path_of(DAY)
    if not any(leaf.path == path for reason in line.failed for leaf in reason.facts):
        return ()
    runs: list[tuple[date, date]] = []
    day, shared = month.scene.first_day, _not_of_the_claim(month.scene, line.record.list)
    while day <= month.scene.last_day:
        if not any(r.severity == DECIDES and r.outcome == "no" for r in _on(day, line, month, shared)):
            begun = runs.pop()[0] if runs and runs[-1][1] == day - timedelta(days=1) else day
            runs.append((begun, day))
        day += timedelta(days=1)
    return tuple(runs)


def _on(day: date, line: ClaimLine, month: Evaluated, shared: dict[tuple[str, int], Trace]) -> Iterator[Reason]:
    """The checks of the line as if it were dated so."""
    record = replace(line.record, cells={**line.record.cells, DAY: Cell(day)})
    listed = month.facts.list(line.record.list)
    records = tuple(record if one is line.record else one for one in listed.records)
    lists = {**month.facts.lists, line.record.list: replace(listed, records=records)}
    scene = replace(month.scene, facts=PatientMonth(month.facts.facts, lists), shared=dict(shared))
    return _checks(month.program, record, line.code, scene)


def _not_of_the_claim(scene: Scene, claim: str) -> dict[tuple[str, int], Trace]:
    """Definitions that were read already and rest on nothing that the claim says."""
    return {key: trace for key, trace in scene.shared.items() if not _reads(trace, claim)}


def _reads(trace: Trace, claim: str) -> bool:
    stack, seen = [trace], set[int]()
    while stack:
        one = stack.pop()
        if id(one) in seen:
            continue
        if one.leaf is not None and one.leaf.path.startswith(claim):
            return True
        seen.add(id(one))
        stack += one.parts
    return False
