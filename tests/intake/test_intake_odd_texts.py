"""Keys and texts that are odd: formulas, right to left, letters of several parts. They come through as they are."""

from __future__ import annotations

import csv
from pathlib import Path

import pytest

from ccm_policy import facts
from ccm_policy.cli.main import main
from ccm_policy.facts.values import GivenList
from ccm_policy.language.tree import Vocabulary
from tests.report.test_month_page import Checked

ODD = [
    "=1+1", "+15", "-", "@SUM(A1)", "'=1", "''-", "＝1", '=HYPERLINK("http://x","y")', "O'Brien", "'quoted'",
    "حسن ١٢", "\u202eevil", "a\u0301", "\u00e1", "é", "🧑\u200d⚕️", "x\u00a0y", "İ", "<b>&amp;", "50%", "a,b",
    "0\u200b7",
]  # fmt: skip
MAPPING = """\
mapping: 1
files: {log: {file: log.csv, key: {patient_id: MRN, service_month: Day, practitioner.id: Who}, gives: [{list: time_log,
fields: {date: Day, minutes: Length, staff_id: By, description: Note}}, {facts: {payer: {constant: medicare}}}]}}
"""


SHOWN = ("=1+1", "حسن ١٢", "\u202eevil", "<b>&amp;")


@pytest.fixture
def exported(here: Path, request: pytest.FixtureRequest) -> Path:
    keys = getattr(request, "param", ODD)
    with (here / "log.csv").open("w", encoding="utf-8", newline="") as stream:
        writer = csv.writer(stream)
        writer.writerow(["MRN", "Day", "Length", "Who", "By", "Note"])
        writer.writerows([text, "2026-03-02", "25", text, text, text] for text in keys)
    (here / "mapping.yaml").write_text(MAPPING, encoding="utf-8")
    assert main(["intake", "run", "log.csv", "--mapping", "mapping.yaml", "--out", "facts", "--quick"]) == 0
    return here


def test_facts_are_read_back_as_they_were_exported(exported: Path, vocabulary: Vocabulary) -> None:
    given, problems = facts.read(exported / "facts", vocabulary)
    assert problems == [] and {each.patient_id for each in given} == set(ODD)
    for each in given:
        entries = each.lists["time_log"]
        assert isinstance(entries, GivenList)
        assert (each.practitioner_id, entries.rows[0]["staff_id"]) == (each.patient_id, each.patient_id)
        assert entries.rows[0]["description"] == each.patient_id


@pytest.mark.parametrize("table", ["patient_months", "time_log"])
def test_no_cell_of_the_tables_is_a_formula(table: str, exported: Path) -> None:
    with (exported / "facts" / f"{table}.csv").open(encoding="utf-8", newline="") as stream:
        rows = list(csv.reader(stream))
    assert len(rows) == 1 + len(ODD)
    assert not [cell for row in rows for cell in row if cell.strip()[:1] in tuple("=+-@＝＋－＠")]


@pytest.mark.parametrize("exported", [SHOWN], indirect=True)
def test_pages_and_lists_show_them_and_nothing_runs(exported: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["report", "facts", "--out", "month.html"]) == 0
    page = Path("month.html").read_text(encoding="utf-8")
    assert Checked(page.removeprefix("<!doctype html>")).open == []
    assert "<b>&amp;</" not in page and "\u202e" not in page and "\\u202eevil" in page and "حسن ١٢" in page
    for key in SHOWN[:3]:
        assert main(["explain", "facts", f"--patient={key}", "--format", "html"]) == 0
        packet = capsys.readouterr().out
        assert Checked(packet.removeprefix("<!doctype html>")).open == [] and "\u202e" not in packet
    main(["worklist", "facts", "--as-of", "2026-03-31", "--out", "list.csv"])
    main(["evaluate", "facts", "--out", "month.csv"])
    for name in ("list.csv", "month.csv"):
        with Path(name).open(encoding="utf-8", newline="") as stream:
            cells = [cell for row in csv.reader(stream) for cell in row]
        assert not [cell for cell in cells if cell.strip()[:1] in tuple("=+-@＝＋－＠") and cell not in ("-",)], name
