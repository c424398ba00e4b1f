"""The modifiers that a service's line of a claim carries, as its policies say."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from fractions import Fraction

from ccm_policy.evaluate.later import Later, WhenRead
from ccm_policy.evaluate.patient_month import Cell, Record
from ccm_policy.evaluate.scene import Scene
from ccm_policy.evaluate.trace import missing
from ccm_policy.facts.values import UNKNOWN
from ccm_policy.language.tree import Modifier, Service


@dataclass(frozen=True)
class Carried:
    """Modifiers by name, and for each that may apply a note of what it waits for."""

    names: tuple[str, ...]
    notes: WhenRead[tuple[str, ...]] = WhenRead()


NO_MODIFIERS = Carried((), ())


def carried(service: Service, units: int, day: date | None, scene: Scene) -> Carried:
    """The modifiers of a service that is billed so."""
    if not service.modifiers:
        return NO_MODIFIERS
    cells = {"code": Cell(service.code), "units": Cell(Fraction(units)), "date": Cell(day or UNKNOWN)}
    line = Record(list=scene.vocabulary.claim or "", path=f"the line of {service.code}", cells=cells)
    scene = scene.apart()  # what is read of this line is not kept under its address
    judged = [(m, True if m.when is None else scene.truth(m.when, (line,))) for m in service.modifiers]
    open_ones = [modifier for modifier, truth in judged if truth is UNKNOWN]
    names = tuple(modifier.name for modifier, truth in judged if truth is True)
    return Carried(names, Later(lambda: tuple(_note(modifier, line, scene) for modifier in open_ones)))


def _note(modifier: Modifier, line: Record, scene: Scene) -> str:
    lacks = () if modifier.when is None else missing(scene.evaluate(modifier.when, (line,)))
    return f"Modifier {modifier.name} depends on {', '.join(dict.fromkeys(leaf.path for leaf in lacks))}."
