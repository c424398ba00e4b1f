"""Tables of flat facts, decided column by column: the same answers, to the byte, as one record after another."""

from __future__ import annotations

from collections.abc import Iterator
from decimal import Decimal
from typing import Any

import pyarrow as pa
import pytest

import ccm_policy
from ccm_policy import evaluate
from ccm_policy.facts.values import Given
from ccm_policy.panel import flat, remembered
from ccm_policy.panel import table as tables
from tests.panel import flat_world


@pytest.fixture(scope="module")
def library(tmp_path_factory: pytest.TempPathFactory) -> ccm_policy.PolicyLibrary:
    return flat_world.library(tmp_path_factory.mktemp("flat"))


@pytest.fixture(autouse=True)
def nothing_is_remembered() -> Iterator[None]:
    tables.FLAT.clear()
    yield
    tables.FLAT.clear()


def both(
    library: ccm_policy.PolicyLibrary, table: pa.Table, monkeypatch: pytest.MonkeyPatch, options: Any = None
) -> tuple[pa.Table, pa.Table]:
    """The answers by columns, and one by one."""
    found = []
    for many in (1, len(table) + 1):
        monkeypatch.setattr(tables, "MANY", many)
        found.append(library.evaluate_table(table, options))
    return found[0], found[1]


def difference(one: pa.Table, other: pa.Table) -> Any:
    """The first cell that is another; None: there is none."""
    if one.schema == other.schema and one.combine_chunks().equals(other.combine_chunks()):
        return None
    pairs = zip(one.to_pylist(), other.to_pylist(), strict=False)
    cells = (
        (number, name, row[name], there[name])
        for number, (row, there) in enumerate(pairs)
        for name in row
        if row[name] != there[name]
    )
    return next(cells, (len(one), len(other)))


@pytest.mark.parametrize("seed", range(4))
@pytest.mark.parametrize("plain", [True, False], ids=["plain", "odd"])
def test_answers_are_the_same(
    seed: int, plain: bool, library: ccm_policy.PolicyLibrary, monkeypatch: pytest.MonkeyPatch
) -> None:
    options = ccm_policy.Options(sequestration=seed % 2 == 1)
    answers = both(library, flat_world.table(seed, 150, plain=plain), monkeypatch, options)
    assert difference(*answers) is None, f"seed {seed}"


def test_what_is_remembered_is_not_decided_again(
    library: ccm_policy.PolicyLibrary, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Nor is it where the table comes in several parts, and its records in another order."""
    made: list[Given] = []

    def decide(given: Given, *rest: Any) -> ccm_policy.Decision:
        made.append(given)
        return evaluate.decide(given, *rest)

    monkeypatch.setattr(flat, "decide", decide)
    monkeypatch.setattr(tables, "MANY", 1)
    monkeypatch.setattr(tables, "TOGETHER", 64)
    table = flat_world.table(2, 150, plain=True)
    first = library.evaluate_table(table)
    assert 0 < len(made) < 150
    made.clear()
    turned = library.evaluate_table(table.take(list(reversed(range(150)))))
    lost = sum(month.lost for kept in tables.FLAT.values() for month in kept.months.values() if month is not None)
    assert len(made) <= lost
    of_patient = {patient: [] for patient in first.column("patient_id").to_pylist()}  # type: ignore[var-annotated]
    for row in first.to_pylist():
        of_patient[row["patient_id"]].append(row)
    assert turned.to_pylist() == [row for rows in reversed(of_patient.values()) for row in rows]


def test_a_table_that_is_not_flat_is_read_as_ever(
    library: ccm_policy.PolicyLibrary, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A column of lists, a name that the vocabulary has not, the same fact twice: no record is without its answer."""
    table = flat_world.table(0, 20, plain=True)
    claims = pa.array([[{"line": 1, "code": "10001", "units": 1}]] * 20)
    for name, column in (("claim_lines", claims), ("colour", pa.array(["red"] * 20)), ("minutes", pa.array([1] * 20))):
        assert difference(*both(library, table.append_column(name, column), monkeypatch)) is None


def test_a_difference_is_noticed(library: ccm_policy.PolicyLibrary, monkeypatch: pytest.MonkeyPatch) -> None:
    """Were answers that differ taken for the same, the tables would not be."""

    def first_leaf(self: remembered.Remembered[remembered.Leaf], numbers: Any, record: int) -> remembered.Leaf | None:
        at: Any = self.first
        while isinstance(at, remembered.Node):
            at = next(iter(at.next.values()), None)
        return at  # type: ignore[no-any-return]

    monkeypatch.setattr(remembered.Remembered, "leaf", first_leaf)
    assert difference(*both(library, flat_world.table(1, 60, plain=True), monkeypatch)) is not None


def test_a_refused_record_is_named_by_what_it_has(
    library: ccm_policy.PolicyLibrary, monkeypatch: pytest.MonkeyPatch
) -> None:
    table = pa.table({"patient_id": [7, 12], "service_month": ["2026-03"] * 2, "payer": ["acme"] * 2})
    for answers in both(library, table, monkeypatch):
        assert [row["patient_id"] for row in answers.to_pylist()] == ["7", "12"]
        assert answers["problems"].to_pylist()[1] == ["CCM-E0532: `patient_id` must be text (row 2)"]


def test_one_odd_value_refuses_one_record(library: ccm_policy.PolicyLibrary, monkeypatch: pytest.MonkeyPatch) -> None:
    key = {"patient_id": ["good", "odd"], "service_month": ["2026-03"] * 2, "payer": ["acme"] * 2}
    days = pa.array([20000, 3_000_000], pa.int32()).cast(pa.date32())
    for answers in both(library, pa.table(key | {"consent_on": days}), monkeypatch):
        assert {row["patient_id"] for row in answers.to_pylist() if row["decision"] != "refused"} == {"good"}
        assert answers["problems"].to_pylist()[-1] == ["CCM-E0565: `consent_on` holds a value that cannot be read"]


def test_a_number_of_32_bits_is_the_decimal_that_it_was_made_from(
    library: ccm_policy.PolicyLibrary, monkeypatch: pytest.MonkeyPatch
) -> None:
    key = {"patient_id": ["a", "b"], "service_month": ["2026-03"] * 2, "payer": ["acme"] * 2, "poor": [False] * 2}
    for type in (pa.float32(), pa.float64()):
        exact = pa.table(key | {"visits": [1, 3], "left": [Decimal("66.10"), Decimal("0.30")]})
        binary = pa.table(key | {"visits": [1, 3], "left": pa.array([66.1, 0.3], type)})
        for answers, expected in zip(
            both(library, binary, monkeypatch), both(library, exact, monkeypatch), strict=True
        ):
            assert difference(answers, expected) is None
            assert "decided" in answers["decision"].to_pylist()
