"""Examples as a catalogue: the situation, the facts, and what the rules make of them."""

from __future__ import annotations

from collections.abc import Iterator

from ccm_policy.language import syntax as s
from ccm_policy.site.book import Book, Example
from ccm_policy.site.page import Page, link, plain, table
from ccm_policy.site.pages import common
from ccm_policy.site.pages.rules import outcome
from ccm_policy.site.prose import english

INDEX = "examples/index.md"


def pages(book: Book) -> Iterator[Page]:
    """The list of policies with examples, and a page for each with all of its examples."""
    by_policy: dict[str, list[Example]] = {}
    for example in book.examples:
        by_policy.setdefault(example.policy, []).append(example)
    rows = [
        [link(plain(book.policies[name].title), f"examples/{name}.md", INDEX), str(len(its))]
        for name, its in by_policy.items()
    ]
    body = [
        f"{len(book.examples)} situations with what the rules make of them.\n",
        "They stand beside the rules, and are run whenever the policies are checked.\n",
        table(["Policy", "Examples"], rows, "lr"),
    ]
    yield Page(path=INDEX, title="Examples", body="\n".join(body), summary="Situations and what the rules make of them")
    for name, its in by_policy.items():
        yield _page(book, name, its)


def _page(book: Book, policy: str, examples: list[Example]) -> Page:
    at = f"examples/{policy}.md"
    title = book.policies[policy].title
    parts = [f"Situations that {link(plain(title), common.policy_path(policy), at)} decides.\n"]
    for example in examples:
        statement = example.statement
        month = common.words_in(clause.body) if (clause := statement.one("month")) else ""
        parts.append(f"## {plain(english.capital(statement.name))} {{#example-{example.number}}}\n")
        expected = [outcome(c.body) for c in statement.all("expect") if isinstance(c.body, s.Expectation)]
        lead = f"{english.month(month)}. " if month else ""
        parts.append(lead + common.linked(book, english.sentence(english.listed(expected)), at) + "\n")
        parts.append(common.policy_text(statement))
    return Page(path=at, title=f"Examples: {title}", body="\n".join(parts), summary=f"Examples of {title}")
