"""What a year's tables changed in the codes that policies know: what a person has to look at before amending them."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping
from dataclasses import dataclass

from ccm_policy.fees.tables import Keyed

NEW, ENDED, STATUS, UNITS, OPENED, CLOSED, MODIFIER = (
    "new code", "ended", "status", "units a day", "pair opened", "pair closed", "modifier of a pair",
)  # fmt: skip
KINDS = (NEW, ENDED, STATUS, UNITS, OPENED, CLOSED, MODIFIER)
"""In the order in which they are told."""
FAMILY = 4
"""So many leading characters of a code are those of its neighbours, among which a new code is worth a look."""
_NOT_KEPT = "stands in the file, and is not held: `fees import` keeps it with `--codes`"
IN_FORCE = ""
"""The last day of a pair that has none."""


@dataclass(frozen=True, slots=True)
class Look:
    """One thing to look at: of which kind, about which codes, and what the tables say."""

    kind: str
    codes: tuple[str, ...]
    says: str


Rows = list[list[str]]


def of_values(before: Keyed, after: Keyed, all_codes: Collection[str], decided: Collection[str]) -> Iterator[Look]:
    """Codes that are new, have ended or have another status. `all_codes`: every code of the new file, of which tables
    keep a part; `decided`: the codes that policies decide, whose neighbours are told where they are new."""
    families = {code[:FAMILY] for code in decided}
    known = {code for code, _ in before}
    for code in sorted(set(all_codes) - known):
        if code[:FAMILY] in families:
            kept = "was not held before" if (code, "") in after else _NOT_KEPT
            yield Look(NEW, (code,), kept)
    for code in sorted(known - {code for code, _ in after}):
        yield Look(ENDED, (code,), "stood in the tables before, and not in this file")
    for key in sorted(set(before) & set(after)):
        old, new = (table[key].get("status", "") for table in (before, after))
        if old and new and old != new:
            modifier = f" with modifier {key[1]}" if key[1] else ""
            yield Look(STATUS, (key[0],), f"status {new}{modifier}, was {old}")


def of_units(before: Rows, after: Rows) -> Iterator[Look]:
    """Codes of which another number of units is likely in a day, or for which the limit is meant otherwise."""
    old, new = ({row[0]: (row[1], row[2]) for row in rows} for rows in (before, after))
    for code in sorted(set(old) | set(new)):
        said = [f"{each[0]} (indicator {each[1]})" if each else "none" for each in (old.get(code), new.get(code))]
        if said[0] != said[1]:
            yield Look(UNITS, (code,), f"{said[1]}, was {said[0]}")


def of_pairs(before: Rows, after: Rows) -> Iterator[Look]:
    """Pairs that are edited now and were not, that are not any more, and whose modifier means something else."""
    old, new = _in_force(before), _in_force(after)
    for pair in sorted(set(old) | set(new)):
        here, there = new.get(pair), old.get(pair)
        if there is None:
            yield Look(OPENED, pair, f"{pair[0]} beside {pair[1]}, modifier indicator {here}")
        elif here is None:
            yield Look(CLOSED, pair, f"{pair[0]} beside {pair[1]} is edited no more")
        elif here != there:
            yield Look(MODIFIER, pair, f"{pair[0]} beside {pair[1]}: modifier indicator {here}, was {there}")


def _in_force(rows: Rows) -> Mapping[tuple[str, str], str]:
    """The pairs without a last day, to their modifier indicator."""
    return {(row[0], row[1]): row[2] for row in rows if row[4] == IN_FORCE}


def about(looks: Collection[Look], codes: Collection[str]) -> tuple[Look, ...]:
    """What concerns some of these codes, or a new neighbour of theirs."""
    families = {code[:FAMILY] for code in codes}

    def concerns(look: Look) -> bool:
        if look.kind == NEW:
            return look.codes[0][:FAMILY] in families
        return any(code in codes for code in look.codes)

    return tuple(sorted((look for look in looks if concerns(look)), key=lambda look: KINDS.index(look.kind)))
