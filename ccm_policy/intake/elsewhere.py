"""Rows of a list that are records of another list as well: in a list of visits a code that is no visit is a service.

Which codes are visits by themselves the vocabulary says, where it presumes something of a record by its code.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from ccm_policy.intake.values import UNKNOWN
from ccm_policy.language.tree import Field, In, Vocabulary
from ccm_policy.language.walk import within


@dataclass(frozen=True, slots=True)
class Elsewhere:
    """Records of a list whose `code` is not one of `codes` are records of the list `to` too, in `fields`."""

    code: str
    codes: frozenset[str]
    to: str
    fields: frozenset[str]

    def record(self, own: dict[str, str]) -> dict[str, str] | None:
        """What a record is there, or None."""
        code = own.get(self.code, UNKNOWN)
        if code == UNKNOWN or code in self.codes:
            return None
        return {name: value for name, value in own.items() if name in self.fields}


def elsewhere(vocabulary: Vocabulary) -> dict[str, Elsewhere]:
    """By the name of the list: a list of which a practice may attest that it is empty takes the rows of no kind."""
    takers = [decl for decl in vocabulary.lists.values() if decl.none_attested]
    found: dict[str, Elsewhere] = {}
    for name, decl in vocabulary.lists.items():
        for code, codes in _by_code(vocabulary, name):
            for taker in takers:
                if taker.name != name and code in taker.fields:
                    shared = frozenset(decl.fields) & frozenset(taker.fields)
                    found[name] = Elsewhere(code, codes, taker.name, shared)
    return found


def _by_code(vocabulary: Vocabulary, name: str) -> Iterator[tuple[str, frozenset[str]]]:
    for declared in vocabulary.lists[name].fields.values():
        for node in within(declared.absent.unless) if declared.absent.unless is not None else ():
            if isinstance(node, In) and isinstance(node.operand, Field) and node.operand.type.kind == "code":
                yield node.operand.field, frozenset(map(str, node.values))
