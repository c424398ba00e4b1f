"""From what was given to what is evaluated: presumptions are made once, and marked (S1 to S5, L1, L2).

A value that was given stands; an explicit unknown beats the presumption. A presumption may read facts of the same
record and other facts, which are presumed first. After this step absence has no meaning any more.
"""

from __future__ import annotations

from collections import OrderedDict, defaultdict
from collections.abc import Collection, Mapping
from dataclasses import dataclass, field, replace
from datetime import date, timedelta
from fractions import Fraction

from ccm_policy.evaluate.calendar import is_edge, month_bounds
from ccm_policy.evaluate.interpret import READERS
from ccm_policy.evaluate.patient_month import NOT_KNOWN, Cell, Facts, Listed, PatientMonth, Record, given_cell
from ccm_policy.evaluate.ranges import Days, Range, Result
from ccm_policy.evaluate.scene import Bound, Scene
from ccm_policy.evaluate.trace import Trace, deciding, missing, waits_for_null
from ccm_policy.facts.clock import A_DAY, of_day
from ccm_policy.facts.values import NONE, UNKNOWN, Authority, Given, GivenList, Value
from ccm_policy.language.tree import Absent, FieldDecl, ListDecl, Program, Table, Vocabulary


def presume(
    given: Given,
    vocabulary: Vocabulary,
    tables: Mapping[str, Table],
    decided: Collection[str] = (),
    asked: Collection[str] = (),
    *,
    presumptions: bool = True,
) -> PatientMonth:
    """The patient-month as it is evaluated.

    `decided`: the codes that policies decide; a line of the claim for any other code joins a list that is declared as a
    union (L14). Without `presumptions` whatever was not given is unknown; so is what a policy asks for (`asked`: facts,
    lists, and fields as `list.field`; S3).
    """
    facts = _Presumed(
        given=given,
        vocabulary=vocabulary,
        tables=tables,
        decided=frozenset(decided),
        asked=frozenset(asked),
        presumptions=presumptions,
    )
    for name, declared in vocabulary.lists.items():
        for record in facts.list(name).records:
            facts.complete(record, declared)
    return PatientMonth({path: facts.fact(path) for path in vocabulary.facts}, facts.lists)


def presumed_when_read(given: Given, program: Program) -> Facts:
    """The same facts, each presumed when it is first read."""
    return _Presumed(
        given=given,
        vocabulary=program.vocabulary,
        tables=program.tables,
        decided=frozenset((*program.services, *program.lives)),
        asked=frozenset(path for policy in program.policies for path in policy.asks),
        presumptions=True,
    )


@dataclass(kw_only=True)
class _Presumed:
    """Facts whose presumptions are made when they are first read; one that is being made is unknown to itself."""

    given: Given
    vocabulary: Vocabulary
    tables: Mapping[str, Table]
    decided: frozenset[str]
    asked: frozenset[str]
    presumptions: bool
    facts: dict[str, Cell] = field(default_factory=dict)
    lists: dict[str, Listed] = field(default_factory=dict)

    def __post_init__(self) -> None:
        named: Mapping[str, Value | None] = {
            "patient_id": self.given.patient_id,
            "service_month": self.given.service_month,
            "practitioner.id": self.given.practitioner_id,
        }
        self.declared = _declared(self.vocabulary)
        self.facts |= {path: Cell(value) for path, value in named.items() if value is not None}
        by = self.given.attested
        self.facts |= {path: given_cell(value, by.get(path)) for path, value in self.given.facts.items()}
        month = self.given.service_month
        self.scene = Scene(
            readers=READERS,
            month=month,
            facts=self,
            vocabulary=self.vocabulary,
            definitions={},
            tables=self.tables,
            on=month_bounds(month)[1],
        )

    # --- facts and fields ---

    def fact(self, path: str) -> Cell:
        known = self.facts.get(path)
        if known is None:
            self.facts[path] = NOT_KNOWN
            declared = self.vocabulary.facts.get(path)
            if declared is not None and path not in self.asked:
                self.facts[path] = self._absent(declared.absent, ())
            known = self.facts[path]
        return known

    def cell(self, record: Record, field: str) -> Cell:
        known = record.cells.get(field)
        if known is not None:
            return known
        if record.unseen:
            return NOT_KNOWN
        record.cells[field] = NOT_KNOWN
        declared = self.vocabulary.lists[record.list].fields.get(field)
        if declared is not None and f"{record.list}.{field}" not in self.asked:
            by_clock = self._by_clock(record, field)
            record.cells[field] = self._absent(declared.absent, (record,)) if by_clock is None else by_clock
            self._ask_for_what_makes_it(record, field, declared)
        return record.cells[field]

    def _ask_for_what_makes_it(self, record: Record, field: str, declared: FieldDecl) -> None:
        """Of a row that others look up, reasons name the field by which a look-up would make the row, where that is all
        that a presumed field lacks: the role, not what follows from it."""
        making = self.declared.making.get(record.list)
        if making and record.cells[field].value is UNKNOWN and declared.absent.value is not None:
            paths = {record.path_of(there) for there in making}
            lacks = {leaf.path for leaf in missing(self.scene.evaluate(declared.absent.value, (record,)))}
            if len(lacks) == 1 and lacks <= paths:
                record.aliases.setdefault(field, lacks.pop())

    def _by_clock(self, record: Record, field: str) -> Cell | None:
        """The minutes of a record that has a start and an end and says nothing of its minutes."""
        clock = self.declared.clocks.get(record.list)
        if not self.presumptions or clock is None or field != clock[2]:
            return None
        start, end = (self.cell(record, name).value for name in clock[:2])
        if not (isinstance(start, str) and isinstance(end, str)):
            return None
        return Cell(Fraction((of_day(end) - of_day(start)) % A_DAY), presumed=True)

    def _absent(self, absent: Absent, bound: Bound) -> Cell:
        """What a value that was not given is taken to be."""
        if not self.presumptions or absent.how in ("unknown", "error", "empty"):
            return Cell(UNKNOWN)
        otherwise = None
        if absent.unless is not None:
            otherwise = self.scene.evaluate(absent.unless, bound)
            if otherwise.value is True or waits_for_null(otherwise):
                return Cell(UNKNOWN, null=otherwise.value is not True)
        if absent.how == "none":
            return Cell(NONE, presumed=True, attested=self._vouching(otherwise))
        assert absent.value is not None, "a presumption has a value"
        read = self.scene.evaluate(absent.value, bound)
        value = _value(read.value)
        null = value is UNKNOWN and waits_for_null(read)
        return Cell(value, presumed=value is not UNKNOWN, null=null, attested=self._vouching(otherwise, read))

    def _vouching(self, *read: Trace | None) -> Authority | None:
        """Who vouches for what a presumption was made from."""
        if not self.given.attested:
            return None
        leaves = deciding(*(trace for trace in read if trace is not None))
        return next((leaf.attested for leaf in leaves if leaf.attested is not None), None)

    def complete(self, record: Record, declared: ListDecl) -> None:
        """Fill every cell of a record, and imagine the records that it looks up in vain."""
        for name, field_declared in declared.fields.items():
            self.cell(record, name)
            if field_declared.looks_up is not None:
                self.imagined(record, name)

    def imagined(self, record: Record, field: str) -> Record:
        """The record to use where no row is found for a field that looks one up."""
        if field not in record.imagined:
            record.imagined[field] = self._imagined(record, self.vocabulary.lists[record.list].fields[field])
        return record.imagined[field]

    def _imagined(self, record: Record, declared: FieldDecl) -> Record:
        target = self.vocabulary.lists[declared.looks_up or ""]
        cells = {there: self.cell(record, here) for there, here in declared.fallback}
        aliases = {there: record.path_of(here) for there, here in declared.fallback}
        imagined = Record(list=target.name, path=f"{record.path}.{target.name}", cells=cells, aliases=aliases)
        for name in target.fields:
            self.cell(imagined, name)
        unknown = [alias for there, alias in aliases.items() if cells[there].value is UNKNOWN]
        for name, cell in imagined.cells.items():
            if unknown and cell.value is UNKNOWN:
                aliases.setdefault(name, unknown[0])
        return imagined

    # --- lists ---

    def list(self, name: str) -> Listed:
        if name not in self.lists:
            declared = self.vocabulary.lists[name]
            self.lists[name] = Listed(name, (), _unseen(declared, name), unknown=True)
            self.lists[name] = self._union(declared) if declared.union_of else self._listed(declared)
        return self.lists[name]

    def _listed(self, declared: ListDecl) -> Listed:
        given = self.given.lists.get(declared.name)
        presumed = False
        presumable = self.presumptions and declared.name not in self.asked
        if given is None and presumable and (declared.absent.how in EMPTY or self.declared.making.get(declared.name)):
            given, presumed = GivenList(()), True
        if given is NONE:
            given = GivenList(())
        if not isinstance(given, GivenList):
            null = given is UNKNOWN
            return Listed(declared.name, (), _unseen(declared, declared.name), unknown=True, null=null)
        records = tuple(self._record(declared, row, cells) for row, cells in enumerate(given.rows))
        unseen = None if presumed else self._unseen_of(declared, given.complete)
        by = self.given.attested.get(declared.name)
        return Listed(declared.name, records, unseen, presumed=presumed, attested=by)

    def _record(self, declared: ListDecl, row: int, cells: Mapping[str, Value]) -> Record:
        path, by = f"{declared.name}[{row}]", self.given.attested
        if not by:
            return Record(list=declared.name, path=path, cells={f: given_cell(v) for f, v in cells.items()})
        known = {f: given_cell(v, by.get(f"{path}.{f}")) for f, v in cells.items()}
        return Record(list=declared.name, path=path, cells=known)

    def _unseen_of(self, declared: ListDecl, complete: bool) -> Record | None:
        """The unseen record of a given list: any, where it is not complete; else one from before what is known (L2)."""
        if not complete:
            return _unseen(declared, declared.name)
        if declared.complete == "whole":
            return None
        first = month_bounds(self.given.service_month)[0]
        path = declared.name
        if declared.known_from is not None:
            known = self.fact(declared.known_from).value
            if known is UNKNOWN:
                path = declared.known_from
            elif isinstance(known, date):
                first = min(first, known)
        dates = [f for f in (declared.date_field, declared.first_field, declared.last_field) if f is not None]
        if is_edge(first) or any(declared.fields[f].type.in_month for f in dates):
            return None
        cells = {f: Cell(UNKNOWN, latest=first - timedelta(days=1)) for f in dates}
        return Record(list=declared.name, path=path, cells=cells, certain=False, unseen=True)

    def _union(self, declared: ListDecl) -> Listed:
        """Another list, and the lines of the claim whose code no policy decides (L14)."""
        other = self.list(declared.union_of or "")
        records = [self._as(declared, record) for record in other.records]
        claim = self.vocabulary.claim
        for line in self.list(claim).records if claim is not None else ():
            code = self.cell(line, "code").value
            if code not in self.decided:
                records.append(self._as(declared, line, certain=code is not UNKNOWN))
        unseen = None if other.unseen is None else self._as(declared, other.unseen)
        return Listed(
            other.path, tuple(records), unseen, other.unknown, other.presumed, other.null, attested=other.attested
        )

    def _as(self, declared: ListDecl, record: Record, certain: bool = True) -> Record:
        """A record of one list read as a record of the union, by the names of their fields.

        What a line of the claim has no field for is absent, as in the list that the union is made of.
        """
        own = self.vocabulary.lists[record.list].fields
        cells = {name: self.cell(record, name) for name in declared.fields if name in own}
        like = Record(
            list=declared.union_of or "",
            path=record.path,
            cells=cells,
            certain=certain and record.certain,
            unseen=record.unseen,
        )
        cells |= {name: self.cell(like, name) for name in declared.fields}
        return replace(like, list=declared.name, cells=cells)


@dataclass(frozen=True, slots=True)
class _Declared:
    """What follows from a vocabulary alone. `clocks`: of each list that has them, its fields of start, end and minutes.
    `making`: of each list that fields look up, its fields of which a row is made where none is found; then nobody has
    to give it."""

    vocabulary: Vocabulary
    clocks: Mapping[str, tuple[str, str, str]]
    making: Mapping[str, frozenset[str]]


_kept: OrderedDict[int, _Declared] = OrderedDict()
MOST_KEPT = 256


def _declared(vocabulary: Vocabulary) -> _Declared:
    """Made once for each vocabulary."""
    known = _kept.get(id(vocabulary))
    if known is None:
        clocks = {name: clock for name, declared in vocabulary.lists.items() if (clock := declared.clock) is not None}
        making: defaultdict[str, set[str]] = defaultdict(set)
        for declared in vocabulary.lists.values():
            for field_declared in declared.fields.values():
                making[field_declared.looks_up or ""] |= {there for there, _ in field_declared.fallback}
        known = _Declared(vocabulary, clocks, {name: frozenset(fields) for name, fields in making.items()})
        _kept[id(vocabulary)] = known  # which keeps the vocabulary, and so its address
        if len(_kept) > MOST_KEPT:
            _kept.popitem(last=False)
    return known


EMPTY = ("empty", "none", "presumed")
"""Declarations by which a list that was not given has no records."""


def _unseen(declared: ListDecl, path: str) -> Record:
    return Record(list=declared.name, path=path, cells={}, certain=False, unseen=True)


def _value(result: Result) -> Value:
    """A settled result as the value of a fact; what is not settled is unknown."""
    if isinstance(result, Range):
        return Fraction(result.low) if result.low is not None and result.settled else UNKNOWN
    if isinstance(result, Days):
        return UNKNOWN if not result.settled else NONE if is_edge(result.low) else result.low
    return result if isinstance(result, (bool, str, frozenset)) or result is NONE else UNKNOWN
