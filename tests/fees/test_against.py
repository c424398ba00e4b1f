"""`fees check --against`: CMS's published amounts beside ours, to the cent, in every form that such a file comes in."""

from __future__ import annotations

import csv
import io
import json
import zipfile
from collections.abc import Callable
from pathlib import Path

import pytest

from ccm_policy.cli.main import main

TAIL = '" ","0","A","0","0000000.00","0000000.00","9","0000000.00","0000000.00"'
TRAILER = '"TRLCPT codes and descriptions only are copyright American Medical Association.  All rights reserved."\r\n'


def row(code: str, locality: str, non_facility: str, facility: str, year: int = 2026, modifier: str = "  ") -> str:
    mac, number = locality.split("-")
    amounts = f'"{non_facility:0>10}","{facility:0>10}"'
    return f'"{year}","{mac}","{number}","{code}","{modifier}",{amounts},{TAIL}\r\n'


# The two of 99213 as PFALL26AR publishes them; the others by the formula, and one row of a code that is not held.
WHOLE = (
    row("99213", "01112-05", "117.58", "64.37")
    + row("99213", "01112-09", "119.71", "65.29")
    + row("99490", "13202-01", "74.57", "49.00")
    + row("46505", "01112-05", "432.49", "296.85")
)


def compare(capsys: pytest.CaptureFixture[str], path: Path, *more: str) -> tuple[int, list[str]]:
    status = main(["fees", "check", "--against", str(path), *more])
    out, err = capsys.readouterr()
    assert err == "", err
    return status, out.splitlines()


def file(folder: Path, text: str, name: str = "PFALL26CR_nonQP.txt") -> Path:
    path = folder / name
    path.write_bytes(text.encode("latin-1"))
    return path


def test_amounts_that_agree(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    text = WHOLE.replace(row("99490", "13202-01", "74.57", "49.00"), "") + TRAILER
    assert compare(capsys, file(tmp_path, text)) == (
        0,
        [
            "PFALL26CR_nonQP.txt: date of service 2026-07-01, factor non_qp",
            "4 amounts of 1 codes in 2 localities compared: 4 agree, 0 differ",
            "1 rows of codes that are not held were not compared",
        ],
    )


def test_a_cent_is_a_difference(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    text = row("99490", "13202-01", "74.58", "48.87") + row("99213", "99999-01", "1.00", "0.00") + TRAILER
    status, lines = compare(capsys, file(tmp_path, text))
    assert status == 1
    assert lines[1].split() == ["code", "locality", "setting", "theirs", "ours"]
    assert lines[2].split()[:5] == ["99490", "13202-01", "non_facility", "74.58", "74.57"]
    assert any(
        line.startswith("99213  99999-01  non_facility    1.00   none  `medicare_pfs` knows no") for line in lines
    )
    status = main(["fees", "check", "--against", str(file(tmp_path, text)), "--format", "json"])
    answer = json.loads(capsys.readouterr().out, parse_float=lambda text: pytest.fail(f"a float: {text}"))
    assert status == 1
    assert answer[0]["differences"][0] == {
        "code": "99490", "modifier": "", "locality": "13202-01", "setting": "non_facility", "theirs": "74.58",
        "ours": "74.57", "why": "",
    }  # fmt: skip


def test_the_date_is_that_of_the_release(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """By the name; a revision of March by the day from which its values hold; of the year, where none is named."""
    for name, year, day in (
        ("PFALL24.txt", 2024, "2024-01-01"),
        ("PFREV24A.txt", 2024, "2024-01-01"),
        ("PFREV24AR.txt", 2024, "2024-03-09"),
        ("PFREV24D.txt", 2024, "2024-10-01"),
        ("PFALL26AR.txt", 2026, "2026-01-01"),
        ("PFREV26C.txt", 2026, "2026-07-01"),
    ):
        _, lines = compare(capsys, file(tmp_path, row("99490", "00000-00", "1.00", "1.00", year) + TRAILER, name))
        assert lines[0].startswith(f"{name}: date of service {day}"), lines[0]
    _, lines = compare(capsys, tmp_path / "PFALL24.txt", "--date", "2024-03-09")
    assert lines[0] == "PFALL24.txt: date of service 2024-03-09"
    assert lines[2].split() == ["99490", "national", "non_facility", "1.00", "62.58"]


def test_the_factor_is_named_or_found(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    text = row("99490", "00000-00", "66.46", "43.97") + TRAILER
    for name in ("PFALL26C.txt", "PFREV26CR_QPP.txt", "PFALL26C_QP.txt"):
        status, lines = compare(capsys, file(tmp_path, text, name))
        assert (status, lines[0]) == (0, f"{name}: date of service 2026-07-01, factor qp")
    assert compare(capsys, file(tmp_path, text, "PFALL26C_nonQP.txt"))[0] == 1
    assert compare(capsys, file(tmp_path, text, "PFALL26C_nonQP.txt"), "--apm", "qp")[0] == 0


def test_what_the_schedule_does_not_pay_is_no_difference(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    text = row("99358", "13202-01", "0.00", "0.00") + row("90952", "13202-01", "0.00", "0.00") + TRAILER
    status, lines = compare(capsys, file(tmp_path, text))
    assert status == 0
    assert lines[-1] == "note: 2 amounts are published as 0.00 and priced here for information only, by their status"
    status, lines = compare(capsys, file(tmp_path, row("90952", "13202-01", "5.00", "0.00") + TRAILER))
    assert status == 1


def packed(path: Path, **files: bytes) -> Path:
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as package:
        for name, data in files.items():
            package.writestr(name.replace("__", "."), data)
    return path


def test_packages_inside_packages_are_read_each_with_its_factor(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    for name, amounts in (("nonQP", ("66.13", "43.76")), ("QP", ("66.46", "43.97"))):
        text = row("99490", "00000-00", *amounts) + TRAILER
        packed(tmp_path / f"PFREV26CR_{name}.zip", PFALL26CR__txt=text.encode(), PF26PAR__pdf=b"%PDF")
    outer = packed(
        tmp_path / "pfrev26c.zip",
        **{f"PFREV26CR_{n}__zip": (tmp_path / f"PFREV26CR_{n}.zip").read_bytes() for n in ("nonQP", "QP")},
    )
    status, lines = compare(capsys, outer)
    assert status == 0
    assert [line for line in lines if "factor" in line] == [
        "PFALL26CR.txt: date of service 2026-07-01, factor non_qp",
        "PFALL26CR.txt: date of service 2026-07-01, factor qp",
    ]


def test_a_workbook_and_a_csv_say_the_same_as_the_text(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    openpyxl = pytest.importorskip("openpyxl")
    _, expected = compare(capsys, file(tmp_path, WHOLE + TRAILER))
    book = openpyxl.Workbook(write_only=True)
    sheet = book.create_sheet()
    plain = io.StringIO()
    for values in csv.reader(io.StringIO(WHOLE)):
        csv.writer(plain).writerow([value.strip() for value in values])
        numbers = [int(v) if v.isdigit() else v.strip() or None for v in values[:5]]
        sheet.append([*numbers, float(values[5]), float(values[6]), *values[7:]])
    sheet.append([TRAILER.strip('"\r\n')])
    book.save(tmp_path / "PFALL26CR_nonQP.xlsx")
    assert compare(capsys, tmp_path / "PFALL26CR_nonQP.xlsx")[1][1:] == expected[1:]
    _, lines = compare(capsys, file(tmp_path, plain.getvalue() + TRAILER, "PFALL26CR_nonQP.csv"))
    assert lines[1:] == expected[1:]


DAMAGED: list[tuple[str, Callable[[str], str], str]] = [
    ("empty", lambda t: "", "E0633"),
    ("another file", lambda t: "HCPCS,MOD\r\n99490,\r\n", "E0633"),
    ("a mark of UTF-8", lambda t: "\xef\xbb\xbf" + t, "E0631"),
    ("UTF-16", lambda t: t.encode("utf-16").decode("latin-1"), "E0631"),
    ("cut inside a row", lambda t: t[: t.index('"13202"') + 40], "E0632"),
    ("cut inside a quoted value", lambda t: t[: t.index('"13202"') + 5], "E0632"),
    ("a letter in an amount", lambda t: t.replace("74.57", "74.5O"), "E0635"),
    ("a row twice", lambda t: row("99213", "01112-05", "117.58", "64.37") + t, "E0635"),
    ("two years", lambda t: t + row("99490", "13202-02", "1.00", "1.00", 2025), "E0635"),
    ("a year that is not held", lambda t: t.replace('"2026"', '"2014"'), "E0634"),
    ("years of totals only", lambda t: t.replace('"2026"', '"2016"'), "E0608"),
    ("no code that is held", lambda t: row("46505", "01112-05", "1.00", "1.00"), "E0640"),
]


@pytest.mark.parametrize(("what", "damage", "code"), DAMAGED, ids=[each[0] for each in DAMAGED])
def test_a_damaged_file_is_refused(
    what: str, damage: Callable[[str], str], code: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    path = file(tmp_path, damage(WHOLE + TRAILER))
    assert main(["fees", "check", "--against", str(path)]) == 1
    out, err = capsys.readouterr()
    assert out == ""
    assert f"error CCM-{code}: " in err
    assert "  help: " in err


def test_a_file_without_its_trailer_may_be_cut(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    _, lines = compare(capsys, file(tmp_path, WHOLE))
    assert lines[-1] == "note: the file has no trailer (TRL) at its end; if it was cut, rows are missing"


@pytest.mark.parametrize("end", ["\n", "\r", "\r\n"])
def test_any_line_end_and_an_end_mark(end: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    _, expected = compare(capsys, file(tmp_path, WHOLE + TRAILER))
    text = (WHOLE + TRAILER).replace("\r\n", end) + "\x1a" + end
    assert compare(capsys, file(tmp_path, text))[1] == expected
