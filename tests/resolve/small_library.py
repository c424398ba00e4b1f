"""The small library of `world`, with texts added to it or put in the place of its files."""

from __future__ import annotations

import re
from functools import lru_cache
from pathlib import Path

from ccm_policy.language import syntax
from ccm_policy.language.diagnostics import Diagnostic, in_order
from ccm_policy.language.parser import parse
from ccm_policy.library.checking import check
from ccm_policy.library.source import LibrarySource, make

WORLD = Path(__file__).parent / "world"
HEADER = """policy trial
  title   "Trial"
  edition 2021-01
  extends base.care
  applies when payer is beta

"""
LAYER = HEADER.count("\n")
SHARED = re.compile(r"^(policy|library|fact|list|values|roles|area|scope|table|facts|codes|source)\b", re.MULTILINE)


@lru_cache
def world() -> dict[str, syntax.File]:
    return {p.name: parse(p.read_text(encoding="utf-8"), p.name)[0] for p in sorted(WORLD.glob("*.policy"))}


def files_of(text: str) -> dict[str, str]:
    """A text to files: cut at lines `# file: NAME`; statements without a header stand in the policy `trial`."""
    parts = re.split(r"^# file: (\S+)\n", text, flags=re.MULTILINE)
    named = dict(zip(parts[1::2], parts[2::2], strict=True))
    if parts[0].strip():
        first = re.sub(r"\A(\s*#.*\n|\s*\n)*", "", parts[0])
        named["trial.policy"] = parts[0] if SHARED.match(first) else HEADER + parts[0]
    return named


def library_of(text: str) -> tuple[LibrarySource | None, list[Diagnostic], dict[str, str]]:
    """The small library with the text in it, what is wrong in all of it, and the sources for messages."""
    added = files_of(text)
    found: list[Diagnostic] = []
    files = dict(world())
    for name, content in added.items():
        files[name], told = parse(content, name)
        found += told
    source, told = make(tuple(files.values()))
    found += told
    if source is not None:
        found += check(source)
    sources = {p.name: p.read_text(encoding="utf-8") for p in WORLD.glob("*.policy")} | added
    return source, in_order(found), sources
