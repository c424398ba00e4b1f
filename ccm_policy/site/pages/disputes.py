"""Where sources disagree: every dispute with what each side says, and how the library resolves it."""

from __future__ import annotations

from collections.abc import Iterator

from ccm_policy.language import syntax as s
from ccm_policy.language.syntax.texts import text_of
from ccm_policy.site.book import Book, Entry
from ccm_policy.site.page import Page, link, plain
from ccm_policy.site.pages import common
from ccm_policy.site.prose import english

PATH = "disputes.md"


def all_of(book: Book) -> list[tuple[str, s.Statement]]:
    """Every dispute in its last form, with its policy."""
    found: list[tuple[str, s.Statement]] = book.kept("disputes", lambda: _all_of(book))
    return found


def _all_of(book: Book) -> list[tuple[str, s.Statement]]:
    found: dict[tuple[str, str], s.Statement] = {}
    for policy in book.policies.values():
        for edition in policy.editions:
            for statement in book.own(policy.name, edition.month):
                if statement.kind == "dispute":
                    found[policy.name, statement.name] = statement
    return [(policy, statement) for (policy, _), statement in found.items()]


def subject(book: Book, policy: str, statement: s.Statement) -> Entry | None:
    """The entry that a dispute is about."""
    clause = statement.one("about")
    if clause is None or not isinstance(clause.body, s.About):
        return None
    for owner in (policy, *book.policies[policy].under):
        if (found := book.entries.get((owner, clause.body.kind, clause.body.name))) is not None:
            return found
    return None


def about(book: Book, entry: Entry) -> list[s.Statement]:
    """The disputes about an entry."""
    return [st for policy, st in all_of(book) if subject(book, policy, st) == entry]


def described(book: Book, statement: s.Statement, at: str) -> str:
    """What each source says, and which of them the library follows."""
    lines = []
    for clause in statement.all("says"):
        if isinstance(clause.body, s.Says):
            lines.append(f"- {_source(book, clause.body.source, at)}: “{plain(clause.body.text)}”")
    resolved = statement.one("resolved")
    if resolved is not None and isinstance(resolved.body, s.Resolved):
        since = f" from {english.month(resolved.body.since)} on" if resolved.body.since else ""
        followed, why = _source(book, resolved.body.source, at), plain(resolved.body.because or "")
        lines.append(f"\n**Followed here{since}:** {followed}. {why}")
    return "\n".join(lines) + "\n"


def _source(book: Book, source: str, at: str) -> str:
    title = text_of(book.sources[source], "title") if source in book.sources else source
    return link(plain(title), common.source_path(source), at) if source in book.sources else plain(title)


def pages(book: Book) -> Iterator[Page]:
    """All disputes on one page."""
    parts = [
        "Guides, contractors and payers do not always say the same. What they say is kept with the rule it is about.\n"
    ]
    for policy, statement in all_of(book):
        title = text_of(statement, "title") or english.capital(english.words(statement.name))
        parts.append(f"## {plain(title)} {{#{statement.name.replace('_', '-')}}}\n")
        entry = subject(book, policy, statement)
        if entry is not None:
            parts.append(f"About {common.entry_link(entry, PATH)}, {plain(book.policies[policy].title)}.\n")
        if text := text_of(statement, "note"):
            parts.append(plain(text) + "\n")
        parts.append(described(book, statement, PATH))
    yield Page(
        path=PATH,
        title="Where sources disagree",
        body="\n".join(parts),
        summary="Every point on which the sources contradict each other",
    )
