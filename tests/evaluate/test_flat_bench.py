"""The flat ruleset of the benchmarks: its policies and its hand-written program give the same answers."""

from __future__ import annotations

from importlib import import_module
from pathlib import Path

import pytest

import ccm_policy

BENCHMARKS = Path(__file__).parents[2] / "benchmarks"


@pytest.mark.parametrize("evaluator", ["reference", "compiled"])
def test_policies_and_the_program_by_hand_say_the_same(evaluator: str, monkeypatch: pytest.MonkeyPatch) -> None:
    """Each status, unit, cent and reason, with unknowns: a third program beside the two evaluators."""
    monkeypatch.syspath_prepend(BENCHMARKS)
    rows, by_hand, by_policy = (import_module(f"flat.{name}") for name in ("rows", "by_hand", "by_policy"))
    library = ccm_policy.load(by_policy.POLICIES)
    prices = by_policy.prices(library)
    options = ccm_policy.Options(evaluator=evaluator)
    open_choices = 0
    for number, row in enumerate(rows.rows(200, seed=7)):
        said = by_hand.decide(row, prices)
        decision = library.evaluate(rows.record(number, row), options)
        assert by_policy.answer(decision) == said, row
        assert by_hand.with_unknowns(row, prices) == said
        reasons = [reason for service in decision.services.values() for reason in service.reasons]
        open_choices += any(reason.rule == "tier ccm" and reason.outcome == "unknown" for reason in reasons)
    assert open_choices, "in some row it is not known which tier comes to more"
