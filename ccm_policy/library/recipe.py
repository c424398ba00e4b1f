"""What a program is made of, as a digest that is known before the program is made.

Two months, two selections of policies or two states of a library that read the same text have the same digest, and so
share one program.
"""

from __future__ import annotations

import hashlib
import json
from dataclasses import dataclass, replace
from functools import cached_property
from pathlib import Path
from typing import Any

from ccm_policy.library.files import Found
from ccm_policy.library.outline import Outline


@dataclass(frozen=True)
class Recipe:
    """The files of a library and the policies that they declare. `state`: of the code that makes programs of them."""

    found: Found
    outline: Outline
    state: str

    def digest(self, names: tuple[str, ...], month: str) -> str:
        """Of everything that the program of these policies in a month is made of."""
        chosen = self.outline.with_bases(frozenset(names))
        ordered = self.outline.in_order(chosen | self.outline.lenders(chosen))
        return _of([self._shared, [[name in chosen, *self._policy(name, month)] for name in ordered]])

    @cached_property
    def wherever_it_stands(self) -> Recipe:
        """The same recipe with files named by their places in the folder, so that two copies of a library agree."""
        found, outline = self.found, self.outline

        def inside(path: str) -> str:
            place = Path(path)
            return place.relative_to(found.directory).as_posix() if place.is_relative_to(found.directory) else path

        policies = {
            name: replace(policy, editions=tuple(replace(e, path=inside(e.path)) for e in policy.editions))
            for name, policy in outline.policies.items()
        }
        contents = {inside(path): content for path, content in found.contents.items()}
        return Recipe(replace(found, contents=contents), replace(outline, policies=policies), self.state)

    def _policy(self, name: str, month: str) -> list[Any]:
        """A policy as programs see it: the text of its editions in force, and what later editions may say of it."""
        p = self.outline.policies[name]
        editions = [(e.month, *self._file(e.path)) for e in p.editions if e.month <= month]
        return [name, p.title, p.level, p.priced_by, p.extends, p.uses, p.under, editions]

    @cached_property
    def _shared(self) -> str:
        """Of what every program is made of: the files of no policy, and what all editions together declare."""
        outline = self.outline
        editions = {e.path for policy in outline.policies.values() for e in policy.editions}
        files = [self._file(path) for path in sorted(self.found.contents) if path not in editions]
        ever = [outline.families, outline.tiers, outline.lives, outline.layers]
        return _of([self.state, ever, files])

    def _file(self, path: str) -> tuple[str, str]:
        return path, self.found.contents.get(path, "")


def _of(parts: list[Any]) -> str:
    return hashlib.sha256(json.dumps(parts).encode()).hexdigest()
