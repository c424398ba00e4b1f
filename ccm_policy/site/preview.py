"""A site that is kept in memory while somebody edits: what a change touches is made again, and nothing else.

Files that did not change are not parsed again, and HTML is made only for pages whose Markdown changed. The search and
the navigation know the pages as they were at the last whole build; a page that comes or goes makes a whole build.
"""

from __future__ import annotations

import gc
import shutil
from pathlib import Path
from typing import Any

from mkdocs.commands.build import _build_page, _populate_page
from mkdocs.plugins import BasePlugin

from ccm_policy import fees
from ccm_policy.language import tree
from ccm_policy.language.diagnostics import CcmPolicyError, Diagnostic, has_errors, in_order
from ccm_policy.language.parser import parse
from ccm_policy.language.source import read_source
from ccm_policy.language.syntax import File
from ccm_policy.library import Library
from ccm_policy.library.files import find
from ccm_policy.library.source import make as make_source
from ccm_policy.shipped import FEE_SCHEDULES, POLICIES
from ccm_policy.site import build as disk
from ccm_policy.site import make
from ccm_policy.site.book import Book, roots
from ccm_policy.site.make import Clock, Plan, Report
from ccm_policy.site.page import Asset, Page
from ccm_policy.site.prose import lexicon

Parsed = tuple[str, File, list[Diagnostic]]


class Keep(BasePlugin):  # type: ignore[no-untyped-call, type-arg]
    """Holds on to what mkdocs made of the site, so that one page can be made again."""

    def __init__(self) -> None:
        self.env: Any = None
        self.nav: Any = None
        self.files: Any = None
        self.config: Any = None

    def on_nav(self, nav: Any, *, config: Any, files: Any) -> Any:
        """Called by mkdocs when the navigation is made."""
        self.nav, self.config, self.files = nav, config, files
        return nav

    def on_env(self, env: Any, *, config: Any, files: Any) -> Any:
        """Called by mkdocs when the templates are read."""
        self.env = env
        return env

    def page(self, path: str) -> None:
        """Make the HTML of one page from its Markdown."""
        page = self.files.get_file_from_path(path).page
        _populate_page(page, self.config, self.files)
        _build_page(page, self.config, self.files.documentation_pages(), self.nav, self.env)


class Preview:
    """One site that is built again and again."""

    def __init__(self, plan: Plan) -> None:
        self.plan = plan
        self.keep = Keep()
        self._parsed: dict[str, Parsed] = {}
        self._made: dict[str, tree.Program] = {}
        self._fees: tuple[str, fees.FeeSchedules] | None = None
        missing, self._archive = make.interpreter(plan)
        self._fixed: list[Page] = list(make.program_pages(plan, missing))
        self._assets: list[Asset] | None = None

    def folders(self) -> list[Path]:
        """The folders whose changes matter."""
        plan = self.plan
        return [
            plan.policies if plan.policies is not None else POLICIES,
            plan.fee_schedules if plan.fee_schedules is not None else FEE_SCHEDULES,
            plan.by_hand,
        ]

    def build(self) -> Report:
        """Build the site, or what changed of it. Raises `CcmPolicyError` for policies that cannot be read."""
        gc.disable()  # nearly everything that is made stays: looking for garbage on the way is a third of the time
        try:
            return self._build()
        finally:
            gc.enable()

    def _build(self) -> Report:
        clock = Clock()
        if wrong := disk.prepare(self.plan.folders):
            return Report(None, 0, {}, wrong, None)
        loaded = self._library()
        book = Book(library=loaded, fees=self._schedules(), lexicon=lexicon.read(*roots(loaded)), made=self._made)
        clock.lap("load")
        made = [*make.library_pages(book), *self._fixed]
        clock.lap("pages")
        if self._assets is None:
            self._assets = list(make.assets(book, self.plan, self._archive))
        written = disk.write(self.plan.folders, loaded.outline.title, made, self._assets, self.plan.by_hand)
        clock.lap("write")
        diagnostics: list[Diagnostic] = []
        new = self.keep.files is None or any(self.keep.files.get_file_from_path(p) is None for p in written.changed)
        if new or written.nav_changed or written.removed:
            self.keep = Keep()
            diagnostics = disk.render(self.plan.folders, self.keep)
        else:
            self._again(written.changed)
        clock.lap("HTML")
        return Report(written, len(made), clock.seconds, diagnostics, self.plan.folders.html)

    def _again(self, changed: tuple[str, ...]) -> None:
        for path in changed:
            if path.endswith(".md"):
                self.keep.page(path)
            else:
                shutil.copyfile(self.plan.folders.docs / path, self.plan.folders.html / path)

    def _library(self) -> Library:
        found, wrong = find(self.folders()[0])
        if found is None:
            raise CcmPolicyError(wrong)
        files: list[File] = []
        for path in found.paths:
            text, told = read_source(path)
            if path not in self._parsed or self._parsed[path][0] != text or told:
                file, more = parse(text, path) if not told else (File(path, ()), [])
                self._parsed[path] = (text, file, [*told, *more])
            files.append(self._parsed[path][1])
            wrong += self._parsed[path][2]
        source, more = make_source(tuple(files))
        if source is None or has_errors([*wrong, *more]):
            raise CcmPolicyError(in_order([*wrong, *more]))
        return Library(found, source.outline, source, False)

    def _schedules(self) -> fees.FeeSchedules:
        """The fee schedules as they are; read again only when a file of theirs changed."""
        seen = max((str(f.stat().st_mtime_ns) for f in self.folders()[1].rglob("*") if f.is_file()), default="")
        if self._fees is None or self._fees[0] != seen:
            self._fees = (seen, fees.load(self.plan.fee_schedules))
        return self._fees[1]
