"""What was made once, kept between runs: keyed by the content of the policy files and the state of this package.

JSON in the user's cache directory, safe to delete. Damage, or a directory that cannot be written, costs time and
nothing else.
"""

from __future__ import annotations

import contextlib
import hashlib
from collections.abc import Mapping
from functools import lru_cache
from pathlib import Path
from typing import Any

from ccm_policy.language import stored
from ccm_policy.library.codec import Damaged, decode, encode
from ccm_policy.library.pack import Pack

LIBRARIES, FILES, TEXTS = "library-", "files-", "texts-"
KEPT_LIBRARIES, KEPT_FILES, KEPT_TEXTS = 6, 1000, 1000
"""How many are kept; the one made longest ago goes first."""

Classes = Mapping[str, type]


class Cache:
    """Values stored in a folder of the user's cache. `home` None: nothing is stored."""

    def __init__(self, home: Path | None, name: str, state: str) -> None:
        self.folder = None if home is None else home / f"{name}{state}"

    def read(self, key: str, classes: Classes) -> Any | None:
        """What was stored under the key, or None."""
        text = None if self.folder is None else stored.read(*self._place(key))
        try:
            return None if text is None else decode(text, classes)
        except Damaged:
            return None

    def write(self, key: str, value: Any) -> None:
        """Store a value; a reader sees the whole of it or nothing."""
        if self.folder is not None:
            stored.write(*self._place(key), encode(value))

    def pack(self, name: str) -> Pack:
        """The file in which many small texts are kept."""
        return Pack(None if self.folder is None else self.folder / f"{name}.txt")

    def _place(self, key: str) -> tuple[Path, str]:
        """The file of a key, and what it says that it was made of: the folder's name is part of that."""
        assert self.folder is not None
        name = hashlib.sha256(key.encode(errors="surrogateescape")).hexdigest()[:24]
        return self.folder / f"{name}.json", f"{self.folder.name}\0{key}"


class Texts:
    """Texts that were made of programs, such as source text, by the digest of the program and the kind of text.

    A text is given back whole and for what it was made of, or not at all.
    """

    def __init__(self, keep: bool) -> None:
        home = stored.home() if keep else None
        self.folder = None if home is None else home / f"{TEXTS}{state(_PACKAGE)}"
        if home is not None and self.folder is not None and not self.folder.exists():
            _forget_old(home, f"{TEXTS}*", 1)

    def read(self, digest: str, kind: str) -> str | None:
        """The text of this kind that was made of the program, or None. `digest` empty: nothing is kept of it."""
        if self.folder is None or not digest:
            return None
        return stored.read(*self._place(digest, kind))

    def write(self, digest: str, kind: str, text: str) -> None:
        """Keep a text."""
        if self.folder is not None and digest:
            stored.write(*self._place(digest, kind), text)
            _forget_old(self.folder, "*.txt", KEPT_TEXTS)

    def _place(self, digest: str, kind: str) -> tuple[Path, str]:
        assert self.folder is not None
        name = f"{kind}-{hashlib.sha256(digest.encode()).hexdigest()[:24]}.txt"
        return self.folder / name, f"{self.folder.name}\0{kind}\0{digest}"


def of_library(digest: str, directory: Path, keep: bool) -> Cache:
    """Where the outline and the programs of a library are kept; libraries made long ago are forgotten.

    The directory counts, since what is kept names its files.
    """
    home = stored.home() if keep else None
    content = hashlib.sha256(f"{digest} {directory}".encode(errors="surrogateescape")).hexdigest()
    cache = Cache(home, LIBRARIES, f"{content[:24]}-{state()}")
    if home is not None and cache.folder is not None and not cache.folder.exists():
        _forget_old(home, f"{LIBRARIES}*", KEPT_LIBRARIES - 1)
    return cache


def of_files(keep: bool) -> Cache:
    """Where the surface trees of single files are kept, so that an edit of one file reads only that one anew."""
    cache = Cache(stored.home() if keep else None, FILES, state())
    if cache.folder is not None:
        _forget_old(cache.folder, "*.json", KEPT_FILES)
        _forget_old(cache.folder.parent, f"{FILES}*", 1)
    return cache


def _forget_old(folder: Path, pattern: str, kept: int) -> None:
    with contextlib.suppress(OSError):
        found = list(folder.glob(pattern))
        for old in sorted(found, key=lambda f: f.stat().st_mtime, reverse=True)[kept:] if len(found) > kept else ():
            _forget(old)


def _forget(old: Path) -> None:
    import shutil

    shutil.rmtree(old, ignore_errors=True) if old.is_dir() else old.unlink(missing_ok=True)


_READERS = ("language", "library")
_PACKAGE = (*_READERS, "facts", "fees", "evaluate", "compile", "prove")
"""The rooms of which texts that are made of programs are the work; proofs are among them."""


@lru_cache
def state(folders: tuple[str, ...] = _READERS) -> str:
    """The state of the code that makes what is stored: a changed checkout never reads what an older one made."""
    from ccm_policy import __version__

    package = Path(__file__).parent.parent
    files = sorted(file for folder in folders for file in (package / folder).rglob("*.py"))
    files.append(package / "language" / "grammar.lark")
    seen = " ".join(f"{f.stat().st_mtime_ns}:{f.stat().st_size}" for f in files)
    return hashlib.sha256(f"{__version__} {seen}".encode()).hexdigest()[:12]


@lru_cache
def typed() -> Classes:
    """The dataclasses of outlines and programs."""
    from ccm_policy.language import diagnostics, tree
    from ccm_policy.library import outline

    return _dataclasses(tree, outline) | {"Span": diagnostics.Span}


@lru_cache
def surface() -> Classes:
    """The dataclasses of surface trees."""
    from ccm_policy.language import diagnostics, syntax

    return _dataclasses(syntax) | {"Span": diagnostics.Span}


def _dataclasses(*modules: object) -> dict[str, type]:
    found = [c for module in modules for c in vars(module).values() if isinstance(c, type)]
    return {c.__name__: c for c in found if hasattr(c, "__dataclass_fields__")}
