"""Layers that may or may not apply, and the practice's own: deciding with and without them (D21, D27)."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping
from dataclasses import dataclass

from ccm_policy.evaluate.services import Outcome
from ccm_policy.evaluate.stages import own_outcomes
from ccm_policy.facts.values import Given
from ccm_policy.library import Library


@dataclass(frozen=True, slots=True)
class Layers:
    """The layers of a patient-month.

    `payers`: policies that certainly apply and speak for the payer. `house`: the practice's own on top of them.
    `possible`: those that hang on a fact nobody gave, each with those facts.
    """

    payers: tuple[str, ...]
    house: tuple[str, ...]
    possible: tuple[tuple[str, tuple[str, ...]], ...]


def layers_of(library: Library, policies: tuple[str, ...], possible: tuple[tuple[str, tuple[str, ...]], ...]) -> Layers:
    """Tell the practice's layer, the last that the library names, from all others."""
    own = {name for name, policy in library.outline.policies.items() if policy.level == library.outline.layers[-1]}
    return Layers(
        tuple(name for name in policies if name not in own),
        tuple(name for name in policies if name in own),
        tuple((name, facts) for name, facts in possible if name not in own),
    )


def undecided(
    library: Library, layers: Layers, given: Given, decided: Mapping[str, Outcome], *, presumptions: bool
) -> dict[str, tuple[str, ...]]:
    """Codes whose own outcome would be another under a layer that may apply, with the facts that would tell (D21)."""
    found: dict[str, tuple[str, ...]] = {}
    for policies, facts in _variants(library, layers):
        program = library.program(policies, given.service_month)
        _, _, other = own_outcomes(given, program, presumptions=presumptions)
        for code in dict.fromkeys((*decided, *other)):
            if _differs(decided.get(code), other.get(code)):
                found[code] = tuple(dict.fromkeys((*found.get(code, ()), *facts)))
    return found


def _variants(library: Library, layers: Layers) -> Iterator[tuple[tuple[str, ...], tuple[str, ...]]]:
    """The policies with each layer that may apply, and with the possible ones that it rests on."""
    names = [name for name, _ in layers.possible]
    for name, facts in layers.possible:
        below: Collection[str] = library.outline.policies[name].under
        added = {name, *(other for other in names if other in below)}
        yield library.outline.in_order(frozenset({*layers.payers, *added})), facts


def _differs(one: Outcome | None, other: Outcome | None) -> bool:
    """A service that stands only under one of them counts as not supported under the other."""
    if one is None or other is None:
        return (one or other) is not None and any(o is not None and o.own is not False for o in (one, other))
    return (one.own, one.established_units) != (other.own, other.established_units)


def held(library: Library, layers: Layers, given: Given, *, presumptions: bool) -> Mapping[str, Outcome]:
    """Own outcomes under the practice's own layer; empty where it has none. What it refuses is held (D27)."""
    if not layers.house:
        return {}
    program = library.program((*layers.payers, *layers.house), given.service_month)
    return own_outcomes(given, program, presumptions=presumptions)[2]
