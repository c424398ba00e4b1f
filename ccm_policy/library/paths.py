"""What to check when somebody names files or directories: their library, and the findings that are theirs."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from pathlib import Path

from ccm_policy.language import syntax as s
from ccm_policy.language.diagnostics import Diagnostic, Span, error, in_order
from ccm_policy.language.report import Report, listed
from ccm_policy.language.syntax.texts import texts
from ccm_policy.library.checking import check
from ccm_policy.library.files import Found, copied, declares_a_library, find, parse_all, unread
from ccm_policy.library.source import make
from ccm_policy.shipped import POLICIES

_SHAPELESS = ("CCM-E0402", "CCM-E0403", "CCM-E0408", "CCM-E0453")
"""Findings that leave a policy, an edition or a base out: rules are not checked against what is left."""


@dataclass(frozen=True, slots=True)
class Checked:
    """What was found, in how many files, and how many findings stand in files that nobody asked about."""

    found: tuple[Diagnostic, ...]
    files: int
    elsewhere: int = 0


def check_paths(paths: Sequence[Path], directory: Path | None, schedules: Iterable[str] | None = None) -> Checked:
    """Check the library of a directory, or the files and directories named.

    A path inside a library is checked with all of it. A file outside of any is checked as an addition to the library
    of `directory`, or to the shipped one. `schedules` are the fee schedules that there are, where that is known.
    """
    missing = without_policies(paths)
    if missing:
        return Checked(tuple(missing), 0)
    if not paths:
        return _check(directory or POLICIES, (), schedules)
    parts = [_check(root, wanted, schedules) for root, wanted in by_library(paths, directory).items()]
    found = in_order(d for part in parts for d in part.found)
    return Checked(tuple(found), sum(p.files for p in parts), sum(p.elsewhere for p in parts))


def by_library(paths: Iterable[Path], directory: Path | None) -> dict[Path, list[Path]]:
    """Paths by the directory of their library: the one named, the one around them, or the shipped one."""
    roots: dict[Path, list[Path]] = {}
    for path in paths:
        roots.setdefault(directory or library_around(path) or POLICIES, []).append(path)
    return roots


def without_policies(paths: Iterable[Path]) -> list[Diagnostic]:
    """What to say of the paths that are not there, or hold no policies."""
    told = []
    for path in paths:
        if not path.exists():
            message = f"there is no file or directory `{path}`"
            told.append(error("E0450", message, help="check the path; policy files end in `.policy`"))
        elif path.is_dir() and not any(path.rglob("*.policy")):
            help = "a policy file's name ends in `.policy`"
            told.append(error("E0452", f"there are no policy files in `{path}`", help=help))
        elif path.is_file() and path.suffix != ".policy":
            help = "a policy file's name ends in `.policy`: rename it if it is one"
            told.append(error("E0452", f"`{path}` is not a policy file", help=help))
    return told


def library_around(path: Path) -> Path | None:
    """The directory above (or at) a path that declares a library: one of its own files has a `library` statement."""
    start = path if path.is_dir() else path.parent
    for folder in (start, *start.absolute().parents):
        for file in sorted(folder.glob("*.policy")):
            if declares_a_library(file):
                return _from_here(folder)
    return None


def _from_here(folder: Path) -> Path:
    """The folder as a person at the prompt would name it."""
    here = Path.cwd()
    return folder.relative_to(here) if folder.is_absolute() and folder.is_relative_to(here) else folder


def _check(root: Path, wanted: Sequence[Path], schedules: Iterable[str] | None) -> Checked:
    found, wrong = find(root)
    if found is None:
        return Checked(tuple(wrong), 0)
    added = _added(found, wanted)
    everything = replace(found, paths=(*found.paths, *added))
    files, told = parse_all(everything)
    blind = unread(told)
    source, more = (None, []) if blind else make(files)
    told = blind or copied(more, [p for p in wanted if p.is_dir()]) or [*told, *more]
    if source is not None and not any(d.code in _SHAPELESS for d in told):
        told += check(source)
    if schedules is not None:
        told += unpriced(files, frozenset(schedules))
    mine, others = _apart(in_order(told), root, wanted)
    return Checked(tuple(mine), len(everything.paths), len(others))


def unpriced(files: Iterable[s.File], schedules: frozenset[str]) -> list[Diagnostic]:
    """What names a fee schedule that there is not."""
    named: list[tuple[str, Span]] = []
    for clause in (c for file in files for statement in file.statements for c in statement.clauses):
        if clause.word == "priced by":
            named.append((" ".join(texts(clause.body)), clause.span))
        elif isinstance(clause.body, s.Pay):
            named.append((clause.body.schedule, clause.body.span))
    report = Report()
    for name, span in named:
        if name not in schedules and name != "that":
            help = f"the fee schedules are {listed(sorted(schedules), 40)}; others are given with `--fees`"
            report.unknown("E0292", "fee schedule", name, span, schedules, help)
    return report.found


def _added(found: Found, wanted: Iterable[Path]) -> tuple[str, ...]:
    """Files named that the library does not hold, and policy files of directories named that it does not."""
    there = {Path(p).absolute() for p in found.paths}
    named = [f for p in wanted for f in (sorted(p.rglob("*.policy")) if p.is_dir() else [p])]
    return tuple(str(f) for f in named if f.absolute() not in there)


def _apart(told: list[Diagnostic], root: Path, wanted: Sequence[Path]) -> tuple[list[Diagnostic], list[Diagnostic]]:
    """The findings in what was asked about, and the others."""
    if not wanted or any(p.absolute() == root.absolute() for p in wanted):
        return told, []
    asked = [p.absolute() for p in wanted]

    def is_mine(diagnostic: Diagnostic) -> bool:
        places = [diagnostic.span.file if diagnostic.span else "", *(n.span.file for n in diagnostic.notes)]
        files = [Path(p).absolute() for p in places if p]
        return not files or any(f == a or a in f.parents for f in files for a in asked)

    mine = [d for d in told if is_mine(d)]
    return mine, [d for d in told if not is_mine(d)]
