"""Shared by all tests: golden files, re-recorded with `pytest --record` and read in review; a cache of their own."""

from __future__ import annotations

import os
import shutil
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from ccm_policy.language import stored
from ccm_policy.library.cache import FILES


def pytest_addoption(parser: pytest.Parser) -> None:
    parser.addoption("--record", action="store_true", help="write golden files anew")


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """What reads the whole site comes first, so that no process waits for another to build it, and none ends alone."""
    items.sort(key=lambda item: "whole_site" not in getattr(item, "fixturenames", ()))


@pytest.fixture(scope="session", autouse=True)
def _a_cache_of_their_own(tmp_path_factory: pytest.TempPathFactory) -> Iterator[None]:
    """Tests keep nothing in the cache of the person who runs them. All processes of a run share one. At first it holds
    the trees of policy files that were read before, which are kept by the text of the file and the state of the
    package: to read the shipped policies once more in every process takes longer than any test."""
    base = tmp_path_factory.getbasetemp()
    shared = base.parent if "PYTEST_XDIST_WORKER" in os.environ else base
    home = stored.home()
    for trees in home.glob(f"{FILES}*") if home is not None else ():
        shutil.copytree(trees, shared / "cache" / trees.name, dirs_exist_ok=True)
    with pytest.MonkeyPatch.context() as patched:
        patched.setenv("CCM_POLICY_CACHE", str(shared / "cache"))
        yield


@pytest.fixture
def golden(request: pytest.FixtureRequest) -> Callable[[Path, str], None]:
    """Compare a text with the golden file at a path, or write it when `--record` is given."""
    record = bool(request.config.getoption("--record"))

    def compare(path: Path, text: str) -> None:
        if record:
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_text(text, encoding="utf-8", newline="\n")
        assert path.exists(), f"{path} is not recorded yet: run `pytest --record`"
        assert text == path.read_text(encoding="utf-8")

    return compare


@pytest.fixture(autouse=True)
def no_page_width(monkeypatch: pytest.MonkeyPatch) -> None:
    """Workers of a parallel run are told a width of their own; reports are tested at the width of files."""
    monkeypatch.delenv("COLUMNS", raising=False)
