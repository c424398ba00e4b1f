"""What tables say: whether keys stand in one, and a column for keys, in the edition in force on the date of service."""

from __future__ import annotations

from datetime import date
from fractions import Fraction

from ccm_policy.evaluate.calendar import month_of
from ccm_policy.evaluate.expressions import result_of, unknown_of
from ccm_policy.evaluate.patient_month import Cell
from ccm_policy.evaluate.ranges import Days, Range, Result, exactly, on_day
from ccm_policy.evaluate.scene import Bound, Reader, Scene
from ccm_policy.evaluate.trace import Leaf, Trace
from ccm_policy.facts.values import NONE, UNKNOWN
from ccm_policy.language import tree
from ccm_policy.language.tree import Type


def _keys_of(
    node: tree.InTable | tree.Lookup, scene: Scene, bound: Bound
) -> tuple[tuple[Trace, ...], tuple[str, ...] | None]:
    """The traces of the keys, and their texts where all are known."""
    parts = tuple(scene.evaluate(key, bound) for key in node.keys)
    texts = [_text(part.value) for part in parts]
    return parts, None if None in texts else tuple(t for t in texts if t is not None)


def _text(value: Result) -> str | None:
    """A key as a table writes it; None while it is unknown."""
    if isinstance(value, Range):
        return str(value.low) if value.settled else None
    if isinstance(value, Days):
        return value.low.isoformat() if value.settled else None
    if isinstance(value, bool):
        return "yes" if value else "no"
    return value if isinstance(value, str) else "" if value is NONE else None


def rows_in_force(table: tree.Table, scene: Scene) -> tree.TableRows | None:
    """The edition of a table in force; never the nearest one (L9)."""
    month = scene.month if table.by == "month" else month_of(scene.on)
    return next(
        (e for e in table.editions if (e.first or month) <= month <= (e.last or month)),
        None,
    )


def _in_table(node: tree.InTable, scene: Scene, bound: Bound) -> Trace:
    parts, keys = _keys_of(node, scene, bound)
    edition = rows_in_force(scene.tables[node.table], scene)
    if edition is None:
        return Trace(node, UNKNOWN, (*parts, _no_edition(node.table)))
    return Trace(node, UNKNOWN if keys is None else keys in edition.rows, parts)


def _lookup(node: tree.Lookup, scene: Scene, bound: Bound) -> Trace:
    parts, keys = _keys_of(node, scene, bound)
    table = scene.tables[node.table]
    edition = rows_in_force(table, scene)
    row = None if edition is None or keys is None else edition.rows.get(keys)
    if row is None:
        asks = parts if keys is None else (*parts, _no_edition(node.table))
        return Trace(node, unknown_of(node.type, scene), asks)
    return Trace(node, _cell_of(row[table.columns.index(node.column)], node.type, scene), parts)


def _no_edition(table: str) -> Trace:
    return Trace(None, UNKNOWN, leaf=Leaf(f"table {table}", UNKNOWN))


def _cell_of(text: str | None, type: Type, scene: Scene) -> Result:
    if text is None:
        return result_of(Cell(NONE), type, scene) if type.may_be_none else unknown_of(type, scene)
    if type.kind == "number":
        return exactly(Fraction(text))
    if type.kind == "date":
        return on_day(date.fromisoformat(text))
    return text == "yes" if type.kind == "yes/no" else text


READERS: dict[type, Reader] = {
    tree.InTable: _in_table,
    tree.Lookup: _lookup,
}
