"""Policies and fee schedules sent to other machines: those of the package are there already, one's own go along."""

from __future__ import annotations

import tempfile
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from ccm_policy import fees, library
from ccm_policy.fees import FeeSchedules
from ccm_policy.library import Library

Files = Mapping[str, bytes]
"""What stands in a folder, by its path within it."""


@dataclass(frozen=True, slots=True)
class Shipped:
    """The folders that were laid on those of the package (None: there was none), and the digests of what they make."""

    policies: Files | None
    fees: Files | None
    digests: tuple[str, str]


def packed(policies: Path | None, schedules: Path | None, digests: tuple[str, str]) -> Shipped:
    """What must be sent."""
    return Shipped(_files(policies), _files(schedules), digests)


def unpacked(sent: Shipped) -> tuple[Library, FeeSchedules]:
    """The policies and fee schedules of this machine with what was sent; once in each process.

    Raises `RuntimeError` where they are not those of the sender: another version of the package is installed here.
    """
    if sent.digests not in _unpacked:
        loaded = library.load(_folder(sent.policies)), fees.load(_folder(sent.fees))
        if (loaded[0].digest, loaded[1].digest) != sent.digests:
            raise RuntimeError("this machine has other policies or fee schedules: install the sender's ccm-policy here")
        _unpacked[sent.digests] = loaded
    return _unpacked[sent.digests]


_unpacked: dict[tuple[str, str], tuple[Library, FeeSchedules]] = {}
_folders: list[tempfile.TemporaryDirectory[str]] = []
"""Folders that stay until the process ends."""


def _files(folder: Path | None) -> Files | None:
    if folder is None:
        return None
    files = (path for path in sorted(folder.rglob("*")) if path.is_file())
    return {path.relative_to(folder).as_posix(): path.read_bytes() for path in files}


def _folder(files: Files | None) -> Path | None:
    if files is None:
        return None
    kept = tempfile.TemporaryDirectory(prefix="ccm-policy-")
    _folders.append(kept)
    for name, data in files.items():
        path = Path(kept.name) / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(data)
    return Path(kept.name)
