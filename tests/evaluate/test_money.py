"""Amounts while a fact that sets the price is not known: joined value by value, settings outside of factors."""

from __future__ import annotations

from decimal import Decimal
from itertools import permutations

import pytest

from ccm_policy.evaluate.money import Money, less, texts, total


def amounts(numbers: dict[str, object] | int) -> Money:
    if isinstance(numbers, int):
        return Decimal(numbers)
    return {key: amounts(part) for key, part in numbers.items()}  # type: ignore[arg-type]


PLAIN = amounts(1)
BY_SETTING = amounts({"facility": 10, "non_facility": 20})
BY_FACTOR = amounts({"non_qp": 100, "qp": 200})
BY_BOTH = amounts({"facility": {"non_qp": 1000, "qp": 2000}, "non_facility": {"non_qp": 3000, "qp": 4000}})


@pytest.mark.parametrize(
    ("parts", "expected"),
    [
        ([PLAIN, PLAIN], "2.00"),
        ([PLAIN, BY_SETTING], {"facility": "11.00", "non_facility": "21.00"}),
        ([BY_FACTOR, BY_FACTOR], {"non_qp": "200.00", "qp": "400.00"}),
        (
            [BY_FACTOR, BY_SETTING],
            {"facility": {"non_qp": "110.00", "qp": "210.00"}, "non_facility": {"non_qp": "120.00", "qp": "220.00"}},
        ),
        (
            [PLAIN, BY_FACTOR, BY_SETTING, BY_BOTH],
            {
                "facility": {"non_qp": "1111.00", "qp": "2211.00"},
                "non_facility": {"non_qp": "3121.00", "qp": "4221.00"},
            },
        ),
        ([PLAIN, None], None),
    ],
)
def test_the_order_of_amounts_has_no_meaning(parts: list[Money], expected: object) -> None:
    assert {str(texts(total(order))) for order in permutations(parts)} == {str(expected)}


def test_what_is_left() -> None:
    assert texts(less(BY_BOTH, BY_SETTING)) == {
        "facility": {"non_qp": "990.00", "qp": "1990.00"},
        "non_facility": {"non_qp": "2980.00", "qp": "3980.00"},
    }
