"""What casts doubt on the minutes of a patient-month: a correction below nothing, the same minutes booked under two
programmes, a day of the month beside.

What may take minutes away, or give them to another service, is settled by a person before anything is counted.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from datetime import date

from ccm_policy.facts.plan import Leaf, Plan, Records
from ccm_policy.intake.rows import Record
from ccm_policy.intake.values import UNKNOWN


def taken_away(records: Records, given: Sequence[Record]) -> None:
    """Nobody says which records a correction is of, so that it may be of each: the minutes of all are unknown."""
    for record in given:
        record |= {leaf.path: UNKNOWN for leaf in records.durations}


def bookings(plan: Plan, records: Records) -> list[str]:
    """The fields that say under what a record is booked: their words are those of what a patient is enrolled in, which
    is a list of periods."""
    of_periods = {
        leaf.type.name
        for other in plan.lists.values()
        if other.decl.first_field and other.decl.last_field
        for leaf in _values(other)
    }
    return [leaf.path for leaf in _values(records) if leaf.type.name in of_periods]


def _values(records: Records) -> Iterator[Leaf]:
    """The fields whose words were declared by a name."""
    return (leaf for leaf in records.fields.leaves() if leaf.type.kind == "value" and leaf.type.name)


def booked_twice(records: Records, given: Sequence[Record], booked: Sequence[str]) -> Iterator[tuple[int, int, str]]:
    """The number of each record that another one before it is but for what it is booked under, that one's number, and
    the field. Those with a time of the clock are compared by it where they are decided."""
    if not (records.durations and records.in_month):
        return
    needed = [*records.in_month, *(leaf.path for leaf in records.durations)]
    for field in booked:
        first: dict[tuple[tuple[str, str], ...], int] = {}
        for number, record in enumerate(given):
            if record.get(field, UNKNOWN) == UNKNOWN or (records.clock and records.clock[0] in record):
                continue
            if any(record.get(name, UNKNOWN) == UNKNOWN for name in needed):
                continue
            rest = tuple(sorted((name, value) for name, value in record.items() if name != field))
            before = first.setdefault(rest, number)
            if given[before][field] != record[field]:
                yield number, before, field


def month_beside(records: Records, record: Record, month: str) -> tuple[str, str] | None:
    """The month before or after in which the day of a record lies, and the field of the day. One further away is more
    likely a slip of the pen, and is asked about."""
    for name in records.in_month:
        said = record.get(name, UNKNOWN)
        if said != UNKNOWN and abs(_number(said) - _number(month)) == 1:
            return name, said[:7]
    return None


def _number(day: str) -> int:
    first = date.fromisoformat(f"{day[:7]}-01")
    return first.year * 12 + first.month
