"""What the services of a patient-month come to: amounts, totals, alternatives, and what would change them (S30)."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import date

from ccm_policy.evaluate.better_paid import Pay
from ccm_policy.evaluate.choice import NEEDS_INFORMATION, SUPPORTED, Standing, choose, tier_of
from ccm_policy.evaluate.money import NOTHING, Money, any_above, less, total, units_of
from ccm_policy.evaluate.payment import Worth, worth
from ccm_policy.evaluate.proposing import proposed
from ccm_policy.evaluate.scene import Scene
from ccm_policy.evaluate.services import Outcome, lived_in_the_month
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


@dataclass(frozen=True, slots=True)
class Amounts:
    """The worth of every service on its date of service, and totals over any choice of them."""

    month: Evaluated
    dates: Mapping[str, date | None]
    worths: Mapping[str, Worth]

    def of(self, code: str, units: int) -> Money:
        """What so many units of a code are worth."""
        return units_of(self.worths[code].unit, units)

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
        worths = {code: self.worths[code] for code in self.month.worths}
        pay = pay_of(self.month.outcomes, worths) | {
            code: Pay(amount, amount) for code in worths if code in units for amount in [self.of(code, units[code])]
        }
        return self.total(choose(before, self.month.program, pay, guess=True), units)

    def gain(self, units: Mapping[str, int]) -> Money:
        """What that would add to the total; None where a price is missing."""
        if any(self.worths[code].unit is None for code in units):
            return None
        return less(self.if_supported(units), self.now())

    def possible(self) -> Money:
        """The most that could be billed if everything unknown turned out well; never below what can be billed now."""
        waiting = {
            code: self.hoped_units(code)
            for code, standing in self.month.chosen.items()
            if standing.status in (NEEDS_INFORMATION, SUPPORTED) and self.worths[code].unit is not None
        }
        gained = less(self.if_supported(waiting), self.now())
        return self.if_supported(waiting) if any_above(gained, NOTHING) else self.now()

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
                group = (tier_of(standing.service, self.month.program) if tier else standing.service.family) or ""
                groups.setdefault((standing.preference.name, group), []).append(code)
        return tuple(self._alternative(group, codes) for (_, group), codes in groups.items())

    def _alternative(self, group: str, codes: list[str]) -> Alternative:
        standing = self.month.chosen[codes[0]]
        assert standing.preference is not None and standing.yields_to is not None, "only what yields is an alternative"
        units = {code: self.units(code) for code in codes}
        allowed = total(self.of(code, count) for code, count in units.items())
        return Alternative(standing.preference, group, units, allowed, standing.yields_to)


def amounts(month: Evaluated, fees: FeeSchedules, claimed: Mapping[str, date]) -> Amounts:
    """Price every service on its date of service: the claim's (`claimed`, by code), else its own (D28)."""
    dates: dict[str, date | None] = {}
    worths: dict[str, Worth] = {}
    for code, outcome in month.outcomes.items():
        days = (claimed[code],) if code in claimed else _days(outcome, month.scene)
        dates[code] = days[0] if len(days) == 1 else None
        known = None if code in claimed else month.worths.get(code)
        worths[code] = known or _worth(outcome, days, month.program, month.scene, fees)
    return Amounts(month, dates, worths)


def worths_for_choice(
    own: Mapping[str, Outcome], program: Program, scene: Scene, fees: FeeSchedules
) -> dict[str, Worth]:
    """What a unit of each service is worth on its own day, whatever a claim says; of none where no preference goes by
    amount."""
    if not any(preference.by_amount for preference in program.preferences):
        return {}
    return {code: _worth(outcome, _days(outcome, scene), program, scene, fees) for code, outcome in own.items()}


def _worth(outcome: Outcome, days: tuple[date, ...], program: Program, scene: Scene, fees: FeeSchedules) -> Worth:
    found = [worth(outcome.service, day, program, scene, fees) for day in days]
    settled = bool(found) and all(one.unit == found[0].unit for one in found)
    return found[0] if settled else Worth(None, "the date of service is not known", ())


def _days(outcome: Outcome, scene: Scene) -> tuple[date, ...]:
    """The day by which a service is priced; the first and the last that it may be while that is not known."""
    if not lived_in_the_month(scene):
        return ()
    served = proposed(outcome, scene)
    return tuple(dict.fromkeys((served.low, served.high)))
