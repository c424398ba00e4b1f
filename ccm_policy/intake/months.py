"""The rows of one patient, from all exports, as patient-months: what belongs together, what is there twice, what
contradicts.

Nothing is preferred where two rows disagree: the fact is then unknown, and both are named.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Any

from ccm_policy.facts.checking import Fault, Raw, faults_of
from ccm_policy.facts.plan import MONTH, NEEDED, OWN_PRACTITIONER, PATIENT, PRACTITIONER, Records
from ccm_policy.intake import doubts
from ccm_policy.intake.fitting import Fitted, FittedFile, Giving
from ccm_policy.intake.report import Report
from ccm_policy.intake.rows import KeptRow, Record
from ccm_policy.intake.unread import Hold
from ccm_policy.intake.values import UNKNOWN

_ROUNDS = 8
"""How often a record is looked at again after something in it was made unknown."""


@dataclass(slots=True, kw_only=True)
class PatientMonth:
    """A patient-month on its way to the tables. A list that is None is explicitly unknown; one that is not there was
    not given."""

    patient: str
    month: str
    practitioner: str
    rows: list[KeptRow] = field(default_factory=list)
    facts: Record = field(default_factory=dict)
    lists: dict[str, list[Record] | None] = field(default_factory=dict)
    origins: dict[str, list[KeptRow]] = field(default_factory=dict)

    def data(self) -> dict[str, Any]:
        """The record as the facts' own reader takes it."""
        own = {PRACTITIONER: self.biller} if self.biller else {}
        return {PATIENT: self.patient, MONTH: self.month} | own | self.facts | self.lists

    @property
    def biller(self) -> str:
        """Who bills the month; unknown where nothing says it and its records name practitioners, with whom an unnamed
        one would be compared."""
        if self.practitioner:
            return self.practitioner
        named = any(OWN_PRACTITIONER in record for records in self.lists.values() for record in records or ())
        return UNKNOWN if named else ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Assembly:
    """How the rows of patients become patient-months. `files`: which export each file's number is, of the mapping's
    entries."""

    fitted: Fitted
    files: Sequence[FittedFile]
    report: Report
    holds: Mapping[int, Sequence[Hold]] = field(default_factory=dict)
    """What is not known while nobody has read a column, by the number of its export."""

    def of(self, rows: Iterable[KeptRow]) -> Iterator[PatientMonth]:
        """The patient-months of one patient's rows."""
        kept = [row for row in self._once(rows) if self._asked_for(row)]
        months = self._months(kept)
        for row in kept:
            for part in self._by_days(row, months):
                self._place(part, months)
        for each in months.values():
            if each.rows:
                self._fill(each)
                self._hold(each)
                self._settle(each)
                self.report.months[each.month] = self.report.months.get(each.month, 0) + 1
                yield each

    def _once(self, rows: Iterable[KeptRow]) -> Iterator[KeptRow]:
        """The rows without those that are there twice."""
        seen: dict[tuple[str, str], int] = {}
        for row in rows:
            key = (self.files[row.file].mapping.name, row.same)
            if key in seen:
                first = f"the same as row {seen[key]} in all that is mapped, and counted once"
                self._leave(row, first)
            else:
                seen[key] = row.number
                yield row

    def _asked_for(self, row: KeptRow) -> bool:
        """Whether a row is of a month that is asked for, as far as it says one."""
        month = self.fitted.mapping.month
        if row.month is not None and month is not None and row.month != month:
            self._leave(row, f"it is of another month, {row.month}")
            return False
        return True

    def _month_of(self, row: KeptRow) -> str | None:
        return self.fitted.mapping.month if row.undated else row.month

    def _months(self, rows: Sequence[KeptRow]) -> dict[tuple[str, str], PatientMonth]:
        """The patient-months that the rows speak of, before they are filled."""
        keys: dict[tuple[str, str], None] = {}
        for row in rows:
            month = self._month_of(row)
            if month is not None:
                keys[month, row.practitioner] = None
        loose = {row.practitioner for row in rows if self._month_of(row) is None}
        if not keys and self.fitted.mapping.month is not None:
            named = sorted(loose - {""}) or [""]
            keys = {(self.fitted.mapping.month, practitioner): None for practitioner in named}
        named_in = {month: sorted({p for m, p in keys if m == month and p}) for month, _ in keys}
        found: dict[tuple[str, str], PatientMonth] = {}
        patient = rows[0].patient if rows else ""
        for month, practitioner in keys:
            if not practitioner and named_in[month]:
                continue
            if not practitioner:
                said = sorted(loose - {""})
                practitioner = said[0] if len(said) == 1 else self.fitted.constants.get(PRACTITIONER, "")
            found[month, practitioner] = PatientMonth(patient=patient, month=month, practitioner=practitioner)
        return found

    def _by_days(self, row: KeptRow, months: Mapping[tuple[str, str], PatientMonth]) -> Iterator[KeptRow]:
        """A row with what its own days leave in its month, and what they say is of the month beside, where that is
        asked for."""
        beside: dict[str, list[tuple[str, Record]]] = {}
        here: list[tuple[str, Record]] = []
        own = self._month_of(row) or self.fitted.mapping.month
        for name, record in row.lists:
            other = own and doubts.month_beside(self.fitted.plan.lists[name], record, own)
            if not other:
                here.append((name, record))
                continue
            field, month = other
            so = "counted there" if any(month == known for known, _ in months) else "not counted"
            what = f"`{name}.{field}` lies in {month} and not in {own}; it is {so}"
            self.report.files[row.file].note(what, row.number, row.patient)
            beside.setdefault(month, []).append((name, record))
        yield replace(row, lists=tuple(here)) if beside else row
        for month, lists in beside.items():
            if any(month == known for known, _ in months):
                yield replace(row, month=month, lists=tuple(lists), facts={})

    def _place(self, row: KeptRow, months: dict[tuple[str, str], PatientMonth]) -> None:
        """Give a row to the patient-months that it belongs to; without a day it may be of each of them."""
        month = self._month_of(row)
        fitting = [each for each in months.values() if month is None or each.month == month]
        if not fitting and row.undated:
            self._leave(row, "its day is missing or cannot be read, and nothing else tells its month")
            return
        if not fitting:
            self._leave(row, "no month is known of this patient; write `month:` in the mapping")
            return
        if month is not None and row.practitioner:
            fitting = [each for each in fitting if each.practitioner == row.practitioner]
        if month is not None and len(fitting) > 1 and self._has_minutes(row):
            self._leave(row, "it does not say whose it is, and several practitioners bill this patient's month")
            return
        if row.undated:
            self._note_undated(row)
        for each in fitting:
            each.rows.append(row)

    def _note_undated(self, row: KeptRow) -> None:
        counted = [f"`{name}.{leaf.path}`" for name, _ in row.lists for leaf in self.fitted.plan.lists[name].durations]
        so = f"; {', '.join(dict.fromkeys(counted))} of it is unknown" if counted else ""
        what = f"its day is missing or cannot be read, so that it may be of another month{so}"
        self.report.files[row.file].note(what, row.number, row.patient)

    def _has_minutes(self, row: KeptRow) -> bool:
        return any(self.fitted.plan.lists[name].durations for name, _ in row.lists)

    def _leave(self, row: KeptRow, reason: str) -> None:
        report = self.report.files[row.file]
        report.used -= 1
        report.leave(reason, row.number, row.patient)

    def _fill(self, each: PatientMonth) -> None:
        """The facts and lists of a patient-month."""
        said: dict[str, dict[str, list[KeptRow]]] = {}
        for row in each.rows:
            for name, value in row.facts.items():
                said.setdefault(name, {}).setdefault(value, []).append(row)
            for name, record in row.lists:
                records_of = self.fitted.plan.lists[name]
                decl = records_of.decl
                own = dict(record)
                if row.undated:
                    own |= dict.fromkeys((*records_of.in_month, *(leaf.path for leaf in records_of.durations)), UNKNOWN)
                if row.practitioner and OWN_PRACTITIONER in decl.fields and row.practitioner != each.practitioner:
                    own.setdefault(OWN_PRACTITIONER, row.practitioner)
                records = each.lists.setdefault(name, [])
                assert records is not None
                if own in records and self._said_beside(row, name):
                    continue
                records.append(own)
                each.origins.setdefault(name, []).append(row)
        self._doubted(each)
        each.facts |= {name: value for name, value in self.fitted.constants.items() if name != PRACTITIONER}
        for name, values in said.items():
            each.facts[name] = next(iter(values)) if len(values) == 1 else UNKNOWN
            if len(values) > 1:
                for rows in values.values():
                    what = f"rows of one patient-month disagree about `{name}`, which is unknown"
                    self.report.files[rows[0].file].note(what, rows[0].number, each.patient)
        self._missing_lists(each)
        for name in self.fitted.plan.key:
            if name not in NEEDED and each.facts.get(name, UNKNOWN) == UNKNOWN:
                self.report.note(f"held until somebody says what `{name}` is", each.patient)
        if each.biller == UNKNOWN:
            what = f"records name practitioners, and nothing says who bills; `{PRACTITIONER}` is unknown"
            self.report.note(what, each.patient)

    def _doubted(self, each: PatientMonth) -> None:
        """Make unknown what a person has to settle before minutes count."""
        for name, records in each.lists.items():
            rows, of = each.origins[name], self.fitted.plan.lists[name]
            assert records is not None
            minutes = ", ".join(f"`{name}.{leaf.path}`" for leaf in of.durations)
            for row in {row.number: row for row in rows if name in row.takes}.values():
                doubts.taken_away(of, records)
                what = f"it takes minutes away, and nothing says from which entry; {minutes} of all entries is unknown"
                self.report.files[row.file].note(what, row.number, each.patient)
            twice = list(doubts.booked_twice(of, records, doubts.bookings(self.fitted.plan, of)))
            for number, before, booked in reversed(twice):
                row = rows[number]
                what = (
                    f"the same minutes stand under another `{name}.{booked}` in row {rows[before].number}; they count "
                    f"once, and `{name}.{booked}` is unknown: correct one row, or give both their times of the clock"
                )
                self.report.files[row.file].note(what, row.number, each.patient)
                records[before][booked] = UNKNOWN
                del records[number], rows[number]

    def _said_beside(self, row: KeptRow, name: str) -> bool:
        """Whether a row says it beside what was done, as each row of a log says the same consent again."""
        lists = self.fitted.plan.lists
        return not lists[name].in_month and any(lists[other].in_month for other, _ in row.lists)

    def _missing_lists(self, each: PatientMonth) -> None:
        """Lists that the mapping fills and that have no record here."""
        there = {self.files[row.file].mapping.name for row in each.rows}
        for file in self.fitted.files:
            if file.loose and not file.of_practice and file.mapping.name not in there:
                self.report.note(f"in no row of `{file.mapping.name}`", each.patient)
            for giving in file.givings:
                records = giving.records
                if records is None or records.name in each.lists or file.of_practice:
                    continue
                complete = giving.gives.complete
                if complete or (complete is None and records.in_month):
                    each.lists[records.name] = []
                elif complete is None and _presumed(records) and file.mapping.name not in there:
                    each.lists[records.name] = None
                elif complete is None and records.decl.one_attested:
                    self._blank_beside_filled(each, giving, file.mapping.name)

    def _hold(self, each: PatientMonth) -> None:
        """Leave open what columns that nobody has read may speak of."""
        for file, holds in self.holds.items():
            rows = [row for row in each.rows if row.file == file]
            for hold in holds if rows else ():
                told = [row for row in rows if hold.column in row.unread]
                if (told or hold.blank) and self._withhold(each, hold, told or rows):
                    what = f"nobody has read the column `{hold.column}`, which may say `{hold.path}`; it is unknown"
                    self.report.files[file].note(what, (told or rows)[0].number, each.patient)

    def _withhold(self, each: PatientMonth, hold: Hold, rows: Sequence[KeptRow]) -> bool:
        """Make something unknown of which nothing is said; whether there was anything to make so."""
        if hold.list is None:
            return each.facts.setdefault(hold.path, UNKNOWN) == UNKNOWN
        records_of = self.fitted.plan.lists[hold.list]
        given = each.lists.get(hold.list)
        if not given:
            if not records_of.in_month:
                each.lists[hold.list] = None
            return not records_of.in_month
        if hold.field is None:
            given.append({next(iter(records_of.decl.fields)): UNKNOWN})
            each.origins.setdefault(hold.list, []).append(rows[0])
            return True
        before = [dict(record) for record in given]
        for record, row in zip(given, each.origins[hold.list], strict=True):
            if not records_of.in_month or row in rows:
                record.setdefault(hold.field, UNKNOWN)
        return before != given

    def _blank_beside_filled(self, each: PatientMonth, giving: Giving, name: str) -> None:
        """Where columns say something of other patients and nothing of this one, that is not known of this one: nobody
        may vouch for what the record leaves open."""
        assert giving.records is not None
        listed = giving.records.name
        row = next((row for row in each.rows if self.files[row.file].mapping.name == name), None)
        if row is None or listed not in self.report.files[row.file].filled:
            return
        each.lists[listed] = None
        columns = dict.fromkeys(f"`{column}`" for each_field in giving.fields for column in each_field.source.columns)
        says = "says" if len(columns) == 1 else "say"
        what = f"{', '.join(columns)} {says} nothing here, and something elsewhere; `{listed}` is unknown"
        self.report.files[row.file].note(what, row.number, each.patient)

    def _settle(self, each: PatientMonth) -> None:
        """Make unknown what the facts' own reader would refuse the whole record for."""
        for _ in range(_ROUNDS):
            faults = [fault for fault in faults_of(Raw(each.data()), self.fitted.plan) if self._mend(each, fault)]
            if not faults:
                return

    def _mend(self, each: PatientMonth, fault: Fault) -> bool:
        """Whether something could be made unknown; what is missing altogether is told when it is evaluated."""
        if fault.list is None or fault.index is None or fault.path is None:
            if fault.list is None and fault.path in each.facts and each.facts[fault.path] != UNKNOWN:
                each.facts[fault.path] = UNKNOWN
                self.report.note(f"`{fault.path}` {fault.bad.says}; it is unknown", each.patient)
                return True
            return False
        records = self.fitted.plan.lists[fault.list]
        given, row = each.lists[fault.list], each.origins[fault.list][fault.index]
        assert given is not None
        record = given[fault.index]
        unknown = [fault.path]
        if fault.path in records.identities or (records.clock and fault.path in records.clock):
            unknown += [leaf.path for leaf in records.durations]
        if all(record.get(name) == UNKNOWN for name in unknown):
            return False
        record |= dict.fromkeys(unknown, UNKNOWN)
        names = ", ".join(f"`{fault.list}.{name}`" for name in unknown)
        what = f"`{fault.list}.{fault.path}` {fault.bad.says}; {names} {'is' if len(unknown) == 1 else 'are'} unknown"
        self.report.files[row.file].note(what, row.number, each.patient)
        return True


def _presumed(records: Records) -> bool:
    return records.decl.absent.how != "unknown"
