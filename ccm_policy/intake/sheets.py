"""An export as a sheet: its columns as they are called there, and its rows as a spreadsheet numbers them.

What was found out on the way (the encoding, the separator, which row heads the columns) is told, since all of it may be
wrong. Rows are read as they are asked for, and as often.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from itertools import islice
from pathlib import Path
from typing import Any

from ccm_policy.language.diagnostics import CcmPolicyError, Place, error
from ccm_policy.language.nearest import nearest

_NUMERIC = re.compile(r"[\d\s.,:/+-]*\d[\d\s.,:/+-]*")
HEAD = 30
"""Rows among which the one that heads the columns is looked for."""


@dataclass(frozen=True, slots=True)
class Uncomputed:
    """A cell that holds a formula without the value that it had when the workbook was saved."""


@dataclass(frozen=True, slots=True)
class Line:
    """A row: its number, and its cells in the order of the columns; nothing is None."""

    number: int
    cells: tuple[Any, ...]

    def at(self, place: int) -> Any:
        """The cell of a column; a row may be shorter than the header."""
        return self.cells[place] if place < len(self.cells) else None

    def filled(self) -> list[Any]:
        """The cells that hold something."""
        return [cell for cell in self.cells if cell is not None]


@dataclass(frozen=True, slots=True, kw_only=True)
class Grid:
    """An export before it is known which row heads it. `names`: the columns where the format itself names them;
    `merged`: first and last row of cells that are merged."""

    path: Path
    lines: Callable[[], Iterator[Line]]
    findings: tuple[str, ...] = ()
    names: tuple[str, ...] | None = None
    merged: tuple[tuple[int, int], ...] = ()

    def head(self) -> list[Line]:
        """The first rows."""
        return list(islice(self.lines(), HEAD))


@dataclass(frozen=True, slots=True, kw_only=True)
class Sheet:
    """An export with its columns. `header`: the number of the row that names them, 0 where the format does; `places`:
    where each column stands, by its name as it is compared."""

    path: Path
    columns: tuple[str, ...]
    header: int
    findings: tuple[str, ...]
    places: Mapping[str, int] = field(default_factory=dict)
    grid: Grid

    def rows(self) -> Iterator[Line]:
        """The rows below the header that hold anything."""
        return (line for line in self.grid.lines() if line.number > self.header and line.filled())

    def refuse_merged(self, number: int) -> None:
        """Raise where a row that is used has merged cells: what they cover looks empty, and is not."""
        for first, last in self.grid.merged:
            if first <= number <= last:
                says = f"merged cells lie over rows that are data (rows {first} to {last})"
                help = "unmerge them in the spreadsheet and fill each cell, then save it again"
                raise refused("E0714", self.path, number, says, help)


def refused(code: str, path: Path | str, row: int | None, says: str, help: str) -> CcmPolicyError:
    """Why an export or a mapping cannot be used at all."""
    return CcmPolicyError([error(code, says, place=Place(str(path), row), help=help)])


MOST_NAMED = 60
"""Columns that a text names; the rest are counted."""


def some(names: Iterable[str]) -> str:
    """Names of columns for a person, no more than can be read."""
    every = list(names)
    more = f" and {len(every) - MOST_NAMED:,} more" if len(every) > MOST_NAMED else ""
    return f"{', '.join(every[:MOST_NAMED])}{more}"


def compared(name: str) -> str:
    """The name of a column as it is compared: without regard to case and to how its words are spaced."""
    return " ".join(name.split()).casefold()


def headed(grid: Grid, wanted: Sequence[str], header: int | None = None) -> Sheet:
    """The sheet of a grid whose columns have these names; raises where no row has them."""
    if grid.names is not None:
        return _sheet(grid, grid.names, 1, wanted)
    head = grid.head()
    if not any(line.filled() for line in head):
        raise refused("E0722", grid.path, None, "there is nothing in it", "check how the export was made")
    names = {compared(name) for name in wanted}
    if header is None:
        shared = [len(names & {compared(_name(cell)) for cell in line.filled()}) for line in head]
        best = max(range(len(head)), key=lambda at: shared[at])
        line = head[best] if shared[best] else head[probable(head)]
        if not shared[best]:
            refuse_nameless(grid, line)
        if shared[best] < len(names):
            _refuse_two(grid, head, head.index(line), names)
    else:
        found = next((each for each in head if each.number == header), None)
        if found is None:
            raise refused("E0722", grid.path, header, "the row that the mapping calls the header is not there", _SAYS)
        line = found
    return _sheet(grid, [_name(cell) for cell in line.cells], line.number, wanted)


_SAYS = "`header:` is the number of the row that names the columns, as the spreadsheet shows it"


def probable(head: Sequence[Line]) -> int:
    """Which row most likely names the columns: the first that is all words and about as wide as the widest."""
    widest = max(len(line.filled()) for line in head)
    for at, line in enumerate(head):
        filled = line.filled()
        if 2 * len(filled) > widest and _heads(filled) and len(filled) >= min(2, widest):
            return at
    return next(at for at, line in enumerate(head) if line.filled())


def refuse_nameless(grid: Grid, line: Line) -> None:
    """Raise where a row is data, and names no columns; its cells are a patient's, and are not shown."""
    if any(map(_is_data, line.filled())):
        help = "write a row above the data that names them; where there is one, `header:` in the mapping says which"
        raise refused("E0785", grid.path, line.number, "no row names the columns", help)


def above(grid: Grid, header: int) -> Line | None:
    """The row above the header, where it heads columns too and is no title."""
    line = next((each for each in grid.head() if each.number == header - 1), None)
    return line if line and len(line.filled()) >= 3 and all(_wordy(cell) for cell in line.filled()) else None


def _heads(cells: Sequence[Any]) -> bool:
    """Whether cells look like names of columns; a few may have many digits (`ICD10`), but none is without a letter."""
    lettered = all(isinstance(cell, str) and any(char.isalpha() for char in cell) for cell in cells)
    return lettered and 4 * sum(map(_wordy, cells)) >= 3 * len(cells)


def _wordy(cell: Any) -> bool:
    """Whether a cell looks like a name and not like data."""
    if not isinstance(cell, str):
        return False
    digits = sum(char.isdigit() for char in cell)
    return any(char.isalpha() for char in cell) and digits * 3 < len(cell) and len(cell) <= 60 and "@" not in cell


def _is_data(cell: Any) -> bool:
    """Whether a cell can be no name: a number, a day, a time."""
    return not isinstance(cell, str) or bool(_NUMERIC.fullmatch(cell))


def _name(cell: Any) -> str:
    return " ".join(str(cell).split()) if cell is not None else ""


def _refuse_two(grid: Grid, head: Sequence[Line], at: int, names: set[str]) -> None:
    """Raise where the names that are missing stand in the row above or below."""
    own = {compared(_name(cell)) for cell in head[at].filled()}
    for other in (at - 1, at + 1):
        if 0 <= other < len(head) and (names - own) & {compared(_name(cell)) for cell in head[other].filled()}:
            raise two_headers(grid, *sorted((head[at].number, head[other].number)))


def two_headers(grid: Grid, first: int, second: int) -> CcmPolicyError:
    """Two rows name the columns."""
    says = f"two rows head the columns (rows {first} and {second})"
    help = "make one row of them, each column with a name of its own, and save the file again"
    return refused("E0713", grid.path, first, says, help)


def _sheet(grid: Grid, names: Iterable[str], header: int, wanted: Sequence[str]) -> Sheet:
    columns = list(names)
    while columns and not columns[-1]:
        columns.pop()
    places: dict[str, int] = {}
    for place, name in enumerate(columns):
        if name and compared(name) in places and compared(name) in {compared(each) for each in wanted}:
            upper = above(grid, header) if header else None
            if upper is not None:
                raise two_headers(grid, upper.number, header)
            help = "give each column a name of its own, and save the file again"
            raise refused("E0723", grid.path, header or None, f"the column `{name}` stands twice", help)
        places.setdefault(compared(name), place)
    for name in wanted:
        if compared(name) not in places:
            near = nearest(name, [each for each in columns if each])
            listed = some(f"`{each}`" for each in columns if each)
            help = f"did you mean `{near}`?" if near else f"the columns are {listed}"
            raise refused("E0718", grid.path, header or None, f"there is no column `{name}`", help)
    findings = list(grid.findings)
    skipped = sum(1 for line in grid.head() if line.number < header and line.filled()) if grid.names is None else 0
    if skipped:
        findings.append(f"row {header} names the columns; {skipped} above it {'is' if skipped == 1 else 'are'} titles")
    return Sheet(
        path=grid.path,
        columns=tuple(columns),
        header=header,
        findings=tuple(findings),
        places={name: place for name, place in places.items() if name},
        grid=grid,
    )
