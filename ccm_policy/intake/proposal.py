"""The text of a proposed mapping, line by line, with its questions beside the lines that wait for an answer."""

from __future__ import annotations

from collections.abc import Sequence

from ccm_policy.facts.plan import MONTH, NEEDED, OWN_PRACTITIONER, PATIENT, PRACTITIONER, Leaf, Records
from ccm_policy.intake.against import against_billing
from ccm_policy.intake.likeness import ENOUGH, Column, Likeness, Names, Target, first_value, usual_word
from ccm_policy.intake.looked_at import Export
from ccm_policy.intake.more_minutes import MoreMinutes
from ccm_policy.intake.professions import profession_of, professions
from ccm_policy.intake.quoting import parts_of, quoted, values_text
from ccm_policy.intake.shares import Share
from ccm_policy.intake.sheets import some
from ccm_policy.intake.sources import Proposal, Sources
from ccm_policy.intake.unread_columns import UnreadColumns
from ccm_policy.intake.values import NOTHING, spelt
from ccm_policy.language.tree import Vocabulary


class Writer:
    """Writes a mapping line by line."""

    def __init__(self, vocabulary: Vocabulary, names: Names, proposal: Proposal, month: str | None) -> None:
        self.vocabulary, self.names, self.proposal, self.month = vocabulary, names, proposal, month
        self.lines, self.ask, self.sources = proposal.lines, proposal.ask, Sources(names, proposal)
        self.minutes, self.unread = MoreMinutes(names, proposal, month), UnreadColumns(names, proposal)
        self.given: set[str] = set()
        self.given_paths: set[str] = set()
        self.answered: set[str] = set()
        self.called: list[str] = []
        self.may_bill: dict[str, Column] = {}

    def whole(self, exports: Sequence[Export]) -> None:
        """The whole mapping."""
        self.lines += ["mapping: 1"]
        if self.month is not None:
            self.lines.append(f"month: {self.month}  # rows of other months are told, and make no patient-month")
        self.called = [*(export.path.stem for export in exports), *(c.name for e in exports for c in e.columns)]
        given = {path for export in exports for path in export.found}
        given |= {path for export in exports for path in export.said}
        self.given_paths = given
        self.unread.mapped = given | {path for export in exports for path in export.said}
        self.given = {path.partition(".")[0] for path in given}
        constants = []
        for leaf in self.names.plan.root.leaves():
            if leaf.path in self.names.plan.key and leaf.path not in (*NEEDED, *given):
                values = ", ".join(leaf.type.values)
                note = self.ask(f"no column says `{leaf.path}`; where it is the same for all, which of {values}?")
                constants.append(f"#  {leaf.path}: {note}")
        whose = [export for export in exports if export.of(PRACTITIONER)]
        self.may_bill = {export.name: column for export in exports if (column := self.may_be_who_bills(export))}
        if whose and not self.may_bill and not any(export.says_who_bills for export in whose):
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
                listed = some(f"`{column.name}`" for column in export.columns)
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
        self.minutes.lines(export)
        self.unread.givings(export)
        self.unread.lines(export, left)
        unused = [column.name for column in export.columns if column.name not in export.used()]
        if unused:
            self.lines.append(f"    # columns that nothing uses: {some(unused)}")

    def leave_out(self, export: Export) -> set[str]:
        """Rows that nothing may be billed for, as a column says that nothing uses; the columns that say so."""
        found: dict[str, str] = {}
        for column in export.columns:
            if column.name not in export.used() and not column.numbers:
                against = against_billing(column)
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
            self.lines.append(f"      {MONTH}: {self.sources.text(said)}")
        elif dated is not None and not dated.column.numbers:
            self.lines.append(f"      {MONTH}: {self.sources.text(dated, quiet=True)}")
        elif monthly:
            month = self.month or "YYYY-MM"
            note = "" if self.month else self.ask(f"of which month is `{export.path.name}`?")
            self.lines.append(f"      {MONTH}: {{constant: {month}}}{note}")
        practitioner = export.of(PRACTITIONER)
        if practitioner is not None and (monthly or said or export.of_a_period):
            self.lines.append(f"      {PRACTITIONER}: {self.sources.text(practitioner)}")
        elif (column := self.may_bill.get(export.name)) is not None:
            note = self.ask(
                f"is `{column.name}` who bills? then take the `#` off this line, and off that of their types"
            )
            self.lines.append(f"      # {PRACTITIONER}: {quoted(column.name)}{note}")

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
            self.share(export, share, by_list.get(share.minutes.records.name, []) if share.minutes.records else [])
        for name, found in by_list.items():
            if any(share.minutes.records and share.minutes.records.name == name for share in export.shares):
                continue
            self.records(export, self.names.plan.lists[name], found)
        column = self.may_bill.get(export.name)
        if column is not None:
            self.professions(column, "# ")
        elif export.says_who_bills and (said := export.of(PRACTITIONER)) is not None:
            self.professions(said.column)
        for name in export.lists_said():
            if name not in by_list:
                self.records(export, self.names.plan.lists[name], [])
        only_said = [
            said
            for path, said in export.said.items()
            if path not in export.found and said.likeness.target.records is None
        ]
        if facts or only_said:
            self.lines.append("      - facts:")
            self.fields(export, facts)
            self.lines += [f"          {s.likeness.target.leaf.path}: {self.sources.said(s)}" for s in only_said]

    def fields(self, export: Export, found: Sequence[Likeness]) -> None:
        """A line for each field or fact."""
        for each in found:
            source = self.sources.text(each, export.said.get(each.target.path))
            self.lines.append(f"          {each.target.leaf.path}: {source}")

    def only_said(self, export: Export, records: Records) -> set[str]:
        """Lines for the fields of a list of which only a column of outcomes or standing speaks; which they are."""
        there = set()
        for path, said in export.said.items():
            if path not in export.found and said.likeness.target.records == records:
                there.add(said.likeness.target.leaf.path)
                self.lines.append(f"          {said.likeness.target.leaf.path}: {self.sources.said(said)}")
        return there

    def professions(self, column: Column, mark: str = "") -> None:
        """What those who bill are, where their names say it."""
        leaf = profession_of(self.names)
        if leaf is None or leaf.path in self.answered or leaf.path in self.given_paths:
            return
        told = professions(self.names, column, Target(None, leaf))
        if not told:
            return
        self.answered.add(leaf.path)
        values = {name: value or NOTHING for name, value in told.items()}
        note = ""
        if not all(told.values()):
            note = self.ask(f"what are those of `{column.name}` of whom the mapping says `{NOTHING}`?")
        source = f"{{column: {quoted(column.name)}, values: {values_text(values)}}}"
        self.lines.append(f"      {mark}- facts: {{{leaf.path}: {source}}}{note}")

    def may_be_who_bills(self, export: Export) -> Column | None:
        """A column of a list of periods that nothing uses and that holds names with the letters of those who bill."""
        leaf = profession_of(self.names)
        if leaf is None or not export.of_a_period or export.of(PRACTITIONER):
            return None
        for column in export.columns:
            if column.name not in export.used() and professions(self.names, column, Target(None, leaf)):
                return column
        return None

    def own_practitioner(self, export: Export, by_list: dict[str, list[Likeness]]) -> None:
        """In an export without a month a practitioner is the record's own, where its list has a field for that."""
        said, main = export.of(PRACTITIONER), export.main
        if said is None or main is None or main.in_month or export.of(MONTH) or export.of_a_period:
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
        parts = [each for each in found if self.parts(each)]
        if len(parts) == 1 and (len(found) == 1 or parts[0].target.leaf.type.values):
            split = self.parts(parts[0])
            self.lines += [f"        each: {{column: {quoted(parts[0].column.name)}, split: {quoted(split)}}}"]
            source = self.sources.part(parts[0], split)
            self.lines += ["        fields:", f"          {parts[0].target.leaf.path}: {source}"]
            self.fields(export, [each for each in found if each is not parts[0]])
            if len(found) == 1:
                return
        else:
            self.lines.append("        fields:")
            self.fields(export, found)
        there = {each.target.leaf.path for each in found} | self.only_said(export, records)
        self.unsaid(export, records, there, found)

    def share(self, export: Export, share: Share, also: list[Likeness]) -> None:
        """The minutes of one kind of person, with what else a row says of the list."""
        records, own = share.minutes.records, (share.minutes.leaf.path, *share.says)
        assert records is not None
        self.lines += [f"      - list: {records.name}", "        fields:"]
        self.lines.append(f"          {own[0]}: {self.sources.text(Likeness(share.column, share.minutes, 1.0, None))}")
        self.lines += [f"          {name}: {{constant: {value}}}" for name, value in share.says.items()]
        more = [each for each in also if each.target.leaf.path not in own]
        whose = self.minutes.of_who_bills(export, share)
        if whose is not None:
            self.lines.append(f"          {whose[0]}: {quoted(whose[1].name)}  # as it is called")
        self.fields(export, more)
        there = {each.target.leaf.path for each in more} | set(own) | self.only_said(export, records)
        self.unsaid(export, records, there, more)

    def unsaid(self, export: Export, records: Records, there: set[str], found: list[Likeness]) -> None:
        """What no column says, and every record of the list has to say."""
        if records.in_month and not there & set(records.in_month):
            total = self.minutes.total(records)
            if total is not None:
                self.lines.append(
                    f'          {total}: {{constant: "yes"}}  # no column has the day: a total of the month'
                )
                self.note_the_month(records)
        for name, declared in records.decl.fields.items():
            if name in there or declared.type.kind != "value" or declared.absent.how != "unknown" or records.in_month:
                continue
            leaf = next(leaf for leaf in records.fields.leaves() if leaf.path == name)
            usual = usual_word(self.vocabulary, leaf)
            values = ", ".join(leaf.type.values)
            shown = self.shown(export, leaf) if usual is not None else None
            if shown is not None:
                self.lines.append(f"          {name}: {shown}")
            elif usual is not None:
                note = self.ask(f"no column says `{records.name}.{name}`; is it `{usual}` for all? ({values})")
                self.lines.append(f"          {name}: {{constant: {usual}}}{note}")
            elif not records.decl.one_is_all or name != first_value(records):
                continue
            elif beside := self.beside(records, leaf, found):
                self.lines.append(f"          {name}: {beside}")
            else:
                columns = ", ".join(f"`{each.column.name}`" for each in found)
                note = self.ask(f"what does a row with {columns} say of `{records.name}.{name}`: {values}?")
                self.lines.append(f"          {name}: {{constant: unknown}}{note}")

    def beside(self, records: Records, leaf: Leaf, found: Sequence[Likeness]) -> str | None:
        """What kind of record it is, where another column of it says that too: a consent that was `Verbal` was given.
        Whether something is so says it only where it is."""
        target = Target(records, leaf)
        for each in found:
            share, format = self.names.fit(each.column, target, None)
            if each.column.names_kinds() and share >= ENOUGH:
                of = Likeness(each.column, target, share, format)
                return self.sources.text(of, doubted="no" if each.target.leaf.type.kind == "yes/no" else None)
        dated = any(each.target.leaf.path == records.decl.date_field for each in found)
        said = any(each.target.leaf.type.kind == "value" for each in found)
        return f"{{constant: {leaf.type.values[0]}}}  # its day is there" if dated and not said else None

    def parts(self, each: Likeness) -> str:
        """What stands between the parts of a column that holds several values."""
        known = self.names.words(each.target).value if each.target.leaf.type.kind == "value" else None
        return parts_of(each, known)

    def shown(self, export: Export, leaf: Leaf) -> str | None:
        """Where a value that every record has to say is shown all the same: in the same column as that of the work, or
        in the names of the exports and of their columns, where these name one."""
        main = export.main
        for name, declared in main.decl.fields.items() if main is not None else ():
            said = export.of(f"{main.name}.{name}") if main is not None else None
            if said is not None and declared.type.name == leaf.type.name:
                return quoted(said.column.name)
        words = self.names.words(Target(None, leaf))
        found = {words.value(word) for name in self.called for word in spelt(name).split()} - {None}
        return f"{{constant: {found.pop()}}}  # as the exports are named" if len(found) == 1 else None

    def note_the_month(self, records: Records) -> None:
        """That somebody has to answer for entries without a day lying in their month; without that none counts."""
        answers = records.decl.undated_when
        if answers is not None and answers not in self.answered:
            self.answered.add(answers)
            self.lines.append(
                "          # totals count only where the practice answers for its log, as `new practice` asks"
            )
