"""A payer that nobody knows: the month is held for one question, who pays, and nothing of it turns when that is told.

Each record is decided by both evaluators, which write the same bytes.
"""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pyarrow as pa
import pytest

import ccm_policy
from ccm_policy import evaluate, facts
from ccm_policy.cli.main import main
from ccm_policy.evaluate import Options
from tests.evaluate.small_world import RECORD, SERVICE, rule, schedules, world
from tests.evaluate.test_law_of_the_library import PLAIN, Chart, library
from tests.evaluate.test_law_of_whole_decisions import turns

PAYERS = library().policies.vocabulary.facts["payer"].type.values
BOTH = tuple(Options(evaluator=name) for name in ("reference", "compiled"))


def plain(**beside: Any) -> Chart:
    return {**json.loads(PLAIN.read_text(encoding="utf-8")), **beside}


def decided(chart: Chart) -> ccm_policy.Decision:
    """By both evaluators."""
    ours, theirs = (library().evaluate(chart, options) for options in BOTH)
    assert json.dumps(ours.to_dict()) == json.dumps(theirs.to_dict())
    return ours


@pytest.fixture
def month(tmp_path: Path) -> Path:
    """A month of which one payer is known, one is not, one is left out, and one has no minutes to bill."""
    records = [
        plain(patient_id="0001"),
        plain(patient_id="0002", payer="unknown"),
        {fact: value for fact, value in plain(patient_id="0003").items() if fact != "payer"},
        plain(patient_id="0004", payer=None, time_log=[]),
    ]
    path = tmp_path / "month.jsonl"
    path.write_text("".join(json.dumps(record) + "\n" for record in records), encoding="utf-8")
    return path


TABLE = """\
patient  bill       amount  what is wrong  what is missing
-------  ---------  ------  -------------  ---------------------
0001     99490 x 1  $63.51
0002     -               -                 payer (for 99490)
0003     -               -                 payer (for 99490)
0004     -               -                 payer (for the month)

4 patient-months: 1 with something to bill, 3 waiting for information
"""
"""What a practice should see: nobody is lost, and one thing is asked of each."""
EXPLAINED = """\
Patient 0002, 2026-03, practitioner dr-a
  Which payer's policies decide, if any do, waits for payer.

99490  CCM by clinical staff, first 20 minutes of the month: needs information

Missing
  payer would decide 99490, worth unknown
"""
LISTED = """\
To check, by whoever can look it up: 2 things, no price
patient  by        what                         worth  a minute
-------  --------  ------------------------  --------  --------
0002     the bill  check payer: 99490 waits  no price
0003     the bill  check payer: 99490 waits  no price
"""
"""Asked of each patient, however many wait, and only where there is something to bill."""


def test_whose_payer_nobody_knows_waits_for_one_question(month: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["evaluate", str(month)]) == 0
    table = capsys.readouterr()
    assert (table.out.partition("\ncode ")[0], table.err) == (TABLE, "")
    assert main(["explain", str(month), "--patient", "0002"]) == 0
    assert EXPLAINED in capsys.readouterr().out
    assert main(["worklist", str(month), "--as-of", "2026-03-24", "--together", "2"]) == 0
    assert LISTED in capsys.readouterr().out


@pytest.mark.parametrize("form", ["json", "jsonl", "csv"])
def test_it_is_written_in_every_form(form: str, month: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["evaluate", str(month), "--format", form]) == 0
    assert "payer" in capsys.readouterr().out


def test_tables_have_the_same_answer(month: Path) -> None:
    records = [json.loads(line) for line in month.read_text(encoding="utf-8").splitlines()]
    table = pa.Table.from_pylist([{"payer": None, **record} for record in records])
    rows = library().evaluate_table(table).to_pylist()
    assert [(r["patient_id"], r["missing"]) for r in rows if r["status"] == "needs_information"] == [
        ("0002", ["payer"]),
        ("0003", ["payer"]),
    ]


def test_a_page_and_a_review_take_it(month: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["report", str(month), "--out", str(tmp_path / "month.html")]) == 0
    assert "payer" in (tmp_path / "month.html").read_text(encoding="utf-8")
    assert main(["diff", "--no-meaning", "2025-12", "2026-01", "--panel", str(month)]) == 0
    said = capsys.readouterr()
    assert "0001     2026-03  $58.22  $63.51" in said.out
    assert said.err == ""


LINES = [{"line": 1, "code": "99490", "date": "2026-03-31"}, {"line": 2, "code": "99214", "date": "2026-03-31"}]
CHARTS: dict[str, Chart] = {
    "all is recorded": {},
    "with a claim": {"claim_lines": LINES},
    "nothing is done": {"time_log": [], "claim_lines": LINES},
    "other layers hang on other facts": {"state": None, "locality": None, "plan": None, "provider_type": None},
    "a plan has its own policy": {"plan": "horizon_bcbsnj", "claim_lines": LINES},
    "a clinic": {"provider_type": "rhc", "service_month": "2024-03"},
    "by a practice's word": {"practice": "attesting_template", "access_24_7": {}, "care_plan": {}},
}


@pytest.mark.parametrize("chart", CHARTS)
def test_no_payer_turns_what_is_settled(chart: str) -> None:
    whole = [plain(**CHARTS[chart], payer=payer) for payer in PAYERS]
    if (month := CHARTS[chart].get("service_month")) is not None:
        whole = [json.loads(json.dumps(each).replace("2026-", month[:5]).replace("2025-", "2023-")) for each in whole]
    assert [turn for each in whole for turn in turns(each, (("payer",),))] == []
    open = decided({**whole[0], "payer": None})
    assert (open.status, [fact.fact for fact in open.missing]) == ("needs_information", ["payer"])
    for each in whole:
        told = decided(each)
        assert all(s.status == "not_supported" for code, s in told.services.items() if code not in open.services)
    assert {line.verdict for line in (open.claim.lines if open.claim else ())} <= {"needs_information"}


def test_left_out_is_as_unknown_as_said_to_be_unknown() -> None:
    said, left_out = plain(payer="unknown"), plain()
    del left_out["payer"]
    ours, theirs = (decided(chart).to_dict() for chart in (said, left_out))
    assert ours.pop("provenance")["facts"] != theirs.pop("provenance")["facts"]
    assert ours == theirs


def test_what_every_payer_refuses_is_refused() -> None:
    """No minutes: nobody pays for that, and no line is said to be anything before it is known who is asked."""
    open = decided(plain(payer=None, time_log=[], claim_lines=LINES))
    assert dict(open.services) == {}
    assert open.totals.possible == 0
    assert [(fact.fact, fact.services) for fact in open.missing] == [("payer", ())]
    assert open.claim is not None
    assert [line.message for line in open.claim.lines] == ["It waits for payer."] * 2


def test_a_patient_and_a_month_are_needed_all_the_same() -> None:
    for fact in ("patient_id", "service_month"):
        given, wrong = facts.check({**RECORD, fact: None}, world(BASE).vocabulary)
        assert given is None
        assert [problem.code for problem in wrong] == ["CCM-E0530"]


BASE = f"""
policy base.work
  edition 2015-01

{rule("flagged", "require flag")}"""
ACME = f"""
policy acme.work
  extends base.work
  edition 2015-01
  applies when payer is acme
{SERVICE}"""
RELIEF = """
policy acme.relief
  extends base.work
  edition 2015-01
  applies when payer is acme
  relaxes "Either flag will do."
  because "So it says."
  cite    manual

change requirement flagged
  require flag or other_flag
  because "So it says."
  cite    manual
"""


@pytest.mark.parametrize("payer", ["acme", "zenith", None])
def test_what_only_the_policies_of_one_payer_together_support_is_held(payer: str | None) -> None:
    """Neither policy of the payer would support it without the other."""
    record = {"payer": payer, "flag": False, "other_flag": True}
    service = small(record, BASE, ACME, RELIEF).services.get("10001")
    status = {"acme": "supported", "zenith": None, None: "needs_information"}[payer]
    assert (service and service.status) == status
    assert service is None or service.missing == (() if payer else ("payer",))


def a_payer(name: str, priced: str, units: str = "1 unit") -> str:
    """A payer's policy of one service."""
    service = f'service 99490\n  title  "Work"\n  family work\n  earns  {units}\n'
    return f"policy {name}.work\n  edition 2015-01\n  {priced}\n  applies when payer is {name}\n\n{service}"


BY_SCHEDULE, BY_ITSELF = "priced by medicare_pfs", 'title "At its own rate"'


@pytest.mark.parametrize(
    ("acme", "zenith", "worth"),
    [(BY_SCHEDULE, BY_SCHEDULE, True), (BY_SCHEDULE, BY_ITSELF, False), (BY_ITSELF, BY_SCHEDULE, False)],
)
def test_a_price_is_told_where_all_who_may_pay_have_the_same(acme: str, zenith: str, worth: bool) -> None:
    record = {"payer": None, "locality": "national"}
    open = small(record, a_payer("acme", acme), a_payer("zenith", zenith))
    assert [(fact.fact, fact.worth is not None) for fact in open.missing] == [("payer", worth)]
    assert bool(open.totals.possible) is worth


@pytest.mark.parametrize(("acme", "zenith"), [("1 unit", "2 units"), ("2 units", "1 unit")])
def test_the_units_are_the_most_that_any_payer_pays(acme: str, zenith: str) -> None:
    one, other = a_payer("acme", BY_ITSELF, acme), a_payer("zenith", BY_ITSELF, zenith)
    service = small({"payer": None}, one, other).services["99490"]
    assert (service.status, service.units, service.possible_units) == ("needs_information", 0, 2)


OUT = """
policy practice.hill
  edition 2015-01
  extends acme.work
  applies when practice is hill

source procedures
  title "Procedures of the hill"

attest out
  fact enrolled no
  cite procedures
"""


def test_a_practice_s_word_is_heard_as_it_would_be_with_that_payer() -> None:
    """It takes back what would be presumed, so that without it the service would be refused."""
    acme = ACME + rule("not_enrolled", "forbid enrolled", kind="exclusion")
    for payer, status in (("acme", "supported"), (None, "needs_information")):
        record = {"payer": payer, "flag": True, "practice": "hill"}
        assert small(record, BASE, acme, OUT).services["10001"].status == status
        assert "10001" not in small({**record, "practice": "dale", "payer": None}, BASE, acme, OUT).services


def small(record: Chart, *policies: str) -> ccm_policy.Decision:
    loaded = world(*policies)
    given, wrong = facts.check({**RECORD, **record}, loaded.vocabulary)
    assert given is not None, wrong
    ours, theirs = (evaluate.decide(given, loaded, schedules(), options) for options in BOTH)
    assert json.dumps(ours.to_dict()) == json.dumps(theirs.to_dict())
    return ours
