"""Edits of a small library, each told right, with the smallest patient-month that shows it."""

from __future__ import annotations

import json
from dataclasses import dataclass
from pathlib import Path

import pytest

from ccm_policy import fees, library
from ccm_policy.evaluate.examples import run
from ccm_policy.language.parser import parse
from ccm_policy.library import Library
from ccm_policy.review.departures import successor
from ccm_policy.review.meaning import Effect, Meaning, Told, compare
from ccm_policy.review.sides import Side
from ccm_policy.review.text import changes

WORDS = """
library
  title          "A small library"
  known through  2030-12
  layers         payer, state
  established by payer

values payer_name are acme, zenith
values role are nurse, aide, clerk
codes others are 11111, 22222

fact patient_id      text
  key
fact service_month   month
  key
fact payer           payer_name
fact state           text
fact practitioner.id text
fact consent         yes/no
fact grade           one of low, middle, high
fact vip             yes/no, presumed no

list log
  called entry
  dated  by date
  short  date, minutes, who
  field  date    date, in service month
  field  minutes minutes, 0 to 1440
  field  who     role
  field  shared  yes/no, presumed no

list other
  called service
  dated  by date
  complete for the service month
  field  code code
  field  date date

facts plain
  given payer acme
  given practitioner.id dr-a
  given consent yes
  given grade middle
  given other none
"""
BASE = """
policy base.care
  title   "Care"
  edition 2024-01

source rules
  title "Rules"

service 10001
  title  "Care"
  family care
  earns  1 unit when counted is at least 20 minutes
  cite   rules
  basis  guidance

service 10002
  title   "More care"
  family  care
  adds to 10001
  earns   1 unit for each full 20 minutes of counted beyond 20 minutes, at most 2 units
  cite    rules
  basis   guidance

define counts of log
  title "Counts"
  as    who is one of nurse, aide and not shared

define counted: minutes
  title "Minutes that count"
  as    sum of minutes over log where counts

requirement consented
  title     "Consent"
  for       every care service
  require   consent
  except    important when vip
  otherwise "No consent."
  cite      rules
  basis     guidance

exclusion elsewhere
  title     "Not elsewhere"
  for       every care service
  forbid    any other in the month where code is 11111
  otherwise "It was billed elsewhere."
  cite      rules
  basis     guidance
"""
PAYER = """
policy payer.acme
  title   "Acme"
  edition 2024-01
  extends base.care
  applies when payer is acme

source acme_rules
  title "Acme's rules"
"""
FILES = {"words.policy": WORDS, "base.policy": BASE, "acme.policy": PAYER}
MONTH = "2026-01"


def written(folder: Path, **edited: str) -> Library:
    folder.mkdir()
    for name, text in FILES.items():
        (folder / name).write_text(edited.get(name.partition(".")[0], text), encoding="utf-8")
    return library.load(folder, cache=False)


@dataclass(frozen=True)
class Compared:
    before: Library
    after: Library
    meaning: Meaning

    def of(self, name: str) -> Told:
        return next(each for each in self.meaning.changes if each.name == name)


def edited(tmp_path: Path, part: str, old: str, new: str) -> Compared:
    """The library, and the same with one text in the place of another."""
    text = FILES[f"{part}.policy"]
    assert text.count(old) == 1
    before, after = written(tmp_path / "before"), written(tmp_path / "after", **{part: text.replace(old, new)})
    sides = (Side("before", before, before.directory, MONTH), Side("after", after, after.directory, MONTH))
    return Compared(before, after, compare(*sides, changes(*sides)))


def kept(found: Compared, name: str, place: int = 0) -> None:
    """The example of a witness passes on the later side, fails on the earlier."""
    text = found.of(name).witnesses[place].example
    assert text is not None
    statement = parse(text, "kept.policy")[0].statements[0]
    schedules = fees.load()
    assert run(statement, found.after, schedules).passed
    assert not run(statement, found.before, schedules).passed


def test_a_threshold_moved_by_one_tightens_at_exactly_that_minute(tmp_path: Path) -> None:
    found = edited(tmp_path, "base", "at least 20 minutes\n", "at least 21 minutes\n")
    told = found.of("10001")
    assert (told.effect, told.proved) == (Effect.TIGHTENS, True)
    (witness,) = told.witnesses
    assert witness.departures == ("log[0] date 2026-01-31, minutes 20, who nurse",)
    assert (dict(witness.before), dict(witness.after)) == (
        {"10001": "x 1"},
        {"10001": "not supported by its own minutes"},
    )
    assert witness.example == (
        'example "service 10001 tightens: 10001 not supported by its own minutes"\n'
        "  month  2026-01\n"
        "  given  plain\n"
        "  given  20 minutes of nurse\n"
        "  expect 10001 not supported by its own minutes\n"
    )
    kept(found, "10001")


def test_a_limit_of_units_changes_units(tmp_path: Path) -> None:
    found = edited(tmp_path, "base", "at most 2 units", "at most 3 units")
    told = found.of("10002")
    assert (told.effect, told.codes) == (Effect.UNITS, ("10002",))
    assert [w.departures for w in told.witnesses] == [("log[0] date 2026-01-31, minutes 80, who nurse",)]
    kept(found, "10002")


def test_an_exception_that_is_widened_loosens(tmp_path: Path) -> None:
    found = edited(tmp_path, "base", "important when vip", "important when vip or grade is high")
    told = found.of("consented")
    assert told.effect == Effect.LOOSENS
    (witness,) = told.witnesses
    assert set(witness.departures) == {
        "log[0] date 2026-01-31, minutes 20, who nurse", "without consent", "grade high",
    } or set(witness.departures) == {
        "log[0] date 2026-01-31, minutes 20, who nurse", "consent no", "grade high",
    }  # fmt: skip
    kept(found, "consented")


def test_a_rule_that_is_reworded_has_no_effect(tmp_path: Path) -> None:
    found = edited(tmp_path, "base", '"No consent."', '"Consent is missing."')
    told = found.of("consented")
    assert (told.effect, told.proved) == (Effect.NOTHING, True)
    assert [each.proved for each in found.meaning.unchanged] == [True, True]


def test_a_rule_that_is_renamed_and_tightened_tightens(tmp_path: Path) -> None:
    found = edited(
        tmp_path,
        "base",
        'requirement consented\n  title     "Consent"\n  for       every care service\n  require   consent\n',
        'requirement agreed\n  title     "Consent"\n  for       every care service\n  require   consent\n'
        "  require   grade is one of middle, high\n",
    )
    told = found.of("agreed")
    assert (told.effect, told.proved) == (Effect.TIGHTENS, True)
    assert told.witnesses[0].told == 4
    assert "grade low" in told.witnesses[0].departures
    kept(found, "agreed")


def test_a_rule_that_is_dead_is_not_said_to_tighten(tmp_path: Path) -> None:
    dead = """
requirement dead
  title     "Twenty minutes, once more"
  for       10002
  require   counted is at least 20 minutes
  otherwise "Fewer than twenty minutes."
  cite      rules
  basis     guidance
"""
    found = edited(tmp_path, "base", "\nexclusion elsewhere", f"{dead}\nexclusion elsewhere")
    told = found.of("dead")
    assert (told.effect, told.proved, told.witnesses) == (Effect.NOTHING, True, ())
    assert all(each.proved for each in found.meaning.unchanged)


def test_another_wording_of_a_condition_is_proved_the_same(tmp_path: Path) -> None:
    found = edited(tmp_path, "base", "who is one of nurse, aide and not shared", "who is not clerk and not shared")
    told = found.of("counts")
    assert (told.effect, told.proved) == (Effect.NOTHING, True)
    assert {each.code: (each.proved, each.reaches) for each in found.meaning.unchanged} == {
        "10001": (True, ("counts",)),
        "10002": (True, ("counts",)),
    }


def test_a_definition_that_is_renamed_changes_nothing_where_it_is_read(tmp_path: Path) -> None:
    text = BASE.replace("counts of log", "of_use of log").replace("where counts", "where of_use")
    before, after = written(tmp_path / "before"), written(tmp_path / "after", base=text)
    sides = (Side("before", before, before.directory, MONTH), Side("after", after, after.directory, MONTH))
    meaning = compare(*sides, changes(*sides))
    assert {(each.name, each.effect, each.proved) for each in meaning.changes} == {
        ("of_use", Effect.NOTHING, True),
        ("counted", Effect.NOTHING, True),
    }
    assert all(each.proved and not each.reaches for each in meaning.unchanged)


def test_what_a_solver_alone_can_find_is_found_and_made_small(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("ccm_policy.review.searching.MOST_TRIED", 0)
    found = edited(tmp_path, "base", "at least 20 minutes\n", "at least 21 minutes\n")
    told = found.of("10001")
    assert (told.effect, told.proved) == (Effect.TIGHTENS, True)
    assert (told.witnesses[0].told, told.witnesses[0].minutes) == (3, "20")
    kept(found, "10001")


def test_what_a_solver_finds_is_near_a_plain_chart(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Before anything of it is left out: what the change does not need is as the chart has it."""
    monkeypatch.setattr("ccm_policy.review.searching.MOST_TRIED", 0)
    monkeypatch.setattr("ccm_policy.review.witness.MOST_STEPS", 0)
    asked = '  require   consent\n  require   practitioner.id is "dr-z" or grade is high\n'
    (witness,) = edited(tmp_path, "base", "  require   consent\n", asked).of("consented").witnesses
    assert not [each for each in witness.departures if each.startswith(("practitioner.id", "grade"))]


def test_a_code_out_of_its_life_is_told_by_the_one_that_is_in_its_place() -> None:
    lives = {"A": ("2020-01", "2021-12", "B"), "B": ("2022-01", None, None), "C": ("2023-01", None, None)}
    assert [successor(code, lives, "2021-06") for code in ("A", "B", "C", "other")] == ["A", "A", "C", "other"]
    assert [successor(code, lives, "2022-06") for code in ("A", "B")] == ["B", "B"]


def test_a_layer_that_overrides_what_counts_both_tightens_and_loosens(tmp_path: Path) -> None:
    layer = """
replace define counts of log
  title   "Counts"
  as      who is one of nurse, clerk and not shared
  because "Acme counts clerks and no aides."
  cite    acme_rules
"""
    found = edited(tmp_path, "acme", '  title "Acme\'s rules"\n', f'  title "Acme\'s rules"\n{layer}')
    told = found.of("counts")
    assert told.effect == Effect.BOTH
    assert [w.departures for w in told.witnesses] == [
        ("log[0] date 2026-01-31, minutes 20, who aide",),
        ("log[0] date 2026-01-31, minutes 20, who clerk",),
    ]
    kept(found, "counts", 0)
    kept(found, "counts", 1)
    names = [str(w.example).partition("\n")[0] for w in told.witnesses]
    assert names == [
        'example "define counts tightens: 10001 not supported by its own minutes"',
        'example "define counts loosens: 10001 x 1"',
    ]


def test_a_set_of_codes_that_grows_tightens_where_it_is_read(tmp_path: Path) -> None:
    found = edited(tmp_path, "base", "code is 11111", "code in others")
    told = found.of("elsewhere")
    assert told.effect == Effect.TIGHTENS
    (witness,) = told.witnesses
    assert "22222" in str(witness.departures)
    assert witness.told == 5


def test_what_only_flags_is_an_audit_risk_only(tmp_path: Path) -> None:
    flag = """
requirement high_grade
  title      "High grade"
  for        10001
  require    grade is high
  otherwise  "The grade is not high."
  severity   audit_risk
  cite       rules
  basis      guidance
"""
    found = edited(tmp_path, "base", "\nexclusion elsewhere", f"{flag}\nexclusion elsewhere")
    assert found.of("high_grade").effect == Effect.RISK


def test_everything_told_is_plain_data(tmp_path: Path) -> None:
    found = edited(tmp_path, "base", "at least 20 minutes\n", "at least 21 minutes\n")
    assert json.loads(json.dumps(found.meaning.to_dict()))["changes"][0]["effect"] == "tightens"


def test_a_year_of_the_library_is_told_as_its_final_rule_has_it() -> None:
    """CY 2020: transitional care no longer takes the minutes of its thirty days, complex care needs no substantial
    revision, further minutes are paid, and principal care bars the same practitioner's."""
    shipped = library.load()
    old, new = (Side(month, shipped, None, month) for month in ("2019-12", "2020-01"))
    wanted = ("complex_plan_revision", "G2058", "pcm_in_the_month", "further_minutes_beside_tcm", "tcm_beside_ccm")
    found = [each for each in changes(old, new, ("medicare.ccm",)) if each.name in wanted]
    told = {each.name: each for each in compare(old, new, found).changes}
    assert {name: each.effect for name, each in told.items()} == {
        "complex_plan_revision": Effect.LOOSENS,
        "G2058": Effect.LOOSENS,
        "pcm_in_the_month": Effect.TIGHTENS,
        "further_minutes_beside_tcm": Effect.RISK,
        "tcm_beside_ccm": Effect.NOTHING,
    }
    (further,) = told["G2058"].witnesses
    assert further.departures == ("time_log[0] date 2020-01-31, minutes 40, performed_by rn",)
    assert (dict(further.before), dict(further.after)) == ({"G2058": "no service"}, {"G2058": "x 1"})
    (principal,) = told["pcm_in_the_month"].witnesses
    assert (principal.told, principal.minutes) == (6, "20")
    assert any("code G206" in each for each in principal.departures), "a code of 2020, not its successor of 2022"
    assert dict(principal.after) == {"99490": "not supported by pcm_in_the_month"}
