"""What follows a price: shares, sequestration by its dates, projections, ZIP codes."""

from __future__ import annotations

from datetime import date
from decimal import Decimal
from pathlib import Path

import pytest

from ccm_policy import fees
from ccm_policy.fees import NoPrice, Price, Question
from ccm_policy.fees.project import Programme, Row, Service, project
from ccm_policy.fees.terms import bill, read_terms, sequestration_on
from ccm_policy.fees.zips import ZipPlace, locality_of
from ccm_policy.language.diagnostics import Diagnostic
from ccm_policy.shipped import FEE_SCHEDULES

SCHEDULES = fees.load()
TERMS = read_terms(FEE_SCHEDULES / "medicare_pfs")


@pytest.mark.parametrize(
    ("on", "percent"),
    [
        ("2015-01-01", "2"), ("2020-04-30", "2"), ("2020-05-01", "0"), ("2022-03-31", "0"), ("2022-04-01", "1"),
        ("2022-06-30", "1"), ("2022-07-01", "2"), ("2026-12-31", "2"),
    ],
)  # fmt: skip
def test_sequestration_goes_by_its_dates(on: str, percent: str) -> None:
    assert str(sequestration_on(FEE_SCHEDULES, date.fromisoformat(on))) == percent


def price(code: str = "99490") -> Price:
    got = SCHEDULES.price(
        "medicare_pfs",
        Question(code=code, on=date(2026, 7, 31), locality="national", setting="non_facility", factor="non_qp"),
    )
    assert isinstance(got, Price)
    return got


@pytest.mark.parametrize(
    ("units", "kind", "cut", "expected"),
    [
        (1, "physician", "0", "66.13 66.13 13.23 52.90 0.00 66.13"),
        (1, "physician", "2", "66.13 66.13 13.23 52.90 1.06 65.07"),
        (1, "np", "0", "56.21 56.21 11.24 44.97 0.00 56.21"),  # 85 % of 66.133782 = 56.2137147, rounded once
        (2, "pa", "2", "56.21 112.42 22.48 89.94 1.80 110.62"),
    ],
)
def test_a_line_in_dollars(units: int, kind: str, cut: str, expected: str) -> None:
    line = bill(price(), units, percent=TERMS.practitioners[kind], patient=TERMS.patient, cut=Decimal(cut))
    found = (line.unit, line.allowed, line.patient, line.medicare, line.sequestration, line.paid)
    assert " ".join(map(str, found)) == expected


def test_a_percentage_is_taken_before_the_one_rounding() -> None:
    """85 % of 1034.425873 is 879.26; of the rounded 1034.43 it would be 879.27."""
    assert str(bill(price("90954"), 1, percent=TERMS.practitioners["np"]).unit) == "879.26"


def plan(*services: Service, patients: int = 1, months: int = 12, years: tuple[int, ...] = (2026,)) -> list[Row]:
    made = Programme(
        schedule="medicare_pfs",
        services=services,
        patients=patients,
        months=months,
        years=years,
        locality="national",
        setting="non_facility",
        factor="non_qp",
    )
    rows = project(SCHEDULES, made)
    assert not isinstance(rows, NoPrice)
    return rows


def test_the_guides_two_hundred_patients() -> None:
    rows = plan(Service("99490", 1), patients=200, years=(2025, 2026))
    assert [str(row.times(row.line.allowed)) for row in rows] == ["145176.00", "158712.00"]


def test_the_guides_sixty_minutes() -> None:
    rows = plan(Service("99490", 1), Service("99439", 2), months=1)
    assert sum(row.line.allowed for row in rows) == Decimal("167.01")


def test_months_are_priced_each_on_its_last_day() -> None:
    rows = plan(Service("99490", 1), years=(2024,))
    assert [(row.first, row.last, str(row.line.unit)) for row in rows] == [(1, 2, "61.56"), (3, 12, "62.58")]


def test_a_plan_that_cannot_be_priced_says_why() -> None:
    made = Programme(
        schedule="medicare_pfs",
        services=(Service("99490", 1),),
        patients=1,
        months=1,
        years=(2030,),
        locality="national",
        setting="facility",
        factor=None,
    )
    got = project(SCHEDULES, made)
    assert isinstance(got, NoPrice)
    assert got.diagnostic.code == "CCM-E0602"


def row(state: str, zip_code: str, mac: str, locality: str, more: str = "0", quarter: str = "20261") -> str:
    return f"{state}{zip_code}{mac}{locality}".ljust(20) + more + " " * 54 + quarter


ZIP5 = "\r\n".join([row("NY", "10001", "13202", "01"), row("OH", "45801", "15202", "00", "1"), ""])


@pytest.fixture
def zip5(tmp_path: Path) -> Path:
    path = tmp_path / "ZIP5_JAN2026.txt"
    path.write_bytes(ZIP5.encode())
    return path


def test_a_zip_code_finds_its_locality(zip5: Path) -> None:
    assert locality_of("10001", zip5, date(2026, 3, 31)) == ZipPlace("13202-01", "NY", ())
    assert locality_of("10001-1234", zip5, date(2026, 3, 31)) == ZipPlace("13202-01", "NY", ())
    other = locality_of("45801", zip5, date(2026, 4, 1))
    assert isinstance(other, ZipPlace)
    assert (other.locality, len(other.notes)) == ("15202-00", 2)


def test_what_is_wrong_with_a_zip_code_or_its_file_is_told(zip5: Path, tmp_path: Path) -> None:
    on = date(2026, 3, 31)
    (tmp_path / "bad.txt").write_text("ZIP,LOCALITY\n10001,1\n", encoding="utf-8")
    asked: list[tuple[str, Path | None, str]] = [
        ("1001", zip5, "E0650"),
        ("10001", None, "E0651"),
        ("10001", tmp_path / "bad.txt", "E0652"),
        ("99999", zip5, "E0653"),
        ("10001", tmp_path / "gone.txt", "E0630"),
    ]
    for zip_code, file, code in asked:
        got = locality_of(zip_code, file, on)
        assert isinstance(got, Diagnostic)
        assert (got.code, bool(got.help)) == (f"CCM-{code}", True)
