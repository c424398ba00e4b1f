"""One tier, one programme: comparing services that each stand by themselves (S28 to S30, D3, D4).

Choice comes after own outcomes and coverage and never feeds back into them. It may move up the order as more becomes
known, never down and never to nothing.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace

from ccm_policy.evaluate.coverage import Covered
from ccm_policy.evaluate.services import Outcome
from ccm_policy.facts.values import UNKNOWN
from ccm_policy.language.tree import Preference, Program, Service
from ccm_policy.language.truth import Truth

SUPPORTED = "supported"
NOT_SUPPORTED = "not_supported"
NEEDS_INFORMATION = "needs_information"
NOT_ESTABLISHED = "not_established"
OPEN = (SUPPORTED, NEEDS_INFORMATION)


@dataclass(frozen=True, slots=True)
class Standing:
    """Where a service stands. `yields_to`: the code that was preferred, by `preference`. `may_yield_to`: codes of a
    preferred tier or programme that is not decided yet."""

    service: Service
    status: str
    yields_to: str | None = None
    preference: Preference | None = None
    may_yield_to: tuple[str, ...] = ()


def standing(outcome: Outcome, covered: Covered, selected: Truth = True) -> Standing:
    """Status before any choice. `selected`: whether the layers in force are known to decide as they do (D21)."""
    return Standing(outcome.service, _status(outcome.own, covered, selected))


def _status(own: Truth, covered: Covered, selected: Truth) -> str:
    if selected is UNKNOWN:
        return NEEDS_INFORMATION
    if own is False or covered.truth is False:
        return NOT_SUPPORTED
    if not covered.established:
        return NOT_ESTABLISHED
    return NEEDS_INFORMATION if UNKNOWN in (own, covered.truth) else SUPPORTED


def choose(standings: Mapping[str, Standing], program: Program) -> dict[str, Standing]:
    """Apply every preference: tiers first, then programmes."""
    chosen = dict(standings)
    for preference in sorted(program.preferences, key=lambda p: p.what != "tier"):
        groups = [_group(name, preference, chosen, program) for name in preference.order]
        chosen |= _yield(groups, preference, chosen)
    return chosen


def _group(name: str, preference: Preference, standings: Mapping[str, Standing], program: Program) -> list[str]:
    """The codes of a tier of the family, or of a programme; bases stand before add-ons."""
    codes = [code for code in standings if _belongs(program.services[code], name, preference, program)]
    return sorted(codes, key=lambda code: bool(program.services[code].base))


def _belongs(service: Service, name: str, preference: Preference, program: Program) -> bool:
    if preference.what != "tier":
        return service.family == name
    return service.family == preference.family and tier_of(service, program) == name


def tier_of(service: Service, program: Program) -> str | None:
    """A service's tier; an add-on shares its base's (S26)."""
    if service.tier is not None or not service.base:
        return service.tier
    return next((program.services[code].tier for code in service.base if code in program.services), None)


def preferred_to(code: str, other: str, program: Program) -> Preference | None:
    """The preference by which one service comes before another, so that a month has one of the two."""
    for preference in program.preferences:
        places = [_place(program.services[one], preference, program) for one in (code, other)]
        if places[0] is not None and places[1] is not None and places[0] < places[1]:
            return preference
    return None


def _place(service: Service, preference: Preference, program: Program) -> int | None:
    return next((n for n, name in enumerate(preference.order) if _belongs(service, name, preference, program)), None)


def _yield(groups: list[list[str]], preference: Preference, standings: Mapping[str, Standing]) -> dict[str, Standing]:
    """The first group with a supported service is chosen; open services of later groups yield to it (S28)."""
    changed: dict[str, Standing] = {}
    chosen: str | None = None
    waiting: list[str] = []
    for group in groups:
        if chosen is not None:
            for code in group:
                if standings[code].status in OPEN:
                    changed[code] = replace(
                        standings[code], status=NOT_SUPPORTED, yields_to=chosen, preference=preference, may_yield_to=()
                    )
            continue
        chosen = next((code for code in group if standings[code].status == SUPPORTED), None)
        if chosen is not None and waiting:
            for code in group:
                if standings[code].status in OPEN:
                    before = standings[code].may_yield_to
                    changed[code] = replace(standings[code], may_yield_to=(*before, *waiting))
        waiting += [code for code in group if standings[code].status == NEEDS_INFORMATION][:1]
    return changed
