"""What a panel comes to: billable, at risk, within reach, and the rules that fail most; patient-month after
patient-month."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, fields, replace
from typing import Any

from ccm_policy.evaluate.panel_checks import BETWEEN_PATIENTS
from ccm_policy.report.words import (
    Decided,
    Dollars,
    Near,
    added,
    at_hand,
    blocking,
    overlapping,
    supported,
    total,
    within_reach,
)


@dataclass(frozen=True, slots=True)
class Failing:
    """A deciding rule, and for how many patient-months it failed."""

    rule: str
    policy: str
    title: str
    patient_months: int


@dataclass(frozen=True, slots=True)
class Risk:
    """A rule that auditors ask about: for how many patient-months, and the dollars of the services under it."""

    rule: str
    policy: str
    title: str
    patient_months: int
    allowed: Dollars

    def __add__(self, other: Risk) -> Risk:
        months = self.patient_months + other.patient_months
        return replace(self, patient_months=months, allowed=self.allowed + other.allowed)


@dataclass(frozen=True, slots=True)
class Billed:
    """A service over the panel."""

    code: str
    title: str
    patient_months: int
    units: int
    allowed: Dollars

    def __add__(self, other: Billed) -> Billed:
        months, units = self.patient_months + other.patient_months, self.units + other.units
        return replace(self, patient_months=months, units=units, allowed=self.allowed + other.allowed)


@dataclass(frozen=True, slots=True, kw_only=True)
class Summary:
    """A panel. `billable`: allowed amounts of supported services; `at_risk`: the part of it under an audit risk;
    `held`: the part that the practice's own rules hold back; `attested`: the part that rests on what the practice
    attests. `ceiling`: supported services that wait for another payer, at most, in none of the others.
    `worth_within_reach` counts the best of each patient-month. `unpriced`: supported services without an amount, which
    are in no total. `risks`: the rules that `at_risk` is under; of a service under two both tell its
    dollars. `between_patients`: patient-months of which panel checks found something, and `overlapping` the
    part of `billable` that rests on it."""

    patient_months: int
    supported: int
    needing_information: int
    not_established: int
    billed: tuple[Billed, ...]
    billable: Dollars
    at_risk: Dollars
    held: Dollars
    attested: Dollars
    ceiling: Dollars
    sequestration: Dollars
    unpriced: int
    within_reach: tuple[Near, ...]
    worth_within_reach: Dollars
    failing: tuple[Failing, ...]
    risks: tuple[Risk, ...]
    between_patients: int
    overlapping: Dollars
    claim_lines: Mapping[str, int]


def summary(decisions: Iterable[Decided]) -> Summary:
    """The totals of a panel."""
    tally = Tally()
    for decision in decisions:
        tally.add(of_one(decision))
    return tally.whole()


def of_one(decision: Decided) -> Summary:
    """What one patient-month adds to the totals."""
    services = list(supported(decision))
    priced = [(code, s) for code, s in services if s["ceiling"] == "no"]
    second = [s for _, s in services if s["ceiling"] != "no"]
    near = within_reach(decision)
    shared = overlapping(decision)
    return Summary(
        patient_months=1,
        supported=int(bool(services)),
        needing_information=int(bool(decision["missing"])),
        not_established=int(decision["status"] == "not_established"),
        billed=tuple(Billed(code, s["title"], 1, s["units"], total([s["allowed"]])) for code, s in priced),
        billable=total(s["allowed"] for _, s in priced),
        at_risk=total(s["allowed"] for code, s in priced if code in _risky(decision)),
        held=total(s["allowed"] for _, s in priced if s["held"] is not None),
        attested=total(s["allowed"] for _, s in priced if s["attested"]),
        ceiling=total(s["allowed"] for s in second),
        sequestration=total(s.get("sequestration") for _, s in priced),
        unpriced=sum(1 for _, s in services if s["allowed"] is None),
        within_reach=near,
        worth_within_reach=added([_best(near)]),
        failing=_failing(decision),
        risks=_risks(decision, dict(priced)),
        between_patients=int(any(f["code"] == BETWEEN_PATIENTS for f in decision["findings"])),
        overlapping=total(s["allowed"] for code, s in priced if code in shared),
        claim_lines=_verdicts(decision),
    )


@dataclass(slots=True)
class Tally:
    """Totals as they grow, patient-month after patient-month."""

    _sums: dict[str, Any] = field(default_factory=dict)
    _billed: dict[str, Billed] = field(default_factory=dict)
    _failing: dict[tuple[str, str], Failing] = field(default_factory=dict)
    _risks: dict[tuple[str, str], Risk] = field(default_factory=dict)
    _near: list[Near] = field(default_factory=list)
    _lines: Counter[str] = field(default_factory=Counter)

    def add(self, part: Summary) -> None:
        """What a patient-month adds."""
        for name in _SUMS:
            more = getattr(part, name)
            self._sums[name] = self._sums[name] + more if name in self._sums else more
        for new in part.billed:
            old = self._billed.get(new.code)
            self._billed[new.code] = new if old is None else old + new
        for rule in part.failing:
            key = (rule.rule, rule.policy)
            old_rule = self._failing.get(key, replace(rule, patient_months=0))
            self._failing[key] = replace(old_rule, patient_months=old_rule.patient_months + rule.patient_months)
        for new_risk in part.risks:
            key = (new_risk.rule, new_risk.policy)
            old_risk = self._risks.get(key)
            self._risks[key] = new_risk if old_risk is None else old_risk + new_risk
        self._near += part.within_reach
        self._lines.update(part.claim_lines)

    def whole(self) -> Summary:
        """The totals of all that was added."""
        nothing = {name: Dollars() if kind == "Dollars" else 0 for name, kind in _SUMS.items()}
        return Summary(
            **{**nothing, **self._sums},
            billed=tuple(self._billed.values()),
            failing=tuple(sorted(self._failing.values(), key=lambda f: (-f.patient_months, f.rule, f.policy))),
            risks=tuple(sorted(self._risks.values(), key=lambda r: (-r.allowed.high, r.rule, r.policy))),
            within_reach=tuple(self._near),
            claim_lines=dict(sorted(self._lines.items())),
        )


_SUMS = {each.name: str(each.type) for each in fields(Summary) if each.type in ("int", "Dollars")}


def _best(near: tuple[Near, ...]) -> Dollars | None:
    return near[0].worth if near else None


def _risky(decision: Decided) -> set[str]:
    return {code for risk in decision["audit_risks"] for code in risk["services"]}


def _risks(decision: Decided, priced: Mapping[str, Any]) -> tuple[Risk, ...]:
    """The rules that flag what is supported and priced, each with the dollars under it."""
    codes: dict[tuple[str, str, str], set[str]] = {}
    for risk in decision["audit_risks"]:
        under = codes.setdefault((risk["rule"], risk["policy"], risk["title"]), set())
        under |= priced.keys() & set(risk["services"])
    return tuple(Risk(*rule, 1, total(priced[code]["allowed"] for code in own)) for rule, own in codes.items() if own)


def _failing(decision: Decided) -> tuple[Failing, ...]:
    """The deciding rules that a service at hand fails."""
    found: dict[tuple[str, str], Failing] = {}
    for _, service in at_hand(decision):
        for reason in blocking(service):
            failed = Failing(reason["rule"], reason["policy"], reason["title"], 1)
            found.setdefault((failed.rule, failed.policy), failed)
    return tuple(found.values())


def _verdicts(decision: Decided) -> dict[str, int]:
    """Claim lines by verdict, and the lines that the claim leaves out."""
    claim = decision["claim"] or {"lines": (), "missing_lines": ()}
    counts = Counter(line["verdict"] for line in claim["lines"])
    counts.update({"missing_line": len(claim["missing_lines"])} if claim["missing_lines"] else {})
    return dict(counts)
