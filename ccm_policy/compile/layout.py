"""Where everything has its place: a patient-month is a list of slots, and so is each record of its lists.

A slot that is None has not been worked out yet. Facts, lists and what is worked out once for the month (definitions,
rules, phrases over records) share the slots of the month; the fields of a record share its slots with the definitions
about it.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal
from fractions import Fraction
from typing import Any

from ccm_policy.compile import known
from ccm_policy.facts.values import NONE, UNKNOWN, Value
from ccm_policy.language import tree as t

FIRST_DAY, LAST_DAY, MONTH, GIVEN, NULLS, OWNER, FACTS = range(7)
"""The first slots of a month: its first and last day, its name, what was given, whether any of it is an explicit null,
what asks the reference about nulls; then the facts."""
CERTAIN, UNSEEN, ROW, BASE, OF_CLAIM = range(5)
"""The first slots of a record: whether it belongs to its list (a truth), whether it stands for records that nobody has
looked for, its number; of a record of a union, the record that it is made of and whether that is a line of the claim.
Then the fields."""

EMPTY = ("empty", "none", "presumed")
"""Declarations by which a list that was not given has no records."""


def from_fact(type: t.Type) -> Callable[[Value], Any]:
    """How a known value of a type gets into its slot."""
    return {"yes/no": known.truth, "number": known.amount, "date": known.day}.get(type.kind, known.plain)


def unknown_of(type: t.Type) -> Any:
    """An unknown value of a type; None for a day in the month, which is not known before the month is."""
    if type.kind == "yes/no":
        return known.OPEN
    if type.kind == "number":
        return known.ANY if type.may_be_none else (_exact(type.low), _exact(type.high))
    if type.kind == "date":
        return None if type.in_month else known.ANY_DAY
    return UNKNOWN


def _exact(bound: Decimal | None) -> Any:
    return None if bound is None else known.number(Fraction(bound))


def constant(node: t.Node) -> Any:
    """What a constant is in compiled code; None for a node that is none."""
    if not isinstance(node, t.Const):
        return None
    value = node.value
    if isinstance(value, Decimal):
        return known.amount(Fraction(value))
    if isinstance(value, tuple):
        return frozenset(value)
    return known.day(value) if isinstance(value, date) else known.truth(value) if isinstance(value, bool) else value


def presumed(absent: t.Absent, type: t.Type) -> Any:
    """What absence is taken for, where that hangs on nothing; None where it has to be worked out."""
    if absent.how in ("unknown", "error", "empty"):
        return unknown_of(type)
    if absent.unless is not None:
        return None
    if absent.how == "none":
        return from_fact(type)(NONE)
    return None if absent.value is None else constant(absent.value)


@dataclass(slots=True, kw_only=True)
class ListLayout:
    """The slots of a list's records. `template`: a record of which nothing is given; `unseen`: one that nobody has
    looked for. `in_month`: the fields that lie in the month when they are unknown, in each of the two."""

    name: str
    declared: t.ListDecl
    slot: int
    template: list[Any]
    unseen: list[Any]
    fields: dict[str, int] = field(default_factory=dict)
    read: dict[str, tuple[int, Callable[[Value], Any]]] = field(default_factory=dict)
    in_month: list[tuple[int, bool]] = field(default_factory=list)
    unseen_in_month: list[tuple[int, bool]] = field(default_factory=list)
    lazy: set[str] = field(default_factory=set)
    imagined: dict[str, int] = field(default_factory=dict)

    def more(self) -> int:
        """A slot more."""
        self.template.append(None)
        self.unseen.append(None)
        return len(self.template) - 1


@dataclass(slots=True, kw_only=True)
class Layout:
    """The slots of a program. `template`: a month of which nothing is given. `read`: where a fact that was given goes,
    and how. `lazy`: facts whose absence has to be worked out. `asked`: those that a policy does not let be presumed."""

    vocabulary: t.Vocabulary
    asked: frozenset[str]
    template: list[Any]
    facts: dict[str, int] = field(default_factory=dict)
    read: dict[str, tuple[int, Callable[[Value], Any]]] = field(default_factory=dict)
    in_month: list[tuple[int, bool]] = field(default_factory=list)
    lazy: set[str] = field(default_factory=set)
    lists: dict[str, ListLayout] = field(default_factory=dict)

    def more(self) -> int:
        """A slot more for the month."""
        self.template.append(None)
        return len(self.template) - 1


def layout_of(program: t.Program) -> Layout:
    """The places of everything that the vocabulary of a program declares."""
    vocabulary = program.vocabulary
    asked = frozenset(path for policy in program.policies for path in policy.asks)
    made = Layout(vocabulary=vocabulary, asked=asked, template=[None] * FACTS)
    for path, declared in vocabulary.facts.items():
        slot = made.more()
        made.facts[path] = slot
        made.read[path] = (slot, from_fact(declared.type))
        if path in asked:
            made.template[slot] = unknown_of(declared.type)
        else:
            made.template[slot] = presumed(declared.absent, declared.type)
        if made.template[slot] is None:
            waits = path in asked or declared.absent.how in ("unknown", "error", "empty")
            if waits:
                made.in_month.append((slot, declared.type.may_be_none))
            else:
                made.lazy.add(path)
    for name, listed in vocabulary.lists.items():
        made.lists[name] = _list_layout(listed, made.more(), asked)
    return made


def _list_layout(declared: t.ListDecl, slot: int, asked: frozenset[str]) -> ListLayout:
    made = ListLayout(
        name=declared.name,
        declared=declared,
        slot=slot,
        template=[known.YES, False, 0, None, False],
        unseen=[known.OPEN, True, 0, None, False],
    )
    clock = declared.clock
    for name, about in declared.fields.items():
        place = made.more()
        made.fields[name] = place
        made.read[name] = (place, from_fact(about.type))
        made.unseen[place] = unknown_of(about.type)
        if made.unseen[place] is None:
            made.unseen_in_month.append((place, about.type.may_be_none))
        if declared.union_of is not None:
            made.lazy.add(name)
            continue
        is_asked = f"{declared.name}.{name}" in asked
        by_clock = clock is not None and name == clock[2] and not is_asked
        if not by_clock:
            made.template[place] = unknown_of(about.type) if is_asked else presumed(about.absent, about.type)
        if made.template[place] is None:
            waits = is_asked or about.absent.how in ("unknown", "error", "empty")
            if waits and not by_clock:
                made.in_month.append((place, about.type.may_be_none))
            else:
                made.lazy.add(name)
        if about.looks_up is not None:
            made.imagined[name] = made.more()
    made.more()
    return made
