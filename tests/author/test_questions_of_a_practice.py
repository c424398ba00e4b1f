"""The shipped questions: what they speak of is in the vocabulary, and may be attested."""

from __future__ import annotations

from pathlib import Path

import pytest

from ccm_policy import library
from ccm_policy.author.questions import SHIPPED, read_questions
from ccm_policy.author.writing import attested_paths
from ccm_policy.language.diagnostics import CcmPolicyError

QUESTIONS = read_questions()
VOCABULARY = library.load().vocabulary


@pytest.mark.parametrize("path", attested_paths(QUESTIONS))
def test_every_fact_that_is_asked_about_may_be_attested_with_that_value(path: str) -> None:
    values = attested_paths(QUESTIONS)[path]
    if path in VOCABULARY.lists:
        assert VOCABULARY.lists[path].none_attested and values == ("none",)
        return
    list_of, _, field = path.rpartition(".")
    found = VOCABULARY.lists[list_of].fields[field] if list_of in VOCABULARY.lists else VOCABULARY.facts[path]
    assert found.attestable
    assert set(values) <= set(found.type.values or ("yes", "no"))


def test_who_was_in_the_building_is_each_entrys_and_nobodys_to_vouch_for() -> None:
    fields = VOCABULARY.lists["time_log"].fields
    assert fields["general_supervision"].attestable
    assert not fields["direct_supervision"].attestable


def test_no_fact_is_attested_by_two_questions() -> None:
    paths = [path for question in QUESTIONS.ask for path in question.attests]
    assert len(paths) == len(set(paths))


def test_what_is_no_attestation_is_a_fact_or_a_list_and_its_choices_are_values() -> None:
    for question in QUESTIONS.ask:
        if question.constant:
            values = VOCABULARY.facts[question.constant].type.values
            assert not values or set(question.choices) <= set(values), question.name
        if question.list:
            assert set(question.fields) <= set(VOCABULARY.lists[question.list].fields)


def test_every_place_that_may_be_chosen_has_a_setting() -> None:
    """Both are text for the vocabulary, so that nothing else holds them together."""
    table = (SHIPPED.parents[1] / "vocabulary" / "places.policy").read_text(encoding="utf-8")
    places = {line.split('"')[1] for line in table.splitlines() if line.strip().startswith("row")}
    assert set(QUESTIONS.of("place_of_service").choices) <= places


def test_a_question_of_another_form_is_told_with_its_line(tmp_path: Path) -> None:
    path = tmp_path / "questions.yaml"
    text = SHIPPED.read_text(encoding="utf-8").replace("kind: people", "kind: peoples")
    path.write_text(text, encoding="utf-8")
    with pytest.raises(CcmPolicyError) as caught:
        read_questions(path)
    (said,) = caught.value.diagnostics
    line = text.splitlines().index("    kind: peoples") + 1
    assert said.code == "CCM-E0756" and said.place is not None and said.place.row == line
