"""Many patient-months one after another: decided, checked against one another, and what cannot be decided told."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import replace

from ccm_policy.evaluate.decide import Options, decide
from ccm_policy.evaluate.decision import Decision
from ccm_policy.evaluate.panel_checks import PanelChecks
from ccm_policy.facts.values import Given
from ccm_policy.fees import FeeSchedules
from ccm_policy.language.diagnostics import CcmPolicyError, Diagnostic, Place
from ccm_policy.library import Library


def decided(
    records: Iterable[Given],
    library: Library,
    fees: FeeSchedules,
    options: Options,
    refused: list[Diagnostic],
    *,
    held: bool = False,
) -> Iterator[Decision]:
    """The decisions in the order of their records. Why a record has none joins `refused`, each fault once.

    What panel checks find between two of them is a finding of the later one; of both where they are `held` until the
    last is made.
    """
    panel = PanelChecks()
    told: set[Diagnostic] = set()

    def checked() -> Iterator[Decision]:
        for record in records:
            decision = decided_or_not(record, library, fees, options)
            if isinstance(decision, list):
                refused.extend(d for d in decision if d not in told)
                told.update(decision)
            else:
                yield panel.checked(decision)

    yield from panel.held(checked()) if held else checked()


def decided_or_not(
    record: Given, library: Library, fees: FeeSchedules, options: Options
) -> Decision | list[Diagnostic]:
    """The decision of a record, or why it has none."""
    try:
        return decide(record, library, fees, options)
    except CcmPolicyError as fault:
        return [_of(diagnostic, record) for diagnostic in fault.diagnostics]


OF_A_MONTH = ("CCM-E0440", "CCM-E0441")
"""Messages that the library does not know a record's month; all others are about the library or the options."""


def _of(diagnostic: Diagnostic, record: Given) -> Diagnostic:
    if diagnostic.code not in OF_A_MONTH or diagnostic.place is not None:
        return diagnostic
    return replace(diagnostic, place=Place(record.file, record.row, "service_month", record.key))
