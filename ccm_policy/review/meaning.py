"""What each change means: whether it tightens, loosens, or changes something else, and the smallest patient-month that
shows it.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, Protocol

from ccm_policy.language import tree as t
from ccm_policy.library import Library
from ccm_policy.review.apart import (
    FIELDS,
    SILENT,
    Altered,
    Pair,
    cone,
    held,
    keys_of,
    meaning_of,
    pairs,
)
from ccm_policy.review.aspects import ASKS, COVERS, FEWER, HIGHER, LOWER, MORE, ORDER, RISKS, Deciding
from ccm_policy.review.effects import Effect, Kept, Meaning, Told
from ccm_policy.review.proofs import Solver
from ccm_policy.review.searching import Found, Group, Search, Sides
from ccm_policy.review.settling import DIRECTIONS, Settled, settled
from ccm_policy.review.showing import Witness, witness_of
from ccm_policy.review.text import WORDS_ALONE
from ccm_policy.review.witness import Place


class OnASide(Protocol):
    """A side of a review: a library, and the month in which it is looked at."""

    @property
    def library(self) -> Library:
        """Its policies."""

    @property
    def month(self) -> str | None:
        """In which it is looked at; None: in every month."""


def compare(before: OnASide, after: OnASide, changes: Sequence[Altered]) -> Meaning:
    """What each of these changes between two sides means."""
    asking = Asking(before, after, tuple(changes))
    told = tuple(asking.told(change) for change in changes)
    return Meaning(told, tuple(asking.unchanged(told)), asking.months(None))


@dataclass(slots=True)
class Asking:
    """A comparison under way. `searches`: one for each two months that are compared."""

    before: OnASide
    after: OnASide
    changes: tuple[Altered, ...]
    searches: dict[tuple[str, str], Search] = field(default_factory=dict)
    deciding: Deciding = field(default_factory=Deciding)

    def months(self, change: Altered | None) -> tuple[str, str]:
        """The months in which a change is asked for: those that were named, else the first in which it was found."""
        last = min(self.before.library.known_through, self.after.library.known_through)
        if self.before.month is not None and self.after.month is not None:
            return self.before.month, self.after.month
        found = change.months[0] if change is not None and change.months else last
        return found, found

    def search(self, months: tuple[str, str]) -> Search:
        """What is tried in two months."""
        if months not in self.searches:
            sides = Sides(Place(self.before.library, months[0]), Place(self.after.library, months[1]))
            self.searches[months] = Search(sides, self.deciding)
        return self.searches[months]

    @property
    def called(self) -> dict[str, str]:
        """The new names of definitions that have another."""
        return {c.was: c.name for c in self.changes if c.kind == "define" and c.was and c.was != c.name}

    @property
    def known(self) -> frozenset[tuple[str, str]]:
        """The typed statements that a change is told of by itself."""
        return frozenset(
            (field, name)
            for c in self.changes
            for field in FIELDS.get(c.kind, ())
            for name in (c.name, c.was)
            if name is not None
        )

    def told(self, change: Altered) -> Told:
        """What one change means."""
        if change.kind in SILENT:
            return _answer(change, Effect.NOTHING, proved=True, note="No decision reads it.")
        if change.touches == WORDS_ALONE:
            return _answer(change, Effect.NOTHING, proved=True, note="Words for people alone differ.")
        search = self.search(self.months(change))
        groups = search.groups(change.policy)
        if not groups:
            return _answer(change, Effect.OPEN, proved=False, note="No patient-month was found that it speaks of.")
        answers: list[Told] = []
        for group in groups:
            answers.append(self._in(change, group, search))
            if _WEIGHT.get(answers[-1].effect, _SETTLED) == _SETTLED:
                break
        return max(answers, key=lambda each: _WEIGHT.get(each.effect, _SETTLED))

    def _in(self, change: Altered, group: Group, search: Search) -> Told:
        """What a change means under the policies of some patients."""
        old, new = held(group.before), held(group.after)
        keys = keys_of(change, old, new, self.known)
        if not keys and change.kind not in FIELDS and _about_all(change, group, search):
            return _answer(change, Effect.OPEN, proved=False, note="It is asked of patients alone.")
        states = [(old.get(key), new.get(key)) for key in keys]
        called = self.called
        before = _joined(a for a, _ in states)
        after = _joined(b for _, b in states)
        if [meaning_of(a, called) for a in before] == [meaning_of(b) for b in after]:
            return _answer(change, Effect.NOTHING, proved=True, note="What is decided by it reads the same.")
        if all(key[0] == "payments" for key in keys):
            return _answer(change, Effect.AMOUNTS, proved=False, note="Amounts alone are paid by it.")
        if all(key[0] == "preferences" for key in keys):
            return _answer(
                change, Effect.CHOICE, proved=False, note="It compares services that each stand by themselves."
            )
        if all(_advises(one) for pair in states for one in pair if one is not None):
            return _answer(change, Effect.RISK, proved=True, note="It is told, and decides nothing.")
        if not {key[0] for key in keys} - BESIDE.keys():
            return _beside(change, keys, before, after)
        possible = _possible(before, after)
        found, asked = Found(), None
        for pair in pairs(keys, group.before, group.after):
            found, asked = search.found(pair, keys, group, possible), pair
            if found.aspects:
                break
        if asked is None:
            return _answer(change, Effect.OPEN, proved=False, note="It cannot be asked for apart from the others.")
        if found.unread and all(key[0] == "definitions" for key in keys):
            note = "Nothing reads it but what is changed with it."
            return _answer(change, Effect.NOTHING, proved=True, note=note)
        ruled = settled(search, keys, asked, group, found, possible)
        if found.aspects:
            return self._shown(change, found, ruled, search)
        if len(ruled.none) == len(DIRECTIONS):
            return _answer(change, Effect.NOTHING, proved=True, tried=found.tried, note="On complete facts.")
        note = f"With up to {ruled.records} records of a list, a solver found nothing." if ruled.records else ""
        return _answer(change, Effect.OPEN, proved=False, tried=found.tried, note=note)

    def _shown(self, change: Altered, found: Found, ruled: Settled, search: Search) -> Told:
        effect, aspects = _effect(set(found.aspects))
        witnesses = tuple(
            witness_of(found.aspects[aspect], aspect, search.sides, f"{change.name}: {effect.value}")
            for aspect in aspects
        )
        codes = tuple(sorted(found.codes))
        shown = {way for way, each in DIRECTIONS.items() if set(each) & set(found.aspects)}
        proved = len(shown | ruled.none) == len(DIRECTIONS)
        return _answer(change, effect, proved=proved, codes=codes, witnesses=witnesses, tried=found.tried)

    def unchanged(self, told: Iterable[Told]) -> Iterator[Kept]:
        """The services that no change was found to touch, under the policies of the plain chart."""
        touched = {code for each in told for code in each.codes}
        search = self.search(self.months(None))
        groups = search.groups("")
        if not groups:
            return
        first = groups[0]
        solver = Solver(first.before, first.after, search.sides.later.month) if Solver.there() else None
        for code in first.after.services:
            if code not in touched and code in first.before.services:
                differs = tuple(_differing(code, first, self.called))
                proved = not differs or (solver is not None and solver.same(code))
                yield Kept(code=code, proved=proved, tried=search.seeded, reaches=differs)


def _answer(
    change: Altered,
    effect: Effect,
    *,
    proved: bool,
    codes: tuple[str, ...] = (),
    witnesses: tuple[Witness, ...] = (),
    tried: int = 0,
    note: str = "",
) -> Told:
    return Told(
        policy=change.policy,
        kind=change.kind,
        name=change.name,
        effect=effect,
        proved=proved,
        codes=codes,
        witnesses=witnesses,
        tried=tried,
        note=note,
    )


def _about_all(change: Altered, group: Group, search: Search) -> bool:
    """Whether a statement that no typed one reads may still decide: what facts mean, and whom a policy is for."""
    one, other = search.sides.earlier.library.outline, search.sides.later.library.outline
    if change.kind != "policy":
        return group.before.vocabulary != group.after.vocabulary
    heads = [{p.name: p for p in program.policies}.get(change.name) for program in (group.before, group.after)]
    asks = [head and (head.asks, head.records, head.priced_by) for head in heads]
    chosen = [
        (p := outline.policies.get(change.name)) and (p.applies, p.extends, p.uses, p.optional, p.level)
        for outline in (one, other)
    ]
    return asks[0] != asks[1] or chosen[0] != chosen[1]


BESIDE = {
    "line_checks": "It speaks of lines of a claim, which no patient-month was tried for.",
    "overlap_checks": "It tells of minutes that several entries share.",
    "attestations": "It vouches for what nobody recorded, which no patient-month was tried for.",
    "tables": "What reads the table was not tried.",
}
"""What decides no service's own outcome, and what is said of it."""


def _beside(change: Altered, keys: Sequence[tuple[str, str]], before: Sequence[Any], after: Sequence[Any]) -> Told:
    """What is known of a statement beside own outcomes: one check more can only refuse lines, one fewer only let them
    stand."""
    note = BESIDE[keys[0][0]]
    if keys[0][0] == "overlap_checks":
        return _answer(change, Effect.RISK, proved=True, note=note)
    if keys[0][0] == "line_checks" and not (before and after):
        return _answer(change, Effect.TIGHTENS if after else Effect.LOOSENS, proved=False, note=note)
    return _answer(change, Effect.OPEN, proved=False, note=note)


def _joined(states: Iterable[Any]) -> list[Any]:
    return [state for state in states if state is not None]


def _advises(statement: Any) -> bool:
    """Whether a statement only tells."""
    return isinstance(statement, t.Rule | t.LineCheck) and not statement.decides


def _possible(before: Sequence[Any], after: Sequence[Any]) -> frozenset[str]:
    """The ways in which own outcomes can differ at all, as far as the shape of a rule tells: one condition more can
    only lower them, one exception more only raise them."""
    one, other = next(iter(before), None), next(iter(after), None)
    if len(before) + len(after) == 1 and isinstance(one or other, t.Service):
        return frozenset((HIGHER if one is None else LOWER,))
    if (
        not all(each is None or isinstance(each, t.Rule) for each in (*before, *after))
        or len(before) > 1
        or len(after) > 1
    ):
        return frozenset((LOWER, HIGHER))
    tighter, looser = _tightness(one, other), _tightness(other, one)
    return frozenset(([LOWER] if not looser else []) + ([HIGHER] if not tighter else [])) or frozenset((LOWER, HIGHER))


def _tightness(one: t.Rule | None, other: t.Rule | None) -> bool:
    """Whether the other rule certainly asks for no less than the one."""
    if one is None or not one.decides:
        return True
    if other is None or not other.decides:
        return False
    same = (one.from_day, one.until_day) == (other.from_day, other.until_day)
    narrower = other.when is None or other.when == one.when
    waived = {waiver.when for waiver in other.waivers} <= {waiver.when for waiver in one.waivers}
    return (
        same
        and narrower
        and waived
        and set(one.conditions) <= set(other.conditions)
        and set(one.codes) <= set(other.codes)
    )


def _effect(found: set[str]) -> tuple[Effect, tuple[str, ...]]:
    """What was found, as one effect, and the aspects that show it."""
    if found & {LOWER, HIGHER}:
        down = [each for each in (LOWER, FEWER) if each in found]
        up = [each for each in (HIGHER, MORE) if each in found]
        if down and up:
            return Effect.BOTH, (down[0], up[0])
        return (Effect.TIGHTENS, (down[0],)) if down else (Effect.LOOSENS, (up[0],))
    if found & {FEWER, MORE}:
        return Effect.UNITS, tuple(each for each in (FEWER, MORE) if each in found)
    by = {COVERS: Effect.COVERAGE, ASKS: Effect.ASKED, RISKS: Effect.RISK}
    first = next(each for each in ORDER if each in found)
    return by[first], (first,)


_WEIGHT = {Effect.ASKED: 4, Effect.RISK: 3, Effect.OPEN: 2, Effect.NOTHING: 1}
_SETTLED = 5
"""Of what a change means under the policies of several patients, what settles more is told."""


def _differing(code: str, group: Group, called: Mapping[str, str]) -> Iterator[str]:
    """The statements that a service reads and that do not mean the same on both sides."""
    old, new = held(group.before), held(group.after)
    names = {*_reached(code, group.before), *_reached(code, group.after)}
    for key in sorted(names):
        one, other = old.get(key), new.get(key)
        if key in old and key not in new and key[1] in called:
            continue
        if key not in old and key in new and key[1] in called.values():
            one = old.get((key[0], next(was for was, now in called.items() if now == key[1])))
        if _of_one_service(meaning_of(one, called)) != _of_one_service(meaning_of(other)):
            yield key[1]


def _of_one_service(meaning: Any) -> Any:
    """What a statement says to a service that it is for, whatever others it is for."""
    return meaning and (meaning[0], tuple(part for part in meaning[1] if part[0] != "codes"))


def _reached(code: str, program: t.Program) -> set[tuple[str, str]]:
    service = program.services.get(code)
    if service is None:
        return set()
    found: set[tuple[str, str]] = {("services", code)}
    statements: list[tuple[str, Any]] = [("services", service)]
    statements += [("rules", r) for r in program.rules if code in r.codes and r.decides]
    statements += [("coverages", c) for c in program.coverages if code in c.codes]
    for name in (*service.base, *service.earning.each_of):
        found |= _reached(name, program) if name != code else set()
    for kind, statement in statements:
        found.add((kind, code if kind == "services" else statement.name))
        for node in cone(statement, program):
            if isinstance(node, t.Defined | t.DefinedOf):
                found.add(("definitions", node.name))
            elif isinstance(node, t.PickedField):
                found.add(("definitions", node.definition))
    return found


__all__ = ["Altered", "Effect", "Kept", "Meaning", "Pair", "Told", "compare"]
