"""Which policies apply to a patient-month: those that certainly do, and those that hang on a fact nobody gave."""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Hashable, Mapping
from dataclasses import dataclass, field, replace

from ccm_policy.language import tree as t
from ccm_policy.language.diagnostics import Diagnostic, error
from ccm_policy.language.values import UNKNOWN, Value
from ccm_policy.language.walk import within
from ccm_policy.library.outline import Outline, PolicyOutline
from ccm_policy.library.selecting import Said, truth


@dataclass(frozen=True, slots=True)
class Selection:
    """The policies for a patient-month."""

    policies: tuple[str, ...]
    """Those that certainly apply, with their bases, in the order of their layers."""
    possible: tuple[tuple[str, tuple[str, ...]], ...] = ()
    """Layers that may apply, each with the facts that would decide it."""
    established: bool = True
    """Whether some policy certainly speaks for this payer, whoever that is."""
    asks: str | None = None
    """A fact that tells who pays and is not known, though it is one of a few values: nothing is established then. None
    where that is known."""
    ways: tuple[Selection, ...] = ()
    """What would be selected with each of its values."""


@dataclass(slots=True)
class Selector:
    """Selects policies, once for each set of selecting facts and span of months without a new edition."""

    outline: Outline
    _starts: list[str] = field(init=False)
    reads: tuple[str, ...] = field(init=False)
    _known: dict[tuple[Hashable, ...], Selection] = field(default_factory=dict, init=False)

    def __post_init__(self) -> None:
        policies = self.outline.policies.values()
        self._starts = sorted({edition.month for policy in policies for edition in policy.editions})
        self.reads = _read(self.outline)

    def select(self, facts: Mapping[str, Value], month: str, optional: frozenset[str]) -> Selection | Diagnostic:
        """The policies for these facts in a month; a diagnostic where the library does not know the month."""
        refused = self._refused(month, optional)
        if refused is not None:
            return refused
        key = (bisect_right(self._starts, month), optional, *(facts.get(path, _NOT_GIVEN) for path in self.reads))
        known = self._known.get(key)
        if known is None:
            if len(self._known) >= _MOST:
                self._known.clear()
            known = self._known[key] = self._made(facts, month, optional)
        return known

    def _made(self, facts: Mapping[str, Value], month: str, optional: frozenset[str]) -> Selection:
        policies, declared = self.outline.policies, self.outline.vocabulary.facts
        answers = {name: _applies(self.outline, p, facts, optional) for name, p in policies.items()}
        found = _selected(self.outline, month, answers)
        waits = {fact for _, missing in found.possible for fact in missing}
        of_few = (fact for fact in self.outline.established_by if declared[fact].type.kind == "value")
        asks = next((fact for fact in of_few if fact in waits), None)
        if asks is None:
            return found
        ways = (self._made({**facts, asks: value}, month, optional) for value in declared[asks].type.values)
        return replace(found, established=False, asks=asks, ways=tuple(dict.fromkeys(ways)))

    def _refused(self, month: str, optional: frozenset[str]) -> Diagnostic | None:
        last, first = self.outline.known_through, self._starts[0] if self._starts else month
        if month > last:
            message = f"this library knows its policies through {last}, and {month} is later"
            return error("E0440", message, help="get a library that knows the month; nothing is carried forward")
        if month < first:
            message = f"this library's first edition begins in {first}, and {month} is earlier"
            return error("E0441", message, help="correct the month, or ask the payer: nothing is carried backward")
        policies = self.outline.policies
        wrong = sorted(name for name in optional if name not in policies or not policies[name].optional)
        return _no_such_layer(self.outline, wrong[0]) if wrong else None


_MOST = 10_000
"""Selections that are held; then they are made anew."""
_NOT_GIVEN = object()


def _read(outline: Outline) -> tuple[str, ...]:
    """Every fact that a selection can hang on: those that conditions read, and those that presuming them reads."""
    found: dict[str, None] = {}
    waiting = [policy.applies for policy in outline.policies.values()]
    while waiting:
        node = waiting.pop()
        for part in within(node) if node is not None else ():
            if isinstance(part, t.Fact) and part.path not in found:
                found[part.path] = None
                declared = outline.vocabulary.facts.get(part.path)
                waiting += [] if declared is None else [declared.absent.value, declared.absent.unless]
    return tuple(found)


def _no_such_layer(outline: Outline, name: str) -> Diagnostic:
    known = sorted(p.name for p in outline.policies.values() if p.optional)
    listing = ", ".join(f"`{k}`" for k in known)
    help = f"the optional layers are {listing}" if known else "this library has no optional layers"
    return error("E0442", f"there is no optional layer `{name}`", help=help)


def _applies(outline: Outline, policy: PolicyOutline, facts: Mapping[str, Value], optional: frozenset[str]) -> Said:
    if policy.optional and policy.name not in optional:
        return Said(False)
    if policy.applies is None:
        return Said(policy.optional)
    return truth(policy.applies, facts, outline.vocabulary)


def _selected(outline: Outline, month: str, answers: Mapping[str, Said]) -> Selection:
    """Policies that speak for the payer bring their bases; every other layer applies where its base is in the chain."""
    there = {n for n, p in outline.policies.items() if p.edition(month) is not None}
    speaking = {n for n in there if answers[n].truth is True and _speaks(outline, outline.policies[n])}
    chain = {n for n in outline.with_bases(frozenset(speaking)) if n in there}
    possible: dict[str, frozenset[str]] = {}
    brought = _perhaps_brought(outline, there - chain, answers)
    growing = True
    while growing:
        growing = False
        for name in sorted(there - chain):
            missing = _missing(outline, name, answers[name], chain, possible, brought)
            if missing is None or possible.get(name) == missing:
                continue
            growing = True
            if missing:
                possible[name] = missing
            else:
                chain.add(name)
                possible.pop(name, None)
    ordered = [n for n in outline.in_order(frozenset(possible)) if n not in chain]
    return Selection(
        outline.in_order(frozenset(chain)),
        tuple((n, tuple(sorted(possible[n]))) for n in ordered),
        bool(speaking),
    )


def _perhaps_brought(outline: Outline, names: set[str], answers: Mapping[str, Said]) -> dict[str, frozenset[str]]:
    """Bases that come along if a policy speaks for the payer which only perhaps applies, and the facts it hangs on."""
    brought: dict[str, frozenset[str]] = {}
    for name in names:
        if answers[name].truth is UNKNOWN and _speaks(outline, outline.policies[name]):
            for base in outline.with_bases(frozenset({name})) & names:
                brought[base] = brought.get(base, frozenset()) | answers[name].missing
    return brought


def _missing(
    outline: Outline,
    name: str,
    answer: Said,
    chain: set[str],
    possible: Mapping[str, frozenset[str]],
    brought: Mapping[str, frozenset[str]],
) -> frozenset[str] | None:
    """The facts that decide whether a policy applies: none where it certainly does; None where it does not."""
    policy = outline.policies[name]
    if answer.truth is False:
        return None
    missing = answer.missing
    for base in () if _speaks(outline, policy) else policy.extends:
        if base not in chain:
            if base not in possible and base not in brought:
                return None
            missing |= possible.get(base, frozenset()) | brought.get(base, frozenset())
    return missing


def _speaks(outline: Outline, policy: PolicyOutline) -> bool:
    return bool(set(policy.reads) & set(outline.established_by))
