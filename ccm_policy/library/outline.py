"""What a library is, apart from its rules: plain data that is kept in the cache and decides which policies apply."""

from __future__ import annotations

from dataclasses import dataclass

from ccm_policy.language import tree as t

BASE, OPTIONAL = "core", "optional"
"""Levels of policies that no fact selects: bases, and layers that are only there when asked for."""


@dataclass(frozen=True, slots=True)
class EditionOutline:
    """An edition."""

    month: str
    """The first month in which it holds, `YYYY-MM`."""
    title: str
    """Its own title; empty where it has none."""
    path: str
    """The file in which it stands."""


@dataclass(frozen=True, slots=True, kw_only=True)
class PolicyOutline:
    """A policy, without its statements."""

    name: str
    """By which it is extended and asked for."""
    title: str
    """What it is."""
    level: str
    """Its level among the layers."""
    editions: tuple[EditionOutline, ...]
    """In order of their months."""
    extends: tuple[str, ...]
    """The policies that it rests on."""
    uses: tuple[str, ...]
    """The policies whose definitions it borrows."""
    applies: t.Node | None
    """When it applies; None: only where another one rests on it or, if it is optional, where it is asked for."""
    reads: tuple[str, ...]
    """The selecting facts of that condition."""
    optional: bool
    """Whether it applies only where it is asked for."""
    priced_by: str | None
    """The policy whose payment statements price it; None: its own."""
    under: tuple[str, ...]
    """Every policy below it."""

    def edition(self, month: str) -> EditionOutline | None:
        """The edition in force in a month, or None before the first."""
        return next((e for e in reversed(self.editions) if e.month <= month), None)


@dataclass(frozen=True, slots=True, kw_only=True)
class Outline:
    """A library. `layers`: the selecting facts in the order of their layers. `established_by`: those of them whose
    policies bring their bases with them. `lives`: every code that any edition decides, to its first month, last month
    and successor.
    """

    title: str
    known_through: str
    layers: tuple[str, ...]
    established_by: tuple[str, ...]
    policies: dict[str, PolicyOutline]
    vocabulary: t.Vocabulary
    families: tuple[str, ...]
    tiers: tuple[str, ...]
    lives: dict[str, tuple[str, str | None, str | None]]

    @property
    def house(self) -> str | None:
        """The layer that is the practice's own: the last, unless its policies speak for a payer."""
        last = self.layers[-1] if self.layers else None
        return None if last in self.established_by else last

    def rank(self, policy: PolicyOutline) -> tuple[int, str]:
        """The place of a policy among the layers."""
        order = (BASE, *self.layers, OPTIONAL)
        return (order.index(policy.level), policy.name)

    def speaks(self, name: str) -> bool:
        """Whether a policy, or one that it rests on, establishes that somebody pays."""
        policy = self.policies[name]
        return any(
            set(p.reads) & set(self.established_by) for p in (policy, *map(self.policies.get, policy.under)) if p
        )

    def in_order(self, names: frozenset[str]) -> tuple[str, ...]:
        """Policies in the order in which their layers are laid: by level and name, and each after what it rests on."""
        ordered: list[str] = []

        def put(name: str) -> None:
            if name in ordered:
                return
            policy = self.policies[name]
            for below in (*policy.uses, *policy.extends):
                if below in names:
                    put(below)
            ordered.append(name)

        for name in sorted(names, key=lambda n: self.rank(self.policies[n])):
            put(name)
        return tuple(ordered)

    def with_bases(self, names: frozenset[str]) -> frozenset[str]:
        """The policies and every policy that they extend."""
        found: set[str] = set()
        waiting = list(names)
        while waiting:
            name = waiting.pop()
            if name not in found:
                found.add(name)
                waiting += self.policies[name].extends
        return frozenset(found)

    def lenders(self, names: frozenset[str]) -> frozenset[str]:
        """The policies that these use, directly or through others, and that are not among them."""
        found: set[str] = set()
        waiting = [used for name in names for used in self.policies[name].uses]
        while waiting:
            name = waiting.pop()
            if name not in found and name not in names:
                found.add(name)
                waiting += [*self.policies[name].uses, *self.policies[name].extends]
        return frozenset(found)
