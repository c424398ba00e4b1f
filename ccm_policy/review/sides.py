"""What is compared: a month, an edition, a folder of policies, or a revision of git; each as a library and a month."""

from __future__ import annotations

import re
import shutil
import sys
import tempfile
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, field, replace
from pathlib import Path

from ccm_policy import library
from ccm_policy.facts.sources import INPUT, STDIN
from ccm_policy.language.diagnostics import CcmPolicyError, Diagnostic, error, rendered, shown
from ccm_policy.library import Library
from ccm_policy.library.showing import not_there
from ccm_policy.review.revisions import Repository, repository_of
from ccm_policy.shipped import POLICIES

_MONTH = re.compile(r"[0-9]{4}-(0[1-9]|1[0-2])")
_EDITION = re.compile(rf"(?P<policy>[^@\s]+)@(?P<month>{_MONTH.pattern})")


@dataclass(frozen=True, slots=True)
class Side:
    """One of the two. `month`: in which it is looked at; None: in every month. `policy`: of which it is an edition."""

    name: str
    library: Library
    directory: Path | None
    month: str | None = None
    policy: str | None = None

    def path(self, file: str) -> str:
        """A file of it by its path inside the folder of the policies, the same for both sides."""
        for folder in (self.library.directory, POLICIES):
            if Path(file).is_relative_to(folder):
                return Path(file).relative_to(folder).as_posix()
        return shown(file)


@dataclass(slots=True)
class Reading:
    """What is read to make sides. `policies`: the folder that was named, None: none was; `called`: how the places into
    which revisions and the standard input were written are called in messages."""

    policies: Path | None
    called: dict[str, str] = field(default_factory=dict)
    _kept: dict[Path | None, Library] = field(default_factory=dict)
    _closing: ExitStack = field(default_factory=ExitStack)

    @contextmanager
    def opened(self) -> Iterator[Reading]:
        """While it is open, what was written of revisions is there."""
        with self._closing:
            yield self

    def sides(self, words: list[str]) -> tuple[Side, Side]:
        """Two sides from one or two words. Raises `CcmPolicyError`."""
        if len(words) == 1 and ".." in words[0] and not Path(words[0]).is_dir():
            one, dots, other = re.split(r"(\.{2,3})", words[0], maxsplit=1)
            one, other = one or "HEAD", other or "HEAD"
            if dots == "...":
                repository = self._repository()
                return self.revision(repository.fork(one, other), f"{one}, where {other} began"), self.revision(other)
            return self.revision(one), self.revision(other)
        first = self.side(words[0])
        second = self.side(words[1]) if len(words) > 1 else self._as_it_stands(first)
        return _in_one_month(first, second)

    def side(self, word: str) -> Side:
        """What one word means."""
        if _MONTH.fullmatch(word):
            side = Side(word, self._load(self.policies), self.policies, word)
            _known(side)
            return side
        if (edition := _EDITION.fullmatch(word)) and not Path(word).exists():
            return self._edition(word, edition["policy"], edition["month"])
        if Path(word).exists():
            folder = Path(word)
            return Side(word, self._load(folder), folder)
        return self.revision(word)

    def revision(self, revision: str, name: str = "") -> Side:
        """The policies in a revision of git. What is wrong in them is told with the names that git knows."""
        repository = self._repository()
        folder = Path(self._closing.enter_context(tempfile.TemporaryDirectory(prefix="ccm-policy-"))).resolve()
        self.called[shown(str(folder))] = repository.named(revision)
        repository.written(revision, folder)
        return Side(name or revision, library.load(folder, cache=False), folder)

    def twice(self, panel: Path) -> Path:
        """A panel that can be read once for each side: what comes on the standard input is kept while this is open."""
        if str(panel) != STDIN or sys.stdin is None:
            return panel
        folder = Path(self._closing.enter_context(tempfile.TemporaryDirectory(prefix="ccm-policy-"))).resolve()
        kept = folder / "panel.jsonl"
        with kept.open("wb") as copy:
            shutil.copyfileobj(sys.stdin.buffer, copy)
        self.called[shown(str(kept))] = INPUT
        return kept

    def told(self, diagnostics: tuple[Diagnostic, ...]) -> str:
        """Messages, with the files of revisions as git names them."""
        text = "\n\n".join(rendered(diagnostics)) + "\n"
        for folder, name in self.called.items():
            text = text.replace(f"{folder}/", name if name.endswith(":") else f"{name}/").replace(folder, name)
        return text

    def folder(self) -> Path:
        """The folder of which revisions are asked for: the one that was named, or `policies` where the command runs."""
        if self.policies is not None:
            return self.policies
        here = Path("policies")
        return here if here.is_dir() else Path.cwd()

    def _repository(self) -> Repository:
        return repository_of(self.folder())

    def _as_it_stands(self, first: Side) -> Side:
        """The other side of one word: the policies as they are now."""
        if first.month is not None:
            says = f"`{first.name}` is compared with what?"
            hint = "name two months, as in `ccm-policy diff 2025-12 2026-01`"
            raise CcmPolicyError([error("E0803", says, help=hint)])
        return Side("the policies as they stand", self._load(self.folder()), self.folder())

    def _edition(self, word: str, policy: str, month: str) -> Side:
        side = Side(word, self._load(self.policies), self.policies, month, policy)
        wrong = not_there(side.library, policy, month)
        if wrong is not None:
            raise CcmPolicyError([wrong])
        editions = [edition.month for edition in side.library.policies[policy].editions]
        if month not in editions:
            says = f"no edition of `{policy}` begins in {month}"
            raise CcmPolicyError([error("E0774", says, help=f"its editions: {', '.join(editions)}")])
        return side

    def _load(self, directory: Path | None) -> Library:
        if directory not in self._kept:
            self._kept[directory] = library.load(directory)
        return self._kept[directory]


def _in_one_month(first: Side, second: Side) -> tuple[Side, Side]:
    """Where one side is of a month and the other is not, both are looked at in that month."""
    if first.policy != second.policy and first.policy and second.policy:
        says = f"`{first.name}` and `{second.name}` are editions of two policies"
        raise CcmPolicyError([error("E0775", says, help="compare two editions of one policy")])
    policy = first.policy or second.policy
    month = first.month or second.month
    sides = (replace(side, month=side.month or month, policy=policy) for side in (first, second))
    one, other = sides
    for side in (one, other):
        _known(side)
    return one, other


def _known(side: Side) -> None:
    if side.month is not None:
        refused = side.library.select({}, side.month)
        if isinstance(refused, Diagnostic):
            raise CcmPolicyError([refused])
