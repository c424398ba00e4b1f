"""Follows every link inside a finished site: to a page, a file, or a heading."""

from __future__ import annotations

import os
import re
from collections.abc import Iterator
from dataclasses import dataclass
from html import unescape
from pathlib import Path
from urllib.parse import unquote, urlsplit

from ccm_policy.language.diagnostics import Diagnostic, Place, error

ATTRIBUTE = re.compile(r'\s(href|src|id|name)=(?:"([^"]*)"|([^\s">]+))')
TAG = re.compile(r"<[a-zA-Z][^>]*>")


@dataclass(frozen=True, slots=True)
class _Seen:
    links: tuple[str, ...]
    anchors: frozenset[str]


def _read(text: str) -> _Seen:
    links: dict[str, None] = {}
    anchors: set[str] = set()
    for tag in TAG.findall(text):
        for name, quoted, bare in ATTRIBUTE.findall(tag) if "=" in tag else ():
            value = unescape(quoted or bare)
            if name in {"href", "src"}:
                links[value] = None
            else:
                anchors.add(value)
    return _Seen(tuple(links), frozenset(anchors))


def dead(html: Path) -> Iterator[Diagnostic]:
    """One message for each link that leads nowhere."""
    root = html.resolve()
    pages = {file: _read(file.read_text(encoding="utf-8")) for file in sorted(root.rglob("*.html"))}
    known: dict[Path, bool] = {}
    for file, seen in pages.items():
        for target in seen.links:
            if (why := _fault(root, file, target, pages, known)) is not None:
                place = Place(file=file.relative_to(root).as_posix())
                yield error("E0904", f"the link `{target}` {why}", place=place)


def _fault(root: Path, file: Path, target: str, pages: dict[Path, _Seen], known: dict[Path, bool]) -> str | None:
    parts = urlsplit(target)
    if parts.scheme or parts.netloc:
        return None
    path = unquote(parts.path)
    to = Path(os.path.normpath((root if path.startswith("/") else file.parent) / path.lstrip("/"))) if path else file
    if to not in pages and not to.suffix:
        to = to / "index.html"
    if to not in known:
        known[to] = to in pages or to.exists()
    if not known[to]:
        return None if file.name == "404.html" else "leads nowhere"
    anchor = unquote(parts.fragment)
    if anchor and to in pages and anchor not in pages[to].anchors and not anchor.startswith("__"):
        return "leads to a heading that is not there"
    return None
