"""The whole site from its inputs: loads, asks every kind of page, writes what changed, and has mkdocs make HTML."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, field
from importlib.resources import files
from pathlib import Path

from ccm_policy import fees, library
from ccm_policy.language.diagnostics import Diagnostic
from ccm_policy.shipped import DOCS, FEE_SCHEDULES
from ccm_policy.site import build as disk
from ccm_policy.site import bundle, links
from ccm_policy.site.book import Book, roots
from ccm_policy.site.build import Folders, Written
from ccm_policy.site.page import Asset, Page
from ccm_policy.site.prose import lexicon
from ccm_policy.site.samples import samples

PROGRAM = "ccm-policy"
PACKAGE = "ccm_policy"
ASSETS = ("site.css", "site.js", "favicon.svg")


@dataclass(frozen=True, slots=True)
class Plan:
    """What to build from, and where. None stands for what comes with the program.

    `try_it`: `on`, `off`, or `auto` (made where its parts can be had). `commands`: name and purpose of each command.
    """

    folders: Folders
    policies: Path | None = None
    fee_schedules: Path | None = None
    docs: Path | None = None
    try_it: str = "auto"
    commands: dict[str, str] = field(default_factory=dict)

    @property
    def by_hand(self) -> Path:
        """The folder of pages written by hand."""
        return self.docs if self.docs is not None else DOCS


@dataclass(frozen=True, slots=True)
class Report:
    """What a build did, and how long each part took in seconds."""

    written: Written | None
    pages: int
    seconds: dict[str, float]
    diagnostics: list[Diagnostic]
    html: Path | None

    def summary(self) -> list[str]:
        """What was built, in a few lines; empty where nothing was."""
        if self.written is None:
            return []
        times = ", ".join(f"{name} {spent:.1f} s" for name, spent in self.seconds.items())
        written = f"{len(self.written.changed)} files written, {self.written.unchanged} as before"
        done = [f"{self.pages} pages: {written} ({times})"]
        if self.html is not None and not any(d.is_error for d in self.diagnostics):
            done.append(f"the site is in {self.html}")
        return done


More = Callable[[Book], Iterable[Page | Asset]]
"""What rooms above this one add to the site."""


def build(plan: Plan, *, html: bool = True, more: More = lambda book: ()) -> Report:
    """Build the site. Raises `CcmPolicyError` where policies or fees cannot be loaded; nothing is written then."""
    gone = disk.not_installed(html)
    if gone:
        return Report(None, 0, {}, gone, None)
    clock = Clock()
    book = read(plan)
    wrong = disk.prepare(plan.folders)
    if wrong:
        return Report(None, 0, {}, wrong, None)
    clock.lap("load")
    missing, archive = interpreter(plan)
    if missing is not None and plan.try_it == "on":
        return Report(None, 0, {}, [missing], None)
    added = list(more(book))
    made = [*library_pages(book), *program_pages(plan, missing), *(each for each in added if isinstance(each, Page))]
    clock.lap("pages")
    parts = [*assets(book, plan, archive), *(each for each in added if isinstance(each, Asset))]
    written = disk.write(plan.folders, book.library.outline.title, made, parts, plan.by_hand)
    clock.lap("write")
    diagnostics: list[Diagnostic] = []
    if html:
        diagnostics = disk.render(plan.folders)
        clock.lap("mkdocs")
        diagnostics += links.dead(plan.folders.html)
        clock.lap("links")
    return Report(written, len(made), clock.seconds, diagnostics, plan.folders.html if html else None)


class Clock:
    """Seconds spent on each part of a build."""

    def __init__(self) -> None:
        self.seconds: dict[str, float] = {}
        self._last = time.perf_counter()

    def lap(self, name: str) -> None:
        """Put down the seconds since the last call under a name."""
        now = time.perf_counter()
        self.seconds[name] = now - self._last
        self._last = now


def read(plan: Plan) -> Book:
    """The library and the fee schedules of a plan, ready for the pages."""
    loaded = library.load(plan.policies, cache=False)
    return Book(library=loaded, fees=fees.load(plan.fee_schedules), lexicon=lexicon.read(*roots(loaded)))


def interpreter(plan: Plan) -> tuple[Diagnostic | None, Path | None]:
    """The archive of the browser's Python, or why there is none."""
    if plan.try_it == "off":
        return bundle.left_out(), None
    found = bundle.pyodide()
    return (found, None) if isinstance(found, Diagnostic) else (None, found)


def library_pages(book: Book) -> Iterator[Page]:
    """The pages that come from policies and fee schedules."""
    from ccm_policy.site.pages import (
        disputes,
        examples,
        facts,
        layers,
        policies,
        rules,
        services,
        sources,
        start,
        words,
        years,
    )
    from ccm_policy.site.pages import fees as rates

    for kind in (start, services, rules, policies, years, layers, rates, facts, examples, sources, disputes, words):
        yield from kind.pages(book)


def program_pages(plan: Plan, missing: Diagnostic | None) -> Iterator[Page]:
    """The pages that come from the program itself: messages, grammar, command line, Python, and the Try it page."""
    from ccm_policy.site.pages import api, commands, formats, language, messages, tryit

    yield from formats.pages(samples(plan.by_hand))
    yield from messages.pages(messages.catalogue())
    yield from language.pages()
    yield from commands.pages(plan.commands, PROGRAM, f"{PACKAGE}.cli")
    yield from api.pages(PACKAGE)
    yield from tryit.pages(missing)


def assets(book: Book, plan: Plan, archive: Path | None) -> Iterator[Asset]:
    """Style and scripts; the interpreter where it could be had."""
    from ccm_policy.site.pages import tryit

    folder = files(f"{PACKAGE}.site").joinpath("assets")
    for name in ASSETS:
        yield Asset(f"assets/{name}", folder.joinpath(name).read_bytes())
    if archive is not None:
        fee_schedules = plan.fee_schedules if plan.fee_schedules is not None else FEE_SCHEDULES
        yield from tryit.assets(book, archive, fee_schedules, samples(plan.by_hand))
