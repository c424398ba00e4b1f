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

from ccm_policy.cli.usage import NO_SUCH_INPUT, add_evaluator, month
from ccm_policy.language.diagnostics import CcmPolicyError, Diagnostic, has_errors, in_order

if TYPE_CHECKING:
    from ccm_policy.review.impact import Impact
    from ccm_policy.review.sides import Reading

DONE, REFUSED, COULD_NOT_RUN = 0, 1, 2


def configure(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("panel", type=Path, metavar="PANEL", help="file or folder of facts")
    parser.add_argument("--against", default="HEAD", metavar="SIDE", help="a revision or a folder (default: HEAD)")
    parser.add_argument("--watch", action="store_true", help="tell it again after every save")
    parser.add_argument("--policies", type=Path, metavar="DIR", help="the folder that is edited (default: policies)")
    parser.add_argument("--month", type=month, metavar="YYYY-MM", help="only the records of this month")
    parser.add_argument("--fees", type=Path, metavar="DIR", help="fee schedules laid beside those shipped")
    parser.add_argument("--layers", nargs="+", default=[], metavar="NAME", help="optional layers to add")
    parser.add_argument("--format", choices=("table", "json"), default="table", help="json: one object a line")
    parser.add_argument("--hash-keys", action="store_true", help="hash the keys of patients and practitioners")
    parser.add_argument("--secret", type=Path, metavar="FILE", help="hash them under the secret in this file")
    add_evaluator(parser)


def run(args: argparse.Namespace) -> int:
    from ccm_policy.fees.tables import BrokenFileError
    from ccm_policy.review.sides import Reading

    reading = Reading(args.policies)
    try:
        with reading.opened():
            return _run(reading, args)
    except CcmPolicyError as fault:
        return _could_not(reading, fault.diagnostics)
    except BrokenFileError as fault:
        return _could_not(reading, (fault.diagnostic,))


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
    from ccm_policy.evaluate import Options
    from ccm_policy.report.keys import keys_from
    from ccm_policy.review.deciding import Panel
    from ccm_policy.review.impact import Impact

    keys = keys_from(args.secret) if args.hash_keys or args.secret else None
    options = Options(layers=frozenset(args.layers), evaluator=args.evaluator)
    panel = Panel(path=args.panel, fees=fees.load(args.fees), directory=args.fees, options=options, month=args.month)
    return Impact(reading.side(args.against), panel, str if keys is None else keys.of)


def _tell(impact: Impact, folder: Path, reading: Reading, form: str) -> int:
    known = len(impact.wrong)
    try:
        found = impact.of(folder)
    except CcmPolicyError as fault:
        return _could_not(reading, fault.diagnostics)
    new = impact.wrong[known:]
    if new:
        sys.stderr.write(reading.told(tuple(in_order(new))))
    if form == "json":
        sys.stdout.write(json.dumps(found.to_dict(), ensure_ascii=False) + "\n")
    else:
        from ccm_policy.review.lines import short

        sys.stdout.write("".join(f"{line}\n" for line in short(found)))
    sys.stdout.flush()
    nothing = found.patients is None or not found.patients.patient_months
    if nothing and {each.code for each in impact.wrong} & NO_SUCH_INPUT:
        return COULD_NOT_RUN
    return REFUSED if has_errors(impact.wrong) else DONE


def _could_not(reading: Reading, diagnostics: tuple[Diagnostic, ...]) -> int:
    sys.stdout.flush()
    sys.stderr.write(reading.told(tuple(in_order(diagnostics))))
    sys.stderr.flush()
    return COULD_NOT_RUN
