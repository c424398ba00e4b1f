"""Values decide, and a trace is made when somebody reads what it tells: an evaluator that notes each that is asked for.

It stands for one that makes no traces itself: what it gives is the reference's, and each trace comes later.
"""

from __future__ import annotations

import copy
import json
from collections.abc import Callable, Iterator
from dataclasses import replace
from typing import Any

import pytest

from ccm_policy import evaluate, facts
from ccm_policy.evaluate import Decision, Options, stages
from ccm_policy.evaluate.later import Later, changed
from ccm_policy.evaluate.patient_month import Facts
from ccm_policy.evaluate.ranges import Result
from ccm_policy.evaluate.rules import Judged
from ccm_policy.evaluate.scene import Asked, Bound, Scene
from ccm_policy.evaluate.services import Outcome
from ccm_policy.evaluate.stages import own_outcomes
from ccm_policy.facts.values import Given
from ccm_policy.language.tree import Program
from tests.evaluate.test_decision import PLAIN, WORLDS, library

CLAIM = [
    {"line": 1, "code": "99490", "date": "2026-03-31", "charge": "50.00"},
    {"line": 2, "code": "99439", "date": "2026-03-31", "units": 3},
    {"line": 3, "code": "99490", "date": "2026-03-01", "units": 1},
    {"line": 4, "code": "99214", "date": "2026-03-31"},
]


class NotingScene(Scene):
    """The reference's scene, which notes who asks it for more than a value."""

    def __init__(self, inner: Scene, asked: list[str]) -> None:
        vars(self).update({name: held for name, held in vars(inner).items() if name not in ("facts", "shared")})
        vars(self).update(inner=inner, asked=asked)

    def value(self, node: Asked, bound: Bound = ()) -> Result:
        return vars(self)["inner"].value(node, bound)  # type: ignore[no-any-return]

    def __getattribute__(self, name: str) -> Any:
        held = vars(self) if name != "__dict__" else {}
        if name in ("facts", "shared", "evaluate", "defined"):
            held["asked"].append(name)
            return getattr(held["inner"], name)
        if name in ("marked", "of_other_facts"):
            return getattr(held["inner"], name)
        if name in ("on_day", "apart"):
            return lambda *args: NotingScene(getattr(held["inner"], name)(*args), held["asked"])
        return super().__getattribute__(name)


class Noting:
    """The reference, with every trace left for later and noted when it is made."""

    def __init__(self) -> None:
        self.asked: list[str] = []

    def own_outcomes(
        self, given: Given, program: Program, *, presumptions: bool
    ) -> tuple[Facts, Scene, dict[str, Outcome]]:
        month, scene, own = own_outcomes(given, program, presumptions=presumptions)
        return month, NotingScene(scene, self.asked), {code: self.of_service(outcome) for code, outcome in own.items()}

    def of_service(self, outcome: Outcome) -> Outcome:
        code = outcome.service.code
        later = {name: self.later(f"{code} {name}", outcome, name) for name in ("trace", "earned", "adds_to")}
        rules = {id(judged): self.of_rule(judged) for judged in outcome.rules}
        flagging = tuple(rules[id(judged)] for judged in outcome.flagging)
        return changed(outcome, **later, rules=tuple(rules.values()), flagging=flagging)

    def of_rule(self, judged: Judged) -> Judged:
        return changed(judged, trace=self.later(judged.rule.name, judged, "trace"))

    def later(self, named: str, held: object, name: str) -> Later[Any]:
        def make() -> Any:
            self.asked.append(named)
            return getattr(held, name)

        return Later(make)


@pytest.fixture
def noting(monkeypatch: pytest.MonkeyPatch) -> Iterator[Noting]:
    made = Noting()
    monkeypatch.setitem(stages.EVALUATORS, "noting", made)
    yield made


def decided(evaluator: str, **changes: Any) -> Decision:
    loaded = library()
    given, _ = facts.check({**copy.deepcopy(PLAIN), **changes}, loaded.policies.vocabulary)
    assert given is not None
    return evaluate.decide(given, loaded.policies, loaded.fees, Options(evaluator=evaluator, sequestration=True))


def of_lines(decision: Decision) -> list[Any]:
    lines = decision.claim.lines if decision.claim is not None else ()
    return [(line.verdict, line.supported_units, line.allowed, line.ceiling, line.preferred) for line in lines]


STATUSES: dict[str, Callable[[Decision], Any]] = {
    "services": lambda decision: [(s.status, s.own_outcome, s.outside) for s in decision.services.values()],
    "units and amounts": lambda decision: [
        (s.units, s.possible_units, s.allowed, s.patient_share, s.sequestration, s.date_of_service, s.modifiers)
        for s in decision.services.values()
    ],
    "the claim": of_lines,
    "totals": lambda decision: decision.totals,
    "alternatives": lambda decision: decision.alternatives,
    "within reach": lambda decision: [(w.service, str(w.short), w.worth) for w in decision.within_reach],
    "who is at risk": lambda decision: [risk.services for risk in decision.audit_risks],
}


@pytest.mark.parametrize("changes", [*WORLDS, {"claim_lines": CLAIM}])
def test_statuses_and_amounts_need_no_trace(changes: dict[str, Any], noting: Noting) -> None:
    decision, reference = decided("noting", **changes), decided("reference", **changes)
    for what, read in STATUSES.items():
        assert read(decision) == read(reference), what
        assert noting.asked == [], f"{what} asks for a trace"


def test_a_month_without_a_question_is_written_without_a_trace(noting: Noting) -> None:
    told = decided("noting").to_dict("none")
    assert told["missing"] == []
    assert noting.asked == []


def test_short_reasons_ask_for_the_traces_of_what_does_not_hold(noting: Noting) -> None:
    decision = decided("noting")
    told = decision.to_dict("short")
    services = [s for s in decision.services.values() if s.outside is None]
    failing = {r.rule for s in services for r in s.reasons if r.outcome != "yes"}
    failing |= {f"{s.code} {part}" for s in services for part in ("earned", "adds_to")}
    assert {name for name in noting.asked if name != "evaluate"} <= failing
    assert told == decided("reference").to_dict("short")


@pytest.mark.parametrize("changes", [*WORLDS, {"claim_lines": CLAIM}])
def test_what_is_read_later_is_what_was_decided(changes: dict[str, Any], noting: Noting) -> None:
    decision, reference = decided("noting", **changes), decided("reference", **changes)
    assert json.dumps(decision.to_dict()) == json.dumps(reference.to_dict())
    assert decision == reference
    assert repr(decision.totals) in repr(decision)
    for service in decision.services.values():
        assert service.reasons[: len(service.against)] == service.against
        holding = service.reasons[len(service.against) :]
        assert all(reason.outcome != "yes" for reason in service.against) and all(r.outcome == "yes" for r in holding)
        deciding = [reason.severity == "decides" for reason in holding]
        assert deciding == sorted(deciding, reverse=True), "what decides stands before what flags"


def test_a_field_that_is_read_later_is_copied_unread() -> None:
    made: list[str] = []

    def findings() -> tuple[()]:
        made.append("findings")
        return ()

    decision = changed(decided("reference"), findings=Later(findings))
    other = changed(decision, status="other")
    assert made == []
    assert (other.findings, other.findings, made) == ((), (), ["findings"])
    assert replace(decision, status="other") == other


def test_no_evaluator_of_another_name() -> None:
    with pytest.raises(ValueError, match="no evaluator `quick`; there are: reference"):
        decided("quick")
