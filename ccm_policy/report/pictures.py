"""Pictures as SVG: minutes of many patients, and of one, against what earns units. Shape and label say everything;
colour says nothing by itself."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Sequence
from math import floor

from ccm_policy.evaluate.reasons import number_text
from ccm_policy.report.html import Html, el, joined
from ccm_policy.report.minutes import Mark, Minutes

WIDTH, LEFT, RIGHT = 860, 30, 830
DOTS, COUNTED = 150, 8
BILLED, WAITING, NOTHING = "billed", "waiting", "nothing"
"""What a patient's shape says: something is billed; something waits for information; neither."""


def of_many(title: str, patients: Sequence[tuple[Minutes, str]]) -> Html:
    """A shape for each patient, by their minutes, with a line where units begin."""
    marks = sorted({mark for minutes, _ in patients for mark in minutes.marks}, key=lambda m: (m.at, m.code))
    span = max([floor(m.low) for m, _ in patients] + [floor(mark.at) for mark in marks]) + 2
    wide = (RIGHT - LEFT) / span
    column = _column(marks, wide)
    stacks: defaultdict[int, Counter[str]] = defaultdict(Counter)
    for minutes, state in patients:
        stacks[floor(minutes.low) // column][state] += 1
    tall = max(sum(stack.values()) for stack in stacks.values())
    size, across = _size(column * wide, tall)
    named = _rows(marks, wide)
    top = 14 * (1 + max((row for _, row in named), default=0)) + 20
    y = top + size * -(-tall // across) + 4
    body = [_line(LEFT + float(mark.at) * wide, 14 * row + 4, y, "mark") for mark, row in named]
    body += [_named(mark, row, wide) for mark, row in named]
    for place, stack in sorted(stacks.items()):
        body += _stack(stack, LEFT + place * column * wide, y - 3, size, across, column * wide)
    body += _axis(span, wide, y)
    above = sum(bool(m.marks) and m.low >= m.marks[0].at for m, _ in patients)
    said = f"{len(patients)} patients; {above} of them reach the first mark. Marks: {_marks_said(marks)}."
    each = f"Each column is {column} minutes wide." if column > 1 else "Each column is one minute."
    return _svg(title, f"{said} {each}", y + 24, body)


def _column(marks: Sequence[Mark], wide: float) -> int:
    """How many minutes a column holds: as few as have room, and never minutes of both sides of a mark."""
    fits = [each for each in (1, 2, 5, 10) if all(mark.at % each == 0 for mark in marks)]
    return next((each for each in fits if each * wide >= 18), fits[-1] if fits else 1)


def _size(wide: float, tall: int) -> tuple[float, int]:
    """How large a shape is, and how many stand side by side, so that the tallest stack has room."""
    for size in (11, 10, 9, 8, 7, 6, 5, 4, 3):
        across = max(1, int(wide // size))
        if size * -(-tall // across) <= DOTS and size <= max(wide, 3):
            return size, across
    across = max(1, int(wide // 2))
    return DOTS / -(-tall // across), across


def _stack(stack: Counter[str], left: float, y: float, size: float, across: int, wide: float) -> list[Html]:
    count = sum(stack.values())
    states = [state for state in (BILLED, WAITING, NOTHING) for _ in range(stack[state])]
    x = left + (wide - size * min(across, count)) / 2
    body = [
        _shape(x + (n % across + 0.5) * size, y - (n // across + 0.5) * size, size * 0.42, state)
        for n, state in enumerate(states)
    ]
    if count >= COUNTED:
        top = y - size * -(-count // across) - 4
        body.append(el("text", str(count), x=_at(left + wide / 2), y=_at(top), text_anchor="middle"))
    return body


def of_one(minutes: Minutes) -> Html:
    """A bar of one patient's minutes; what may count besides is hatched."""
    far = max(float(minutes.low), float(minutes.high or minutes.low), *(float(mark.at) for mark in minutes.marks), 1.0)
    wide = (RIGHT - LEFT) / (far * 1.08)
    named = _rows(minutes.marks, wide)
    top = 14 * (1 + max((row for _, row in named), default=0)) + 6
    body = [el("rect", class_="track", x=LEFT, y=_at(top), width=RIGHT - LEFT, height=14)]
    body.append(el("rect", class_="bar", x=LEFT, y=_at(top), width=_at(float(minutes.low) * wide), height=14))
    most = far * 1.08 if minutes.high is None else float(minutes.high)
    if most > minutes.low:
        x = LEFT + float(minutes.low) * wide
        more = (most - float(minutes.low)) * wide
        body.append(el("rect", class_="may", x=_at(x), y=_at(top), width=_at(more), height=14))
    body += [_line(LEFT + float(mark.at) * wide, 14 * row + 4, top + 18, "mark") for mark, row in named]
    body += [_named(mark, row, wide) for mark, row in named]
    said = f"{told(minutes)}. Marks: {_marks_said(minutes.marks)}."
    return _svg(minutes.title, said, top + 20, body)


def legend() -> Html:
    """What the shapes say."""
    said = {BILLED: "something to bill", WAITING: "waits for information", NOTHING: "nothing to bill"}
    items = [
        joined([el("svg", _shape(7, 7, 5, state), width=14, height=14, viewBox="0 0 14 14", aria_hidden="true"), what])
        for state, what in said.items()
    ]
    return el("p", *(el("span", item) for item in items), class_="legend")


def told(minutes: Minutes) -> str:
    """`21 minutes`; `21 to 30 minutes` where some may count."""
    low = number_text(minutes.low)
    if minutes.high is None:
        return f"{low} or more minutes"
    return f"{low} minutes" if minutes.high <= minutes.low else f"{low} to {number_text(minutes.high)} minutes"


def _marks_said(marks: Sequence[Mark]) -> str:
    return ", ".join(f"{mark.code} at {number_text(mark.at)}" for mark in marks) or "none"


def _rows(marks: Sequence[Mark], wide: float) -> list[tuple[Mark, int]]:
    """Marks with the row in which each one's name has room."""
    ends: list[float] = []
    placed = []
    for mark in marks:
        x = LEFT + float(mark.at) * wide
        length = 7.0 * len(_name(mark)) + 10
        start = x if x + length <= WIDTH else x - length
        row = next((n for n, end in enumerate(ends) if start > end), len(ends))
        ends[row : row + 1] = [start + length]
        placed.append((mark, row))
    return placed


def _name(mark: Mark) -> str:
    return f"{mark.code}: {number_text(mark.at)}"


def _named(mark: Mark, row: int, wide: float) -> Html:
    x = LEFT + float(mark.at) * wide
    fits = x + 7.0 * len(_name(mark)) + 10 <= WIDTH
    anchor = "start" if fits else "end"
    return el("text", _name(mark), x=_at(x + (4 if fits else -4)), y=14 * row + 14, text_anchor=anchor)


def _axis(span: int, wide: float, y: float) -> list[Html]:
    step = next(each for each in (5, 10, 20, 50, 100, 200, 500, 10000) if each * wide >= 36)
    body = [el("line", class_="axis", x1=LEFT, x2=RIGHT, y1=_at(y), y2=_at(y))]
    for minute in range(0, span, step):
        x = LEFT + minute * wide
        if x < RIGHT - 60:
            body.append(el("text", str(minute), x=_at(x), y=_at(y + 14), text_anchor="middle"))
    return [*body, el("text", "minutes", x=RIGHT, y=_at(y + 14), text_anchor="end")]


def _shape(x: float, y: float, r: float, state: str) -> Html:
    if state == BILLED:
        return el("circle", class_="billed", cx=_at(x), cy=_at(y), r=_at(r))
    if state == WAITING:
        corners = f"M{_at(x)} {_at(y - r)}L{_at(x + r)} {_at(y + r)}H{_at(x - r)}Z"
        return el("path", class_="waiting", d=corners)
    return el("circle", class_="nothing", cx=_at(x), cy=_at(y), r=_at(r * 0.85))


def _line(x: float, top: float, bottom: float, kind: str) -> Html:
    return el("line", class_=kind, x1=_at(x), x2=_at(x), y1=_at(top), y2=_at(bottom))


def _at(number: float) -> str:
    return f"{number:.1f}".removesuffix(".0")


def _svg(title: str, said: str, height: float, body: Sequence[Html]) -> Html:
    whole = el(
        "svg", el("title", title), el("desc", said), *body,
        viewBox=f"0 0 {WIDTH} {_at(height)}", role="img", aria_label=f"{title}. {said}",
    )  # fmt: skip
    return el("div", whole, class_="picture")
