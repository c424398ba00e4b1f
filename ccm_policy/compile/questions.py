"""What the stages of a decision ask of a patient-month, as questions whose answers can be remembered.

A question hangs on a few facts and on nothing else, so it has one answer for the same values of them. A program asks
some dozens, whatever the number of its patient-months. Whatever hangs on the records of a list is no question.
"""

from __future__ import annotations

from collections.abc import Callable, Hashable, Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from fractions import Fraction
from functools import partial, reduce
from operator import and_, or_
from typing import Any, TypeVar

from ccm_policy.compile.known import NO, YES
from ccm_policy.compile.layout import FIRST_DAY, LAST_DAY
from ccm_policy.compile.program import Compiled
from ccm_policy.compile.reckoning import at_least_one, lived
from ccm_policy.compile.records import state_of
from ccm_policy.compile.results import days_of, result_of
from ccm_policy.compile.scene import SlotFacts, Slots
from ccm_policy.evaluate.ranges import Range
from ccm_policy.evaluate.services import already_billed, earned_by
from ccm_policy.evaluate.trace import missing
from ccm_policy.facts.plan import MONTH, PATIENT, PRACTITIONER
from ccm_policy.facts.values import Given, Value
from ccm_policy.language import tree as t
from ccm_policy.language.walk import records_of, within

T = TypeVar("T")

MOST_KNOWN = 50_000
"""Answers of a question that are remembered; then it is asked anew."""

Plain = Value | int | None
"""A value as it is compared soonest: a whole number as `int`; None: it is not given."""
Values = tuple[Plain, ...]
"""A value of each fact that a question reads."""


def plain(value: Value) -> Plain:
    """A value, a whole number as `int`."""
    if value.__class__ is not Fraction:
        return value
    assert isinstance(value, Fraction)
    return value.numerator if value.denominator == 1 else value


def as_given(value: Value | int) -> Value:
    """The value again."""
    return Fraction(value) if value.__class__ is int else value  # type: ignore[return-value]


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

    @property
    def width(self) -> int:
        """One more than the largest number of an answer."""
        return len(self.answers)

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
    width = YES + 1

    def number(self, answer: Hashable) -> int:
        assert isinstance(answer, int)
        return answer


@dataclass(eq=False, slots=True)
class Joined:
    """A truth that is made of others: `every` of them, or one of them at least."""

    parts: tuple[Truth | Joined, ...]
    every: bool

    @property
    def width(self) -> int:
        """As of any truth."""
        return YES + 1

    def joined(self, truths: Iterable[int]) -> int:
        """The truth that those of its parts make."""
        return reduce(and_ if self.every else or_, truths, YES if self.every else NO)


Asked = Question | Joined
"""What has an answer by number."""


def number_of(asked: Asked, facts: Mapping[str, Plain]) -> int:
    """The number of the answer of a record with these facts."""
    if isinstance(asked, Joined):
        return asked.joined(number_of(part, facts) for part in asked.parts)
    return asked.of(tuple(map(facts.get, asked.reads)))


@dataclass(frozen=True, eq=False, slots=True)
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
        return self._once(("own", code), lambda: Joined(tuple(part for part, _ in self._parts(code)), every=True))

    def base(self, code: str) -> Joined:
        """Whether an add-on has something to add to."""

        def make() -> Joined:
            if already_billed(self._services[code].service, self.code.program) is not None:
                raise NotAQuestionError
            return Joined(tuple(map(self.own, self._bases(code))), every=False)

        return self._once(("base", code), make)

    def units(self, code: str) -> Question:
        """How many units of a service are earned."""
        units = self._services[code].units
        return self._once(
            ("units", code), lambda: self._question(self._earning(code), lambda s: Range(*units(s.state)))
        )

    def served(self, code: str) -> Question:
        """The date of a service where no claim says."""
        served = self._services[code].served
        return self._once(
            ("served", code), lambda: self._question(self._day(code), lambda s: days_of(*served(s.state)))
        )

    def waits_for(self, code: str) -> Waits:
        """The facts that would decide a service whose own outcome is not known."""
        return self._once(("waits", code), lambda: Waits(tuple((part, make()) for part, make in self._parts(code))))

    def units_wait_for(self, code: str) -> Question:
        """The facts that would tell its units."""
        earning = self._services[code].service.earning

        def ask(slots: Slots) -> Hashable:
            return _paths(earned_by(earning, slots.reference, lambda other: None))

        return self._once(("units wait", code), lambda: self._question(self._earning(code), ask))

    # --- what a scene is asked ---

    def value(self, node: t.Node) -> Question:
        """The value of an expression of the month."""

        def ask(slots: Slots) -> Hashable:
            return result_of(self.code.function(node)(slots.state), node.type.kind)

        return self._once(("value", id(node)), lambda: self._question([node], ask))

    def fact(self, path: str) -> Question:
        """What is known of a fact."""
        node = t.Fact(path, self.code.program.vocabulary.facts[path].type)
        return self._once(("fact", path), lambda: self._question([node], lambda s: SlotFacts(s).fact(path)))

    # --- how they are made ---

    def _once(self, key: tuple[str, Hashable], make: Callable[[], T]) -> T:
        if key not in self._made:
            self._made[key] = make()
        found: T = self._made[key]
        return found

    def _parts(self, code: str) -> Iterator[tuple[Truth | Joined, Callable[[], Question | Waits]]]:
        """What an own outcome is made of, in the order of its trace, each with what it waits for."""
        made = self._services[code]
        for rule, holds in made.rules:
            if rule.decides:
                yield self._rule(code, rule, holds), partial(self._rule_waits_for, rule)
        yield self._earns(code), partial(self.units_wait_for, code)
        if made.service.base:
            bases = self._bases(code)
            yield self.base(code), lambda: Waits(tuple((self.own(one), self.waits_for(one)) for one in bases))
        for died in self._marked(t.END_OF_MONTH):
            yield self._lived(died), partial(Question, (), partial(_only, died.path))

    def _earns(self, code: str) -> Truth:
        units = self._services[code].units
        ask: Callable[[Slots], Hashable] = lambda s: at_least_one(units(s.state))  # noqa: E731
        return self._once(("earns", code), lambda: self._truth(self._earning(code), ask))

    def _bases(self, code: str) -> list[str]:
        return [other for other in self._services[code].service.base if other in self._services]

    def _rule(self, code: str, rule: t.Rule, holds: str) -> Truth:
        """Whether a rule holds; for a rule with days of its own, on the day of a service."""
        dated = rule.from_day is not None or rule.until_day is not None
        nodes = [*_nodes(rule), *(self._day(code) if dated else ())]
        key = ("rule", (id(rule), code if dated else ""))
        return self._once(key, lambda: self._truth(nodes, lambda s: self.code.names[holds](s.state)))

    def _rule_waits_for(self, rule: t.Rule) -> Question:
        ask: Callable[[Slots], Hashable] = lambda s: _paths(s.judged(rule).trace)  # noqa: E731
        return self._once(("rule waits", id(rule)), lambda: self._question(_nodes(rule), ask))

    def _lived(self, died: t.Fact) -> Truth:
        def ask(slots: Slots) -> Hashable:
            return lived(slots.state[FIRST_DAY], slots.state[LAST_DAY], self.code.fact(died.path, slots.state))

        return self._once(("lived", died.path), lambda: self._truth([died], ask))

    def _earning(self, code: str) -> tuple[t.Node | None, ...]:
        """What the units of a service hang on."""
        earning = self._services[code].service.earning
        if earning.each_of:
            raise NotAQuestionError
        return earning.when, earning.step, earning.amount, earning.beyond

    def _day(self, code: str) -> tuple[t.Node | None, ...]:
        """What the day of a service hangs on."""
        return (self._services[code].service.dated, *self._marked(t.END_OF_MONTH), *self._marked(t.END_OF_RECORD))

    def _marked(self, mark: str) -> list[t.Fact]:
        vocabulary = self.code.program.vocabulary
        path = vocabulary.marks.get(mark)
        return [] if path is None else [t.Fact(path, vocabulary.facts[path].type)]

    def _question(self, nodes: Iterable[t.Node | None], ask: Callable[[Slots], Hashable]) -> Question:
        reads = facts_read(nodes, self.code.program)
        return Question(reads, self._answer(reads, ask))

    def _truth(self, nodes: Iterable[t.Node | None], ask: Callable[[Slots], Hashable]) -> Truth:
        reads = facts_read(nodes, self.code.program)
        return Truth(reads, self._answer(reads, ask))

    def _answer(self, reads: tuple[str, ...], ask: Callable[[Slots], Hashable]) -> Callable[[Values], Hashable]:
        """What is asked of a patient-month of which nothing but these facts is given."""

        def answer(values: Values) -> Hashable:
            given = self._given({path: as_given(v) for path, v in zip(reads, values, strict=True) if v is not None})
            return ask(Slots(self.code, given, state_of(given, self.code.layout)))

        return answer

    def _given(self, facts: dict[str, Value]) -> Given:
        who = facts.get(PRACTITIONER)
        who = who if isinstance(who, str) else None
        return Given(patient_id="", service_month=self.month, practitioner_id=who, facts=facts, lists={}, digest="")


def _nodes(rule: t.Rule) -> tuple[t.Node | None, ...]:
    return (*rule.conditions, *(waiver.when for waiver in rule.waivers), rule.when)


def _only(path: str, values: Values) -> Hashable:
    return (path,)


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
