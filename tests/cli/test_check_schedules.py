"""`check` and the fee schedules that policies name."""

from __future__ import annotations

from pathlib import Path

import pytest

from ccm_policy.cli.main import main

POLICY = """policy practice.lakeside
  title   "Lakeside"
  extends practice.base
  edition 2026-01
  applies when practice is lakeside
  priced by {header}

payment own
  title   "By contract"
  for     every ccm service
  pay     90 percent of {pay} when practitioner.type is np
  pay     100 percent of {pay} otherwise
  round   half up to the cent, once, after the percentage
"""


def said(tmp_path: Path, capsys: pytest.CaptureFixture[str], header: str, pay: str, *options: str) -> list[str]:
    path = tmp_path / "lakeside.policy"
    path.write_text(POLICY.format(header=header, pay=pay), encoding="utf-8")
    main(["check", str(path), *options])
    out = capsys.readouterr().out.splitlines()
    return [line for n, line in enumerate(out) if "E0292" in line or any("E0292" in out[n - k] for k in range(1, 6))]


def test_a_schedule_that_is_there(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert said(tmp_path, capsys, "medicare_pfs", "medicare_pfs") == []


def test_a_misspelt_one_gets_the_nearest(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    told = said(tmp_path, capsys, "medicare_pfs", "medicare_pffs")
    assert told.count("error CCM-E0292: there is no fee schedule `medicare_pffs`") == 2
    assert told.count("  help: did you mean `medicare_pfs`?") == 2


def test_in_the_header_too(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    told = said(tmp_path, capsys, "pfs_of_medicare", "that")
    assert told[0] == "error CCM-E0292: there is no fee schedule `pfs_of_medicare`"
    assert told[-1] == "  help: did you mean `medicare_pfs`?"


def test_one_of_ones_own(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    told = said(tmp_path, capsys, "lakeside_contract", "lakeside_contract")
    assert "others are given with `--fees`" in told[-1]
    folder = tmp_path / "fees" / "lakeside_contract"
    folder.mkdir(parents=True)
    (folder / "schedule.yaml").write_text("title: Lakeside\n", encoding="utf-8")
    assert said(tmp_path, capsys, "lakeside_contract", "lakeside_contract", "--fees", str(tmp_path / "fees")) == []
