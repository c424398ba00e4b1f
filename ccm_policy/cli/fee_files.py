"""`fees check` and `import`: the schedules' own files, and CMS's."""

from __future__ import annotations

import argparse
import json

from ccm_policy.cli.lines import COULD_NOT_RUN, DONE, REFUSED, show_lines, tell
from ccm_policy.cli.usage import NO_SUCH_INPUT
from ccm_policy.language.diagnostics import error


def check(args: argparse.Namespace) -> int:
    """Print what is wrong with schedules, or how they compare with CMS's own amounts."""
    from ccm_policy.fees.check import check
    from ccm_policy.shipped import FEE_SCHEDULES

    directory = args.directory or FEE_SCHEDULES
    if not directory.is_dir():
        message = f"`{directory}` is not a directory"
        return tell([error("E0621", message, help="name the directory that holds the schedules")], COULD_NOT_RUN)
    if args.against:
        return _against(args)
    found, files = check(directory)
    if args.format == "json":
        show_lines(
            [json.dumps({"files": files, "findings": [d.to_dict() for d in found]}, indent=2, ensure_ascii=False)]
        )
        return REFUSED if found else DONE
    if not found:
        show_lines([f"{files} files, nothing wrong"])
    return tell(found, REFUSED) if found else DONE


def _against(args: argparse.Namespace) -> int:
    """CMS's published amounts beside ours; status 1 where a file is refused or an amount differs."""
    from ccm_policy.cli.fee_answers import relative
    from ccm_policy.fees import load, reports
    from ccm_policy.fees.against import Comparison, against

    fees = load(args.directory)
    schedule = relative(fees, args.schedule or fees.default)
    compared: list[Comparison] = []
    for path in args.against:
        found = against(fees, schedule, path, args.date, args.apm)
        if not isinstance(found, list):
            return tell([found], COULD_NOT_RUN if found.code in NO_SUCH_INPUT else REFUSED)
        compared += found
    if args.format == "json":
        show_lines([json.dumps([each.to_dict() for each in compared], indent=2, ensure_ascii=False)])
    else:
        for each in compared:
            show_lines(reports.comparison_lines(each))
    return REFUSED if any(each.differences for each in compared) else DONE


def bring(args: argparse.Namespace) -> int:
    """Import a file of CMS's, and print what was written."""
    from ccm_policy.fees import load
    from ccm_policy.fees.importers import Imported, Request, import_file
    from ccm_policy.fees.new_year import edits_folder
    from ccm_policy.shipped import FEE_SCHEDULES

    fees = load()
    edits = args.kind in ("mue", "ptp")
    schedule = edits_folder(FEE_SCHEDULES) if edits else fees.default
    got = import_file(
        Request(
            kind=args.kind,
            file=args.file[0],
            year=args.year,
            release=args.release,
            to=args.to,
            held=FEE_SCHEDULES,
            schedule=schedule,
            source=args.source,
            codes=args.codes,
            ended=args.ended,
            replace=args.replace,
            more=tuple(args.file[1:]),
        )
    )
    if not isinstance(got, Imported):
        return tell([got], COULD_NOT_RUN if got.code in NO_SUCH_INPUT else REFUSED)
    word = "written" if got.written else "stands already, unchanged"
    show_lines([f"{got.table}: {got.keys} keys, {word}", *got.notes])
    used = args.to / schedule / str(args.year) / "releases.csv"
    if got.written and args.kind in ("rvu", "gpci"):
        show_lines([f"It prices the dates that {used} gives to folder {args.year}/{args.release}."])
    return DONE
