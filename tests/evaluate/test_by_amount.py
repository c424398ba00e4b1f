"""`prefer one tier of A, B by amount`: what comes to more is billed; of equals the first named; and nothing while it is
not known which comes to more."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest

from ccm_policy import evaluate, facts, fees
from ccm_policy.evaluate import Decision
from ccm_policy.evaluate.better_paid import UNPRICED, Candidate, Pay, Place, comes_first, places
from ccm_policy.evaluate.money import Money
from ccm_policy.facts.values import UNKNOWN
from ccm_policy.language.truth import Truth
from tests.evaluate.small_world import POLICY, RECORD, TWO_TIERS, world

HIGHER, LOWER, MORE = "10001", "10002", "10003"
WORK = f"""
  priced by acme

define done: minutes
  as sum of minutes over log
{TWO_TIERS}
service 10003
  title   "More of the lower"
  family  work
  adds to 10002 by same practitioner
  earns   1 unit for each full 20 minutes of done, at most 2 units

prefer one tier of higher, lower by amount
  for   work
  basis practice
"""
USUAL = {HIGHER: "60.00", LOWER: "40.00", MORE: "15.00"}
"""The lower tier comes to $40, $55 and $70."""


@pytest.fixture
def folder(tmp_path: Path) -> Iterator[Path]:
    (tmp_path / "payers" / "acme").mkdir(parents=True)
    yield tmp_path


def decide(folder: Path, amounts: Mapping[str, str], given: Mapping[str, Any], policy: str = WORK) -> Decision:
    rows = "".join(f"{code},,,2015-01-01,2030-12-31,{amount},a letter\n" for code, amount in amounts.items())
    acme = folder / "payers" / "acme"
    (acme / "schedule.yaml").write_text("schedule: acme\ntitle: Acme\n", encoding="utf-8")
    (acme / "amounts.csv").write_text(f"code,modifier,setting,from,to,amount,source\n{rows}", encoding="utf-8")
    loaded = world(POLICY.rstrip() + policy)
    record, wrong = facts.check({**RECORD, **given}, loaded.vocabulary)
    assert record is not None, [d.message for d in wrong]
    return evaluate.decide(record, loaded, fees.load(folder))


def log(*minutes: int | None) -> list[dict[str, Any]]:
    return [{"date": "2026-03-02", "minutes": each, "who": "nurse"} for each in minutes]


def told(decision: Decision) -> tuple[str, ...]:
    """The status of each tier's base in one word; `yields` where another is billed, `open` where none is chosen."""
    found = []
    for code in (HIGHER, LOWER):
        service = decision.services[code]
        none_chosen = service.status == "needs_information" and service.own_outcome == "yes"
        found.append("yields" if service.yields_to else "open" if none_chosen else service.status)
    return tuple(found)


CASES = [
    # higher, lower and minutes, as far as they are known
    ("yes yes 0", "supported yields"),
    ("yes yes 20", "supported yields"),
    ("yes yes 40", "yields supported"),
    ("yes yes unknown", "open open"),
    ("yes yes 20+unknown", "open open"),
    ("yes yes 40+unknown", "yields supported"),  # a range of amounts that is decided anyway
    ("yes no unknown", "supported not_supported"),
    ("yes unknown 0", "supported yields"),
    ("yes unknown 40", "open needs_information"),  # the add-on is not certain before its base is
    ("yes unknown unknown", "open needs_information"),
    ("unknown yes 0", "needs_information supported"),
    ("unknown yes 40", "yields supported"),
    ("unknown yes unknown", "needs_information open"),
    ("unknown unknown 0", "needs_information needs_information"),
    ("no yes unknown", "not_supported supported"),
]


@pytest.mark.parametrize(("case", "expected"), CASES, ids=[case for case, _ in CASES])
def test_the_better_paid_tier_is_billed(folder: Path, case: str, expected: str) -> None:
    higher, lower, minutes = case.split()
    given: dict[str, Any] = {"log": log(*(int(m) if m != "unknown" else None for m in minutes.split("+")))}
    given |= {name: word == "yes" for name, word in (("flag", higher), ("other_flag", lower)) if word != "unknown"}
    decision = decide(folder, USUAL, given)
    assert told(decision) == tuple(expected.split())
    for service in decision.services.values():
        assert (service.status == "needs_information") == bool(service.missing)


PRICES = [
    ({HIGHER: "40.00", LOWER: "40.00"}, "supported yields", "of equals the first named"),
    ({HIGHER: "0.00", LOWER: "40.00"}, "yields supported", "nothing is less than something"),
    ({HIGHER: "0.00", LOWER: "0.00"}, "supported yields", "nothing is an amount like another"),
    ({HIGHER: "60.00"}, "open open", "no price is held of one"),
    ({LOWER: "40.00"}, "open open", "no price is held of the other"),
    ({MORE: "1.00"}, "open open", "no price is held of either"),
]


@pytest.mark.parametrize(("amounts", "expected"), [case[:2] for case in PRICES], ids=[case[2] for case in PRICES])
def test_the_prices_that_are_held(folder: Path, amounts: Mapping[str, str], expected: str) -> None:
    given = {"flag": True, "other_flag": True, "log": log(5)}
    decision = decide(folder, {MORE: "1.00"} | dict(amounts), given)
    assert told(decision) == tuple(expected.split())
    if expected == "open open":
        (reason,) = (r for r in decision.services[HIGHER].reasons if r.rule == "tier work")
        assert reason.outcome == "unknown"
        assert reason.message is not None and reason.message.startswith("It is not known which tier comes to more")


def test_a_payer_that_pays_by_a_fact_is_asked_for_it(folder: Path) -> None:
    """Half of the higher tier comes to less, all of it to more; a share for the unknown decides nothing."""
    pays = """
payment by_fact
  for 10001
  pay 50 percent of acme when person.qmb
  pay 100 percent of acme when not person.qmb
"""
    given = {"flag": True, "other_flag": True, "log": log(5)}
    for text in (pays, pays + "  pay 50 percent of acme when that is unknown\n"):
        decision = decide(folder, USUAL, given, WORK + text)
        assert told(decision) == ("open", "open")
        assert decision.services[HIGHER].missing == decision.services[LOWER].missing == ("person.qmb",)
        assert told(decide(folder, USUAL, {**given, "person": {"qmb": True}}, WORK + text)) == ("yields", "supported")
        assert told(decide(folder, USUAL, {**given, "person": {"qmb": False}}, WORK + text)) == ("supported", "yields")


def test_the_order_of_names_may_be_the_other_way_round(folder: Path) -> None:
    policy = WORK.replace("higher, lower by amount", "lower, higher by amount")
    given = {"flag": True, "other_flag": True, "log": log(5)}
    assert told(decide(folder, USUAL, given, policy)) == ("supported", "yields")
    assert told(decide(folder, {**USUAL, HIGHER: "40.00"}, given, policy)) == ("yields", "supported")


def claim(*codes: str) -> list[dict[str, Any]]:
    return [{"line": n + 1, "code": code, "units": 1, "date": "2026-03-31"} for n, code in enumerate(codes)]


CLAIMS = [
    ((LOWER,), "5", ["alternative"]),
    ((HIGHER,), "5", ["supported"]),
    ((HIGHER, LOWER), "5", ["supported", "over_billed"]),
    ((HIGHER,), "unknown", ["supported"]),  # the better paid one or its alternative: either may be billed
    ((HIGHER, LOWER), "unknown", ["needs_information", "needs_information"]),
]


@pytest.mark.parametrize(("codes", "minutes", "verdicts"), CLAIMS)
def test_what_is_claimed(folder: Path, codes: tuple[str, ...], minutes: str, verdicts: list[str]) -> None:
    entries = log(None if minutes == "unknown" else int(minutes))
    given = {"flag": True, "other_flag": True, "log": entries, "claim_lines": claim(*codes)}
    found = decide(folder, USUAL, given).claim
    assert found is not None and [line.verdict for line in found.lines] == verdicts


# --- the choice by itself -----------------------------------------------------------------------------------------


def money(written: Any) -> Money:
    if isinstance(written, dict):
        return {key: money(part) for key, part in written.items()}
    return None if written is None else Decimal(written)


ORDERS: list[tuple[Any, Any, Truth]] = [
    (60, 60, True),
    (60, 61, False),
    ({"office": 90, "ward": 60}, {"office": 80, "ward": 60}, True),
    ({"office": 90, "ward": 50}, {"office": 80, "ward": 60}, UNKNOWN),
    (
        {"office": 90, "ward": 70},
        {"office": 80, "ward": 60},
        True,
    ),  # they overlap, and never for one and the same value
    ({"office": 90, "ward": 70}, 70, True),
    ({"office": 90, "ward": 70}, {"old": 90, "new": 71}, UNKNOWN),
    (None, 60, UNKNOWN),
    (60, None, UNKNOWN),
]


@pytest.mark.parametrize(("earlier", "later", "expected"), ORDERS)
def test_amounts_are_compared_value_by_value(earlier: Any, later: Any, expected: Truth) -> None:
    one, other = (Pay(money(amount), money(amount)) for amount in (earlier, later))
    assert comes_first(one, other) is expected


def test_three_stand_in_a_row_and_one_without_a_price_beside_them() -> None:
    def pays(low: int, high: int) -> Pay:
        return Pay(Decimal(low), Decimal(high))

    row = [Candidate(True, pays(10, 10)), Candidate(False, pays(30, 40)), Candidate(True, pays(20, 25))]
    assert places(row) == (Place(2), Place(), Place(may_yield_to=(1,)))
    beside = [*row, Candidate(True, UNPRICED)]
    assert places(beside) == (Place(2), Place(beside=(3,)), Place(may_yield_to=(1,), beside=(3,)), Place(beside=(1, 2)))
    assert places(beside, guess=True)[0] == Place(2)
    named = [Candidate(False), Candidate(True), Candidate(True)]
    assert places(named) == (Place(), Place(may_yield_to=(0,)), Place(1))
