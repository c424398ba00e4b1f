"""The interpreter packed for the browser: our own Python, the two pure libraries it needs, policies and fee schedules.

The Python of the browser is Pyodide, from its npm package at one fixed version; the archive is checked against the
digest that npm recorded for it, and kept, so that it is fetched once.
"""

from __future__ import annotations

import importlib
import io
import tarfile
import zipfile
from collections.abc import Iterator
from pathlib import Path

from ccm_policy.language.diagnostics import Diagnostic, error
from ccm_policy.site import npm
from ccm_policy.site.page import Asset

PYODIDE = "314.0.7"
INTEGRITY = "0YvXxEhfEdpLfb/XkM2BFAeMROq0iMUX2bzzH9pOttyMcWkwq+HbE5uyuGD82LN7y2q+SNvi/6V5JEsOlD2R1A=="
"""SHA-512 of the package's archive, as the registry recorded it."""
NEEDED = ("pyodide.mjs", "pyodide.asm.mjs", "pyodide.asm.wasm", "python_stdlib.zip", "pyodide-lock.json")
LEFT_OUT = frozenset(
    {"cli", "tables", "prove", "review", "editor", "assets", "pages", "prose", "_shipped", "__pycache__"}
)
LIBRARIES = ("lark", "yaml")
STAMP = (1980, 1, 1, 0, 0, 0)


def pyodide() -> Path | Diagnostic:
    """The archive of Pyodide's npm package, fetched with npm unless it is kept already; or why there is none."""
    found = npm.archive("pyodide", PYODIDE, INTEGRITY)
    return found if isinstance(found, Path) else _missing(found)


def left_out() -> Diagnostic:
    """That the page was not asked for."""
    return error("E0905", "the Python for the Try it page was not asked for")


def _missing(why: str) -> Diagnostic:
    return error(
        "E0905",
        f"the Python for the Try it page is not available: {why}",
        help="install npm and build once with a network, or build with --try-it off",
    )


def assets(archive: Path, policies: tuple[Path, ...], fee_schedules: Path) -> Iterator[Asset]:
    """Everything that the page loads: Pyodide's files, and one archive of ours."""
    with tarfile.open(archive) as packed:
        for name in NEEDED:
            member = packed.extractfile(f"package/{name}")
            if member is not None:
                yield Asset(f"assets/try/pyodide/{name}", member.read())
    yield Asset("assets/try/bundle.zip", _bundle(policies, fee_schedules))


def _bundle(policies: tuple[Path, ...], fee_schedules: Path) -> bytes:
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as packed:
        package = Path(importlib.import_module("ccm_policy").__file__ or "").parent
        _add(packed, package, "python/ccm_policy")
        for name in LIBRARIES:
            _add(packed, Path(importlib.import_module(name).__file__ or "").parent, f"python/{name}")
        for folder in policies:
            _add(packed, folder, "policies")
        _add(packed, fee_schedules, "fee_schedules")
    return out.getvalue()


def _add(packed: zipfile.ZipFile, folder: Path, under: str) -> None:
    """Every file that is read at run time, in one order and with one date: the same input makes the same bytes."""
    for file in sorted(folder.rglob("*")):
        parts = file.relative_to(folder).parts
        compiled = file.suffix in {".so", ".pyd", ".pyc"}
        if file.is_file() and not compiled and not LEFT_OUT.intersection(parts):
            info = zipfile.ZipInfo(f"{under}/{'/'.join(parts)}", STAMP)
            info.compress_type = zipfile.ZIP_DEFLATED
            packed.writestr(info, file.read_bytes())
