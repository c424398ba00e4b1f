"""Conditions and quantities as English: a clause for the month, a part of a phrase for the record being tested.

A condition is said in one of two ways. As a *clause* it has its own subject ("the decision making is documented"). As a
*part* it is said of the nearest record, after its noun: "conditions that are documented", "services by the
same practitioner".
What stands in the tree is said; how a fact is called is the lexicon's.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, replace
from datetime import date
from decimal import Decimal

from ccm_policy.language import tree
from ccm_policy.site.prose import english
from ccm_policy.site.prose.naming import Naming
from ccm_policy.site.prose.parts import LONG, Part, after_that, being, placed, titled, together

AMOUNT = re.compile(r"is (at least|at most|more than|less than) .* minutes?$")
HEAD = re.compile(r" (?:of|whose|in|that|over|plus|for|divided)\b")


@dataclass(frozen=True, slots=True)
class Speaker:
    """Says nodes of one program. `bound`: the lists of the records in scope, the nearest first."""

    names: Naming
    bound: tuple[str, ...] = ()

    # --- conditions with a subject of their own

    def clause(self, node: tree.Node, negated: bool = False) -> str:
        """A condition as a clause: `the care plan is signed by the patient`."""
        match node:
            case tree.Not(operand):
                return self.clause(operand, not negated)
            case tree.And(operands) if (inside := self._in_month(node)) is not None:
                return self._stated(inside, "is in the month", negated)
            case tree.And(operands):
                return self._joined(operands, negated, "or" if negated else "and")
            case tree.Or(operands):
                return self._joined(operands, negated, "and" if negated else "or")
            case tree.AtLeast(number, records):
                return self._there_is(number, records, negated)
            case tree.Every():
                return self.every(node, negated)
            case tree.Const(value):
                return "always" if bool(value) is not negated else "never"
            case tree.Field(depth, name) | tree.LookedUp(depth, name) if depth or not self.bound:
                return self._of_record(node, name, negated)
            case tree.DefinedOf(_, depth):
                return self._of_record(node, self._list_at(depth), negated)
            case tree.Field(_, name) | tree.LookedUp(_, name):
                return self._of_record(node, name, negated)
            case tree.Defined(name):
                return self._definition_clause(name, negated)
            case tree.Fact(path):
                return self._fact_clause(path, negated)
            case tree.PickedField(definition, field):
                return self._picked(definition, field, negated)
            case tree.IsNone(operand):
                return self._none(operand, negated)
            case tree.Cases(cases):
                return self._cases([(when, self.clause(value, negated)) for when, value in cases])
        subject, phrase = self._compared(node)
        if isinstance(subject, tree.Field) and subject.depth == 0:
            return f"it {being(self._compared_part(node, negated, False))}"
        return self._stated(subject, phrase, negated)

    def _joined(self, operands: tuple[tree.Node, ...], negated: bool, word: str) -> str:
        inner = tree.And if word == "or" and negated else tree.Or if word == "and" and not negated else ()
        said = [("either " if inner and isinstance(o, inner) else "") + self.clause(o, negated) for o in operands]
        if len(said) == 2 and max(map(len, said)) > LONG:
            return f"{said[0]}, {word} {said[1]}"
        return english.listed(said, word)

    def headline(self, node: tree.Node) -> str:
        """A condition as a rule's own sentence: what must be there, or what must not."""
        match node:
            case tree.AtLeast(number, records):
                return english.sentence(self.amount(number, records, False))
            case tree.Not(tree.AtLeast(number, records)):
                return english.sentence(self.amount(number, records, True))
        return english.sentence(self.clause(node))

    def _stated(self, subject: tree.Node, phrase: str, negated: bool) -> str:
        template = self.names.template(subject)
        if "|" in template and "{}" in template and phrase.startswith("is "):
            who, _, said = (p.strip() for p in template.partition("|"))
            return f"{who} {english.verb(said.replace('{}', phrase[3:]), negated=negated)}"
        noun = self.noun(subject)
        many = _is_many(noun)
        phrase = phrase.replace("is ", "total ", 1) if many and AMOUNT.match(phrase) else phrase
        return f"{noun} {english.verb(phrase, many=many and not phrase.startswith('total'), negated=negated)}"

    def _definition_clause(self, name: str, negated: bool) -> str:
        said = self.names.lexicon.facts.get(name, "")
        if "|" in said:
            return self._subject_verb(said, negated)
        title = said or self.names.title(name)
        return english.denied(title) if negated else title

    def _picked(self, definition: str, field: str, negated: bool) -> str:
        declared = self.names.definitions.get(definition)
        name = (declared.type.name or "") if declared else ""
        part = self._phrased(f"{name}.{field}", self.names.lexicon.words(field), negated, False)
        return f"{self.names.definition(definition)} {being(part)}"

    def _fact_clause(self, path: str, negated: bool) -> str:
        said = self.names.lexicon.facts.get(path, "")
        if "|" in said:
            return self._subject_verb(said, negated)
        return f"the record {'does not say' if negated else 'says'} “{self.names.fact_title(path)}”"

    def _subject_verb(self, said: str, negated: bool) -> str:
        who, _, what = (p.strip() for p in said.partition("|"))
        many = what.partition(" ")[0] in {"put", "are", "have", "were"}
        return f"{who} {english.verb(what, many=many, negated=negated)}"

    def _of_record(self, node: tree.Node, name: str, negated: bool) -> str:
        part = self.part(node, negated=negated, many=False)
        subject = f"the {english.singular(self.names.one(name))}"
        return f"{subject} {being(part)}"

    def _none(self, operand: tree.Node, negated: bool) -> str:
        noun = self.noun(operand).removeprefix("the ").removeprefix("its ")
        return f"{english.article(noun) if negated else 'no ' + noun} is recorded"

    def _cases(self, cases: list[tuple[tree.Node | None, str]]) -> str:
        said = [f"{value} when {self.clause(when)}" if when else f"otherwise {value}" for when, value in cases]
        return "; ".join(said) if len(said) > 1 else cases[0][1]

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
        conditions = where.operands if isinstance(where, tree.And) and self._in_month(where) is None else (where,)
        parts += [self.part(c, negated=False, many=many) for c in conditions if c is not None]
        return f" {together(parts)}" if parts else ""

    def _there_is(self, number: int, records: tree.Records, negated: bool) -> str:
        return f"there {'are' if number > 1 and not negated else 'is'} {self.amount(number, records, negated)}"

    def _plural(self, number: int, records: tree.Records) -> str:
        one = self.names.one(records.list)
        return f"{english.count(number)} {english.singular(one) if number == 1 else english.plural(one)}"

    def into(self, name: str) -> Speaker:
        return replace(self, bound=(name, *self.bound))

    def out(self) -> Speaker:
        return replace(self, bound=self.bound[1:])

    # --- what is said of the nearest record

    def part(self, node: tree.Node, *, negated: bool, many: bool) -> Part:
        """A condition on the nearest record, to stand after its noun."""
        match node:
            case tree.Not(operand):
                return self.part(operand, negated=not negated, many=many)
            case tree.And(operands) | tree.Or(operands) if self._in_month(node) is None:
                parts = [self.part(o, negated=negated, many=many) for o in operands]
                if isinstance(node, tree.And) is not negated:
                    that = all(p.that for p in parts)
                    return Part(that, english.listed(p.text for p in parts) if that else together(parts))
                if all(p.that for p in parts):
                    return Part(True, f"either {english.listed((p.text for p in parts), 'or')}")
                if not any(p.that for p in parts):
                    return Part(False, english.listed((p.text for p in parts), "or"))
                return Part(False, f"that {english.listed((after_that(p, many) for p in parts), 'or')}")
            case tree.Field(0, name, field):
                return self._phrased(f"{name}.{field}", self.names.lexicon.words(field), negated, many)
            case tree.LookedUp(0, name, field, target, _, target_field):
                inner = self._phrased(
                    f"{target}.{target_field}", self.names.lexicon.words(target_field), negated, False
                )
                return Part(False, f"{self.names.owner(name, field)} {being(inner)}")
            case tree.DefinedOf(name, 0):
                return self._phrased(
                    f"{self._list_at(0)}.{name}", self.names.title_of_record(name, self._list_at(0)), negated, many
                )
            case tree.IsNone(tree.Field(0, name, field)):
                noun = self.names.field(name, field)
                return Part(False, f"{'with' if negated else 'without'} {english.article(noun)}")
            case (
                tree.AtLeast()
                | tree.Every()
                | tree.Defined()
                | tree.Fact()
                | tree.IsNone()
                | tree.Cases()
                | tree.Const()
            ):
                return Part(False, f"for which {self.clause(node, negated)}")
        return self._compared_part(node, negated, many)

    def _phrased(self, key: str, fallback: str, negated: bool, many: bool) -> Part:
        said = self.names.lexicon.fields.get(key)
        return placed(said, negated, many) if said is not None else titled(fallback, negated, many)

    def _compared_part(self, node: tree.Node, negated: bool, many: bool) -> Part:
        subject, phrase = self._compared(node)
        if not (isinstance(subject, tree.Field) and subject.depth == 0):
            if isinstance(subject, tree.LookedUp) and subject.depth == 0:
                said = self.names.template(subject)
                value = said.replace("{}", phrase.removeprefix("is ")) if "{}" in said else phrase
                value = value.removeprefix("who ").removeprefix("that ")
                return Part(
                    False, f"{self.names.owner(subject.list, subject.field)} {english.verb(value, negated=negated)}"
                )
            return Part(False, f"for which {self._stated(subject, phrase, negated)}")
        template = self.names.template(subject)
        if "{}" in template and phrase.startswith("is "):
            return placed(template.replace("{}", phrase[3:]), negated, many)
        declared = self.names.vocabulary.lists.get(subject.list)
        if declared is not None and subject.field == declared.date_field and phrase.startswith("is "):
            said = phrase.removeprefix("is ")
            return Part(False, f"{'not ' if negated else ''}{'' if said == 'in the month' else 'dated '}{said}")
        owner = f"whose {self.names.field(subject.list, subject.field)}" if "{}" in template else None
        owner = owner or self.names.owner(subject.list, subject.field)
        return Part(False, f"{owner} {english.verb(phrase, negated=negated)}")

    # --- comparisons: the subject, and what is said of it

    def _compared(self, node: tree.Node) -> tuple[tree.Node, str]:
        """Subject and verb phrase of a test. The side that is nearer to a record or a fact is the subject."""
        match node:
            case tree.Equal(left, right):
                subject, other = self._ordered(left, right)[:2]
                return subject, f"is {self.noun(other)}"
            case tree.AtMost(left, right, strict):
                subject, other, turned = self._ordered(left, right)
                return subject, f"is {self._comparison(other, turned, strict)} {self.noun(other)}"
            case tree.In(operand, values, name):
                many = name is not None and len(values) > 8
                said = (
                    self.names.set(name or "") if many else english.listed(map(self.names.lexicon.value, values), "or")
                )
                return operand, f"is {said}"
            case tree.InTable(table, keys):
                return keys[-1], f"stands in the table of {self.names.lexicon.words(table)}"
            case tree.Within(operand, number, unit, direction, anchor):
                return operand, f"is within {english.quantity(Decimal(number), unit)} {direction} {self.noun(anchor)}"
            case tree.IncludesAtLeast(operand, number, values):
                return operand, self._includes(operand, number, values)
            case tree.During(operand, records):
                period = "the period of " if self.names.is_dated_twice(records.list) else ""
                return operand, f"is during {period}{self.amount(1, records, False)}"
            case tree.And() if (inside := self._in_month(node)) is not None:
                return inside, "is in the month"
        return node, "holds"

    def _includes(self, operand: tree.Node, number: int, values: tuple[str, ...]) -> str:
        if not values:
            return f"includes at least {english.count(number)} values"
        all_of = number == len(values)
        said = english.listed(map(self.names.lexicon.value, values), "and" if all_of else "or")
        if not all_of and number > 1:
            said = f"at least {english.count(number)} of {said}"
        return f"is {said}" if "{}" in self.names.template(operand) else f"includes {said}"

    def _comparison(self, other: tree.Node, turned: bool, strict: bool) -> str:
        kind = other.type.kind
        if kind in {"date", "month"}:
            return {(False, False): "on or before", (False, True): "before", (True, False): "on or after"}.get(
                (turned, strict), "after"
            )
        return {(False, False): "at most", (False, True): "less than", (True, False): "at least"}.get(
            (turned, strict), "more than"
        )

    def _ordered(self, left: tree.Node, right: tree.Node) -> tuple[tree.Node, tree.Node, bool]:
        turned = self._rank(right) > self._rank(left)
        return (right, left, True) if turned else (left, right, False)

    def _rank(self, node: tree.Node) -> int:
        match node:
            case tree.Field(depth) | tree.LookedUp(depth) | tree.DefinedOf(_, depth):
                return 9 - min(depth, 2)
            case tree.Const():
                return 0
            case tree.EdgeOfMonth():
                return 1
            case tree.Shift() | tree.Lookup():
                return 2
            case tree.Fact():
                return 6 if "|" in self.names.template(node) else 5
        return 4

    def _in_month(self, node: tree.Node) -> tree.Node | None:
        """The date that a condition places between the first and the last day of the month, or None."""
        match node:
            case tree.And(
                (tree.AtMost(tree.EdgeOfMonth("start"), low), tree.AtMost(high, tree.EdgeOfMonth("end")))
            ) if low == high:
                return low
        return None

    # --- things

    def noun(self, node: tree.Node) -> str:
        """A quantity, date or value as a noun phrase."""
        match node:
            case tree.Const(value, kind):
                return self._const(value, kind)
            case tree.Fact(path):
                return self.names.fact(path)
            case tree.Field(depth, name, field):
                noun = self.names.field(name, field)
                return f"its {noun}" if depth == 0 else f"the {noun} of the {self.names.called(name)}"
            case tree.LookedUp(_, name, field, _, _, target_field):
                person = self.names.lexicon.nouns.get(f"{name}.{field}", self.names.lexicon.words(field))
                return f"the {self.names.lexicon.words(target_field)} of its {person}"
            case tree.Defined(name) | tree.DefinedOf(name):
                return self.names.definition(name)
            case tree.PickedField(definition, field):
                return f"the {self.names.lexicon.words(field)} of {self.names.definition(definition)}"
            case tree.Established(operand):
                return f"the established {self.noun(operand).removeprefix('the ')}"
            case tree.EdgeOfMonth(which):
                return f"the {'first' if which == 'start' else 'last'} day of the month"
            case tree.Shift(number, unit, direction, anchor, counting):
                said = f"{english.quantity(Decimal(number), unit)} {direction} {self.noun(anchor)}"
                return f"{said}, that day counted" if counting else said
            case tree.Cases(cases):
                return self._cases([(when, self.noun(value)) for when, value in cases])
        known = next((d.name for d in self.names.definitions.values() if d.value == node), None)
        return self.names.definition(known) if known is not None else self._computed(node)

    def noun_of(self, node: tree.Node) -> str:
        """A quantity or date as what it is made of, where `noun` would give the name of a definition."""
        return self._computed(node) if isinstance(node, tree.Sum | tree.Extreme | tree.Pick) else self.noun(node)

    def _computed(self, node: tree.Node) -> str:
        match node:
            case tree.Sum(value, divisor, records, once=once):
                inner = self.into(records.list)
                shared = f", divided by {inner.noun(divisor).removeprefix('its ')}," if divisor else ""
                counted = f"{'' if divisor or not once else ','}{' each minute of the clock once,' if once else ''}"
                what = inner.noun(value).removeprefix("its ")
                return f"the total of {what}{shared}{counted} over {self.records(records)}"
            case tree.CountOf(records):
                return f"the number of {self.records(records)}"
            case tree.Extreme(how, field, records):
                return (
                    f"the {how} {self.into(records.list).noun(field).removeprefix('its ')} of {self.records(records)}"
                )
            case tree.Pick(how, _, records):
                one = english.singular(self.names.one(records.list))
                return f"the {how} {one}{self.into(records.list).which(records, False)}"
            case tree.Reaches(sum_, threshold):
                said = self.noun(sum_)
                return f"the day {said} {english.verb('reaches', many=_is_many(said))} {self.noun(threshold)}"
            case tree.Arithmetic(op, left, right):
                return f"{self.noun(left)} {op} {self.noun(right)}"
            case tree.FullMultiples(step, operand):
                return f"how many times {self.noun(step)} fit into {self.noun(operand)}"
            case tree.Lookup(table, column, keys):
                words = self.names.lexicon.words
                return f"the {words(column)} in {words(table)} for {english.listed(map(self.noun, keys))}"
            case tree.FirstPart(operand):
                return f"the first part of {self.noun(operand)}"
            case tree.UnknownValue(fact):
                return f"what is not known until {self.names.fact(fact)} is recorded"
        return self.clause(node)

    def _const(self, value: object, kind: tree.Type) -> str:
        match value:
            case bool():
                return "yes" if value else "no"
            case date():
                return english.day(value)
            case Decimal() | int():
                return english.quantity(Decimal(value), kind.unit)
            case tuple():
                return english.listed(self.names.lexicon.value(str(v)) for v in value)
        return self.names.lexicon.value(str(value)) if kind.kind == "value" else str(value)

    def _list_at(self, depth: int) -> str:
        return self.bound[depth] if depth < len(self.bound) else "records"


def _is_many(noun: str) -> bool:
    """Whether the head of a noun phrase is a plural: `minutes of clinical staff`, `own minutes`."""
    head = HEAD.split(noun, maxsplit=1)[0].rpartition(" ")[2]
    return head.endswith("s") and not head.endswith(("ss", "us", "'s")) and head != "its"
