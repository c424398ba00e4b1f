"""Write the page of a month: one HTML file to look at and to print, which needs nothing from elsewhere.

Dollars by service, what is at risk, held, within reach or waiting for information, minutes against what earns units,
the rules that fail most, and each patient with what is billed, what stands against it and what is missing.

examples:
  ccm-policy report examples/clinic-2026-03 --out month.html
  ccm-policy report activity_log.csv --mapping mapping.yaml --out month.html
  ccm-policy report month.jsonl --out month.html --hash-keys

With --hash-keys the keys of patients and practitioners are replaced by short hashes, under a fresh secret in every run;
with --secret under that of a file, so that next month's page calls a patient the same. Days of service remain.
"""

from __future__ import annotations

import argparse
from fractions import Fraction
from pathlib import Path
from typing import TYPE_CHECKING

from ccm_policy.cli.deciding import COULD_NOT_RUN, decided, told
from ccm_policy.cli.usage import add_evaluator, month
from ccm_policy.language.diagnostics import CcmPolicyError, error

if TYPE_CHECKING:
    from ccm_policy.api import PolicyLibrary
    from ccm_policy.report.keys import Keys


def configure(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("path", type=Path, metavar="PATH", help="file or folder of facts, or - for standard input")
    parser.add_argument("exports", type=Path, nargs="*", default=[], metavar="EXPORT", help="more, with --mapping")
    parser.add_argument("--out", type=Path, required=True, metavar="FILE", help="the page, whole or not at all")
    parser.add_argument(
        "--mapping", type=Path, action="append", metavar="FILE", help="what the columns of the exports are"
    )
    parser.add_argument("--month", type=month, metavar="YYYY-MM", help="only the records of this month")
    parser.add_argument(
        "--policies",
        type=Path,
        metavar="DIR",
        help="your own policies: laid on the shipped ones, or in their place where they hold a `library`",
    )
    parser.add_argument("--fees", type=Path, metavar="DIR", help="fee schedules laid beside those shipped")
    parser.add_argument("--layers", nargs="+", default=[], metavar="NAME", help="optional layers to add")
    parser.add_argument("--hash-keys", action="store_true", help="hash the keys of patients and practitioners")
    parser.add_argument("--secret", type=Path, metavar="FILE", help="hash them under the secret in this file")
    add_evaluator(parser)


def run(args: argparse.Namespace) -> int:
    from ccm_policy.api import load
    from ccm_policy.cli.place import refuse_in_the_way
    from ccm_policy.report.keys import keys_from

    read = (args.path, *args.exports, *(args.mapping or ()), args.policies, args.fees, args.secret)
    try:
        refuse_in_the_way((args.out,), read)
        if args.mapping is None and args.exports:
            says = f"`{args.exports[0]}` is one too many: `ccm-policy report` has taken what it needs"
            help = "one path of facts, or exports with `--mapping`"
            raise CcmPolicyError([error("E0801", says, help=help)])
        keys = keys_from(args.secret) if args.hash_keys or args.secret else None
        library = load(args.policies, args.fees)
        if args.mapping is None:
            return _write(args.path, args, library, keys)
        from ccm_policy.cli.exports import as_facts, tell

        with as_facts([args.path, *args.exports], args.mapping, library.policies.vocabulary) as (facts, report):
            tell(report, None)
            return _write(facts, args, library, keys)
    except CcmPolicyError as fault:
        told(fault.diagnostics)
        return COULD_NOT_RUN


def _write(path: Path, args: argparse.Namespace, library: PolicyLibrary, keys: Keys | None) -> int:
    from ccm_policy.cli.running import Task
    from ccm_policy.evaluate import Options

    options = Options(reach=Fraction(10), layers=frozenset(args.layers), evaluator=args.evaluator)
    task = Task(
        policies=args.policies, fees=args.fees, options=options, form="page", reasons="full", out=args.out, keys=keys
    )
    return decided(path, args.month, library, task)
