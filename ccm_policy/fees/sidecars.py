"""The YAML beside the tables: where each was read, and what a schedule says of itself. Read only when asked for."""

from __future__ import annotations

from functools import lru_cache
from pathlib import Path
from typing import Any

from ccm_policy.fees.prices import Source
from ccm_policy.fees.texts import read_yaml


def source(schedule: Path, table: str, folder: str, shown: str) -> Source:
    """The source of a table in a folder of a schedule; `shown` is how people are told the schedule's folder."""
    data = _read(schedule / folder / f"{table}.yaml")
    words = ", ".join(str(data[k]) for k in ("source", "commit") if data.get(k))
    name = str(data.get("release", folder))
    return Source(table, name, words, f"{shown}/{folder}/{table}.csv")


@lru_cache(maxsize=256)
def _read(path: Path) -> dict[str, Any]:
    data = read_yaml(path).data
    return data if isinstance(data, dict) else {}
