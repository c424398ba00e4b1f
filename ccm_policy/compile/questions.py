"""What the stages of a decision ask of a patient-month, as questions whose answers can be remembered.

A question hangs on a few facts and on nothing else, so it has one answer for the same values of them. A program asks
some dozens, whatever the number of its patient-months. Whatever hangs on the records of a list is no question.
"""

from __future__ import annotations

from collections.abc import Callable, Hashable, Iterable
from dataclasses import dataclass, field
from functools import reduce
from operator import and_, or_
from typing import Any

from ccm_policy.compile.known import NO, YES
from ccm_policy.compile.layout import FIRST_DAY, LAST_DAY
from ccm_policy.compile.program import Compiled, OfService
from ccm_policy.compile.reckoning import at_least_one, lived
from ccm_policy.compile.records import state_of
from ccm_policy.compile.scene import Slots, SlotFacts, days_of, result_of
from ccm_policy.evaluate.patient_month import Listed
from ccm_policy.evaluate.presume import presumed_when_read
from ccm_policy.evaluate.ranges import Range
from ccm_policy.evaluate.services import already_billed, earned_by
from ccm_policy.evaluate.trace import missing
from ccm_policy.facts.values import Given, Value
from ccm_policy.language import tree as t
from ccm_policy.language.walk import records_of, within

MOST_KNOWN = 50_000
"""Answers of a question that are remembered; then it is asked anew."""
PATIENT, MONTH, PRACTITIONER = "patient_id", "service_month", "practitioner.id"

Values = tuple[Value | None, ...]
"""A value of each fact that a question reads; None: it is not given."""


class NotAQuestionError(Exception):
    """Something hangs on more than facts of one value each."""


@dataclass(eq=False, slots=True)
class Question:
    """A question of one month: the facts it hangs on, how it is answered, and the answers that it had, by number."""

    reads: tuple[str, ...]
    ask: Callable[[Values], Hashable]
    answers: list[Any] = field(default_factory=list)
    numbers: dict[Hashable, int] = field(default_factory=dict)
    known: dict[Values, int] = field(default_factory=dict)

    def number(self, answer: Hashable) -> int:
        """The number of an answer."""
        found = self.numbers.get(answer)
        if found is None:
            found = self.numbers[answer] = len(self.answers)
            self.answers.append(answer)
        return found

    def of(self, values: Values) -> int:
        """The number of the answer for these values."""
        found = self.known.get(values)
        if found is None:
            if len(self.known) >= MOST_KNOWN:
                self.known.clear()
            found = self.known[values] = self.number(self.ask(values))
        return found


class Truth(Question):
    """A question of which the answer is a truth of compiled code, and the truth its own number."""

    __slots__ = ()

    def number(self, answer: Hashable) -> int:
        assert isinstance(answer, int)
        return answer


@dataclass(eq=False, slots=True)
class Joined:
    """A truth that is made of others: `every` of them, or one of them at least."""

    parts: tuple[Truth | Joined, ...]
    every: bool

    def joined(self, truths: Iterable[int]) -> int:
        """The truth that those of its parts make."""
        return reduce(and_ if self.every else or_, truths, YES if self.every else NO)


@dataclass(frozen=True, slots=True)
class Waits:
    """The facts that decide an own outcome: of each part that is not known, the question which they are."""

    parts: tuple[tuple[Truth | Joined, Question | Waits], ...]


class Questions:
    """The questions of a program about a month. Each is made when it is first asked; `NotAQuestionError` where it is
    none."""

    def __init__(self, code: Compiled, month: str) -> None:
        self.code = code
        self.month = month
        self._made: dict[tuple[str, Hashable], Any] = {}
        self._services = {made.service.code: made for made in code.services}

    # --- what outcomes are asked ---

    def own(self, code: str) -> Joined:
        """The own outcome of a service."""
        return self._once("own", code, self._own)

    def base(self, code: str) -> Joined:
        """Whether an add-on has something to add to."""
        return self._once("base", code, self._base)

    def units(self, code: str) -> Question:
        """How many units of a service are earned."""
        made = self._services[code]
        return self._once("units", code, lambda _: self._made_of(made, lambda s: Range(*made.units(s.state))))

    def served(self, code: str) -> Question:
        """The date of a service where no claim says."""
        made = self._services[code]
        reads = [made.service.dated, *map(self._marked, (t.END_OF_MONTH, t.END_OF_RECORD))]
        return self._once("served", code, lambda _: self._of(reads, lambda s: days_of(*made.served(s.state))))

    def waits_for(self, code: str) -> Waits:
        """The facts that would decide a service."""
        return self._once("waits for", code, self._waits_for)

    def units_wait_for(self, code: str) -> Question:
        """The facts that would tell its units."""
        made = self._services[code]

        def ask(slots: Slots) -> Hashable:
            return _paths(earned_by(made.service.earning, slots.reference, lambda other: None))

        return self._once("units wait for", code, lambda _: self._made_of(made, ask))

    # --- what a scene is asked ---

    def value(self, node: t.Node) -> Question:
        """The value of an expression of the month."""

        def ask(slots: Slots) -> Hashable:
            return result_of(self.code.function(node)(slots.state), node.type.kind)

        return self._once("value", id(node), lambda _: self._of([node], ask))

    def fact(self, path: str) -> Question:
        """What is known of a fact."""
        type = self.code.program.vocabulary.facts[path].type
        return self._once("fact", path, lambda _: self._of([t.Fact(path, type)], lambda s: SlotFacts(s).fact(path)))

    def nothing_of(self, name: str) -> Listed:
        """A list that was not given: the same for every patient-month."""
        return self._once("list", name, lambda _: presumed_when_read(self._given({}), self.code.program).list(name))

    # --- how they are made ---

    def _once(self, kind: str, key: Hashable, make: Callable[[Any], Any]) -> Any:
        found = self._made.get((kind, key))
        if found is None:
            found = self._made[kind, key] = make(key)
        return found

    def _own(self, code: str) -> Joined:
        return Joined(tuple(part for part, _ in self._parts(code)), every=True)

    def _parts(self, code: str) -> list[tuple[Truth | Joined, Any]]:
        """What an own outcome is made of, in the order of its trace, each with how to ask what it waits for."""
        made, parts = self._services[code], list[tuple[Truth | Joined, Any]]()
        for rule, holds in made.rules:
            if rule.decides:
                parts.append((self._rule(made, rule, holds), lambda rule=rule: self._rule_waits_for(rule)))
        earns = self._made_of(made, lambda s: at_least_one(made.units(s.state)), Truth)
        parts.append((earns, lambda: self.units_wait_for(code)))
        if made.service.base:
            parts.append((self.base(code), lambda: self._base_waits_for(made)))
        mark = self._marked(t.END_OF_MONTH)
        if mark is not None:
            parts.append((self._lived(mark), lambda: Question((), lambda values: (mark.path,))))
        return parts

    def _waits_for(self, code: str) -> Waits:
        return Waits(tuple((part, waits()) for part, waits in self._parts(code)))

    def _base(self, code: str) -> Joined:
        service = self._services[code].service
        if already_billed(service, self.code.program) is not None:
            raise NotAQuestionError
        return Joined(tuple(self.own(other) for other in service.base if other in self._services), every=False)

    def _base_waits_for(self, made: OfService) -> Waits:
        bases = (other for other in made.service.base if other in self._services)
        return Waits(tuple((self.own(other), self.waits_for(other)) for other in bases))

    def _rule(self, made: OfService, rule: t.Rule, holds: Callable[[list[Any]], int]) -> Truth:
        dated = rule.from_day is not None or rule.until_day is not None
        key = (id(rule), made.service.code if dated else "")
        day = [made.service.dated, *map(self._marked, (t.END_OF_MONTH, t.END_OF_RECORD))] if dated else []
        nodes = [*_nodes(rule), *day]
        return self._once("rule", key, lambda _: self._of(nodes, lambda s: holds(s.state), Truth))

    def _rule_waits_for(self, rule: t.Rule) -> Question:
        return self._once(
            "rule waits for", id(rule), lambda _: self._of(_nodes(rule), lambda s: _paths(s.judged(rule).trace))
        )

    def _lived(self, mark: t.Fact) -> Truth:
        def ask(slots: Slots) -> Hashable:
            return lived(slots.state[FIRST_DAY], slots.state[LAST_DAY], self.code.fact(mark.path, slots.state))

        return self._once("lived", mark.path, lambda _: self._of([mark], ask, Truth))

    def _marked(self, mark: str) -> t.Fact | None:
        path = self.code.program.vocabulary.marks.get(mark)
        return None if path is None else t.Fact(path, self.code.program.vocabulary.facts[path].type)

    def _made_of(self, made: OfService, ask: Callable[[Slots], Hashable], kind: type[Question] = Question) -> Any:
        """A question about how the units of a service are earned."""
        earning = made.service.earning
        if earning.each_of:
            raise NotAQuestionError
        return self._of([earning.when, earning.step, earning.amount, earning.beyond], ask, kind)

    def _of(
        self, nodes: Iterable[t.Node | None], ask: Callable[[Slots], Hashable], kind: type[Question] = Question
    ) -> Any:
        """A question that hangs on what some expressions read."""
        reads = facts_read(nodes, self.code.program)

        def answer(values: Values) -> Hashable:
            given = self._given({path: v for path, v in zip(reads, values, strict=True) if v is not None})
            return ask(Slots(self.code, given, state_of(given, self.code.layout)))

        return kind(reads, answer)

    def _given(self, facts: dict[str, Value]) -> Given:
        who = facts.get(PRACTITIONER)
        who = who if isinstance(who, str) else None
        return Given(
            patient_id="", service_month=self.month, practitioner_id=who, facts=facts, lists={}, digest=""
        )


def _nodes(rule: t.Rule) -> tuple[t.Node | None, ...]:
    return (*rule.conditions, *(waiver.when for waiver in rule.waivers), rule.when)


def _paths(trace: Any) -> tuple[str, ...]:
    return tuple(leaf.path for leaf in missing(trace))


def facts_read(nodes: Iterable[t.Node | None], program: t.Program) -> tuple[str, ...]:
    """The facts that expressions hang on, with those that presuming them reads. The month is the same for all."""
    found: dict[str, None] = {}
    defined: set[str] = set()
    waiting = list(nodes)
    while waiting:
        node = waiting.pop()
        for part in within(node) if node is not None else ():
            if records_of(part) is not None or hasattr(part, "depth") or isinstance(part, t.PickedField):
                raise NotAQuestionError
            if isinstance(part, t.Defined) and part.name not in defined:
                defined.add(part.name)
                waiting.append(program.definitions[part.name].value)
            if isinstance(part, t.Fact) and part.path not in found:
                found[part.path] = None
                declared = program.vocabulary.facts.get(part.path)
                waiting += [] if declared is None else [declared.absent.value, declared.absent.unless]
    if PATIENT in found:
        raise NotAQuestionError
    found.pop(MONTH, None)
    return tuple(found)
