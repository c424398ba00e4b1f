"""An expression in the words of the language.

Expressions are written with marks where a line may break (`JOIN`, `WHERE`, `COMMA` …), the outermost first; `flat`
turns the marks into spaces, and the formatter breaks lines at them. Brackets are added where the tree needs them and
the author's own are kept, so reading the words again gives the same tree.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, replace
from decimal import Decimal

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


def _rank(expr: Expr) -> int:
    match expr:
        case syntax.And() | syntax.Or():
            return _CHAIN
        case syntax.Not():
            return _NOT
        case syntax.Arithmetic(op="plus" | "minus"):
            return _SUM
        case syntax.Arithmetic():
            return _TERM
        case (
            syntax.Compare() | syntax.IsNone() | syntax.OneOf() | syntax.InSet() | syntax.Within() | syntax.IsInMonth()
            | syntax.Includes() | syntax.Quantified() | syntax.Placed() | syntax.Scope()
        ):  # fmt: skip
            return _CONDITION
    return _PRIMARY


def _open(expr: Expr) -> bool:
    """Whether the words end in a `where` or `has` that would take in what follows."""
    match expr:
        case syntax.And(operands=operands) | syntax.Or(operands=operands):
            return _open(operands[-1])
        case syntax.Not(operand=inner) | syntax.Established(operand=inner) | syntax.FullMultiples(operand=inner):
            return _open(inner)
        case syntax.Compare(right=inner) | syntax.Arithmetic(right=inner):
            return _open(inner)
        case syntax.Within(anchor=inner) | syntax.Shift(anchor=inner):
            return _open(inner)
        case syntax.Quantified(how="every"):
            return True
        case syntax.Quantified(source=source) | syntax.Placed(source=source):
            return source.where is not None
        case syntax.Aggregate(source=source) | syntax.Pick(source=source):
            return source.where is not None
    return False


def _edged(expr: Expr) -> bool:
    return isinstance(expr, syntax.Placed) and (expr.first_day, expr.last_day) != ("in", "in")


def _written(expr: Expr, place: _Place) -> str:
    match expr:
        case syntax.And() | syntax.Or() | syntax.Not() | syntax.Bracketed():
            return _logic(expr, place)
        case (
            syntax.Compare() | syntax.IsNone() | syntax.OneOf() | syntax.InSet() | syntax.Within() | syntax.IsInMonth()
            | syntax.Includes() | syntax.Placed()
        ):  # fmt: skip
            return _test(expr, place)
        case syntax.Quantified():
            return _quantified(expr, place)
        case syntax.Scope(words=words):
            return f"by {words}"
        case syntax.Aggregate() | syntax.Pick():
            return _of_list(expr, place)
        case syntax.Arithmetic(op=op, left=left, right=right):
            rank = _rank(expr)
            return f"{marked(left, place.inner(rank))} {op} {marked(right, place.inner(rank + 1, last=True))}"
        case (
            syntax.Established() | syntax.Reaches() | syntax.FullMultiples() | syntax.Shift() | syntax.Lookup()
            | syntax.FirstPart() | syntax.EdgeOfMonth()
        ):  # fmt: skip
            return _reading(expr, place)
        case _:
            return literal(expr)


def literal(expr: Expr) -> str:
    """A value that stands for itself."""
    match expr:
        case syntax.Name(path=text) | syntax.Shape(value=text) | syntax.Month(value=text):
            return text
        case syntax.Its(path=path):
            return f"its {path}"
        case syntax.UnknownValue(fact=fact):
            return f"unknown {fact}"
        case syntax.Text(value=value):
            return quote(value)
        case syntax.Day(value=day):
            return day.isoformat()
        case syntax.CodeRange(first=first, last=last):
            return f"{first} to {last}"
        case syntax.Number(value=value, unit=unit):
            return f"{number(value)} {plural(unit, value)}" if unit else number(value)
    return marked(expr, _Place(_PRIMARY, last=False, edges=False))


def quote(text: str) -> str:
    """Text as it stands in a policy."""
    escaped = text.replace("\\", "\\\\").replace('"', '\\"')
    return f'"{escaped}"'


def number(value: Decimal | int) -> str:
    """Digits; a comma from 10,000 on, where five in a row would be a code."""
    return f"{Decimal(value):,f}" if value >= 10_000 else f"{Decimal(value):f}"


def plural(unit: str, value: Decimal | int) -> str:
    return unit if unit == "percent" or value == 1 else f"{unit}s"


def listed(values: tuple[Expr, ...]) -> str:
    """Values with commas between them, where a line may break."""
    return COMMA.join(map(literal, values))


def _logic(expr: syntax.And | syntax.Or | syntax.Not | syntax.Bracketed, place: _Place) -> str:
    match expr:
        case syntax.Bracketed(operand=operand):
            return f"({marked(operand, _Place(depth=place.depth + 1))})"
        case syntax.Not(operand=operand):
            return _negated(operand, place)
    word = "and" if isinstance(expr, syntax.And) else "or"
    *first, last = expr.operands
    texts = [marked(e, place.inner(_NOT)) for e in first]
    return f"{place.mark(0)}{word} ".join([*texts, marked(last, replace(place, rank=_NOT))])


def _negated(expr: Expr, place: _Place) -> str:
    """`not X`; a test takes the word in: `X is not before Y`."""
    ordered = isinstance(expr, syntax.Compare) and expr.op not in ("is", "is not")
    if ordered or isinstance(expr, syntax.Within | syntax.IsInMonth | syntax.Placed):
        subject = _subject(expr, place)
        return f"{subject} is not {_written(expr, place).removeprefix(f'{subject} is ')}"
    return f"not {marked(expr, replace(place, rank=_NOT))}"


def _subject(expr: Expr, place: _Place) -> str:
    """What a test tests."""
    match expr:
        case syntax.Compare(left=left):
            return marked(left, place.inner(_SUM))
        case syntax.Within(operand=left) | syntax.IsInMonth(operand=left) | syntax.Placed(operand=left):
            return marked(left, place.inner(_SUM))
    raise AssertionError(expr)


def _test(expr: Expr, place: _Place) -> str:
    left, right = place.inner(_SUM), place.inner(_SUM, last=True)
    match expr:
        case syntax.Compare(op=op, left=a, right=b):
            op = op if op in ("is", "is not") else f"is {op}"
            return f"{marked(a, left)} {op} {marked(b, right)}"
        case syntax.IsNone(operand=a, negated=negated):
            return f"{marked(a, left)} is {'not ' if negated else ''}none"
        case syntax.OneOf(operand=a, values=values, negated=negated):
            return f"{marked(a, left)} is {'not ' if negated else ''}one of {listed(values)}"
        case syntax.InSet(operand=a, set=name, negated=negated):
            return f"{marked(a, left)} {'not ' if negated else ''}in {name}"
        case syntax.Within(operand=a, number=n, unit=unit, direction=direction, anchor=b):
            return f"{marked(a, left)} is within {number(n)} {plural(unit, n)} {direction} {marked(b, right)}"
        case syntax.IsInMonth(operand=a):
            return f"{marked(a, left)} is in the month"
        case syntax.Placed():
            return _placed(expr, place)
        case syntax.Includes():
            return _includes(expr, left)
    raise AssertionError(expr)


def _placed(expr: syntax.Placed, place: _Place) -> str:
    which = "every" if expr.how == "outside" else "any"
    which += " period of" if expr.period_of else ""
    source = _source(expr.source, replace(place, edges=False))
    text = f"{marked(expr.operand, place.inner(_SUM))} is {expr.how} {which} {source}"
    if not _edged(expr):
        return text
    edges = f"{expr.first_word} day {expr.first_day}, {expr.last_word} day {expr.last_day}"
    return f"{text},{place.mark(1)}counting {edges}"


_HOLDER = re.compile(r"([a-z_]\w*(?:\.[a-z_]\w*)*)\.modifiers")


def _includes(expr: syntax.Includes, left: _Place) -> str:
    if isinstance(expr.operand, syntax.Name) and expr.how == "one":
        if expr.operand.path == "modifiers":
            return f"has modifier {literal(expr.values[0])}"
        if holder := _HOLDER.fullmatch(expr.operand.path):
            return f"{holder.group(1)} has modifier {literal(expr.values[0])}"
    if not expr.values:
        return f"{marked(expr.operand, left)} includes at least {expr.number} values"
    how = {"one": "", "any": "any of ", "every": "every of ", "at least": f"at least {expr.number} of "}[expr.how]
    return f"{marked(expr.operand, left)} includes {how}{listed(expr.values)}"


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


def _of_list(expr: syntax.Aggregate | syntax.Pick, place: _Place) -> str:
    closed = place.inner(_PRIMARY)
    if isinstance(expr, syntax.Pick):
        by = f" by {expr.by}" if expr.by else ""
        return f"the {expr.how} {expr.source.list}{by}{_narrowed(expr.source, place)}{_where(expr.source, place)}"
    source = _source(expr.source, place)
    if expr.value is None:
        return f"count of {source}"
    value = marked(expr.value, closed)
    if expr.how != "sum":
        return f"{expr.how} {value} over {source}"
    divided = f" divided by {marked(expr.divisor, closed)}" if expr.divisor is not None else ""
    how = [expr.rounding] if expr.rounding else []
    how += ["each clock minute once"] if expr.each_minute_once else []
    said = "".join(f",{place.mark(1)}{h}" for h in how) + ("," if how else "")
    return f"sum of {value}{divided}{said}{place.mark(1)}over {source}"


def _reading(expr: Expr, place: _Place) -> str:
    closed, last = place.inner(_PRIMARY), place.inner(_PRIMARY, last=True)
    match expr:
        case syntax.Established(operand=a):
            return f"established {marked(a, last)}"
        case syntax.Reaches(operand=a, threshold=b):
            return f"the day {marked(a, closed)} reaches {marked(b, closed)}"
        case syntax.FullMultiples(step=step, operand=a):
            return f"full {literal(step)} in {marked(a, last)}"
        case syntax.Shift(number=n, unit=unit, anchor=a, counting=True):
            return f"{number(n)} {plural(unit, n)} from {marked(a, closed)}, counting {marked(a, last)}"
        case syntax.Shift(number=n, unit=unit, direction=direction, anchor=a):
            return f"{number(n)} {plural(unit, n)} {direction} {marked(a, last)}"
        case syntax.Lookup(table=table, column=column, keys=keys):
            return f"{table}.{column} for {', '.join(map(_key, keys))}"
        case syntax.FirstPart(operand=a):
            return f"first part of {marked(a, closed)}"
        case syntax.EdgeOfMonth(which=which):
            return f"{which} of month"
    raise AssertionError(expr)


def _key(expr: Expr) -> str:
    """A key of a look-up: a value, or anything in brackets."""
    match expr:
        case syntax.Name() | syntax.Its() | syntax.Text() | syntax.Number() | syntax.Day() | syntax.Month():
            return literal(expr)
        case syntax.Shape() | syntax.Bracketed():
            return marked(expr, _Place(_PRIMARY, last=False, edges=False))
    return f"({marked(expr)})"
