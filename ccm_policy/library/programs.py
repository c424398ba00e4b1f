"""Programs kept between runs. What many programs hold, a rule or a definition as it was resolved, is kept once and read
once.
"""

from __future__ import annotations

import hashlib
from collections.abc import Callable
from typing import Any

from ccm_policy.language import tree as t
from ccm_policy.library.cache import Classes
from ccm_policy.library.codec import Damaged, decode, encode
from ccm_policy.library.outline import Outline
from ccm_policy.library.pack import Pack

_REST = ("policies", "billed", "apart")


class Programs:
    """The programs of a library by their digests. The vocabulary and the lives of codes are those of the library."""

    def __init__(self, pack: Pack, outline: Outline, classes: Classes) -> None:
        self._pack = pack
        self._outline = outline
        self._classes = classes
        self._read: dict[str, Any] = {}
        self._named: dict[int, tuple[Any, str]] = {}

    def read(self, digest: str) -> t.Program | None:
        """The program of that digest, or None where it, or a part of it, was not kept."""
        text = self._pack.get(digest)
        try:
            if text is None:
                return None
            held = decode(text, self._classes)
            parts = {name: _each(held[name], self._part) for name in t.STATEMENTS}
            return self._whole(digest, parts | {name: held[name] for name in _REST})
        except (Damaged, KeyError, TypeError):
            return None

    def write(self, digest: str, program: t.Program) -> t.Program:
        """Keep a program that was made; the same program, as the library's own."""
        if self._pack.keeps:
            texts: dict[str, str] = {}
            parts = {name: _each(getattr(program, name), lambda part: self._name(part, texts)) for name in t.STATEMENTS}
            held = encode(parts | {name: getattr(program, name) for name in _REST})
            self._pack.put({**texts, digest: held})
        return self._whole(digest, {name: getattr(program, name) for name in (*t.STATEMENTS, *_REST)})

    def _whole(self, digest: str, parts: dict[str, Any]) -> t.Program:
        return t.Program(vocabulary=self._outline.vocabulary, lives=self._outline.lives, digest=digest, **parts)

    def _part(self, name: str) -> Any:
        if name not in self._read:
            text = self._pack.get(name)
            if text is None:
                raise Damaged
            self._read[name] = decode(text, self._classes)
        return self._read[name]

    def _name(self, part: Any, texts: dict[str, str]) -> str:
        """The name of a part: the digest of its text, which joins `texts` when it is named for the first time."""
        known = self._named.get(id(part))
        if known is None:
            text = encode(part)
            name = hashlib.sha256(text.encode(errors="surrogatepass")).hexdigest()[:24]
            texts[name] = text
            known = self._named[id(part)] = (part, name)
        return known[1]


def _each(held: Any, make: Callable[[Any], Any]) -> Any:
    """What is made of each part of a tuple or a dictionary, in one like it."""
    if isinstance(held, dict):
        return {name: make(part) for name, part in held.items()}
    return tuple(make(part) for part in held)
