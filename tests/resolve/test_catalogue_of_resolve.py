"""Every message of names, types and the library has an entry, and the entry's own texts show it and only it."""

from __future__ import annotations

import re
from pathlib import Path

import pytest
import yaml

from tests.resolve.small_library import library_of

ROOT = Path(__file__).parents[2]
AREAS = ("names", "types", "library", "attest")
ENTRIES = [
    entry
    for area in AREAS
    for entry in yaml.safe_load((ROOT / f"ccm_policy/language/catalogue/{area}.yaml").read_text(encoding="utf-8"))
]
TEXTS = [entry for entry in ENTRIES if "\n" in entry["wrong"]]
"""Entries whose `wrong` and `right` are policy texts; the others are about commands and files, tested as such."""


def test_every_code_has_one_entry_and_every_entry_a_code() -> None:
    places = [*(ROOT / "ccm_policy/language/resolve").glob("*.py"), *(ROOT / "ccm_policy/library").glob("*.py")]
    used = re.findall(r"\"([EW]0(?:[234]\d|59|72)\d)\"", "".join(p.read_text(encoding="utf-8") for p in places))
    codes = [entry["code"] for entry in ENTRIES]
    assert sorted(set(used)) == sorted(codes)


@pytest.mark.parametrize("entry", TEXTS, ids=lambda e: e["code"])
def test_the_wrong_text_gives_this_message_and_no_other(entry: dict[str, str]) -> None:
    _, found, _ = library_of(entry["wrong"])
    assert {d.code for d in found} == {f"CCM-{entry['code']}"}
    assert all(d.help for d in found), "a message says what to do"


@pytest.mark.parametrize("entry", TEXTS, ids=lambda e: e["code"])
def test_the_right_text_gives_none(entry: dict[str, str]) -> None:
    _, found, _ = library_of(entry["right"])
    assert found == []
