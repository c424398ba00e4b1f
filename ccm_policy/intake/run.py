"""Exports to facts: every export to its entry of the mapping, every row to its patient-month, and the report of it."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from contextlib import ExitStack, closing
from dataclasses import dataclass, field, replace
from itertools import islice
from pathlib import Path
from typing import Any

from ccm_policy.facts.plan import OWN_PRACTITIONER, PRACTITIONER, Records
from ccm_policy.intake.exports import opened
from ccm_policy.intake.fitting import Fitted, FittedFile, columns_of, fitted
from ccm_policy.intake.kept import KeptRows
from ccm_policy.intake.likeness import Column, Names
from ccm_policy.intake.mapping import ExportMapping
from ccm_policy.intake.months import Assembly, PatientMonth
from ccm_policy.intake.origins import Origins, origins_of
from ccm_policy.intake.people import People, people_of
from ccm_policy.intake.report import FileReport, Report
from ccm_policy.intake.rows import KeptRow, Record, RowReader
from ccm_policy.intake.sheets import Sheet, compared, headed, refused
from ccm_policy.intake.tellings import with_forms
from ccm_policy.intake.unread import LOOKED_AT, Hold, Speaking, unread
from ccm_policy.intake.values import UNKNOWN
from ccm_policy.intake.writing import Tables, whole
from ccm_policy.language.diagnostics import shown
from ccm_policy.language.nearest import nearest
from ccm_policy.language.tree import Vocabulary


def run(paths: Sequence[Path], mappings: Sequence[ExportMapping], vocabulary: Vocabulary, out: Path) -> Report:
    """Write the facts of exports into a folder, and say what became of them. Raises where nothing can be written."""
    fit = fitted(mappings, vocabulary)
    files = list(_assigned(paths, fit))
    origins = origins_of([(shown(str(path)), file) for path, file in files])
    report = Report(origins=origins)
    with ExitStack() as last:
        folder = last.enter_context(whole(out))
        kept = last.enter_context(closing(KeptRows()))
        tables_open = last.enter_context(ExitStack())
        held = Held(vocabulary, fit)
        readers = [_reader(index, path, file, fit, report, held) for index, (path, file) in enumerate(files)]
        registers: dict[str, list[Record]] = {}
        for reader in readers:
            kept.add(_of_patients(reader, registers, origins))
        persons = people_of(fit, registers)
        fit = replace(fit, constants=persons.constants(fit.constants))
        holds = (hold for holds in held.by_file.values() for hold in holds)
        tables = Tables(folder, fit, origins, tables_open, holds)
        own = [reader.file for reader in readers]
        assembly = Assembly(fitted=fit, files=own, report=report, holds=held.by_file)
        roster = {name: _ids(fit.plan.lists[name], records) for name, records in registers.items()}
        people = _People(persons)
        zeroed: set[str] = set()
        for rows in kept.by_patient():
            _tell_of_zeros(rows[0].patient, zeroed, report)
            for each in assembly.of(persons.of(rows)):
                _on_no_roster(each, roster, fit, report)
                people.add(each)
                tables.add(each)
        people.tell(report)
        for name, records in registers.items():
            tables.add_register(name, records)
        tables_open.close()
        if not report.patient_months:
            says, help = (
                "no row of the exports gives a patient-month",
                "nothing was written; the report says what each row was",
            )
            fault = refused("E0722", paths[0], None, says, help)
            fault.add_note(report.text())
            raise fault
    return report


def _tell_of_zeros(patient: str, zeroed: set[str], report: Report) -> None:
    """Tell of a key that another one is but for zeros before it. Keys come in order, those with zeros first."""
    if patient.isdecimal() and patient.startswith("0"):
        zeroed.add(patient.lstrip("0"))
    elif patient in zeroed:
        what = 'with a key that stands elsewhere with zeros before it; they are not joined, unless by `format: "0000"`'
        report.note(what, patient)


class Held:
    """What columns hold back that nobody has read, by the number of their export."""

    def __init__(self, vocabulary: Vocabulary, fit: Fitted) -> None:
        self.speaking = Speaking(Names(vocabulary, fit.plan))
        self.mapped = {path for file in fit.files for path in file.paths()} | set(fit.constants)
        self.by_file: dict[int, list[Hold]] = {}

    def columns(self, index: int, sheet: Sheet, file: FittedFile, unused: Sequence[str]) -> tuple[str, ...]:
        """The columns of an export that hold something back."""
        names = [name for name in unused if not file.mapping.ignores(name)]
        cells: dict[str, list[Any]] = {name: [] for name in names}
        for line in islice(sheet.rows() if names else (), LOOKED_AT):
            for name, found in cells.items():
                cell = line.at(sheet.places[compared(name)])
                if cell is not None:
                    found.append(cell)
        columns = [Column(name=name, cells=tuple(found)) for name, found in cells.items()]
        holds = unread((hold for column in columns for hold in self.speaking.of(column)), self.mapped)
        self.by_file[index] = holds
        return tuple(dict.fromkeys(hold.column for hold in holds))


@dataclass(slots=True)
class _People:
    """Who bills, and which practitioners records name: one spelt in two ways would look like two."""

    persons: People
    bill: set[str] = field(default_factory=set)
    named: dict[tuple[str, str], list[str]] = field(default_factory=dict)
    working: dict[tuple[str, str], list[str]] = field(default_factory=dict)
    """Those of a roster who may bill, and work in no name that bills them: their own time would look like staff's."""

    def add(self, each: PatientMonth) -> None:
        """Those of a patient-month."""
        self.bill.add(each.biller)
        for name, records in each.lists.items():
            for person in {record[OWN_PRACTITIONER] for record in records or () if OWN_PRACTITIONER in record}:
                self.named.setdefault((name, person), []).append(each.patient)
            for person in {who for record in records or () for who in self.persons.who_may_bill(name, record)}:
                self.working.setdefault((name, person), []).append(each.patient)

    def tell(self, report: Report) -> None:
        """Those who bill nothing, where somebody bills; and those who may bill, and whose time is staff's."""
        for (name, person), patients in self.working.items():
            if person not in self.bill:
                for patient in patients:
                    what = (
                        f"with work in `{name}` of somebody who may bill and bills no month, so that it is staff's time"
                    )
                    report.note(f"{what}; `{PRACTITIONER}` says who bills", patient)
        for (name, person), patients in self.named.items():
            if self.bill - {""} and person not in self.bill | {UNKNOWN} and UNKNOWN not in self.bill:
                for patient in patients:
                    what = f"with a practitioner in `{name}` who bills no month; one spelt in two ways would look so"
                    report.note(what, patient)


def _assigned(paths: Sequence[Path], fit: Fitted) -> Iterator[tuple[Path, FittedFile]]:
    """Each export with its entry of the mapping; raises where one has none, or an entry has no export."""
    found: set[str] = set()
    patterns = [file.mapping.file for file in fit.files]
    for path in paths:
        fitting = [file for file in fit.files if file.mapping.fits(path)]
        if not fitting:
            near = nearest(path.name, patterns)
            if not patterns:
                help = "the mappings have constants alone; give that of the export with `--mapping` too"
                raise refused("E0719", path, None, "no mapping is for this export", help)
            help = f"its entries are for {', '.join(f'`{pattern}`' for pattern in patterns)}" + (
                f"; did you mean `{near}`?" if near else ""
            )
            raise refused("E0719", path, None, "no entry of the mapping is for this export", help)
        if len(fitting) > 1:
            names = " and ".join(f"`{file.mapping.name}`" for file in fitting)
            raise refused("E0719", path, None, f"several entries are for this export: {names}", "narrow `file:` in one")
        found.add(fitting[0].mapping.name)
        yield path, fitting[0]
    for file in fit.files:
        if file.mapping.name not in found:
            says = f"no export was given for `{file.mapping.name}` (`{file.mapping.file}`)"
            help = "name it on the command line too, or take the entry out: without it, what it says would look absent"
            raise refused("E0719", fit.mapping.path, file.mapping.line, says, help)


def _reader(index: int, path: Path, file: FittedFile, fit: Fitted, report: Report, held: Held) -> RowReader:
    sheet = sheet_of(path, file)
    told = FileReport(file=shown(str(path)), findings=list(sheet.findings))
    used = {compared(name) for name in columns_of(file.mapping)}
    told.unused = [name for name in sheet.columns if name and compared(name) not in used]
    report.files.append(told)
    unread = () if file.of_practice else held.columns(index, sheet, file, told.unused)
    return RowReader(
        file=with_forms(file, sheet, fit.mapping.month),
        index=index,
        sheet=sheet,
        report=told,
        unread=unread,
        elsewhere=fit.elsewhere,
    )


def sheet_of(path: Path, file: FittedFile) -> Sheet:
    """An export as its entry of the mapping says it is."""
    entry = file.mapping
    grid = opened(path, encoding=entry.encoding, separator=entry.separator, sheet=entry.sheet, query=entry.query)
    return headed(grid, columns_of(entry), entry.header)


def _of_patients(reader: RowReader, registers: dict[str, list[Record]], origins: Origins) -> Iterator[KeptRow]:
    """The rows of patients; those of the practice are kept here."""
    for row in reader.rows():
        if reader.file.of_practice:
            for name, record in row.lists:
                if _register(record, registers.setdefault(name, []), reader, name, row):
                    origins.add(name, row.file, row.number)
        else:
            yield row


def _register(record: Record, known: list[Record], reader: RowReader, name: str, row: KeptRow) -> bool:
    """Add a record to a register; whether it is new there. Of two of one identity neither is preferred: in what they
    differ they are unknown."""
    if record in known:
        return False
    ids = reader.identities(name)
    same = next((r for r in known if any(i in r and r.get(i) == record.get(i) for i in ids)), None)
    if same is None:
        known.append(record)
        return True
    differ = [field for field in {**same, **record} if same.get(field) != record.get(field)]
    same |= dict.fromkeys(differ, UNKNOWN)
    names = ", ".join(f"`{name}.{field}`" for field in differ)
    what = f"another row has its {', '.join(f'`{i}`' for i in ids)} and says something else; {names} unknown"
    reader.report.note(what, row.number)
    return False


def _ids(records: Records, given: Sequence[Record]) -> dict[str, set[str]]:
    return {name: {record[name] for record in given if name in record} for name in records.identities}


def _on_no_roster(each: PatientMonth, roster: dict[str, dict[str, set[str]]], fit: Fitted, report: Report) -> None:
    """Tell of records that name somebody who is in no register of the practice."""
    for name, records in each.lists.items():
        for name_of, declared in fit.plan.lists[name].decl.fields.items():
            known = roster.get(declared.looks_up or "", {}).get(declared.looks_up_by or "id")
            if known is None:
                continue
            for record, row in zip(records or (), each.origins.get(name, ()), strict=True):
                if record.get(name_of, UNKNOWN) not in known | {UNKNOWN}:
                    what = f"`{name}.{name_of}` is on no row of `{declared.looks_up}`"
                    report.files[row.file].note(what, row.number, each.patient)
