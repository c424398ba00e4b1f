"""What is marked of facts that are waited for: those for which a practice may vouch, and those that are work."""

from __future__ import annotations

import re
from collections.abc import Callable

from ccm_policy.language.tree import Vocabulary


def attestable(vocabulary: Vocabulary) -> dict[str, str]:
    """What a practice may attest, under every name of which it is said in its place."""
    found: dict[str, str] = {}
    for fact in vocabulary.facts.values():
        if fact.attestable:
            found |= dict.fromkeys(fact.instead_of, fact.path) | {fact.path: fact.path}
    for each in vocabulary.lists.values():
        for field in each.fields.values():
            if field.attestable:
                path = f"{each.name}.{field.name}"
                found |= {path: path} | ({f"{each.name}.{field.instead_of}": path} if field.instead_of else {})
        if each.one_attested or each.none_attested:
            found.setdefault(each.name, each.name)
    return found


def works(vocabulary: Vocabulary) -> Callable[[str], bool]:
    """Whether a fact, by the name under which it is waited for, is work of the practice; of any other it can only be
    looked up how it stands."""
    facts = {path for path, fact in vocabulary.facts.items() if fact.work}
    lists = {name for each in vocabulary.lists.values() if each.work for name in (each.name, each.one) if name}

    def work(path: str) -> bool:
        return path in facts or re.split(r"[.\[]", path, maxsplit=1)[0] in lists

    return work
