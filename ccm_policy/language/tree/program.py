"""A program: everything in force for a payer and a month, as one value."""

from __future__ import annotations

from dataclasses import KW_ONLY, dataclass, field

from ccm_policy.language.tree.statements import (
    Attestation,
    Coverage,
    Definition,
    Dispute,
    Invariant,
    LineCheck,
    OverlapCheck,
    Payment,
    Permission,
    Preference,
    Remark,
    Rule,
    Service,
    Table,
)
from ccm_policy.language.tree.vocabulary import Vocabulary


@dataclass(frozen=True, slots=True)
class PolicyInForce:
    """A policy that took part: its name, title, level among the layers, and the edition in force.

    `asks`: facts, lists and fields (`list.field`) that it does not let be presumed; `records`: those of which it wants
    the record itself, so that nobody may attest them either.
    """

    name: str
    title: str
    level: str
    edition: str
    priced_by: str | None = None
    asks: tuple[str, ...] = ()
    _: KW_ONLY
    records: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Program:
    """Everything in force for a payer, plan, contractor, state, practice and month: what the interpreter runs.

    It is the same one for every month and every patient that read the same text. `definitions` stand in an order in
    which each reads only earlier ones.
    """

    vocabulary: Vocabulary
    policies: tuple[PolicyInForce, ...]
    definitions: dict[str, Definition]
    services: dict[str, Service]
    rules: tuple[Rule, ...]
    preferences: tuple[Preference, ...]
    coverages: tuple[Coverage, ...]
    payments: tuple[Payment, ...]
    line_checks: tuple[LineCheck, ...]
    tables: dict[str, Table]
    permissions: tuple[Permission, ...] = ()
    disputes: tuple[Dispute, ...] = ()
    remarks: tuple[Remark, ...] = ()
    invariants: tuple[Invariant, ...] = ()
    lives: dict[str, tuple[str, str | None, str | None]] = field(default_factory=dict)
    """Every code that any edition decides, to its first month, last month and successor, for claims out of a code's
    life."""
    overlap_checks: tuple[OverlapCheck, ...] = ()
    attestations: tuple[Attestation, ...] = ()
    billed: str | None = None
    """The definition that tells which other services were billed; None where none does: then every one was."""
    apart: tuple[str, ...] = ()
    """The definitions that tell which lines are none of the claim's, and say why by their titles."""
    digest: str = field(default="", compare=False)
    """Of the text and the vocabulary that it was made from: equal digests are equal programs. Empty where it was not
    made by a library, or altered since: nothing is kept of it."""


STATEMENTS = (
    "definitions",
    "services",
    "rules",
    "preferences",
    "coverages",
    "payments",
    "line_checks",
    "tables",
    "permissions",
    "disputes",
    "remarks",
    "invariants",
    "overlap_checks",
    "attestations",
)
"""The fields of a program that hold statements, one by one or each by its name."""
