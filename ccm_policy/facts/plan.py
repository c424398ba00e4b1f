"""The vocabulary compiled for reading: every name of a record to the function that reads its value.

A record is an object of names; dotted names nest. So is a record of a list. Both are one `Group` here, and a reader
that walks the data beside the groups needs no other knowledge of the vocabulary.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from typing import Any, NamedTuple

from ccm_policy.facts import durations
from ccm_policy.facts.digest import canonical_item
from ccm_policy.facts.scalars import Bad, Parser, parser
from ccm_policy.facts.values import Value
from ccm_policy.language.nearest import words_for
from ccm_policy.language.tree import FactDecl, ListDecl, Type, Vocabulary

LINE_NUMBER = "line"
"""The field that numbers the lines of a claim; where no line has a number, its place is its number."""

PATIENT, MONTH, PRACTITIONER = "patient_id", "service_month", "practitioner.id"
"""The record's own key. Every other name comes from the vocabulary."""
NEEDED = (PATIENT, MONTH)
"""Without them a record is nobody's, or of no month: it is refused. What else is not known is asked for."""
OWN_PRACTITIONER, OWN_GROUP, OWN_SPECIALTY = "practitioner_id", "group_id", "specialty"
"""The fields of a list's record that name a practitioner, as the key names the one who bills."""
SAME = "same_practitioner"
"""The short form of `practitioner_id`: whether it is the one who bills."""
NEVER = ("ongoing",)
"""Words for the open end of a period, beside `none`."""

_MOST_KNOWN, _LONG = 50_000, 100


@dataclass(frozen=True, slots=True)
class Leaf:
    """One value: its path within the record (of the month, or of a list) and how it is read."""

    path: str
    type: Type
    parse: Parser


class _Read(NamedTuple):
    read_from: type
    """The class of what it was read from: `1`, `1.0` and `True` are equal to Python."""
    path: str
    """Its path."""
    value: Value
    """The value."""
    item: str
    """How the digest writes it."""


class Known(_Read):
    """A value that was read. What was read before is the same object, and told apart as such."""

    __slots__ = ()
    __hash__ = object.__hash__
    __eq__ = object.__eq__
    __ne__ = object.__ne__


@dataclass(frozen=True, slots=True)
class Group:
    """Names that stand together under one name; the record itself is the group without a name."""

    path: str
    names: dict[str, Leaf | Group | Records | OneRecord] = field(default_factory=dict)
    called: dict[str, str] = field(default_factory=dict)
    """What its values are also called, each to the value's whole path."""
    known: dict[tuple[str, Any], Known] = field(default_factory=dict, compare=False)
    """Names with what stands under them, as it was read before: most of a panel says the same again."""

    def read(self, name: str, leaf: Leaf, raw: Any) -> Known | Bad:
        """What stands under a name that is a leaf, read for the first time; or what is wrong with it."""
        value = leaf.parse(raw)
        if isinstance(value, Bad):
            return value
        found = Known(raw.__class__, leaf.path, value, canonical_item(leaf.path, value))
        short = isinstance(raw, str) and len(raw) < _LONG and leaf.path != PATIENT
        if (short or raw is None or isinstance(raw, int | float | date)) and len(self.known) < _MOST_KNOWN:
            self.known[name, raw] = found
        return found

    def leaf(self, name: str) -> Leaf | None:
        """The fact that is called so by its whole name, with dots in it where it stands in other groups."""
        first, _, rest = name.partition(".")
        node = self.names.get(first)
        if isinstance(node, Group) and rest:
            return node.leaf(rest)
        return node if isinstance(node, Leaf) and not rest else None

    def leaves(self) -> Iterator[Leaf]:
        """Every fact below this name."""
        for node in self.names.values():
            if isinstance(node, Leaf):
                yield node
            elif isinstance(node, Group):
                yield from node.leaves()


@dataclass(frozen=True, slots=True, kw_only=True)
class Records:
    """A list and the group that its records are.

    `in_month`: fields whose dates must lie in the service month. `identities`: fields of which no two records may
    share a value. `clock`: its fields of start, end and minutes, where it has all three. `durations`: its
    fields of minutes.
    """

    name: str
    decl: ListDecl
    fields: Group
    in_month: tuple[str, ...]
    identities: tuple[str, ...]
    clock: tuple[str, str, str] | None
    durations: tuple[Leaf, ...]

    def spelt_out(self, rows: Sequence[Any]) -> Sequence[Any]:
        """The rows with their durations in hours, minutes and seconds, where something tells how they are meant."""
        for leaf in self.durations:
            objects = [row for row in rows if row.__class__ is dict or isinstance(row, Mapping)]
            if not any(row.get(leaf.path).__class__ is str for row in objects):
                continue
            way = durations.way_of(leaf.path, objects, leaf.type, self.clock and self.clock[:2])
            if way is not None and way != durations.EITHER:
                rows = [durations.in_row(row, leaf.path, way) for row in rows]
        return rows


@dataclass(frozen=True, slots=True)
class OneRecord:
    """The short form of a list: one record under a name of its own."""

    name: str
    records: Records


@dataclass(frozen=True, slots=True)
class Plan:
    """A vocabulary ready for reading. `identity`: the facts that tell one record from another; `key`: those of them of
    which nothing is presumed. `registers`: lists that other lists look up, which belong to the practice."""

    root: Group
    lists: dict[str, Records]
    key: tuple[str, ...]
    identity: tuple[str, ...]
    in_month: tuple[str, ...]
    registers: frozenset[str]


def compiled(vocabulary: Vocabulary) -> Plan:
    """The plan of a vocabulary; the last few are kept, since programs check many records against one, or against the
    two sides of a review by turns."""
    for known, plan in tuple(_kept):
        if known is vocabulary:
            return plan
    plan = _compile(vocabulary)
    _kept[:] = [(vocabulary, plan), *_kept][:_MOST_KEPT]
    return plan


_MOST_KEPT = 4
_kept: list[tuple[Vocabulary, Plan]] = []


def _compile(vocabulary: Vocabulary) -> Plan:
    looked_up = {
        (f.looks_up, f.looks_up_by or "id") for d in vocabulary.lists.values() for f in d.fields.values() if f.looks_up
    }
    root = Group("")
    for fact in vocabulary.facts.values():
        _place(root, fact.path, fact.type, words_of(vocabulary, fact.type, fact.path))
    root.called.update(words_for(vocabulary.also, [*vocabulary.facts, *vocabulary.lists]))
    lists = {
        name: _records(decl, {by for target, by in looked_up if target == name}, vocabulary)
        for name, decl in vocabulary.lists.items()
        if decl.union_of is None
    }
    for name, records in lists.items():
        root.names[name] = records
        if records.decl.one is not None:
            root.names[records.decl.one] = OneRecord(records.decl.one, records)
    key = tuple(f.path for f in vocabulary.facts.values() if f.key and not _presumed(f))
    return Plan(
        root,
        lists,
        key,
        tuple(dict.fromkeys([*(f.path for f in vocabulary.facts.values() if f.key), PRACTITIONER])),
        _dated_in_month(root.leaves()),
        frozenset(target for target, _ in looked_up if target),
    )


def _presumed(fact: FactDecl) -> bool:
    return fact.absent.how in ("none", "presumed", "computed")


def words_of(vocabulary: Vocabulary, type: Type, path: str, field: str = "") -> dict[str, str]:
    """What the values of a fact or a field are also called: those of its set, and its own."""
    own = {value: f"{field}.{value}" if field else value for value in type.values}
    found = words_for(vocabulary.also, type.values, type.name) if type.name else {}
    by_part = words_for(vocabulary.also, own.values(), path)
    return found | {word: part.rpartition(".")[2] for word, part in by_part.items()}


def _records(decl: ListDecl, looked_up_by: set[str], vocabulary: Vocabulary) -> Records:
    fields = Group("", called=words_for(vocabulary.also, decl.fields, decl.name))
    for name, declared in decl.fields.items():
        also = words_of(vocabulary, declared.type, decl.name, name)
        _place(fields, name, declared.type, also, open_end=name == decl.last_field)
    numbered = {LINE_NUMBER} if decl.name == vocabulary.claim else set()
    identities = tuple(n for n in decl.fields if n in looked_up_by | numbered or n == "id")
    timed = tuple(leaf for leaf in fields.leaves() if leaf.type.unit == "minute")
    return Records(
        name=decl.name,
        decl=decl,
        fields=fields,
        in_month=_dated_in_month(fields.leaves()),
        identities=identities,
        clock=decl.clock,
        durations=timed,
    )


def _dated_in_month(leaves: Iterable[Leaf]) -> tuple[str, ...]:
    return tuple(leaf.path for leaf in leaves if leaf.type.in_month)


def _place(root: Group, path: str, type: Type, also: Mapping[str, str], *, open_end: bool = False) -> None:
    """Put a leaf under its dotted path."""
    *outer, name = path.split(".")
    group, so_far = root, ""
    for part in outer:
        so_far = f"{so_far}.{part}" if so_far else part
        inner = group.names.setdefault(part, Group(so_far))
        assert isinstance(inner, Group)
        group = inner
    group.names[name] = Leaf(path, type, parser(type, never=NEVER if open_end else (), also=also))
