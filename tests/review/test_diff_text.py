"""Every kind of change of a text, told as what it is: beside its exact output."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest

from ccm_policy.review.sentence import sentence
from ccm_policy.review.sides import Reading
from ccm_policy.review.text import changes
from tests.review.worlds import GOLDEN, Run, edit, small

CONSENT = """requirement consent
  title   "Consent"
  for     every ccm service
  require consent_in_force is documented
  otherwise "It is not so."
  basis   payer
  cite    letter
"""

EDITS: dict[str, tuple[str, str, str]] = {
    "threshold": ("care.policy", "is at least 20 minutes\n\nservice 99439", "is at least 21 minutes\n\nservice 99439"),
    "words": ("alpha.policy", '"It is not so."', '"Consent is not documented."'),
    "authority": ("alpha.policy", "  cite    letter\n\nprefer", "  cite    rule_book\n\nprefer"),
    "added": ("alpha.policy", CONSENT, CONSENT + "\n" + CONSENT.replace("consent\n  title", "another\n  title")),
    "removed": ("alpha.policy", CONSENT, ""),
    "renamed": ("alpha.policy", "requirement consent\n", "requirement consent_on_record\n"),
    "exception": ("care.policy", "except    excused when patient.qmb\n", "except    let_off when patient.qmb\n"),
    "header": ("alpha.policy", "applies   when payer is alpha", "applies   when payer is one of alpha, gamma"),
    "shared": ("vocabulary.policy", "is NY, VT", "is NY, VT, ME"),
}


@pytest.mark.parametrize("name", EDITS)
def test_an_edit_is_told_as_what_it_is(
    name: str, tmp_path: Path, ccm: Run, golden: Callable[[Path, str], None], monkeypatch: pytest.MonkeyPatch
) -> None:
    small(tmp_path / "old")
    new = small(tmp_path / "new")
    file, old, text = EDITS[name]
    edit(new / file, old, text)
    monkeypatch.chdir(tmp_path)
    status, out, err = ccm("diff", "--no-meaning", "old", "new", "--exit-code")
    assert (status, err) == (1, "")
    golden(GOLDEN / f"{name}.txt", out)


def test_the_same_is_the_same_wherever_it_stands(tmp_path: Path, ccm: Run) -> None:
    one, other = small(tmp_path / "one"), small(tmp_path / "other")
    status, out, _ = ccm("diff", "--no-meaning", one, other, "--exit-code")
    assert status == 0
    assert out.endswith("No rule is written otherwise.\n")


def test_a_renamed_definition_is_one_change_and_what_names_it_follows(tmp_path: Path, ccm: Run) -> None:
    one, other = small(tmp_path / "one"), small(tmp_path / "other")
    for file in other.glob("*.policy"):
        text = file.read_text(encoding="utf-8").replace("consent_in_force", "consent_that_stands")
        file.write_text(text, encoding="utf-8", newline="\n")
    _, out, _ = ccm("diff", "--no-meaning", one, other, "--format", "json")
    told = {(c["name"], c["was"]): (c["how"], c["touches"]) for c in json.loads(out)["text"]}
    assert told[("consent_that_stands", "consent_in_force")] == ("renamed", "renaming")
    assert not [how for how, _ in told.values() if how in ("added", "removed")]


def test_what_is_renamed_and_changed_is_told_as_both(tmp_path: Path, ccm: Run) -> None:
    one, other = small(tmp_path / "one"), small(tmp_path / "other")
    edit(other / "care.policy", "requirement two_conditions", "requirement three_conditions")
    edit(other / "care.policy", "at least 2 conditions", "at least 3 conditions")
    _, out, _ = ccm("diff", "--no-meaning", one, other)
    assert "~ requirement three_conditions (was two_conditions): renamed and changed" in out


def test_two_months_show_what_an_edition_did_and_on_what_it_rests(
    ccm: Run, golden: Callable[[Path, str], None], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    small(tmp_path / "rules")
    monkeypatch.chdir(tmp_path)
    _, out, _ = ccm("diff", "--no-meaning", "2021-12", "2022-01", "--policies", "rules", "--policy", "base.care")
    golden(GOLDEN / "months.txt", out[: out.index("\nRATES")] + "\n")


def test_a_change_of_a_base_is_told_at_the_base_alone(tmp_path: Path, ccm: Run) -> None:
    one, other = small(tmp_path / "one"), small(tmp_path / "other")
    edit(other / "care.policy", "at least 2 conditions", "at least 3 conditions")
    _, out, _ = ccm("diff", "--no-meaning", one, other, "--format", "json")
    assert [(c["policy"], c["name"]) for c in json.loads(out)["text"]] == [("base.care", "two_conditions")]


def test_one_policy_or_its_chain(tmp_path: Path, ccm: Run) -> None:
    one, other = small(tmp_path / "one"), small(tmp_path / "other")
    edit(other / "care.policy", "at least 2 conditions", "at least 3 conditions")
    assert "No rule is written otherwise" in ccm("diff", "--no-meaning", one, other, "--policy", "payer.alpha")[1]
    assert "1 rule changed" in ccm("diff", "--no-meaning", one, other, "--policy", "payer.alpha", "--merged")[1]


def test_what_a_change_means_is_said_unless_it_is_left_out(tmp_path: Path, ccm: Run) -> None:
    one, other = small(tmp_path / "one"), small(tmp_path / "other")
    edit(other / "alpha.policy", '"It is not so."', '"Consent is not documented."')
    assert "MEANING: not asked" in ccm("diff", "--no-meaning", one, other)[1]
    _, out, _ = ccm("diff", one, other)
    assert "\nMEANING\n  requirement consent: no effect, proved. Words for people alone differ" in out


@pytest.mark.parametrize(
    ("effect", "said"), [("no effect", "reworded without effect"), ("loosens", "loosened"), ("not decided", "changed")]
)
def test_the_sentence_says_what_was_found(effect: str, said: str, tmp_path: Path) -> None:
    one, other = small(tmp_path / "one"), small(tmp_path / "other")
    edit(other / "care.policy", "at least 2 conditions", "at least 3 conditions")
    with Reading(None).opened() as reading:
        found = changes(*reading.sides([str(one), str(other)]))
    meaning: Any = SimpleNamespace(of=lambda change: SimpleNamespace(effect=SimpleNamespace(value=effect)))
    assert sentence(found, None, None, meaning) == f"1 rule {said}."
