"""Comparing two years: the causes add up exactly, and the text explains the change by itself."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date
from decimal import Decimal
from pathlib import Path

import pytest

from ccm_policy import fees
from ccm_policy.fees import changes, reports

SCHEDULES = fees.load()
GOLDEN = Path(__file__).parent / "golden"


def compared(old: str, new: str, **asked: str) -> list[changes.Change]:
    return changes.compare(
        SCHEDULES, "medicare_pfs", date.fromisoformat(old), date.fromisoformat(new), **asked, proposed=True
    )


@pytest.mark.parametrize("locality", ["national", "13202-01", "01182-18", "02102-01"])
@pytest.mark.parametrize("year", range(2019, 2027))
def test_causes_add_up_to_the_change_to_the_cent(year: int, locality: str) -> None:
    found = compared(f"{year}-12-31", f"{year + 1}-01-01", locality=locality)
    assert len(found) > 50
    for change in found:
        if change.dollars is None:
            assert change.causes == ()
            continue
        assert sum(c.dollars for c in change.causes) == change.dollars
        assert sum((cents for _, cents in change.in_cents()), Decimal(0)) == change.dollars
        assert abs(change.causes[-1].dollars) <= Decimal("0.01")


def test_a_year_of_totals_compares_with_a_year_of_parts() -> None:
    (change,) = compared("2018-12-31", "2019-01-01", code="99490", setting="non_facility")
    assert [c.name for c in change.causes] == ["relative values", "factor", "rounding"]
    assert sum(c.dollars for c in change.causes) == change.dollars


def test_codes_that_begin_or_end_are_told() -> None:
    (begun,) = compared("2021-12-31", "2022-01-01", code="99437", setting="facility")
    (ended,) = compared("2025-12-31", "2026-01-01", code="G0511", setting="facility", factor="qp")
    assert (begun.old, ended.new) == (None, None)
    assert next(iter(reports.change_lines(begun))).startswith("99437 facility: new at ")
    assert next(iter(reports.change_lines(ended))).startswith("G0511 facility, qp: ended; it was ")


def test_the_rise_of_a_code_explained(golden: Callable[[Path, str], None]) -> None:
    lines: list[str] = []
    for locality in ("national", "13202-01"):
        for change in compared("2025-12-31", "2026-01-01", code="99490", locality=locality):
            lines += [f"[{locality}]", *reports.change_lines(change), ""]
    golden(GOLDEN / "diff_2025_2026_99490.txt", "\n".join(lines))


def test_only_the_factor_changes_from_2026_to_the_proposed_2027() -> None:
    (change,) = compared("2026-12-31", "2027-01-01", code="99490", setting="non_facility", factor="qp")
    assert next(cause.name for cause, _ in change.in_cents()) == "factor"
    assert all(line.startswith("PROPOSED, not in force: ") for line in reports.change_lines(change))
