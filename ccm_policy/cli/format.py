"""Lay policy files out in canonical form: clause words in one column, one clause a line, comments kept.

A file with errors is left as it is. Without PATH, every *.policy file below the current folder is laid out.

examples:
  ccm-policy format policies/medicare
  ccm-policy format --check
"""

from __future__ import annotations

import argparse
import contextlib
import os
import sys
from pathlib import Path

from ccm_policy.language.diagnostics import Diagnostic, Span, error, has_errors, render
from ccm_policy.language.source import policy_files, read_source

CHANGED, UNCHANGED, REFUSED = range(3)
COULD_NOT_RUN = 2


def configure(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("path", nargs="*", type=Path, metavar="PATH", help="policy files, or folders of them")
    parser.add_argument("--check", action="store_true", help="change nothing; exit with 1 where a file would change")


def run(args: argparse.Namespace) -> int:
    files, wrong = policy_files(args.path or [Path()])
    for diagnostic in wrong:
        _complain(diagnostic)
    outcomes = [_file(path, check=args.check) for path in files]
    changed, refused = outcomes.count(CHANGED), outcomes.count(REFUSED)
    would = "would change" if args.check else "laid out"
    counts = f"{changed} {would}, {outcomes.count(UNCHANGED)} as they should be, {refused} with errors"
    sys.stdout.write(f"{len(files)} {'file' if len(files) == 1 else 'files'}: {counts}\n")
    if wrong and not files:
        return COULD_NOT_RUN
    return int(bool(wrong or refused or (args.check and changed)))


def _file(path: Path, *, check: bool) -> int:
    """Lay one file out; it is only written when reading the result gives the same policy."""
    from ccm_policy.language.format import format_file
    from ccm_policy.language.parser import parse

    text, wrong = read_source(path)
    if has_errors(wrong):
        return _refuse(wrong, {})
    file, wrong = parse(text, str(path))
    if has_errors(wrong):
        return _refuse(wrong, {str(path): text})
    new = format_file(file)
    again, wrong = parse(new, str(path))
    if wrong or again != file or format_file(again) != new:
        return _refuse([_not_the_same(path)], {})
    if new.encode() == path.read_bytes():
        return UNCHANGED
    if check:
        _complain(_differs(path, text, new), {str(path): text})
        return CHANGED
    return _write(path, new)


def _write(path: Path, text: str) -> int:
    """Put the new text in the file's place in one step, with the file's own permissions."""
    real = path.resolve()
    part = real.with_name(f".{real.name}.{os.getpid()}.part")
    try:
        part.write_text(text, encoding="utf-8", newline="\n")
        part.chmod(real.stat().st_mode)
        part.replace(real)
    except OSError as fault:
        with contextlib.suppress(OSError):
            part.unlink()
        reason = fault.strerror or "the system refused"
        help = "check the permissions of the file and its folder"
        return _refuse([error("E0142", f"{path} cannot be written: {reason}", help=help)], {})
    sys.stdout.write(f"laid out {path}\n")
    return CHANGED


def _differs(path: Path, old: str, new: str) -> Diagnostic:
    """Where a file first departs from the canonical layout."""
    pairs = enumerate(zip(old.split("\n"), new.split("\n"), strict=False), start=1)
    line, text = next(((n, a) for n, (a, b) in pairs if a != b), (1, ""))
    span = Span(str(path), line, 1, line, len(text) + 1)
    return error("E0140", "not in canonical layout from here on", span, help=f"run `ccm-policy format {path}`")


def _not_the_same(path: Path) -> Diagnostic:
    return error(
        "E0141",
        f"laying out {path} would change what it says, so it was left alone",
        help="this is a defect of the program, not of the file; please report it with the file",
    )


def _refuse(wrong: list[Diagnostic], sources: dict[str, str]) -> int:
    for diagnostic in wrong:
        _complain(diagnostic, sources)
    return REFUSED


def _complain(diagnostic: Diagnostic, sources: dict[str, str] | None = None) -> None:
    sys.stderr.write(f"{render(diagnostic, sources)}\n\n")
