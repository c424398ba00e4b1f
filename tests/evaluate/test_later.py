"""What is made when it is read: once, in whichever thread, and it can be sent to another process."""

from __future__ import annotations

import pickle
import threading
import time
from collections.abc import Iterator
from dataclasses import dataclass
from functools import partial

import pytest

from ccm_policy import Options
from ccm_policy.evaluate.later import Later, WhenRead, changed
from tests.evaluate.small_world import RECORD, UNITS, decide


@dataclass
class Whole:
    one: WhenRead[int] = WhenRead()
    other: WhenRead[int] = WhenRead()


class Shared:
    """What both values are made of: whoever makes one must be alone with it."""

    def __init__(self) -> None:
        self.at_work = 0
        self.made: list[str] = []

    def make(self, name: str) -> int:
        self.at_work += 1
        time.sleep(0.02)
        assert self.at_work == 1, "two threads make at one time"
        self.at_work -= 1
        self.made.append(name)
        return len(self.made)


def test_threads_make_one_at_a_time_and_each_value_once() -> None:
    shared = Shared()
    whole = Whole(Later(partial(shared.make, "one")), Later(partial(shared.make, "other")))
    found: list[tuple[int, int]] = []
    threads = [threading.Thread(target=lambda: found.append((whole.one, whole.other))) for _ in range(6)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert (shared.made, found) == (["one", "other"], [(1, 2)] * 6)


def test_a_value_that_is_made_of_another_is_no_standstill() -> None:
    whole = Whole(Later(lambda: whole.other + 1), Later(lambda: 4))
    assert whole.one == 5


def test_a_copy_makes_nothing() -> None:
    shared = Shared()
    whole = Whole(Later(partial(shared.make, "one")), 7)
    assert (changed(whole, other=8).other, shared.made) == (8, [])


@pytest.fixture
def quickly_turned() -> Iterator[None]:
    import sys

    before = sys.getswitchinterval()
    sys.setswitchinterval(1e-6)
    yield
    sys.setswitchinterval(before)


@pytest.mark.usefixtures("quickly_turned")
@pytest.mark.parametrize("evaluator", ["compiled", "reference"])
def test_a_decision_is_read_by_several_threads_and_sent(evaluator: str) -> None:
    given = {**RECORD, "log": [{"date": "2026-03-04", "minutes": 25, "who": "nurse"}]}
    options = Options(evaluator=evaluator)
    alone = decide(UNITS, given, options=options).to_dict()
    decision = decide(UNITS, given, options=options)
    assert pickle.loads(pickle.dumps(decision)).to_dict() == alone
    decision = decide(UNITS, given, options=options)
    found: list[object] = []
    threads = [threading.Thread(target=lambda: found.append(decision.to_dict())) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert found == [alone] * 4
    assert decision.to_dict() == alone
