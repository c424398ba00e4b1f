"""Where facts came from that were made of exports: what messages name, for nobody has seen the tables of facts."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from ccm_policy.language.diagnostics import Diagnostic


def of_exports(found: Sequence[Diagnostic], exports: str | None) -> list[Diagnostic]:
    """Messages about records that were made of exports: these, the patient and the field are what a person has."""
    return [
        each
        if exports is None or each.place is None
        else replace(each, place=replace(each.place, file=exports, row=None))
        for each in found
    ]
