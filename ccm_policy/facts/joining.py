"""Tables joined into records: `patient_months`, and one table for each list or group of facts, by the record's key.

A table that is not there is an absent list for everybody. A table without rows for a key is an empty list, unless the
column `<list>_given` of `patient_months` says no. Tables of the practice (lists that others look up, groups named
`practice…`) carry no key and belong to every record. An empty cell is absence.

Tables in any order: their rows are kept on the disk and given back by patient-month.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from typing import Any

from ccm_policy.facts import durations
from ccm_policy.facts.checking import Raw
from ccm_policy.facts.chunks import Chunk, Item, Items, Source, nothing_but, parts
from ccm_policy.facts.kept_rows import Kept, KeptRows, Key, packed, unpacked
from ccm_policy.facts.plan import MONTH, OWN_PRACTITIONER, PATIENT, PRACTITIONER, Plan
from ccm_policy.facts.scalars import Bad, listing
from ccm_policy.facts.tables import GIVEN, MAIN, Row, Table, key_columns, timed
from ccm_policy.facts.values import UNKNOWN
from ccm_policy.language.diagnostics import Diagnostic, Place, error


@dataclass(frozen=True, slots=True, kw_only=True)
class _Layout:
    """What must be known of a table to read its rows again. `keys`: the columns that say whose a row is; `list`:
    whether its rows are records of a list; `ways`: how its durations are meant."""

    name: str
    file: str
    columns: tuple[str, ...]
    keys: tuple[str, ...]
    list: bool
    ways: Mapping[str, durations.Way] = field(default_factory=dict)

    def cells(self, text: str) -> dict[str, Any]:
        """The cells of a row that are not empty, by column, without the key."""
        cells: dict[str, Any] = dict(zip(self.columns, unpacked(text), strict=True))
        cells = {name: cell for name, cell in cells.items() if cell is not None and name not in self.keys}
        for column, way in self.ways.items():
            cells = durations.in_row(cells, column, way)
        return cells


@dataclass(frozen=True, slots=True)
class _OfPractice:
    """A table that belongs to every record."""

    name: str
    file: str
    numbers: list[int]
    value: Any


@dataclass(frozen=True, slots=True)
class _Folder:
    """All tables but for the rows of patients. `lists`: the names of lists, of which the main table may say that they
    are given."""

    main: _Layout
    tables: tuple[_Layout, ...]
    of_practice: tuple[_OfPractice, ...]
    lists: frozenset[str]


@dataclass(frozen=True, slots=True)
class Joined:
    """Patient-months, each with its rows of every table."""

    folder: _Folder
    months: tuple[tuple[Kept, tuple[tuple[Kept, ...], ...]], ...]

    def items(self) -> Iterator[Item]:
        """The records."""
        return (_record(self.folder, number, cells, rows) for (number, cells), rows in self.months)

    def keys(self) -> Iterator[object]:
        """Patient and month of each."""
        for (_, text), _ in self.months:
            cells = self.folder.main.cells(text)
            yield (text_of(cells.get(PATIENT)), text_of(cells.get(MONTH)))

    def only(self, places: Sequence[int]) -> Iterator[Item]:
        """Some of the records."""
        return Joined(self.folder, tuple(self.months[place] for place in places)).items()


def _record(folder: _Folder, number: int, text: str, rows: tuple[tuple[Kept, ...], ...]) -> Item:
    data: dict[str, Any] = {}
    given: dict[str, bool | None] = {}
    origins: dict[str, tuple[str, list[int]]] = {}
    for column, cell in folder.main.cells(text).items():
        said = _said(column, cell, folder.lists)
        if said is None:
            data[PRACTITIONER if column == OWN_PRACTITIONER else column] = cell
        else:
            given[column.removesuffix(GIVEN)] = said if isinstance(said, bool) else None
    for table, found in zip(folder.tables, rows, strict=True):
        if table.list:
            data[table.name] = [table.cells(cells) for _, cells in found]
            origins[table.name] = (table.file, [number for number, _ in found])
        elif found:
            data[table.name] = table.cells(found[0][1])
            origins[table.name] = (table.file, [found[0][0]])
    for practice in folder.of_practice:
        data[practice.name] = practice.value
        origins[practice.name] = (practice.file, practice.numbers)
    wrong = tuple(_settle_given(data, given, folder.main.file, number))
    return wrong or Raw(data, folder.main.file, number, origins)


def _settle_given(
    data: dict[str, Any], given: Mapping[str, bool | None], file: str, number: int
) -> Iterator[Diagnostic]:
    """What the columns `<list>_given` say: yes without rows is an empty list, no is a list that was not given, and
    unknown one of which nobody knows."""
    patient = " ".join(part for part in (text_of(data.get(PATIENT)), text_of(data.get(MONTH))) if part)
    for name, is_given in given.items():
        if is_given:
            data.setdefault(name, [])
        elif data.get(name):
            said = _NOBODY_KNOWS if is_given is None else "no"
            says = f"`{name}{GIVEN}` says {said}, but the table `{name}` has rows for this patient-month"
            place = Place(file, number, name + GIVEN, patient)
            yield error("E0545", says, place=place, help="take the rows out, or say yes")
        elif is_given is None:
            data[name] = None
        else:
            data.pop(name, None)


def _said(column: str, cell: Any, lists: Iterable[str]) -> bool | Bad | str | None:
    """Whether a list is given, by a column that says so, or the word for what nobody knows; None: it is another
    column."""
    if not column.endswith(GIVEN) or column.removesuffix(GIVEN) not in lists:
        return None
    words: dict[str, bool | str] = {
        "yes": True,
        "true": True,
        "no": False,
        "false": False,
        _NOBODY_KNOWS: _NOBODY_KNOWS,
    }
    said = words.get(str(cell).strip().lower())
    return Bad("E0532", f"`{column}` must be yes or no, or unknown") if said is None else said


_NOBODY_KNOWS = UNKNOWN.value


def text_of(cell: Any) -> str:
    """A cell of the key as text; empty where there is none that can be read."""
    return cell.strip() if isinstance(cell, str) else "" if cell is None or isinstance(cell, Bad) else str(cell)


# --- reading the tables ----------------------------------------------------------------------------------------------


@contextmanager
def joined(
    tables: Iterable[Table | list[Diagnostic]], plan: Plan, problems: list[Diagnostic], *, tells: bool = True
) -> Iterator[Source]:
    """The records that the tables make, in the order of `patient_months`, and what cannot be joined. Nothing is read
    where one of the tables cannot be, or there are `problems` already. `tells`: whether the rows of a table tell how
    its durations are meant, as the rows of a part of it do not."""
    reading = _Reading(plan, KeptRows(), tells)
    try:
        wrong = list(problems)
        for table in tables:
            wrong += table if isinstance(table, list) else reading.add(table)
        yield nothing_but(wrong) if wrong else reading.source()
    finally:
        reading.kept.close()


@dataclass(slots=True)
class _Reading:
    plan: Plan
    kept: KeptRows
    tells: bool
    main: _Layout | None = None
    others: list[tuple[_Layout, list[Row] | None]] = field(default_factory=list)
    """The other tables in order, with the rows of those that belong to every record."""

    def add(self, table: Table) -> list[Diagnostic]:
        """Read a table; or why the whole of it cannot be used."""
        records = self.plan.lists.get(table.name)
        clock = None if records is None or records.clock is None else records.clock[:2]
        columns = [(name, type) for name, type in timed(table.name, self.plan) if name in table.columns]
        tellings = [durations.Telling(column=name, type=type, clock=clock) for name, type in columns]
        wrong: list[Diagnostic] = []
        rows = _rows(table, tellings, wrong)
        keys = key_columns(table.name, self.plan)
        layout = _Layout(
            name=table.name,
            file=table.file,
            columns=table.columns,
            keys=() if table.name == MAIN else keys,
            list=records is not None,
        )
        practice: list[Row] | None = None
        if table.name == MAIN:
            self.kept.add_months(self._month(row, layout) for row in rows)
        elif PATIENT not in table.columns:
            practice = list(rows)
        else:
            self.kept.add((row.number, _key(row, keys), row.bad, _packed(row, layout)) for row in rows)
        told = {telling.column: telling.way() for telling in tellings if self.tells}
        ways = {name: table.said.get(name) or told.get(name) for name, _ in columns}
        for column in (column for column, way in ways.items() if way == durations.EITHER and not wrong):
            place = Place(table.file, None, column)
            return [error("E0550", f"`{column}` {durations.SAYS}", place=place, help=durations.HELP)]
        known = {column: way for column, way in ways.items() if way is not None and way != durations.EITHER}
        layout = replace(layout, ways=known)
        if table.name == MAIN:
            self.main = layout
        else:
            self.others.append((layout, practice))
        return wrong

    def _month(self, row: Row, layout: _Layout) -> tuple[int, Key, Bad | None, str]:
        bad = row.bad
        for column, cell in row.cells.items():
            said = _said(column, cell, self.plan.lists)
            bad = said if isinstance(said, Bad) else bad
        either = [row.cells[column] for column in row.cells if column in (PRACTITIONER, OWN_PRACTITIONER)]
        key = (text_of(row.cells.get(PATIENT)), text_of(row.cells.get(MONTH)), text_of(either[-1] if either else None))
        return row.number, key, bad, _packed(row, layout)

    def source(self) -> Source:
        """What was read, as a source."""
        assert self.main is not None, "a folder without it has problems"
        self.kept.all_added()
        told = list(self._problems(self.main))
        practice = tuple(
            _of_practice(layout, rows) for layout, rows in self.others if rows or (rows is not None and layout.list)
        )
        tables = tuple(layout for layout, rows in self.others if rows is None)
        folder = _Folder(self.main, tables, practice, frozenset(self.plan.lists))

        def chunks() -> Iterator[Chunk]:
            yield from map(Items, parts(told))
            yield from (Joined(folder, months) for months in parts(self.kept.months()))

        def keys() -> Iterator[object]:
            yield from (None for _ in told)
            yield from self.kept.keys()

        return Source(chunks, keys=keys)

    def _problems(self, main: _Layout) -> Iterator[Diagnostic]:
        """What cannot be joined; the patient-months that it belongs to are not used."""
        for number, key, bad in self.kept.bad_months():
            yield _bad_row(bad, number, main.file, _named(key))
        number = 0
        for layout, rows in self.others:
            if rows is not None:
                wrong = list(_practice_problems(layout, rows))
                if wrong:
                    self.kept.refuse(None)
                yield from wrong
                continue
            number += 1
            refused: list[Key] = []
            yield from self._not_joined(layout, number, refused)
            if not layout.list:
                for row, key in self.kept.given_twice(number):
                    refused.append(key)
                    says = f"this patient-month stands twice in `{layout.name}`"
                    place = Place(layout.file, row, None, _named(key))
                    yield error("E0540", says, place=place, help="keep one row")
            self.kept.refuse(refused)

    def _not_joined(self, layout: _Layout, number: int, refused: list[Key]) -> Iterator[Diagnostic]:
        """What is wrong with rows of a table; the keys to which they belong join `refused`."""
        names_practitioner = layout.keys[2] in layout.columns
        for row, key, bad, owners in self.kept.suspect(number, names_practitioner=names_practitioner):
            empty = next((column for column, part in zip(layout.keys[:2], key[:2], strict=True) if not part), None)
            place = Place(layout.file, row, None, _named(key) or None)
            refused += owners if empty is None else []
            if empty is not None:
                says = f"`{empty}` is empty, so the row belongs to nobody"
                yield error("E0519", says, place=Place(layout.file, row, empty), help="fill it in")
            elif not owners:
                says = f"this row of `{layout.name}` has no patient-month: the table `{MAIN}` has no row with its key"
                hint = f"add the row to `{MAIN}`, or correct the key ({listing(layout.keys)})"
                yield error("E0519", says, place=place, help=hint)
            elif bad is not None:
                yield _bad_row(bad, row, layout.file, _named(key))
            else:
                says = "this patient has several practitioners in the month, and the row does not say whose it is"
                hint = f"add a column `{layout.keys[2]}`; an empty cell in it means all of them"
                yield error("E0520", says, place=place, help=hint)


def _rows(table: Table, tellings: Iterable[durations.Telling], wrong: list[Diagnostic]) -> Iterator[Row]:
    """The rows, up to one for which the whole table is refused."""
    for row in table.rows:
        if isinstance(row, Diagnostic):
            wrong.append(row)
            return
        for telling in tellings:
            telling.add(row.cells)
        yield row


def _key(row: Row, keys: tuple[str, str, str]) -> Key:
    patient, month, practitioner = (text_of(row.cells.get(column)) for column in keys)
    return patient, month, practitioner


def _named(key: Key) -> str:
    return " ".join(part for part in key[:2] if part)


def _packed(row: Row, layout: _Layout) -> str:
    return packed([row.cells.get(column) for column in layout.columns])


def _bad_row(bad: Bad, number: int, file: str, patient: str) -> Diagnostic:
    return error(bad.code, bad.says, place=Place(file, number, None, patient or None), help=bad.what_to_do())


def _practice_problems(layout: _Layout, rows: list[Row]) -> Iterator[Diagnostic]:
    yield from (_bad_row(row.bad, row.number, layout.file, "") for row in rows if row.bad is not None)
    if not layout.list and len(rows) != 1:
        says = f"`{layout.name}` is about the practice and needs one row; it has {len(rows)}"
        yield error("E0513", says, place=Place(layout.file), help="keep one row of values below the header")


def _of_practice(layout: _Layout, rows: list[Row]) -> _OfPractice:
    cells = [row.cells for row in rows]
    for column, way in layout.ways.items():
        cells = [durations.in_row(each, column, way) for each in cells]
    return _OfPractice(layout.name, layout.file, [row.number for row in rows], cells if layout.list else cells[0])
