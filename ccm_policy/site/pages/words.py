"""The glossary: what people call things, each word with what it stands for here."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator

from ccm_policy.site.book import Book
from ccm_policy.site.page import Page, code, link, plain, table
from ccm_policy.site.pages import common
from ccm_policy.site.pages.facts import GLOSSARY as PATH
from ccm_policy.site.pages.facts import PATH as FACTS
from ccm_policy.site.pages.facts import anchor
from ccm_policy.site.pages.rules import KINDS


def pages(book: Book) -> Iterator[Page]:
    """One table of all words, in order of the alphabet."""
    meant: dict[str, list[str]] = defaultdict(list)
    for entry in book.entries.values():
        if entry.in_force:
            what = f"{common.entry_link(entry, PATH)}, {KINDS.get(entry.kind, 'service').lower()}"
            for word in entry.also:
                meant[word].append(what)
    for key, words in book.vocabulary.also.items():
        for word in words:
            meant[word].append(_thing(book, key))
    rows = [[plain(word), "; ".join(dict.fromkeys(meant[word]))] for word in sorted(meant, key=str.casefold)]
    body = [
        "What people call things, and what they are called here. The words stand in the policies, after `also`.\n",
        '<div class="filter" data-for="all-words" data-label="Show words with these letters:"></div>\n',
        '<div id="all-words" markdown>\n',
        f"## All words {common.QUIET}\n",
        table(["They say", "It is"], rows),
        "</div>",
        "## Of the facts\n" if book.vocabulary.also else "",
    ]
    for key, words in book.vocabulary.also.items():
        heading = f"### {plain(', '.join(words))} {{#{anchor(key.replace(' ', '-'))}}}\n"
        body += [heading, f"{_thing(book, key)}\n"]
    if rows:
        yield Page(
            path=PATH,
            title="Glossary",
            body="\n".join(body),
            summary="What people call things, and what they are called here",
            weight=4,
        )


def _thing(book: Book, key: str) -> str:
    """A fact or list, a field of a list, or a value, with its place in the vocabulary."""
    name, _, part = key.partition(" ")
    vocabulary = book.vocabulary
    there = name in vocabulary.facts or name in vocabulary.lists
    place = link(code(name), f"{FACTS}#{anchor(name) if there else 'sets-of-values'}", PATH)
    if not part:
        return f"{place}, {'fact' if name in vocabulary.facts else 'list' if there else 'values'}"
    return f"{code(part)} of {place}"
