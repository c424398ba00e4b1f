"""What is done with a chunk of a panel, in whichever process: its records are read, decided, and put in form."""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Generic, Protocol, TypeVar

from ccm_policy.evaluate import Options
from ccm_policy.evaluate.decision import Decision, Finding
from ccm_policy.evaluate.panel import decided_or_not
from ccm_policy.evaluate.panel_checks import Hours, hours_of
from ccm_policy.facts.chunks import Chunk
from ccm_policy.facts.reading import Reader, Seen, read_chunk
from ccm_policy.facts.values import Given
from ccm_policy.fees import FeeSchedules
from ccm_policy.language.diagnostics import Diagnostic
from ccm_policy.library import Library

T = TypeVar("T")


class Form(Protocol[T]):
    """What becomes of a decision: text, a row, what a report tells. It and what it makes may go to another process."""

    def of(self, decision: Decision) -> T:
        """The decision in this form."""

    def with_findings(self, made: T, found: Sequence[Finding]) -> T:
        """What was made, with what panel checks find later."""


@dataclass(frozen=True, slots=True)
class Made(Generic[T]):
    """A decision in its form, whether it has a finding, and what panel checks need to know of it."""

    form: T
    found: bool
    hours: tuple[Hours, ...]


@dataclass(frozen=True, slots=True)
class Unread:
    """Something that is wrong with a record."""

    why: Diagnostic


@dataclass(frozen=True, slots=True)
class Undecided:
    """A record that can be read and not be decided."""

    why: tuple[Diagnostic, ...]


@dataclass(frozen=True, slots=True)
class Done(Generic[T]):
    """What came of a chunk: its results in order, how many items it had, and what was seen in it."""

    results: tuple[Made[T] | Unread | Undecided, ...]
    items: int
    seen: Seen


@dataclass(frozen=True, slots=True)
class EachRecord(ABC, Generic[T]):
    """How the chunks of a panel are done, record by record."""

    library: Library
    fees: FeeSchedules
    options: Options
    reader: Reader

    def __call__(self, chunk: Chunk) -> Done[T]:
        seen = Seen()
        results = tuple(map(self.result, read_chunk(chunk, self.reader, seen)))
        return Done(results, sum(1 for _ in chunk.keys()), seen)  # noqa: SIM118

    def result(self, found: Given | Diagnostic) -> Made[T] | Unread | Undecided:
        """What comes of a record."""
        return Unread(found) if isinstance(found, Diagnostic) else self.of(found)

    @abstractmethod
    def of(self, given: Given) -> Made[T] | Undecided:
        """What comes of a record that can be used."""


@dataclass(frozen=True, slots=True)
class Work(EachRecord[T]):
    """Each record decided, and the decision put in form."""

    form: Form[T]

    def of(self, given: Given) -> Made[T] | Undecided:
        """What comes of a record that can be used."""
        decision = decided_or_not(given, self.library, self.fees, self.options)
        if isinstance(decision, list):
            return Undecided(tuple(decision))
        return Made(self.form.of(decision), bool(decision.findings), hours_of(decision))
