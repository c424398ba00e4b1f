"""What follows from a program alone, made once for all patient-months that it decides."""

from __future__ import annotations

from collections import OrderedDict, defaultdict
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from typing import Protocol, TypeVar

from ccm_policy.evaluate.later import made_once
from ccm_policy.language import tree
from ccm_policy.language.tree import CODE, YES_NO, AtLeast, Coverage, In, Node, Payment, Preference, Program, Records
from ccm_policy.language.walk import within

KEPT = 256
"""How many programs are kept, the last used."""


@dataclass(frozen=True)
class Derived:
    """Tables of a program: what it says by code, and which services are compared."""

    program: Program

    @made_once
    def coverages(self) -> Mapping[str, list[Coverage]]:
        """What is said of the coverage of each code, the nearest to the practice first."""
        return _by_code(reversed(self.program.coverages))

    @made_once
    def payments(self) -> Mapping[str, list[Payment]]:
        """How each code is paid, the nearest to the practice first."""
        return _by_code(reversed(self.program.payments))

    @made_once
    def priced_by(self) -> str | None:
        """The schedule of what no payment and no service names one for."""
        return next((p.priced_by for p in reversed(self.program.policies) if p.priced_by), None)

    @made_once
    def ceilings(self) -> Mapping[str, str]:
        """The facts by which another payer comes first, with what is said then."""
        return {path: fact.ceiling for path, fact in self.program.vocabulary.facts.items() if fact.ceiling}

    @made_once
    def apart(self) -> Mapping[str, Node]:
        """That a line of the claim, the nearest bound record, is set apart, by each definition that may do so."""
        return {name: tree.DefinedOf(name, 0, YES_NO) for name in self.program.apart}

    @made_once
    def billed(self) -> Mapping[str, Node]:
        """For each add-on, that one of its bases stands among the other services of the month, by the scope that it
        names; none where the vocabulary cannot tell."""
        declared = next((d for d in self.program.vocabulary.lists.values() if d.union_of), None)
        if declared is None or declared.union_of is None:
            return {}
        add_ons = (service for service in self.program.services.values() if service.base)
        return {service.code: self._billed(service, declared.union_of) for service in add_ons}

    def _billed(self, service: tree.Service, name: str) -> Node:
        conditions: list[Node] = [In(tree.Field(0, name, "code", CODE), service.base)]
        scope = self.program.vocabulary.scopes.get(service.base_scope or "", {}).get(name)
        if scope is not None:
            conditions.append(scope)
        if self.program.billed is not None:
            conditions.append(tree.DefinedOf(self.program.billed, 0, YES_NO))
        return AtLeast(1, Records(name, in_month=True, where=tree.And(tuple(conditions))))

    @made_once
    def groups(self) -> tuple[tuple[Preference, tuple[tuple[str, ...], ...]], ...]:
        """Every preference, tiers before programmes, with the codes of each of its groups, bases before add-ons."""
        preferences = sorted(self.program.preferences, key=lambda p: p.what != "tier")
        return tuple((p, tuple(self._group(name, p) for name in p.order)) for p in preferences)

    def _group(self, name: str, preference: Preference) -> tuple[str, ...]:
        codes = [code for code, service in self.program.services.items() if self._belongs(service, name, preference)]
        return tuple(sorted(codes, key=lambda code: bool(self.program.services[code].base)))

    def _belongs(self, service: tree.Service, name: str, preference: Preference) -> bool:
        if preference.what != "tier":
            return service.family == name
        return service.family == preference.family and self.tier(service) == name

    def tier(self, service: tree.Service) -> str | None:
        """A service's tier; an add-on shares its base's (S26)."""
        if service.tier is not None or not service.base:
            return service.tier
        services = self.program.services
        return next((services[code].tier for code in service.base if code in services), None)

    @made_once
    def places(self) -> tuple[tuple[Preference, Mapping[str, int]], ...]:
        """Every preference, in the order of the program, with the place of each code in its order."""
        return tuple((p, self._places(groups)) for p, groups in sorted(self.groups, key=self._written))

    def _written(self, of: tuple[Preference, object]) -> int:
        return next(n for n, p in enumerate(self.program.preferences) if p is of[0])

    def _places(self, groups: tuple[tuple[str, ...], ...]) -> dict[str, int]:
        return {code: place for place in reversed(range(len(groups))) for code in groups[place]}

    def order_of(self, preference: Preference) -> tuple[Mapping[str, int], tuple[tuple[str, ...], ...]]:
        """The places of the codes in a preference, and its groups."""
        groups = next(groups for p, groups in self.groups if p is preference)
        return next(places for p, places in self.places if p is preference), groups

    @made_once
    def sums_of_minutes(self) -> tuple[str, ...]:
        """The definitions of the month that are sums in which each minute counts once, and that something reads."""
        definitions, left, read = self.program.definitions, list(self._roots()), set[str]()
        while left:
            for node in within(left.pop()):
                name = node.definition if isinstance(node, tree.PickedField) else getattr(node, "name", None)
                if isinstance(node, tree.Defined | tree.DefinedOf | tree.PickedField) and name not in read:
                    read.add(str(name))
                    left.append(definitions[str(name)].value)
        sums = (d for d in definitions.values() if isinstance(d.value, tree.Sum) and d.value.once)
        return tuple(d.name for d in sums if d.of is None and d.name in read)

    def _roots(self) -> Iterator[Node]:
        """What is asked of a patient-month without a claim."""
        for rule in self.program.rules:
            yield from rule.conditions
            yield from (waiver.when for waiver in rule.waivers)
            yield from () if rule.when is None else (rule.when,)
        for service in self.program.services.values():
            earning = service.earning
            asked = (earning.when, earning.step, earning.amount, earning.beyond, service.dated, service.entered)
            yield from (node for node in asked if node is not None)
        whens = (*(c.when for c in self.program.coverages), *(p.when for p in self.program.payments))
        yield from (when for when in whens if when is not None)


class _OfCodes(Protocol):
    @property
    def codes(self) -> tuple[str, ...]:
        """The services that it is of."""


S = TypeVar("S", bound=_OfCodes)


def _by_code(statements: Iterable[S]) -> Mapping[str, list[S]]:
    found: defaultdict[str, list[S]] = defaultdict(list)
    for statement in statements:
        for code in dict.fromkeys(statement.codes):
            found[code].append(statement)
    return found


_kept: OrderedDict[int, Derived] = OrderedDict()


def derived(program: Program) -> Derived:
    """The tables of a program."""
    known = _kept.get(id(program))
    if known is None:
        known = _kept[id(program)] = Derived(program)  # which keeps the program, and so its address
        if len(_kept) > KEPT:
            _kept.popitem(last=False)
    return known
