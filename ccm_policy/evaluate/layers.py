"""Layers that may or may not apply, and the practice's own: deciding with and without them (D21, D27)."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping
from dataclasses import dataclass, field, replace
from functools import lru_cache

from ccm_policy.evaluate.attest import Word, attested, ended, word_of
from ccm_policy.evaluate.coverage import covered
from ccm_policy.evaluate.patient_month import Facts
from ccm_policy.evaluate.ranges import ZERO, Range, as_number, hull
from ccm_policy.evaluate.reasons import ADDS_TO, EARNS, name_of
from ccm_policy.evaluate.scene import Scene
from ccm_policy.evaluate.services import Outcome
from ccm_policy.evaluate.stages import Evaluator
from ccm_policy.evaluate.trace import Trace
from ccm_policy.facts.values import UNKNOWN, Given
from ccm_policy.language.tree import Attestation, Earning, Program
from ccm_policy.language.truth import Truth
from ccm_policy.library import Library, Selection

Possible = tuple[tuple[str, tuple[str, ...]], ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Layers:
    """The layers of a patient-month.

    `payers`: policies that certainly apply and speak for the payer. `house`: the practice's own on top of them.
    `possible`: those that hang on a fact nobody gave, each with those facts; `possible_house`: the practice's own among
    them. `established`: whether some policy certainly speaks for the payer; where none does, only the possible ones
    that would are kept. `asks`: the fact that tells who pays, where it is not known; nothing else stands then but
    `ways`, the layers with each of its values.
    """

    payers: tuple[str, ...] = ()
    house: tuple[str, ...] = ()
    possible: Possible = ()
    possible_house: Possible = ()
    established: bool = False
    asks: str | None = None
    ways: tuple[Layers, ...] = ()

    @property
    def waiting_for(self) -> tuple[str, ...]:
        """The facts that tell whether a policy speaks for the payer; none where one does, or none would. Who pays is
        asked alone: what else tells hangs on the answer."""
        if self.asks is not None:
            return (self.asks,)
        return () if self.established else tuple(dict.fromkeys(fact for _, facts in self.possible for fact in facts))


@lru_cache(maxsize=4096)
def layers_of(library: Library, selection: Selection) -> Layers:
    """Tell the practice's layer from all others."""
    if selection.asks is not None:
        ways = dict.fromkeys(layers_of(library, way) for way in selection.ways)
        return Layers(asks=selection.asks, ways=tuple(ways))
    outline = library.outline
    own = {name for name, policy in outline.policies.items() if policy.level == outline.house}
    possible = [(name, facts) for name, facts in selection.possible if selection.established or outline.speaks(name)]
    return Layers(
        payers=tuple(name for name in selection.policies if name not in own),
        house=tuple(name for name in selection.policies if name in own),
        possible=tuple((name, facts) for name, facts in possible if name not in own),
        possible_house=tuple((name, facts) for name, facts in possible if name in own),
        established=selection.established,
    )


@dataclass(frozen=True, slots=True)
class Hanging:
    """What hangs on layers that may or may not apply (D21).

    `facts`: for each code whose own outcome would be another, the facts that would tell. `added`: the codes among them
    that only such a layer knows, open. `reasons`: for each code the names of reasons that would
    come out otherwise, each with the facts that would tell.
    """

    facts: Mapping[str, tuple[str, ...]]
    added: Mapping[str, Outcome]
    reasons: Mapping[str, Mapping[str, tuple[str, ...]]]


@dataclass(frozen=True, slots=True)
class Under:
    """A patient-month, to be evaluated under one program or another. `word`: what its practice attests."""

    library: Library
    layers: Layers
    given: Given
    evaluator: Evaluator
    presumptions: bool = True
    word: Word = field(default_factory=dict)

    def program(self, program: Program) -> tuple[Facts, Scene, dict[str, Outcome]]:
        """Own outcomes under a program."""
        given = attested(self.given, self.word, program)
        return self.evaluator.own_outcomes(given, program, presumptions=self.presumptions)

    def resting(self, program: Program, own: Mapping[str, Outcome]) -> frozenset[str]:
        """The services of which the record alone, without the practice's word, would say otherwise."""
        if not attested(self.given, self.word, program).attested:
            return frozenset()
        _, _, without = self.evaluator.own_outcomes(self.given, program, presumptions=self.presumptions)
        return frozenset(code for code, outcome in own.items() if _differs(outcome, without.get(code)))

    def policies(self, names: tuple[str, ...]) -> tuple[Program, Scene, dict[str, Outcome]]:
        """Own outcomes under so many policies, and what they come to together."""
        program = self.library.program(names, self.given.service_month)
        _, scene, outcomes = self.program(program)
        return program, scene, outcomes


def hanging(month: Under, decided: Mapping[str, Outcome], program: Program, scene: Scene) -> Hanging:
    """Decide with each layer that may apply, and compare own outcomes and coverage with those without it."""
    found: dict[str, tuple[str, ...]] = {}
    added: dict[str, Outcome] = {}
    reasons: dict[str, dict[str, tuple[str, ...]]] = {}
    told: dict[str, dict[str, Truth]] = {}
    for variant, policies, facts in _variants(month):
        under, there, other = variant.policies(policies)
        for code in dict.fromkeys((*decided, *other)):
            one, two = decided.get(code), other.get(code)
            if _differs(one, two) or _covered(one, program, scene) != _covered(two, under, there):
                found[code] = tuple(dict.fromkeys((*found.get(code, ()), *facts)))
                if code not in decided:
                    added[code] = _opened(other[code], added.get(code))
            for name in _turned(one, two, told):
                open_reasons = reasons.setdefault(code, {})
                open_reasons[name] = tuple(dict.fromkeys((*open_reasons.get(name, ()), *facts)))
    return Hanging(found, added, reasons)


def with_added(
    program: Program, own: Mapping[str, Outcome], added: Mapping[str, Outcome]
) -> tuple[Program, Mapping[str, Outcome]]:
    """The program and its outcomes with the services that only a layer may add. Nothing of theirs is decided, and their
    rules are not told: they are not known to hold here."""
    if not added:
        return program, own
    services = {**program.services, **{code: outcome.service for code, outcome in added.items()}}
    return replace(program, services=services, digest=""), {**own, **added}


def _opened(outcome: Outcome, before: Outcome | None) -> Outcome:
    """A service that may stand as this outcome says, or as the one before: with the units of either, and with a price
    where both have the same."""
    service = replace(outcome.service, earning=Earning(units=1), base=(), dated=None)
    units = Range(ZERO, outcome.units.high)
    if before is not None:
        units = as_number(hull([before.units, units]))
        if service.priced_by != before.service.priced_by:
            service = replace(service, priced_by=None)
    return Outcome(
        service=service,
        own=UNKNOWN,
        units=units,
        base=None,
        served=outcome.served,
        rules=(),
        flagging=(),
        trace=Trace(None, UNKNOWN, label=service.code),
        earned=Trace(None, units, label="units"),
        adds_to=None,
    )


def _variants(month: Under) -> Iterator[tuple[Under, tuple[str, ...], tuple[str, ...]]]:
    """The policies with each layer that may apply, and with the possible ones that it rests on. Where it is not known
    who pays, those of each who may, with what the practice attests then, and with their own layers that may apply."""
    library, layers = month.library, month.layers
    for way in layers.ways:
        variant = replace(month, layers=way, word=word_under(library, way, month.given))
        if way.established:
            yield variant, way.payers, layers.waiting_for
        yield from ((other, policies, layers.waiting_for) for other, policies, _ in _variants(variant))
    for name, facts in layers.possible:
        yield month, _with(library, layers.payers, name, layers.possible), facts


def _with(library: Library, policies: tuple[str, ...], name: str, possible: Possible) -> tuple[str, ...]:
    below: Collection[str] = library.outline.policies[name].under
    added = {name, *(other for other, _ in possible if other in below)}
    return library.outline.in_order(frozenset({*policies, *added}))


def _differs(one: Outcome | None, other: Outcome | None) -> bool:
    """A service that stands only under one of them counts as not supported under the other."""
    if one is None or other is None:
        return (one or other) is not None and any(o is not None and o.own is not False for o in (one, other))
    return (one.own, one.established_units) != (other.own, other.established_units)


def _turned(one: Outcome | None, other: Outcome | None, told: dict[str, dict[str, Truth]]) -> Iterator[str]:
    """The names of the reasons that come out otherwise, of those that both of them have. `told`: what those of the
    first come to, by code, to be compared with others too."""
    if one is not None and other is not None:
        code = one.service.code
        if code not in told:
            told[code] = _told(one)
        then = _told(other)
        yield from (name for name, truth in told[code].items() if name in then and truth is not then[name])


def _told(outcome: Outcome) -> dict[str, Truth]:
    told = {name_of(rule): truth for rule, truth in outcome.truths} | {EARNS: outcome.earns}
    return told if outcome.base is None else told | {ADDS_TO: outcome.base}


def _covered(outcome: Outcome | None, program: Program, scene: Scene) -> tuple[Truth, bool] | None:
    """What is said of the coverage of a service that may stand by itself; None where it cannot."""
    if outcome is None or outcome.own is False:
        return None
    found = covered(outcome, program, scene)
    return found.truth, found.established


@dataclass(frozen=True, slots=True)
class House:
    """Own outcomes under a practice's own layer, and the scene that they were evaluated in.

    `name`: the layer, and `waits_for` the facts that tell whether it applies; both empty where it certainly does.
    """

    outcomes: Mapping[str, Outcome]
    scene: Scene
    editions: Mapping[str, str]
    name: str = ""
    waits_for: tuple[str, ...] = ()


def _practices(library: Library, layers: Layers) -> Iterator[tuple[tuple[str, ...], str, tuple[str, ...]]]:
    """The policies with the practice's own, then with each practice's that may apply, with the facts that tell."""
    sure = (*layers.payers, *layers.house)
    if layers.house:
        yield sure, "", ()
    possible = (*layers.possible, *layers.possible_house)
    for name, facts in layers.possible_house:
        yield _with(library, sure, name, possible), name, facts


def word_under(library: Library, layers: Layers, given: Given) -> Word:
    """What the practice attests of a patient-month."""
    month = given.service_month
    ways = ((library.program(policies, month), not name) for policies, name, _ in _practices(library, layers))
    return word_of(given, ways)


def ended_words(library: Library, layers: Layers, month: str) -> tuple[Attestation, ...]:
    """What the practice attested up to some month before this one."""
    if not layers.house:
        return ()
    return ended(library.program((*layers.payers, *layers.house), month), month)


def houses_of(month: Under) -> tuple[House, ...]:
    """What the practice asks of itself on top of its payers (D27), then what each practice's layer asks that may apply;
    none where there is no such layer."""
    found = []
    for policies, name, facts in _practices(month.library, month.layers):
        program, scene, outcomes = month.policies(policies)
        editions = {} if name else {policy.name: policy.edition for policy in program.policies}
        found.append(House(outcomes, scene, editions, name, facts))
    return tuple(found)
