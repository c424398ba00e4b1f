"""The policy files of a directory: finding them, reading them, and the digest of their content."""

from __future__ import annotations

import gc
import hashlib
from collections.abc import Iterable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from ccm_policy.language.diagnostics import Diagnostic, error
from ccm_policy.library import cache
from ccm_policy.shipped import POLICIES

if TYPE_CHECKING:
    from ccm_policy.language import syntax as s


@dataclass(frozen=True, slots=True)
class Found:
    """The policy files of a library before anything is parsed, and the digest of everything in it.

    `contents`: the digest of each file, of the tables beside the policies too, by its path.
    """

    directory: Path
    paths: tuple[str, ...]
    digest: str
    contents: Mapping[str, str]


def find(directory: Path) -> tuple[Found | None, list[Diagnostic]]:
    """The `*.policy` files under a directory, and the tables beside them, in order of their paths.

    A directory in which no file declares a library holds additions (a practice's own layer): it is laid on the shipped
    policies.
    """
    found, wrong = _held(directory)
    if found is None or any(declares_a_library(Path(path)) for path in found.paths):
        return found, wrong
    base, wrong = _held(POLICIES)
    if base is None:
        return None, wrong
    digest = hashlib.sha256(f"{base.digest} {found.digest}".encode()).hexdigest()
    contents = {**base.contents, **found.contents}
    return Found(directory, (*base.paths, *found.paths), f"sha256:{digest}", contents), []


def declares_a_library(file: Path) -> bool:
    """Whether a file has a `library` statement, seen without parsing it."""
    try:
        lines = file.read_text(encoding="utf-8-sig", errors="replace").splitlines()
    except OSError:
        return False
    return any(line.split("#")[0].strip() == "library" and line.startswith("library") for line in lines)


def _held(directory: Path) -> tuple[Found | None, list[Diagnostic]]:
    """What a directory itself holds."""
    if not directory.is_dir():
        what = "is a file, not a directory" if directory.exists() else "is not there"
        help = "name a directory of `*.policy` files"
        return None, [error("E0450", f"the directory of policies `{directory}` {what}", help=help)]
    paths: list[str] = []
    contents: dict[str, str] = {}
    wrong: list[Diagnostic] = []
    digest = hashlib.sha256()
    for folder in _unlisted(directory):
        wrong.append(error("E0451", f"the folder {folder} cannot be read", help="check the permissions of the folder"))
    files = (p for p in directory.rglob("*") if p.suffix in (".policy", ".csv") and p.is_file())
    for path in sorted(files, key=lambda p: p.parts):  # a path of Windows compares itself without regard to case
        if any(part.startswith(".") for part in path.relative_to(directory).parts):
            continue
        try:
            content = path.read_bytes()
        except OSError:
            wrong.append(error("E0451", f"{path} cannot be read", help="check the permissions of the file"))
            continue
        digest.update(f"{path.relative_to(directory).as_posix()}\0{len(content)}\0".encode(errors="surrogateescape"))
        digest.update(content)
        contents[str(path)] = hashlib.sha256(content).hexdigest()
        if path.suffix == ".policy":
            paths.append(str(path))
    if not paths and not wrong:
        help = "a policy file's name ends in `.policy`"
        wrong.append(error("E0452", f"there are no policy files in `{directory}`", help=help))
    if wrong:
        return None, wrong
    return Found(directory, tuple(paths), f"sha256:{digest.hexdigest()}", contents), []


def _unlisted(directory: Path) -> list[Path]:
    """Folders whose content the system does not show; policies in them would be missing without a word."""
    found = []
    for folder in (directory, *sorted(p for p in directory.rglob("*") if p.is_dir())):
        try:
            next(folder.iterdir(), None)
        except OSError:
            found.append(folder)
    return found


def unread(told: list[Diagnostic]) -> list[Diagnostic]:
    """The findings about files of which nothing could be read: while there are any, all else would be guesses."""
    return [d for d in told if d.code in ("CCM-E0130", "CCM-E0131", "CCM-E0132", "CCM-E0133", "CCM-E0134")]


def copied(told: list[Diagnostic], directories: Iterable[Path]) -> list[Diagnostic]:
    """What to say instead where a directory laid on a library holds the same policies: a copy without its header."""
    for directory in directories:
        here = directory.absolute()
        clashes = 0
        for each in told:
            if each.code == "CCM-E0403" and each.span is not None:
                places = [each.span.file, *(note.span.file for note in each.notes)]
                clashes += len({here in Path(place).absolute().parents for place in places}) == 2
        if clashes > 1:
            message = f"`{directory}` holds policies that the library below it has too, and declares no library itself"
            help = "put back the file with its `library` statement, or keep only the policies of your own"
            return [error("E0453", message, help=help)]
    return []


def parse_all(found: Found, *, keep: bool = True) -> tuple[tuple[s.File, ...], list[Diagnostic]]:
    """Every file as a surface tree, and everything that could not be read.

    With `keep`, trees of files without a fault are kept in the user's cache, each under the file's path and content.
    """
    from ccm_policy.language.source import read_source

    kept = cache.of_files(keep)
    classes = cache.surface()
    files: list[s.File] = []
    wrong: list[Diagnostic] = []
    with _nothing_to_collect():
        for path in found.paths:
            text, told = read_source(path)
            wrong += told
            if not told:
                file, told = _parsed(text, path, kept, classes)
                files.append(file)
                wrong += told
    return tuple(files), wrong


@contextmanager
def _nothing_to_collect() -> Iterator[None]:
    """Trees have no cycles and all of them stay: looking for garbage among them doubles the time of parsing."""
    on = gc.isenabled()
    gc.disable()
    try:
        yield
    finally:
        if on:
            gc.enable()


def _parsed(text: str, path: str, kept: cache.Cache, classes: cache.Classes) -> tuple[s.File, list[Diagnostic]]:
    key = f"{path}\0{text}"
    from ccm_policy.language.syntax import File

    known = kept.read(key, classes)
    if isinstance(known, File):
        return known, []
    from ccm_policy.language.parser import parse

    file, told = parse(text, path)
    if not told:
        kept.write(key, file)
    return file, told
