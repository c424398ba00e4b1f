"""The grammar as pictures: a section for each kind of statement with its clauses, and one for each rule."""

from __future__ import annotations

from collections.abc import Iterator

from ccm_policy.language.clauses import FORMS, form_of, written
from ccm_policy.site import railroad
from ccm_policy.site.page import Page, code, link, plain, table

GRAMMAR = "language/grammar.md"
STATEMENTS = "language/statements.md"


def pages() -> Iterator[Page]:
    """The statements with their clauses, and the grammar's rules as diagrams."""
    rules = railroad.rules()
    known = {rule.name for rule in rules}
    yield Page(
        path=STATEMENTS,
        title="Statements and clauses",
        body=_statements(known),
        summary="Every statement of the language and its clauses",
    )
    parts = [
        "Every rule of the grammar as a picture, drawn from the grammar itself. Round boxes are words as they are "
        "written; square boxes are other rules. What they mean is told in the "
        + link("language reference", "language/reference.md", GRAMMAR)
        + ".\n"
    ]
    for rule in rules:
        anchor = railroad.said(rule.name).replace(" ", "-")
        parts += [f"## {railroad.said(rule.name)} {{#{anchor}}}\n", f'<div class="railroad">{rule.svg}</div>\n']
    yield Page(
        path=GRAMMAR,
        title="Grammar",
        body="\n".join(parts),
        summary="Railroad diagrams of every rule of the language's grammar",
    )


def _statements(known: set[str]) -> str:
    parts = ["What a policy file may hold. Each clause takes the form that its link shows.\n"]
    for kind in FORMS:
        form = form_of(kind, None)
        rows = [[code(written(word)), _rule(rule, known)] for word, rule in form.clauses.items()]
        parts += [f"## {plain(kind)}\n"]
        if form.head:
            parts.append(f"After {code(kind)} stands {_rule(form.head, known)}.\n")
        parts.append(table(["Clause", "What follows it"], rows))
    return "\n".join(parts)


def _rule(name: str, known: set[str]) -> str:
    shown = railroad.said(name)
    if name == "nothing":
        return "nothing more"
    return link(shown, f"{GRAMMAR}#{shown.replace(' ', '-')}", STATEMENTS) if name in known else shown
