"""Entries that share minutes of the clock or run past midnight: by compiled code as by the reference, and in one pass
over their moments as moment by moment."""

from __future__ import annotations

import random
import time
from fractions import Fraction
from typing import Any

import pytest

from ccm_policy import facts
from ccm_policy.compile import evaluator
from ccm_policy.evaluate import once
from ccm_policy.evaluate.sweep import Timed, sweep
from tests.compile.test_decisions_equal import AT_ONCE, REFERENCE, pair, written
from tests.evaluate.test_law_of_the_library import Chart, library


def crowded(chart: Chart, rng: random.Random, doubts: float = 0.0) -> Chart:
    """The chart with more entries beside those of its log, some past midnight. `doubts`: how often one says less."""
    log = chart.get("time_log") or []
    more = []
    for entry in rng.sample(log, min(len(log), 4)):
        for _ in range(rng.randint(1, 3)):
            new = {name: value for name, value in entry.items() if name not in ("end", "id")}
            new["start"] = rng.choice(["09:00", "09:05", "09:20", "23:30", "23:50"])
            new["minutes"] = rng.choice([5, 10, 20, 30, 45])
            new["date"] = rng.choice(log)["date"]
            if rng.random() < doubts:
                new[rng.choice(["start", "minutes"])] = None
            more.append(new)
    return {**chart, "time_log": [*log, *more]}


def charts(doubts: float) -> list[Any]:
    found = []
    for number in range(3):
        rng = random.Random(number)
        chart = crowded(pair(number, "clinic")[0], rng, doubts)
        given, _ = facts.check(chart, library().policies.vocabulary)
        found += [] if given is None else [given]
    assert len(found) > 1
    return found


@pytest.mark.parametrize("doubts", [0.0, 0.3])
def test_decisions_are_the_same(doubts: float) -> None:
    for given in charts(doubts):
        assert written(given, AT_ONCE) == written(given, REFERENCE)


def test_compiled_code_decides_them(monkeypatch: pytest.MonkeyPatch) -> None:
    def left(*asked: object, **more: object) -> None:
        pytest.fail("the record was left to the reference")

    monkeypatch.setattr(evaluator, "own_outcomes", left)
    for given in charts(0.0):
        assert "error" not in written(given, AT_ONCE)


def test_one_pass_and_moment_by_moment_come_to_the_same(monkeypatch: pytest.MonkeyPatch) -> None:
    given = charts(0.0)
    swept: list[bool] = []
    right = once._swept

    def counted(*cluster: Any) -> bool:
        swept.append(right(*cluster))
        return swept[-1]

    monkeypatch.setattr(once, "_swept", counted)
    quick = [written(one, REFERENCE) for one in given]
    monkeypatch.setattr(once, "_swept", lambda *cluster: False)
    assert [written(one, REFERENCE) for one in given] == quick
    assert True in swept


def test_the_pass_grows_with_the_records() -> None:
    """Four times as many take some five times as long; moment by moment it would be sixteen times."""

    def taken(count: int) -> float:
        timed = [
            Timed(
                kind=n % 3,
                first=Fraction(0),
                last=Fraction(1 + n),
                rank=(Fraction(-1 - n % 7), Fraction(0), n),
                summed=True,
            )
            for n in range(count)
        ]
        begun = time.process_time()
        sweep(timed, lambda one, other: True, lambda one, other: False)
        spent = time.process_time() - begun
        assert sum(one.kept for one in timed) == count
        return spent

    assert min(taken(1200) for _ in range(3)) < 9 * min(taken(300) for _ in range(3))
