"""Work that runs past midnight: each of its minutes lies on its own day, and what a sum asks is asked of each day."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from fractions import Fraction

from ccm_policy.evaluate.calendar import shifted
from ccm_policy.evaluate.overlaps import Clocked, clocked
from ccm_policy.evaluate.patient_month import Cell, Record
from ccm_policy.evaluate.ranges import Days, at_most, on_day
from ccm_policy.evaluate.scene import Scene
from ccm_policy.facts.clock import A_DAY
from ccm_policy.facts.values import NONE, UNKNOWN, Value
from ccm_policy.language.tree import OverlapCheck
from ccm_policy.language.truth import Truth


@dataclass(frozen=True, slots=True)
class Part:
    """The minutes that a record has on one day, as a record of these alone, and which part of all its minutes they
    are."""

    record: Record
    of_all: Fraction


@dataclass(frozen=True, slots=True, kw_only=True)
class PastMidnight:
    """A record that runs past midnight, or may. `when` it was. `moved`: the record as the next day would have it.
    `inside`: whether it may be dated on that day. `parts`: its minutes before midnight and after; None while it is not
    known at what time it was."""

    when: Clocked
    moved: Record
    inside: Truth
    parts: tuple[Part, Part] | None


def past_midnight(record: Record, row: int, check: OverlapCheck, scene: Scene) -> PastMidnight | None:
    """What becomes of a record that may run past midnight; None where it certainly ends on its own day."""
    start, end, minutes = check.clock
    if record.unseen or not _may_be_timed(scene.facts.cell(record, start), scene.facts.cell(record, end)):
        return None
    when = clocked(record, row, check, scene.facts, scene)
    if when is None:
        return None
    begun = when.first - when.days.low.toordinal() * A_DAY
    latest = when.last - when.length - when.days.high.toordinal() * A_DAY
    if latest + when.length <= A_DAY:
        return None
    declared = scene.vocabulary.lists[record.list]
    day = declared.date_field or ""
    days = Days(shifted(when.days.low, 1, "day"), shifted(when.days.high, 1, "day"))
    next_day: dict[str, Value] = {day: days.low} if days.settled else {}
    parts = None
    if begun == latest and scene.facts.cell(record, minutes).value == when.length:
        before, after = A_DAY - begun, begun + when.length - A_DAY
        at = f"{int(begun) // 60:02}:{int(begun) % 60:02}"
        own = _changed(record, {start: at, end: NONE, minutes: before}, "before midnight", scene)
        rest = _changed(record, {**next_day, start: "00:00", end: NONE, minutes: after}, "after midnight", scene)
        parts = (Part(own, before / when.length), Part(rest, after / when.length))
    return PastMidnight(
        when=when,
        moved=_changed(record, next_day, "after midnight", scene),
        inside=not declared.fields[day].type.in_month or at_most(days, on_day(scene.last_day)),
        parts=parts,
    )


def _may_be_timed(start: Cell, end: Cell) -> bool:
    return start.value is not NONE or end.value is not UNKNOWN or end.null


def _changed(record: Record, values: Mapping[str, Value], when: str, scene: Scene) -> Record:
    """The record with other values of some fields, which reasons tell apart from what was recorded."""
    held = {name: scene.facts.cell(record, name) for name in scene.vocabulary.lists[record.list].fields}
    other = {name: value for name, value in values.items() if held[name].value != value}
    cells = held | {name: Cell(value, presumed=True) for name, value in other.items()}
    aliases = {**record.aliases, **{name: f"{record.path_of(name)} {when}" for name in other}}
    return replace(record, cells=cells, aliases=aliases)
