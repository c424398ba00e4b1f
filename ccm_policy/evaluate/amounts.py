"""What the services of a patient-month come to: amounts, totals, alternatives, and what would change them (S30)."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, replace
from datetime import date

from ccm_policy.evaluate.better_paid import Pay
from ccm_policy.evaluate.choice import NEEDS_INFORMATION, SUPPORTED, Standing, choose, compared
from ccm_policy.evaluate.derived import derived
from ccm_policy.evaluate.later import made_once
from ccm_policy.evaluate.money import NOTHING, Money, any_above, less, total, units_of
from ccm_policy.evaluate.payment import Worth, worth
from ccm_policy.evaluate.proposing import Proposing
from ccm_policy.evaluate.scene import Scene
from ccm_policy.evaluate.services import Outcome
from ccm_policy.evaluate.stages import Evaluated, pay_of
from ccm_policy.fees import FeeSchedules
from ccm_policy.language.tree import Preference, Program


@dataclass(frozen=True, slots=True)
class Alternative:
    """A tier or programme that yields though it stands by itself: what it would pay, beside what is preferred."""

    preference: Preference
    """The statement that orders them."""
    group: str
    """The tier or programme that yields."""
    units: Mapping[str, int]
    """Each code of it, to its units."""
    allowed: Money
    """Dollars for them; a mapping by the values of an unknown fact that sets it; None: there is no price."""
    yields_to: str
    """The tier or programme that is preferred."""


@dataclass(frozen=True)
class Amounts:
    """The worth of every service on its date of service, when it is asked for, and totals over any choice of them.

    `claimed`: by code, the date of service that the claim names; for other codes it is their own (D28).
    """

    month: Evaluated
    fees: FeeSchedules
    claimed: Mapping[str, date]
    _worths: dict[str, Worth] = field(default_factory=dict)

    def day_of(self, code: str) -> date | None:
        """The date of service; None while it is not known, and where there is none."""
        days = self._days(code)
        return days[0] if len(days) == 1 else None

    def worth(self, code: str) -> Worth:
        """What one unit of a code is worth."""
        if code not in self._worths:
            known = None if code in self.claimed else self.month.worths.get(code)
            month, outcome = self.month, self.month.outcomes[code]
            self._worths[code] = known or _worth(outcome, self._days(code), month.program, month.scene, self.fees)
        return self._worths[code]

    def _days(self, code: str) -> tuple[date, ...]:
        return (self.claimed[code],) if code in self.claimed else self._proposed.days(self.month.outcomes[code])

    @made_once
    def _proposed(self) -> Proposing:
        return Proposing(self.month.scene)

    def of(self, code: str, units: int) -> Money:
        """What so many units of a code are worth."""
        return units_of(self.worth(code).unit, units)

    def units(self, code: str) -> int:
        """The units that can be billed as things stand."""
        return self.month.outcomes[code].established_units

    def total(self, chosen: Mapping[str, Standing], units: Mapping[str, int]) -> Money:
        """The sum over supported services that have a price."""
        supported = [code for code, standing in chosen.items() if standing.status == SUPPORTED]
        amounts = [self.of(code, units.get(code, self.units(code))) for code in supported]
        return total(amount for amount in amounts if amount is not None)

    def now(self) -> Money:
        """What is chosen comes to."""
        return self.total(self.month.chosen, {})

    def if_supported(self, units: Mapping[str, int]) -> Money:
        """The total if the named services were supported with so many units, everything else as it stands."""
        before = {
            code: replace(standing, status=SUPPORTED) if code in units else standing
            for code, standing in self.month.before.items()
        }
        priced = compared(before, self.month.program)
        worths = {code: self.month.worths.get(code) or self.worth(code) for code in priced}
        pay = pay_of(self.month.outcomes, worths) | {
            code: Pay(amount, amount) for code in worths if code in units for amount in [self.of(code, units[code])]
        }
        return self.total(choose(before, self.month.program, pay, guess=True), units)

    def gain(self, units: Mapping[str, int]) -> Money:
        """What that would add to the total; None where a price is missing, as where no published rule decides."""
        priced = {code: count for code, count in units.items() if self.month.before[code].established}
        if (units and not priced) or any(self.worth(code).unit is None for code in priced):
            return None
        return less(self.if_supported(priced), self.now())

    def possible(self) -> Money:
        """The most that could be billed if everything unknown turned out well; never below what can be billed now."""
        if self._settled:
            return self.now()
        waiting = {
            code: self.hoped_units(code)
            for code, standing in self.month.chosen.items()
            if standing.open and self.worth(code).unit is not None
        }
        hoped = self.if_supported(waiting)
        return hoped if any_above(less(hoped, self.now()), NOTHING) else self.now()

    @property
    def _settled(self) -> bool:
        """Whether nothing that becomes known adds anything: no service waits, and none may have more units."""
        return not self.month.worths and not any(
            (standing.status == NEEDS_INFORMATION and standing.established)
            or (standing.status == SUPPORTED and self.hoped_units(code) != self.units(code))
            for code, standing in self.month.chosen.items()
        )

    def hoped_units(self, code: str) -> int:
        """The units if everything unknown turns out well; without a limit, those that are established, or one."""
        outcome = self.month.outcomes[code]
        established = max(1, int(outcome.units.low or 0))
        return established if outcome.possible_units is None else outcome.possible_units

    def alternatives(self) -> tuple[Alternative, ...]:
        """Every tier and programme that yields, with what it would pay."""
        groups: dict[tuple[str, str], list[str]] = {}
        for code, standing in self.month.chosen.items():
            if standing.yields_to is not None and self.month.before[code].status == SUPPORTED:
                assert standing.preference is not None, "what yields does so by a preference"
                tier = standing.preference.what == "tier"
                group = (derived(self.month.program).tier(standing.service) if tier else standing.service.family) or ""
                groups.setdefault((standing.preference.name, group), []).append(code)
        return tuple(self._alternative(group, codes) for (_, group), codes in groups.items())

    def _alternative(self, group: str, codes: list[str]) -> Alternative:
        standing = self.month.chosen[codes[0]]
        assert standing.preference is not None and standing.yields_to is not None, "only what yields is an alternative"
        units = {code: self.units(code) for code in codes}
        allowed = total(self.of(code, count) for code, count in units.items())
        return Alternative(standing.preference, group, units, allowed, standing.yields_to)


def by_themselves(
    own: Mapping[str, Outcome], program: Program, scene: Scene, fees: FeeSchedules
) -> Callable[[str], Worth]:
    """What a unit of each service is worth on its own day, whatever a claim says, when it is asked for."""
    proposing = Proposing(scene)
    return lambda code: _worth(own[code], proposing.days(own[code]), program, scene, fees)


def _worth(outcome: Outcome, days: tuple[date, ...], program: Program, scene: Scene, fees: FeeSchedules) -> Worth:
    found = [worth(outcome.service, day, program, scene, fees) for day in days]
    settled = bool(found) and all(one.unit == found[0].unit for one in found)
    return found[0] if settled else Worth(None, "the date of service is not known", ())
