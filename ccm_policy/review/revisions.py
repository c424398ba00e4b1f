"""Policies as they stand in a revision of git, read from its objects: the work tree is not looked at."""

from __future__ import annotations

import os
import subprocess
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path, PurePosixPath

from ccm_policy.language.diagnostics import CcmPolicyError, error

READ = (".policy", ".csv")
"""Endings of the files that a library is made of."""
_FILE = b"100"
"""How the mode of a regular file begins; links and folders of other repositories are passed over."""


@dataclass(frozen=True, slots=True)
class Repository:
    """A repository, and the folder of the policies in it as git names it; empty where it is the whole."""

    root: Path
    folder: str

    def named(self, revision: str) -> str:
        """How a revision of the folder is called in messages: `HEAD~3:policies`."""
        return f"{revision}:{self.folder}" if self.folder else f"{revision}:"

    def resolved(self, revision: str) -> str:
        """The commit of a revision. Raises `CcmPolicyError` where there is none."""
        found = _git(self.root, "rev-parse", "--verify", "--quiet", "--end-of-options", f"{revision}^{{commit}}")
        if found.returncode:
            says = f"`{revision}` is no month, edition or folder, and no revision of {self.root}"
            hint = "a side is `2026-01`, `POLICY@2026-01`, a folder of policies, or a revision such as `HEAD~3`"
            if _git(self.root, "rev-parse", "--is-shallow-repository").stdout.strip() == b"true":
                hint = "the clone is shallow, and older commits are not in it: `git fetch --unshallow` brings them"
            raise CcmPolicyError([error("E0770", says, help=hint)])
        return found.stdout.decode().strip()

    def fork(self, one: str, other: str) -> str:
        """The commit in which two revisions part. Raises `CcmPolicyError` where they have none in common."""
        found = _git(self.root, "merge-base", self.resolved(one), self.resolved(other))
        if found.returncode:
            says = f"`{one}` and `{other}` have no commit in common"
            hint = f"write `{one}..{other}`, which compares the two as they are"
            raise CcmPolicyError([error("E0773", says, help=hint)])
        return found.stdout.decode().strip()

    def written(self, revision: str, to: Path) -> Path:
        """The folder as it stands in a revision, written under `to`. Raises `CcmPolicyError` where it is not there."""
        commit = self.resolved(revision)
        listed = _git(self.root, "ls-tree", "-r", "-z", "--full-tree", commit, *([self.folder] if self.folder else []))
        blobs = [(blob, path) for blob, path in _blobs(listed.stdout) if path.endswith(READ)]
        if not any(path.endswith(READ[0]) for _, path in blobs):
            says = f"there are no policy files in `{self.folder or '.'}` in revision `{revision}`"
            hint = "name the folder in which they stood with `--policies`, or another revision"
            raise CcmPolicyError([error("E0773", says, help=hint)])
        asked = "".join(f"{blob}\n" for blob, _ in blobs).encode()
        contents = _contents(_git(self.root, "cat-file", "--batch", given=asked).stdout)
        for (_, path), content in zip(blobs, contents, strict=True):
            place = to.joinpath(*PurePosixPath(path).relative_to(self.folder or ".").parts)
            place.parent.mkdir(parents=True, exist_ok=True)
            place.write_bytes(content)
        return to


def repository_of(folder: Path) -> Repository:
    """The repository in which a folder stands, whether or not it is there now. Raises `CcmPolicyError`."""
    there = folder.absolute()
    while not there.is_dir():
        there = there.parent
    found = _git(there, "rev-parse", "--show-toplevel")
    if found.returncode:
        said = found.stderr.decode(errors="replace").partition("\n")[0].removeprefix("fatal: ")
        why = "" if said.startswith("not a git repository") else f": git says `{said}`"
        says = f"`{folder}` stands in no git repository, so it has no revisions{why}"
        hint = "run it inside of the repository, name its folder with `--policies`, or compare two folders"
        raise CcmPolicyError([error("E0772", says, help=hint)])
    root = Path(found.stdout.decode(errors="surrogateescape").removesuffix("\n")).resolve()
    inside = folder.absolute().resolve().relative_to(root).as_posix()
    return Repository(root, "" if inside == "." else inside)


_NAMING = ("GIT_DIR", "GIT_WORK_TREE", "GIT_INDEX_FILE", "GIT_PREFIX", "GIT_COMMON_DIR")
"""What git sets for its hooks, and would look for instead of the repository in which the folder stands."""


def _git(at: Path, *words: str, given: bytes | None = None) -> subprocess.CompletedProcess[bytes]:
    known = {name: value for name, value in os.environ.items() if name not in _NAMING} | {"LC_ALL": "C"}
    try:
        return subprocess.run(["git", "-C", str(at), *words], input=given, capture_output=True, check=False, env=known)
    except FileNotFoundError:
        hint = "install git, or compare two folders of policies"
        says = "a revision was asked for, and git is not installed"
        raise CcmPolicyError([error("E0771", says, help=hint)]) from None


def _blobs(listed: bytes) -> Iterator[tuple[str, str]]:
    """Of what `ls-tree` lists: each file's object and path."""
    for line in listed.split(b"\0"):
        about, _, path = line.partition(b"\t")
        if about.startswith(_FILE):
            yield about.split()[2].decode(), path.decode(errors="surrogateescape")


def _contents(answer: bytes) -> Iterator[bytes]:
    """The contents that `cat-file --batch` gives, in the order of what was asked."""
    at = 0
    while at < len(answer):
        end = answer.index(b"\n", at)
        size = int(answer[at:end].split()[-1])
        yield answer[end + 1 : end + 1 + size]
        at = end + 1 + size + 1
