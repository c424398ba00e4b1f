"""An expression in the words of the language.

Expressions are written with marks where a line may break (`JOIN`, `WHERE`, `COMMA` …), the outermost first; `flat`
turns the marks into spaces, and the formatter breaks lines at them. Brackets are added where the tree needs them and
the author's own are kept, so reading the words again gives the same tree.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from decimal import Decimal
from typing import Any

from ccm_policy.language import syntax
from ccm_policy.language.syntax import Expr, Source

MARKS = "\x01\x02\x03\x04\x05\x06\x07\x08"
"""Places where a line may break, the outermost first; the last is the space after a comma."""
COMMA = "," + MARKS[-1]


_CHAIN, _NOT, _CONDITION, _SUM, _TERM, _PRIMARY = range(6)
TEXT_BREAK = "\x0e"
"""A space in a text; where a line breaks there, the text goes on in quotes of its own."""


@dataclass(frozen=True, slots=True)
class _Place:
    """Where an expression stands: how tightly it must bind, whether anything follows it in the same brackets, whether
    `counting …` may end it, and how deep it is nested."""

    rank: int = _CHAIN
    last: bool = True
    edges: bool = True
    depth: int = 0

    def inner(self, rank: int, last: bool = False) -> _Place:
        return _Place(rank, last and self.last, False, self.depth)

    def mark(self, level: int) -> str:
        return MARKS[min(2 * self.depth + level, len(MARKS) - 2)]


TOP = _Place()


def format_expression(expr: Expr) -> str:
    """The expression on one line, as an author would write it."""
    return flat(marked(expr))


def flat(text: str) -> str:
    """Marked text on one line."""
    return text.translate(_SPACES)


_SPACES = dict.fromkeys(map(ord, MARKS + TEXT_BREAK), " ")


def nested(expr: Expr) -> str:
    """Marked text that breaks after what stands around it."""
    return marked(expr, _Place(depth=1))


def marked(expr: Expr, place: _Place = TOP) -> str:
    """The expression with marks; in brackets where it would be read otherwise without."""
    needs = _rank(expr) < place.rank or (not place.last and _open(expr)) or (_edged(expr) and not place.edges)
    if needs:
        return f"({marked(expr, _Place(depth=place.depth + 1))})"
    return _written(expr, place)


def literal(expr: Expr) -> str:
    """A value that stands for itself; anything else in brackets where it needs them."""
    return marked(expr, _Place(_PRIMARY, last=False, edges=False))


def _written(expr: Expr, place: _Place) -> str:
    return FORMS[type(expr)].write(expr, place)


def _rank(expr: Expr) -> int:
    if isinstance(expr, syntax.Arithmetic):
        return _SUM if expr.op in ("plus", "minus") else _TERM
    return FORMS[type(expr)].rank


def _open(expr: Expr) -> bool:
    """Whether the words end in a `where` or `has` that would take in what follows."""
    return FORMS[type(expr)].is_open(expr)


def _edged(expr: Expr) -> bool:
    return isinstance(expr, syntax.Placed) and (expr.first_day, expr.last_day) != ("in", "in")


def quote(text: str) -> str:
    """Text as it stands in a policy."""
    escaped = text.replace("\\", "\\\\").replace('"', '\\"')
    return f'"{escaped}"'


def number(value: Decimal | int) -> str:
    """Digits; a comma from 10,000 on, where five in a row would be a code."""
    return f"{Decimal(value):,f}" if value >= 10_000 else f"{Decimal(value):f}"


def plural(unit: str, value: Decimal | int) -> str:
    """A unit as it is written after a number."""
    return unit if unit == "percent" or value == 1 else f"{unit}s"


def listed(values: tuple[Expr, ...]) -> str:
    """Values with commas between them, where a line may break."""
    return COMMA.join(map(literal, values))


# --- conditions put together ---------------------------------------------------------------------------------------


def _joined(expr: syntax.And | syntax.Or, place: _Place) -> str:
    word = "and" if isinstance(expr, syntax.And) else "or"
    *first, last = expr.operands
    texts = [marked(e, place.inner(_NOT)) for e in first]
    return f"{place.mark(0)}{word} ".join([*texts, marked(last, replace(place, rank=_NOT))])


def _bracketed(expr: syntax.Bracketed, place: _Place) -> str:
    return f"({marked(expr.operand, _Place(depth=place.depth + 1))})"


def _negated(expr: syntax.Not, place: _Place) -> str:
    """`not X`; a test takes the word in: `X is not before Y`."""
    test = expr.operand
    subject: Expr | None = None
    if isinstance(test, syntax.Compare) and test.op not in ("is", "is not"):
        subject = test.left
    elif isinstance(test, syntax.Within | syntax.IsInMonth | syntax.Placed):
        subject = test.operand
    if subject is None:
        return f"not {marked(test, replace(place, rank=_NOT))}"
    said = _tested(subject, place)
    return f"{said} is not {_written(test, place).removeprefix(f'{said} is ')}"


# --- tests ---------------------------------------------------------------------------------------------------------


def _tested(expr: Expr, place: _Place) -> str:
    """What a test tests."""
    return marked(expr, place.inner(_SUM))


def _against(expr: Expr, place: _Place) -> str:
    """What a test compares it with."""
    return marked(expr, place.inner(_SUM, last=True))


def _compare(expr: syntax.Compare, place: _Place) -> str:
    op = expr.op if expr.op in ("is", "is not") else f"is {expr.op}"
    return f"{_tested(expr.left, place)} {op} {_against(expr.right, place)}"


def _is_none(expr: syntax.IsNone, place: _Place) -> str:
    return f"{_tested(expr.operand, place)} is {'not ' if expr.negated else ''}none"


def _one_of(expr: syntax.OneOf, place: _Place) -> str:
    return f"{_tested(expr.operand, place)} is {'not ' if expr.negated else ''}one of {listed(expr.values)}"


def _in_set(expr: syntax.InSet, place: _Place) -> str:
    return f"{_tested(expr.operand, place)} {'not ' if expr.negated else ''}in {expr.set}"


def _within(expr: syntax.Within, place: _Place) -> str:
    stretch = f"{number(expr.number)} {plural(expr.unit, expr.number)} {expr.direction}"
    return f"{_tested(expr.operand, place)} is within {stretch} {_against(expr.anchor, place)}"


def _is_in_month(expr: syntax.IsInMonth, place: _Place) -> str:
    return f"{_tested(expr.operand, place)} is in the month"


def _placed(expr: syntax.Placed, place: _Place) -> str:
    which = "every" if expr.how == "outside" else "any"
    which += " period of" if expr.period_of else ""
    source = _source(expr.source, replace(place, edges=False))
    text = f"{_tested(expr.operand, place)} is {expr.how} {which} {source}"
    if not _edged(expr):
        return text
    edges = f"{expr.first_word} day {expr.first_day}, {expr.last_word} day {expr.last_day}"
    return f"{text},{place.mark(1)}counting {edges}"


_HOLDER = re.compile(r"([a-z_]\w*(?:\.[a-z_]\w*)*)\.modifiers")


def _includes(expr: syntax.Includes, place: _Place) -> str:
    if isinstance(expr.operand, syntax.Name) and expr.how == "one":
        if expr.operand.path == "modifiers":
            return f"has modifier {literal(expr.values[0])}"
        if holder := _HOLDER.fullmatch(expr.operand.path):
            return f"{holder.group(1)} has modifier {literal(expr.values[0])}"
    if not expr.values:
        return f"{_tested(expr.operand, place)} includes at least {expr.number} values"
    how = {"one": "", "any": "any of ", "every": "every of ", "at least": f"at least {expr.number} of "}[expr.how]
    return f"{_tested(expr.operand, place)} includes {how}{listed(expr.values)}"


# --- phrases over records ------------------------------------------------------------------------------------------


def _quantified(expr: syntax.Quantified, place: _Place) -> str:
    how = expr.how if expr.number is None else f"{expr.how} {number(expr.number)}"
    if expr.has is None:
        return f"{how} {_source(expr.source, place)}"
    has_what = expr.has
    where = expr.source.where
    if where is not None and _is_modifier(expr.has) and _ends_in_name(where):
        expr = replace(expr, source=replace(expr.source, where=syntax.Bracketed(where)))
    has = marked(has_what, replace(place, rank=_CHAIN, depth=place.depth + 1))
    if not _is_modifier(expr.has):
        has = f"has {has}"
    return f"{how} {_source(expr.source, replace(place, edges=False))}{place.mark(1)}{has}"


def _is_modifier(expr: Expr | None) -> bool:
    return isinstance(expr, syntax.Includes) and expr.operand == syntax.Name("modifiers") and expr.how == "one"


def _ends_in_name(expr: Expr) -> bool:
    """A bare name before `has modifier` would be read as what has it."""
    last = expr.operands[-1] if isinstance(expr, syntax.And | syntax.Or) else expr
    while isinstance(last, syntax.Not):
        last = last.operand
    return isinstance(last, syntax.Name)


def _source(source: Source, place: _Place) -> str:
    text = source.list + _narrowed(source, place)
    return text + _where(source, place)


def _narrowed(source: Source, place: _Place) -> str:
    if source.on is not None:
        return f" on {marked(source.on, place.inner(_PRIMARY))}"
    return " in the month" if source.in_month else ""


def _where(source: Source, place: _Place) -> str:
    if source.where is None:
        return ""
    inner = _Place(edges=place.edges, depth=place.depth + 1)
    return f"{place.mark(1)}where {marked(source.where, inner)}"


def _pick(expr: syntax.Pick, place: _Place) -> str:
    by = f" by {expr.by}" if expr.by else ""
    return f"the {expr.how} {expr.source.list}{by}{_narrowed(expr.source, place)}{_where(expr.source, place)}"


def _aggregate(expr: syntax.Aggregate, place: _Place) -> str:
    source = _source(expr.source, place)
    if expr.value is None:
        return f"count of {source}"
    value = _closed(expr.value, place)
    if expr.how != "sum":
        return f"{expr.how} {value} over {source}"
    divided = f" divided by {_closed(expr.divisor, place)}" if expr.divisor is not None else ""
    how = [expr.rounding] if expr.rounding else []
    how += ["each clock minute once"] if expr.each_minute_once else []
    said = "".join(f",{place.mark(1)}{h}" for h in how) + ("," if how else "")
    return f"sum of {value}{divided}{said}{place.mark(1)}over {source}"


# --- quantities and days -------------------------------------------------------------------------------------------


def _closed(expr: Expr, place: _Place) -> str:
    """What stands in the middle of a phrase."""
    return marked(expr, place.inner(_PRIMARY))


def _ending(expr: Expr, place: _Place) -> str:
    """What stands at the end of a phrase."""
    return marked(expr, place.inner(_PRIMARY, last=True))


def _arithmetic(expr: syntax.Arithmetic, place: _Place) -> str:
    rank = _rank(expr)
    left, right = marked(expr.left, place.inner(rank)), marked(expr.right, place.inner(rank + 1, last=True))
    return f"{left} {expr.op} {right}"


def _established(expr: syntax.Established, place: _Place) -> str:
    return f"established {_ending(expr.operand, place)}"


def _full_multiples(expr: syntax.FullMultiples, place: _Place) -> str:
    return f"full {literal(expr.step)} in {_ending(expr.operand, place)}"


def _reaches(expr: syntax.Reaches, place: _Place) -> str:
    return f"the day {_closed(expr.operand, place)} reaches {_closed(expr.threshold, place)}"


def _shift(expr: syntax.Shift, place: _Place) -> str:
    stretch = f"{number(expr.number)} {plural(expr.unit, expr.number)}"
    if expr.counting:
        return f"{stretch} from {_closed(expr.anchor, place)}, counting {_ending(expr.anchor, place)}"
    return f"{stretch} {expr.direction} {_ending(expr.anchor, place)}"


def _of_two_days(expr: syntax.OfTwoDays, place: _Place) -> str:
    return f"the {expr.how} of {_closed(expr.left, place)} and {_ending(expr.right, place)}"


def _lookup(expr: syntax.Lookup, place: _Place) -> str:
    return f"{expr.table}.{expr.column} for {', '.join(map(_key, expr.keys))}"


_BARE_KEYS = (
    syntax.Name, syntax.Its, syntax.Text, syntax.Number, syntax.Day, syntax.Month, syntax.Shape, syntax.Bracketed
)  # fmt: skip


def _key(expr: Expr) -> str:
    """A key of a look-up: a value, or anything in brackets."""
    return literal(expr) if isinstance(expr, _BARE_KEYS) else f"({marked(expr)})"


def _number(expr: syntax.Number, place: _Place) -> str:
    return f"{number(expr.value)} {plural(expr.unit, expr.value)}" if expr.unit else number(expr.value)


# --- all kinds -----------------------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class _Form:
    """How a kind of expression is written, how tightly its words bind, and whether they are open at the end."""

    write: Callable[[Any, _Place], str]
    rank: int = _PRIMARY
    is_open: Callable[[Any], bool] = lambda expr: False


def _has_where(expr: syntax.Placed | syntax.Aggregate | syntax.Pick | syntax.Quantified) -> bool:
    return expr.source.where is not None


FORMS: Mapping[type, _Form] = {
    syntax.Name: _Form(lambda e, _: e.path),
    syntax.Its: _Form(lambda e, _: f"its {e.path}"),
    syntax.Text: _Form(lambda e, _: quote(e.value)),
    syntax.Number: _Form(_number),
    syntax.Day: _Form(lambda e, _: e.value.isoformat()),
    syntax.Month: _Form(lambda e, _: e.value),
    syntax.Shape: _Form(lambda e, _: e.value),
    syntax.CodeRange: _Form(lambda e, _: f"{e.first} to {e.last}"),
    syntax.UnknownValue: _Form(lambda e, _: f"unknown {e.fact}"),
    syntax.EdgeOfMonth: _Form(lambda e, _: f"{e.which} of month"),
    syntax.Bracketed: _Form(_bracketed),
    syntax.And: _Form(_joined, _CHAIN, lambda e: _open(e.operands[-1])),
    syntax.Or: _Form(_joined, _CHAIN, lambda e: _open(e.operands[-1])),
    syntax.Not: _Form(_negated, _NOT, lambda e: _open(e.operand)),
    syntax.Compare: _Form(_compare, _CONDITION, lambda e: _open(e.right)),
    syntax.IsNone: _Form(_is_none, _CONDITION),
    syntax.OneOf: _Form(_one_of, _CONDITION),
    syntax.InSet: _Form(_in_set, _CONDITION),
    syntax.Within: _Form(_within, _CONDITION, lambda e: _open(e.anchor)),
    syntax.IsInMonth: _Form(_is_in_month, _CONDITION),
    syntax.Includes: _Form(_includes, _CONDITION),
    syntax.Scope: _Form(lambda e, _: f"by {e.words}", _CONDITION),
    syntax.Quantified: _Form(_quantified, _CONDITION, lambda e: e.how == "every" or _has_where(e)),
    syntax.Placed: _Form(_placed, _CONDITION, _has_where),
    syntax.Aggregate: _Form(_aggregate, is_open=_has_where),
    syntax.Pick: _Form(_pick, is_open=_has_where),
    syntax.Arithmetic: _Form(_arithmetic, is_open=lambda e: _open(e.right)),
    syntax.Established: _Form(
        lambda e, place: f"established {_ending(e.operand, place)}", is_open=lambda e: _open(e.operand)
    ),
    syntax.Reaches: _Form(_reaches),
    syntax.FullMultiples: _Form(_full_multiples, is_open=lambda e: _open(e.operand)),
    syntax.Shift: _Form(_shift, is_open=lambda e: _open(e.anchor)),
    syntax.OfTwoDays: _Form(_of_two_days, is_open=lambda e: _open(e.right)),
    syntax.Lookup: _Form(_lookup),
    syntax.FirstPart: _Form(lambda e, place: f"first part of {_closed(e.operand, place)}"),
}
"""Every kind of expression."""
