"""The shipped vocabulary, read once."""

from __future__ import annotations

from pathlib import Path

import pytest

from ccm_policy import library
from ccm_policy.language.tree import Vocabulary


@pytest.fixture(scope="session")
def vocabulary() -> Vocabulary:
    return library.load().vocabulary


@pytest.fixture
def here(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """An empty folder, in which the test stands."""
    monkeypatch.chdir(tmp_path)
    return tmp_path
