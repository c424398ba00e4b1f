"""Consolidated statements to a program: every name resolved, every type checked, everything that is wrong told."""

from __future__ import annotations

from collections.abc import Callable, Container, Hashable, Iterable, Mapping
from dataclasses import dataclass, replace
from typing import Any, TypeVar

from ccm_policy.language import syntax as s
from ccm_policy.language import tree as t
from ccm_policy.language.clauses import RULE_KINDS
from ccm_policy.language.diagnostics import Diagnostic, Note, has_errors
from ccm_policy.language.report import Report
from ccm_policy.language.resolve import attestations, decisions, overlaps, remarks, rules
from ccm_policy.language.resolve.also import refuse_wrong
from ccm_policy.language.resolve.definitions import Definitions
from ccm_policy.language.resolve.ground import Codes
from ccm_policy.language.resolve.kinds import resolver
from ccm_policy.language.resolve.lints import lint
from ccm_policy.language.resolve.marks import lines_apart, marks_of
from ccm_policy.language.resolve.names import Names, Resolver
from ccm_policy.language.resolve.reads import Kept, Once, Reach
from ccm_policy.language.resolve.services import groups, refuse_circles, service
from ccm_policy.language.resolve.sets import declare_sets
from ccm_policy.language.resolve.tables import read_table
from ccm_policy.language.resolve.vocabulary import Shared, source

T = TypeVar("T")
Lives = Mapping[str, tuple[str, str | None, str | None]]


@dataclass(frozen=True, slots=True, kw_only=True)
class Consolidated:
    """The statements in force in a month for a set of policies, each once, with the policy and edition it comes from.

    `families`, `tiers`, `lives`: of all policies and editions of the library, so that what another month has is told
    apart from what never was. `priced_by`: policy to the fee schedule of its services.
    """

    month: str
    policies: tuple[t.PolicyInForce, ...]
    statements: tuple[s.Statement, ...]
    families: frozenset[str]
    tiers: frozenset[str]
    lives: Lives
    priced_by: Mapping[str, str]


def resolve_program(
    shared: Shared, of: Consolidated, only: Container[tuple[str, str]] | None = None, kept: Kept | None = None
) -> tuple[t.Program, list[Diagnostic]]:
    """The program of consolidated statements, and everything that is wrong in it. With errors it is not to be run.

    `only` names the statements, by kind and name, that are looked at; the program then holds these and what they read.
    `kept`: what statements of sound programs were resolved to before; warnings about these are not told again.
    """
    report = Report()
    kinds = _by_kind(of.statements)
    codes = groups(kinds.get("service", ()))
    once = None if kept is None else _once(kept, shared, of, codes, kinds)
    names = _names(shared, of, kinds, report, once)
    r = resolver(names, report)
    definitions = _definitions(r, shared, kinds, once)
    _refuse_one_name(r, kinds, shared)
    definitions.all(name for name in definitions.written if only is None or ("define", name) in only)
    there = {(st.kind, st.name): st for st in of.statements}

    def each(kind: str, make: Callable[..., T | None], *more: Any) -> tuple[T, ...]:
        chosen = [st for st in kinds.get(kind, ()) if not st.broken and (only is None or (kind, st.name) in only)]
        made = (_made(once, statement, lambda st: make(r, st, *more)) for statement in chosen)
        return tuple(m for m in made if m is not None)

    for statement in of.statements:
        if (only is None or (statement.kind, statement.name) in only) and not (once and once.known(statement)):
            refuse_wrong(r, statement)
    refuse_circles(r, kinds.get("service", ()))
    services = each("service", service, codes, of.priced_by)
    marked = marks_of((*shared.definitions, *kinds.get("define", ())), report)
    program = t.Program(
        vocabulary=shared.vocabulary,
        policies=of.policies,
        definitions=definitions.made,
        services={made.code: made for made in services},
        rules=each("requirement", rules.rule, codes) + each("exclusion", rules.rule, codes),
        preferences=each("prefer", decisions.preference, codes),
        coverages=each("coverage", decisions.coverage, codes),
        payments=each("payment", decisions.payment, codes),
        line_checks=each("claim check", rules.line_check),
        tables=names.tables,
        permissions=each("permission", decisions.permission, codes),
        disputes=each("dispute", remarks.dispute, there),
        remarks=each("note", remarks.remark, there),
        invariants=each("invariant", remarks.invariant),
        lives=dict(of.lives),
        overlap_checks=each("log check", overlaps.check) + each("panel check", overlaps.check),
        attestations=_attestations(r, kinds.get("attest", ()), only, definitions.made),
        billed=marked.get(t.BILLED),
        apart=lines_apart(marked, definitions.made, shared.vocabulary, report),
    )
    lint(program if once is None else _new(program, once), there, report, program)
    if once is not None and not has_errors(report.found):
        once.keep()
    return program, report.found


def _attestations(
    r: Resolver,
    statements: Iterable[s.Statement],
    only: Container[tuple[str, str]] | None,
    definitions: Mapping[str, t.Definition],
) -> tuple[t.Attestation, ...]:
    """What is attested: all of it where any is looked at, since it is held against each other."""
    statements = [statement for statement in statements if not statement.broken]
    if only is not None and not any(("attest", statement.name) in only for statement in statements):
        return ()
    made = tuple(a for statement in statements if (a := attestations.attestation(r, statement)) is not None)
    attestations.refuse_disagreeing(made, r.report)
    attestations.refuse_circular(made, definitions, r.names, r.report)
    return made


FOR_SERVICES = ("requirement", "exclusion", "prefer", "coverage", "payment", "permission")
"""Kinds that are said of groups of services."""


def _once(kept: Kept, shared: Shared, of: Consolidated, codes: Codes, kinds: Mapping[str, list[s.Statement]]) -> Once:
    """With what statements read that none of their words names: which services there are, who prices them, and by
    which checks minutes are shared."""
    checks = tuple(map(kept.words.number, kinds.get("log check", ())))
    services = (checks, *codes.family.items(), *codes.tier.items())
    priced = (services, *sorted(of.priced_by.items()))
    beside: dict[str, Hashable] = {"": checks, "service": priced, **dict.fromkeys(FOR_SERVICES, services)}
    return Once(kept, Reach(kept.words, (*shared.definitions, *of.statements)), kept.numbered(beside))


def _made(once: Once | None, statement: s.Statement, make: Callable[[s.Statement], T | None]) -> T | None:
    return make(statement) if once is None else once.once(statement, lambda: make(statement))


def _new(program: t.Program, once: Once) -> t.Program:
    """A program with only those statements that were not kept from another."""
    new = {id(made) for made, _ in once.new.values()}

    def only(held: Any) -> Any:
        if isinstance(held, dict):
            return {name: each for name, each in held.items() if id(each) in new}
        return tuple(each for each in held if id(each) in new)

    return replace(program, **{name: only(getattr(program, name)) for name in t.STATEMENTS})


def _by_kind(statements: Iterable[s.Statement]) -> dict[str, list[s.Statement]]:
    kinds: dict[str, list[s.Statement]] = {}
    for statement in statements:
        kinds.setdefault(statement.kind, []).append(statement)
    return kinds


def _names(
    shared: Shared, of: Consolidated, kinds: dict[str, list[s.Statement]], report: Report, once: Once | None
) -> Names:
    """The shared names, and the sets, sources and tables that the policies declare themselves."""
    base = shared.names
    names = replace(
        base,
        sets=dict(base.sets),
        roles=dict(base.roles),
        tables=dict(base.tables),
        sources=dict(base.sources),
        month=of.month,
        families=of.families,
        tiers=of.tiers,
        lives=dict(of.lives),
    )
    r = resolver(names, report)
    declare_sets(r, [st for kind in ("codes", "area", "roles") for st in kinds.get(kind, ())])
    for statement in kinds.get("source", ()):
        names.sources[statement.name] = source(statement)
    for statement in kinds.get("table", ()):
        table = _made(once, statement, lambda st: read_table(r, st))
        if table is not None:
            names.tables[table.name] = table
    return names


def _definitions(r: Resolver, shared: Shared, kinds: dict[str, list[s.Statement]], once: Once | None) -> Definitions:
    written = {d.name: d for d in (*shared.definitions, *kinds.get("define", ()))}
    definitions = Definitions(r, written, once)
    for name, statement in written.items():
        of = statement.head.of
        r.signature[name] = None if of is None else r.names.list_called(of) or of
    r.define = definitions.get
    return definitions


def _refuse_one_name(r: Resolver, kinds: dict[str, list[s.Statement]], shared: Shared) -> None:
    """Two rules of one name; a definition that is called like a fact or a list (S39)."""
    seen: dict[str, s.Statement] = {}
    for kind in RULE_KINDS:
        for statement in kinds.get(kind, ()):
            first = seen.setdefault(statement.name, statement)
            if first is not statement:
                note = Note(f"the {first.kind} of that name", first.name_span)
                r.report.add(
                    "E0258",
                    f"two rules are called `{statement.name}`",
                    statement.name_span,
                    "give one of them another name",
                    [note],
                )
    for statement in kinds.get("define", ()):
        what = "fact" if statement.name in r.names.facts else "list" if statement.name in r.names.lists else None
        if what is not None:
            r.report.add(
                "E0259",
                f"`{statement.name}` is already the name of a {what}",
                statement.name_span,
                "call the definition something else",
            )
        of = r.signature.get(statement.name)
        if of is not None and of in r.names.lists and statement.name in r.names.lists[of].fields:
            r.report.add(
                "E0259",
                f"`{statement.name}` is already a field of `{of}`",
                statement.name_span,
                "call the definition something else",
            )
