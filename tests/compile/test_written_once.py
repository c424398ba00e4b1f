"""What the stages ask of a program is the same expression for every record, so that it is compiled once."""

from __future__ import annotations

import copy

from ccm_policy import evaluate, facts
from ccm_policy.compile.scene import CompiledScene
from ccm_policy.evaluate import Options
from tests.evaluate.test_decision import PLAIN, library

CLAIM = [{"line": 1, "code": "99490", "date": "2026-03-31"}, {"line": 2, "code": "99439", "date": "2026-03-31"}]


def test_a_record_like_another_is_decided_without_writing_code() -> None:
    loaded = library()
    record = {**copy.deepcopy(PLAIN), "claim_lines": CLAIM, "as_of": "2026-03-29"}
    given, wrong = facts.check(record, loaded.policies.vocabulary)
    assert given is not None, wrong
    written = []
    for _ in range(6):
        decision = evaluate.decide(given, loaded.policies, loaded.fees, Options(evaluator="compiled"))
        decision.to_dict("none")
        assert decision.evaluated is not None
        scene = decision.evaluated.scene
        written.append(len(scene.slots.code.by_node) if isinstance(scene, CompiledScene) else 0)
    assert written[-1] == written[-2] > 0
