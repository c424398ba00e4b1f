"""The edit at hand against a revision: told, told again after each save, and not stopped by a mistake."""

from __future__ import annotations

import io
import json
import shutil
from argparse import Namespace
from collections.abc import Iterator
from pathlib import Path

import pytest

from ccm_policy import fees, library
from ccm_policy.cli.comparing import panel
from ccm_policy.cli.impact import told
from ccm_policy.evaluate import Options
from ccm_policy.evaluate.panel import decided_or_not
from ccm_policy.facts.values import Given
from ccm_policy.fees import FeeSchedules
from ccm_policy.language.diagnostics import Diagnostic, Place, error
from ccm_policy.library import Library
from ccm_policy.review.deciding import Panel, decided
from ccm_policy.review.impact import Impact, saved
from ccm_policy.review.patients import compared
from ccm_policy.review.sentence import sentence
from ccm_policy.review.sides import Reading, Side
from tests.review.worlds import ROOT, Run, committed, edit, git, small

TRIAL = """policy trial.medicare
  title   "A trial"
  edition 2026-01
  extends medicare.ccm
  applies when payer is medicare

requirement long_enough
  title   "Half an hour of staff's time"
  for     99490
  require staff_minutes is at least MINUTES minutes
  otherwise "The month has less of staff's time than the trial asks for."
  basis   payer
  confidence primary
  cite    trial_letter

source trial_letter
  title "A letter about the trial"
"""


def write(folder: Path, minutes: int) -> None:
    """A layer on the shipped policies: as strict as they are with 20 minutes."""
    folder.mkdir(exist_ok=True)
    (folder / "trial.policy").write_text(TRIAL.replace("MINUTES", str(minutes)), encoding="utf-8", newline="\n")


@pytest.fixture(scope="module")
def few(tmp_path_factory: pytest.TempPathFactory) -> Path:
    lines = (ROOT / "examples" / "clinic-2026-03.jsonl").read_text(encoding="utf-8").splitlines(keepends=True)[:2]
    path = tmp_path_factory.mktemp("panel") / "few.jsonl"
    path.write_text("".join(lines), encoding="utf-8")
    return path


def test_each_save_is_told_and_only_what_it_touches_is_decided(
    few: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    folder, base = tmp_path / "policies", tmp_path / "base"
    write(folder, 20)
    write(base, 20)
    made: list[str] = []

    def counting(given: Given, policies: Library, schedules: FeeSchedules, options: Options) -> object:
        made.append(given.key)
        return decided_or_not(given, policies, schedules, options)

    monkeypatch.setattr("ccm_policy.review.outcomes.decided_or_not", counting)
    counts: list[int] = []

    def author() -> Iterator[None]:
        counts.append(len(made))  # both sides are the same: each is decided once
        edit(folder / "trial.policy", 'title   "A trial"', 'titel   "A trial"')
        yield
        write(folder, 30)
        yield
        counts.append(len(made))
        write(folder, 20)
        yield
        counts.append(len(made))

    before = Side("HEAD", library.load(base), base)
    asked = Panel(path=few, fees=fees.load(), directory=None, options=Options())
    reading = Reading(folder)
    statuses = list(told(Impact(before, asked), folder, reading, "table", author()))
    out, err = capsys.readouterr()
    assert statuses == [0, 2, 0, 0]
    assert "CCM-E" in err and "trial.policy:2" in err
    parts = out.split("\n\nHEAD -> ")
    assert "of your 2 patient-months none changes" in parts[0]
    assert "1 rule changed; of your 2 patient-months 2 change" in out
    assert "~ trial.medicare: requirement long_enough: changed, since 2026-01, trial.policy:10" in out
    assert out.rstrip().endswith("none changes.")
    assert counts == [2, 4, 4], "what is as before is not decided again"


def test_a_save_is_seen(tmp_path: Path) -> None:
    folder = small(tmp_path / "rules")
    steps = iter(["nothing", "edit", "nothing", "remove"])

    def pause(_: float) -> None:
        step = next(steps)
        if step == "edit":
            edit(folder / "alpha.policy", '"Consent"', '"Agreement"')
        elif step == "remove":
            (folder / "alpha.policy").unlink()

    seen = saved(folder, pause)
    next(seen)
    assert next(steps) == "nothing"
    next(seen)
    with pytest.raises(RuntimeError):  # no step is left
        next(seen)


def test_a_save_while_the_first_telling_is_reckoned_is_seen(tmp_path: Path) -> None:
    folder = small(tmp_path / "rules")
    seen = saved(folder, lambda _: None)
    edit(folder / "alpha.policy", '"Consent"', '"Agreement"')
    next(seen)


@pytest.mark.skipif(shutil.which("git") is None, reason="revisions are read with git")
def test_the_uncommitted_edit(few: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, ccm: Run) -> None:
    write(tmp_path / "policies", 20)
    git(tmp_path, "init", "-q", "-b", "main")
    committed(tmp_path, "first")
    write(tmp_path / "policies", 30)
    monkeypatch.chdir(tmp_path)
    status, out, err = ccm("impact", few, "--format", "json")
    assert (status, err) == (0, "")
    found = json.loads(out)
    assert [side["name"] for side in found["sides"]] == ["HEAD", "policies"]
    assert found["patients"]["changed"] == 2
    status, _, err = ccm("impact", few, "--against", "nowhere")
    assert (status, err.split()[1]) == (2, "CCM-E0770:")
    status, out, err = ccm("impact", tmp_path / "none.jsonl", "--watch")
    assert (status, out, err.split()[1]) == (2, "", "CCM-E0501:")


def test_what_comes_once_is_kept_for_both_sides(few: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("sys.stdin", io.TextIOWrapper(io.BytesIO(few.read_bytes()), encoding="utf-8"))
    asked = Namespace(panel=Path("-"), fees=None, layers=[], evaluator="compiled", month=None)
    with Reading(None).opened() as reading:
        kept = panel(reading, fees.load(), asked).path
        assert [kept.read_bytes() for _ in range(2)] == [few.read_bytes()] * 2
        place = Place(str(kept), row=1)
        assert "--> standard input, row 1\n" in reading.told((error("E0501", "unread", place=place, help="write it"),))
    assert not kept.exists()


def test_a_panel_of_nothing_leaves_out_no_record(tmp_path: Path) -> None:
    (tmp_path / "empty.jsonl").touch()
    asked = Panel(path=tmp_path / "empty.jsonl", fees=fees.load(), directory=None, options=Options())
    wrong: list[Diagnostic] = []
    found = decided(asked, Side("shipped", library.load(), None), {}, wrong, carry=False)
    assert ([each.code for each in wrong], found.left_out) == (["CCM-E0523"], set())
    assert sentence((), None, compared(found, found, None)).endswith("no patient-month was decided on both sides.")
