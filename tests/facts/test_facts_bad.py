"""Broken facts of every kind, each beside the exact words that a person reads.

`bad/CASE.ext` or the folder `bad/CASE/` is the input; `bad/CASE….expected` is every message, then the patients that
could still be used. Inputs that no text editor would keep (bytes) stand in `BYTES` below. `pytest --record` writes the
expectations anew.
"""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest

from ccm_policy import facts
from ccm_policy.language.diagnostics import has_errors, render
from tests.facts.vocabulary import VOCABULARY

BAD = Path(__file__).parent / "bad"
CASES = sorted(p.name for p in BAD.iterdir() if p.suffix != ".expected" and p.name not in ("bytes", "alone"))
FILES_OF_A_FOLDER = ["alone/time_log.csv", "alone/patient_months.csv"]

RECORD = b'{"patient_id": "0042", "service_month": "2026-03", "payer": "medicare"}'
BYTES: dict[str, bytes] = {
    "deep.json": b"[" * 100_000,
    "deep.yaml": b"[" * 100_000,
    "empty.json": b"",
    "blank.yaml": b"\n \n",
    "mark_only.json": b"\xef\xbb\xbf",
    "zero_byte.json": RECORD.replace(b"0042", b"00\x0042"),
    "zero_byte.jsonl": RECORD + b"\n\x00\n" + RECORD.replace(b"0042", b"0043"),
    "latin.json": b'{\n  "patient_id": "Jos\xe9"\n}',
    "latin.jsonl": RECORD + b'\n{"patient_id": "Jos\xe9"}\n',
    "wide.csv": "patient_id,service_month,payer\r\n0001,2026-03,medicare\r\n".encode("utf-16"),
    "latin.csv": b"patient_id,service_month,payer\r\nJos\xe9,2026-03,medicare\r\n",
    "surrogate.json": RECORD.replace(b"0042", b"00\\ud80042"),
    "no_ending": b"\x89PNG\r\n\x1a\n\x00\x00",
    "not.parquet": b"PAR1 and nothing else",
    "unclosed.csv": b'patient_id,service_month,payer\n"0001,2026-03,medicare\n',
}


def outcome(path: Path, *, month: str | None = None) -> str:
    given, diagnostics = facts.read(path, VOCABULARY, month=month)
    assert has_errors(diagnostics)
    used = ", ".join(record.key for record in given) or "nobody"
    return "\n".join(render(d) for d in diagnostics) + f"\n\nused: {used}\n"


@pytest.mark.parametrize("case", [*CASES, *FILES_OF_A_FOLDER])
def test_a_broken_file_gets_these_words(
    case: str, golden: Callable[[Path, str], None], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(BAD)
    golden(BAD / f"{case.replace('/', '.')}.expected", outcome(Path(case)))


@pytest.mark.parametrize("case", BYTES)
def test_broken_bytes_get_these_words(
    case: str, golden: Callable[[Path, str], None], monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    (tmp_path / case).write_bytes(BYTES[case])
    monkeypatch.chdir(tmp_path)
    golden(BAD / "bytes" / f"{case}.expected", outcome(Path(case)))


def test_a_path_that_is_not_there(golden: Callable[[Path, str], None], monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(BAD)
    golden(BAD / "bytes" / "no_such_file.expected", outcome(Path("clinic.jsonl")))


def test_a_month_that_is_not_there(
    golden: Callable[[Path, str], None], monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    (tmp_path / "march.jsonl").write_bytes(RECORD + b"\n")
    monkeypatch.chdir(tmp_path)
    golden(BAD / "bytes" / "no_such_month.expected", outcome(Path("march.jsonl"), month="2026-04"))


def test_a_table_that_is_there_twice(
    golden: Callable[[Path, str], None], monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    (tmp_path / "clinic").mkdir()
    (tmp_path / "clinic" / "patient_months.csv").write_bytes(b"patient_id,service_month,payer\n")
    (tmp_path / "clinic" / "patient_months.parquet").write_bytes(b"PAR1")
    monkeypatch.chdir(tmp_path)
    golden(BAD / "bytes" / "table_twice.expected", outcome(Path("clinic")))
