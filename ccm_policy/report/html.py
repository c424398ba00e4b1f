"""HTML as text that is escaped once: whatever is no `Html` already is escaped where it is put in."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from html import escape

from ccm_policy.language.diagnostics import printable


class Html(str):
    """Text that is HTML."""

    __slots__ = ()


_EMPTY = frozenset({"br", "meta", "rect", "line", "circle", "path", "use"})


NEW_LINE = Html("\n")
"""Between parts, for whoever reads the file."""


def text(said: str) -> Html:
    """Text as HTML; what cannot be seen is written out."""
    return said if isinstance(said, Html) else Html(escape(printable(said), quote=True))


def joined(parts: Iterable[str], between: str = "") -> Html:
    """Parts one after another, each escaped where it is not HTML."""
    return Html(text(between).join(map(text, parts)))


def el(name: str, /, *parts: str, **attributes: str | int | None) -> Html:
    """An element. An attribute `class_` is `class`, `data_x` is `data-x`; one that is None is left out."""
    given = "".join(
        f' {key.rstrip("_").replace("_", "-")}="{text(str(value))}"'
        for key, value in attributes.items()
        if value is not None
    )
    if name in _EMPTY:
        return Html(f"<{name}{given}/>")
    return Html(f"<{name}{given}>{joined(parts)}</{name}>")


def listed(items: Sequence[str], class_: str | None = None) -> Html:
    """A list, or nothing where there is nothing in it."""
    return el("ul", *(el("li", item) for item in items), class_=class_) if items else Html()


def kept(said: str) -> Html:
    """What stands on one line."""
    return el("span", said, class_="keep") if said else Html()


def lines(items: Iterable[str]) -> Html:
    """Each on a line of its own."""
    return Html("<br/>".join(map(text, items)))


def table(
    caption: str,
    head: Sequence[str],
    rows: Iterable[Sequence[str]],
    right: Sequence[int] = (),
    class_: str | None = None,
) -> Html:
    """A table with a caption and header cells; the first cell of a row is its header. `right`: columns of numbers. On a
    phone each row is a block, its cells below one another with what they are; it stays a table for a screen reader."""
    kinds = ["n" if place in right else None for place in range(len(head))]
    names = [el("th", name, scope="col", class_=kind) for name, kind in zip(head, kinds, strict=True)]
    body = []
    for row in rows:
        told = zip(row[1:], head[1:], kinds[1:], strict=True)
        cells = [el("td", cell, data_label=name, class_=kind, role="cell") for cell, name, kind in told]
        body.append(el("tr", el("th", row[0], scope="row", role="rowheader"), *cells, role="row"))
    parts = [el("thead", el("tr", *names)), el("tbody", joined(body, NEW_LINE), role="rowgroup")]
    whole = el("table", el("caption", caption), *parts, role="table", class_=class_)
    return el("div", whole, class_="wide", tabindex=0, role="region", aria_label=caption)
