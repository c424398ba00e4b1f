"""Who needs what by when: of a month that is not billed yet, the things that can still be done, and what each brings.

PATH is what `evaluate` reads: a file or folder of facts, or - for standard input. With --mapping, PATH and what follows
are exports. --as-of is the day from which the work is planned: entries of the log that are dated later do not count,
and minutes are only offered where a day is left on which they would.

examples:
  ccm-policy worklist examples/clinic-2026-03 --as-of 2026-03-24
  ccm-policy worklist month.jsonl --as-of 2026-03-24 --by worth --out monday.csv
  ccm-policy worklist activity_log.csv enrolment.xlsx --mapping mapping.yaml --as-of 2026-03-24 --out monday.xlsx

What takes no minutes stands first, by its worth; then minutes, by dollars a minute. Totals count the best thing of each
patient-month, since two may bring the same dollars.
"""

from __future__ import annotations

import argparse
import sys
from collections.abc import Iterable
from fractions import Fraction
from pathlib import Path
from typing import TYPE_CHECKING

from ccm_policy.cli.usage import NO_SUCH_INPUT, add_evaluator, day, form_asked_for, minutes, month
from ccm_policy.language.diagnostics import CcmPolicyError, Diagnostic, error, has_errors, in_order, rendered

if TYPE_CHECKING:
    from ccm_policy.api import PolicyLibrary
    from ccm_policy.report.worklist import Worklist

DONE, REFUSED, COULD_NOT_RUN = 0, 1, 2
_SUFFIXES = {".csv": "csv", ".json": "json", ".xlsx": "xlsx", ".txt": "table"}


def configure(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("path", type=Path, metavar="PATH", help="file or folder of facts, or - for standard input")
    parser.add_argument("exports", type=Path, nargs="*", default=[], metavar="EXPORT", help="more, with --mapping")
    parser.add_argument("--as-of", type=day, required=True, metavar="YYYY-MM-DD", help="the day planned from")
    parser.add_argument(
        "--mapping",
        type=Path,
        action="append",
        metavar="FILE",
        help="what the columns of the exports are; may be repeated",
    )
    parser.add_argument(
        "--by",
        choices=("staff", "patient", "worth"),
        default="staff",
        help="how rows stand together: for whoever has most of the patient's minutes (the default), or else",
    )
    parser.add_argument("--format", choices=("table", "csv", "json"), help="default: table")
    parser.add_argument(
        "--out", type=Path, metavar="FILE", help="write to a file, by its name's ending: .csv, .json, .txt or .xlsx"
    )
    parser.add_argument("--month", type=month, metavar="YYYY-MM", help="only the records of this month")
    parser.add_argument(
        "--within",
        type=minutes,
        default=Fraction(10),
        metavar="MINUTES",
        help="how many minutes short is still worth a row (default: 10)",
    )
    parser.add_argument(
        "--together",
        type=_count,
        default=3,
        metavar="N",
        help="a fact for which so many patient-months wait is asked once, at the head (default: 3)",
    )
    parser.add_argument("--policies", type=Path, metavar="DIR", help="your own policies, as for evaluate")
    parser.add_argument("--fees", type=Path, metavar="DIR", help="fee schedules laid beside those shipped")
    parser.add_argument("--layers", nargs="+", default=[], metavar="NAME", help="optional layers to add")
    parser.add_argument("--hash-keys", action="store_true", help="hash the keys of patients, practitioners and staff")
    parser.add_argument(
        "--secret",
        type=Path,
        metavar="FILE",
        help="with --hash-keys: the secret, so that the next list is hashed alike",
    )
    add_evaluator(parser)


def run(args: argparse.Namespace) -> int:
    from ccm_policy.api import load
    from ccm_policy.cli.place import refuse_in_the_way

    try:
        form = form_asked_for(args, _SUFFIXES, ".csv, .json, .txt or .xlsx")
        refuse_in_the_way(
            (args.out,), (args.path, *args.exports, *(args.mapping or ()), args.policies, args.fees, args.secret)
        )
        if args.mapping is None and args.exports:
            says = f"`{args.exports[0]}` is one too many: `ccm-policy worklist` has taken what it needs"
            raise CcmPolicyError([error("E0801", says, help="one path of facts, or exports with `--mapping`")])
        if args.secret is not None and not args.hash_keys:
            raise CcmPolicyError([error("E0801", "`--secret` is what keys are hashed with", help="add `--hash-keys`")])
        library = load(args.policies, args.fees)
        if args.mapping is None:
            return _make(args.path, form, args, library)
        from ccm_policy.cli.exports import as_facts, tell

        with as_facts([args.path, *args.exports], args.mapping, library.policies.vocabulary) as (facts, report):
            tell(report, None)
            return _make(facts, form, args, library)
    except CcmPolicyError as fault:
        _tell(fault.diagnostics)
        return COULD_NOT_RUN


def _make(path: Path, form: str, args: argparse.Namespace, library: PolicyLibrary) -> int:
    from ccm_policy.cli.worklist_forms import Headed, written
    from ccm_policy.evaluate import Options
    from ccm_policy.report.attestable import attestable
    from ccm_policy.report.keys import keys_from
    from ccm_policy.report.worklist import worklist
    from ccm_policy.report.worklist_run import Run

    options = Options(reach=args.within, layers=frozenset(args.layers), evaluator=args.evaluator)
    keys = keys_from(args.secret) if args.hash_keys else None
    run = Run(library=library.policies, fees=library.fees, options=options, day=args.as_of, keys=keys)
    found: list[Diagnostic] = []
    items = list(run.over(path, args.month, found))
    wrong = {problem.code for problem in found if problem.is_error}
    _tell(found)
    if not run.read and wrong:
        return COULD_NOT_RUN if wrong <= NO_SUCH_INPUT else REFUSED
    made: Worklist = worklist(items, args.together, attestable(library.policies.vocabulary))
    written(made, Headed(args.as_of, run.over_already, run.left_out, run.too_late), form, args.by, args.out)
    return REFUSED if has_errors(found) else DONE


def _tell(diagnostics: Iterable[Diagnostic]) -> None:
    sys.stdout.flush()
    for message in rendered(in_order(diagnostics)):
        sys.stderr.write(message + "\n")


def _count(text: str) -> int:
    if not text.isdecimal() or not 1 <= int(text) <= 999_999:
        raise argparse.ArgumentTypeError("it is a number from 1 on")
    return int(text)
