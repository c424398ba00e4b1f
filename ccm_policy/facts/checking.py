"""A record checked against the vocabulary: typed facts, or everything that is wrong with it.

One pass over the data reads every value (`plan`, `scalars`); a second looks at what only the whole record can tell:
what is missing, dates outside the service month, records given twice, facts that contradict each other. A record with a
fault is refused whole; every message names file, row, field and patient key, and no value.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from fractions import Fraction
from typing import Any

from ccm_policy.facts.contradictions import contradictions
from ccm_policy.facts.digest import canonical_list, canonical_object, digest_of
from ccm_policy.facts.plan import (
    LINE_NUMBER,
    MONTH,
    NEEDED,
    PATIENT,
    PRACTITIONER,
    Group,
    Leaf,
    OneRecord,
    Plan,
    Records,
)
from ccm_policy.facts.scalars import Bad, listing
from ccm_policy.facts.values import UNKNOWN, Given, GivenList, Special, Value
from ccm_policy.language.diagnostics import Diagnostic, Place, error
from ccm_policy.language.nearest import nearest, nearest_called

MOST_SHOWN = 20
"""Messages shown of one record; the rest are counted."""


@dataclass(frozen=True, slots=True)
class Raw:
    """A record as it was read. `origins`: lists and groups that stood in a table of their own, to that file and its
    rows."""

    data: Any
    file: str | None = None
    row: int | None = None
    origins: Mapping[str, tuple[str, list[int]]] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Repeated:
    """A name of an object that says: this other name stood in it twice."""

    name: str


@dataclass(slots=True)
class Fault:
    """Something wrong: at a path of the record, or of record `index` of a list."""

    bad: Bad
    path: str | None = None
    list: str | None = None
    index: int | None = None


@dataclass(slots=True, kw_only=True)
class _Reading:
    """What has been read of one record so far. `items` and `rows`: facts, and the records of lists, as the digest
    writes them."""

    facts: dict[str, Value] = field(default_factory=dict)
    lists: dict[str, GivenList | Special] = field(default_factory=dict)
    ones: list[tuple[Records, dict[str, Value] | None, list[str]]] = field(default_factory=list)
    faults: list[Fault] = field(default_factory=list)
    origins: Mapping[str, tuple[str, list[int]]] = field(default_factory=dict)
    items: list[str] = field(default_factory=list)
    rows: dict[str, list[str]] = field(default_factory=dict)


def check_raw(raw: Raw, plan: Plan) -> tuple[Given | None, list[Diagnostic]]:
    """The facts of a record, or None and what is wrong."""
    if not isinstance(raw.data, Mapping):
        place = Place(raw.file, raw.row)
        return None, [
            error("E0512", "a patient-month must be an object of fields and values", place=place, help=_OBJECT_HELP)
        ]
    reading = _read(raw.data, raw.origins, plan)
    if reading.faults:
        return None, _diagnostics(reading, raw)
    facts, lists = reading.facts, reading.lists
    practitioner = facts.get(PRACTITIONER)
    return Given(
        patient_id=str(facts[PATIENT]),
        service_month=str(facts[MONTH]),
        practitioner_id=practitioner if isinstance(practitioner, str) else None,
        facts=facts,
        lists=lists,
        digest=digest_of(reading.items, {n: canonical_list(given, reading.rows.get(n)) for n, given in lists.items()}),
        file=raw.file,
        row=raw.row,
    ), []


def faults_of(raw: Raw, plan: Plan) -> list[Fault]:
    """What is wrong with a record, fault by fault, for whoever can mend it before it is written."""
    return _read(raw.data, raw.origins, plan).faults


def _read(data: Mapping[Any, Any], origins: Mapping[str, tuple[str, list[int]]], plan: Plan) -> _Reading:
    reading = _Reading(origins=origins)
    _read_group(data, plan.root, reading.facts, reading.items, reading, None, None)
    _join_short_forms(reading)
    reading.faults += _missing(reading.facts, reading.faults)
    if isinstance(reading.facts.get(MONTH), str):
        reading.faults += contradictions_of(reading, plan)
    return reading


_OBJECT_HELP = 'one record is written { "patient_id": …, "service_month": …, … }'


def contradictions_of(reading: _Reading, plan: Plan) -> Iterator[Fault]:
    """The faults that only the whole record shows."""
    for path, name, index, bad in contradictions(reading.facts, reading.lists, plan):
        yield Fault(bad, path, name, index)


def _given(name: str, rows: Sequence[dict[str, Value]], complete: bool, reading: _Reading) -> GivenList:
    numbers = reading.origins[name][1] if name in reading.origins else ()
    more = range(len(numbers) + 1, len(rows) + 1)
    return GivenList(tuple(rows), complete, (*numbers, *more))


def _read_group(
    data: Mapping[Any, Any],
    group: Group,
    out: dict[str, Value],
    items: list[str],
    reading: _Reading,
    name: str | None,
    index: int | None,
) -> None:
    """Read an object's names into `out`, and into `items` as the digest writes them. `name` and `index` say of which
    list's record."""
    names, known = group.names, group.known
    for pair in data.items():
        key, raw = pair
        kind = raw.__class__
        found = None
        if kind is not list and kind is not dict:
            try:
                found = known.get(pair)
            except TypeError:  # it has no hash
                found = None
        if found is None or found[0] is not kind:
            node = names.get(key)
            if not isinstance(node, Leaf):
                _read_node(key, raw, node, group, out, items, reading, name, index)
                continue
            read = group.read(key, node, raw)
            if isinstance(read, Bad):
                reading.faults.append(Fault(read, node.path, name, index))
                continue
            found = read
        _, path, value, item = found
        if path in out:
            reading.faults.append(Fault(_TWICE, path, name, index))
        else:
            out[path] = value
            items.append(item)


_TWICE = Bad("E0539", "is given twice, once with a dotted name", "keep one of the two")


def _read_node(
    key: Any,
    raw: Any,
    node: Leaf | Group | Records | OneRecord | None,
    group: Group,
    out: dict[str, Value],
    items: list[str],
    reading: _Reading,
    name: str | None,
    index: int | None,
) -> None:
    if isinstance(node, Records):
        _read_list(raw, node, reading)
        return
    if not isinstance(key, str) or not _showable(key):
        reading.faults.append(Fault(_unknown(key, group, name, reading), group.path or None, name, index))
        return
    path = f"{group.path}.{key}" if group.path else key
    if isinstance(node, Group):
        if isinstance(raw, Mapping):
            _read_group(raw, node, out, items, reading, name, index)
        elif raw is None or raw == UNKNOWN.value:
            nothing = {leaf.path[len(node.path) + 1 :]: None for leaf in node.leaves()}
            _read_group(nothing, node, out, items, reading, name, index)
        else:
            says = f"must be an object with {listing(node.names)}"
            reading.faults.append(Fault(Bad("E0532", says), path, name, index))
    elif isinstance(node, OneRecord):
        _read_one(raw, node, reading)
    elif "." in key and isinstance(group.names.get(key.partition(".")[0]), Group | OneRecord):
        outer, _, rest = key.partition(".")
        _read_node(outer, {rest: raw}, group.names[outer], group, out, items, reading, name, index)
    else:
        reading.faults.append(Fault(_unknown(key, group, name, reading), path, name, index))


def _read_list(raw: Any, records: Records, reading: _Reading) -> None:
    name = records.name
    if name in reading.lists:
        reading.faults.append(Fault(_TWICE, None, name))
    elif raw is None or raw == UNKNOWN.value:
        reading.lists[name] = UNKNOWN
    elif raw == "none":
        reading.lists[name] = GivenList(())
    elif isinstance(raw, list | tuple):
        rows: list[dict[str, Value]] = []
        texts: list[str] = []
        for index, item in enumerate(records.spelt_out(raw)):
            row: dict[str, Value] = {}
            if item.__class__ is dict or isinstance(item, Mapping):
                items: list[str] = []
                _read_group(item, records.fields, row, items, reading, name, index)
                texts.append(canonical_object(items))
            else:
                says = f"must be an object with fields such as {listing(list(records.fields.names)[:4])}"
                reading.faults.append(Fault(Bad("E0532", says), None, name, index))
            rows.append(row)
        if LINE_NUMBER in records.identities and not any(LINE_NUMBER in row for row in rows):
            for place, row in enumerate(rows, start=1):
                row[LINE_NUMBER] = Fraction(place)
        reading.lists[name] = _given(name, rows, True, reading)
        reading.rows[name] = texts
    else:
        hint = f"write `{name}` as a list of records, `[]` where there are none"
        reading.faults.append(Fault(Bad("E0532", "must be a list of records", hint), None, name))


def _read_one(raw: Any, one: OneRecord, reading: _Reading) -> None:
    same = ((row, items) for records, row, items in reading.ones if records is one.records and row is not None)
    earlier = next(same, None)
    if isinstance(raw, Mapping):
        row, items = earlier or ({}, [])
        (raw,) = one.records.spelt_out((raw,))
        _read_group(raw, one.records.fields, row, items, reading, one.name, None)
        if earlier is None:
            reading.ones.append((one.records, row, items))
    elif raw is None or raw in (UNKNOWN.value, "none"):
        reading.ones.append((one.records, None if raw != "none" else {}, []))
    else:
        hint = f"several are written as the list `{one.records.name}`"
        reading.faults.append(Fault(Bad("E0532", "must be one object", hint), one.name))


def _join_short_forms(reading: _Reading) -> None:
    """A short form adds its record to the list; alone it makes the list complete only where the list says so."""
    for records, row, items in reading.ones:
        given = reading.lists.get(records.name)
        rows, texts = ((row,), [canonical_object(items)]) if row else ((), [])
        if isinstance(given, GivenList):
            reading.lists[records.name] = _given(records.name, (*given.rows, *rows), given.complete, reading)
            reading.rows.setdefault(records.name, []).extend(texts)
        elif row is None:
            reading.lists.setdefault(records.name, UNKNOWN)
        else:
            reading.lists[records.name] = _given(records.name, rows, records.decl.one_is_all, reading)
            reading.rows[records.name] = texts


def _missing(facts: Mapping[str, Value], faults: list[Fault]) -> Iterator[Fault]:
    faulty = {fault.path for fault in faults if fault.list is None}
    for path in NEEDED:
        if path not in facts and path not in faulty:
            yield Fault(Bad("E0530", "is missing", "every record needs it"), path)
        elif isinstance(facts.get(path), Special):
            yield Fault(Bad("E0530", "must be known", "without it nothing can be decided"), path)


def _unknown(key: Any, group: Group, name: str | None, reading: _Reading) -> Bad:
    where = f"a field of `{name}`" if name else "a fact of a patient-month"
    if isinstance(key, Repeated):
        twice = f"holds `{key.name}` twice" if _showable(key.name) else "holds a name twice"
        return Bad("E0508", twice, "keep one of the two")
    if not isinstance(key, str) or not _showable(key):
        return Bad("E0531", f"holds a name that is not {where}", "`ccm-policy schema facts` lists the names")
    if len(reading.faults) >= MOST_SHOWN:
        return Bad("E0531", f"is not {where}")
    near = nearest_called(key, group.names, group.called)
    close = f"{group.path}.{near}" if near and group.path else near
    close = close or next((p for p in _paths(group) if p.rpartition(".")[2] == key), None)
    close = close or nearest(key, _paths(group))
    hint = f"did you mean `{close}`?" if close else "`ccm-policy schema facts` lists the names"
    return Bad("E0531", f"is not {where}", hint)


def _paths(group: Group) -> list[str]:
    return [leaf.path for leaf in group.leaves()]


def _showable(text: str) -> bool:
    return text.isprintable() and 0 < len(text) <= 60


def _diagnostics(reading: _Reading, raw: Raw) -> list[Diagnostic]:
    key = _patient_key(reading.facts)
    found = [_diagnostic(fault, raw, key) for fault in reading.faults[:MOST_SHOWN]]
    more = len(reading.faults) - MOST_SHOWN
    if more > 0:
        place = Place(raw.file, raw.row, None, key)
        found.append(error("E0549", f"this record has {more} more faults", place=place, help="mend these first"))
    return found


def _patient_key(facts: Mapping[str, Value]) -> str | None:
    parts = [v for v in (facts.get(PATIENT), facts.get(MONTH)) if isinstance(v, str) and _showable(v)]
    return " ".join(parts) if isinstance(facts.get(PATIENT), str) else None


_WHAT_TO_DO = "correct it, or leave it out where it is not known"


def _diagnostic(fault: Fault, raw: Raw, key: str | None) -> Diagnostic:
    name, index, path = fault.list, fault.index, fault.path
    file, row = raw.file, raw.row
    origin = raw.origins.get(name or (path or "").partition(".")[0])
    field_name = path if name is None else _within(name, index, path)
    subject = f"`{path}`" if path else (f"`{name}`" if index is None and name else "the record")
    if origin is not None:
        if (index or 0) < len(origin[1]):
            file, row, field_name = origin[0], origin[1][index or 0], path
    elif name is not None and index is not None:
        subject = f"record {index + 1} of `{name}`: {subject}" if path else f"record {index + 1} of `{name}`"
    return error(
        fault.bad.code,
        f"{subject} {fault.bad.says}",
        place=Place(file, row, field_name, key),
        help=fault.bad.what_to_do() or _WHAT_TO_DO,
    )


def _within(name: str, index: int | None, path: str | None) -> str:
    whole = name if index is None else f"{name}[{index}]"
    return f"{whole}.{path}" if path else whole
