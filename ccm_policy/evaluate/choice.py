"""One tier, one programme: comparing services that each stand by themselves (S28 to S30, D3, D4, L30).

Choice comes after own outcomes and coverage and never feeds back into them. Once the order is known, which by amount
may wait for a price, it may move up the order as more becomes known, never down and never to nothing.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, replace

from ccm_policy.evaluate.better_paid import UNPRICED, Candidate, Pay, comes_first, of_all, places
from ccm_policy.evaluate.coverage import Covered
from ccm_policy.evaluate.derived import derived
from ccm_policy.evaluate.services import Outcome
from ccm_policy.facts.values import UNKNOWN
from ccm_policy.language.tree import Preference, Program, Service
from ccm_policy.language.truth import Truth, negation

SUPPORTED = "supported"
NOT_SUPPORTED = "not_supported"
NEEDS_INFORMATION = "needs_information"
NOT_ESTABLISHED = "not_established"
OPEN = (SUPPORTED, NEEDS_INFORMATION)


@dataclass(frozen=True, slots=True, kw_only=True)
class Standing:
    """Where a service stands. `yields_to`: the code that was preferred, by `preference`. `may_yield_to`: codes of a
    preferred tier or programme that is not decided yet. `among`: where `preference` goes by amount and it is not known
    which comes first, the codes of this tier or programme and of those beside it. `established`: whether any published
    rule of the payer decides it, whatever else becomes known; where none does, nothing yields to it."""

    service: Service
    status: str
    yields_to: str | None = None
    preference: Preference | None = None
    may_yield_to: tuple[str, ...] = ()
    among: tuple[str, ...] = ()
    established: bool = True

    @property
    def open(self) -> bool:
        """Whether it is supported, or may be."""
        return self.status in OPEN and self.established


def standing(outcome: Outcome, covered: Covered, selected: Truth = True) -> Standing:
    """Status before any choice. `selected`: whether the layers in force are known to decide as they do (D21)."""
    established = covered.established or selected is UNKNOWN
    status = _status(outcome.own, covered, selected)
    return Standing(service=outcome.service, status=status, established=established)


def _status(own: Truth, covered: Covered, selected: Truth) -> str:
    if selected is UNKNOWN:
        return NEEDS_INFORMATION
    if own is False or covered.truth is False:
        return NOT_SUPPORTED
    if own is True and not covered.established:
        return NOT_ESTABLISHED
    return NEEDS_INFORMATION if UNKNOWN in (own, covered.truth) else SUPPORTED


def choose(
    standings: Mapping[str, Standing], program: Program, pay: Mapping[str, Pay], *, guess: bool = False
) -> dict[str, Standing]:
    """Apply every preference: tiers first, then programmes. `pay`: what each code comes to if it is billed, where a
    preference goes by amount. `guess`: where amounts tell no order, that of the names stands."""
    chosen = dict(standings)
    for preference, groups in derived(program).groups:
        open_ones = [group for codes in groups if (group := _open(codes, chosen))]
        if len(open_ones) > 1:
            chosen |= _placed(open_ones, preference, chosen, pay, guess)
    return chosen


def compared(standings: Mapping[str, Standing], program: Program) -> Iterator[str]:
    """The codes whose amounts may tell what is chosen: of preferences by amount with more than one group open."""
    for preference, groups in derived(program).groups:
        if preference.by_amount:
            open_ones = [group for codes in groups if (group := _open(codes, standings))]
            if len(open_ones) > 1:
                yield from (code for group in open_ones for code in group)


def _open(group: Iterable[str], standings: Mapping[str, Standing]) -> list[str]:
    return [code for code in group if code in standings and standings[code].open]


def rivals(code: str, other: str, program: Program) -> Preference | None:
    """The preference by which a month has one of two services."""
    for preference, place in derived(program).places:
        if code in place and other in place and place[code] != place[other]:
            return preference
    return None


def preferred_to(
    code: str, other: str, standings: Mapping[str, Standing], program: Program, pay: Mapping[str, Pay]
) -> Truth:
    """Whether a month that has one of two services has the first of them. `standings`: before any choice."""
    preference = rivals(code, other, program)
    if preference is None:
        return False
    place, groups = derived(program).order_of(preference)
    one, two = place[code], place[other]
    if not preference.by_amount:
        return one < two
    first = comes_first(*(_pay(_open(groups[n], standings), standings, pay) for n in sorted((one, two))))
    return first if one < two else negation(first)


def _placed(
    groups: list[list[str]],
    preference: Preference,
    standings: Mapping[str, Standing],
    pay: Mapping[str, Pay],
    guess: bool,
) -> dict[str, Standing]:
    """One group is chosen; open services of the groups after it yield to it (S28). While it is not known which of two
    comes first, neither is chosen."""
    candidates = [
        Candidate(
            any(standings[code].status == SUPPORTED for code in group),
            _pay(group, standings, pay) if preference.by_amount else None,
        )
        for group in groups
    ]
    heads = [_head(group, standings) for group in groups]
    changed: dict[str, Standing] = {}
    for group, candidate, place in zip(groups, candidates, places(candidates, guess=guess), strict=True):
        for code in group:
            before = standings[code]
            if place.yields_to is not None:
                to = heads[place.yields_to]
                service = before.service
                changed[code] = Standing(service=service, status=NOT_SUPPORTED, yields_to=to, preference=preference)
            elif place.beside and before.status == SUPPORTED:
                among = (*group, *(other for n in place.beside for other in groups[n]))
                changed[code] = replace(before, status=NEEDS_INFORMATION, preference=preference, among=among)
            elif place.may_yield_to and candidate.supported:
                waits = tuple(heads[n] for n in place.may_yield_to)
                changed[code] = replace(before, may_yield_to=(*before.may_yield_to, *waits))
    return changed


def _head(group: list[str], standings: Mapping[str, Standing]) -> str:
    """The code that speaks for a group: the first that is supported, else the first that may be."""
    return next((code for code in group if standings[code].status == SUPPORTED), group[0])


def _pay(group: list[str], standings: Mapping[str, Standing], pay: Mapping[str, Pay]) -> Pay:
    each = {code: pay.get(code, UNPRICED) for code in group}
    bases = [code for code in group if not standings[code].service.base] or group
    sure = [code for code in group if standings[code].status == SUPPORTED]
    return of_all((each[c] for c in sure), (each[c] for c in bases), each.values())
