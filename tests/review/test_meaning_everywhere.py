"""What is said of *all* patient-months holds of those of every payer, month and vocabulary, or is not said."""

from __future__ import annotations

from pathlib import Path

import pytest

from ccm_policy import library
from ccm_policy.review.effects import Effect, Kept, Meaning, Told
from ccm_policy.review.meaning import compare
from ccm_policy.review.meant import meant
from ccm_policy.review.sides import Side
from ccm_policy.review.text import changes
from tests.review.test_meaning import BASE, FILES, MONTH, WORDS

ZENITH = """
policy payer.zenith
  title   "Zenith"
  edition 2024-01
  extends base.care
  applies when payer is zenith

source zenith_rules
  title "Zenith's rules"

coverage zenith_pays
  title "Paid"
  for   10001, 10002
  is    covered
  cite  zenith_rules
  basis payer

example "forty minutes for Zenith"
  month  2026-01
  given  plain
  given  payer zenith
  given  20 minutes of nurse
  expect 10001 x 1
"""
COMMON = """
policy common.words
  title   "What all care has in common"
  edition 2024-01

define of_staff of log
  title "By staff"
  as    who is one of nurse, aide
"""
USING = BASE.replace("  edition 2024-01\n", "  edition 2024-01\n  uses    common.words\n", 1).replace(
    "who is one of nurse, aide and not shared", "of_staff and not shared"
)
ALL = FILES | {"base.policy": USING, "zenith.policy": ZENITH, "common.policy": COMMON}


def compared(tmp_path: Path, part: str, old: str, new: str, month: str | None = MONTH) -> Meaning:
    """What it means to put one text in the place of another."""
    libraries = []
    for name in ("before", "after"):
        folder = tmp_path / name
        folder.mkdir()
        for file, text in ALL.items():
            edited = name == "after" and file == f"{part}.policy"
            assert not edited or text.count(old) == 1
            (folder / file).write_text(text.replace(old, new) if edited else text, encoding="utf-8")
        libraries.append(library.load(folder, cache=False))
    one, other = (Side(each.directory.name, each, each.directory, month) for each in libraries)
    return compare(one, other, changes(one, other))


def told(meaning: Meaning, name: str) -> Told:
    return next(each for each in meaning.changes if each.name == name)


def kept(meaning: Meaning) -> dict[str, Kept]:
    return {each.code: each for each in meaning.unchanged}


def test_no_service_of_another_payer_is_proved_to_stay_that_does_not(tmp_path: Path) -> None:
    """The plain chart is Acme's; what Zenith pays for is another question."""
    meaning = compared(tmp_path, "zenith", "  is    covered\n", "  is    not covered\n")
    change = told(meaning, "zenith_pays")
    assert (change.effect, change.codes) == (Effect.COVERAGE, ("10001", "10002"))
    assert kept(meaning) == {}


def test_a_role_more_in_a_set_is_told_by_what_it_does(tmp_path: Path) -> None:
    words = WORDS.replace("codes others", "roles staff are nurse, aide\ncodes others").replace(
        "  field  shared  yes/no, presumed no\n",
        "  field  shared  yes/no, presumed no\n  field  staff   yes/no, presumed from who in staff\n",
    )
    assert "presumed from who in staff" in words
    by_words = {"words.policy": words, "common.policy": COMMON.replace("who is one of nurse, aide", "staff")}
    with pytest.MonkeyPatch.context() as patched:
        for file, text in by_words.items():
            patched.setitem(ALL, file, text)
        meaning = compared(tmp_path, "words", "roles staff are nurse, aide\n", "roles staff are nurse, aide, clerk\n")
    change = told(meaning, "staff")
    assert change.effect is Effect.LOOSENS
    assert "10001" in change.codes
    assert change.witnesses[0].departures == ("log[0] date 2026-01-31, minutes 20, who clerk",)
    assert not any(each.proved for each in kept(meaning).values())


def test_a_definition_of_a_policy_that_others_only_use_is_asked_of_their_patients(tmp_path: Path) -> None:
    meaning = compared(tmp_path, "common", "who is one of nurse, aide", "who is nurse")
    change = told(meaning, "of_staff")
    assert (change.effect, change.proved) == (Effect.TIGHTENS, True)
    assert change.witnesses[0].departures == ("log[0] date 2026-01-31, minutes 20, who aide",)


def test_an_edit_of_an_old_edition_is_asked_in_the_last_month_that_reads_it(tmp_path: Path) -> None:
    """And every service in which it shows is named, not only that of the witness."""
    meaning = compared(tmp_path, "base", "any other in the month where code is 11111", "any other in the month", None)
    change = told(meaning, "elsewhere")
    assert (change.effect, change.months, change.codes) == (Effect.TIGHTENS, ("2030-12",), ("10001", "10002"))
    assert meaning.months == ("2030-12",)


@pytest.mark.parametrize(
    ("part", "old", "new"),
    [
        ("base", "of_staff and not shared", "not shared and who is one of nurse, aide"),
        ("base", "of_staff and not shared", "not (shared or not of_staff)"),
        ("base", "of_staff and not shared", "of_staff and (not shared and of_staff)"),
        ("base", "  require   consent\n", "  require   not (not consent)\n"),
        ("common", "who is one of nurse, aide", "who is one of aide, nurse"),
    ],
)
def test_the_same_in_other_words_is_the_same_whatever_is_known(tmp_path: Path, part: str, old: str, new: str) -> None:
    meaning = compared(tmp_path, part, old, new, None)
    (change,) = meaning.changes
    assert (change.effect, change.proved, change.note) == (
        Effect.NOTHING, True, "What is decided by it reads the same.",
    )  # fmt: skip
    assert all(each.proved and not each.reaches for each in meaning.unchanged)


def test_a_layer_that_is_for_other_patients_leaves_open_what_else_changes(tmp_path: Path) -> None:
    meaning = compared(tmp_path, "zenith", "applies when payer is zenith", "applies when payer is one of zenith, acme")
    assert told(meaning, "payer.zenith").effect is Effect.OPEN
    assert not any(each.proved for each in kept(meaning).values())


def test_what_has_no_effect_of_its_own_is_told_in_one_line(tmp_path: Path) -> None:
    note = 'note spoken\n  text "A word for people."\n  cite rules\n\nrequirement consented\n'
    one, other = (tmp_path / name for name in ("one", "other"))
    for folder in (one, other):
        folder.mkdir()
        for file, text in ALL.items():
            edited = text.replace("requirement consented\n", note) if folder is other else text
            (folder / file).write_text(edited, encoding="utf-8")
    old, new = (Side(each.name, library.load(each, cache=False), each, MONTH) for each in (one, other))
    found = changes(old, new)
    (line,) = meant(compare(old, new, found), found)
    assert (line.title, line.said) == ("no effect of their own, proved", "note spoken")
