"""Policy texts beside exactly what they become (`good/`), or exactly what is said about them (`bad/`).

Each text is added to the small library of `world`. `pytest --record` writes the expectations anew.
"""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest

from ccm_policy.language.diagnostics import render
from tests.resolve.printed import printed
from tests.resolve.small_library import LAYER, files_of, library_of

HERE = Path(__file__).parent
Golden = Callable[[Path, str], None]


@pytest.mark.parametrize("path", sorted((HERE / "good").glob("*.policy")), ids=lambda p: p.stem)
def test_good(path: Path, golden: Golden) -> None:
    source, found, sources = library_of(path.read_text(encoding="utf-8"))
    assert [render(d, sources) for d in found] == []
    assert source is not None
    program, found = source.program(("trial",), "2022-03")
    assert found == []
    golden(path.with_suffix(".expected"), printed(program, "trial"))


@pytest.mark.parametrize("path", sorted((HERE / "bad").glob("*.policy")), ids=lambda p: p.stem)
def test_bad(path: Path, golden: Golden) -> None:
    text = path.read_text(encoding="utf-8")
    _, found, sources = library_of(text)
    assert found
    golden(path.with_suffix(".expected"), "\n\n".join(render(d, sources) for d in found) + "\n")


def test_spans_point_at_the_text_that_is_wrong() -> None:
    text = "requirement copy\n  for      every ccm service\n  require  care_plan.copy_gven\n  severity advice\n"
    _, (found,), _ = library_of(text)
    assert found.span is not None
    assert (found.span.line - LAYER, found.span.column, found.span.end_column) == (3, 12, 31)
    assert files_of(text)["trial.policy"].splitlines()[found.span.line - 1][11:30] == "care_plan.copy_gven"
