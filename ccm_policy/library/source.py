"""A library as it is made from its files: parsed, shared declarations resolved, policies in chains of editions."""

from __future__ import annotations

from collections.abc import Container, Iterable
from dataclasses import dataclass, field, replace

from ccm_policy.language import syntax as s
from ccm_policy.language import tree as t
from ccm_policy.language.diagnostics import Diagnostic, Note
from ccm_policy.language.report import Report, listed
from ccm_policy.language.resolve import (
    Consolidated,
    Kept,
    Refused,
    Scope,
    Shared,
    condition,
    resolve_program,
    resolve_vocabulary,
    resolver,
)
from ccm_policy.language.syntax.texts import text_of, texts, words_of
from ccm_policy.language.walk import within
from ccm_policy.library.attesting import attesting
from ccm_policy.library.consolidate import Made, consolidate
from ccm_policy.library.editions import Policy, gather
from ccm_policy.library.idle import idle
from ccm_policy.library.lives import groups_ever, lives
from ccm_policy.library.outline import BASE, OPTIONAL, EditionOutline, Outline, PolicyOutline
from ccm_policy.library.selecting import READERS as SELECTING


@dataclass(frozen=True, slots=True)
class LibrarySource:
    """Everything from which programs are made."""

    files: tuple[s.File, ...]
    shared: Shared
    policies: dict[str, Policy]
    outline: Outline
    made: Made = field(default_factory=dict, repr=False, compare=False)
    kept: Kept = field(default_factory=Kept, repr=False, compare=False)

    def consolidated(self, names: Iterable[str], month: str, report: Report) -> tuple[s.Statement, ...]:
        """The statements in force for these policies, their bases and what they use."""
        chosen, lent = self._chosen(names)
        ordered = self.outline.in_order(chosen | lent)
        under = {name: frozenset(self.outline.policies[name].under) for name in ordered}
        levels = {name: self.outline.policies[name].level for name in ordered}
        chain = (self.policies[name] for name in ordered)
        return consolidate(chain, month, under, levels, lent, report, self.made)

    def program(self, names: Iterable[str], month: str, *, told: bool = True) -> tuple[t.Program, list[Diagnostic]]:
        """The program of these policies in a month, and everything that is wrong in it.

        Not `told`: of warnings only some, since what sound programs share with this one is not resolved again.
        """
        report = Report()
        names = tuple(names)
        statements = self.consolidated(names, month, report)
        program, found = self.resolve(names, month, statements, kept=None if told else self.kept)
        return program, report.found + found

    def resolve(
        self,
        names: Iterable[str],
        month: str,
        statements: tuple[s.Statement, ...],
        only: Container[tuple[str, str]] | None = None,
        kept: Kept | None = None,
    ) -> tuple[t.Program, list[Diagnostic]]:
        """The program of consolidated statements of these policies (`only`, `kept` as in `resolve_program`)."""
        chosen, lent = self._chosen(names)
        in_force = []
        for name in self.outline.in_order(chosen | lent):
            policy = self.outline.policies[name]
            edition = policy.edition(month)
            if edition is not None:
                asking = self.policies[name] if name in chosen else None
                asks, records = (asking.asks(month), asking.records(month)) if asking else ((), ())
                in_force.append(
                    t.PolicyInForce(
                        name, policy.title, policy.level, edition.month, policy.priced_by, asks, records=records
                    )
                )
        of = Consolidated(
            month=month,
            policies=tuple(in_force),
            statements=statements,
            families=frozenset(self.outline.families),
            tiers=frozenset(self.outline.tiers),
            lives=self.outline.lives,
            priced_by=self._priced_by(chosen),
        )
        return resolve_program(self.shared, of, only, kept)

    def _chosen(self, names: Iterable[str]) -> tuple[frozenset[str], frozenset[str]]:
        chosen = self.outline.with_bases(frozenset(names))
        return chosen, self.outline.lenders(chosen)

    def _priced_by(self, chosen: frozenset[str]) -> dict[str, str]:
        """For each policy the schedule of its services: of the last layer that names one, on top of it or beside it."""
        prices: dict[str, str] = {}
        pricing = [p for n in self.outline.in_order(chosen) if (p := self.outline.policies[n]).priced_by is not None]
        for name in chosen:
            above = [p for p in pricing if p.name == name or name in p.under] or pricing
            if above and above[-1].priced_by is not None:
                prices[name] = above[-1].priced_by
        return prices


def make(files: tuple[s.File, ...]) -> tuple[LibrarySource | None, list[Diagnostic]]:
    """A library from its parsed files; None where there is no way to tell what it is."""
    report = Report()
    shared, found = resolve_vocabulary(st for file in files if file.header is None for st in file.statements)
    for file in files:
        _check_shared(file, report)
    policies = gather(files, report)
    header = _header(files, report)
    if header is None:
        return None, found + report.found
    _check_known(text_of(header, "known through"), policies, report)
    layers, established_by = words_of(header, "layers"), words_of(header, "established by")
    _check_layers(header, layers, established_by, shared, report)
    families, tiers = groups_ever(policies.values())
    outline = Outline(
        title=text_of(header, "title"),
        known_through=text_of(header, "known through"),
        layers=layers,
        established_by=established_by,
        policies=_policies(policies, layers, shared, report),
        vocabulary=shared.vocabulary,
        families=families,
        tiers=tiers,
        lives=lives(policies.values()),
    )
    wrong = [*found, *report.found, *idle(policies, outline), *attesting(files, policies, outline)]
    return LibrarySource(files, shared, policies, outline), wrong


_SHARED = ("library", "fact", "list", "values", "roles", "scope", "area", "codes", "source", "table", "facts", "define")


def _check_shared(file: s.File, report: Report) -> None:
    """A file without a policy holds shared declarations only; the first statement that is none is told.

    Where a statement of the file could not be read, it may be the one with the policy's name: that is mended first.
    """
    outside = next((st for st in file.statements if st.verb or st.kind not in _SHARED), None)
    unread = any(st.broken for st in file.statements)
    if file.header is None and outside is not None and not unread:
        message = f"this `{outside.verb or outside.kind}` belongs to no policy: the file has no `policy` statement"
        help = "start the file with `policy NAME` and its `edition`, or move the statement to a policy's file"
        report.add("E0410", message, outside.name_span, help)


def _header(files: tuple[s.File, ...], report: Report) -> s.Statement | None:
    headers = [st for file in files for st in file.statements if st.kind == "library"]
    for extra in headers[1:]:
        note = Note("the first", headers[0].span)
        report.add("E0454", "a library is declared once", extra.span, "keep one of the two statements", [note])
    if not headers:
        help = "write `library` with `known through` and `layers` in a file of its own"
        report.add("E0455", "nothing says what this library is", None, help)
        return None
    if not text_of(headers[0], "known through") and not headers[0].broken:
        help = "write `known through` and a month, for example `known through 2026-12`"
        report.add("E0456", "the library does not say through which month it is known", headers[0].span, help)
    return headers[0]


def _check_known(last: str, policies: dict[str, Policy], report: Report) -> None:
    """An edition after the last month that the library knows is never in force; that is said, not passed over."""
    for edition in (e for policy in policies.values() for e in policy.editions):
        clause = edition.header.one("edition")
        if last and edition.month > last and clause is not None:
            message = f"this edition begins in {edition.month}, after the last known month, {last}: it is never asked"
            help = "correct the month, or raise `known through` in the library's own statement"
            report.add("W0411", message, clause.span, help)


def _check_layers(
    header: s.Statement, layers: tuple[str, ...], established_by: tuple[str, ...], shared: Shared, report: Report
) -> None:
    for word, names, known in (
        ("layers", layers, shared.names.facts),
        ("established by", established_by, dict.fromkeys(layers)),
    ):
        clause = header.one(word)
        for name in names:
            if name not in known and clause is not None:
                report.unknown("E0457", "selecting fact", name, clause.span, known, "name a declared fact")
    for fact in (shared.names.facts[name] for name in layers if name in shared.names.facts):
        presumed = (node for node in (fact.absent.value, fact.absent.unless) if node is not None)
        if any(_unsaid(node) is not None for node in presumed):
            help = "presume it from values or from other facts, or ask for it"
            message = f"`{fact.path}` selects layers, and is presumed from lists, tables or days"
            report.add("E0458", message, fact.span, help)


def _policies(
    policies: dict[str, Policy], layers: tuple[str, ...], shared: Shared, report: Report
) -> dict[str, PolicyOutline]:
    made: dict[str, PolicyOutline] = {}
    for policy in policies.values():
        applies, reads = _applies(policy, layers, shared, report)
        level = max((layers.index(r) for r in reads if r in layers), default=None)
        made[policy.name] = PolicyOutline(
            name=policy.name,
            title=policy.title,
            level=OPTIONAL if policy.optional else BASE if level is None else layers[level],
            editions=tuple(EditionOutline(e.month, e.title, e.path) for e in policy.editions),
            extends=tuple(n for n in policy.extends if n in policies),
            uses=tuple(n for n in policy.uses if n in policies),
            applies=applies,
            reads=reads,
            optional=policy.optional,
            priced_by=policy.priced_by,
            under=(),
        )
        _check_header(policy, shared, report)
    return {name: replace(p, under=_under(name, made)) for name, p in made.items()}


def _under(name: str, policies: dict[str, PolicyOutline]) -> tuple[str, ...]:
    found: list[str] = []
    waiting = [name]
    while waiting:
        policy = policies[waiting.pop()]
        for below in (*policy.extends, *policy.uses):
            if below not in found and below != name:
                found.append(below)
                waiting.append(below)
    return tuple(found)


def _applies(
    policy: Policy, layers: tuple[str, ...], shared: Shared, report: Report
) -> tuple[t.Node | None, tuple[str, ...]]:
    """The condition of a policy; it may read selecting facts only (S45)."""
    if policy.applies is None or policy.applies.body is None:
        return None, ()
    r = resolver(shared.names, report)
    try:
        node = condition(r, policy.applies.body, Scope(facts_only=True))  # type: ignore[arg-type]
    except Refused:
        return None, ()
    reads = dict.fromkeys(part.path for part in within(node) if isinstance(part, t.Fact))
    for part in within(node):
        if isinstance(part, t.Fact) and part.path not in layers:
            help = f"a layer is selected by {listed(layers)}; ask other facts in the rules themselves"
            report.add("E0458", f"`{part.path}` does not select layers", part.span, help)
    other = _unsaid(node)
    if other is not None and set(reads) <= set(layers):
        help = f"compare {listed(layers)} with values; lists, tables and days are asked in the rules themselves"
        report.add("E0458", "layers are selected by facts and their values alone", other.span, help)
    return None if other is not None else node, tuple(reads)


def _unsaid(node: t.Node) -> t.Node | None:
    """The first part of a condition that no selector can say."""
    return next((part for part in within(node) if type(part) not in SELECTING), None)


def _check_header(policy: Policy, shared: Shared, report: Report) -> None:
    for edition in policy.editions:
        header = edition.header
        for clause in header.clauses:
            status = clause.word == "status" and texts(clause.body) != ("final",)
            if clause.word == "announced" or status:
                what = f"`{clause.word}` of an edition"
                help = "take it out until a version that evaluates it"
                message = f"{what} is read and checked, but not evaluated by this version"
                report.add("E0290", message, clause.span, help)
            if clause.word == "relaxes" and not header.all("cite"):
                help = "write `cite SOURCE` with the authority to do so"
                report.add("E0430", f"`{policy.name}` relaxes its base, and cites no authority", clause.span, help)
            if clause.word in ("asks for", "asks for the record of"):
                _check_asked(clause, shared.vocabulary, report)


def _check_asked(clause: s.Clause, vocabulary: t.Vocabulary, report: Report) -> None:
    """A policy may take a presumption away (S3), and want the record of what may be attested; there is one of the two
    where it says so."""
    absences = {path: fact.absent for path, fact in vocabulary.facts.items()}
    attested = {path for path, fact in vocabulary.facts.items() if fact.attestable}
    for name, declared in vocabulary.lists.items():
        absences[name] = declared.absent
        absences |= {f"{name}.{field}": made.absent for field, made in declared.fields.items()}
        fields = {f"{name}.{field}" for field, made in declared.fields.items() if made.attestable}
        attested |= fields | ({name} if fields or declared.none_attested else set())
    wants_record = clause.word != "asks for"
    for path in texts(clause.body):
        if path not in absences:
            help = "name a fact, a list, or a field as `list.field`"
            report.unknown("E0201", "fact, list or field", path, clause.span, absences, help)
        elif absences[path].how in ("unknown", "error") and not (wants_record and path in attested):
            help = "leave it out: it is asked for already"
            if path in attested:
                help = f"leave it out: it is asked for already; `asks for the record of {path}` lets nobody attest it"
            what = "presumed or attested" if wants_record else "presumed"
            report.add("E0254", f"nothing is {what} of `{path}`", clause.span, help)
