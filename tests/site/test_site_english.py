"""The little English that sentences need."""

from __future__ import annotations

from decimal import Decimal

import pytest

from ccm_policy.site.prose import english, lexicon


@pytest.mark.parametrize(
    ("phrase", "many", "negated", "said"),
    [
        ("is documented", False, False, "is documented"),
        ("is documented", True, False, "are documented"),
        ("is documented", False, True, "is not documented"),
        ("is documented", True, True, "are not documented"),
        ("lasts 12 months", True, False, "last 12 months"),
        ("lasts 12 months", False, True, "does not last 12 months"),
        ("puts the patient at risk", True, True, "do not put the patient at risk"),
        ("reaches 20 minutes", True, False, "reach 20 minutes"),
        ("carries a code", True, False, "carry a code"),
        ("has a code", True, False, "have a code"),
        ("has a code", False, True, "does not have a code"),
        ("has been signed", False, True, "has not been signed"),
        ("has had a visit", True, True, "have not had a visit"),
        ("was billed", True, True, "were not billed"),
        ("can be reached", False, True, "cannot be reached"),
        ("must be reached", False, True, "must not be reached"),
    ],
)
def test_verbs(phrase: str, many: bool, negated: bool, said: str) -> None:
    assert english.verb(phrase, many=many, negated=negated) == said


@pytest.mark.parametrize(
    ("parts", "said"),
    [
        ([], ""),
        (["a"], "a"),
        (["a", "b"], "a and b"),
        (["a", "", "b"], "a and b"),
        (["a", "b", "c"], "a, b and c"),
        (["a, with x", "b", "c"], "a, with x; b; and c"),
    ],
)
def test_lists(parts: list[str], said: str) -> None:
    assert english.listed(parts) == said


@pytest.mark.parametrize(
    ("noun", "many"),
    [
        ("visit", "visits"),
        ("entry", "entries"),
        ("day", "days"),
        ("diagnosis | diagnoses", "diagnoses"),
        ("box", "boxes"),
    ],
)
def test_plurals(noun: str, many: str) -> None:
    assert english.plural(noun) == many


def test_quantities_are_exact() -> None:
    assert english.quantity(Decimal("1"), "month") == "1 month"
    assert english.quantity(Decimal("12"), "month") == "12 months"
    assert english.quantity(Decimal("66.13"), "dollar") == "$66.13"
    assert english.quantity(Decimal("0.5"), "minute") == "0.5 minutes"
    assert english.quantity(Decimal("1200"), None) == "1,200"


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("Minutes of staff", "minutes of staff"),
        ("CCM was discussed", "CCM was discussed"),
        ("A visit", "a visit"),
        ("E11.9 is listed", "E11.9 is listed"),
    ],
)
def test_a_title_inside_a_sentence_keeps_its_acronyms(text: str, said: str) -> None:
    assert english.lower(text) == said


def test_a_text_that_is_no_name_is_shown_as_it_stands() -> None:
    said = [lexicon.Lexicon().value(text) for text in (".", "n/a", "-", "None.", "care_plan", "13202-01")]
    assert said == ['"."', '"n/a"', '"-"', '"None."', "care plan", "13202-01"]
