"""Editions and layers put together by name: what stands in a month, and where each part of it comes from."""

from __future__ import annotations

import shutil
from collections.abc import Callable
from pathlib import Path

import pytest

from ccm_policy.cli.main import main
from ccm_policy.language import tree as t
from ccm_policy.language.diagnostics import CcmPolicyError
from ccm_policy.library import Library, load

HERE = Path(__file__).parent
WORLD = HERE.parent / "resolve" / "world"
Golden = Callable[[Path, str], None]

LAYER = """policy practice.lakeside
  title   "Lakeside"
  edition 2021-06
  extends base.care
  applies when practice is lakeside
  raise   plan_copy to decides

change requirement plan_copy
  basis   practice
  require care_plan.copy_given
  require any consents where documented

change requirement two_conditions
  because "We are stricter."
  cite    letter
  require at least 3 conditions where documented
  without remedy
  except  excused when patient.qmb and care_plan.copy_given
          because "Seldom."
          cite    letter

replace define counts of time_log
  as its staff is clinical and not automated
"""
AMENDED = """policy practice.lakeside
  edition 2023-01
  amends  2021-06

change requirement two_conditions
  without except excused

add requirement house_rule
  for      every ccm service
  require  any time_log
  severity advice
"""


@pytest.fixture
def library(tmp_path: Path) -> Library:
    shutil.copytree(WORLD, tmp_path / "policies")
    (tmp_path / "policies" / "lakeside.policy").write_text(LAYER, encoding="utf-8")
    (tmp_path / "policies" / "lakeside_2023.policy").write_text(AMENDED, encoding="utf-8")
    return load(tmp_path / "policies", cache=False)


def rules(library: Library, policies: tuple[str, ...], month: str) -> dict[str, t.Rule]:
    return {rule.name: rule for rule in library.program(policies, month).rules}


@pytest.mark.parametrize(
    ("policy", "month", "merged"),
    [
        ("base.care", "2020-01", False),
        ("base.care", "2022-01", False),
        ("practice.lakeside", "2021-06", False),
        ("practice.lakeside", "2023-05", True),
    ],
)
def test_what_is_shown(
    library: Library, policy: str, month: str, merged: bool, golden: Golden, capsys: pytest.CaptureFixture[str]
) -> None:
    arguments = ["show", policy, "--on", month, "--policies", str(library.directory)]
    assert main([*arguments, *(["--merged"] if merged else [])]) == 0
    golden(HERE / "shown" / f"{policy}_{month}.txt", capsys.readouterr().out)


def test_an_amendment_adds_and_repeals_from_its_month_on(library: Library) -> None:
    before, after = (library.program(("base.care",), month) for month in ("2021-12", "2022-01"))
    assert set(after.services) - set(before.services) == {"99487"}
    assert {r.name for r in before.rules} - {r.name for r in after.rules} == {"plan_reviewed"}
    assert [(p.name, p.edition) for p in before.policies] == [("base.care", "2020-01")]
    assert [(p.name, p.edition) for p in after.policies] == [("base.care", "2022-01")]


def test_every_ccm_service_takes_in_a_service_that_an_amendment_adds(library: Library) -> None:
    assert "99487" in rules(library, ("base.care",), "2022-01")["two_conditions"].codes


def test_change_gives_whole_clauses_and_keeps_the_rest(library: Library) -> None:
    base = rules(library, ("base.care",), "2022-01")["two_conditions"]
    changed = rules(library, ("practice.lakeside",), "2022-01")["two_conditions"]
    assert isinstance(changed.conditions[0], t.AtLeast)
    assert (changed.conditions[0].number, len(changed.conditions)) == (3, 1)
    assert (changed.remedy, changed.otherwise, changed.cites) == ("", base.otherwise, base.cites)
    (waiver,) = changed.waivers
    assert (waiver.name, waiver.because, waiver.where.policy) == ("excused", "Seldom.", "practice.lakeside")


def test_without_takes_an_exception_away_by_its_name(library: Library) -> None:
    assert rules(library, ("practice.lakeside",), "2023-01")["two_conditions"].waivers == ()


def test_a_rule_keeps_the_policy_it_comes_from(library: Library) -> None:
    changed = rules(library, ("practice.lakeside",), "2023-01")
    assert changed["two_conditions"].where == t.Where("base.care", "2020-01")
    assert changed["house_rule"].where == t.Where("practice.lakeside", "2023-01")


def test_a_raised_rule_is_stricter_and_says_that_it_was_raised(library: Library) -> None:
    base = rules(library, ("base.care",), "2022-01")["plan_copy"]
    raised = rules(library, ("practice.lakeside",), "2022-01")["plan_copy"]
    assert (base.severity, base.raised, raised.severity, raised.raised) == ("advice", False, "decides", True)


def test_a_replaced_definition_is_seen_by_all_that_read_it(library: Library) -> None:
    base = library.program(("base.care",), "2022-01").definitions
    layer = library.program(("practice.lakeside",), "2022-01").definitions
    assert base["staff_minutes"] == layer["staff_minutes"]
    assert base["counts"].value != layer["counts"].value


def test_definitions_stand_after_what_they_read(library: Library) -> None:
    names = list(library.program(("practice.lakeside",), "2022-01").definitions)
    assert names.index("counts") < names.index("staff_minutes")


def test_lives_of_codes_are_those_of_all_editions(library: Library) -> None:
    assert library.program(("base.care",), "2020-01").lives["99487"] == ("2022-01", None, None)


def test_a_policy_that_is_wrong_is_told_when_it_is_asked_for(tmp_path: Path) -> None:
    shutil.copytree(WORLD, tmp_path / "policies")
    wrong = LAYER.replace("any consents where documented", "any consent_forms")
    (tmp_path / "policies" / "lakeside.policy").write_text(wrong, encoding="utf-8")
    library = load(tmp_path / "policies", cache=False)
    assert library.program(("base.care",), "2022-01").rules
    with pytest.raises(CcmPolicyError) as refused:
        library.program(("practice.lakeside",), "2022-01")
    assert [d.code for d in refused.value.diagnostics] == ["CCM-E0203"]
