"""Columns of the minutes of one kind of person or of one programme: `RN minutes`, `CCM staff min`."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

from ccm_policy.facts.plan import Records
from ccm_policy.intake.likeness import FITTING, Column, Names, Target
from ccm_policy.intake.words import export_words


@dataclass(frozen=True, slots=True)
class Share:
    """A column of minutes, with what its name says of them: fields to values."""

    column: Column
    minutes: Target
    says: Mapping[str, str]


def shares(names: Names, columns: Sequence[Column]) -> list[Share]:
    """The columns that are named by values of fields and by minutes."""
    found: dict[str, Share] = {}
    for column in columns:
        words = column.plain().split()
        for at in range(1, len(words)):
            for values, rest in ((words[:at], words[at:]), (words[at:], words[:at])):
                for target in _minutes(names, column, " ".join(rest)):
                    assert target.records is not None
                    says = says_of(names, target.records, values)
                    if says and column.name not in found:
                        found[column.name] = Share(column, target, says)
    return list(found.values())


def _minutes(names: Names, column: Column, rest: str) -> Iterator[Target]:
    for target, _ in names.known.get(rest) or names.spelt_out.get(export_words().spelt_out(rest)) or ():
        of_month = target.records is not None and target.records.in_month and target.leaf.type.unit == "minute"
        if of_month and names.fit(column, target, None)[0] >= FITTING:
            yield target


def says_of(names: Names, records: Records, words: Sequence[str]) -> dict[str, str]:
    """What words say of a record, each of another field, as `CCM staff` does; nothing where one says nothing."""
    text = " ".join(words)
    text = export_words().minutes_of.get(text, text)
    for path, leaf in records.fields.names.items():
        kind = getattr(leaf, "type", None)
        if kind is not None and kind.kind == "value" and kind.name and path not in names.plan.root.names:
            value = names.words(Target(records, leaf)).value(text)  # type: ignore[arg-type]
            if value is not None:
                return {path: value}
    for at in range(1, len(words)):
        first, second = says_of(names, records, words[:at]), says_of(names, records, words[at:])
        if first and second and not first.keys() & second.keys():
            return first | second
    return {}
