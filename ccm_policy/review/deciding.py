"""A panel decided on one side, on all cores; what is known of the same facts and rules is not decided again."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from functools import partial
from pathlib import Path

from ccm_policy import fees, library
from ccm_policy.evaluate import Options
from ccm_policy.facts.plan import compiled
from ccm_policy.facts.reading import Identity, Reader, Seen, panel_of
from ccm_policy.facts.sources import opened
from ccm_policy.fees import FeeSchedules
from ccm_policy.language.diagnostics import CcmPolicyError, Diagnostic
from ccm_policy.panel.crew import in_turn, processes_for
from ccm_policy.panel.work import Made, Unread
from ccm_policy.review.outcomes import AsBefore, Outcome, Reviewing
from ccm_policy.review.patients import Decided
from ccm_policy.review.sides import Side

Known = dict[tuple[str, str], Outcome]
"""Outcomes by what they were made of."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Panel:
    """A panel as it is asked for. `directory`: fee schedules of one's own; `month`: only its records."""

    path: Path
    fees: FeeSchedules
    directory: Path | None
    options: Options
    month: str | None = None
    processes: int | None = None


def decided(panel: Panel, side: Side, known: Known, wrong: list[Diagnostic], *, carry: bool) -> Decided:
    """The outcomes of a side. What it decides joins `known`; what is wrong with records joins `wrong`, each once.
    `carry`: whether facts are carried to the side's month."""
    found = Decided()
    told = set(wrong)
    plan = compiled(side.library.vocabulary)
    month = side.month if carry else None
    with opened(panel.path, plan) as source:
        _tell(source.problems, wrong, told)
        read = panel_of(source, plan, panel.month, panel.path)
        seen, keys = Seen(), frozenset(known)
        work = Reviewing(side.library, panel.fees, panel.options, read.reader, month, keys)
        make = partial(_made_anew, side.directory, panel, read.reader.repeated, month, keys)
        processes = processes_for(read.size, panel.processes)
        for done in in_turn(source.chunks(), work, make, processes):
            seen.add(done.seen)
            for result in done.results:
                if isinstance(result, Made):
                    _take(result.form, found, known)
                    continue
                why = [result.why] if isinstance(result, Unread) else result.why
                found.left_out |= {_record(each) for each in why if each.is_error}
                _tell(why, wrong, told)
        last = list(read.last(seen))
        found.left_out |= {_record(each) for each in last if each.is_error and seen.usable}
        _tell(last, wrong, told)
    return found


def refuse(wrong: list[Diagnostic]) -> None:
    """What is wrong in policies ends a comparison, and what is wrong with records is told beside it. Raises
    `CcmPolicyError`."""
    of_policies = [each for each in wrong if each.span is not None and each.is_error]
    if of_policies:
        raise CcmPolicyError(of_policies)


def _take(made: Outcome | AsBefore, found: Decided, known: Known) -> None:
    outcome = known[made.made_of] if isinstance(made, AsBefore) else made
    known[outcome.made_of] = outcome
    found.add(outcome)


def _record(why: Diagnostic) -> object:
    """Which record something is wrong with; the message itself where that is not known."""
    return why if why.place is None else (why.place.file, why.place.row, why.place.patient)


def _tell(diagnostics: Iterable[Diagnostic], wrong: list[Diagnostic], told: set[Diagnostic]) -> None:
    new = [each for each in diagnostics if each not in told]
    wrong += new
    told.update(new)


def _made_anew(
    directory: Path | None,
    panel: Panel,
    repeated: Mapping[Identity, Diagnostic],
    month: str | None,
    known: frozenset[tuple[str, str]],
) -> Reviewing:
    policies = library.load(directory)
    reader = Reader(compiled(policies.vocabulary), panel.month, repeated)
    return Reviewing(policies, fees.load(panel.directory), panel.options, reader, month, known)
