"""A page for each payer, state, contractor or practice: when it applies and what it adds to its base, side by side."""

from __future__ import annotations

from collections.abc import Iterator

from ccm_policy.language import syntax as s
from ccm_policy.language.syntax.texts import citations, text_of
from ccm_policy.site.book import Book, Entry
from ccm_policy.site.page import Page, code, link, plain, table
from ccm_policy.site.pages import common
from ccm_policy.site.pages.rules import KINDS, said_of
from ccm_policy.site.prose import english

INDEX = "layers/index.md"


def pages(book: Book) -> Iterator[Page]:
    """The list of layers by level and a page for each policy that is selected by a fact."""
    layers = {name: p for name, p in book.policies.items() if p.applies is not None or p.optional or p.extends}
    parts = [
        "A layer is a policy for a payer, a place or a practice. It rests on a base, and says only what is different.\n"
    ]
    levels = list(dict.fromkeys([*book.library.outline.layers, *(p.level for p in layers.values())]))
    for level in levels:
        rows = [
            [link(plain(p.title), f"layers/{name}.md", INDEX), _when(book, name), p.editions[0].month]
            for name, p in layers.items()
            if p.level == level
        ]
        if rows:
            heading = english.capital(book.lexicon.words(level))
            parts += [f"## {plain(heading)}\n", table(["Layer", "Applies when", "Since"], rows)]
    yield Page(
        path=INDEX,
        title="Payers and layers",
        body="\n".join(parts),
        summary="Every payer, state, contractor and practice with own rules",
    )
    for name in layers:
        yield _page(book, name)


def _when(book: Book, name: str) -> str:
    policy = book.policies[name]
    if policy.applies is not None:
        return plain(book.speaker((name,), policy.editions[-1].month).clause(policy.applies))
    return "asked for by name" if policy.optional else "whenever its base does"


def _page(book: Book, name: str) -> Page:
    policy, at = book.policies[name], f"layers/{name}.md"
    bases = [link(plain(book.policies[n].title), _of(book, n), at) for n in policy.extends]
    said = [code(name), book.lexicon.words(policy.level), f"since {english.month(policy.editions[0].month)}"]
    said.append(link("editions and text", common.policy_path(name), at))
    parts = [" · ".join(said) + "\n", f"**Applies** {'' if policy.optional else 'when '}{_when(book, name)}.\n"]
    if bases:
        parts.append(f"**Rests on** {english.listed(bases)}.\n")
    if policy.priced_by:
        parts.append(f"**Priced by** {plain(book.lexicon.value(policy.priced_by))}.\n")
    header = book.library.source.policies[name].header
    if relaxes := text_of(header, "relaxes"):
        parts += [f"**Loosens its base:** {plain(relaxes)} {plain(common.because(header))}\n"]
        parts.append(common.authority(book, citations(header), at))
    parts += _side_by_side(book, name, at)
    above = [n for n, p in book.policies.items() if name in p.extends]
    if above:
        parts.append("## What rests on it\n")
        parts += [f"- {link(plain(book.policies[n].title), f'layers/{n}.md', at)}" for n in above]
    return Page(
        path=at,
        title=policy.title or name,
        body="\n".join(parts),
        summary=f"What {policy.title} adds to its base",
        weight=2,
    )


def _of(book: Book, name: str) -> str:
    policy = book.policies[name]
    has_page = policy.applies is not None or policy.optional or policy.extends
    return f"layers/{name}.md" if has_page else common.policy_path(name)


def _side_by_side(book: Book, name: str, at: str) -> list[str]:
    """What the layer says beside what its base says of the same."""
    under = book.policies[name].under
    rows = []
    for entry in book.entries.values():
        if entry.policy != name or not entry.in_force or entry.kind == "define":
            continue
        base = next((b for n in under if (b := book.entries.get((n, entry.kind, entry.name))) is not None), None)
        own = " ".join(said_of(book, entry, entry.last)) or entry.title
        below = " ".join(said_of(book, base, base.last)) if base else ""
        rows.append([common.entry_link(entry, at), plain(_change(entry)), plain(own), plain(below) or "says nothing"])
    definitions = [e for e in book.entries.values() if e.policy == name and e.kind == "define" and e.in_force]
    parts = []
    if rows:
        parts += ["## What it says, beside its base\n"]
        parts.append(table(["Rule", "Kind", "This layer", "Its base"], rows))
    if definitions:
        parts += ["## Words it defines\n", *(f"- {common.entry_link(e, at)}" for e in definitions), ""]
    return parts


def _change(entry: Entry) -> str:
    verb: s.Statement | None = entry.last.verb
    kind = KINDS.get(entry.kind, "Service")
    return f"{kind}, {verb.verb}" if verb is not None and verb.verb not in {None, "add"} else kind
