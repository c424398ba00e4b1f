"""The things to do of a panel: its records as of a day, decided one after another."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import date
from fractions import Fraction
from pathlib import Path

from ccm_policy import facts
from ccm_policy.evaluate import Decision, Options
from ccm_policy.evaluate.amounts import Amounts
from ccm_policy.evaluate.calendar import month_bounds
from ccm_policy.evaluate.money import texts
from ccm_policy.evaluate.opening import opened
from ccm_policy.evaluate.panel import decided_or_not
from ccm_policy.facts.values import Given
from ccm_policy.fees import FeeSchedules
from ccm_policy.language.diagnostics import Diagnostic
from ccm_policy.language.tree import END_OF_RECORD
from ccm_policy.library import Library
from ccm_policy.report.keys import Keys
from ccm_policy.report.planning import Log, Planned, last_day, log_of, planned, whose
from ccm_policy.report.words import Dollars, dollars
from ccm_policy.report.worklist import About, Item, items_of

_REQUIREMENT = "requirement"
"""The kind of a rule that asks for something; one that forbids is not mended by work."""


@dataclass(slots=True, kw_only=True)
class Run:
    """One run; `keys` hashes those of persons.

    What it counted: patient-months that were read, and those that were over; entries dated after the day; and what
    would need minutes that count on no day that is left."""

    library: Library
    fees: FeeSchedules
    options: Options
    day: date
    keys: Keys | None = None
    read: int = 0
    over_already: int = 0
    left_out: int = 0
    too_late: int = 0
    told: set[Diagnostic] = field(default_factory=set)

    def over(self, path: Path, month: str | None, refused: list[Diagnostic]) -> Iterator[Item]:
        """The things to do of every patient-month that can be used; what is wrong with the others joins `refused`."""
        vocabulary = self.library.vocabulary
        log = log_of(vocabulary)
        for given in facts.stream(path, vocabulary, month=month):
            if isinstance(given, Diagnostic):
                refused.append(given)
                continue
            plan = planned(given, self.day, vocabulary)
            decision = decided_or_not(plan.given, self.library, self.fees, self.options)
            if isinstance(decision, list):
                refused.extend(each for each in decision if each not in self.told)
                self.told.update(decision)
                continue
            self.read += 1
            self.left_out += plan.left_out
            self.over_already += plan.day is None
            told = opened(decision.to_dict())
            about = self._about(decision, plan, log)
            yield from items_of(told if self.keys is None else self.keys.decision(told), about)

    def _about(self, decision: Decision, plan: Planned, log: Log | None) -> About:
        def until(code: str, minutes: Fraction) -> date | None:
            if plan.day is None:
                return None
            service = decision.services[code]
            units = service.units if service.status == "supported" else 0
            days = (plan.day, month_bounds(plan.given.service_month)[1])
            mark = self.library.vocabulary.marks.get(END_OF_RECORD)
            day = last_day(plan.given, (code, minutes, units), days, log, self._tried, mark)
            self.too_late += day is None
            return day

        def gain(code: str) -> Dollars | None:
            if decision.evaluated is None:
                return None
            amounts = Amounts(decision.evaluated, self.fees, {})
            return dollars(texts(amounts.gain({code: max(1, amounts.units(code))})))

        outcomes = () if decision.evaluated is None else decision.evaluated.outcomes.values()
        rules = {judged.rule.name: judged.rule.kind for outcome in outcomes for judged in outcome.rules}
        required = frozenset(name for name, kind in rules.items() if kind == _REQUIREMENT)
        shown = str if self.keys is None else self.keys.of
        return About(who=whose(plan.given, log, shown), last_day=until, required=required, gain=gain)

    def _tried(self, given: Given) -> Decision | None:
        decision = decided_or_not(given, self.library, self.fees, self.options)
        return decision if isinstance(decision, Decision) else None
