"""Turn exports into facts by a mapping, and say what became of every row.

examples:
  ccm-policy intake propose activity_log.csv enrolment.xlsx --out mapping.yaml
  ccm-policy intake run activity_log.csv enrolment.xlsx --mapping mapping.yaml --out facts
  ccm-policy evaluate facts

The report of reading goes to stderr, or to a file with `--report`. Exit status 0: all was read. 1, with `--strict`:
something should be looked at. 2: it could not run, and nothing was written.
"""

from __future__ import annotations

import argparse
import sys
from pathlib import Path

from ccm_policy.cli.usage import month
from ccm_policy.language.diagnostics import CcmPolicyError, Place, error, in_order, rendered

DONE, TO_LOOK_AT, COULD_NOT_RUN = 0, 1, 2


def configure(parser: argparse.ArgumentParser) -> None:
    actions = parser.add_subparsers(dest="action", required=True, metavar="propose|run")
    first = actions.add_parser("propose", help="write a first mapping of exports, and ask what it cannot know")
    first.add_argument("exports", type=Path, nargs="+", metavar="EXPORT", help="CSV, TSV, xlsx or Parquet")
    first.add_argument("--out", type=Path, metavar="FILE", help="write the mapping here (default: stdout)")
    first.add_argument("--month", type=month, metavar="YYYY-MM", help="the month that the exports are of")
    first.add_argument("--policies", type=Path, metavar="DIR", help="your own policies, with their vocabulary")
    read = actions.add_parser("run", help="write the facts of exports, by a mapping")
    read.add_argument("exports", type=Path, nargs="+", metavar="EXPORT", help="CSV, TSV, xlsx or Parquet")
    read.add_argument(
        "--mapping", type=Path, required=True, action="append", metavar="FILE", help="what columns are; may be repeated"
    )
    read.add_argument("--out", type=Path, required=True, metavar="DIR", help="a folder for the tables of facts")
    read.add_argument("--report", type=Path, metavar="FILE", help="write the report of reading here")
    read.add_argument("--format", choices=("text", "json"), default="text", help="of the report (default: text)")
    read.add_argument("--quick", action="store_true", help="do not work out which facts decisions wait for")
    read.add_argument("--policies", type=Path, metavar="DIR", help="your own policies, with their vocabulary")
    read.add_argument("--fees", type=Path, metavar="DIR", help="fee schedules laid beside those shipped")
    read.add_argument("--strict", action="store_true", help="exit status 1 where something should be looked at")


def run(args: argparse.Namespace) -> int:
    try:
        return _propose(args) if args.action == "propose" else _run(args)
    except CcmPolicyError as fault:
        for message in rendered(in_order(fault.diagnostics)):
            sys.stderr.write(message + "\n")
        sys.stderr.writelines(getattr(fault, "__notes__", ()))
        return COULD_NOT_RUN


def _propose(args: argparse.Namespace) -> int:
    from ccm_policy import library
    from ccm_policy.cli.place import beside
    from ccm_policy.intake.propose import MOST_ROWS, propose

    if args.out is not None and args.out.exists():
        help = "name another, or take it away: it may hold your answers"
        raise CcmPolicyError([error("E0721", "there is a mapping already", place=Place(str(args.out)), help=help)])
    proposal = propose(args.exports, library.load(args.policies).vocabulary, args.month)
    if args.out is None:
        sys.stdout.write(proposal.text())
    else:
        with beside(args.out) as part:
            part.path.write_text(proposal.text(), encoding="utf-8", newline="\n")
    sys.stdout.flush()
    many = any(rows >= MOST_ROWS for rows in proposal.rows.values())
    looked = f"the first {MOST_ROWS} rows of each export were looked at" if many else "every row was looked at"
    sys.stderr.write(f"{looked}; {_counted(len(proposal.questions))}\n")
    for number, question in enumerate(proposal.questions, 1):
        sys.stderr.write(f"  {number}. {question}\n")
    return DONE


def _counted(questions: int) -> str:
    if not questions:
        return "no questions are open"
    return f"{questions} question{' is' if questions == 1 else 's are'} open; answer in the mapping, beside each number"


def _run(args: argparse.Namespace) -> int:
    from ccm_policy.api import load
    from ccm_policy.cli.exports import telling, waiting
    from ccm_policy.cli.place import refuse_in_the_way
    from ccm_policy.intake.read_mapping import read_mapping
    from ccm_policy.intake.run import run as read

    refuse_in_the_way((args.out, args.report), (*args.exports, *args.mapping, args.policies, args.fees))
    library = load(args.policies, args.fees)
    _refuse_among_facts(args.report, args.out)
    mappings = [read_mapping(each) for each in args.mapping]
    report = None
    try:
        with telling(args.report, args.format) as tell:
            report = read(args.exports, mappings, library.policies.vocabulary, args.out)
            if not args.quick:
                report.waiting = waiting(args.out, library, mappings)
            tell(report)
    except OSError as fault:
        if report is None or args.report is None:
            raise
        says = f"the report of reading could not be written: {(fault.strerror or 'the system refused').lower()}"
        help = f"the facts stand whole in {args.out}; for the report, choose another place and run it again"
        raise CcmPolicyError([error("E0787", says, place=Place(str(args.report)), help=help)]) from None
    return TO_LOOK_AT if args.strict and not report.clean() else DONE


def _refuse_among_facts(report: Path | None, out: Path) -> None:
    """Raise where the report would stand in the folder of facts, which is made anew."""
    if report is not None and out.resolve() in report.resolve().parents:
        says = "the report would stand in the folder of facts, which is written anew"
        help = f"choose a place outside of {out}"
        raise CcmPolicyError([error("E0804", says, place=Place(str(report)), help=help)])
