"""Conditions are yes, no or unknown: strong Kleene (S9).

A truth is `True`, `False` or `UNKNOWN`. Unknowns are not reasoned about across cases (S10): `A or not A` is unknown
when A is.
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import Literal

from ccm_policy.language.values import UNKNOWN, Special

Truth = bool | Literal[Special.UNKNOWN]


def negation(a: Truth) -> Truth:
    """`not`: unknown stays unknown."""
    return a if a is UNKNOWN else not a


def conjunction(truths: Iterable[Truth]) -> Truth:
    """No when one is no; else unknown when one is unknown; else yes. Of nothing: yes."""
    result: Truth = True
    for truth in truths:
        if truth is False:
            return False
        if truth is UNKNOWN:
            result = UNKNOWN
    return result


def disjunction(truths: Iterable[Truth]) -> Truth:
    """Yes when one is yes; else unknown when one is unknown; else no. Of nothing: no."""
    result: Truth = False
    for truth in truths:
        if truth is True:
            return True
        if truth is UNKNOWN:
            result = UNKNOWN
    return result


def word(truth: Truth) -> str:
    """`yes`, `no` or `unknown`, as decisions and examples write it."""
    return "unknown" if truth is UNKNOWN else "yes" if truth else "no"
