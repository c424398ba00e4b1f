"""The lines of a proposed claim, each by itself: what is written on it, its checks, and the days that would pass."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, replace
from datetime import date
from fractions import Fraction
from functools import partial

from ccm_policy.evaluate import ranges
from ccm_policy.evaluate.calendar import month_of
from ccm_policy.evaluate.derived import derived
from ccm_policy.evaluate.expressions import field_of, result_of
from ccm_policy.evaluate.later import made_once
from ccm_policy.evaluate.patient_month import Facts, Record
from ccm_policy.evaluate.ranges import ANY_DAY, as_days, on_day
from ccm_policy.evaluate.reasons import ADDS_TO, Reason, of_line_check, of_part
from ccm_policy.evaluate.rules import DECIDES, severity_of
from ccm_policy.evaluate.scene import Scene
from ccm_policy.evaluate.services import IN_LIFE, already_billed
from ccm_policy.evaluate.stages import Evaluated
from ccm_policy.evaluate.trace import Grounds, Leaf, Trace, grounds_of, joined
from ccm_policy.facts.values import NONE, UNKNOWN
from ccm_policy.language.tree import (
    DATE,
    END_OF_MONTH,
    Definition,
    LineCheck,
    Program,
    Service,
    Where,
)
from ccm_policy.language.truth import Truth, conjunction, disjunction, negation

DAY = "date"


@dataclass(frozen=True, slots=True)
class Said:
    """What a check says of a line, by its name; its reason is made when it is read."""

    name: str
    truth: Truth
    decides: bool
    tell: Callable[[], Reason]


@dataclass(frozen=True, kw_only=True)
class ClaimLine:
    """A line as it was given, with its place in the claim. `stands`: whether it passes every check that decides.
    `apart`: what sets it apart where it is settled that it is none of this claim's; `may_be_apart`: what does so
    perhaps."""

    record: Record
    number: int
    code: str | None
    units: Fraction | None
    date: date | None
    said: tuple[Said, ...]
    stands: Truth
    apart: Said | None = None
    may_be_apart: tuple[Said, ...] = ()

    @made_once
    def reasons(self) -> tuple[Reason, ...]:
        """What its checks say."""
        return tuple(said.tell() for said in self.said)

    @property
    def failed(self) -> tuple[Reason, ...]:
        """The deciding checks that this line does not pass."""
        return tuple(r for r in self.reasons if r.severity == DECIDES and r.outcome == "no")

    @property
    def missing(self) -> tuple[str, ...]:
        """The facts that would decide its checks."""
        return _unknown_of(r for r in self.reasons if r.severity == DECIDES and r.outcome == "unknown")

    @property
    def whose(self) -> tuple[str, ...]:
        """The facts that would tell whether it is none of this claim's."""
        return _unknown_of(said.tell() for said in self.may_be_apart)

    @property
    def open(self) -> tuple[str, ...]:
        """The facts that would decide its checks or tell its code, units and day."""
        told = (("code", self.code), ("units", self.units), (DAY, self.date))
        untold = [field for field, value in told if value is None]
        return (*self.missing, *map(self.record.path_of, untold))


def _unknown_of(reasons: Iterable[Reason]) -> tuple[str, ...]:
    return tuple(dict.fromkeys(leaf.path for r in reasons for leaf in r.facts if not leaf.known))


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
    said = tuple(checks_of(month.program, record, code, month.facts, _scene_on(day, month.scene)))
    apart = [one for one in said if one.name in month.program.apart]
    return ClaimLine(
        record=record,
        number=int(number) if isinstance(number, Fraction) else row + 1,
        code=code,
        units=units if isinstance(units, Fraction) else None,
        date=day,
        said=said,
        stands=_stands(said),
        apart=next((one for one in apart if one.truth is False), None),
        may_be_apart=tuple(one for one in apart if one.truth is UNKNOWN),
    )


def _stands(said: Iterable[Said]) -> Truth:
    return conjunction(one.truth for one in said if one.decides)


def _scene_on(day: date | None, scene: Scene) -> Scene:
    """Tables are read by the line's own date where it lies in another month."""
    return scene if day is None or month_of(day) == month_of(scene.on) else scene.on_day(day)


def last_days(lines: tuple[ClaimLine, ...] | None, month: Evaluated) -> dict[str, date]:
    """The last day of the month that the claim names for a code, on a line that nothing speaks against (D28)."""
    days: dict[str, date] = {}
    for line in lines or ():
        in_month = line.date is not None and month.scene.first_day <= line.date <= month.scene.last_day
        if line.code is not None and line.date is not None and in_month and line.stands is not False:
            days[line.code] = max(line.date, days.get(line.code, line.date))
    return days


# --- checks ------------------------------------------------------------------------------------------------------


def checks_of(program: Program, record: Record, code: str | None, facts: Facts, scene: Scene) -> Iterator[Said]:
    """What every check says of a line that it speaks of."""
    for check in program.line_checks:
        truth = _check(check, record, scene)
        if truth is not None:
            yield _of_check(check, truth, record, scene)
    yield from _apart(program, record, scene)
    yield from _in_life(program, record, code, facts, scene)


def _check(check: LineCheck, record: Record, scene: Scene) -> Truth | None:
    """Whether a line passes a check; None for a line that the check does not speak of."""
    bound = (record,)
    spoken_of = scene.truth(check.lines, bound)
    if spoken_of is False:
        return None
    when = True if check.when is None else scene.truth(check.when, bound)
    if when is False:
        return None
    required = conjunction(scene.truth(condition, bound) for condition in check.conditions)
    return disjunction((negation(spoken_of), required, negation(when)))


def _of_check(check: LineCheck, truth: Truth, record: Record, scene: Scene) -> Said:
    def grounds() -> Grounds:
        bound = (record,)
        truths = [scene.truth(condition, bound) for condition in check.conditions]
        required = conjunction(truths)
        decided = [node for node, own in zip(check.conditions, truths, strict=True) if own is required]
        decided += [] if check.when is None else [check.when]
        return scene.grounds(decided, bound)

    decides = severity_of(check) == DECIDES
    return Said(check.name, truth, decides, lambda: of_line_check(check, truth, grounds, scene))


def _apart(program: Program, record: Record, scene: Scene) -> Iterator[Said]:
    """What sets a line apart from this claim, as the policies say, or may; nothing is said of one that is its own."""
    for name, apart in derived(program).apart.items():
        truth = negation(scene.truth(apart, (record,)))
        if truth is not True:
            yield Said(name, truth, True, partial(_tell_apart, program.definitions[name], truth, record, scene))


def _tell_apart(definition: Definition, truth: Truth, record: Record, scene: Scene) -> Reason:
    name, title = definition.name, definition.title or definition.name
    message = f"{definition.title}." if truth is False else None
    return of_part(
        name,
        title,
        definition.where,
        truth,
        lambda: scene.grounds((definition.value,), (record,)),
        scene,
        message,
        definition.cites,
    )


def _in_life(program: Program, record: Record, code: str | None, facts: Facts, scene: Scene) -> Iterator[Said]:
    """That a line is not dated after the patient's death; nothing is said of a patient who lives, or by no policy."""
    died = scene.marked(END_OF_MONTH)
    if died.value is NONE or not program.policies:
        return
    last = on_day(died.value) if isinstance(died.value, date) else ANY_DAY
    truth = ranges.at_most(as_days(result_of(facts.cell(record, DAY), DATE, scene)), last)
    service = program.services.get(code or "")
    where = Where(program.policies[-1].name, program.policies[-1].edition) if service is None else service.where
    message = "The line is dated after the day on which the patient died." if truth is False else None
    title = "The date of service is not after the patient's death"

    def grounds() -> Grounds:
        leaf = Leaf(scene.vocabulary.marks[END_OF_MONTH], died.value, died.presumed, died.null)
        day = field_of(record, DAY, DATE, scene)
        return grounds_of(day, Trace(None, last, leaf=leaf))

    yield Said(IN_LIFE, truth, True, lambda: of_part(IN_LIFE, title, where, truth, grounds, scene, message))


# --- a line and its base -----------------------------------------------------------------------------------------


def _on_its_base(line: ClaimLine, lines: tuple[ClaimLine, ...], month: Evaluated) -> ClaimLine:
    """A line of an add-on stands on a line of its base that stands and has units, where the claim has one, unless the
    base was billed already. Of a claim without any line of the base nothing is said here; a line whose code is not
    known may be one that does not stand."""
    service = month.program.services.get(line.code or "")
    if service is None or not service.base or line.apart is not None:
        return line
    known = [one for one in lines if one.code in service.base]
    perhaps = [one for one in lines if one.code is None]
    may_bear = [_bears(one, month.scene) for one in perhaps]
    if not known and all(truth is True for truth in may_bear):
        return line
    hangs = not known or any(truth is not False for truth in may_bear)
    perhaps_one: list[Truth] = [UNKNOWN] if perhaps and hangs else []
    billed = already_billed(service, month.program)
    already = False if billed is None else month.scene.truth(billed)
    truth = disjunction([*(_bears(one, month.scene) for one in known), already, *perhaps_one])
    if truth is True:
        return line
    bases = [*known, *perhaps]
    said = (*line.said, Said(ADDS_TO, truth, True, partial(_tell_base, service, truth, bases, month)))
    return replace(line, said=said, stands=_stands(said))


def _tell_base(service: Service, truth: Truth, bases: list[ClaimLine], month: Evaluated) -> Reason:
    def rests_on() -> Grounds:
        billed = already_billed(service, month.program)
        open_ones = Grounds(tuple(Leaf(path, UNKNOWN) for one in bases for path in one.open))
        return joined(open_ones, month.scene.grounds(() if billed is None else (billed,)))

    numbers = ", ".join(str(one.number) for one in bases)
    message, remedy = None, None
    if truth is False:
        message, remedy = f"It adds to line {numbers}, which does not stand.", "Mend that line, or remove this one."
    return of_part(
        ADDS_TO, f"Adds to a line of {' or '.join(service.base)} that stands", service.where, truth, rests_on,
        month.scene, message, service.cites, service.basis, service.confidence, remedy,
    )  # fmt: skip


def _bears(base: ClaimLine, scene: Scene) -> Truth:
    """Whether an add-on may stand on a line of its base: it stands, is of this month and has units."""
    parts: list[Truth] = [base.stands]
    parts.append(UNKNOWN if base.units is None else base.units > 0)
    parts.append(UNKNOWN if base.date is None else month_of(base.date) == scene.month)
    return conjunction(parts)
