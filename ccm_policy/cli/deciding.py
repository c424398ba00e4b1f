"""Decide what a path holds, tell what is wrong with it, and say how it ended: for each command that decides a panel."""

from __future__ import annotations

import argparse
import gc
import sys
from collections.abc import Callable, Iterable
from contextlib import ExitStack
from pathlib import Path
from typing import TYPE_CHECKING

from ccm_policy.cli.usage import NO_SUCH_INPUT
from ccm_policy.language.diagnostics import CcmPolicyError, Diagnostic, in_order, rendered

if TYPE_CHECKING:
    from ccm_policy.api import PolicyLibrary
    from ccm_policy.cli.running import Task
    from ccm_policy.intake.origins import Origins

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


def guarded(work: Callable[[], int]) -> int:
    """The exit status of what is done; what cannot be done at all is told."""
    try:
        return work()
    except CcmPolicyError as fault:
        told(fault.diagnostics)
        sys.stderr.writelines(getattr(fault, "__notes__", ()))
        return COULD_NOT_RUN


def on_facts(
    args: argparse.Namespace,
    library: PolicyLibrary,
    decide: Callable[[Path, Origins | None], int],
    report: Path | None = None,
) -> int:
    """What `decide` makes of the facts that are named, or that exports come to; then with where these came from. With
    `--strict` it is a refusal that not all of their rows are used. `report`: where the report of reading goes.

    Raises `CcmPolicyError` where nothing can be decided.
    """
    if args.mapping is None:
        return decide(args.path, None)
    from ccm_policy.cli.exports import as_facts, telling

    exports = [args.path, *args.exports]
    with ExitStack() as reported:
        tell = reported.enter_context(telling(report))
        with as_facts(exports, args.mapping, library.policies.vocabulary) as (facts, read):
            tell(read)
            reported.close()
            status = decide(facts, read.origins)
    strict = getattr(args, "strict", False)
    return REFUSED if strict and not read.clean() and status == DONE else status


def library_of(
    args: argparse.Namespace,
    written: Iterable[Path | None] = (),
    read: Iterable[Path | None] = (),
) -> PolicyLibrary:
    """By what is decided, when it is sure that what is written takes the place of nothing that is read."""
    from ccm_policy.api import load
    from ccm_policy.cli.place import refuse_in_the_way

    sources = (args.path, *args.exports, *(args.mapping or ()), args.policies, args.fees, *read)
    refuse_in_the_way((args.out, *written), sources)
    library = load(args.policies, args.fees)
    gc.freeze()  # what was loaded stays to the end, and need not be gone through again and again
    return library


def told(diagnostics: Iterable[Diagnostic]) -> None:
    """Write messages to stderr, after what was written to stdout."""
    sys.stdout.flush()
    for message in rendered(in_order(diagnostics)):
        sys.stderr.write(message + "\n")
