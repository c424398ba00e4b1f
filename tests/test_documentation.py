"""Every command in the README and the docs is run, and prints what the page says it prints.

A fenced `console` block holds commands (`$ …`) and their output. A line of the output that is only `…` stands for any
lines. `pytest --record` writes the outputs of blocks without such a line anew. What stands in another block wants files
that are not here, or goes on for ever: its words are read as the command itself reads them, and the options of what
stands between words too.
"""

from __future__ import annotations

import argparse
import importlib
import os
import re
import shlex
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from ccm_policy.cli.main import COMMANDS
from ccm_policy.cli.usage import Parser

ROOT = Path(__file__).parents[1]
PAGES = [ROOT / "README.md", ROOT / "CONTRIBUTING.md", *sorted((ROOT / "docs").rglob("*.md"))]
BLOCK = re.compile(r"^```console\n(.*?)^```", re.DOTALL | re.MULTILINE)


def blocks() -> Iterator[tuple[Path, str]]:
    for page in PAGES:
        if page.exists():
            for match in BLOCK.finditer(page.read_text(encoding="utf-8")):
                yield page, match.group(1)


def run(command: str) -> str:
    env = dict(os.environ, NO_COLOR="1", COLUMNS="120", PYTHONUTF8="1")
    env["PATH"] = f"{Path(sys.executable).parent}{os.pathsep}{env['PATH']}"
    done = subprocess.run(
        ["bash", "-c", command], cwd=ROOT, env=env, capture_output=True, encoding="utf-8", timeout=120, check=False
    )
    return done.stdout + done.stderr


def commands(block: str) -> Iterator[tuple[str, str]]:
    for part in re.split(r"^(?=\$ )", block, flags=re.MULTILINE):
        if part.startswith("$ "):
            command, _, output = part[2:].partition("\n")
            yield command, output


def matches(expected: str, actual: str) -> bool:
    pieces = [re.escape(p) for p in re.split(r"^…\n", expected, flags=re.MULTILINE)]
    return re.fullmatch("(?:.*\n)*?".join(pieces), actual) is not None


def label(case: tuple[Path, str]) -> str:
    return f"{case[0].relative_to(ROOT)}:{case[1].splitlines()[0][2:60]}"


@pytest.mark.skipif(os.name == "nt", reason="the commands are written for a POSIX shell")
@pytest.mark.parametrize("case", list(blocks()), ids=label)
def test_a_page_shows_what_its_commands_print(case: tuple[Path, str], request: pytest.FixtureRequest) -> None:
    page, block = case
    if request.config.getoption("--record") and "\n…\n" not in block:
        fresh = "".join(f"$ {command}\n{run(command)}" for command, _ in commands(block))
        page.write_text(page.read_text(encoding="utf-8").replace(block, fresh), encoding="utf-8", newline="\n")
        return
    for command, expected in commands(block):
        actual = run(command)
        assert matches(expected, actual), f"$ {command}\n{actual}"


FENCED = re.compile(r"^```(?P<language>\w*)[^\n]*\n(?P<said>.*?)^```", re.DOTALL | re.MULTILINE)
INLINE = re.compile(r"`(?P<said>ccm-policy [a-z][^`\n]*)`(?P<language>)")


def said(pattern: re.Pattern[str]) -> Iterator[tuple[str, list[str]]]:
    """The words of each command that pages show and no test runs."""
    for page in PAGES:
        for match in pattern.finditer(page.read_text(encoding="utf-8")):
            for line in match["said"].splitlines():
                if line.startswith("ccm-policy ") and match["language"] != "console":
                    yield f"{page.relative_to(ROOT).as_posix()}: {line}", shlex.split(line, comments=True)[1:]


def reader(command: str) -> Parser:
    parser = Parser(prog=f"ccm-policy {command}", exit_on_error=False)
    importlib.import_module(f"ccm_policy.cli.{command}").configure(parser)
    return parser


def test_commands_that_are_not_run_are_read_as_they_stand() -> None:
    found = list(said(FENCED))
    assert len(found) > 15
    wrong = []
    for where, words in found:
        try:
            reader(words[0]).parse_args(words[1:])
        except SystemExit:
            wrong.append(where)
    assert wrong == []


def options(parser: argparse.ArgumentParser) -> Iterator[str]:
    for action in parser._actions:
        yield from action.option_strings
        if isinstance(action, argparse._SubParsersAction):
            for below in action.choices.values():
                yield from options(below)


def test_options_that_pages_speak_of_are_there() -> None:
    found = list(said(INLINE))
    assert len(found) > 30
    known = {name: {*options(reader(name))} for name in COMMANDS}
    wrong = [
        where
        for where, (command, *words) in found
        if {word.partition("=")[0] for word in words if word.startswith("--")} - known.get(command, set())
    ]
    assert wrong == []


def test_every_picture_of_the_readme_is_there_and_small() -> None:
    named = re.findall(r"!\[[^\]]+\]\(([^)]+)\)", (ROOT / "README.md").read_text(encoding="utf-8"))
    assert named
    assert {name: (ROOT / name).stat().st_size < 150_000 for name in named} == dict.fromkeys(named, True)
