"""The rules ledger is whole and well formed: shape, ids, months, codes, sources, confidence."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import jsonschema
import pytest
import yaml

LEDGER = Path(__file__).parents[2] / "policies" / "ledger"
EXPECTED_IDS = Path(__file__).parent / "ledger_ids.txt"
EXPECTED_COUNTS = {"R": 233, "C": 33, "L": 49, "O": 10}
FILES = sorted(path.name for path in LEDGER.glob("*.yaml"))
CONFIDENCE = ("unverified", "secondary", "primary")
CONFIDENCE_OF_MARK = {
    "verified P": "primary",
    "verified S": "secondary",
    "seed": "unverified",
    "memory": "unverified",
    "not found": "unverified",
}

Record = dict[str, Any]


def _load(name: str) -> Record:
    loaded: Record = yaml.safe_load((LEDGER / name).read_text(encoding="utf-8"))
    return loaded


def _entries() -> list[Record]:
    return [entry for name in FILES for entry in _load(name).get("entries", [])]


def _conflicts() -> list[Record]:
    found: list[Record] = _load("conflicts.yaml")["conflicts"]
    return found


def _ids() -> list[str]:
    items = _load("open_items.yaml")["items"]
    return [str(row["id"]) for row in (*_entries(), *_conflicts(), *items)]


def _windows() -> Iterator[tuple[str, Record]]:
    for row in (*_entries(), *_conflicts()):
        for window in row["effective"]:
            yield row["id"], window


@pytest.mark.parametrize("name", FILES)
def test_each_file_has_the_shape_of_the_schema(name: str) -> None:
    schema = json.loads((LEDGER / "ledger.schema.json").read_text(encoding="utf-8"))
    jsonschema.Draft202012Validator.check_schema(schema)
    errors = jsonschema.Draft202012Validator(schema).iter_errors(_load(name))
    assert [error.message for error in errors] == []


def test_each_section_is_in_the_file_of_its_name() -> None:
    named = {name: _load(name).get("section") for name in FILES}
    assert {n: s for n, s in named.items() if s and n != f"{s}.yaml"} == {}


def test_ids_are_unique_and_all_expected_ids_are_there() -> None:
    ids = _ids()
    expected = EXPECTED_IDS.read_text(encoding="utf-8").split()
    assert len(ids) == len(set(ids))
    assert sorted(ids) == sorted(expected)
    assert {kind: sum(i[0] == kind for i in expected) for kind in "RCLO"} == EXPECTED_COUNTS


def test_coverage_names_every_id_once_and_only_parts_that_exist() -> None:
    coverage = _load("coverage.yaml")["coverage"]
    parts = {e["id"]: {p["part"] for p in e.get("parts", [])} for e in _entries()}
    text = (LEDGER / "coverage.yaml").read_text(encoding="utf-8")
    keys = [line.split(":")[0].strip() for line in text.splitlines() if line.startswith("  ")]
    top = [key for key in keys if key in coverage]
    assert sorted(coverage) == sorted(_ids())
    assert len(top) == len(set(top))
    assert {
        i: set(row["parts"]) for i, row in coverage.items() if set(row.get("parts", ())) - parts.get(i, set())
    } == {}


def test_no_window_ends_before_it_begins() -> None:
    # Months are written YYYY-MM (the schema says so), so they compare as text.
    backward = [
        (row, window) for row, window in _windows() if window["from"] and window["to"] and window["from"] > window["to"]
    ]
    assert backward == []


def test_an_open_beginning_is_explained() -> None:
    assert [row for row, w in _windows() if w["from"] is None and not w.get("what")] == []


def test_code_groups_are_defined_and_used() -> None:
    groups = _load("groups.yaml")["groups"]
    used = {code for entry in _entries() for code in entry["codes"] if code[0].islower()}
    assert used == set(groups)


def test_code_ranges_run_upward() -> None:
    codes = [c for group in _load("groups.yaml")["groups"].values() for c in group]
    codes += [code for entry in _entries() for code in entry["codes"]]
    ranges = [code.split(" to ") for code in codes if " to " in code]
    assert [r for r in ranges if r[0] >= r[1]] == []


def test_every_source_named_is_listed_once() -> None:
    keys = [source["key"] for source in _load("sources.yaml")["sources"]]
    named = {key for entry in _entries() for key in entry["sources"]}
    assert len(keys) == len(set(keys))
    assert named - set(keys) == set()


def test_a_trade_source_says_that_it_is_one() -> None:
    sources = _load("sources.yaml")["sources"]
    trade = {s["key"] for s in sources if s["kind"] == "trade"}
    assert all(s.get("notes") for s in sources if s["kind"] == "trade")
    assert trade == {s["key"] for s in sources if s["key"].startswith("guide_")}
    only_trade = [e for e in _entries() if e["sources"] and set(e["sources"]) <= trade]
    assert {e["id"] for e in only_trade if e["confidence"] != "unverified"} == set()


def test_a_row_is_as_sure_as_the_weakest_part_that_it_asserts() -> None:
    wrong = []
    for entry in _entries():
        parts = entry.get("parts", [])
        for part in parts:
            assert part["confidence"] == CONFIDENCE_OF_MARK[part["mark"]], entry["id"]
        asserted = [p["confidence"] for p in parts if "aside" not in p]
        if asserted and entry["confidence"] != min(asserted, key=CONFIDENCE.index):
            wrong.append(entry["id"])
    assert wrong == []


def test_a_row_without_parts_has_the_confidence_of_its_mark() -> None:
    wrong = [
        entry["id"]
        for entry in _entries()
        if "parts" not in entry
        and entry["confidence"] not in {c for m, c in CONFIDENCE_OF_MARK.items() if m in entry["mark"]}
    ]
    assert wrong == []


def test_each_conflict_rests_on_rows_that_exist() -> None:
    ids = set(_ids())
    missing = {(c["id"], row) for c in _conflicts() for row in c["rests_on"] if row not in ids}
    assert missing == set()


def test_tables_are_as_wide_as_their_columns() -> None:
    ragged = [
        (entry["id"], row)
        for entry in _entries()
        for table in entry.get("tables", [])
        for row in table["rows"]
        if len(row) != len(table["columns"])
    ]
    assert ragged == []
