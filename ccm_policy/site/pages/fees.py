"""Fee schedules: rates by year with their change and sources, and a page for each locality."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date
from html import escape
from typing import Any

from ccm_policy.fees import NATIONAL, Price, Source
from ccm_policy.fees.contracts import Contract
from ccm_policy.fees.relative import RelativeValues
from ccm_policy.site.book import Book
from ccm_policy.site.page import Page, code, html_table, link, pairs, plain, table
from ccm_policy.site.pages import common, rates
from ccm_policy.site.prose import english

INDEX = "fees/index.md"
LOCALITIES = "fees/localities.md"


def pages(book: Book) -> Iterator[Page]:
    """The list of schedules; for each a page a year; the list of localities and a page for each."""
    yield _index(book)
    for name in book.fees.folders:
        schedule = book.fees.schedule(name)
        if isinstance(schedule, RelativeValues):
            for year in rates.years(book, name):
                yield _year(book, name, year)
    main = main_schedule(book)
    if main is not None:
        places = rates.places(book, main, rates.today(book))
        yield _localities(places)
        for place in places:
            yield _locality(book, main, place)


def main_schedule(book: Book) -> str | None:
    """The schedule whose amounts depend on the locality."""
    on = rates.today(book)
    return next((n for n in book.fees.folders if book.fees.axes(n, on).by_locality), None)


def described(book: Book, name: str) -> dict[str, Any]:
    """What the schedule's own file says of it."""
    found: dict[str, Any] = book.kept(f"schedule {name}", lambda: _described(book, name))
    return found


def _described(book: Book, name: str) -> dict[str, Any]:
    import yaml

    for file in sorted(book.fees.folders[name].glob("*.yaml")):
        data = yaml.safe_load(file.read_text(encoding="utf-8"))
        if isinstance(data, dict) and "title" in data:
            return data
    return {}


def _index(book: Book) -> Page:
    parts = [
        "What a code pays is read from fee schedules by date of service and locality.\n",
        "No rate is carried to another year; a date without a rate has no amount.\n",
    ]
    for name in book.fees.folders:
        data = described(book, name)
        parts.append(f"## {plain(str(data.get('title', name)))} {{#{name.replace('_', '-')}}}\n")
        parts.append(f"{code(name)}\n")
        rows = [[k.capitalize(), plain(str(data[k]))] for k in ("authority", "formula") if k in data]
        parts.append(pairs(rows) if rows else "")
        schedule = book.fees.schedule(name)
        if isinstance(schedule, RelativeValues):
            years = [link(str(y), year_path(name, y), INDEX) for y in reversed(rates.years(book, name))]
            parts.append(f"**By year:** {' · '.join(years)}\n" if years else "")
        if isinstance(schedule, Contract):
            parts.append(_listed(book, schedule))
        for rate in data.get("rates", []):
            if isinstance(rate, dict) and "percent" in rate:
                of = plain(str(rate.get("of", "")))
                source = plain(str(rate.get("source", "")))
                parts.append(f"- from {rate.get('from')}: {rate['percent']} percent of {of} ({source})\n")
        parts += [f"- {plain(str(n))}" for n in data.get("notes", [])]
        parts.append("")
    parts.append(f"## By place\n\n{link('Every locality', LOCALITIES, INDEX)}, with the amounts of each code there.\n")
    return Page(
        path=INDEX,
        title="Fee schedules",
        body="\n".join(parts),
        summary="Rates by year and locality, with their sources",
    )


def _listed(book: Book, schedule: Contract) -> str:
    """The amounts that a schedule lists code by code."""
    rows = [
        [
            common.codes(book, [one], INDEX) + (f" {plain(modifier)}" if modifier else ""),
            plain(flat.setting.replace("_", "-") or "any"),
            flat.first.isoformat(),
            flat.last.isoformat() if flat.last != date.max else "",
            f"${flat.amount:,.2f}",
            plain(flat.source),
        ]
        for (one, modifier), flats in sorted(schedule.amounts().items())
        for flat in flats
    ]
    return table(["Code", "Setting", "From", "To", "Amount", "Source"], rows, "llllrl") if rows else ""


def year_path(name: str, year: int) -> str:
    """Where the page of a schedule's year stands."""
    return f"fees/{name}/{year}.md"


def decided(book: Book, name: str, on: date) -> list[str]:
    """The codes of a schedule that the policies decide."""
    known = common.service_pages(book)
    found = book.fees.schedule(name)
    return [c for c in found.codes(on) if c in known] if isinstance(found, RelativeValues) else []


def _year(book: Book, name: str, year: int) -> Page:
    at, on = year_path(name, year), rates.day_in(book, year)
    listed = rates.columns(book, name, on)
    earlier = date(year - 1, 12, 31) if year - 1 in rates.years(book, name) else None
    rows: list[list[str]] = []
    sources: dict[tuple[str, str, str], Source] = {}
    for one in decided(book, name, on):
        prices = [rates.amount(book, name, one, on, NATIONAL, column) for column in listed]
        first = next((p for p in prices if p), None)
        if first is None:
            continue
        sources |= {(s.table, s.release, s.text): s for p in prices if p for s in p.sources}
        cells = [f"${p.amount:,.2f}" if p else "" for p in prices]
        shown = f'<a href="../../../services/{one}/">{one}</a>'
        rows.append([shown, *cells, _change(book, name, one, first, earlier)])
    title = str(described(book, name).get("title", name))
    body = [
        f"National amounts of one unit on {on.day} {on:%B %Y}, and the change from the end of the year before.\n",
        html_table(["Code", *(escape(c.name) for c in listed), "Change"], rows, f"{title}, {year}"),
        "",
    ]
    factors = _factors(book, name, year)
    if factors:
        body += ["## Conversion factors\n", table(["From", "To", "For", "Dollars a unit", "Source"], factors)]
    if sources:
        body += [
            "## Sources\n",
            table(["Table", "Release", "Read from"], [[s.table, s.release, plain(s.text)] for s in sources.values()]),
        ]
    return Page(path=at, title=f"{title}, {year}", body="\n".join(body), summary=f"Rates of {year} with their sources")


def _change(book: Book, name: str, one: str, now: Price, earlier: date | None) -> str:
    """Dollars and percent against the same setting a year before."""
    if earlier is None:
        return ""
    for column in rates.columns(book, name, earlier):
        if column.setting == now.setting:
            old = rates.amount(book, name, one, earlier, NATIONAL, column)
            if old is not None and old.amount:
                dollars = now.amount - old.amount
                sign = "+" if dollars >= 0 else "−"
                return f"{sign}${abs(dollars):.2f} ({sign}{abs(dollars) / old.amount * 100:.1f} %)"
    return "new"


def _factors(book: Book, name: str, year: int) -> list[list[str]]:
    schedule = book.fees.schedule(name)
    found = schedule.year(year) if isinstance(schedule, RelativeValues) else None
    return [
        [f.first.isoformat(), f.last.isoformat(), plain(f.name or "all"), str(f.value), plain(f.source)]
        for f in (found.factors if found else ())
    ]


def _localities(places: list[rates.Place]) -> Page:
    rows = [[link(plain(p.name), f"fees/localities/{p.key}.md", LOCALITIES), p.state, code(p.key)] for p in places]
    body = [
        '<div class="filter" data-for="places" data-label="Show places with these words:"></div>\n',
        '<div id="places" markdown>\n',
        table(["Locality", "State", "Number"], rows),
        "</div>",
    ]
    return Page(
        path=LOCALITIES, title="Localities", body="\n".join(body), summary="Every payment locality with its rates"
    )


def _locality(book: Book, name: str, place: rates.Place) -> Page:
    """Every code's amount in one locality now, and at the end of earlier years."""
    on = rates.today(book)
    listed = rates.columns(book, name, on)
    rows = []
    for one in decided(book, name, on):
        prices = [rates.amount(book, name, one, on, place.key, column) for column in listed]
        if any(prices):
            shown = f'<a href="../../../services/{one}/">{one}</a>'
            rows.append([shown, *(f"${p.amount:,.2f}" if p else "" for p in prices)])
    first = english.month(f"{on.year}-01")
    caption = f"One unit in {place.name}, {on.day} {on:%B %Y}"
    body = [
        f"{plain(place.state)} · locality {code(place.key)} · as facts give it: {code(f'locality {place.key}')}\n",
        f"Amounts of {on.year}. A rate that changed after {first} has its own line in the year's page.\n"
        if _changed_within(book, name, on.year)
        else f"These amounts hold all through {on.year}, from {first} on.\n",
        html_table(["Code", *(escape(c.name) for c in listed)], rows, caption),
        link("Earlier years and their sources", INDEX, f"fees/localities/{place.key}.md"),
    ]
    title = f"Rates in {place.name}, {place.state}"
    return Page(
        path=f"fees/localities/{place.key}.md",
        title=title,
        body="\n".join(body),
        summary=f"What each code pays in {place.name}",
    )


def _changed_within(book: Book, name: str, year: int) -> bool:
    """Whether the conversion factor changed within a year."""
    schedule = book.fees.schedule(name)
    found = schedule.year(year) if isinstance(schedule, RelativeValues) else None
    return len({f.first for f in found.factors}) > 1 if found else False
