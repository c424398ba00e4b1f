"""What changed in the text: each statement that is new, gone, renamed or altered, clause by clause."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field, replace
from difflib import SequenceMatcher
from typing import Any

from ccm_policy.language import syntax as s
from ccm_policy.language.diagnostics import Span
from ccm_policy.language.format import format_statement
from ccm_policy.language.report import Report
from ccm_policy.library.showing import bare
from ccm_policy.review.authority import Authority, authority
from ccm_policy.review.renames import renamed
from ccm_policy.review.sides import Side

ADDED, REMOVED, CHANGED, RENAMED = "added", "removed", "changed", "renamed"
KEPT, LESS, MORE = " ", "-", "+"
SHARED = ""
"""The name under which statements of no policy stand."""
WORDS = frozenset({"title", "note", "because", "otherwise", "remedy", "also"})
"""Clauses that are words for people."""
WORDS_ALONE = "words"
"""What a change touches that has no effect on any decision."""
AUTHORITY = frozenset({"cite", "basis", "confidence"})
"""Clauses that say on what a statement rests."""

Key = tuple[str, str]


@dataclass(frozen=True, slots=True)
class Line:
    """A clause, or the first line of a statement: on both sides, or on one. `mark`: KEPT, LESS or MORE."""

    mark: str
    text: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Change:
    """A statement that is not the same on both sides.

    `policy`: whose it is; empty for what all share. `was`: its name before, where that changed. `how`: ADDED, REMOVED,
    CHANGED or RENAMED. `touches`: `words`, `authority`, `renaming` (it only follows the new name of another) or
    `rule`. `months`: in which both sides were looked at and it was found; `before`, `after`: the statement.
    """

    policy: str
    kind: str
    name: str
    how: str
    touches: str
    lines: tuple[Line, ...]
    authority: Authority
    months: tuple[str, ...]
    was: str | None = None
    file: str | None = None
    line: int | None = None
    before: s.Statement | None = field(default=None, repr=False)
    after: s.Statement | None = field(default=None, repr=False)

    @property
    def title(self) -> str:
        """What it is called: its kind and name."""
        return f"{self.kind} {self.name}"

    @property
    def is_example(self) -> bool:
        """Whether it decides nothing, and only says what is expected."""
        return self.kind == "example"

    def to_dict(self) -> dict[str, Any]:
        """Plain data."""
        return {
            "policy": self.policy or None,
            "kind": self.kind,
            "name": self.name,
            "was": self.was,
            "how": self.how,
            "touches": self.touches,
            "since": self.months[0] if self.months else None,
            "file": self.file,
            "line": self.line,
            "authority": self.authority.to_dict(),
            "text": [{"mark": each.mark, "text": each.text} for each in self.lines],
        }


def changes(old: Side, new: Side, only: tuple[str, ...] = (), *, merged: bool = False) -> tuple[Change, ...]:
    """Every statement that is not the same, by policy. `only`: of these policies; `merged`: and what they rest on."""
    names = _names(old, new, only, merged)
    found: dict[tuple[Any, ...], Change] = {}
    if not only:
        for change in _compared(SHARED, _shared(old), _shared(new), (old, new), None):
            found[SHARED, change.kind, change.name] = change
    for months in _months(old, new):
        for name in names:
            before, after = _own(old, name, months[0]), _own(new, name, months[1])
            if before == after:
                continue
            for change in _compared(name, before, after, (old, new), months):
                key = (name, change.kind, change.name, change.was, change.before, change.after)
                there = found.get(key)
                found[key] = change if there is None else replace(there, months=(*there.months, *change.months))
    return tuple(sorted(found.values(), key=lambda c: (c.policy, c.months[:1], c.is_example)))


def _names(old: Side, new: Side, only: tuple[str, ...], merged: bool) -> list[str]:
    outlines = [side.library.policies for side in (old, new)]
    known = sorted({name for outline in outlines for name in outline})
    if not only:
        return known
    wanted = set(only)
    for outline in outlines if merged else ():
        wanted |= {below for name in only if name in outline for below in outline[name].under}
    return [name for name in known if name in wanted]


def _months(old: Side, new: Side) -> list[tuple[str, str]]:
    """The months in which the two are compared: those that were named, or each in which an edition begins."""
    if old.month is not None and new.month is not None:
        return [(old.month, new.month)]
    starts = {e.month for side in (old, new) for p in side.library.policies.values() for e in p.editions}
    return [(month, month) for month in sorted(starts)]


def _shared(side: Side) -> Mapping[Key, s.Statement]:
    files = (file for file in side.library.files if file.header is None)
    return {(st.kind, st.name): bare(st) for file in files for st in file.statements}


def _own(side: Side, policy: str, month: str) -> Mapping[Key, s.Statement]:
    """What a policy says in a month: its header, what it wrote, and what it altered of others."""
    source = side.library.source
    there = source.policies.get(policy)
    editions = there.in_force(month) if there is not None else ()
    if there is None or not editions:
        return {}
    statements = source.consolidated((policy,), month, Report())
    own = {(st.kind, st.name): bare(st) for st in statements if policy in _writers(st)}
    first, later = editions[0].header.clauses, (c for e in editions[1:] for c in e.header.clauses if c.word != "title")
    clauses = tuple(c for c in (*first, *later) if c.word not in _OF_AN_EDITION)
    header = bare(replace(there.header, clauses=clauses))
    return {(header.kind, header.name): header, **own}


_OF_AN_EDITION = frozenset({"edition", "amends", "because", "cite", "raise"})


def _writers(statement: s.Statement) -> set[str]:
    origins = [statement.origin, *(clause.origin for clause in statement.clauses)]
    return {origin.policy for origin in origins if origin is not None}


def _compared(
    policy: str,
    before: Mapping[Key, s.Statement],
    after: Mapping[Key, s.Statement],
    sides: tuple[Side, Side],
    months: tuple[str, str] | None,
) -> Iterator[Change]:
    gone = {key: st for key, st in before.items() if key not in after and _is_its(policy, st)}
    come = {key: st for key, st in after.items() if key not in before and _is_its(policy, st)}
    names = renamed(gone, come)
    called = {old.name: new.name for old, new in names}
    pairs: list[tuple[s.Statement | None, s.Statement | None]] = [*names]
    pairs += [(st, after[key]) for key, st in before.items() if key in after and st != after[key]]
    pairs += [(st, None) for st in gone.values() if all(st is not one for one, _ in names)]
    pairs += [(None, st) for st in come.values() if all(st is not other for _, other in names)]
    for old, new in pairs:
        change = _change(policy, old, new, sides, months, called)
        if change is not None:
            yield change


def _is_its(policy: str, statement: s.Statement) -> bool:
    """Whether a policy brought a statement; what it only altered is there or not by another's doing."""
    return policy == SHARED or statement.origin is None or statement.origin.policy == policy


def _change(
    policy: str,
    before: s.Statement | None,
    after: s.Statement | None,
    sides: tuple[Side, Side],
    months: tuple[str, str] | None,
    called: Mapping[str, str],
) -> Change | None:
    one = after or before
    assert one is not None, "it is on one of the sides"
    lines = tuple(_lines(before, after))
    if before is not None and after is not None and policy and not _by(policy, before, after):
        return None
    was = before.name if before is not None and after is not None and before.name != after.name else None
    how = ADDED if before is None else REMOVED if after is None else CHANGED if was is None else RENAMED
    side = sides[1] if after is not None else sides[0]
    place = _place(before, one)
    return Change(
        policy=policy,
        kind=one.kind,
        name=one.name,
        how=how,
        touches=_touches(before, after, called),
        lines=lines,
        authority=authority(sides, months, policy, before, after),
        months=() if months is None else (months[1],),
        was=was,
        file=side.path(place.file) if place.file else None,
        line=place.line or None,
        before=before,
        after=after,
    )


def _place(before: s.Statement | None, stands: s.Statement) -> Span:
    """Where a change is written: the first clause that is not as before, else the statement."""
    kept = set(before.clauses) if before is not None and before is not stands else set(stands.clauses)
    return next((c.span for c in stands.clauses if c not in kept), stands.span)


def _by(policy: str, before: s.Statement, after: s.Statement) -> bool:
    """Whether a policy wrote any part of what differs, so that a change of its base is told once, at the base."""
    if before.head != after.head or before.name != after.name:
        return policy in {st.origin.policy for st in (before, after) if st.origin is not None} or before.origin is None
    kept = set(before.clauses) & set(after.clauses)
    parts = [c for c in (*before.clauses, *after.clauses) if c not in kept]
    origins = {c.origin.policy for c in parts if c.origin is not None}
    return not origins or policy in origins


def _touches(before: s.Statement | None, after: s.Statement | None, called: Mapping[str, str]) -> str:
    """What kind of clauses differ."""
    if before is None or after is None:
        return "rule"
    if called and before.name == after.name and _followed(before, after, called):
        return "renaming"
    if before.head != after.head:
        return "rule"
    kept = set(before.clauses) & set(after.clauses)
    words = {c.word for c in (*before.clauses, *after.clauses) if c not in kept}
    if not words and before.name != after.name:
        return "renaming"
    if words <= WORDS:
        return WORDS_ALONE
    return "authority" if words <= WORDS | AUTHORITY else "rule"


def _followed(before: s.Statement, after: s.Statement, called: Mapping[str, str]) -> bool:
    """Whether a statement is the same once the statements that it names have their new names."""
    pattern = re.compile(rf"(?<![\w.])({'|'.join(map(re.escape, called))})(?![\w.])")
    return pattern.sub(lambda m: called[m[1]], format_statement(before)) == format_statement(after)


def _lines(before: s.Statement | None, after: s.Statement | None) -> Iterator[Line]:
    one, other = _told(before), _told(after)
    for _, a, b, c, d in SequenceMatcher(None, one, other, autojunk=False).get_opcodes():
        if one[a:b] == other[c:d]:
            yield from (Line(KEPT, text) for text in one[a:b])
            continue
        yield from (Line(LESS, text) for text in one[a:b])
        yield from (Line(MORE, text) for text in other[c:d])


def _told(statement: s.Statement | None) -> list[str]:
    """The first line of a statement, and each clause."""
    if statement is None:
        return []
    head = format_statement(replace(statement, clauses=()))
    return [head, *(_clause(statement, clause, head) for clause in statement.clauses)]


def _clause(statement: s.Statement, clause: s.Clause, head: str) -> str:
    lines = format_statement(replace(statement, clauses=(clause,))).split("\n")[len(head.split("\n")) :]
    return "\n".join(line.removeprefix("  ") for line in lines)


def of_policies(found: Iterable[Change]) -> dict[str, list[Change]]:
    """Changes by the policy that they are of, in their order."""
    policies: dict[str, list[Change]] = {}
    for change in found:
        policies.setdefault(change.policy, []).append(change)
    return policies
