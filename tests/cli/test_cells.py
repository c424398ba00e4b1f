"""Cells that a spreadsheet shows as text, whatever a patient is called; the id itself stays what it is in JSON."""

from __future__ import annotations

import csv
import io
import json
from pathlib import Path

import pytest

from ccm_policy.cli.main import main
from ccm_policy.facts.cells import cell, line

PLAIN = json.loads((Path(__file__).parents[1] / "golden" / "plain_chart.json").read_text(encoding="utf-8"))
FORMULAS = ["=1+1", "+1", "-1", "@SUM(A1)", "\t=1", "\r=1", "\n=1", " =1", "＝1", "'=1", "''+1", '=cmd|"/c calc"!A1']


@pytest.mark.parametrize("text", FORMULAS)
def test_a_formula_is_written_as_text_and_can_be_had_back(text: str) -> None:
    ((first, second),) = csv.reader(io.StringIO(line([text, "next"]), newline=""))
    assert (first, second) == (f"'{text}", "next")


@pytest.mark.parametrize("text", ["0042", "MRN-7", "a=b", "'quoted'", "O'Brien", "x@y.org", 'two "words", a comma', ""])
def test_other_text_is_as_it_was(text: str) -> None:
    ((first, _),) = csv.reader(io.StringIO(line([text, "next"]), newline=""))
    assert first == text


def test_what_is_not_text_is_written_plainly() -> None:
    assert (cell(None), cell(-3), cell(True)) == ("", "-3", "True")


@pytest.mark.parametrize("name", FORMULAS)
def test_a_patient_called_like_a_formula(name: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    path = tmp_path / "month.json"
    path.write_text(json.dumps(PLAIN | {"patient_id": name}), encoding="utf-8")
    main(["evaluate", str(path), "--format", "json"])
    called = json.loads(capsys.readouterr().out)["patient_id"]
    main(["evaluate", str(path), "--format", "csv"])
    written = {row["patient_id"] for row in csv.DictReader(io.StringIO(capsys.readouterr().out, newline=""))}
    assert written == {f"'{called}"}
    assert called == name.strip()  # blanks around a text mean nothing


def test_a_patient_s_name_does_not_break_the_lines_of_a_report(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    path = tmp_path / "month.json"
    path.write_text(json.dumps(PLAIN | {"patient_id": "A\n0001\tB"}), encoding="utf-8")
    main(["evaluate", str(path)])
    assert "A\\n0001\\tB" in capsys.readouterr().out
    main(["explain", str(path), "--patient", "A\n0001\tB"])
    assert capsys.readouterr().out.startswith("Patient A\\n0001\\tB, 2026-")
