"""A proposed claim, line by line, against what is supported (D5 to D8, D22, D33). The claim never moves the choice.

A line that fails by itself takes nothing from the others; one of which it is not known may take something from them.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
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
from ccm_policy.evaluate.claim_units import (
    OVER_BILLED,
    REMOVE,
    UNDER_BILLED,
    Message,
    by_units,
    limits,
    line_of,
    waiting_for,
)
from ccm_policy.evaluate.later import Later, changed
from ccm_policy.evaluate.lines import ClaimLine
from ccm_policy.evaluate.missing import missing_of
from ccm_policy.evaluate.money import each, units_of
from ccm_policy.evaluate.other_days import better_days, spans
from ccm_policy.evaluate.payment import Ceiling, worth
from ccm_policy.evaluate.reasons import Reason
from ccm_policy.evaluate.rules import DECIDES
from ccm_policy.evaluate.stages import Evaluated, comes_before
from ccm_policy.evaluate.telling import Telling
from ccm_policy.evaluate.verdict import Bill, Claim, Line
from ccm_policy.facts.values import UNKNOWN, Given, GivenList
from ccm_policy.fees import FeeSchedules, to_cents
from ccm_policy.language.tree import SETTING, Vocabulary
from ccm_policy.language.truth import Truth, word

ALTERNATIVE = "alternative"
NOT_AUDITED = "not_audited"


def audit(
    lines: tuple[ClaimLine, ...] | None,
    telling: Telling,
    second: Ceiling,
    month: Evaluated,
    amounts: Amounts,
    fees: FeeSchedules,
) -> Claim | None:
    """Judge the claim; None where none is given (D6). `second`: whether another payer comes first."""
    if lines is None:
        return None
    judged = {line.record.path: _alone(line, lines, telling, month) for line in lines}
    among = [line for line in lines if judged[line.record.path] is None]
    for code in dict.fromkeys(line.code for line in among if line.code is not None):
        of_code = [line for line in among if line.code == code]
        judged |= zip(
            (line.record.path for line in of_code), _together(code, of_code, among, month, amounts), strict=True
        )
    found = [(line, one) for line in lines if (one := judged[line.record.path]) is not None]
    done = [(line, _unless_nobody_says(_if_ours(line, one), month)) for line, one in found]
    told = tuple(_waiting(_priced(line, verdict, month, amounts, fees), second) for line, verdict in done)
    own = {line.code for line in lines if line.code is not None and line.apart is None}
    return Claim(told, _missing_lines(told, own, month, amounts))


def unaudited(given: Given, vocabulary: Vocabulary, waiting: tuple[str, ...] = ()) -> Claim | None:
    """A claim to a payer for whom no policy speaks: no line of it is audited, and that is said openly. While some
    policy may speak, its lines wait for the facts that tell."""
    lines = given.lists.get(vocabulary.claim or "")
    if not isinstance(lines, GivenList):
        return None
    silent = (NOT_AUDITED, "No policy in this library speaks for the payer.")
    verdict, message = (NEEDS_INFORMATION, waiting_for(waiting)) if waiting else silent
    told = []
    for row, cells in enumerate(lines.rows):
        number, code, units, day = (cells.get(name) for name in ("line", "code", "units", "date"))
        told.append(
            Line(
                line=int(number) if isinstance(number, Fraction) else row + 1,
                code=code if isinstance(code, str) else None,
                units=units if isinstance(units, Fraction) else None,
                date=day if isinstance(day, date) else None,
                verdict=verdict,
                supported_units=0,
                message=message,
                reasons=(),
            )
        )
    return Claim(tuple(told), ())


# --- a line by itself --------------------------------------------------------------------------------------------


def _alone(line: ClaimLine, lines: Sequence[ClaimLine], telling: Telling, month: Evaluated) -> Line | None:
    """The verdict that a line has whatever the others say; None where it depends on them.

    What the service lacks is said before what is wrong with the line.
    """
    code = line.code
    if (apart := line.apart) is not None:
        return line_of(line, NOT_AUDITED, Later(lambda: apart.tell().message))
    standing = month.before.get(code or "")
    if standing is not None and standing.status == NOT_SUPPORTED:
        failing = standing.service.code
        return line_of(line, NOT_SUPPORTED, Later(lambda: _failing(telling.of_service(failing))))
    if line.stands is False:
        return line_of(line, NOT_SUPPORTED, Later(lambda: _of_check(line, lines, month)))
    if code is None:
        waits = waiting_for([line.record.path_of("code")])
        return line_of(line, NEEDS_INFORMATION, f"The line's code is not known. {waits}")
    said = _undecided(line, code, month)
    if said is None or said.verdict != NOT_AUDITED or line.stands is True:
        return said
    return changed(
        said, verdict=NEEDS_INFORMATION, message=Later(lambda: f"{said.message} {waiting_for(line.missing)}")
    )


def _undecided(line: ClaimLine, code: str, month: Evaluated) -> Line | None:
    """The verdict on a line of a code that no rule of this payer and month decides; None where one does."""
    standing = month.before.get(code)
    if standing is None:
        return line_of(line, *_foreign(code, month))
    if line.date is not None and not month.scene.first_day <= line.date <= month.scene.last_day:
        message = "The line is dated outside the service month; it is decided with the facts of its own month."
        return line_of(line, NOT_AUDITED, message)
    if not standing.established:
        ask = "No published rule of this payer decides the code; ask the payer."
        if standing.status == NOT_ESTABLISHED:
            return line_of(line, NOT_AUDITED, ask)
        return line_of(line, NEEDS_INFORMATION, Later(lambda: f"{ask} {waiting_for(missing_of(month, code))}"))
    return None


def _if_ours(line: ClaimLine, one: Line) -> Line:
    """What is said against a line is open while it may be none of this claim's; then nothing is said of it."""
    if not line.may_be_apart or one.verdict in (NEEDS_INFORMATION, NOT_AUDITED):
        return one

    def message() -> str:
        waits = f"It is not known whether the line is this claim's. {waiting_for(line.whose)}"
        return f"{waits} If it is: {one.message}" if one.message else waits

    return changed(one, verdict=NEEDS_INFORMATION, supported_units=0, preferred=(), message=Later(message))


def _unless_nobody_says(one: Line, month: Evaluated) -> Line:
    """What is too much waits while perhaps no published rule of the payer decides the code."""
    code = one.code or ""
    if one.verdict != OVER_BILLED or not month.coverage[code].may_be_silent:
        return one

    def message() -> str:
        return f"Perhaps no published rule of this payer decides the code. {waiting_for(missing_of(month, code))}"

    return changed(one, verdict=NEEDS_INFORMATION, supported_units=0, message=Later(message))


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
    low, high = (0, None) if code is None else limits(code, month)
    if low >= 1 and high is not None and sum(int(o.units or 0) for o in others) >= high:
        if line.date is not None and month_of(line.date) != month.scene.month:
            return _told(failed, f"Is it of {month_of(line.date)}? Then the facts of that month decide it.")
        numbers = ", ".join(str(o.number) for o in others)
        return _told(failed, f"Remove the line; line {numbers} bills what is supported.")
    days = () if code is None else better_days(line, month)
    if not days:
        return _told(failed, failed.remedy or REMOVE)
    return _told(failed, f"Date it {spans(days)}.")


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
        return [line_of(line, OVER_BILLED, message) for line in lines]
    judged = [
        _with_checks(line, one, code, month) for line, one in zip(lines, by_units(code, lines, month), strict=True)
    ]
    preferred = month.chosen[code].yields_to
    if above:
        other = next(iter(above))

        def unless_it_fails() -> str:
            waits = waiting_for(path for line in among if line.code == other for path in line.open)
            return f"{code} yields to {other}, which is on the claim as well, unless that line fails. {waits}"

        return [_unless_settled(one, Later(unless_it_fails)) for one in judged]
    unordered = next((other for other, first in order.items() if first is UNKNOWN and other != code), None)
    if unordered is not None:
        return [_unless_settled(one, Later(lambda: _unordered(code, unordered, month))) for one in judged]
    if preferred is not None:
        beside = _preferred(preferred, month, amounts)
        message = f"{preferred} is preferred; this is a supported alternative."
        judged = [
            changed(one, verdict=ALTERNATIVE, message=message, preferred=beside) if one.verdict == SUPPORTED else one
            for one in judged
        ]
    return [_beside_rivals(one, code, among, month) for one in judged]


def _unordered(code: str, other: str, month: Evaluated) -> str:
    facts = missing_of(month, code) or missing_of(month, other)
    message = f"It is not known whether {code} or {other}, which is on the claim as well, comes to more."
    return f"{message} {waiting_for(facts)}" if facts else message


def _claimed(code: str, among: Iterable[ClaimLine]) -> Truth:
    """Whether a code is on the claim with a line that stands and has units."""
    lines = [line for line in among if line.code == code and line.units != 0]
    if any(line.stands is True and line.units is not None for line in lines):
        return True
    return UNKNOWN if lines else False


def _unless_settled(one: Line, message: Message) -> Line:
    settled = one.verdict in (OVER_BILLED, NEEDS_INFORMATION)
    return one if settled else changed(one, verdict=NEEDS_INFORMATION, supported_units=0, message=message)


def _with_checks(line: ClaimLine, one: Line, code: str, month: Evaluated) -> Line:
    """What is not known of a line's own checks leaves it open; that it is too much stands whatever they come to."""
    if line.stands is True:
        return one
    if one.verdict == OVER_BILLED:
        return changed(one, supported_units=0)
    waits = Later(lambda: waiting_for((*line.missing, *missing_of(month, code))))
    return changed(one, verdict=NEEDS_INFORMATION, supported_units=0, message=waits)


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
            return _with(one, both)
    return one


def _with(one: Line, more: str) -> Line:
    """The line with another sentence."""
    return changed(one, message=Later(lambda: more if one.message is None else f"{one.message} {more}"))


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
    on = line.date or amounts.day_of(service.code) or month.scene.last_day
    unit = worth(service, on, month.program, month.scene, fees, _setting(line, month)).unit
    allowed = units_of(unit, one.supported_units)
    charge = month.facts.cell(line.record, "charge").value
    if isinstance(charge, Fraction):
        charged = to_cents(charge)
        allowed = each(allowed, lambda amount: min(amount, charged))
    return changed(one, allowed=allowed)


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
    if second.is_one is False or not one.supported_units:
        return one

    def message() -> str:
        said = second.note or ""
        note = f"{said[:1].upper()}{said[1:].rstrip('.')}."
        return f"{one.message} {note}" if one.message else note

    return changed(one, ceiling=word(second.is_one), message=Later(message))
