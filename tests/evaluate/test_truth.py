"""The truth tables of the language (S9 to S12, S20, S23, S25, S28) as tables of cases."""

from __future__ import annotations

from itertools import product
from typing import Any, Final

import pytest

from ccm_policy.facts.values import UNKNOWN
from ccm_policy.language.truth import Truth, conjunction, disjunction, negation
from tests.evaluate.small_world import SERVICE, TIERS, UNITS, decide, holds, reason, rule

YES, NO = True, False
UNSAID: Final = UNKNOWN


def given(**facts: str) -> dict[str, Any]:
    """Facts by their words: `given(flag="yes", other_flag="unknown")`."""
    return {name: word == "yes" for name, word in facts.items() if word != "unknown"}


KLEENE = [
    # a, b, a and b, a or b
    (YES, YES, YES, YES),
    (YES, NO, NO, YES),
    (YES, UNSAID, UNSAID, YES),
    (NO, YES, NO, YES),
    (NO, NO, NO, NO),
    (NO, UNSAID, NO, UNSAID),
    (UNSAID, YES, UNSAID, YES),
    (UNSAID, NO, NO, UNSAID),
    (UNSAID, UNSAID, UNSAID, UNSAID),
]


@pytest.mark.parametrize(("a", "b", "both", "either"), KLEENE)
def test_and_or(a: Truth, b: Truth, both: Truth, either: Truth) -> None:
    assert conjunction((a, b)) is both
    assert disjunction((a, b)) is either


def test_not_and_nothing() -> None:
    truths: tuple[Truth, ...] = (YES, NO, UNSAID)
    assert [negation(truth) for truth in truths] == [NO, YES, UNSAID]
    assert conjunction(()) is True
    assert disjunction(()) is False


@pytest.mark.parametrize(("a", "b"), list(product(("yes", "no", "unknown"), repeat=2)))
def test_and_or_in_policy_text(a: str, b: str) -> None:
    facts = given(flag=a, other_flag=b)
    words = {True: "yes", False: "no", UNKNOWN: "unknown"}
    truths: dict[str, Truth] = {"yes": True, "no": False, "unknown": UNKNOWN}
    assert holds("flag and other_flag", facts) == words[conjunction((truths[a], truths[b]))]
    assert holds("flag or other_flag", facts) == words[disjunction((truths[a], truths[b]))]
    assert holds("not flag", facts) == words[negation(truths[a])]


QUANTIFIERS = [
    # condition on log entries, for: [yes, yes], [yes, no], [no, no], [yes, unknown], [no, unknown], [], absent
    ("at least 2 log where who is nurse", "yes no no unknown no no unknown"),
    ("at most 1 log where who is nurse", "no yes yes unknown yes yes unknown"),
    ("any log where who is nurse", "yes yes no yes unknown no unknown"),
    ("no log where who is nurse", "no no yes no unknown yes unknown"),
    ("every log has who is nurse", "yes no no unknown no yes unknown"),
]


@pytest.mark.parametrize(("condition", "expected"), QUANTIFIERS)
def test_quantifiers_for_a_given_and_an_unknown_list(condition: str, expected: str) -> None:
    def entries(*who: str | None) -> dict[str, Any]:
        return {"log": [{"date": "2026-03-02", "minutes": 5, "who": w} for w in who]}

    worlds = [
        entries("nurse", "nurse"),
        entries("nurse", "clerk"),
        entries("clerk", "clerk"),
        entries("nurse", None),
        entries("clerk", None),
        entries(),
        {},
    ]
    assert [holds(condition, world) for world in worlds] == expected.split()


RULES = [
    # requirement, exception, rule
    ("yes", "yes", "yes"),
    ("yes", "no", "yes"),
    ("yes", "unknown", "yes"),
    ("no", "yes", "yes"),
    ("no", "no", "no"),
    ("no", "unknown", "unknown"),
    ("unknown", "yes", "yes"),
    ("unknown", "no", "unknown"),
    ("unknown", "unknown", "unknown"),
]


@pytest.mark.parametrize(("requirement", "exception", "expected"), RULES)
def test_a_rule_and_its_exception(requirement: str, exception: str, expected: str) -> None:
    policy = SERVICE + rule("guarded", "require flag", "except waived when other_flag", '       because "So it is."')
    service = decide(policy, given(flag=requirement, other_flag=exception)).services["10001"]
    found = reason(service, "guarded")
    assert (service.own_outcome, found.outcome) == (expected, expected)
    by_exception = requirement != "yes" and exception == "yes"
    assert found.exception == ("waived" if by_exception else None)
    if expected == "unknown":
        asked = {"no": ("other_flag",), "unknown": ("flag", "other_flag")[: 1 + (exception == "unknown")]}
        assert service.missing == asked[requirement]


WHEN = [
    # when, requirement, rule
    ("no", "yes", "yes"),
    ("no", "no", "yes"),
    ("no", "unknown", "yes"),
    ("yes", "yes", "yes"),
    ("yes", "no", "no"),
    ("yes", "unknown", "unknown"),
    ("unknown", "yes", "yes"),
    ("unknown", "no", "unknown"),
    ("unknown", "unknown", "unknown"),
]


@pytest.mark.parametrize(("when", "requirement", "expected"), WHEN)
def test_a_rule_that_applies_only_when(when: str, requirement: str, expected: str) -> None:
    policy = SERVICE + rule("scoped", "when flag", "require other_flag")
    service = decide(policy, given(flag=when, other_flag=requirement)).services["10001"]
    assert service.own_outcome == expected
    assert reason(service, "scoped").applies == when


@pytest.mark.parametrize(
    ("flag", "certain", "possible", "status", "units", "possible_units"),
    [
        ("yes", 20, 20, "supported", 1, 2),
        ("yes", 0, 40, "needs_information", 0, 2),
        ("yes", 19, 0, "not_supported", 0, 0),
        ("yes", 40, 0, "supported", 2, 2),
        ("unknown", 20, 20, "needs_information", 0, 2),
        ("unknown", 0, 0, "not_supported", 0, 0),
        ("no", 40, 0, "not_supported", 0, 0),
        ("no", 0, 40, "not_supported", 0, 0),
    ],
)
def test_units_are_a_range(
    flag: str, certain: int, possible: int, status: str, units: int, possible_units: int
) -> None:
    log = [
        {"date": "2026-03-02", "minutes": certain},
        {"date": "2026-03-03", "minutes": possible, "counted": None},
    ]
    service = decide(UNITS + rule("flagged", "require flag"), {"log": log, **given(flag=flag)}).services["10001"]
    assert (service.status, service.units, service.possible_units) == (status, units, possible_units)


@pytest.mark.parametrize(
    ("higher", "lower", "status_of_higher", "status_of_lower", "yields"),
    [
        ("yes", "yes", "supported", "not_supported", True),
        ("yes", "unknown", "supported", "not_supported", True),
        ("yes", "no", "supported", "not_supported", False),
        ("unknown", "yes", "needs_information", "supported", False),
        ("unknown", "unknown", "needs_information", "needs_information", False),
        ("unknown", "no", "needs_information", "not_supported", False),
        ("no", "yes", "not_supported", "supported", False),
        ("no", "unknown", "not_supported", "needs_information", False),
        ("no", "no", "not_supported", "not_supported", False),
    ],
)
def test_the_choice_of_a_tier(
    higher: str, lower: str, status_of_higher: str, status_of_lower: str, yields: bool
) -> None:
    services = decide(TIERS, given(flag=higher, other_flag=lower)).services
    assert (services["10001"].status, services["10002"].status) == (status_of_higher, status_of_lower)
    assert services["10002"].yields_to == ("10001" if yields else None)
    assert services["10002"].own_outcome == lower
    waits = higher == "unknown" and lower == "yes"
    assert any("Yields to 10001" in note for note in services["10002"].notes) == waits
