"""Price codes; show, compare, check, import and project with fee schedules.

examples:
ccm-policy fees price CODE --date 2026-03-31 --locality 13202-01 --setting non_facility --apm non_qp
ccm-policy fees show 2026 --code CODE
ccm-policy fees diff 2025 2026 --code CODE
ccm-policy fees check fee_schedules
ccm-policy fees import rvu PPRRVU25_JAN.csv --year 2025 --release A
ccm-policy fees project --service CODE --patients 200 --year 2026
"""

from __future__ import annotations

import argparse
from datetime import date
from pathlib import Path

from ccm_policy.cli.lines import COULD_NOT_RUN, REFUSED, tell
from ccm_policy.cli.usage import release, year
from ccm_policy.language.diagnostics import CcmPolicyError


def configure(parser: argparse.ArgumentParser) -> None:
    commands = parser.add_subparsers(dest="what", required=True, metavar="price|show|diff|check|import|project")
    raw = argparse.RawDescriptionHelpFormatter

    def add(name: str, says: str) -> argparse.ArgumentParser:
        example = next(line for line in (__doc__ or "").splitlines() if f" fees {name} " in line)
        text = f"example:\n{example}"
        made = commands.add_parser(name, help=says, description=says, epilog=text, formatter_class=raw)
        if name not in ("check", "import"):
            made.add_argument("--fees", type=Path, metavar="DIR", help="schedules of your own, beside those shipped")
            made.add_argument("--schedule", metavar="NAME", help="the schedule (default: Medicare's)")
        if name != "import":
            made.add_argument("--format", choices=("table", "json"), default="table")
        return made

    one = add("price", "Price codes on a date.")
    one.add_argument("codes", nargs="+", metavar="CODE")
    one.add_argument("--date", required=True, type=_day, metavar="YYYY-MM-DD", help="date of service")
    _where(one)
    one.add_argument("--modifier", default="", metavar="MM")
    one.add_argument("--zip", metavar="ZIP", help="find the locality by ZIP code; needs --zip-file")
    one.add_argument("--zip-file", type=Path, metavar="FILE", help="CMS's ZIP5 text file")
    one.add_argument("--clinic", action="store_true", help="as paid to RHC and FQHC: the national amount")
    one.add_argument("--units", type=_count, metavar="N", help="also work out a claim line of N units")
    one.add_argument("--practitioner", metavar="TYPE", help="apply this type's percentage, such as np")
    one.add_argument("--sequestration", action="store_true", help="also take sequestration from Medicare's share")

    show = add("show", "Print a year as it stands.")
    show.add_argument("year", type=year, metavar="YEAR")
    show.add_argument("--code", metavar="CODE")
    show.add_argument("--locality", default="national", metavar="MAC-LOCALITY")
    show.add_argument("--localities", action="store_true", help="list the localities and their indices instead")
    show.add_argument("--proposed", action="store_true", help="also rates that are proposed")

    diff = add("diff", "What changed between two years or dates, and what caused it.")
    diff.add_argument("old", type=_last_day, metavar="OLD", help="a year (its last day is taken) or a date")
    diff.add_argument("new", type=_first_day, metavar="NEW", help="a year (its first day is taken) or a date")
    diff.add_argument("--code", metavar="CODE")
    _where(diff)

    check = add("check", "Check a directory of schedules, or its prices against CMS's own.")
    check.add_argument("directory", nargs="?", type=Path, metavar="DIR", help="default: the shipped schedules")
    _against(check)

    make = add("import", "Make a table of a file as CMS ships it.")
    make.add_argument("kind", metavar="rvu|gpci|mue|ptp", choices=("rvu", "gpci", "mue", "ptp"))
    make.add_argument(
        "file", nargs="+", type=Path, metavar="FILE", help="as CMS ships it: csv, txt, xlsx or zip; of ptp, its parts"
    )
    make.add_argument("--year", required=True, type=year)
    make.add_argument(
        "--release", required=True, type=release, metavar="R", help="A, B, C, D, AR; for mue and ptp Q1 to Q4"
    )
    make.add_argument("--to", type=Path, default=Path("fee_schedules"), metavar="DIR", help="default: fee_schedules")
    make.add_argument("--codes", type=_list, default=(), metavar="A,B", help="keep these (default: those held)")
    make.add_argument("--ended", type=_list, default=(), metavar="A,B", help="held codes known to have ended")
    make.add_argument("--source", default="", help="where the file is from (default: its name)")
    make.add_argument("--replace", action="store_true", help="write over a table that differs")

    plan = add("project", "What a programme would bring in.")
    plan.add_argument("--service", required=True, action="append", type=_service, metavar="CODE[*N]", dest="services")
    plan.add_argument("--patients", required=True, type=_count, metavar="N")
    plan.add_argument("--months", type=_months, default=12, metavar="N", help="from January; default 12")
    plan.add_argument("--year", required=True, type=year, action="append", dest="years", metavar="YEAR")
    plan.add_argument("--practitioner", metavar="TYPE", help="apply this type's percentage, such as np")
    _where(plan)


def _against(parser: argparse.ArgumentParser) -> None:
    parser.add_argument(
        "--against",
        type=Path,
        action="append",
        metavar="FILE",
        help="compare with CMS's payment file (PFALL, PFREV: txt, csv, xlsx or zip)",
    )
    parser.add_argument("--date", type=_day, metavar="YYYY-MM-DD", help="date of service (default: the file's release)")
    parser.add_argument("--apm", metavar="NAME", help="qp or non_qp (default: as the file's name says)")
    parser.add_argument("--schedule", metavar="NAME", help="the schedule (default: Medicare's)")


def _where(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("--locality", default="national", metavar="MAC-LOCALITY", help="default: national")
    parser.add_argument("--setting", metavar="NAME", help="facility or non_facility; both when left out")
    parser.add_argument("--apm", metavar="NAME", help="qp or non_qp; both when left out")
    parser.add_argument("--proposed", action="store_true", help="also rates that are proposed, marked as such")


def run(args: argparse.Namespace) -> int:
    from ccm_policy.cli import fee_answers, fee_files
    from ccm_policy.fees.tables import BrokenFileError

    command = {
        "price": fee_answers.price, "show": fee_answers.show, "diff": fee_answers.diff,
        "project": fee_answers.project, "check": fee_files.check, "import": fee_files.bring,
    }  # fmt: skip
    try:
        return command[args.what](args)
    except CcmPolicyError as fault:
        return tell(fault.diagnostics, COULD_NOT_RUN)
    except BrokenFileError as fault:
        return tell([fault.diagnostic], REFUSED)


def _day(text: str) -> date:
    try:
        return date.fromisoformat(text)
    except ValueError:
        raise argparse.ArgumentTypeError(f"`{text}` is not a date like 2026-03-31") from None


def _last_day(text: str) -> date:
    return _day(text) if "-" in text else date(year(text), 12, 31)


def _first_day(text: str) -> date:
    return _day(text) if "-" in text else date(year(text), 1, 1)


def _count(text: str) -> int:
    if text.isascii() and text.isdigit() and 0 < int(text[:10]) < 10**9:
        return int(text)
    raise argparse.ArgumentTypeError(f"`{text}` is not a whole number above zero")


def _months(text: str) -> int:
    if text in map(str, range(1, 13)):
        return int(text)
    raise argparse.ArgumentTypeError(f"`{text}` is not a number of months from 1 to 12")


def _list(text: str) -> tuple[str, ...]:
    return tuple(part.strip().upper() for part in text.split(",") if part.strip())


def _service(text: str) -> tuple[str, int]:
    code, star, units = text.partition("*")
    return code.upper(), _count(units) if star else 1
