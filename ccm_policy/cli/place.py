"""Where output goes: a file that is there only when it is whole, and that takes the place of nothing that is read."""

from __future__ import annotations

import glob
import os
import re
import secrets
import sys
from collections.abc import Iterable, Iterator, Mapping
from contextlib import ExitStack, contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path

from ccm_policy.facts.sources import STDIN
from ccm_policy.language.diagnostics import CcmPolicyError, Diagnostic, Place, error


def refuse_in_the_way(written: Iterable[Path | None], read: Iterable[Path | None]) -> None:
    """Raise `CcmPolicyError` where output would take the place of what is read, or join a folder of it."""
    sources = tuple(filter(None, read))
    told = [fault for out in filter(None, written) for path in sources if (fault := _in_the_way(out, path))]
    if told:
        raise CcmPolicyError(told[:1])


def _in_the_way(out: Path, path: Path) -> Diagnostic | None:
    if _same(out, path):
        says = "the output would take the place of what is read"
        return error("E0564", says, place=Place(str(out)), help="choose another name for it")
    folder = out.parent.resolve()
    if path.is_dir() and any(_same(above, path) for above in (folder, *folder.parents)):
        says = f"the output would stand in {path}, the folder of what is read"
        return error("E0564", says, place=Place(str(out)), help="choose a place outside of that folder")
    if out.is_dir() and any(_same(above, out) for above in path.resolve().parents):
        says = f"the output would take the place of a folder in which {path} stands"
        return error("E0564", says, place=Place(str(out)), help="choose another folder for it")
    return None


def _same(one: Path, other: Path) -> bool:
    """Whether two names lead to one file, by links too; `-` is what the standard input was opened from."""
    try:
        if str(other) == STDIN:
            return sys.stdin is not None and os.path.samestat(one.stat(), os.fstat(sys.stdin.fileno()))
        return one.samefile(other)
    except (OSError, ValueError):  # one of them is not there, or the input is nothing of the system's
        return False


@dataclass(slots=True)
class Part:
    """A file that is being written. `keep`: whether it is to stay."""

    path: Path
    keep: bool = True


@contextmanager
def beside(path: Path) -> Iterator[Part]:
    """A file next to `path`, which takes its place when all went well, and else is gone. One that an earlier run could
    not remove, since it was killed, is removed now.

    Raises `CcmPolicyError` where nothing can be written there.
    """
    if path.exists() and not path.is_file():
        says = "the output could not be written: what stands there is no file"
        raise CcmPolicyError([error("E0804", says, help=f"choose another place than {path}")])
    _remove_what_was_left(path)
    part = Part(path.with_name(f".{path.name}.{secrets.token_hex(4)}.part"))
    try:
        part.path.touch(exist_ok=False)
    except OSError as fault:
        says = f"the output could not be written: {(fault.strerror or 'the system refused').lower()}"
        hint = f"choose another place than {path}, or make its folder"
        raise CcmPolicyError([error("E0804", says, help=hint)]) from None
    try:
        with _in_use(part.path):
            yield part
        if part.keep:
            part.path.replace(path)
    finally:
        part.path.unlink(missing_ok=True)


@contextmanager
def _in_use(path: Path) -> Iterator[bool]:
    """Hold a file, so that no other run takes it for one that was left; whether nobody else does. Where the system has
    no such locks (Windows), a file that is open cannot be removed."""
    try:
        import fcntl
    except ImportError:
        yield True
        return
    with path.open("ab") as held:
        try:
            fcntl.flock(held, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except OSError:
            yield False
        else:
            yield True


def _remove_what_was_left(path: Path) -> None:
    name = re.compile(rf"\.{re.escape(path.name)}\.[0-9a-f]{{8}}\.part")
    for left in path.parent.glob(f".{glob.escape(path.name)}.*.part"):
        with suppress(OSError):
            if name.fullmatch(left.name) and left.is_file() and not left.is_symlink():
                with _in_use(left) as alone:
                    if alone:
                        left.unlink()


def write_all(texts: Mapping[Path, bytes]) -> None:
    """Every file in its place, in folders that are made for it, once all of them are whole; else `CcmPolicyError`."""
    with ExitStack() as last:
        for path, text in texts.items():
            try:
                path.parent.mkdir(parents=True, exist_ok=True)
            except OSError as fault:
                says = f"the folder could not be made: {(fault.strerror or 'the system refused').lower()}"
                raise CcmPolicyError([error("E0804", says, help=f"choose another place than {path.parent}")]) from None
            last.enter_context(beside(path)).path.write_bytes(text)
