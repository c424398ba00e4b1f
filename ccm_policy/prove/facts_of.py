"""A model of the solver as the facts of a patient-month, such as a person could have recorded."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from datetime import date
from decimal import Decimal
from fractions import Fraction
from typing import Any

import z3

from ccm_policy.facts.plan import MONTH, PATIENT
from ccm_policy.language import tree as t
from ccm_policy.prove.month import Month
from ccm_policy.prove.values import BEFORE, NEVER, NO_TEXT, Members, Number, Term

Record = dict[str, Any]
FIRST_OF_ALL = "1900-01-01"
"""The first day that readers of facts take: a list that is known from there on is known as a whole."""


def facts_of(model: Any, month: Month) -> Record:
    """The facts that a model has, for those variables that were asked for. What no expression reads is not there."""
    found: Record = {}
    for path, value in month.facts.items():
        if path != MONTH:
            _put(found, path, _plain(value, month.vocabulary.facts[path].type, path, model, month))
    rows: dict[str, list[Record]] = {listed: [] for listed, _ in month.there}
    for (listed, row), there in sorted(month.there.items()):
        if z3.is_true(model.eval(there, model_completion=True)):
            record: Record = {}
            for ((of, at), name), value in month.fields.items():
                if (of, at) == (listed, row):
                    declared = month.vocabulary.lists[listed].fields[name]
                    _put(record, name, _plain(value, declared.type, f"{listed}[{row}].{name}", model, month))
            rows[listed].append(record)
    found |= rows
    for since in {declared.known_from for declared in month.vocabulary.lists.values()} - {None, *month.facts}:
        _put(found, str(since), FIRST_OF_ALL)
    return {**found, PATIENT: "shown", MONTH: month.service_month}


def _put(record: Record, path: str, value: Any) -> None:
    """A value at its dotted path."""
    *above, name = path.split(".")
    for part in above:
        record = record.setdefault(part, {})
    record[name] = value


def _plain(value: Any, type: t.Type, name: str, model: Any, month: Month) -> Any:
    if isinstance(value, Members):
        asked = month.members.get(name, {})
        return sorted(member for member, has in asked.items() if _true(model, has))
    if isinstance(value, Number):
        if value.none is not None and _true(model, value.none):
            return "none"
        return _number(model.eval(value.term, model_completion=True))
    if z3.is_bool(value):
        return _true(model, value)
    number = model.eval(value, model_completion=True).as_long()
    if type.kind == "date":
        return "none" if number in (NEVER, BEFORE) else date.fromordinal(number).isoformat()
    if number == NO_TEXT:
        return "none"
    return month.texts.named(number) or (f"Z{number:04}" if type.kind == "code" else f"another {number}")


def _true(model: Any, term: Term) -> bool:
    return bool(z3.is_true(model.eval(term, model_completion=True)))


def _number(term: Term) -> int | str:
    exact = Fraction(str(term.as_fraction())) if z3.is_rational_value(term) else Fraction(term.as_long())
    if exact.denominator == 1:
        return int(exact)
    return str(Decimal(exact.numerator) / Decimal(exact.denominator))


def as_told(month: Month, plain: Mapping[str, Any]) -> Iterator[Term]:
    """That a patient-month is as another is told, by paths and as text: each fact, which records a list has, and each
    of their fields, as far as they were asked for."""
    for path, value in month.facts.items():
        if path in plain and path != MONTH:
            yield from _is(value, month.vocabulary.facts[path].type, plain[path], path, month)
    for (listed, row), there in month.there.items():
        rows = plain.get(listed)
        if isinstance(rows, list):
            yield there if row < len(rows) else z3.Not(there)
    for ((listed, row), name), value in month.fields.items():
        rows = plain.get(listed)
        if isinstance(rows, list) and 0 <= row < len(rows) and name in rows[row]:
            type = month.vocabulary.lists[listed].fields[name].type
            yield from _is(value, type, rows[row][name], f"{listed}[{row}].{name}", month)


def _is(value: Any, type: t.Type, told: Any, name: str, month: Month) -> Iterator[Term]:
    """That a value is what a text says; nothing where the text says no such value."""
    if isinstance(value, Members) and told is not None:
        has = {told} if isinstance(told, str) else set(told)
        yield from (term if member in has else z3.Not(term) for member, term in month.members.get(name, {}).items())
    elif not isinstance(told, str):
        return
    elif isinstance(value, Number):
        none = told == "none"
        yield from () if value.none is None else (value.none if none else z3.Not(value.none),)
        yield from (value.term == int(told),) if told.isdigit() else ()
    elif z3.is_bool(value):
        yield value if told == "yes" else z3.Not(value)
    elif type.kind == "date":
        yield from (value == NEVER,) if told == "none" else (value == day.toordinal() for day in _days(told))
    else:
        yield value == (NO_TEXT if told == "none" else month.texts.of(told))


def _days(told: str) -> Iterator[date]:
    try:
        yield date.fromisoformat(told)
    except ValueError:
        return
