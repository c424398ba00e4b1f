"""What the services of a program read, and in which of them two programs do not say the same."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import fields, replace
from typing import Any

from ccm_policy.language import tree as t
from ccm_policy.language.walk import reads as named_by
from ccm_policy.language.walk import within
from ccm_policy.review.apart import cone, held, meaning_of, nodes, reads
from ccm_policy.review.wording import Wordings

Key = tuple[str, str]
BESIDE_OUTCOMES = frozenset({"line_checks", "preferences", "payments"})
"""What no service's own outcome or coverage reads: lines of a claim, the choice among services, amounts."""
VOCABULARY = "vocabulary"
"""The field of a key that is no statement: a fact or a list, and what it means."""
UNSOLVED = frozenset({VOCABULARY, "attestations", "overlap_checks"})
"""What no solver is told of: what facts mean, what is vouched for, whose a shared minute is."""
FOR_PEOPLE = frozenset({"title", "found", "note", "ceiling", "called", "short", "work"})
"""Fields of a declaration that are words for people, or say who can look it up."""


def readers(keys: list[Key], program: t.Program) -> set[str]:
    """The services of a program whose outcome, units or coverage reads one of these statements."""
    touched = {name for field, name in keys if field == "definitions"}
    for definition in program.definitions.values():  # each reads earlier ones only
        if reads(definition.value) & touched:
            touched.add(definition.name)
    found: set[str] = set()
    for key, statement in held(program).items():
        own = key in keys
        if key[0] != "definitions" and (own or any(reads(node) & touched for node in nodes(statement))):
            found |= _for(statement)
        for path in _spoken_of(statement) if own else ():
            found |= _reading(path, program)
    for path in (name for field, name in keys if field == VOCABULARY):
        found |= _reading(path, program)
    return _with_add_ons(found, program)


def _for(statement: Any) -> set[str]:
    return {statement.code} if isinstance(statement, t.Service) else set(getattr(statement, "codes", ()))


def _with_add_ons(found: set[str], program: t.Program) -> set[str]:
    found = found & set(program.services)
    growing = True
    while growing:
        more = {s.code for s in program.services.values() if found & {*s.base, *s.earning.each_of}} - found
        found |= more
        growing = bool(more)
    return found


def differing(
    before: t.Program, after: t.Program, called: Mapping[str, str], wordings: Wordings
) -> dict[str, list[Key]]:
    """The services that read something which the two do not say alike, each with the keys of what that is: of
    statements, and of facts and lists that are declared otherwise. `called`: the new names of definitions."""
    if before.digest and before.digest == after.digest:
        return {}
    found: dict[str, list[Key]] = {}
    for key, codes in _differing(before, after, called, wordings):
        for code in sorted(codes):
            found.setdefault(code, []).append(key)
    return found


def _differing(
    before: t.Program, after: t.Program, called: Mapping[str, str], wordings: Wordings
) -> Iterator[tuple[Key, set[str]]]:
    old, new = held(before), held(after)
    paths = declared_otherwise(before, after)
    for key in sorted({*old, *new}):
        was = next(((key[0], name) for name, now in called.items() if (key[0], now) == key), key)
        if key[0] in BESIDE_OUTCOMES or (key[1] in called and key not in new):
            continue
        one, other = old.get(key, old.get(was)), new.get(key)
        if one == other or (one is not None and other is not None and _alike(one, other, before, after, wordings)):
            continue
        if all(each is None or (isinstance(each, t.Rule) and not each.decides) for each in (one, other)):
            continue
        if key[0] == "definitions" and (one is None or other is None):
            continue  # only what is not said alike itself can read it
        yield key, _codes(key, was, one, other, before, after)
    for path in sorted(paths):
        yield (VOCABULARY, path), readers([(VOCABULARY, path)], before) | readers([(VOCABULARY, path)], after)


def covered_otherwise(before: t.Program, after: t.Program, wordings: Wordings) -> set[str]:
    """The services of which the coverage is not said alike."""
    said: list[dict[str, set[int]]] = [{}, {}]
    for program, by_code in zip((before, after), said, strict=True):
        for coverage in program.coverages:
            number = wordings.of(program, replace(coverage, codes=()))
            for code in coverage.codes:
                by_code.setdefault(code, set()).add(number)
    one, other = said
    return {code for code in {*one, *other} if one.get(code) != other.get(code)}


def _codes(key: Key, was: Key, one: Any, other: Any, before: t.Program, after: t.Program) -> set[str]:
    """Whom a statement reaches that is not said alike: of one that is for other services, those."""
    if one is not None and other is not None and _of_one_service(one) == _of_one_service(other):
        return _with_add_ons(_for(one) ^ _for(other), after)
    return readers([was], before) | readers([key], after)


def _of_one_service(statement: Any) -> Any:
    """What a statement says to a service that it is for, whatever others it is for."""
    kind, parts = meaning_of(statement)
    return kind, tuple(part for part in parts if part[0] != "codes")


def _alike(one: Any, other: Any, before: t.Program, after: t.Program, wordings: Wordings) -> bool:
    return wordings.of(before, one) == wordings.of(after, other)


# --- What facts mean ------------------------------------------------------------------------------------------------


def declared_otherwise(before: t.Program, after: t.Program) -> set[str]:
    """The facts and lists that are declared otherwise, or of which a policy asks otherwise; and all whose absence is
    read from them."""
    one, other = before.vocabulary, after.vocabulary
    found = _asked(before.policies) ^ _asked(after.policies)
    pairs: list[tuple[Mapping[str, Any], Mapping[str, Any]]] = [(one.facts, other.facts), (one.lists, other.lists)]
    for mine, theirs in pairs:
        for name in dict.fromkeys((*mine, *theirs)):
            was, now = mine.get(name), theirs.get(name)
            if was != now and _means(was) != _means(now):
                found.add(name)
    growing = bool(found)
    while growing:
        more = {name for name, node in _absences(other) if name not in found and found & set(_named(node))}
        found |= more
        growing = bool(more)
    return found


def _asked(policies: tuple[t.PolicyInForce, ...]) -> set[str]:
    return {path for each in policies for path in (*each.asks, *each.records)}


def _means(declared: Any) -> Any:
    """A declaration without the words that are said of it."""
    if declared is None:
        return None
    found: list[Any] = []
    for each in fields(declared):
        if each.compare and each.name not in FOR_PEOPLE:
            value = getattr(declared, each.name)
            found.append({name: _means(one) for name, one in value.items()} if each.name == "fields" else value)
    return found


def _absences(vocabulary: t.Vocabulary) -> Iterator[tuple[str, t.Node]]:
    """What is read where a fact, a list or a field of it is absent, each by the fact or the list."""
    absents = [(name, declared.absent) for name, declared in vocabulary.facts.items()]
    for name, listed in vocabulary.lists.items():
        absents += [(name, listed.absent), *((name, each.absent) for each in listed.fields.values())]
    for name, absent in absents:
        yield from ((name, node) for node in (absent.value, absent.unless) if node is not None)


def _spoken_of(statement: Any) -> Iterator[str]:
    """The facts and lists of which an attestation or a check of overlaps speaks."""
    if isinstance(statement, t.Attestation):
        yield from (vouched.path for vouched in statement.facts)
    elif isinstance(statement, t.OverlapCheck):
        yield statement.list


def _reading(path: str, program: t.Program) -> set[str]:
    """The services whose statements read a fact or a list, or a field of it."""
    lists = program.vocabulary.lists
    listed = path.rpartition(".")[0]
    wanted = {path, listed} if listed in lists else {path}
    wanted |= {name for name, declared in lists.items() if declared.union_of in wanted}
    found: set[str] = set()
    for (field, _), statement in held(program).items():
        decides = field in ("services", "coverages") or (field == "rules" and statement.decides)
        if decides and any(wanted & set(_names_of(node)) for node in cone(statement, program)):
            found |= _for(statement)
    return _with_add_ons(found, program)


def _named(node: t.Node) -> Iterator[str]:
    for part in within(node):
        yield from _names_of(part)


def _names_of(node: t.Node) -> Iterator[str]:
    """What a node itself names: facts, and lists by their own names and by those of their fields."""
    for name in named_by(node):
        yield from (name, name.partition(".")[0])
    records = getattr(node, "records", None)
    if isinstance(records, t.Records):
        yield records.list
