"""Rates of a code as tables and charts: by year, and for every locality at the last day that is known."""

from __future__ import annotations

import calendar
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from html import escape

from ccm_policy.fees import NATIONAL, Price, Question
from ccm_policy.fees.relative import RelativeValues
from ccm_policy.site import charts
from ccm_policy.site.book import Book
from ccm_policy.site.page import html_table


@dataclass(frozen=True, slots=True)
class Column:
    """One of the amounts that a code may have on a day: by setting, and by the kind of conversion factor."""

    setting: str | None
    factor: str | None

    @property
    def name(self) -> str:
        """The heading of the column."""
        said = [w.replace("_", "-") for w in (self.setting, self.factor) if w]
        return ", ".join(said) or "amount"


@dataclass(frozen=True, slots=True)
class Place:
    """A payment locality: its key as facts give it, its name and state."""

    key: str
    name: str
    state: str


def today(book: Book) -> date:
    """The last day of the last month that is known."""
    return last_day(book.month)


def last_day(month: str) -> date:
    """The last day of a month."""
    year, number = int(month[:4]), int(month[5:])
    return date(year, number, calendar.monthrange(year, number)[1])


def columns(book: Book, schedule: str, on: date) -> list[Column]:
    """What amounts of a schedule depend on at a date, a column for each."""
    axes = book.fees.axes(schedule, on)
    return [Column(s, f) for s in (axes.settings or (None,)) for f in (axes.factors or (None,))]


def amount(book: Book, schedule: str, code: str, on: date, place: str | None, column: Column) -> Price | None:
    """The price of one unit, or None where the schedule has none."""
    found = book.fees.price(
        schedule, Question(code=code, on=on, locality=place, setting=column.setting, factor=column.factor)
    )
    return found if isinstance(found, Price) and not found.proposed else None


def years(book: Book, schedule: str) -> list[int]:
    """The years of a schedule that are in force by the last month known."""
    found = book.fees.schedule(schedule)
    return [y for y in found.years() if y <= today(book).year] if isinstance(found, RelativeValues) else []


def day_in(book: Book, year: int) -> date:
    """The day of a year at which it is shown: its last, or today."""
    return min(date(year, 12, 31), today(book))


def places(book: Book, schedule: str, on: date) -> list[Place]:
    """Every locality of the schedule on a day, by state and name."""
    found = book.fees.schedule(schedule)
    year = found.year(on.year) if isinstance(found, RelativeValues) else None
    use = year.use_on("gpci", on) if year else None
    if not isinstance(found, RelativeValues) or use is None:
        return []
    listed = [
        Place(f"{mac}-{locality}", items.get("name", "").title(), items.get("state", ""))
        for (mac, locality), items in found.table("gpci", use.folder).items()
    ]
    return sorted(listed, key=lambda p: (p.state, p.name))


def national(book: Book, schedule: str, code: str) -> dict[int, dict[str, Decimal]]:
    """National amounts by year and column, of the last day of each year."""
    found: dict[int, dict[str, Decimal]] = {}
    for year in years(book, schedule):
        on = day_in(book, year)
        for column in columns(book, schedule, on):
            price = amount(book, schedule, code, on, NATIONAL, column)
            if price is not None:
                found.setdefault(year, {})[column.name] = price.amount
    return found


def chart(code: str, by_year: dict[int, dict[str, Decimal]]) -> str:
    """National amounts by year as lines; the few columns of a year with two factors continue those before."""
    settings = list(dict.fromkeys(name.partition(",")[0] for amounts in by_year.values() for name in amounts))
    labels = [str(year) for year in by_year]
    series = []
    for setting in settings:
        values = [
            next((v for n, v in reversed(amounts.items()) if n.partition(",")[0] == setting), None)
            for amounts in by_year.values()
        ]
        series.append(charts.Series(setting, tuple(values)))
    return charts.lines(f"National amounts of {code} by year", labels, series)


def year_table(by_year: dict[int, dict[str, Decimal]], code: str) -> str:
    """National amounts of a code, the newest year first, as HTML."""
    names = list(dict.fromkeys(name for amounts in by_year.values() for name in amounts))
    rows = [
        [str(year), *(f"${amounts[n]:,.2f}" if n in amounts else "" for n in names)]
        for year, amounts in reversed(by_year.items())
    ]
    return html_table(["Year", *map(escape, names)], rows, f"National amounts of one unit of {code}, end of each year")


def locality_table(book: Book, schedule: str, code: str, on: date, root: str) -> str:
    """Amounts of a code in every locality; `root` leads to the site's root."""
    listed = columns(book, schedule, on)
    rows = []
    with_page = {place.key for place in places(book, schedule, today(book))}
    for place in places(book, schedule, on):
        prices = [amount(book, schedule, code, on, place.key, column) for column in listed]
        if any(prices):
            name = escape(place.name)
            if place.key in with_page:
                name = f'<a href="{root}fees/localities/{place.key}/">{name}</a>'
            rows.append([name, place.state, place.key, *(f"${p.amount:,.2f}" if p else "" for p in prices)])
    caption = f"One unit of {code} on {on.day} {on:%B %Y}, by locality"
    head = ["Locality", "State", "Number", *(escape(c.name) for c in listed)]
    return html_table(head, rows, caption, 3) if rows else ""
