"""What records of a table answer to the questions of a program, a whole column at once."""

from __future__ import annotations

from collections.abc import Sequence
from functools import reduce
from typing import Any

from ccm_policy.compile.known import NO, OPEN, YES
from ccm_policy.compile.questions import Asked, Joined, Question, Waits
from ccm_policy.panel.columns import Columns, alike

Paths = tuple[str, ...]


class Answered:
    """The numbers of the answers of each record, worked out when they are first asked for."""

    def __init__(self, columns: Columns) -> None:
        self.columns = columns
        self._numbers: dict[Asked, Any] = {}

    def numbers(self, asked: Asked) -> Any:
        """Of each record the number of its answer, as Arrow has them."""
        found = self._numbers.get(asked)
        if found is None:
            made = self._joined(asked) if isinstance(asked, Joined) else told(asked, self.columns)
            found = self._numbers[asked] = made
        return found

    def _joined(self, asked: Joined) -> Any:
        import pyarrow as pa
        from pyarrow import compute

        if not asked.parts:
            return pa.nulls(self.columns.size, pa.int32()).fill_null(YES if asked.every else NO)
        join = compute.bit_wise_and if asked.every else compute.bit_wise_or
        return reduce(join, map(self.numbers, asked.parts))

    def alike(self, asked: Sequence[Asked]) -> tuple[Any, Any]:
        """For each record the number of those that answer all of this as it does, and of each number the first."""
        return alike([self.numbers(one) for one in asked], [one.width for one in asked], self.columns.size)


class OfFew(dict[Asked, list[int]]):
    """The numbers of the answers of some records, by what they were asked."""

    def __init__(self, answered: Answered, rows: Any) -> None:
        self._answered = answered
        self._rows = rows

    def __missing__(self, asked: Asked) -> list[int]:
        found: list[int] = self._answered.numbers(asked).take(self._rows).to_pylist()
        self[asked] = found
        return found


def told(question: Question, columns: Columns) -> Any:
    """Of each record the number of its answer to a question."""
    import pyarrow as pa

    combined, places = columns.together(question.reads)
    return pa.array(map(question.of, combined), pa.int32()).take(places)


class Waiting:
    """The facts that some records wait for. `rows`: their numbers."""

    def __init__(self, answered: Answered, rows: Any) -> None:
        self._answered = answered
        self._rows = rows
        self._found: dict[Question | Waits, Sequence[Paths]] = {}
        self._open: dict[Asked, Sequence[tuple[int, Paths]]] = {}

    def of(self, asked: Question | Waits) -> Sequence[Paths]:
        """What each of them waits for."""
        found = self._found.get(asked)
        if found is None:
            made = self._all(asked) if isinstance(asked, Waits) else self._told(asked, range(len(self._rows)))
            found = self._found[asked] = made
        return found

    def _all(self, asked: Waits) -> Sequence[Paths]:
        """By its parts that are not known."""
        found: list[dict[str, None]] = [{} for _ in range(len(self._rows))]
        for part, waits in asked.parts:
            for place, more in self._of_open(part, waits):
                found[place].update(dict.fromkeys(more))
        return [tuple(each) for each in found]

    def _of_open(self, part: Asked, waits: Question | Waits) -> Sequence[tuple[int, Paths]]:
        """Those of which a truth is not known, with what it waits for."""
        found = self._open.get(part)
        if found is None:
            truths = self._answered.numbers(part).take(self._rows).to_pylist()
            places = [place for place, truth in enumerate(truths) if truth == OPEN]
            told = map(self.of(waits).__getitem__, places) if isinstance(waits, Waits) else self._told(waits, places)
            found = self._open[part] = list(zip(places, told, strict=True))
        return found

    def _told(self, question: Question, places: Sequence[int]) -> list[Paths]:
        """The answers of a few to a question."""
        if not places:
            return []
        import pyarrow as pa

        values = self._answered.columns.values(question.reads, self._rows.take(pa.array(places, pa.int32())))
        return [question.answers[question.of(each)] for each in values]
