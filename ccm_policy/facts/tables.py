"""Tables joined into records: `patient_months`, and one table for each list or group of facts, by the record's key.

A table that is not there is an absent list for everybody. A table without rows for a key is an empty list, unless the
column `<list>_given` of `patient_months` says no. Tables of the practice (lists that others look up, groups named
`practice…`) carry no key and belong to every record. An empty cell is absence.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field, replace
from typing import Any

from ccm_policy.facts import durations
from ccm_policy.facts.checking import Raw
from ccm_policy.facts.plan import MONTH, OWN_PRACTITIONER, PATIENT, PRACTITIONER, Group, OneRecord, Plan, Records
from ccm_policy.facts.scalars import Bad, listing
from ccm_policy.language.diagnostics import Diagnostic, Place, error
from ccm_policy.language.nearest import nearest_called
from ccm_policy.language.tree import Type

MAIN = "patient_months"
GIVEN = "_given"
_OF_PRACTICE = "practice"
MOST_COLUMNS = 20
"""Unknown columns of a table that are named; the rest are counted."""


@dataclass(frozen=True, slots=True)
class Row:
    """The cells of a row that are not empty, by column, and its number as a spreadsheet counts (the header is row
    1)."""

    number: int
    cells: dict[str, Any]
    bad: Bad | None = None


@dataclass(frozen=True, slots=True)
class Table:
    """A table as read: its name (the file's, without ending), its columns and rows. `said`: columns of durations
    whose name says how they are meant."""

    name: str
    file: str
    columns: tuple[str, ...]
    rows: tuple[Row, ...]
    said: Mapping[str, durations.Way] = field(default_factory=dict)


def columns_of(header: Iterable[str], name: str, plan: Plan) -> tuple[list[str], dict[str, durations.Way]]:
    """The names of a table's columns, and what those of durations say of themselves: `minutes (h:mm)`."""
    timed = {path for path, _ in _timed(name, plan)}
    given = list(header)
    names, said = durations.said_by(given)
    kept = [short if short in timed else whole for short, whole in zip(names, given, strict=True)]
    return kept, {column: way for column, way in said.items() if column in timed}


def with_durations(table: Table, plan: Plan) -> Table | list[Diagnostic]:
    """The table with its durations in hours, minutes and seconds, or why a column of them cannot be read."""
    rows = table.rows
    for column, type in _timed(table.name, plan):
        records = plan.lists.get(table.name)
        clock = None if records is None or records.clock is None else records.clock[:2]
        way = table.said.get(column) or durations.way_of(column, [row.cells for row in rows], type, clock)
        if way == durations.EITHER:
            place = Place(table.file, None, column)
            return [error("E0550", f"`{column}` {durations.SAYS}", place=place, help=durations.HELP)]
        if way is not None:
            rows = tuple(replace(row, cells=durations.in_row(row.cells, column, way)) for row in rows)
    return replace(table, rows=rows)


def _timed(name: str, plan: Plan) -> list[tuple[str, Type]]:
    """The columns of a table that hold minutes."""
    node = plan.root if name == MAIN else plan.root.names.get(name)
    if isinstance(node, Records):
        return [(leaf.path, leaf.type) for leaf in node.durations]
    if not isinstance(node, Group):
        return []
    own = len(node.path) + 1 if node.path else 0
    ones = [one for one in node.names.values() if isinstance(one, OneRecord)]
    short = [(f"{one.name}.{leaf.path}", leaf.type) for one in ones for leaf in one.records.durations]
    return [*short, *((leaf.path[own:], leaf.type) for leaf in node.leaves() if leaf.type.unit == "minute")]


@dataclass(slots=True)
class _Month:
    """A patient-month being put together; `refused` where a row of it cannot be used."""

    row: Row
    key: tuple[str, str, str | None]
    data: dict[str, Any]
    given: dict[str, bool]
    origins: dict[str, tuple[str, list[int]]] = field(default_factory=dict)
    refused: bool = False


def key_columns(name: str, plan: Plan) -> tuple[str, str, str]:
    """The columns that say whose a row is. The practitioner's is `practitioner_id`, unless the list has a field of
    that name."""
    records = plan.lists.get(name)
    own = records is not None and OWN_PRACTITIONER in records.decl.fields
    return (PATIENT, MONTH, PRACTITIONER if own or name == MAIN else OWN_PRACTITIONER)


def of_practice(name: str, plan: Plan) -> bool:
    """Whether a table may stand without a key, for every record."""
    return name in plan.registers or name.startswith(_OF_PRACTICE)


def joined(tables: Mapping[str, Table], plan: Plan) -> Iterator[Raw | Diagnostic]:
    """The records that the tables make, in the order of `patient_months`, and what cannot be joined."""
    months, problems = _months(tables[MAIN], plan)
    yield from problems
    by_patient: dict[tuple[str, str], list[_Month]] = {}
    for month in months:
        by_patient.setdefault(month.key[:2], []).append(month)
    for name, table in tables.items():
        if name != MAIN:
            yield from _join(table, plan, months, by_patient)
    for month in months:
        yield from _settle_given(month, tables[MAIN].file)
        if not month.refused:
            yield Raw(month.data, tables[MAIN].file, month.row.number, month.origins)


def _settle_given(month: _Month, file: str) -> Iterator[Diagnostic]:
    """What the columns `<list>_given` say: yes without rows is an empty list, no is a list that was not given."""
    for name, is_given in month.given.items():
        if is_given:
            month.data.setdefault(name, [])
        elif month.data.get(name):
            month.refused = True
            says = f"`{name}{GIVEN}` says no, but the table `{name}` has rows for this patient-month"
            place = Place(file, month.row.number, name + GIVEN, _named(month))
            yield error("E0545", says, place=place, help="take the rows out, or say yes")
        else:
            month.data.pop(name, None)


def _months(table: Table, plan: Plan) -> tuple[list[_Month], list[Diagnostic]]:
    months: list[_Month] = []
    problems: list[Diagnostic] = []
    for row in table.rows:
        data: dict[str, Any] = {}
        given: dict[str, bool] = {}
        for column, cell in row.cells.items():
            name = column.removesuffix(GIVEN)
            if name != column and name in plan.lists:
                said = {"yes": True, "true": True, "no": False, "false": False}.get(str(cell).strip().lower())
                if said is None:
                    row = Row(row.number, row.cells, Bad("E0532", f"`{column}` must be yes or no"))
                else:
                    given[name] = said
            else:
                data[PRACTITIONER if column == OWN_PRACTITIONER else column] = cell
        key = (_text(data.get(PATIENT)), _text(data.get(MONTH)), _text(data.get(PRACTITIONER)) or None)
        month = _Month(row, key, data, given)
        if row.bad is not None:
            month.refused = True
            problems.append(_bad_row(row, table, _named(month)))
        months.append(month)
    return months, problems


def _bad_row(row: Row, table: Table, patient: str) -> Diagnostic:
    assert row.bad is not None
    return error(
        row.bad.code,
        row.bad.says,
        place=Place(table.file, row.number, None, patient or None),
        help=row.bad.what_to_do(),
    )


def _text(cell: Any) -> str:
    return cell.strip() if isinstance(cell, str) else "" if cell is None else str(cell)


def _named(month: _Month) -> str:
    return " ".join(part for part in month.key[:2] if part)


def _join(
    table: Table, plan: Plan, months: list[_Month], by_patient: Mapping[tuple[str, str], list[_Month]]
) -> Iterator[Diagnostic]:
    records = plan.lists.get(table.name)
    if PATIENT not in table.columns:
        yield from _join_practice(table, records, months)
        return
    keys = key_columns(table.name, plan)
    for month in months:
        if records is not None:
            month.data[table.name] = []
            month.origins[table.name] = (table.file, [])
    for row in table.rows:
        owners, problem = _owners(row, table, keys, by_patient)
        if problem is not None:
            yield problem
            for month in owners:
                month.refused = True
            continue
        cells = {column: cell for column, cell in row.cells.items() if column not in keys}
        for month in owners:
            yield from _add(month, table, row, cells, records)


def _owners(
    row: Row, table: Table, keys: tuple[str, str, str], by_patient: Mapping[tuple[str, str], list[_Month]]
) -> tuple[list[_Month], Diagnostic | None]:
    """The patient-months that a row belongs to: one, unless the key's practitioner is left empty on purpose. With a
    diagnostic: those that the row would have belonged to, and why it cannot be used."""
    patient, month, practitioner = (_text(row.cells.get(column)) for column in keys)
    place = Place(table.file, row.number, None, " ".join(p for p in (patient, month) if p) or None)
    for column, cell in ((PATIENT, patient), (MONTH, month)):
        if not cell:
            says = f"`{column}` is empty, so the row belongs to nobody"
            return [], error("E0519", says, place=Place(table.file, row.number, column), help="fill it in")
    found = by_patient.get((patient, month), [])
    if practitioner:
        found = [m for m in found if m.key[2] == practitioner]
    if not found:
        says = f"this row of `{table.name}` has no patient-month: the table `{MAIN}` has no row with its key"
        hint = f"add the row to `{MAIN}`, or correct the key ({listing(keys)})"
        return [], error("E0519", says, place=place, help=hint)
    if row.bad is not None:
        return found, _bad_row(row, table, _named(found[0]))
    if len({m.key for m in found}) > 1 and keys[2] not in table.columns:
        says = "this patient has several practitioners in the month, and the row does not say whose it is"
        hint = f"add a column `{keys[2]}`; an empty cell in it means all of them"
        return found, error("E0520", says, place=place, help=hint)
    return found, None


def _add(month: _Month, table: Table, row: Row, cells: dict[str, Any], records: Records | None) -> Iterator[Diagnostic]:
    if records is not None:
        month.data[table.name].append(cells)
        month.origins[table.name][1].append(row.number)
    elif table.name in month.data:
        place = Place(table.file, row.number, None, _named(month))
        month.refused = True
        yield error("E0540", f"this patient-month stands twice in `{table.name}`", place=place, help="keep one row")
    else:
        month.data[table.name] = cells
        month.origins[table.name] = (table.file, [row.number])


def _join_practice(table: Table, records: Records | None, months: list[_Month]) -> Iterator[Diagnostic]:
    problems = [_bad_row(row, table, "") for row in table.rows if row.bad is not None]
    if records is None and len(table.rows) != 1:
        says = f"`{table.name}` is about the practice and needs one row; it has {len(table.rows)}"
        problems.append(error("E0513", says, place=Place(table.file), help="keep one row of values below the header"))
    if problems:
        for month in months:
            month.refused = True
        yield from problems
        return
    rows = [row.cells for row in table.rows]
    for month in months:
        month.data[table.name] = rows if records is not None else rows[0]
        month.origins[table.name] = (table.file, [row.number for row in table.rows])


def known_tables(plan: Plan) -> list[str]:
    """The names that a table of a folder may have."""
    groups = [name for name, node in plan.root.names.items() if isinstance(node, Group)]
    return [MAIN, *plan.lists, *groups]


def header_problems(name: str, file: str, columns: Iterable[str], plan: Plan) -> list[Diagnostic]:
    """What is wrong with a table's columns: none known, twice, unknown, the key missing."""
    given = list(columns)
    place = Place(file, 1)
    allowed = allowed_columns(name, plan)
    if not any(c in allowed for c in given):
        hint = f"the first row holds the names of the columns, separated by commas, such as {listing(allowed[:4])}"
        return [error("E0514", "the first row holds no known column name", place=place, help=hint)]
    found: list[Diagnostic] = []
    for column in (c for c, times in Counter(given).items() if times > 1):
        found.append(error("E0514", f"the column `{column}` stands twice", place=place, help="keep one of the two"))
    unknown = [column for column in given if column not in allowed]
    called = {word: path for word, path in _called(name, plan).items() if path in allowed}
    for column in unknown[:MOST_COLUMNS]:
        close = _meant(column, name, allowed, called, plan)
        named = f"`{column}`" if column.isprintable() and len(column) <= 60 else "a column"
        hint = f"did you mean `{close}`?" if close else f"the columns are {listing(allowed)}"
        found.append(error("E0531", f"{named} is not a column of `{name}`", place=place, help=hint))
    if len(unknown) > MOST_COLUMNS:
        more = f"`{name}` has {len(unknown) - MOST_COLUMNS} more columns that are not known"
        found.append(error("E0549", more, place=place, help="mend these first"))
    needs_key = PATIENT in given or not of_practice(name, plan)
    for key in (PATIENT, MONTH):
        if needs_key and key not in given:
            hint = "every row needs it, to say whose it is"
            found.append(error("E0517", f"the table `{name}` has no column `{key}`", place=place, help=hint))
    return found


def _meant(column: str, table: str, allowed: list[str], called: Mapping[str, str], plan: Plan) -> str | None:
    """The column that was probably meant; of minutes with what the name says of durations."""
    short, said = durations.named(column)
    close = nearest_called(short, allowed, called) if said else None
    if close is not None and close in dict(_timed(table, plan)):
        return f"{close}{said}"
    return nearest_called(column, allowed, called)


def _called(name: str, plan: Plan) -> dict[str, str]:
    """What the columns of a table are also called."""
    node = plan.root.names.get(name)
    return node.fields.called if isinstance(node, Records) else plan.root.called if name == MAIN else {}


def allowed_columns(name: str, plan: Plan) -> list[str]:
    """The columns that a table may have, key first."""
    keys = list(key_columns(name, plan))
    if name == MAIN:
        short = [node for node in plan.root.names.values() if isinstance(node, OneRecord)]
        ones = [f"{one.name}.{leaf.path}" for one in short for leaf in one.records.fields.leaves()]
        facts = [leaf.path for leaf in plan.root.leaves()]
        return list(dict.fromkeys([*keys, OWN_PRACTITIONER, *facts, *ones, *(n + GIVEN for n in plan.lists)]))
    node = plan.root.names.get(name)
    if isinstance(node, Records):
        return list(dict.fromkeys([*keys, *(leaf.path for leaf in node.fields.leaves())]))
    if isinstance(node, Group):
        return list(dict.fromkeys([*keys, *(leaf.path[len(node.path) + 1 :] for leaf in node.leaves())]))
    return keys
