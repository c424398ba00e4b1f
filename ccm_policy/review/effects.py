"""What changes mean, as data: of each change one effect, and the services that stay as they are."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum
from typing import Any

from ccm_policy.review.apart import Altered
from ccm_policy.review.showing import Witness


class Effect(StrEnum):
    """What a change means."""

    NOTHING = "no effect"
    TIGHTENS = "tightens"
    LOOSENS = "loosens"
    BOTH = "both"
    UNITS = "changes units"
    ASKED = "changes what is asked"
    COVERAGE = "changes coverage"
    CHOICE = "changes choice"
    AMOUNTS = "changes amounts"
    RISK = "audit risk only"
    OPEN = "not decided"


UNREAD = "Nothing reads it but what is changed with it."
NO_DECISION = "No decision reads it."
BY_ITSELF = "Each of its statements is told of by itself."
OF_THEIR_OWN = frozenset({UNREAD, NO_DECISION, BY_ITSELF})
"""What is said of changes that have no effect of their own, whatever else changes."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Told:
    """What a change of one statement means. `proved`: that it is so for every patient-month; else it is what was found
    among `tried`. `codes`: the services in which it shows. `witnesses`: the smallest patient-months that show it.
    `months`: in which it was asked."""

    policy: str
    kind: str
    name: str
    effect: Effect
    proved: bool
    codes: tuple[str, ...] = ()
    witnesses: tuple[Witness, ...] = ()
    tried: int = 0
    note: str = ""
    months: tuple[str, ...] = ()

    def to_dict(self) -> dict[str, Any]:
        """Plain data."""
        return {
            "policy": self.policy or None,
            "kind": self.kind,
            "name": self.name,
            "effect": self.effect.value,
            "proved": self.proved,
            "services": list(self.codes),
            "witnesses": [each.to_dict() for each in self.witnesses],
            "tried": self.tried,
            "months": list(self.months),
            "note": self.note,
        }


@dataclass(frozen=True, slots=True, kw_only=True)
class Kept:
    """A service of which no change was told by itself. `proved`: it stays as it is; else so many patient-months were
    tried. `changes`: one was found in which it does not, by what it reads. `but_for`: the policies of whose patients it
    is not decided."""

    code: str
    proved: bool
    tried: int = 0
    reaches: tuple[str, ...] = ()
    changes: bool = False
    but_for: tuple[str, ...] = ()

    def to_dict(self) -> dict[str, Any]:
        """Plain data."""
        return {
            "service": self.code,
            "changes": self.changes,
            "proved": self.proved,
            "tried": self.tried,
            "reads": list(self.reaches),
            "but_for": list(self.but_for),
        }


@dataclass(frozen=True, slots=True)
class Meaning:
    """What all changes mean, in their order, and the services that stay as they are. `months`: of the later side, in
    which these were asked for."""

    changes: tuple[Told, ...] = ()
    unchanged: tuple[Kept, ...] = ()
    months: tuple[str, ...] = ()

    def of(self, change: Altered) -> Told | None:
        """What one change means."""
        key = (change.policy, change.kind, change.name)
        return next((each for each in self.changes if (each.policy, each.kind, each.name) == key), None)

    def to_dict(self) -> dict[str, Any]:
        """Plain data."""
        return {
            "changes": [each.to_dict() for each in self.changes],
            "unchanged": [each.to_dict() for each in self.unchanged],
            "months": list(self.months),
        }
