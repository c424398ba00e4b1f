"""`fees check`: the shipped schedules are whole, and each way to break them is told with its file."""

from __future__ import annotations

import json
import shutil
from pathlib import Path

import pytest

from ccm_policy import fees
from ccm_policy.fees.check import check
from ccm_policy.shipped import FEE_SCHEDULES

SCHEMAS = Path(fees.__file__).parent / "schemas"


def test_the_shipped_schedules_are_whole() -> None:
    found, files = check(FEE_SCHEDULES)
    assert found == []
    assert files > 150


@pytest.mark.parametrize("path", sorted(SCHEMAS.iterdir()), ids=lambda p: p.name)
def test_every_schema_is_itself_valid(path: Path) -> None:
    from jsonschema import Draft202012Validator

    Draft202012Validator.check_schema(json.loads(path.read_text(encoding="utf-8")))


BROKEN = [
    ("medicare_pfs/2026/C/rvu.csv", "99490,,work,1.00", "99490,,work,1.0", "E0622"),
    ("medicare_pfs/2026/C/rvu.csv", "99490,,work,1.00", "99490,,work,1.01", "E0626"),
    ("medicare_pfs/2026/C/rvu.csv", "99490,,status,A\n99490,,work,1.00\n", "99490,,work,1.00\n99490,,status,A\n", ""),
    ("medicare_pfs/2026/C/rvu.csv", "90951,,status,A\n", "90951,,colour,A\n", "E0622"),
    ("medicare_pfs/2026/C/rvu.csv", "90952,,mp,0.00\n", "90952,,mp,0.00\r\n", "E0627"),
    ("medicare_pfs/2026/C/rvu.csv", "90952,,mp,0.00\n", "90952,,mp\n", "E0620"),
    ("medicare_pfs/2026/C/rvu.csv", "90952,,mp,0.00\n", "90952,,mp,0.00\n90952,,mp,0.00\n", "E0620"),
    ("medicare_pfs/2026/B/rvu.csv", "99490,,mp,0.07", "99490,,mp,0.08", "E0625"),
    ("medicare_pfs/2026/C/gpci.csv", "13202,01,pe,1.162", "13202,01,pe,1,162", "E0620"),
    ("medicare_pfs/2026/C/gpci.csv", "13202,01,pe,1.162", "13202,01,pe,11.62", "E0622"),
    ("medicare_pfs/2026/C/rvu.yaml", "source:", "sources:", "E0623"),
    ("medicare_pfs/2026/C/rvu.yaml", "table: rvu", "table: rvu\ntable: rvu", "E0620"),
    ("medicare_pfs/2026/C/rvu.yaml", "table: rvu", "table: [rvu", "E0620"),
    ("medicare_pfs/2026/conversion_factors.csv", "33.5675,final", "33.5675,maybe", "E0622"),
    ("medicare_pfs/2026/conversion_factors.csv", "33.5675", "33,5675", "E0620"),
    ("medicare_pfs/2024/conversion_factors.csv", "2024-03-09", "2024-03-10", "E0624"),
    ("medicare_pfs/2024/releases.csv", "2024/AR,2024-03-09", "2024/AR,2024-03-08", "E0624"),
    ("medicare_pfs/2024/releases.csv", "2024/AR", "2024/E", "E0620"),
    ("medicare_pfs/2015/conversion_factors.csv", "2015-01-01", "2015-02-31", "E0620"),
    ("medicare_pfs/schedule.yaml", "schedule: medicare_pfs", "schedule: other", "E0622"),
    ("payers/sc_medicaid/amounts.csv", "45.90,", "45.9,", "E0622"),
    ("payers/ny_medicaid/schedule.yaml", "    source: health", "    seen: health", "E0622"),
    ("sequestration.yaml", "percent: 0", "percent: none", "E0622"),
    ("medicare_ncci/2026Q4/mue.csv", "99490,1,2", "99490,one,2", "E0622"),
]


@pytest.mark.parametrize(("file", "old", "new", "code"), BROKEN, ids=[f"{b[0]}: {b[2]!r}"[:60] for b in BROKEN])
def test_each_fault_is_found_where_it_is(file: str, old: str, new: str, code: str, tmp_path: Path) -> None:
    root = tmp_path / "fee_schedules"
    shutil.copytree(FEE_SCHEDULES, root)
    path = root / file
    text = path.read_text(encoding="utf-8")
    assert old in text
    path.write_bytes(text.replace(old, new, 1).encode())
    found, _ = check(root)
    if not code:  # items of one key may stand in any order; only the keys are sorted
        assert found == []
        return
    assert f"CCM-{code}" in [d.code for d in found], found
    assert all(d.help and d.place and d.place.file for d in found)


def test_a_factor_without_a_source_fails(tmp_path: Path) -> None:
    root = tmp_path / "fee_schedules"
    shutil.copytree(FEE_SCHEDULES, root)
    path = root / "medicare_pfs/2025/conversion_factors.csv"
    path.write_text("from,to,factor,value,status,source\n2025-01-01,2025-12-31,,32.3465,final,\n", encoding="utf-8")
    found, _ = check(root)
    assert [(d.code, d.place and d.place.row) for d in found] == [("CCM-E0623", 2)]


def test_a_table_without_its_source_beside_it_fails(tmp_path: Path) -> None:
    root = tmp_path / "fee_schedules"
    shutil.copytree(FEE_SCHEDULES, root)
    (root / "medicare_pfs/2025/A/rvu.yaml").unlink()
    found, _ = check(root)
    assert [d.code for d in found] == ["CCM-E0623"]


@pytest.mark.parametrize(
    ("gone", "look_at", "told"),
    [
        ("medicare_pfs/2026/conversion_factors.csv", "", ("E0620", "conversion_factors.csv")),
        ("medicare_pfs/2026/conversion_factors.csv", "medicare_pfs", ("E0620", "conversion_factors.csv")),
        ("medicare_pfs/2026/releases.csv", "", ("E0620", "releases.csv")),
        ("medicare_pfs/schedule.yaml", "", ("E0621", "2026")),
        (None, "medicare_pfs/2026", ("E0621", "2026")),
        ("2026", "", ("E0621", "medicare_pfs")),
        ("rows of medicare_pfs/2026/conversion_factors.csv", "", ("E0624", "conversion_factors.csv")),
        ("rows of medicare_pfs/2026/releases.csv", "", ("E0624", "releases.csv")),
    ],
)
def test_a_folder_from_which_nothing_is_priced_is_told(
    gone: str | None, look_at: str, told: tuple[str, str], tmp_path: Path
) -> None:
    """A schedule without its factors, its releases, its years or its name: whatever folder of it is looked at."""
    root = tmp_path / "mine"
    for part in ("schedule.yaml", "statuses.csv", "2026"):
        copy = shutil.copytree if part == "2026" else shutil.copy
        (root / "medicare_pfs").mkdir(parents=True, exist_ok=True)
        copy(FEE_SCHEDULES / "medicare_pfs" / part, root / "medicare_pfs" / part)
    assert check(root / "medicare_pfs")[0] == []
    if gone == "2026":
        shutil.rmtree(root / "medicare_pfs" / gone)
    elif gone is not None and gone.startswith("rows of "):
        path = root / gone.removeprefix("rows of ")
        path.write_text(path.read_text(encoding="utf-8").partition("\n")[0] + "\n", encoding="utf-8")
    elif gone is not None:
        (root / gone).unlink()
    found = check(root / look_at)[0]
    assert (f"CCM-{told[0]}", told[1]) in [(d.code, Path(d.place.file or "").name) for d in found if d.place]


def test_an_empty_directory_is_told(tmp_path: Path) -> None:
    assert [d.code for d in check(tmp_path)[0]] == ["CCM-E0621"]
