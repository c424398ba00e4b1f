"""`ccm-policy site`: what it builds, what it says, and how it refuses."""

from __future__ import annotations

import json
import shutil
import socket
import sys
from pathlib import Path
from typing import Any

import pytest

import ccm_policy
from ccm_policy import extras, library
from ccm_policy.cli.main import main
from ccm_policy.shipped import DOCS
from ccm_policy.site import browser, samples

HERE = Path(__file__).parent / "library"


def small(tmp_path: Path) -> list[str]:
    """Options for a site that is quick to build: a small library, and two pages by hand that others lead to."""
    docs = tmp_path / "docs"
    (docs / "language").mkdir(parents=True)
    (docs / "index.md").write_text("# Home\n\n[Rules](rules/index.md)\n", encoding="utf-8")
    (docs / "language" / "reference.md").write_text("# Reference\n", encoding="utf-8")
    return ["--policies", str(HERE), "--docs", str(docs), "--try-it", "off", "--out", str(tmp_path / "out")]


def test_build_writes_markdown_and_a_site(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["site", "build", *small(tmp_path)]) == 0
    said = capsys.readouterr()
    assert said.err == "" and f"the site is in {tmp_path / 'out' / 'html'}" in said.out
    service = (tmp_path / "out/source/docs/services/99490.md").read_text(encoding="utf-8")
    assert "1 unit when minutes of clinical staff total at least 20 minutes." in service
    html = (tmp_path / "out/html/services/99490/index.html").read_text(encoding="utf-8")
    assert "1 unit when minutes of clinical staff total at least 20 minutes." in html
    assert "fonts.googleapis" not in html and "cdn" not in html


def test_a_layer_of_ones_own_is_laid_on_the_shipped_library(tmp_path: Path) -> None:
    """A folder that holds a practice's own policy alone gets pages beside the shipped ones, with the shipped words."""
    policies = tmp_path / "mine"
    policies.mkdir()
    (policies / "lakeside.policy").write_text(
        "policy practice.lakeside\n"
        '  title   "Lakeside\'s own checks"\n'
        "  edition 2015-01\n"
        "  extends medicare.ccm\n"
        "  applies when practice is lakeside\n\n"
        "requirement signed_by_patient\n"
        '  title      "The patient signs the plan"\n'
        "  for        every ccm service\n"
        "  require    care_plan.patient_signed\n"
        '  otherwise  "The patient has not signed."\n'
        "  severity   advice\n"
        "  basis      practice\n"
        "  confidence primary\n",
        encoding="utf-8",
    )
    options = small(tmp_path)
    options[1] = str(policies)
    assert main(["site", "build", "--pages-only", *options]) == 0
    pages = tmp_path / "out/source/docs"
    said = (pages / "rules/practice.lakeside/signed_by_patient.md").read_text(encoding="utf-8")
    assert "The care plan is signed by the patient." in said
    assert (pages / "layers/practice.lakeside.md").exists() and (pages / "rules/core.ccm/two_conditions.md").exists()


def test_building_again_changes_nothing(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    options = small(tmp_path)
    assert main(["site", "build", "--pages-only", *options]) == 0
    first = {p: p.read_bytes() for p in (tmp_path / "out").rglob("*") if p.is_file()}
    capsys.readouterr()
    assert main(["site", "build", "--pages-only", *options]) == 0
    assert "0 files written" in capsys.readouterr().out
    assert {p: p.read_bytes() for p in (tmp_path / "out").rglob("*") if p.is_file()} == first
    assert not (tmp_path / "out/html").exists()


def test_broken_policies_are_told_and_nothing_is_written(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    policies = tmp_path / "policies"
    shutil.copytree(HERE, policies)
    (policies / "more.policy").write_text("policy more\n  edtion 2015-01\n", encoding="utf-8")
    options = small(tmp_path)
    options[1] = str(policies)
    assert main(["site", "build", *options]) == 1 or not (tmp_path / "out/source/mkdocs.yml").exists()
    said = capsys.readouterr()
    assert "more.policy:2:3" in said.err and "Traceback" not in said.err
    assert not (tmp_path / "out/source/mkdocs.yml").exists()


def test_a_folder_of_somebody_else_is_refused(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    options = small(tmp_path)
    (tmp_path / "out").mkdir()
    (tmp_path / "out/mine.txt").write_text("mine", encoding="utf-8")
    assert main(["site", "build", *options]) == 2
    assert "CCM-E0901" in capsys.readouterr().err


@pytest.mark.parametrize("module", extras.MODULES["site"])
@pytest.mark.parametrize("action", ["build", "serve"])
def test_without_a_part_of_the_extra_it_says_what_to_install(
    action: str, module: str, tmp_path: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setitem(sys.modules, module, None)
    assert main(["site", action, *small(tmp_path)]) == 2
    told = capsys.readouterr()
    said = (
        f"error CCM-E0902: the site needs `{module}`, which is not installed\n  help: pip install 'ccm-policy[site]'\n"
    )
    assert (told.err.strip() + "\n", told.out) == (said, "")
    assert not (tmp_path / "out").exists()


def test_the_pages_alone_need_no_mkdocs(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    for module in ("mkdocs", "material", "pymdownx", "pygments"):
        monkeypatch.setitem(sys.modules, module, None)
    assert main(["site", "build", "--pages-only", *small(tmp_path)]) == 0, capsys.readouterr().err


def test_a_port_that_is_taken_is_told(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        taken.listen()
        port = str(taken.getsockname()[1])
        assert main(["site", "serve", "--port", port, *small(tmp_path)]) == 2
    assert f"CCM-E0906: port {port} is taken" in capsys.readouterr().err


# --- the Try it page, without a browser -----------------------------------------------------------------------------


def ask(facts: str, edits: dict[str, str], policies: Path) -> dict[str, Any]:
    said: dict[str, Any] = json.loads(
        browser.answer(json.dumps({"facts": facts, "edits": edits}), str(policies), "fee_schedules")
    )
    return said


def test_every_sample_is_a_record_that_validates() -> None:
    loaded = ccm_policy.load()
    found = samples.samples(DOCS)
    assert len(found) >= 4
    for sample in found:
        given, wrong = loaded.read(DOCS / samples.FOLDER / sample["name"])
        assert len(given) == 1 and wrong == [], sample["title"]


def test_an_edit_of_a_rule_is_decided_and_taken_back(tmp_path: Path) -> None:
    policies = tmp_path / "policies"
    shutil.copytree(library.load().directory, policies)
    nineteen = samples.samples(DOCS)[0]["text"]
    path = "core/ccm/2015.policy"
    text = (policies / path).read_text(encoding="utf-8")

    def status(edits: dict[str, str]) -> str:
        return str({s["code"]: s["status"] for s in ask(nineteen, edits, policies)["services"]}["99490"])

    assert status({}) == "not_supported"
    assert status({path: text.replace("at least 20 minutes", "at least 19 minutes")}) == "supported"
    assert status({}) == "not_supported"
    assert (policies / path).read_text(encoding="utf-8") == text
    wrong = ask(nineteen, {path: text.replace("at least 20 minutes", "at least many minutes")}, policies)
    assert wrong["services"] == [] and "CCM-E" in wrong["messages"][0]


def test_facts_that_cannot_be_read_are_told(tmp_path: Path) -> None:
    said = ask("patient_id: [", {}, library.load().directory)
    assert said["services"] == [] and "CCM-E05" in said["messages"][0]
    assert str(tmp_path) not in said["messages"][0] and "/tmp" not in said["messages"][0]
