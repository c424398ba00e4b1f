"""One row of an export: whose it is, and the records and facts that it gives. Nothing of it is lost without a word."""

from __future__ import annotations

import hashlib
import json
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from fractions import Fraction
from typing import Any

from ccm_policy.facts.clock import A_DAY
from ccm_policy.facts.plan import MONTH, PATIENT, PRACTITIONER
from ccm_policy.intake import dates
from ccm_policy.intake.elsewhere import Elsewhere
from ccm_policy.intake.fitting import Field, FittedFile, Giving, columns_of, taken
from ccm_policy.intake.mapping import NUMBER, Filter
from ccm_policy.intake.report import FileReport, Word
from ccm_policy.intake.sheets import Line, Sheet, Uncomputed, compared, refused
from ccm_policy.intake.unread import says_something
from ccm_policy.intake.values import UNKNOWN, Cell, LeftOut, NotRead, minutes_text, spelt, text_of
from ccm_policy.intake.words import export_words

Record = dict[str, str]
"""Names to text as facts hold it."""
_LONGEST_KEY = 2
"""Words that a patient's key has at most; a sentence at the end of a report is none, and is not shown."""
_ROUNDED = re.compile(r"\d(\.\d+)?E\+\d\d+", re.IGNORECASE)


@dataclass(frozen=True, slots=True, kw_only=True)
class KeptRow:
    """What a row gives. `month`: None where the row says none, or none that can be read (`undated`); `same`: the same
    for rows whose mapped cells are all the same; `takes`: the lists whose minutes it takes away from."""

    file: int
    number: int
    patient: str
    month: str | None
    undated: bool
    practitioner: str
    lists: tuple[tuple[str, Record], ...]
    facts: Mapping[str, str]
    same: str
    takes: tuple[str, ...] = ()
    unread: tuple[str, ...] = ()
    """Columns that nobody has read in which something stands."""

    def packed(self) -> str:
        """All but its place, as text."""
        own = (self.month, self.undated, self.practitioner, self.lists, self.facts, self.same, self.takes, self.unread)
        return json.dumps(own)


@dataclass(slots=True)
class _Notes:
    """What is to be told of a row, once it is known that it is used."""

    words: list[Word] = field(default_factory=list)
    look_at: list[str] = field(default_factory=list)
    takes: list[str] = field(default_factory=list)


class _LeftOutError(Exception):
    """A value of the row says that it is no data."""


@dataclass(frozen=True, slots=True, kw_only=True)
class RowReader:
    """Reads the rows of one export."""

    file: FittedFile
    index: int
    sheet: Sheet
    report: FileReport
    unread: tuple[str, ...] = ()
    """Columns that nobody has read, and that may speak of something."""
    elsewhere: Mapping[str, Elsewhere] = field(default_factory=dict)
    """Lists whose records may be records of another one too."""

    def identities(self, name: str) -> tuple[str, ...]:
        """The fields of a list of which no two records may share a value."""
        return next(g.records.identities for g in self.file.givings if g.records and g.records.name == name)

    def rows(self) -> Iterator[KeptRow]:
        """What each row gives; what gives nothing is in the report."""
        used = [self.sheet.places[compared(name)] for name in columns_of(self.file.mapping)]
        for line in self.sheet.rows():
            self.report.read += 1
            row = self._row(line, used)
            if row is not None:
                self.report.used += 1
                self.report.filled |= {name for name, _ in row.lists}
                yield row

    def _row(self, line: Line, used: list[int]) -> KeptRow | None:
        for place in used:
            if isinstance(line.at(place), Uncomputed):
                says = f"`{self.sheet.columns[place]}` holds a formula whose value was not kept"
                help = "open the workbook in a spreadsheet and save it, or save it as CSV"
                raise refused("E0715", self.sheet.path, line.number, says, help)
        for filter in self.file.mapping.leave_out:
            if self._takes(filter, line):
                whose = None if self.file.of_practice else self._text(self.file.key[PATIENT], line)
                self.report.leave(filter.because, line.number, whose or None)
                return None
        patient = "" if self.file.of_practice else self._text(self.file.key[PATIENT], line)
        if not self.file.of_practice and self._is_no_data(line, patient):
            return None
        self.sheet.refuse_merged(line.number)
        practitioner = self._text(self.file.key[PRACTITIONER], line) if PRACTITIONER in self.file.key else ""
        if _ROUNDED.fullmatch(patient) or _ROUNDED.fullmatch(practitioner):
            what = "a spreadsheet has rounded its key, so that it may be another's too; format the column as text"
            self.report.leave(what, line.number, patient)
            return None
        notes = _Notes()
        try:
            month, undated = self._month(line, notes)
            lists, facts = self._given(line, notes)
        except _LeftOutError:
            self.report.leave("left out by a value of the mapping", line.number, patient)
            return None
        data = set(used) - {self.sheet.places[compared(name)] for name in self._keyed()}
        empty = bool(data) and all(line.at(place) is None for place in data)
        if empty or (not lists and not facts and month is None):
            whose = patient if len(patient.split()) <= _LONGEST_KEY else None
            self.report.leave("nothing stands in the columns that are mapped", line.number, whose)
            return None
        for word in notes.words:
            self.report.ask(word, line.number, patient)
        for what in dict.fromkeys(notes.look_at):
            self.report.note(what, line.number, patient)
        cells = [text_of(line.at(place)) for place in used]
        return KeptRow(
            file=self.index,
            number=line.number,
            patient=patient,
            month=month,
            undated=undated,
            practitioner=practitioner,
            lists=tuple(lists),
            facts=facts,
            same=hashlib.sha256(json.dumps(cells).encode()).hexdigest()[:24],
            takes=tuple(dict.fromkeys(notes.takes)),
            unread=tuple(name for name in self.unread if says_something(line.at(self.sheet.places[compared(name)]))),
        )

    def _keyed(self) -> tuple[str, ...]:
        """The columns of the patient's key."""
        return () if self.file.of_practice else self.file.key[PATIENT].source.columns

    def _is_no_data(self, line: Line, patient: str) -> bool:
        """Whether a row is no patient's; it is told."""
        if not patient:
            self.report.leave("no patient's key stands in it (a footer, a total, a blank line)", line.number)
            return True
        if self._is_footer(line, patient):
            self.report.leave("it looks like the footer of a report, not like a patient", line.number)
            return True
        if any(cell is not None for cell in line.cells[len(self.sheet.columns) :]):
            what = "it has more cells than the header, so its cells may stand under wrong columns"
            self.report.leave(what, line.number, patient)
            return True
        header = [compared(name) for name in self.sheet.columns if name]
        if [compared(str(cell)) for cell in line.filled()] == header:
            self.report.leave("it is the header again", line.number)
            return True
        return False

    def _is_footer(self, line: Line, patient: str) -> bool:
        """Whether a row begins as reports end, and is short, or is called nothing else and is of no month."""
        words, footers = spelt(patient).replace(":", " ").split(), export_words().footers
        if not words or words[0] not in footers:
            return False
        short = 2 * len(line.filled()) <= max(2, len(self.sheet.columns))
        field = self.file.key.get(MONTH)
        said = field.source.constant or field.reading.read(self._cell(field, line)) if field else None
        return short or (set(words) <= footers and not isinstance(said, str))

    def _takes(self, filter: Filter, line: Line) -> bool:
        place = self.sheet.places[compared(filter.column)]
        return taken(filter, text_of(line.at(place)))

    def _cell(self, field: Field, line: Line, number: str | None = None) -> Any:
        """The cell of a field; of several columns their texts, joined."""
        places = [self.sheet.places[compared(name)] for name in field.source.named(number)]
        cells = [line.at(place) for place in places]
        if len(cells) == 1:
            return cells[0]
        return field.source.join.join(text for cell in cells if (text := text_of(cell))) or None

    def _text(self, field: Field, line: Line) -> str:
        if field.source.constant is not None:
            return field.source.constant
        text = text_of(self._cell(field, line)) or ""
        if field.source.format is not None and text.isdecimal():
            text = text.zfill(len(field.source.format))
        mapped = field.reading.mapped.get(spelt(text))
        return text if mapped is None else "" if mapped == UNKNOWN else mapped

    def _month(self, line: Line, notes: _Notes) -> tuple[str | None, bool]:
        field = self.file.key.get(MONTH)
        if field is None:
            return None, False
        if field.source.constant is not None:
            return field.source.constant, False
        found = field.reading.read(self._cell(field, line))
        if isinstance(found, LeftOut):
            raise _LeftOutError
        return (found, False) if isinstance(found, str) and found != UNKNOWN else (None, True)

    def _given(self, line: Line, notes: _Notes) -> tuple[list[tuple[str, Record]], Record]:
        lists: list[tuple[str, Record]] = []
        facts: Record = {}
        for giving in self.file.givings:
            if not all(self._takes(filter, line) for filter in giving.gives.only):
                continue
            if giving.records is None:
                record, _ = self._record(giving, line, None, None, notes)
                facts |= record
                continue
            for part in self._parts(giving, line):
                for number in giving.gives.repeat or (None,):
                    record, filled = self._record(giving, line, number, part, notes)
                    if filled:
                        lists.append((giving.records.name, record))
                        self._elsewhere(giving.records.name, record, lists, notes)
        return lists, facts

    def _elsewhere(self, name: str, record: Record, lists: list[tuple[str, Record]], notes: _Notes) -> None:
        other = self.elsewhere.get(name)
        too = other.record(record) if other else None
        if other and too:
            lists.append((other.to, too))
            notes.look_at.append(f"by its code it is no record of `{name}` alone, and one of `{other.to}` as well")

    def _parts(self, giving: Giving, line: Line) -> list[str | None]:
        if giving.gives.each is None:
            return [None]
        column, split = giving.gives.each
        place = self.sheet.places[compared(column)]
        text = text_of(line.at(place)) or ""
        for mark in (split,) if split else (";", "|", "\n", ","):
            if mark in text:
                return [part.strip() for part in text.split(mark) if part.strip()]
        return [text] if text else []

    def _record(
        self, giving: Giving, line: Line, number: str | None, part: str | None, notes: _Notes
    ) -> tuple[Record, bool]:
        """What is given, and whether any cell of it is filled."""
        record: Record = {}
        filled = part is not None or all(each.source.constant is not None for each in giving.fields)
        blank: list[Field] = []
        constants: Record = {}
        for own_field in giving.fields:
            if own_field.source.constant is not None:
                constants[own_field.name] = own_field.source.constant
                continue
            each, cell, found = self._said(own_field, line, number, part)
            own = number is None or any(NUMBER in column for column in each.source.columns)
            filled |= cell is not None and own and giving.gives.each is None
            if each.told_by_days and dates.in_universal_time(cell):
                notes.look_at.append(
                    f"`{each.source.columns[0]}` is a time of Greenwich; here it may be the day before"
                )
            if isinstance(found, LeftOut):
                raise _LeftOutError
            if isinstance(found, NotRead):
                record[each.name] = UNKNOWN
                notes.takes += [giving.records.name] if found.takes and giving.records else []
                self._tell(found, each, giving, notes, number)
            elif found is not None:
                record[each.name] = found
                if found == UNKNOWN:
                    self._tell_unknown(cell, each, giving, notes, number)
            elif own and giving.records is not None and each.name not in constants:
                blank.append(each)
        if giving.records is None:
            return record | constants, filled
        if filled:
            for each in blank:
                declared = giving.records.decl.fields.get(each.name)
                if declared is not None and declared.absent.how == "unknown":
                    self._note(each, giving, "says nothing", notes, number)
            self._settle_clock(giving, record, line, number, notes)
            record |= constants
            days = [each.name for each in giving.fields if each.name in giving.records.in_month]
            if any(record.get(name, UNKNOWN) == UNKNOWN for name in days):
                record |= {leaf.path: UNKNOWN for leaf in giving.records.durations}
        return record, filled

    def _said(self, field: Field, line: Line, number: str | None, part: str | None) -> tuple[Field, Any, Cell]:
        """What a field's cell says, or where it says nothing what the next one does; and which one that was."""
        for each in field.chain():
            cell = part if each.source.part else self._cell(each, line, number)
            found = each.source.constant or each.reading.read(cell)
            if found is not None:
                break
        return each, cell, found

    def _tell(self, found: NotRead, field: Field, giving: Giving, notes: _Notes, number: str | None) -> None:
        target = f"{giving.records.name}.{field.name}" if giving.records else field.name
        columns = ", ".join(field.source.named(number)) or "a part"
        if found.word is not None:
            notes.words.append(Word(columns, target, found.word))
        else:
            self._note(field, giving, found.says, notes, number)

    def _tell_unknown(self, cell: Any, field: Field, giving: Giving, notes: _Notes, number: str | None) -> None:
        """A word by which nobody knows it; words of closed sets may be shown."""
        word = text_of(cell) or ""
        closed = field.reading.leaf.type.values or spelt(word) in export_words().unknown
        shown = f'"{word}"' if closed else "that it is so, and not when"
        self._note(field, giving, f"says {shown}", notes, number)

    def _note(self, field: Field, giving: Giving, says: str, notes: _Notes, number: str | None) -> None:
        target = f"{giving.records.name}.{field.name}" if giving.records else field.name
        columns = ", ".join(field.source.named(number)) or "a part"
        notes.look_at.append(f"`{columns}` {says}; `{target}` is unknown")

    def _settle_clock(self, giving: Giving, record: Record, line: Line, number: str | None, notes: _Notes) -> None:
        """Minutes by the clock where seconds are given; an end before the start, but for one soon after midnight, says
        nothing about the minutes."""
        assert giving.records is not None
        if giving.records.clock is None:
            return
        start, end, minutes = giving.records.clock
        by_name = {field.name: field for field in giving.fields if field.source.columns}
        if start not in by_name or end not in by_name:
            return
        first, last = (dates.second_of(self._cell(by_name[name], line, number)) for name in (start, end))
        if first is None or last is None:
            return
        usual = giving.records.fields.names[minutes].type.rarely_above  # type: ignore[union-attr]
        seconds = (last - first) % (A_DAY * 60)
        if last < first and (usual is None or seconds > usual * 60):
            notes.look_at.append(f"it ends before it starts; `{giving.records.name}.{minutes}` is unknown")
            record |= {minutes: UNKNOWN, end: UNKNOWN}
        elif minutes not in record and seconds % 60:
            record[minutes] = minutes_text(Fraction(seconds, 60))
