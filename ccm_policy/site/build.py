"""Puts pages and assets on disk and has mkdocs make HTML of them. Only what changed is written."""

from __future__ import annotations

import logging
import os
import shutil
from collections.abc import Iterable
from dataclasses import dataclass
from importlib.resources import files
from pathlib import Path
from typing import TYPE_CHECKING, Any

from ccm_policy.extras import absent, install
from ccm_policy.language.diagnostics import Diagnostic, error
from ccm_policy.language.messages import quoted
from ccm_policy.site import config
from ccm_policy.site.page import Asset, Page

if TYPE_CHECKING:
    from mkdocs.plugins import BasePlugin

_PAGES_NEED = ("griffe", "railroad")

MARK = ".ccm-policy-site"
"""A file that says a folder was made by this command, so that what is stale in it may be removed."""


@dataclass(frozen=True, slots=True)
class Folders:
    """Where a site is built: `source` holds Markdown and `mkdocs.yml`, `html` the finished site."""

    out: Path

    @property
    def source(self) -> Path:
        """Markdown and settings."""
        return self.out / "source"

    @property
    def docs(self) -> Path:
        """The Markdown pages."""
        return self.source / "docs"

    @property
    def config(self) -> Path:
        """The settings that mkdocs reads."""
        return self.source / "mkdocs.yml"

    @property
    def html(self) -> Path:
        """The finished site."""
        return self.out / "html"


@dataclass(frozen=True, slots=True)
class Written:
    """What a build did to the source folder, as paths from the site's root."""

    changed: tuple[str, ...]
    removed: tuple[str, ...]
    unchanged: int
    nav_changed: bool


def prepare(folders: Folders) -> list[Diagnostic]:
    """Make the output folder ours, or say that it is somebody else's; nothing in it is touched then."""
    if folders.out.exists() and not (folders.out / MARK).exists() and any(folders.out.iterdir()):
        return [
            error(
                "E0901",
                f"`{folders.out}` holds files that this command did not make",
                help="name another folder with --out, or empty this one",
            )
        ]
    folders.docs.mkdir(parents=True, exist_ok=True)
    (folders.out / MARK).write_text(
        "Made by `ccm-policy site build`; what is stale here is removed.\n", encoding="utf-8", newline="\n"
    )
    return []


def write(
    folders: Folders, title: str, pages: Iterable[Page], assets: Iterable[Asset], by_hand: Path | None
) -> Written:
    """Write what changed and remove what no page is made of any more. A page written by hand stands before ours."""
    import yaml

    contents: dict[str, bytes] = {page.path: page.text().encode() for page in pages}
    for asset in assets:
        contents[asset.path] = asset.content if isinstance(asset.content, bytes) else asset.content.encode()
    for file in sorted(by_hand.rglob("*")) if by_hand is not None else []:
        if file.is_file():
            contents[file.relative_to(by_hand or file).as_posix()] = file.read_bytes()
    nav = config.navigation([path for path in contents if path.endswith(".md")])
    scripts = ["assets/site.js"] if "assets/site.js" in contents else []
    settings = yaml.safe_dump(
        config.settings(nav, title, scripts), sort_keys=False, allow_unicode=True, width=110
    ).encode()
    changed = tuple(path for path, content in contents.items() if _put(folders.docs / path, content))
    stale = [
        p for p in folders.docs.rglob("*") if p.is_file() and p.relative_to(folders.docs).as_posix() not in contents
    ]
    for file in stale:
        file.unlink()
    removed = tuple(p.relative_to(folders.docs).as_posix() for p in stale)
    return Written(changed, removed, len(contents) - len(changed), _put(folders.config, settings))


def _put(path: Path, content: bytes) -> bool:
    if path.exists() and path.read_bytes() == content:
        return False
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(content)
    return True


class _Heard(logging.Handler):
    """Keeps what mkdocs warns of."""

    def __init__(self) -> None:
        super().__init__(logging.WARNING)
        self.said: list[str] = []

    def emit(self, record: logging.LogRecord) -> None:
        self.said.append(record.getMessage())


def not_installed(html: bool) -> list[Diagnostic]:
    """What to install before a site can be built, or its Markdown alone."""
    gone = [name for name in absent("site") if html or name in _PAGES_NEED]
    if not gone:
        return []
    names = quoted(gone, "and")
    says = f"the site needs {names}, which {'is' if len(gone) == 1 else 'are'} not installed"
    return [error("E0902", says, help=install(gone[0]))]


def render(folders: Folders, keep: BasePlugin[Any] | None = None) -> list[Diagnostic]:
    """Have mkdocs make the HTML. Every warning is an error here. `keep` is told of mkdocs' own steps."""
    os.environ["NO_MKDOCS_2_WARNING"] = "1"
    from mkdocs.commands.build import build
    from mkdocs.config import load_config

    log = logging.getLogger("mkdocs")
    heard = _Heard()
    log.addHandler(heard)
    try:
        settings = load_config(config_file=str(folders.config), site_dir=str(folders.html.resolve()))
        if keep is not None:
            settings.plugins["keep"] = keep
        shutil.rmtree(folders.html, ignore_errors=True)
        build(settings)
        _mend_search(folders.html)
    finally:
        log.removeHandler(heard)
    return [error("E0903", f"the site does not build cleanly: {said}") for said in dict.fromkeys(heard.said)]


def _mend_search(html: Path) -> None:
    """Have the theme's search tell numbers apart; a site built without this only finds less."""
    mended = files("ccm_policy.site").joinpath("assets", "search.js").read_text(encoding="utf-8")
    for worker in html.glob("assets/javascripts/workers/search.*.js"):
        worker.write_text(worker.read_text(encoding="utf-8") + mended, encoding="utf-8", newline="\n")
