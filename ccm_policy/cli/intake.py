"""Turn exports into facts by a mapping, and say what became of every row.

examples:
  ccm-policy intake run activity_log.csv enrolment.xlsx --mapping mapping.yaml --out facts
  ccm-policy evaluate facts

The report of reading goes to stderr, or to a file with `--report`. Exit status 0: all was read. 1, with `--strict`:
something should be looked at. 2: it could not run, and nothing was written.
"""

from __future__ import annotations

import argparse
import sys
from pathlib import Path

from ccm_policy.language.diagnostics import CcmPolicyError, in_order, rendered

DONE, TO_LOOK_AT, COULD_NOT_RUN = 0, 1, 2


def configure(parser: argparse.ArgumentParser) -> None:
    actions = parser.add_subparsers(dest="action", required=True, metavar="run")
    read = actions.add_parser("run", help="write the facts of exports, by a mapping")
    read.add_argument("exports", type=Path, nargs="+", metavar="EXPORT", help="CSV, TSV, xlsx or Parquet")
    read.add_argument("--mapping", type=Path, required=True, metavar="FILE", help="what its columns are")
    read.add_argument("--out", type=Path, required=True, metavar="DIR", help="a folder for the tables of facts")
    read.add_argument("--report", type=Path, metavar="FILE", help="write the report of reading here")
    read.add_argument("--format", choices=("text", "json"), default="text", help="of the report (default: text)")
    read.add_argument("--quick", action="store_true", help="do not work out which facts decisions wait for")
    read.add_argument("--policies", type=Path, metavar="DIR", help="your own policies, with their vocabulary")
    read.add_argument("--fees", type=Path, metavar="DIR", help="fee schedules laid beside those shipped")
    read.add_argument("--strict", action="store_true", help="exit status 1 where something should be looked at")


def run(args: argparse.Namespace) -> int:
    from ccm_policy.api import load
    from ccm_policy.cli.exports import tell, waiting
    from ccm_policy.cli.place import refuse_in_the_way
    from ccm_policy.intake.read_mapping import read_mapping
    from ccm_policy.intake.run import run as read

    try:
        refuse_in_the_way((args.out, args.report), (*args.exports, args.mapping, args.policies, args.fees))
        library = load(args.policies, args.fees)
        mapping = read_mapping(args.mapping)
        report = read(args.exports, mapping, library.policies.vocabulary, args.out)
        if not args.quick:
            report.waiting = waiting(args.out, library, mapping)
        tell(report, args.report, args.format)
    except CcmPolicyError as fault:
        for message in rendered(in_order(fault.diagnostics)):
            sys.stderr.write(message + "\n")
        sys.stderr.writelines(getattr(fault, "__notes__", ()))
        return COULD_NOT_RUN
    return TO_LOOK_AT if args.strict and not report.clean() else DONE
