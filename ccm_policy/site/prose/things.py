"""Quantities, dates and values as noun phrases."""

from __future__ import annotations

from datetime import date
from decimal import Decimal

from ccm_policy.language import tree
from ccm_policy.site.prose import english
from ccm_policy.site.prose.conditions import cases as said_cases
from ccm_policy.site.prose.speaker import Speaker, is_many


def condition(say: Speaker, node: tree.Node) -> str:
    """A condition, where a thing is asked for."""
    return say.clause(node)


# --- what has a name ---------------------------------------------------------------------------------------------


def const(say: Speaker, node: tree.Const) -> str:
    match node.value:
        case bool():
            return "yes" if node.value else "no"
        case date():
            return english.day(node.value)
        case Decimal() | int():
            return english.quantity(Decimal(node.value), node.type.unit)
        case tuple():
            return english.listed(say.names.lexicon.value(str(v)) for v in node.value)
    return say.names.lexicon.value(str(node.value)) if node.type.kind == "value" else str(node.value)


def fact(say: Speaker, node: tree.Fact) -> str:
    return say.names.fact(node.path)


def field(say: Speaker, node: tree.Field) -> str:
    noun = say.names.field(node.list, node.field)
    return f"its {noun}" if node.depth == 0 else f"the {noun} of the {say.names.called(node.list)}"


def looked_up(say: Speaker, node: tree.LookedUp) -> str:
    words = say.names.lexicon.words
    person = say.names.lexicon.nouns.get(f"{node.list}.{node.field}", words(node.field))
    return f"the {words(node.target_field)} of its {person}"


def defined(say: Speaker, node: tree.Defined | tree.DefinedOf) -> str:
    return say.names.definition(node.name)


def picked_field(say: Speaker, node: tree.PickedField) -> str:
    return f"the {say.names.lexicon.words(node.field)} of {say.names.definition(node.definition)}"


def established(say: Speaker, node: tree.Established) -> str:
    return f"the established {say.noun(node.operand).removeprefix('the ')}"


def edge_of_month(say: Speaker, node: tree.EdgeOfMonth) -> str:
    return f"the {'first' if node.which == 'start' else 'last'} day of the month"


def shift(say: Speaker, node: tree.Shift) -> str:
    said = f"{english.quantity(Decimal(node.number), node.unit)} {node.direction} {say.noun(node.anchor)}"
    return f"{said}, that day counted" if node.counting else said


def cases(say: Speaker, node: tree.Cases) -> str:
    return said_cases(say, [(when, say.noun(value)) for when, value in node.cases])


# --- what is made of others --------------------------------------------------------------------------------------


def total(say: Speaker, node: tree.Sum) -> str:
    inner = say.into(node.records.list)
    shared = f", divided by {inner.noun(node.divisor).removeprefix('its ')}," if node.divisor else ""
    once = node.once
    counted = f"{'' if node.divisor or not once else ','}{' each minute of the clock once,' if once else ''}"
    what = inner.noun(node.value).removeprefix("its ")
    return f"the total of {what}{shared}{counted} over {say.records(node.records)}"


def count_of(say: Speaker, node: tree.CountOf) -> str:
    return f"the number of {say.records(node.records)}"


def extreme(say: Speaker, node: tree.Extreme) -> str:
    what = say.into(node.records.list).noun(node.field).removeprefix("its ")
    return f"the {node.how} {what} of {say.records(node.records)}"


def pick(say: Speaker, node: tree.Pick) -> str:
    one = english.singular(say.names.one(node.records.list))
    return f"the {node.how} {one}{say.into(node.records.list).which(node.records, False)}"


def reaches(say: Speaker, node: tree.Reaches) -> str:
    said = say.noun(node.sum)
    return f"the day {said} {english.verb('reaches', many=is_many(said))} {say.noun(node.threshold)}"


def arithmetic(say: Speaker, node: tree.Arithmetic) -> str:
    return f"{say.noun(node.left)} {node.op} {say.noun(node.right)}"


def full_multiples(say: Speaker, node: tree.FullMultiples) -> str:
    return f"how many times {say.noun(node.step)} fit into {say.noun(node.operand)}"


def of_two_days(say: Speaker, node: tree.OfTwoDays) -> str:
    return f"the {node.how} of {say.noun(node.left)} and {say.noun(node.right)}"


def lookup(say: Speaker, node: tree.Lookup) -> str:
    words = say.names.lexicon.words
    return f"the {words(node.column)} in {words(node.table)} for {english.listed(map(say.noun, node.keys))}"


def first_part(say: Speaker, node: tree.FirstPart) -> str:
    return f"the first part of {say.noun(node.operand)}"


def unknown_value(say: Speaker, node: tree.UnknownValue) -> str:
    return f"what is not known until {say.names.fact(node.fact)} is recorded"
