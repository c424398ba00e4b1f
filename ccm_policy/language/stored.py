"""Where things that were made once are kept between runs: files in the user's cache, safe to delete.

A file is read only where it belongs to the user and nobody else may write to it, so what others put there, or link to,
is as if it were not there. Where the system knows no such owners, the folder's own protection has to do.
"""

from __future__ import annotations

import contextlib
import os
import stat
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


def read(path: Path) -> str | None:
    """The text of a file that this user wrote and nobody else could; None where there is none."""
    try:
        with os.fdopen(os.open(path, os.O_RDONLY | _NO_LINK), "rb") as opened:
            if not _own(os.fstat(opened.fileno())):
                return None
            return opened.read().decode()
    except (OSError, UnicodeDecodeError):
        return None


def write(path: Path, text: str) -> None:
    """Write a file so that a reader sees the whole of it or nothing; where that is not possible, do nothing.

    What names a file of another encoding than UTF-8 is not kept.
    """
    part = path.with_name(f"{path.name}.{os.getpid()}.{os.urandom(4).hex()}.part")
    with contextlib.suppress(OSError, UnicodeEncodeError):
        content = text.encode()
        path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
        with os.fdopen(os.open(part, os.O_WRONLY | os.O_CREAT | os.O_EXCL | _NO_LINK, 0o600), "wb") as opened:
            opened.write(content)
        part.replace(path)


def append(path: Path, text: str, most: int) -> None:
    """Write at the end of a file; where it is not the user's own, or has grown beyond so many bytes, begin it anew."""
    with contextlib.suppress(OSError, UnicodeEncodeError):
        content = text.encode()
        path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
        with os.fdopen(os.open(path, os.O_WRONLY | os.O_APPEND | os.O_CREAT | _NO_LINK, 0o600), "ab", 0) as opened:
            state = os.fstat(opened.fileno())
            if _own(state) and state.st_size + len(content) <= most:
                opened.write(content)
                return
        write(path, text)


_NO_LINK = getattr(os, "O_NOFOLLOW", 0) | getattr(os, "O_BINARY", 0)
"""The last part of a name is no link to elsewhere; on Windows, bytes are bytes."""


def _own(state: os.stat_result) -> bool:
    if not stat.S_ISREG(state.st_mode):
        return False
    return not hasattr(os, "geteuid") or (state.st_uid == os.geteuid() and not state.st_mode & 0o022)
