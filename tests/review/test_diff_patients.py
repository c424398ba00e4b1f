"""A panel on both sides: whom an edit changes, by which rule, in dollars; and every form in which that is written."""

from __future__ import annotations

import json
from collections.abc import Callable
from dataclasses import replace
from datetime import date
from html.parser import HTMLParser
from itertools import islice
from pathlib import Path

import jsonschema
import pytest

from ccm_policy import facts, fees, library
from ccm_policy.evaluate import Options
from ccm_policy.facts.values import Given, GivenList
from ccm_policy.language.diagnostics import Diagnostic
from ccm_policy.report.keys import Keys
from ccm_policy.report.review_page import page
from ccm_policy.review.carried import carried
from ccm_policy.review.deciding import Known, Panel, decided
from ccm_policy.review.effects import Effect, Kept, Meaning, Told
from ccm_policy.review.lines import lines, short
from ccm_policy.review.markdown import LONGEST, markdown
from ccm_policy.review.patients import compared
from ccm_policy.review.rates import rates
from ccm_policy.review.showing import Witness
from ccm_policy.review.sides import Reading
from ccm_policy.review.whole import Difference, difference
from tests.review.worlds import GOLDEN, ROOT, Run, edit, shipped

CLINIC = ROOT / "examples" / "clinic-2026-03.jsonl"
SCHEMA = json.loads((ROOT / "ccm_policy" / "review" / "difference.schema.json").read_text(encoding="utf-8"))


@pytest.fixture(scope="module")
def edited(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The shipped policies, where a first unit is earned by 30 minutes instead of 20."""
    folder = shipped(tmp_path_factory.mktemp("review") / "edited")
    edit(
        folder / "core" / "ccm" / "2015.policy",
        "unit when staff_minutes is at least 20 minutes",
        "unit when staff_minutes is at least 30 minutes",
    )
    return folder


@pytest.fixture(scope="module")
def few(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Twelve patient-months of the clinic; the key of one is as bad as keys can be."""
    lines = CLINIC.read_text(encoding="utf-8").splitlines(keepends=True)[:12]
    lines[0] = lines[0].replace('"patient_id": "0001"', '"patient_id": "=<b>|@x`"')
    path = tmp_path_factory.mktemp("panel") / "few.jsonl"
    path.write_text("".join(lines), encoding="utf-8")
    return path


@pytest.fixture(scope="module")
def turned(edited: Path, few: Path) -> tuple[Difference, Difference]:
    """What the edit changes for the twelve; the same with hashed keys."""
    schedules = fees.load()
    panel = Panel(path=few, fees=schedules, directory=None, options=Options())
    with Reading(None).opened() as reading:
        old, new = reading.sides([str(ROOT / "policies"), str(edited)])
        wrong: list[Diagnostic] = []
        known: Known = {}
        before, after = (decided(panel, side, known, wrong, carry=False) for side in (old, new))
        assert wrong == []
        found = difference(old, new, schedules, (), merged=False, patients=compared(before, after, None))
        return found, replace(found, patients=compared(before, after, None, Keys(b"a secret of sixteen").of))


def test_an_edit_turns_patients(turned: tuple[Difference, Difference]) -> None:
    found = turned[0].to_dict()
    jsonschema.validate(found, SCHEMA)
    patients = found["patients"]
    assert found["rates"] is None
    assert patients["carried"] is None
    assert (patients["patient_months"], patients["left_out"]) == (12, 0)
    lost = {p["patient"]: p["dollars"] for p in patients["patients"]}
    assert lost["0002"] == "-63.51"
    assert "0012" not in lost
    one = next(p for p in patients["patients"] if p["patient"] == "0002")["services"][0]
    assert (one["how"], one["before"]["units"], one["after"]["status"]) == ("ends", 1, "not_supported")
    assert [rule["rule"] for rule in one["rules"]] == ["its own minutes"]
    total = sum(int(p["dollars"].replace(".", "")) for p in patients["patients"])
    assert total == int(patients["up"].replace(".", "")) + int(patients["down"].replace(".", ""))


def test_two_months_change_prices_and_say_how_facts_got_there(few: Path, ccm: Run) -> None:
    _, out, _ = ccm("diff", "--no-meaning", "2025-12", "2026-01", "--panel", few, "--format", "json")
    found = json.loads(out)
    jsonschema.validate(found, SCHEMA)
    assert found["patients"]["changed"] == found["patients"]["by_rates_alone"] == 12
    assert "2025-12" in found["patients"]["carried"]
    for rate in found["rates"]["codes"]:
        first = next((n for n in rate["national"] if n["change"]), None)
        if first is not None and rate["causes"]:
            causes = sum(int(c["dollars"].replace(".", "")) for c in rate["causes"])
            assert causes == int(first["change"].replace(".", "")), rate["code"]


def test_keys_are_hashed_alike_on_both_sides(turned: tuple[Difference, Difference]) -> None:
    plain, hashed = (found.patients for found in turned)
    assert plain is not None and hashed is not None
    assert len(hashed.changed) == len(plain.changed) > 1
    assert not {p.patient for p in plain.changed} & {p.patient for p in hashed.changed}


def test_markdown_is_text_whatever_the_keys_are(turned: tuple[Difference, Difference]) -> None:
    out = markdown(turned[0])
    assert out.startswith("### ")
    assert "<b>" not in out
    assert r"=&lt;b&gt;\|@<!-- -->x\`" in out
    assert out.count("<details>") == out.count("</details>") > 1
    assert "Meaning: not asked." in out


class _Tags(HTMLParser):
    def __init__(self) -> None:
        super().__init__()
        self.tags: set[str] = set()
        self.open: list[str] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.add(tag)
        assert not [name for name, _ in attrs if name.startswith("on") or name in ("src", "action")]
        self.open.append(tag)

    def handle_endtag(self, tag: str) -> None:
        assert self.open.pop() == tag


def test_the_page_needs_nothing_else_and_runs_nothing(turned: tuple[Difference, Difference]) -> None:
    text = page(turned[0])
    read = _Tags()
    read.feed(text)
    assert not read.open
    assert not {"script", "b", "img", "iframe", "form"} & read.tags
    assert "http" not in text
    assert 'class="loss"' in text
    assert "=&lt;b&gt;" in text


@pytest.fixture
def everything(turned: tuple[Difference, Difference], monkeypatch: pytest.MonkeyPatch) -> Difference:
    """All that a review may hold: what the edit means, and rates of two codes in two places."""
    monkeypatch.setattr("ccm_policy.review.rates._localities", lambda *_: ["13202-01"])
    shown = Witness(
        aspect="lower", codes=("99490",), facts={}, chart="plain_chart", departures=("minutes 20",), told=1,
        minutes="20", before={"99490": "x 1"}, after={"99490": "not supported"}, differs=True,
        example='example "less"\n  month 2026-03\n',
    )  # fmt: skip
    told = Told(
        policy="core.ccm", kind="service", name="99490", effect=Effect.TIGHTENS, proved=True, codes=("99490",),
        witnesses=(shown,),
    )  # fmt: skip
    kept = (Kept(code="99487", proved=True), Kept(code="99491", proved=False, tried=657))
    money = rates(fees.load(), "2025-12", "2026-01", ("99490", "G0556"))
    return replace(turned[0], old="before", new="after", meaning=Meaning((told,), kept), rates=money)


def test_each_form_shows_everything(everything: Difference, golden: Callable[[Path, str], None]) -> None:
    whole = page(everything)
    golden(GOLDEN / "everything.txt", "".join(f"{line}\n" for line in lines(everything)))
    golden(GOLDEN / "everything-short.txt", "".join(f"{line}\n" for line in short(everything)))
    golden(GOLDEN / "everything.md", markdown(everything))
    golden(GOLDEN / "everything.html", whole[whole.index("<body") :].replace("><", ">\n<"))
    jsonschema.validate(everything.to_dict(), SCHEMA)


def test_a_comment_has_an_end(everything: Difference) -> None:
    long = tuple(replace(change, name=f"{change.name}{n}") for n in range(300) for change in everything.text)
    out = markdown(replace(everything, text=long, meaning=None))
    assert len(out) < LONGEST + 200
    assert out.endswith("has no room here: `--out review.html` shows all of it.\n")
    assert out.count("<details>") == out.count("</details>")


def test_what_is_wrong_with_a_record_is_told_once(edited: Path, few: Path, tmp_path: Path, ccm: Run) -> None:
    panel = tmp_path / "panel.jsonl"
    panel.write_text(
        few.read_text(encoding="utf-8") + '{"patient_id": "x", "service_month": "2026-13"}\n', encoding="utf-8"
    )
    status, out, err = ccm("diff", "--no-meaning", ROOT / "policies", edited, "--panel", panel)
    assert status == 1
    assert err.count("row 13, patient x, field service_month") == 1
    assert "1 record left out" in out


def test_a_panel_that_is_not_there(edited: Path, tmp_path: Path, ccm: Run) -> None:
    status, out, err = ccm("diff", "--no-meaning", ROOT / "policies", edited, "--panel", tmp_path / "none.jsonl")
    assert (status, out) == (2, "")
    assert "CCM-E0501" in err


def test_facts_are_carried_with_all_their_days() -> None:
    vocabulary = library.load().vocabulary
    for given in islice(facts.stream(CLINIC, vocabulary), 20):
        assert isinstance(given, Given)
        there = carried(given, "2024-02", vocabulary)
        log = there.lists.get("time_log")
        days = [row["date"] for row in log.rows if "date" in row] if isinstance(log, GivenList) else []
        assert all(isinstance(day, date) and (day.year, day.month) == (2024, 2) for day in days)
        again = carried(there, "2024-02", vocabulary)
        assert again is there
