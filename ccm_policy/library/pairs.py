"""Layers that can apply to one patient-month and touch the same things, found over the finite selecting facts (S49)."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from itertools import combinations, product

from ccm_policy.language import syntax as s
from ccm_policy.language import tree as t
from ccm_policy.language.values import NONE, Value
from ccm_policy.language.walk import within
from ccm_policy.library.outline import PolicyOutline
from ccm_policy.library.selecting import truth
from ccm_policy.library.source import LibrarySource

Words = Callable[[s.Statement], frozenset[str]]
ANOTHER = "\0another"
"""A value that no policy names."""


def meeting(source: LibrarySource, words: Words) -> Iterator[tuple[str, str]]:
    """Pairs of policies, neither under the other, that can apply together, and one touches what the other reads."""
    touched = {name: _touched(source, name) for name in source.policies}
    read = {name: _read(source, name, words) for name in source.policies}
    for one, other in combinations(source.outline.in_order(frozenset(source.policies)), 2):
        first, second = source.outline.policies[one], source.outline.policies[other]
        if one in second.under or other in first.under:
            continue
        here, there = _apart(first, second), _apart(second, first)
        touched_here, touched_there = _all(touched, here), _all(touched, there)
        concerned = touched_here & (touched_there | _all(read, there)) or touched_there & _all(read, here)
        if concerned and _together(source, first, second):
            yield one, other


def _apart(one: PolicyOutline, other: PolicyOutline) -> frozenset[str]:
    """A policy and those under it that the other does not rest on."""
    return frozenset({one.name, *one.under}) - {other.name, *other.under}


def _all(names: Mapping[str, frozenset[str]], policies: frozenset[str]) -> frozenset[str]:
    return frozenset().union(*(names[p] for p in policies))


def _touched(source: LibrarySource, name: str) -> frozenset[str]:
    """The names that a policy declares or alters."""
    return frozenset(st.name for e in source.policies[name].editions for st in e.statements if st.kind != "example")


def _read(source: LibrarySource, name: str, words: Words) -> frozenset[str]:
    found: set[str] = set()
    for edition in source.policies[name].editions:
        for statement in edition.statements:
            if statement.kind != "example":
                found |= words(statement)
    return frozenset(found)


def _together(source: LibrarySource, one: PolicyOutline, other: PolicyOutline) -> bool:
    """Whether some values of the selecting facts let both apply."""
    conditions = [p.applies for p in (one, other) if p.applies is not None]
    if any(p.applies is None and not p.optional for p in (one, other)):
        return False
    choices = _choices(source, conditions)
    for values in product(*choices.values()):
        facts: Mapping[str, Value] = dict(zip(choices, values, strict=True))
        if all(truth(c, facts, source.outline.vocabulary).truth is True for c in conditions):
            return True
    return False


def _choices(source: LibrarySource, conditions: list[t.Node]) -> dict[str, list[Value]]:
    """For each fact that the conditions read: the values they name, another one, and none."""
    facts = {p.path: p.type for c in conditions for p in within(c) if isinstance(p, t.Fact)}
    choices: dict[str, list[Value]] = {}
    for path, type_ in facts.items():
        if type_.kind == "yes/no":
            choices[path] = [True, False]
            continue
        named = dict.fromkeys(v for c in conditions for v in _named(c, path))
        values: list[Value] = [*named, NONE]
        if not type_.values or set(type_.values) - set(named):
            values.append(next((v for v in type_.values if v not in named), ANOTHER))
        choices[path] = [frozenset(named)] if type_.kind == "set" else values
    return choices


def _named(condition: t.Node, path: str) -> Iterator[str]:
    """The values that a condition compares a fact with."""
    for part in within(condition):
        if isinstance(part, t.In | t.IncludesAtLeast) and _reads(part.operand, path):
            yield from part.values
        elif isinstance(part, t.Equal) and (_reads(part.left, path) or _reads(part.right, path)):
            for side in (part.left, part.right):
                if isinstance(side, t.Const) and isinstance(side.value, str):
                    yield side.value


def _reads(node: t.Node, path: str) -> bool:
    return any(isinstance(part, t.Fact) and part.path == path for part in within(node))
