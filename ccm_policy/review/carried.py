"""Facts carried to another month: the same month of care, as if it had been given then.

Every day and month in the record moves by the same number of months, so that what lies before or after what, and how
long ago, stays as it was. A day that the other month does not have becomes its last.
"""

from __future__ import annotations

from calendar import monthrange
from dataclasses import replace
from datetime import date

from ccm_policy.facts.digest import digest
from ccm_policy.facts.values import Given, GivenList, Value
from ccm_policy.language.tree import Type, Vocabulary


def carried(given: Given, month: str, vocabulary: Vocabulary) -> Given:
    """A record as if it were of that month (`YYYY-MM`); itself where it is."""
    by = _number(month) - _number(given.service_month)
    if by == 0:
        return given
    facts = {
        path: _moved(value, vocabulary.facts[path].type if path in vocabulary.facts else None, by)
        for path, value in given.facts.items()
    }
    lists = {
        name: _rows(rows, {n: field.type for n, field in vocabulary.lists[name].fields.items()}, by)
        if isinstance(rows, GivenList)
        else rows
        for name, rows in given.lists.items()
    }
    return replace(given, service_month=month, facts=facts, lists=lists, digest=digest(facts, lists))


def _rows(given: GivenList, types: dict[str, Type], by: int) -> GivenList:
    rows = tuple({name: _moved(value, types.get(name), by) for name, value in row.items()} for row in given.rows)
    return replace(given, rows=rows)


def _moved(value: Value, type_: Type | None, by: int) -> Value:
    if isinstance(value, date):
        month = _text(value.year * 12 + value.month - 1 + by)
        year, number = int(month[:4]), int(month[5:])
        return date(year, number, min(value.day, monthrange(year, number)[1]))
    if isinstance(value, str) and type_ is not None and type_.kind == "month":
        return _text(_number(value) + by)
    return value


def _number(month: str) -> int:
    return int(month[:4]) * 12 + int(month[5:7]) - 1


def _text(number: int) -> str:
    return f"{min(max(number // 12, date.min.year), date.max.year):04}-{number % 12 + 1:02}"
