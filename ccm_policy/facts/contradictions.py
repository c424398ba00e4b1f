"""Facts of one record that cannot all be right. Nothing is preferred: the record is refused, and the person decides."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from datetime import date
from fractions import Fraction

from ccm_policy.facts.clock import A_DAY, of_day
from ccm_policy.facts.plan import (
    MONTH,
    OWN_GROUP,
    OWN_PRACTITIONER,
    OWN_SPECIALTY,
    PRACTITIONER,
    SAME,
    Plan,
    Records,
)
from ccm_policy.facts.scalars import Bad
from ccm_policy.facts.values import GivenList, Special, Value

Finding = tuple[str | None, str | None, int | None, Bad]
"""A field's path, the list and the index of its record (or None for the month), and what is wrong."""

_OUTSIDE = Bad("E0537", "is a date outside the service month", "move the entry to its own month, or correct the date")
_BACKWARDS = Bad("E0544", "is before the day on which the period starts", "check the two dates")


def contradictions(
    facts: Mapping[str, Value], lists: Mapping[str, GivenList | Special], plan: Plan
) -> Iterator[Finding]:
    """Everything in the record that contradicts something else in it."""
    month = str(facts[MONTH])
    for path in plan.in_month:
        if _outside(facts.get(path), month):
            yield path, None, None, _OUTSIDE
    for name, given in lists.items():
        if isinstance(given, GivenList) and given.rows:
            records = plan.lists[name]
            if len(given.rows) > 1:
                yield from _twice(records, given.rows)
            decl = records.decl
            if not (records.in_month or decl.first_field or records.clock or SAME in decl.fields):
                continue
            for index, row in enumerate(given.rows):
                for path, bad in _of_record(records, row, facts, month):
                    yield path, name, index, bad


def _of_record(
    records: Records, row: Mapping[str, Value], facts: Mapping[str, Value], month: str
) -> Iterator[tuple[str, Bad]]:
    for path in records.in_month:
        if _outside(row.get(path), month):
            yield path, _OUTSIDE
    first, last = records.decl.first_field, records.decl.last_field
    if first and last and _backwards(row.get(first), row.get(last)):
        yield last, _BACKWARDS
    if records.clock is not None:
        start, end, minutes = records.clock
        if _clock_disagrees(row.get(start), row.get(end), row.get(minutes)):
            says = f"is not `{start}` plus `{minutes}`"
            yield end, Bad("E0542", says, f"correct one of `{start}`, `{end}` and `{minutes}`, or leave one out")
    if SAME in row:
        disagreement = _same_disagrees(row, facts)
        if disagreement:
            yield SAME, Bad("E0543", disagreement, f"leave one of `{SAME}` and `{OWN_PRACTITIONER}` out")


def _outside(value: Value | None, month: str) -> bool:
    return isinstance(value, date) and value.isoformat()[:7] != month


def _backwards(first: Value | None, last: Value | None) -> bool:
    return isinstance(first, date) and isinstance(last, date) and last < first


def _clock_disagrees(start: Value | None, end: Value | None, minutes: Value | None) -> bool:
    """Clock times are to the minute, so a difference below one minute is none. An end past midnight is on the next
    day."""
    if not (isinstance(start, str) and isinstance(end, str) and isinstance(minutes, Fraction)):
        return False
    gap = (of_day(end) - of_day(start) - minutes) % A_DAY
    return not (gap < 1 or gap > A_DAY - 1)


def _same_disagrees(row: Mapping[str, Value], facts: Mapping[str, Value]) -> str | None:
    """Whether `same_practitioner` goes against the ids. Two of one group and specialty count as one."""
    same, own, biller = row.get(SAME), row.get(OWN_PRACTITIONER), facts.get(PRACTITIONER)
    if not (isinstance(same, bool) and isinstance(own, str) and isinstance(biller, str)):
        return None
    if not same:
        return f"says no, but `{OWN_PRACTITIONER}` is the practitioner who bills" if own == biller else None
    if own == biller or _colleagues(row, facts):
        return None
    return f"says yes, but `{OWN_PRACTITIONER}` is somebody else"


def _colleagues(row: Mapping[str, Value], facts: Mapping[str, Value]) -> bool:
    group, specialty = row.get(OWN_GROUP), row.get(OWN_SPECIALTY)
    prefix = PRACTITIONER.removesuffix("id")
    return (
        isinstance(group, str)
        and group == facts.get(prefix + OWN_GROUP)
        and (not isinstance(specialty, str) or specialty == facts.get(prefix + OWN_SPECIALTY))
    )


def _twice(records: Records, rows: tuple[dict[str, Value], ...]) -> Iterator[Finding]:
    for path in records.identities:
        seen: set[Value] = set()
        for index, row in enumerate(rows):
            value = row.get(path)
            if value is None or isinstance(value, Special):
                continue
            if value in seen:
                says = f"is the same in two records of `{records.name}`"
                yield (
                    path,
                    records.name,
                    index,
                    Bad("E0541", says, "give each its own, or take out the record that was entered twice"),
                )
            seen.add(value)
