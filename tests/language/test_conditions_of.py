"""What a statement asks, wherever it stands in it: the one list that checks, documentation and coverage read."""

from __future__ import annotations

from dataclasses import fields
from typing import get_args

import pytest

from ccm_policy import library
from ccm_policy.language import conditions_of as asked
from ccm_policy.language import tree as t

PARTS = """\
Definition: value
Service: earning.when, earning.step, earning.amount, earning.beyond, dated, modifiers.when, entered
Rule: conditions, when, waivers.when
LineCheck: lines, conditions, when
OverlapCheck: same, different, matches, keeps
Coverage: when
Permission: nothing
Payment: when, pays.when, patient_after, patient_nothing
Preference: nothing
Invariant: condition
Attestation: when
"""
"""Each kind of statement, and where in it something is asked."""


def kept(kind: type, before: str = "") -> list[str]:
    """The parts of a kind, by the list itself."""
    held = {"earning": t.Earning, "modifiers": t.Modifier, "waivers": t.Waiver, "pays": t.PayClause}
    found = []
    for name in asked._asking(kind):
        found += kept(held[name], f"{name}.") if name in held else [f"{before}{name}"]
    return found


def test_what_each_statement_asks() -> None:
    told = {kind.__name__: ", ".join(kept(kind)) or "nothing" for kind in get_args(asked.Statement)}
    assert "".join(f"{kind}: {parts}\n" for kind, parts in told.items()) == PARTS


def test_every_statement_of_a_program_is_read() -> None:
    program = library.load().program(("medicare.ccm",), "2026-03")
    read = {id(statement) for statement in asked.statements_of(program)}
    held = [getattr(program, field.name) for field in fields(program)]
    several = [
        value.values() if isinstance(value, dict) else value for value in held if isinstance(value, dict | tuple)
    ]
    there = [each for values in several for each in values if isinstance(each, get_args(asked.Statement))]
    assert {type(each) for each in there} >= {t.Definition, t.Service, t.Rule, t.OverlapCheck, t.Invariant}
    assert read == {id(each) for each in there}


@pytest.fixture
def payment() -> t.Payment:
    where = t.Where("x", "2026-01")
    fact = {name: t.Fact(name, t.YES_NO) for name in ("a", "b", "c", "d")}
    pays = (t.PayClause(percent=1, schedule="s", setting=None, locality=None, tail="when", when=fact["b"]),)  # type: ignore[arg-type]
    return t.Payment(
        name="p",
        codes=("1",),
        where=where,
        when=fact["a"],
        pays=pays,
        patient_after=fact["c"],
        patient_nothing=fact["d"],
    )


def test_each_thing_is_told_once_and_with_its_place(payment: t.Payment) -> None:
    found = [(each.part, each.node.path) for each in asked.conditions_of(payment) if isinstance(each.node, t.Fact)]
    assert found == [("when", "a"), ("pays.when", "b"), ("patient_after", "c"), ("patient_nothing", "d")]


def test_records_that_a_check_goes_through_are_asked_as_one_at_least() -> None:
    lines = t.Records("claim_lines", where=t.Fact("a", t.YES_NO))
    check = t.LineCheck(name="l", title="L", lines=lines, conditions=(), where=t.Where("x", "2026-01"))
    assert [(each.part, each.node) for each in asked.conditions_of(check)] == [("lines", t.AtLeast(1, lines))]
