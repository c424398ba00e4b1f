"""Every message about facts has its entry in the catalogue, and the entry's own examples show it."""

from __future__ import annotations

import re
from pathlib import Path

import pytest
import yaml

from ccm_policy import facts
from tests.facts.vocabulary import VOCABULARY

ROOT = Path(__file__).parents[2]
ENTRIES = yaml.safe_load((ROOT / "ccm_policy/language/catalogue/facts.yaml").read_text(encoding="utf-8"))
RECORDS = [entry for entry in ENTRIES if entry["wrong"].startswith("{")]
SHOWN_ELSEWHERE = {"E0521": "without pyarrow", "E0565": "with columns that no text file has"}


def codes_of(text: str, path: Path) -> set[str]:
    path.write_text(text, encoding="utf-8")
    return {d.code for d in facts.read(path, VOCABULARY)[1]}


def test_every_code_has_an_entry_and_every_entry_a_code() -> None:
    sources = "".join(p.read_text(encoding="utf-8") for p in (ROOT / "ccm_policy/facts").glob("*.py"))
    assert set(re.findall(r"\"(E05\d\d)\"", sources)) == {entry["code"] for entry in ENTRIES}


def test_every_code_is_shown_by_a_broken_file() -> None:
    shown = "".join(p.read_text(encoding="utf-8") for p in (Path(__file__).parent / "bad").rglob("*.expected"))
    assert {entry["code"] for entry in ENTRIES} - set(re.findall(r"CCM-(E05\d\d)", shown)) == set(SHOWN_ELSEWHERE)


@pytest.mark.parametrize("entry", RECORDS, ids=lambda e: e["code"])
def test_the_examples_show_the_message(entry: dict[str, str], tmp_path: Path) -> None:
    code = f"CCM-{entry['code']}"
    assert code in codes_of(entry["wrong"], tmp_path / "wrong.json")
    assert code not in codes_of(entry["right"], tmp_path / "right.json")


def test_parquet_without_its_package(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setitem(__import__("sys").modules, "pyarrow", None)
    (tmp_path / "clinic.parquet").write_bytes(b"PAR1")
    (told,) = facts.read(tmp_path / "clinic.parquet", VOCABULARY)[1]
    assert (told.code, told.help) == ("CCM-E0521", "install it: pip install 'ccm-policy[parquet]'")
