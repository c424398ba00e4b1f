"""One whole site for the tests that read it finished. Tests in a real browser run where there is one: CI installs
Debian's Chromium and its driver."""

from __future__ import annotations

import importlib.util
import os
import shutil
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from ccm_policy.cli.main import COMMANDS
from ccm_policy.cli.samples import samples
from ccm_policy.site import make
from ccm_policy.site.build import Folders

BROWSER = shutil.which("chromium") or shutil.which("google-chrome")
DRIVER = shutil.which("chromedriver")
THERE = BROWSER and DRIVER and importlib.util.find_spec("selenium")
collect_ignore = [] if THERE else ["test_site_browser.py"]


@contextmanager
def alone(lock: Path, seconds: int = 300) -> Iterator[None]:
    """One process at a time, on every system: whoever can make the folder has its turn."""
    until = time.monotonic() + seconds
    while True:
        try:
            lock.mkdir()
            break
        except FileExistsError:
            assert time.monotonic() < until, f"{lock} is left over"
            time.sleep(0.2)
    try:
        yield
    finally:
        lock.rmdir()


@pytest.fixture
def of_the_library_alone(monkeypatch: pytest.MonkeyPatch) -> None:
    """A site that a test builds for itself has no pages of the program: its messages, commands, Python."""
    monkeypatch.setattr(make, "program_pages", lambda plan, missing: iter(()))


@pytest.fixture(scope="session")
def whole_site(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The shipped library's site as HTML, built strictly: no warning, no dead link. All processes of a run share it."""
    base = tmp_path_factory.getbasetemp()
    shared = base.parent if "PYTEST_XDIST_WORKER" in os.environ else base
    folders = Folders(shared / "whole-site")
    with alone(shared / "whole-site.lock"):
        if not folders.html.exists():
            plan = make.Plan(folders, try_it="on" if THERE else "off", commands=COMMANDS)
            report = make.build(plan, more=samples)
            assert report.diagnostics == []
    return folders.html
