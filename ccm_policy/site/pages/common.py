"""What several kinds of page say in the same way: authority, labels, links, policy text."""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import replace

from ccm_policy.language import syntax as s
from ccm_policy.language import tree as t
from ccm_policy.language.format import format_statement
from ccm_policy.language.syntax.texts import citations, text_of, texts
from ccm_policy.site.book import Book, Entry, Version
from ccm_policy.site.page import badge, fence, link, plain
from ccm_policy.site.prose import english
from ccm_policy.site.prose.naming import Naming
from ccm_policy.site.prose.speaker import Speaker
from ccm_policy.site.prose.spoken import speaker

SEVERITIES = {"decides": "decides", "audit_risk": "audit risk", "advice": "advice"}
CODE = re.compile(r"(?<![\w$.,-])[A-Z]?\d{4,5}(?!\\?[\w.-])")


QUIET = "{ data-search-exclude }"
"""After a heading: the search passes its section over, which only repeats what stands elsewhere."""


def source_path(source: str) -> str:
    """Where a source's page stands."""
    return f"sources/{source}.md"


def policy_path(policy: str) -> str:
    """Where a policy's page stands."""
    return f"policies/{policy}/index.md"


def edition_path(policy: str, month: str) -> str:
    """Where the page of an edition's changes stands."""
    return f"policies/{policy}/{month}.md"


def text_path(policy: str, month: str) -> str:
    """Where the page of an edition's text stands."""
    return f"policies/{policy}/text-{month}.md"


def authority(book: Book, citations_of: Iterable[s.Citation], at: str) -> str:
    """Citations as a list: the source with its page, and the pinpoint."""
    lines = []
    for citation in dict.fromkeys(citations_of):
        source = book.sources.get(citation.source)
        title = text_of(source, "title") if source else citation.source
        pinpoint = f", {plain(citation.at)}" if citation.at else ""
        lines.append(f"- {link(plain(title), source_path(citation.source), at)}{pinpoint}{_outside(source)}")
    return "\n".join(lines) + ("\n" if lines else "")


def _outside(source: s.Statement | None) -> str:
    url = text_of(source, "url") if source else ""
    return f" ([text]({url}))" if url.startswith("http") else ""


def because(statement: s.Statement | None) -> str:
    """Why an amendment says what it says."""
    return text_of(statement, "because") if statement is not None else ""


def labels(node: object, *, severity: bool = True) -> str:
    """Severity, basis and confidence as labels."""
    said = []
    if severity and (how := getattr(node, "severity", None)):
        said.append(badge(SEVERITIES.get(how, how), how))
    if basis := getattr(node, "basis", None):
        said.append(badge(basis, "basis"))
    if confidence := getattr(node, "confidence", None):
        said.append(badge(confidence, confidence))
    return " ".join(said)


def policy_text(statement: s.Statement) -> str:
    """A statement as it is written, highlighted."""
    comments = tuple(c for c in statement.comments if not c.lstrip("# ").startswith("---") and c.strip())
    return fence(format_statement(replace(statement, comments=comments)), "policy")


def codes(book: Book, listed: Iterable[str], at: str) -> str:
    """Codes with links to their pages where they have one."""
    pages = service_pages(book)
    return ", ".join(link(code, pages[code], at) if code in pages else code for code in listed)


def service_pages(book: Book) -> dict[str, str]:
    """The page of each service that any edition of any policy decides."""
    found: dict[str, str] = book.kept(
        "service pages", lambda: {e.name: e.path for e in book.entries.values() if e.kind == "service"}
    )
    return found


def linked(book: Book, sentence: str, at: str) -> str:
    """A sentence as Markdown in which the codes lead to their pages."""
    pages = service_pages(book)

    def to_page(match: re.Match[str]) -> str:
        code = match.group()
        return link(code, pages[code], at) if code in pages and pages[code] != at else code

    return CODE.sub(to_page, plain(sentence))


def window(version: Version) -> str:
    """`since January 2015`, `January 2015 to December 2016`."""
    first = english.month(version.month)
    if version.until is None:
        return f"since {first}"
    return f"{first} to {english.month(before(version.until))}"


def before(month: str) -> str:
    """The month before one."""
    year, number = int(month[:4]), int(month[5:])
    return f"{year}-{number - 1:02d}" if number > 1 else f"{year - 1}-12"


def entry_link(entry: Entry, at: str, text: str = "") -> str:
    """A link to a statement's page, by its title unless a text is given."""
    return link(plain(text or entry.title), entry.path, at)


def cites_of(statement: s.Statement) -> list[s.Citation]:
    """The citations of a statement."""
    return list(citations(statement))


def for_codes(node: object) -> tuple[str, ...]:
    """The services that a typed statement is about."""
    if isinstance(node, t.Rule | t.Coverage | t.Payment | t.Permission | t.Invariant):
        return node.codes
    return (node.code,) if isinstance(node, t.Service) else ()


def stated(lines: Iterable[str]) -> str:
    """Sentences set large, as the heart of a page."""
    body = "\n\n".join(lines)
    return f'<div class="sentence" markdown>\n\n{body}\n\n</div>\n'


def words_in(body: object) -> str:
    """The words of a clause as text."""
    return " ".join(texts(body))


def called(words: Iterable[str]) -> str:
    """What people call a thing, or nothing."""
    listed = ", ".join(plain(word) for word in words)
    return f"Also called: {listed}\n" if listed else ""


def bare_speaker(book: Book) -> Speaker:
    """Says expressions of the vocabulary itself, which read no definition."""
    return speaker(Naming(book.lexicon, book.vocabulary, {}))
