"""From values of compiled code to those of the stages, and to facts."""

from __future__ import annotations

from datetime import date
from fractions import Fraction
from functools import lru_cache
from typing import Any

from ccm_policy.compile import known
from ccm_policy.compile.known import NO, OPEN, YES
from ccm_policy.evaluate.ranges import Days, Range, Result
from ccm_policy.facts.values import NONE, UNKNOWN, Value
from ccm_policy.language.truth import Truth

TRUTHS: tuple[Truth, ...] = (False, UNKNOWN, UNKNOWN, True)
"""By a truth of compiled code, the same elsewhere."""

COMPILED = {False: NO, UNKNOWN: OPEN, True: YES}
"""The other way round."""


def result_of(value: Any, kind: str) -> Result:
    """A value of compiled code as the stages have it."""
    if kind == "yes/no":
        return NONE if value is NONE else TRUTHS[int(value)]
    if kind == "number" and value.__class__ is tuple:
        return Range(*value)
    if kind == "date":
        return days_of(*value)
    plain: Result = value
    return plain


def fact_of(value: Any, kind: str) -> Value:
    """A value of compiled code as a fact; what is not settled is unknown."""
    if kind == "number" and value.__class__ is tuple:
        return Fraction(value[0]) if known.settled(value) else UNKNOWN
    if kind == "date":
        if value[0] != value[1]:
            return UNKNOWN
        return NONE if value[0] == known.NEVER else date.fromordinal(value[0])
    found: Value = NONE if value is NONE else TRUTHS[value] if kind == "yes/no" else value
    return found


@lru_cache(maxsize=4096)
def days_of(low: int, high: int) -> Days:
    """Days by their numbers."""
    return Days(date.fromordinal(low), date.fromordinal(high))
