"""An npm package at one fixed version, fetched with npm itself, checked against its published digest, and kept."""

from __future__ import annotations

import base64
import hashlib
import shutil
import subprocess
import tempfile
from pathlib import Path

from ccm_policy.language import stored


def cache() -> Path:
    """Where archives are kept between builds."""
    return stored.of_user() / "npm"


def archive(package: str, version: str, integrity: str) -> Path | str:
    """The package's archive, or why there is none. `integrity`: SHA-512 in base 64, as the registry recorded it."""
    kept = cache() / f"{package}-{version}.tgz"
    if not kept.exists() and (why := _fetched(package, version, kept)) is not None:
        return why
    if base64.b64encode(hashlib.sha512(kept.read_bytes()).digest()).decode() != integrity:
        kept.unlink()
        return "the archive that npm gave is not the one that was published"
    return kept


def _fetched(package: str, version: str, to: Path) -> str | None:
    program = shutil.which("npm")
    if program is None:
        return "npm is not installed"
    with tempfile.TemporaryDirectory() as folder:
        command = [program, "pack", f"{package}@{version}", "--silent", "--pack-destination", folder]
        try:
            subprocess.run(command, capture_output=True, timeout=300, check=False)
        except (OSError, subprocess.TimeoutExpired):
            return "npm could not be run"
        found = list(Path(folder).glob("*.tgz"))
        if not found:
            return "the npm registry could not be reached"
        to.parent.mkdir(parents=True, exist_ok=True)
        shutil.move(str(found[0]), to)
    return None
