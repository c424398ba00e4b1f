"""What checks of the log find: which records overlap, by how many minutes, on which day."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date
from fractions import Fraction

from ccm_policy.evaluate.overlaps import Clocked, clocked, mark, speaks_of
from ccm_policy.evaluate.owner import Owner
from ccm_policy.evaluate.patient_month import Facts
from ccm_policy.evaluate.reasons import number_text
from ccm_policy.evaluate.scene import Scene
from ccm_policy.facts.clock import A_DAY
from ccm_policy.language.tree import OverlapCheck, Vocabulary

MOST_TOLD = 20
"""How many overlaps of one patient-month are told one by one."""


@dataclass(frozen=True, slots=True)
class Overlap:
    """Two records of a list, the one that began first before the other, what a check says of them, and a sentence that
    says whose the minutes are."""

    check: OverlapCheck
    one: Clocked
    other: Clocked
    whose: str

    @property
    def minutes(self) -> Fraction:
        """How many minutes both have."""
        return min(self.one.last, self.other.last) - self.other.first

    def told(self, vocabulary: Vocabulary) -> str:
        """`Entries 2 and 5 overlap by 7 minutes on 2026-03-04.`, whose these are, and what the check says to it."""
        rows = sorted(place.row + 1 for place in (self.one, self.other))
        what = many(vocabulary.lists[self.check.list].called or "record").capitalize()
        said = (f"{what} {rows[0]} and {rows[1]} {overlap_text(self.minutes, self.other.first)}.", self.whose)
        return " ".join(part for part in (*said, self.check.otherwise) if part)


def overlap_text(minutes: Fraction, begin: Fraction) -> str:
    """`overlap by 7 minutes on 2026-03-04`, the day on which they begin to."""
    unit = "minute" if minutes == 1 else "minutes"
    day = date.fromordinal(int(begin // A_DAY))
    return f"overlap by {number_text(minutes)} {unit} on {day.isoformat()}"


def many(word: str) -> str:
    """The word for more than one."""
    return f"{word[:-1]}ies" if word.endswith("y") else f"{word}s"


def overlaps(checks: Sequence[OverlapCheck], facts: Facts, scene: Scene) -> Iterator[Overlap]:
    """Records of the month that certainly overlap, in the order in which they begin; two of them once, by the first
    check that speaks of them."""
    for name in dict.fromkeys(check.list for check in checks):
        own = [check for check in checks if check.list == name]
        records = facts.list(name).records
        timed = [found for row, record in enumerate(records) if (found := clocked(record, row, own[0], facts, scene))]
        sure = sorted((t for t in timed if t.sure is not None), key=lambda t: (t.first, t.row))
        marks = {t.row: tuple(mark(t.record, check, scene) for check in own) for t in sure}
        owner = Owner(own, scene)
        active: list[Clocked] = []
        for there in sure:
            active = [t for t in active if t.last > there.first]
            for before in active:
                both = zip(own, marks[before.row], marks[there.row], strict=True)
                check = next((check for check, a, b in both if speaks_of(a, b) is True), None)
                if check is not None:
                    whose = owner.of((before, marks[before.row]), (there, marks[there.row]))
                    yield Overlap(check, before, there, whose)
            active.append(there)
