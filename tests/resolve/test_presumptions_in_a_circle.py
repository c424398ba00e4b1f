"""A presumption never rests on itself, whichever phrase over records leads back to it."""

from __future__ import annotations

import pytest

from tests.resolve.small_library import library_of

CALLS = """
fact asked yes/no, presumed no unless {phrase}
fact begun date

list calls
  dated by day
  field day     date, presumed none unless asked
  field minutes minutes, 0 to 60
"""


@pytest.mark.parametrize(
    "phrase",
    [
        "any calls in the month",
        "any calls where day is after begun",
        "every calls in the month has minutes is at least 1 minute",
        "count of calls on begun is at least 2",
        "sum of minutes over calls in the month is at least 20 minutes",
        "earliest day over calls is after begun",
        "not (the latest calls is none)",
        "begun is during any calls",
        "the day sum of minutes over calls reaches 20 minutes is after begun",
    ],
)
def test_a_date_that_places_a_record_is_read_by_the_phrase(phrase: str) -> None:
    found = library_of(CALLS.format(phrase=phrase))[1]
    circle = "`asked` is presumed from `calls.day` is presumed from `asked`"
    assert [d.message for d in found] == [f"presumptions go round in a circle: {circle}"]
