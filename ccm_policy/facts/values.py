"""The facts of a patient-month as they were given, before presumptions. The values themselves are the language's.

A path that is not in the mapping is absent; what absence means is the vocabulary's to say.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

from ccm_policy.language.tree import Cite
from ccm_policy.language.values import NONE, UNKNOWN, Known, Special, Value

__all__ = ["NONE", "UNKNOWN", "Authority", "Given", "GivenList", "Known", "Special", "Value"]


@dataclass(frozen=True, slots=True)
class Authority:
    """Who vouches for a fact that nobody recorded: an attestation of a practice's policy."""

    policy: str
    """The policy in which it stands."""
    edition: str
    """The month of that policy's edition, `YYYY-MM`."""
    name: str
    """Its name."""
    cites: tuple[Cite, ...]
    """The procedures that it cites, with the place in each."""


@dataclass(frozen=True, slots=True)
class GivenList:
    """A list as it was given."""

    rows: tuple[dict[str, Value], ...]
    """Of each record, field to value; an absent field is not in it."""
    complete: bool = True
    """False where only a short form gave its records."""
    numbers: tuple[int, ...] = ()
    """For each record, the row it was read from (from 1), for messages and paths."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Given:
    """One patient-month as it was given: typed and checked, nothing presumed."""

    patient_id: str
    """The patient's key."""
    service_month: str
    """`YYYY-MM`."""
    practitioner_id: str | None
    """Who bills; None: it is not given."""
    facts: dict[str, Value]
    """Dotted path to value; what is absent is not in it."""
    lists: dict[str, GivenList | Special]
    """A list's name to its records, or UNKNOWN for an explicit null."""
    digest: str
    """Of the facts in canonical form (`sha256:…`), the same for every input format."""
    file: str | None = None
    """Where it was read, for messages; None: it came from a program."""
    row: int | None = None
    """Its row or number there, from 1; None: it stood alone."""
    attested: Mapping[str, Authority] = field(default_factory=dict)
    """Each fact, and each field as `list[0].field`, that was not given and for which a practice vouches; its value
    stands among the others. Empty when facts are read."""

    @property
    def key(self) -> str:
        """How the record is named in messages."""
        return f"{self.patient_id} {self.service_month}"
