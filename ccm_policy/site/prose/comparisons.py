"""Tests: the subject, and what is said of it. The side that is nearer to a record or a fact is the subject."""

from __future__ import annotations

from decimal import Decimal

from ccm_policy.language import tree
from ccm_policy.site.prose import english
from ccm_policy.site.prose.parts import Part, being, placed
from ccm_policy.site.prose.speaker import Speaker, in_month

Compared = tuple[tree.Node, str]


def clause_of_test(say: Speaker, node: tree.Node, negated: bool) -> str:
    """A test as a clause."""
    subject, phrase = say.compared(node)
    if isinstance(subject, tree.Field) and subject.depth == 0:
        return f"it {being(part_of_test(say, node, negated, False))}"
    return say.stated(subject, phrase, negated)


def part_of_test(say: Speaker, node: tree.Node, negated: bool, many: bool) -> Part:
    """A test as a part: of a field of the nearest record, of what it looks up, or of something else."""
    subject, phrase = say.compared(node)
    if isinstance(subject, tree.Field) and subject.depth == 0:
        return _of_field(say, subject, phrase, negated, many)
    if isinstance(subject, tree.LookedUp) and subject.depth == 0:
        said = say.names.template(subject)
        value = said.replace("{}", phrase.removeprefix("is ")) if "{}" in said else phrase
        value = value.removeprefix("who ").removeprefix("that ")
        owner = say.names.owner(subject.list, subject.field)
        return Part(False, f"{owner} {english.verb(value, negated=negated)}")
    return Part(False, f"for which {say.stated(subject, phrase, negated)}")


def _of_field(say: Speaker, subject: tree.Field, phrase: str, negated: bool, many: bool) -> Part:
    template = say.names.template(subject)
    if "{}" in template and phrase.startswith("is "):
        return placed(template.replace("{}", phrase[3:]), negated, many)
    declared = say.names.vocabulary.lists.get(subject.list)
    if declared is not None and subject.field == declared.date_field and phrase.startswith("is "):
        said = phrase.removeprefix("is ")
        return Part(False, f"{'not ' if negated else ''}{'' if said == 'in the month' else 'dated '}{said}")
    owner = f"whose {say.names.field(subject.list, subject.field)}" if "{}" in template else None
    owner = owner or say.names.owner(subject.list, subject.field)
    return Part(False, f"{owner} {english.verb(phrase, negated=negated)}")


# --- subject and phrase, by kind ---------------------------------------------------------------------------------


def holds(say: Speaker, node: tree.Node) -> Compared:
    """What is no test of anything else."""
    return node, "holds"


def equal(say: Speaker, node: tree.Equal) -> Compared:
    subject, other, _ = _ordered(say, node.left, node.right)
    return subject, f"is {say.noun(other)}"


def at_most(say: Speaker, node: tree.AtMost) -> Compared:
    subject, other, turned = _ordered(say, node.left, node.right)
    return subject, f"is {_comparison(other, turned, node.strict)} {say.noun(other)}"


def one_of(say: Speaker, node: tree.In) -> Compared:
    if node.name is not None and len(node.values) > 8:
        return node.operand, f"is {say.names.set(node.name)}"
    return node.operand, f"is {english.listed(map(say.names.lexicon.value, node.values), 'or')}"


def in_table(say: Speaker, node: tree.InTable) -> Compared:
    return node.keys[-1], f"stands in the table of {say.names.lexicon.words(node.table)}"


def within(say: Speaker, node: tree.Within) -> Compared:
    stretch = english.quantity(Decimal(node.number), node.unit)
    return node.operand, f"is within {stretch} {node.direction} {say.noun(node.anchor)}"


def during(say: Speaker, node: tree.During) -> Compared:
    period = "the period of " if say.names.is_dated_twice(node.records.list) else ""
    return node.operand, f"is during {period}{say.amount(1, node.records, False)}"


def both(say: Speaker, node: tree.And) -> Compared:
    inside = in_month(node)
    return holds(say, node) if inside is None else (inside, "is in the month")


def includes(say: Speaker, node: tree.IncludesAtLeast) -> Compared:
    number, values = node.number, node.values
    if not values:
        return node.operand, f"includes at least {english.count(number)} values"
    all_of = number == len(values)
    said = english.listed(map(say.names.lexicon.value, values), "and" if all_of else "or")
    if not all_of and number > 1:
        said = f"at least {english.count(number)} of {said}"
    template = say.names.template(node.operand)
    return node.operand, f"is {said}" if "{}" in template else f"includes {said}"


_OF_DAYS = {(False, False): "on or before", (False, True): "before", (True, False): "on or after"}
_OF_AMOUNTS = {(False, False): "at most", (False, True): "less than", (True, False): "at least"}


def _comparison(other: tree.Node, turned: bool, strict: bool) -> str:
    if other.type.kind in {"date", "month"}:
        return _OF_DAYS.get((turned, strict), "after")
    return _OF_AMOUNTS.get((turned, strict), "more than")


def _ordered(say: Speaker, left: tree.Node, right: tree.Node) -> tuple[tree.Node, tree.Node, bool]:
    turned = _rank(say, right) > _rank(say, left)
    return (right, left, True) if turned else (left, right, False)


_RANKS: dict[type, int] = {tree.Const: 0, tree.EdgeOfMonth: 1, tree.Shift: 2, tree.Lookup: 2}


def _rank(say: Speaker, node: tree.Node) -> int:
    """How near a side is to a record or a fact."""
    if isinstance(node, tree.Field | tree.LookedUp | tree.DefinedOf):
        return 9 - min(node.depth, 2)
    if isinstance(node, tree.Fact):
        return 6 if "|" in say.names.template(node) else 5
    return _RANKS.get(type(node), 4)
