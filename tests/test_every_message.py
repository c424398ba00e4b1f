"""Every message that can be said has its page, every page a message, and every message a test that shows it."""

from __future__ import annotations

import re
from pathlib import Path

import pytest
import yaml

ROOT = Path(__file__).parents[1]
PACKAGE = ROOT / "ccm_policy"
PAGES = {
    entry["code"].removeprefix("CCM-"): entry
    for file in sorted((PACKAGE / "language" / "catalogue").glob("*.yaml"))
    for entry in yaml.safe_load(file.read_text(encoding="utf-8"))
}
NOT_SHOWN = {
    "E0141": "no text is known whose layout would change what it says",
    "E0899": "a defect of the program: nothing is known that leads there",
}


def _codes(folder: Path, *endings: str) -> set[str]:
    files = (p for p in folder.rglob("*") if p.suffix in endings and p.is_file())
    return {code for p in files for code in re.findall(r"\b(?:CCM-)?([EW]0\d{3})\b", p.read_text(encoding="utf-8"))}


def test_every_code_of_the_program_has_a_page_and_every_page_a_code() -> None:
    assert _codes(PACKAGE, ".py") == set(PAGES)


def test_every_code_is_shown_by_a_test() -> None:
    shown = _codes(ROOT / "tests", ".py", ".expected", ".messages", ".txt", ".json")
    by_its_page = {code for code, page in PAGES.items() if "\n" in page["wrong"] or page["wrong"].startswith("{")}
    assert set(PAGES) - shown - by_its_page == set(NOT_SHOWN) - shown


@pytest.mark.parametrize("code", PAGES)
def test_a_page_says_what_is_wrong_and_what_is_right(code: str) -> None:
    page = PAGES[code]
    assert set(page) <= {"code", "about", "title", "explanation", "wrong", "right"}
    assert all(str(page[part]).strip() for part in ("title", "explanation", "wrong", "right"))
    assert page["wrong"] != page["right"]
    words = f"{page['title']} {page['explanation']}"
    assert not re.search(r"\b([Ll]ark|jsonschema|argparse|parser|\w*Error|[Tt]oken|dict|tuple)\b", words)
