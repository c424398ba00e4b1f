"""A proposed claim, line by line, against what is supported (D5 to D8, D22, D33). The claim never moves the choice."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import date
from fractions import Fraction

from ccm_policy.evaluate.aggregates import matches
from ccm_policy.evaluate.amounts import Amounts
from ccm_policy.evaluate.calendar import BEFORE_ALL, month_of
from ccm_policy.evaluate.choice import NEEDS_INFORMATION, NOT_ESTABLISHED, NOT_SUPPORTED, SUPPORTED
from ccm_policy.evaluate.expressions import truth_of
from ccm_policy.evaluate.money import Money, each, units_of
from ccm_policy.evaluate.patient_month import Record
from ccm_policy.evaluate.payment import worth
from ccm_policy.evaluate.presume import CLAIM_LINES
from ccm_policy.evaluate.reasons import DECIDES, Reason, of_line_check
from ccm_policy.evaluate.rules import all_hold
from ccm_policy.evaluate.scene import Scene
from ccm_policy.evaluate.stages import Evaluated
from ccm_policy.evaluate.trace import Trace
from ccm_policy.evaluate.truth import Truth, disjunction, negation
from ccm_policy.facts.values import Given, GivenList
from ccm_policy.fees import FeeSchedules, to_cents
from ccm_policy.language.tree import LineCheck

ALTERNATIVE, OVER_BILLED, UNDER_BILLED = "alternative", "over_billed", "under_billed"
NOT_AUDITED = "not_audited"


@dataclass(frozen=True, slots=True)
class Bill:
    """A code with its units and what they are worth."""

    code: str
    units: int
    allowed: Money


@dataclass(frozen=True, slots=True)
class Line:
    """A line of the claim and its verdict.

    `supported_units`: of this line's units, those that stand (for an under-billed line, what it could say).
    `preferred`: for an alternative, what is preferred and its amounts.
    """

    line: int
    code: str | None
    units: Fraction | None
    date: date | None
    verdict: str
    supported_units: int
    allowed: Money = None
    message: str | None = None
    preferred: tuple[Bill, ...] = ()
    reasons: tuple[Reason, ...] = ()


@dataclass(frozen=True, slots=True)
class Claim:
    """The verdict on a claim; `missing_lines` are supported services that it leaves out."""

    lines: tuple[Line, ...]
    missing_lines: tuple[Bill, ...]


@dataclass(frozen=True, slots=True)
class _Given:
    """A line as it was given, with its place in the claim."""

    record: Record
    number: int
    code: str | None
    units: Fraction | None
    date: date | None


def audit(month: Evaluated, amounts: Amounts, fees: FeeSchedules) -> Claim | None:
    """Judge the claim; None where none is given (D6)."""
    lists = month.program.vocabulary.lists
    if CLAIM_LINES not in lists or month.facts.list(CLAIM_LINES).unknown or month.facts.list(CLAIM_LINES).presumed:
        return None
    given = [_read(month, row, record) for row, record in enumerate(month.facts.list(CLAIM_LINES).records)]
    claimed = {line.code for line in given if line.code is not None}
    judged: dict[int, Line] = {}
    for code in dict.fromkeys(line.code for line in given):
        rows = [row for row, line in enumerate(given) if line.code == code]
        judged |= zip(rows, _judge_code(code, [given[row] for row in rows], claimed, month, amounts), strict=True)
    lines = tuple(_finish(judged[row], line, month, fees) for row, line in enumerate(given))
    return Claim(lines, _missing_lines(lines, claimed, month, amounts))


def unaudited(given: Given) -> Claim | None:
    """A claim to a payer for whom no policy speaks: no line of it is audited, and that is said openly."""
    lines = given.lists.get(CLAIM_LINES)
    if not isinstance(lines, GivenList):
        return None
    message = "No policy in this library speaks for the payer."
    told = []
    for row, cells in enumerate(lines.rows):
        number, code, units, day = (cells.get(name) for name in ("line", "code", "units", "date"))
        told.append(
            Line(
                int(number) if isinstance(number, Fraction) else row + 1,
                code if isinstance(code, str) else None,
                units if isinstance(units, Fraction) else None,
                day if isinstance(day, date) else None,
                NOT_AUDITED,
                0,
                message=message,
            )
        )
    return Claim(tuple(told), ())


def _read(month: Evaluated, row: int, record: Record) -> _Given:
    def value(field: str) -> object:
        return month.facts.cell(record, field).value

    number, code, units, day = value("line"), value("code"), value("units"), value("date")
    return _Given(
        record,
        int(number) if isinstance(number, Fraction) else row + 1,
        code if isinstance(code, str) else None,
        units if isinstance(units, Fraction) else None,
        day if isinstance(day, date) else None,
    )


# --- verdicts ----------------------------------------------------------------------------------------------------


def _judge_code(
    code: str | None, lines: list[_Given], claimed: set[str], month: Evaluated, amounts: Amounts
) -> list[Line]:
    """The verdicts on all lines of one code; its units are summed over them (D7)."""
    if code is None:
        return [_line(line, NEEDS_INFORMATION, 0, "The line's code is not known.") for line in lines]
    if code not in month.program.services:
        verdict, message = _foreign(code, month)
        return [_line(line, verdict, 0, message) for line in lines]
    status = month.before[code].status
    if status == NOT_ESTABLISHED:
        message = "No published rule of this payer decides the code; ask the payer."
        return [_line(line, NOT_AUDITED, 0, message) for line in lines]
    if status == NOT_SUPPORTED:
        return [_line(line, status, 0) for line in lines]
    preferred = month.chosen[code].yields_to
    if preferred is not None and preferred in claimed:
        message = f"{code} yields to {preferred}, which is on the claim as well."
        return [_line(line, OVER_BILLED, 0, message) for line in lines]
    supported = [_line(line, SUPPORTED, int(line.units or 0)) for line in lines]
    counted = _by_units(code, lines, supported, month)
    if preferred is None:
        return counted
    beside = _preferred(preferred, month, amounts)
    message = f"{preferred} is preferred; this is a supported alternative."
    return [
        replace(line, verdict=ALTERNATIVE, message=message, preferred=beside) if line.verdict == SUPPORTED else line
        for line in counted
    ]


def _line(line: _Given, verdict: str, units: int, message: str | None = None) -> Line:
    return Line(line.number, line.code, line.units, line.date, verdict, units, message=message)


def _foreign(code: str, month: Evaluated) -> tuple[str, str]:
    """A code that no policy in force decides: out of its life (D22), or not audited (D8)."""
    life = month.program.lives.get(code)
    if life is None:
        return NOT_AUDITED, f"No policy decides {code}."
    first, last, successor = life
    if first <= month.program.month and (last is None or month.program.month <= last):
        return NOT_SUPPORTED, f"No policy that applies here supports {code}; it is for other payers or providers."
    months = f"from {first}" if last is None else f"from {first} to {last}"
    instead = f"; it was replaced by {successor}" if successor else ""
    return NOT_SUPPORTED, f"{code} may be billed {months}{instead}."


def _by_units(code: str, lines: list[_Given], supported: list[Line], month: Evaluated) -> list[Line]:
    """Held against established and possible units; the excess falls on the latest date, then the last line."""
    if any(line.units is None for line in lines):
        return [replace(line, verdict=NEEDS_INFORMATION, supported_units=0) for line in supported]
    low, high = _limits(code, month)
    units = sum((line.units or Fraction(0) for line in lines), Fraction(0))
    if units < low:
        last = supported[-1]
        fuller = replace(
            last,
            verdict=UNDER_BILLED,
            supported_units=last.supported_units + low - int(units),
            message=f"{low} units are supported.",
        )
        return [*supported[:-1], fuller]
    return _up_to(low, high, lines, supported)


def _limits(code: str, month: Evaluated) -> tuple[int, int | None]:
    """The units of a code that stand, and those that may: none, and any number, while its layers are not known."""
    outcome = month.outcomes[code]
    if month.undecided_layers.get(code):
        return 0, None
    return outcome.established_units if month.before[code].status == SUPPORTED else 0, outcome.possible_units


def _up_to(low: int, high: int | None, lines: list[_Given], supported: list[Line]) -> list[Line]:
    """Units beyond `high` are over-billed, those beyond `low` need information, in the order of their dates."""
    result, before = list(supported), 0
    for at in sorted(range(len(lines)), key=lambda i: (lines[i].date or BEFORE_ALL, i)):
        line, upto = supported[at], before + supported[at].supported_units
        stands = max(0, min(low, upto) - before)
        if high is not None and upto > high and upto > before:
            limit = "1 unit is" if high == 1 else f"{high} units are"
            result[at] = replace(
                line, verdict=OVER_BILLED, supported_units=stands, message=f"At most {limit} supported."
            )
        elif upto > low and upto > before:
            told = f"{low or 'None'} of the units {'is' if low == 0 else 'are'} established."
            result[at] = replace(line, verdict=NEEDS_INFORMATION, supported_units=stands, message=told)
        before = upto
    return result


def _preferred(code: str, month: Evaluated, amounts: Amounts) -> tuple[Bill, ...]:
    """The supported services of the tier or programme that is preferred."""
    service = month.program.services[code]
    together = [c for c in _group_of(code, month) if month.chosen[c].status == SUPPORTED]
    bills = (Bill(c, amounts.units(c), amounts.of(c, amounts.units(c))) for c in together)
    return tuple(bills) or (Bill(service.code, amounts.units(code), amounts.of(code, amounts.units(code))),)


def _group_of(code: str, month: Evaluated) -> list[str]:
    """A service with its add-ons."""
    return [c for c, s in month.program.services.items() if c == code or code in s.base]


def _missing_lines(lines: Sequence[Line], claimed: set[str], month: Evaluated, amounts: Amounts) -> tuple[Bill, ...]:
    """Supported services without a line (D8); none for a tier to which an alternative on the claim yields."""
    instead = {bill.code for line in lines for bill in line.preferred}
    codes = [c for c, s in month.chosen.items() if s.status == SUPPORTED and c not in claimed and c not in instead]
    return tuple(Bill(code, amounts.units(code), amounts.of(code, amounts.units(code))) for code in codes)


# --- amounts and checks of a line --------------------------------------------------------------------------------


def _finish(line: Line, given: _Given, month: Evaluated, fees: FeeSchedules) -> Line:
    """Apply the claim checks, then price what stands; the lesser of charge and schedule is allowed (D33)."""
    reasons = tuple(_checks(given, month))
    if any(r.outcome == "no" and r.severity == DECIDES for r in reasons):
        line = replace(line, verdict=NOT_SUPPORTED, supported_units=0)
    elif line.verdict in (SUPPORTED, ALTERNATIVE) and any(
        r.outcome == "unknown" and r.severity == DECIDES for r in reasons
    ):
        line = replace(line, verdict=NEEDS_INFORMATION)
    service = month.program.services.get(line.code or "")
    allowed: Money = None
    if service is not None:
        on = line.date or month.scene.last_day
        unit = worth(service, on, month.program, month.scene, month.facts, fees).unit
        allowed = units_of(unit, line.supported_units)
        charge = month.facts.cell(given.record, "charge").value
        if isinstance(charge, Fraction):
            charged = to_cents(charge)
            allowed = each(allowed, lambda amount: min(amount, charged))
    return replace(line, allowed=allowed, reasons=reasons)


def _checks(given: _Given, month: Evaluated) -> list[Reason]:
    scene = month.scene
    if given.date is not None and month_of(given.date) != month_of(scene.on):
        scene = replace(scene, on=given.date, shared={})
    reasons = []
    for check in month.program.line_checks:
        truth, trace = _check(check, given.record, scene)
        if trace is not None:
            reasons.append(of_line_check(check, truth, trace, scene))
    return reasons


def _check(check: LineCheck, record: Record, scene: Scene) -> tuple[Truth, Trace | None]:
    """Whether a line passes a check; no trace for a line that the check does not speak of."""
    match = next(m for m in matches(check.lines, scene, ()) if m.record is record)
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
