"""A table of facts of one value each, decided column by column.

What a decision asks is answered for a whole column: once for each combination of the values that a question reads, and
own outcomes from the truths of their rules. Records that give the same answers have the same decision, and one of them
walks through what is remembered; where it finds nothing it is decided as ever, and remembered. Records that need care,
and those of which questions do not tell, are decided one by one.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from threading import Lock
from typing import Any

from ccm_policy.compile.known import NotCompiledError
from ccm_policy.compile.questions import NotAQuestionError, Questions, Values, as_given
from ccm_policy.compile.watching import Watching
from ccm_policy.evaluate import Options, decide
from ccm_policy.evaluate.later import made_once
from ccm_policy.facts.plan import MONTH, PATIENT, PRACTITIONER
from ccm_policy.facts.values import Given, Value
from ccm_policy.fees import FeeSchedules
from ccm_policy.library import Library
from ccm_policy.panel.answered import Answered, OfFew, Waiting
from ccm_policy.panel.book import Book
from ccm_policy.panel.columns import Columns
from ccm_policy.panel.months import MOST_LOST, MOST_REMEMBERED, questions_of, selecting
from ccm_policy.panel.remembered import Leaf, Remembered
from ccm_policy.panel.rows import Rows


@dataclass(slots=True)
class _Month:
    """A program and month: its questions, and the decisions that are remembered of it."""

    questions: Questions
    remembered: Remembered[Leaf] = field(default_factory=Remembered)
    lost: int = 0


@dataclass
class Flat:
    """How a library decides tables of flat facts. `months`: by what selects policies, those of which there are
    questions; None where each record is decided by itself. `lock`: for whoever decides a table, since what is
    remembered grows."""

    library: Library
    fees: FeeSchedules
    options: Options
    book: Book = field(default_factory=Book)
    months: dict[Values, _Month | None] = field(default_factory=dict)
    lock: Lock = field(default_factory=Lock)

    def blocks(self, columns: Columns) -> Any:
        """For each record the number of its rows in the book, as Arrow has numbers; null for one that is to be decided
        by itself."""
        import pyarrow as pa
        from pyarrow import compute

        if len(self.book.ends) > MOST_REMEMBERED or len(self.months) > MOST_REMEMBERED:
            self.book, self.months = Book(), {}
        combined, places = columns.together(self._selecting)
        if columns.careful:
            care = sorted(columns.careful)
            places = compute.replace_with_mask(places, _at(care, columns.size), pa.array([-1] * len(care), pa.int32()))
        blocks = pa.nulls(columns.size, pa.int32())
        for number, values in enumerate(combined):
            mask = compute.equal(places, number)
            found = self._of_month(values, columns.of(compute.indices_nonzero(mask)))
            if found is not None:
                blocks = compute.replace_with_mask(blocks, mask, found)
        return blocks

    def _of_month(self, values: Values, columns: Columns) -> Any:
        """The blocks of records of one month and the same policies; None where there are none."""
        month = self._month(values)
        try:
            return None if month is None or not columns.size else self._found(month, columns)
        except (NotAQuestionError, NotCompiledError):
            self.months[values] = None
            return None

    def _found(self, month: _Month, columns: Columns) -> Any:
        """One record stands for all that give the same answers; once more where a new decision asked more."""
        import pyarrow as pa
        from pyarrow import compute

        answered, remembered = Answered(columns), month.remembered
        while True:
            asked = tuple(remembered.asked)
            places, firsts = answered.alike(asked)
            numbers = OfFew(answered, firsts)
            leaves = [
                remembered.leaf(numbers, at) or self._made(month, columns.row(row))
                for at, row in enumerate(firsts.to_pylist())
            ]
            if len(asked) == len(remembered.asked):
                break
        settled = [leaf.block((), self.book) if leaf is not None and not leaf.open else None for leaf in leaves]
        blocks = pa.array(settled, pa.int32()).take(places)
        open_ones = {at: leaf for at, leaf in enumerate(leaves) if leaf is not None and leaf.open}
        if open_ones:
            mask = compute.is_in(places, value_set=pa.array(list(open_ones), places.type))
            rows = compute.indices_nonzero(mask)
            waiting = Waiting(answered, rows)
            told = (
                open_ones[at].block([waiting.of(one)[n] for one in open_ones[at].open], self.book)
                for n, at in enumerate(places.take(rows).to_pylist())
            )
            blocks = compute.replace_with_mask(blocks, mask, pa.array(told, pa.int32()))
        return blocks

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
        if watching.whole and watching.trail:
            return month.remembered.add(watching.trail, Leaf.of(rows))
        month.lost += 1
        if month.lost > MOST_LOST and month.lost > len(month.remembered):
            raise NotAQuestionError
        return None

    @made_once
    def _selecting(self) -> tuple[str, ...]:
        return selecting(self.library)

    def _month(self, values: Values) -> _Month | None:
        if values not in self.months:
            facts = zip(self._selecting, values, strict=True)
            given = {path: as_given(value) for path, value in facts if value is not None}
            questions = questions_of(given, self.library, self.options)
            self.months[values] = None if questions is None else _Month(questions)
        return self.months[values]


def _at(rows: list[int], size: int) -> Any:
    """A mask of some rows."""
    import pyarrow as pa

    marked = [False] * size
    for row in rows:
        marked[row] = True
    return pa.array(marked)
