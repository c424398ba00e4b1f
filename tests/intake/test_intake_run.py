"""Exports with their dirt become the facts and the report that a person would want: nothing lost, nothing guessed."""

from __future__ import annotations

import csv
from collections.abc import Callable
from datetime import date, datetime, time, timedelta
from pathlib import Path

import pytest

from ccm_policy import facts
from ccm_policy.intake.read_mapping import read_mapping
from ccm_policy.intake.report import Report
from ccm_policy.intake.run import run
from ccm_policy.language.tree import Vocabulary
from tests.intake.exports import write_all, write_workbook

GOLDEN = Path(__file__).parent / "golden"


@pytest.mark.parametrize("case", ["activity_log", "monthly_totals", "wide"])
def test_an_export_gives_these_facts_and_this_report(
    case: str,
    vocabulary: Vocabulary,
    here: Path,
    golden: Callable[[Path, str], None],
) -> None:
    exports, mapping = write_all(here)[case]
    report = run(exports, [read_mapping(mapping)], vocabulary, Path("facts"))
    tables = [f"--- {table.name}\n{table.read_text(encoding='utf-8')}" for table in sorted(Path("facts").glob("*.csv"))]
    golden(GOLDEN / f"{case}.expected", "\n".join([*tables, "--- report", report.text()]))
    given, problems = facts.read(Path("facts"), vocabulary)
    assert problems == []
    assert len(given) == report.patient_months


BY_DATE = "key: {patient_id: MRN, service_month: Date}"
BY_THE_CLOCK = f"{BY_DATE}, gives: [{{list: time_log, fields: {{start: In, end: Out, minutes: Time}}}}]"
SMALL = {
    "a_repetition_is_filled_by_its_own_columns": (
        "MRN,Month,Staff,Call 1 Date,Call 1 Min,Call 2 Date,Call 2 Min\n1,2026-03,RN,2026-03-02,5,,\n",
        (
            "key: {patient_id: MRN, service_month: Month}, gives: [{list: time_log, repeat: [1, 2], fields: "
            '{date: "Call {n} Date", minutes: "Call {n} Min", performed_by: Staff}}]'
        ),
        [{"date": "2026-03-02", "minutes": "5", "performed_by": "rn"}],
    ),
    "numbers_and_words_of_durations": (
        "MRN,Date,Time\n1,2026-03-02,12 min\n1,2026-03-03,1h 5m\n1,2026-03-04,0:06:40\n1,2026-03-05,7.5\n",
        "key: {patient_id: MRN, service_month: Date}, gives: [{list: time_log, fields: {minutes: Time}}]",
        [{"minutes": "12"}, {"minutes": "65"}, {"minutes": "0:06:40"}, {"minutes": "7.5"}],
    ),
    "hours_by_the_name_of_the_column": (
        "MRN,Date,Time (hours)\n1,2026-03-02,0.5\n",
        'key: {patient_id: MRN, service_month: Date}, gives: [{list: time_log, fields: {minutes: "Time (hours)"}}]',
        [{"minutes": "30"}],
    ),
    "the_clock_tells_hours_from_minutes": (
        "MRN,Date,In,Out,Time\n1,2026-03-02,9:00,9:12,0:12\n1,2026-03-03,,,0:20\n",
        BY_THE_CLOCK,
        [{"start": "09:00", "end": "09:12", "minutes": "12"}, {"minutes": "20"}],
    ),
    "a_clock_that_contradicts_the_minutes": (
        "MRN,Date,In,Out,Time\n1,2026-03-02,9:00,9:12,30\n",
        BY_THE_CLOCK,
        [{"start": "09:00", "end": "unknown", "minutes": "unknown"}],
    ),
    "one_id_twice": (
        "MRN,Date,Id,Time\n1,2026-03-02,a,30\n1,2026-03-03,a,20\n",
        "key: {patient_id: MRN, service_month: Date}, gives: [{list: time_log, fields: {id: Id, minutes: Time}}]",
        [{"id": "a", "minutes": "30"}, {"id": "unknown", "minutes": "unknown"}],
    ),
    "rows_that_the_mapping_leaves_out": (
        "MRN,Date,Kind,Time\n1,2026-03-02,Test,30\n1,2026-03-03, call ,20\n",
        (
            "leave_out: [{column: Kind, is: [TEST], because: tests}], key: {patient_id: MRN, service_month: Date}, "
            "gives: [{list: time_log, only: [{column: Kind, is: [Call]}], fields: {minutes: Time}}]"
        ),
        [{"minutes": "20"}],
    ),
    "the_month_of_the_mapping_tells_the_order_of_days": (
        "MRN,Date,Time\n1,3/2/2026,30\n1,3/4/2026,20\n",
        "key: {patient_id: MRN, service_month: Date}, gives: [{list: time_log, fields: {date: Date, minutes: Time}}]",
        [{"date": "2026-03-02", "minutes": "30"}, {"date": "2026-03-04", "minutes": "20"}],
    ),
}


@pytest.mark.parametrize("case", SMALL)
def test_a_log_gives_these_entries(case: str, vocabulary: Vocabulary, tmp_path: Path) -> None:
    export, entry, expected = SMALL[case]
    (tmp_path / "log.csv").write_text(export, encoding="utf-8")
    mapping = f"mapping: 1\nmonth: 2026-03\nfiles: {{log: {{file: log.csv, {entry}}}}}\n"
    (tmp_path / "mapping.yaml").write_text(mapping, encoding="utf-8")
    run([tmp_path / "log.csv"], [read_mapping(tmp_path / "mapping.yaml")], vocabulary, tmp_path / "facts")
    with (tmp_path / "facts" / "time_log.csv").open(encoding="utf-8", newline="") as table:
        rows = [{name: cell for name, cell in row.items() if cell} for row in csv.DictReader(table)]
    key = ("patient_id", "service_month", "practitioner_id")
    assert [{name: cell for name, cell in row.items() if name not in key} for row in rows] == expected


def test_practitioners_and_months_of_one_patient_stand_apart(vocabulary: Vocabulary, tmp_path: Path) -> None:
    export = "MRN,Date,Provider,Time\n1,2026-03-02,a,5\n1,2026-03-03,b,6\n1,2026-04-03,a,7\n1,2026-03-09,,8\n"
    (tmp_path / "log.csv").write_text(export, encoding="utf-8")
    (tmp_path / "mapping.yaml").write_text(
        "mapping: 1\nfiles: {log: {file: log.csv, key: {patient_id: MRN, service_month: Date, practitioner.id: "
        "Provider}, gives: [{list: time_log, fields: {minutes: Time}}]}}\n",
        encoding="utf-8",
    )
    report = run([tmp_path / "log.csv"], [read_mapping(tmp_path / "mapping.yaml")], vocabulary, tmp_path / "facts")
    table = (tmp_path / "facts" / "time_log.csv").read_text(encoding="utf-8").splitlines()[1:]
    assert table == ["1,2026-03,a,5", "1,2026-03,b,6", "1,2026-04,a,7"]
    assert next(iter(report.files[0].left_out.values())).rows == [5], "nothing says whose the entry of the 9th is"


def with_roster(vocabulary: Vocabulary, tmp_path: Path) -> Report:
    """A log and a roster, both written before, as facts."""
    (tmp_path / "mapping.yaml").write_text(
        f"mapping: 1\nfiles:\n  log: {{file: log.csv, {BY_DATE}, gives: [{{list: time_log, fields: {{minutes: Time, "
        "staff_id: Who}}]}\n  staff: {file: staff.csv, gives: [{list: staff, fields: {id: Name, role: Role}}]}\n",
        encoding="utf-8",
    )
    paths = [tmp_path / "log.csv", tmp_path / "staff.csv"]
    return run(paths, [read_mapping(tmp_path / "mapping.yaml")], vocabulary, tmp_path / "facts")


def test_a_roster_is_the_practices_and_strangers_are_named(vocabulary: Vocabulary, tmp_path: Path) -> None:
    (tmp_path / "log.csv").write_text("MRN,Date,Who,Time\n1,2026-03-02,ann,5\n1,2026-03-03,zed,6\n", encoding="utf-8")
    (tmp_path / "staff.csv").write_text("Name,Role\nann,R.N.\n", encoding="utf-8")
    report = with_roster(vocabulary, tmp_path)
    assert (tmp_path / "facts" / "staff.csv").read_text(encoding="utf-8") == "id,role\nann,rn\n"
    assert {what: tally.rows for what, tally in report.files[0].look_at.items()} == {
        "`time_log.staff_id` is on no row of `staff`": [3]
    }


def test_two_rows_of_one_person_in_a_roster_leave_open_in_what_they_differ(
    vocabulary: Vocabulary, tmp_path: Path
) -> None:
    (tmp_path / "log.csv").write_text("MRN,Date,Time,Who\n1,2026-03-02,5,ann\n", encoding="utf-8")
    (tmp_path / "staff.csv").write_text("Name,Role\nann,RN\nann,MA\nbo,RN\nbo,RN\n", encoding="utf-8")
    report = with_roster(vocabulary, tmp_path)
    assert (tmp_path / "facts" / "staff.csv").read_text(encoding="utf-8") == "id,role\nann,unknown\nbo,rn\n"
    assert {what: tally.rows for what, tally in report.files[1].look_at.items()} == {
        "another row has its `id` and says something else; `staff.role` unknown": [3]
    }
    _, problems = facts.read(tmp_path / "facts", vocabulary)
    assert not [problem for problem in problems if problem.code == "CCM-E0541"]


def test_workbooks_and_parquet_are_read_by_the_types_of_their_cells(vocabulary: Vocabulary, tmp_path: Path) -> None:
    from pyarrow import parquet, table

    rows: list[list[object]] = [["MRN", "Date", "In", "Time"]]
    rows.append([7, datetime(2026, 3, 2, 9, 30), time(9, 30), timedelta(minutes=6, seconds=40)])
    write_workbook(tmp_path / "log.xlsx", rows)
    arrow = table(
        {"MRN": [7], "Date": [date(2026, 3, 2)], "In": ["9:30 am"], "Time": [timedelta(minutes=6, seconds=40)]}
    )
    parquet.write_table(arrow, tmp_path / "log.parquet")
    (tmp_path / "mapping.yaml").write_text(
        f'mapping: 1\nfiles: {{log: {{file: "log.*", {BY_DATE}, gives: [{{list: time_log, fields: {{date: Date, '
        "start: In, minutes: Time}}]}}\n",
        encoding="utf-8",
    )
    for name in ("log.xlsx", "log.parquet"):
        run([tmp_path / name], [read_mapping(tmp_path / "mapping.yaml")], vocabulary, tmp_path / "facts")
        found = (tmp_path / "facts" / "time_log.csv").read_text(encoding="utf-8").splitlines()
        assert found[1] == "7,2026-03,,2026-03-02,09:30,0:06:40", name


def test_consent_left_blank_beside_others_is_not_known_and_nobody_vouches_for_it(
    vocabulary: Vocabulary, tmp_path: Path
) -> None:
    """Of 2 the list says nothing where it does of 1. Where it says nothing of anybody, it is no column of consent."""
    mapping = (
        "mapping: 1\nmonth: 2026-03\nfiles: {list: {file: list.csv, key: {patient_id: MRN}, gives: [{list: programs, "
        "fields: {program: {constant: ccm}, started_on: From}}, {list: consents, fields: {date: Consent}}]}}\n"
    )
    (tmp_path / "mapping.yaml").write_text(mapping, encoding="utf-8")
    for first, known in (("2025-11-03", ["yes", "unknown"]), ("", ["no", "no"])):
        text = f"MRN,From,Consent\n1,2025-11-03,{first}\n2,2025-11-03,\n"
        (tmp_path / "list.csv").write_text(text, encoding="utf-8")
        report = run([tmp_path / "list.csv"], [read_mapping(tmp_path / "mapping.yaml")], vocabulary, tmp_path / "facts")
        with (tmp_path / "facts" / "patient_months.csv").open(encoding="utf-8") as table:
            assert [row["consents_given"] for row in csv.DictReader(table)] == known
        told = "`Consent` says nothing here, and something elsewhere; `consents` is unknown"
        assert (told in report.files[0].look_at) == (known[1] == "unknown")


def test_zeros_that_a_spreadsheet_took_away_are_told_and_put_back(vocabulary: Vocabulary, tmp_path: Path) -> None:
    (tmp_path / "log.csv").write_text("MRN,Date,Time\n0042,2026-03-02,5\n", encoding="utf-8")
    write_workbook(tmp_path / "enrolled.xlsx", [["MRN", "Enrolled"], [42, "2025-11-03"]])
    mapping = (
        f"mapping: 1\nmonth: 2026-03\nfiles:\n  log: {{file: log.csv, {BY_DATE}, gives: [{{list: time_log, fields: {{"
        "minutes: Time}}]}\n  enrolled: {file: enrolled.xlsx, key: {patient_id: MRN}, gives: [{list: programs, fields: "
        "{program: {constant: ccm}, started_on: Enrolled}}]}\n"
    )
    paths = [tmp_path / "log.csv", tmp_path / "enrolled.xlsx"]
    for text, months, told in ((mapping, 2, True), (mapping.replace("{patient_id: MRN}", PADDED), 1, False)):
        (tmp_path / "mapping.yaml").write_text(text, encoding="utf-8")
        report = run(paths, [read_mapping(tmp_path / "mapping.yaml")], vocabulary, tmp_path / "facts")
        assert report.patient_months == months
        assert any("zeros before it" in what for what in report.look_at) == told


def test_a_key_that_a_spreadsheet_has_rounded_is_nobodys(vocabulary: Vocabulary, tmp_path: Path) -> None:
    """Two patients whose keys were 1234567890123456 and ...57 would be one, with the minutes of both."""
    rows: list[list[object]] = [["MRN", "Date", "Time"], [1234567890123456, "2026-03-02", 12], ["7", "2026-03-02", 8]]
    write_workbook(tmp_path / "log.xlsx", rows)
    text = "MRN,Date,Time\n1.23457E+15,2026-03-02,12\n1.23457E+15,2026-03-03,11\n7,2026-03-02,8\n"
    (tmp_path / "log.csv").write_text(text, encoding="utf-8")
    (tmp_path / "mapping.yaml").write_text(
        f'mapping: 1\nfiles: {{log: {{file: "log.*", {BY_DATE}, gives: [{{list: time_log, fields: {{date: Date, '
        "minutes: Time}}]}}\n",
        encoding="utf-8",
    )
    for name, rounded in (("log.xlsx", [2]), ("log.csv", [2, 3])):
        report = run([tmp_path / name], [read_mapping(tmp_path / "mapping.yaml")], vocabulary, tmp_path / "facts")
        found = (tmp_path / "facts" / "time_log.csv").read_text(encoding="utf-8").splitlines()
        assert found[1:] == ["7,2026-03,,2026-03-02,8"], name
        (left,) = report.to_dict()["files"][0]["left_out"]
        assert "a spreadsheet has rounded its key" in left["reason"]
        assert left["rows"] == rounded


def test_old_ends_of_lines_and_texts_of_bytes_are_read(vocabulary: Vocabulary, tmp_path: Path) -> None:
    from pyarrow import parquet, table

    (tmp_path / "log.csv").write_bytes(b"MRN,Date,Time,By\r7,2026-03-02,8,RN\r")
    parquet.write_table(
        table({"MRN": [b"7"], "Date": ["2026-03-02"], "Time": [8], "By": [b"RN"]}), tmp_path / "log.parquet"
    )
    (tmp_path / "mapping.yaml").write_text(
        f'mapping: 1\nfiles: {{log: {{file: "log.*", {BY_DATE}, gives: [{{list: time_log, fields: {{date: Date, '
        "minutes: Time, performed_by: By}}]}}\n",
        encoding="utf-8",
    )
    for name in ("log.csv", "log.parquet"):
        run([tmp_path / name], [read_mapping(tmp_path / "mapping.yaml")], vocabulary, tmp_path / "facts")
        found = (tmp_path / "facts" / "time_log.csv").read_text(encoding="utf-8").splitlines()
        assert found[1:] == ["7,2026-03,,2026-03-02,8,rn"], name


PADDED = '{patient_id: {column: MRN, format: "0000"}}'


UNDATED = """\
MRN,Date,Minutes,Ins
1,2026-03-02,12,Medicare
1,,30,Medicare
2,n/a,45,Medicare
3,2026-02-27,20,Medicare
4,2026-02-03,20,Medicare
4,2026-02-30,20,Medicare
"""


@pytest.mark.parametrize("month", ["2026-03", None])
def test_a_row_without_a_day_adds_unknown_minutes_to_every_month_that_it_may_be_of(
    month: str | None, vocabulary: Vocabulary, here: Path
) -> None:
    Path("log.csv").write_text(UNDATED, encoding="utf-8")
    Path("mapping.yaml").write_text(
        f"mapping: 1\n{f'month: {month}' if month else ''}\nfiles: {{log: {{file: log.csv, {BY_DATE}, gives: [{{list: "
        "time_log, fields: {date: Date, minutes: Minutes}}, {facts: {payer: Ins}}]}}\n",
        encoding="utf-8",
    )
    report = run([Path("log.csv")], [read_mapping(Path("mapping.yaml"))], vocabulary, Path("facts"))
    with Path("facts/time_log.csv").open(encoding="utf-8", newline="") as stream:
        found = [(row["patient_id"], row["date"], row["minutes"]) for row in csv.DictReader(stream)]
    first, unknown = ("1", "2026-03-02", "12"), ("unknown", "unknown")
    if month:
        assert found == [first, ("1", *unknown), ("2", *unknown), ("4", *unknown)]
        assert list(report.files[0].left_out) == ["it is of another month, 2026-02"]
    else:
        earlier = [("3", "2026-02-27", "20"), ("4", "2026-02-03", "20"), ("4", *unknown)]
        assert found == [first, ("1", *unknown), *earlier]
        (left,) = report.files[0].left_out.values()
        assert left.patients == ["2"], "nothing else of this patient tells a month"
    assert any("may be of another month" in what for what in report.files[0].look_at)


def test_a_row_that_the_mapping_leaves_out_is_told_with_its_patient(vocabulary: Vocabulary, tmp_path: Path) -> None:
    export, entry, _ = SMALL["rows_that_the_mapping_leaves_out"]
    (tmp_path / "log.csv").write_text(export + "2,2026-03-04,Test,9\n", encoding="utf-8")
    mapping = f"mapping: 1\nmonth: 2026-03\nfiles: {{log: {{file: log.csv, {entry}}}}}\n"
    (tmp_path / "mapping.yaml").write_text(mapping, encoding="utf-8")
    told = run([tmp_path / "log.csv"], [read_mapping(tmp_path / "mapping.yaml")], vocabulary, tmp_path / "facts")
    assert told.files[0].left_out["tests"].patients == ["1", "2"], "patient 2 has no other row, and is not lost"
