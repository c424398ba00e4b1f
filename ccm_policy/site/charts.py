"""Small pictures as SVG text: minutes and the units they earn, rates over the years, when editions were in force.

A picture takes its colours from the page (light or dark), has a title and a description for screen readers, and never
says anything that does not also stand in text beside it.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal
from html import escape

WIDTH = 720


@dataclass(frozen=True, slots=True)
class Point:
    """A point on the bar of minutes: from `at` on, `units` are earned."""

    at: Decimal
    units: int


@dataclass(frozen=True, slots=True)
class Series:
    """A line of a chart: its name and, for each label of the chart, a value or None."""

    name: str
    values: tuple[Decimal | None, ...]


def _svg(height: int, title: str, description: str, body: Sequence[str], kind: str) -> str:
    label = escape(f"{title}. {description}", quote=True)
    role = "group" if any(part.startswith("<a ") for part in body) else "img"
    return (
        f'<div class="picture"><svg class="chart chart-{kind}" viewBox="0 0 {WIDTH} {height}" role="{role}" '
        f'aria-label="{label}" xmlns="http://www.w3.org/2000/svg"><title>{escape(title)}</title>\n'
        f"<desc>{escape(description)}</desc>\n{chr(10).join(body)}</svg></div>\n"
    )


def _text(x: float, y: float, text: str, anchor: str = "middle", kind: str = "label") -> str:
    return f'<text class="{kind}" x="{x:.1f}" y="{y:.1f}" text-anchor="{anchor}">{escape(text)}</text>'


def minutes_bar(title: str, points: Sequence[Point], open_ended: bool) -> str:
    """A bar of minutes with the points where units are earned. `open_ended`: it goes on in the same steps."""
    last = points[-1].at
    step = points[-1].at - points[-2].at if len(points) > 1 else last
    end = last + step * (Decimal(1) if open_ended or len(points) == 1 else Decimal("0.5"))
    left, right, top, thick = 12.0, WIDTH - 12.0, 44.0, 26.0

    def x(minute: Decimal) -> float:
        return left + float(minute / end) * (right - left)

    body = [f'<rect class="track" x="{left}" y="{top}" width="{right - left}" height="{thick}" rx="4"/>']
    for index, point in enumerate(points):
        stop = x(points[index + 1].at) if index + 1 < len(points) else right
        body.append(
            f'<rect class="earned earned-{min(index + 1, 4)}" x="{x(point.at):.1f}" y="{top}" '
            f'width="{stop - x(point.at):.1f}" height="{thick}"/>'
        )
        label = f"{point.units} unit{'' if point.units == 1 else 's'}"
        body.append(
            _text((x(point.at) + stop) / 2, top + 18, label + (" …" if open_ended and stop == right else ""), kind="on")
        )
        body.append(
            f'<line class="mark" x1="{x(point.at):.1f}" x2="{x(point.at):.1f}" y1="{top - 8}" y2="{top + thick + 8}"/>'
        )
        body.append(_text(x(point.at), top - 14, f"{point.at:f} min"))
    body.append(_text(left, top + thick + 20, "0", "start"))
    said = "; ".join(f"from {p.at:f} minutes {p.units} unit{'' if p.units == 1 else 's'}" for p in points)
    return _svg(100, title, said + (", and so on" if open_ended else ""), body, "minutes")


def lines(title: str, labels: Sequence[str], series: Sequence[Series]) -> str:
    """Amounts by year: a line for each series, each point a dot, first and last value of each written out."""
    values = [v for s in series for v in s.values if v is not None]
    if not values:
        return ""
    high = max(values) * Decimal("1.1")
    low = min(values) * Decimal("0.8")
    left, right, top, bottom = 48.0, WIDTH - 56.0, 18.0, 190.0

    def x(index: int) -> float:
        return left + (right - left) * (index / max(1, len(labels) - 1))

    def y(value: Decimal) -> float:
        return bottom - float((value - low) / (high - low)) * (bottom - top)

    body = [f'<line class="axis" x1="{left}" x2="{right}" y1="{bottom}" y2="{bottom}"/>']
    every = max(1, len(labels) // 12)
    body += [_text(x(i), bottom + 18, label) for i, label in enumerate(labels) if i % every == 0]
    for number, one in enumerate(series, 1):
        known = [(i, v) for i, v in enumerate(one.values) if v is not None]
        if not known:
            continue
        path = " ".join(f"{x(i):.1f},{y(v):.1f}" for i, v in known)
        body.append(f'<polyline class="line line-{number}" points="{path}"/>')
        body += [
            f'<circle class="dot dot-{number}" cx="{x(i):.1f}" cy="{y(v):.1f}" r="3.5"><title>{escape(labels[i])}, '
            f"{escape(one.name)}: ${v}</title></circle>"
            for i, v in known
        ]
        first, last = known[0], known[-1]
        body.append(_text(x(last[0]) + 7, y(last[1]) + 4, f"${last[1]}", "start"))
        if last != first:
            body.append(_text(x(first[0]), y(first[1]) - 9, f"${first[1]}"))
        key = left + (number - 1) * 170
        body.append(f'<line class="line line-{number}" x1="{key}" x2="{key + 22}" y1="228" y2="228"/>')
        body.append(_text(key + 28, 232, one.name, "start"))
    said = "; ".join(
        f"{one.name}: "
        + ", ".join(f"{label} ${v}" for label, v in zip(labels, one.values, strict=True) if v is not None)
        for one in series
    )
    return _svg(240, title, said, body, "lines")


@dataclass(frozen=True, slots=True)
class Bar:
    """What moved, and by how many percent."""

    label: str
    percent: Decimal


def moved(title: str, bars: Sequence[Bar]) -> str:
    """How much each thing rose (filled, to the right) or fell (outlined, to the left), with the percent beside it."""
    most = max((abs(bar.percent) for bar in bars), default=Decimal(0))
    if not most:
        return ""
    left, right, step = 190.0, WIDTH - 60.0, 22
    middle, half = (left + 60 + right) / 2, (right - left - 60) / 2
    height = 14 + step * len(bars)
    body = [f'<line class="axis" x1="{middle}" x2="{middle}" y1="4" y2="{height - 6}"/>']
    for index, bar in enumerate(bars):
        y, wide = 8 + step * index, float(abs(bar.percent) / most) * half
        rose = bar.percent >= 0
        kind, start = ("rose", middle) if rose else ("fell", middle - wide)
        body.append(_text(left - 10, y + 12, bar.label, "end"))
        body.append(f'<rect class="{kind}" x="{start:.1f}" y="{y}" width="{max(wide, 1):.1f}" height="14"/>')
        end, anchor = (middle + wide + 6, "start") if rose else (middle - wide - 6, "end")
        body.append(_text(end, y + 12, f"{'+' if rose else '−'}{abs(bar.percent):.1f} %", anchor))
    said = "; ".join(f"{bar.label}: {bar.percent:+.1f} percent" for bar in bars)
    return _svg(height, title, said, body, "moved")


@dataclass(frozen=True, slots=True)
class Count:
    """How many there are of something."""

    label: str
    number: int


def counts(title: str, bars: Sequence[Count]) -> str:
    """How many there are of each, as bars with their numbers."""
    left, right, step = 190.0, WIDTH - 60.0, 22
    most = max(bar.number for bar in bars)
    body = []
    for index, bar in enumerate(bars):
        y, wide = 8 + step * index, bar.number / most * (right - left)
        body.append(_text(left - 10, y + 12, bar.label, "end"))
        body.append(f'<rect class="rose" x="{left}" y="{y}" width="{max(wide, 1):.1f}" height="14"/>')
        body.append(_text(left + wide + 6, y + 12, str(bar.number), "start"))
    said = "; ".join(f"{bar.label}: {bar.number}" for bar in bars)
    return _svg(14 + step * len(bars), title, said, body, "moved")


def timeline(title: str, rows: Sequence[tuple[str, Sequence[tuple[str, str]]]], first: int, last: int) -> str:
    """Editions over the years: for each policy a row, for each edition a dot at its month (`YYYY-MM`) with a link."""
    left, right, step = 190.0, WIDTH - 14.0, 26

    def x(month: str) -> float:
        year, _, of = month.partition("-")
        position = int(year) - first + (int(of or 1) - 1) / 12
        return left + (right - left) * position / max(1, last + 1 - first)

    height = 40 + step * len(rows)
    body = []
    for year in range(first, last + 1):
        place = x(f"{year}-01")
        body.append(f'<line class="grid" x1="{place:.1f}" x2="{place:.1f}" y1="24" y2="{height - 8}"/>')
        body.append(_text(place + 2, 16, str(year), "start"))
    for index, (name, editions) in enumerate(rows):
        middle = 40 + step * index
        body.append(_text(left - 10, middle + 4, name, "end"))
        if editions:
            body.append(f'<line class="axis" x1="{x(editions[0][0]):.1f}" x2="{right}" y1="{middle}" y2="{middle}"/>')
        body += [
            f'<a href="{escape(target)}"><circle class="dot dot-1" cx="{x(month):.1f}" cy="{middle}" r="6">'
            f"<title>{escape(name)}, edition {month}</title></circle></a>"
            for month, target in editions
        ]
    said = "; ".join(f"{name}: {', '.join(m for m, _ in editions)}" for name, editions in rows)
    return _svg(height, title, said, body, "timeline")
