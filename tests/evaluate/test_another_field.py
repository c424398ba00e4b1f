"""A vocabulary of another field, with names and marks of its own: the engine knows no word of the shipped one."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import ccm_policy

VOCABULARY = """\
library
  title "A gym"
  known through 2026-12
  layers        payer, branch
  established by payer

fact patient_id text
  title "Member"
  key
fact service_month month
  key
fact payer one of club, company
  key
fact branch text, presumed none
fact practitioner.id text, presumed "the club"
fact joined date
fact left   date, presumed none
  {ends}
fact counted_to date, presumed from end of month
  {known}
fact extras set of text, presumed none
  {extras}

list trainings
  called training
  dated  by day
  field  day    date, in service month
  field  length minutes, 0 to 600

list invoice
  called position
  dated  by date
  {claim}
  field  line  integer, 1 to 50
  field  code  code
  field  units integer, 0 to 9, presumed 1
  field  date  date

source rules
  title "House rules"
"""

POLICY = """\
policy club
  title   "Club"
  edition 2026-01
  applies when payer is one of club, company

service 10001
  title  "A month of training"
  family month
  earns  1 unit
  dated  the day trained reaches 60 minutes
  basis  practice
  cite   rules

define trained: minutes
  as sum of length over trainings where length is at least 10 minutes

requirement an_hour
  for       10001
  require   trained is at least 60 minutes
  otherwise "Less than an hour."
  basis     practice
  cite      rules
"""

CLAIM = """
claim check one_month
  for      every position where code is 10001
  require  units is at most 1
  otherwise "A month is billed once."
  basis    practice
  cite     rules
"""
MARKS = {
    "ends": "marks end_of_month",
    "known": "marks end_of_record",
    "extras": "marks choice_of_layers",
    "claim": "marks claim",
}


def _decided(tmp_path: Path, marks: dict[str, str], policy: str, vocabulary: str = VOCABULARY, **facts: Any) -> Any:
    words = dict.fromkeys(MARKS, 'title "Unmarked"') | marks
    (tmp_path / "vocabulary.policy").write_text(vocabulary.format(**words), encoding="utf-8")
    (tmp_path / "club.policy").write_text(policy, encoding="utf-8")
    record = {
        "patient_id": "m1",
        "service_month": "2026-03",
        "payer": "club",
        "joined": "2026-01-01",
        "trainings": [{"day": "2026-03-02", "length": 45}, {"day": "2026-03-20", "length": 30}],
        **facts,
    }
    library = ccm_policy.load(tmp_path)
    return library.evaluate(record)


def test_it_works_without_any_mark(tmp_path: Path) -> None:
    decision = _decided(tmp_path, {}, POLICY, left="2026-03-10", counted_to="2026-03-25")
    assert decision.services["10001"].status == "supported"
    assert decision.claim is None and not decision.findings


def test_it_is_read_by_its_marks(tmp_path: Path) -> None:
    decision = _decided(
        tmp_path,
        MARKS,
        POLICY + CLAIM,
        counted_to="2026-03-25",
        invoice=[
            {"line": 1, "code": "10001", "date": "2026-03-21", "units": 2},
        ],
    )
    assert decision.services["10001"].status == "supported"
    assert [finding.code for finding in decision.findings] == ["CCM-W0703"]
    assert decision.claim.lines[0].verdict == "not_supported"


def test_the_last_layer_is_no_practices_where_it_speaks_for_a_payer(tmp_path: Path) -> None:
    vocabulary = VOCABULARY.replace("layers        payer, branch", "layers        payer")
    assert vocabulary != VOCABULARY
    assert _decided(tmp_path, {}, POLICY, vocabulary=vocabulary).services["10001"].status == "supported"
