"""Reads a finished page as those do who cannot see it: its elements in order, each with its words and its section."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from html.parser import HTMLParser
from pathlib import Path

VOID = frozenset(["area", "base", "br", "col", "embed", "hr", "img", "input", "link", "meta", "source", "track", "wbr"])

HEADINGS = frozenset(f"h{level}" for level in range(1, 7))


@dataclass(slots=True)
class Element:
    """An element with what it holds: other elements and runs of text, in order."""

    tag: str
    attributes: dict[str, str]
    above: Element | None = None
    inside: list[Element | str] = field(default_factory=list)

    def all(self) -> Iterator[Element]:
        yield self
        for part in self.inside:
            if isinstance(part, Element):
                yield from part.all()

    def words(self) -> str:
        """All text in it, with the names of pictures."""
        said = [self.attributes.get("alt", ""), self.attributes.get("aria-label", "")]
        return " ".join([*said, *(p if isinstance(p, str) else p.words() for p in self.inside)]).strip()

    def runs(self, section: str = "") -> Iterator[tuple[str, str]]:
        """Each run of text by itself with the section that it stands in, so far as the search reads it. A heading's
        section ends with the element around it."""
        if self.tag in {"script", "style", "pre"} or self.attributes.get("class") == "headerlink":
            return
        for part in self.inside:
            if isinstance(part, str):
                yield section, part
                continue
            if part.headed():
                section = part.attributes["id"]
            yield from part.runs(section)

    def headed(self) -> bool:
        return self.tag in HEADINGS and bool(self.attributes.get("id"))


class _Reader(HTMLParser):
    def __init__(self) -> None:
        super().__init__()
        self.root = self.at = Element("page", {})

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        element = Element(tag, {name: value or "" for name, value in attrs}, self.at)
        self.at.inside.append(element)
        if tag not in VOID:
            self.at = element

    def handle_startendtag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.handle_starttag(tag, attrs)
        if tag not in VOID:
            self.handle_endtag(tag)

    def handle_endtag(self, tag: str) -> None:
        closed = self.at
        while closed.tag != tag and closed.above is not None:
            closed = closed.above
        if closed.above is not None:
            self.at = closed.above

    def handle_data(self, data: str) -> None:
        self.at.inside.append(data)


def read(file: Path) -> Element:
    """A finished page's elements."""
    reader = _Reader()
    reader.feed(file.read_text(encoding="utf-8"))
    return reader.root


def article(page: Element) -> Element:
    """The part of a page that is its own."""
    return next(e for e in page.all() if e.tag == "article")
