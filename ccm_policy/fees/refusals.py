"""Why there is no price: each reason with its code, its words for people, and the file that would hold the value."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import date

from ccm_policy.fees.prices import NATIONAL, NoPrice
from ccm_policy.language.diagnostics import Diagnostic, error


def _no(code: str, reason: str, file: str, help: str) -> NoPrice:
    return NoPrice(reason, file, error(code, reason, help=help))


def broken_file(diagnostic: Diagnostic) -> NoPrice:
    place = diagnostic.place
    file = place.file if place and place.file else ""
    return NoPrice(diagnostic.message, file, diagnostic)


def no_schedule(name: str, known: Iterable[str]) -> NoPrice:
    names = ", ".join(f"`{k}`" for k in known)
    return _no(
        "E0601", f"there is no fee schedule `{name}`", f"fee_schedules/payers/{name}/schedule.yaml",
        f"schedules here: {names}; a plan's rates can be added as a schedule of their own",
    )  # fmt: skip


def no_year(name: str, on: date, file: str, years: Sequence[int]) -> NoPrice:
    held = f"{years[0]} to {years[-1]}" if years else "none"
    return _no(
        "E0602", f"`{name}` holds no rates for {on}", file,
        f"years held: {held}; a rate of another year is never used instead",
    )  # fmt: skip


def only_proposed(name: str, on: date, file: str) -> NoPrice:
    return _no(
        "E0603", f"the rates of `{name}` for {on} are proposed, not in force, and price nothing", file,
        "to see what they would pay, ask with `--proposed`",
    )  # fmt: skip


def no_factor(name: str, on: date, file: str) -> NoPrice:
    return _no(
        "E0602", f"`{name}` holds no conversion factor for {on}", file,
        "add the factor with its dates and its source",
    )  # fmt: skip


def no_code(name: str, code: str, modifier: str, on: date, file: str) -> NoPrice:
    what = f"`{code}` with modifier `{modifier}`" if modifier else f"`{code}`"
    return _no(
        "E0604", f"`{name}` has no rate for {what} on {on}", file,
        "check the code and the date; a code not yet or no longer in the schedule has no row in that release",
    )  # fmt: skip


def no_amount(name: str, code: str, status: str, said: str, on: date, file: str) -> NoPrice:
    because = f": {said.rstrip('.')}" if said else ""
    state = f" (status {status})" if status else ""
    return _no(
        "E0605", f"`{name}` lists `{code}`{state} on {on} without an amount{because}", file,
        "the schedule sets no national amount for it; ask the contractor or the payer",
    )  # fmt: skip


def which_locality(name: str, on: date, file: str) -> NoPrice:
    return _no(
        "E0606", f"the amount of `{name}` on {on} depends on the locality, and none is given", file,
        f"give it as MAC-LOCALITY, five digits and two, or say `{NATIONAL}`",
    )  # fmt: skip


def no_locality(name: str, locality: str, on: date, file: str, held: Iterable[tuple[str, str]]) -> NoPrice:
    import difflib

    names = [f"{mac}-{number}" for mac, number in held]
    near = [n for n in names if n.partition("-")[0] == locality.partition("-")[0]]
    near = near or difflib.get_close_matches(locality, names, 3, 0.5)
    hint = f"; near it: {', '.join(near[:8])}" if near else ""
    return _no(
        "E0607", f"`{name}` knows no locality `{locality}` on {on}", file,
        f"write MAC-LOCALITY, five digits and two, or `{NATIONAL}`; localities are split and merged "
        f"from year to year.{hint}",
    )  # fmt: skip


def totals_only(name: str, locality: str, on: date, file: str) -> NoPrice:
    return _no(
        "E0608",
        f"`{name}` on {on} holds totals only, not work, practice expense and malpractice apart, so no amount for a "
        f"locality such as `{locality}` can be made", file,
        f"ask for `{NATIONAL}`, or import that year's relative value and index files",
    )  # fmt: skip


def which_setting(name: str, setting: str | None, settings: Sequence[str], on: date, file: str) -> NoPrice:
    said = "none is given" if setting is None else f"`{setting}` is not one of them"
    return _no(
        "E0609", f"the amount of `{name}` on {on} depends on the setting, and {said}", file,
        f"give one of {', '.join(settings)}",
    )  # fmt: skip


def which_factor(name: str, on: date, factor: str | None, factors: Sequence[str], file: str) -> NoPrice:
    said = "none is given" if factor is None else f"`{factor}` is not one of them"
    return _no(
        "E0610", f"`{name}` has more than one conversion factor on {on}, by the practitioner's APM status, and {said}",
        file, f"give one of {', '.join(factors)}",
    )  # fmt: skip


def not_stated(name: str, on: date, what: str, file: str) -> NoPrice:
    return _no(
        "E0611", f"`{name}` on {on} is a share of another schedule, but its source does not state {what}", file,
        "nothing is guessed; complete the schedule when a source is found",
    )  # fmt: skip


def in_a_circle(name: str, file: str) -> NoPrice:
    return _no(
        "E0612", f"`{name}` is in the end a percentage of itself", file,
        "let one of the schedules hold amounts",
    )  # fmt: skip
