"""What comes with the program, wherever that is installed."""

from __future__ import annotations

from pathlib import Path

_PACKAGE = Path(__file__).resolve().parent
_IN_A_WHEEL = _PACKAGE / "_shipped"
_ROOT = _IN_A_WHEEL if _IN_A_WHEEL.is_dir() else _PACKAGE.parent
"""A wheel holds the folders inside the package; a source checkout has them beside it."""

POLICIES = _ROOT / "policies"
FEE_SCHEDULES = _ROOT / "fee_schedules"
MAPPINGS = _ROOT / "mappings"
"""Mappings of exports in common shapes."""
CLINIC = _ROOT / "examples" / "clinic-2026-03.jsonl"
"""A month of an invented clinic."""
DOCS = _ROOT / "docs"
"""The pages that are written by hand."""
