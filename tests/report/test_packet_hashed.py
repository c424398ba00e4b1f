"""A packet for somebody who must not know whose it is: no key and no text that somebody wrote is in it."""

from __future__ import annotations

import json
import re
from fractions import Fraction
from pathlib import Path

import pytest

import ccm_policy
from ccm_policy.cli.main import main
from ccm_policy.evaluate.trace import Leaf
from ccm_policy.facts.values import NONE, UNKNOWN, Value
from ccm_policy.language.tree import Vocabulary
from ccm_policy.report.hashed_facts import NOT_SHOWN, HashedFacts
from ccm_policy.report.keys import Keys
from tests.report.test_month_page import CHART
from tests.report.test_packet import said

SECRET = "a secret of this test"
KEYS = Keys(SECRET.encode())
RECORD = {
    **{name: value for name, value in CHART.items() if name != "claim_lines"},
    "patient_id": "mrn-secret",
    "practitioner": {**CHART["practitioner"], "id": "dr-secret", "group_id": "group-secret"},
    "staff": [{"id": "nurse-secret", "role": "rn"}],
    "time_log": [
        {"date": "2026-03-04", "minutes": 18, "activity": "coordination", "staff_id": "nurse-secret",
         "id": "entry-secret", "description": "Called secret Jane about her tablets"},
        {"date": "2026-03-11", "minutes": 12, "activity": "administrative", "staff_id": "another-secret",
         "description": "Filed a secret letter"},
    ],
    "conditions": [
        {"icd10": "E11.9-secret", "documented": True, "lasts_12_months": True},
        {"icd10": "I10-secret", "documented": True, "lasts_12_months": True},
    ],
}  # fmt: skip


@pytest.fixture(scope="module")
def vocabulary() -> Vocabulary:
    return ccm_policy.load().policies.vocabulary


@pytest.fixture
def facts(tmp_path: Path) -> str:
    (tmp_path / "facts.json").write_text(json.dumps(RECORD), encoding="utf-8")
    (tmp_path / "secret").write_text(SECRET, encoding="utf-8")
    return str(tmp_path / "facts.json")


def test_who_it_is_about_is_a_hash_and_what_somebody_wrote_is_left_out(facts: str, tmp_path: Path) -> None:
    plain, out = tmp_path / "plain.html", tmp_path / "packet.html"
    assert main(["explain", facts, "--full", "--out", str(plain)]) == 0
    assert plain.read_text(encoding="utf-8").count("secret") > 8
    assert main(["explain", facts, "--full", "--secret", str(tmp_path / "secret"), "--out", str(out)]) == 0
    page = out.read_text(encoding="utf-8")
    assert "secret" not in page
    assert f"<title>Patient {KEYS.of('mrn-secret')}, 2026-03</title>" in page
    assert f"practitioner <bdi>{KEYS.of('dr-secret')}" in page
    assert re.search(rf">time_log\[0\].staff_id</th><td[^>]*>{KEYS.of('nurse-secret')}<", page)
    assert "sha256:" in page and "Digest of the facts" not in page
    rows = {line for line in said(page).splitlines() if line.startswith("time_log[")}
    assert {"time_log[0], 2026-03-04, 18", "time_log[1], 2026-03-11, 12"} <= rows


SHOWN: dict[str, tuple[Value, Value]] = {
    "patient_id": ("mrn", KEYS.of("mrn")),
    "practitioner.group_id": ("44-1234567", KEYS.of("44-1234567")),
    "staff[0].id": ("rn-1", KEYS.of("rn-1")),
    "time_log[3].staff_id": ("rn-1", KEYS.of("rn-1")),
    "enrolment.practitioner_id": ("dr-a", KEYS.of("dr-a")),
    "time_log[0].description": ("Called Jane", NOT_SHOWN),
    "conditions[1].icd10": ("E11.9", NOT_SHOWN),
    "services[0].modifiers": (frozenset({"25"}), NOT_SHOWN),
    "own_list[0].remark": ("of a list that nobody knows", NOT_SHOWN),
    "time_log[0].activity": ("coordination", "coordination"),
    "services[0].code": ("99490", "99490"),
    "state": ("NJ", "NJ"),
    "time_log[0].minutes": (Fraction(20), Fraction(20)),
    "time_log[1].description": (NONE, NONE),
    "time_log[2].staff_id": (UNKNOWN, UNKNOWN),
}


@pytest.mark.parametrize("path", SHOWN)
def test_what_is_shown_of_a_fact(path: str, vocabulary: Vocabulary) -> None:
    value, seen = SHOWN[path]
    assert HashedFacts(KEYS, vocabulary).shown(Leaf(path, value, presumed=True)) == Leaf(path, seen, presumed=True)


def test_hashes_are_fresh_where_no_secret_is_named(facts: str, capsys: pytest.CaptureFixture[str]) -> None:
    asked = ["explain", facts, "--format", "html", "--hash-keys"]
    pages = [(main(asked), capsys.readouterr().out)[1] for _ in range(2)]
    assert pages[0] != pages[1] and "mrn-secret" not in pages[0] + pages[1]


@pytest.mark.parametrize("name", ["mrn-secret.html", "packet of DR-SECRET.html", "2026_mrn-secret_1.htm"])
def test_the_name_of_the_file_says_nothing_either(
    name: str, facts: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert main(["explain", facts, "--hash-keys", "--out", str(tmp_path / name)]) == 2
    err = capsys.readouterr().err
    assert err.startswith("error CCM-E0786") and "secret" not in err
    assert not (tmp_path / name).exists()
    assert main(["explain", facts, "--hash-keys", "--out", str(tmp_path / "mrn-secrets.html")]) == 0


@pytest.mark.parametrize("form", [[], ["--format", "json"], ["--out", "text.txt"]])
def test_only_the_packet_is_hashed(form: list[str], facts: str, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["explain", facts, "--hash-keys", *form]) == 2
    assert capsys.readouterr().err.startswith("error CCM-E0801: keys are hashed in the packet")
