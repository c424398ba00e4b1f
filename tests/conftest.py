"""Shared by all tests: golden files, re-recorded with `pytest --record` and read in review."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest


def pytest_addoption(parser: pytest.Parser) -> None:
    parser.addoption("--record", action="store_true", help="write golden files anew")


@pytest.fixture
def golden(request: pytest.FixtureRequest) -> Callable[[Path, str], None]:
    """Compare a text with the golden file at a path, or write it when `--record` is given."""
    record = bool(request.config.getoption("--record"))

    def compare(path: Path, text: str) -> None:
        if record:
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_text(text, encoding="utf-8")
        assert path.exists(), f"{path} is not recorded yet: run `pytest --record`"
        assert text == path.read_text(encoding="utf-8")

    return compare
