"""One whole site for the tests that read it finished. Tests in a real browser run where there is one: CI installs
Debian's Chromium and its driver."""

from __future__ import annotations

import fcntl
import importlib.util
import os
import shutil
from pathlib import Path

import pytest

from ccm_policy.cli.main import COMMANDS
from ccm_policy.site import make
from ccm_policy.site.build import Folders

THERE = shutil.which("chromium") and shutil.which("chromedriver") and importlib.util.find_spec("selenium")
collect_ignore = [] if THERE else ["test_site_browser.py"]


@pytest.fixture(scope="session")
def whole_site(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The shipped library's site as HTML, built strictly: no warning, no dead link. All processes of a run share it."""
    base = tmp_path_factory.getbasetemp()
    shared = base.parent if "PYTEST_XDIST_WORKER" in os.environ else base
    folders = Folders(shared / "whole-site")
    with (shared / "whole-site.lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        if not folders.html.exists():
            report = make.build(make.Plan(folders, try_it="on" if THERE else "off", commands=COMMANDS))
            assert report.diagnostics == []
    return folders.html
