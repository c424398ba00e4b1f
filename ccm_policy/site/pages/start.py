"""`What may I bill?`: from a situation to the services it may support, in a few steps of links."""

from __future__ import annotations

from collections.abc import Iterator

from ccm_policy.language import tree as t
from ccm_policy.site.book import Book
from ccm_policy.site.page import Page, link, plain, table
from ccm_policy.site.pages import common
from ccm_policy.site.prose import english, statements

PATH = "bill/index.md"


def pages(book: Book) -> Iterator[Page]:
    """A page that asks who pays, and one for each payer that asks what was done."""
    parts = ["Who pays for the month?\n", '<div class="cards">']
    for payer, policies in book.payers.items():
        title = _title(book, payer)
        number = len(_services(book, policies))
        said = f"{number} service{'' if number == 1 else 's'}" if number else "see what it says"
        parts.append(f'<a href="{_slug(payer)}/"><strong>{plain(title)}</strong> <span>{said}</span></a>')
    parts.append("</div>\n")
    parts.append(
        f"Another payer, a State or a contractor's area: {link('payers and layers', 'layers/index.md', PATH)}.\n"
    )
    yield Page(
        path=PATH,
        title="What may I bill?",
        body="\n".join(parts),
        summary="From a situation to the services it may support",
        weight=3,
    )
    for payer, policies in book.payers.items():
        yield _payer(book, payer, policies)


def _slug(payer: str) -> str:
    return payer.replace("_", "-")


def _title(book: Book, payer: str) -> str:
    return book.policies[payer].title if payer in book.policies else english.capital(book.lexicon.value(payer))


def _services(book: Book, policies: tuple[str, ...]) -> dict[str, t.Service]:
    return dict(book.program(policies, book.month).services)


def _payer(book: Book, payer: str, policies: tuple[str, ...]) -> Page:
    at = f"bill/{_slug(payer)}.md"
    program = book.program(policies, book.month)
    say = book.speaker(policies, book.month)
    title = _title(book, payer)
    refused = {
        code: coverage.status
        for coverage in program.coverages
        for code in coverage.codes
        if coverage.when is None and coverage.status not in {"covered"}
    }
    parts = [f"What was done in the month for a patient of **{plain(title)}**? ({english.month(book.month)})\n"]
    if payer in book.policies:
        parts.append(f"{link('What this payer says', f'layers/{payer}.md', at)}\n")
    families: dict[str, list[t.Service]] = {}
    for service in program.services.values():
        families.setdefault(service.family, []).append(service)
    for family, services in families.items():
        rows = []
        for service in sorted(services, key=lambda s: (bool(s.base), s.code)):
            earned = statements.earning(service.earning, say).rstrip(".")
            base = f", beside {english.listed(service.base, 'or')}" if service.base else ""
            status = refused.get(service.code, "")
            rows.append(
                [plain(earned + base), common.codes(book, [service.code], at), plain(service.title), plain(status)]
            )
        parts.append(f"## {plain(book.lexicon.value(family))}\n")
        parts.append(table(["Earned by", "Code", "Service", "Coverage"], rows))
    if program.permissions:
        parts.append("## Two at once\n")
        parts += [f"- {common.linked(book, ' '.join(statements.sentences(p, say)), at)}" for p in program.permissions]
    return Page(
        path=at,
        title=f"What may I bill to {title}?",
        body="\n".join(parts),
        summary=f"Services that {title} may pay, by what was done",
    )
