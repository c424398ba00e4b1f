"""The page of a month as a form of decisions, and what writes it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import IO

from ccm_policy.evaluate.decision import Decision, Finding
from ccm_policy.report.entries import Entry, entry
from ccm_policy.report.keys import Keys
from ccm_policy.report.month import Heading, page


@dataclass(frozen=True, slots=True)
class OnPage:
    """What the page of a month tells of a patient-month. `keys`: what hashes keys, where they are to be."""

    keys: Keys | None = None

    def of(self, decision: Decision) -> Entry:
        """The decision."""
        return entry(decision, self.keys)

    def with_findings(self, made: Entry, found: Sequence[Finding]) -> Entry:
        """With more findings."""
        return made.with_findings(found)


@dataclass(slots=True)
class PageOfMonth:
    """The page of a month, written when all decisions are made. `left_out`: records that could not be used."""

    stream: IO[str]
    form: OnPage
    made: list[Entry] = field(default_factory=list)
    left_out: int = 0
    held: bool = True

    def add(self, made: Entry) -> None:
        """Keep it."""
        self.made.append(made)

    def end(self, earlier: Mapping[int, Sequence[Finding]], records: int) -> None:
        """Write all."""
        for place, found in earlier.items():
            self.made[place] = self.form.with_findings(self.made[place], found)
        self.stream.write(page(self.made, Heading(self.form.keys is not None, self.left_out)))
