"""A patient-month as an `example` statement: what it gives beside a named set, and what is expected of it."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from decimal import Decimal
from functools import lru_cache
from typing import Any

from ccm_policy.evaluate.calendar import month_bounds
from ccm_policy.evaluate.choice import NEEDS_INFORMATION, NOT_ESTABLISHED, NOT_SUPPORTED, SUPPORTED
from ccm_policy.evaluate.decision import Decision, ServiceDecision
from ccm_policy.evaluate.examples import NOTHING_GIVEN
from ccm_policy.evaluate.expectations import compare, without_rows
from ccm_policy.evaluate.rules import DECIDES
from ccm_policy.facts.plan import MONTH, PATIENT
from ccm_policy.language import syntax as s
from ccm_policy.language.format import format_statement
from ccm_policy.language.parser import parse
from ccm_policy.language.syntax.texts import texts
from ccm_policy.language.tree import Vocabulary
from ccm_policy.review.departures import LEFT_OUT, Departure, Raw, shown

SUGARED = 3
"""Fields of an entry that is told as so many minutes of somebody, on the last day of the month."""


def statement(name: str, raw: Raw, chart: str, changed: Sequence[Departure], vocabulary: Vocabulary) -> s.Statement:
    """The example of a patient-month, without expectations."""
    clauses = [s.Clause("month", s.Words((str(raw[MONTH]),)))]
    clauses += [s.Clause("given", body) for body in _given(raw, chart, changed, vocabulary)]
    return s.Statement(kind="example", name=name, clauses=tuple(clauses))


def _given(raw: Raw, chart: str, changed: Sequence[Departure], vocabulary: Vocabulary) -> Iterator[s.Body]:
    without = tuple(each.path for each in changed if each.value is LEFT_OUT and each.row is None)
    if chart:
        yield s.GivenSet((chart,), without)
    for path in dict.fromkeys(each.path for each in changed):
        if path in (PATIENT, MONTH) or path in without:
            continue
        value = raw.get(path)
        if path not in vocabulary.lists:
            yield s.GivenFact(path, _values(value))
        elif not value:
            yield s.GivenFact(path, _values(NOTHING_GIVEN if value is not None else None))
        else:
            yield from (_record(path, row, str(raw[MONTH]), vocabulary) for row in value)


def _record(path: str, row: Mapping[str, Any], month: str, vocabulary: Vocabulary) -> s.Body:
    declared = vocabulary.lists[path]
    timed = next((f for f in declared.short if declared.fields[f].type.unit == "minute"), None)
    dated = declared.date_field
    if timed is not None and dated is not None and dated in row and timed in row and len(row) == SUGARED:
        who = next((name for name in row if name not in (timed, dated)), "")
        last = month_bounds(month)[1].isoformat()
        if row[dated] == last and who in declared.short and str(row[timed]).isdigit():
            return s.GivenMinutes(Decimal(str(row[timed])), str(row[who]))
    return s.GivenRecord(path, tuple(s.Pair(name, _values(value)) for name, value in row.items()))


def _values(value: Any) -> tuple[Any, ...]:
    if isinstance(value, list | tuple):
        return tuple(part for each in value for part in _values(each)) if value else (s.Name(NOTHING_GIVEN),)
    return (_value(shown(value)),)


@lru_cache(maxsize=4096)
def _value(text: str) -> Any:
    """The value as the language reads it; in quotation marks where it would read something else."""
    file, wrong = parse(f'example "x"\n  given {_ANY} {text}\n', "")
    given = file.statements[0].one("given") if file.statements else None
    body = given.body if given is not None and not wrong else None
    read = body.values if isinstance(body, s.GivenFact) else ()
    return read[0] if texts(read) == (text,) else s.Text(text)


_ANY = "x"


def expected(codes: Sequence[str], decision: Decision) -> Iterator[s.Expectation]:
    """What came out for these services, as expectations."""
    for code in codes:
        service = decision.services.get(code)
        made = s.ExpectNotSupported(code) if service is None else _expected(service)
        if made is not None and compare(made, decision).passed:
            yield made


def _expected(service: ServiceDecision) -> s.Expectation | None:
    if service.status == SUPPORTED:
        return s.ExpectUnits(service.code, service.units)
    if service.yields_to is not None:
        return s.ExpectYields(service.code, service.yields_to)
    if service.status == NOT_SUPPORTED:
        failed = [r.rule for r in service.reasons if r.outcome == "no" and r.severity == DECIDES]
        return s.ExpectNotSupported(service.code, failed[0] if failed else None)
    if service.status == NEEDS_INFORMATION and service.missing:
        return s.ExpectNeeds(service.code, without_rows(service.missing[0]))
    return s.ExpectNotEstablished(service.code) if service.status == NOT_ESTABLISHED else None


def text_of(example: s.Statement, expectations: Sequence[s.Expectation]) -> str:
    """The example with what it expects, in canonical layout."""
    more = tuple(s.Clause("expect", each) for each in expectations)
    return format_statement(s.Statement(kind=example.kind, name=example.name, clauses=(*example.clauses, *more))) + "\n"
