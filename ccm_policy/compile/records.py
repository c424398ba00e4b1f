"""The lists of a patient-month as compiled code reads them: each made when it is first asked for."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

from ccm_policy.compile import known
from ccm_policy.compile.layout import (
    BASE,
    CERTAIN,
    EMPTY,
    FIRST_DAY,
    GIVEN,
    LAST_DAY,
    MONTH,
    NULLS,
    OF_CLAIM,
    ROW,
    UNSEEN,
    Layout,
    ListLayout,
    unknown_of,
)
from ccm_policy.evaluate.calendar import month_bounds
from ccm_policy.facts.values import NONE, UNKNOWN, Given, GivenList, Value
from ccm_policy.language import tree as t

State = list[Any]
Record = list[Any]
Listed = tuple[list[Record], bool, bool]
"""The records with the unseen one last, whether nothing is known about the list, and whether that it is empty is
presumed."""


def state_of(given: Given, layout: Layout) -> State:
    """The slots of a patient-month, with what was given."""
    state = layout.template.copy()
    first, last = month_bounds(given.service_month)
    state[FIRST_DAY], state[LAST_DAY] = known.day(first), known.day(last)
    state[MONTH], state[GIVEN], state[NULLS] = given.service_month, given, False
    _place_in_month(state, layout.in_month, state)
    read = layout.read
    named = (("patient_id", given.patient_id), ("service_month", given.service_month))
    for path, value in named:
        if path in read:
            state[read[path][0]] = value
    if given.practitioner_id is not None and "practitioner.id" in read:
        state[read["practitioner.id"][0]] = given.practitioner_id
    for path, known_value in given.facts.items():
        if path not in read:
            continue
        slot, into = read[path]
        if known_value is UNKNOWN:
            state[NULLS] = True
            state[slot] = unknown_in(state, layout.vocabulary.facts[path].type)
        else:
            state[slot] = into(known_value)
    for listed in given.lists.values():
        if not isinstance(listed, GivenList):
            state[NULLS] = state[NULLS] or listed is UNKNOWN
        elif not state[NULLS] and any(UNKNOWN in row.values() for row in listed.rows):
            state[NULLS] = True
    return state


def unknown_in(state: State, type: t.Type) -> Any:
    """An unknown value of a type in this month."""
    found = unknown_of(type)
    return _in_month(state, type.may_be_none) if found is None else found


def _in_month(state: State, may_be_none: bool) -> known.Pair:
    """A day of the month that is not known; one of which there may be none has no last day."""
    return (state[FIRST_DAY][0], known.NEVER if may_be_none else state[LAST_DAY][0])


def _place_in_month(slots: list[Any], places: list[tuple[int, bool]], state: State) -> None:
    """Put days of the month that are not known where they belong."""
    for place, may_be_none in places:
        slots[place] = _in_month(state, may_be_none)


def imagined_of(listed: ListLayout, state: State) -> Record:
    """A record of which nothing is given."""
    record = listed.template.copy()
    _place_in_month(record, listed.in_month, state)
    return record


def record_of(listed: ListLayout, cells: Mapping[str, Value], state: State) -> Record:
    """A record that no list has: what it does not say is not known."""
    record = listed.unseen.copy()
    record[CERTAIN], record[UNSEEN] = known.YES, False
    _place_in_month(record, listed.unseen_in_month, state)
    fill(listed, record, cells, state)
    return record


def fill(listed: ListLayout, record: Record, cells: Mapping[str, Value], state: State) -> None:
    """Put values into a record's slots."""
    for name, value in cells.items():
        place, into = listed.read[name]
        if value is UNKNOWN:
            record[place] = unknown_in(state, listed.declared.fields[name].type)
        else:
            record[place] = into(value)


def builders(
    program: t.Program, layout: Layout, fact: Callable[[State, str], Any]
) -> dict[str, Callable[[State], Listed]]:
    """For each list the function that makes it. `fact`: reads a fact out of the slots."""
    claim = program.vocabulary.claim
    decided = {*program.services, *program.lives}
    looked_up = {
        f.looks_up for d in program.vocabulary.lists.values() for f in d.fields.values() if f.looks_up and f.fallback
    }
    made: dict[str, Callable[[State], Listed]] = {}
    for name, listed in layout.lists.items():
        if listed.declared.union_of is None:
            presumable = name not in layout.asked and (listed.declared.absent.how in EMPTY or name in looked_up)
            made[name] = _of_list(listed, presumable, fact)
    for name, listed in layout.lists.items():
        if listed.declared.union_of is not None:
            lines = None if claim is None else layout.lists[claim]
            made[name] = _of_union(listed, layout.lists[listed.declared.union_of], lines, decided, made)
    return made


def _of_list(listed: ListLayout, presumable: bool, fact: Callable[[State, str], Any]) -> Callable[[State], Listed]:
    name, declared, slot = listed.name, listed.declared, listed.slot
    dates = [f for f in (declared.date_field, declared.first_field, declared.last_field) if f is not None]
    always_in_month = any(declared.fields[f].type.in_month for f in dates)

    def unseen(state: State) -> Record:
        record = listed.unseen.copy()
        _place_in_month(record, listed.unseen_in_month, state)
        return record

    def before_known(state: State) -> Record | None:
        """One from before what is known."""
        first = state[FIRST_DAY][0]
        if declared.known_from is not None:
            since = fact(state, declared.known_from)
            if since[0] == since[1]:
                first = min(first, since[0])
        if always_in_month or first in (known.FIRST, known.NEVER):
            return None
        record = unseen(state)
        for f in dates:
            record[listed.fields[f]] = (known.FIRST, first - 1)
        return record

    def make(state: State) -> Listed:
        given: Any = state[GIVEN].lists.get(name)
        if given.__class__ is not GivenList:
            if given is NONE:
                given = GivenList(())
            elif given is None and presumable:
                found: Listed = ([], False, True)
                state[slot] = found
                return found
            else:
                found = ([unseen(state)], True, False)
                state[slot] = found
                return found
        records = []
        for row, cells in enumerate(given.rows):
            record = imagined_of(listed, state)
            record[ROW] = row
            fill(listed, record, cells, state)
            records.append(record)
        last = unseen(state) if not given.complete else None if declared.complete == "whole" else before_known(state)
        if last is not None:
            records.append(last)
        found = (records, False, False)
        state[slot] = found
        return found

    return make


def _of_union(
    listed: ListLayout,
    other: ListLayout,
    lines: ListLayout | None,
    decided: set[str],
    made: Mapping[str, Callable[[State], Listed]],
) -> Callable[[State], Listed]:
    """Another list, and the lines of the claim whose code no policy decides (L14)."""

    def like(base: Record, certain: int, of_claim: bool) -> Record:
        record = listed.template.copy()
        record[CERTAIN], record[ROW], record[BASE], record[OF_CLAIM] = certain, base[ROW], base, of_claim
        return record

    def unseen(state: State, base: Record) -> Record:
        record = listed.unseen.copy()
        _place_in_month(record, listed.unseen_in_month, state)
        for name, place in listed.fields.items():
            if name in other.fields:
                record[place] = base[other.fields[name]]
        return record

    def make(state: State) -> Listed:
        rows, nothing_known, presumed = state[other.slot] or made[other.name](state)
        records = [like(row, row[CERTAIN], False) for row in rows if not row[UNSEEN]]
        if lines is not None:
            code = lines.fields["code"]
            for line in (state[lines.slot] or made[lines.name](state))[0]:
                if not line[UNSEEN] and line[code] not in decided:
                    records.append(like(line, known.OPEN if line[code] is UNKNOWN else known.YES, True))
        records += [unseen(state, row) for row in rows if row[UNSEEN]]
        found = (records, nothing_known, presumed)
        state[listed.slot] = found
        return found

    return make
