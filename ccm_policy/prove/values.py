"""Values as the solver has them: days as numbers, texts as numbers of a list, sets as one truth a member."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from datetime import date
from fractions import Fraction
from functools import cache
from typing import Any, Protocol

import z3

from ccm_policy.evaluate.calendar import AFTER_ALL, BEFORE_ALL, month_bounds, shifted

Term = Any
"""A term of the solver."""

NEVER, BEFORE = AFTER_ALL.toordinal(), BEFORE_ALL.toordinal()
MOST_CODES, MOST_TEXTS = 10_000, 20_000
NO_TEXT = -1
"""A text, code or value of which there is none."""


@dataclass(frozen=True, slots=True)
class Number:
    """A number; `none`: that there is none."""

    term: Term
    none: Term | None = None


@dataclass(frozen=True, slots=True)
class Members:
    """A set: whether it has a member, and all that it may have (None: any text)."""

    has: Callable[[str], Term]
    possible: tuple[str, ...] | None


def is_code(text: str) -> bool:
    """Whether a text is written as billing codes are."""
    return len(text) == 5 and text.isalnum() and text.isascii()


@dataclass(slots=True)
class Texts:
    """Texts as numbers, those that are written as codes below all others. A number that no text has is another text,
    which nobody names."""

    number: dict[str, int] = field(default_factory=dict)
    _codes: int = 0

    def of(self, text: str) -> int:
        """The number of a text."""
        if text not in self.number:
            code = is_code(text)
            self.number[text] = self._codes if code else MOST_CODES + len(self.number)
            self._codes += code
        return self.number[text]

    def named(self, number: int) -> str | None:
        """The text of a number; None where nobody names it."""
        return next((text for text, known in self.number.items() if known == number), None)


def real(value: Fraction | int) -> Term:
    """A number as it stands; whole ones stay whole."""
    exact = Fraction(value)
    return z3.IntVal(exact.numerator) if exact.denominator == 1 else z3.Q(exact.numerator, exact.denominator)


def chosen(when: Term, yes: Any, no: Any) -> Any:
    """`yes` where a condition holds, else `no`, of any kind of value."""
    if isinstance(yes, Number) and isinstance(no, Number):
        none = None if yes.none is None and no.none is None else z3.If(when, _none(yes), _none(no))
        return Number(z3.If(when, *same_sort(yes.term, no.term)), none)
    if isinstance(yes, Members) and isinstance(no, Members):
        both = None if None in (yes.possible, no.possible) else tuple({*(yes.possible or ()), *(no.possible or ())})
        return Members(lambda member: z3.If(when, yes.has(member), no.has(member)), both)
    return z3.If(when, yes, no)


def _none(number: Number) -> Term:
    return z3.BoolVal(False) if number.none is None else number.none


def same_sort(left: Term, right: Term) -> tuple[Term, Term]:
    """Both whole, or both not."""
    if left.sort() == right.sort():
        return left, right
    return tuple(z3.ToReal(term) if z3.is_int(term) else term for term in (left, right))


class Calendar(Protocol):
    """The months in which months can be counted exactly; `endless`: days lie outside them too."""

    @property
    def endless(self) -> bool:
        """Whether they do."""

    def window(self) -> tuple[str, ...]:
        """Those months."""


def moved(day: Term, number: int, unit: str, calendar: Calendar) -> Term:
    """A day moved by days, weeks, months or years, as the calendar has it. Of a day outside the months that are counted
    nothing is known but that it is always moved to the same day."""
    edge = z3.Or(day >= NEVER, day <= BEFORE)
    if unit in ("day", "week"):
        return z3.If(edge, day, day + number * (7 if unit == "week" else 1))
    fixed = _constant(day)
    if fixed is not None:
        return z3.IntVal(shifted(date.fromordinal(fixed), number, unit).toordinal())
    found = day
    if calendar.endless:
        found = z3.If(edge, day, z3.Function(f"{number} {unit} on", z3.IntSort(), z3.IntSort())(day))
    for month in calendar.window():
        first, last = (edge.toordinal() for edge in month_bounds(month))
        start, end = _moved_month(month, number, unit)
        at = z3.If(day - first + start > end, z3.IntVal(end), day - first + start)
        found = z3.If(z3.And(day >= first, day <= last), at, found)
    return found


@cache
def _moved_month(month: str, number: int, unit: str) -> tuple[int, int]:
    there = shifted(month_bounds(month)[0], number, unit)
    first, last = month_bounds(f"{there.year:04}-{there.month:02}")
    return first.toordinal(), last.toordinal()


def _constant(term: Term) -> int | None:
    simple = z3.simplify(term)
    return simple.as_long() if z3.is_int_value(simple) else None


def variables(term: Term) -> Iterator[Term]:
    """The variables of a term, each once."""
    waiting, met = [term], set[int]()
    while waiting:
        each = waiting.pop()
        if each.get_id() not in met:
            met.add(each.get_id())
            waiting += each.children()
            if z3.is_const(each) and each.decl().kind() == z3.Z3_OP_UNINTERPRETED:
                yield each


def total(terms: list[Term]) -> Term:
    """The sum of numbers; 0 of none."""
    if not terms:
        return z3.IntVal(0)
    if any(not z3.is_int(term) for term in terms):
        terms = [z3.ToReal(term) if z3.is_int(term) else term for term in terms]
    return z3.Sum(terms)


def least(days: list[tuple[Term, Term]], otherwise: int, before: Callable[[Term, Term], Term]) -> Term:
    """Of days that count where their condition holds, the one that comes before all others."""
    found: Term = z3.IntVal(otherwise)
    for counts, day in days:
        found = z3.If(z3.And(counts, before(day, found)), day, found)
    return found
