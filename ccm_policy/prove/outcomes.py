"""Rules and services as the solver has them: each rule's truth, each service's own outcome and units (S20 to S26)."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import date

import z3

from ccm_policy.evaluate.derived import derived
from ccm_policy.language import tree as t
from ccm_policy.prove.encoder import Encoder
from ccm_policy.prove.expressions import full_multiples
from ccm_policy.prove.values import Term, same_sort


@dataclass(slots=True)
class Terms:
    """A program over a month: what it decides, each part made when it is asked for."""

    to: Encoder
    _units: dict[str, Term] = field(default_factory=dict)
    _own: dict[str, Term] = field(default_factory=dict)
    _held: dict[int, Term] = field(default_factory=dict)

    @property
    def program(self) -> t.Program:
        """What is encoded."""
        return self.to.program

    def holds(self, rule: t.Rule) -> Term:
        """Whether a rule holds for the month, on whatever date a service has."""
        if id(rule) not in self._held:
            ways = [z3.And(*(self.to.truth(condition) for condition in rule.conditions))]
            ways += [self.to.truth(waiver.when) for waiver in rule.waivers]
            ways += [] if rule.when is None else [z3.Not(self.to.truth(rule.when))]
            self._held[id(rule)] = z3.Or(*ways)
        return self._held[id(rule)]

    def holds_for(self, rule: t.Rule, code: str) -> Term:
        """Whether a rule holds on the date of a service."""
        if rule.from_day is None and rule.until_day is None:
            return self.holds(rule)
        day = self.served(self.program.services[code])
        return z3.Or(self.holds(rule), z3.Not(within_days(rule.from_day, rule.until_day, day)))

    def served(self, service: t.Service) -> Term:
        """The date of service where no claim says."""
        month = self.to.month
        last: Term = z3.IntVal(month.last_day)
        for mark in (t.END_OF_MONTH, t.END_OF_RECORD):
            path = month.vocabulary.marks.get(mark)
            if path is not None:
                day = month.fact(path)
                last = z3.If(z3.And(day >= month.first_day, day < last), day, last)
        if service.dated is None:
            return last
        dated = self.to.value(service.dated)
        return z3.If(z3.Or(dated < month.first_day, last < dated), last, dated)

    def units(self, code: str) -> Term:
        """How many units are earned."""
        if code not in self._units:
            self._units[code] = self._earned(self.program.services[code].earning)
        return self._units[code]

    def established(self, code: str) -> Term:
        """The units of a service that is supported by itself; else none."""
        return z3.If(self.own(code), self.units(code), z3.IntVal(0))

    def _earned(self, earning: t.Earning) -> Term:
        count: Term = z3.IntVal(1)
        if earning.each_of:
            stand = [z3.If(self.own(code), 1, 0) for code in earning.each_of if code in self.program.services]
            count = z3.Sum(*stand) if stand else z3.IntVal(0)
        elif earning.step is not None and earning.amount is not None:
            amount = self.to.number(earning.amount)
            if earning.beyond is not None:
                one, other = same_sort(amount, self.to.number(earning.beyond))
                amount = one - other
            count = full_multiples(self.to.number(earning.step), amount)
        if earning.when is not None:
            count = z3.If(self.to.truth(earning.when), count, z3.IntVal(0))
        count = count * earning.units
        return count if earning.at_most is None else z3.If(count > earning.at_most, z3.IntVal(earning.at_most), count)

    def own(self, code: str) -> Term:
        """A service's own outcome: its deciding rules, a unit earned, something to add to, a day to be dated on."""
        if code not in self._own:
            service = self.program.services[code]
            parts = [self.holds_for(rule, code) for rule in self.program.rules if rule.decides and code in rule.codes]
            parts.append(self.units(code) >= 1)
            if service.base:
                parts.append(self._base(service))
            self._own[code] = z3.And(*parts, self._lived())
        return self._own[code]

    def _base(self, service: t.Service) -> Term:
        ways = [self.own(code) for code in service.base if code in self.program.services]
        billed = derived(self.program).billed.get(service.code)
        return z3.Or(*ways, *([] if billed is None else [self.to.truth(billed)]))

    def _lived(self) -> Term:
        path = self.to.month.vocabulary.marks.get(t.END_OF_MONTH)
        return z3.BoolVal(True) if path is None else self.to.month.fact(path) >= self.to.month.first_day


def within_days(first: date | None, last: date | None, day: Term) -> Term:
    """Whether a day lies in the days from `first` to `last`, either of which may be open."""
    after = [] if first is None else [day >= first.toordinal()]
    before = [] if last is None else [day <= last.toordinal()]
    return z3.And(*after, *before)
