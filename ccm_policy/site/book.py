"""Everything that pages read, looked up once: each statement through its editions, who cites what, which examples touch
which rule. Pages ask the book; they never walk the library themselves."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from ccm_policy.fees import FeeSchedules
from ccm_policy.language import syntax as s
from ccm_policy.language import tree as t
from ccm_policy.language.conditions_of import Statement, name_of
from ccm_policy.language.resolve import other_words
from ccm_policy.language.syntax.texts import citations
from ccm_policy.language.walk import definition_of, reads, records_of, within
from ccm_policy.library import Library, PolicyOutline, Selection
from ccm_policy.shipped import POLICIES
from ccm_policy.site.prose.lexicon import Lexicon
from ccm_policy.site.prose.naming import Naming
from ccm_policy.site.prose.speaker import Speaker
from ccm_policy.site.prose.spoken import speaker

RULES = ("requirement", "exclusion", "claim check", "log check", "panel check")
OTHERS = ("define", "coverage", "permission", "payment", "prefer", "note", "invariant", "attest")


@dataclass(frozen=True, slots=True)
class Version:
    """A statement as it stands from one edition up to the next that changes it (`until`, None: to this day)."""

    month: str
    until: str | None
    statement: s.Statement
    verb: s.Statement | None
    """The statement of the amendment that made this version, or None where it came with the policy's first edition."""


@dataclass(frozen=True, slots=True)
class Entry:
    """A statement of a policy through all its editions."""

    policy: str
    kind: str
    name: str
    versions: tuple[Version, ...]
    repeal: s.Statement | None = None

    @property
    def last(self) -> Version:
        """The newest version."""
        return self.versions[-1]

    @property
    def path(self) -> str:
        """Where its page stands."""
        if self.kind == "service":
            return f"services/{self.name}.md"
        folder = "" if self.kind in RULES else f"{self.kind.replace(' ', '-')}/"
        return f"rules/{self.policy}/{folder}{self.name.replace(' ', '-')}.md"

    @property
    def title(self) -> str:
        """The title that it has, else its name in words."""
        clause = self.last.statement.one("title")
        said = clause.body.value if clause and isinstance(clause.body, s.Text) else ""
        return said or self.name.replace("_", " ").capitalize()

    @property
    def in_force(self) -> bool:
        """Whether it stands to this day."""
        return self.last.until is None

    @property
    def also(self) -> tuple[str, ...]:
        """What people call it; a later text without such words leaves those of the text before."""
        return next((words for v in reversed(self.versions) if (words := other_words(v.statement))), ())


@dataclass(frozen=True, slots=True)
class Citing:
    """Where a source is cited: an entry, an edition or a library statement, and the pinpoint."""

    entry: Entry | None
    policy: str
    edition: str
    at: str | None


@dataclass(frozen=True, slots=True)
class Example:
    """An example of a policy's edition, with its number among all examples of the policy."""

    policy: str
    edition: str
    number: int
    statement: s.Statement

    @property
    def path(self) -> str:
        """Where it stands on the site."""
        return f"examples/{self.policy}.md#example-{self.number}"


@dataclass(slots=True, kw_only=True)
class Book:
    """A library, its fee schedules, and what follows from them for the pages."""

    library: Library
    fees: FeeSchedules
    lexicon: Lexicon
    made: dict[str, t.Program] = field(default_factory=dict)
    """Programs by their digests. A book made after an edit may take over those of the book before."""
    _programs: dict[tuple[tuple[str, ...], str], t.Program] = field(default_factory=dict)
    _spoken: dict[tuple[tuple[str, ...], str], Speaker] = field(default_factory=dict)
    _kept: dict[str, Any] = field(default_factory=dict)

    @property
    def month(self) -> str:
        """The month that pages call *now*: the last one for which the policies are known."""
        return self.library.known_through

    @property
    def policies(self) -> dict[str, PolicyOutline]:
        """Every policy by name."""
        return self.library.policies

    @property
    def vocabulary(self) -> t.Vocabulary:
        """What can be known about a patient-month."""
        return self.library.vocabulary

    def program(self, policies: tuple[str, ...], month: str) -> t.Program:
        """Everything in force for these policies and what they rest on."""
        if (policies, month) not in self._programs:
            key = self.library.digest_of(policies, month)
            if key not in self.made:
                self.made[key] = self.library.program(policies, month)
            self._programs[policies, month] = self.made[key]
        return self._programs[policies, month]

    def speaker(self, policies: tuple[str, ...], month: str) -> Speaker:
        """Says conditions of these policies as they stand in a month."""
        key = (policies, month)
        if key not in self._spoken:
            program = self.program(policies, month)
            self._spoken[key] = speaker(Naming(self.lexicon, self.vocabulary, program.definitions))
        return self._spoken[key]

    def own(self, policy: str, month: str) -> tuple[s.Statement, ...]:
        """A policy's own statements in force in a month."""
        key = f"own {policy} {month}"
        if key not in self._kept:
            self._kept[key] = self.library.consolidated(policy, month)[1]
        found: tuple[s.Statement, ...] = self._kept[key]
        return found

    # --- statements through the editions

    def kept(self, name: str, make: Callable[[], Any]) -> Any:
        """What was made under a name before, or made now."""
        if name not in self._kept:
            self._kept[name] = make()
        return self._kept[name]

    @property
    def entries(self) -> dict[tuple[str, str, str], Entry]:
        """Every statement with a page of its own, by policy, kind and name."""
        found: dict[tuple[str, str, str], Entry] = self.kept("entries", self._entries)
        return found

    def _entries(self) -> dict[tuple[str, str, str], Entry]:
        entries: dict[tuple[str, str, str], Entry] = {}
        for policy in self.policies.values():
            for entry in _through(self, policy):
                entries[entry.policy, entry.kind, entry.name] = entry
        return entries

    def entry(self, policy: str, name: str) -> Entry | None:
        """The rule of that name in a policy."""
        return next((e for kind in RULES if (e := self.entries.get((policy, kind, name)))), None)

    def typed(self, entry: Entry, version: Version) -> Statement | None:
        """What a version means: its node in the program of its policy."""
        program = self.program((entry.policy,), version.month)
        if entry.kind == "define":
            return program.definitions.get(entry.name)
        if entry.kind == "service":
            return program.services.get(entry.name)
        groups: dict[str, tuple[Statement, ...]] = {
            "requirement": program.rules,
            "exclusion": program.rules,
            "claim check": program.line_checks,
            "log check": program.overlap_checks,
            "panel check": program.overlap_checks,
            "coverage": program.coverages,
            "permission": program.permissions,
            "payment": program.payments,
            "prefer": program.preferences,
            "invariant": program.invariants,
            "attest": program.attestations,
        }
        return next((node for node in groups.get(entry.kind, ()) if name_of(node) == entry.name), None)

    @property
    def examples(self) -> tuple[Example, ...]:
        """Every example of every file, in order."""
        found: tuple[Example, ...] = self.kept("examples", lambda: tuple(self._examples()))
        return found

    def _examples(self) -> Iterator[Example]:
        for policy in self.policies:
            number = 0
            for edition in self.library.source.policies[policy].editions:
                for statement in edition.statements:
                    if statement.kind == "example":
                        number += 1
                        yield Example(policy, edition.month, number, statement)

    @property
    def expecting(self) -> dict[str, list[tuple[Example, s.Expectation]]]:
        """For each rule and each code, the examples that expect something of it."""
        found: dict[str, list[tuple[Example, s.Expectation]]] = self.kept("expecting", self._expecting)
        return found

    def _expecting(self) -> dict[str, list[tuple[Example, s.Expectation]]]:
        found: dict[str, list[tuple[Example, s.Expectation]]] = defaultdict(list)
        for example in self.examples:
            for clause in example.statement.all("expect"):
                if isinstance(expected := clause.body, s.Expectation):
                    for name in {*expected.codes, *expected.rules}:
                        found[name].append((example, expected))
        return dict(found)

    # --- sources

    @property
    def sources(self) -> dict[str, s.Statement]:
        """Every source by its key."""
        found: dict[str, s.Statement] = self.kept("sources", self._sources)
        return found

    def _sources(self) -> dict[str, s.Statement]:
        statements = (st for file in self.library.files for st in file.statements if st.kind == "source")
        return {st.name: st for st in sorted(statements, key=lambda st: st.name)}

    @property
    def cited(self) -> dict[str, list[Citing]]:
        """For each source, everything that cites it."""
        found: dict[str, list[Citing]] = self.kept("cited", self._cited)
        return found

    def _cited(self) -> dict[str, list[Citing]]:
        found: dict[str, list[Citing]] = defaultdict(list)
        for policy in self.policies:
            for edition in self.library.source.policies[policy].editions:
                for statement in (edition.header, *edition.statements):
                    entry = self.entries.get((policy, statement.kind, statement.name))
                    for citation in citations(statement):
                        found[citation.source].append(Citing(entry, policy, edition.month, citation.at))
        return {source: list(dict.fromkeys(places)) for source, places in found.items()}

    # --- who pays

    @property
    def payers(self) -> dict[str, tuple[str, ...]]:
        """For each value of the fact that selects the first layer, and for each policy that another establishing fact
        selects: the policies that apply now when nothing else is known."""
        found: dict[str, tuple[str, ...]] = self.kept("payers", self._payers)
        return found

    def _payers(self) -> dict[str, tuple[str, ...]]:
        outline = self.library.outline
        first = outline.layers[0] if outline.layers else ""
        declared = self.vocabulary.facts.get(first)
        found: dict[str, tuple[str, ...]] = {}
        for value in declared.type.values if declared else ():
            chosen = self.library.select({first: value}, self.month)
            if isinstance(chosen, Selection) and chosen.established:
                found[value] = chosen.policies
        for policy in self.policies.values():
            if policy.level in outline.established_by and policy.level != first:
                found[policy.name] = (policy.name,)
        return found

    def months(self, policies: tuple[str, ...]) -> list[str]:
        """The months in which any of these policies, or what they rest on, begins an edition."""
        names = {name for policy in policies for name in (policy, *self.policies[policy].under)}
        return sorted({e.month for name in names for e in self.policies[name].editions})


def _through(book: Book, policy: PolicyOutline) -> Iterator[Entry]:
    """A policy's statements, each followed from edition to edition."""
    open_since: dict[tuple[str, str], list[Version]] = {}
    repeals: dict[tuple[str, str], s.Statement] = {}
    for edition in policy.editions:
        amending = {
            (st.kind, st.name): st
            for e in book.library.source.policies[policy.name].editions
            if e.month == edition.month
            for st in e.statements
            if st.verb is not None
        }
        now = {(st.kind, st.name): st for st in book.own(policy.name, edition.month) if _has_page(st)}
        for key, versions in open_since.items():
            last = versions[-1]
            if last.until is None and key not in now:
                versions[-1] = Version(last.month, edition.month, last.statement, last.verb)
                if key in amending:
                    repeals[key] = amending[key]
        for key, statement in now.items():
            versions = open_since.setdefault(key, [])
            if versions and versions[-1].until is None:
                if versions[-1].statement == statement:
                    continue
                last = versions[-1]
                versions[-1] = Version(last.month, edition.month, last.statement, last.verb)
            versions.append(Version(edition.month, None, statement, amending.get(key)))
    for (kind, name), versions in open_since.items():
        yield Entry(policy.name, kind, name, tuple(versions), repeals.get((kind, name)))


def _has_page(statement: s.Statement) -> bool:
    return statement.kind in RULES or statement.kind in OTHERS or statement.kind == "service"


def facts_read(node: t.Node | None, program: t.Program, seen: set[str] | None = None) -> set[str]:
    """The facts and lists that a condition reads, through the definitions that it rests on."""
    seen = set() if seen is None else seen
    found: set[str] = set()
    for part in within(node) if node is not None else ():
        found.update(reads(part))
        records = records_of(part)
        if records is not None:
            found.add(records.list)
        name = definition_of(part)
        if name is not None and name not in seen:
            seen.add(name)
            definition = program.definitions.get(name)
            found |= facts_read(definition.value, program, seen) if definition else set()
    return found


def definitions_read(node: t.Node | None) -> list[str]:
    """The definitions that a condition names, in order, without those that they rest on."""
    names = map(definition_of, within(node) if node is not None else ())
    return list(dict.fromkeys(name for name in names if name is not None))


def roots(library: Library) -> tuple[Path, ...]:
    """The directories that a library was read from: its own, and the shipped one where it is laid on that."""
    own = library.directory.absolute()
    inside = all(own in Path(file.path).absolute().parents for file in library.files)
    return (library.directory,) if inside else (POLICIES, library.directory)
