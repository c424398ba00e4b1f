"""One run over a panel: chunks to processes, what is made of them to the output, what is wrong to the reader."""

from __future__ import annotations

import sys
from collections.abc import Iterable, Mapping
from contextlib import ExitStack
from dataclasses import dataclass, field, replace
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Any

from ccm_policy.api import PolicyLibrary, load
from ccm_policy.cli.forms import AnyForm, Output, TellsOfOthers, form_of, output_of
from ccm_policy.cli.place import beside
from ccm_policy.cli.progress import Bar, bar
from ccm_policy.evaluate import Options
from ccm_policy.evaluate.panel_checks import PanelChecks
from ccm_policy.evaluate.record import Reasons
from ccm_policy.evaluate.stages import AT_ONCE, COMPILED
from ccm_policy.facts.plan import compiled
from ccm_policy.facts.reading import Identity, Panel, Reader, Seen
from ccm_policy.language.diagnostics import Diagnostic, in_order, rendered
from ccm_policy.panel.crew import MANY, in_turn, processes_for
from ccm_policy.panel.work import Done, EachRecord, Made, Undecided, Unread, Work

if TYPE_CHECKING:
    from ccm_policy.cli.listing import Listed, ListOfWork
    from ccm_policy.intake.origins import Origins
    from ccm_policy.report.keys import Keys


@dataclass(frozen=True, slots=True, kw_only=True)
class Task:
    """What was asked for. `start`: how further processes begin, where it matters; `keys`: what hashes
    keys, where they are to be."""

    policies: Path | None
    fees: Path | None
    options: Options
    form: str
    reasons: Reasons
    out: Path | None = None
    processes: int | None = None
    start: str = ""
    keys: Keys | None = None
    listed: Listed | None = None
    """Of a list of work: from which day it is planned, and how it is laid out."""
    exports: Origins | None = None
    """Where the records came from that were made of exports: what messages name instead of files that nobody has."""


@dataclass(frozen=True, slots=True)
class Result:
    """What came of a run: codes of what is wrong, whether a decision has a finding, whether the policies or what was
    asked of them are at fault."""

    wrong: frozenset[str]
    found: bool
    decided: int
    could_not_run: bool


@dataclass(slots=True, kw_only=True)
class _Counts:
    seen: Seen = field(default_factory=Seen)
    wrong: set[str] = field(default_factory=set)
    told: set[Diagnostic] = field(default_factory=set)
    left_out: set[object] = field(default_factory=set)
    found: bool = False
    decided: int = 0
    records: int = 0
    at_fault: bool = False


def over(panel: Panel, library: PolicyLibrary, task: Task) -> Result:
    """Decide the panel and write what was asked for."""
    reader = panel.reader
    if panel.size >= MANY and task.options.evaluator == COMPILED:
        task = replace(task, options=replace(task.options, evaluator=AT_ONCE))
    work = _work(task, library, reader)
    make = partial(_made_anew, replace(task, exports=None), reader.month, reader.repeated)
    counts = _Counts()
    with ExitStack() as last:
        part = None if task.out is None else last.enter_context(beside(task.out))
        form, output = _laid_out(task, None if part is None else part.path, last)
        checks = PanelChecks()
        processes = processes_for(panel.size, task.processes)
        showing = last.enter_context(bar(panel.size, hidden=task.out is None and not output.held))
        for done in in_turn(panel.source.chunks(), work, make, processes, task.start):
            told = _take(_hashed(done, task.keys), form, output, checks, counts)
            showing.update(done.items)
            _tell(told if task.exports is None else task.exports.told(told), showing)
        ended = list(panel.last(counts.seen))
        counts.wrong |= {problem.code for problem in ended}
        counts.left_out |= {_record(problem) for problem in ended if problem.is_error}
        _tell(ended if task.exports is None else task.exports.told(ended), showing)
        if part is not None:
            part.keep = bool(counts.decided or not counts.wrong) and not counts.at_fault
        if isinstance(output, TellsOfOthers):
            output.left_out = len(counts.left_out)
        output.end(dict(checks.found_later()) if output.held else {}, counts.records)
    return Result(frozenset(counts.wrong), counts.found, counts.decided, counts.at_fault)


def _hashed(done: Done[Any], keys: Keys | None) -> Done[Any]:
    """What panel checks compare, with hashed keys: so are those in what they tell."""
    if keys is None:
        return done
    results = [replace(r, hours=keys.hours(r.hours)) if isinstance(r, Made) else r for r in done.results]
    return replace(done, results=tuple(results))


def _laid_out(task: Task, out: Path | None, last: ExitStack) -> tuple[AnyForm | ListOfWork, Output]:
    """How what is made is laid out, and what writes it."""
    if task.listed is not None:
        from ccm_policy.cli.listing import ListOfWork

        listing = ListOfWork(task.listed, out)
        return listing, listing
    form = form_of(task.form, task.reasons, task.keys)
    return form, output_of(task.form, form, out, last)


def _work(task: Task, library: PolicyLibrary, reader: Reader) -> EachRecord[Any]:
    """What is done with each record."""
    if task.listed is not None:
        from ccm_policy.report.worklist_run import Planning

        return Planning(library.policies, library.fees, task.options, reader, task.listed.day, task.keys)
    form = form_of(task.form, task.reasons, task.keys)
    return Work(library.policies, library.fees, task.options, reader, form)


def _record(problem: Diagnostic) -> object:
    """Which record a problem is of; itself where that is not known."""
    place = problem.place
    return problem if place is None else (place.file, place.row, place.patient)


def _made_anew(task: Task, month: str | None, repeated: Mapping[Identity, Diagnostic]) -> EachRecord[Any]:
    library = load(task.policies, task.fees)
    reader = Reader(compiled(library.policies.vocabulary), month, repeated)
    return _work(task, library, reader)


def _take(
    done: Done[Any], form: AnyForm | ListOfWork, output: Output, checks: PanelChecks, counts: _Counts
) -> list[Diagnostic]:
    """What came of one chunk; what is to be told of it."""
    told: list[Diagnostic] = []
    for result in done.results:
        if isinstance(result, Made):
            later = checks.found(result.hours)
            output.add(form.with_findings(result.form, later) if later else result.form)
            counts.found |= result.found or bool(later)
            counts.decided += 1
        elif isinstance(result, Unread):
            told.append(result.why)
            if result.why.is_error:
                counts.left_out.add(_record(result.why))
        elif isinstance(result, Undecided):
            new = [why for why in result.why if why not in counts.told]
            counts.told.update(new)
            counts.left_out.add((counts.records, "undecided"))
            counts.at_fault |= any(why.span is not None for why in new)
            told += new
        counts.records += not isinstance(result, Unread)
    counts.seen.add(done.seen)
    counts.wrong |= {problem.code for problem in told}
    return told


def _tell(diagnostics: Iterable[Diagnostic], showing: Bar) -> None:
    found = in_order(diagnostics)
    if found:
        sys.stdout.flush()
        showing.clear()
    for message in rendered(found):
        sys.stderr.write(message + "\n")
