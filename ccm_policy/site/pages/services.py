"""A page for each service: when it is earned, what it asks and excludes, what it pays, who differs, its history."""

from __future__ import annotations

from collections.abc import Iterator
from decimal import Decimal

from ccm_policy.language import syntax as s
from ccm_policy.language import tree as t
from ccm_policy.language.walk import within
from ccm_policy.site import charts
from ccm_policy.site.book import Book, Entry, Example
from ccm_policy.site.page import Page, code, link, plain, table
from ccm_policy.site.pages import common, rates
from ccm_policy.site.pages.rules import outcome
from ccm_policy.site.prose import english, statements
from ccm_policy.site.prose.speaker import Speaker

INDEX = "services/index.md"


def pages(book: Book) -> Iterator[Page]:
    """The list of services and a page for each."""
    entries = _entries(book)
    yield _index(book, entries)
    for entry in entries.values():
        yield page(book, entry)


def _entries(book: Book) -> dict[str, Entry]:
    """For each code the policy that first decided it."""
    found: dict[str, Entry] = {}
    services = [e for e in book.entries.values() if e.kind == "service"]
    for entry in sorted(services, key=lambda e: (e.versions[0].month, e.policy)):
        found.setdefault(entry.name, entry)
    return dict(sorted(found.items()))


def seen_from(book: Book, code_of: str) -> tuple[str, tuple[str, ...], str]:
    """The payer whose rules a page tells, the policies, and the month: the last in which the service is decided."""
    first, last, _ = book.library.outline.lives.get(code_of, (book.month, None, None))
    month = min(last or book.month, book.month)
    for payer, policies in book.payers.items():
        if code_of in book.program(policies, month).services:
            return payer, policies, month
    owner = _entries(book)[code_of].policy
    return owner, (owner,), max(month, first)


def _index(book: Book, entries: dict[str, Entry]) -> Page:
    parts = ["Every code that a policy decides, with the months in which it does. Titles are ours.\n"]
    families: dict[str, list[Entry]] = {}
    for entry in entries.values():
        family = common.words_in(clause.body) if (clause := entry.last.statement.one("family")) else "other"
        families.setdefault(family, []).append(entry)
    for family, its in families.items():
        rows = [[link(e.name, e.path, INDEX), plain(e.title), _life(book, e.name)] for e in its]
        parts += [f"## {plain(book.lexicon.value(family))}\n", table(["Code", "Service", "Decided"], rows)]
    return Page(path=INDEX, title="Services", body="\n".join(parts), summary="Every service that the policies decide")


def _life(book: Book, code_of: str) -> str:
    first, last, successor = book.library.outline.lives.get(code_of, ("", None, None))
    if not first:
        return ""
    if last is None:
        return f"since {english.month(first)}"
    return f"{english.month(first)} to {english.month(last)}" + (f", then {successor}" if successor else "")


def page(book: Book, entry: Entry) -> Page:
    """The page of one service."""
    payer, policies, month = seen_from(book, entry.name)
    program = book.program(policies, month)
    service = program.services.get(entry.name)
    say = book.speaker(policies, month)
    at = entry.path
    parts = [_head(book, entry, service, payer, month), "", common.called(entry.also)]
    if service is not None:
        parts += _earned(book, service, say, at)
    parts += _rules(book, entry.name, program, say, at)
    parts += _choice(book, service, program, say)
    parts += _beside(book, entry.name, program, say, at)
    parts += _claim(book, entry.name, program, say, at)
    parts += _rates(book, entry.name, service, month)
    parts += _differ(book, entry.name, policies, at)
    parts += _examples(book, entry.name, at)
    parts += _history(book, entry, at)
    title = f"{entry.name}: {entry.title}"
    summary = f"{entry.title}: requirements, exclusions, rates and history"
    return Page(path=at, title=title, body="\n".join(parts), summary=summary, weight=2, also=entry.also)


def _head(book: Book, entry: Entry, service: t.Service | None, payer: str, month: str) -> str:
    at = entry.path
    said = [_life(book, entry.name)]
    if service is not None:
        said += [f"family {code(service.family)}", f"tier {code(service.tier)}" if service.tier else ""]
        if service.follows:
            said.append(f"follows {common.codes(book, [service.follows], at)}")
    who = book.policies[payer].title if payer in book.policies else book.lexicon.value(payer)
    line = f"What follows is what **{plain(who)}** asks in {english.month(month)} when nothing else is known."
    return " · ".join(p for p in said if p) + f"\n\n{line}\n"


def _earned(book: Book, service: t.Service, say: Speaker, at: str) -> list[str]:
    said = statements.earning(service.earning, say)
    parts = ["## When it is earned\n", common.stated([common.linked(book, said, at)])]
    if (picture := bar(service)) is not None:
        parts.append(picture)
    parts += [common.stated([common.linked(book, statements.modifier(m, say), at)]) for m in service.modifiers]
    if service.entered is not None:
        parts.append(common.stated([common.linked(book, statements.entered(service.entered, say), at)]))
    if service.base:
        by = f" by {service.base_scope.replace('same ', 'the same ')}" if service.base_scope else ""
        parts.append(f"An add-on to {common.codes(book, service.base, at)}{plain(by)}.\n")
    parts.append(common.authority(book, [s.Citation(c.source, c.at) for c in service.cites], at))
    return parts


def bar(service: t.Service) -> str | None:
    """The bar of minutes of a service that is earned by minutes, or None."""
    earning = service.earning
    title = f"Minutes and units of {service.code}"
    match earning:
        case t.Earning(units=units, when=t.AtMost(t.Const(Decimal() as need, kind), _)) if kind.unit == "minute":
            return charts.minutes_bar(title, [charts.Point(need, units)], False)
        case t.Earning(units=units, step=t.Const(Decimal() as step), beyond=beyond, at_most=limit):
            start = beyond.value if isinstance(beyond, t.Const) and isinstance(beyond.value, Decimal) else Decimal(0)
            number = min(limit // units if limit else 3, 6)
            points = [charts.Point(start + step * (i + 1), units * (i + 1)) for i in range(number)]
            return charts.minutes_bar(title, points, limit is None)
    return None


def _rules(book: Book, code_of: str, program: t.Program, say: Speaker, at: str) -> list[str]:
    parts = []
    for title, kind, decides in (
        ("What it requires", "requirement", True),
        ("What excludes it", "exclusion", True),
        ("What an auditor asks besides", "", False),
    ):
        rules = [
            rule
            for rule in program.rules
            if code_of in rule.codes and rule.decides is decides and (rule.kind == kind or not kind)
        ]
        if rules:
            parts += [f"## {title}\n", *(_one_rule(book, rule, say, at) for rule in rules), ""]
    coverages = [c for c in program.coverages if code_of in c.codes]
    if coverages:
        parts.append("## Whether it is covered\n")
        parts += [
            f"- {_to(book, c.where.policy, 'coverage', c.name, ' '.join(statements.sentences(c, say)), at)}"
            for c in coverages
        ]
        parts.append("")
    return parts


def _one_rule(book: Book, rule: t.Rule, say: Speaker, at: str) -> str:
    """A rule in its sentences, which lead to its page, with its exceptions."""
    entry = _entry_of(book, rule.where.policy, rule.kind, rule.name)
    said = " ".join(statements.sentences(rule, say))
    exceptions = " ".join(statements.exception(w, say) for w in rule.waivers)
    name = common.entry_link(entry, at, rule.title or english.words(rule.name)) if entry else plain(rule.title)
    labels = common.labels(rule, severity=not rule.decides)
    return f"- **{name}.** {common.linked(book, f'{said} {exceptions}'.strip(), at)} {labels}"


def _entry_of(book: Book, policy: str, kind: str, name: str) -> Entry | None:
    for owner in (policy, *book.policies[policy].under):
        if (found := book.entries.get((owner, kind, name))) is not None:
            return found
    return None


def _to(book: Book, policy: str, kind: str, name: str, said: str, at: str) -> str:
    entry = _entry_of(book, policy, kind, name)
    return common.entry_link(entry, at, said) if entry else plain(said)


def _choice(book: Book, service: t.Service | None, program: t.Program, say: Speaker) -> list[str]:
    if service is None:
        return []
    mine = [p for p in program.preferences if service.tier in p.order or service.family in p.order]
    said = [line for p in mine for line in statements.sentences(p, say)]
    return ["## When several are supported\n", *(f"- {plain(line)}" for line in said), ""] if said else []


def _beside(book: Book, code_of: str, program: t.Program, say: Speaker, at: str) -> list[str]:
    mine = [p for p in program.permissions if code_of in p.codes or code_of in p.beside]
    lines = [
        f"- {common.linked(book, ' '.join(statements.sentences(p, say)), at)} "
        f"{_to(book, p.where.policy, 'permission', p.name, 'Why', at)}"
        for p in mine
    ]
    return ["## What may be billed beside it\n", *lines, ""] if lines else []


def _claim(book: Book, code_of: str, program: t.Program, say: Speaker, at: str) -> list[str]:
    """The claim checks whose lines may carry this code."""
    lines = []
    for check in program.line_checks:
        where = check.lines.where
        named = [n for n in within(where) if isinstance(n, t.In | t.Equal)] if where is not None else []
        values = {v for n in named if isinstance(n, t.In) for v in n.values}
        values |= {str(n.right.value) for n in named if isinstance(n, t.Equal) and isinstance(n.right, t.Const)}
        if code_of in values:
            said = " ".join(statements.sentences(check, say))
            name = _to(
                book, check.where.policy, "claim check", check.name, check.title or english.words(check.name), at
            )
            lines.append(f"- **{name}.** {plain(said)} {common.labels(check)}")
    return ["## On the claim\n", *lines, ""] if lines else []


def _rates(book: Book, code_of: str, service: t.Service | None, month: str) -> list[str]:
    schedule = service.priced_by if service is not None else None
    if schedule is None:
        return []
    by_year = rates.national(book, schedule, code_of)
    if not by_year:
        return []
    parts = ["## What it pays\n", rates.chart(code_of, by_year), rates.year_table(by_year, code_of), ""]
    on = rates.last_day(month)
    localities = rates.locality_table(book, schedule, code_of, on, "../../")
    if localities:
        parts += [
            f"### By locality, {english.month(month)} {common.QUIET}\n",
            '<div class="filter" data-for="localities" data-label="Show places with these words:"></div>\n',
            f'<div id="localities">{localities}</div>\n',
        ]
    return parts


def _differ(book: Book, code_of: str, policies: tuple[str, ...], at: str) -> list[str]:
    """What policies outside this payer's own say of the code."""
    inside = {name for p in policies for name in (p, *book.policies[p].under)}
    rows = []
    for entry in book.entries.values():
        if entry.policy in inside or entry.kind not in {"requirement", "exclusion", "coverage", "payment"}:
            continue
        node = book.typed(entry, entry.last)
        if entry.in_force and code_of in common.for_codes(node):
            say = book.speaker((entry.policy,), entry.last.month)
            said = " ".join(statements.sentences(node, say)) if node is not None else ""
            policy = book.policies[entry.policy]
            rows.append([link(plain(policy.title), f"layers/{policy.name}.md", at), common.entry_link(entry, at, said)])
    return [f"## Who differs {common.QUIET}\n", table(["Layer", "What it says"], rows)] if rows else []


def _examples(book: Book, code_of: str, at: str) -> list[str]:
    lines = []
    by_example: dict[str, tuple[Example, list[str]]] = {}
    for example, expected in book.expecting.get(code_of, []):
        by_example.setdefault(example.path, (example, []))[1].append(outcome(expected))
    for example, said in by_example.values():
        month = common.words_in(clause.body) if (clause := example.statement.one("month")) else ""
        named = link(plain(example.statement.name), example.path, at)
        lines.append(f"- {named}, {month}: {plain('; '.join(said))}")
    return [f"## Examples {common.QUIET}\n", *lines, ""] if lines else []


def _history(book: Book, service: Entry, at: str) -> list[str]:
    """Every amendment that touched the service or a rule for it."""
    rows = []
    for entry in book.entries.values():
        if entry.kind not in {"service", "requirement", "exclusion", "coverage", "permission"}:
            continue
        for version in entry.versions:
            node = book.typed(entry, version)
            touched = entry.name == service.name if entry.kind == "service" else service.name in common.for_codes(node)
            if touched and version.verb is not None:
                rows.append((version.month, entry, version.verb.verb or "", common.because(version.verb)))
        if entry.repeal is not None and entry.last.until:
            touched = entry.name == service.name or service.name in common.for_codes(book.typed(entry, entry.last))
            if touched:
                rows.append((entry.last.until, entry, "repeal", common.because(entry.repeal)))
    listed = [
        [link(english.month(m), common.edition_path(e.policy, m), at), verb, common.entry_link(e, at), plain(why)]
        for m, e, verb, why in sorted(rows, key=lambda r: (r[0], r[1].title))
        if any(m == edition.month for edition in book.policies[e.policy].editions)
    ]
    return [f"## History {common.QUIET}\n", table(["Since", "Change", "Of", "Because"], listed)] if listed else []
