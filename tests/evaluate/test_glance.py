"""A decision glanced at is the decision as it is written and opened; the reports of it write none."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from functools import cache
from typing import Any

import pytest

from ccm_policy.cli import flat
from ccm_policy.evaluate import Decision, opened
from ccm_policy.evaluate.examples import examples_of, run
from ccm_policy.evaluate.glance import glanced, not_holding, of_part, rests_on_facts
from ccm_policy.evaluate.reasons import PARTS
from ccm_policy.report.patient_months import patient_month
from tests.evaluate.test_attestations import attest, decided
from tests.evaluate.test_decision import PLAIN, library
from tests.evaluate.test_decision_record import CLINIC, worlds


@cache
def some_of_the_clinic() -> Sequence[Decision]:
    lines = CLINIC.with_suffix(".jsonl").read_text(encoding="utf-8").splitlines()
    return [library().evaluate(json.loads(line)) for line in lines[::9]]


def an_example_in_fifty() -> Iterator[Decision]:
    policies, schedules = library().policies, library().fees
    found = (run(example, policies, schedules).decision for example in examples_of(policies)[::50])
    return (decision for decision in found if decision is not None)


def of_an_attesting_practice() -> Iterator[Decision]:
    """One that rests on its practice's word, and on nothing else."""
    chart = {name: value for name, value in PLAIN.items() if name not in ("consents", "access_24_7")}
    yield library().evaluate({**chart, "practice": "attesting_template"})
    yield decided("kind is red", attest("colour", "fact kind red"), {})


def plain(told: Any) -> Any:
    """All that is told, read key by key."""
    if isinstance(told, Mapping):
        return {key: plain(told[key]) for key in told}
    return list(map(plain, told)) if isinstance(told, Sequence) and not isinstance(told, str) else told


KINDS = (some_of_the_clinic, worlds, an_example_in_fifty, of_an_attesting_practice)


@pytest.mark.parametrize("found", KINDS)
def test_whatever_is_read_is_as_it_is_written(found: Callable[[], Iterable[Decision]]) -> None:
    for decision in found():
        whole, told = opened(decision.to_dict()), glanced(decision)
        for code, service in whole["services"].items():
            ours = told["services"][code]
            assert plain(not_holding(ours)) == not_holding(service)
            for part, other in ((of_part(ours, name), of_part(service, name)) for name in PARTS):
                assert plain(part) == other
                assert part is None or other is None or rests_on_facts(part) is rests_on_facts(other)
        assert json.dumps(plain(told)) == json.dumps(plain(whole))


def test_what_is_asked_for_and_is_not_there() -> None:
    told = glanced(some_of_the_clinic()[0])
    assert told.get("no such key") is None
    with pytest.raises(KeyError):
        told["no such key"]


@pytest.mark.parametrize("report", [patient_month, lambda told: list(flat.rows(told))])
def test_a_report_writes_no_decision(report: Callable[[Any], Any], monkeypatch: pytest.MonkeyPatch) -> None:
    expected = [report(opened(decision.to_dict())) for decision in some_of_the_clinic()]
    monkeypatch.setattr(Decision, "to_dict", None)
    assert [report(glanced(decision)) for decision in some_of_the_clinic()] == expected
