"""What `ccm-policy prove` tells of a small library: each kind of answer, and each thing that can be wrong."""

from __future__ import annotations

import json
import shutil
from pathlib import Path

import jsonschema
import pytest

from ccm_policy import facts
from ccm_policy.cli.main import main
from ccm_policy.library import Library, load
from ccm_policy.prove import whole
from ccm_policy.prove.telling import wrong
from ccm_policy.prove.whole import Told, asked

HERE = Path(__file__).parent
WORLD = HERE.parent / "resolve" / "world"
MONTH = "2026-03"


@pytest.fixture
def small(tmp_path: Path) -> Path:
    shutil.copytree(WORLD, tmp_path / "small")
    shutil.copy(HERE / "small" / "wrong.policy", tmp_path / "small")
    vocabulary = tmp_path / "small" / "vocabulary.policy"
    vocabulary.write_text(f"{vocabulary.read_text(encoding='utf-8')}\nfact patient_id text\n  key\n", encoding="utf-8")
    return tmp_path / "small"


def answers(small: Path) -> dict[tuple[str, str], Told]:
    told = asked(load(small), MONTH, [small / "wrong.policy"])
    return {(each.kind, each.name if each.kind != "only tightens" else each.text.split()[2]): each for each in told}


def test_each_kind_of_answer(small: Path) -> None:
    told = answers(small)
    assert {" ".join(key): (each.answer, each.holds) for key, each in told.items()} == {
        "invariant thirty": ("shown", False),
        "invariant twenty": ("proved", True),
        "invariant on_record": ("proved", True),
        "invariant whatever_the_copy": ("proved", True),
        "invariant whatever_qmb": ("shown", False),
        "invariant more_is_more": ("proved", True),
        "invariant two_at_most": ("proved", True),
        "can fail started_in_time": ("shown", True),
        "can hold started_in_time": ("shown", True),
        "can fail says_nothing": ("proved", False),
        "can hold says_nothing": ("shown", True),
        "can fail cannot_be": ("shown", True),
        "can hold cannot_be": ("proved", False),
        "bites never_bites": ("proved", False),
        "can fail never_bites": ("shown", True),
        "can hold never_bites": ("shown", True),
        "bites bites": ("shown", True),
        "can fail bites": ("shown", True),
        "can hold bites": ("shown", True),
        "bites planning_beside": ("shown", True),
        "can fail planning_beside": ("shown", True),
        "can hold planning_beside": ("shown", True),
        "permission beside_itself": ("proved", False),
    } | {f"only tightens {code}": ("proved", True) for code in ("99490", "99487", "99439")}


def test_what_does_not_hold_is_told_with_its_place(small: Path) -> None:
    said = [wrong(told) for told in answers(small).values() if told.holds is False]
    assert sorted({message.code for message in said}) == [
        "CCM-E0760", "CCM-E0762", "CCM-E0763", "CCM-E0764", "CCM-E0765",
    ]  # fmt: skip
    assert all(message.span is not None and message.span.file.endswith("wrong.policy") for message in said)


def loosened(small: Path, header: str = "") -> dict[tuple[str, str], Told]:
    """A layer that takes minutes of automatic calls out of what counts: what came first may then come later (S47)."""
    text = f"""
policy payer.beta
  title     "Beta"
  edition   2020-01
  extends   base.care
  applies   when payer is beta
{header}
source beta_letter
  title "Beta's letter"

replace define counts of time_log
  as      its staff is clinical and not automated and program is ccm and performed_by is not ma
  because "Assistants do not count."
  cite    beta_letter
"""
    (small / "wrong.policy").write_text(text, encoding="utf-8")
    care = small / "care.policy"
    rule = """
requirement in_time
  title     "Consent by the first day"
  for       every ccm service
  require   any consents where date is on or before first_day
  otherwise "Consent came later."
  basis     regulation
  cite      rule_book
"""
    care.write_text(care.read_text(encoding="utf-8") + rule, encoding="utf-8")
    return answers(small)


def test_a_layer_that_counts_less_can_loosen(small: Path) -> None:
    told = loosened(small)["only tightens", "99490"]
    assert (told.answer, told.holds) == ("shown", False)
    assert wrong(told).code == "CCM-E0761"
    assert {entry["performed_by"] for entry in told.facts["time_log"]} > {"ma"}  # type: ignore[index]


def test_a_layer_that_loosens_may_say_so(small: Path) -> None:
    told = loosened(small, '  relaxes   "A day later will do."\n  cite      beta_letter\n')["only tightens", "99490"]
    assert (told.answer, told.holds, told.relaxed) == ("shown", True, True)


def test_what_is_shown_are_facts_that_anyone_can_read(small: Path) -> None:
    library = load(small)
    for told in answers(small).values():
        for record in (told.facts, told.other):
            assert record is None or facts.check(record, library.vocabulary)[0] is not None


def test_what_did_not_change_is_not_asked_again(small: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    first = answers(small)
    monkeypatch.setattr(whole.Asking, "_answer", lambda *_: pytest.fail("it is asked again"))
    assert answers(small) == first


def test_the_command(small: Path, capsys: pytest.CaptureFixture[str]) -> None:
    schema = json.loads((Path(whole.__file__).parent / "answers.schema.json").read_text(encoding="utf-8"))
    words = ["prove", "--policies", str(small), "--month", MONTH]
    assert main([*words, "--format", "json"]) == 1
    jsonschema.validate(json.loads(capsys.readouterr().out), schema)
    assert main(words) == 1
    told = capsys.readouterr()
    assert "`thirty` does not hold: Never less than thirty minutes" in told.out
    assert "facts:" in told.out
    (small / "wrong.policy").unlink()
    assert main(words) == 0
    assert main(["check", str(small), "--prove"]) == 0
    assert main(["prove", str(small / "none.policy")]) == 2


def test_any_number_of_records_is_meant(small: Path) -> None:
    """Nothing that takes more records than are looked at is told as proved."""
    text = (small / "care.policy").read_text(encoding="utf-8")
    more = text + "\ninvariant few\n  always 99490 requires at most 5 time_log\n"
    (small / "care.policy").write_text(more, encoding="utf-8")
    library: Library = load(small)
    told = next(each for each in asked(library, MONTH) if each.name == "few")
    assert (told.answer, told.holds, told.records) == ("not decided", None, 3)
