"""A killed run leaves a hidden folder; the next takes it away, and no folder that is still being written."""

from __future__ import annotations

import signal
import subprocess
import sys
from pathlib import Path

import pytest

from ccm_policy.intake.parts import MARK
from ccm_policy.intake.writing import whole

HANGS = """
import sys, time
from pathlib import Path
from ccm_policy.intake.writing import whole
with whole(Path("facts")) as part:
    (part / "patient_months.csv").write_text("patient_id")
    print("writing", flush=True)
    time.sleep(60)
"""


def hidden() -> list[Path]:
    return sorted(Path().glob(".facts.*"))


@pytest.mark.skipif(sys.platform == "win32", reason="where no folder is locked, a day must pass")
def test_what_a_killed_run_left_is_taken_away_by_the_next_and_what_is_written_is_not(here: Path) -> None:
    with subprocess.Popen([sys.executable, "-c", HANGS], stdout=subprocess.PIPE) as process:
        assert process.stdout is not None and process.stdout.readline() == b"writing\n"
        (live,) = hidden()
        with whole(Path("facts")):
            assert live in hidden(), "the other run still writes it"
        assert hidden() == [live] and (Path("facts") / MARK).exists()
        process.send_signal(signal.SIGKILL)
    assert hidden() == [live], "a killed run cleans nothing"
    with whole(Path("facts")) as part:
        assert hidden() == [part]
    assert hidden() == []


def test_a_folder_of_somebody_else_is_left_alone(here: Path) -> None:
    named = [Path(".facts.notes"), Path(".facts.0123abcd"), Path(".other.0123abcd")]
    for folder in named:
        folder.mkdir()
        (folder / "letter.txt").write_text("mine", encoding="utf-8")
    with whole(Path("facts")):
        pass
    assert all((folder / "letter.txt").exists() for folder in named)


def test_nothing_is_left_where_writing_fails(here: Path) -> None:
    with pytest.raises(ValueError, match="no"), whole(Path("facts")):
        raise ValueError("no")
    assert list(here.iterdir()) == []
