"""A file with very many slips: the first are told in full, the rest are counted, and nothing is looked for in vain."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from ccm_policy import facts
from ccm_policy.facts import checking, scalars, tables
from tests.facts.vocabulary import VOCABULARY

RECORD = {"patient_id": "0042", "service_month": "2026-03", "payer": "medicare"}
MANY = 3000


@pytest.fixture
def searches(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    found: list[str] = []

    def counted(name: str, known: Any, called: Any = None) -> str | None:
        found.append(name)
        return None

    for module in (checking, scalars, tables):
        for search in ("nearest", "nearest_called"):
            monkeypatch.setattr(module, search, counted, raising=False)
    return found


def told(path: Path) -> list[str]:
    return [d.message for d in facts.read(path, VOCABULARY)[1]]


def test_unknown_names(tmp_path: Path, searches: list[str]) -> None:
    path = tmp_path / "names.json"
    path.write_text(json.dumps({**RECORD, **{f"name_{n}": n for n in range(MANY)}}), encoding="utf-8")
    messages = told(path)
    assert len(messages) == checking.MOST_SHOWN + 1
    assert messages[-1] == f"this record has {MANY - checking.MOST_SHOWN} more faults"
    assert len(searches) <= 2 * checking.MOST_SHOWN


def test_unknown_words(tmp_path: Path, searches: list[str]) -> None:
    path = tmp_path / "words.json"
    path.write_text(
        json.dumps({**RECORD, "time_log": [{"performed_by": f"w{n}"} for n in range(MANY)]}), encoding="utf-8"
    )
    messages = told(path)
    assert messages[-1] == f"this record has {MANY - checking.MOST_SHOWN} more faults"
    assert len(searches) <= checking.MOST_SHOWN


def test_unknown_columns(tmp_path: Path, searches: list[str]) -> None:
    names = [*RECORD, *(f"column_{n}" for n in range(MANY))]
    (tmp_path / "patient_months.csv").write_text(",".join(names) + "\n", encoding="utf-8")
    messages = told(tmp_path)
    assert messages[-1] == f"`patient_months` has {MANY - tables.MOST_COLUMNS} more columns that are not known"
    assert len(searches) <= tables.MOST_COLUMNS
