"""What is decided about one service of a patient-month: status and amounts at once, what is told when it is read."""

from __future__ import annotations

from collections.abc import Callable, Collection
from dataclasses import dataclass, fields
from datetime import date
from typing import Any

from ccm_policy.evaluate.amounts import Amounts
from ccm_policy.evaluate.choice import NOT_SUPPORTED, SUPPORTED
from ccm_policy.evaluate.decision import ServiceDecision
from ccm_policy.evaluate.later import filled, made_once
from ccm_policy.evaluate.layers import House
from ccm_policy.evaluate.missing import missing_of, units_depend_on
from ccm_policy.evaluate.modifiers import NO_MODIFIERS, Carried, carried
from ccm_policy.evaluate.money import Money
from ccm_policy.evaluate.payment import NO_CEILING, NO_SHARE, Ceiling, Share, Worth, patient_share, withheld
from ccm_policy.evaluate.reasons import ADDS_TO, EARNS, Reason
from ccm_policy.evaluate.stages import Evaluated
from ccm_policy.evaluate.telling import Telling, held
from ccm_policy.fees import FeeSchedules
from ccm_policy.language.truth import word


@dataclass(frozen=True, slots=True, kw_only=True)
class Around:
    """The patient-month that a service is decided in. `second`: whether another payer comes first; `claimed`: the
    programmes of which something is claimed, None where any may be; `resting`: the services that rest on the practice's
    word; `sequestration`: whether it is shown."""

    month: Evaluated
    priced: Amounts
    houses: tuple[House, ...]
    telling: Telling
    second: Ceiling
    claimed: Collection[str] | None
    resting: Callable[[], frozenset[str]]
    fees: FeeSchedules
    sequestration: bool


def service_in(around: Around, code: str) -> ServiceDecision:
    """What is decided about a code."""
    month = around.month
    outcome, standing = month.outcomes[code], month.chosen[code]
    billed = _billed(around, code) if standing.status == SUPPORTED else NOT_BILLED
    made = object.__new__(_OfMonth)
    made.__dict__.update(
        code=code,
        title=outcome.service.title,
        status=standing.status,
        own_outcome="unknown" if month.undecided_layers.get(code) else word(outcome.own),
        units=billed.units,
        possible_units=_possible_units(month, code),
        yields_to=standing.yields_to,
        modifiers=billed.modifiers.names,
        allowed=billed.allowed,
        ceiling=word(billed.second.is_one),
        patient_share=billed.share.amount,
        sequestration=billed.withheld,
        _around=around,
        _billed=billed,
    )
    return made


class _OfMonth(ServiceDecision):
    """What is decided about a code, of which the rest is made when it is read."""

    _around: Around
    _billed: _Billed

    def __reduce__(self) -> tuple[Any, ...]:
        """What is sent to another process: all that is told, without what it is made of."""
        return filled, (ServiceDecision, {field.name: getattr(self, field.name) for field in fields(ServiceDecision)})

    @made_once
    def held(self) -> Reason | None:
        """By the first of the practice's layers that holds it."""
        houses = self._around.houses if self.status == SUPPORTED else ()
        return next((reason for house in houses if (reason := held(self.code, house))), None)

    @made_once
    def amount_note(self) -> str | None:
        return self._billed.note

    @made_once
    def patient_share_note(self) -> str | None:
        return self._billed.share.note

    @made_once
    def date_of_service(self) -> date | None:
        return self._around.priced.day_of(self.code)

    @made_once
    def reasons(self) -> tuple[Reason, ...]:
        return self._around.telling.of_service(self.code)

    @made_once
    def against(self) -> tuple[Reason, ...]:
        return self._around.telling.against(self.code)

    def of_part(self, name: str) -> Reason | None:
        """Without the others."""
        return self._of_its_units if name == EARNS else self._of_its_base if name == ADDS_TO else None

    @made_once
    def _of_its_units(self) -> Reason | None:
        return self._around.telling.of_part(self.code, EARNS)

    @made_once
    def _of_its_base(self) -> Reason | None:
        return self._around.telling.of_part(self.code, ADDS_TO)

    @made_once
    def missing(self) -> tuple[str, ...]:
        return missing_of(self._around.month, self.code)

    @made_once
    def units_depend_on(self) -> tuple[str, ...]:
        return units_depend_on(self._around.month, self.code)

    @made_once
    def notes(self) -> tuple[str, ...]:
        return (*self._around.telling.notes(self.code), *self._billed.modifiers.notes)

    @made_once
    def attested(self) -> bool:
        return self.status == SUPPORTED and self.code in self._around.resting()

    @made_once
    def outside(self) -> str | None:
        """The programme of a service, where the patient is settled not to be in it and nothing of it is claimed."""
        month, claimed = self._around.month, self._around.claimed
        service = month.program.services[self.code]
        if service.entered is None or claimed is None or self.own_outcome != "no" or service.family in claimed:
            return None
        if self.status != NOT_SUPPORTED:
            return None
        return service.family if month.scene.truth(service.entered) is False else None


@dataclass(frozen=True, slots=True, kw_only=True)
class _Billed:
    """What is paid for a service, and what is said of it."""

    units: int
    allowed: Money
    worth: Worth | None
    second: Ceiling
    share: Share
    withheld: Money
    modifiers: Carried

    @property
    def note(self) -> str | None:
        notes = () if self.worth is None else (self.worth.note, self.second.note)
        return "; ".join(note for note in notes if note) or None


NOT_BILLED = _Billed(
    units=0, allowed=None, worth=None, second=NO_CEILING, share=NO_SHARE, withheld=None, modifiers=NO_MODIFIERS
)


def _billed(around: Around, code: str) -> _Billed:
    """What a supported service is paid."""
    month, priced, second = around.month, around.priced, around.second
    outcome, worth, day = month.outcomes[code], priced.worth(code), priced.day_of(code)
    units = outcome.established_units
    allowed, first = priced.of(code, units), second.is_one is False
    share = patient_share(allowed, worth.payment, month.scene) if first else NO_SHARE
    sequestered = withheld(allowed, share, worth.payment, day, around.fees) if around.sequestration and first else None
    modifiers = carried(outcome.service, units, day, month.scene)
    return _Billed(
        units=units,
        allowed=allowed,
        worth=worth,
        second=second,
        share=share,
        withheld=sequestered,
        modifiers=modifiers,
    )


def _possible_units(month: Evaluated, code: str) -> int | None:
    may_be = month.before[code].open and not month.chosen[code].yields_to
    return month.outcomes[code].possible_units if may_be else 0
