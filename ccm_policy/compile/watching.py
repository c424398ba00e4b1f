"""A patient-month whose decision is watched: which questions its stages asked, and what was answered.

A stage after own outcomes makes the same of the same answers. So a decision that asked nothing but questions is that
of every patient-month with these answers, and need not be made again. Whatever else is asked (a trace, the records of
a list) ends that: the decision is made as ever, and is not for others.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping
from typing import Any

from ccm_policy.compile.outcomes import SlotOutcome
from ccm_policy.compile.program import OfService
from ccm_policy.compile.questions import (
    Joined,
    NotAQuestionError,
    Plain,
    Question,
    Questions,
    Waits,
    number_of,
    plain,
)
from ccm_policy.compile.records import state_of
from ccm_policy.compile.results import TRUTHS
from ccm_policy.compile.scene import CompiledScene, SlotFacts, Slots
from ccm_policy.evaluate.later import made_once
from ccm_policy.evaluate.patient_month import Cell, Facts, Listed
from ccm_policy.evaluate.ranges import Days, Range, Result, as_truth
from ccm_policy.evaluate.rules import Judged
from ccm_policy.evaluate.scene import Asked, Bound, Scene
from ccm_policy.evaluate.services import Outcome
from ccm_policy.evaluate.trace import Grounds
from ccm_policy.facts.values import UNKNOWN, Given
from ccm_policy.language import tree as t
from ccm_policy.language.truth import Truth


class Open(str):
    """A place in a list of missing facts where those stand that something waits for: other ones for others."""

    __slots__ = ("waits",)
    waits: Waits | Question


class Watching:
    """An evaluator of one patient-month that remembers what it was asked. `trail`: the questions and the numbers of
    their answers; `whole`: whether that is all that was asked."""

    def __init__(self, questions: Questions) -> None:
        self.questions = questions
        self.trail: dict[Question | Joined, int] = {}
        self.whole = True
        self._facts: Mapping[str, Plain] = {}

    def own_outcomes(
        self, given: Given, program: t.Program, *, presumptions: bool
    ) -> tuple[Facts, Scene, dict[str, Outcome]]:
        """Facts, scene and outcomes that note what they are asked."""
        assert program is self.questions.code.program and presumptions and not given.lists, (
            "of this there are questions"
        )
        self._facts = {path: plain(value) for path, value in given.facts.items()}
        slots = _WatchedSlots(self, given)
        scene = _WatchedScene(slots)
        found: dict[str, Outcome] = {}
        for made in self.questions.code.services:
            found[made.service.code] = _WatchedOutcome(made, slots, scene, found)
        return scene.facts, scene, found

    def answer(self, question: Question) -> Any:
        """The answer to a question, noted."""
        return question.answers[self.note(question)]

    def truth(self, question: Joined) -> Truth:
        """The answer to a question that is yes, no or unknown, noted."""
        return TRUTHS[self.note(question)]

    def note(self, question: Question | Joined) -> int:
        """The number of the answer to a question, noted."""
        number = self.trail[question] = number_of(question, self._facts)
        return number


class _WatchedSlots(Slots):
    def __init__(self, watching: Watching, given: Given) -> None:
        code = watching.questions.code
        super().__init__(code, given, state_of(given, code.layout))
        self.watching = watching

    @made_once
    def facts(self) -> Facts:
        self.watching.whole = False
        return super().facts

    @made_once
    def reference(self) -> Scene:
        self.watching.whole = False
        return super().reference

    def told(self, tellers: Iterable[Callable[..., None]], *row: list[Any]) -> Grounds | None:
        self.watching.whole = False
        return super().told(tellers, *row)


class _WatchedFacts(SlotFacts):
    _slots: _WatchedSlots

    def fact(self, path: str) -> Cell:
        watching = self._slots.watching
        try:
            cell: Cell = watching.answer(watching.questions.fact(path))
        except NotAQuestionError:
            watching.whole = False
            return super().fact(path)
        return cell

    def list(self, name: str) -> Listed:
        return self._slots.code.not_given(name)


class _WatchedScene(CompiledScene):
    slots: _WatchedSlots

    def __init__(self, slots: _WatchedSlots) -> None:
        super().__init__(slots)
        object.__setattr__(self, "_facts", _WatchedFacts(slots))

    def value(self, node: Asked, bound: Bound = ()) -> Result:
        watching = self.slots.watching
        if not isinstance(node, t.Records):
            try:
                result: Result = watching.answer(watching.questions.value(node))
                return result
            except NotAQuestionError:
                pass
        watching.whole = False
        return super().value(node, bound)

    def truth(self, node: Asked, bound: Bound = ()) -> Truth:
        return as_truth(self.value(node, bound))


class _WatchedOutcome(SlotOutcome):
    _slots: _WatchedSlots

    def __init__(
        self, made: OfService, slots: _WatchedSlots, scene: CompiledScene, others: Mapping[str, Outcome]
    ) -> None:
        watching = slots.watching
        own = watching.truth(watching.questions.own(made.service.code))
        self._fill(made, own, slots, scene, others)

    @property
    def _watching(self) -> Watching:
        return self._slots.watching

    @made_once
    def units(self) -> Range:
        found: Range = self._watching.answer(self._watching.questions.units(self.service.code))
        return found

    @made_once
    def base(self) -> Truth | None:
        if not self.service.base:
            return None
        return self._watching.truth(self._watching.questions.base(self.service.code))

    @made_once
    def served(self) -> Days:
        found: Days = self._watching.answer(self._watching.questions.served(self.service.code))
        return found

    @made_once
    def rules(self) -> tuple[Judged, ...]:
        self._watching.whole = False
        return super().rules

    @property
    def truths(self) -> Iterable[tuple[t.Rule, Truth]]:
        self._watching.whole = False
        return super().truths

    @made_once
    def flagging(self) -> tuple[Judged, ...]:
        self._watching.whole = False
        return super().flagging

    def coming_out(self, *truths: Truth) -> Iterator[Judged]:
        self._watching.whole = False
        return super().coming_out(*truths)

    @property
    def waits_for(self) -> tuple[str, ...]:
        code = self.service.code
        waits = self._watching.questions.waits_for
        return (_open(f"what {code} waits for", waits(code)),) if self.own is UNKNOWN else ()

    @property
    def units_wait_for(self) -> tuple[str, ...]:
        code = self.service.code
        return (_open(f"what the units of {code} wait for", self._watching.questions.units_wait_for(code)),)


def _open(text: str, waits: Waits | Question) -> str:
    made = Open(text)
    made.waits = waits
    return made
