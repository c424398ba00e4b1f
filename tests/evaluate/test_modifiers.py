"""`modifier 25 when …`: what a service's line of a claim carries."""

from __future__ import annotations

from typing import Any

import pytest

from ccm_policy.library.checking import check
from tests.evaluate.small_world import SERVICE, decide, world

ON_ITS_DATE = SERVICE + "  modifier 25 when any visits on its date where visits.code is 99213\n  modifier GQ\n"


@pytest.mark.parametrize(
    ("visits", "modifiers", "notes"),
    [
        ([{"seen": "2026-03-31", "code": "99213"}], ("25", "GQ"), ()),
        ([{"seen": "2026-03-30", "code": "99213"}], ("GQ",), ()),
        ([], ("GQ",), ()),
        ([{"seen": None, "code": "99213"}], ("GQ",), ("Modifier 25 depends on visits[0].seen.",)),
        ([{"seen": "2026-03-31", "code": None}], ("GQ",), ("Modifier 25 depends on visits[0].code.",)),
        (None, ("GQ",), ("Modifier 25 depends on visits.",)),
    ],
)
def test_a_modifier_goes_by_the_line_that_would_be_billed(
    visits: Any, modifiers: tuple[str, ...], notes: tuple[str, ...]
) -> None:
    service = decide(ON_ITS_DATE, {"visits": visits}).services["10001"]
    assert (service.status, service.modifiers, service.notes) == ("supported", modifiers, notes)


def test_the_date_is_that_of_the_claim_where_there_is_one() -> None:
    given = {
        "visits": [{"seen": "2026-03-30", "code": "99213"}],
        "claim_lines": [{"line": 1, "code": "10001", "date": "2026-03-30"}],
    }
    assert decide(ON_ITS_DATE, given).services["10001"].modifiers == ("25", "GQ")


def test_its_code_and_units_may_be_asked() -> None:
    policy = SERVICE + "  modifier 76 when its units is at least 1 and its code is 10001\n"
    assert decide(policy, {}).services["10001"].modifiers == ("76",)


def test_what_is_not_supported_carries_none() -> None:
    policy = SERVICE.replace("earns  1 unit", "earns  1 unit when flag") + "  modifier 25\n"
    assert decide(policy, {"flag": False}).services["10001"].modifiers == ()


def test_a_layer_gives_its_own() -> None:
    layer = """
policy practice.lakeside
  title   "Lakeside"
  edition 2015-01
  extends acme.work
  applies when payer is acme

change service 10001
  modifier 33
  because "Its own form asks for it."
"""
    changed = decide(SERVICE + "  modifier 25\n", {}, layer).services["10001"]
    assert changed.modifiers in (("33",), ("25",))


@pytest.mark.parametrize("written", ["255", "modifier_25", '"2 5"'])
def test_what_is_no_modifier_is_told(written: str) -> None:
    assert "CCM-E0353" in _codes(SERVICE + f"  modifier {written}\n")


def test_a_modifier_stands_once() -> None:
    assert "CCM-E0353" in _codes(SERVICE + "  modifier 25\n  modifier 25 when flag\n")


def _codes(policy: str) -> set[str]:
    loaded = world('policy acme.work\n  title "t"\n  edition 2015-01\n  applies when payer is acme\n' + policy)
    return {diagnostic.code for diagnostic in check(loaded.source)}
