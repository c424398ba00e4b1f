"""Every finished page, read as by somebody who does not see it.

The browser's tests ask axe about each kind of page; here every page is looked at for what its own words can get wrong.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from itertools import pairwise
from pathlib import Path

import pytest

from tests.site.finished import Element, article, read


def faults(page: Element) -> Iterator[str]:
    """What stands in the way of those who do not see the page."""
    ids = Counter(e.attributes["id"] for e in page.all() if e.attributes.get("id"))
    yield from (f"id {name} stands {number} times" for name, number in ids.items() if number > 1)
    content = article(page)
    levels = [int(e.tag[1]) for e in content.all() if e.tag in {"h1", "h2", "h3", "h4", "h5", "h6"}]
    if levels.count(1) != 1:
        yield f"{levels.count(1)} first headings"
    yield from (f"h{b} after h{a}" for a, b in pairwise(levels) if b > a + 1)
    for element in content.all():
        tag, has = element.tag, element.attributes
        if tag == "th" and not element.words():
            yield "a column or row without a name"
        if tag == "img" and "alt" not in has:
            yield "a picture without words"
        if tag == "svg" and not (has.get("aria-label") or has.get("aria-hidden") == "true" or element.words()):
            yield "a drawing without words"
        if tag in {"a", "button", "summary"} and not (element.words() or has.get("title")):
            yield f"<{tag}> without words"
        if tag in {"select", "textarea"} and not (has.get("aria-label") or labelled(content, has.get("id", ""))):
            yield f"<{tag}> without a label"


def labelled(content: Element, name: str) -> bool:
    return any(e.tag == "label" and e.attributes.get("for") == name and e.words() for e in content.all())


def test_every_page_can_be_read_without_seeing_it(whole_site: Path) -> None:
    wrong: dict[str, list[str]] = {}
    pages = sorted(whole_site.rglob("index.html"))
    for file in pages:
        if found := list(dict.fromkeys(faults(read(file)))):
            wrong[file.parent.relative_to(whole_site).as_posix()] = found
    assert pages and wrong == {}


BAD = [
    ("<h1>A</h1><h3>B</h3>", "h3 after h1"),
    ("<h2>A</h2>", "0 first headings"),
    ("<h1>A</h1><table><tr><th> </th></tr></table>", "a column or row without a name"),
    ('<h1>A</h1><img src="a.svg">', "a picture without words"),
    ("<h1>A</h1><svg><rect/></svg>", "a drawing without words"),
    ('<h1>A</h1><a href="b"></a>', "<a> without words"),
    ('<h1 id="a">A</h1><p id="a">B</p>', "id a stands 2 times"),
    ('<h1>A</h1><select id="s"></select>', "<select> without a label"),
]


@pytest.mark.parametrize(("text", "fault"), BAD, ids=[fault for _, fault in BAD])
def test_each_fault_is_seen(tmp_path: Path, text: str, fault: str) -> None:
    page = tmp_path / "index.html"
    page.write_text(f"<article>{text}</article>", encoding="utf-8")
    assert list(faults(read(page))) == [fault]
