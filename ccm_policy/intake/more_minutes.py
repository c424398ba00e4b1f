"""Minutes in further columns of an export: they are somebody's; whose, their names may say."""

from __future__ import annotations

from ccm_policy.facts.plan import PRACTITIONER, Records
from ccm_policy.intake.likeness import ENOUGH, Column, Names, Target
from ccm_policy.intake.looked_at import Export
from ccm_policy.intake.professions import profession_of, professions
from ccm_policy.intake.quoting import quoted, values_text
from ccm_policy.intake.shares import Share, says_of
from ccm_policy.intake.sources import Proposal
from ccm_policy.intake.values import spelt
from ccm_policy.intake.words import export_words


class MoreMinutes:
    """Writes what is taken from them, or the question whose they are."""

    def __init__(self, names: Names, proposal: Proposal, month: str | None) -> None:
        self.names, self.proposal, self.month = names, proposal, month

    def lines(self, export: Export) -> None:
        """The lines of an export's further minutes."""
        taken = {
            path: each.column.name for path, each in export.found.items() if each.target.leaf.type.unit == "minute"
        }
        for column in export.columns:
            if column.name in export.used():
                continue
            if _names_minutes(column) and export.main is not None and export.main.durations:
                self._further(export, column, export.main)
                continue
            likely = self.names.likely(column, self.month)[:1]
            if likely and likely[0].score >= ENOUGH and likely[0].target.path in taken:
                path = likely[0].target.path
                first = taken[path]
                note = f"`{column.name}` looks like `{path}` too, which is taken from `{first}`; whose is each?"
                self.proposal.lines.append(f"      #{self.proposal.ask(note)}")

    def _further(self, export: Export, column: Column, main: Records) -> None:
        """Minutes of whoever bills, where the person who did the work is looked up and somebody bills; that is asked
        where the name of the column does not call them so."""
        said = export.of(PRACTITIONER)
        who = next((name for name, declared in main.decl.fields.items() if declared.looks_up), None)
        note = f"`{column.name}` holds time, and nothing uses it; whose is it?"
        if said is None or who is None:
            self.proposal.lines.append(f"      #{self.proposal.ask(note)}")
            return
        total = self.total(main) if not any(export.of(f"{main.name}.{name}") for name in main.in_month) else None
        whole = f', {total}: {{constant: "yes"}}' if total else ""
        for leaf in main.fields.leaves():
            told = professions(self.names, said.column, Target(main, leaf)) if leaf.type.values else {}
            if told:
                whole = f", {leaf.path}: {{column: {quoted(said.column.name)}, values: {values_text(told)}}}{whole}"
        says = self._calls_who_bills(column, main)
        if says is not None:
            whole += "".join(f", {path}: {{constant: {value}}}" for path, value in says.items())
            export.more.add(column.name)
            mark, note = "", f"  # of `{said.column.name}`, as it is called"
        else:
            mark, note = "# ", self.proposal.ask(f"{note} where it is that of `{said.column.name}`, take the `#` off")
        fields = f"{main.durations[0].path}: {quoted(column.name)}, {who}: {quoted(said.column.name)}{whole}"
        self.proposal.lines += [f"      {mark}- list: {main.name}{note}", f"      {mark}  fields: {{{fields}}}"]
        self.proposal.lines.append(f"      {mark}  only: [{{column: {quoted(column.name)}, filled: yes}}]")

    def of_who_bills(self, export: Export, share: Share) -> tuple[str, Column] | None:
        """The field and the column that say who it was, where minutes of a profession stand beside a column of those
        who bill, all of whom have it."""
        said, records, leaf = export.of(PRACTITIONER), share.minutes.records, profession_of(self.names)
        if said is None or records is None or leaf is None:
            return None
        who = next((name for name, declared in records.decl.fields.items() if declared.looks_up), None)
        told = set(professions(self.names, said.column, Target(None, leaf)).values())
        own = {self.names.words(Target(None, leaf)).value(value) for value in share.says.values()} - {None}
        return (who, said.column) if who is not None and own and told == own else None

    def _calls_who_bills(self, column: Column, main: Records) -> dict[str, str] | None:
        """What a column of minutes that is named by a name of whoever bills says of them beside: mostly nothing."""
        words = [word for word in column.plain().split() if not export_words().lengths.get(word)]
        for at in range(len(words)):
            named = any(of.path == PRACTITIONER for of, _ in self.names.known.get(" ".join(words[at:]), ()))
            says = says_of(self.names, main, words[:at]) if at else {}
            if named and (says or not at):
                return says
        return None

    def total(self, records: Records) -> str | None:
        """The field that says of an entry that it stands for a whole month."""
        for name in records.decl.fields:
            also = self.names.vocabulary.also.get(f"{records.name} {name}", ())
            if export_words().total in map(spelt, also):
                return name
        return None


def _names_minutes(column: Column) -> bool:
    return any(export_words().lengths.get(word) for word in column.plain().split())
