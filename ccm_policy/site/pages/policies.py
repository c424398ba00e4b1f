"""Policies through time: a timeline of all editions, what each changed, and the text in force in any month."""

from __future__ import annotations

from collections.abc import Iterator

from ccm_policy.language import syntax as s
from ccm_policy.language.format import format_statement
from ccm_policy.language.syntax.texts import citations, text_of
from ccm_policy.site import charts
from ccm_policy.site.book import Book
from ccm_policy.site.page import Page, code, fence, link, note, plain, table
from ccm_policy.site.pages import common
from ccm_policy.site.pages.rules import KINDS, said_of
from ccm_policy.site.prose import english

INDEX = "policies/index.md"
VERBS = {None: "New", "add": "Added", "change": "Changed", "replace": "Replaced", "repeal": "Ended", "raise": "Raised"}


def pages(book: Book) -> Iterator[Page]:
    """The timeline, a page for each policy, and two for each edition: what it changed, and the text in force."""
    yield _index(book)
    for name in book.policies:
        yield _policy(book, name)
        for number, edition in enumerate(book.policies[name].editions):
            yield _edition(book, name, number)
            yield _text(book, name, edition.month)


def _index(book: Book) -> Page:
    rows = [
        (name, [(e.month, f"{name}/{e.month}/") for e in policy.editions]) for name, policy in book.policies.items()
    ]
    months = [month for _, editions in rows for month, _ in editions]
    first, last = int(min(months)[:4]), int(book.month[:4])
    picture = charts.timeline("Editions of every policy", rows, first, last)
    listed = [
        [
            link(plain(p.title), common.policy_path(n), INDEX),
            code(n),
            p.level,
            p.editions[0].month,
            str(len(p.editions)),
        ]
        for n, p in book.policies.items()
    ]
    by_month: dict[str, list[str]] = {}
    for name, policy in book.policies.items():
        for edition in policy.editions[1:]:
            shown = link(plain(edition.title or name), common.edition_path(name, edition.month), INDEX)
            by_month.setdefault(edition.month, []).append(shown)
    changes = [[english.month(m), "<br> ".join(by_month[m])] for m in sorted(by_month, reverse=True)]
    body = [
        f"Known through **{english.month(book.month)}**. Each dot is an edition; it leads to what changed.\n",
        picture,
        "## By month\n",
        table(["Month", "What changed"], changes),
        "## By policy\n",
        table(["Policy", "Name", "Level", "Since", "Editions"], listed),
    ]
    return Page(
        path=INDEX,
        title="Policies and editions",
        body="\n".join(body),
        summary="A timeline of all editions of all policies",
        wide=True,
    )


def _policy(book: Book, name: str) -> Page:
    policy, at = book.policies[name], common.policy_path(name)
    rests = [link(plain(book.policies[n].title), common.policy_path(n), at) for n in policy.extends]
    uses = [link(plain(book.policies[n].title), common.policy_path(n), at) for n in policy.uses]
    rows = [
        [
            link(english.month(e.month), common.edition_path(name, e.month), at),
            plain(e.title),
            link("text in force", common.text_path(name, e.month), at),
        ]
        for e in reversed(policy.editions)
    ]
    facts = [f"{code(name)} · level {code(policy.level)}"]
    if policy.applies is not None:
        say = book.speaker((name,), policy.editions[-1].month)
        facts.append(f"applies when {plain(say.clause(policy.applies))}")
    if rests:
        facts.append(f"extends {english.listed(rests)}")
    if uses:
        facts.append(f"uses {english.listed(uses)}")
    body = [" · ".join(facts) + "\n", "## Editions\n", table(["Since", "Title", "Text"], rows)]
    body += _entries(book, name, at)
    return Page(path=at, title=policy.title or name, body="\n".join(body), summary=f"Editions and rules of {name}")


def _entries(book: Book, name: str, at: str) -> list[str]:
    its = [e for e in book.entries.values() if e.policy == name]
    rows = [
        [common.entry_link(e, at), KINDS.get(e.kind, "Service"), common.window(e.last)]
        for e in sorted(its, key=lambda e: (not e.in_force, e.kind, e.title))
    ]
    return ["## What it says\n", table(["Rule", "Kind", "In force"], rows)] if rows else []


def _edition(book: Book, name: str, number: int) -> Page:
    policy = book.policies[name]
    edition = policy.editions[number]
    at = common.edition_path(name, edition.month)
    source = book.library.source.policies[name].editions[number]
    before = policy.editions[number - 1].month if number else None
    after = policy.editions[number + 1].month if number + 1 < len(policy.editions) else None
    steps = [
        link(f"before: {before}", common.edition_path(name, before), at) if before else "",
        link("the text in force", common.text_path(name, edition.month), at),
        link(f"after: {after}", common.edition_path(name, after), at) if after else "",
    ]
    body = [f"{link(plain(policy.title), common.policy_path(name), at)} · " + " · ".join(s for s in steps if s) + "\n"]
    if edition.title and number:
        body.append(f"**{plain(edition.title)}.**\n")
    body.append(common.authority(book, citations(source.header), at))
    statements = [st for st in source.statements if st.kind not in {"source", "facts", "example"}]
    for statement in statements:
        body += _change(book, name, edition.month, statement, at)
    examples = [e for e in book.examples if e.policy == name and e.edition == edition.month]
    if examples:
        body.append(f"## Examples of this edition {common.QUIET}\n")
        body += [f"- {link(plain(e.statement.name), e.path, at)}" for e in examples]
    lead = "What changed on 1" if number else "First text of"
    when = english.month(edition.month)
    title = f"{policy.title}: {lead} {when}" if number else f"{policy.title}: first text, {when}"
    return Page(path=at, title=title, body="\n".join(body), summary=edition.title or policy.title)


def _change(book: Book, policy: str, month: str, statement: s.Statement, at: str) -> list[str]:
    """One statement of an edition: what it does to which rule, what the rule says now, and why."""
    entry = next(
        (
            e
            for (p, kind, n), e in book.entries.items()
            if p == policy and n == statement.name and kind == statement.kind
        ),
        None,
    )
    if entry is None and statement.verb == "raise":
        entry = next((e for (p, _, n), e in book.entries.items() if p == policy and n == statement.name), None)
    verb = VERBS.get(statement.verb, "")
    kind = KINDS.get(statement.kind, statement.kind)
    name = (
        common.entry_link(entry, at) if entry else plain(text_of(statement, "title") or english.words(statement.name))
    )
    anchor = f"{statement.kind}-{statement.name}".replace(" ", "-").replace("_", "-").replace(".", "-").lower()
    parts = [f"## {verb} {kind.lower()}: {name} {{#{anchor}}}\n"]
    if entry is not None and statement.verb != "repeal":
        version = next((v for v in entry.versions if v.month == month), None)
        if version is not None:
            said = said_of(book, entry, version)
            parts += [common.linked(book, " ".join(said), at), ""] if said else []
    if why := common.because(statement):
        parts.append(f"{plain(why)}\n")
    parts.append(common.authority(book, citations(statement), at))
    parts.append(note("quote", "Policy text", common.policy_text(statement), folded=True))
    return parts


def _text(book: Book, name: str, month: str) -> Page:
    """The consolidated text, each statement with the edition it comes from."""
    policy, at = book.policies[name], common.text_path(name, month)
    statements = [st for st in book.own(name, month) if st.kind not in {"example", "facts", "source"}]
    links = [
        link(e.month, common.text_path(name, e.month), at) if e.month != month else f"**{month}**"
        for e in policy.editions
    ]
    lead = f"{link(plain(policy.title), common.policy_path(name), at)} as it stands from {english.month(month)} on."
    body = [
        f"{lead} A note at a line's end names the edition that the line comes from, where it is another.\n",
        "Editions: " + " · ".join(links) + "\n",
        fence("\n\n".join(_marked(st, month) for st in statements), "policy"),
    ]
    title = f"{policy.title}: text in force from {english.month(month)}"
    return Page(
        path=at, title=title, body="\n".join(body), summary=f"The consolidated text of {name}", weight=0, wide=True
    )


def _marked(statement: s.Statement, month: str) -> str:
    """A statement with the edition of each clause that does not come from this one."""
    from dataclasses import replace

    def mark(clause: s.Clause) -> s.Clause:
        origin = clause.origin
        return clause if origin is None or origin.edition == month else replace(clause, trailing=f"# {origin.edition}")

    plain_one = replace(statement, comments=(), comments_at_end=(), verb=None)
    return format_statement(replace(plain_one, clauses=tuple(mark(c) for c in statement.clauses)))
