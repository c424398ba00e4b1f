"""The packet of a patient-month: what each rule asks and how it came out, how facts are known, which entries count."""

from __future__ import annotations

import json
import re
from functools import cache
from html import unescape
from pathlib import Path

import pytest

import ccm_policy
from ccm_policy.cli.main import main
from ccm_policy.report.packet import packet
from ccm_policy.report.sentences import saying
from tests.evaluate.test_attestations import RED, decided
from tests.report.test_month_page import CHART, Checked

LOG = [
    {"date": "2026-03-04", "minutes": 18, "activity": "coordination", "staff_id": "rn-1"},
    {"date": "2026-03-11", "minutes": 12, "activity": "administrative", "staff_id": "rn-1"},
]
RECORD = {
    **{name: value for name, value in CHART.items() if name != "claim_lines"},
    "patient_id": "<script>",
    "staff": [{"id": "rn-1", "role": "rn"}],
    "time_log": LOG,
}


@cache
def made() -> str:
    library = ccm_policy.load()
    decision = library.evaluate(RECORD)
    assert decision.evaluated is not None
    return packet(decision, saying(library.policies, decision.evaluated.program), ["99490"])


def said(html: str) -> str:
    """The page as text: a line for each cell and each part of a rule."""
    shown = re.sub(r"<style>.*?</style>|<svg.*?</svg>", "", html, flags=re.DOTALL)
    parted = re.sub(r"</(div|h\d|tr|p|li|t[hd])>|<br/>", "\n", shown)
    return unescape(re.sub(r"<[^>]+>", "", parted))


@pytest.mark.parametrize(
    "line",
    [
        "✗ does not hold: Units earned",
        "1 unit when minutes of clinical staff in the month total at least 20 minutes.",
        "18 of 20 minutes: short by 2 minutes of staff_minutes.",
        "✓ holds: Two or more chronic conditions",
        "At least two conditions that are expected to last 12 months and are documented.",
        (
            "core.ccm/its own minutes, 2015-01, guidance; confidence primary; cites CMS MLN fact sheet on CCM, "
            "ICN 909188, May 2015"
        ),
    ],
)
def test_a_rule_is_told_in_sentences_with_its_result(line: str) -> None:
    assert line in said(made()).splitlines()


def test_entries_that_count_and_those_that_do_not() -> None:
    rows = re.findall(r"<tr role=.row.><th[^>]*>(time_log\[\d\], [^<]*)</th>(.*?)</tr>", made())
    first, second = ((name, [line for line in said(cells).splitlines() if line]) for name, cells in rows)
    assert first == ("time_log[0], 2026-03-04, 18", ["✓ adds 18"])
    name, (counts, *why) = second
    assert (name, counts) == ("time_log[1], 2026-03-11, 12", "✗ does not count")
    assert "time_log[1].activity is administrative" in why


def test_how_each_fact_is_known() -> None:
    def known(path: str) -> list[str]:
        found = re.search(rf">{re.escape(path)}</th>(.*?)</tr>", made())
        assert found is not None, path
        return said(found[1]).split("\n")[:2]

    assert known("time_log[0].minutes") == ["18", "recorded"]
    assert known("patient.died_on") == ["none", "presumed"]
    assert known("time_log[0].automated")[1] == "presumed"
    assert known("practice_has.certified_ehr") == ["unknown", "nobody recorded it"]


def test_what_is_attested_names_the_word_it_rests_on() -> None:
    decision = decided("kind is red", RED, {})
    text = said(packet(decision, None, full=True))
    assert "kind\nred\nattested by Procedures of the hill, 4.2" in text


def test_a_packet_is_whole_by_itself_and_escaped() -> None:
    checked = Checked(made().removeprefix("<!doctype html>"))
    assert checked.open == [] and checked.links == []
    assert checked.elements["script"] == 0
    assert checked.headings[0] == 1
    assert "<h1>Patient <bdi>&lt;script&gt;</bdi>, 2026-03</h1>" in made()
    for name in ("Digest of the policies", "Facts are complete up to", "Policies in force"):
        assert f">{name}</th>" in made()


def test_it_is_written_whole_and_never_over_the_facts(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    (tmp_path / "facts.json").write_text(json.dumps(RECORD), encoding="utf-8")
    facts, out = str(tmp_path / "facts.json"), tmp_path / "packet.html"
    assert main(["explain", facts, "99490", "--out", str(out)]) == 0
    assert capsys.readouterr() == ("", "")
    assert out.read_text(encoding="utf-8") == made()
    assert main(["explain", facts, "99490", "--format", "html"]) == 0
    assert capsys.readouterr().out == made()
    assert main(["explain", facts, "--format", "html", "--out", facts]) == 2
    assert "CCM-E0564" in capsys.readouterr().err
    assert json.loads((tmp_path / "facts.json").read_text(encoding="utf-8")) == RECORD
