"""A record of facts of one value each, told at once: most of them say again what others said.

Whatever is otherwise (a list, an object, a name that nobody knows, a value that is none) is for `checking`, which says
what is wrong.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from operator import is_, itemgetter
from typing import Any

from ccm_policy.facts.contradictions import contradictions
from ccm_policy.facts.digest import canonical_item, digest_of
from ccm_policy.facts.plan import MONTH, PATIENT, PRACTITIONER, Known, Leaf, Plan
from ccm_policy.facts.values import Given, Special, Value


@dataclass(slots=True)
class Plain:
    """A record's patient, and what stands under its other names: in their order, and by its path."""

    patient: str
    said: Sequence[Known]
    by_path: Mapping[str, Known]

    @property
    def practitioner(self) -> str | None:
        """Who bills; None: it is not given."""
        found = self.by_path.get(PRACTITIONER)
        return found.value if found is not None and isinstance(found.value, str) else None

    def given(self) -> Given:
        """The same as `checking` gives."""
        facts: dict[str, Value] = {PATIENT: self.patient, **{path: said.value for path, said in self.by_path.items()}}
        items = [canonical_item(PATIENT, self.patient), *(said.item for said in self.said)]
        return Given(
            patient_id=self.patient,
            service_month=str(facts[MONTH]),
            practitioner_id=self.practitioner,
            facts=facts,
            lists={},
            digest=digest_of(items, {}),
        )


_classes, _paths = itemgetter(0), itemgetter(1)


def plain(record: dict[Any, Any], plan: Plan) -> Plain | None:
    """The facts of a record; None where it is to be checked."""
    rest, leaf = record.copy(), plan.root.names.get(PATIENT)
    patient = leaf.parse(rest.pop(PATIENT, None)) if isinstance(leaf, Leaf) else None
    try:
        said: list[Any] = [*map(plan.root.known.get, rest.items())]
    except TypeError:  # a list or an object has no hash
        return None
    if not all(said) or not all(map(is_, map(_classes, said), map(type, rest.values()))):
        said = [_read(plan, name, raw) for name, raw in rest.items()]
    if not isinstance(patient, str) or not all(said):
        return None
    by_path = dict(zip(map(_paths, said), said, strict=True))
    whole = len(by_path) == len(said) and PATIENT not in by_path and MONTH in by_path
    return Plain(patient, said, by_path) if whole and _in_order(by_path, plan) else None


def _read(plan: Plan, name: Any, raw: Any) -> Known | None:
    """What stands under a name; None where that is no fact, or something is wrong with it."""
    known = plan.root.known.get((name, raw))
    if known is not None and known.read_from is raw.__class__:
        return known
    leaf = plan.root.leaf(name) if isinstance(name, str) else None
    found = None if leaf is None else plan.root.read(name, leaf, raw)
    return found if isinstance(found, Known) else None


def _in_order(by_path: Mapping[str, Known], plan: Plan) -> bool:
    """Whether its month is known, and no fact contradicts another."""
    if isinstance(by_path[MONTH].value, Special):
        return False
    dated = [path for path in plan.in_month if path in by_path]
    if not dated:
        return True
    return not any(contradictions({path: by_path[path].value for path in (MONTH, *dated)}, {}, plan))
