"""All kinds of expression together: what a scene evaluates with."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date

from ccm_policy.evaluate import aggregates, expressions, extremes, lookups
from ccm_policy.evaluate.calendar import month_bounds
from ccm_policy.evaluate.patient_month import Facts
from ccm_policy.evaluate.scene import Reader, Scene
from ccm_policy.language.tree import Program

READERS: Mapping[type, Reader] = {
    **expressions.READERS,
    **lookups.READERS,
    **aggregates.READERS,
    **extremes.READERS,
}


def scene_of(program: Program, facts: Facts, month: str, on: date | None = None) -> Scene:
    """The scene in which the rules of a program are evaluated for a patient-month. `on`: the date of service (D28)."""
    return Scene(
        readers=READERS,
        month=month,
        facts=facts,
        vocabulary=program.vocabulary,
        definitions=program.definitions,
        tables=program.tables,
        on=on or month_bounds(month)[1],
        overlap_checks=tuple(check for check in program.overlap_checks if not check.across),
    )
