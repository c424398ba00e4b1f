"""The first or last day of many records, and one record out of a list by its day (S16 to S18)."""

from __future__ import annotations

from ccm_policy.evaluate.aggregates import Match, day_of, matches, with_list
from ccm_policy.evaluate.calendar import AFTER_ALL, BEFORE_ALL
from ccm_policy.evaluate.expressions import days_of, field_of
from ccm_policy.evaluate.ranges import Days, Picked, Result, hull, on_day
from ccm_policy.evaluate.scene import Bound, Reader, Scene
from ccm_policy.evaluate.trace import Trace
from ccm_policy.facts.values import NONE, UNKNOWN
from ccm_policy.language import tree


def _extreme_of(dated: list[tuple[Match, Days]], how: str) -> Days:
    """From the first possible record to the first certain one, or likewise the last (S16, S17)."""
    possible = [days for match, days in dated if match.truth is not False]
    certain = [days for match, days in dated if match.truth is True]
    if how == "earliest":
        return Days(
            min((d.low for d in possible), default=AFTER_ALL), min((d.high for d in certain), default=AFTER_ALL)
        )
    return Days(max((d.low for d in certain), default=BEFORE_ALL), max((d.high for d in possible), default=BEFORE_ALL))


def _extreme(node: tree.Extreme, scene: Scene, bound: Bound) -> Trace:
    found = matches(node.records, scene, bound)
    fields = [scene.evaluate(node.field, match.bound) for match in found]
    dated = [(match, days_of(field)) for match, field in zip(found, fields, strict=True)]
    value = _extreme_of(dated, node.how)
    parts = tuple(_dated_part(match, field) for match, field in zip(found, fields, strict=True))
    near = [_may_be_it(days, value, node.how) and match.truth is not False for match, days in dated]
    decided_by = tuple(part for part, counts in zip(parts, near, strict=True) if counts)
    return Trace(node, value, with_list(parts, node.records, scene), decided_by or None)


def _may_be_it(days: Days, value: Days, how: str) -> bool:
    return days.low <= value.high if how == "earliest" else days.high >= value.low


def _dated_part(match: Match, field: Trace) -> Trace:
    """A record's part in a first or last day: open while it may not match, or its day is not known."""
    if match.truth is False:
        return Trace(None, False, (match.trace,), label=match.record.path)
    known = match.truth is True and field.settled
    return Trace(None, True if known else UNKNOWN, (match.trace, field), label=match.record.path)


def _pick(node: tree.Pick, scene: Scene, bound: Bound) -> Trace:
    """The records that may be first or last by their date. Of equal dates the earlier row is first, the later last."""
    found = [match for match in matches(node.records, scene, bound) if match.truth is not False]
    fields = [day_of(match.record, node.by, scene) for match in found]
    dated = [(match, days_of(field)) for match, field in zip(found, fields, strict=True)]
    certain = [(row, days) for row, (match, days) in enumerate(dated) if match.truth is True]
    rows = [row for row, (_, days) in enumerate(dated) if not _beaten(row, days, certain, node.how)]
    picked = Picked(tuple(found[row].record for row in rows), not certain, _extreme_of(dated, node.how))
    parts = tuple(_dated_part(match, field) for match, field in zip(found, fields, strict=True))
    return Trace(node, picked, with_list(parts, node.records, scene), tuple(parts[row] for row in rows) or None)


def _beaten(row: int, days: Days, certain: list[tuple[int, Days]], how: str) -> bool:
    """Whether another record certainly comes first, or last."""
    others = [(c, other) for other, c in certain if other != row]
    if how == "earliest":
        return any((c.high, other) < (days.low, row) for c, other in others)
    return any((c.low, other) > (days.high, row) for c, other in others)


def _picked_field(node: tree.PickedField, scene: Scene, bound: Bound) -> Trace:
    """A field of the picked record: the hull over the records that it may be."""
    pick = scene.definitions[node.definition].value
    trace = scene.defined(node.definition)
    picked = trace.value
    assert isinstance(pick, tree.Pick) and isinstance(picked, Picked), "the checker lets no other definition be read so"
    fields = tuple(field_of(record, node.field, node.type, scene) for record in picked.candidates)
    values: list[Result] = [f.value for f in fields]
    if picked.may_be_none:
        values.append(_of_no_record(node, pick.how))
    value = picked.at if node.field == pick.by else hull(values)
    return Trace(node, value, (Trace(None, picked, (trace,), label=node.definition), *fields))


def _of_no_record(node: tree.PickedField, how: str) -> Result:
    if node.type.kind != "date":
        return NONE
    return on_day(AFTER_ALL if how == "earliest" else BEFORE_ALL)


READERS: dict[type, Reader] = {
    tree.Extreme: _extreme,
    tree.Pick: _pick,
    tree.PickedField: _picked_field,
}
