"""The report of a panel, from decisions made by hand: totals as defined, and the text as recorded."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from decimal import Decimal
from pathlib import Path

import pytest

from ccm_policy.cli import flat
from ccm_policy.cli.layout import page_width, table
from ccm_policy.cli.panel import panel
from ccm_policy.evaluate.reasons import ADDS_TO
from ccm_policy.report import words
from ccm_policy.report.patient_months import PatientMonth, patient_month
from ccm_policy.report.totals import summary
from ccm_policy.report.words import Decided, Dollars
from tests.cli.canned import EARNS, PANEL, decision, reason, service

GOLDEN = Path(__file__).parent / "golden"


def months(decisions: Iterable[Decided]) -> list[PatientMonth]:
    return list(map(patient_month, decisions))


def dollars(low: str, high: str | None = None) -> Dollars:
    return Dollars(Decimal(low), Decimal(high or low))


def test_billable_is_what_supported_services_are_allowed() -> None:
    total = summary(PANEL)
    assert total.billable == dollars("431.53", "431.90")
    assert total.unpriced == 1
    assert {b.code: (b.patient_months, b.units) for b in total.billed} == {"A0001": (6, 6), "A0002": (1, 2)}


def test_at_risk_is_the_part_under_an_audit_risk() -> None:
    assert summary(PANEL).at_risk == dollars("66.13", "66.50")


def test_what_rests_on_attestations_is_a_part_of_what_is_billable() -> None:
    found = [decision("0001", {"A0001": service("supported", 1, "66.13", attested=True)}), *PANEL]
    total = summary(found)
    assert total.attested == dollars("66.13")
    assert "Attested      $66.13 of it rests on what the practice attests" in "\n".join(panel(months(found), 100))
    assert "Attested" not in "\n".join(panel(months(PANEL), 100))


def test_held_and_sequestration_stand_apart() -> None:
    total = summary(PANEL)
    assert total.held == dollars("66.13")
    assert total.sequestration == dollars("1.06")


def test_within_reach_counts_the_best_of_each_patient() -> None:
    near = [
        {"service": "A0002", "short": "2 minutes of staff_minutes", "worth": "50.44"},
        {"service": "A0003", "short": "2 minutes of staff_minutes", "worth": "25.00"},
    ]
    total = summary([*PANEL, decision("0010", {}, within_reach=near)])
    assert [n.service for n in total.within_reach] == ["A0001", "A0002", "A0003"]
    assert total.worth_within_reach == dollars("116.57")


def test_rules_that_fail_count_patient_months_and_leave_out_what_nobody_thought_of() -> None:
    twice = decision(
        "0011",
        {
            code: service("not_supported", reasons=[reason("consent", "no", "No consent."), reason(EARNS)])
            for code in ("A0001", "A0002")
        },
    )
    found = [(f.rule, f.patient_months) for f in summary([*PANEL, twice]).failing]
    assert found == [("consent", 2), ("two_conditions", 1)]


def test_a_claim_brings_a_service_to_hand() -> None:
    claim = {"lines": [{"line": 1, "code": "A0009", "verdict": "not_supported", "message": None, "reasons": []}]}
    failed = service("not_supported", reasons=[reason("enrolled", "no", "Not enrolled."), reason(EARNS, facts=[])])
    without = decision("1", {"A0001": service("supported", 1, "1.00"), "A0009": failed})
    assert words.wrong(without) == []
    assert words.wrong(without | {"claim": claim | {"missing_lines": []}})[0] == "A0009: Not enrolled."


def test_yielding_is_no_failure() -> None:
    yields = service("not_supported", own_outcome="yes", yields_to="A0001", reasons=[reason("tier", "no", "Yields.")])
    assert summary([decision("1", {"A0003": yields})]).failing == ()


def test_an_alternative_that_pays_more_is_shown() -> None:
    services = {
        "A0007": service("supported", 1, "137.41"),
        "A0008": service("supported", 1, "10.00", reasons=[reason(ADDS_TO, title="Adds to A0007")]),
        "A0009": service("supported", 1, "63.40"),
    }
    instead = {"services": {"A0001": 1, "A0002": 2}, "allowed": "159.99", "yields_to": "A0007"}
    says = "Supported as well: A0001 x 1, A0002 x 2, worth $159.99 instead of $147.41."
    assert words.wrong(decision("1", services, alternatives=[instead])) == [says]
    assert words.wrong(decision("1", services, alternatives=[instead | {"allowed": "147.41"}])) == []


def test_coverage_that_is_refused_is_shown() -> None:
    refused = [reason("never_apart", "no", "Never paid separately."), reason(EARNS)]
    bundled = service("not_supported", own_outcome="yes", reasons=refused)
    assert words.wrong(decision("1", {"A0001": bundled})) == ["A0001: Never paid separately."]


@pytest.mark.parametrize("width", [60, 80, 120, 160])
def test_the_report_fits_the_page(width: int, golden: Callable[[Path, str], None]) -> None:
    lines = list(panel(months(PANEL), width))
    assert max(map(len, lines)) <= width
    golden(GOLDEN / f"panel_{width}.txt", "\n".join(lines) + "\n")


def test_nothing_decided_says_nothing() -> None:
    assert list(panel([], 80)) == []


def test_several_months_are_told_apart(golden: Callable[[Path, str], None]) -> None:
    later = PANEL[0] | {"service_month": "2026-04"}
    golden(GOLDEN / "months.txt", "\n".join(panel(months([PANEL[0], later]), 100)) + "\n")


def test_flat_rows(golden: Callable[[Path, str], None]) -> None:
    rows = [row for decision in PANEL for row in flat.rows(decision)]
    golden(GOLDEN / "panel.csv", "".join([flat.HEADER, *rows]))


def test_a_name_too_long_for_its_column_is_broken_at_a_dot_or_an_underscore() -> None:
    text = "stays[0].facility_paid_for_care_management"
    lines = list(table(("a", "b"), [[["x"], [text]]], (1,), 30))
    assert lines[2:] == ["x  stays[0].", "     facility_paid_for_care_", "     management"]


def test_the_width_of_the_page(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("COLUMNS", "97")
    assert page_width() == 97
    monkeypatch.setenv("COLUMNS", "7")
    assert page_width() == 60
    monkeypatch.delenv("COLUMNS")
    assert page_width() == 120
