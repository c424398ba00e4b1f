"""The facts of a patient-month as they were given, before presumptions. The values themselves are the language's.

A path that is not in the mapping is absent; what absence means is the vocabulary's to say.
"""

from __future__ import annotations

from dataclasses import dataclass

from ccm_policy.language.values import NONE, UNKNOWN, Known, Special, Value

__all__ = ["NONE", "UNKNOWN", "Given", "GivenList", "Known", "Special", "Value"]


@dataclass(frozen=True, slots=True)
class GivenList:
    """A list as it was given. `complete` is False where only a short form gave its records. `rows` map field to value;
    an absent field is not in the row. `numbers`: for each record, the row it was read from (from 1), for messages
    and paths."""

    rows: tuple[dict[str, Value], ...]
    complete: bool = True
    numbers: tuple[int, ...] = ()


@dataclass(frozen=True, slots=True)
class Given:
    """One patient-month as it was given: typed and checked, nothing presumed.

    `facts`: dotted path to value. `lists`: list name to its records, or UNKNOWN for an explicit null. `digest`: of
    the facts
    in canonical form (`sha256:…`), the same for every input format. `place`: where it was read, for messages.
    """

    patient_id: str
    service_month: str
    practitioner_id: str | None
    facts: dict[str, Value]
    lists: dict[str, GivenList | Special]
    digest: str
    file: str | None = None
    row: int | None = None

    @property
    def key(self) -> str:
        """How the record is named in messages."""
        return f"{self.patient_id} {self.service_month}"
