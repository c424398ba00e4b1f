"""`marks`: what the engine itself reads of a vocabulary, of which it knows no name."""

from __future__ import annotations

from collections.abc import Iterable, Mapping

from ccm_policy.language import syntax as s
from ccm_policy.language import tree as t
from ccm_policy.language.diagnostics import Note, Span
from ccm_policy.language.report import Report, listed
from ccm_policy.language.resolve.types import described
from ccm_policy.language.syntax.texts import words_of

_OF_KIND: Mapping[str, tuple[str, ...]] = {
    "fact": (t.END_OF_MONTH, t.END_OF_RECORD, t.CHOICE_OF_LAYERS, t.LOCALITY, t.SETTING, t.FACTOR),
    "list": (t.CLAIM,),
    "define": (t.BILLED, *t.APART),
}
_TYPES: Mapping[str, str] = {t.END_OF_MONTH: "date", t.END_OF_RECORD: "date", t.CHOICE_OF_LAYERS: "set"}
_FIELDS: Mapping[str, str] = {"line": "number", "code": "code", "units": "number", "date": "date"}
"""The fields of every claim: the number of the line, and what is billed, how often, for which day."""

NO_CLAIM, MARK_CLAIM = "and no list is marked as the claim", "write `marks claim` in the list of the claim's lines"


def marks_of(declared: Iterable[s.Statement], report: Report) -> dict[str, str]:
    """Each mark, to the name of what carries it. One that is none, or that stands twice, is told."""
    found: dict[str, s.Statement] = {}
    for statement in declared:
        clause = statement.one("marks")
        if clause is None:
            continue
        mark = " ".join(words_of(statement, "marks"))
        known = _OF_KIND[statement.kind]
        if mark not in known:
            kind = "definition" if statement.kind == "define" else statement.kind
            report.unknown(
                "E0364", f"mark of a {kind} called", mark, clause.span, known, f"a {kind} marks {listed(known)}"
            )
        elif mark in found:
            first = found[mark]
            notes = [Note(f"`{first.name}` marks it already", first.name_span)]
            report.add("E0365", f"two declarations mark `{mark}`", clause.span, "take one of the two marks away", notes)
        else:
            found[mark] = statement
    return {mark: statement.name for mark, statement in found.items()}


def refuse_unfit(vocabulary: t.Vocabulary, declared: Mapping[tuple[str, str], s.Statement], report: Report) -> None:
    """Put down each fact that is not of its mark's type, and a claim that lacks what every line of one has."""
    for mark, name in vocabulary.marks.items():
        fact, wanted = vocabulary.facts.get(name), _TYPES.get(mark)
        if fact is not None and wanted is not None and fact.type.kind != wanted:
            type_ = described(t.Type(wanted))
            says = f"`{name}` is {described(fact.type)}, and `{mark}` is {type_}"
            report.add("E0366", says, _span(declared["fact", name]), f"declare it as {type_}, or mark another fact")
    claim = vocabulary.lists.get(vocabulary.claim or "")
    lacks = [] if claim is None else [f for f, kind in _FIELDS.items() if not _has(claim, f, kind)]
    if claim is not None and lacks:
        says = f"`{claim.name}` lacks {listed(lacks)}, which every line of a claim has"
        help = "give it the fields `line integer`, `code code`, `units integer` and `date date`"
        report.add("E0366", says, _span(declared["list", claim.name]), help)


def lines_apart(
    marked: Mapping[str, str], definitions: Mapping[str, t.Definition], vocabulary: t.Vocabulary, report: Report
) -> tuple[str, ...]:
    """The definitions marked as telling which lines are none of the claim's; one that speaks of no line is told."""
    found = [definitions[marked[mark]] for mark in t.APART if marked.get(mark) in definitions]
    for definition in found:
        if definition.of is None or definition.of != vocabulary.claim or definition.type != t.YES_NO:
            says = f"`{definition.name}` says nothing of a line of the claim, as its mark asks"
            report.add("E0366", says, definition.span, "make it a yes/no `of` the list of the claim's lines")
    return tuple(definition.name for definition in found)


def _span(statement: s.Statement) -> Span:
    return next(c.span for c in statement.clauses if c.word == "marks")


def _has(claim: t.ListDecl, field: str, kind: str) -> bool:
    return field in claim.fields and claim.fields[field].type.kind == kind
