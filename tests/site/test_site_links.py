"""Every kind of link that leads nowhere is found, and nothing else is."""

from __future__ import annotations

from pathlib import Path

from ccm_policy.site import links


def test_dead_links_are_found(tmp_path: Path) -> None:
    (tmp_path / "rules").mkdir()
    (tmp_path / "rules" / "index.html").write_text('<h2 id="two">Two</h2><a href="../">up</a>', encoding="utf-8")
    (tmp_path / "index.html").write_text(
        '<a href="rules/">a</a> <a href="rules/#two">b</a> <a href="https://example.org/x">c</a>'
        '<a href=#here>d</a><p id="here"></p>'
        '<a href="rules/#three">e</a> <a href="nowhere/">f</a> <img src="gone.svg"><a href="#no">g</a>',
        encoding="utf-8",
    )
    found = [(d.message, str(d.place)) for d in links.dead(tmp_path)]
    assert found == [
        ("the link `rules/#three` leads to a heading that is not there", "index.html"),
        ("the link `nowhere/` leads nowhere", "index.html"),
        ("the link `gone.svg` leads nowhere", "index.html"),
        ("the link `#no` leads to a heading that is not there", "index.html"),
    ]
