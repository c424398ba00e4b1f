"""Tests in a real browser run where there is one: CI installs Debian's Chromium and its driver."""

from __future__ import annotations

import importlib.util
import shutil

THERE = shutil.which("chromium") and shutil.which("chromedriver") and importlib.util.find_spec("selenium")
collect_ignore = [] if THERE else ["test_site_browser.py"]
