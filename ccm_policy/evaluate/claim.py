"""A proposed claim, line by line, against what is supported (D5 to D8, D22, D33). The claim never moves the choice.

A line that fails by itself takes nothing from the others; one of which it is not known may take something from them.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import replace
from datetime import date
from fractions import Fraction

from ccm_policy.evaluate.amounts import Amounts
from ccm_policy.evaluate.calendar import month_of
from ccm_policy.evaluate.choice import (
    NEEDS_INFORMATION,
    NOT_ESTABLISHED,
    NOT_SUPPORTED,
    SUPPORTED,
    rivals,
)
from ccm_policy.evaluate.lines import ClaimLine, better_days, days_for
from ccm_policy.evaluate.missing import missing_of, units_depend_on
from ccm_policy.evaluate.money import each, units_of
from ccm_policy.evaluate.payment import Ceiling, ceiling, worth
from ccm_policy.evaluate.reasons import DECIDES, Reason
from ccm_policy.evaluate.stages import Evaluated, comes_before
from ccm_policy.evaluate.verdict import Bill, Claim, Line
from ccm_policy.facts.values import UNKNOWN, Given, GivenList
from ccm_policy.fees import FeeSchedules, to_cents
from ccm_policy.language.tree import SETTING, Vocabulary
from ccm_policy.language.truth import Truth, word

ALTERNATIVE, OVER_BILLED, UNDER_BILLED = "alternative", "over_billed", "under_billed"
NOT_AUDITED = "not_audited"
REMOVE = "Remove the line."


def audit(
    lines: tuple[ClaimLine, ...] | None,
    reasons: Mapping[str, Sequence[Reason]],
    month: Evaluated,
    amounts: Amounts,
    fees: FeeSchedules,
) -> Claim | None:
    """Judge the claim; None where none is given (D6). `reasons`: of each service, what fails first."""
    if lines is None:
        return None
    judged = {line.record.path: _alone(line, lines, reasons, month) for line in lines}
    among = [line for line in lines if judged[line.record.path] is None]
    for code in dict.fromkeys(line.code for line in among if line.code is not None):
        of_code = [line for line in among if line.code == code]
        judged |= zip(
            (line.record.path for line in of_code), _together(code, of_code, among, month, amounts), strict=True
        )
    done = [(line, verdict) for line in lines if (verdict := judged[line.record.path]) is not None]
    second = ceiling(month.scene)
    told = tuple(_waiting(_priced(line, verdict, month, amounts, fees), second) for line, verdict in done)
    own = {line.code for line in lines if line.code is not None and line.apart is None}
    return Claim(told, _missing_lines(told, own, month, amounts))


def unaudited(
    given: Given, vocabulary: Vocabulary, waiting: tuple[str, ...] = (), decided: Collection[str] = ()
) -> Claim | None:
    """A claim to a payer for whom no policy speaks: no line of it is audited, and that is said openly. While some
    policy may speak, lines of the codes that policies decide wait for the facts that tell."""
    lines = given.lists.get(vocabulary.claim or "")
    if not isinstance(lines, GivenList):
        return None
    silent = (NOT_AUDITED, "No policy in this library speaks for the payer.")
    told = []
    for row, cells in enumerate(lines.rows):
        number, code, units, day = (cells.get(name) for name in ("line", "code", "units", "date"))
        open = waiting and (code in decided or not isinstance(code, str))
        verdict, message = (NEEDS_INFORMATION, _waits(waiting)) if open else silent
        told.append(
            Line(
                line=int(number) if isinstance(number, Fraction) else row + 1,
                code=code if isinstance(code, str) else None,
                units=units if isinstance(units, Fraction) else None,
                date=day if isinstance(day, date) else None,
                verdict=verdict,
                supported_units=0,
                message=message,
            )
        )
    return Claim(tuple(told), ())


# --- a line by itself --------------------------------------------------------------------------------------------


def _alone(
    line: ClaimLine, lines: Sequence[ClaimLine], reasons: Mapping[str, Sequence[Reason]], month: Evaluated
) -> Line | None:
    """The verdict that a line has whatever the others say; None where it depends on them.

    What the service lacks is said before what is wrong with the line.
    """
    code = line.code
    if line.apart is not None:
        return _line(line, NOT_AUDITED, line.apart.message)
    standing = month.before.get(code or "")
    if standing is not None and standing.status == NOT_SUPPORTED:
        return _line(line, NOT_SUPPORTED, _failing(reasons[standing.service.code]))
    if line.stands is False:
        return _line(line, NOT_SUPPORTED, _of_check(line, lines, month))
    if code is None:
        return _line(line, NEEDS_INFORMATION, f"The line's code is not known. {_waits([line.record.path_of('code')])}")
    if standing is None:
        return _line(line, *_foreign(code, month))
    if standing.status == NOT_ESTABLISHED:
        return _line(line, NOT_AUDITED, "No published rule of this payer decides the code; ask the payer.")
    if line.date is not None and not month.scene.first_day <= line.date <= month.scene.last_day:
        message = "The line is dated outside the service month; it is decided with the facts of its own month."
        return _line(line, NOT_AUDITED, message)
    return None


def _line(line: ClaimLine, verdict: str, message: str | None = None, units: int = 0) -> Line:
    return Line(
        line=line.number,
        code=line.code,
        units=line.units,
        date=line.date,
        verdict=verdict,
        supported_units=units,
        message=message,
        reasons=line.reasons,
    )


def _failing(reasons: Iterable[Reason]) -> str:
    """What a service fails first, and what would mend it."""
    failed = next((r for r in reasons if r.outcome == "no" and r.severity == DECIDES), None)
    if failed is None:
        return f"The service is not supported. {REMOVE}"
    return _told(failed, failed.remedy or REMOVE)


def _told(reason: Reason, advice: str) -> str:
    message = reason.message or f"{reason.title}: not so."
    return f"{message} {advice}"


def _of_check(line: ClaimLine, lines: Sequence[ClaimLine], month: Evaluated) -> str:
    """The check that a line fails; for a wrong date the right ones, unless other lines bill all that is supported."""
    failed = line.failed[0]
    others = [o for o in lines if o.code == line.code and o.stands is True]
    code = line.code if line.code in month.before else None
    low, high = (0, None) if code is None else _limits(code, month)
    if low >= 1 and high is not None and sum(int(o.units or 0) for o in others) >= high:
        if line.date is not None and month_of(line.date) != month.scene.month:
            return _told(failed, f"Is it of {month_of(line.date)}? Then the facts of that month decide it.")
        numbers = ", ".join(str(o.number) for o in others)
        return _told(failed, f"Remove the line; line {numbers} bills what is supported.")
    days = () if code is None else better_days(line, month)
    if not days:
        return _told(failed, failed.remedy or REMOVE)
    return _told(failed, f"Date it {_spans(days)}.")


def _spans(days: Iterable[tuple[date, date]]) -> str:
    return " or ".join(f"{first}" if first == last else f"{first} to {last}" for first, last in days)


def _waits(facts: Iterable[str]) -> str:
    """Which facts would decide."""
    named = ", ".join(dict.fromkeys(facts))
    return f"It waits for {named}." if named else "What would decide it is not known."


def _foreign(code: str, month: Evaluated) -> tuple[str, str]:
    """A code that no policy in force decides: out of its life (D22), or not audited (D8)."""
    life = month.program.lives.get(code)
    if life is None:
        return NOT_AUDITED, f"No policy decides {code}."
    first, last, successor = life
    if first <= month.scene.month and (last is None or month.scene.month <= last):
        return NOT_SUPPORTED, f"No policy that applies here supports {code}; it is for other payers or providers."
    months = f"from {first}" if last is None else f"from {first} to {last}"
    instead = f"; it was replaced by {successor}" if successor else ""
    return NOT_SUPPORTED, f"{code} may be billed {months}{instead}."


# --- lines beside one another ------------------------------------------------------------------------------------


def _together(
    code: str, lines: list[ClaimLine], among: Sequence[ClaimLine], month: Evaluated, amounts: Amounts
) -> list[Line]:
    """The verdicts on the lines of one code that do not fail by themselves. `among`: all such lines of the claim."""
    order = {
        other: comes_before(other, code, month)
        for other in dict.fromkeys(line.code for line in among)
        if other is not None and month.before[other].status == SUPPORTED
    }
    above = {other: _claimed(other, among) for other, first in order.items() if first is True}
    stands = next((other for other, claimed in above.items() if claimed is True), None)
    if stands is not None:
        message = f"{code} yields to {stands}, which is on the claim as well. {REMOVE}"
        return [_line(line, OVER_BILLED, message) for line in lines]
    judged = [
        _with_checks(line, one, code, month) for line, one in zip(lines, _by_units(code, lines, month), strict=True)
    ]
    preferred = month.chosen[code].yields_to
    if above:
        other = next(iter(above))
        waits = _waits(path for line in among if line.code == other for path in line.open)
        message = f"{code} yields to {other}, which is on the claim as well, unless that line fails. {waits}"
        return [_unless_settled(one, message) for one in judged]
    unordered = next((other for other, first in order.items() if first is UNKNOWN and other != code), None)
    if unordered is not None:
        message = f"It is not known whether {code} or {unordered}, which is on the claim as well, comes to more."
        facts = missing_of(month, code) or missing_of(month, unordered)
        return [_unless_settled(one, f"{message} {_waits(facts)}" if facts else message) for one in judged]
    if preferred is not None:
        beside = _preferred(preferred, month, amounts)
        message = f"{preferred} is preferred; this is a supported alternative."
        judged = [
            replace(one, verdict=ALTERNATIVE, message=message, preferred=beside) if one.verdict == SUPPORTED else one
            for one in judged
        ]
    return [_beside_rivals(one, code, among, month) for one in judged]


def _claimed(code: str, among: Iterable[ClaimLine]) -> Truth:
    """Whether a code is on the claim with a line that stands and has units."""
    lines = [line for line in among if line.code == code and line.units != 0]
    if any(line.stands is True and line.units is not None for line in lines):
        return True
    return UNKNOWN if lines else False


def _unless_settled(one: Line, message: str) -> Line:
    settled = one.verdict in (OVER_BILLED, NEEDS_INFORMATION)
    return one if settled else replace(one, verdict=NEEDS_INFORMATION, supported_units=0, message=message)


def _with_checks(line: ClaimLine, one: Line, code: str, month: Evaluated) -> Line:
    """What is not known of a line's own checks leaves it open; that it is too much stands whatever they come to."""
    if line.stands is True:
        return one
    if one.verdict == OVER_BILLED:
        return replace(one, supported_units=0)
    facts = (*line.missing, *missing_of(month, code))
    return replace(one, verdict=NEEDS_INFORMATION, supported_units=0, message=_waits(facts))


def _beside_rivals(one: Line, code: str, among: Sequence[ClaimLine], month: Evaluated) -> Line:
    """Says of two services of which a month has one that no facts support both (D5)."""
    for line in among:
        other = line.code
        if other is None or not (
            month.before[code].status == NEEDS_INFORMATION or month.before[other].status == NEEDS_INFORMATION
        ):
            continue
        preference = rivals(code, other, month.program)
        if preference is not None and one.verdict in (SUPPORTED, ALTERNATIVE, UNDER_BILLED, NEEDS_INFORMATION):
            both = f"No facts support both {code} and {other} (line {line.number}): one {preference.what} is billed."
            return replace(one, message=both if one.message is None else f"{one.message} {both}")
    return one


# --- units -------------------------------------------------------------------------------------------------------


def _by_units(code: str, lines: list[ClaimLine], month: Evaluated) -> list[Line]:
    """Held against established and possible units; the excess falls on the latest date, then the last line (D7)."""
    unknown = [line.record.path_of("units") for line in lines if line.units is None]
    if unknown:
        message = _waits((*unknown, *missing_of(month, code)))
        return [_line(line, NEEDS_INFORMATION, message) for line in lines]
    low, high = _limits(code, month)
    claimed = sum(int(line.units or 0) for line in lines)
    waits = _waits(_units_wait_for(code, month))
    judged = [
        _one_of(at, lines, low, high, waits) if line.units else _without_units(line, lines, low, high, waits)
        for at, line in enumerate(lines)
    ]
    if claimed < low and lines[-1].stands is True:
        units = judged[-1].supported_units + low - claimed
        days = days_for(units, lines[-1], month)
        dated = f", dated {_spans(days)}" if days else ""
        message = f"{_count(low)} supported. Bill {units} on this line{dated}."
        judged[-1] = replace(judged[-1], verdict=UNDER_BILLED, supported_units=units, message=message)
    return judged


def _one_of(at: int, lines: list[ClaimLine], low: int, high: int | None, waits: str) -> Line:
    """One line of a code: what the lines before it surely take, and what they may take, is not left for it."""
    line, units = lines[at], int(lines[at].units or 0)
    others = [other for n, other in enumerate(lines) if n != at and not _comes_before(line, at, other, n)]
    surely = [o for n, o in enumerate(lines) if n != at and o.stands is True and _comes_before(o, n, line, at)]
    taken, may_be_taken = (sum(int(o.units or 0) for o in found) for found in (surely, others))
    stands = max(0, min(units, low - may_be_taken))
    if high is not None and taken + units > high:
        left = max(0, high - taken)
        advice = REMOVE if left == 0 else f"Bill {left} on this line."
        return _line(line, OVER_BILLED, f"At most {_count(high)} supported. {advice}", stands)
    if may_be_taken + units <= low:
        return _line(line, SUPPORTED, None, units)
    if taken + units <= low:
        waits = _waits(path for o in others for path in (*o.open, *_undated(line)))
        numbers = ", ".join(
            str(o.number) for o in others if o.stands is not True or o.date is None or line.date is None
        )
        return _line(line, NEEDS_INFORMATION, f"Line {numbers} may take its units. {waits}", stands)
    return _line(line, NEEDS_INFORMATION, f"{_established(low)} established. {waits}", stands)


def _without_units(line: ClaimLine, lines: list[ClaimLine], low: int, high: int | None, waits: str) -> Line:
    """A line of no units is too little where units are left over, and nothing where the others bill all there are."""
    surely = sum(int(other.units or 0) for other in lines if other.stands is True)
    if high is not None and surely >= high:
        return _line(line, NOT_SUPPORTED, f"The line has no units. {REMOVE}")
    if sum(int(other.units or 0) for other in lines) < low:
        return _line(line, UNDER_BILLED, f"The line has no units. {_count(low)} supported.")
    return _line(line, NEEDS_INFORMATION, f"The line has no units. {waits}")


def _comes_before(line: ClaimLine, at: int, other: ClaimLine, n: int) -> bool:
    """Whether a line surely takes its units before another."""
    return line.date is not None and other.date is not None and (line.date, at) < (other.date, n)


def _undated(line: ClaimLine) -> tuple[str, ...]:
    return () if line.date is not None else (line.record.path_of("date"),)


def _units_wait_for(code: str, month: Evaluated) -> tuple[str, ...]:
    return missing_of(month, code) or units_depend_on(month, code)


def _count(units: int) -> str:
    return "1 unit is" if units == 1 else f"{units} units are"


def _established(units: int) -> str:
    return "None of the units is" if units == 0 else f"{units} of the units {'is' if units == 1 else 'are'}"


def _limits(code: str, month: Evaluated) -> tuple[int, int | None]:
    """The units of a code that stand, and those that may: none, and any number, while its layers are not known."""
    outcome = month.outcomes[code]
    if month.undecided_layers.get(code):
        return 0, None
    return outcome.established_units if month.before[code].status == SUPPORTED else 0, outcome.possible_units


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


# --- advice and amounts ------------------------------------------------------------------------------------------


def _priced(line: ClaimLine, one: Line, month: Evaluated, amounts: Amounts, fees: FeeSchedules) -> Line:
    """Price what stands; the lesser of charge and schedule is allowed (D33)."""
    service = month.program.services.get(line.code or "")
    if service is None:
        return one
    on = line.date or amounts.dates.get(service.code) or month.scene.last_day
    unit = worth(service, on, month.program, month.scene, fees, _setting(line, month)).unit
    allowed = units_of(unit, one.supported_units)
    charge = month.facts.cell(line.record, "charge").value
    if isinstance(charge, Fraction):
        charged = to_cents(charge)
        allowed = each(allowed, lambda amount: min(amount, charged))
    return replace(one, allowed=allowed)


def _setting(line: ClaimLine, month: Evaluated) -> str | None:
    """The line's own setting; None where the record's is meant. What is recorded goes before what is presumed."""
    path = month.scene.vocabulary.marks.get(SETTING, "")
    if path not in month.scene.vocabulary.lists[line.record.list].fields:
        return None
    own, of_all = month.facts.cell(line.record, path), month.facts.fact(path)
    recorded = isinstance(of_all.value, str) and not of_all.presumed
    return own.value if isinstance(own.value, str) and not (own.presumed and recorded) else None


def _waiting(one: Line, second: Ceiling) -> Line:
    """Says of what stands that another payer comes first, or that it is not known whether one does."""
    if second.is_one is False or second.note is None or not one.supported_units:
        return one
    note = f"{second.note[0].upper()}{second.note[1:].rstrip('.')}."
    return replace(one, ceiling=word(second.is_one), message=f"{one.message} {note}" if one.message else note)
