"""Exports and mappings that cannot be used: one clear message each, and nothing written."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest

from ccm_policy.intake.read_mapping import read_mapping
from ccm_policy.intake.run import run
from ccm_policy.language.diagnostics import CcmPolicyError, render
from ccm_policy.language.tree import Vocabulary
from tests.intake.exports import write_workbook

GOLDEN = Path(__file__).parent / "golden"
LOG = "MRN,Contact Date,Minutes\n1,2026-03-02,12\n"
MAPPING = """\
mapping: 1
files:
  log:
    file: "log*"
    key: {patient_id: MRN, service_month: Contact Date}
    gives:
      - list: time_log
        fields: {date: Contact Date, minutes: Minutes}
"""
EXPORTS: dict[str, bytes] = {
    "log.pdf": b"%PDF-1.7",
    "log_empty.csv": b"",
    "log_blank.csv": b"\n , \n",
    "log_header.csv": b"MRN,Contact Date,Minutes\n",
    "log_cut_off.csv": b'MRN,Contact Date,Minutes\n1,2026-03-02,"12\n',
    "log_nul.csv": b"MRN,Contact Date,Minutes\n1,2026\x00-03-02,12\n",
    "log_neither.csv": LOG.encode() + b"caf\xe9 \x81,2026-03-02,12\n",
    "log_old.xlsx": b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1",
    "log_broken.xlsx": b"PK\x03\x04 and nothing else",
    "log_broken.parquet": b"PAR1 and nothing else",
    "log_spread.csv": b"Patient,Call 1,\nMRN,Contact Date,Length\n,,Minutes\n1,2026-03-02,12\n",
    "log_two_headers.csv": b"MRN,Contact,Length,By\n,Contact Date,Minutes,Name\n1,2026-03-02,12,x\n",
    "log_twice.csv": b"MRN,Contact Date,Minutes,Minutes\n1,2026-03-02,12,13\n",
    "log_other_name.csv": b"MRN,Date of Contact,Minutes\n1,2026-03-02,12\n",
    "log_either_day.csv": b"MRN,Contact Date,Minutes\n1,3/2/2026,12\n",
    "log_either_length.csv": b"MRN,Contact Date,Minutes\n1,2026-03-02,0:45\n",
    "other.csv": LOG.encode(),
    "log_without_names.csv": b"0001,2026-03-02,12,Jane Doe,a note about her\n",
}
MAPPINGS: dict[str, str] = {
    "no_yaml": "mapping: 1\nfiles: [\n",
    "empty": "",
    "no_files": "mapping: 1\n",
    "a_slip": MAPPING.replace("gives:", "give:"),
    "column_and_constant": MAPPING.replace("minutes: Minutes", "minutes: {column: Minutes, constant: 5}"),
    "another_version": MAPPING.replace("mapping: 1", "mapping: 2"),
    "no_such_list": MAPPING.replace("list: time_log", "list: time_logs"),
    "no_such_field": MAPPING.replace("minutes: Minutes", "minute: Minutes"),
    "no_such_fact": MAPPING + "      - facts: {care_plan.create: Minutes}\n",
    "no_such_value": MAPPING + "      - facts: {payer: {column: Minutes, values: {MCR: medicair}}}\n",
    "no_such_constant": MAPPING + "constants: {payer: medicair, practise: lakeside}\n",
    "a_format_that_cannot_be": MAPPING.replace("minutes: Minutes", "minutes: {column: Minutes, format: m/d/yyyy}"),
    "an_encoding_of_no_text": MAPPING.replace("key:", "encoding: rot13\n    key:"),
    "nothing_repeated": MAPPING.replace("minutes: Minutes", 'minutes: "Call {n}"'),
    "nothing_split": MAPPING.replace("minutes: Minutes", "minutes: {part: yes}"),
    "no_patient": MAPPING.replace("patient_id: MRN, ", ""),
    "no_key": MAPPING.replace("    key: {patient_id: MRN, service_month: Contact Date}\n", ""),
    "an_export_is_missing": MAPPING + '  visits:\n    file: "visits*"\n    gives: [{list: staff, fields: {id: Id}}]\n',
    "two_entries": MAPPING + '  other:\n    file: "*.csv"\n    gives: [{list: staff, fields: {id: Id}}]\n',
}


def said(export: Path, mapping: Path, vocabulary: Vocabulary) -> str:
    with pytest.raises(CcmPolicyError) as fault:
        run([export], [read_mapping(mapping)], vocabulary, Path("facts"))
    assert not Path("facts").exists()
    assert not [each for each in Path().iterdir() if each.name.startswith(".facts")]
    return "\n".join(render(diagnostic) for diagnostic in fault.value.diagnostics) + "\n"


@pytest.mark.parametrize("name", EXPORTS)
def test_an_export_that_cannot_be_used_gets_these_words(
    name: str,
    vocabulary: Vocabulary,
    here: Path,
    golden: Callable[[Path, str], None],
) -> None:
    Path(name).write_bytes(EXPORTS[name])
    Path("mapping.yaml").write_text(MAPPING, encoding="utf-8")
    golden(GOLDEN / "bad" / f"{name}.expected", said(Path(name), Path("mapping.yaml"), vocabulary))


@pytest.mark.parametrize("name", MAPPINGS)
def test_a_mapping_that_cannot_be_used_gets_these_words(
    name: str,
    vocabulary: Vocabulary,
    here: Path,
    golden: Callable[[Path, str], None],
) -> None:
    Path("log.csv").write_text(LOG, encoding="utf-8")
    Path("mapping.yaml").write_text(MAPPINGS[name], encoding="utf-8")
    golden(GOLDEN / "bad" / f"{name}.expected", said(Path("log.csv"), Path("mapping.yaml"), vocabulary))


ROWS: list[list[object]] = [["MRN", "Contact Date", "Minutes"], [1, "2026-03-02", 12], [None, "2026-03-03", 13]]


def _merged(book: object) -> None:
    book.active.merge_cells("A2:A3")  # type: ignore[attr-defined]


def _formula(book: object) -> None:
    book.active["C2"] = "=6*2"  # type: ignore[attr-defined]


def _two_sheets(book: object) -> None:
    book.create_sheet("Notes").append(["something"])  # type: ignore[attr-defined]


@pytest.mark.parametrize("change", [_merged, _formula, _two_sheets], ids=lambda change: change.__name__.strip("_"))
def test_a_workbook_that_cannot_be_used_gets_these_words(
    change: Callable[[object], None],
    vocabulary: Vocabulary,
    here: Path,
    golden: Callable[[Path, str], None],
) -> None:
    write_workbook(Path("log.xlsx"), ROWS, change)
    Path("mapping.yaml").write_text(MAPPING, encoding="utf-8")
    name = change.__name__.strip("_")
    golden(GOLDEN / "bad" / f"{name}.xlsx.expected", said(Path("log.xlsx"), Path("mapping.yaml"), vocabulary))


def test_a_folder_of_somebody_else_is_left_alone(vocabulary: Vocabulary, tmp_path: Path) -> None:
    (tmp_path / "log.csv").write_text(LOG, encoding="utf-8")
    (tmp_path / "mapping.yaml").write_text(MAPPING, encoding="utf-8")
    out = tmp_path / "out"
    out.mkdir()
    (out / "letter.txt").write_text("mine", encoding="utf-8")
    mapping = read_mapping(tmp_path / "mapping.yaml")
    with pytest.raises(CcmPolicyError, match="E0721"):
        run([tmp_path / "log.csv"], [mapping], vocabulary, out)
    assert [each.name for each in out.iterdir()] == ["letter.txt"]
    (out / "letter.txt").unlink()
    for _ in range(2):
        assert run([tmp_path / "log.csv"], [mapping], vocabulary, out).patient_months == 1


def test_a_fault_leaves_the_facts_of_before(vocabulary: Vocabulary, tmp_path: Path) -> None:
    (tmp_path / "log.csv").write_text(LOG, encoding="utf-8")
    (tmp_path / "mapping.yaml").write_text(MAPPING, encoding="utf-8")
    mapping = read_mapping(tmp_path / "mapping.yaml")
    run([tmp_path / "log.csv"], [mapping], vocabulary, tmp_path / "facts")
    before = {each.name: each.read_bytes() for each in (tmp_path / "facts").iterdir()}
    (tmp_path / "log.csv").write_bytes(EXPORTS["log_cut_off.csv"])
    with pytest.raises(CcmPolicyError):
        run([tmp_path / "log.csv"], [mapping], vocabulary, tmp_path / "facts")
    assert before == {each.name: each.read_bytes() for each in (tmp_path / "facts").iterdir()}
