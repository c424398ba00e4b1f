"""Statements that only have another name: what is gone from one side and come on the other, paired by what they say."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from difflib import SequenceMatcher

from ccm_policy.language import syntax as s
from ccm_policy.language.format import format_statement

NEAR = 0.6
"""How much of two texts has to be the same, from 0 to 1, for the one to be the other under a new name."""
_NAMED_BY_WHAT_THEY_SAY = ("prefer", "scope")
"""Kinds whose name is the whole of what they say."""


def renamed(
    gone: Mapping[tuple[str, str], s.Statement], come: Mapping[tuple[str, str], s.Statement]
) -> list[tuple[s.Statement, s.Statement]]:
    """Pairs of what is gone and what came in its place: equal but for the name, else the nearest that are near enough.

    Each stands in one pair at most; where several are equally near, those with the nearest names.
    """
    near = [
        (_likeness(old, new), SequenceMatcher(None, old.name, new.name).ratio(), old, new)
        for old in gone.values()
        for new in come.values()
        if old.kind == new.kind and old.kind not in _NAMED_BY_WHAT_THEY_SAY
    ]
    pairs: list[tuple[s.Statement, s.Statement]] = []
    for likeness, _, old, new in sorted(near, key=lambda each: each[:2], reverse=True):
        free = all(old is not one and new is not other for one, other in pairs)
        if free and likeness >= NEAR:
            pairs.append((old, new))
    return pairs


def _likeness(old: s.Statement, new: s.Statement) -> float:
    """How near two statements are, apart from their names; 1 where they are equal."""
    if old.head == new.head and old.clauses == new.clauses:
        return 1.0
    one, other = (_words(replace(statement, name="x", clauses=statement.clauses)) for statement in (old, new))
    matcher = SequenceMatcher(None, one, other, autojunk=False)
    return 0.0 if matcher.real_quick_ratio() < NEAR or matcher.quick_ratio() < NEAR else min(matcher.ratio(), 0.999)


def _words(statement: s.Statement) -> list[str]:
    return format_statement(statement).split()
