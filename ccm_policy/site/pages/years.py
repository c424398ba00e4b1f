"""What each year changed: its rules with what became of them and what that means, and its rates, each as words and as
a picture."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from datetime import date
from decimal import Decimal

from ccm_policy.fees import NATIONAL
from ccm_policy.review import years
from ccm_policy.review.effects import OF_THEIR_OWN, Effect, Meaning
from ccm_policy.review.meant import Meant, meant, unchanged
from ccm_policy.review.sentence import called, sentence
from ccm_policy.review.text import Change, of_policies
from ccm_policy.site import charts
from ccm_policy.site.book import Book
from ccm_policy.site.page import Page, code, fence, link, note, plain, table
from ccm_policy.site.pages import common, fees, rates
from ccm_policy.site.pages.rates import Column
from ccm_policy.site.pages.rules import KINDS
from ccm_policy.site.prose import english

INDEX = "changes/index.md"


def pages(book: Book) -> Iterator[Page]:
    """The list of years, and a page for each in which a policy was amended or a rate changed."""
    made = [(one.year, *_year(book, one)) for one in years.years(book.library)]
    rows = [[link(str(year), _path(year), INDEX), plain(said)] for year, _, said in reversed(made)]
    intro = "From the last day of the year before to the last day of the year, or to the last month that is known.\n"
    body = [intro, table(["Year", "What changed"], rows)]
    yield Page(
        path=INDEX, title="What changed", body="\n".join(body), summary="What each year changed in rules and rates"
    )
    for _, page, _ in made:
        yield page


def _path(year: int) -> str:
    return f"changes/{year}.md"


def _year(book: Book, one: years.Year) -> tuple[Page, str]:
    at, found, meaning = _path(one.year), one.changes, one.known()
    said = sentence(found, None, None, meaning) if found else "No rule changed."
    body = [f"**{plain(said)}**\n"]
    body += _meanings(one, meaning)
    for policy, its in of_policies(found).items():
        body += _policy(book, policy, its, meaning, one.year, at)
    body += _rates(book, one.year, at)
    title = f"What {one.year} changed"
    summary = f"{title}: rules, what that means, and rates"
    return Page(path=at, title=title, body="\n".join(body), summary=summary), said


def _meanings(one: years.Year, meaning: Meaning | None) -> Iterator[str]:
    """What the changes of the year mean, counted, and what stays as it was."""
    if not one.changes:
        return
    if meaning is None:
        asks = f"ccm-policy diff {' '.join(one.months)}"
        yield f"What the changes mean was not asked of this text: {code(asks)} asks it.\n"
        return
    counts = Counter(told.effect for change in one.changes if (told := meaning.of(change)) is not None)
    bars = [charts.Count(effect.value, counts[effect]) for effect in Effect if counts[effect]]
    yield charts.counts(f"What the changes of {one.year} mean", bars)
    if said := unchanged(meaning):
        yield f"For a plain chart: {plain(said)}.\n"


# --- rules -------------------------------------------------------------------------------------------------------


def _policy(book: Book, policy: str, its: list[Change], meaning: Meaning | None, year: int, at: str) -> Iterator[str]:
    """What became of the statements of one policy, each with a link to its page, and what shows it."""
    outline = book.policies.get(policy)
    title = plain(outline.title) if outline else "What all policies share"
    yield f"## {title}\n"
    if outline:
        editions = [e for e in outline.editions if e.month.startswith(str(year))]
        shown = [link(english.month(e.month), common.edition_path(policy, e.month), at) for e in editions]
        yield " · ".join([link(code(policy), common.policy_path(policy), at), *shown]) + "\n"
    if meaning is None:
        yield table(["Statement", "Kind", "What became of it"], [_row(book, change, at) for change in its])
        return
    each = [(change, next(meant(meaning, [change]), None)) for change in its]
    rows = [[*_row(book, change, at), plain(_means(meaning, change, one))] for change, one in each]
    yield table(["Statement", "Kind", "What became of it", "What it means"], rows)
    if shows := [_shown(book, change, one, at) for change, one in each if one is not None and one.shown]:
        yield note("example", "The smallest patient-months that show it", "\n".join(shows), folded=True)


def _means(meaning: Meaning, change: Change, one: Meant | None) -> str:
    """What a change means, in words; of one without an effect of its own, why."""
    told = meaning.of(change)
    if told is not None and told.note in OF_THEIR_OWN:
        return f"{told.effect.value}, proved. {told.note}".rstrip(".")
    return "" if one is None else one.said


def _shown(book: Book, change: Change, one: Meant, at: str) -> str:
    """The patient-month that shows a change, and the example to keep."""
    said = "".join(f"- {plain(line)}\n" for line in one.shown)
    examples = "\n".join(fence(text, "policy") for text in one.examples)
    return f"**{_row(book, change, at)[0]}**\n\n{said}\n{examples}\n"


def _row(book: Book, change: Change, at: str) -> list[str]:
    entry = book.entries.get((change.policy, change.kind, change.name))
    shown = common.entry_link(entry, at) if entry is not None else code(change.name)
    was = f", was {code(change.was)}" if change.was else ""
    return [shown, KINDS.get(change.kind, change.kind.capitalize()), called(change) + was]


# --- rates -------------------------------------------------------------------------------------------------------


def _rates(book: Book, year: int, at: str) -> Iterator[str]:
    """Of each code that the policies decide, the national amounts at both ends of the year, and how much they moved."""
    name = fees.main_schedule(book)
    if name is None or not {year - 1, year} <= set(rates.years(book, name)):
        return
    days = (date(year - 1, 12, 31), rates.day_in(book, year))
    rows, bars, listed = [], list[charts.Bar](), rates.columns(book, name, days[1])
    for one in fees.decided(book, name, days[1]):
        for column in listed:
            old, new = (_amount(book, name, one, day, column) for day in days)
            if new is None:
                continue
            moved = None if not old else (new - old) * 100 / old
            if moved is not None and column.factor == listed[0].factor:
                bars.append(charts.Bar(f"{one} {Column(column.setting, None).name}", moved))
            shown = "new" if moved is None else _percent(moved)
            rows.append([common.codes(book, [one], at), column.name, _money(old), _money(new), shown])
    if not rows:
        return
    schedule = str(fees.described(book, name).get("title", name))
    yield f"## {plain(schedule)}\n"
    every = link("All rates", fees.year_path(name, year), at)
    yield f"National amounts of one unit, at the end of {year - 1} and of {year}. {every}\n"
    of = f" ({listed[0].factor.replace('_', '-')})" if listed[0].factor else ""
    yield charts.moved(f"National amounts, {year - 1} to {year}{of}", bars)
    yield table(["Code", "Setting", str(year - 1), str(year), "Change"], rows, "llrrr")


def _amount(book: Book, name: str, one: str, day: date, column: Column) -> Decimal | None:
    """What a code paid on a day. Where the year before knew no such factor, the amount of its setting stands."""
    known = rates.columns(book, name, day)
    same = column if column in known else next((c for c in known if c.setting == column.setting), None)
    price = None if same is None else rates.amount(book, name, one, day, NATIONAL, same)
    return None if price is None else price.amount


def _money(amount: Decimal | None) -> str:
    return "" if amount is None else f"${amount:,.2f}"


def _percent(moved: Decimal) -> str:
    return f"{'+' if moved >= 0 else '−'}{abs(moved):.1f} %"
