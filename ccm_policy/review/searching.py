"""Patient-months that are tried on both sides: those of examples and plain charts, and what lies about them."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field, replace
from itertools import chain
from typing import Any

from ccm_policy.facts.plan import MONTH
from ccm_policy.facts.values import Given
from ccm_policy.language import tree as t
from ccm_policy.review.apart import Pair, cone, held
from ccm_policy.review.aspects import FEWER, HIGHER, LOWER, MISSING_TOO, MORE, NO_SERVICE, STANDS, Asked, Deciding
from ccm_policy.review.departures import Raw, Size, departures, made, nearest
from ccm_policy.review.edges import Edges, edits
from ccm_policy.review.reading import VOCABULARY, covered_otherwise, readers
from ccm_policy.review.witness import Place, measured, smallest, tried
from ccm_policy.review.wording import Wordings

MOST_TRIED, MOST_GROUPS, MOST_BASES, MOST_CLOSELY = 800, 3, 3, 60
MOST_COVERED, MOST_ELSEWHERE = 200, 120
"""Patient-months that are tried about those of examples; policies of patients that are looked at; starts;
patient-months of which it is asked what is missing; those that are tried for what is covered, and for one
service more."""

Policies = tuple[str, ...]


@dataclass(slots=True)
class Sides:
    """The two sides, each in a month."""

    earlier: Place
    later: Place


@dataclass(frozen=True, slots=True, kw_only=True)
class Seed:
    """A patient-month as it is on the later side, the facts of both sides, and how far it is from a plain chart."""

    raw: Raw
    earlier: Given
    later: Given
    size: Size


@dataclass(slots=True, kw_only=True)
class Group:
    """Patient-months of the same policies, with what those say on each side."""

    policies: tuple[Policies, Policies]
    before: t.Program
    after: t.Program
    seeds: list[Seed] = field(default_factory=list)


@dataclass(slots=True)
class Shown:
    """The smallest patient-month in which an aspect was found, and the services that differ in it."""

    raw: dict[str, Any]
    codes: tuple[str, ...]
    size: Size


@dataclass(slots=True)
class Found:
    """What was found for a change. `codes`: the services that differed in any patient-month; `pairs`: in how many ways
    it could be asked for apart; `unread`: nothing that is
    not changed with it reads it."""

    aspects: dict[str, Shown] = field(default_factory=dict)
    codes: dict[str, None] = field(default_factory=dict)
    tried: int = 0
    pairs: int = 0
    unread: bool = False


Best = dict[str, tuple[Raw, Size]]


@dataclass(slots=True)
class Search:
    """What is tried in two months."""

    sides: Sides
    deciding: Deciding
    wordings: Wordings = field(default_factory=Wordings)
    _groups: list[Group] | None = None
    _bases: dict[tuple[int, str], list[Raw]] = field(default_factory=dict)

    @property
    def seeded(self) -> int:
        """How many patient-months every search starts from."""
        return sum(len(group.seeds) for group in self.all)

    def groups(self, policy: str) -> list[Group]:
        """The patients of whom a policy speaks on either side, by itself or through those that rest on it; those of the
        most patient-months first."""
        sides = (self.sides.earlier, self.sides.later)
        found = [g for g in self.all if not policy or any(map(Place.speaks, sides, g.policies, (policy, policy)))]
        return found[:MOST_GROUPS]

    @property
    def all(self) -> list[Group]:
        """The patient-months by their policies, the most first."""
        if self._groups is None:
            known: dict[tuple[Policies, Policies], Group] = {}
            for seed, policies in self._seeds():
                if policies not in known:
                    known[policies] = self.group(policies)
                known[policies].seeds.append(seed)
            for group in known.values():
                group.seeds.sort(key=lambda seed: seed.size)
            self._groups = sorted(known.values(), key=lambda group: (-len(group.seeds), group.seeds[0].size))
        return self._groups

    def group(self, policies: tuple[Policies, Policies]) -> Group:
        """What policies say on each side, with no patient-month yet."""
        one, other = self.sides.earlier.program(policies[0]), self.sides.later.program(policies[1])
        return Group(policies=policies, before=one, after=other)

    def _seeds(self) -> Iterator[tuple[Seed, tuple[Policies, Policies]]]:
        later, earlier = self.sides.later, self.sides.earlier
        seen: set[str] = set()
        others: Iterable[tuple[str, Raw]] = ()
        if earlier.library is not later.library:
            others = ((chart, later.moved(raw)) for chart, raw in earlier.seeds())
        for chart, raw in chain(later.seeds(), others):
            made = self._seed(raw, chart)
            if made is not None and made[0].later.digest not in seen:
                seen.add(made[0].later.digest)
                yield made

    def _seed(self, raw: Raw, chart: str) -> tuple[Seed, tuple[Policies, Policies]] | None:
        later, earlier = self.sides.later, self.sides.earlier
        name = chart if chart in later.charts and chart in earlier.charts else None
        then = later.read(raw)
        now = earlier.read(earlier.moved(raw, name)) if then is not None else None
        if then is None or now is None:
            return None
        policies = (earlier.policies(now), later.policies(then))
        if policies[0] is None or policies[1] is None:
            return None
        seed = Seed(raw=raw, earlier=now, later=then, size=measured(raw, later, name))
        return seed, (policies[0], policies[1])

    # --- one change --------------------------------------------------------------------------------------------------

    def found(self, pair: Pair, keys: list[tuple[str, str]], group: Group, possible: frozenset[str]) -> Found:
        """What a change does, with the smallest patient-month for each aspect."""
        found = Found(pairs=1)
        changed = [s for program in (group.before, group.after) for key in keys if (s := _stated(program, key))]
        reached = _readers(keys, pair)
        found.unread = not reached
        if not reached:
            return found
        covering = bool(covered_otherwise(pair.without, pair.with_it, self.wordings))
        asked = Asked(pair.without, pair.with_it, tuple(sorted(reached)))
        best: Best = {}
        for seed in group.seeds:
            self._note(found, best, seed.raw, seed.later if pair.later else seed.earlier, asked, seed.size)
        found.tried = len(group.seeds)
        wanted = [each for each in (LOWER, HIGHER) if each in possible and each not in best]
        if wanted:
            edges = self._edges(changed, pair, group, reached)
            bases = self._bases_of(reached, group)
            for raw in tried(bases, lambda base: edits(edges, base), MOST_TRIED):
                given = self._read(raw, pair)
                if given is not None:
                    found.tried += 1
                    self._note(found, best, raw, given, asked, None)
                    if all(each in best for each in wanted):
                        break
        for closely, most in ((1, len(group.seeds)), (MISSING_TOO, MOST_CLOSELY)):
            if not best:
                asked = replace(asked, closely=closely)
                for seed in group.seeds[:most]:
                    self._note(found, best, seed.raw, seed.later if pair.later else seed.earlier, asked, seed.size)
            if not best and covering:
                covering = False
                self._covered(found, best, changed, pair, group, asked)
        self._elsewhere(found, best, changed, pair, group, asked)
        settled = {LOWER, HIGHER, FEWER, MORE} & set(best)
        for aspect in settled or set(best):
            found.aspects[aspect] = self._smallest(best[aspect][0], aspect, pair, group, asked)
        return found

    def add(self, found: Found, raw: Raw, aspects: Sequence[str], pair: Pair, group: Group, asked: Asked) -> None:
        """Put in a patient-month that was found elsewhere, of the month in which the pair is read."""
        given = self._read(raw := raw if pair.later else self.sides.later.moved(raw), pair)
        differs = {} if given is None else self.deciding.between(given, asked)
        for aspect in (each for each in aspects if each in differs):
            found.codes.update(dict.fromkeys(differs[aspect]))
            found.aspects[aspect] = self._smallest(raw, aspect, pair, group, asked)

    def _covered(
        self, found: Found, best: Best, changed: Sequence[Any], pair: Pair, group: Group, asked: Asked
    ) -> None:
        """Try what may be covered otherwise: patient-months that support the services, and what lies about them."""
        reached = frozenset(asked.codes)
        edges, bases = self._edges(changed, pair, group, reached), self._bases_of(reached, group)
        for raw in chain(bases, tried(bases, lambda base: edits(edges, base), MOST_COVERED)):
            given = self._read(raw, pair)
            if given is not None:
                found.tried += 1
                self._note(found, best, raw, given, asked, None)
            if best:
                return

    def _elsewhere(
        self, found: Found, best: Best, changed: Sequence[Any], pair: Pair, group: Group, asked: Asked
    ) -> None:
        """Where something was found, try it about a patient-month of each service in which it was not yet."""
        if not best:
            return
        edges = self._edges(changed, pair, group, frozenset(asked.codes))
        for code in asked.codes:
            for base in self._bases_of(frozenset((code,)), group) if code not in found.codes else ():
                for raw in chain((base,), tried([base], lambda each: edits(edges, each), MOST_ELSEWHERE)):
                    given = self._read(raw, pair)
                    if given is not None:
                        self._note(found, best, raw, given, asked, None)
                    if code in found.codes:
                        break

    def _note(self, found: Found, best: Best, raw: Raw, given: Given, asked: Asked, size: Size | None) -> None:
        for aspect, codes in self.deciding.between(given, asked).items():
            found.codes.update(dict.fromkeys(codes))
            size = size or measured(raw, self.sides.later)
            if aspect not in best or size < best[aspect][1]:
                best[aspect] = (raw, size)

    def _read(self, raw: Raw, pair: Pair) -> Given | None:
        place = self.sides.later if pair.later else self.sides.earlier
        return place.read(raw if pair.later else place.moved(raw))

    def _smallest(self, raw: Raw, aspect: str, pair: Pair, group: Group, asked: Asked) -> Shown:
        place = self.sides.later if pair.later else self.sides.earlier
        policies = group.policies[1 if pair.later else 0]
        real = self._differs(raw, group)

        def codes(each: Raw) -> tuple[str, ...]:
            given = self._read(each, pair)
            if given is None or place.policies(given) != policies:
                return ()
            return tuple(self.deciding.between(given, asked).get(aspect, ()))

        def shows(each: Raw) -> bool:
            return bool(codes(each)) and (not real or self._differs(each, group))

        small = smallest(raw, self.sides.later, shows)
        return Shown(small, codes(small), measured(small, self.sides.later))

    def _differs(self, raw: Raw, group: Group) -> bool:
        """Whether the sides themselves decide it otherwise, with all that they change."""
        later, earlier = (self.sides.later.read(raw), self.sides.earlier.read(self.sides.earlier.moved(raw)))
        if later is None or earlier is None:
            return False
        one, other = (self.deciding.states(earlier, group.before), self.deciding.states(later, group.after))
        return any(one.get(code, NO_SERVICE) != other.get(code, NO_SERVICE) for code in {*one, *other})

    # --- where to look -----------------------------------------------------------------------------------------------

    def _edges(self, changed: Sequence[Any], pair: Pair, group: Group, reached: frozenset[str]) -> Edges:
        """Values to try: of what is changed first, then of all that the services read which it reaches."""
        edges = Edges(pair.with_it, self.sides.later.month)
        for statement in changed:
            if isinstance(statement, t.FactDecl | t.ListDecl):
                edges.declared(statement)
                continue
            for program in (group.before, group.after):
                edges.read(list(cone(statement, program)))
        for code in sorted(reached):
            service = group.after.services.get(code) or group.before.services[code]
            edges.counted(service.earning)
        return edges

    def near(self, reached: frozenset[str], group: Group) -> Raw:
        """The patient-month that supports a service which a change reaches and departs in the fewest places."""
        sizes = [(measured(raw, self.sides.later), raw) for raw in self._bases_of(reached, group)]
        return min(sizes, key=lambda each: (each[0].places, each[0]))[1]

    def _bases_of(self, reached: frozenset[str], group: Group) -> list[Raw]:
        """The smallest patient-months that support the services which a change reaches, and the nearest chart."""
        found: list[Raw] = []
        for code in sorted(reached):
            key = (id(group), code)
            if key not in self._bases:
                self._bases[key] = list(self._supporting(code, group))
            found += (raw for raw in self._bases[key] if raw not in found)
        found.sort(key=lambda raw: measured(raw, self.sides.later))
        return found[:MOST_BASES] or [seed.raw for seed in group.seeds[:1]]

    def _supporting(self, code: str, group: Group) -> Iterator[Raw]:
        """A patient-month of which the service stands on a side, made small."""

        def stands(raw: Raw) -> bool:
            given = self.sides.later.read(raw)
            if given is None or self.sides.later.policies(given) != group.policies[1]:
                return False
            return self.deciding.states(given, group.after).get(code, NO_SERVICE)[0] == STANDS

        def stood(raw: Raw) -> bool:
            given = self.sides.earlier.read(self.sides.earlier.moved(raw))
            return given is not None and self.deciding.states(given, group.before).get(code, NO_SERVICE)[0] == STANDS

        for shows in (stands, stood):
            start = next((seed.raw for seed in group.seeds if shows(seed.raw)), None)
            start = start or next(filter(shows, chain(self._carried(code, group), self._about(code, group))), None)
            if start is not None:
                yield smallest(start, self.sides.later, shows)
                return

    def _carried(self, code: str, group: Group) -> Iterator[Raw]:
        """What supports the service for the most patients, as if it were of these."""
        most, place = self.all[0], self.sides.later
        if most is group or not group.seeds or code not in {*most.before.services, *most.after.services}:
            return
        for base in self._bases_of(frozenset((code,)), most):
            name, changed = nearest(base, place.charts, place.vocabulary)
            chart = {**place.charts[name], MONTH: base[MONTH]}
            own = departures(group.seeds[0].raw, chart, place.vocabulary)
            yield made(chart, (*(each for each in own if each.path in place.library.selected_by), *changed))

    def _about(self, code: str, group: Group) -> Iterator[Raw]:
        """Patient-months about the nearest chart, by what a service and its rules read."""
        program = group.after if code in group.after.services else group.before
        edges = Edges(program, self.sides.later.month)
        service = program.services[code]
        edges.counted(service.earning)
        for statement in (service, *(rule for rule in program.rules if rule.decides and code in rule.codes)):
            edges.read(list(cone(statement, program)))
        yield from tried([group.seeds[0].raw], lambda base: edits(edges, base), MOST_TRIED)


def _stated(program: t.Program, key: tuple[str, str]) -> Any:
    """The statement of a key, or the declaration of a fact or a list."""
    if key[0] == VOCABULARY:
        return program.vocabulary.facts.get(key[1]) or program.vocabulary.lists.get(key[1])
    return held(program).get(key)


def _readers(keys: list[tuple[str, str]], pair: Pair) -> frozenset[str]:
    """The services that read one of these statements in either program."""
    return frozenset(code for program in (pair.without, pair.with_it) for code in readers(keys, program))
