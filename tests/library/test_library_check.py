"""Checking a library: sharing the work finds what doing all of it finds; the command says it and sets its status."""

from __future__ import annotations

import json
import shutil
from itertools import combinations
from pathlib import Path

import pytest

from ccm_policy.cli.main import main
from ccm_policy.language.diagnostics import Diagnostic, render
from ccm_policy.language.parser import parse
from ccm_policy.library import load
from ccm_policy.library.checking import check
from ccm_policy.library.files import find, parse_all
from ccm_policy.library.source import LibrarySource, make
from ccm_policy.shipped import POLICIES

WORLD = Path(__file__).parents[1] / "resolve" / "world"
LATER = """policy base.care
  edition 2023-01
  amends  2022-01

repeal define consent_in_force
  because "It is not asked for."

repeal service 99487
  replaced by 99439
"""
LAKESIDE = """policy practice.lakeside
  edition 2021-01
  extends base.care
  applies when practice is lakeside

requirement consented
  for      every ccm service
  require  consent_in_force is documented
  otherwise "Nobody consented."
  basis    practice
  cite     letter

change requirement minutes_on_record
  remedy "Keep a log."
"""


def world(tmp_path: Path, **files: str) -> Path:
    directory = tmp_path / "policies"
    shutil.copytree(WORLD, directory)
    for name, text in files.items():
        (directory / f"{name}.policy").write_text(text, encoding="utf-8")
    return directory


def made(directory: Path) -> LibrarySource:
    found, _ = find(directory)
    assert found is not None
    source, wrong = make(parse_all(found)[0])
    assert source is not None
    assert wrong == []
    return source


def essence(diagnostics: list[Diagnostic]) -> set[tuple[str, str, object]]:
    return {(d.code, d.message, d.span) for d in diagnostics}


def thorough(source: LibrarySource) -> list[Diagnostic]:
    """Every policy, and every two of them, in every month in which an edition of any begins; nothing shared."""
    found: list[Diagnostic] = []
    months = sorted({e.month for p in source.policies.values() for e in p.editions})
    alone = [(name,) for name in source.policies]
    for names in [*alone, *combinations(source.outline.in_order(frozenset(source.policies)), 2)]:
        first = max(source.outline.policies[name].editions[0].month for name in names)
        for month in months:
            if month >= first:
                found += source.program(names, month)[1]
    return found


def test_sharing_the_work_finds_the_same(tmp_path: Path) -> None:
    source = made(world(tmp_path, later=LATER, lakeside=LAKESIDE))
    found = check(source)
    assert essence(found) == essence(thorough(source))
    assert {d.code for d in found} == {"CCM-E0201", "CCM-E0427", "CCM-E0236"}


def test_a_fault_of_a_later_month_names_the_amendment_that_brought_it_about(tmp_path: Path) -> None:
    source = made(world(tmp_path, later=LATER, lakeside=LAKESIDE))
    fault = next(d for d in check(source) if d.code == "CCM-E0201" and "lakeside" in str(d.span))
    (note,) = fault.notes
    assert note.message == "so it is from 2023-01 on, with this amendment"
    assert Path(note.span.file).name == "later.policy"


def test_a_fault_of_a_new_policy_points_at_no_older_one(tmp_path: Path) -> None:
    """What begins in the month of an amendment was never right before it."""
    new = LAKESIDE.replace("edition 2021-01", "edition 2023-01").replace(
        "change requirement minutes_on", "change requirement minuts_on"
    )
    found = check(made(world(tmp_path, later=LATER, lakeside=new)))
    assert {(d.code, d.notes) for d in found if "lakeside" in str(d.span)} == {("CCM-E0201", ()), ("CCM-E0427", ())}


IN_VAIN = """policy practice.lakeside
  edition 2021-01
  extends base.care
  applies when practice is lakeside
  priced by fees

payment own_rate
  for  every ccm service
  pay  90 percent of fees
  cite letter

panel check one_at_a_time
  forbid    any two time_log of different patients that overlap where staff_id is the same
  otherwise "One person is logged for two patients at one time."
  severity  audit_risk
  cite      letter

requirement consented
  for      every ccm service
  require  consent_in_force is documented
  severity advice

raise minutes_on_record to audit_risk
  because "It is asked for."
  cite    letter
"""


def test_what_a_practice_says_in_vain_is_told(tmp_path: Path) -> None:
    """Its policies hold claims back: what pays, covers or only flags would never be asked."""
    found, _ = find(world(tmp_path, lakeside=IN_VAIN))
    assert found is not None
    _, wrong = make(parse_all(found)[0])
    told = [(d.code, d.message.split(" has no effect")[0].split(" only flags")[0]) for d in wrong]
    assert told == [
        ("CCM-E0433", "`priced by`"),
        ("CCM-E0433", "payment `own_rate`"),
        ("CCM-E0433", "panel check `one_at_a_time`"),
        ("CCM-W0434", "`consented`"),
        ("CCM-W0434", "`minutes_on_record`"),
    ]


def test_the_shipped_library_has_nothing_wrong() -> None:
    found, _ = find(POLICIES)
    assert found is not None
    files, wrong = parse_all(found)
    source, more = make(files)
    assert source is not None
    assert [render(d) for d in [*wrong, *more, *check(source)]] == []


def test_the_order_of_files_has_no_meaning(tmp_path: Path) -> None:
    directory = world(tmp_path, later=LATER)
    found, _ = find(directory)
    assert found is not None
    files, _ = parse_all(found)
    one, other = make(files)[0], make(tuple(reversed(files)))[0]
    assert one is not None
    assert other is not None
    assert essence(check(one)) == essence(check(other))
    names = ("base.care", "payer.alpha")
    assert one.program(names, "2022-03")[0].rules == other.program(names, "2022-03")[0].rules


def test_parsing_again_makes_the_same_program(tmp_path: Path) -> None:
    directory = world(tmp_path)
    library = load(directory, cache=False)
    again = load(directory, cache=False)
    assert library.program(("payer.alpha",), "2022-03") == again.program(("payer.alpha",), "2022-03")
    assert parse("", "x")[0].statements == ()


# --- the command ---------------------------------------------------------------------------------------------------


def run(*arguments: str | Path) -> int:
    return main([str(a) for a in arguments])


def test_check_says_that_nothing_is_wrong(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert run("check", world(tmp_path)) == 0
    out, err = capsys.readouterr()
    assert (out, err) == ("", "5 files checked: nothing is wrong\n")


def test_check_prints_what_is_wrong_and_refuses(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    directory = world(tmp_path, lakeside=LAKESIDE.replace("consent_in_force", "consent_in_fource"))
    assert run("check", directory) == 1
    out, err = capsys.readouterr()
    assert "error CCM-E0201" in out
    assert "did you mean `consent_in_force`?" in out
    assert err.endswith("errors\n")


def test_check_of_one_file_leaves_the_others_out(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    directory = world(tmp_path, wrong="codes few are many\n", lakeside=LAKESIDE.replace("2021-01", "2022-01"))
    assert run("check", directory / "lakeside.policy") == 0
    assert capsys.readouterr().err == "7 files checked: nothing is wrong; 1 finding in other files of the library\n"


def test_check_of_a_file_outside_adds_it_to_the_library(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    directory = world(tmp_path)
    (tmp_path / "lakeside.policy").write_text(LAKESIDE.replace("2021-01", "2022-01"), encoding="utf-8")
    assert run("check", tmp_path / "lakeside.policy", "--policies", directory) == 0
    (tmp_path / "lakeside.policy").write_text(LAKESIDE, encoding="utf-8")
    assert run("check", tmp_path / "lakeside.policy", "--policies", directory) == 1
    assert "CCM-E0427" in capsys.readouterr().out


def test_check_in_json(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert run("check", world(tmp_path, lakeside=LAKESIDE), "--format", "json") == 1
    answer = json.loads(capsys.readouterr().out)
    (finding,) = answer["findings"]
    assert (finding["code"], finding["line"], answer["files"]) == ("CCM-E0427", 13, 6)


def test_warnings_refuse_only_when_strict(tmp_path: Path) -> None:
    warned = LAKESIDE.replace("2021-01", "2022-01") + (
        "\ndefine cut of time_log\n  as date is on or after care_plan.reviewed\n"
        "\ndefine first_cut: date\n  as earliest date over time_log where cut\n"
        "\nrequirement first\n  for every ccm service\n  require care_plan.reviewed is on or before first_cut\n"
        "  severity advice\n"
    )
    directory = world(tmp_path, lakeside=warned)
    assert (run("check", directory), run("check", directory, "--strict")) == (0, 1)


@pytest.mark.parametrize(
    ("arguments", "code"),
    [
        (["check", "nowhere"], "E0450"),
        (["check", "--policies", "nowhere"], "E0450"),
        (["check", "--policies", "empty"], "E0452"),
        (["show", "base.car", "--policies", "policies"], "E0443"),
        (["show", "base.care", "--on", "2030-01", "--policies", "policies"], "E0440"),
        (["show", "base.care", "--on", "2019-01", "--policies", "policies"], "E0441"),
        (["show", "base.care", "--on", "2026-13", "--policies", "policies"], "E0801"),
        (["show", "--policies", "policies/library.policy"], "E0450"),
    ],
)
def test_what_cannot_be_done(
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
    arguments: list[str],
    code: str,
) -> None:
    world(tmp_path)
    (tmp_path / "empty").mkdir()
    monkeypatch.chdir(tmp_path)
    assert main(arguments) == 2
    out, err = capsys.readouterr()
    assert f"CCM-{code}" in out + err
    assert "Traceback" not in out + err


def test_show_lists_the_policies(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert run("show", "--policies", world(tmp_path)) == 0
    assert capsys.readouterr().out.splitlines() == [
        "base.care    2020-01 to 2022-01  What the codes say",
        "payer.alpha  2020-01             Alpha",
    ]


def test_show_in_json_names_the_edition_of_every_statement(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    directory = world(tmp_path, lakeside=LAKESIDE.replace("2021-01", "2022-01"))
    assert run("show", "practice.lakeside", "--policies", directory, "--format", "json") == 0
    statements = {s["name"]: s for s in json.loads(capsys.readouterr().out)["statements"]}
    assert statements["consented"]["edition"] == "2022-01"
    changed = statements["minutes_on_record"]
    assert (changed["policy"], changed["edition"]) == ("base.care", "2022-01")
    assert changed["changed_by"] == [{"policy": "practice.lakeside", "edition": "2022-01"}]
    assert "remedy" in changed["text"]


def test_a_file_of_a_table_is_read_beside_the_policy(tmp_path: Path) -> None:
    table = 'table rates\n  key code: code\n  column rate: number\n  edition 2020-01 from "rates.csv"\n'
    directory = world(tmp_path, rates=table)
    (directory / "rates.csv").write_text("code,rate\n99490,66.13\n", encoding="utf-8")
    (edition,) = load(directory, cache=False).program(("base.care",), "2022-03").tables["rates"].editions
    assert (edition.first, edition.rows) == ("2020-01", {("99490",): ("66.13",)})
    (directory / "rates.csv").write_text("code;rate\n99490;66.13\n", encoding="utf-8")
    assert run("check", directory) == 1


def test_columns_missing_from_a_file_are_named(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    table = 'table rates\n  key code: code\n  column rate: number\n  edition 2020-01 from "rates.csv"\n'
    directory = world(tmp_path, rates=table)
    (directory / "rates.csv").write_text("code;rate\n99490;66.13\n", encoding="utf-8")
    run("check", directory)
    assert "CCM-E0227: the file `rates.csv` has no column `code`, `rate`" in capsys.readouterr().out


def test_a_file_that_the_system_refuses_is_named(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    directory = world(tmp_path)
    read = Path.read_bytes

    def refusing(path: Path) -> bytes:
        if path.name == "alpha.policy":
            raise PermissionError
        return read(path)

    monkeypatch.setattr(Path, "read_bytes", refusing)
    assert run("check", directory) == 2
    assert "CCM-E0451" in capsys.readouterr().out


def test_what_is_used_by_what_is_used_is_lent_too(tmp_path: Path) -> None:
    lender = "policy lender\n  edition 2020-01\n  uses base.care\n\ndefine own of time_log\n  as counts\n"
    borrower = "policy borrower\n  edition 2020-01\n  uses lender\n  applies when payer is gamma\n"
    definition = "\ndefine own_minutes: minutes\n  as sum of minutes over time_log where own\n"
    directory = world(tmp_path, lender=lender, borrower=borrower + definition)
    assert run("check", directory) == 0
    program = load(directory, cache=False).program(("borrower",), "2022-03")
    assert {"own", "own_minutes", "counts", "staff_minutes"} <= set(program.definitions)
    assert (program.services, program.rules) == ({}, ())
