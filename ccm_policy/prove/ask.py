"""Asking the solver, and its three answers (S48): proved for any number of records, a patient-month that shows it,
or not decided up to so many records.

A patient-month is shown only where the interpreter comes to the same on it; one on which it does not is no answer.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import KW_ONLY, dataclass, field
from typing import Any

import z3

from ccm_policy import facts as records_of_facts
from ccm_policy.evaluate.scene import Scene
from ccm_policy.evaluate.services import Outcome
from ccm_policy.evaluate.stages import own_outcomes
from ccm_policy.language import tree as t
from ccm_policy.prove.encoder import Encoder
from ccm_policy.prove.facts_of import as_told, facts_of
from ccm_policy.prove.kinds import READERS
from ccm_policy.prove.lemmas import Lemmas
from ccm_policy.prove.month import Month
from ccm_policy.prove.outcomes import Terms
from ccm_policy.prove.values import Term, variables

MOST_TRIES = 6
"""How many patient-months the interpreter is asked about before a search ends."""
FEW_RECORDS, MOST_RECORDS = 2, 3
"""How many records a list has at most where a patient-month is looked for."""
PATIENCE = 5_000
"""Milliseconds that the solver may think about one question."""

Facts = dict[str, Any]


@dataclass(frozen=True, slots=True)
class Proved:
    """It is so of no patient-month, however many records it has. `opaque`: what the proof does not look into."""

    opaque: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Shown:
    """A patient-month on which it is so, as facts; the interpreter says the same of it. `other`: the second of two
    which were compared."""

    facts: Facts
    other: Facts | None = None


@dataclass(frozen=True, slots=True)
class NotDecided:
    """No patient-month was found with up to so many records, and it is not proved that there is none."""

    records: int
    why: str = ""


Answer = Proved | Shown | NotDecided


@dataclass(frozen=True, slots=True)
class Seen:
    """What the interpreter makes of facts by one program, before any coverage or choice."""

    scene: Scene
    own: Mapping[str, Outcome]


def seen(program: t.Program, facts: Facts) -> Seen | None:
    """What the interpreter makes of facts; None where the reader of facts refuses them."""
    given, _ = records_of_facts.check(facts, program.vocabulary)
    if given is None:
        return None
    _, scene, own = own_outcomes(given, program)
    return Seen(scene, own)


Build = Callable[..., Term]
"""What is looked for, from the terms of each program."""
Replay = Callable[..., bool]
"""Whether the interpreter finds on these facts what was looked for."""


@dataclass(slots=True)
class World:
    """Programs over one month: all share its facts. `records`: how many each list may have; None: any number. `apart`:
    each program over a second month as well, which may differ from the first in these facts and fields and in no
    others."""

    programs: tuple[t.Program, ...]
    service_month: str
    records: int | None
    _: KW_ONLY
    applies: tuple[t.Node, ...] = ()
    apart: frozenset[str] = frozenset()
    month: Month = field(init=False)
    other: Month | None = field(init=False, default=None)
    terms: tuple[Terms, ...] = field(init=False)
    _kept: tuple[Any, Any] | None = field(init=False, default=None)
    _lemmas: Lemmas = field(init=False)

    def __post_init__(self) -> None:
        vocabulary, records = self.programs[0].vocabulary, self.records or 0
        self.month = Month(vocabulary, self.service_month, records)
        months = [self.month]
        if self.apart:
            keys, texts = self.month.keys, self.month.texts
            self.other = Month(vocabulary, self.service_month, records, keys=keys, texts=texts, primed=self.apart)
            months.append(self.other)
        shared: dict[str, Any] = {"readers": READERS, "any_number": self.records is None, "opaque": {}, "left_open": []}
        made: list[Terms] = []
        for month in months:
            own: dict[str, Any] = {"month": month, "known": {}, "of_many": {}}
            made += (Terms(Encoder(program=program, **own, **shared)) for program in self.programs)
        self.terms = tuple(made)
        self._lemmas = Lemmas(lambda: self.well_formed)

    @property
    def opaque(self) -> Mapping[str, str]:
        """What could not be said exactly, and why."""
        return self.terms[0].to.opaque

    @property
    def well_formed(self) -> list[Term]:
        """What holds of every patient-month."""
        return [*self.month.well_formed(), *([] if self.other is None else self.other.well_formed())]

    def solver(self, *sought: Term) -> Any:
        """A solver that looks for such a patient-month; it is good until the next one is asked for."""
        for each in self.terms:
            for node in self.applies:
                each.to.truth(node)
        selected = [each.to.truth(node) for each in self.terms for node in self.applies]
        known = (self.well_formed, self.month.writable() if self.records is not None else [])
        sizes = tuple(map(len, known))
        if self._kept is None or self._kept[0] != sizes:
            solver = z3.Solver()
            solver.set("timeout", PATIENCE, "ctrl_c", False)  # an interrupt ends the command, not one question
            solver.add(*selected, *known[0], *known[1])
            solver.push()
            self._kept = (sizes, solver)
        found = self._kept[1]
        found.pop(found.num_scopes())
        found.push()
        found.add(*sought)
        return found

    def lemmas(self, sought: Term) -> list[Term]:
        """What holds between those things said of many records that a question hangs on."""
        of_many = {id(each.to.of_many): each.to.of_many for each in self.terms}
        asked = {str(term) for term in variables(sought)}
        told = (m for many in of_many.values() for m in many.values())
        return list(self._lemmas.between(m for m in told if str(getattr(m.value, "term", m.value)) in asked))


@dataclass(slots=True)
class Worlds:
    """The same programs over months with lists of any length, and of a few records; each made once. `most`: how many
    records at most. `plain`: a patient-month, by paths and as text, from which one that is found departs as little as
    the solver will have it."""

    programs: tuple[t.Program, ...]
    service_month: str
    applies: tuple[t.Node, ...] = ()
    most: int = MOST_RECORDS
    apart: frozenset[str] = frozenset()
    _: KW_ONLY
    plain: Mapping[str, Any] = field(default_factory=dict)
    made: dict[int | None, World] = field(default_factory=dict, init=False)

    def of(self, records: int | None) -> World:
        """The world in which lists have so many records at most; None: any number."""
        if records not in self.made:
            self.made[records] = World(
                self.programs, self.service_month, records, applies=self.applies, apart=self.apart
            )
        return self.made[records]

    def find(self, build: Build, replay: Replay) -> Answer:
        """A patient-month of which `build` is true, the proof that there is none, or neither. Lemmas cost most, so that
        a patient-month with one record of a list is looked for before them."""
        proof = self.none(build, lemmas=False)
        if proof is not None:
            return proof
        found = self.least(build, replay)
        return found or self.none(build) or self.some(build, replay)

    def least(self, build: Build, replay: Replay) -> Shown | None:
        """A patient-month with one record of a list at most of which it is true, where one is found."""
        found = self._looked_for(build, replay, 1)
        return found if isinstance(found, Shown) else None

    def none(self, build: Build, *, lemmas: bool = True) -> Proved | None:
        """The proof that it is true of no patient-month, however many records it has; `lemmas`: also with what follows
        of many records from one."""
        world = self.of(None)
        sought = build(*world.terms)
        if z3.is_false(z3.simplify(sought)):
            return Proved()
        plainly = world.solver(sought).check() == z3.unsat
        if plainly or (lemmas and world.solver(sought, *world.lemmas(sought)).check() == z3.unsat):
            return Proved(tuple(sorted(set(world.opaque.values()))))
        return None

    def some(self, build: Build, replay: Replay) -> Answer:
        """A patient-month of which it is true: first with few records, then with more."""
        why = ""
        for records in sorted({min(FEW_RECORDS, self.most), self.most}):
            found = self._looked_for(build, replay, records)
            if isinstance(found, Shown):
                return found
            why = found or why
        return NotDecided(self.most, why)

    def _looked_for(self, build: Build, replay: Replay, records: int) -> Shown | str:
        world = self.of(records)
        sought = build(*world.terms)
        solver = world.solver(sought)
        solver.push()
        solver.add(*(z3.Not(left) for left in world.terms[0].to.left_open))
        why = ""
        for _ in range(MOST_TRIES):
            if (said := solver.check()) != z3.sat:
                why = why or ("" if said == z3.unsat else "the solver took too long")
                break
            model = fewest(solver, world.month)
            if self.plain:
                model = nearest(solver, world.month, self.plain, model)
            facts = [facts_of(model, month) for month in (world.month, world.other) if month is not None]
            if replay(*facts):
                return Shown(*facts)
            why = "the interpreter does not come to the same on what the solver found"
            solver.add(another(model, world.month))
        solver.pop()
        return why or ("" if solver.check() == z3.unsat else "a value that a policy leaves open would decide it")


def fewest(solver: Any, month: Month) -> Any:
    """A model with as few records as can be left out one by one."""
    model = solver.model()
    out: list[Term] = []
    for there in reversed(list(month.there.values())):
        if z3.is_true(model.eval(there, model_completion=True)) and solver.check(z3.Not(there), *out) == z3.sat:
            model = solver.model()
            out.append(z3.Not(there))
    return model


def nearest(solver: Any, month: Month, plain: Mapping[str, Any], model: Any) -> Any:
    """A model with as much of a plain patient-month as can be had: a half at a time, then less."""
    kept: list[Term] = []

    def take(wanted: list[Term]) -> None:
        nonlocal model
        if all(z3.is_true(model.eval(each, model_completion=True)) for each in wanted):
            kept.extend(wanted)
        elif solver.check(*kept, *wanted) == z3.sat:
            model = solver.model()
            kept.extend(wanted)
        elif len(wanted) > 1:
            take(wanted[: len(wanted) // 2])
            take(wanted[len(wanted) // 2 :])

    take(list(as_told(month, plain)))
    return model


def another(model: Any, month: Month) -> Term:
    """Any patient-month but the model's."""
    told = [*month.there.values(), *month.facts.values(), *month.fields.values()]
    terms = [term for value in told if z3.is_expr(term := getattr(value, "term", value))]
    return z3.Or(*(term != model.eval(term, model_completion=True) for term in terms))
