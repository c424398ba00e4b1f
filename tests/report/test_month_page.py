"""The page of a month: the terminal's amounts, escaped, whole by itself; and without keys where they are hashed."""

from __future__ import annotations

import json
import re
from collections import Counter
from fractions import Fraction
from html.parser import HTMLParser
from pathlib import Path

import pytest

import ccm_policy
from ccm_policy.cli.main import main
from ccm_policy.report import pictures
from ccm_policy.report.entries import entry
from ccm_policy.report.html import Html, el, joined
from ccm_policy.report.keys import Keys
from ccm_policy.report.minutes import Mark, Minutes, minutes_of
from ccm_policy.report.month import Heading, page

GOLDEN = Path(__file__).parents[1] / "golden" / "plain_chart.json"
CHART = json.loads(GOLDEN.read_text(encoding="utf-8").replace('"dr-a"', '"dr-<b>"'))
VOID = {"meta", "br", "rect", "line", "circle", "path"}


def record(patient: str, minutes: int, **more: str) -> dict[str, object]:
    log = [{"date": "2026-03-04", "minutes": minutes, "activity": "coordination", "staff_id": "rn-1", **more}]
    staff = [{"id": "rn-1", "role": "rn"}]
    whole = {**CHART, "patient_id": patient, "time_log": log, "staff": staff}
    return {name: value for name, value in whole.items() if name != "claim_lines"}


class Checked(HTMLParser):
    """What a page consists of: elements that are closed in order, ids, links, headings, text."""

    def __init__(self, text: str) -> None:
        super().__init__()
        self.open: list[str] = []
        self.elements: Counter[str] = Counter()
        self.ids: list[str] = []
        self.links: list[str] = []
        self.headings: list[int] = []
        self.feed(text)
        self.close()

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.elements[tag] += 1
        given = dict(attrs)
        self.ids += [given["id"] or ""] if "id" in given else []
        self.links += [given[name] or "" for name in ("href", "src") if name in given]
        self.headings += [int(tag[1])] if re.fullmatch(r"h[1-6]", tag) else []
        if tag not in VOID:
            self.open.append(tag)

    def handle_startendtag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        assert tag in VOID
        self.elements[tag] += 1

    def handle_endtag(self, tag: str) -> None:
        assert self.open.pop() == tag


@pytest.fixture(scope="module")
def facts(tmp_path_factory: pytest.TempPathFactory) -> Path:
    path = tmp_path_factory.mktemp("report") / "month.jsonl"
    records = [record("0001", 25, start="09:00"), record("<script>alert(1)</script>", 19), record("0003", 0)]
    records += [record("0004", 44, start="09:10")]
    path.write_text("".join(json.dumps(one) + "\n" for one in records), encoding="utf-8")
    return path


@pytest.fixture(scope="module")
def made(facts: Path) -> str:
    out = facts.parent / "month.html"
    assert main(["report", str(facts), "--out", str(out)]) == 0
    return out.read_text(encoding="utf-8")


def test_the_amounts_are_those_of_the_terminal(facts: Path, made: str, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["evaluate", str(facts)]) == 0
    told = capsys.readouterr().out
    for name in ("Billable", "At risk", "Within reach"):
        amount = re.search(rf"^{name} +(\$[\d,.]+)", told, re.MULTILINE)
        assert amount is not None
        assert f"<dt>{name}</dt><dd>{amount[1]}" in made, name
    for code, title, patients, units, allowed in re.findall(
        r"^(\w{5})  (.*?) +(\d+) +(\d+) +(\$[\d.,]+)$", told, re.MULTILINE
    ):
        cells = [re.search(rf">{code}</th>.*?</tr>", made, re.DOTALL)]
        assert cells[0] is not None
        shown = re.findall(r"<td[^>]*>(.*?)</td>", cells[0][0])
        assert shown == [title, patients, units, allowed]


def test_a_page_is_whole_by_itself(made: str) -> None:
    checked = Checked(made.removeprefix("<!doctype html>"))
    assert checked.open == []
    assert checked.elements["script"] == checked.elements["img"] == checked.elements["link"] == 0
    assert len(checked.ids) == len(set(checked.ids))
    assert {link.removeprefix("#") for link in checked.links} <= set(checked.ids), "links lead into the page alone"
    assert checked.headings[0] == 1 and all(
        b - a <= 1 for a, b in zip(checked.headings, checked.headings[1:], strict=False)
    )
    assert checked.elements["svg"] - checked.elements["title"] + 1 == 3, "all but the three of the legend have a title"
    assert "http" not in made.replace("http-equiv", "")


def test_what_comes_from_facts_is_escaped(made: str) -> None:
    assert "<script" not in made
    assert "dr-&lt;b&gt;" in made
    assert ">&lt;script&gt;alert(1)&lt;/script&gt;</bdi></a>" in made


def test_text_is_escaped_once_and_html_is_not() -> None:
    inner = el("b", "a < b")
    assert el("td", inner, " & c", class_="x", data_label='"') == (
        '<td class="x" data-label="&quot;"><b>a &lt; b</b> &amp; c</td>'
    )
    assert joined([inner, "<"], Html("<hr/>")) == "<b>a &lt; b</b><hr/>&lt;"


def test_minutes_stand_against_what_the_policies_say() -> None:
    library = ccm_policy.load()
    one, *_ = minutes_of(library.evaluate(record("0001", 44)))
    assert (one.low, one.high) == (Fraction(44), Fraction(44))
    first = next(mark for mark in one.marks if mark.code == "99490")
    steps = [mark.at for mark in one.marks if mark.code == "99439"]
    assert (first.at, steps) == (Fraction(20), [Fraction(40), Fraction(60)])
    other, *_ = minutes_of(library.evaluate({**record("0001", 44), "time_log": None}))
    assert (other.low, other.high) == (Fraction(0), None)


def test_a_column_never_holds_minutes_of_both_sides_of_a_mark() -> None:
    marks = (Mark(Fraction(12), "A0001"), Mark(Fraction(300), "A0002"))
    sides = [(Minutes("m", "Minutes", Fraction(n), Fraction(n), marks), pictures.BILLED) for n in (11, 12, 13)]
    drawn = pictures.of_many("Minutes", sides)
    line = float(re.search(r'class="mark" x1="([\d.]+)"', drawn)[1])  # type: ignore[index]
    shapes = sorted(float(x) for x in re.findall(r'cx="([\d.]+)"', drawn))
    assert [x < line for x in shapes] == [True, False, False]
    assert "3 patients; 2 of them reach the first mark. Marks: A0001 at 12, A0002 at 300." in drawn


def test_hashed_keys_leave_no_key_and_change_no_amount(facts: Path, made: str, tmp_path: Path) -> None:
    (tmp_path / "secret").write_text("a secret of this test", encoding="utf-8")
    words = ["report", str(facts), "--out", str(tmp_path / "shared.html"), "--secret", str(tmp_path / "secret")]
    assert main(words) == 0
    shared = (tmp_path / "shared.html").read_text(encoding="utf-8")
    keys = Keys(b"a secret of this test")
    assert keys.of("0001") in shared and keys.of("dr-<b>") in shared
    for key in ("0001", "0003", "0004", "alert(1)", "dr-", "rn-1"):
        assert key not in shared, key
    assert f"of patient {keys.of('0001')}, overlap by 15 minutes" in shared, "what panel checks find names hashes, too"
    assert "of patient 0001, overlap by 15 minutes" in made
    boxes = r"<dl class=.figures.>.*?</dl>"
    assert re.findall(boxes, shared) == re.findall(boxes, made)
    order = re.findall(r">Patient (\w+)</h3>", shared)
    assert order == sorted(order), "in the order of the hashes, which says nothing of the keys"


def test_refused_records_are_counted_and_the_page_stands(tmp_path: Path) -> None:
    path = tmp_path / "month.jsonl"
    path.write_text(json.dumps(record("0001", 25)) + '\n{"patient_id": "0002"}\n', encoding="utf-8")
    assert main(["report", str(path), "--out", str(tmp_path / "month.html")]) == 1
    assert "1 record was refused and is in none of this." in (tmp_path / "month.html").read_text(encoding="utf-8")
    path.write_text('{"patient_id": "0002"}\n', encoding="utf-8")
    assert main(["report", str(path), "--out", str(tmp_path / "other.html")]) == 1
    assert not (tmp_path / "other.html").exists()


def test_nothing_decided_is_a_page_too() -> None:
    assert "0 patient-months" in page([], Heading())
    assert entry(ccm_policy.load().evaluate(record("0001", 25))).bills[0].units == 1
