"""A page of the site and the small Markdown that pages are made of."""

from __future__ import annotations

import posixpath
import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from functools import lru_cache
from html import escape


@dataclass(frozen=True, slots=True, kw_only=True)
class Page:
    """One Markdown page. `path` is relative to the site's root (`services/0001.md`); `title` is its first heading.

    `summary` is one sentence for link previews. `weight` is how far up in the search it stands; 0 keeps long repetitive
    texts out of it. `also` are words by which the search finds it as by its title. `wide` leaves out the table of
    contents where a table needs the room.
    """

    path: str
    title: str
    body: str
    summary: str = ""
    weight: int = 1
    wide: bool = False
    also: tuple[str, ...] = ()

    def text(self) -> str:
        """The whole file: front matter, heading, body."""
        front = [f"title: {_yaml(self.title)}"]
        if self.summary:
            front.append(f"description: {_yaml(self.summary)}")
        if self.weight != 1:
            front.append("search:\n  exclude: true" if self.weight == 0 else f"search:\n  boost: {self.weight}")
        if self.also:
            front.append("tags:\n" + "\n".join(f"  - {_yaml(word)}" for word in self.also))
        if self.wide:
            front.append("hide:\n  - toc")
        return "---\n" + "\n".join(front) + f"\n---\n\n# {plain(self.title)}\n\n{self.body.strip()}\n"


@dataclass(frozen=True, slots=True)
class Asset:
    """A file of the site that is not a page: a picture, data, a script."""

    path: str
    content: str | bytes


def _yaml(text: str) -> str:
    """A text of the front matter. Themes put it into HTML as it is, so nothing in it is markup or ends an attribute."""
    text = re.sub(r"&(?=#?\w+;)", "&amp;", text).translate(_NO_MARKUP)
    return '"' + text.replace("\\", "\\\\").replace("\n", " ") + '"'


_NO_MARKUP = str.maketrans({"<": "‹", ">": "›", '"': "”"})


def plain(text: str) -> str:
    """Text as itself in Markdown: nothing in it is markup."""
    return re.sub(r"([\\`*_{}\[\]<>#|])", r"\\\1", text)


def code(text: str) -> str:
    """Text as inline code."""
    return f"<code>{escape(text)}</code>"


def link(text: str, target: str, at: str) -> str:
    """A Markdown link from the page `at` to the page `target` (both from the site's root); text is taken as it is."""
    path, mark, anchor = target.partition("#")
    return f"[{text}]({_relative(path, posixpath.dirname(at)) if path else ''}{mark}{anchor})"


@lru_cache(maxsize=65536)
def _relative(path: str, folder: str) -> str:
    return posixpath.relpath(path, folder or ".")


def table(head: Sequence[str], rows: Iterable[Sequence[str]], align: str = "") -> str:
    """A Markdown table. `align`: one letter a column, `l` or `r`. Cells are Markdown."""
    marks = {"r": "---:", "l": "---", "": "---"}
    rule = [marks[align[i : i + 1]] for i in range(len(head))]
    lines = [_row(head), _row(rule), *(_row(row) for row in rows)]
    return "\n".join(lines) + "\n"


def _row(cells: Sequence[str]) -> str:
    return "| " + " | ".join(c.replace("\n", " ") for c in cells) + " |"


def pairs(rows: Iterable[Sequence[str]]) -> str:
    """What something is, line by line: a name and its value, as Markdown."""
    return "\n".join(f"- **{name}:** {value}" for name, value in rows) + "\n"


def html_table(head: Sequence[str], rows: Iterable[Sequence[str]], caption: str, numeric_from: int = 1) -> str:
    """A large table as HTML, which builds much faster than a Markdown one. Cells are HTML.

    Each cell has a line of its own: the search leaves tags out, and would read two cells side by side as one word.
    """
    number = ' class="number"'
    top = "\n".join(f'<th scope="col"{number if i >= numeric_from else ""}>{cell}</th>' for i, cell in enumerate(head))
    body = []
    for row in rows:
        first = f'<th scope="row">{row[0]}</th>'
        rest = [
            f'<td class="number">{c}</td>' if i >= numeric_from else f"<td>{c}</td>" for i, c in enumerate(row[1:], 1)
        ]
        body.append("<tr>" + "\n".join([first, *rest]) + "</tr>")
    rows_apart = "\n".join(body)
    return (
        '<div class="md-typeset__scrollwrap"><div class="md-typeset__table">'
        f"<table><caption>{escape(caption)}</caption>\n"
        f"<thead><tr>{top}</tr></thead>\n<tbody>{rows_apart}</tbody></table></div></div>\n"
    )


def fence(text: str, language: str = "") -> str:
    """A fenced code block that survives whatever stands in the text."""
    ticks = "`" * max(3, *(len(run) + 1 for run in re.findall(r"`+", text)), 3)
    return f"{ticks}{language}\n{text.rstrip()}\n{ticks}\n"


def note(kind: str, title: str, body: str, *, folded: bool = False) -> str:
    """An admonition (`note`, `warning`, `example`), folded where the reader may not need it."""
    indented = "\n".join(f"    {line}" if line else "" for line in body.strip().splitlines())
    return f'{"???" if folded else "!!!"} {kind} "{title.replace(chr(34), chr(39))}"\n\n{indented}\n'


def badge(text: str, kind: str) -> str:
    """A small label, read by screen readers as its text."""
    return f'<span class="badge badge-{kind}">{escape(text)}</span>'
