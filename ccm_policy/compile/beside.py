"""What of a month in slots is worked out anew when lines of its claim for decided services have other values.

Such lines are no records of another list, and all others stay as they are. What does not hang on them (most of a month:
its other lists, with all that was worked out about their records) is the same for each day on which a line is tried.
"""

from __future__ import annotations

from collections.abc import Iterable

from ccm_policy.compile.layout import FACTS, Layout
from ccm_policy.compile.writer import Writer
from ccm_policy.language import tree as t
from ccm_policy.language.walk import definition_of, reads, records_of, within

Name = tuple[str, str]
"""A fact, a list or a definition by its kind and name; a list that is gone through, record by record."""


def slots_of_the_claim(program: t.Program, layout: Layout, writer: Writer) -> tuple[int, ...] | None:
    """The slots of the month that may hang on lines of the claim; None where facts do that are not given.

    More rather than fewer: every rule and service is thought to, and of a list everything about its records is read.
    """
    hanging = _hanging(program)
    if any(("fact", path) in hanging for path in layout.lazy):
        return None
    stays = set(layout.facts.values())
    stays |= {listed.slot for name, listed in layout.lists.items() if ("list", name) not in hanging}
    stays |= {slot for name, slot in writer.definitions.items() if ("definition", name) not in hanging}
    for key, made in writer.made.items():
        if key[0] == "function" and " " in made and hanging.isdisjoint(_read((key[2],), program)):
            stays.add(int(made.split(" ")[0]))
    return tuple(slot for slot in range(FACTS, len(layout.template)) if slot not in stays)


def _hanging(program: t.Program) -> set[Name]:
    """All that goes through the lines of the claim, and all that reads such."""
    vocabulary = program.vocabulary
    read: dict[Name, set[Name]] = {}
    for path, declared in vocabulary.facts.items():
        read["fact", path] = _read((declared.absent.value, declared.absent.unless), program)
    for name, definition in program.definitions.items():
        read["definition", name] = _read((definition.value,), program)
    for name in vocabulary.lists:
        read["list", name] = _read_of_list(name, program)
    claim = vocabulary.claim or ""
    found: set[Name] = {("list", claim), ("through", claim)}
    while more := {name for name, names in read.items() if name not in found and not found.isdisjoint(names)}:
        found |= more
    return found


def _read_of_list(name: str, program: t.Program) -> set[Name]:
    """What a list and everything about its records reads."""
    vocabulary = program.vocabulary
    declared = vocabulary.lists[name]
    found = _read((declared.absent.value, declared.absent.unless, *_absent_fields(declared)), program)
    for check in program.overlap_checks:
        found |= _read(check.compared if check.list == name else (), program)
    found |= {("definition", d.name) for d in program.definitions.values() if d.of == name}
    found |= {("fact", path) for path in (declared.known_from, declared.undated_when) if path is not None}
    for field in declared.fields.values():
        found |= {("list", field.looks_up), ("through", field.looks_up)} if field.looks_up else set()
    if declared.union_of is not None:
        found |= {("list", declared.union_of)}
        if vocabulary.claim is not None:  # of the claim's lines it has those that stay
            found |= _read(_absent_fields(vocabulary.lists[vocabulary.claim]), program) - {("list", vocabulary.claim)}
    return found


def _absent_fields(declared: t.ListDecl) -> list[t.Node | None]:
    absents = [field.absent for field in declared.fields.values()]
    return [*(absent.value for absent in absents), *(absent.unless for absent in absents)]


def _read(nodes: Iterable[t.Node | None], program: t.Program) -> set[Name]:
    found: set[Name] = set()
    for node in nodes:
        for part in within(node) if node is not None else ():
            records, definition = records_of(part), definition_of(part)
            if records is not None:
                found |= {("list", records.list), ("through", records.list)}
            if definition is not None:
                found.add(("definition", definition))
            for path in reads(part):
                is_fact = path in program.vocabulary.facts
                found.add(("fact", path) if is_fact else ("list", path.partition(".")[0]))
    return found
