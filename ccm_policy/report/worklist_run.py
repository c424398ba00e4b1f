"""The things to do of a panel: each of its records as of a day, decided, and what days are left tried."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import date
from fractions import Fraction

from ccm_policy.evaluate import Decision
from ccm_policy.evaluate.amounts import Amounts
from ccm_policy.evaluate.calendar import month_bounds
from ccm_policy.evaluate.choice import SUPPORTED
from ccm_policy.evaluate.decision import ServiceDecision
from ccm_policy.evaluate.glance import glanced
from ccm_policy.evaluate.missing import shortage
from ccm_policy.evaluate.money import texts
from ccm_policy.evaluate.panel import decided_or_not
from ccm_policy.evaluate.panel_checks import hours_of
from ccm_policy.evaluate.reasons import EARNS
from ccm_policy.evaluate.rules import DECIDES
from ccm_policy.evaluate.services import died_on
from ccm_policy.facts.values import Given
from ccm_policy.language.tree import END_OF_RECORD
from ccm_policy.panel.work import EachRecord, Made, Undecided
from ccm_policy.report.attestable import works
from ccm_policy.report.keys import Keys
from ccm_policy.report.planning import Log, Planned, hangs_on_month, last_day, log_of, planned, whose
from ccm_policy.report.things import CHECK, LATE, WORK, About, Item, items_of
from ccm_policy.report.words import Dollars, dollars

_REQUIREMENT = "requirement"
"""The kind of a rule that asks for something; one that forbids is not mended by work."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Todo:
    """What is to do of one patient-month; whether it was over, how many entries are dated after the day, and what is
    not offered: services for which minutes count on no day that is left (`too_late`), and rules that ask for what had
    to be done in the month (`month_over`)."""

    items: tuple[Item, ...]
    over: bool
    left_out: int
    too_late: int
    month_over: int


@dataclass(frozen=True, slots=True)
class Planning(EachRecord[Todo]):
    """Each record as of `day`; `keys` hashes those of persons."""

    day: date
    keys: Keys | None = None

    def of(self, given: Given) -> Made[Todo] | Undecided:
        """What is to do of a record that can be used."""
        vocabulary = self.library.vocabulary
        plan = planned(given, self.day, vocabulary)
        decision = decided_or_not(plan.given, self.library, self.fees, self.options)
        if isinstance(decision, list):
            return Undecided(tuple(decision))
        told = glanced(decision)
        about = _Month(self, plan, decision, log_of(vocabulary))
        items = tuple(items_of(told if self.keys is None else self.keys.named(told), about.about()))
        todo = Todo(
            items=items,
            over=plan.day is None,
            left_out=plan.left_out,
            too_late=len(about.too_late),
            month_over=len(about.month_over),
        )
        return Made(todo, False, hours_of(decision))


@dataclass(frozen=True, slots=True)
class _Month:
    """What is asked of one patient-month besides its decision; what is not offered is kept."""

    planning: Planning
    plan: Planned
    decision: Decision
    log: Log | None
    too_late: set[str] = field(default_factory=set)
    month_over: set[str] = field(default_factory=set)

    def about(self) -> About:
        keys = self.planning.keys
        return About(
            who=whose(self.plan.given, self.log, str if keys is None else keys.of),
            last_day=self.last_day,
            short=self.short,
            mended=self.mended,
            gain=self.gain,
            work=works(self.planning.library.vocabulary),
            at_most=self.at_most,
        )

    def last_day(self, code: str, minutes: Fraction) -> date | None:
        if self.plan.day is None:
            return None
        before = self.decision.services[code]
        units = before.units if before.status == SUPPORTED else 0
        stands = _standing(before) - {EARNS}

        def earns(given: Given) -> bool:
            tried = decided_or_not(given, self.planning.library, self.planning.fees, self.planning.options)
            service = None if isinstance(tried, list) else tried.services.get(code)
            if service is None:
                return False
            if not stands:
                return service.status == SUPPORTED and service.units > units
            return _standing(service) <= stands and service.own_outcome == "no"

        days = (self.plan.day, month_bounds(self.plan.given.service_month)[1])
        mark = self.planning.library.vocabulary.marks.get(END_OF_RECORD)
        day = last_day(self.plan.given, minutes, days, self.log, earns, mark)
        if day is None:
            self.too_late.add(code)
        return day

    def short(self, code: str) -> str | None:
        month = self.decision.evaluated
        if month is None or self.plan.day is None or died_on(month.scene) is not None:
            return None
        found = shortage(month.outcomes[code], month.scene)
        return None if found is None or found.amount > self.planning.options.reach else str(found)

    def mended(self, code: str, name: str) -> str | None:
        month = self.decision.evaluated
        outcome = None if month is None else month.outcomes.get(code)
        judged = next((each for each in outcome.rules if each.rule.name == name), None) if outcome else None
        if judged is None or judged.rule.kind != _REQUIREMENT or not judged.rule.remedy:
            return None
        work = works(self.planning.library.vocabulary)
        if self.plan.day is None and hangs_on_month(judged.rule, work):
            self.month_over.add(name)
            return LATE
        read = {leaf.path for leaf in judged.grounds.leaves}
        earned = self.decision.services[code].of_part(EARNS)
        counted = set() if earned is None else {leaf.path for leaf in earned.facts}
        # what makes minutes count is read on the way to many a rule, and is not what the rule is about
        return WORK if any(map(work, read - counted or read)) else CHECK

    def gain(self, code: str) -> Dollars | None:
        month = self.decision.evaluated
        if month is None:
            return None
        amounts = Amounts(month, self.planning.fees, {})
        return dollars(texts(amounts.gain({code: max(1, amounts.units(code))})))

    def at_most(self, services: Sequence[str]) -> Dollars | None:
        month, log = self.decision.evaluated, self.log
        if month is None or log is None:
            return None
        ends = f"].{log.minutes}"
        minutes = [m for m in self.decision.missing if m.fact.startswith(f"{log.name}[") and m.fact.endswith(ends)]
        if not {code for each in minutes for code in each.services} & set(services):
            return None
        amounts = Amounts(month, self.planning.fees, {})
        more = {code: amounts.units(code) + month.outcomes[code].service.earning.units for code in services}
        return dollars(texts(amounts.gain(more)))


def _standing(service: ServiceDecision) -> set[str]:
    """All that stands against a service by itself, by its rule or part."""
    return {r.rule for r in service.against if r.outcome == "no" and r.severity == DECIDES}
