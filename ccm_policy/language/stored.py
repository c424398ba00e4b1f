"""Where things that were made once are kept between runs: JSON files in the user's cache, safe to delete."""

from __future__ import annotations

import contextlib
import os
from pathlib import Path


def home() -> Path | None:
    """`CCM_POLICY_CACHE` (a directory, or `off`), else `ccm-policy` in the user's cache; None: nothing is kept."""
    asked = os.environ.get("CCM_POLICY_CACHE")
    if asked is not None and asked.lower() in ("off", ""):
        return None
    if asked:
        return Path(asked)
    try:
        return of_user()
    except RuntimeError:
        return None


def of_user() -> Path:
    """`ccm-policy` in the user's cache, as the system names it. Raises `RuntimeError` where the user has no home."""
    base = os.environ.get("XDG_CACHE_HOME") or os.environ.get("LOCALAPPDATA")
    return (Path(base) if base else Path.home() / ".cache") / "ccm-policy"


def write(path: Path, text: str) -> None:
    """Write a file so that a reader sees the whole of it or nothing; where that is not possible, do nothing.

    What names a file of another encoding than UTF-8 is not kept.
    """
    part = path.with_name(f"{path.name}.{os.getpid()}.part")
    with contextlib.suppress(OSError, UnicodeEncodeError):
        content = text.encode()
        path.parent.mkdir(parents=True, exist_ok=True)
        part.write_bytes(content)
        part.replace(path)
