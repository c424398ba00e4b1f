"""What was made once, kept between runs: keyed by the content of the policy files and the version of this package.

JSON in the user's cache directory, safe to delete. Damage, or a directory that cannot be written, costs time and
nothing else.
"""

from __future__ import annotations

import contextlib
import hashlib
import os
import shutil
from pathlib import Path
from typing import Any

from ccm_policy.language.stored import home as home
from ccm_policy.library.codec import Damaged, decode, encode

PREFIX = "library-"
KEPT = 6
"""How many libraries are kept; the one used longest ago goes first."""


class Cache:
    """The stored parts of one library. `home` None: nothing is stored."""

    def __init__(self, home: Path | None, digest: str) -> None:
        from ccm_policy import __version__

        version = hashlib.sha256(f"{__version__} {_own_digest()}".encode()).hexdigest()[:12]
        self.folder = None if home is None else home / f"{PREFIX}{digest.removeprefix('sha256:')[:24]}-{version}"

    def read(self, key: str) -> Any | None:
        """What was stored under the key, or None."""
        if self.folder is None:
            return None
        try:
            text = (self.folder / f"{_name(key)}.json").read_text(encoding="utf-8")
            return decode(text, _classes())
        except (OSError, Damaged, UnicodeDecodeError):
            return None

    def write(self, key: str, value: Any) -> None:
        """Store a value; a reader sees the whole of it or nothing."""
        if self.folder is None:
            return
        path = self.folder / f"{_name(key)}.json"
        part = path.with_suffix(f".{os.getpid()}.part")
        with contextlib.suppress(OSError):
            new = not self.folder.exists()
            self.folder.mkdir(parents=True, exist_ok=True)
            part.write_text(encode(value), encoding="utf-8")
            part.replace(path)
            if new:
                self._forget_old()

    def _forget_old(self) -> None:
        assert self.folder is not None
        folders = [f for f in self.folder.parent.iterdir() if f.name.startswith(PREFIX)]
        for folder in sorted(folders, key=lambda f: f.stat().st_mtime, reverse=True)[KEPT:]:
            shutil.rmtree(folder, ignore_errors=True)


def _name(key: str) -> str:
    return hashlib.sha256(key.encode()).hexdigest()[:24]


def _own_digest() -> str:
    """The state of the code that makes what is stored: a changed checkout never reads what an older one made."""
    package = Path(__file__).parent.parent
    files = sorted([*(package / "language").rglob("*.py"), *(package / "library").glob("*.py")])
    files.append(package / "language" / "grammar.lark")
    return " ".join(f"{f.stat().st_mtime_ns}:{f.stat().st_size}" for f in files)


def _classes() -> dict[str, type]:
    from dataclasses import is_dataclass

    from ccm_policy.language import diagnostics, tree
    from ccm_policy.library import outline

    found = [c for module in (tree, outline) for c in vars(module).values() if isinstance(c, type)]
    return {c.__name__: c for c in (*found, diagnostics.Span) if is_dataclass(c)}
