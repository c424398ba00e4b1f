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
    records: Iterable[Given], library: Library, fees: FeeSchedules, options: Options, refused: list[Diagnostic]
) -> Iterator[Decision]:
    """The decisions in the order of their records. Why a record has none joins `refused`, each fault once.

    What panel checks find between two patients is a finding of the later of their decisions.
    """
    panel = PanelChecks()
    for record in records:
        try:
            decision = panel.checked(decide(record, library, fees, options))
        except CcmPolicyError as fault:
            told = (_of(d, record) for d in fault.diagnostics)
            refused += [d for d in told if d not in refused]
            continue
        yield decision


OF_A_MONTH = ("CCM-E0440", "CCM-E0441")
"""Messages that the library does not know a record's month; all others are about the library or the options."""


def _of(diagnostic: Diagnostic, record: Given) -> Diagnostic:
    if diagnostic.code not in OF_A_MONTH or diagnostic.place is not None:
        return diagnostic
    return replace(diagnostic, place=Place(record.file, record.row, "service_month", record.key))
