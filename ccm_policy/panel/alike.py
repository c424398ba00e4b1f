"""A record of facts of one value each, decided as those before it that gave the same answers.

What a decision asks of such a record hangs on few facts (`compile.questions`), so that most records of a program end
where another did (`remembered`), and have its statuses, units and amounts. Whatever else is read of a decision is made
of the record itself, as ever, when it is read.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, fields
from functools import reduce
from operator import and_
from threading import Lock
from typing import Any

from ccm_policy.compile.known import NotCompiledError
from ccm_policy.compile.questions import MOST_KNOWN, NotAQuestionError, Questions, Truth, Values, number_of
from ccm_policy.compile.questions import plain as as_compared
from ccm_policy.compile.watching import Watching
from ccm_policy.evaluate import Decision, Options, decide
from ccm_policy.evaluate.decision import ServiceDecision
from ccm_policy.evaluate.later import filled, made_once
from ccm_policy.facts.plain import Plain, plain
from ccm_policy.facts.plan import Known, compiled
from ccm_policy.fees import FeeSchedules
from ccm_policy.library import Library
from ccm_policy.panel.months import MOST_LOST, MOST_REMEMBERED, questions_of, selecting
from ccm_policy.panel.remembered import Node, Remembered

Key = tuple[Known | None, ...]


class _Decision(Decision):
    """A decision of which what is not told yet is read off the one that is made of the record alone."""

    _record: Plain
    _template: Template
    _alike: Alike

    @made_once
    def services(self) -> Mapping[str, ServiceDecision]:
        """As of any record that gave the same answers."""
        return {code: filled(_Service, {**told, "_whole": self}) for code, told in self._template.services}

    @made_once
    def _own(self) -> Decision:
        return decide(self._record.given(), self._alike.library, self._alike.fees, self._alike.options)

    def __eq__(self, other: object) -> bool:
        return self._own == (other._own if isinstance(other, _Decision) else other)

    __hash__ = Decision.__hash__

    def __reduce__(self) -> tuple[Any, ...]:
        return self._own.__reduce__()


class _Service(ServiceDecision):
    """What is decided about a service of such a record."""

    _whole: _Decision

    @property
    def _own(self) -> ServiceDecision:
        return self._whole._own.services[self.code]

    def __eq__(self, other: object) -> bool:
        return self._own == (other._own if isinstance(other, _Service) else other)

    __hash__ = ServiceDecision.__hash__

    def of_part(self, name: str) -> Any:
        return self._own.of_part(name)

    def __reduce__(self) -> str | tuple[Any, ...]:
        return self._own.__reduce__()


AT_ONCE = (
    "code", "title", "status", "own_outcome", "units", "possible_units", "yields_to", "modifiers", "allowed",
    "ceiling", "patient_share", "sequestration",
)  # fmt: skip
"""What of a service is the same for all records that gave the same answers."""
OF_RECORD = ("patient_id", "service_month", "practitioner_id", "status", "services")
"""What of a decision is told at once."""


def _read_off(kind: type, told: Iterable[str]) -> None:
    """Give a kind of decision its other fields: each is read off its own decision when it is read."""

    def reading(name: str) -> Any:
        made = made_once(lambda made: getattr(made._own, name))
        made.__set_name__(kind, name)
        return made

    for one in fields(kind):
        if one.name not in told:
            setattr(kind, one.name, reading(one.name))


_read_off(_Decision, OF_RECORD)
_read_off(_Service, AT_ONCE)


@dataclass(frozen=True, slots=True)
class Template:
    """What records that gave the same answers have in common: the status, and of each service what is told at once."""

    status: str
    services: tuple[tuple[str, Mapping[str, Any]], ...]

    @classmethod
    def of(cls, decision: Decision) -> Template:
        """Of the first of them."""
        services = decision.services.items()
        return cls(decision.status, tuple((c, {name: getattr(s, name) for name in AT_ONCE}) for c, s in services))


class _Own:
    """The own outcomes of a record, all services at once, each in two bits. Every rule is a truth in two bits, and a
    service has what all of its rules have: what a fact says of all rules that read it alone is one number."""

    def __init__(self, questions: Questions) -> None:
        self._alone: dict[str, list[tuple[int, Truth]]] = {}
        self._together: dict[tuple[str, ...], list[tuple[int, Truth]]] = {}
        self._said: dict[Known, int] = {}
        self._several: dict[tuple[str, ...], dict[Key, int]] = {}
        services = questions.code.services
        for number, made in enumerate(services):
            for part in questions.own(made.service.code).parts:
                if isinstance(part, Truth) and len(part.reads) == 1:
                    self._alone.setdefault(part.reads[0], []).append((2 * number, part))
                elif isinstance(part, Truth):
                    self._together.setdefault(part.reads, []).append((2 * number, part))
        self._several = {reads: {} for reads in self._together if reads}
        self._whole = (1 << 2 * len(services)) - 1 & _bits(self._together.get((), ()), ())
        self._absent = {path: _bits(parts, (None,)) for path, parts in self._alone.items()}

    def of(self, record: Plain) -> int:
        """The number of a record."""
        said, by_path = self._said, record.by_path
        try:
            found = reduce(and_, map(said.__getitem__, record.said), self._whole)
        except KeyError:
            if len(said) > MOST_KNOWN:
                said.clear()
            for one in record.said:
                said[one] = _bits(self._alone.get(one.path, ()), (as_compared(one.value),))
            return self.of(record)
        if not by_path.keys() >= self._absent.keys():
            found = reduce(and_, (bits for path, bits in self._absent.items() if path not in by_path), found)
        for reads, known in self._several.items():
            key = tuple(map(by_path.get, reads))
            bits = known.get(key)
            if bits is None:
                if len(known) > MOST_KNOWN:
                    known.clear()
                bits = known[key] = _bits(self._together[reads], _values(key))
            found &= bits
        return found


def _bits(parts: Iterable[tuple[int, Truth]], values: Values) -> int:
    """What some rules are with these values of the facts that they read; all ones where there are none."""
    found = -1
    for place, part in parts:
        found &= ~((3 & ~part.of(values)) << place)
    return found


def _values(key: Key) -> Values:
    return tuple(None if one is None else as_compared(one.value) for one in key)


@dataclass(slots=True)
class _Month:
    """A program and month: its questions, and the decisions that are remembered of it. `lost`: decisions that asked
    more than questions."""

    questions: Questions
    own: _Own
    remembered: Remembered[Template] = field(default_factory=Remembered)
    lost: int = 0


@dataclass(eq=False)
class Alike:
    """How a library decides records of facts of one value each, one after another. `months`: by what selects policies,
    those of which there are questions; None where each record is decided by itself, as is the first of each."""

    library: Library
    fees: FeeSchedules
    options: Options
    months: dict[Key, _Month | None] = field(default_factory=dict)
    asked: set[Key] = field(default_factory=set)
    lock: Lock = field(default_factory=Lock)

    def decided(self, record: dict[Any, Any]) -> Decision | None:
        """The decision of a record; None for one that is to be checked, and decided by itself."""
        found = plain(record, compiled(self.library.vocabulary))
        if found is None:
            return None
        key = tuple(map(found.by_path.get, self._selecting))
        month = self.months[key] if key in self.months else self._month(key)
        if month is None:
            return None
        template = self._template(month, found) or self._made(key, month, found)
        if template is None:
            return None
        told = {
            "patient_id": found.patient,
            "service_month": month.questions.month,
            "practitioner_id": found.practitioner,
            "status": template.status,
            "_record": found,
            "_template": template,
            "_alike": self,
        }
        return filled(_Decision, told)

    @made_once
    def _selecting(self) -> tuple[str, ...]:
        return selecting(self.library)

    def _month(self, key: Key) -> _Month | None:
        """Whether there are questions is looked at when the policies are asked for the second time."""
        with self.lock:
            if len(self.asked) > MOST_REMEMBERED:
                self.asked.clear()
                self.months.clear()
            if key not in self.asked:
                self.asked.add(key)
                return None
            facts = {one.path: one.value for one in key if one is not None}
            questions = questions_of(facts, self.library, self.options)
            try:
                self.months[key] = None if questions is None else _Month(questions, _Own(questions))
            except (NotAQuestionError, NotCompiledError):
                self.months[key] = None
            return self.months[key]

    def _template(self, month: _Month, record: Plain) -> Template | None:
        """What is remembered of records that gave the same answers; None where there is nothing."""
        own, facts = month.own.of(record), record.by_path
        at: Node[Template] | Template | None = month.remembered.first
        while isinstance(at, Node):
            key = own if at.reads is None else tuple(map(facts.get, at.reads))
            following = at.known.get(key)
            if following is None and at.asks is not None:
                values = {path: as_compared(one.value) for path, one in facts.items()}
                following = at.next.get(number_of(at.asks, values))
                if following is not None and len(at.known) < MOST_KNOWN:
                    at.known[key] = following
            at = following
        return at

    def _made(self, key: Key, month: _Month, record: Plain) -> Template | None:
        """A decision that is made, and remembered; None where it asked more than questions."""
        with self.lock:
            watching = Watching(month.questions)
            try:
                template = Template.of(decide(record.given(), self.library, self.fees, self.options, watching))
            except (NotAQuestionError, NotCompiledError):
                self.months[key] = None
                return None
            if not (watching.whole and watching.trail):
                month.lost += 1
                if month.lost > MOST_LOST and month.lost > len(month.remembered):
                    self.months[key] = None
                return None
            if len(month.remembered) > MOST_REMEMBERED:
                month.remembered = Remembered()
            return month.remembered.add(watching.trail, template)
