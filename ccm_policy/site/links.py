"""Follows every link inside a finished site: to a page, a file, or a heading."""

from __future__ import annotations

from collections.abc import Iterator
from html.parser import HTMLParser
from pathlib import Path
from urllib.parse import unquote, urlsplit

from ccm_policy.language.diagnostics import Diagnostic, Place, error


class _Reader(HTMLParser):
    def __init__(self) -> None:
        super().__init__()
        self.links: list[str] = []
        self.anchors: set[str] = set()

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        for name, value in attrs:
            if value is not None and name in {"href", "src"} and tag != "base":
                self.links.append(value)
            elif value is not None and name in {"id", "name"}:
                self.anchors.add(value)


def dead(html: Path) -> Iterator[Diagnostic]:
    """One message for each link that leads nowhere."""
    pages = {}
    for file in sorted(html.rglob("*.html")):
        reader = _Reader()
        reader.feed(file.read_text(encoding="utf-8"))
        pages[file.resolve()] = reader
    for file, reader in pages.items():
        for target in dict.fromkeys(reader.links):
            if (why := _fault(html.resolve(), file, target, pages)) is not None:
                place = Place(file=file.relative_to(html.resolve()).as_posix())
                yield error("E0904", f"the link `{target}` {why}", place=place)


def _fault(html: Path, file: Path, target: str, pages: dict[Path, _Reader]) -> str | None:
    parts = urlsplit(target)
    if parts.scheme or parts.netloc or target.startswith("javascript:"):
        return None
    base = html if parts.path.startswith("/") else file.parent
    to = (base / unquote(parts.path).lstrip("/")).resolve() if parts.path else file
    to = to / "index.html" if to.is_dir() else to
    if not to.exists():
        return None if file.name == "404.html" else "leads nowhere"
    anchor = unquote(parts.fragment)
    if anchor and to in pages and anchor not in pages[to].anchors and not anchor.startswith("__"):
        return "leads to a heading that is not there"
    return None
