"""What the search of the finished site knows: every word of every page, each by itself."""

from __future__ import annotations

import json
import re
from collections import defaultdict
from functools import cache
from html import unescape
from pathlib import Path
from typing import Any

import pytest

from ccm_policy import fees, library
from ccm_policy.fees.contracts import Contract
from ccm_policy.fees.relative import RelativeValues
from ccm_policy.site.book import Book
from ccm_policy.site.page import html_table
from ccm_policy.site.pages import common, rates
from ccm_policy.site.prose import lexicon
from tests.site import finished

TAG = re.compile(r"<[^>]*>")


@cache
def shipped() -> Book:
    loaded = library.load()
    return Book(library=loaded, fees=fees.load(), lexicon=lexicon.read(loaded.directory))


@pytest.fixture(scope="module")
def index(whole_site: Path) -> dict[str, Any]:
    found: dict[str, Any] = json.loads((whole_site / "search" / "search_index.json").read_text(encoding="utf-8"))
    return found


@pytest.fixture(scope="module")
def known(index: dict[str, Any]) -> dict[str, set[str]]:
    """For each page and section the words under which the search finds it, cut as it cuts: at tags and separators."""
    sections: dict[str, set[str]] = defaultdict(set)
    for section in index["docs"]:
        for text in (section["title"], section["text"], *section.get("tags", [])):
            sections[section["location"]] |= {unescape(word) for word in words(index, *TAG.split(text))}
    return sections


def words(index: dict[str, Any], *texts: str) -> set[str]:
    separator = re.compile(index["config"]["separator"])
    return {word.lower() for text in texts for word in separator.split(text) if word}


def test_every_word_of_a_page_is_a_word_of_the_search(
    whole_site: Path, index: dict[str, Any], known: dict[str, set[str]]
) -> None:
    """Cells, list items, headings, labels and pictures: nothing runs into what stands beside it."""
    lost: dict[str, set[str]] = defaultdict(set)
    for page in {location.partition("#")[0] for location in known}:
        content = finished.article(finished.read(whole_site / page / "index.html"))
        first = next(e.attributes["id"] for e in content.all() if e.headed())
        for section, text in content.runs(first):
            place = page if section == first else f"{page}#{section}"
            if place in known:  # a section that repeats others is left out as a whole
                said = {word for word in words(index, text) if any(c.isalnum() for c in word)}
                lost[place] |= said - known[place]
    assert {place: sorted(missing)[:8] for place, missing in lost.items() if missing} == {}


def test_codes_rules_and_facts_are_found(index: dict[str, Any], known: dict[str, set[str]]) -> None:
    """Each billing code of the policies and of the rates, each rule by its title and its name, each fact."""
    book = shipped()
    everywhere = set().union(*known.values())
    priced = rated(book)
    asked = {e.name: words(index, e.name) for e in book.entries.values() if e.kind == "service"}
    asked |= {code: words(index, code) for code in priced}
    asked |= {f"{e.policy}/{e.name}": words(index, e.title, e.name) for e in book.entries.values()}
    asked |= {path: words(index, path) for path in book.vocabulary.facts}
    asked |= {
        f"{one.name}.{field}": words(index, one.name, field)
        for one in book.vocabulary.lists.values()
        for field in one.fields
    }
    assert {name: sorted(said - everywhere) for name, said in asked.items() if said - everywhere} == {}
    rates = set().union(*(found for page, found in known.items() if page.startswith("fees/")))
    assert sorted(code for code in priced if code.lower() not in rates) == []


def rated(book: Book) -> set[str]:
    """The codes that stand in a table of rates."""
    found: set[str] = set()
    for name in book.fees.folders:
        schedule = book.fees.schedule(name)
        if isinstance(schedule, RelativeValues):
            days = [rates.day_in(book, year) for year in rates.years(book, name)]
            found |= {code for day in days for code in schedule.codes(day) if code in common.service_pages(book)}
        if isinstance(schedule, Contract):
            found |= {code for code, _ in schedule.amounts()}
    assert found
    return found


def test_a_table_of_rates_keeps_its_cells_apart() -> None:
    assert "<th" in html_table(["Code", "Amount"], [["00001", "$1.00"]], "Rates")
    bare = TAG.sub("", html_table(["Code", "Amount"], [["00001", "$1.00"], ["00002", "$2.00"]], "Rates"))
    assert bare.split() == ["Rates", "Code", "Amount", "00001", "$1.00", "00002", "$2.00"]
