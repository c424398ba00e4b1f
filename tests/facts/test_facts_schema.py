"""The published JSON Schema and the check agree, on random records: what the check accepts the schema accepts, and what
the schema refuses the check refuses. What the schema accepts and the check refuses is of the kinds listed here,
or stands under a dotted name, which the schema passes over."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

import jsonschema
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from ccm_policy import facts
from ccm_policy.facts.json_schema import table_layouts
from ccm_policy.language.tree import Type
from tests.facts.vocabulary import VOCABULARY

SCHEMA = facts.schema(VOCABULARY)
VALIDATOR = jsonschema.Draft202012Validator(SCHEMA)
BEYOND_THE_SCHEMA = {
    "CCM-E0505": "control characters in a text",
    "CCM-E0533": "a word of a set written as one text",
    "CCM-E0534": "a date that no calendar has",
    "CCM-E0535": "a number outside its range, written as text",
    "CCM-E0536": "a number that is not whole, written as text",
    "CCM-E0537": "a date outside the service month",
    "CCM-E0541": "an id given twice",
    "CCM-E0542": "an end that is not start plus minutes",
    "CCM-E0543": "a short form against the ids",
    "CCM-E0544": "a period that ends before it begins",
    "CCM-E0550": "a duration that can be read in two ways",
    "CCM-E0549": "more faults than are shown",
}

TEXTS = [
    "unknown",
    "none",
    "",
    "  ",
    "x",
    "yes",
    "7",
    "7.5",
    "-3",
    "6:40",
    "99490",
    "2026-03-02",
    "2026-02-30",
    "2026-03",
]
MORE = ["2026-03", "2026-13", "14:30", "25:00", "ongoing", "a;b", "no", "2026-03-01 to 2026-03-05"]
OTHERS: list[Any] = [None, 0, 1, -1, 7, 25, 99490, 10**50, True, [], {}, [1], ["x"], Decimal("7.5")]
PERIODS: list[Any] = ["2026-03-05 to 2026-03-01", {"from": "2026-03-05", "to": "2026-03-01"}, {"from": "2026-03-01"}]
ODD: st.SearchStrategy[Any] = st.sampled_from([*TEXTS, *MORE, *OTHERS, *PERIODS])


def good(type: Type) -> st.SearchStrategy[Any]:
    dates = st.sampled_from(["2025-10-15", "2026-03-02", "2026-03-31", "2026-02-29", "2026-04-01"])
    by_kind: dict[str, st.SearchStrategy[Any]] = {
        "yes/no": st.sampled_from([True, False, "yes", "no", "TRUE"]),
        "number": st.sampled_from([0, 1, 7, 20, Decimal("7.5"), "7.5", "19", 1441, "1441"]),
        "date": dates,
        "month": st.just("2026-03"),
        "time": st.sampled_from(["6:40", "14:30", "14:30:00"]),
        "period": st.sampled_from(["2026-03-01 to 2026-03-05", {"from": "2026-03-01", "to": None}]),
        "code": st.sampled_from(["99490", "g0506"]),
        "value": st.sampled_from(type.values or ("x",)),
        "set": st.lists(st.sampled_from(type.values or ("25", "59")), max_size=3),
        "text": st.sampled_from(["dr-a", "00123", "no"]),
    }
    return by_kind[type.kind]


def value(type: Type) -> st.SearchStrategy[Any]:
    return st.one_of(good(type), good(type), good(type), good(type), ODD)


def record_of(types: dict[str, Type]) -> st.SearchStrategy[Any]:
    fields = st.fixed_dictionaries({}, optional={name: value(type) for name, type in types.items()})
    return st.one_of(fields, fields, fields, ODD)


LISTS = {
    decl.name: record_of({n: f.type for n, f in decl.fields.items()})
    for decl in VOCABULARY.lists.values()
    if decl.union_of is None
}
KEYS = {"patient_id": st.just("0042"), "service_month": st.just("2026-03"), "payer": st.just("medicare")}


@st.composite
def records(draw: st.DrawFn) -> dict[str, Any]:
    record: dict[str, Any] = {name: draw(strategy) for name, strategy in KEYS.items()}
    facts_given = st.lists(st.sampled_from(sorted(VOCABULARY.facts)), max_size=6, unique=True)
    for path in draw(facts_given):
        outer, _, name = path.partition(".")
        worth = draw(value(VOCABULARY.facts[path].type))
        if not name or draw(st.integers(0, 3)) == 0:
            record[path] = worth
        elif isinstance(record.setdefault(outer, {}), dict):
            record[outer][name] = worth
    for name in draw(st.lists(st.sampled_from(sorted(LISTS)), max_size=3, unique=True)):
        record[name] = draw(st.one_of(st.lists(LISTS[name], max_size=3), st.lists(LISTS[name], max_size=3), ODD))
    if draw(st.booleans()):
        record["consent"] = draw(LISTS["consents"])
    if draw(st.integers(0, 9)) == 0:
        record[draw(st.sampled_from(["localty", "mdm.levl", "services"]))] = "x"
    return record


def test_the_schema_is_a_schema() -> None:
    jsonschema.Draft202012Validator.check_schema(SCHEMA)


@settings(max_examples=400, deadline=None, derandomize=True)
@given(records())
def test_check_and_schema_agree(record: dict[str, Any]) -> None:
    checked, diagnostics = facts.check(record, VOCABULARY)
    valid = VALIDATOR.is_valid(record)
    if checked is not None:
        assert valid, [e.message for e in VALIDATOR.iter_errors(record)]
    elif valid:
        assert any("." in name for name in record) or {d.code for d in diagnostics} <= BEYOND_THE_SCHEMA.keys()
    assert (checked is None) == bool(diagnostics)


@pytest.mark.parametrize(
    "log",
    [
        [{"minutes": "0:45"}],
        [{"minutes": "0:45"}, {"minutes": 7, "start": "9:00", "end": "9:07"}],
        [{"minutes": "0:45"}, {"minutes": "0:30", "start": "9:00", "end": "9:30"}],
        [{"minutes": "0:45"}, {"minutes": "6:40"}],
        [{"minutes": "4:00"}],
        [{"minutes": "4:01"}],
        [{"minutes": "004:00"}],
        [{"minutes": "0:00"}],
        [{"minutes": "0:45:00"}],
        [{"minutes": "0:45", "start": "9:00", "end": "9:45"}, {"minutes": "1:10"}],
    ],
)
def test_the_schema_refuses_a_duration_that_nothing_tells(log: list[dict[str, Any]]) -> None:
    """As the check does: `0:45` is 45 minutes in one export, and 45 seconds in the next."""
    record = {"patient_id": "0042", "service_month": "2026-03", "payer": "medicare", "time_log": log}
    _, problems = facts.check(record, VOCABULARY)
    assert VALIDATOR.is_valid(record) == (problems == [])


@settings(max_examples=200, deadline=None, derandomize=True)
@given(records())
def test_no_message_holds_a_value_of_the_patient(record: dict[str, Any]) -> None:
    marked = mark(record)
    marked |= {"patient_id": "0042", "service_month": "2026-03"}
    for diagnostic in facts.check(marked, VOCABULARY)[1]:
        assert "SECRET" not in str(diagnostic)


def mark(data: Any) -> Any:
    """The same data with every text a secret."""
    if isinstance(data, dict):
        return {name: mark(inner) for name, inner in data.items()}
    if isinstance(data, list):
        return [mark(inner) for inner in data]
    return "SECRET" if isinstance(data, str) else data


def test_the_tables_of_a_folder() -> None:
    layouts = table_layouts(VOCABULARY)
    assert layouts["staff"] == ["id", "role", "clinical"]
    assert layouts["stays"] == ["patient_id", "service_month", "practitioner_id", "setting", "from", "to"]
    assert layouts["visits"][:4] == ["patient_id", "service_month", "practitioner.id", "code"]
    assert layouts["mdm"] == ["patient_id", "service_month", "practitioner_id", "level", "documented"]
    assert layouts["practice_has"] == ["certified_ehr"]
    assert "consent.date" in layouts["patient_months"]
    assert layouts["patient_months"][-1] == "other_services_given"
