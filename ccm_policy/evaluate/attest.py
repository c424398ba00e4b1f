"""A practice's word: what it attests where nobody recorded a fact, put in its place before anything is presumed.

In that order a fact is known: recorded, attested, presumed (L31, L32). What was recorded stands, also that it is not
known. An attestation whose condition waits for such a null leaves what it speaks of unknown, so that filling the null
in changes nothing that was settled; one whose condition waits for a fact that is absent attests nothing (L33).
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import replace
from typing import NamedTuple

from ccm_policy.evaluate.expressions import truth_of
from ccm_policy.evaluate.interpret import scene_of
from ccm_policy.evaluate.presume import presumed_when_read
from ccm_policy.evaluate.scene import Scene
from ccm_policy.evaluate.trace import waits_for_null
from ccm_policy.facts.values import NONE, UNKNOWN, Authority, Given, GivenList, Special, Value
from ccm_policy.language.tree import Attestation, FactDecl, ListDecl, Program, Vouched
from ccm_policy.language.truth import Truth


class Said(NamedTuple):
    """What is attested of a fact or of a field (unknown where it hangs on a null), and by whom."""

    value: Value
    by: Authority


Word = Mapping[str, Said]
"""Each fact, and each field as `list.field`, to what a practice's policies attest of it in a month."""


def word_of(given: Given, practices: Iterable[tuple[Program, bool]]) -> Word:
    """What the programs of practices attest of a patient-month, as it was recorded. With each program, whether its
    practice's policy applies for certain; of one that may apply, what it says is left open."""
    found: dict[str, list[tuple[bool, Said]]] = {}
    for program, certain in practices:
        for attestation, applies in _applying(program, given):
            cites, where = attestation.cites, attestation.where
            by = Authority(where.policy, where.edition, attestation.name, cites)
            for vouched in attestation.facts:
                sure = certain and applies is True
                found.setdefault(vouched.path, []).append((sure, Said(_value(vouched), by)))
    return {path: _settled(said) for path, said in found.items()}


def ended(program: Program, month: str) -> tuple[Attestation, ...]:
    """What was attested up to some month before this one."""
    return tuple(each for each in program.attestations if not each.stands_in(month))


def _applying(program: Program, given: Given) -> Iterator[tuple[Attestation, Truth]]:
    """The attestations whose window is open, and that apply or may."""
    standing = [each for each in program.attestations if each.stands_in(given.service_month)]
    if standing:
        scene = scene_of(program, presumed_when_read(given, program), given.service_month)
        for attestation in standing:
            applies = _applies(attestation, scene)
            if applies is not False:
                yield attestation, applies


def _applies(attestation: Attestation, scene: Scene) -> Truth:
    if attestation.when is None:
        return True
    trace = scene.evaluate(attestation.when)
    truth = truth_of(trace)
    return truth if truth is not UNKNOWN or waits_for_null(trace) else False


def _settled(said: list[tuple[bool, Said]]) -> Said:
    """What several say of one fact: known where one is sure, and none that may speak says otherwise."""
    first = next((one for sure, one in said if sure), None)
    if first is None or any(other.value != first.value for _, other in said):
        return Said(UNKNOWN, said[0][1].by)
    return first


def _value(vouched: Vouched) -> Value:
    if vouched.value is None:
        return NONE
    return frozenset(vouched.value) if isinstance(vouched.value, tuple) else vouched.value


# --- into its place ----------------------------------------------------------------------------------------------


def attested(given: Given, word: Word, program: Program) -> Given:
    """The facts with a practice's word for what was not recorded, but for that of which a policy of the program wants
    the record itself."""
    if not word:
        return given
    wanted = {path for policy in program.policies for path in policy.records}
    facts, lists, by = dict(given.facts), dict(given.lists), dict(given.attested)
    fields: dict[str, dict[str, Said]] = {}
    for path, said in word.items():
        head, _, field = path.partition(".")
        if path in wanted or head in wanted:
            continue
        if field and head in program.vocabulary.lists:
            fields.setdefault(head, {})[field] = said
        elif path in program.vocabulary.lists:
            if path not in given.lists:
                lists[path] = GivenList(()) if said.value is NONE else UNKNOWN
                by |= {path: said.by} if said.value is NONE else {}
        elif path not in facts:
            found = _fact(program.vocabulary.facts[path], said, given)
            if found is not None:
                facts[path] = found
                by |= {path: said.by} if found is not UNKNOWN else {}
    for name, said_of in fields.items():
        made = _list(program.vocabulary.lists[name], given.lists.get(name), said_of, by)
        if made is not None:
            lists[name] = made
    return replace(given, facts=facts, lists=lists, attested=by)


def _fact(declared: FactDecl, said: Said, given: Given) -> Value | None:
    """What a fact is taken to be: nothing where what would show it itself is recorded, unknown where that is null."""
    shown = [one for path in declared.instead_of for one in _shown(path, given)]
    if any(one is not UNKNOWN for one in shown):
        return None
    return UNKNOWN if UNKNOWN in shown else said.value


def _shown(path: str, given: Given) -> Iterator[Value | GivenList]:
    """What is recorded of a fact, of a list, or of a field in any record of its list."""
    head, _, field = path.partition(".")
    listed = given.lists.get(head)
    if path in given.facts:
        yield given.facts[path]
    elif listed is not None and not (field and isinstance(listed, GivenList)):
        yield listed
    elif isinstance(listed, GivenList):
        yield from (row[field] for row in listed.rows if field in row)


def _list(
    declared: ListDecl, given: GivenList | Special | None, said: Mapping[str, Said], by: dict[str, Authority]
) -> GivenList | Special | None:
    """A list with what is attested of its records; one that is absent has one such record, where it may."""
    if given is None and declared.one_attested:
        if all(one.value is UNKNOWN for one in said.values()):
            return UNKNOWN
        return GivenList((_row(declared, {}, said, 0, by),), declared.one_is_all)
    if not isinstance(given, GivenList):
        return None
    rows = tuple(_row(declared, row, said, number, by) for number, row in enumerate(given.rows))
    return replace(given, rows=rows)


def _row(
    declared: ListDecl, row: dict[str, Value], said: Mapping[str, Said], number: int, by: dict[str, Authority]
) -> dict[str, Value]:
    filled = dict(row)
    for field, one in said.items():
        instead = declared.fields[field].instead_of
        other = None if instead is None else row.get(instead)
        if field in row or (other is not None and other is not UNKNOWN):
            continue
        filled[field] = one.value if other is None else UNKNOWN
        if filled[field] is not UNKNOWN:
            by[f"{declared.name}[{number}].{field}"] = one.by
    return filled
