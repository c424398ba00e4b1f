"""Facts from a path: every record is checked by the vocabulary, and a patient-month that is given twice is refused.

A panel is gone through twice: once for the keys alone, of which eight bytes are kept, and once for the records. Of
those whose key may be there twice the whole is looked at in between, since only the facts tell.
"""

from __future__ import annotations

from array import array
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from itertools import pairwise
from pathlib import Path

from ccm_policy.facts.checking import Raw, check_raw
from ccm_policy.facts.chunks import Chunk, Item, Source
from ccm_policy.facts.plan import MONTH, PATIENT, Plan
from ccm_policy.facts.scalars import listing
from ccm_policy.facts.sources import INPUT, STDIN, opened
from ccm_policy.facts.values import Given
from ccm_policy.language.diagnostics import Diagnostic, Place, error

Identity = tuple[object, ...]
"""What tells one record from another, as read."""


@dataclass(frozen=True, slots=True)
class Reader:
    """How the records of one panel are read. `month`: only those of this month; `repeated`: those that are given more
    than once, and what is told of it."""

    plan: Plan
    month: str | None = None
    repeated: Mapping[Identity, Diagnostic] = field(default_factory=dict)

    def read(self, item: Item) -> Given | list[Diagnostic] | None:
        """The facts of an item, or what is wrong with it; None: there are none, or they are of another month."""
        if item is None:
            return None
        if isinstance(item, Diagnostic | tuple):
            return [item] if isinstance(item, Diagnostic) else list(item)
        checked, problems = check_raw(item, self.plan)
        if checked is None:
            return problems if self.month is None or _is_of(item, self.month) else None
        return checked if self.month is None or checked.service_month == self.month else None

    def repeated_as(self, given: Given) -> Diagnostic | None:
        """Why this patient-month is not used, though nothing is wrong with it: it is given more than once."""
        return self.repeated.get(_identity(given, self.plan)) if self.repeated else None


@dataclass(slots=True)
class Seen:
    """What came of a panel so far: `usable` records of the month asked for, the first of the other months, errors."""

    usable: int = 0
    months: set[str] = field(default_factory=set)
    errors: bool = False

    def add(self, other: Seen) -> None:
        """What came of another part of it."""
        self.usable += other.usable
        self.months |= other.months
        self.errors |= other.errors


def read_chunk(chunk: Chunk, reader: Reader, seen: Seen) -> Iterator[Given | Diagnostic]:
    """The records of a chunk, and what is wrong with the rest, in their order."""
    for item in chunk.items():
        found = reader.read(item)
        if isinstance(found, Given):
            seen.usable += 1
            if reader.repeated_as(found) is None:
                yield found
        elif found is None and isinstance(item, Raw):
            seen.months.add(str(item.data.get(MONTH, "")).strip())
        for problem in found if isinstance(found, list) else ():
            seen.errors |= problem.is_error
            yield problem


@dataclass(frozen=True, slots=True)
class Panel:
    """A panel that can be read: its source, how it is read, and how many items it has."""

    source: Source
    reader: Reader
    size: int
    path: Path

    def last(self, seen: Seen) -> Iterator[Diagnostic]:
        """What is told after the last record."""
        yield from self.reader.repeated.values()
        if not seen.usable and not seen.errors and not self.source.problems:
            yield _nothing(self.path, self.reader.month, seen.months)


def panel_of(source: Source, plan: Plan, month: str | None, path: Path) -> Panel:
    """The panel of a source, gone through for its keys."""
    size, twice = _twice(source.every_key())
    repeats = _repeats(source, Reader(plan, month), twice) if twice else {}
    told = {identity: _given_twice(same, plan) for identity, same in repeats.items()}
    return Panel(source, Reader(plan, month, told), size, path)


def stream_path(path: Path, plan: Plan, month: str | None) -> Iterator[Given | Diagnostic]:
    """Every record that can be used, in order, and everything that is wrong with the rest."""
    with opened(path, plan) as source:
        yield from source.problems
        panel, seen = panel_of(source, plan, month, path), Seen()
        for chunk in source.chunks():
            yield from read_chunk(chunk, panel.reader, seen)
        yield from panel.last(seen)


def _is_of(raw: Raw, month: str) -> bool:
    """Whether a faulty record may be of the month asked for: only one that says another month is not."""
    said = raw.data.get(MONTH) if isinstance(raw.data, dict) else None
    return not isinstance(said, str) or said.strip() == month or not said[:4].isdigit()


def _nothing(path: Path, month: str | None, months: Iterable[str]) -> Diagnostic:
    place = Place(INPUT if str(path) == STDIN else str(path))
    if month is None or not months:
        hint = f"a record needs at least `{PATIENT}` and `{MONTH}`"
        return error("E0523", "there are no patient-months in it", place=place, help=hint)
    hint = f"there are records of {listing(sorted(months))}"
    return error("E0523", f"there are no patient-months of {month} in it", place=place, help=hint)


def _identity(given: Given, plan: Plan) -> Identity:
    return tuple(given.facts.get(path) for path in plan.identity)


def _twice(keys: Iterable[object]) -> tuple[int, frozenset[int]]:
    """How many items there are, and the hashes of keys that more than one of them has."""
    hashes, size = array("q"), 0
    for key in keys:
        size += 1
        if key is not None:
            hashes.append(hash(key))
    ordered = sorted(hashes)
    return size, frozenset(one for one, other in pairwise(ordered) if one == other)


@dataclass(slots=True)
class _Same:
    """Records of one patient-month: how it is called, in which file, and the rows of the first of them."""

    key: str
    file: str | None
    rows: list[int | None]
    times: int = 0


_ROWS_TOLD = 5


def _repeats(source: Source, reader: Reader, twice: frozenset[int]) -> dict[Identity, _Same]:
    """Records of one identity contradict each other: none of them is used, since nothing says which is right."""
    seen: dict[Identity, _Same] = {}
    for chunk in source.chunks():
        for item in chunk.only([place for place, key in enumerate(chunk.keys()) if hash(key) in twice]):
            given = reader.read(item)
            if isinstance(given, Given):
                same = seen.setdefault(_identity(given, reader.plan), _Same(given.key, given.file, []))
                same.times += 1
                if len(same.rows) <= _ROWS_TOLD:
                    same.rows.append(given.row)
    return {identity: same for identity, same in seen.items() if same.times > 1}


def _given_twice(same: _Same, plan: Plan) -> Diagnostic:
    rows = ", ".join(str(row) for row in same.rows[:_ROWS_TOLD])
    more = ", …" if same.times > _ROWS_TOLD else ""
    where = f" (rows {rows}{more})" if same.rows[0] is not None else ""
    says = f"this patient-month is given {same.times} times{where}; none of them is used"
    hint = f"keep the right one; what must differ is {listing(plan.identity)}"
    return error("E0540", says, place=Place(same.file, same.rows[1], None, same.key), help=hint)
