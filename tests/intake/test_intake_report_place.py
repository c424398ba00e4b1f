"""Where the report of reading goes: refused before anything is read, or, where only writing tells, with what stands."""

from __future__ import annotations

import errno
from pathlib import Path
from typing import Any

import pytest

from ccm_policy.cli.main import main

LOG = "MRN,Date,Length\n7,2026-03-02,20\n"
MAPPING = """\
mapping: 1
files: {log: {file: log.csv, key: {patient_id: MRN, service_month: Date}, gives: [{list: time_log, fields: {date: Date,
minutes: Length}}, {facts: {payer: {constant: medicare}}}]}}
"""


@pytest.fixture
def export(here: Path) -> Path:
    (here / "log.csv").write_text(LOG, encoding="utf-8")
    (here / "mapping.yaml").write_text(MAPPING, encoding="utf-8")
    (here / "folder").mkdir()
    return here


READ = {
    "run": ["intake", "run", "log.csv", "--mapping", "mapping.yaml", "--out", "facts"],
    "evaluate": ["evaluate", "log.csv", "--mapping", "mapping.yaml"],
}
REFUSED = {
    "folder": "what stands there is no file",
    "gone/reading.txt": "no such file or directory",
    "log.csv/reading.txt": "not a directory",
    "log.csv": "would take the place of what is read",
    "facts/reading.txt": "no such file or directory",
}


@pytest.mark.parametrize("command", READ)
@pytest.mark.parametrize("place", REFUSED)
def test_a_place_that_cannot_be_written_is_refused_first(
    command: str, place: str, export: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert main([*READ[command], "--report", place]) == 2
    out, err = capsys.readouterr()
    inside = command == "run" and place.startswith("facts")
    assert out == "" and ("would stand in the folder of facts" if inside else REFUSED[place]) in err
    assert sorted(path.name for path in export.rglob("*")) == ["folder", "log.csv", "mapping.yaml"]


def test_where_only_writing_tells_it_is_said_what_stands(
    export: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    written = Path.write_text

    def full(path: Path, text: str, *given: Any, **more: Any) -> int:
        if "reading" in path.name:
            raise OSError(errno.ENOSPC, "No space left on device")
        return written(path, text, *given, **more)

    monkeypatch.setattr(Path, "write_text", full)
    assert main([*READ["run"], "--report", "reading.txt"]) == 2
    err = capsys.readouterr().err
    assert err.startswith("error CCM-E0787: the report of reading could not be written: no space left on device")
    assert "the facts stand whole in facts" in err
    assert sorted(path.name for path in export.iterdir()) == ["facts", "folder", "log.csv", "mapping.yaml"]
    assert main(["evaluate", "facts"]) == 0


def test_exports_that_cannot_be_read_leave_no_report(export: Path, capsys: pytest.CaptureFixture[str]) -> None:
    Path("log.csv").write_text("MRN,Day,Length\n7,2026-03-02,20\n", encoding="utf-8")
    Path("reading.txt").write_text("of last month\n", encoding="utf-8")
    assert main([*READ["run"], "--report", "reading.txt"]) == 2
    assert "CCM-E0718" in capsys.readouterr().err
    assert Path("reading.txt").read_text(encoding="utf-8") == "of last month\n" and not Path("facts").exists()


def test_a_mapping_that_cannot_be_written_is_no_fault_of_ours(export: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["intake", "propose", "log.csv", "--out", "gone/mapping.yaml"]) == 2
    assert "CCM-E0804: the output could not be written: no such file or directory" in capsys.readouterr().err


def test_a_folder_that_cannot_be_made_is_no_fault_of_ours(export: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["intake", "run", "log.csv", "--mapping", "mapping.yaml", "--out", "mapping.yaml/facts"]) == 2
    err = capsys.readouterr().err
    assert "CCM-E0804: facts cannot be written there: " in err and "help: name another folder" in err
