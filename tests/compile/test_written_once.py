"""What the stages ask of a program is the same expression for every record, so that it is compiled once."""

from __future__ import annotations

import copy

import pytest

from ccm_policy import evaluate, facts
from ccm_policy.compile import names as names_of_code
from ccm_policy.compile import program
from ccm_policy.compile.records import state_of
from ccm_policy.compile.scene import CompiledScene, Slots
from ccm_policy.evaluate import Options
from ccm_policy.evaluate.layers import layers_of
from ccm_policy.library import Selection
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


def test_python_reads_of_a_program_what_a_record_calls(monkeypatch: pytest.MonkeyPatch) -> None:
    """Most functions of a program are never called; none is read before it is."""
    policies = library().policies
    given, wrong = facts.check({**copy.deepcopy(PLAIN)}, policies.vocabulary)
    assert given is not None, wrong
    chosen = policies.select(given.facts, given.service_month)
    assert isinstance(chosen, Selection)
    names = layers_of(policies, chosen).payers
    read: list[str] = []
    right = names_of_code.execute

    def told(text: str, names: dict[str, object]) -> None:
        read.append(text)
        right(text, names)

    monkeypatch.setattr(program, "execute", told)
    monkeypatch.setattr(names_of_code, "execute", told)
    compiled = program.compiled(policies.program(names, given.service_month))
    assert not any(text.startswith("def ") for text in read)
    state = Slots(compiled, given, state_of(given, compiled.layout)).state
    for service in compiled.services:
        service.own(state)
    assert 1 < len(read) < len(compiled.writer.functions) / 2


def test_python_reads_a_text_once_for_all_programs_that_have_it() -> None:
    """A panel asks for some dozens of programs, and most of their text is the same."""
    policies = library().policies
    given, wrong = facts.check({**copy.deepcopy(PLAIN)}, policies.vocabulary)
    chosen = policies.select({} if given is None else given.facts, "2026-03")
    assert given is not None and isinstance(chosen, Selection), wrong
    read = []
    for layers in (layers_of(policies, chosen).payers, ("core.ccm", *layers_of(policies, chosen).payers)):
        compiled = program.compiled(policies.program(tuple(dict.fromkeys(layers)), given.service_month))
        for service in compiled.services:
            service.own(Slots(compiled, given, state_of(given, compiled.layout)).state)
        read.append(names_of_code._read.cache_info().misses)
    assert read[1] == read[0] > 0
