"""The forms in which decisions are written, and what writes each of them."""

from __future__ import annotations

import json
import sys
from collections.abc import Mapping, Sequence
from contextlib import ExitStack
from dataclasses import dataclass, field
from pathlib import Path
from typing import IO, TYPE_CHECKING, Any, Protocol, TypeAlias, runtime_checkable

from ccm_policy.cli import flat
from ccm_policy.cli.panel import panel
from ccm_policy.evaluate.decision import Decision, Finding
from ccm_policy.evaluate.glance import glanced
from ccm_policy.evaluate.record import Reasons
from ccm_policy.panel.rows import Rows
from ccm_policy.report.patient_months import PatientMonth, patient_month

if TYPE_CHECKING:
    from ccm_policy.cli.pages import OnPage
    from ccm_policy.report.keys import Keys

SUFFIXES = {".jsonl": "jsonl", ".ndjson": "jsonl", ".csv": "csv", ".parquet": "parquet"}
"""What a file's name says of its form."""


@dataclass(frozen=True, slots=True)
class JsonText:
    """The pinned object on one line."""

    reasons: Reasons = "full"

    def of(self, decision: Decision) -> str:
        """The decision."""
        return _compact(decision.to_dict(self.reasons))

    def with_findings(self, made: str, found: Sequence[Finding]) -> str:
        """With more findings."""
        decision = json.loads(made)
        decision["findings"] += [finding.to_dict() for finding in found]
        return _compact(decision)


@dataclass(frozen=True, slots=True)
class CsvRows:
    """A row for each service. They show no findings."""

    def of(self, decision: Decision) -> str:
        """The decision."""
        return "".join(flat.rows(glanced(decision)))

    def with_findings(self, made: str, found: Sequence[Finding]) -> str:
        """The same."""
        return made


@dataclass(frozen=True, slots=True)
class Told:
    """What the report for people tells of a patient-month."""

    def of(self, decision: Decision) -> PatientMonth:
        """The decision."""
        return patient_month(glanced(decision))

    def with_findings(self, made: PatientMonth, found: Sequence[Finding]) -> PatientMonth:
        """With more findings."""
        return made.with_findings(found)


def _compact(decision: Mapping[str, Any]) -> str:
    return json.dumps(decision, ensure_ascii=False, separators=(",", ":"))


class Output(Protocol):
    """Takes what was made of each decision, in order."""

    held: bool
    """Whether nothing is written before the end, so that what is found later may still be added."""

    def add(self, made: Any) -> None:
        """The next of them."""

    def end(self, earlier: Mapping[int, Sequence[Finding]], records: int) -> None:
        """All were made: what was found of each by its place after it was, and how many records there were."""


@runtime_checkable
class TellsOfOthers(Protocol):
    """An output that tells how many records could not be used."""

    left_out: int


@dataclass(slots=True)
class AsItComes:
    """Text that is written as it comes."""

    stream: IO[str]
    after: str = ""
    held: bool = False

    def add(self, made: str) -> None:
        """Write it."""
        self.stream.write(made + self.after)

    def end(self, earlier: Mapping[int, Sequence[Finding]], records: int) -> None:
        """All is written."""


@dataclass(slots=True)
class Held:
    """What is written when all decisions are made: a list of objects, or the report."""

    form: JsonText | Told
    made: list[Any] = field(default_factory=list)
    held: bool = True

    def add(self, made: Any) -> None:
        """Keep it."""
        self.made.append(made)

    def end(self, earlier: Mapping[int, Sequence[Finding]], records: int) -> None:
        """Write all."""
        for place, found in earlier.items():
            self.made[place] = self.form.with_findings(self.made[place], found)
        if isinstance(self.form, Told):
            for line in panel(self.made):
                sys.stdout.write(line + "\n")
        elif records == 1 and self.made:
            sys.stdout.write(json.dumps(json.loads(self.made[0]), ensure_ascii=False, indent=1) + "\n")
        else:
            sys.stdout.write("[" + ",".join(f"\n{decision}" for decision in self.made) + "\n]\n")


AnyForm: TypeAlias = "OnPage | JsonText | CsvRows | Told | Rows"


def form_of(name: str, reasons: Reasons, keys: Keys | None = None) -> AnyForm:
    """The form of that name. `keys`: what hashes the keys on a page."""
    if name == "page":
        from ccm_policy.cli.pages import OnPage

        return OnPage(keys)
    if name == "parquet":
        return Rows(reasons != "none")
    if name == "csv":
        return CsvRows()
    return Told() if name == "table" else JsonText(reasons)


def output_of(name: str, form: AnyForm, out: Path | None, closing: ExitStack) -> Output:
    """Where what is made in a form goes: to a file, or the standard output. `closing` closes the file."""
    if isinstance(form, Rows):
        from ccm_policy.panel.arrow import ParquetFile

        assert out is not None, "only a file is Parquet"
        return ParquetFile(out, closing)
    stream: IO[str] = sys.stdout
    if out is not None:
        stream = closing.enter_context(out.open("w", encoding="utf-8", newline="\n"))
    if name == "page":
        from ccm_policy.cli.pages import OnPage, PageOfMonth

        assert isinstance(form, OnPage), "that is its form"
        return PageOfMonth(stream, form)
    assert isinstance(form, JsonText | CsvRows | Told), "all others are written above"
    if isinstance(form, CsvRows):
        stream.write(flat.HEADER)
        return AsItComes(stream)
    return Held(form) if isinstance(form, Told) or name == "json" else AsItComes(stream, "\n")
