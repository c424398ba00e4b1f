"""A page for each rule and definition: what it asks, on whose authority, since when, with exceptions and examples."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Iterator, Mapping
from decimal import Decimal
from typing import Any

from ccm_policy.language import syntax as s
from ccm_policy.language import tree as t
from ccm_policy.language.conditions_of import Statement, conditions_of
from ccm_policy.language.syntax.texts import citations, text_of
from ccm_policy.site.book import RULES, Book, Entry, Version, definitions_read, facts_read
from ccm_policy.site.page import Page, code, link, plain, table
from ccm_policy.site.pages import common
from ccm_policy.site.prose import english, statements

KINDS = {
    "requirement": "Requirement",
    "exclusion": "Exclusion",
    "claim check": "Claim check",
    "log check": "Check of the time log",
    "panel check": "Check of the panel",
    "define": "Definition",
    "coverage": "Coverage",
    "permission": "Permission",
    "payment": "Payment",
    "prefer": "Choice",
    "note": "Note",
    "invariant": "Invariant",
    "attest": "Attestation",
}
INDEX = "rules/index.md"


def pages(book: Book) -> Iterator[Page]:
    """The list of rules and a page for each of them."""
    entries = [e for e in book.entries.values() if e.kind != "service"]
    yield _index(book, entries)
    for entry in entries:
        yield page(book, entry)


def _index(book: Book, entries: list[Entry]) -> Page:
    """Every rule, definition and the rest by policy."""
    parts = [
        "Every rule by policy, with its name as decisions give it. What is no longer in force is marked.\n",
        '<div class="filter" data-for="all-rules" data-label="Show rules with these words:"></div>\n',
        '<div id="all-rules" markdown>\n',
    ]
    by_policy: dict[str, list[Entry]] = defaultdict(list)
    for entry in entries:
        by_policy[entry.policy].append(entry)
    for policy, its in by_policy.items():
        title = book.policies[policy].title
        parts += [f"## {plain(title)} {{#{policy.replace('.', '-')}}}\n"]
        parts += [f"{code(policy)} · {link('its editions', common.policy_path(policy), INDEX)}\n"]
        rows = [
            [
                common.entry_link(e, INDEX),
                code(e.name),
                KINDS[e.kind],
                "" if e.in_force else "ended " + (e.last.until or ""),
            ]
            for e in sorted(its, key=lambda e: (list(KINDS).index(e.kind), e.title))
        ]
        parts.append(table(["Rule", "Name", "Kind", "In force"], rows))
    parts.append("</div>")
    return Page(path=INDEX, title="Rules", body="\n".join(parts), summary="Every rule of the library", wide=True)


def page(book: Book, entry: Entry) -> Page:
    """The page of one rule."""
    node = book.typed(entry, entry.last)
    at = entry.path
    said = said_of(book, entry, entry.last)
    parts = [_where(book, entry, node), "", common.called(entry.also)]
    if not entry.in_force:
        parts.append(_ended(book, entry, at))
    if said:
        parts.append(common.stated(common.linked(book, line, at) for line in said))
    parts += _scope(book, node, at)
    parts += _failing(entry)
    parts += _exceptions(book, entry, node, at)
    parts += _authority(book, entry, at)
    parts += _meaning(book, entry, node, at)
    parts += [f"## Policy text {common.QUIET}\n", common.policy_text(entry.last.statement)]
    parts += _history(book, entry, at)
    parts += _disputes(book, entry, at)
    parts += _examples(book, entry, at)
    parts += _layers(book, entry, at)
    weight = 2 if entry.kind in RULES else 1
    return Page(
        path=at, title=entry.title, body="\n".join(parts), summary=" ".join(said), weight=weight, also=entry.also
    )


def said_of(book: Book, entry: Entry, version: Version) -> list[str]:
    """A version of a rule in sentences."""
    if entry.kind == "note":
        return [text_of(version.statement, "text")]
    node = book.typed(entry, version)
    if node is None or isinstance(node, t.Service):
        return []
    return [one for one in statements.sentences(node, book.speaker((entry.policy,), version.month)) if one]


def _where(book: Book, entry: Entry, node: object) -> str:
    at, version = entry.path, entry.last
    policy = book.policies[entry.policy]
    origin = version.statement.origin
    edition = origin.edition if origin and origin.policy == entry.policy else version.month
    return " · ".join(
        part
        for part in (
            KINDS[entry.kind],
            code(entry.name),
            link(plain(policy.title), common.policy_path(policy.name), at),
            link(f"edition {edition}", common.edition_path(policy.name, edition), at)
            if policy.edition(edition) and any(e.month == edition for e in policy.editions)
            else "",
            common.window(version),
            common.labels(node),
        )
        if part
    )


def _ended(book: Book, entry: Entry, at: str) -> str:
    """Why a rule is no longer in force, in a heading, so that the search finds the words of the reason."""
    why = common.because(entry.repeal).rstrip(".")
    month = entry.last.until or ""
    parts = [f"## Ended{': ' + plain(why) if why else ''}\n"]
    parts.append(f"Not in force since {link(english.month(month), common.edition_path(entry.policy, month), at)}.\n")
    if entry.repeal is not None:
        parts.append(common.authority(book, citations(entry.repeal), at))
    parts.append("## What it said\n")
    return "\n".join(parts)


def _scope(book: Book, node: object, at: str) -> list[str]:
    listed = common.for_codes(node)
    return [f"**For** {common.codes(book, listed, at)}\n"] if listed else []


def _failing(entry: Entry) -> list[str]:
    statement = entry.last.statement
    otherwise, remedy = text_of(statement, "otherwise"), text_of(statement, "remedy")
    parts = []
    if otherwise:
        parts += ["## What a failure says\n", f"> {plain(otherwise)}\n"]
    if remedy:
        parts.append(f"**What to do:** {plain(remedy)}\n")
    if text := text_of(statement, "note"):
        parts.append(f"{plain(text)}\n")
    return parts


def _exceptions(book: Book, entry: Entry, node: object, at: str) -> list[str]:
    waivers: tuple[t.Waiver, ...] = getattr(node, "waivers", ())
    if not waivers:
        return []
    say = book.speaker((entry.policy,), entry.last.month)
    parts = ["## Exceptions\n"]
    for waiver in waivers:
        parts += [f"### {plain(english.capital(english.words(waiver.name)))}\n"]
        parts += [common.linked(book, statements.exception(waiver, say), at), ""]
        if waiver.because:
            parts += [plain(waiver.because), ""]
        parts.append(common.authority(book, [s.Citation(c.source, c.at) for c in waiver.cites], at))
    return parts


def _authority(book: Book, entry: Entry, at: str) -> list[str]:
    cites = [c.body for c in entry.last.statement.all("cite") if isinstance(c.body, s.Citation)]
    return [f"## Authority {common.QUIET}\n", common.authority(book, cites, at)] if cites else []


def _meaning(book: Book, entry: Entry, node: Statement | None, at: str) -> list[str]:
    """Definitions that the rule names, and the facts that it reads through them."""
    asked = [each.node for each in conditions_of(node)] if node is not None else []
    if not asked:
        return []
    program = book.program((entry.policy,), entry.last.month)
    say = book.speaker((entry.policy,), entry.last.month)
    parts = []
    if isinstance(node, t.Definition) and len(items := statements.points(node, say)) > 2:
        parts += ["All of these hold:\n", *(f"- {common.linked(book, item, at)}" for item in items), ""]
    names = list(dict.fromkeys(name for c in asked for name in definitions_read(c)))
    if names:
        parts += [f"## What its words mean {common.QUIET}\n"]
        for name in names:
            definition = program.definitions.get(name)
            if definition is None:
                continue
            target = _definition_entry(book, entry.policy, name)
            title = plain(definition.title or english.words(name))
            shown = common.entry_link(target, at, definition.title or english.words(name)) if target else title
            parts.append(f"- {shown}: {plain(english.lower(statements.definition(definition, say)))}")
        parts.append("")
    read = {fact for c in asked for fact in facts_read(c, program)}
    facts = sorted(
        read - {fact.partition(".")[0] for fact in read if "." in fact and fact not in book.vocabulary.facts}
    )
    if facts:
        parts += [f"## Facts it reads {common.QUIET}\n", ", ".join(fact_link(book, fact, at) for fact in facts) + "\n"]
    return parts


def _definition_entry(book: Book, policy: str, name: str) -> Entry | None:
    """The page of a definition as this policy sees it: its own, else that of what it rests on."""
    for owner in (policy, *book.policies[policy].under):
        if (found := book.entries.get((owner, "define", name))) is not None:
            return found
    return None


def fact_link(book: Book, path: str, at: str) -> str:
    """A fact or a field of a list, with its place in the vocabulary."""
    name = path.partition(".")[0]
    known = path in book.vocabulary.facts
    if not known and name not in book.vocabulary.lists:
        return code(path)
    anchor = path if known else name
    return link(code(path), f"facts/index.md#{anchor.replace('.', '-').replace('_', '-')}", at)


def _history(book: Book, entry: Entry, at: str) -> list[str]:
    """Each version with what the amendment says of it."""
    if len(entry.versions) == 1 and entry.repeal is None:
        return []
    rows = []
    for version in entry.versions:
        said = " ".join(said_of(book, entry, version))
        why = common.because(version.verb)
        month = version.verb.origin.edition if version.verb and version.verb.origin else version.month
        rows.append(
            [
                link(english.month(month), common.edition_path(entry.policy, month), at),
                (version.verb.verb or "first text") if version.verb else "first text",
                plain(said),
                plain(why) + _sources_of(book, version.verb, at),
            ]
        )
    if entry.repeal is not None and entry.last.until:
        rows.append(
            [
                link(english.month(entry.last.until), common.edition_path(entry.policy, entry.last.until), at),
                "repeal",
                "",
                plain(common.because(entry.repeal)) + _sources_of(book, entry.repeal, at),
            ]
        )
    return ["## History\n", table(["Since", "Change", "It says", "Because"], rows)]


def _sources_of(book: Book, statement: s.Statement | None, at: str) -> str:
    if statement is None:
        return ""
    links = [
        link(plain(text_of(book.sources[c.source], "title")), common.source_path(c.source), at)
        for c in dict.fromkeys(citations(statement))
        if c.source in book.sources
    ]
    return f" ({'; '.join(links)})" if links else ""


def _disputes(book: Book, entry: Entry, at: str) -> list[str]:
    from ccm_policy.site.pages.disputes import about, described

    found = about(book, entry)
    if not found:
        return []
    return ["## Other guides say otherwise\n", *(described(book, dispute, at) for dispute in found)]


def _examples(book: Book, entry: Entry, at: str) -> list[str]:
    """The examples that name this rule in what they expect."""
    found = book.expecting.get(entry.name, [])
    if not found:
        return []
    lines = [
        f"- {link(plain(example.statement.name), example.path, at)}: {plain(outcome(expected))}"
        for example, expected in found
    ]
    return [f"## Examples {common.QUIET}\n", "\n".join(dict.fromkeys(lines)) + "\n"]


def _units(e: s.ExpectUnits) -> str:
    return f"{e.code} is supported, {english.quantity(Decimal(e.units), 'unit')}"


OUTCOMES: Mapping[type, Callable[[Any], str]] = {
    s.ExpectUnits: _units,
    s.ExpectPays: lambda e: f"{e.code} pays ${e.amount}",
    s.ExpectSupported: lambda e: f"{e.code} is supported",
    s.ExpectNotSupported: lambda e: f"{e.code} is not supported" + (f" by {english.words(e.by)}" if e.by else ""),
    s.ExpectHeld: lambda e: f"{e.code} is held",
    s.ExpectYields: lambda e: f"{e.code} yields" + (f" to {e.to}" if e.to else ""),
    s.ExpectNeeds: lambda e: f"{e.code} needs information about {e.fact}",
    s.ExpectNotEstablished: lambda e: f"{e.code} is not established",
    s.ExpectLine: lambda e: f"line {e.line} is {english.words(e.verdict)}",
    s.ExpectMissingLine: lambda e: f"a line for {e.code} is missing",
    s.ExpectRisk: lambda e: f"{'' if e.there else 'no '}audit risk: {english.words(e.rule)}",
}


def outcome(expected: s.Expectation) -> str:
    """What an example expects, in words."""
    return OUTCOMES[type(expected)](expected)


def _layers(book: Book, entry: Entry, at: str) -> list[str]:
    """Policies above that touch this very rule."""
    others = [
        other
        for other in book.entries.values()
        if other.name == entry.name
        and other.kind == entry.kind
        and other.policy != entry.policy
        and entry.policy in book.policies[other.policy].under
    ]
    if not others:
        return []
    lines = []
    for other in others:
        title = book.policies[other.policy].title
        said = " ".join(said_of(book, other, other.last))
        lines.append(f"- {common.entry_link(other, at, title)}: {plain(said)}")
    return [f"## Layers that change it {common.QUIET}\n", "\n".join(lines) + "\n"]
