"""The report of reading: what was read, what was left out and why, what nobody mapped, and what should be looked at.

It names files, columns, rows and patients' keys, and of what stands in cells only the words of closed sets that nothing
maps.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Any

from ccm_policy.intake.sheets import some

if TYPE_CHECKING:
    from ccm_policy.intake.origins import Origins

SHOWN = 20
"""Rows or patients that are named of each thing; the rest are counted."""
SCHEMA = Path(__file__).parent / "report.schema.json"


@dataclass(slots=True)
class Tally:
    """How often something is so, with its first rows and patients."""

    count: int = 0
    rows: list[int] = field(default_factory=list)
    patients: list[str] = field(default_factory=list)

    def add(self, row: int | None, patient: str | None) -> None:
        """Once more."""
        self.count += 1
        if row is not None and len(self.rows) < SHOWN:
            self.rows.append(row)
        if patient and patient not in self.patients and len(self.patients) < SHOWN:
            self.patients.append(patient)

    def to_dict(self) -> dict[str, Any]:
        """Plain data."""
        return {"count": self.count, "rows": self.rows, "patients": self.patients}

    def __str__(self) -> str:
        where = []
        if self.rows:
            more = f" … and {self.count - len(self.rows)} more" if self.count > len(self.rows) else ""
            where.append(f"row{'s' if len(self.rows) > 1 else ''} {', '.join(map(str, self.rows))}{more}")
        if self.patients:
            where.append(f"patient{'s' if len(self.patients) > 1 else ''} {', '.join(self.patients)}")
        return "; ".join(where)


@dataclass(frozen=True, slots=True)
class Word:
    """A word that nothing maps: where it stands and what it would be."""

    column: str
    target: str
    word: str
    """Empty where it is too long or too private to be shown."""


@dataclass(slots=True, kw_only=True)
class FileReport:
    """What became of one export."""

    file: str
    findings: list[str] = field(default_factory=list)
    read: int = 0
    used: int = 0
    left_out: dict[str, Tally] = field(default_factory=dict)
    """Rows that give nothing, by the reason."""
    unmapped: dict[Word, Tally] = field(default_factory=dict)
    look_at: dict[str, Tally] = field(default_factory=dict)
    """Rows that are used, with something that is not as it should be."""
    unused: list[str] = field(default_factory=list)
    """Columns that nothing uses."""
    filled: set[str] = field(default_factory=set)
    """Lists of which some row gives a record."""

    def leave(self, reason: str, row: int | None, patient: str | None = None) -> None:
        """A row gives nothing."""
        self.left_out.setdefault(reason, Tally()).add(row, patient)

    def note(self, what: str, row: int | None, patient: str | None = None) -> None:
        """Something should be looked at."""
        self.look_at.setdefault(what, Tally()).add(row, patient)

    def ask(self, word: Word, row: int, patient: str | None) -> None:
        """A word that nothing maps."""
        self.unmapped.setdefault(word, Tally()).add(row, patient)

    def to_dict(self) -> dict[str, Any]:
        """Plain data."""
        return {
            "file": self.file,
            "findings": self.findings,
            "rows_read": self.read,
            "rows_used": self.used,
            "left_out": [{"reason": why, **tally.to_dict()} for why, tally in self.left_out.items()],
            "unmapped": [
                {"column": word.column, "target": word.target, "word": word.word or None, **tally.to_dict()}
                for word, tally in self.unmapped.items()
            ],
            "look_at": [{"what": what, **tally.to_dict()} for what, tally in self.look_at.items()],
            "columns_unused": self.unused,
        }

    def lines(self) -> Iterator[str]:
        """As text."""
        left = sum(tally.count for tally in self.left_out.values())
        yield f"{self.file}: {_counted(self.read, 'row')} read, {self.used} used, {left} left out"
        yield from (f"  {finding}" for finding in self.findings)
        if self.left_out:
            yield "  left out:"
            yield from (f"    {tally.count} {why}: {tally}" for why, tally in self.left_out.items())
        if self.unmapped:
            yield "  words that nothing maps; say under `values:` what each is:"
            for word, tally in self.unmapped.items():
                shown = f'"{word.word}"' if word.word else "a text that is not shown"
                yield f"    {word.column} {shown} ({word.target}): {_counted(tally.count, 'row')}; {tally}"
        if self.look_at:
            yield "  to look at:"
            yield from (f"    {tally.count} {what}: {tally}" for what, tally in self.look_at.items())
        if self.unused:
            yield f"  columns that nothing uses: {some(self.unused)}"


@dataclass(frozen=True, slots=True)
class Waiting:
    """A fact that decisions wait for: how many patient-months, for what amount, and whether some column fills it."""

    fact: str
    patient_months: int
    dollars: str | None
    filled: bool
    attested_as: str | None = None
    """What a practice may attest in its place, in its own policy; None: only the record can say it."""


@dataclass(slots=True)
class Report:
    """The whole report."""

    files: list[FileReport] = field(default_factory=list)
    look_at: dict[str, Tally] = field(default_factory=dict)
    """What only several files together show."""
    months: dict[str, int] = field(default_factory=dict)
    """Patient-months that were written, by month."""
    waiting: list[Waiting] = field(default_factory=list)
    origins: Origins | None = None
    """Where what was written came from; None: nothing was read."""

    @property
    def patient_months(self) -> int:
        """How many were written."""
        return sum(self.months.values())

    def note(self, what: str, patient: str) -> None:
        """Something of a patient should be looked at."""
        self.look_at.setdefault(what, Tally()).add(None, patient)

    def clean(self) -> bool:
        """Whether there is nothing to look at."""
        return not self.look_at and not any(f.left_out or f.unmapped or f.look_at for f in self.files)

    def to_dict(self) -> dict[str, Any]:
        """Plain data, as its JSON Schema says."""
        return {
            "report": 1,
            "files": [each.to_dict() for each in self.files],
            "look_at": [{"what": what, **tally.to_dict()} for what, tally in self.look_at.items()],
            "patient_months": self.patient_months,
            "months": dict(sorted(self.months.items())),
            "waiting": [
                {
                    "fact": each.fact,
                    "patient_months": each.patient_months,
                    "dollars": each.dollars,
                    "filled": each.filled,
                    "attested_as": each.attested_as,
                }
                for each in self.waiting
            ],
        }

    def text(self) -> str:
        """For people."""
        lines = [line for each in self.files for line in (*each.lines(), "")]
        if self.look_at:
            lines += ["of several files together, to look at:"]
            lines += [f"  {tally.count} {what}: {tally}" for what, tally in self.look_at.items()]
            lines.append("")
        months = ", ".join(f"{count} of {month}" for month, count in sorted(self.months.items()))
        lines.append(f"patient-months written: {self.patient_months}{f' ({months})' if months else ''}")
        if self.waiting:
            lines.append("what decisions wait for, and how many patient-months do:")
            for each in self.waiting:
                worth = f", up to {each.dollars} dollars" if each.dollars else ""
                why = "; a column fills it, and some rows do not say" if each.filled else "; no column fills it"
                word = "" if each.attested_as is None else f"; a practice may attest `{each.attested_as}`"
                lines.append(f"  {each.fact}: {each.patient_months}{worth}{why}{word}")
        return "\n".join(lines) + "\n"


def _counted(count: int, what: str) -> str:
    return f"{count} {what}{'' if count == 1 else 's'}"
