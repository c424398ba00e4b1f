"""What each year changed: its rules with what became of them, and its rates, each as words and as a picture."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date
from decimal import Decimal

from ccm_policy.fees import NATIONAL
from ccm_policy.review.sentence import called, sentence
from ccm_policy.review.sides import Side
from ccm_policy.review.text import Change, changes, of_policies
from ccm_policy.site import charts
from ccm_policy.site.book import Book
from ccm_policy.site.page import Page, code, link, plain, table
from ccm_policy.site.pages import common, fees, rates
from ccm_policy.site.pages.rates import Column
from ccm_policy.site.pages.rules import KINDS
from ccm_policy.site.prose import english

INDEX = "changes/index.md"


def pages(book: Book) -> Iterator[Page]:
    """The list of years, and a page for each in which a policy was amended or a rate changed."""
    made = [(year, *_year(book, year)) for year in _years(book)]
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


def _years(book: Book) -> list[int]:
    """Every year after the first of which policies are known."""
    first = min(int(e.month[:4]) for p in book.policies.values() for e in p.editions)
    return list(range(first + 1, int(book.month[:4]) + 1))


def _year(book: Book, year: int) -> tuple[Page, str]:
    at = _path(year)
    before, after = f"{year - 1}-12", min(f"{year}-12", book.month)
    old, new = (Side(month, book.library, None, month) for month in (before, after))
    found = tuple(change for change in changes(old, new) if not change.is_example)
    said = sentence(found, None, None) if found else "No rule changed."
    body = [f"**{plain(said)}**\n"]
    for policy, its in of_policies(found).items():
        body += _policy(book, policy, its, year, at)
    body += _rates(book, year, at)
    title = f"What {year} changed"
    return Page(path=at, title=title, body="\n".join(body), summary=f"{title}: rules and rates"), said


# --- rules -------------------------------------------------------------------------------------------------------


def _policy(book: Book, policy: str, its: list[Change], year: int, at: str) -> Iterator[str]:
    """What became of the statements of one policy, each with a link to its page."""
    outline = book.policies.get(policy)
    title = plain(outline.title) if outline else "What all policies share"
    yield f"## {title}\n"
    if outline:
        editions = [e for e in outline.editions if e.month.startswith(str(year))]
        shown = [link(english.month(e.month), common.edition_path(policy, e.month), at) for e in editions]
        yield " · ".join([link(code(policy), common.policy_path(policy), at), *shown]) + "\n"
    yield table(["Statement", "Kind", "What became of it"], [_row(book, change, at) for change in its])


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
