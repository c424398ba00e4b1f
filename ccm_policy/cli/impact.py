"""What the edit at hand does to a panel: the policies as they stand, against a revision, in patients and dollars.

examples:
  ccm-policy impact month.jsonl
  ccm-policy impact month.jsonl --against main --policies policies
  ccm-policy impact month.jsonl --watch

With --watch it is told again after every save, until it is interrupted. A patient-month whose rules the edit does not
touch is not decided again. What is wrong in a policy that is being written is told, and the watch goes on.
"""

from __future__ import annotations

import argparse
import json
import sys
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import TYPE_CHECKING

from ccm_policy.cli.comparing import (
    COULD_NOT_RUN,
    DONE,
    REFUSED,
    add_panel,
    comparison,
    could_not,
    keys,
    nothing_there,
    panel,
    tell,
)
from ccm_policy.language.diagnostics import CcmPolicyError, has_errors

if TYPE_CHECKING:
    from ccm_policy.review.impact import Impact
    from ccm_policy.review.sides import Reading


def configure(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("panel", type=Path, metavar="PANEL", help="file or folder of facts")
    parser.add_argument("--against", default="HEAD", metavar="SIDE", help="a revision or a folder (default: HEAD)")
    parser.add_argument("--watch", action="store_true", help="tell it again after every save")
    parser.add_argument("--policies", type=Path, metavar="DIR", help="the folder that is edited (default: policies)")
    parser.add_argument("--format", choices=("table", "json"), default="table", help="json: one object a line")
    add_panel(parser)


def run(args: argparse.Namespace) -> int:
    return comparison(args.policies, lambda reading: _run(reading, args))


def _run(reading: Reading, args: argparse.Namespace) -> int:
    from ccm_policy.review.impact import saved

    folder = reading.folder()
    impact = _impact(reading, args)
    if args.watch:
        try:
            for status in told(impact, folder, reading, args.format, saved(folder)):
                if status == COULD_NOT_RUN and not impact.ready:
                    return COULD_NOT_RUN
        except KeyboardInterrupt:
            pass
        return DONE
    return next(told(impact, folder, reading, args.format, ()))


def told(impact: Impact, folder: Path, reading: Reading, form: str, saves: Iterable[None]) -> Iterator[int]:
    """Tell what the edit does, now and after every save; each time the exit status that it would be."""
    yield _tell(impact, folder, reading, form)
    for _ in saves:
        if form == "table":
            sys.stdout.write("\n")
        yield _tell(impact, folder, reading, form)


def _impact(reading: Reading, args: argparse.Namespace) -> Impact:
    from ccm_policy import fees
    from ccm_policy.review.impact import Impact

    hashing = keys(args)
    asked = panel(reading, fees.load(args.fees), args)
    return Impact(reading.side(args.against), asked, str if hashing is None else hashing.of)


def _tell(impact: Impact, folder: Path, reading: Reading, form: str) -> int:
    known = len(impact.wrong)
    try:
        found = impact.of(folder)
    except CcmPolicyError as fault:
        return could_not(reading, fault.diagnostics)
    if new := impact.wrong[known:]:
        tell(reading, new)
    if nothing_there(found.patients, impact.wrong):
        return COULD_NOT_RUN
    if form == "json":
        sys.stdout.write(json.dumps(found.to_dict(), ensure_ascii=False) + "\n")
    else:
        from ccm_policy.review.lines import short

        sys.stdout.write("".join(f"{line}\n" for line in short(found)))
    sys.stdout.flush()
    return REFUSED if has_errors(impact.wrong) else DONE
