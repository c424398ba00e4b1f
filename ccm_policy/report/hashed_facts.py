"""What is shown of facts where keys are hashed: of who somebody is a hash, of what somebody wrote nothing."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property

from ccm_policy.evaluate.trace import Leaf
from ccm_policy.facts.plan import OWN_GROUP, OWN_PRACTITIONER, PATIENT, PRACTITIONER, compiled
from ccm_policy.language.tree import Type, Vocabulary
from ccm_policy.report.keys import Keys

NOT_SHOWN = "a text that is not shown"
_GROUP = f"{PRACTITIONER.rpartition('.')[0]}.{OWN_GROUP}"


@dataclass(frozen=True)
class HashedFacts:
    """Facts of a vocabulary. Those of the month that are texts, such as the State, are the practice's and stay; in
    records of lists a text may be anything."""

    keys: Keys
    vocabulary: Vocabulary

    def shown(self, leaf: Leaf) -> Leaf:
        """The fact with what may be seen of its value."""
        value = leaf.value
        if not isinstance(value, str | frozenset):
            return leaf
        declared = self.vocabulary.facts.get(leaf.path)
        name = leaf.path.rpartition(".")[2]
        if leaf.path in (PATIENT, PRACTITIONER, _GROUP) or (declared is None and name in self._of_persons):
            return leaf._replace(value=self.keys.of(str(value)))
        if declared is not None or not _is_text(self._type(leaf.path, name)):
            return leaf
        return leaf._replace(value=NOT_SHOWN)

    @cached_property
    def _of_persons(self) -> frozenset[str]:
        """Fields of records that say who somebody is."""
        lists = compiled(self.vocabulary).lists.values()
        found = {name for records in lists for name in records.identities}
        found |= {name for records in lists for name, field in records.decl.fields.items() if field.looks_up}
        return frozenset({OWN_PRACTITIONER, OWN_GROUP, *found})

    def _type(self, path: str, name: str) -> Type | None:
        """The type of a field of a list's record, which may go by the name that the list has where it is one."""
        listed = path.partition("[")[0] if "[" in path else path.partition(".")[0]
        for decl in self.vocabulary.lists.values():
            if listed in (decl.name, decl.one) and name in decl.fields:
                return decl.fields[name].type
        return None


def _is_text(type: Type | None) -> bool:
    return type is None or type.kind == "text" or (type.kind == "set" and not type.values)
