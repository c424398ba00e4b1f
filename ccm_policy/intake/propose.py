"""A first mapping of exports, with a question wherever two readings are possible.

Only the first rows of an export are read for it, and that is said. What the proposal leaves open is a line of the
mapping with a comment, so that the person answers by editing it.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Sequence
from dataclasses import replace
from itertools import islice
from pathlib import Path
from typing import Any

from ccm_policy.facts.durations import EITHER, Telling
from ccm_policy.facts.plan import MONTH, compiled
from ccm_policy.intake.dates import month_of
from ccm_policy.intake.exports import opened
from ccm_policy.intake.likeness import (
    ENOUGH,
    Column,
    Likeness,
    Names,
    Target,
    assigned,
    main_list,
)
from ccm_policy.intake.looked_at import Export
from ccm_policy.intake.mapping import NUMBER
from ccm_policy.intake.proposal import Writer
from ccm_policy.intake.shares import shares
from ccm_policy.intake.sheets import Grid, Sheet, above, headed, probable, refuse_nameless, refused, two_headers
from ccm_policy.intake.sources import Proposal
from ccm_policy.intake.standing import said_of
from ccm_policy.intake.values import clock_text, duration_text, text_of
from ccm_policy.language.tree import Vocabulary

MOST_ROWS = 2_000
"""Rows of an export that are read for a proposal."""
MOST_COLUMNS = 1_000
"""Columns of an export for which one is made; the time that it takes grows with them and the rows that are read."""
_NUMBERED = re.compile(r"\d{1,2}", re.ASCII)


def propose(paths: Sequence[Path], vocabulary: Vocabulary, month: str | None = None) -> Proposal:
    """A mapping of exports; raises where one cannot be read."""
    names = Names(vocabulary, compiled(vocabulary))
    columns = [_columns(names, _sheet(opened(path))) for path in paths]
    month = month or _month(names, columns)
    proposal = Proposal()
    exports: list[Export] = []
    for path, own in zip(paths, columns, strict=True):
        split = shares(names, own)
        rest = [column for column in own if all(column is not each.column for each in split)]
        main = split[0].minutes.records if split else main_list(names, rest, path.stem, month)
        found = _by_clock(_of_one_order(assigned(names, rest, main, month)))
        said = said_of(names, rest, found, main, month)
        called = _called(path, exports)
        exports.append(
            Export(name=called, path=path, columns=own, main=main, found=found, said=said, shares=tuple(split))
        )
        proposal.rows[path.name] = max((len(column.cells) for column in own), default=0)
    writer = Writer(vocabulary, names, proposal, month)
    writer.whole(exports)
    return proposal


def _of_one_order(found: dict[str, Likeness]) -> dict[str, Likeness]:
    """An export writes all its days in one order: what tells it for one column tells it for those that say nothing."""
    told = {each.format for each in found.values() if each.format in ("mdy", "dmy") and each.target.days}
    if len(told) != 1:
        return found
    order = next(iter(told))
    open_to = {path for path, each in found.items() if each.format == EITHER and each.target.days}
    return found | {path: replace(found[path], format=order) for path in open_to}


def _by_clock(found: dict[str, Likeness]) -> dict[str, Likeness]:
    """Durations of which nothing but the start and the end of their entries tells how they are meant."""
    settled = dict(found)
    for path, each in found.items():
        records = each.target.records
        if each.format != EITHER or records is None or records.clock is None or each.target.days:
            continue
        times = [found.get(f"{records.name}.{name}") for name in records.clock[:2]]
        rows = [time.column.rows for time in times if time is not None]
        if len(rows) == 2:
            telling = Telling(column="length", type=each.target.leaf.type, clock=("start", "end"))
            for length, start, end in zip(each.column.rows, *rows, strict=True):
                telling.add({"length": duration_text(length), "start": clock_text(start), "end": clock_text(end)})
            settled[path] = replace(each, format=telling.way())
    return settled


def _sheet(grid: Grid) -> Sheet:
    if grid.names is not None:
        _refuse_wide(grid, len(grid.names))
        return headed(grid, ())
    head = grid.head()
    _refuse_wide(grid, max((len(line.filled()) for line in head), default=0))
    if not any(line.filled() for line in head):
        return headed(grid, ())
    at = probable(head)
    refuse_nameless(grid, head[at])
    upper = above(grid, head[at].number)
    if upper is not None:
        raise two_headers(grid, upper.number, head[at].number)
    nested = head[at + 1] if at + 1 < len(head) else None
    if nested is not None and nested.filled() and len(nested.filled()) > len(head[at].filled()) and _names(nested):
        raise two_headers(grid, head[at].number, nested.number)
    names = [text_of(cell) for cell in head[at].filled()]
    if at and len(set(names)) < len(names) and len(head[at - 1].filled()) > 1:
        raise two_headers(grid, head[at - 1].number, head[at].number)
    return headed(grid, (), head[at].number)


def _refuse_wide(grid: Grid, columns: int) -> None:
    """Raise where so many columns would have to be compared with all that can be known that nobody would wait."""
    if columns > MOST_COLUMNS:
        says = f"it has {columns:,} columns; a mapping is proposed for {MOST_COLUMNS:,} at most"
        help = "keep the columns that are about care management, or write the mapping by hand: `run` reads any number"
        raise refused("E0788", grid.path, None, says, help)


def _names(line: Any) -> bool:
    return all(isinstance(cell, str) and not any(char.isdigit() for char in cell) for cell in line.filled())


def _columns(names: Names, sheet: Sheet) -> tuple[Column, ...]:
    """The columns with their first values; those that are numbered are one, under a name with `{n}`, and so is one
    that is known by the rest of its name."""
    rows: dict[int, list[Any]] = {place: [] for place, name in enumerate(sheet.columns) if name}
    for line in islice(sheet.rows(), MOST_ROWS):
        for place, found in rows.items():
            found.append(line.at(place))
    groups: dict[str, dict[str, int]] = {}
    many = Counter(template for place in rows for template, _ in _templates(sheet.columns[place]))
    for place in rows:
        name = sheet.columns[place]
        template, number = max(_templates(name), key=lambda each: many[each[0]], default=(name, ""))
        groups.setdefault(template, {})[number] = place
    made: list[Column] = []
    for template, places in groups.items():
        if NUMBER in template and (len(places) > 1 or _known_without(names, template, next(iter(places)))):
            joined = tuple(cell for place in places.values() for cell in rows[place] if cell is not None)
            made.append(Column(name=template, cells=joined, numbers=tuple(places)))
        else:
            for place in places.values():
                filled = tuple(cell for cell in rows[place] if cell is not None)
                made.append(Column(name=sheet.columns[place], cells=filled, rows=tuple(rows[place])))
    return tuple(made)


def _templates(name: str) -> list[tuple[str, str]]:
    """A name with each of its numbers left out, the last one first, and that number."""
    found = [(name[: n.start()] + NUMBER + name[n.end() :], n[0]) for n in _NUMBERED.finditer(name)]
    return found[::-1]


def _known_without(names: Names, template: str, number: str) -> bool:
    plain = Column(name=template.replace(NUMBER, number), cells=()).plain()
    return plain not in names.known and Column(name=template, cells=()).plain() in names.known


def _month(names: Names, columns: Sequence[Sequence[Column]]) -> str | None:
    """The month in which nine tenths of the days lie that must lie in the service month."""
    seen: Counter[str] = Counter()
    for own in columns:
        for column in own:
            for each in [one for one in names.likely(column, None) if one.score >= ENOUGH and _in_month(one.target)][
                :1
            ]:
                order = each.format if each.format in ("mdy", "dmy") else None
                seen.update(month for cell in column.cells if (month := month_of(cell, order)))
    most = seen.most_common(1)
    return most[0][0] if most and most[0][1] * 10 >= 9 * seen.total() else None


def _in_month(target: Target) -> bool:
    return target.leaf.path == MONTH or bool(target.records and target.leaf.path in target.records.in_month)


def _called(path: Path, others: Sequence[Export]) -> str:
    name = "_".join(part for part in "".join(c if c.isalpha() else " " for c in path.stem.lower()).split()) or "export"
    return name if all(name != other.name for other in others) else f"{name}_{len(others) + 1}"
