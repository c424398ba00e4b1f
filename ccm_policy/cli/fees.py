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
import json
import re
import sys
from collections.abc import Iterable
from datetime import date
from decimal import Decimal
from pathlib import Path
from typing import TYPE_CHECKING

from ccm_policy.cli.usage import NO_SUCH_INPUT
from ccm_policy.language.diagnostics import CcmPolicyError, Diagnostic, error, render

if TYPE_CHECKING:
    from ccm_policy.fees import FeeSchedules, Price
    from ccm_policy.fees.changes import Change
    from ccm_policy.fees.relative import RelativeValues
    from ccm_policy.fees.terms import Bill

DONE, REFUSED, COULD_NOT_RUN = 0, 1, 2

Values = tuple[str | None, ...]
"""Settings or factors to ask for; `None` where the schedule knows none."""


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
    show.add_argument("year", type=_year, metavar="YEAR")
    show.add_argument("--code", metavar="CODE")
    show.add_argument("--locality", default="national", metavar="MAC-LOCALITY")
    show.add_argument("--localities", action="store_true", help="list the localities and their indices instead")
    show.add_argument("--proposed", action="store_true", help="also rates that are proposed")

    diff = add("diff", "What changed between two years or dates, and what caused it.")
    diff.add_argument("old", type=_last_day, metavar="OLD", help="a year (its last day is taken) or a date")
    diff.add_argument("new", type=_first_day, metavar="NEW", help="a year (its first day is taken) or a date")
    diff.add_argument("--code", metavar="CODE")
    _where(diff)

    check = add("check", "Check a directory of schedules.")
    check.add_argument("directory", nargs="?", type=Path, metavar="DIR", help="default: the shipped schedules")

    make = add("import", "Make a table of a file as CMS ships it.")
    make.add_argument("kind", metavar="rvu|gpci|mue|ptp", choices=("rvu", "gpci", "mue", "ptp"))
    make.add_argument("file", type=Path, metavar="FILE")
    make.add_argument("--year", required=True, type=_year)
    make.add_argument(
        "--release", required=True, type=_release, metavar="R", help="A, B, C, D, AR; for mue and ptp Q1 to Q4"
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
    plan.add_argument("--year", required=True, type=_year, action="append", dest="years", metavar="YEAR")
    plan.add_argument("--practitioner", metavar="TYPE", help="apply this type's percentage, such as np")
    _where(plan)


def _where(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("--locality", default="national", metavar="MAC-LOCALITY", help="default: national")
    parser.add_argument("--setting", metavar="NAME", help="facility or non_facility; both when left out")
    parser.add_argument("--apm", metavar="NAME", help="qp or non_qp; both when left out")
    parser.add_argument("--proposed", action="store_true", help="also rates that are proposed, marked as such")


def run(args: argparse.Namespace) -> int:
    from ccm_policy.fees.tables import BrokenFileError

    command = {"price": _price, "show": _show, "diff": _diff, "check": _check, "import": _import, "project": _project}
    try:
        return command[args.what](args)
    except CcmPolicyError as fault:
        return _tell(fault.diagnostics, COULD_NOT_RUN)
    except BrokenFileError as fault:
        return _tell([fault.diagnostic], REFUSED)


def _price(args: argparse.Namespace) -> int:
    from ccm_policy.fees import NoPrice, reports
    from ccm_policy.fees.zips import ZipPlace, locality_of

    fees, schedule = _load(args)
    locality: str = args.locality
    extra: tuple[str, ...] = ()
    settings, factors = _axes(fees, schedule, args)
    if args.zip:
        place = locality_of(args.zip, args.zip_file, args.date)
        if not isinstance(place, ZipPlace):
            return _tell([place], REFUSED)
        locality, extra = place.locality, place.notes
    if args.clinic:
        locality, settings = _clinic(fees, schedule)
    prices: list[Price] = []
    refused: list[Diagnostic] = []
    answers: list[dict[str, object]] = []
    for code in args.codes:
        for setting in settings:
            for factor in factors:
                price = fees.price(
                    schedule, code, args.date, locality=locality, setting=setting, factor=factor,
                    modifier=args.modifier, proposed=args.proposed,
                )  # fmt: skip
                if isinstance(price, NoPrice):
                    refused.append(price.diagnostic)
                    answers.append({"code": code} | price.to_dict())
                    continue
                prices.append(price)
                line = _line(args, fees, schedule, price)
                answers.append(price.to_dict() | ({"line": line.to_dict()} if line else {}))
                if args.format == "table":
                    _print(reports.price_lines(price, line))
    for note in extra:
        sys.stderr.write(f"note: {note}\n")
    if args.format == "json":
        _print([json.dumps(answers[0] if len(answers) == 1 else answers, indent=2, ensure_ascii=False)])
    return _tell(dict.fromkeys(refused), REFUSED) if refused else DONE


def _line(args: argparse.Namespace, fees: FeeSchedules, schedule: str, price: Price) -> Bill | None:
    """A claim line, where units, a practitioner or sequestration were asked for."""
    if not (args.units or args.practitioner or args.sequestration):
        return None
    from ccm_policy.fees import shipped
    from ccm_policy.fees.terms import HUNDRED, NOTHING, bill, read_terms, sequestration_on

    terms = read_terms(fees.folders[schedule])
    percent = HUNDRED
    if args.practitioner:
        percent = _percent(terms.practitioners, args.practitioner)
    cut = sequestration_on(shipped(), args.date) if args.sequestration else NOTHING
    return bill(price, args.units or 1, percent=percent, patient=terms.patient, cut=cut)


def _show(args: argparse.Namespace) -> int:
    from ccm_policy.fees import reports

    fees, name = _load(args)
    schedule = _relative(fees, name)
    if schedule.year(args.year) is None:
        years = ", ".join(map(str, schedule.years()))
        return _tell([error("E0602", f"`{name}` holds no year {args.year}.", help=f"Years held: {years}.")], REFUSED)
    if args.localities:
        _print(reports.locality_lines(schedule, args.year))
        return DONE
    held = sorted({c for day in ((1, 1), (12, 31)) for c in schedule.codes(date(args.year, *day))})
    codes = [args.code] if args.code else held
    prices = list(reports.spans(fees, schedule, args.year, codes, args.locality, args.proposed))
    if not prices:
        why = fees.price(
            name, codes[0], date(args.year, 12, 31), locality=args.locality,
            setting=fees.axes(name, date(args.year, 12, 31)).settings[0],
            factor=next(iter(fees.axes(name, date(args.year, 12, 31)).factors), None), proposed=args.proposed,
        )  # fmt: skip
        return _tell([why.diagnostic] if hasattr(why, "diagnostic") else [], REFUSED)
    if args.format == "json":
        _print([json.dumps([price.to_dict() for price in prices], indent=2, ensure_ascii=False)])
    else:
        _print(reports.year_lines(schedule, args.year, prices, args.locality))
    return DONE


def _diff(args: argparse.Namespace) -> int:
    from ccm_policy.fees import reports
    from ccm_policy.fees.changes import compare

    fees, name = _load(args)
    _relative(fees, name)
    changes = compare(
        fees, name, args.old, args.new, locality=args.locality, code=args.code, setting=args.setting, factor=args.apm,
        proposed=args.proposed,
    )  # fmt: skip
    if not changes:
        message = f"Nothing is priced on {args.old} or {args.new} for what was asked."
        return _tell([error("E0604", message, help="Check code, locality, setting and dates.")], REFUSED)
    if args.code is None:
        for on, side in ((args.old, "old"), (args.new, "new")):
            if not any(getattr(change, side) for change in changes):
                return _tell([_why_nothing(fees, name, changes[0], on, args)], REFUSED)
    if args.format == "json":
        _print([json.dumps([c.to_dict() for c in changes], indent=2, ensure_ascii=False)])
        return DONE
    _print([
        f"{name}, {args.locality}: {args.old} -> {args.new}",
        "causes add up to the change: values at the old indices and factor, then indices, then the factor on new units",
    ])  # fmt: skip
    for change in changes:
        _print(["", *reports.change_lines(change)])
    notes = dict.fromkeys(n for c in changes for side in (c.old, c.new) if side for n in side.notes)
    if notes:
        _print(["", *(f"note: {note}" for note in notes)])
    return DONE


def _why_nothing(fees: FeeSchedules, name: str, change: Change, on: date, args: argparse.Namespace) -> Diagnostic:
    """Why no code at all has a price on a date: a year that is not held, or only proposed, ends nothing."""
    from ccm_policy.fees import NoPrice

    told = fees.price(
        name, change.code, on, locality=args.locality, setting=change.setting, factor=change.factor or None,
        proposed=args.proposed,
    )  # fmt: skip
    return told.diagnostic if isinstance(told, NoPrice) else error("E0604", f"Nothing is priced on {on}.")


def _check(args: argparse.Namespace) -> int:
    from ccm_policy.fees import shipped
    from ccm_policy.fees.check import check

    directory = args.directory or shipped()
    if not directory.is_dir():
        message = f"`{directory}` is not a directory."
        return _tell([error("E0621", message, help="Name the directory that holds the schedules.")], COULD_NOT_RUN)
    found, files = check(directory)
    if args.format == "json":
        _print([json.dumps({"files": files, "findings": [d.to_dict() for d in found]}, indent=2, ensure_ascii=False)])
        return REFUSED if found else DONE
    if not found:
        _print([f"{files} files, nothing wrong"])
    return _tell(found, REFUSED) if found else DONE


def _import(args: argparse.Namespace) -> int:
    from ccm_policy.fees import load, shipped
    from ccm_policy.fees.importers import Imported, Request, import_file

    fees = load()
    edits = args.kind in ("mue", "ptp")
    schedule = next(shipped().glob("*/edits.yaml")).parent.name if edits else _default(fees)
    got = import_file(
        Request(
            args.kind, args.file, args.year, args.release, args.to, shipped(), schedule, args.source,
            args.codes, args.ended, args.replace,
        )
    )  # fmt: skip
    if not isinstance(got, Imported):
        return _tell([got], COULD_NOT_RUN if got.code in NO_SUCH_INPUT else REFUSED)
    word = "written" if got.written else "stands already, unchanged"
    _print([f"{got.table}: {got.keys} keys, {word}"])
    used = args.to / schedule / str(args.year) / "releases.csv"
    if got.written and args.kind in ("rvu", "gpci"):
        _print([f"It prices the dates that {used} gives to folder {args.year}/{args.release}."])
    return DONE


def _project(args: argparse.Namespace) -> int:
    from ccm_policy.fees import NoPrice, reports
    from ccm_policy.fees.project import Programme, Service, project
    from ccm_policy.fees.terms import read_terms

    fees, name = _load(args)
    if args.practitioner and name in fees.folders:
        _percent(read_terms(fees.folders[name]).practitioners, args.practitioner)
    plan = Programme(
        name, tuple(Service(*each) for each in args.services), args.patients, args.months, tuple(args.years),
        args.locality, args.setting or "", args.apm, args.practitioner, args.proposed,
    )  # fmt: skip
    rows = project(fees, plan)
    if isinstance(rows, NoPrice):
        return _tell([rows.diagnostic], REFUSED)
    if args.format == "json":
        _print([json.dumps([row.to_dict() for row in rows], indent=2, ensure_ascii=False)])
    else:
        _print(reports.project_lines(rows))
    return DONE


def _load(args: argparse.Namespace) -> tuple[FeeSchedules, str]:
    from ccm_policy.fees import load

    fees = load(args.fees)
    return fees, args.schedule or _default(fees)


def _default(fees: FeeSchedules) -> str:
    """The one schedule that is nobody's contract: the program names no schedule."""
    return next(name for name, folder in fees.folders.items() if folder.parent.name != "payers")


def _relative(fees: FeeSchedules, name: str) -> RelativeValues:
    from ccm_policy.fees.relative import RelativeValues

    found = fees.schedule(name)
    if isinstance(found, RelativeValues):
        return found
    message = f"`{name}` is not a schedule of relative values, so it has no years to show or compare."
    raise CcmPolicyError([error("E0601", message, help=f"Such a schedule here: {_default(fees)}.")])


def _axes(fees: FeeSchedules, name: str, args: argparse.Namespace) -> tuple[Values, Values]:
    """The settings and factors asked for; all of them where none was."""
    axes = fees.axes(name, args.date)
    settings: Values = (args.setting,) if args.setting else axes.settings
    factors: Values = (args.apm,) if args.apm else axes.factors
    return settings or (None,), factors or (None,)


def _clinic(fees: FeeSchedules, name: str) -> tuple[str, Values]:
    """Where and in which setting a schedule's amounts are those that clinics are paid."""
    from ccm_policy.fees.terms import read_clinics

    folder = fees.folders.get(name)
    stated = read_clinics(folder) if folder else None
    if stated is None:
        message = f"`{name}` does not say what clinics are paid."
        raise CcmPolicyError([error("E0614", message, help="State `clinics` in its `schedule.yaml`, with the source.")])
    return stated[0], (stated[1],)


def _percent(known: dict[str, Decimal], kind: str) -> Decimal:
    if kind in known:
        return known[kind]
    message = f"The schedule has no percentage for `{kind}`."
    raise CcmPolicyError([error("E0613", message, help=f"Types it names: {', '.join(known) or 'none'}.")])


def _print(lines: Iterable[str]) -> None:
    for line in lines:
        sys.stdout.write(line + "\n")


def _tell(found: Iterable[Diagnostic], status: int) -> int:
    for each in found:
        sys.stderr.write(render(each) + "\n")
    return status


def _day(text: str) -> date:
    try:
        return date.fromisoformat(text)
    except ValueError:
        raise argparse.ArgumentTypeError(f"`{text}` is not a date like 2026-03-31") from None


def _year(text: str) -> int:
    if re.fullmatch(r"[12]\d{3}", text, re.ASCII):
        return int(text)
    raise argparse.ArgumentTypeError(f"`{text}` is not a year like 2026")


def _release(text: str) -> str:
    if re.fullmatch(r"[A-Z]{1,2}|Q[1-4]", text.upper(), re.ASCII):
        return text.upper()
    raise argparse.ArgumentTypeError(f"`{text}` is not a release like A, AR or Q3")


def _last_day(text: str) -> date:
    return _day(text) if "-" in text else date(_year(text), 12, 31)


def _first_day(text: str) -> date:
    return _day(text) if "-" in text else date(_year(text), 1, 1)


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
