"""Asking the solver, and its three answers (S48): proved for any number of records, a patient-month that shows it,
or not decided up to so many records.

A patient-month is shown only where the interpreter comes to the same on it; one on which it does not is no answer.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any

import z3

from ccm_policy import facts as records_of_facts
from ccm_policy.evaluate.scene import Scene
from ccm_policy.evaluate.services import Outcome
from ccm_policy.evaluate.stages import own_outcomes
from ccm_policy.language import tree as t
from ccm_policy.prove.encoder import Encoder, OfMany
from ccm_policy.prove.facts_of import facts_of
from ccm_policy.prove.kinds import READERS
from ccm_policy.prove.lemmas import Lemmas
from ccm_policy.prove.month import Month
from ccm_policy.prove.outcomes import Terms
from ccm_policy.prove.values import Term

MOST_TRIES = 6
"""How many patient-months the interpreter is asked about before a search ends."""
MOST_RECORDS = 3
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
    """A patient-month on which it is so, as facts; the interpreter says the same of it."""

    facts: Facts


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
Replay = Callable[[Facts], bool]
"""Whether the interpreter finds on these facts what was looked for."""


@dataclass(slots=True)
class World:
    """Programs over one month: all share its facts. `records`: how many each list may have; None: any number."""

    programs: tuple[t.Program, ...]
    service_month: str
    records: int | None
    applies: tuple[t.Node, ...] = ()
    month: Month = field(init=False)
    terms: tuple[Terms, ...] = field(init=False)

    def __post_init__(self) -> None:
        any_number = self.records is None
        self.month = Month(self.programs[0].vocabulary, self.service_month, self.records or 0)
        known: dict[Any, Any] = {}
        of_many: dict[Any, OfMany] = {}
        open_values: list[Term] = []
        opaque: dict[str, str] = {}
        self.terms = tuple(
            Terms(
                Encoder(
                    program=program,
                    month=self.month,
                    known=known,
                    readers=READERS,
                    any_number=any_number,
                    opaque=opaque,
                    left_open=open_values,
                    of_many=of_many,
                )
            )
            for program in self.programs
        )

    @property
    def opaque(self) -> Mapping[str, str]:
        """What could not be said exactly, and why."""
        return self.terms[0].to.opaque

    def solver(self, *sought: Term) -> Any:
        """A solver that looks for such a patient-month."""
        solver = z3.Solver()
        solver.set("timeout", PATIENCE)
        selected = [self.terms[0].to.truth(node) for node in self.applies]
        solver.add(*sought, *selected, *self.month.well_formed())
        return solver

    def lemmas(self) -> list[Term]:
        """What holds between what is said of many records."""
        return list(Lemmas(self.month, []).between(list(self.terms[0].to.of_many.values())))


@dataclass(slots=True)
class Worlds:
    """The same programs over months with lists of any length, and of one, two, … records; each made once."""

    programs: tuple[t.Program, ...]
    service_month: str
    applies: tuple[t.Node, ...] = ()
    most: int = MOST_RECORDS
    made: dict[int | None, World] = field(default_factory=dict)

    def of(self, records: int | None) -> World:
        """The world in which lists have so many records at most; None: any number."""
        if records not in self.made:
            self.made[records] = World(self.programs, self.service_month, records, self.applies)
        return self.made[records]

    def find(self, build: Build, replay: Replay) -> Answer:
        """A patient-month of which `build` is true, the proof that there is none, or neither."""
        proof = self.none(build)
        return proof if proof is not None else self.some(build, replay)

    def none(self, build: Build) -> Proved | None:
        """The proof that it is true of no patient-month, however many records it has."""
        world = self.of(None)
        sought = build(*world.terms)
        if world.solver(sought).check() == z3.unsat or world.solver(sought, *world.lemmas()).check() == z3.unsat:
            return Proved(tuple(world.opaque))
        return None

    def some(self, build: Build, replay: Replay) -> Answer:
        """A patient-month of which it is true: first with few records, then with more."""
        why = ""
        for records in range(1, self.most + 1):
            world = self.of(records)
            sought = build(*world.terms)
            solver = world.solver(sought, *world.month.writable())
            solver.push()
            solver.add(*(z3.Not(left) for left in world.terms[0].to.left_open))
            for _ in range(MOST_TRIES):
                if solver.check() != z3.sat:
                    break
                model = fewest(solver, world.month)
                if replay(facts := facts_of(model, world.month)):
                    return Shown(facts)
                why = "the interpreter does not come to the same on what the solver found"
                solver.add(another(model, world.month))
            solver.pop()
            if not why and solver.check() != z3.unsat:
                why = "a value that a policy leaves open would decide it"
        return NotDecided(self.most, why)


def fewest(solver: Any, month: Month) -> Any:
    """A model with as few records as can be left out one by one."""
    model = solver.model()
    out: list[Term] = []
    for there in reversed(list(month.there.values())):
        if z3.is_true(model.eval(there, model_completion=True)) and solver.check(z3.Not(there), *out) == z3.sat:
            model = solver.model()
            out.append(z3.Not(there))
    return model


def another(model: Any, month: Month) -> Term:
    """Any patient-month but the model's."""
    told = [*month.there.values(), *month.facts.values(), *month.fields.values()]
    terms = [term for value in told if z3.is_expr(term := getattr(value, "term", value))]
    return z3.Or(*(term != model.eval(term, model_completion=True) for term in terms))
