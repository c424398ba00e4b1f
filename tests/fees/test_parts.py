"""The pairs of an edition come in four parts: they add up, each is known, none is dropped or missing unsaid."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import permutations
from pathlib import Path

import pytest

from ccm_policy.cli.main import main
from ccm_policy.fees.check import check
from ccm_policy.fees.importers import Imported, Request, import_file
from ccm_policy.language.diagnostics import Diagnostic
from ccm_policy.shipped import FEE_SCHEDULES

HEAD = (
    "CPT only copyright 2025 American Medical Association.\t\t\t\t\t\t\n"
    "Column 1\tColumn 2\t*=in existence\tEffective\tDeletion\tModifier\tPTP Edit Rationale\n"
    "\t\tprior to 1996\tDate\tDate\t0=not allowed\t\n\t\t\t\t*=no data\t1=allowed\t\n\t\t\t\t\t9=not applicable\t\n"
)
PAIRS = {
    1: ["0001A 0591T 20220101 20231231 1", "0001U 0030U 20180701 * 1"],
    2: ["36415 99211 20180701 * 1"],
    3: ["99439 99487 20210101 * 0", "99487 99490 20170101 * 0"],
    4: ["99490 G0506 20170101 * 1", "G0506 99358 20170101 * 0"],
}
KEPT = [
    "99439,99487,0,2021-01-01,,Words",
    "99487,99490,0,2017-01-01,,Words",
    "99490,G0506,1,2017-01-01,,Words",
    "G0506,99358,0,2017-01-01,,Words",
]


def text(pairs: Sequence[str]) -> str:
    rows = [pair.split() for pair in pairs]
    return HEAD + "".join("\t".join([*row[:2], "", *row[2:], "Words"]) + "\n" for row in rows)


def part(folder: Path, number: int, pairs: Sequence[str] | None = None, revision: int = 0) -> Path:
    folder.mkdir(exist_ok=True)
    path = folder / f"ccipra-v322r{revision}-f{number}.txt"
    path.write_text(text(PAIRS[number] if pairs is None else pairs), newline="\r\n", encoding="utf-8")
    return path


def bring(to: Path, *files: Path, release: str = "Q3", replace: bool = False) -> Imported | Diagnostic:
    return import_file(
        Request(
            kind="ptp",
            file=files[0],
            year=2026,
            release=release,
            to=to,
            held=FEE_SCHEDULES,
            schedule="medicare_ncci",
            replace=replace,
            more=files[1:],
        )
    )


def brought(to: Path, *files: Path, replace: bool = False) -> Imported:
    got = bring(to, *files, replace=replace)
    assert isinstance(got, Imported), got
    return got


def rows(to: Path) -> list[str]:
    return (to / "medicare_ncci/2026Q3/ptp.csv").read_text(encoding="utf-8").splitlines()[1:]


def on_disk(to: Path) -> dict[Path, bytes]:
    return {path: path.read_bytes() for path in to.rglob("*") if path.is_file()}


def test_parts_add_up_in_any_order_and_give_the_same_bytes(tmp_path: Path) -> None:
    files = [part(tmp_path, number) for number in PAIRS]
    brought(tmp_path / "whole", *files)
    whole = {path.relative_to(tmp_path / "whole"): data for path, data in on_disk(tmp_path / "whole").items()}
    assert rows(tmp_path / "whole") == KEPT
    for i, order in enumerate(permutations(files)):
        to = tmp_path / str(i)
        for file in order:
            brought(to, file)
        assert {path.relative_to(to): data for path, data in on_disk(to).items()} == whole
    assert check(tmp_path / "whole")[0] == []


def test_a_part_twice_changes_nothing(tmp_path: Path) -> None:
    to = tmp_path / "out"
    brought(to, part(tmp_path, 3))
    before = on_disk(to)
    assert not brought(to, part(tmp_path, 3)).written
    assert on_disk(to) == before


def test_what_is_held_and_what_is_missing_is_said(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    files = [str(part(tmp_path, number)) for number in (1, 3, 4)]
    asked = ["--year", "2026", "--release", "Q3", "--to", str(tmp_path / "out")]
    assert main(["fees", "import", "ptp", *files, *asked]) == 0
    assert capsys.readouterr().out.splitlines()[1:] == [
        "part 1: 0001A 0591T to 0001U 0030U, 0 pairs kept",
        "part 3: 99439 99487 to 99487 99490, 2 pairs kept",
        "part 4: 99490 G0506 to G0506 99358, 2 pairs kept",
        "missing: part 2; of their pairs nothing is known",
    ]
    found, _ = check(tmp_path / "out")
    assert [(each.code, each.message) for each in found] == [
        ("CCM-E0628", "part 2 of the edition's pairs is missing; held are parts 1, 3, 4")
    ]


def test_replacing_one_part_leaves_the_others(tmp_path: Path) -> None:
    to = tmp_path / "out"
    brought(to, *(part(tmp_path, number) for number in PAIRS))
    corrected = part(tmp_path, 3, ["99439 99487 20210101 * 1"])
    refused = bring(to, corrected)
    assert isinstance(refused, Diagnostic)
    assert refused.code == "CCM-E0639"
    assert rows(to) == KEPT
    brought(to, corrected, replace=True)
    assert rows(to) == ["99439,99487,1,2021-01-01,,Words", *KEPT[2:]]


def test_a_revision_begins_anew_and_says_what_it_drops(tmp_path: Path) -> None:
    to = tmp_path / "out"
    brought(to, *(part(tmp_path, number) for number in PAIRS))
    revised = part(tmp_path, 3, revision=1)
    refused = bring(to, revised)
    assert isinstance(refused, Diagnostic)
    assert refused.code == "CCM-E0639"
    got = brought(to, revised, replace=True)
    assert got.notes[0] == "dropped, as they are of `v322r0`: parts 1, 2, 4"
    assert got.notes[-1] == "missing: parts 1, 2, 4; of their pairs nothing is known"
    assert rows(to) == KEPT[:2]


def test_a_part_in_the_place_of_a_whole_is_meant_or_refused(tmp_path: Path) -> None:
    to = tmp_path / "out"
    nameless = tmp_path / "pairs.txt"
    nameless.write_text(text([pair for pairs in PAIRS.values() for pair in pairs]), newline="\r\n", encoding="utf-8")
    assert brought(to, nameless).notes == ()
    refused = bring(to, part(tmp_path, 3))
    assert isinstance(refused, Diagnostic)
    assert refused.code == "CCM-E0639"
    got = brought(to, part(tmp_path, 3), replace=True)
    assert got.notes[0] == "dropped, as parts replace it: the whole that was held"
    back = bring(to, nameless)
    assert isinstance(back, Diagnostic)
    assert brought(to, nameless, replace=True).notes == ("dropped, as one file replaces them: parts 3",)
    assert rows(to) == KEPT


def test_what_does_not_fit_together_is_refused_and_changes_nothing(tmp_path: Path) -> None:
    to = tmp_path / "out"
    brought(to, part(tmp_path, 3), part(tmp_path, 1))
    before = on_disk(to)
    (tmp_path / "x").mkdir()
    nameless = tmp_path / "x" / "pairs.txt"
    nameless.write_text(text(PAIRS[4]), newline="\r\n", encoding="utf-8")
    hospital = tmp_path / "x" / "ccioph-v322r0-f4.txt"
    hospital.write_text(text(PAIRS[4]), newline="\r\n", encoding="utf-8")
    wrong: list[tuple[list[Path], str, str]] = [
        ([part(tmp_path / "0", 4, PAIRS[3])], "Q3", "E0641"),  # part 3 under the name of part 4
        ([part(tmp_path / "1", 2, PAIRS[1])], "Q3", "E0641"),  # part 1, of which nothing is kept
        ([part(tmp_path / "2", 2), part(tmp_path / "3", 2)], "Q3", "E0641"),
        ([part(tmp_path / "4", 2), part(tmp_path / "5", 4, revision=1)], "Q3", "E0641"),
        ([part(tmp_path / "6", 2), nameless], "Q3", "E0641"),
        ([hospital], "Q3", "E0634"),
        ([part(tmp_path / "7", 2)], "Q4", "E0634"),
        ([part(tmp_path / "8", 2, [])], "Q3", "E0632"),
    ]
    for files, release, code in wrong:
        got = bring(to, *files, release=release)
        assert isinstance(got, Diagnostic), files
        assert got.code == f"CCM-{code}", got
        assert on_disk(to) == before


def test_a_code_whose_pairs_are_split_between_two_parts(tmp_path: Path) -> None:
    to = tmp_path / "out"
    brought(to, part(tmp_path, 3, ["99439 99487 20210101 * 0"]), part(tmp_path, 4, ["99439 99490 20210101 * 0"]))
    assert len(rows(to)) == 2
    changed = part(tmp_path, 3, ["99439 99487 20210101 * 1"])
    refused = bring(to, changed, replace=True)
    assert isinstance(refused, Diagnostic)
    assert refused.code == "CCM-E0641"
    brought(to, changed, part(tmp_path, 4, ["99439 99490 20210101 * 0"]), replace=True)
    assert [row.split(",")[2] for row in rows(to)] == ["1", "0"]
