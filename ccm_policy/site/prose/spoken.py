"""All kinds of node together: how each is said."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace

from ccm_policy.language import tree
from ccm_policy.site.prose import comparisons as tests
from ccm_policy.site.prose import conditions as said
from ccm_policy.site.prose import things
from ccm_policy.site.prose.naming import Naming
from ccm_policy.site.prose.speaker import Speaker, Way

_TEST = Way(tests.clause_of_test, tests.part_of_test, tests.holds, things.condition)
"""A kind that is a subject and what is said of it, in every place."""

WAYS: Mapping[type, Way] = {
    tree.Const: replace(_TEST, clause=said.clause_of_const, part=said.part_of_clause, noun=things.const),
    tree.Fact: replace(_TEST, clause=said.clause_of_fact, part=said.part_of_clause, noun=things.fact),
    tree.Field: replace(_TEST, clause=said.clause_of_field, part=said.part_of_field, noun=things.field),
    tree.LookedUp: replace(_TEST, clause=said.clause_of_field, part=said.part_of_looked_up, noun=things.looked_up),
    tree.Defined: replace(_TEST, clause=said.clause_of_defined, part=said.part_of_clause, noun=things.defined),
    tree.DefinedOf: replace(_TEST, clause=said.clause_of_defined_of, part=said.part_of_defined_of, noun=things.defined),
    tree.PickedField: replace(_TEST, clause=said.clause_of_picked_field, noun=things.picked_field),
    tree.Not: replace(_TEST, clause=said.clause_of_not, part=said.part_of_not),
    tree.And: replace(_TEST, clause=said.clause_of_and, part=said.part_of_joined, compared=tests.both),
    tree.Or: replace(_TEST, clause=said.clause_of_or, part=said.part_of_joined),
    tree.AtLeast: replace(_TEST, clause=said.clause_of_at_least, part=said.part_of_clause),
    tree.Every: replace(_TEST, clause=said.clause_of_every, part=said.part_of_clause),
    tree.IsNone: replace(_TEST, clause=said.clause_of_is_none, part=said.part_of_is_none),
    tree.Cases: replace(_TEST, clause=said.clause_of_cases, part=said.part_of_clause, noun=things.cases),
    tree.Equal: replace(_TEST, compared=tests.equal),
    tree.AtMost: replace(_TEST, compared=tests.at_most),
    tree.In: replace(_TEST, compared=tests.one_of),
    tree.InTable: replace(_TEST, compared=tests.in_table),
    tree.Within: replace(_TEST, compared=tests.within),
    tree.During: replace(_TEST, compared=tests.during),
    tree.IncludesAtLeast: replace(_TEST, compared=tests.includes),
    tree.Established: replace(_TEST, noun=things.established),
    tree.EdgeOfMonth: replace(_TEST, noun=things.edge_of_month),
    tree.Shift: replace(_TEST, noun=things.shift),
    tree.Sum: replace(_TEST, made=things.total),
    tree.CountOf: replace(_TEST, made=things.count_of),
    tree.Extreme: replace(_TEST, made=things.extreme),
    tree.Pick: replace(_TEST, made=things.pick),
    tree.Reaches: replace(_TEST, made=things.reaches),
    tree.Arithmetic: replace(_TEST, made=things.arithmetic),
    tree.FullMultiples: replace(_TEST, made=things.full_multiples),
    tree.OfTwoDays: replace(_TEST, made=things.of_two_days),
    tree.Lookup: replace(_TEST, made=things.lookup),
    tree.FirstPart: replace(_TEST, made=things.first_part),
    tree.UnknownValue: replace(_TEST, made=things.unknown_value),
}


def speaker(names: Naming) -> Speaker:
    """A speaker that calls things by these names."""
    return Speaker(WAYS, names)
