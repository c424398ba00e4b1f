"""Who gains and who loses, as a picture: a bar for each patient-month, up or down, with what it comes to."""

from __future__ import annotations

from collections.abc import Sequence
from decimal import Decimal

from ccm_policy.report.html import Html, el
from ccm_policy.review.sentence import counted, dollars

WIDTH, LEFT, RIGHT, MIDDLE, HALF = 860, 64, 850, 130, 110
NARROWEST = 3.0
"""Of a bar; where more patient-months change than have room, neighbours stand together, as their sum."""


def gains(title: str, changed: Sequence[tuple[str, Decimal]]) -> Html:
    """Bars of what patient-months gain (filled, upward) and lose (hatched, downward), those that lose most first."""
    amounts = _bars([amount for _, amount in changed], int((RIGHT - LEFT) / NARROWEST))
    most = max((abs(amount) for amount in amounts), default=Decimal(1)) or Decimal(1)
    wide = (RIGHT - LEFT) / max(len(amounts), 12)
    body = [_hatch(), *_axis(most)]
    for place, amount in enumerate(amounts):
        tall = float(abs(amount) / most) * HALF
        top = MIDDLE - tall if amount > 0 else MIDDLE
        kind = "gain" if amount > 0 else "loss"
        x = LEFT + place * wide + wide * 0.1
        body.append(el("rect", class_=kind, x=_at(x), y=_at(top), width=_at(wide * 0.8), height=_at(max(tall, 0.5))))
    more, less = (sum(sign * amount > 0 for _, amount in changed) for sign in (1, -1))
    said = f"{counted(more, 'patient-month gains', 'patient-months gain')}, {counted(less, 'loses', 'lose')}."
    body.append(el("text", said, x=LEFT, y=MIDDLE + HALF + 28))
    bottom = MIDDLE + HALF + 36
    parts = [el("title", title), el("desc", said), *body]
    whole = el("svg", *parts, viewBox=f"0 0 {WIDTH} {bottom}", role="img", aria_label=f"{title}. {said}")
    return el("div", whole, class_="picture")


def _bars(amounts: Sequence[Decimal], most: int) -> list[Decimal]:
    """One amount for each bar, from the least to the greatest; sums of neighbours where there are too many."""
    ordered = sorted(amount for amount in amounts if amount)
    if len(ordered) <= most:
        return ordered
    each = -(-len(ordered) // most)
    return [sum(ordered[at : at + each], Decimal(0)) for at in range(0, len(ordered), each)]


def _axis(most: Decimal) -> list[Html]:
    """The line of no change, and the greatest amounts above and below."""
    marks = [(MIDDLE - HALF, most), (MIDDLE, Decimal(0)), (MIDDLE + HALF, -most)]
    names = [
        el("text", dollars(amount) if amount else "$0", x=LEFT - 6, y=y + 4, text_anchor="end") for y, amount in marks
    ]
    rule = el("line", class_="axis", x1=LEFT, x2=RIGHT, y1=MIDDLE, y2=MIDDLE)
    ends = [el("line", class_="mark", x1=LEFT, x2=RIGHT, y1=y, y2=y) for y, amount in marks if amount]
    return [*names, rule, *ends]


def _hatch() -> Html:
    line = el("path", class_="hatch", d="M0 6L6 0")
    pattern = el("pattern", line, id="hatch", width=6, height=6, patternUnits="userSpaceOnUse")
    return el("defs", pattern)


def _at(number: float) -> str:
    return f"{number:.1f}".removesuffix(".0")
