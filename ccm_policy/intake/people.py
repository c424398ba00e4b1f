"""People whose name is written with and without the letters after it: one person, where the roster tells that it can be
nobody else.

A name is compared without its last words where they are letters of the profession that the roster has of that person.
Where two readings are possible each spelling stays a person of its own.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace

from ccm_policy.facts.plan import OWN_PRACTITIONER, PRACTITIONER
from ccm_policy.intake.fitting import Field, Fitted
from ccm_policy.intake.rows import KeptRow, Record
from ccm_policy.intake.values import UNKNOWN, Words

_BETWEEN = re.compile(r"[\s,()]+")
_APART = re.compile(r"[,(]")


@dataclass(frozen=True, slots=True)
class Roster:
    """A list of people. `known`: each name without letters, as it is compared, to the
    spelling that stands for the person, and the profession."""

    words: Words
    known: Mapping[str, tuple[str, str]]
    seen: dict[str, str] = field(default_factory=dict, compare=False, repr=False)

    def one(self, name: str) -> str:
        """The spelling that stands for whoever has this name."""
        if name not in self.seen:
            bare, letters = _bare(name, self.words)
            spelling, profession = self.known.get(bare, (name, ""))
            self.seen[name] = spelling if letters <= {profession} else name
        return self.seen[name]


@dataclass(frozen=True, slots=True)
class People:
    """Every roster of the practice. `named`: of each list, its fields that name somebody, with the roster of whom;
    `may_bill`: those in whose name care may be billed, by their profession."""

    rosters: tuple[Roster, ...]
    named: Mapping[str, tuple[tuple[str, tuple[Roster, ...]], ...]]
    may_bill: frozenset[str]

    def of(self, rows: Iterable[KeptRow]) -> Iterator[KeptRow]:
        """Rows with one spelling of each person."""
        for row in rows:
            if not self.rosters:
                yield row
                continue
            lists = tuple((name, self._record(name, record)) for name, record in row.lists)
            yield replace(row, lists=lists, practitioner=_one(row.practitioner, self.rosters))

    def constants(self, constants: Mapping[str, str]) -> dict[str, str]:
        """Facts of every patient-month, with one spelling of who bills."""
        return {k: _one(v, self.rosters) if k == PRACTITIONER else v for k, v in constants.items()}

    def who_may_bill(self, of: str, record: Record) -> Iterator[str]:
        """Those whom a record names of whom a roster tells that they may bill."""
        yield from (record[name] for name, _ in self.named[of] if record.get(name) in self.may_bill)

    def _record(self, of: str, record: Record) -> Record:
        there = {name: _one(record[name], rosters) for name, rosters in self.named[of] if name in record}
        return record | there if there else record


def _one(name: str, rosters: Iterable[Roster]) -> str:
    for roster in rosters:
        name = roster.one(name) if name and name != UNKNOWN else name
    return name


def people_of(fit: Fitted, registers: Mapping[str, Sequence[Record]]) -> People:
    """The people of the practice's rosters. Who stands in one under several spellings is called by the first."""
    rosters = {name: roster for name in registers if (roster := _roster(fit, name, registers[name])) is not None}
    every, named = tuple(rosters.values()), {}
    for name, records in fit.plan.lists.items():
        looked = [
            (each.name, rosters[each.looks_up]) for each in records.decl.fields.values() if each.looks_up in rosters
        ]
        own = [(OWN_PRACTITIONER, every)] if OWN_PRACTITIONER in records.decl.fields else []
        named[name] = (*((field, (roster,)) for field, roster in looked), *own)
    whose = f"{PRACTITIONER.partition('.')[0]}."
    says = (leaf for leaf in fit.plan.root.leaves() if leaf.path.startswith(whose) and leaf.type.kind == "value")
    bill = {value for leaf in says for value in leaf.type.values}
    people = (known for roster in every for known in roster.known.values())
    return People(every, named, frozenset(spelling for spelling, profession in people if profession in bill))


def _roster(fit: Fitted, name: str, given: Sequence[Record]) -> Roster | None:
    says, identities = next(_professions(fit, name), None), fit.plan.lists[name].identities
    if not identities or says is None:
        return None
    id, words = identities[0], says.reading.words
    found: dict[str, list[Record]] = {}
    for record in given:
        bare, letters = _bare(record.get(id, ""), words)
        if bare and record.get(says.name, UNKNOWN) != UNKNOWN and letters <= {record[says.name]}:
            found.setdefault(bare, []).append(record)
    alike = {bare: of[0] for bare, of in found.items() if all({**each, id: ""} == {**of[0], id: ""} for each in of)}
    return Roster(words, {bare: (first[id], first[says.name]) for bare, first in alike.items()})


def _professions(fit: Fitted, name: str) -> Iterator[Field]:
    """The field of a roster whose words are declared by a name, as it is mapped."""
    for file in fit.files:
        for giving in file.givings:
            if giving.records is not None and giving.records.name == name:
                yield from (each for each in giving.fields if each.reading.leaf.type.name)


def _bare(name: str, words: Words) -> tuple[str, frozenset[str]]:
    """A name as it is compared, without the letters at its end, and the professions that these are. A last word that
    could be a family name is none of them."""
    parts = [part for part in _BETWEEN.split(name.casefold()) if part]
    letters: set[str] = set()
    least = 1 if _APART.search(name) else 2
    while len(parts) > least and (profession := words.value(parts[-1])) is not None:
        letters.add(profession)
        parts.pop()
    return " ".join(parts), frozenset(letters)
