"""Sources: what each is, how its text was seen, and everything that cites it."""

from __future__ import annotations

from collections.abc import Iterator

from ccm_policy.language.syntax.texts import text_of
from ccm_policy.site.book import Book
from ccm_policy.site.page import Page, code, link, pairs, plain, table
from ccm_policy.site.pages import common
from ccm_policy.site.pages.rules import KINDS
from ccm_policy.site.prose import english

INDEX = "sources/index.md"
SEEN = {
    "primary": "The issuing body's own words were read.",
    "secondary": "Another document that quotes or states it was read.",
    "trade": "A guide of the trade; it binds nobody.",
}


def pages(book: Book) -> Iterator[Page]:
    """The list of sources and a page for each."""
    rows = [
        [
            link(plain(text_of(st, "title") or name), common.source_path(name), INDEX),
            plain(text_of(st, "at")),
            plain(text_of(st, "kind")),
            str(len(book.cited.get(name, []))),
        ]
        for name, st in book.sources.items()
    ]
    body = [
        "Every document that a rule cites. *Seen* says where its text was read, and *kind* whose words those are.\n",
        '<div class="filter" data-for="all-sources" data-label="Show sources with these words:"></div>\n',
        '<div id="all-sources" markdown>\n',
        table(["Source", "At", "Kind", "Cited"], rows, "lllr"),
        "</div>",
    ]
    yield Page(path=INDEX, title="Sources", body="\n".join(body), summary="Every document that a rule cites", wide=True)
    for name in book.sources:
        yield _page(book, name)


def _page(book: Book, name: str) -> Page:
    statement, at = book.sources[name], common.source_path(name)
    kind = text_of(statement, "kind")
    rows = [["Key", code(name)], ["At", plain(text_of(statement, "at"))], ["Issued", text_of(statement, "issued")]]
    url = text_of(statement, "url")
    rows.append(["Text", f"<{url}>" if url.startswith("http") else plain(url)])
    rows += [
        ["Seen", plain(text_of(statement, "seen"))],
        ["Kind", f"{plain(kind)}. {SEEN.get(kind, '')}" if kind else ""],
    ]
    body = [pairs(row for row in rows if row[1])]
    if text := text_of(statement, "note"):
        body.append(plain(text) + "\n")
    cited = book.cited.get(name, [])
    if cited:
        listed = []
        for citing in cited:
            shown = common.entry_link(citing.entry, at) if citing.entry else plain(book.policies[citing.policy].title)
            kind_of = KINDS.get(citing.entry.kind, "Service") if citing.entry else "Edition"
            edition = link(f"{english.month(citing.edition)}", common.edition_path(citing.policy, citing.edition), at)
            listed.append([shown, kind_of, edition, plain(citing.at or "")])
        body += ["## What cites it\n", table(["Rule", "Kind", "Edition", "Pinpoint"], listed)]
    else:
        body.append("No rule cites it.\n")
    return Page(
        path=at,
        title=text_of(statement, "title") or name,
        body="\n".join(body),
        summary="A source and everything that cites it",
    )
