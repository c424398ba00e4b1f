"""`ccm-policy explain` and `ccm-policy test`: what they print and how they end."""

from __future__ import annotations

import io
import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

import ccm_policy
from ccm_policy.cli.main import main
from tests.evaluate.small_world import POLICY, RECORD, VOCABULARY

GOLDEN = Path(__file__).parents[1] / "golden"
ROOT = Path(__file__).parents[2]

WORK = (
    POLICY
    + """
define counts of log
  title "Done by staff who are clinical, and not left out"
  as its staff is clinical and counted

define minutes_done: minutes
  title "Minutes that count"
  as sum of minutes divided by shared_by over log where counts

service 10001
  title  "Work"
  family work
  earns  1 unit for each full 20 minutes of minutes_done, at most 2 units

requirement agreed
  title     "The person agreed"
  for       every work service
  require   flag
  otherwise "No agreement is on record."
  remedy    "Ask, and write it down."
  basis     regulation
  cite      manual at "page 3"
  except    trial when enrolled and other_flag
            because "A trial needs no agreement."

example "twenty minutes"
  month  2026-03
  given  payer acme
  given  flag yes
  given  log
         2026-03-02  12 minutes  nurse
         2026-03-09  8 minutes   nurse
  expect 10001 x 1
"""
)

WRONG = """
example "a clerk's minutes"
  month  2026-03
  given  payer acme
  given  20 minutes of clerk
  expect 10001 x 1
  expect risk agreed
"""


@pytest.fixture
def library(tmp_path: Path) -> Path:
    folder = tmp_path / "policies"
    folder.mkdir()
    (folder / "library.policy").write_text(VOCABULARY, encoding="utf-8")
    (folder / "work.policy").write_text(WORK, encoding="utf-8")
    return folder


@pytest.fixture
def charts(tmp_path: Path) -> Path:
    log = [
        {"date": "2026-03-02", "minutes": 30, "who": "nurse", "shared_by": 2},
        {"date": "2026-03-09", "minutes": 8, "who": "clerk"},
        {"date": "2026-03-10", "minutes": 9},
    ]
    first: dict[str, Any] = {**RECORD, "patient_id": "0042", "log": log, "flag": False}
    both = [first, {**first, "service_month": "2026-04", "log": []}, {**first, "patient_id": "0043"}]
    file = tmp_path / "charts.json"
    file.write_text(json.dumps(both), encoding="utf-8")
    return file


def test_explain_shows_what_does_not_hold_then_what_holds(
    library: Path, charts: Path, capsys: pytest.CaptureFixture[str], golden: Callable[[Path, str], None]
) -> None:
    asked = ["explain", str(charts), "--patient", "0042", "--month", "2026-03", "--policies", str(library)]
    assert main([*asked, "--full"]) == 0
    full = capsys.readouterr().out
    golden(GOLDEN / "explanation.txt", full)
    assert main([*asked, "10001"]) == 0
    assert set(capsys.readouterr().out.splitlines()) <= set(full.splitlines())


def test_explain_as_json_is_the_decision(library: Path, charts: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["explain", str(charts), "--patient", "0043", "--policies", str(library), "--format", "json"]) == 0
    decision = json.loads(capsys.readouterr().out)
    assert decision["services"]["10001"]["own_outcome"] == "unknown"
    assert decision["services"]["10001"]["missing"] == [
        "other_flag",
        "log[2].who",
    ]


@pytest.mark.parametrize(
    ("more", "code"),
    [
        (["--patient", "9999"], "CCM-E0702"),
        (["--patient", "0042"], "CCM-E0703"),
        ([], "CCM-E0703"),
        (["--practitioner", "nobody"], "CCM-E0702"),
        (["--patient", "0043", "--service", "99999"], "CCM-E0705"),
        (["--patient", "0042", "--month", "2031-01"], "CCM-E05"),
    ],
)
def test_explain_refuses_in_words(
    library: Path, charts: Path, capsys: pytest.CaptureFixture[str], more: list[str], code: str
) -> None:
    assert main(["explain", str(charts), "--policies", str(library), *more]) == 1
    told = capsys.readouterr()
    assert told.out == ""
    assert code in told.err and "help:" in told.err


def test_a_month_that_the_library_does_not_know_is_refused(
    library: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    chart = tmp_path / "late.json"
    chart.write_text(json.dumps({**RECORD, "service_month": "2031-01"}), encoding="utf-8")
    assert main(["explain", str(chart), "--patient", "p", "--policies", str(library)]) == 1
    assert "CCM-E0440" in capsys.readouterr().err


def test_examples_that_pass(library: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["test", "--policies", str(library)]) == 0
    assert capsys.readouterr() == ("", "1 example run: all as expected\n")


def test_an_example_that_fails_shows_both_sides_and_why(library: Path, capsys: pytest.CaptureFixture[str]) -> None:
    (library / "work.policy").write_text(WORK + WRONG, encoding="utf-8")
    assert main(["test", str(library / "work.policy")]) == 1
    out, err = capsys.readouterr()
    line = (WORK + WRONG).splitlines().index('example "a clerk\'s minutes"') + 1
    assert out == (
        f'{library}/work.policy:{line}: example "a clerk\'s minutes"\n'
        "  expected  10001 x 1     actual  10001 not supported by its own minutes\n"
        "            its own minutes: 0 of 20 minutes: short by 20 minutes of minutes_done.\n"
        "            agreed: needs information\n"
        "  expected  risk agreed   actual  risks: none\n\n"
    )
    assert err == "2 examples run: 1 failed\n"


def test_an_example_whose_facts_cannot_be_read_fails_and_says_why(
    library: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    late = WRONG.replace("given  20 minutes of clerk", "given  log date 2026-04-02, minutes 5")
    (library / "work.policy").write_text(WORK + late, encoding="utf-8")
    assert main(["test", "--policies", str(library), "--name", "clerk"]) == 1
    assert "error CCM-E05" in capsys.readouterr().out


def test_no_such_example(library: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["test", "--policies", str(library), "--name", "nothing like it"]) == 2
    assert "CCM-E0701" in capsys.readouterr().err


def test_evaluate_presumes_nothing_when_asked(capsys: pytest.CaptureFixture[str]) -> None:
    plain = str(GOLDEN / "plain_chart.json")

    def status(*options: str) -> tuple[str, bool]:
        assert main(["evaluate", plain, "--format", "json", *options]) == 0
        decision = ccm_policy.opened(json.loads(capsys.readouterr().out))
        service = decision["services"]["99490"]
        presumed = any(fact["presumed"] for reason in service["reasons"] for fact in reason["facts"])
        return service["status"], presumed

    assert status() == ("supported", True)
    assert status("--presume", "nothing") == ("needs_information", False)


def test_one_service_shows_which_entries_counted_and_why_another_did_not(capsys: pytest.CaptureFixture[str]) -> None:
    clinic = Path(__file__).parents[2] / "examples" / "clinic-2026-03"
    assert main(["explain", str(clinic), "--patient", "0045", "99490"]) == 0
    out = capsys.readouterr().out
    assert "✓ time_log[0], 2026-03-04, 9: adds 9" in out
    assert "✗ time_log[2], 2026-03-11, 12: does not count" in out
    assert "      time_log[2].activity is administrative\n\nWhat holds for 99490\n" in out
    assert "personal_minutes" not in out.split("\nstaff_minutes")[1]


def test_without_a_code_a_biller_reads_a_page(capsys: pytest.CaptureFixture[str]) -> None:
    """The claim and what it is about, then a line for each other service; of a single record nobody is named."""
    record = json.loads((GOLDEN / "plain_chart.json").read_text(encoding="utf-8"))
    record["claim_lines"] = [{"line": 1, "code": "99487", "date": "2026-03-31"}]
    record["time_log"][0] |= {"activity": "administrative"}
    whole = explained(record, capsys)
    lines = whole.splitlines()
    assert len(lines) < 60
    assert lines[2] == "Claim"
    heads = [line[:5] for line in lines if line[:5] in ("99487", "99490", "99491", "G0556", "99424")]
    assert heads == ["99487", "99490", "99491", "G0556", "99424"]
    assert "does not count" in whole and ": adds " not in whole
    assert whole.count("not enrolled in") == 2
    full = explained(record, capsys, "--full")
    assert all(line.split("]: ")[0] in full for line in lines if line.startswith("  ✗ "))


def explained(record: dict[str, Any], capsys: pytest.CaptureFixture[str], *more: str) -> str:
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr("sys.stdin", io.TextIOWrapper(io.BytesIO(json.dumps(record).encode()), encoding="utf-8"))
        assert main(["explain", "-", *more]) == 0
    return capsys.readouterr().out
