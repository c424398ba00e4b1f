"""Every figure on the page of a month is that of `evaluate`, and tables come to what the boxes say."""

from __future__ import annotations

import re
from decimal import Decimal
from html import unescape
from pathlib import Path

import pytest

from ccm_policy.cli.main import main

CLINIC = Path(__file__).parents[2] / "examples" / "clinic-2026-03"
Range = tuple[Decimal, Decimal]
NOTHING: Range = (Decimal(0), Decimal(0))


@pytest.fixture(scope="module")
def page(tmp_path_factory: pytest.TempPathFactory) -> str:
    out = tmp_path_factory.mktemp("adds") / "month.html"
    assert main(["report", str(CLINIC), "--out", str(out)]) == 0
    return out.read_text(encoding="utf-8")


@pytest.fixture(scope="module")
def lines(tmp_path_factory: pytest.TempPathFactory) -> dict[str, str]:
    """What `evaluate` says below its table, by the word it begins with."""
    with pytest.MonkeyPatch.context() as patched:
        printed: list[str] = []
        patched.setattr("sys.stdout.write", lambda text: printed.append(text))
        main(["evaluate", str(CLINIC)])
    totals = "".join(printed).partition("\nBillable")[2]
    names = "Billable|At risk|Held|Without price|Within reach"
    return dict(re.findall(rf"^({names}) +(.+)$", f"Billable{totals}", re.MULTILINE))


def amount(text: str) -> Range:
    """`$4 to $5`, or `$4`."""
    found = [Decimal(each.replace(",", "")) for each in re.findall(r"\$([\d,]+\.\d\d)", text)]
    return (found[0], found[-1]) if found else NOTHING


def total(amounts: list[Range]) -> Range:
    return sum((low for low, _ in amounts), Decimal(0)), sum((high for _, high in amounts), Decimal(0))


def boxes(page: str) -> dict[str, str]:
    return {name: unescape(said) for name, said in re.findall(r"<dt>(.*?)</dt><dd>(.*?)(?:<small>.*?)?</dd>", page)}


def rows(page: str, caption: str) -> list[list[str]]:
    """The rows of a table as texts."""
    (body,) = re.findall(rf"<caption>{caption}</caption>.*?<tbody[^>]*>(.*?)</tbody>", page, re.DOTALL)
    found = re.findall(r"<tr[^>]*>(.*?)</tr>", body, re.DOTALL)
    return [[plain(cell) for cell in re.findall(r"<t[hd][^>]*>(.*?)</t[hd]>", row, re.DOTALL)] for row in found]


def plain(cell: str) -> str:
    return unescape(re.sub(r"<[^>]+>", " ", cell)).strip()


def test_the_boxes_are_the_totals_of_evaluate(page: str, lines: dict[str, str]) -> None:
    said = boxes(page)
    for name in ("Billable", "At risk", "Held", "Within reach"):
        assert amount(said[name]) == amount(lines[name]) != NOTHING, name
    assert said["Without price"] == lines["Without price"].split()[0]


def test_services_come_to_what_is_billable(page: str) -> None:
    *services, whole = rows(page, "Dollars by service")
    assert total([amount(row[4]) for row in services]) == amount(whole[4]) == amount(boxes(page)["Billable"])
    assert sum(int(row[3]) for row in services) == int(whole[3])


def test_patients_come_to_what_is_billable(page: str) -> None:
    patients = rows(page, "Each patient, with what to bill and what stands against it")
    assert f"{len(patients)} patient-months:" in page
    assert total([amount(row[2]) for row in patients if "at most" not in row[2]]) == amount(boxes(page)["Billable"])
    billed = [amount(cell[5]) for each in bills(page) for cell in each if "at most" not in cell[5]]
    assert total(billed) == amount(boxes(page)["Billable"])


def bills(page: str) -> list[list[list[str]]]:
    sections = re.findall(r'<section class="patient".*?</section>', page, re.DOTALL)
    return [rows(section, "What is billed") for section in sections if "<caption>What is billed<" in section]


def test_the_best_of_each_patient_comes_to_what_is_within_reach(page: str) -> None:
    best: dict[str, Range] = {}
    for patient, _, _, worth in rows(page, "Services that a few more minutes would earn"):
        best[patient] = max(best.get(patient, NOTHING), amount(worth))
    assert total(list(best.values())) == amount(boxes(page)["Within reach"])


def test_no_rule_is_under_more_than_is_at_risk_in_all(page: str) -> None:
    at_risk = amount(boxes(page)["At risk"])
    under = [amount(row[2]) for row in rows(page, "Rules that auditors ask about")]
    assert under == sorted(under, reverse=True) and NOTHING < under[0] <= at_risk <= total(under * 3)


@pytest.mark.parametrize("patient", ["0001", "0080"])
def test_a_packet_says_what_the_month_says(patient: str, page: str, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["explain", str(CLINIC), "--patient", patient, "--format", "html"]) == 0
    packet = capsys.readouterr().out
    listed = rows(page, "Each patient, with what to bill and what stands against it")
    row = next(row for row in listed if row[0] == patient)
    assert amount(boxes(packet)["Allowed"]) == amount(row[2]) != NOTHING
    assert total([amount(each[5]) for each in rows(packet, "Supported services")]) == amount(row[2])
