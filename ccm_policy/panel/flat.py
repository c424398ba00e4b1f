"""A table of facts of one value each, decided column by column.

What a decision asks is answered for a whole column: once for each combination of the values that a question reads, and
own outcomes from the truths of their rules, all in Arrow. A row then walks through remembered decisions by its answers;
one whose answers are new is decided as ever, and remembered. Rows that need care, and those of which questions do not
tell, are decided one by one.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from functools import cached_property, partial, reduce
from typing import Any

from ccm_policy.compile import EVALUATOR
from ccm_policy.compile.known import NO, YES, NotCompiledError
from ccm_policy.compile.questions import Joined, NotAQuestionError, Questions
from ccm_policy.compile.watching import Watching
from ccm_policy.evaluate import Options, decide
from ccm_policy.evaluate.layers import layers_of
from ccm_policy.facts.plan import MONTH, PATIENT, PRACTITIONER
from ccm_policy.facts.values import Given, Value
from ccm_policy.fees import FeeSchedules
from ccm_policy.language.diagnostics import CcmPolicyError, Diagnostic
from ccm_policy.language.tree import CHOICE_OF_LAYERS
from ccm_policy.library import Library
from ccm_policy.panel.columns import Columns
from ccm_policy.panel.remembered import Asked, Leaf, Node, Remembered
from ccm_policy.panel.rows import Row, Rows

TOGETHER = 50_000
"""Rows of a table that are decided at once."""
MOST_MONTHS = 256
"""Combinations of policies and month of which decisions are remembered; then they are forgotten."""


class _Answers(dict[Asked, list[int]]):
    """For each question the numbers of its answers by row, worked out when they are first asked for."""

    def __init__(self, columns: Columns) -> None:
        self._columns = columns
        self._arrays: dict[Asked, Any] = {}

    def __missing__(self, asked: Asked) -> list[int]:
        found: list[int] = self.array(asked).to_pylist()
        self[asked] = found
        return found

    def array(self, asked: Asked) -> Any:
        """The same as Arrow has it."""
        found = self._arrays.get(asked)
        if found is None:
            found = self._arrays[asked] = self._joined(asked) if isinstance(asked, Joined) else self._told(asked)
        return found

    def _joined(self, asked: Joined) -> Any:
        import pyarrow as pa
        from pyarrow import compute

        join = compute.bit_wise_and if asked.every else compute.bit_wise_or
        if not asked.parts:
            return pa.nulls(self._columns.size, pa.int32()).fill_null(YES if asked.every else NO)
        return reduce(join, map(self.array, asked.parts))

    def _told(self, asked: Any) -> Any:
        import pyarrow as pa

        combined, places = self._columns.together(asked.reads)
        return pa.array(map(asked.of, combined), pa.int32()).take(places)


@dataclass(slots=True)
class _Month:
    """A program and month with its questions and what is remembered of it."""

    questions: Questions
    remembered: Remembered = field(default_factory=Remembered)


@dataclass
class Flat:
    """How tables of flat facts are decided by a library. `months`: by what selects policies, those of which there are
    questions; None where each row is decided by itself."""

    library: Library
    fees: FeeSchedules
    options: Options
    months: dict[tuple[Value | None, ...], _Month | None] = field(default_factory=dict)

    def decided(self, columns: Columns) -> list[tuple[Row, ...] | None]:
        """The answers to each row, of which the patient, month and practitioner are those of another row with the same
        answers; None for a row that is to be decided by itself."""
        import pyarrow as pa
        from pyarrow import compute

        decided: list[tuple[Row, ...] | None] = [None] * columns.size
        combined, places = columns.together(self._selecting)
        for number, values in enumerate(combined):
            month = self._month(values)
            if month is not None:
                of_month = compute.indices_nonzero(compute.equal(places, number)).to_pylist()
                rows = [row for row in of_month if row not in columns.careful]
                try:
                    made = list(self._of_month(month, columns.of(pa.array(rows, pa.int32()))))
                except (NotAQuestionError, NotCompiledError):
                    self.months[values] = None
                    continue
                for row, answer in zip(rows, made, strict=True):
                    decided[row] = answer
        return decided

    def _of_month(self, month: _Month, columns: Columns) -> Iterator[tuple[Row, ...] | None]:
        answers = _Answers(columns)
        for row in range(columns.size):
            at: Node | Leaf | None = month.remembered.first
            while at.__class__ is Node and at.asks is not None:
                at = at.next.get(answers[at.asks][row])
            leaf = at if isinstance(at, Leaf) else self._made(month, columns.row(row))
            yield None if leaf is None else leaf.of(partial(_number, answers, row))

    def _made(self, month: _Month, facts: dict[str, Value]) -> Leaf | None:
        """A decision that is made, and remembered; None where it asked more than questions."""
        watching = Watching(month.questions)
        practitioner = facts.get(PRACTITIONER)
        given = Given(
            patient_id=str(facts[PATIENT]),
            service_month=str(facts[MONTH]),
            practitioner_id=practitioner if isinstance(practitioner, str) else None,
            facts=facts,
            lists={},
            digest="",
        )
        rows = Rows().of(decide(given, self.library, self.fees, self.options, watching))
        return month.remembered.add(watching.trail, rows) if watching.whole and watching.trail else None

    @cached_property
    def _selecting(self) -> tuple[str, ...]:
        """The facts that tell which policies apply."""
        outline = self.library.outline
        others = (MONTH, outline.vocabulary.marks.get(CHOICE_OF_LAYERS), outline.house)
        return tuple(dict.fromkeys([*self.library.selected_by, *(path for path in others if path is not None)]))

    def _month(self, values: tuple[Value | None, ...]) -> _Month | None:
        if values not in self.months:
            if len(self.months) >= MOST_MONTHS:
                self.months.clear()
            facts = zip(self._selecting, values, strict=True)
            self.months[values] = self._new({path: value for path, value in facts if value is not None})
        return self.months[values]

    def _new(self, facts: dict[str, Value]) -> _Month | None:
        month, asked = facts.get(MONTH), facts.get(self.library.vocabulary.marks.get(CHOICE_OF_LAYERS, ""))
        if not isinstance(month, str):
            return None
        optional = self.options.layers | (asked if isinstance(asked, frozenset) else frozenset())
        try:
            selection = self.library.select(facts, month, optional)
            if isinstance(selection, Diagnostic):
                return None
            layers = layers_of(self.library, selection)
            if not layers.established or layers.possible or layers.house or layers.possible_house:
                return None
            code = EVALUATOR.code_at_once(self.library.program(layers.payers, month))
        except CcmPolicyError:
            return None
        return None if code is None else _Month(Questions(code, month))


def _number(answers: _Answers, row: int, asked: Asked) -> int:
    return answers[asked][row]
