"""The tables of a folder of facts: which there may be, and their columns."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any

from ccm_policy.facts import durations
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
    """A table that is being read: its name (the file's, without ending), its columns and rows. A message among the rows
    refuses the whole table. `said`: columns of durations whose name says how they are meant."""

    name: str
    file: str
    columns: tuple[str, ...]
    rows: Iterable[Row | Diagnostic]
    said: Mapping[str, durations.Way] = field(default_factory=dict)


def columns_of(header: Iterable[str], name: str, plan: Plan) -> tuple[list[str], dict[str, durations.Way]]:
    """The names of a table's columns, and what those of durations say of themselves: `minutes (h:mm)`."""
    minutes = {path for path, _ in timed(name, plan)}
    given = list(header)
    names, said = durations.said_by(given)
    kept = [short if short in minutes else whole for short, whole in zip(names, given, strict=True)]
    return kept, {column: way for column, way in said.items() if column in minutes}


def timed(name: str, plan: Plan) -> list[tuple[str, Type]]:
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


def key_columns(name: str, plan: Plan) -> tuple[str, str, str]:
    """The columns that say whose a row is. The practitioner's is `practitioner_id`, unless the list has a field of
    that name."""
    records = plan.lists.get(name)
    own = records is not None and OWN_PRACTITIONER in records.decl.fields
    return (PATIENT, MONTH, PRACTITIONER if own or name == MAIN else OWN_PRACTITIONER)


def of_practice(name: str, plan: Plan) -> bool:
    """Whether a table may stand without a key, for every record."""
    return name in plan.registers or name.startswith(_OF_PRACTICE)


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
    if close is not None and close in dict(timed(table, plan)):
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
