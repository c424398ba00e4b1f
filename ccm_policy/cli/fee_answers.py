"""`fees price`, `show`, `diff` and `project`: answers from the schedules that are held."""

from __future__ import annotations

import argparse
import json
import sys
from datetime import date
from decimal import Decimal
from typing import TYPE_CHECKING

from ccm_policy.cli.lines import DONE, REFUSED, show_lines, tell
from ccm_policy.fees import Question
from ccm_policy.language.diagnostics import CcmPolicyError, Diagnostic, error

if TYPE_CHECKING:
    from ccm_policy.fees import FeeSchedules, Price
    from ccm_policy.fees.changes import Change
    from ccm_policy.fees.relative import RelativeValues
    from ccm_policy.fees.terms import Bill

Values = tuple[str | None, ...]
"""Settings or factors to ask for; `None` where the schedule knows none."""


def price(args: argparse.Namespace) -> int:
    """Print what a code is worth, or why there is no amount."""
    from ccm_policy.fees import NoPrice, reports
    from ccm_policy.fees.zips import ZipPlace, locality_of

    fees, schedule = _load(args)
    locality: str = args.locality
    extra: tuple[str, ...] = ()
    settings, factors = _axes(fees, schedule, args)
    if args.zip:
        place = locality_of(args.zip, args.zip_file, args.date)
        if not isinstance(place, ZipPlace):
            return tell([place], REFUSED)
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
                    schedule, Question(code=code, on=args.date, locality=locality, setting=setting, factor=factor,
                    modifier=args.modifier, proposed=args.proposed,
                ))  # fmt: skip
                if isinstance(price, NoPrice):
                    refused.append(price.diagnostic)
                    answers.append({"code": code} | price.to_dict())
                    continue
                prices.append(price)
                line = _line(args, fees, schedule, price)
                answers.append(price.to_dict() | ({"line": line.to_dict()} if line else {}))
                if args.format == "table":
                    show_lines(reports.price_lines(price, line))
    for note in extra:
        sys.stderr.write(f"note: {note}\n")
    if args.format == "json":
        show_lines([json.dumps(answers[0] if len(answers) == 1 else answers, indent=2, ensure_ascii=False)])
    return tell(dict.fromkeys(refused), REFUSED) if refused else DONE


def _line(args: argparse.Namespace, fees: FeeSchedules, schedule: str, price: Price) -> Bill | None:
    """A claim line, where units, a practitioner or sequestration were asked for."""
    if not (args.units or args.practitioner or args.sequestration):
        return None
    from ccm_policy.fees.terms import HUNDRED, NOTHING, bill, read_terms, sequestration_on
    from ccm_policy.shipped import FEE_SCHEDULES

    terms = read_terms(fees.folders[schedule])
    percent = HUNDRED
    if args.practitioner:
        percent = _percent(terms.practitioners, args.practitioner)
    cut = sequestration_on(FEE_SCHEDULES, args.date) if args.sequestration else NOTHING
    return bill(price, args.units or 1, percent=percent, patient=terms.patient, cut=cut)


def show(args: argparse.Namespace) -> int:
    """Print a year of a schedule."""
    from ccm_policy.fees import reports

    fees, name = _load(args)
    schedule = relative(fees, name)
    if schedule.year(args.year) is None:
        years = ", ".join(map(str, schedule.years()))
        return tell([error("E0602", f"`{name}` holds no year {args.year}", help=f"years held: {years}")], REFUSED)
    if args.localities:
        show_lines(reports.locality_lines(schedule, args.year))
        return DONE
    held = sorted({c for day in ((1, 1), (12, 31)) for c in schedule.codes(date(args.year, *day))})
    codes = [args.code] if args.code else held
    prices = list(reports.spans(fees, schedule, args.year, codes, args.locality, args.proposed))
    if not prices:
        why = fees.price(
            name, Question(code=codes[0], on=date(args.year, 12, 31), locality=args.locality,
            setting=fees.axes(name, date(args.year, 12, 31)).settings[0],
            factor=next(iter(fees.axes(name, date(args.year, 12, 31)).factors), None), proposed=args.proposed,
        ))  # fmt: skip
        return tell([why.diagnostic] if hasattr(why, "diagnostic") else [], REFUSED)
    if args.format == "json":
        show_lines([json.dumps([price.to_dict() for price in prices], indent=2, ensure_ascii=False)])
    else:
        show_lines(reports.year_lines(schedule, args.year, prices, args.locality))
    return DONE


def diff(args: argparse.Namespace) -> int:
    """Print what changed between two years or days, with what it is due to."""
    from ccm_policy.fees import reports
    from ccm_policy.fees.changes import compare

    fees, name = _load(args)
    relative(fees, name)
    changes = compare(
        fees, name, args.old, args.new, locality=args.locality, code=args.code, setting=args.setting, factor=args.apm,
        proposed=args.proposed,
    )  # fmt: skip
    if not changes:
        message = f"nothing is priced on {args.old} or {args.new} for what was asked"
        return tell([error("E0604", message, help="check code, locality, setting and dates")], REFUSED)
    if args.code is None:
        for on, side in ((args.old, "old"), (args.new, "new")):
            if not any(getattr(change, side) for change in changes):
                return tell([_why_nothing(fees, name, changes[0], on, args)], REFUSED)
    if args.format == "json":
        show_lines([json.dumps([c.to_dict() for c in changes], indent=2, ensure_ascii=False)])
        return DONE
    show_lines([
        f"{name}, {args.locality}: {args.old} -> {args.new}",
        "causes add up to the change: values at the old indices and factor, then indices, then the factor on new units",
    ])  # fmt: skip
    for change in changes:
        show_lines(["", *reports.change_lines(change)])
    notes = dict.fromkeys(n for c in changes for side in (c.old, c.new) if side for n in side.notes)
    if notes:
        show_lines(["", *(f"note: {note}" for note in notes)])
    return DONE


def _why_nothing(fees: FeeSchedules, name: str, change: Change, on: date, args: argparse.Namespace) -> Diagnostic:
    """Why no code at all has a price on a date: a year that is not held, or only proposed, ends nothing."""
    from ccm_policy.fees import NoPrice

    told = fees.price(
        name,
        Question(
            code=change.code,
            on=on,
            locality=args.locality,
            setting=change.setting,
            factor=change.factor or None,
            proposed=args.proposed,
        ),
    )
    return told.diagnostic if isinstance(told, NoPrice) else error("E0604", f"nothing is priced on {on}")


def project(args: argparse.Namespace) -> int:
    """Print what a programme of patients comes to over months."""
    from ccm_policy.fees import NoPrice, reports
    from ccm_policy.fees.project import Programme, Service, project
    from ccm_policy.fees.terms import read_terms

    fees, name = _load(args)
    if args.practitioner and name in fees.folders:
        _percent(read_terms(fees.folders[name]).practitioners, args.practitioner)
    plan = Programme(
        schedule=name,
        services=tuple(Service(*each) for each in args.services),
        patients=args.patients,
        months=args.months,
        years=tuple(args.years),
        locality=args.locality,
        setting=args.setting or "",
        factor=args.apm,
        practitioner=args.practitioner,
        proposed=args.proposed,
    )
    rows = project(fees, plan)
    if isinstance(rows, NoPrice):
        return tell([rows.diagnostic], REFUSED)
    if args.format == "json":
        show_lines([json.dumps([row.to_dict() for row in rows], indent=2, ensure_ascii=False)])
    else:
        show_lines(reports.project_lines(rows))
    return DONE


def _load(args: argparse.Namespace) -> tuple[FeeSchedules, str]:
    from ccm_policy.fees import load

    fees = load(args.fees)
    return fees, args.schedule or fees.default


def relative(fees: FeeSchedules, name: str) -> RelativeValues:
    """The schedule of relative values of that name; ends the command where it is none."""
    from ccm_policy.fees.relative import RelativeValues

    found = fees.schedule(name)
    if isinstance(found, RelativeValues):
        return found
    message = f"`{name}` is not a schedule of relative values, so it has no years to show or compare"
    raise CcmPolicyError([error("E0601", message, help=f"such a schedule here: {fees.default}")])


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
        message = f"`{name}` does not say what clinics are paid"
        raise CcmPolicyError([error("E0614", message, help="state `clinics` in its `schedule.yaml`, with the source")])
    return stated[0], (stated[1],)


def _percent(known: dict[str, Decimal], kind: str) -> Decimal:
    if kind in known:
        return known[kind]
    message = f"the schedule has no percentage for `{kind}`"
    raise CcmPolicyError([error("E0613", message, help=f"types it names: {', '.join(known) or 'none'}")])
