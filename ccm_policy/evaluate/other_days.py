"""The days on which a line of the claim that fails by its date would pass, and on which it might bill more units."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace
from datetime import date, timedelta
from fractions import Fraction

from ccm_policy.evaluate.lines import DAY, ClaimLine, Said, checks_of
from ccm_policy.evaluate.patient_month import Cell, Facts, Listed, Record
from ccm_policy.evaluate.scene import Scene
from ccm_policy.evaluate.stages import Evaluated
from ccm_policy.evaluate.trace import Trace


def better_days(line: ClaimLine, month: Evaluated) -> tuple[tuple[date, date], ...]:
    """The days of the month on which no check that decides would fail, and if there are such days, none that reads the
    date either; as first and last days. None where the line does not fail by its date."""
    path = line.record.path_of(DAY)
    if not any(leaf.path == path for reason in line.failed for leaf in reason.facts):
        return ()
    return _good_days(line, month)


def days_for(units: int, line: ClaimLine, month: Evaluated) -> tuple[tuple[date, date], ...]:
    """The days on which a line might bill so many units, where it may not on its own."""
    cells = {**line.record.cells, "units": Cell(Fraction(units))}
    more = replace(line, record=replace(line.record, cells=cells))
    failed = () if line.date is None else _on(line.date, more, month, _not_of_the_claim(month.scene, line.record.list))
    return _good_days(more, month) if any(said.decides and said.truth is False for said in failed) else ()


def _good_days(line: ClaimLine, month: Evaluated) -> tuple[tuple[date, date], ...]:
    path = line.record.path_of(DAY)
    good: list[date] = []
    better: list[date] = []
    shared = _not_of_the_claim(month.scene, line.record.list)
    for day in _days_of(month):
        failed = _failed(_on(day, line, month, shared))
        if failed is None:
            continue
        good.append(day)
        if not any(leaf.path == path for said in failed for leaf in said.tell().facts):
            better.append(day)
    return _runs(better or good)


def _failed(checks: Iterable[Said]) -> list[Said] | None:
    """The checks that a line does not pass; None as soon as one of them decides."""
    failed: list[Said] = []
    for said in checks:
        if said.truth is False and said.decides:
            return None
        failed += [said] if said.truth is False else []
    return failed


def _days_of(month: Evaluated) -> Iterator[date]:
    day = month.scene.first_day
    while day <= month.scene.last_day:
        yield day
        day += timedelta(days=1)


def _runs(days: Iterable[date]) -> tuple[tuple[date, date], ...]:
    """Days in order, as first and last days of those that follow one another."""
    runs: list[tuple[date, date]] = []
    for day in days:
        begun = runs.pop()[0] if runs and runs[-1][1] == day - timedelta(days=1) else day
        runs.append((begun, day))
    return tuple(runs)


def spans(days: Iterable[tuple[date, date]]) -> str:
    """First and last days in words."""
    return " or ".join(f"{first}" if first == last else f"{first} to {last}" for first, last in days)


@dataclass(frozen=True, slots=True)
class _OtherLines:
    """The facts with another claim."""

    facts: Facts
    claim: str
    lines: Listed

    def fact(self, path: str) -> Cell:
        return self.facts.fact(path)

    def list(self, name: str) -> Listed:
        return self.lines if name == self.claim else self.facts.list(name)

    def cell(self, record: Record, field: str) -> Cell:
        return self.facts.cell(record, field)

    def imagined(self, record: Record, field: str) -> Record:
        return self.facts.imagined(record, field)


def _on(day: date, line: ClaimLine, month: Evaluated, shared: dict[tuple[str, int], Trace]) -> Iterator[Said]:
    """The checks of the line as if it were dated so."""
    record = replace(line.record, cells={**line.record.cells, DAY: Cell(day)})
    listed = month.facts.list(line.record.list)
    records = tuple(record if one.path == record.path else one for one in listed.records)
    facts = _OtherLines(month.scene.facts, line.record.list, replace(listed, records=records))
    scene = month.scene.of_other_facts(facts, shared)
    return checks_of(month.program, record, line.code, facts, scene)


def _not_of_the_claim(scene: Scene, claim: str) -> dict[tuple[str, int], Trace]:
    """Definitions that were read already and rest on nothing that the claim says."""
    return {key: trace for key, trace in scene.shared.items() if not _reads(trace, claim)}


def _reads(trace: Trace, claim: str) -> bool:
    stack, seen = [trace], set[int]()
    while stack:
        one = stack.pop()
        if id(one) in seen:
            continue
        if one.leaf is not None and one.leaf.path.startswith(claim):
            return True
        seen.add(id(one))
        stack += one.parts
    return False
