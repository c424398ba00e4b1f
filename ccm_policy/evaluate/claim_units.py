"""The units of a claim's lines of one code, held against those that are supported (D7)."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from functools import cache

from ccm_policy.evaluate.choice import NEEDS_INFORMATION, NOT_SUPPORTED, SUPPORTED
from ccm_policy.evaluate.later import Later, changed
from ccm_policy.evaluate.lines import ClaimLine
from ccm_policy.evaluate.missing import missing_of, units_depend_on
from ccm_policy.evaluate.other_days import days_for, spans
from ccm_policy.evaluate.stages import Evaluated
from ccm_policy.evaluate.verdict import Line

OVER_BILLED, UNDER_BILLED = "over_billed", "under_billed"
REMOVE = "Remove the line."
Message = str | Later[str | None] | None
"""What is said of a line, now or when it is read."""


def line_of(line: ClaimLine, verdict: str, message: Message = None, units: int = 0) -> Line:
    """A verdict on a line; `units`: how many of it stand."""
    return Line(
        line=line.number,
        code=line.code,
        units=line.units,
        date=line.date,
        verdict=verdict,
        supported_units=units,
        message=message,
        reasons=Later(lambda: line.reasons),
    )


def waiting_for(facts: Iterable[str]) -> str:
    """Which facts would decide."""
    named = ", ".join(dict.fromkeys(facts))
    return f"It waits for {named}." if named else "What would decide it is not known."


def by_units(code: str, lines: list[ClaimLine], month: Evaluated) -> list[Line]:
    """Held against established and possible units; the excess falls on the latest date, then the last line (D7)."""
    unknown = [line.record.path_of("units") for line in lines if line.units is None]
    if unknown:
        waits = Later(lambda: waiting_for((*unknown, *missing_of(month, code))))
        return [line_of(line, NEEDS_INFORMATION, waits) for line in lines]
    low, high = limits(code, month)
    claimed = sum(int(line.units or 0) for line in lines)
    left = cache(lambda: waiting_for(missing_of(month, code) or units_depend_on(month, code)))
    judged = [
        _one_of(at, lines, before, low, high, left) if line.units else _without_units(line, lines, low, high, left)
        for at, (line, before) in enumerate(zip(lines, _taken(lines), strict=True))
    ]
    if claimed < low and lines[-1].stands is True:
        units = judged[-1].supported_units + low - claimed
        message = Later(lambda: _bill(units, lines[-1], low, month))
        judged[-1] = changed(judged[-1], verdict=UNDER_BILLED, supported_units=units, message=message)
    return judged


def _bill(units: int, line: ClaimLine, low: int, month: Evaluated) -> str:
    """How many units to bill on a line that bills too few, and when where it may not on its own day."""
    days = days_for(units, line, month)
    dated = f", dated {spans(days)}" if days else ""
    return f"{_count(low)} supported. Bill {units} on this line{dated}."


def _taken(lines: Sequence[ClaimLine]) -> list[tuple[int, int]]:
    """For each line the units that lines before it surely take, and those that all may that do not surely come after:
    one line comes before another by its date, then by its place; without a date it may be anywhere."""
    units = [int(line.units or 0) for line in lines]
    taken, may_be_taken = [0] * len(lines), [sum(units) - own for own in units]
    dated = sorted((line.date, at) for at, line in enumerate(lines) if line.date is not None)
    surely, after = 0, sum(units[at] for _, at in dated)
    for _, at in dated:
        after -= units[at]
        taken[at] = surely
        may_be_taken[at] -= after
        surely += units[at] if lines[at].stands is True else 0
    return list(zip(taken, may_be_taken, strict=True))


def _one_of(
    at: int, lines: list[ClaimLine], before: tuple[int, int], low: int, high: int | None, waits: Callable[[], str]
) -> Line:
    """One line of a code: what the lines before it surely take, and what they may take, is not left for it."""
    line, units, (taken, may_be_taken) = lines[at], int(lines[at].units or 0), before
    stands = max(0, min(units, low - may_be_taken))
    if high is not None and taken + units > high:
        left = max(0, high - taken)
        advice = REMOVE if left == 0 else f"Bill {left} on this line."
        return line_of(line, OVER_BILLED, f"At most {_count(high)} supported. {advice}", stands)
    if may_be_taken + units <= low:
        return line_of(line, SUPPORTED, None, units)
    if taken + units <= low:
        return line_of(line, NEEDS_INFORMATION, Later(lambda: _may_take(at, lines)), stands)
    return line_of(line, NEEDS_INFORMATION, Later(lambda: f"{_established(low)} established. {waits()}"), stands)


def _may_take(at: int, lines: Sequence[ClaimLine]) -> str:
    """Which lines may take the units of this one, and what would tell."""
    line = lines[at]
    others = [other for n, other in enumerate(lines) if n != at and not _comes_before(line, at, other, n)]
    waits = waiting_for(path for o in others for path in (*o.open, *_undated(line)))
    numbers = ", ".join(str(o.number) for o in others if o.stands is not True or o.date is None or line.date is None)
    return f"Line {numbers} may take its units. {waits}"


def _without_units(
    line: ClaimLine, lines: list[ClaimLine], low: int, high: int | None, waits: Callable[[], str]
) -> Line:
    """A line of no units is too little where units are left over, and nothing where the others bill all there are."""
    surely = sum(int(other.units or 0) for other in lines if other.stands is True)
    if high is not None and surely >= high:
        return line_of(line, NOT_SUPPORTED, f"The line has no units. {REMOVE}")
    if sum(int(other.units or 0) for other in lines) < low:
        return line_of(line, UNDER_BILLED, f"The line has no units. {_count(low)} supported.")
    return line_of(line, NEEDS_INFORMATION, Later(lambda: f"The line has no units. {waits()}"))


def _comes_before(line: ClaimLine, at: int, other: ClaimLine, n: int) -> bool:
    """Whether a line surely takes its units before another."""
    return line.date is not None and other.date is not None and (line.date, at) < (other.date, n)


def _undated(line: ClaimLine) -> tuple[str, ...]:
    return () if line.date is not None else (line.record.path_of("date"),)


def _count(units: int) -> str:
    return "1 unit is" if units == 1 else f"{units} units are"


def _established(units: int) -> str:
    return "None of the units is" if units == 0 else f"{units} of the units {'is' if units == 1 else 'are'}"


def limits(code: str, month: Evaluated) -> tuple[int, int | None]:
    """The units of a code that stand, and those that may: none, and any number, while its layers are not known."""
    outcome = month.outcomes[code]
    if month.undecided_layers.get(code):
        return 0, None
    return outcome.established_units if month.before[code].status == SUPPORTED else 0, outcome.possible_units
