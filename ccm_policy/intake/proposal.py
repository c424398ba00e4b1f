"""The text of a proposed mapping, line by line, with its questions beside the lines that wait for an answer."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from pathlib import Path

from ccm_policy.facts.durations import EITHER
from ccm_policy.facts.plan import MONTH, NEEDED, OWN_PRACTITIONER, PATIENT, PRACTITIONER, Records
from ccm_policy.intake.against import against_billing
from ccm_policy.intake.likeness import ENOUGH, Column, Likeness, Names, Share, Target, first_value, usual_word
from ccm_policy.intake.professions import profession_of, professions
from ccm_policy.intake.quoting import quoted, values_text
from ccm_policy.intake.values import NotRead, Reading, text_of
from ccm_policy.intake.words import export_words
from ccm_policy.language.tree import Vocabulary

_MOST_WORDS = 12


@dataclass(slots=True)
class Proposal:
    """The text of a mapping, and the questions that it leaves open."""

    lines: list[str] = field(default_factory=list)
    questions: list[str] = field(default_factory=list)
    rows: dict[str, int] = field(default_factory=dict)

    def text(self) -> str:
        """The mapping, as YAML."""
        return "\n".join(self.lines) + "\n"


@dataclass(frozen=True, slots=True, kw_only=True)
class Export:
    """An export with what its columns most likely are."""

    name: str
    path: Path
    columns: tuple[Column, ...]
    main: Records | None
    found: dict[str, Likeness]
    shares: tuple[Share, ...]

    def of(self, path: str) -> Likeness | None:
        """What a target is taken from."""
        return self.found.get(path)


def _of_a_period(export: Export) -> bool:
    """Whether a row says how things stand with whoever bills, as an enrolment does, and not what somebody once did."""
    return export.main is not None and export.main.decl.first_field is not None


def _says_who_bills(export: Export) -> bool:
    monthly = export.main is not None and bool(export.main.in_month)
    return monthly or export.of(MONTH) is not None or _of_a_period(export)


class Writer:
    """Writes a mapping line by line."""

    def __init__(self, vocabulary: Vocabulary, names: Names, proposal: Proposal, month: str | None) -> None:
        self.vocabulary, self.names, self.proposal, self.month = vocabulary, names, proposal, month
        self.lines, self.asked = proposal.lines, proposal.questions
        self.given: set[str] = set()
        self.given_paths: set[str] = set()
        self.answered: set[str] = set()

    def ask(self, question: str) -> str:
        """A question; the comment that stands beside its line."""
        self.asked.append(question)
        return f"  # question {len(self.asked)}: {question}"

    def whole(self, exports: Sequence[Export]) -> None:
        """The whole mapping."""
        self.lines += ["mapping: 1"]
        if self.month is not None:
            self.lines.append(f"month: {self.month}  # rows of other months are told, and make no patient-month")
        given = {path for export in exports for path in export.found}
        self.given_paths = given
        self.given = {path.partition(".")[0] for path in given}
        constants = []
        for leaf in self.names.plan.root.leaves():
            if leaf.path in self.names.plan.key and leaf.path not in (*NEEDED, *given):
                values = ", ".join(leaf.type.values)
                note = self.ask(f"no column says `{leaf.path}`; where it is the same for all, which of {values}?")
                constants.append(f"#  {leaf.path}: {note}")
        whose = [export for export in exports if export.of(PRACTITIONER)]
        if whose and not any(_says_who_bills(export) for export in whose):
            note = self.ask(
                f"nothing says `{PRACTITIONER}` of a month; where one bills all, who, as the exports name them?"
            )
            constants.append(f"#  {PRACTITIONER}: {note}")
        if constants:
            self.lines += ["constants: {}  # facts of every patient-month", *constants]
        self.lines.append("files:")
        for export in exports:
            self.file(export)

    def file(self, export: Export) -> None:
        """The entry of one export."""
        self.lines += [f"  {export.name}:", f"    file: {quoted(export.path.name)}"]
        patient = export.of(PATIENT)
        monthly = export.main is not None and bool(export.main.in_month)
        if patient is None:
            register = export.main is not None and export.main.name in self.names.plan.registers
            if not register:
                listed = ", ".join(f"`{column.name}`" for column in export.columns)
                note = self.ask(f"which column of `{export.path.name}` is the patient's key? {listed}")
                self.lines.append(f'    key: {{patient_id: "?"}}{note}')
        else:
            self.key(export, patient, monthly)
        left = self.leave_out(export)
        self.lines.append("    gives:")
        start = len(self.lines)
        self.givings(export)
        if monthly and export.main is not None:
            self.ask_of_enrolment(export, export.main)
        if len(self.lines) == start:
            note = self.ask(f"nothing in `{export.path.name}` is known by its name; what does it hold?")
            self.lines.append(f'      - facts: {{practice: "?"}}{note}')
        self.ask_of_more_minutes(export)
        for column in export.columns:
            words = column.plain().split()
            if column.name not in self.used(export) and any(word in export_words().standing for word in words):
                if column.name in left:
                    continue
                note = self.ask(f"`{column.name}` may say what is not billed, and nothing uses it; see `leave_out`")
                self.lines.append(f"    #{note}")
        unused = [column.name for column in export.columns if column.name not in self.used(export)]
        if unused:
            self.lines.append(f"    # columns that nothing uses: {', '.join(unused)}")

    def leave_out(self, export: Export) -> set[str]:
        """Rows that nothing may be billed for, as a column says that nothing uses; the columns that say so."""
        found: dict[str, str] = {}
        for column in export.columns:
            if column.name not in self.used(export) and not column.numbers:
                against = against_billing(self.names, column, export.found)
                if against:
                    listed = ", ".join(quoted(word) for word in against)
                    note = self.ask(f"rows where `{column.name}` says so are left out, and named; is that right?")
                    filter = f"column: {quoted(column.name)}, is: [{listed}]"
                    found[column.name] = (
                        f"      - {{{filter}, because: {quoted(f'{column.name} speaks against it')}}}{note}"
                    )
        if found:
            self.lines += ["    leave_out:", *found.values()]
        return set(found)

    def ask_of_enrolment(self, export: Export, main: Records) -> None:
        """Whether a row shows that its patient is in what no export lists, as a programme that each entry may name."""
        for decl in self.vocabulary.lists.values():
            name, first = next(iter(decl.fields.items()))
            if decl.first_field is None or decl.name in self.given or first.type.name is None:
                continue
            for own, other in main.decl.fields.items():
                if other.type.name == first.type.name:
                    said = export.of(f"{main.name}.{own}")
                    source = quoted(said.column.name) if said else f"{{constant: {first.type.values[0]}}}"
                    shows = f"does a row show that its patient is in {'it' if said else 'one, and in which'}"
                    note = self.ask(f"no export lists the `{decl.name}`; {shows}? then take the `#` off two lines")
                    self.lines += [f"      # - list: {decl.name}{note}", f"      #   fields: {{{name}: {source}}}"]

    def ask_of_more_minutes(self, export: Export) -> None:
        """Minutes in a further column are somebody's; whose, its name may say."""
        used = self.used(export)
        taken = {
            path: each.column.name for path, each in export.found.items() if each.target.leaf.type.unit == "minute"
        }
        for column in export.columns:
            minutes = any(export_words().lengths.get(word) for word in column.plain().split())
            if minutes and column.name not in used and export.main is not None and export.main.durations:
                self.further(export, column)
                continue
            likely = self.names.likely(column, self.month)[:1] if column.name not in used else []
            if likely and likely[0].score >= ENOUGH and likely[0].target.path in taken:
                path = likely[0].target.path
                first = taken[path]
                note = self.ask(
                    f"`{column.name}` looks like `{path}` too, which is taken from `{first}`; whose is each?"
                )
                self.lines.append(f"      #{note}")

    def further(self, export: Export, column: Column) -> None:
        """Minutes that nothing uses: of whoever bills, where the person who did it is looked up and somebody bills."""
        said, main = export.of(PRACTITIONER), export.main
        assert main is not None
        who = next((name for name, declared in main.decl.fields.items() if declared.looks_up), None)
        note = f"`{column.name}` holds time, and nothing uses it; whose is it?"
        if said is None or who is None:
            self.lines.append(f"      #{self.ask(note)}")
            return
        note = self.ask(f"{note} where it is that of `{said.column.name}`, take the `#` off")
        total = self.total(main) if not any(export.of(f"{main.name}.{name}") for name in main.in_month) else None
        whole = f', {total}: {{constant: "yes"}}' if total else ""
        minutes = f"{main.durations[0].path}: {quoted(column.name)}"
        for leaf in main.fields.leaves():
            told = professions(self.names, said.column, Target(main, leaf)) if leaf.type.values else {}
            if told and all(told.values()):
                whole = f", {leaf.path}: {{column: {quoted(said.column.name)}, values: {values_text(told)}}}{whole}"
        self.lines += [f"      # - list: {main.name}{note}"]
        self.lines += [f"      #   fields: {{{minutes}, {who}: {quoted(said.column.name)}{whole}}}"]
        self.lines += [f"      #   only: [{{column: {quoted(column.name)}, filled: yes}}]"]

    def total(self, records: Records) -> str | None:
        """The field that says of an entry that it stands for a whole month."""
        said = export_words().total
        return next((name for name, words in self._also(records) if said in {word.casefold() for word in words}), None)

    def used(self, export: Export) -> set[str]:
        """The columns that something is taken from."""
        split = {each.column.name for each in export.shares}
        return split | {each.column.name for each in export.found.values()}

    def key(self, export: Export, patient: Likeness, monthly: bool) -> None:
        """Whose a row is."""
        self.lines += ["    key:", f"      patient_id: {quoted(patient.column.name)}"]
        said = export.of(MONTH)
        dated = (
            next((export.of(f"{export.main.name}.{name}") for name in export.main.in_month), None)
            if (monthly and export.main)
            else None
        )
        if said is not None:
            self.lines.append(f"      {MONTH}: {self.source(said)}")
        elif dated is not None and not dated.column.numbers:
            self.lines.append(f"      {MONTH}: {self.source(dated, quiet=True)}")
        elif monthly:
            month = self.month or "YYYY-MM"
            note = "" if self.month else self.ask(f"of which month is `{export.path.name}`?")
            self.lines.append(f"      {MONTH}: {{constant: {month}}}{note}")
        practitioner = export.of(PRACTITIONER)
        if practitioner is not None and (monthly or said or _of_a_period(export)):
            self.lines.append(f"      {PRACTITIONER}: {self.source(practitioner)}")

    def givings(self, export: Export) -> None:
        """What a row gives."""
        by_list: dict[str, list[Likeness]] = {}
        facts: list[Likeness] = []
        for each in export.found.values():
            records = each.target.records
            if records is not None:
                by_list.setdefault(records.name, []).append(each)
            elif each.target.leaf.path not in (PATIENT, MONTH, PRACTITIONER):
                facts.append(each)
        self.own_practitioner(export, by_list)
        for share in export.shares:
            self.share(share, by_list.get(share.minutes.records.name, []) if share.minutes.records else [])
        for name, found in by_list.items():
            if any(share.minutes.records and share.minutes.records.name == name for share in export.shares):
                continue
            self.records(export, self.names.plan.lists[name], found)
        if _says_who_bills(export):
            self.professions(export)
        if facts:
            self.lines.append("      - facts:")
            self.lines += [f"          {each.target.leaf.path}: {self.source(each)}" for each in facts]

    def professions(self, export: Export) -> None:
        """What those who bill are, where their names say it."""
        said, leaf = export.of(PRACTITIONER), profession_of(self.names)
        if said is None or leaf is None or leaf.path in self.answered or leaf.path in self.given_paths:
            return
        told = professions(self.names, said.column, Target(None, leaf))
        if not told:
            return
        self.answered.add(leaf.path)
        line = f"- facts: {{{leaf.path}: {{column: {quoted(said.column.name)}, values: {values_text(told)}}}}}"
        if all(told.values()):
            self.lines.append(f"      {line}")
        else:
            note = self.ask(f"what are those of `{said.column.name}` that are `unknown` here? then take the `#` off")
            self.lines.append(f"      # {line}{note}")

    def own_practitioner(self, export: Export, by_list: dict[str, list[Likeness]]) -> None:
        """In an export without a month a practitioner is the record's own, where its list has a field for that."""
        said, main = export.of(PRACTITIONER), export.main
        if said is None or main is None or main.in_month or export.of(MONTH) or _of_a_period(export):
            return
        leaf = next((leaf for leaf in main.fields.leaves() if leaf.path == OWN_PRACTITIONER), None)
        if leaf is not None and f"{main.name}.{OWN_PRACTITIONER}" not in export.found:
            own = Likeness(said.column, Target(main, leaf), said.score, None)
            by_list.setdefault(main.name, []).append(own)

    def records(self, export: Export, records: Records, found: list[Likeness]) -> None:
        """A record of a list."""
        self.lines.append(f"      - list: {records.name}")
        numbers = sorted({number for each in found for number in each.column.numbers}, key=int)
        if numbers:
            self.lines.append(f"        repeat: [{', '.join(numbers)}]")
        parts = [each for each in found if _parts(each)]
        if parts and len(found) == 1:
            column = quoted(parts[0].column.name)
            self.lines += [f"        each: {{column: {column}, split: {quoted(_parts(parts[0]))}}}"]
            self.lines += ["        fields:", f"          {parts[0].target.leaf.path}: {{part: yes}}"]
            return
        self.lines.append("        fields:")
        self.lines += [f"          {each.target.leaf.path}: {self.source(each)}" for each in found]
        self.unsaid(records, {each.target.leaf.path for each in found}, found)

    def share(self, share: Share, also: list[Likeness]) -> None:
        """The minutes of one kind of person, with what else a row says of the list."""
        records, own = share.minutes.records, (share.minutes.leaf.path, share.whose.path)
        assert records is not None
        self.lines += [f"      - list: {records.name}", "        fields:"]
        self.lines.append(f"          {own[0]}: {self.source(Likeness(share.column, share.minutes, 1.0, None))}")
        self.lines.append(f"          {own[1]}: {{constant: {share.value}}}")
        more = [each for each in also if each.target.leaf.path not in own]
        self.lines += [f"          {each.target.leaf.path}: {self.source(each)}" for each in more]
        self.unsaid(records, {each.target.leaf.path for each in more} | set(own), more)

    def unsaid(self, records: Records, there: set[str], found: list[Likeness]) -> None:
        """What no column says, and every record of the list has to say."""
        if records.in_month and not there & set(records.in_month):
            total = self.total(records)
            if total is not None:
                self.lines.append(
                    f'          {total}: {{constant: "yes"}}  # no column has the day: a total of the month'
                )
                self.ask_of_the_month(records)
        for name, declared in records.decl.fields.items():
            if name in there or declared.type.kind != "value" or declared.absent.how != "unknown" or records.in_month:
                continue
            leaf = next(leaf for leaf in records.fields.leaves() if leaf.path == name)
            usual = usual_word(self.vocabulary, leaf)
            values = ", ".join(leaf.type.values)
            if usual is not None:
                note = self.ask(f"no column says `{records.name}.{name}`; is it `{usual}` for all? ({values})")
                self.lines.append(f"          {name}: {{constant: {usual}}}{note}")
            elif records.decl.one_is_all and name == first_value(records):
                columns = ", ".join(f"`{each.column.name}`" for each in found)
                note = self.ask(f"what does a row with {columns} say of `{records.name}.{name}`: {values}?")
                self.lines.append(f"          {name}: {{constant: unknown}}{note}")

    def ask_of_the_month(self, records: Records) -> None:
        """Whether somebody answers for entries without a day lying in their month; without that none of them counts."""
        answers = records.decl.undated_when
        if answers is not None and answers not in self.answered:
            self.answered.add(answers)
            note = self.ask(
                "totals without a day count only where the practice answers for its log, as `new practice` asks; "
                "does it? or take off the `#`"
            )
            self.lines.append(f'      # - facts: {{{answers}: {{constant: "yes"}}}}{note}')

    def _also(self, records: Records) -> Iterator[tuple[str, tuple[str, ...]]]:
        for name in records.decl.fields:
            yield name, self.vocabulary.also.get(f"{records.name} {name}", ())

    def source(self, each: Likeness, *, quiet: bool = False) -> str:
        """Where a value comes from, with its form and the words that nothing knows."""
        more, notes = [], []
        leaf, column = each.target.leaf, each.column
        if each.format == EITHER:
            forms = ("m/d/yyyy", "d/m/yyyy") if leaf.type.kind in ("date", "month") else ("h:mm", "m:ss")
            if not quiet:
                either = " or ".join(f"{{column: {quoted(column.name)}, format: {quoted(form)}}}" for form in forms)
                notes.append(self.ask(f"nothing in `{column.name}` tells its form; write {either}"))
        elif each.format in ("hours", "seconds", "h:mm", "m:ss"):
            more.append(f"format: {quoted(str(each.format))}")
        elif each.format in ("mdy", "dmy") and any(isinstance(cell, str) and "/" in cell for cell in column.cells):
            more.append(f"format: {'m/d/yyyy' if each.format == 'mdy' else 'd/m/yyyy'}")
        words = self.unknown_words(each)
        if words:
            more.append(f"values: {{{', '.join(f'{quoted(word)}: unknown' for word in words)}}}")
            listed = ", ".join(f'"{word}" ({count} row{"s" if count > 1 else ""})' for word, count in words.items())
            values = ", ".join(leaf.type.values)
            notes.append(self.ask(f"what are the words {listed} of `{column.name}`: {values}, or `unknown`?"))
        if not more:
            return quoted(column.name) + "".join(notes)
        return f"{{column: {quoted(column.name)}, {', '.join(more)}}}" + "".join(notes)

    def unknown_words(self, each: Likeness) -> dict[str, int]:
        """The words of a column of a closed set that nothing knows, with their counts."""
        if not each.target.leaf.type.values:
            return {}
        reading = Reading(leaf=each.target.leaf, words=self.names.words(each.target), mapped={})
        seen: Counter[str] = Counter()
        for cell in each.column.cells:
            found = reading.read(cell)
            if isinstance(found, NotRead) and found.word:
                seen[found.word] += 1
        return dict(seen.most_common(_MOST_WORDS))


def _parts(each: Likeness) -> str:
    """What stands between the parts of a column that holds several values."""
    if each.target.leaf.type.kind not in ("text", "code") or each.target.records is None:
        return ""
    texts = [text for cell in each.column.cells if (text := text_of(cell))]
    for mark in (";", "|", ","):
        if any(mark in text for text in texts) and all(
            len(part.split()) <= 1 for text in texts for part in text.split(mark)
        ):
            return mark
    return ""
