"""Everything that is wrong in a library, in every month and for every set of policies that can apply together.

Editions and layers are checked again for each span of months between two edition starts (S44). What was checked once is
not checked again: a statement is looked at only where it, or something that it reads, is new.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field, replace
from typing import Any

from ccm_policy.language import syntax as s
from ccm_policy.language.clauses import RULE_KINDS
from ccm_policy.language.diagnostics import Diagnostic, Note, Span, in_order
from ccm_policy.language.report import Report
from ccm_policy.language.resolve import Known, Reach, Words, check_examples
from ccm_policy.library.pairs import meeting
from ccm_policy.library.source import LibrarySource

Key = tuple[str, str]


def check(source: LibrarySource) -> list[Diagnostic]:
    """What is wrong in the policies of a library, in order of their places, each once."""
    checker = _Checker(source)
    for name in source.outline.in_order(frozenset(source.policies)):
        checker.chain((name,))
    for pair in meeting(source, checker.words.of):
        checker.chain(pair)
    return in_order([*checker.found.values(), *_examples(source)])


def _examples(source: LibrarySource) -> list[Diagnostic]:
    """What is wrong in the examples and named sets of facts, wherever they stand."""
    statements = [st for file in source.files for st in file.statements]
    known = Known(
        frozenset(st.name for st in statements if st.kind == "facts"),
        frozenset(source.outline.lives),
        frozenset(st.name for st in statements if st.kind in RULE_KINDS),
    )
    return check_examples((st for st in statements if st.kind in ("example", "facts")), source.shared.names, known)


@dataclass(slots=True)
class _Checker:
    source: LibrarySource
    words: Words = field(default_factory=Words)
    found: dict[tuple[str, str, Span | None], Diagnostic] = field(default_factory=dict)
    seen: set[tuple[Key, tuple[int, int]]] = field(default_factory=set)

    def chain(self, names: tuple[str, ...]) -> None:
        """Check policies that apply together, in every span of months."""
        spans = _spans(self.source, names)
        for month in spans:
            report = Report()
            statements = self.source.consolidated(names, month, report)
            new = self._new(statements)
            found = self.source.resolve(names, month, statements, new)[1] if new else []
            for diagnostic in (*report.found, *found):
                key = (diagnostic.code, diagnostic.message, diagnostic.span)
                told = diagnostic if month == spans[0] else self._dated(diagnostic, names, month)
                self.found.setdefault(key, told)

    def _new(self, statements: tuple[s.Statement, ...]) -> frozenset[Key]:
        """The statements that, with all that they read, were not looked at before."""
        reach = Reach(self.words, statements)
        new = set()
        for statement in statements:
            key = (statement.kind, statement.name)
            mark = (key, reach.of(statement))
            if mark not in self.seen:
                self.seen.add(mark)
                new.add(key)
        return frozenset(new)

    def _dated(self, diagnostic: Diagnostic, names: tuple[str, ...], month: str) -> Diagnostic:
        """With a note on the amendment that brought it about, where the text at fault is older than that."""
        edition = next((e for n in names for e in self._under(n) if e.month == month and e.amends), None)
        if edition is None or diagnostic.span is None:
            return diagnostic
        told = {note.span.file for note in diagnostic.notes} | {diagnostic.span.file}
        new = {e.path for n in names for e in self._under(n) if e.month == month}
        if edition.path in told or diagnostic.span.file in new:
            return diagnostic
        note = Note(f"so it is from {month} on, with this amendment", edition.header.name_span)
        return replace(diagnostic, notes=(*diagnostic.notes, note))

    def _under(self, name: str) -> Iterator[Any]:
        for each in (*self.source.outline.policies[name].under, name):
            yield from self.source.policies[each].editions


def _spans(source: LibrarySource, names: tuple[str, ...]) -> list[str]:
    """The months in which an edition of these policies, or of one under them, begins, once all of them are there."""
    policies = source.outline.policies
    involved = {below for name in names for below in (*policies[name].under, name)}
    first = max(policies[name].editions[0].month for name in names)
    starts = {e.month for name in involved for e in policies[name].editions}
    return sorted({m for m in starts if first <= m <= source.outline.known_through} | {first})
