"""The modifiers that a service's line of a claim carries, as its policies say."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date
from fractions import Fraction

from ccm_policy.evaluate.patient_month import Cell, Record
from ccm_policy.evaluate.scene import Scene
from ccm_policy.evaluate.trace import missing
from ccm_policy.facts.values import UNKNOWN
from ccm_policy.language.tree import Service


def carried(service: Service, units: int, day: date | None, scene: Scene) -> tuple[tuple[str, ...], tuple[str, ...]]:
    """The modifiers of a service that is billed so, and for each that may apply a note of what it waits for."""
    found = list(_judged(service, units, day, scene)) if service.modifiers else []
    known = tuple(name for name, waits in found if waits is None)
    return known, tuple(f"Modifier {name} depends on {waits}." for name, waits in found if waits is not None)


def _judged(service: Service, units: int, day: date | None, scene: Scene) -> Iterator[tuple[str, str | None]]:
    """Each modifier that applies (None), or may, with the facts that it waits for."""
    cells = {"code": Cell(service.code), "units": Cell(Fraction(units)), "date": Cell(day or UNKNOWN)}
    line = Record(list=scene.vocabulary.claim or "", path=f"the line of {service.code}", cells=cells)
    scene = scene.apart()  # what is read of this line is not kept under its address
    for modifier in service.modifiers:
        truth = True if modifier.when is None else scene.truth(modifier.when, (line,))
        if truth is True:
            yield modifier.name, None
        elif truth is UNKNOWN and modifier.when is not None:
            lacks = missing(scene.evaluate(modifier.when, (line,)))
            yield modifier.name, ", ".join(dict.fromkeys(leaf.path for leaf in lacks))
