"""What the search did not find, settled by the solver: that there is none, or a patient-month that it missed."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from typing import Any

from ccm_policy.evaluate.stages import own_outcomes
from ccm_policy.facts.values import NONE, UNKNOWN, Given, Value
from ccm_policy.language import tree as t
from ccm_policy.review.apart import Pair
from ccm_policy.review.aspects import FEWER, HIGHER, LOWER, MORE, Asked
from ccm_policy.review.departures import Raw
from ccm_policy.review.proofs import Solver
from ccm_policy.review.reading import readers
from ccm_policy.review.searching import Found, Group, Search

DIRECTIONS = {LOWER: (LOWER, FEWER), HIGHER: (HIGHER, MORE)}
"""To come to less is to have a lower outcome or fewer units; to come to more, the other way round."""


@dataclass(frozen=True, slots=True)
class Settled:
    """`none`: the directions in which nothing differs in any patient-month. `records`: how many a list had at most
    where neither was shown; 0 where the solver left nothing open."""

    none: frozenset[str]
    records: int = 0
    asked: bool = False


def settled(
    search: Search, keys: list[tuple[str, str]], pair: Pair, group: Group, found: Found, possible: frozenset[str]
) -> Settled:
    """Ask the solver for each direction that was not found; what it shows is made small and joins what was found."""
    none = frozenset(DIRECTIONS) - possible
    if not Solver.there():
        return Settled(none)
    place = search.sides.later if pair.later else search.sides.earlier
    policies = group.policies[1 if pair.later else 0]
    outline = place.library.outline.policies
    applies = tuple(node for name in policies if (node := outline[name].applies) is not None)
    codes = tuple(sorted(readers(keys, pair.without) | readers(keys, pair.with_it)))
    both = tuple(code for code in codes if code in group.before.services and code in group.after.services)
    near = place.read(place.moved(search.near(frozenset(codes), group)))
    plain = {} if near is None else _whole(near, pair.with_it)
    solver = Solver(pair.without, pair.with_it, place.month, applies, plain)
    asked = Asked(pair.without, pair.with_it, codes)
    records = 0
    for direction, aspects in DIRECTIONS.items():
        if direction in none or any(each in found.aspects for each in aspects):
            continue

        def shows(raw: Raw, wanted: tuple[str, ...] = aspects) -> bool:
            given = place.read(raw)
            if given is None or place.policies(given) != policies:
                return False
            return any(each in search.deciding.between(given, asked) for each in wanted)

        said = (solver.lower if direction == LOWER else solver.higher)(codes, both or codes, shows)
        if said.proved:
            none |= {direction}
        elif said.facts is not None:
            search.add(found, said.facts, aspects, pair, group, asked)
        else:
            records = max(records, said.records)
    return Settled(none, records, True)


def _whole(given: Given, program: t.Program) -> dict[str, Any]:
    """A patient-month with all that is presumed of it, as it could be told."""
    facts, _, _ = own_outcomes(given, program)
    vocabulary = program.vocabulary
    found = {path: _told(facts.fact(path).value) for path in vocabulary.facts}
    for name, declared in vocabulary.lists.items():
        records = facts.list(name).records if declared.union_of is None else ()
        found[name] = [{each: _told(facts.cell(record, each).value) for each in declared.fields} for record in records]
    return found


def _told(value: Value) -> Any:
    """A value as text, a set as its members; None where it is not known."""
    if value is UNKNOWN:
        return None
    if isinstance(value, bool):
        return "yes" if value else "no"
    if isinstance(value, frozenset):
        return sorted(map(str, value))
    return "none" if value is NONE else value.isoformat() if isinstance(value, date) else str(value)
