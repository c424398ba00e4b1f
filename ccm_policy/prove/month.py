"""Every possible patient-month at once: a variable of the solver for each fact that is asked for, and what it may be.

The facts are complete and well formed (S41): nothing is unknown, nothing is presumed. A list has at most so many
records. Variables are made when an expression asks for them, so what no rule reads is not there.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import KW_ONLY, dataclass, field
from decimal import Decimal
from fractions import Fraction
from typing import Any

import z3

from ccm_policy.evaluate.calendar import month_bounds, month_of, shifted
from ccm_policy.facts.plan import MONTH, OWN_PRACTITIONER, PRACTITIONER, SAME, compiled
from ccm_policy.language import tree as t
from ccm_policy.prove.keys import Keys
from ccm_policy.prove.values import MOST_CODES, MOST_TEXTS, NEVER, NO_TEXT, Members, Number, Term, Texts, real

MONTHS_BEFORE, MONTHS_AFTER = 48, 6
"""The months about the service month in which dates lie."""
ALL_MONTHS = ("1900-01", "9999-11")
"""The first month that readers of facts take, and the last that is sure to be before a day that never comes."""
MOST_OF_A_NUMBER = 100_000
"""The greatest number in a patient-month that is looked for, where none is declared."""

Variable = Any
"""A term; a `Number`; `Members` of a set."""
Record = tuple[str, int]
"""A record by its list and row. Row -1 is any record of the list, of which nothing else is known."""
ANY = -1


@dataclass(slots=True)
class Month:
    """A patient-month of which nothing is known but its month. `primed`: facts and fields that have variables of their
    own, apart from those of a month with which this one shares all others."""

    vocabulary: t.Vocabulary
    service_month: str
    records: int
    _: KW_ONLY
    keys: Keys = field(default_factory=Keys)
    texts: Texts = field(default_factory=Texts)
    primed: frozenset[str] = frozenset()
    imagined: dict[Record, tuple[Record, dict[str, str]]] = field(default_factory=dict)
    facts: dict[str, Variable] = field(default_factory=dict)
    fields: dict[tuple[Record, str], Variable] = field(default_factory=dict)
    there: dict[Record, Term] = field(default_factory=dict)
    members: dict[str, dict[str, Term]] = field(default_factory=dict)
    parts: list[Term] = field(default_factory=list)
    axioms: list[Term] = field(default_factory=list)

    def __post_init__(self) -> None:
        for path in compiled(self.vocabulary).key:
            if path != MONTH:
                self.fact(path)

    def well_formed(self) -> list[Term]:
        """What holds of every patient-month, as far as it is asked for."""
        return list(self.axioms)

    def writable(self) -> list[Term]:
        """That numbers are such as a person writes: whole ones, or hundredths."""
        return [z3.IsInt(part * 100) for part in self.parts]

    @property
    def first_day(self) -> int:
        """The first day of the service month."""
        return month_bounds(self.service_month)[0].toordinal()

    @property
    def last_day(self) -> int:
        """The last day of the service month."""
        return month_bounds(self.service_month)[1].toordinal()

    def own_list(self, name: str) -> str:
        """The list that has the records: for one that joins a list with lines of a claim, that list, as no claim is
        there."""
        return self.vocabulary.lists[name].union_of or name

    def fact(self, path: str) -> Variable:
        """The variable of a fact."""
        if path not in self.facts:
            self.facts[path] = self._variable(path, self.vocabulary.facts[path].type, path)
        return self.facts[path]

    def field_of(self, record: Record, name: str) -> Variable:
        """The variable of a field of a record; of an imagined one, of the field that says it."""
        if record in self.imagined:
            by, said = self.imagined[record]
            return self.field_of(by, said[name])
        if (record, name) not in self.fields:
            listed, row = record
            declared = self.vocabulary.lists[listed].fields[name]
            self.fields[record, name] = self._variable(f"{listed}[{row}].{name}", declared.type, f"{listed}.{name}")
            self._well_formed(record, name)
        return self.fields[record, name]

    def stand_in(self, target: str, record: Record, said: tuple[tuple[str, str], ...]) -> Record:
        """A record imagined for a row that is not there, of which another record says these fields."""
        for stands, known in self.imagined.items():
            if stands[0] == target and known == (record, dict(said)):
                return stands
        stands = (target, ANY - 1 - len(self.imagined))
        self.imagined[stands] = (record, dict(said))
        return stands

    def rows(self, name: str) -> Iterator[Record]:
        """The records that a list may have; each is there only if the one before it is."""
        listed = self.own_list(name)
        for row in range(self.records):
            record = (listed, row)
            if record not in self.there:
                self.there[record] = z3.Bool(self._name(f"{listed}[{row}]", listed))
                if row:
                    self.axioms.append(z3.Implies(self.there[record], self.there[listed, row - 1]))
            yield record

    def window(self) -> tuple[str, ...]:
        """The months in which dates lie."""
        first = month_bounds(self.service_month)[0]
        return tuple(month_of(shifted(first, n, "month")) for n in range(-MONTHS_BEFORE, MONTHS_AFTER + 1))

    def no_less_than(self, other: Month, path: str) -> Term:
        """That this month has no less of a fact, or of a field in each record."""
        pairs: list[tuple[Any, Any]] = [
            (mine, other.facts[name]) for name, mine in self.facts.items() if name == path and name in other.facts
        ]
        for (record, name), mine in self.fields.items():
            if f"{record[0]}.{name}" == path and (record, name) in other.fields:
                pairs.append((mine, other.fields[record, name]))
        terms: list[list[Any]] = [[getattr(each, "term", each) for each in pair] for pair in pairs]
        return z3.And(*(z3.Implies(less, more) if z3.is_bool(more) else more >= less for more, less in terms))

    @property
    def endless(self) -> bool:
        """Whether dates lie anywhere: where something is to be shown of every patient-month, and none to be found."""
        return self.records == 0

    def mark(self, paths: Iterable[str]) -> str:
        """What tells the variable of something that hangs on these facts from that of the month with which this one
        shares the others."""
        return "" if self.primed.isdisjoint(paths) else "'"

    def _name(self, name: str, path: str) -> str:
        return f"{name}{self.mark((path,))}"

    def _variable(self, name: str, type: t.Type, path: str) -> Variable:
        name = self._name(name, path)
        none_allowed = type.may_be_none or self._absent_is_none(path)
        match type.kind:
            case "yes/no":
                return z3.Bool(name)
            case "number":
                return self._a_number(name, type, none_allowed)
            case "date":
                return self._a_day(name, type, none_allowed)
            case "set":
                return self._a_set(name, type)
        made = z3.Int(name)
        most = MOST_CODES if type.kind == "code" else MOST_TEXTS
        allowed = [made == self.texts.of(value) for value in type.values] or [z3.And(made >= 0, made < most)]
        self.axioms.append(z3.Or(*allowed, *([made == NO_TEXT] if none_allowed else [])))
        return made

    def _absent_is_none(self, path: str) -> bool:
        declared = self.vocabulary.facts.get(path)
        if declared is None:
            listed, _, name = path.rpartition(".")
            of = self.vocabulary.lists.get(listed)
            absent = of.fields[name].absent if of is not None and name in of.fields else t.Absent()
        else:
            absent = declared.absent
        return absent.how == "none"

    def _a_number(self, name: str, type: t.Type, none_allowed: bool) -> Number:
        made = z3.Int(name) if type.whole else z3.Real(name)
        if not type.whole:
            self.parts.append(made)
        low, high = type.low, type.high
        if not self.endless:
            low, high = Decimal(0) if low is None else low, Decimal(MOST_OF_A_NUMBER) if high is None else high
        self.axioms += [] if low is None else [made >= real(Fraction(low))]
        self.axioms += [] if high is None else [made <= real(Fraction(high))]
        return Number(made, z3.Bool(f"{name} is none") if none_allowed else None)

    def _a_day(self, name: str, type: t.Type, none_allowed: bool) -> Term:
        made = z3.Int(name)
        if type.in_month:
            first, last = self.first_day, self.last_day
        else:
            months = ALL_MONTHS if self.endless else self.window()
            first, last = month_bounds(months[0])[0].toordinal(), month_bounds(months[-1])[1].toordinal()
        within = z3.And(made >= first, made <= last)
        self.axioms.append(z3.Or(within, made == NEVER) if none_allowed else within)
        return made

    def _a_set(self, name: str, type: t.Type) -> Members:
        """A set, with a truth for each member that somebody asks for."""

        def has(member: str) -> Term:
            if type.values and member not in type.values:
                return z3.BoolVal(False)
            self.members.setdefault(name, {})[member] = made = z3.Bool(f"{name} has {member}")
            return made

        return Members(has, type.values or None)

    def _well_formed(self, record: Record, name: str) -> None:
        """What the reader of facts refuses: a period that ends before it starts, one identity of two records, a word
        on whose a record is that goes against its practitioner."""
        listed, row = record
        declared = self.vocabulary.lists[listed]
        ends = (declared.first_field, declared.last_field)
        if name in ends and None not in ends:
            first, last = (self.fields.get((record, str(end))) for end in ends)
            if first is not None and last is not None:
                self.axioms.append(first <= last)
        if name in compiled(self.vocabulary).lists[listed].identities:
            others = [self.fields.get(((listed, other), name)) for other in range(self.records) if other != row]
            made = self.fields[record, name]
            self.axioms += [z3.Or(made != other, made == NO_TEXT) for other in others if other is not None]
        if name in (SAME, OWN_PRACTITIONER):
            same, own = self.fields.get((record, SAME)), self.fields.get((record, OWN_PRACTITIONER))
            if same is not None and own is not None:
                self.axioms.append(same == (own == self.fact(PRACTITIONER)))
