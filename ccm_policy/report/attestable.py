"""For which facts a practice may vouch, by every name under which they are waited for."""

from __future__ import annotations

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
