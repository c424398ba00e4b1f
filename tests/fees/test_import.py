"""Importing the files that CMS ships gives the shipped tables byte for byte; a damaged file gives nothing."""

from __future__ import annotations

import re
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from ccm_policy.fees.importers import Imported, Request, import_file
from ccm_policy.language.diagnostics import Diagnostic
from ccm_policy.shipped import FEE_SCHEDULES

RAW = Path(__file__).parent / "raw"
JAN = "2025/PPRRVU25_JAN.excerpt.csv"
JUL = "2025/PPRRVU2025_Jul.excerpt.csv"
TXT = "2025/PPRRVU25_JAN.excerpt.txt"
NEW = "2026/PPRRVU2026_Jul_nonQPP.excerpt.csv"
GPCI = "2025/GPCI2025.csv"
GPCI_TXT = "2025/GPCI2025.txt"

WHOLE = [
    ("rvu", "2022/PPRRVU22_JAN.excerpt.csv", 2022, "A"),
    ("rvu", JAN, 2025, "A"),
    ("rvu", TXT, 2025, "A"),
    ("rvu", JUL, 2025, "C"),
    ("rvu", "2025/PPRRVU2025_Oct.excerpt.csv", 2025, "D"),
    ("rvu", NEW, 2026, "C"),
    ("gpci", "2022/GPCI2022.csv", 2022, "A"),
    ("gpci", GPCI, 2025, "A"),
    ("gpci", GPCI_TXT, 2025, "A"),
    ("gpci", "2026/GPCI2026.csv", 2026, "C"),
]


def bring(kind: str, file: Path, year: int, release: str, to: Path, **more: object) -> Imported | Diagnostic:
    schedule = "medicare_ncci" if kind in ("mue", "ptp") else "medicare_pfs"
    return import_file(
        Request(kind=kind, file=file, year=year, release=release, to=to, held=FEE_SCHEDULES, schedule=schedule, **more)  # type: ignore[arg-type]
    )


@pytest.mark.parametrize(("kind", "file", "year", "release"), WHOLE, ids=[w[1] for w in WHOLE])
def test_importing_gives_the_shipped_table_and_twice_the_same(
    kind: str, file: str, year: int, release: str, tmp_path: Path
) -> None:
    first = bring(kind, RAW / file, year, release, tmp_path)
    assert isinstance(first, Imported)
    assert first.written
    shipped = FEE_SCHEDULES / "medicare_pfs" / str(year) / release / f"{kind}.csv"
    assert first.table.read_bytes() == shipped.read_bytes()
    before = {p: p.read_bytes() for p in tmp_path.rglob("*") if p.is_file()}
    second = bring(kind, RAW / file, year, release, tmp_path)
    assert isinstance(second, Imported)
    assert not second.written
    assert {p: p.read_bytes() for p in tmp_path.rglob("*") if p.is_file()} == before


def test_descriptions_are_never_kept(tmp_path: Path) -> None:
    text = (RAW / JAN).read_bytes().replace(b"99490,,,A", b"99490,,SECRET WORDS OF A DESCRIPTOR,A")
    (tmp_path / "in.csv").write_bytes(text)
    got = bring("rvu", tmp_path / "in.csv", 2025, "A", tmp_path / "out")
    assert isinstance(got, Imported)
    assert not any(b"SECRET" in p.read_bytes() for p in (tmp_path / "out").rglob("*.*"))


def test_only_the_codes_asked_for_are_kept(tmp_path: Path) -> None:
    got = bring("rvu", RAW / JAN, 2025, "A", tmp_path, codes=("99490", "G0506"))
    assert isinstance(got, Imported)
    assert got.keys == 2
    assert {line[:5] for line in got.table.read_text(encoding="utf-8").splitlines()[1:]} == {"99490", "G0506"}


def test_what_is_not_found_is_said(tmp_path: Path) -> None:
    """A code asked for by name, and unit limits that the edition before had."""
    got = bring("rvu", RAW / JAN, 2025, "A", tmp_path, codes=("99490", "99999"))
    assert isinstance(got, Imported)
    assert got.notes == ("asked for and not in this file: 99999",)
    (tmp_path / "MUE_Eff_10-01-2024.csv").write_text(MUE, newline="\r\n", encoding="utf-8")
    got = bring("mue", tmp_path / "MUE_Eff_10-01-2024.csv", 2024, "Q4", tmp_path)
    assert isinstance(got, Imported)
    assert got.notes[0].startswith("held before and not in this file: 90951, 90952, ")


def test_codes_that_ended_can_be_named(tmp_path: Path) -> None:
    data = re.sub(rb"99498,[^\r]*\r\n", b"", (RAW / JAN).read_bytes())
    (tmp_path / "in.csv").write_bytes(data)
    got = bring("rvu", tmp_path / "in.csv", 2025, "A", tmp_path / "out", ended=("99498",))
    assert isinstance(got, Imported)
    assert got.keys == 84


def test_a_file_with_both_work_columns_keeps_both(tmp_path: Path) -> None:
    lines = (RAW / "2026/GPCI2026.csv").read_text(encoding="latin-1").splitlines()
    out = []
    for line in lines:
        row = re.fullmatch(r"(\d{5},[A-Z]{2},\d\d,.*),(\d\.\d{3},\d\.\d{3},\d\.\d{3})", line)
        if row:
            line = f"{row[1]},0.987,{row[2]}"
        out.append(line.replace("2026 PW GPCI (with", "2026 PW GPCI (without 1.0 Floor),2026 PW GPCI (with"))
    (tmp_path / "in.csv").write_bytes(("\r\n".join(out) + "\r\n").encode())
    got = bring("gpci", tmp_path / "in.csv", 2026, "C", tmp_path / "out")
    assert isinstance(got, Imported)
    kept = got.table.read_text(encoding="utf-8").splitlines()
    shipped = (FEE_SCHEDULES / "medicare_pfs/2026/C/gpci.csv").read_text(encoding="utf-8").splitlines()
    assert [line for line in kept if "no_floor" not in line] == shipped
    assert sum("work.no_floor,0.987" in line for line in kept) == 109


@pytest.mark.parametrize(("status", "written"), [("X", True), ("N", True), ("C", True), ("A", False)])
def test_a_code_without_values_has_none_unless_it_is_active(status: str, written: bool, tmp_path: Path) -> None:
    """Told as blanks, they are the zeros of other releases; of an active code they were lost."""
    old = b"G0511,,,X,+,0.90,0.72,,0.00,NA,0.07,1.69,0.97,"
    data = (RAW / JAN).read_bytes()
    assert old in data
    (tmp_path / "in.csv").write_bytes(data.replace(old, b"G0511,,,%b,+,,,,,NA,,,," % status.encode()))
    got = bring("rvu", tmp_path / "in.csv", 2025, "A", tmp_path / "out", replace=True)
    assert isinstance(got, Imported) == written
    if isinstance(got, Imported):
        assert "G0511,,total.facility,0.00\n" in got.table.read_text(encoding="utf-8")


Damage = Callable[[bytes], bytes]

FILLER = b",,,%c,,0.00,0.00,,0.00,,0.00,0.00,0.00,9,XXX,0.00,0.00,0.00,9,9,9,9,9,,32.3465,09,0,99,0.00,0.00,0.00\r\n"


def row(code: str, status: str = "N") -> bytes:
    """A row of the January file that no table keeps."""
    return code.encode() + FILLER.replace(b"%c", status.encode())


def sorted_by(key: Callable[[bytes], Any], *more: bytes) -> Damage:
    """The rows with more among them, sorted as a machine would."""

    def change(data: bytes) -> bytes:
        lines = data.splitlines(keepends=True)
        rows = [line for line in lines[10:] if line.strip(b",\r\n")]
        return b"".join(lines[:10] + sorted([*rows, *more], key=key))

    return change


def ebcdic(line: bytes) -> bytes:
    return line[:5].decode().encode("cp037")


def digits_last_but_first(line: bytes) -> bytes:
    """Letters first at the start, and after it digits first."""
    return line[:1].decode().encode("cp037") + line[1:5]


MIXED = [row(code) for code in ("0001F", "00100", "0010T", "A0021", "A9900", "AA001", "99X01", "9X001", "GXXX1")]

ENDINGS: dict[str, Damage] = {
    "a mark of its own line": lambda d: d + b"\x1a",
    "the mark and a line's end": lambda d: d + b"\x1a\r\n",
    "the mark in a row of commas": lambda d: d + b"\x1a" + b"," * 30 + b"\r\n",
    "the mark, quoted": lambda d: d + b'"\x1a",,\r\n',
    "the mark right after the last row": lambda d: d.rstrip(b",\r\n") + b"\x1a",
    "the mark twice, and blank lines": lambda d: d + b"\r\n\x1a\r\n\r\n  \r\n\x1a\r\n",
    "blank lines": lambda d: d + b"\r\n\r\n   \r\n",
    "blanks without a line's end": lambda d: d + b"  ",
    "EBCDIC order": sorted_by(ebcdic, *MIXED),
    "ASCII order": sorted_by(lambda line: line[:5], *MIXED),
    "letters first at the start alone": sorted_by(digits_last_but_first, *MIXED),
    "kinds of code apart": sorted_by(lambda line: (line[4:5].isalpha(), line[:1].isalpha(), line[:5]), *MIXED),
    "placeholders": sorted_by(lambda line: line[:5], *(row(c, "X") for c in ("GXXX1", "GMEM1", "9X005", "CXXXX"))),
}


@pytest.mark.parametrize("what", ENDINGS)
def test_what_is_peculiar_to_a_release_changes_no_value(what: str, tmp_path: Path) -> None:
    """How a file ends, how its rows are sorted and which codes it holds beside those that are kept."""
    (tmp_path / "in.csv").write_bytes(ENDINGS[what]((RAW / JAN).read_bytes()))
    got = bring("rvu", tmp_path / "in.csv", 2025, "A", tmp_path / "out")
    assert isinstance(got, Imported), got
    assert got.table.read_bytes() == (FEE_SCHEDULES / "medicare_pfs/2025/A/rvu.csv").read_bytes()


@pytest.mark.parametrize(("kind", "file", "year", "release"), WHOLE, ids=[w[1] for w in WHOLE])
def test_every_file_may_end_in_a_mark(kind: str, file: str, year: int, release: str, tmp_path: Path) -> None:
    (tmp_path / "in").write_bytes((RAW / file).read_bytes() + b"\x1a\r\n")
    got = bring(kind, tmp_path / "in", year, release, tmp_path / "out")
    assert isinstance(got, Imported), got
    assert got.table.read_bytes() == (FEE_SCHEDULES / "medicare_pfs" / str(year) / release / f"{kind}.csv").read_bytes()


def swap(a: bytes, b: bytes) -> Damage:
    return lambda data: data.replace(a, b, 1)


def reordered(change: Callable[[list[bytes]], list[bytes]], first: int, end: bytes = b"\r\n") -> Damage:
    """Change the order of the lines after the first few."""

    def damage(data: bytes) -> bytes:
        lines = data.removesuffix(end).split(end)
        return end.join(lines[:first] + change(lines[first:])) + end

    return damage


def columns(i: int, j: int, first: int) -> Damage:
    """Swap two columns of every row after the header."""

    def damage(data: bytes) -> bytes:
        lines = data.split(b"\r\n")
        for n in range(first, len(lines)):
            cells = lines[n].split(b",")
            if len(cells) > max(i, j, -i - 1, -j - 1):
                cells[i], cells[j] = cells[j], cells[i]
                lines[n] = b",".join(cells)
        return b"\r\n".join(lines)

    return damage


def assert_worded(*texts: str) -> None:
    """Messages begin small, as they continue `error …:`, and end without a full stop, like all others."""
    for text in texts:
        assert not text[0].isupper() or text.startswith(("ZIP", "CMS")), text
        assert not text.endswith("."), text


DAMAGED: list[tuple[str, str, str, int, str, Damage, str]] = [
    ("empty", "rvu", JAN, 2025, "A", lambda d: b"", "E0630"),
    ("blank lines only", "rvu", JAN, 2025, "A", lambda d: b"\r\n\r\n", "E0630"),
    ("a damaged package", "rvu", JAN, 2025, "A", lambda d: b"PK\x03\x04" + d, "E0630"),
    ("a workbook of the old kind", "rvu", JAN, 2025, "A", lambda d: b"\xd0\xcf\x11\xe0" + d, "E0630"),
    ("with a UTF-8 mark", "rvu", JAN, 2025, "A", lambda d: b"\xef\xbb\xbf" + d, "E0631"),
    ("UTF-16", "gpci", GPCI, 2025, "A", lambda d: d.decode().encode("utf-16"), "E0631"),
    ("a letter saved as UTF-8", "gpci", GPCI, 2025, "A", swap(b"ALABAMA", "ALÁBAMA".encode()), "E0631"),
    ("an end mark amid the rows", "rvu", JAN, 2025, "A", swap(b"\n99490", b"\n\x1a\n99490"), "E0631"),
    ("cut inside a line, with an end mark", "rvu", JAN, 2025, "A", lambda d: d[:6000] + b"\x1a", "E0632"),
    ("the header again", "rvu", JAN, 2025, "A", lambda d: d + d[d.index(b"HCPCS,") :], "E0635"),
    ("a code in small letters", "rvu", JAN, 2025, "A", lambda d: d + row("gxxx1"), "E0635"),
    (
        "two rows exchanged",
        "rvu",
        JAN,
        2025,
        "A",
        lambda d: sorted_by(ebcdic, *MIXED[1:], row("99500"), row("99499"))(d).replace(
            row("99499") + row("99500"), row("99500") + row("99499")
        ),
        "E0636",
    ),
    (
        "two orders in one file",
        "rvu",
        JAN,
        2025,
        "A",
        lambda d: d + row("99500") + row("9950T") + row("99510") + row("99600") + row("9961F") + row("99611"),
        "E0636",
    ),
    ("cut inside a line", "rvu", JAN, 2025, "A", lambda d: d[:6000], "E0632"),
    ("cut inside the last value", "rvu", JAN, 2025, "A", lambda d: d[: d.rindex(b"99498") + 30], "E0632"),
    ("cut between two rows", "rvu", JAN, 2025, "A", lambda d: d[: d.index(b"99439")], "E0638"),
    ("cut inside a line, old Macintosh ends", "rvu", JUL, 2025, "C", lambda d: d[:7000], "E0632"),
    ("fixed text cut", "rvu", TXT, 2025, "A", lambda d: d[:5000] + b"\r\n", "E0632"),
    ("indices cut between rows", "gpci", GPCI, 2025, "A", lambda d: d[: d.index(b"02402,WA,02")], "E0632"),
    ("indices without their footnotes", "gpci", GPCI, 2025, "A", lambda d: d[: d.index(b"MAC Assign")], "E0632"),
    ("fixed indices cut", "gpci", GPCI_TXT, 2025, "A", lambda d: d[:9000] + b"\r\n", "E0632"),
    ("a quote left open", "gpci", GPCI, 2025, "A", swap(b",ALABAMA,", b',"ALABAMA,'), "E0632"),
    ("a row left out", "gpci", GPCI, 2025, "A", lambda d: re.sub(rb"01112,CA,55[^\r]*\r\n", b"", d), "E0638"),
    ("header lines gone", "rvu", JAN, 2025, "A", lambda d: d[d.index(b"HCPCS,") :], "E0633"),
    ("a column's name changed", "rvu", JAN, 2025, "A", swap(b"FACTOR,", b"FACT,"), "E0633"),
    ("work index column gone", "gpci", GPCI, 2025, "A", swap(b"2025 PW GPCI", b"2025 GPCI"), "E0633"),
    ("another file", "rvu", "2025/25LOCCO.csv", 2025, "A", lambda d: d, "E0633"),
    ("indices given as values", "rvu", GPCI, 2025, "A", lambda d: d, "E0633"),
    ("values given as indices", "gpci", JAN, 2025, "A", lambda d: d, "E0633"),
    ("wrong year", "rvu", JAN, 2026, "A", lambda d: d, "E0634"),
    ("wrong release", "rvu", JAN, 2025, "B", lambda d: d, "E0634"),
    ("fixed text of another year", "rvu", TXT, 2024, "A", lambda d: d, "E0634"),
    ("another year's factor", "rvu", JAN, 2025, "A", lambda d: d.replace(b"32.3465", b"33.4009"), "E0634"),
    ("indices of another year", "gpci", GPCI, 2024, "A", lambda d: d, "E0634"),
    ("columns of another year", "gpci", GPCI, 2025, "A", swap(b"2025 PE GPCI", b"2024 PE GPCI"), "E0634"),
    ("two factors", "rvu", JAN, 2025, "A", swap(b"32.3465", b"32.3466"), "E0635"),
    ("a letter in a number", "rvu", JAN, 2025, "A", swap(b"99490,,,A,,1.00", b"99490,,,A,,1.0O"), "E0635"),
    ("a row twice", "rvu", JAN, 2025, "A", lambda d: re.sub(rb"(99490,[^\r]*\r\n)", rb"\1\1", d), "E0635"),
    ("a comma for the point", "rvu", JAN, 2025, "A", lambda d: d.replace(b"1.00", b'"1,00"'), "E0635"),
    ("reversed", "rvu", JAN, 2025, "A", reordered(lambda rows: rows[::-1], 10), "E0636"),
    ("shuffled", "rvu", JUL, 2025, "C", reordered(lambda rows: rows[1::2] + rows[::2], 10, b"\r"), "E0636"),
    ("indices shuffled", "gpci", GPCI, 2025, "A", reordered(lambda r: r[1:109:2] + r[:109:2] + r[109:], 3), "E0636"),
    ("header columns swapped", "rvu", JAN, 2025, "A", columns(5, 10, 0), "E0636"),
    ("one digit changed", "rvu", JAN, 2025, "A", swap(b"99490,,,A,,1.00,0.81", b"99490,,,A,,1.00,0.82"), "E0637"),
    ("two columns of the rows swapped", "rvu", JAN, 2025, "A", columns(6, 8, 10), "E0637"),
    ("work and malpractice index swapped", "gpci", GPCI, 2025, "A", columns(-3, -1, 3), "E0637"),
    ("a locality in another State", "gpci", GPCI, 2025, "A", swap(b"13102,CT", b"13102,ZZ"), "E0637"),
    ("an index changed", "gpci", GPCI, 2025, "A", swap(b"ALABAMA,1,0.869", b"ALABAMA,1,0.896"), "E0639"),
    ("a name changed", "gpci", GPCI, 2025, "A", swap(b"SAN MATEO", b"SAN MATTEO"), "E0639"),
    ("all codes unknown", "rvu", JAN, 2025, "A", lambda d: re.sub(rb"\n(9|G)(\d{4})", rb"\nV\2", d), "E0636|E0640"),
]


@pytest.mark.parametrize(
    ("what", "kind", "file", "year", "release", "damage", "code"), DAMAGED, ids=[d[0] for d in DAMAGED]
)
def test_a_damaged_file_is_refused_and_nothing_is_written(
    what: str, kind: str, file: str, year: int, release: str, damage: Damage, code: str, tmp_path: Path
) -> None:
    bad = tmp_path / "in" / Path(file).name
    bad.parent.mkdir()
    bad.write_bytes(damage((RAW / file).read_bytes()))
    to = tmp_path / "out"
    before = {p: p.read_bytes() for p in tmp_path.rglob("*") if p.is_file()}
    got = bring(kind, bad, year, release, to)
    assert isinstance(got, Diagnostic)
    assert re.fullmatch(f"CCM-({code})", got.code), got
    assert got.help
    assert_worded(got.message, got.help)
    assert {p: p.read_bytes() for p in tmp_path.rglob("*") if p.is_file()} == before


def test_the_refusal_names_the_line(tmp_path: Path) -> None:
    bad = tmp_path / "in.csv"
    data = (RAW / JAN).read_bytes().replace(b"99490,,,A,,1.00,0.81", b"99490,,,A,,1.00,0.82")
    bad.write_bytes(data)
    got = bring("rvu", bad, 2025, "A", tmp_path / "out")
    assert isinstance(got, Diagnostic)
    line = data[: data.index(b"99490")].count(b"\r\n") + 1
    assert got.place is not None
    assert (got.place.file, got.place.row) == (str(bad), line)
    assert got.message == "`99490`: 1.00 + 0.82 + 0.06 is 1.88, and CMS's total says 1.87"


def test_a_correction_needs_to_be_meant(tmp_path: Path) -> None:
    (tmp_path / "in.csv").write_bytes((RAW / GPCI).read_bytes().replace(b"ALABAMA,1,0.869", b"ALABAMA,1,0.896"))
    refused = bring("gpci", tmp_path / "in.csv", 2025, "A", tmp_path / "out")
    assert isinstance(refused, Diagnostic)
    assert "`10112,00,pe,0.896`" in refused.message
    got = bring("gpci", tmp_path / "in.csv", 2025, "A", tmp_path / "out", replace=True)
    assert isinstance(got, Imported)
    assert "10112,00,pe,0.896" in got.table.read_text(encoding="utf-8")


MUE = """\
"CPT only copyright 2023 American Medical Association.
All rights reserved.",,,
HCPCS/CPT Code,Practitioner Services MUE Values,MUE Adjudication Indicator,MUE Rationale
0001A,1,3 Date of Service Edit: Clinical,Clinical: CMS Workgroup
99439,2,2 Date of Service Edit: Policy,Code Descriptor / CPT Instruction
99490,1,2 Date of Service Edit: Policy,Code Descriptor / CPT Instruction
G0506,1,2 Date of Service Edit: Policy,Code Descriptor / CPT Instruction
"""
PTP = (
    "CPT only copyright 2023 American Medical Association.\t\t\t\t\t\t\n"
    "Column 1\tColumn 2\t*=in existence prior to 1996\tEffective Date\tDeletion Date\tModifier\tPTP Edit Rationale\n"
    "\t\t\t\t*=no data\t0=not allowed\t\n\t\t\t\t\t1=allowed\t\n"
    "0001A\t99490\t\t20210101\t*\t0\tMisuse of Column Two code with Column One code\n"
    "99487\t99490\t\t20170101\t*\t0\tMutually exclusive procedures\n"
    "99491\t99490\t\t20190101\t20191231\t1\tMutually exclusive procedures\n"
)


def test_edits_are_imported(tmp_path: Path) -> None:
    (tmp_path / "MCR_MUE_PractitionerServices_Eff_07-01-2024.csv").write_text(MUE, newline="\r\n", encoding="utf-8")
    (tmp_path / "ccipra-f1.txt").write_text(PTP, newline="\r\n", encoding="utf-8")
    mue = bring("mue", tmp_path / "MCR_MUE_PractitionerServices_Eff_07-01-2024.csv", 2024, "Q3", tmp_path / "out")
    ptp = bring("ptp", tmp_path / "ccipra-f1.txt", 2024, "Q3", tmp_path / "out")
    assert isinstance(mue, Imported)
    assert isinstance(ptp, Imported)
    assert mue.table.read_text(encoding="utf-8") == (
        "code,units,indicator,rationale\n"
        "99439,2,2,Code Descriptor / CPT Instruction\n"
        "99490,1,2,Code Descriptor / CPT Instruction\n"
        "G0506,1,2,Code Descriptor / CPT Instruction\n"
    )
    assert ptp.table.read_text(encoding="utf-8") == (
        "column_1,column_2,indicator,effective,deleted,rationale\n"
        "99487,99490,0,2017-01-01,,Mutually exclusive procedures\n"
        "99491,99490,1,2019-01-01,2019-12-31,Mutually exclusive procedures\n"
    )


@pytest.mark.parametrize(
    ("kind", "text", "name", "code"),
    [
        ("mue", MUE, "MUE_Eff_10-01-2024.csv", "E0634"),
        ("mue", MUE.replace("2023", "2020"), "mue.csv", "E0634"),
        ("mue", MUE.replace("copyright 2023", ""), "mue.csv", "E0634"),
        ("mue", MUE.replace("Practitioner Services MUE", "Outpatient Hospital MUE"), "mue.csv", "E0633"),
        ("mue", MUE.replace("99490,1,2 Date", "99490,one,2 Date"), "mue.csv", "E0635"),
        ("mue", MUE.replace("99439,2", "99499,2"), "mue.csv", "E0636"),
        ("mue", MUE[:-60], "mue.csv", "E0632"),
        ("mue", MUE + MUE.splitlines()[-1].replace(",1,", ",3,") + "\n", "mue.csv", "E0635"),
        ("ptp", PTP + PTP.splitlines()[-1] + "\n", "ptp.txt", "E0635"),
        ("ptp", PTP.replace("20191231", "20191331"), "ptp.txt", "E0635"),
        ("ptp", PTP.replace("\t0\tMut", "\t7\tMut"), "ptp.txt", "E0635"),
        ("ptp", PTP.replace("20170101", "2017"), "ptp.txt", "E0635"),
        ("ptp", PTP.replace("99487\t99490\t\t", "99487\t99490\t"), "ptp.txt", "E0632"),
        ("ptp", PTP.replace("99487\t", "99495\t"), "ptp.txt", "E0636"),
        ("ptp", PTP.replace("Column 1", "First"), "ptp.txt", "E0633"),
        ("ptp", PTP.replace("99490", "99999"), "ptp.txt", "E0640"),
    ],
)
def test_damaged_edits_are_refused(kind: str, text: str, name: str, code: str, tmp_path: Path) -> None:
    (tmp_path / name).write_text(text, newline="\r\n", encoding="utf-8")
    got = bring(kind, tmp_path / name, 2024, "Q3", tmp_path / "out")
    assert isinstance(got, Diagnostic)
    assert got.code == f"CCM-{code}"
    assert not (tmp_path / "out").exists()
