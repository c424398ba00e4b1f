"""Ask of every possible patient-month: do invariants hold, do layers only tighten, is no rule idle.

examples:
  ccm-policy prove
  ccm-policy prove policies/core/ccm --month 2026-03
  ccm-policy prove policies/medicare/ccm --every-edition
  ccm-policy prove lakeside --policies lakeside --format json
"""

from __future__ import annotations

import argparse
import json
import sys
from collections import Counter
from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING

from ccm_policy.cli.usage import month
from ccm_policy.language.diagnostics import CcmPolicyError, Diagnostic, error, render, rendered

if TYPE_CHECKING:
    from ccm_policy.prove.whole import Told

DONE, REFUSED, COULD_NOT_RUN = 0, 1, 2
MOST = 6
"""Records a list, beyond which a search takes minutes."""


def configure(parser: argparse.ArgumentParser) -> None:
    parser.add_argument(
        "paths", nargs="*", type=Path, metavar="PATH", help="policy files or directories (default: all)"
    )
    parser.add_argument("--month", type=month, metavar="YYYY-MM", help="the month (default: the last known)")
    help = "of every edition up to that month too; what holds alike of a later one is told once"
    parser.add_argument("--every-edition", action="store_true", help=help)
    parser.add_argument("--policies", type=Path, metavar="DIR", help="the library (default: the shipped one)")
    help = f"how many records a list has at most where a month is looked for, 1 to {MOST} (default: 3)"
    parser.add_argument("--records", type=int, choices=range(1, MOST + 1), default=3, metavar="N", help=help)
    parser.add_argument("--format", choices=("text", "json"), default="text")


def run(args: argparse.Namespace) -> int:
    """Prints each answer. Status 1 where something that should hold does not."""
    found = answers(args.paths, args.policies, args.month, args.records, every=args.every_edition)
    if found is None:
        return COULD_NOT_RUN
    when, told = found
    if args.format == "json":
        from ccm_policy.prove.telling import plain

        answer = {"month": when, "answers": [plain(each) for each in told]}
        sys.stdout.write(json.dumps(answer, indent=2, ensure_ascii=False) + "\n")
    else:
        _print_text(told)
    return REFUSED if any(each.holds is False for each in told) else DONE


def answers(
    paths: Sequence[Path], policies: Path | None, when: str | None, records: int, *, every: bool = False
) -> tuple[str, list[Told]] | None:
    """The month and every answer; None, and told on stderr, where nothing can be asked. Paths inside a library are
    asked about in that one, as they are checked."""
    from ccm_policy.library import load
    from ccm_policy.library.paths import by_library, without_policies

    try:
        _refuse(without_policies(paths))
        named: list[Path | None] = [*by_library(paths, policies)] or [policies]
        if len(named) > 1:
            says = f"`{named[0]}` and `{named[1]}` are two libraries"
            _refuse([error("E0781", says, help="prove what stands in one library at a time")])
        library = load(named[0])
        from ccm_policy.prove.whole import asked, outside

        when = when or library.known_through
        unknown = library.select({}, when)
        _refuse([*([unknown] if isinstance(unknown, Diagnostic) else []), *outside(library, paths)])
        return when, list(asked(library, when, paths, records, every=every))
    except CcmPolicyError as refused:
        sys.stderr.write("\n\n".join(rendered(refused.diagnostics)) + "\n")
        return None


def _refuse(wrong: Sequence[Diagnostic]) -> None:
    if wrong:
        raise CcmPolicyError(wrong)


def _print_text(told: Sequence[Told]) -> None:
    from ccm_policy.cli.layout import page_width, table
    from ccm_policy.prove.questions import INVARIANT, TIGHTENS

    named = [t for t in told if t.kind == INVARIANT or t.holds is not True or t.relaxed]
    rows = [
        [[t.policy], [t.kind], [_said(t)], [_answer(t)]]
        for t in named
        if t.kind != TIGHTENS or not t.holds or t.relaxed
    ]
    if rows:
        header = ("policy", "asked", "what", "answer")
        sys.stdout.write("\n".join(table(header, rows, (2,), page_width())) + "\n\n")
    print_wrong(told)
    sums = Counter((t.kind, t.answer) for t in told)
    sys.stdout.write("".join(f"{kind}: {number} {answer}\n" for (kind, answer), number in sums.items()))
    wrong = sum(t.holds is False for t in told)
    said = f"{wrong} not as it should be" if wrong else "what is decided is as it should be"
    sys.stderr.write(f"{len(told)} asked: {said}\n" if told else "there is nothing to ask\n")


def print_wrong(told: Sequence[Told]) -> None:
    """A message for each thing that does not hold, with the facts that show it."""
    from ccm_policy.prove.telling import lines, wrong

    for each in told:
        if each.holds is False:
            facts = [] if each.facts is None else ["  facts:", *lines(each.facts)]
            facts += [] if each.other is None else ["  compared with:", *lines(each.other)]
            sys.stdout.write("\n".join([render(wrong(each)), *facts]) + "\n\n")


def _said(told: Told) -> str:
    return told.text if told.kind in ("invariant", "only tightens") else f"{told.name}: {told.text}"


def _answer(told: Told) -> str:
    if told.answer == "not decided":
        return f"not decided up to {told.records} records"
    if told.answer == "cannot be said":
        return f"cannot be said: {told.why}"
    if told.relaxed:
        return "loosens, and says so"
    return told.answer if told.holds else f"does not hold ({told.answer})"
