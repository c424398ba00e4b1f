"""Files to policies: loading, editions and amendments, layers, consolidation.

`load` gives a `Library`, which selects the policies of a patient-month and gives their `Program`.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING

from ccm_policy.language import tree as t
from ccm_policy.language.diagnostics import CcmPolicyError, Diagnostic, has_errors, in_order
from ccm_policy.language.values import Value
from ccm_policy.library import cache as store
from ccm_policy.library.files import Found, copied, find, parse_all, unread
from ccm_policy.library.outline import Outline, PolicyOutline
from ccm_policy.library.programs import Programs
from ccm_policy.library.recipe import Recipe
from ccm_policy.library.selection import Selection, Selector
from ccm_policy.shipped import POLICIES

if TYPE_CHECKING:
    from ccm_policy.language import syntax as s
    from ccm_policy.library.source import LibrarySource

__all__ = ["Library", "PolicyOutline", "Selection", "load", "load_checked"]

MOST_PROGRAMS, MOST_DIGESTS = 256, 100_000
"""How many a process holds of one library; programs that were not asked for longest go first."""


class Library:
    """The policies of a directory. Made by `load`; programs are made when they are first asked for, and kept."""

    def __init__(self, found: Found, outline: Outline, source: LibrarySource | None, keep: bool) -> None:
        self.directory = found.directory
        self.digest = found.digest
        self.outline = outline
        self._found = found
        self._keep = keep
        self._source = source
        self._selector = Selector(outline)
        self._recipe = Recipe(found, outline, store.state())
        kept = store.of_library(found.digest, found.directory, keep)
        self._kept = Programs(kept.pack("programs"), outline, store.typed())
        self._programs: dict[str, t.Program] = {}
        self._digests: dict[tuple[tuple[str, ...], str], str] = {}
        self._contents: dict[tuple[tuple[str, ...], str], str] = {}

    @property
    def vocabulary(self) -> t.Vocabulary:
        """What can be known about a patient-month."""
        return self.outline.vocabulary

    @property
    def known_through(self) -> str:
        """The last month (`YYYY-MM`) for which the policies are known."""
        return self.outline.known_through

    @property
    def policies(self) -> dict[str, PolicyOutline]:
        """Every policy by name: title, level, editions with their titles and paths."""
        return self.outline.policies

    @property
    def source(self) -> LibrarySource:
        """The parsed files and all that is made of them; parsed now where they came from the cache."""
        if self._source is None:
            from ccm_policy.library.source import make

            files, wrong = parse_all(self._found, keep=self._keep)
            made, more = make(files)
            if made is None or has_errors([*wrong, *more]):
                raise CcmPolicyError(in_order([*wrong, *more]))
            self._source = made
        return self._source

    @property
    def files(self) -> tuple[s.File, ...]:
        """The surface trees of all files, in order of their paths."""
        return self.source.files

    def select(
        self, facts: Mapping[str, Value], month: str, optional: frozenset[str] = frozenset()
    ) -> Selection | Diagnostic:
        """The policies for these facts in a month (`YYYY-MM`), with the optional layers asked for.

        Facts are typed values by path; what absence of a selecting fact means is the vocabulary's to say. A month that
        the library does not know, and an optional layer that is not there, give a diagnostic.
        """
        return self._selector.select(facts, month, optional)

    @property
    def selected_by(self) -> tuple[str, ...]:
        """The facts that a selection can hang on."""
        return self._selector.reads

    def program(self, policies: tuple[str, ...], month: str) -> t.Program:
        """Everything in force for these policies and what they rest on; `CcmPolicyError` where it is wrong.

        Months and policies that read the same text get the same program, and `Program.digest` names it for ever.
        """
        digest = self.digest_of(policies, month)
        program = self._programs.pop(digest, None) or self._kept.read(digest) or self._made(policies, month, digest)
        self._programs[digest] = program
        if len(self._programs) > MOST_PROGRAMS:
            del self._programs[next(iter(self._programs))]
        return program

    def _made(self, policies: tuple[str, ...], month: str, digest: str) -> t.Program:
        program, wrong = self.source.program(policies, month, told=False)
        if has_errors(wrong):
            raise CcmPolicyError(in_order(wrong))
        return self._kept.write(digest, program)

    def digest_of(self, policies: tuple[str, ...], month: str) -> str:
        """The digest that the program of these policies has, without making it."""
        key = (policies, month)
        if key not in self._digests:
            if len(self._digests) > MOST_DIGESTS:
                self._digests.clear()
            self._digests[key] = self._recipe.digest(policies, month)
        return self._digests[key]

    def content_of(self, policies: tuple[str, ...], month: str) -> str:
        """The digest of all that a program of these policies, or of fewer, is made of; the same for a copy of the
        library in another folder."""
        key = (policies, month)
        if key not in self._contents:
            self._contents[key] = self._recipe.wherever_it_stands.digest(policies, month)
        return self._contents[key]

    def text_of(self, month: str) -> str:
        """The digest of all text that stands in a month, whatever code reads it and wherever its folder is."""
        return replace(self._recipe.wherever_it_stands, state="").digest(tuple(sorted(self.policies)), month)

    @cached_property
    def texts(self) -> store.Texts:
        """Where texts that are made of programs are kept between runs: `texts.read(program.digest, kind)`."""
        return store.Texts(self._keep)

    def consolidated(self, policy: str, month: str, *, merged: bool = False) -> tuple[str, tuple[s.Statement, ...]]:
        """A policy's title and its own statements in force in a month, each with the edition it comes from.

        With `merged`, the statements of its bases and of what it uses too, in the order of their layers. Raises
        `CcmPolicyError` for a policy or a month that is not there.
        """
        from ccm_policy.library.showing import consolidated

        return consolidated(self, policy, month, merged)


def load(directory: Path | None = None, *, cache: bool = True) -> Library:
    """The policies of a directory, or the ones that come with the package; `CcmPolicyError` with all that is wrong.

    What is wrong in the rules of a month is told when its program is asked for; `ccm-policy check` tells all.
    """
    library, wrong = load_checked(directory, cache=cache)
    if library is None or has_errors(wrong):
        raise CcmPolicyError(wrong)
    return library


def load_checked(directory: Path | None = None, *, cache: bool = True) -> tuple[Library | None, list[Diagnostic]]:
    """The library and everything that is wrong in its files, shared declarations and chains of editions."""
    found, wrong = find(directory if directory is not None else POLICIES)
    if found is None:
        return None, wrong
    kept = store.of_library(found.digest, found.directory, cache)
    outline = kept.read("outline", store.typed())
    if isinstance(outline, Outline):
        return Library(found, outline, None, cache), []
    from ccm_policy.library.source import make

    files, wrong = parse_all(found, keep=cache)
    if unread(wrong):
        return None, in_order(unread(wrong))
    source, more = make(files)
    wrong = copied(more, [found.directory]) or in_order([*wrong, *more])
    if source is None:
        return None, wrong
    if not wrong:
        kept.write("outline", source.outline)
    return Library(found, source.outline, source, cache), wrong
