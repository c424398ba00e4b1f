"""The lines of a proposed claim, each by itself: what is written on it, its checks, and the days that would pass."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace
from datetime import date, timedelta
from fractions import Fraction

from ccm_policy.evaluate import ranges
from ccm_policy.evaluate.aggregates import match_of
from ccm_policy.evaluate.calendar import month_of
from ccm_policy.evaluate.expressions import days_of, field_of, truth_of
from ccm_policy.evaluate.patient_month import Cell, Facts, Listed, Record
from ccm_policy.evaluate.ranges import ANY_DAY, on_day
from ccm_policy.evaluate.reasons import ADDS_TO, DECIDES, Reason, of_line_check, of_part
from ccm_policy.evaluate.rules import all_hold
from ccm_policy.evaluate.scene import Scene
from ccm_policy.evaluate.services import IN_LIFE
from ccm_policy.evaluate.stages import Evaluated
from ccm_policy.evaluate.trace import Leaf, Trace
from ccm_policy.facts.values import NONE, UNKNOWN
from ccm_policy.language.tree import DATE, END_OF_MONTH, LineCheck, Program, Service, Where
from ccm_policy.language.truth import Truth, conjunction, disjunction, negation

DAY = "date"


@dataclass(frozen=True, slots=True, kw_only=True)
class ClaimLine:
    """A line as it was given, with its place in the claim. `stands`: whether it passes every check that decides.
    `apart`: what sets it apart where it is settled that it is none of this claim's."""

    record: Record
    number: int
    code: str | None
    units: Fraction | None
    date: date | None
    reasons: tuple[Reason, ...]
    stands: Truth
    apart: Reason | None = None

    @property
    def failed(self) -> tuple[Reason, ...]:
        """The deciding checks that this line does not pass."""
        return tuple(r for r in self.reasons if r.severity == DECIDES and r.outcome == "no")

    @property
    def missing(self) -> tuple[str, ...]:
        """The facts that would decide its checks."""
        unknown = [r for r in self.reasons if r.severity == DECIDES and r.outcome == "unknown"]
        return tuple(dict.fromkeys(leaf.path for r in unknown for leaf in r.facts if not leaf.known))

    @property
    def open(self) -> tuple[str, ...]:
        """The facts that would decide its checks or tell its code, units and day."""
        told = (("code", self.code), ("units", self.units), (DAY, self.date))
        untold = [field for field, value in told if value is None]
        return (*self.missing, *map(self.record.path_of, untold))


def lines_of(month: Evaluated) -> tuple[ClaimLine, ...] | None:
    """Every line with its checks; None where no claim is given (D6)."""
    claim = month.program.vocabulary.claim
    if claim is None:
        return None
    listed = month.facts.list(claim)
    if listed.unknown or listed.presumed:
        return None
    lines = tuple(_read(month, row, record) for row, record in enumerate(listed.records))
    return tuple(_on_its_base(line, lines, month) for line in lines)


def _read(month: Evaluated, row: int, record: Record) -> ClaimLine:
    def value(field: str) -> object:
        return month.facts.cell(record, field).value

    number, code, units, day = value("line"), value("code"), value("units"), value(DAY)
    code = code if isinstance(code, str) else None
    day = day if isinstance(day, date) else None
    reasons = tuple(_checks(month.program, record, code, _scene_on(day, month.scene)))
    apart = next((reason for reason in reasons if reason.rule in month.program.apart and reason.outcome == "no"), None)
    return ClaimLine(
        record=record,
        number=int(number) if isinstance(number, Fraction) else row + 1,
        code=code,
        units=units if isinstance(units, Fraction) else None,
        date=day,
        reasons=reasons,
        stands=_stands(reasons),
        apart=apart,
    )


def _stands(reasons: Iterable[Reason]) -> Truth:
    return conjunction(_truth(reason) for reason in reasons if reason.severity == DECIDES)


def _truth(reason: Reason) -> Truth:
    return UNKNOWN if reason.outcome == "unknown" else reason.outcome == "yes"


def _scene_on(day: date | None, scene: Scene) -> Scene:
    """Tables are read by the line's own date where it lies in another month."""
    if day is None or month_of(day) == month_of(scene.on):
        return scene
    return scene.on_day(day)


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
    yield from _apart(program, record, scene)
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


def _apart(program: Program, record: Record, scene: Scene) -> Iterator[Reason]:
    """What sets a line apart from this claim, as the policies say, or may; nothing is said of one that is its own."""
    for name in program.apart:
        definition, trace = program.definitions[name], scene.defined(name, record)
        truth = negation(truth_of(trace))
        if truth is not True:
            title, message = definition.title or name, f"{definition.title}." if truth is False else None
            yield of_part(name, title, definition.where, truth, (trace,), scene, message, definition.cites)


def _in_life(program: Program, record: Record, code: str | None, scene: Scene) -> Reason | None:
    """That a line is not dated after the patient's death; nothing is said of a patient who lives, or by no policy."""
    died = scene.marked(END_OF_MONTH)
    if died.value is NONE or not program.policies:
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


# --- a line and its base -----------------------------------------------------------------------------------------


def _on_its_base(line: ClaimLine, lines: tuple[ClaimLine, ...], month: Evaluated) -> ClaimLine:
    """A line of an add-on stands on a line of its base that stands and has units, where the claim has one, unless the
    base was billed already. Of a claim without any line of the base nothing is said here."""
    service = month.program.services.get(line.code or "")
    if service is None or line.apart is not None:
        return line
    bases = [one for one in lines if one.code in service.base]
    if not bases:
        return line
    bases += [one for one in lines if one.code is None]
    billed = _billed_already(service, month)
    truth = disjunction([*(_bears(one, month.scene) for one in bases), *map(truth_of, billed)])
    if truth is True:
        return line
    numbers = ", ".join(str(one.number) for one in bases)
    message = f"It adds to line {numbers}, which does not stand." if truth is False else None
    waits = [Trace(None, UNKNOWN, leaf=Leaf(path, UNKNOWN)) for one in bases for path in one.open]
    reason = of_part(
        ADDS_TO, f"Adds to a line of {' or '.join(service.base)} that stands", service.where, truth, (*waits, *billed),
        month.scene, message, service.cites, service.basis, service.confidence,
    )  # fmt: skip
    reason = replace(reason, remedy="Mend that line, or remove this one." if truth is False else None)
    reasons = (*line.reasons, reason)
    return replace(line, reasons=reasons, stands=_stands(reasons))


def _bears(base: ClaimLine, scene: Scene) -> Truth:
    """Whether an add-on may stand on a line: it stands, is of this month, has units and is a base."""
    parts: list[Truth] = [base.stands, UNKNOWN if base.code is None else True]
    parts.append(UNKNOWN if base.units is None else base.units > 0)
    parts.append(UNKNOWN if base.date is None else month_of(base.date) == scene.month)
    return conjunction(parts)


def _billed_already(service: Service, month: Evaluated) -> tuple[Trace, ...]:
    """That a base stands among the other services of the month, where the vocabulary can tell."""
    base = month.outcomes[service.code].adds_to
    return () if base is None else tuple(part for part in base.parts if part.label not in service.base)


# --- another date ------------------------------------------------------------------------------------------------


def better_days(line: ClaimLine, month: Evaluated) -> tuple[tuple[date, date], ...]:
    """The days of the month on which no check that decides would fail, and if there are such days, none that reads the
    date either; as first and last days. None where the line does not fail by its date."""
    path = line.record.path_of(DAY)
    if not any(leaf.path == path for reason in line.failed for leaf in reason.facts):
        return ()
    return _good_days(line, month)


def days_for(units: int, line: ClaimLine, month: Evaluated) -> tuple[tuple[date, date], ...]:
    """The days on which a line might bill so many units, where it may not on its own."""
    cells = {**line.record.cells, "units": Cell(Fraction(units))}
    more = replace(line, record=replace(line.record, cells=cells))
    failed = () if line.date is None else _on(line.date, more, month, _not_of_the_claim(month.scene, line.record.list))
    return _good_days(more, month) if any(r.severity == DECIDES and r.outcome == "no" for r in failed) else ()


def _good_days(line: ClaimLine, month: Evaluated) -> tuple[tuple[date, date], ...]:
    path = line.record.path_of(DAY)
    good: list[date] = []
    better: list[date] = []
    shared = _not_of_the_claim(month.scene, line.record.list)
    for day in _days_of(month):
        failed = [r for r in _on(day, line, month, shared) if r.outcome == "no"]
        if any(r.severity == DECIDES for r in failed):
            continue
        good.append(day)
        if not any(leaf.path == path for r in failed for leaf in r.facts):
            better.append(day)
    return _runs(better or good)


def _days_of(month: Evaluated) -> Iterator[date]:
    day = month.scene.first_day
    while day <= month.scene.last_day:
        yield day
        day += timedelta(days=1)


def _runs(days: Iterable[date]) -> tuple[tuple[date, date], ...]:
    """Days in order, as first and last days of those that follow one another."""
    runs: list[tuple[date, date]] = []
    for day in days:
        begun = runs.pop()[0] if runs and runs[-1][1] == day - timedelta(days=1) else day
        runs.append((begun, day))
    return tuple(runs)


@dataclass(frozen=True, slots=True)
class _OtherLines:
    """The facts with another claim."""

    facts: Facts
    claim: str
    lines: Listed

    def fact(self, path: str) -> Cell:
        return self.facts.fact(path)

    def list(self, name: str) -> Listed:
        return self.lines if name == self.claim else self.facts.list(name)

    def cell(self, record: Record, field: str) -> Cell:
        return self.facts.cell(record, field)

    def imagined(self, record: Record, field: str) -> Record:
        return self.facts.imagined(record, field)


def _on(day: date, line: ClaimLine, month: Evaluated, shared: dict[tuple[str, int], Trace]) -> Iterator[Reason]:
    """The checks of the line as if it were dated so."""
    record = replace(line.record, cells={**line.record.cells, DAY: Cell(day)})
    listed = month.facts.list(line.record.list)
    records = tuple(record if one.path == record.path else one for one in listed.records)
    facts = _OtherLines(month.scene.facts, line.record.list, replace(listed, records=records))
    scene = month.scene.of_other_facts(facts, shared)
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
