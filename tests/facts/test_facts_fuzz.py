"""No bytes make a reader raise: damaged files give messages, and what is still whole is still read."""

from __future__ import annotations

import tempfile
from pathlib import Path

from hypothesis import given, settings
from hypothesis import strategies as st

from ccm_policy import facts
from ccm_policy.language.diagnostics import render
from tests.facts.vocabulary import VOCABULARY

GOOD = Path(__file__).parent / "good"
FILES = {p.name: p.read_bytes() for p in sorted(GOOD.iterdir()) if p.is_file()}
TABLES = {p.name: p.read_bytes() for p in sorted((GOOD / "month").iterdir())}
SPLICES = [
    b"",
    b"\x00",
    b"\xff\xfe",
    b'"',
    b"'",
    b"{",
    b"}",
    b"[",
    b"]",
    b",",
    b":",
    b"\n",
    b"\t",
    b"-",
    b"&a",
    b"*a",
    b"\xc3",
    b"1e999999999",
]
DAMAGE = st.lists(
    st.tuples(st.integers(0, 2000), st.integers(0, 40), st.sampled_from(SPLICES) | st.binary(max_size=6)),
    min_size=1,
    max_size=4,
)


def damaged(data: bytes, damage: list[tuple[int, int, bytes]]) -> bytes:
    for at, length, instead in damage:
        at %= len(data) + 1
        data = data[:at] + instead + data[at + length :]
    return data


def says_something(path: Path) -> None:
    given_records, diagnostics = facts.read(path, VOCABULARY)
    assert given_records or diagnostics
    for diagnostic in diagnostics:
        assert render(diagnostic).startswith("error CCM-E05")


@settings(max_examples=400, deadline=None, derandomize=True)
@given(st.sampled_from(sorted(FILES)), DAMAGE)
def test_a_damaged_file(name: str, damage: list[tuple[int, int, bytes]]) -> None:
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / name
        path.write_bytes(damaged(FILES[name], damage))
        says_something(path)


@settings(max_examples=300, deadline=None, derandomize=True)
@given(st.sampled_from(sorted(TABLES)), DAMAGE)
def test_a_damaged_table(name: str, damage: list[tuple[int, int, bytes]]) -> None:
    with tempfile.TemporaryDirectory() as folder:
        for table, data in TABLES.items():
            (Path(folder) / table).write_bytes(damaged(data, damage) if table == name else data)
        says_something(Path(folder))


@settings(max_examples=100, deadline=None, derandomize=True)
@given(st.sampled_from(["x.json", "x.jsonl", "x.yaml", "x.csv", "x.parquet", "x"]), st.binary(max_size=200))
def test_any_bytes(name: str, data: bytes) -> None:
    with tempfile.TemporaryDirectory() as folder:
        (Path(folder) / name).write_bytes(data)
        says_something(Path(folder) / name)
