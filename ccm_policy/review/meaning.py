"""What each change means: whether it tightens, loosens, or changes something else, and the smallest patient-month that
shows it.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field, replace
from typing import Any, Protocol

from ccm_policy.language import tree as t
from ccm_policy.library import Library
from ccm_policy.review.apart import (
    FIELDS,
    HEADS,
    SILENT,
    Altered,
    Pair,
    held,
    keys_of,
    meaning_of,
    pairs,
)
from ccm_policy.review.aspects import ASKS, COVERS, FEWER, HIGHER, LOWER, MORE, ORDER, RISKS, Deciding
from ccm_policy.review.effects import BY_ITSELF, NO_DECISION, UNREAD, Effect, Kept, Meaning, Told
from ccm_policy.review.kept import Standing
from ccm_policy.review.reading import UNSOLVED, VOCABULARY, covered_otherwise, declared_otherwise
from ccm_policy.review.searching import Found, Group, Search, Sides
from ccm_policy.review.settling import DIRECTIONS, Settled, settled
from ccm_policy.review.showing import Witness, witness_of
from ccm_policy.review.text import WORDS_ALONE
from ccm_policy.review.witness import Place
from ccm_policy.review.wording import Wordings


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
    kept = tuple(asking.unchanged(told))
    told = tuple(_reaching(each, kept) for each in told)
    asked = sorted({later for each in told for later in each.months} | set(asking.months_of_all))
    return Meaning(told, tuple(each for each in kept if each.code not in _codes_of(told)), tuple(asked))


@dataclass(slots=True)
class Asking:
    """A comparison under way. `searches`: one for each two months that are compared."""

    before: OnASide
    after: OnASide
    changes: tuple[Altered, ...]
    searches: dict[tuple[str, str], Search] = field(default_factory=dict)
    deciding: Deciding = field(default_factory=Deciding)
    wordings: Wordings = field(default_factory=Wordings)

    def months(self, change: Altered | None) -> list[tuple[str, str]]:
        """The months in which a change is asked for: those that were named, else the last in which it was found, and
        the first."""
        if self.before.month is not None and self.after.month is not None:
            return [(self.before.month, self.after.month)]
        known = min(self.before.library.known_through, self.after.library.known_through)
        found = change.months if change is not None else ()
        last = known if not found or found[-1] == self.last_edition else found[-1]
        return [(month, month) for month in dict.fromkeys((last, *found[:1]))]

    @property
    def months_of_all(self) -> tuple[str, ...]:
        """The months in which services were asked for, where none was named."""
        named = self.before.month is not None and self.after.month is not None
        return () if named else tuple(later for _, later in self.searches)

    @property
    def last_edition(self) -> str:
        """The month from which on every policy stays as it is."""
        policies = [p for side in (self.before, self.after) for p in side.library.outline.policies.values()]
        return max(edition.month for policy in policies for edition in policy.editions)

    def search(self, months: tuple[str, str]) -> Search:
        """What is tried in two months."""
        if months not in self.searches:
            sides = Sides(Place(self.before.library, months[0]), Place(self.after.library, months[1]))
            self.searches[months] = Search(sides, self.deciding, self.wordings)
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
            return _answer(change, Effect.NOTHING, proved=True, note=NO_DECISION)
        if change.touches == WORDS_ALONE:
            return _answer(change, Effect.NOTHING, proved=True, note="Words for people alone differ.")
        answers: list[Told] = []
        for months in self.months(change):
            answers.append(self._then(change, self.search(months)))
            if answers[-1].effect not in (Effect.NOTHING, Effect.OPEN):
                break
        return _weightiest(answers)

    def _then(self, change: Altered, search: Search) -> Told:
        """What a change means in two months."""
        month = search.sides.later.month
        groups = search.groups(change.policy)
        if not groups:
            return _answer(change, Effect.OPEN, proved=False, note="No patient-month was found that it speaks of.")
        answers: list[Told] = []
        for group in groups:
            answers.append(self._in(change, group, search))
            if _WEIGHT.get(answers[-1].effect, _SETTLED) == _SETTLED:
                break
        named = self.before.month is not None and self.after.month is not None
        return replace(_weightiest(answers), months=() if named else (month,))

    def _in(self, change: Altered, group: Group, search: Search) -> Told:
        """What a change means under the policies of some patients."""
        old, new = held(group.before), held(group.after)
        keys = keys_of(change, old, new, self.known)
        if change.kind == "policy" and _about_all(change, group, search):
            return _head(change, search)
        if change.kind not in FIELDS and change.kind not in HEADS:
            keys += [(VOCABULARY, path) for path in sorted(self._declared(change, group))]
        states = [(old.get(key), new.get(key)) for key in keys]
        called = self.called
        before = _joined(a for a, _ in states)
        after = _joined(b for _, b in states)
        alike = [meaning_of(a, called) for a in before] == [meaning_of(b) for b in after]
        if not any(key[0] == VOCABULARY for key in keys) and (
            alike
            or [self.wordings.of(group.before, a) for a in before] == [self.wordings.of(group.after, b) for b in after]
        ):
            return _answer(change, Effect.NOTHING, proved=True, note="What is decided by it reads the same.")
        if all(key[0] == "payments" for key in keys):
            return _answer(change, Effect.AMOUNTS, proved=False, note="Amounts alone are paid by it.")
        if all(key[0] == "preferences" for key in keys):
            note = "It compares services that each stand by themselves."
            families = {each.family for each in (*before, *after)}
            codes = tuple(s.code for s in group.after.services.values() if s.family in families or None in families)
            return _answer(change, Effect.CHOICE, proved=False, codes=codes, note=note)
        stated = [*before, *after]
        if stated and all(map(_advises, stated)):
            return _answer(change, Effect.RISK, proved=True, note="It is told, and decides nothing.")
        if keys and not {key[0] for key in keys} - BESIDE.keys():
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
            return _answer(change, Effect.NOTHING, proved=True, note=UNREAD)
        ruled = Settled(frozenset()) if _unsolved(keys) else settled(search, keys, asked, group, found, possible)
        if found.aspects:
            return self._shown(change, found, ruled, search)
        covered = covered_otherwise(asked.without, asked.with_it, self.wordings)
        if len(ruled.none) == len(DIRECTIONS) and not covered:
            return _answer(change, Effect.NOTHING, proved=True, tried=found.tried, note="On complete facts.")
        note = f"With up to {ruled.records} records of a list, a solver found nothing." if ruled.records else ""
        return _answer(change, Effect.OPEN, proved=False, tried=found.tried, note=note)

    def _declared(self, change: Altered, group: Group) -> set[str]:
        """The facts and lists that mean something else by this change: its own, or those that no other is told of."""
        paths = declared_otherwise(group.before, group.after)
        named = {each.name for each in self.changes if each.kind in DECLARED}
        return paths & {change.name} if change.kind in DECLARED else paths - named

    def _shown(self, change: Altered, found: Found, ruled: Settled, search: Search) -> Told:
        effect, aspects = _effect(set(found.aspects))
        called = f"{change.kind} {change.name} {{}}"
        witnesses = tuple(
            witness_of(found.aspects[aspect], aspect, search.sides, called.format(_VERBS.get(aspect, effect.value)))
            for aspect in aspects
        )
        codes = tuple(sorted(found.codes))
        shown = {way for way, each in DIRECTIONS.items() if set(each) & set(found.aspects)}
        proved = len(shown | ruled.none) == len(DIRECTIONS) or (change.kind == "coverage" and COVERS in found.aspects)
        return _answer(change, effect, proved=proved, codes=codes, witnesses=witnesses, tried=found.tried)

    def unchanged(self, told: Sequence[Told]) -> Iterator[Kept]:
        """The services that no change was told of, in every month in which one was asked for."""
        touched = frozenset(code for each in told for code in each.codes)
        self.search(self.months(None)[0])
        searches = tuple(self.searches.values())
        yield from Standing(
            searches=searches,
            told=touched,
            called=self.called,
            others=dict(self._chosen_otherwise(searches)),
            wordings=self.wordings,
        ).all()

    def _chosen_otherwise(self, searches: Sequence[Search]) -> Iterator[tuple[str, tuple[str, ...]]]:
        """The services of policies that are for other patients on one side than on the other."""
        one, other = self.before.library.outline.policies, self.after.library.outline.policies
        names = [name for name in one if name in other and _chosen_by(one[name]) != _chosen_by(other[name])]
        for search in searches:
            for group in search.all:
                about = tuple(name for name in names if any(name in policies for policies in group.policies))
                if about:
                    yield from ((code, about) for code in group.after.services)


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


def _codes_of(told: Iterable[Told]) -> set[str]:
    return {code for each in told for code in each.codes}


def _reaching(told: Told, kept: Iterable[Kept]) -> Told:
    """What was told of a change, with the services in which it shows beside another patient-month."""
    if told.effect in (Effect.NOTHING, Effect.OPEN, Effect.RISK):
        return told
    more = (each.code for each in kept if each.changes and told.name in each.reaches)
    return replace(told, codes=tuple(sorted({*told.codes, *more})))


def _chosen_by(policy: Any) -> Any:
    """What says for whom a policy speaks."""
    return policy.applies, policy.extends, policy.uses, policy.optional, policy.level


def _weightiest(answers: Sequence[Told]) -> Told:
    """Of several answers to one question that which settles most; what is proved of one only is not proved of all."""
    most = max(answers, key=lambda each: _WEIGHT.get(each.effect, _SETTLED))
    months = tuple(dict.fromkeys(month for each in answers for month in each.months))
    proved = most.proved and (most.effect is not Effect.NOTHING or all(each.proved for each in answers))
    return replace(most, proved=proved, months=months if most.effect in (Effect.NOTHING, Effect.OPEN) else most.months)


def _about_all(change: Altered, group: Group, search: Search) -> bool:
    """Whether a statement that no typed one reads may still decide: what facts mean, and whom a policy is for."""
    one, other = search.sides.earlier.library.outline, search.sides.later.library.outline
    if change.kind != "policy":
        return group.before.vocabulary != group.after.vocabulary
    heads = [{p.name: p for p in program.policies}.get(change.name) for program in (group.before, group.after)]
    asks = [head and (head.asks, head.records, head.priced_by) for head in heads]
    chosen = [(p := outline.policies.get(change.name)) and _chosen_by(p) for outline in (one, other)]
    return asks[0] != asks[1] or chosen[0] != chosen[1]


DECLARED = frozenset({"fact", "list"})
"""Kinds of statements that say what can be known."""


def _head(change: Altered, search: Search) -> Told:
    """What is told of whom a policy is for."""
    sides = (search.sides.earlier, search.sides.later)
    was, now = (side.library.outline.policies.get(change.name) for side in sides)
    if was is None or now is None or change.before is None or change.after is None:
        return _answer(change, Effect.NOTHING, proved=True, note=BY_ITSELF)
    note = "It asks for other records than before."
    if _chosen_by(was) != _chosen_by(now):
        note = "It speaks for other patients than before; a panel tells for whom."
    return _answer(change, Effect.OPEN, proved=False, note=note)


def _unsolved(keys: Sequence[tuple[str, str]]) -> bool:
    """Whether a change is about what the solver is not told of."""
    return any(field in UNSOLVED or field == "coverages" for field, _ in keys)


BESIDE = {
    "line_checks": "It speaks of lines of a claim, which no patient-month was tried for.",
    "tables": "What reads the table was not tried.",
}
"""What decides no service's own outcome, and what is said of it."""


def _beside(change: Altered, keys: Sequence[tuple[str, str]], before: Sequence[Any], after: Sequence[Any]) -> Told:
    """What is known of a statement beside own outcomes: one check more can only refuse lines, one fewer only let them
    stand."""
    note = BESIDE[keys[0][0]]
    if keys[0][0] == "line_checks" and not (before and after):
        return _answer(change, Effect.TIGHTENS if after else Effect.LOOSENS, proved=False, note=note)
    return _answer(change, Effect.OPEN, proved=False, note=note)


def _joined(states: Iterable[Any]) -> list[Any]:
    return [state for state in states if state is not None]


def _advises(statement: Any) -> bool:
    """Whether a statement only tells."""
    if isinstance(statement, t.OverlapCheck):
        return statement.across
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


_VERBS = {LOWER: "tightens", FEWER: "gives fewer units", HIGHER: "loosens", MORE: "gives more units"}
"""What a change does where a patient-month shows that aspect of it."""
_WEIGHT = {Effect.ASKED: 4, Effect.RISK: 3, Effect.OPEN: 2, Effect.NOTHING: 1}
_SETTLED = 5
"""Of what a change means under the policies of several patients, what settles more is told."""


__all__ = ["Altered", "Effect", "Kept", "Meaning", "Pair", "Told", "compare"]
