"""A panel comes one record after another: few are in memory at a time, whatever is wrong with some of them."""

from __future__ import annotations

import gc
import json
from collections.abc import Callable, Iterator
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

MANY = 10 * SIZE


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


FORMATS: list[Callable[[Path, list[dict[str, Any]]], Path]] = [json_lines, parquet]


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


@pytest.mark.parametrize("write", FORMATS)
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
