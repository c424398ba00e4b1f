"""A panel comes one record after another: few are in memory at a time, whatever is wrong with some of them."""

from __future__ import annotations

import csv
import gc
import json
from collections.abc import Callable, Iterator
from datetime import date, datetime
from decimal import Decimal
from itertools import islice
from pathlib import Path
from typing import Any

import pytest

from ccm_policy import facts
from ccm_policy.facts.checking import Raw
from ccm_policy.facts.chunks import SIZE
from ccm_policy.facts.values import Given
from ccm_policy.language.diagnostics import Diagnostic
from tests.facts.vocabulary import VOCABULARY

MANY = 5 * SIZE


def record(number: int, **more: Any) -> dict[str, Any]:
    return {"patient_id": f"p{number}", "service_month": "2026-03", "payer": "medicare", "practitioner.id": "a", **more}


def json_lines(folder: Path, records: list[dict[str, Any]]) -> Path:
    path = folder / "panel.jsonl"
    path.write_text("".join(json.dumps(one) + "\n" for one in records), encoding="utf-8")
    return path


def parquet(folder: Path, records: list[dict[str, Any]]) -> Path:
    import pyarrow
    from pyarrow import parquet

    parquet.write_table(pyarrow.Table.from_pylist(records), folder / "panel.parquet")
    return folder / "panel.parquet"


def tables(folder: Path, records: list[dict[str, Any]]) -> Path:
    """The records, and for each a log whose rows stand in the opposite order of patients."""
    (folder / "panel").mkdir()
    write_rows(folder / "panel" / "patient_months.csv", records)
    key = ("patient_id", "service_month")
    log = [{**{name: r[name] for name in key}, "minutes": n} for r in reversed(records) for n in (1, 2)]
    write_rows(folder / "panel" / "time_log.csv", log)
    return folder / "panel"


def write_rows(path: Path, rows: list[dict[str, Any]]) -> None:
    with path.open("w", encoding="utf-8", newline="") as stream:
        writer = csv.DictWriter(stream, list(rows[0]))
        writer.writeheader()
        writer.writerows(rows)


FORMATS: list[Callable[[Path, list[dict[str, Any]]], Path]] = [json_lines, parquet, tables]


def alive() -> int:
    return sum(isinstance(found, Given | Raw) for found in gc.get_objects())


@pytest.mark.parametrize("write", FORMATS)
def test_few_records_are_alive_at_a_time(write: Callable[..., Path], tmp_path: Path) -> None:
    gc.collect()
    before, most = alive(), 0
    stream = facts.stream(write(tmp_path, [record(n) for n in range(MANY)]), VOCABULARY)
    for number, _ in enumerate(stream):
        if number % SIZE == SIZE - 1:
            most = max(most, alive() - before)
    assert number == MANY - 1
    assert 0 < most <= 2 * SIZE


def told(stream: Iterator[Given | Diagnostic]) -> list[str]:
    return [found.patient_id if isinstance(found, Given) else found.code for found in stream]


@pytest.mark.parametrize("write", FORMATS)
def test_a_record_in_the_middle_is_refused_in_its_place(write: Callable[..., Path], tmp_path: Path) -> None:
    path = write(tmp_path, [record(1), record(2, payer="medicair"), record(3)])
    assert told(facts.stream(path, VOCABULARY)) == ["p1", "CCM-E0533", "p3"]


@pytest.mark.parametrize("write", FORMATS[:2])
def test_what_is_given_twice_is_used_in_neither_place(write: Callable[..., Path], tmp_path: Path) -> None:
    """However far apart; one that is refused for itself does not count, and another practitioner's is another."""
    far = [record(1), *(record(n) for n in range(100, 100 + MANY)), record(1)]
    far += [record(2), record(2, payer="medicair"), record(3)]
    far += [record(3, **{"practitioner.id": "b"})]
    found = told(facts.stream(write(tmp_path, far), VOCABULARY))
    assert found[MANY:] == ["p2", "CCM-E0533", "p3", "p3", "CCM-E0540"]
    assert "p1" not in found


@pytest.mark.parametrize(
    ("first", "second"),
    [
        ('{"patient_id": "a b", "service_month": "2026-03"', '{"service_month":"2026-03","patient_id":"a b"'),
        ('{"patient_id": "\\u0061 b", "service_month": "2026-03"', '{"patient_id": "a b", "service_month": "2026-03"'),
        (
            '{"patient_id": "José", "service_month": "2026-03"',
            '{"patient_id": "Jos\\u00e9", "service_month": "2026-03"',
        ),
        ('{"patient_id": "1", "service_month": "2026-03"', '\ufeff{"patient_id": "1", "service_month": "2026-03"'),
    ],
)
def test_one_patient_written_in_two_ways_is_one(first: str, second: str, tmp_path: Path) -> None:
    lines = "".join(f'{line}, "payer": "medicare"}}\n\n' for line in (first, second))
    (tmp_path / "panel.jsonl").write_text(lines, encoding="utf-8")
    assert told(facts.stream(tmp_path / "panel.jsonl", VOCABULARY)) == ["CCM-E0540"]


def test_what_is_asked_for_first_is_read_first(tmp_path: Path) -> None:
    path = json_lines(tmp_path, [record(n) for n in range(3)])
    stream = facts.stream(path, VOCABULARY)
    assert told(islice(stream, 1)) == ["p0"]
    stream.close()  # type: ignore[attr-defined]


def test_tables_in_any_order_make_the_same_records(tmp_path: Path) -> None:
    """Rows of one patient-month keep their order; what belongs to nobody is told first."""
    folder = tables(tmp_path, [record(n) for n in range(2 * SIZE)])
    path = folder / "time_log.csv"
    head, *rows = path.read_text(encoding="utf-8").splitlines(keepends=True)

    def read(lines: list[str]) -> list[tuple[str, str]]:
        path.write_text(head + "".join(lines), encoding="utf-8")
        given, problems = facts.read(folder, VOCABULARY)
        assert problems == []
        return [(one.patient_id, one.digest) for one in given]

    opposite = read(rows)
    assert [name for name, _ in opposite] == [f"p{n}" for n in range(2 * SIZE)]
    assert read(sorted(rows)) == opposite
    assert read(rows[::2] + rows[1::2]) == opposite
    path.write_text(head + "".join(["x,2026-03,1\n", *rows, "y,2026-03,1\n"]), encoding="utf-8")
    found = told(facts.stream(folder, VOCABULARY))
    assert found[:3] == ["CCM-E0519", "CCM-E0519", "p0"] and len(found) == 2 + 2 * SIZE


def test_tables_of_typed_values_keep_them(tmp_path: Path) -> None:
    """What the disk keeps as text is had again as Parquet gave it."""
    key = {"patient_id": "a", "service_month": "2026-03"}
    deductible = {"patient.deductible_remaining": Decimal("66.10")}
    log = {"date": date(2026, 3, 4), "minutes": 7.5, "staff_id": "rn-1"}
    visit = {"date": datetime(2026, 3, 1), "code": "99214", "initiates": ["ccm"]}
    parquet(tmp_path, [key | {"payer": "medicare"} | deductible]).rename(tmp_path / "patient_months.parquet")
    parquet(tmp_path, [key | log]).rename(tmp_path / "time_log.parquet")
    parquet(tmp_path, [key | visit]).rename(tmp_path / "visits.parquet")
    whole = {**key, "payer": "medicare", **deductible, "time_log": [log], "visits": [visit]}
    expected, wrong = facts.check(whole, VOCABULARY)
    given, problems = facts.read(tmp_path, VOCABULARY)
    assert (problems, wrong) == ([], [])
    assert expected is not None and [one.digest for one in given] == [expected.digest]
