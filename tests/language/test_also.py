"""What people call things: `also` is read, laid out again, and leads messages to the right name."""

from __future__ import annotations

from ccm_policy.language import syntax as s
from ccm_policy.language.format import format_file
from ccm_policy.language.nearest import nearest_called, words_for
from ccm_policy.language.parser import parse

TEXT = """list time_log
  also  "call log"
  also  minutes "Duration", "Time spent"
  also  performed_by.ma "CMA"
  field minutes      minutes
  field performed_by one of rn, ma
"""


def test_words_and_the_part_they_are_for() -> None:
    file, found = parse(TEXT, "words.policy")
    assert found == []
    bodies = [c.body for c in file.statements[0].all("also") if isinstance(c.body, s.Also)]
    assert [(b.part, tuple(w.value for w in b.words)) for b in bodies] == [
        (None, ("call log",)),
        ("minutes", ("Duration", "Time spent")),
        ("performed_by.ma", ("CMA",)),
    ]
    assert format_file(file) == TEXT


def test_a_word_leads_to_the_name() -> None:
    also = {"time_log minutes": ("Duration", "Time spent"), "patient_id": ("MRN",), "role ma": ("CMA",)}
    of_log = words_for(also, ["minutes", "date"], "time_log")
    assert of_log == {"Duration": "minutes", "Time spent": "minutes"}
    assert nearest_called("time_spent", ["minutes", "date"], of_log) == "minutes"
    assert nearest_called("durration", ["minutes", "date"], of_log) == "minutes"
    assert nearest_called("minutess", ["minutes", "date"], of_log) == "minutes"
    assert nearest_called("weight", ["minutes", "date"], of_log) is None
    assert words_for(also, ["patient_id", "payer"]) == {"MRN": "patient_id"}
