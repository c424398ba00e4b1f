"""The vocabulary: every fact and list, what absence means, where in a chart it is found, and who reads it."""

from __future__ import annotations

from collections.abc import Iterator

from ccm_policy.facts.plan import NEEDED
from ccm_policy.language import tree as t
from ccm_policy.language.conditions_of import conditions_of
from ccm_policy.site.book import Book, facts_read
from ccm_policy.site.page import Page, code, link, pairs, plain, table
from ccm_policy.site.pages import common
from ccm_policy.site.prose import english

PATH = "facts/index.md"
GLOSSARY = "glossary.md"
WORK = "who works in the practice can bring it about or write it down"


def pages(book: Book) -> Iterator[Page]:
    """All facts and lists on one page, each under its own heading, so that the search leads to it."""
    readers = _readers(book)
    vocabulary = book.vocabulary
    groups: dict[str, list[t.FactDecl]] = {}
    for fact in vocabulary.facts.values():
        groups.setdefault(fact.path.partition(".")[0] if "." in fact.path else "record", []).append(fact)
    parts = [
        "What a decision may read about one patient in one month. A dotted name nests in the record.\n",
        "What is not given is unknown, unless the line *absent* says otherwise.\n",
        "## Overview\n",
        _overview(book),
    ]
    if vocabulary.also:
        parts.append(f"What exports and billers call them stands in the {link('glossary', GLOSSARY, PATH)}.\n")
    for group, facts in groups.items():
        parts.append(f"## {plain(english.capital(book.lexicon.words(group)))}\n")
        for fact in facts:
            parts += _fact(book, fact, readers.get(fact.path, []))
    parts.append("## Lists\n")
    for one in vocabulary.lists.values():
        parts += _list(book, one, readers.get(one.name, []))
    parts += _values(book)
    yield Page(
        path=PATH,
        title="Facts",
        body="\n".join(parts),
        summary="The vocabulary: what may be known about a patient-month",
        weight=2,
    )


def _readers(book: Book) -> dict[str, list[str]]:
    """For each fact and list the rules that read it now, as links."""
    found: dict[str, dict[str, None]] = {}
    for entry in book.entries.values():
        if not entry.in_force or entry.kind == "define":
            continue
        program = book.program((entry.policy,), entry.last.month)
        statement = book.typed(entry, entry.last)
        for asked in conditions_of(statement) if statement is not None else ():
            for path in facts_read(asked.node, program):
                name = path if path in book.vocabulary.facts else path.partition(".")[0]
                found.setdefault(name, {})[common.entry_link(entry, PATH)] = None
    return {name: list(links) for name, links in found.items()}


def anchor(name: str) -> str:
    """The address of a fact or list within the page."""
    return name.replace(".", "-").replace("_", "-")


def _overview(book: Book) -> str:
    facts = [link(code(f.path), f"#{anchor(f.path)}", PATH) for f in book.vocabulary.facts.values()]
    lists = [link(code(name), f"#{anchor(name)}", PATH) for name in book.vocabulary.lists]
    return f"**Facts:** {' '.join(facts)}\n\n**Lists:** {' '.join(lists)}\n"


def _fact(book: Book, fact: t.FactDecl, readers: list[str]) -> list[str]:
    also = book.vocabulary.also
    rows = [["Also called", plain(", ".join(also[fact.path]))]] if fact.path in also else []
    nothing = absent(book, fact.absent, fact.path in NEEDED)
    rows += [["Type", described(fact.type, book, fact.path)], ["Absent", nothing]]
    rows += [["Found", plain(fact.found)]] if fact.found else []
    rows += [["Note", plain(fact.note)]] if fact.note else []
    rows += [["Attestable", _attestable(fact, book)]] if fact.attestable else []
    rows += [["Work", WORK]] if fact.work else []
    rows += [["While it is yes", plain(fact.ceiling)]] if fact.ceiling else []
    rows += [["For the engine", code(mark)] for mark, name in book.vocabulary.marks.items() if name == fact.path]
    chosen = [
        link(plain(p.title), common.policy_path(p.name), PATH) for p in book.policies.values() if fact.path in p.reads
    ]
    rows += [["Chooses policies", _some(chosen)]] if chosen else []
    if readers:
        rows.append(["Read by", _some(readers)])
    return [
        f"### {plain(fact.title or fact.path)} {{#{anchor(fact.path)}}}\n",
        f"{code(fact.path)}\n",
        pairs(rows),
    ]


def _attestable(fact: t.FactDecl, book: Book) -> str:
    """That a practice may vouch for a fact, and in place of what."""
    where = english.listed([code(path) for path in fact.instead_of], "or")
    return f"a practice may vouch for it{f', where nobody recorded {where}' if where else ''}"


def _some(links: list[str]) -> str:
    """The first of many links, and how many more there are."""
    return ", ".join(links[:12] + ([f"and {len(links) - 12} more"] if len(links) > 12 else []))


def _list(book: Book, one: t.ListDecl, readers: list[str]) -> list[str]:
    called = f" ({book.lexicon.words(one.name)})" if one.title else ""
    parts = [f"### {plain((one.title or one.name) + called)} {{#{anchor(one.name)}}}\n"]
    said = [code(one.name)]
    if one.called and one.called != one.name:
        said.append(f"one of them is called *{plain(one.called)}*")
    if one.one:
        said.append(f"a single one may be given as {code(one.one)}")
    parts.append(" · ".join(said) + "\n")
    if one.union_of:
        parts.append(f"{code(one.union_of)} and the lines of the claim whose code no policy decides.\n")
    parts.append(common.called(book.vocabulary.also.get(one.name, ())))
    parts.append(f"**Found:** {plain(one.found)}\n" if one.found else "")
    parts.append("An absent list is empty.\n" if one.absent.how == "empty" else "An absent list is unknown.\n")
    if one.none_attested and not one.union_of:
        parts.append("Where it is absent, a practice may vouch that there is none.\n")
    if one.one_attested and not one.union_of:
        parts.append("Where it is absent, what a practice attests of its fields is one record.\n")
    parts.append(f"Work: {WORK}.\n" if one.work and not one.union_of else "")
    fields = [
        [
            code(f.name),
            described(f.type, book, f"{one.name} {f.name}") + _looks_up(f),
            absent(book, f.absent, False, one.name) + _vouched(f, one),
            plain(", ".join(book.vocabulary.also.get(f"{one.name} {f.name}", ()))),
        ]
        for f in one.fields.values()
    ]
    named = any(row[3] for row in fields)
    head = ["Field", "Type", "Absent", *(["Also called"] if named else [])]
    parts.append(table(head, [row[: len(head)] for row in fields]))
    if readers:
        parts.append(f"**Read by** {', '.join(readers[:12])}{' and more' if len(readers) > 12 else ''}\n")
    return parts


def _vouched(field: t.FieldDecl, of: t.ListDecl) -> str:
    """That a practice may vouch for a field, and in place of what."""
    if not field.attestable or of.union_of:
        return ""
    return "; attestable" + (f" where {code(field.instead_of)} is absent too" if field.instead_of else "")


def _looks_up(field: t.FieldDecl) -> str:
    return f", looks up {code(field.looks_up)}" if field.looks_up else ""


def described(kind: t.Type, book: Book, path: str = "") -> str:
    """A type in words, as Markdown; `path` is the fact or field of that type, whose values may be called something."""
    mark = "." if " " in path else " "
    listed = ", ".join(_value(book, v, f"{path}{mark}{v}") for v in kind.values)
    match kind.kind:
        case "value":
            return ("in order: " if kind.ordered else "one of ") + listed
        case "set":
            return f"set of {listed or 'text'}"
        case "number":
            unit = {"minute": "minutes", "dollar": "money", "percent": "percent"}.get(kind.unit or "", "number")
            low, high = kind.low, kind.high
            return unit + (f", {low:,} to {high:,}" if low is not None and high is not None else "")
        case "date":
            return "date in the month of service" if kind.in_month else "date"
    return kind.kind


def _value(book: Book, value: str, key: str) -> str:
    words = book.vocabulary.also.get(key, ())
    return code(value) + (f" ({plain(', '.join(words))})" if words else "")


def absent(book: Book, how: t.Absent, needed: bool, of: str | None = None) -> str:
    """What absence means, in words."""
    if needed:
        return "the record is refused"
    names = common.bare_speaker(book)
    say = names.into(of) if of else names
    unless = f", unless {say.clause(how.unless)}" if how.unless is not None else ""
    match how.how:
        case "none":
            return f"there is none{plain(unless)}"
        case "presumed" if how.value is not None:
            return f"presumed {plain(say.noun(how.value) + unless)}"
        case "computed" if how.value is not None:
            named = isinstance(how.value, t.Fact | t.Field | t.Lookup | t.Const)
            yes_no = how.value.type.kind == "yes/no" and not named
            said = say.clause(how.value) if yes_no else say.noun(how.value)
            given = f"{unless}, unless given"
            return plain(f"yes when {said}{given}" if yes_no else f"{said}{given}")
        case "empty":
            return "empty"
    return "unknown"


def _values(book: Book) -> list[str]:
    vocabulary = book.vocabulary
    rows = [
        [code(name), ", ".join(_value(book, v, f"{name} {v}") for v in kind.values)]
        for name, kind in vocabulary.values.items()
    ]
    rows += [[code(name), ", ".join(code(v) for v in roles)] for name, roles in vocabulary.roles.items()]
    return ["## Sets of values\n", table(["Name", "Values"], rows)]
