"""A patient-month that shows a change, as it is told: facts to paste, both decisions by the reference, an example."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from ccm_policy.evaluate import Options, decide
from ccm_policy.evaluate.decision import Decision
from ccm_policy.evaluate.expectations import described
from ccm_policy.evaluate.stages import REFERENCE
from ccm_policy.facts.values import Given
from ccm_policy.fees import FeeSchedules
from ccm_policy.language import syntax as s
from ccm_policy.language.diagnostics import CcmPolicyError
from ccm_policy.review.departures import nearest, size
from ccm_policy.review.keeping import expected, statement, text_of
from ccm_policy.review.searching import Shown, Sides

__all__ = ["Witness", "witness_of"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Witness:
    """The smallest patient-month that was found to show a change.

    `facts`: as they are pasted, of the later side's month. `chart`: the named set that it departs from, and
    `departures` how. `before`, `after`: each service concerned, as the reference decides it on the sides; `differs`:
    whether the sides themselves differ in it (else the change shows only apart from the others). `example`: the
    statement to keep; None where none tells the sides apart.
    """

    aspect: str
    codes: tuple[str, ...]
    facts: Mapping[str, Any]
    chart: str
    departures: tuple[str, ...]
    told: int
    minutes: str
    before: Mapping[str, str]
    after: Mapping[str, str]
    differs: bool
    example: str | None

    def to_dict(self) -> dict[str, Any]:
        """Plain data."""
        return {
            "shows": self.aspect,
            "services": list(self.codes),
            "chart": self.chart or None,
            "departures": list(self.departures),
            "minutes": self.minutes,
            "facts": dict(self.facts),
            "before": dict(self.before),
            "after": dict(self.after),
            "differs": self.differs,
            "example": self.example,
        }


def witness_of(shown: Shown, aspect: str, sides: Sides, name: str, fees: FeeSchedules | None = None) -> Witness:
    """What was found, decided by the reference on both sides. `name`: what the change does, for the example's name."""
    later, earlier = sides.later, sides.earlier
    chart, changed = nearest(shown.raw, later.charts, later.vocabulary)
    then, now = (
        _decided(earlier.read(earlier.moved(shown.raw)), earlier.library, fees),
        _decided(later.read(shown.raw), later.library, fees),
    )
    before, after = _told(shown.codes, then), _told(shown.codes, now)
    measured = size(shown.raw, changed, later.vocabulary)
    expectations = [] if now is None else list(expected(shown.codes, now))
    first = next(iter(shown.codes), None)
    called = name if first is None else f"{name}: {first} {after[first]}"
    bare = statement(called, shown.raw, chart, changed, later.vocabulary)
    return Witness(
        aspect=aspect,
        codes=shown.codes,
        facts=shown.raw,
        chart=chart,
        departures=tuple(map(str, changed)),
        told=measured.facts,
        minutes=str(measured.minutes),
        before=before,
        after=after,
        differs=before != after,
        example=text_of(bare, expectations) if expectations else None,
    )


def _decided(given: Given | None, library: Any, fees: FeeSchedules | None) -> Decision | None:
    if given is None:
        return None
    try:
        return decide(given, library, fees or _fees(), Options(evaluator=REFERENCE))
    except CcmPolicyError:
        return None


def _fees() -> FeeSchedules:
    from ccm_policy import fees

    return fees.load()


def _told(codes: Sequence[str], decision: Decision | None) -> dict[str, str]:
    """Each service in the words of expectations."""
    found = {}
    for code in codes:
        service = decision.services.get(code) if decision is not None else None
        found[code] = "no service" if service is None else described(service, s.ExpectSupported(code))
    return found
