"""Workbooks and zip files of CMS's layouts give the tables that the text gives, byte for byte."""

from __future__ import annotations

import builtins
import csv
import io
import re
import zipfile
from datetime import date
from pathlib import Path
from typing import Any

import pytest

from ccm_policy.cli.main import main
from ccm_policy.fees.importers import Imported
from ccm_policy.fees.importers.packed import LAYOUTS
from ccm_policy.fees.zips import ZipPlace, locality_of
from ccm_policy.language.diagnostics import Diagnostic
from ccm_policy.shipped import FEE_SCHEDULES
from tests.fees.test_import import GPCI, JAN, MUE, NEW, PTP, RAW, bring

CSV = [
    ("rvu", JAN, 2025, "A"),
    ("rvu", NEW, 2026, "C"),
    ("gpci", GPCI, 2025, "A"),
    ("gpci", "2022/GPCI2022.csv", 2022, "A"),
]


def typed(text: str) -> Any:
    """A value as a spreadsheet keeps it: what looks like a number is one, and its zeros are gone."""
    text = text.strip()
    if re.fullmatch(r"\d+", text):
        return int(text)
    return float(text) if re.fullmatch(r"\d*\.\d+", text) else text or None


def workbook(path: Path, text: str, delimiter: str = ",", before: bool = False) -> Path:
    openpyxl = pytest.importorskip("openpyxl")
    book = openpyxl.Workbook(write_only=True)
    if before:
        book.create_sheet("Read me").append(["About this file"])
    sheet = book.create_sheet("Data")
    for values in csv.reader(io.StringIO(text, newline=""), delimiter=delimiter):
        sheet.append([typed(value) for value in values])
    book.save(path)
    return path


def package(path: Path, files: dict[str, bytes]) -> Path:
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as made:
        for name, data in files.items():
            made.writestr(name, data)
    return path


def shipped(year: int, release: str, kind: str) -> bytes:
    return (FEE_SCHEDULES / "medicare_pfs" / str(year) / release / f"{kind}.csv").read_bytes()


@pytest.mark.parametrize("before", [False, True], ids=["one sheet", "behind another sheet"])
@pytest.mark.parametrize(("kind", "file", "year", "release"), CSV, ids=[each[1] for each in CSV])
def test_a_workbook_gives_the_table_of_the_text(
    kind: str, file: str, year: int, release: str, before: bool, tmp_path: Path
) -> None:
    path = workbook(tmp_path / "in.xlsx", (RAW / file).read_text(encoding="latin-1"), before=before)
    got = bring(kind, path, year, release, tmp_path / "out")
    assert isinstance(got, Imported), got
    assert got.table.read_bytes() == shipped(year, release, kind)


def test_workbooks_of_edits_give_the_tables_of_the_text(tmp_path: Path) -> None:
    for kind, text, delimiter, name in (
        ("mue", MUE, ",", "MCR_MUE_PractitionerServices_Eff_07-01-2024"),
        ("ptp", PTP, "\t", "ccipra-v302r0-f1"),
    ):
        plain = tmp_path / f"{name}.txt"
        plain.write_text(text, newline="\r\n", encoding="utf-8")
        one = bring(kind, plain, 2024, "Q3", tmp_path / "text")
        other = bring(kind, workbook(tmp_path / f"{name}.xlsx", text, delimiter), 2024, "Q3", tmp_path / "workbook")
        assert isinstance(one, Imported)
        assert isinstance(other, Imported), other
        assert one.table.read_bytes() == other.table.read_bytes()


def test_one_file_of_a_kind_is_taken_out_of_a_package(tmp_path: Path) -> None:
    path = package(
        tmp_path / "rvu25a.zip",
        {
            "RVU25A/PPRRVU25_JAN.txt": (RAW / "2025/PPRRVU25_JAN.excerpt.txt").read_bytes(),
            "RVU25A/PPRRVU25_JAN.csv": (RAW / JAN).read_bytes(),
            "RVU25A/GPCI2025.csv": (RAW / GPCI).read_bytes(),
            "RVU25A/RVU25A.pdf": b"%PDF",
            "__MACOSX/RVU25A/._PPRRVU25_JAN.csv": b"\0",
        },
    )
    for kind in ("rvu", "gpci"):
        got = bring(kind, path, 2025, "A", tmp_path / "out")
        assert isinstance(got, Imported), got
        assert got.table.read_bytes() == shipped(2025, "A", kind)
    side = (tmp_path / "out/medicare_pfs/2025/A/rvu.yaml").read_text(encoding="utf-8")
    assert "source: 'rvu25a.zip, PPRRVU25_JAN.csv'\n" in side


def test_parts_in_packages_are_known_by_their_own_names(tmp_path: Path) -> None:
    path = package(tmp_path / "practitioner.zip", {"ccipra-v302r0-f3.TXT": PTP.replace("\n", "\r\n").encode()})
    got = bring("ptp", path, 2024, "Q3", tmp_path / "out")
    assert isinstance(got, Imported), got
    assert got.notes[-1].startswith("missing: parts 1, 2, 4;")


def test_packages_that_are_refused(tmp_path: Path) -> None:
    two = {f"PPRRVU2026_Jul_{name}.csv": (RAW / NEW).read_bytes() for name in ("QPP", "nonQPP")}
    whole = package(tmp_path / "whole.zip", {"PPRRVU25_JAN.csv": (RAW / JAN).read_bytes()})
    cut = tmp_path / "cut.zip"
    cut.write_bytes(whole.read_bytes()[:2000])
    flipped = bytearray(whole.read_bytes())
    flipped[400] ^= 255
    bad = tmp_path / "bad.zip"
    bad.write_bytes(flipped)
    book = workbook(tmp_path / "book.xlsx", (RAW / JAN).read_text(encoding="latin-1")).read_bytes()
    broken = package(tmp_path / "broken.xlsx", {"xl/workbook.xml": b"<workbook", "[Content_Types].xml": b"<"})
    half = tmp_path / "half.xlsx"
    half.write_bytes(book[: len(book) // 2])
    for path, code in (
        (package(tmp_path / "two.zip", two), "E0643"),
        (package(tmp_path / "none.zip", {"a.pdf": b"%PDF", "b.csv": b"x\n", "c.csv": b"y\n"}), "E0633"),
        (package(tmp_path / "empty.zip", {}), "E0633"),
        (cut, "E0630"),
        (bad, "E0630"),
        (broken, "E0630"),
        (half, "E0630"),
    ):
        got = bring("rvu", path, 2026, "C", tmp_path / "out")
        assert isinstance(got, Diagnostic), path
        assert got.code == f"CCM-{code}", (path, got)
        assert not (tmp_path / "out").exists()


def test_a_value_that_was_changed_in_a_workbook_is_found(tmp_path: Path) -> None:
    text = (RAW / JAN).read_text(encoding="latin-1").replace("99490,,,A,,1.00,0.81", "99490,,,A,,1.00,0.82")
    got = bring("rvu", workbook(tmp_path / "in.xlsx", text), 2025, "A", tmp_path / "out")
    assert isinstance(got, Diagnostic)
    assert got.code == "CCM-E0637"
    assert got.place is not None
    assert got.place.row == next(i for i, line in enumerate(text.splitlines(), 1) if line.startswith("99490"))


def test_without_openpyxl_one_line_names_the_extra(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    path = workbook(tmp_path / "in.xlsx", (RAW / JAN).read_text(encoding="latin-1"))
    real = builtins.__import__

    def without(name: str, *args: Any, **named: Any) -> Any:
        if name.partition(".")[0] == "openpyxl":
            raise ImportError(name)
        return real(name, *args, **named)

    monkeypatch.setattr(builtins, "__import__", without)
    asked = ["fees", "import", "rvu", str(path), "--year", "2025", "--release", "A", "--to", str(tmp_path / "out")]
    assert main(asked) == 1
    err = capsys.readouterr().err
    assert "error CCM-E0642: a workbook (xlsx) needs the package openpyxl, which is not installed\n" in err
    assert err.endswith("  help: install it: pip install 'ccm-policy[xlsx]'\n")


def test_a_zip_code_is_found_in_a_workbook_and_in_a_package(tmp_path: Path) -> None:
    text = "NY100011320201 " + " " * 5 + "0" + " " * 54 + "20261\n"
    book = "STATE,ZIP CODE,CARRIER,LOCALITY,RURAL IND,PLUS 4 FLAG,YEAR/QTR\n"
    book += "NY,10001,13202,01,,0,20261\nCT,06001,13102,00,,1,20261\n"
    packed = package(tmp_path / "zip.zip", {"ZIP5_JAN2026.txt": text.encode(), "ZIP9_JAN2026.txt": b"x\n"})
    for path in (packed, workbook(tmp_path / "ZIP5_JAN2026.xlsx", book)):
        got = locality_of("10001", path, date(2026, 3, 31))
        assert isinstance(got, ZipPlace), got
        assert (got.locality, got.state, got.notes) == ("13202-01", "NY", ())
    got = locality_of("06001", tmp_path / "ZIP5_JAN2026.xlsx", date(2026, 6, 30))
    assert isinstance(got, ZipPlace), got
    assert (got.locality, len(got.notes)) == ("13102-00", 2)


@pytest.mark.parametrize("tail", ["2026", "20269", "2026x", "x"])
def test_a_damaged_line_of_a_zip_file_is_refused(tail: str, tmp_path: Path) -> None:
    (tmp_path / "zip.txt").write_text("NY100011320201 " + " " * 5 + "0" + " " * 54 + tail + "\n", encoding="utf-8")
    got = locality_of("10001", tmp_path / "zip.txt", date(2026, 3, 31))
    assert isinstance(got, Diagnostic)
    assert got.code == "CCM-E0652"


def test_every_kind_has_its_layout() -> None:
    assert set(LAYOUTS) == {"rvu", "gpci", "mue", "ptp", "zip", "payments"}
