"""Folders that are being written, hidden beside the one whose place they take, and those that a killed run left there.

Whoever writes one holds a lock on it, which ends with the process however that ends. A system that locks no folders
tells what was left by its age.
"""

from __future__ import annotations

import os
import re
import secrets
import shutil
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from ccm_policy.intake.sheets import refused

MARK = ".written-by-intake"
"""A file of a folder that says that everything in it may be written anew."""
_TOKEN = 4
_A_DAY = 24 * 60 * 60


@contextmanager
def made(out: Path) -> Iterator[Path]:
    """A new folder, which is gone at the end unless it was renamed."""
    while True:
        part = _new(out)
        lock = _locked(part)
        if lock is not None and part.exists():
            break  # else another run took it, between the two, for one that was left
    try:
        yield part
    finally:
        shutil.rmtree(part, ignore_errors=True)
        _unlock(lock)


def _new(out: Path) -> Path:
    part = out.with_name(f".{out.name}.{secrets.token_hex(_TOKEN)}")
    try:
        out.parent.mkdir(parents=True, exist_ok=True)
        part.mkdir()
    except OSError as fault:
        says = f"facts cannot be written there: {(fault.strerror or 'the system refused').lower()}"
        raise refused("E0804", out, None, says, "name another folder for `--out`") from None
    return part


def clear(out: Path) -> None:
    """Take away what killed runs left beside a folder; what is still written stays."""
    named = re.compile(rf"\.{re.escape(out.name)}\.[0-9a-f]{{{2 * _TOKEN}}}")
    for part in out.parent.iterdir() if out.parent.is_dir() else ():
        if named.fullmatch(part.name) and part.is_dir() and ((part / MARK).exists() or not any(part.iterdir())):
            lock = _locked(part, left=True)
            if lock is not None:
                shutil.rmtree(part, ignore_errors=True)
                _unlock(lock)


_NO_LOCK = -1


def _locked(folder: Path, *, left: bool = False) -> int | None:
    """A lock on a folder; None: another process has it, or it is gone. `left`: only one that nobody writes."""
    if sys.platform == "win32":
        return None if left and time.time() - folder.stat().st_mtime < _A_DAY else _NO_LOCK
    import fcntl

    try:
        held = os.open(folder, os.O_RDONLY)
    except OSError:
        return None
    try:
        fcntl.flock(held, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except OSError:
        os.close(held)
        return None
    return held


def _unlock(lock: int) -> None:
    if lock != _NO_LOCK:
        os.close(lock)
