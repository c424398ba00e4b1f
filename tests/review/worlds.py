"""A small library on disk, edited as an author edits it; one command run on it, and what it wrote."""

from __future__ import annotations

import os
import shutil
import subprocess
from collections.abc import Callable
from pathlib import Path

import pytest

from ccm_policy.cli.main import main

ROOT = Path(__file__).parents[2]
WORLD = ROOT / "tests" / "resolve" / "world"
GOLDEN = Path(__file__).parent / "golden"
Run = Callable[..., tuple[int, str, str]]


def small(to: Path) -> Path:
    """The small library in a folder of its own."""
    return Path(shutil.copytree(WORLD, to))


def shipped(to: Path) -> Path:
    """A copy of the shipped policies."""
    return Path(shutil.copytree(ROOT / "policies", to))


def edit(file: Path, old: str, new: str) -> None:
    """Put one text in the place of another."""
    text = file.read_text(encoding="utf-8")
    assert text.count(old) == 1, f"{old!r} stands {text.count(old)} times in {file.name}"
    file.write_text(text.replace(old, new), encoding="utf-8", newline="\n")


def git(at: Path, *words: str) -> str:
    """Run git there, as nobody in particular."""
    who = {f"GIT_{role}_{what}": "nobody@example.org" for role in ("AUTHOR", "COMMITTER") for what in ("NAME", "EMAIL")}
    clean = {name: value for name, value in os.environ.items() if not name.startswith("GIT_")}
    env = {**clean, **who, "GIT_CONFIG_GLOBAL": os.devnull, "GIT_CONFIG_NOSYSTEM": "1"}
    done = subprocess.run(["git", *words], cwd=at, env=env, capture_output=True, encoding="utf-8", check=True)
    return done.stdout


def committed(at: Path, message: str) -> None:
    """Commit all that is there."""
    git(at, "add", "-A")
    git(at, "commit", "-q", "-m", message)


@pytest.fixture
def ccm(capsys: pytest.CaptureFixture[str]) -> Run:
    """Run the command; its status, what it wrote, and what it told."""

    def run(*words: str | Path) -> tuple[int, str, str]:
        status = main([str(word) for word in words])
        written = capsys.readouterr()
        return status, written.out, written.err

    return run
