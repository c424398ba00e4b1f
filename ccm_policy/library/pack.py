"""Many small texts in one file, each under a name, written at its end and never altered.

A line holds a digest of the rest of it, so a line that was cut, or that is no line of ours, is as if it were not there.
"""

from __future__ import annotations

import hashlib
from collections.abc import Mapping
from pathlib import Path

from ccm_policy.language import stored

MOST = 64_000_000
"""Bytes after which a file is begun anew."""


class Pack:
    """The texts of a file, read when the first is asked for. `path` None: nothing is kept."""

    def __init__(self, path: Path | None) -> None:
        self._path = path
        self._lines: dict[str, str] | None = None

    @property
    def keeps(self) -> bool:
        """Whether anything is kept."""
        return self._path is not None

    def get(self, name: str) -> str | None:
        """The text of that name, or None."""
        check, _, rest = self._found().get(name, "").partition(" ")
        return rest.partition(" ")[2] if rest and check == _check(rest) else None

    def put(self, texts: Mapping[str, str]) -> None:
        """Keep texts, none of which has the end of a line in it; one that is there already stays as it is."""
        if self._path is None:
            return
        found = self._found()
        new = {name: f"{name} {text}" for name, text in texts.items() if self.get(name) is None}
        lines = {name: f"{_check(rest)} {rest}" for name, rest in new.items()}
        if lines:
            found.update(lines)
            stored.append(self._path, "\n" + "\n".join(lines.values()) + "\n", MOST)

    def _found(self) -> dict[str, str]:
        if self._lines is None:
            text = "" if self._path is None else stored.entries(self._path) or ""
            self._lines = {line[17 : line.find(" ", 17)]: line for line in text.split("\n") if line}
        return self._lines


def _check(rest: str) -> str:
    return hashlib.sha256(rest.encode(errors="surrogatepass")).hexdigest()[:16]
