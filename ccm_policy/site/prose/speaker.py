"""Conditions and quantities as English: a clause for the month, a part of a phrase for the record being tested.

A condition is said in one of two ways. As a *clause* it has its own subject ("the decision making is documented"). As a
*part* it is said of the nearest record, after its noun: "conditions that are documented", "services by the
same practitioner".
What stands in the tree is said; how a fact is called is the lexicon's. How each kind of node is said stands in
`spoken`, which makes a speaker.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from typing import Any

from ccm_policy.language import tree
from ccm_policy.site.prose import english
from ccm_policy.site.prose.naming import Naming
from ccm_policy.site.prose.parts import Part, being, placed, titled, together

AMOUNT = re.compile(r"is (at least|at most|more than|less than) .* minutes?$")
HEAD = re.compile(r" (?:of|whose|in|that|over|plus|for|divided)\b")


@dataclass(frozen=True, slots=True)
class Way:
    """How one kind of node is said.

    `clause`, `part`: as a condition, perhaps denied; a part may be said of many. `compared`: the subject of a test, and
    what is said of it. `noun`: as a thing; where it has no name of its own, `made`: as what it is made of.
    """

    clause: Callable[[Speaker, Any, bool], str]
    part: Callable[[Speaker, Any, bool, bool], Part]
    compared: Callable[[Speaker, Any], tuple[tree.Node, str]]
    made: Callable[[Speaker, Any], str]
    noun: Callable[[Speaker, Any], str] | None = None


@dataclass(frozen=True, slots=True)
class Speaker:
    """Says nodes of one program. `bound`: the lists of the records in scope, the nearest first."""

    ways: Mapping[type, Way]
    names: Naming
    bound: tuple[str, ...] = ()

    def clause(self, node: tree.Node, negated: bool = False) -> str:
        """A condition as a clause: `the care plan is signed by the patient`."""
        return self.ways[type(node)].clause(self, node, negated)

    def part(self, node: tree.Node, *, negated: bool, many: bool) -> Part:
        """A condition on the nearest record, to stand after its noun."""
        return self.ways[type(node)].part(self, node, negated, many)

    def compared(self, node: tree.Node) -> tuple[tree.Node, str]:
        """Subject and verb phrase of a test."""
        return self.ways[type(node)].compared(self, node)

    def noun(self, node: tree.Node) -> str:
        """A quantity, date or value as a noun phrase."""
        way = self.ways[type(node)]
        if way.noun is not None:
            return way.noun(self, node)
        known = next((d.name for d in self.names.definitions.values() if d.value == node), None)
        return self.names.definition(known) if known is not None else way.made(self, node)

    def noun_of(self, node: tree.Node) -> str:
        """A quantity or date as what it is made of, where `noun` would give the name of a definition."""
        made_of = isinstance(node, tree.Sum | tree.Extreme | tree.Pick)
        return self.ways[type(node)].made(self, node) if made_of else self.noun(node)

    def headline(self, node: tree.Node) -> str:
        """A condition as a rule's own sentence: what must be there, or what must not."""
        match node:
            case tree.AtLeast(number, records):
                return english.sentence(self.amount(number, records, False))
            case tree.Not(tree.AtLeast(number, records)):
                return english.sentence(self.amount(number, records, True))
        return english.sentence(self.clause(node))

    def stated(self, subject: tree.Node, phrase: str, negated: bool) -> str:
        """A subject with what is said of it."""
        template = self.names.template(subject)
        if "|" in template and "{}" in template and phrase.startswith("is "):
            who, _, said = (p.strip() for p in template.partition("|"))
            return f"{who} {english.verb(said.replace('{}', phrase[3:]), negated=negated)}"
        noun = self.noun(subject)
        many = is_many(noun)
        phrase = phrase.replace("is ", "total ", 1) if many and AMOUNT.match(phrase) else phrase
        return f"{noun} {english.verb(phrase, many=many and not phrase.startswith('total'), negated=negated)}"

    def phrased(self, key: str, fallback: str, negated: bool, many: bool) -> Part:
        """What the lexicon says of a record with a yes/no field or definition."""
        said = self.names.lexicon.fields.get(key)
        return placed(said, negated, many) if said is not None else titled(fallback, negated, many)

    # --- records: how many, which

    def amount(self, number: int, records: tree.Records, negated: bool) -> str:
        """`at least two conditions that …`, `no service coded …`, `a visit at which …`."""
        many = number > 1 and not negated
        inner = self.into(records.list)
        noun = english.plural(self.names.one(records.list)) if many else english.singular(self.names.one(records.list))
        which = inner.which(records, many)
        if negated and number > 1:
            which = inner.which(records, number > 2)
            return f"at most {self._plural(number - 1, records)}{which}"
        if negated:
            return f"no {noun}{which}"
        return f"at least {english.count(number)} {noun}{which}" if many else f"{english.article(noun)}{which}"

    def every(self, node: tree.Every, negated: bool = False) -> str:
        """`every line of the claim that … has …`."""
        inner = self.into(node.records.list)
        noun = english.singular(self.names.one(node.records.list))
        part = inner.part(node.has, negated=False, many=False)
        head = "not every" if negated else "every"
        return f"{head} {noun}{inner.which(node.records, False)} {being(part)}"

    def records(self, records: tree.Records) -> str:
        """The records that count, as a plural: `entries of the time log that …`."""
        return english.plural(self.names.one(records.list)) + self.into(records.list).which(records, True)

    def which(self, records: tree.Records, many: bool) -> str:
        """What follows the noun: dates first, then what stands after a noun, then what needs `that`."""
        parts = [Part(False, "in the month")] if records.in_month else []
        if records.on is not None:
            parts.append(Part(False, f"on {self.out().noun(records.on)}"))
        where = records.where
        conditions = where.operands if isinstance(where, tree.And) and in_month(where) is None else (where,)
        parts += [self.part(c, negated=False, many=many) for c in conditions if c is not None]
        return f" {together(parts)}" if parts else ""

    def _plural(self, number: int, records: tree.Records) -> str:
        one = self.names.one(records.list)
        return f"{english.count(number)} {english.singular(one) if number == 1 else english.plural(one)}"

    def list_at(self, depth: int) -> str:
        """The list of the record bound at a depth."""
        return self.bound[depth] if depth < len(self.bound) else "records"

    def into(self, name: str) -> Speaker:
        """A speaker within a phrase over a list's records."""
        return replace(self, bound=(name, *self.bound))

    def out(self) -> Speaker:
        """A speaker outside the nearest phrase over records."""
        return replace(self, bound=self.bound[1:])


def in_month(node: tree.Node) -> tree.Node | None:
    """The date that a condition places between the first and the last day of the month, or None."""
    match node:
        case tree.And((tree.AtMost(tree.EdgeOfMonth("start"), low), tree.AtMost(high, tree.EdgeOfMonth("end")))) if (
            low == high
        ):
            return low
    return None


def is_many(noun: str) -> bool:
    """Whether the head of a noun phrase is a plural: `minutes of clinical staff`, `own minutes`."""
    head = HEAD.split(noun, maxsplit=1)[0].rpartition(" ")[2]
    return head.endswith("s") and not head.endswith(("ss", "us", "'s")) and head != "its"
