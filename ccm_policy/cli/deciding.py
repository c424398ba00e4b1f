"""Decide what a path holds, tell what is wrong with it, and say how it ended: for each command that decides a panel."""

from __future__ import annotations

import sys
from collections.abc import Iterable
from pathlib import Path
from typing import TYPE_CHECKING

from ccm_policy.cli.usage import NO_SUCH_INPUT
from ccm_policy.language.diagnostics import Diagnostic, in_order, rendered

if TYPE_CHECKING:
    from ccm_policy.api import PolicyLibrary
    from ccm_policy.cli.running import Task

DONE, REFUSED, COULD_NOT_RUN = 0, 1, 2


def decided(path: Path, month: str | None, library: PolicyLibrary, task: Task, strict: bool = False) -> int:
    """The exit status of the run; with `strict`, findings about the records count as refusals."""
    from ccm_policy.cli.running import over
    from ccm_policy.facts.plan import compiled
    from ccm_policy.facts.reading import panel_of
    from ccm_policy.facts.sources import opened

    with opened(path, plan := compiled(library.policies.vocabulary)) as source:
        told(source.problems)
        wrong = {problem.code for problem in source.problems}
        if wrong and wrong <= NO_SUCH_INPUT:
            return COULD_NOT_RUN
        result = over(panel_of(source, plan, month, path), library, task)
    wrong |= result.wrong
    if result.could_not_run or (not result.decided and wrong and wrong <= NO_SUCH_INPUT):
        return COULD_NOT_RUN
    return REFUSED if wrong or (strict and result.found) else DONE


def told(diagnostics: Iterable[Diagnostic]) -> None:
    """Write messages to stderr, after what was written to stdout."""
    sys.stdout.flush()
    for message in rendered(in_order(diagnostics)):
        sys.stderr.write(message + "\n")
