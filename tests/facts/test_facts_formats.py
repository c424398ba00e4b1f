"""The same month in every format gives the same facts: the digests are equal, and so are the values."""

from __future__ import annotations

import io
import json
from datetime import timedelta
from decimal import Decimal
from fractions import Fraction
from pathlib import Path
from typing import Any

import pytest

from ccm_policy import facts
from ccm_policy.facts.values import NONE, UNKNOWN, Given, GivenList
from tests.facts.vocabulary import VOCABULARY

GOOD = Path(__file__).parent / "good"


def read(path: Path) -> list[Given]:
    given, diagnostics = facts.read(path, VOCABULARY)
    assert diagnostics == []
    return given


def digests(given: list[Given]) -> list[tuple[str, str]]:
    return [(g.key, g.digest) for g in given]


def write_parquet(records: list[dict[str, Any]], path: Path, schema: Any = None) -> Path:
    import pyarrow
    from pyarrow import parquet

    parquet.write_table(pyarrow.Table.from_pylist(records, schema=schema), path)
    return path


@pytest.fixture(scope="module")
def month() -> list[Given]:
    return read(GOOD / "month.json")


@pytest.mark.parametrize("name", ["month.jsonl", "month.yaml", "month"])
def test_the_same_month_in_another_format_is_the_same(name: str, month: list[Given]) -> None:
    other = read(GOOD / name)
    assert digests(other) == digests(month)
    assert [g.facts for g in other] == [g.facts for g in month]


def test_the_same_month_in_parquet_is_the_same(month: list[Given], tmp_path: Path) -> None:
    records = json.loads((GOOD / "month.json").read_text(encoding="utf-8"), parse_float=Decimal)
    path = write_parquet([records[0]], tmp_path / "month.parquet")
    assert digests(read(path)) == digests(month[:1])


@pytest.mark.parametrize("unit", ["s", "ms", "us", "ns"])
def test_a_length_of_time_in_parquet_is_minutes(unit: str, tmp_path: Path) -> None:
    """In a field of minutes, of a table and of a whole record; in any other field it is refused."""
    import pyarrow

    length = pyarrow.array([timedelta(minutes=6, seconds=40)], pyarrow.duration(unit))
    key = {"patient_id": "0042", "service_month": "2026-03"}
    write_parquet([key | {"payer": "medicare"}], tmp_path / "patient_months.parquet")
    path = tmp_path / "time_log.parquet"
    for field, told in (("minutes", []), ("patients_served", ["CCM-E0532"])):
        columns = {name: pyarrow.array([value]) for name, value in key.items()} | {field: length}
        pyarrow.parquet.write_table(pyarrow.table(columns), path)
        given, problems = facts.read(tmp_path, VOCABULARY)
        assert [d.code for d in problems] == told
        if not told:
            log = given[0].lists["time_log"]
            assert isinstance(log, GivenList)
            assert log.rows[0]["minutes"] == Fraction(20, 3)


def test_tables_in_parquet_are_the_same(month: list[Given], tmp_path: Path) -> None:
    import csv

    import pyarrow

    for table in sorted((GOOD / "month").glob("*.csv")):
        with table.open(encoding="utf-8", newline="") as stream:
            reader = csv.DictReader(stream)
            rows = [{k: v or None for k, v in row.items()} for row in reader]
        schema = pyarrow.schema([(column, pyarrow.string()) for column in reader.fieldnames or []])
        write_parquet(rows, tmp_path / f"{table.stem}.parquet", schema)
    assert digests(read(tmp_path)) == digests(month)


def test_standard_input_is_json_lines(month: list[Given], monkeypatch: pytest.MonkeyPatch) -> None:
    class Stdin:
        buffer = io.BytesIO((GOOD / "month.jsonl").read_bytes())

    monkeypatch.setattr("sys.stdin", Stdin)
    assert digests(read(Path("-"))) == digests(month)


@pytest.mark.parametrize("ends", [b"\n", b"\r\n"])
@pytest.mark.parametrize("mark", [b"", b"\xef\xbb\xbf"])
@pytest.mark.parametrize("name", ["month.json", "month.jsonl", "month.yaml"])
def test_line_ends_and_a_byte_order_mark_change_nothing(
    name: str, mark: bytes, ends: bytes, month: list[Given], tmp_path: Path
) -> None:
    data = mark + (GOOD / name).read_bytes().replace(b"\n", ends)
    (tmp_path / name).write_bytes(data)
    assert digests(read(tmp_path / name)) == digests(month)
    bare = tmp_path / "month"
    bare.write_bytes(data)
    if not name.endswith(".yaml"):  # without an ending, the content says what it is
        assert digests(read(bare)) == digests(month)


def test_tables_from_a_spreadsheet_are_the_same(month: list[Given], tmp_path: Path) -> None:
    for table in (GOOD / "month").glob("*.csv"):
        text = table.read_text(encoding="utf-8")
        lines = text.replace("\n", ",,\r\n") + ",,,,\r\n"  # empty columns and rows that spreadsheets leave
        (tmp_path / table.name).write_bytes(b"\xef\xbb\xbf" + lines.encode())
    assert digests(read(tmp_path)) == digests(month)


def test_values_are_what_they_were_written_as(month: list[Given]) -> None:
    first = month[0]
    assert first.facts["patient_id"] == "00123"
    assert first.facts["patient.deductible_remaining"] == Fraction("66.10")
    assert first.facts["patient.hospice_election"] is NONE
    assert first.facts["mdm.level"] is UNKNOWN
    log = first.lists["time_log"]
    assert isinstance(log, GivenList)
    assert [row["minutes"] for row in log.rows] == [Fraction(20, 3), Fraction(15, 2), Fraction(7)]
    assert log.rows[0]["description"] == "no"
    assert log.rows[0]["start"] == "06:40"
    assert "performed_by" not in log.rows[1]
    assert log.rows[2]["performed_by"] is UNKNOWN


def test_absent_empty_unknown_and_short_form_stay_apart(month: list[Given]) -> None:
    by_id = {g.patient_id: g.lists for g in month}
    assert by_id["00123"]["stays"] == GivenList(())
    assert "stays" not in by_id["0002"]
    short = by_id["0002"]["consents"]
    assert isinstance(short, GivenList)
    assert not short.complete
    whole = by_id["00123"]["consents"]
    assert isinstance(whole, GivenList)
    assert whole.complete


def test_rows_are_numbered_as_their_file_numbers_them() -> None:
    by_id = {g.patient_id: g for g in read(GOOD / "month")}
    log = by_id["0002"].lists["time_log"]
    assert isinstance(log, GivenList)
    assert log.numbers == (5,)
    assert by_id["0002"].row == 3


def test_only_the_month_that_was_asked_for(tmp_path: Path) -> None:
    lines = [{"patient_id": "1", "service_month": m, "payer": "medicare"} for m in ("2026-02", "2026-03")]
    lines.append({"patient_id": "2", "service_month": "2026-02", "payer": "nobody"})
    path = tmp_path / "panel.jsonl"
    path.write_text("\n".join(json.dumps(line) for line in lines), encoding="utf-8")
    given, diagnostics = facts.read(path, VOCABULARY, month="2026-03")
    assert [g.key for g in given] == ["1 2026-03"]
    assert diagnostics == []


def test_a_program_may_give_values_of_python() -> None:
    from datetime import date

    base = {"patient_id": "1", "service_month": "2026-03", "payer": "medicare"}
    text = {"care_plan.created": "2025-10-15", "time_log": [{"minutes": "7.1", "patients_served": 3}]}
    python = {
        "care_plan": {"created": date(2025, 10, 15)},
        "time_log": ({"minutes": 7.1, "patients_served": Decimal(3)},),
    }
    one, _ = facts.check({**base, **text}, VOCABULARY)
    two, _ = facts.check({**base, **python}, VOCABULARY)
    assert one is not None
    assert two is not None
    assert one.digest == two.digest


def test_one_table_alone_holds_facts_and_short_forms(tmp_path: Path) -> None:
    header = "patient_id,service_month,payer,practitioner_id,consent.status,consent.date,mdm.level\n"
    (tmp_path / "march.csv").write_text(f"{header}1,2026-03,medicare,dr-a,given,2025-10-15,low\n", encoding="utf-8")
    (record,) = read(tmp_path / "march.csv")
    assert record.practitioner_id == "dr-a"
    assert record.facts["mdm.level"] == "low"
    assert set(record.lists) == {"consents"}


def test_facts_of_one_name_may_have_a_table_of_their_own(tmp_path: Path) -> None:
    main = "patient_id,service_month,payer\n1,2026-03,medicare\n2,2026-03,medicare\n"
    (tmp_path / "patient_months.csv").write_text(main, encoding="utf-8")
    mdm = "patient_id,service_month,level,documented\n2,2026-03,high,yes\n"
    (tmp_path / "mdm.csv").write_text(mdm, encoding="utf-8")
    one, two = read(tmp_path)
    assert "mdm.level" not in one.facts
    assert (two.facts["mdm.level"], two.facts["mdm.documented"]) == ("high", True)


def test_rows_of_several_practitioners(tmp_path: Path) -> None:
    main = "patient_id,service_month,payer,practitioner.id\n1,2026-03,medicare,dr-a\n1,2026-03,medicare,dr-b\n"
    (tmp_path / "patient_months.csv").write_text(main, encoding="utf-8")
    log = "patient_id,service_month,practitioner_id,minutes\n1,2026-03,dr-a,7\n1,2026-03,dr-b,8\n1,2026-03,,9\n"
    (tmp_path / "time_log.csv").write_text(log, encoding="utf-8")
    visits = "patient_id,service_month,practitioner.id,practitioner_id\n1,2026-03,dr-a,dr-z\n"
    (tmp_path / "visits.csv").write_text(visits, encoding="utf-8")
    a, b = (record.lists for record in read(tmp_path))
    assert a["time_log"] == GivenList(({"minutes": Fraction(7)}, {"minutes": Fraction(9)}), numbers=(2, 4))
    assert b["time_log"] == GivenList(({"minutes": Fraction(8)}, {"minutes": Fraction(9)}), numbers=(3, 4))
    assert a["visits"] == GivenList(({"practitioner_id": "dr-z"},), numbers=(2,))
    assert b["visits"] == GivenList(())


def test_blanks_around_a_text_are_nothing_in_every_format(tmp_path: Path) -> None:
    records = [
        {"patient_id": key, "service_month": " 2026-03", "payer": "medicare "} for key in ("0001", "\u00a00001 ")
    ]
    lines = tmp_path / "month.jsonl"
    lines.write_text("".join(json.dumps(record) + "\n" for record in records), encoding="utf-8")
    for path in (lines, write_parquet(records, tmp_path / "month.parquet")):
        given, told = facts.read(path, VOCABULARY)
        assert (given, [d.code for d in told]) == ([], ["CCM-E0540"])
