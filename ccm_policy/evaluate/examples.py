"""Examples beside the rules: the facts that they give, decided, and held against what they expect.

An example's facts go through the same reader as any record, so an example can say nothing that a record could not. A
list that an example gives replaces what a named set gave for it; given again in the same statement, it grows.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any

from ccm_policy import facts
from ccm_policy.evaluate.calendar import month_bounds
from ccm_policy.evaluate.decide import Options, decide
from ccm_policy.evaluate.decision import Decision
from ccm_policy.evaluate.expectations import Comparison, compare
from ccm_policy.facts.plan import MONTH, PATIENT
from ccm_policy.fees import FeeSchedules
from ccm_policy.language import syntax as s
from ccm_policy.language.diagnostics import CcmPolicyError, Diagnostic, Span
from ccm_policy.language.syntax.texts import text_of, texts
from ccm_policy.language.tree import ListDecl, Vocabulary
from ccm_policy.library import Library

UNNAMED = "example"
NOTHING_GIVEN = "none"


@dataclass(frozen=True, slots=True)
class ExampleResult:
    """How an example came out. `refused`: why its facts could not be decided at all."""

    name: str
    span: Span
    comparisons: tuple[Comparison, ...]
    refused: tuple[Diagnostic, ...] = ()
    decision: Decision | None = None

    @property
    def passed(self) -> bool:
        """Whether its facts could be used and everything was as expected."""
        return not self.refused and all(comparison.passed for comparison in self.comparisons)


def examples_of(library: Library) -> tuple[s.Statement, ...]:
    """Every example of a library, in the order of its files."""
    return tuple(st for file in library.files for st in file.statements if st.kind == "example")


def run(example: s.Statement, library: Library, fees: FeeSchedules, options: Options | None = None) -> ExampleResult:
    """Decide an example's facts and compare. Nothing is raised for a bad example; it is a result that says so."""
    try:
        given, wrong = facts.check(record_of(example, library), library.vocabulary)
        if given is None:
            return ExampleResult(example.name, example.name_span, (), tuple(wrong))
        decision = decide(given, library, fees, options)
    except CcmPolicyError as fault:
        return ExampleResult(example.name, example.name_span, (), fault.diagnostics)
    expectations = (clause.body for clause in example.all("expect") if isinstance(clause.body, s.Expectation))
    compared = tuple(compare(expectation, decision) for expectation in expectations)
    return ExampleResult(example.name, example.name_span, compared, decision=decision)


# --- the record of an example ------------------------------------------------------------------------------------


@dataclass
class _Record:
    """A record in the making: facts by path, lists by name, every scalar as text."""

    facts: dict[str, Any] = field(default_factory=dict)
    lists: dict[str, Any] = field(default_factory=dict)


def record_of(example: s.Statement, library: Library) -> Mapping[str, Any]:
    """The record that an example gives, as the reader of facts takes it."""
    sets = {st.name: st for file in library.files for st in file.statements if st.kind == "facts"}
    month = text_of(example, "month")
    record = _Record()
    _give(example, month, sets, library.vocabulary, record)
    return {PATIENT: UNNAMED, **record.facts, **record.lists, MONTH: month}


def _give(
    statement: s.Statement, month: str, sets: Mapping[str, s.Statement], vocabulary: Vocabulary, record: _Record
) -> None:
    """Add what a statement gives; its own records of a list replace those of its named sets."""
    own: set[str] = set()
    for clause in statement.all("given"):
        body = clause.body
        if isinstance(body, s.GivenSet):
            for name in body.names:
                _give(sets[name], month, sets, vocabulary, record)
            for path in body.without:
                _leave_out(path, vocabulary, record)
        elif isinstance(body, s.GivenFact):
            _give_fact(body, vocabulary, record)
        else:
            for name, rows in _rows(body, month, vocabulary):
                if name not in own:
                    record.lists[name] = []
                own.add(name)
                record.lists[name] += rows


def _give_fact(body: s.GivenFact, vocabulary: Vocabulary, record: _Record) -> None:
    words = texts(body.values)
    if _list_named(body.path, vocabulary) is not None:
        record.lists[body.path] = [] if words == (NOTHING_GIVEN,) else None
    else:
        record.facts[body.path] = list(words) if len(words) > 1 else words[0]


def _rows(body: object, month: str, vocabulary: Vocabulary) -> Iterator[tuple[str, list[dict[str, Any]]]]:
    """The records that a clause adds, by the list's name."""
    if isinstance(body, s.GivenRecord):
        declared = _list_named(body.list, vocabulary)
        if declared is not None:
            pairs = {pair.field: texts(pair.values) for pair in body.pairs}
            yield declared.name, [{name: list(v) if len(v) > 1 else v[0] for name, v in pairs.items()}]
    elif isinstance(body, s.GivenRows):
        short = vocabulary.lists[body.list].short
        rows = [dict(zip(short, texts(row.values), strict=False)) for row in body.rows]
        yield body.list, rows
    elif isinstance(body, s.GivenMinutes):
        yield from _minutes(body, month, vocabulary)


def _minutes(body: s.GivenMinutes, month: str, vocabulary: Vocabulary) -> Iterator[tuple[str, list[dict[str, Any]]]]:
    """`60 minutes of rn`: an entry, on the last day of the month, of the list whose short form has minutes."""
    for declared in vocabulary.lists.values():
        fields = declared.fields
        counted = next((f for f in declared.short if fields[f].type.unit == "minute"), None)
        if counted is None or declared.date_field is None:
            continue
        entry: dict[str, Any] = {declared.date_field: month_bounds(month)[1].isoformat(), counted: str(body.minutes)}
        for word in (body.who, body.program):
            name = next((n for n, f in fields.items() if word in f.type.values and n not in entry), None)
            if name is not None and word is not None:
                entry[name] = word
        yield declared.name, [entry]


def _leave_out(path: str, vocabulary: Vocabulary, record: _Record) -> None:
    """`without mdm`, `without mdm.level`, `without consents`, `without consents.date`."""
    for given in [p for p in record.facts if p == path or p.startswith(f"{path}.")]:
        del record.facts[given]
    name, _, cell = path.partition(".")
    declared = _list_named(name, vocabulary)
    if declared is not None and declared.name in record.lists:
        if not cell:
            del record.lists[declared.name]
        else:
            rows = record.lists[declared.name] or []
            record.lists[declared.name] = [{f: v for f, v in row.items() if f != cell} for row in rows]


def _list_named(name: str, vocabulary: Vocabulary) -> ListDecl | None:
    return next((d for d in vocabulary.lists.values() if name in (d.name, d.one)), None)


def run_all(
    examples: Iterable[s.Statement], library: Library, fees: FeeSchedules, options: Options | None = None
) -> Iterator[ExampleResult]:
    """Run examples one after another."""
    for example in examples:
        yield run(example, library, fees, options)
