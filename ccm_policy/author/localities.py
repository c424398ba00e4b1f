"""Where a practice is paid: a locality by its number or by a word of its name, as the fee schedule has them."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

from ccm_policy.fees import FeeSchedules
from ccm_policy.fees.relative import RelativeValues

MOST_SHOWN = 40


@dataclass(frozen=True, slots=True)
class Locality:
    """A payment locality: its number, its State, its name in the schedule."""

    key: str
    state: str
    name: str


@dataclass(frozen=True, slots=True)
class NotOne:
    """Why no locality can be told, and what to do."""

    says: str
    help: str


def localities(fees: FeeSchedules, schedule: str, on: date) -> list[Locality]:
    """The localities of a schedule on a day; of the last year held, where the day is later. Empty where it has none."""
    found = fees.schedule(schedule)
    if not isinstance(found, RelativeValues):
        return []
    years = [year for year in found.years() if year <= on.year and found.year(year)]
    year = found.year(years[-1]) if years else None
    use = year and (year.use_on("gpci", on) or year.use_on("gpci", date(years[-1], 12, 31)))
    table = found.table("gpci", use.folder) if use else {}
    return [Locality(f"{mac}-{number}", items["state"], items["name"]) for (mac, number), items in table.items()]


def locality(text: str, state: str, known: list[Locality]) -> Locality | NotOne | None:
    """The locality that was meant, of a State where one was said; None: nothing was said, and the State has several."""
    there = [each for each in known if not state or each.state == state]
    if not text:
        return there[0] if state and len(there) == 1 else None
    exact = [each for each in known if each.key == text]
    if exact and exact[0] in there:
        return exact[0]
    named = [each for each in there if text.casefold() in each.name.casefold()] if len(text) > 2 else []
    if len(named) == 1:
        return named[0]
    where = f" of {state}" if state else ""
    if exact:
        says = f"`{text}` is a locality of {exact[0].state}, not{where}"
    else:
        says = f"`{text}` is {'several localities' if named else 'no locality'}{where}"
    listed = "; ".join(f"{each.key} {each.name}" for each in sorted(named or there, key=lambda each: each.key))
    few = state or len(named) > 1
    is_zip = text.isdigit() and len(text) == 5
    zips = "a ZIP code is looked up with `--zip-file FILE`, CMS's ZIP5 file" if is_zip else ""
    shown = f"one of {listed}" if few and listed else "answer the State first, then those that it has are listed"
    return NotOne(says, "; ".join(part for part in (shown, zips) if part))
