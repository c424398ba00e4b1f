"""`new year` imports what CMS ships, says what there is to look at, and begins an amendment for each policy."""

from __future__ import annotations

import json
import shutil
from pathlib import Path

import pytest

from ccm_policy.cli.main import main
from ccm_policy.fees.to_look_at import of_pairs, of_units
from ccm_policy.shipped import FEE_SCHEDULES, POLICIES

RAW = Path(__file__).parents[1] / "fees" / "raw" / "2026" / "PPRRVU2026_Jul_nonQPP.excerpt.csv"
FILE = "PPRRVU2027_Jan_nonQPP.csv"
SAID = """\
to look at for 2027: RVU27A against RVU26C
  new code             99488        stands in the file, and is not held: `fees import` keeps it with `--codes`
  ended                G0506        stood in the tables before, and not in this file
  status               99490        status R, was A

note: `gpci` of 2027 was not given: nothing of it is compared
note: `mue` of 2027 was not given: nothing of it is compared
note: `ptp` of 2027 was not given: nothing of it is compared
note: PROPOSED, not in force: non_qp factor 32.8409 of fee_schedules/medicare_pfs/2027/conversion_factors.csv
note: PROPOSED, not in force: qp factor 33.1693 of fee_schedules/medicare_pfs/2027/conversion_factors.csv
note: `rvu` of 2027 is taken from 2026/C by fee_schedules/medicare_pfs/2027/releases.csv: change it by hand
note: `gpci` of 2027 is taken from 2026/C by fee_schedules/medicare_pfs/2027/releases.csv: change it by hand
"""
AMENDMENT = """\
# What the tables of 2027 changed for these codes (RVU27A against RVU26C):
# - 99488: stands in the file, and is not held: `fees import` keeps it with `--codes` (new code)
# - G0506: stood in the tables before, and not in this file (ended)
# - 99490: status R, was A (status)
# No table tells what the year's rule says: read it too. This edition is asked for in no month before `known through`
# reaches 2027-01; that is moved by hand.

policy medicare.ccm
  title   "CY 2027: nothing is entered yet"
  edition 2027-01
  amends  2026-07
"""


def as_of_2027(text: str) -> str:
    """The file of July 2026 as one of January 2027, with a code less, one more and another status."""
    for old, new in (("33.4009", "32.8409"), ("2026", "2027"), ("July", "January")):
        text = text.replace(old, new)
    lines = [line for line in text.splitlines(keepends=True) if not line.startswith("G0506,")]
    at = next(n for n, line in enumerate(lines) if line.startswith("99489,"))
    lines.insert(at, lines[at].replace("99489", "99488", 1))
    return "".join(line.replace(",,,A,", ",,,R,", 1) if line.startswith("99490,") else line for line in lines)


@pytest.fixture
def place(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A folder as the project's own, with CMS's file in it."""
    shutil.copytree(POLICIES, tmp_path / "policies")
    shutil.copytree(FEE_SCHEDULES, tmp_path / "fee_schedules")
    text = as_of_2027(RAW.read_text(encoding="utf-8"))
    (tmp_path / FILE).write_text(text, encoding="utf-8", newline="")
    monkeypatch.chdir(tmp_path)
    return tmp_path


def files(place: Path) -> dict[Path, bytes]:
    return {path: path.read_bytes() for path in place.rglob("*") if path.is_file()}


def test_what_there_is_to_look_at_and_an_amendment_for_each_policy(
    place: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    before = files(place)
    assert main(["new", "year", "2027", "--rvu", FILE, "--dry-run"]) == 0
    assert capsys.readouterr().out == SAID
    assert files(place) == before

    assert main(["new", "year", "2027", "--rvu", FILE]) == 0
    out = capsys.readouterr().out
    assert SAID in out
    assert "written: policies/medicare/ccm/2027.policy\n" in out
    assert (place / "policies" / "medicare" / "ccm" / "2027.policy").read_text(encoding="utf-8") == AMENDMENT
    changed = {path.relative_to(place).as_posix() for path, text in files(place).items() if before.get(path) != text}
    tables = "fee_schedules/medicare_pfs/2027/A/"
    assert all(name.endswith("/2027.policy") or name.startswith(tables) for name in changed)
    assert main(["format", "--check", "policies"]) == 0
    assert main(["fees", "check", "fee_schedules"]) == 1
    assert "say in `releases.csv` from when to when it holds" in capsys.readouterr().err
    assert "known through  2026-12" in (place / "policies" / "library.policy").read_text(encoding="utf-8")

    capsys.readouterr()
    written = files(place)
    assert main(["new", "year", "2027", "--rvu", FILE, "--format", "json"]) == 0
    again = json.loads(capsys.readouterr().out)
    assert again["amendments"] == []
    assert files(place) == written


def test_a_file_that_is_refused_changes_nothing(place: Path, capsys: pytest.CaptureFixture[str]) -> None:
    (place / "gpci.csv").write_text("no file of CMS's", encoding="utf-8")
    before = files(place)
    assert main(["new", "year", "2027", "--rvu", FILE, "--gpci", "gpci.csv"]) == 2
    assert "CCM-E06" in capsys.readouterr().err
    assert main(["new", "year", "2027", "--rvu", "missing.csv"]) == 2
    assert "missing.csv" in capsys.readouterr().err
    assert main(["new", "year", "2027", "--policies", "elsewhere"]) == 2
    assert "CCM-E0759" in capsys.readouterr().err
    assert main(["new", "year", "27"]) == 2
    assert "`27` is not a year like 2026" in capsys.readouterr().err
    assert main(["new", "year", "2027", "--rvu", FILE, "--release", "../../../A"]) == 2
    assert "`../../../A` is not a release like A" in capsys.readouterr().err
    for year in ("2026", "2028"):
        assert main(["new", "year", year]) == 2
        assert "CCM-E0782: the policies are known through 2026-12" in capsys.readouterr().err
    assert files(place) == before


def test_a_factor_that_is_final_is_not_told_as_proposed(place: Path, capsys: pytest.CaptureFixture[str]) -> None:
    factors = place / "fee_schedules" / "medicare_pfs" / "2027" / "conversion_factors.csv"
    text = factors.read_text(encoding="utf-8")
    factors.write_text(text.replace("proposed", "final", 1), encoding="utf-8", newline="")
    assert main(["new", "year", "2027", "--dry-run"]) == 0
    assert capsys.readouterr().out.count("PROPOSED, not in force") == 1


def test_amendments_are_of_ones_own_policies_that_are_amended(place: Path, capsys: pytest.CaptureFixture[str]) -> None:
    own = place / "own"
    (own / "trial").mkdir(parents=True)
    first = 'policy trial.{name}\n  title "A trial"\n  edition {month}\n'
    of_one = first.format(name="once", month="2026-01") + "  extends medicare.ccm\n"
    (own / "trial" / "2026.policy").write_text(of_one, encoding="utf-8")
    assert main(["new", "year", "2027", "--policies", str(own)]) == 0
    assert "written" not in capsys.readouterr().out
    amended = first.format(name="once", month="2026-02") + "  amends 2026-01\n"
    (own / "trial" / "2026-02.policy").write_text(amended, encoding="utf-8")
    assert main(["new", "year", "2027", "--policies", str(own)]) == 0
    said = [line for line in capsys.readouterr().out.splitlines() if line.startswith("written: ")]
    assert said == [f"written: {(own / 'trial' / '2027.policy').as_posix()}"]


def test_edits_without_a_folder_for_them_are_told(place: Path, capsys: pytest.CaptureFixture[str]) -> None:
    shutil.rmtree(place / "fee_schedules" / "medicare_ncci")
    assert main(["new", "year", "2027", "--mue", FILE]) == 2
    assert "CCM-E0759: no folder of `fee_schedules` holds the edits" in capsys.readouterr().err


def test_units_and_pairs_that_changed() -> None:
    before = [["99439", "2", "3", ""], ["99490", "1", "2", ""]]
    after = [["99439", "3", "3", ""], ["99437", "2", "3", ""]]
    units = of_units(before, after)
    assert [(look.codes, look.says) for look in units] == [
        (("99437",), "2 (indicator 3), was none"),
        (("99439",), "3 (indicator 3), was 2 (indicator 3)"),
        (("99490",), "none, was 1 (indicator 2)"),
    ]
    old = [row.split(",") for row in ("99490,99491,0,,,", "99487,99490,1,,,", "99439,99490,1,,,")]
    new = ["99490,99491,1,,,", "99487,99490,1,,2026-12-31,", "99437,99490,0,,,", "99439,99490,1,,,"]
    assert [(look.kind, look.says) for look in of_pairs(old, [row.split(",") for row in new])] == [
        ("pair opened", "99437 beside 99490, modifier indicator 0"),
        ("pair closed", "99487 beside 99490 is edited no more"),
        ("modifier of a pair", "99490 beside 99491: modifier indicator 1, was 0"),
    ]
