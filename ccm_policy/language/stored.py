"""Where things that were made once are kept between runs: files in the user's cache, safe to delete.

A file is read only where it and its folder belong to the user and nobody else may write to them, so what others put
there, or link to, is as if it were not there. Where the system knows no such owners, the folder's own protection has to
do. The first line of a file says what it was made of and what its content is, so one that was damaged, or is another
one's under its name, is as if it were not there either.
"""

from __future__ import annotations

import contextlib
import hashlib
import os
import stat
from collections.abc import Iterator
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


def read(path: Path, made_of: str) -> str | None:
    """The text that this user kept in a file, whole and made of just that; None where there is none."""
    head, _, text = (entries(path) or "").partition("\n")
    return text if head == _head(made_of, text) else None


def entries(path: Path) -> str | None:
    """The content of a file that this user wrote and nobody else could, in whatever state: each entry of it has to
    prove that it is whole. None where there is no such file."""
    with contextlib.suppress(OSError), _own_folder(path) as folder:
        named = path if folder is None else path.name
        with os.fdopen(os.open(named, os.O_RDONLY | _NO_LINK, dir_fd=folder), "rb") as opened:
            state = os.fstat(opened.fileno())
            return opened.read().decode(errors="replace") if stat.S_ISREG(state.st_mode) and _own(state) else None
    return None


def write(path: Path, made_of: str, text: str) -> None:
    """Write a file so that a reader sees the whole of it or nothing; where that is not possible, do nothing.

    What names a file of another encoding than UTF-8 is not kept.
    """
    with contextlib.suppress(OSError, UnicodeEncodeError):
        _replace(path, f"{_head(made_of, text)}\n{text}".encode())


def append(path: Path, text: str, most: int) -> None:
    """Write entries at the end of a file; where it is not the user's own, or has grown beyond so many bytes, begin it
    anew."""
    with contextlib.suppress(OSError, UnicodeEncodeError):
        content = text.encode()
        path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
        with _own_folder(path) as folder:
            named = path if folder is None else path.name
            flags = os.O_WRONLY | os.O_APPEND | os.O_CREAT | _NO_LINK
            with os.fdopen(os.open(named, flags, 0o600, dir_fd=folder), "ab", 0) as opened:
                state = os.fstat(opened.fileno())
                if stat.S_ISREG(state.st_mode) and _own(state) and state.st_size + len(content) <= most:
                    opened.write(content)
                    return
        _replace(path, content)


def _replace(path: Path, content: bytes) -> None:
    path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
    part = path.with_name(f"{path.name}.{os.getpid()}.{os.urandom(4).hex()}.part")
    with _own_folder(path) as folder:
        named, into = (part, path) if folder is None else (Path(part.name), Path(path.name))
        flags = os.O_WRONLY | os.O_CREAT | os.O_EXCL | _NO_LINK
        with os.fdopen(os.open(named, flags, 0o600, dir_fd=folder), "wb") as opened:
            opened.write(content)
        os.replace(named, into, src_dir_fd=folder, dst_dir_fd=folder)


def _head(made_of: str, text: str) -> str:
    return f"# {_digest(made_of)} {_digest(text)}"


def _digest(text: str) -> str:
    return hashlib.sha256(text.encode(errors="surrogateescape")).hexdigest()


_NO_LINK = getattr(os, "O_NOFOLLOW", 0) | getattr(os, "O_BINARY", 0)
"""The last part of a name is no link to elsewhere; on Windows, bytes are bytes."""
_OWNERS = hasattr(os, "geteuid")
"""Whether the system knows who owns a file, and opens one by its folder."""


@contextlib.contextmanager
def _own_folder(path: Path) -> Iterator[int | None]:
    """The folder of a file, held open while the file is; None where the system knows no owners.

    Raises `OSError` where it is not there, or others could have put something into it.
    """
    if not _OWNERS:
        yield None
        return
    folder = os.open(path.parent, os.O_RDONLY | os.O_DIRECTORY | os.O_NOFOLLOW)
    try:
        if not _own(os.fstat(folder)):
            raise PermissionError
        yield folder
    finally:
        os.close(folder)


def _own(state: os.stat_result) -> bool:
    return not _OWNERS or (state.st_uid == os.geteuid() and not state.st_mode & 0o022)
